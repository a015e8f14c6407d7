// The opening of a proposal: what is asked, why in numbers, and what merging does, for somebody who reads nothing else.

import type { CvarCell } from '../domain/cvar.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import { HOUR_MS, msFromIso } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import { standingText } from './alert-text.ts';
import { Z_90 } from './cvar.ts';
import type { ClassVerdict } from './episodes.ts';
import type { LossUnit } from './loss.ts';
import { mdName } from './markdown.ts';
import {
  bpsText,
  brief,
  countText,
  fixed,
  intervalText,
  minuteText,
  nEffText,
  percentText,
  sigmaText,
  UNKNOWN,
} from './report-numbers.ts';

type AgentVerdict<K extends 'PROMOTE' | 'DEMOTE'> = Extract<Verdict, { kind: K }>;

/** Returns the two paragraphs that say what is proposed on what evidence, and what merging does, as Markdown. */
export function decisionParagraphs(verdict: Verdict, settings: Settings): string {
  switch (verdict.kind) {
    case 'DISABLE':
      return disableParagraph(verdict);
    case 'REENABLE':
      return enableParagraph(verdict, settings);
    case 'PROMOTE':
      return promoteParagraph(verdict);
    case 'DEMOTE':
      return demoteParagraph(verdict);
  }
}

function disableParagraph({ subject, evidence }: ClassVerdict): string {
  const { cell, regime, reason, horizon_hours: horizon, decision } = evidence;
  const name = mdName(subject);
  const again = reason === 'grown' ? ' The breach has grown since it was first proposed.' : '';
  const place = `in ${mdName(regime)}${cell.is_current ? ', the current regime' : ''}`;
  const rule =
    decision === 'lcb'
      ? ' Even the lower end of the interval is beyond the limit.'
      : ' The estimate decides here.';
  return (
    `**Stop new entries of ${name}.** The worst 5 % of its signals ${place}, lost on average ` +
    `${tailWords(cell)} more than the model expected.${cell.breached.length === 0 ? '' : rule} That rests on ${evidenceWords(cell, horizon)}.${again}` +
    '\n\n**Merging** makes the kernel refuse its entries and cancel its resting entry orders; open positions keep their exits.'
  );
}

/** `**5.10 sigma** (90 % interval 4.30 to 5.90, limit 4.00)`, in every unit whose limit is breached. */
function tailWords(cell: CvarCell): string {
  const units: readonly LossUnit[] = cell.breached.length > 0 ? cell.breached : ['sigma'];
  return units.map((unit) => tailIn(unit, cell)).join(' and ');
}

function tailIn(unit: LossUnit, { threshold, ...cell }: CvarCell): string {
  const [value, interval, limit] =
    unit === 'sigma'
      ? [sigmaText(cell.cvar95_sigma), intervalText(cell.ci90_sigma, 2), threshold?.max_cvar_sigma ?? null]
      : [bpsText(cell.cvar95_error_bps), intervalText(cell.ci90, 1), threshold?.max_cvar_error_bps ?? null];
  const limitText = unit === 'sigma' ? sigmaText(limit) : bpsText(limit);
  return value === UNKNOWN
    ? `an unknown number of ${unit}`
    : `**${value} ${unit}** (90 % interval ${interval}, limit **${limitText}**)`;
}

function evidenceWords(cell: CvarCell, horizonHours: number): string {
  return (
    `**${nEffText(cell.n_eff)} effective rows** (n ${countText(cell.n)}) from ${countText(cell.n_blocks)} spans of ` +
    `${countText(horizonHours)} h`
  );
}

function enableParagraph({ subject, evidence }: ClassVerdict, { warden }: Settings): string {
  const { cell, fresh_n_eff: freshNEff } = evidence;
  const name = mdName(subject);
  const recent = [recentIn('sigma', cell), recentIn('bps', cell)].filter((words) => words !== null);
  const share = brief(warden.cvar.reenable.max_limit_ratio);
  return (
    `**Let entries of ${name} in again.** Every regime that breached has recovered: in ${mdName(evidence.regime)} the newest ` +
    `**${nEffText(freshNEff ?? cell.recent.n_eff)} effective rows**, all since it was stopped, have a CVaR 95 of ` +
    `${recent.length === 0 ? 'an unknown size' : recent.join(' and ')}. Recovered means: the first below ${share} of the limit, the second ` +
    `below the limit.\n\n**Merging** lets the kernel take its entries again, with real money.`
  );
}

