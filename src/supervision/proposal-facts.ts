// The tables of a proposal: the tail against its limit, the evidence it rests on, agents, gates, alerts, and the episode so far.

import type { CellThreshold, CvarCell } from '../domain/cvar.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { Settings } from '../domain/settings.ts';
import type { AgentReport, MetaReport, PromotionGate } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import { Z_90 } from './cvar.ts';
import { gateTable } from './gate-table.ts';
import { limitRatio } from './limit-ratio.ts';
import { mdCode, mdName, mdTable, mdText } from './markdown.ts';
import { sortedEntries, verdictSentence, worstDivergence } from './report-attention.ts';
import { tableMarkdown } from './report-cells.ts';
import {
  bpsText,
  brief,
  countText,
  dayText,
  fixed,
  intervalText,
  minuteText,
  nEffText,
  percentText,
  sigmaText,
  UNKNOWN,
} from './report-numbers.ts';
import { type StatePlace, stateFileLink } from './state-links.ts';

const AGENTS_SHOWN_MAX = 30;
const REGIMES_SHOWN_MAX = 20;
const HISTORY_SHOWN_MAX = 20;
const MODELS_SHOWN_MAX = 10;

/** Below the table of {@link tailTable}. */
export const TAIL_NOTE =
  'CVaR 95 is the mean of the worst 5 % of expected minus realized: what was lost beyond the model. Two intervals are shown ' +
  'because each errs in its own way: the bootstrap resamples blocks of time, and its **upper end is optimistic** with few rows; the ' +
  'other adds and subtracts 1.645 asymptotic standard errors.';

/** Returns the tail of a cell in both units, with both of its intervals, against its limits. */
export function tailTable(cell: CvarCell): string {
  const { threshold, recent } = cell;
  const ratio = limitRatio(cell);
  const overLimit = (unit: 'sigma' | 'bps'): string =>
    ratio?.unit === unit ? `${fixed(ratio.value, 2)} ×` : UNKNOWN;
  return mdTable(
    ['tail', 'sigma', 'bps'],
    [
      ['**CVaR 95**', `**${sigmaText(cell.cvar95_sigma)}**`, `**${bpsText(cell.cvar95_error_bps)}**`],
      [
        `limit${threshold === null ? '' : ` (${sourceText(threshold)})`}`,
        sigmaText(threshold?.max_cvar_sigma ?? null),
        bpsText(threshold?.max_cvar_error_bps ?? null),
      ],
      ['CVaR 95 / limit', overLimit('sigma'), overLimit('bps')],
      ['90 % interval, bootstrap', intervalText(cell.ci90_sigma, 2), intervalText(cell.ci90, 1)],
      ['90 % interval, ± standard error', UNKNOWN, around(cell.cvar95_error_bps, cell.se_cvar95_bps, 1)],
      ['newest rows alone', sigmaText(recent.cvar95_sigma), bpsText(recent.cvar95_error_bps)],
      [
        'newest rows, ± standard error',
        around(recent.cvar95_sigma, recent.se_cvar95_sigma, 2),
        around(recent.cvar95_error_bps, recent.se_cvar95_error_bps, 1),
      ],
      ['as the notes compute it, decides nothing', UNKNOWN, bpsText(cell.notes_cvar95_error_bps)],
    ],
    ['left', 'right', 'right'],
  );
}

function around(value: number | null, standardError: number | null, digits: number): string {
  if (value === null || standardError === null) return UNKNOWN;
  return intervalText([value - Z_90 * standardError, value + Z_90 * standardError], digits);
}

function sourceText({ source }: CellThreshold): string {
  return { regime: 'of the regime', class: 'of the class', default: 'by default' }[source];
}

