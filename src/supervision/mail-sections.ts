// The figures of a mail: one short list of labelled values per alert or class.

import type { CvarCell } from '../domain/cvar.ts';
import type { DivergenceTrigger } from '../domain/divergence.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { AgentReport, MetaReport } from '../domain/supervisor.ts';
import { standingText } from './alert-text.ts';
import type { ClassVerdict } from './episodes.ts';
import { numberText, percentText } from './number-text.ts';
import type { AlertMail, DisableMail, MailItem } from './outbox.ts';
import { oneLine } from './outside-text.ts';

export interface MailFact {
  readonly label: string;
  readonly value: string;
}

export interface MailSection {
  readonly heading: string;
  readonly facts: readonly MailFact[];
}

/** Returns the section of one item; texts on one line, not escaped. */
export function sectionOf(item: MailItem, report: MetaReport | null): MailSection {
  return item.kind === 'disable' ? disableSection(item) : alertSection(item, report);
}

/** Returns an instant to the minute, `2026-11-21 10:00 UTC`; `–` where it is unknown. */
export function instantText(iso: string | null): string {
  return iso === null || iso === '' ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** What each trigger found, in words. */
const FINDINGS: Readonly<Record<DivergenceTrigger, string>> = {
  mean: 'the mean error is not zero any more',
  mean_cusum: 'the mean error drifts',
  scale: 'the errors are larger than claimed',
  scale_window: 'the newest errors are larger than claimed',
  hit: 'fewer hits than claimed',
  rmse: 'the errors are larger than claimed',
  snapshot: 'stands out among all agents',
};

function alertSection({ kind, alert }: AlertMail, report: MetaReport | null): MailSection {
  const agent = entryOf(report?.agents ?? {}, alert.agent);
  const state = kind === 'resolved' ? 'over' : `${alert.severity} severity`;
  return {
    heading: `${oneLine(alert.agent)}, ${alert.horizon_hours} h: ${state}`,
    facts: [
      fact('trigger', `${alert.trigger}: ${kind === 'resolved' ? 'healthy again' : FINDINGS[alert.trigger]}`),
      fact('statistic', standingText(alert)),
      fact('since', instantText(alert.since)),
      fact('signals', `${numberText(alert.window)} looked at, n_eff ${numberText(alert.n_eff)}`),
      fact('mean error', `${numberText(alert.mean_error_bps)} bps (below 0: worse than the model)`),
      fact('mean |error|', `${numberText(alert.mean_abs_error_bps)} bps`),
      ...(agent === undefined ? [] : [fact('weight now', weightText(agent))]),
    ],
  };
}

function weightText({ allocation, promotion }: AgentReport): string {
  if (promotion.stage === 'shadow') return 'none, the agent is in shadow';
  return `${percentText(allocation.weight)} of capital, factor ${numberText(allocation.divergence_factor)}`;
}

function disableSection({ verdict, worseThan }: DisableMail): MailSection {
  const { evidence, subject, episode } = verdict;
  const { cell } = evidence;
  const number = episode.slice(episode.lastIndexOf('/') + 1);
  return {
    heading: `${oneLine(subject)}, episode ${number}`,
    facts: [
      fact('regime', `${oneLine(evidence.regime)}, at ${evidence.horizon_hours} h`),
      ...tailFacts(cell),
      ...(worseThan === null ? [] : [fact('proposed at', earlierText(worseThan))]),
      fact('decided by', evidence.decision === 'lcb' ? 'lower bound of the interval' : 'the estimate'),
      fact(
        'rows',
        `${numberText(cell.n)}, n_eff ${numberText(cell.n_eff)}, ${numberText(cell.n_blocks)} spans`,
      ),
      fact('hit rate', percentText(cell.hit_rate)),
      fact('PnL', `${numberText(cell.pnl_sum_bps)} bps gross, summed over the rows`),
      fact('mean error', `${numberText(cell.mean_error_bps)} bps (below 0: worse than the model)`),
      fact('window', `${dayText(cell.window_from)} to ${dayText(cell.window_to)}`),
    ],
  };
}

/** The tail in an earlier verdict, in the units whose limit it breached. */
function earlierText({ ts, evidence }: ClassVerdict): string {
  const { breached, cvar95_sigma: sigma, cvar95_error_bps: bps } = evidence.cell;
  const tails = breached.map((unit) => `${numberText(unit === 'bps' ? bps : sigma)} ${unit}`);
  return `${tails.join(' and ')}, ${instantText(ts)}`;
}

/** CVaR beside its limit, in each unit that has one; the unit that is breached says so. */
function tailFacts(cell: CvarCell): MailFact[] {
  const { threshold, breached } = cell;
  const source = threshold?.source === 'default' ? 'default' : `of the ${threshold?.source ?? 'class'}`;
  const tails = [
    { unit: 'sigma', cvar: cell.cvar95_sigma, bounds: cell.ci90_sigma, limit: threshold?.max_cvar_sigma },
    { unit: 'bps', cvar: cell.cvar95_error_bps, bounds: cell.ci90, limit: threshold?.max_cvar_error_bps },
  ] as const;
  return tails.flatMap(({ unit, cvar, bounds, limit }) => {
    const interval =
      bounds === null
        ? 'interval unknown'
        : `90 % interval ${numberText(bounds[0])} to ${numberText(bounds[1])}`;
    const tail = fact(
      unit === 'bps' ? 'CVaR 95, bps' : 'CVaR 95',
      `${numberText(cvar)} ${unit}, ${interval}`,
    );
    if (limit === null || limit === undefined) return [tail];
    const breach = breached.includes(unit) ? ', breached' : '';
    return [tail, fact('limit', `${numberText(limit)} ${unit}, ${source}${breach}`)];
  });
}

function dayText(iso: string | null): string {
  return iso?.slice(0, 10) ?? '–';
}

function fact(label: string, value: string): MailFact {
  return { label, value };
}