/** The newest rows in a unit that has a limit; `null` where it has none. */
function recentIn(unit: LossUnit, { recent, threshold }: CvarCell): string | null {
  const isSigma = unit === 'sigma';
  const limit = (isSigma ? threshold?.max_cvar_sigma : threshold?.max_cvar_error_bps) ?? null;
  if (limit === null) return null;
  const [cvar, error, digits] = isSigma
    ? [recent.cvar95_sigma, recent.se_cvar95_sigma, 2]
    : [recent.cvar95_error_bps, recent.se_cvar95_error_bps, 1];
  const upper = cvar === null || error === null ? null : cvar + Z_90 * error;
  return `**${fixed(cvar, digits)} ${unit}** (${fixed(upper, digits)} with ${Z_90} standard errors more, limit **${fixed(limit, digits)}**)`;
}

function promoteParagraph({ subject, evidence }: AgentVerdict<'PROMOTE'>): string {
  const { gates } = evidence.promotion;
  const deciding = Object.values(gates).filter((gate) => gate.decides);
  const passed = deciding.filter((gate) => gate.pass).length;
  const facts = [
    gateWords('effective rows', entryOf(gates, 'n_eff')?.value ?? null, nEffText),
    gateWords(
      'lower bound of the mean net result, in sigma',
      entryOf(gates, 'mean_net_bound')?.value ?? null,
      brief,
    ),
    gateWords('lower bound of the hit rate', entryOf(gates, 'hit_rate_bound')?.value ?? null, percentText),
    gateWords('live error over the claimed one', entryOf(gates, 'error_ratio_max')?.value ?? null, (value) =>
      fixed(value, 2),
    ),
  ].filter((words) => words !== null);
  const numbers = facts.length === 0 ? '' : ` (${facts.join('; ')})`;
  return (
    `**Let ${mdName(subject)} trade live.** ${countText(passed)} of ${countText(deciding.length)} gates that decide pass${numbers}.` +
    '\n\n**Merging** moves it from shadow to live: from the next run on it gets its share of the capital.'
  );
}

function gateWords(what: string, value: number | null, shown: (value: number) => string): string | null {
  return value === null ? null : `${what} **${shown(value)}**`;
}

function demoteParagraph({ subject, ts, evidence }: AgentVerdict<'DEMOTE'>): string {
  const { alerts, alert_since: since } = evidence;
  const shown = alerts
    .slice(0, 3)
    .map(
      (alert) =>
        `${alert.trigger} at ${alert.horizon_hours} h ${standingText(alert)}, n_eff ${nEffText(alert.n_eff)}`,
    );
  const more = alerts.length > 3 ? `; and ${countText(alerts.length - 3)} more` : '';
  const days = (msFromIso(ts) - msFromIso(since)) / (24 * HOUR_MS);
  return (
    `**Move ${mdName(subject)} back to shadow.** Since ${minuteText(since)} UTC (${fixed(days, 1)} days) its live results no ` +
    `longer look like those that its model claims: ${shown.join('; ')}${more}.` +
    '\n\n**Merging** takes its share of the capital away; its signals go on being recorded and judged.'
  );
}

/**
 * Returns what the newest look says of the cell that a verdict rests on, or `null` where the report does not know it or nothing
 * has changed since. A cell that is gone has no rows left in its window.
 */
export function sinceThenParagraph(verdict: Verdict, report: MetaReport | null): string | null {
  if (report === null || (verdict.kind !== 'DISABLE' && verdict.kind !== 'REENABLE')) return null;
  const strategy = entryOf(report.strategies, verdict.subject);
  if (strategy === undefined) return 'By now no row of this class is within its window any more.';
  const { regime, cell: said } = verdict.evidence;
  const cell = entryOf(strategy.cells, regime);
  if (cell === undefined) return `By now no row in ${mdName(regime)} is within the window any more.`;
  if (cell.window_to === said.window_to && cell.n === said.n && cell.status === said.status) return null;
  return (
    `**Since then**, with rows up to ${minuteText(cell.window_to)} UTC: ${sigmaText(cell.cvar95_sigma)} sigma ` +
    `(${intervalText(cell.ci90_sigma, 2)}), ${bpsText(cell.cvar95_error_bps)} bps (${intervalText(cell.ci90, 1)}), n_eff ` +
    `${nEffText(cell.n_eff)}, status **${cell.status}**` +
    `${strategy.current_regime === null || strategy.current_regime === regime ? '' : `; the current regime is ${mdName(strategy.current_regime)}`}.`
  );
}