/** Returns what a cell rests on: rows, spans, window, results. */
export function evidenceTable(
  regime: string,
  cell: CvarCell,
  horizonHours: number,
  decision: 'lcb' | 'point',
): string {
  const withSigma =
    cell.n_without_sigma === 0
      ? ''
      : `; ${countText(cell.n_without_sigma)} rows without sigma are left out of the figures in sigma (n_eff ${nEffText(cell.n_eff_sigma)})`;
  return mdTable(
    ['evidence', 'value'],
    [
      ['regime', `${mdName(regime)}, ${cell.is_current ? 'the current one' : 'not the current one'}`],
      [
        'decided by',
        `${decision === 'lcb' ? 'the lower end of the bootstrap interval' : 'the estimate'}, at ${countText(horizonHours)} h`,
      ],
      [
        'rows',
        `n ${countText(cell.n)}, effective n ${nEffText(cell.n_eff)}, from ${countText(cell.n_blocks)} spans of ` +
          `${countText(horizonHours)} h${withSigma}`,
      ],
      [
        'newest rows alone',
        `effective n ${nEffText(cell.recent.n_eff)}, from ${countText(cell.recent.n_blocks)} spans, since ${dayText(cell.recent.from)}`,
      ],
      ['window', `${dayText(cell.window_from)} to ${dayText(cell.window_to)}`],
      ['hit rate', percentText(cell.hit_rate)],
      ['PnL, gross', inBps(cell.pnl_sum_bps)],
      ['mean error', `${inBps(cell.mean_error_bps)}; negative: live worse than the model`],
    ],
    ['left', 'left'],
  );
}

function inBps(value: number | null): string {
  return value === null ? UNKNOWN : `${bpsText(value)} bps`;
}

/** Returns the cells of a class in every regime, those of `strategyClass`, or `null` where the report does not know it. */
export function regimesTable(report: MetaReport, strategyClass: string, place: StatePlace): string | null {
  const strategy = entryOf(report.strategies, strategyClass);
  if (strategy === undefined) return null;
  const cells = [...sortedEntries(strategy.cells)].sort(
    ([, a], [, b]) => Number(b.is_current) - Number(a.is_current),
  );
  if (cells.length === 0) return null;
  const table = mdTable(
    [
      'regime',
      'status',
      'CVaR 95, sigma',
      'limit, sigma',
      'CVaR 95, bps',
      'limit, bps',
      'n_eff',
      'window until',
    ],
    cells
      .slice(0, REGIMES_SHOWN_MAX)
      .map(([regime, cell]) => [
        cell.is_current ? `${mdName(regime)}, current` : mdName(regime),
        cell.status,
        sigmaText(cell.cvar95_sigma),
        sigmaText(cell.threshold?.max_cvar_sigma ?? null),
        bpsText(cell.cvar95_error_bps),
        bpsText(cell.threshold?.max_cvar_error_bps ?? null),
        nEffText(cell.n_eff),
        dayText(cell.window_to),
      ]),
    ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
  );
  return withMore(table, cells.length - REGIMES_SHOWN_MAX, place, 'supervisor/strategy_cvar_regime.json');
}

/** An agent that a proposal concerns, as far as anything is known of it. */
interface AgentInvolved {
  readonly name: string;
  /** `null` where no report knows it. */
  readonly report: AgentReport | null;
  /** By the configuration; `null` where it is not registered. */
  readonly stage: string | null;
}

/** Returns the agents of a class, those with the most weight first; from the registry alone where there is no report. */
export function agentsOfClass(
  strategyClass: string,
  report: MetaReport | null,
  { agents }: Settings,
): readonly AgentInvolved[] {
  const reported = report === null ? [] : (entryOf(report.strategies, strategyClass)?.agents ?? []);
  const registered = Object.entries(agents).flatMap(([name, { strategy_class }]) =>
    strategy_class === strategyClass ? [name] : [],
  );
  const all = [...new Set([...reported, ...registered])].sort().map((name) => ({
    name,
    report: report === null ? null : (entryOf(report.agents, name) ?? null),
    stage: entryOf(agents, name)?.stage ?? null,
  }));
  const weight = (each: AgentInvolved): number => each.report?.allocation.weight ?? 0;
  return all.sort((a, b) => weight(b) - weight(a));
}

/** Returns the agents with weight, multiplier and divergence. */
export function agentsTable(agents: readonly AgentInvolved[], place: StatePlace): string {
  const table = mdTable(
    ['agent', 'stage', 'weight', 'multiplier', 'divergence', 'n', 'n_eff', 'net PnL, bps'],
    agents
      .slice(0, AGENTS_SHOWN_MAX)
      .map(({ name, report, stage }) => [
        mdName(name),
        stage ?? report?.promotion.stage ?? UNKNOWN,
        fixed(report?.allocation.weight ?? null, 3),
        fixed(report?.multiplier ?? null, 3),
        report === null ? UNKNOWN : divergenceWords(report),
        report === null ? UNKNOWN : countText(report.n),
        report === null ? UNKNOWN : nEffText(report.n_eff),
        bpsText(report?.net_pnl_sum_bps ?? null),
      ]),
    ['left', 'left', 'right', 'right', 'left', 'right', 'right', 'right'],
  );
  return withMore(table, agents.length - AGENTS_SHOWN_MAX, place, 'supervisor/meta_report.json');
}

/** Returns the worst state of an agent's divergence in a few words, as Markdown. */
export function divergenceWords(agent: AgentReport): string {
  const worst = worstDivergence(agent);
  if (worst === null) return UNKNOWN;
  const raised = worst.state === 'ALERT' || worst.state === 'WARN' || worst.state === 'RESOLVED';
  const state = worst.state === 'ALERT' ? '**ALERT**' : worst.state;
  return raised ? `${state} ${worst.trigger} ${worst.horizon_hours} h` : state;
}

/** Returns gates with what was measured and the limit, those that decide first. */
export function gatesTable(gates: readonly (readonly [string, PromotionGate])[]): string {
  return tableMarkdown(gateTable(gates));
}

/** Returns alerts with since when, statistic and limit, and what they rest on. */
export function alertsTable(alerts: readonly DivergenceAlert[]): string {
  return mdTable(
    [
      'trigger',
      'horizon',
      'state',
      'since, UTC',
      'statistic now',
      'raised at',
      'signals',
      'n_eff',
      'mean error, bps',
      'mean size of the error, bps',
    ],
    alerts.map((alert) => [
      alert.trigger,
      `${alert.horizon_hours} h`,
      alert.state === 'ALERT' ? `**ALERT**, ${alert.severity}` : alert.state,
      minuteText(alert.since),
      brief(alert.statistic),
      brief(alert.limit),
      countText(alert.window),
      nEffText(alert.n_eff),
      bpsText(alert.mean_error_bps),
      bpsText(alert.mean_abs_error_bps),
    ]),
    ['left', 'right', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
  );
}

/** Returns what was decided in an episode so far, newest first. */
export function historyList(history: readonly Verdict[], place: StatePlace): string {
  const lines = [...history]
    .reverse()
    .slice(0, HISTORY_SHOWN_MAX)
    .map(
      (verdict) =>
        `- ${mdText(verdictSentence(verdict))} Verdict ${mdCode(verdict.verdict_id.slice(0, 12))}.`,
    );
  return withMore(lines.join('\n'), history.length - HISTORY_SHOWN_MAX, place, 'supervisor/verdicts.jsonl');
}

/** Returns models as code, `–` for none. */
export function modelsText(modelIds: readonly string[], shown: (modelId: string) => string): string {
  if (modelIds.length === 0) return UNKNOWN;
  const more = modelIds.length - MODELS_SHOWN_MAX;
  const newest = modelIds.slice(-MODELS_SHOWN_MAX).map(shown).join(', ');
  return more > 0 ? `${newest} and ${countText(more)} older ones` : newest;
}

function withMore(markdown: string, more: number, place: StatePlace, file: string): string {
  return more > 0 ? `${markdown}\n\nAnd ${countText(more)} more: ${stateFileLink(place, file)}.` : markdown;
}
