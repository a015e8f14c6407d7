// The tables of the meta report: classes by regime, agents, and where live errors stopped looking like the model's.

import type { CvarCell } from '../domain/cvar.ts';
import type { DivergenceAlert, NotesDivergence } from '../domain/divergence.ts';
import type { AgentPromotion, AgentReport, MetaReport, StrategyReport } from '../domain/supervisor.ts';
import { standingText } from './alert-text.ts';
import { classesByUrgency, sortedEntries, worstDivergence } from './report-attention.ts';
import {
  type CellPart,
  type ReportCell,
  type ReportTable,
  reportTable,
  tableMarkdown,
} from './report-cells.ts';
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

/** What stands in place of a table without rows. */
export const NO_CLASS = 'No class has rows yet.';
export const NO_AGENT = 'No agent has rows yet.';
export const NO_TRIGGER = 'No trigger is in ALERT, WARN or RESOLVED.';

const CELL_ROWS_MAX = 200;
const AGENT_ROWS_MAX = 250;
const DIVERGENCE_ROWS_MAX = 300;

const CELL_URGENCY = ['KILL', 'WATCH', 'OK', 'NO_LIMIT', 'INSUFFICIENT'] as const;
const SHOWN_STATES = ['ALERT', 'WARN', 'RESOLVED'] as const;

const CLASS_HEAD = [
  'class',
  'kill list',
  'regime',
  'status',
  'CVaR 95, sigma',
  '90 % interval',
  'limit, sigma',
  'CVaR 95, bps',
  'limit, bps',
  'n',
  'n_eff',
  'spans',
  'hit rate',
  'PnL, bps',
  'CVaR of the notes, bps',
];

export const CLASSES_NOTE =
  'CVaR 95 is the mean of the worst 5 % of expected minus realized: what was lost beyond the model. The interval is a ' +
  'block bootstrap; its upper end is optimistic with few rows. n_eff counts independent rows, spans the stretches of one horizon ' +
  'they come from. What the notes compute is shown beside and decides nothing.';

/** Returns the table of classes, one line per regime, urgent classes first. */
export function classesTable(report: MetaReport): ReportTable {
  const rows = classesByUrgency(report).flatMap(([name, strategy]) => classRows(name, strategy));
  const words = ['class', 'kill list', 'regime', 'status'];
  return reportTable(
    { head: CLASS_HEAD, words, whole: 'supervisor/strategy_cvar_regime.json' },
    rows,
    CELL_ROWS_MAX,
  );
}

/** Returns the section of classes. */
export function classesSection(report: MetaReport): string {
  const table = classesTable(report);
  const shown = table.rows.length === 0 ? NO_CLASS : tableMarkdown(table);
  return ['## Classes', CLASSES_NOTE, shown].join('\n\n');
}

function classRows(name: string, strategy: StrategyReport): readonly (readonly ReportCell[])[] {
  const place: readonly ReportCell[] = [{ name }, strategy.status];
  const cells = [...sortedEntries(strategy.cells)].sort(
    ([, a], [, b]) => CELL_URGENCY.indexOf(a.status) - CELL_URGENCY.indexOf(b.status),
  );
  if (cells.length === 0) return [[...place, UNKNOWN, 'no rows', ...CLASS_HEAD.slice(4).map(() => UNKNOWN)]];
  return cells.map(([regime, cell]) => [...place, ...cellRow(regime, cell)]);
}

function cellRow(regime: string, cell: CvarCell): readonly ReportCell[] {
  const { threshold } = cell;
  const source = threshold === null ? '' : ` (${threshold.source})`;
  const limit = (text: string): string => (text === UNKNOWN ? text : `${text}${source}`);
  const without = cell.n_without_sigma === 0 ? '' : ` (${countText(cell.n_without_sigma)} without sigma)`;
  return [
    cell.is_current ? [{ name: regime }, ', current'] : { name: regime },
    cell.status === 'KILL' ? { strong: cell.status } : cell.status,
    sigmaText(cell.cvar95_sigma),
    intervalText(cell.ci90_sigma, 2),
    limit(sigmaText(threshold?.max_cvar_sigma ?? null)),
    bpsText(cell.cvar95_error_bps),
    limit(bpsText(threshold?.max_cvar_error_bps ?? null)),
    `${countText(cell.n)}${without}`,
    nEffText(cell.n_eff),
    countText(cell.n_blocks),
    percentText(cell.hit_rate),
    bpsText(cell.pnl_sum_bps),
    bpsText(cell.notes_cvar95_error_bps),
  ];
}

/** With these columns every table of agents begins. */
export const AGENT_COLUMNS = ['agent', 'class', 'stage', 'multiplier', 'n', 'n_eff'] as const;

const AGENT_HEAD = [
  ...AGENT_COLUMNS,
  'mean size of the error, bps',
  'mean error, bps',
  'hit rate',
  'net PnL, bps',
  'worst divergence',
  'promotion',
  'weight',
];

export const AGENTS_NOTE =
  'The multiplier says whether live errors have the size that the model claims (calibration), not whether the agent earns; ' +
  'that is what the gates of promotion ask.';

/** Returns the table of agents: those whose stream diverges first, then by multiplier, lowest first. */
export function agentsTable(report: MetaReport): ReportTable {
  const rows = agentsByUrgency(report).map(([name, agent]): readonly ReportCell[] => [
    { name },
    { name: agent.strategy_class },
    agent.promotion.stage,
    fixed(agent.multiplier, 3),
    countText(agent.n),
    nEffText(agent.n_eff),
    bpsText(agent.avg_abs_error_bps),
    bpsText(agent.avg_pnl_error_bps),
    percentText(agent.hit_rate),
    bpsText(agent.net_pnl_sum_bps),
    divergenceCell(worstDivergence(agent)),
    promotionCell(agent.promotion),
    agent.allocation.status === 'ENABLED'
      ? fixed(agent.allocation.weight, 3)
      : `${fixed(agent.allocation.weight, 3)} (${agent.allocation.status})`,
  ]);
  const words = ['agent', 'class', 'stage', 'worst divergence', 'promotion'];
  return reportTable({ head: AGENT_HEAD, words, whole: 'supervisor/meta_report.json' }, rows, AGENT_ROWS_MAX);
}

/** Returns the section of agents. */
export function agentsSection(report: MetaReport): string {
  const table = agentsTable(report);
  const shown = table.rows.length === 0 ? NO_AGENT : tableMarkdown(table);
  return ['## Agents', AGENTS_NOTE, shown].join('\n\n');
}

const STATE_URGENCY = ['ALERT', 'WARN', 'RESOLVED', 'OK', 'INSUFFICIENT'] as const;

/** Agents by the worst state of their divergence, then by multiplier, then by name. */
export function agentsByUrgency(report: MetaReport): readonly (readonly [string, AgentReport])[] {
  const rank = (agent: AgentReport): number => {
    const worst = worstDivergence(agent);
    return worst === null ? STATE_URGENCY.length : Math.min(STATE_URGENCY.indexOf(worst.state), 3);
  };
  return [...sortedEntries(report.agents)].sort(
    ([, a], [, b]) => rank(a) - rank(b) || a.multiplier - b.multiplier,
  );
}

function divergenceCell(worst: DivergenceAlert | null): ReportCell {
  if (worst === null) return UNKNOWN;
  if (worst.state === 'OK' || worst.state === 'INSUFFICIENT') return worst.state;
  const standing = `: ${worst.trigger} at ${worst.horizon_hours} h, ${standingText(worst)}, n_eff ${nEffText(worst.n_eff)}`;
  return [worst.state === 'ALERT' ? { strong: worst.state } : worst.state, standing];
}

/** Returns how many of the gates that decide pass, and which do not. */
function promotionCell({ eligible, gates }: AgentPromotion): ReportCell {
  const deciding = sortedEntries(gates).filter(([, gate]) => gate.decides);
  const failed = deciding.filter(([, gate]) => !gate.pass).map(([gate]) => gate);
  const passed = `${deciding.length - failed.length} of ${deciding.length} gates`;
  if (failed.length === 0) return eligible ? `eligible, ${passed}` : passed;
  const names = failed.flatMap((name, index): CellPart[] => [index === 0 ? '' : ', ', { name }]);
  return [`${passed}, not `, ...names];
}

const DIVERGENCE_HEAD = [
  'agent',
  'horizon',
  'trigger',
  'state',
  'since, UTC',
  'statistic now',
  'raised at',
  'window',
  'n_eff',
  'unusable',
  'mean size of the error, bps',
  'mean error, bps',
  'notes would say',
];

/** ADR 0008. */
export const STATISTIC_NOTE =
  'A trigger is raised where its statistic reaches `raised at` (of hit and snapshot: falls below it). It ends by healthy ' +
  'signals, not by its statistic, so that of an open alert may stand on the other side again.';

/** Returns the table of every trigger in ALERT, WARN or RESOLVED, the detector of the notes beside. */
export function divergenceTable(report: MetaReport): ReportTable {
  const agents = sortedEntries(report.agents);
  const rows = SHOWN_STATES.flatMap((state) =>
    agents.flatMap(([name, agent]) =>
      agent.divergence
        .filter((alert) => alert.state === state)
        .map((alert) => divergenceRow(name, alert, agent.notes_divergence)),
    ),
  );
  const words = ['agent', 'trigger', 'state', 'since, UTC', 'notes would say'];
  return reportTable(
    { head: DIVERGENCE_HEAD, words, whole: 'supervisor/divergence_alerts.json' },
    rows,
    DIVERGENCE_ROWS_MAX,
  );
}

/** Returns what is said below the table: how many triggers are quiet or silent, and what the notes would do. */
export function divergenceSentences(report: MetaReport): readonly string[] {
  const agents = sortedEntries(report.agents);
  return [quietSentence(agents), notesSentence(agents)];
}

/** Returns the section of divergence. */
export function divergenceSection(report: MetaReport): string {
  const table = divergenceTable(report);
  const shown = table.rows.length === 0 ? [NO_TRIGGER] : [tableMarkdown(table), STATISTIC_NOTE];
  return ['## Divergence', ...shown, ...divergenceSentences(report)].join('\n\n');
}

function divergenceRow(name: string, alert: DivergenceAlert, notes: NotesDivergence): readonly ReportCell[] {
  return [
    { name },
    `${alert.horizon_hours} h`,
    alert.trigger,
    alert.state === 'ALERT' ? { strong: alert.state } : alert.state,
    minuteText(alert.since),
    brief(alert.statistic),
    brief(alert.limit),
    countText(alert.window),
    nEffText(alert.n_eff),
    countText(alert.n_unusable),
    bpsText(alert.mean_abs_error_bps),
    bpsText(alert.mean_error_bps),
    notes.severity,
  ];
}

function quietSentence(agents: readonly (readonly [string, AgentReport])[]): string {
  const states = agents.flatMap(([, agent]) => agent.divergence.map((alert) => alert.state));
  const ok = states.filter((state) => state === 'OK').length;
  const insufficient = states.filter((state) => state === 'INSUFFICIENT').length;
  return (
    `Triggers in OK: ${countText(ok)}. In INSUFFICIENT, which is not OK but too few signals to say anything: ` +
    `${countText(insufficient)}.`
  );
}

/** The notes alert on a fixed size in bps, whatever the market's own size is. */
function notesSentence(agents: readonly (readonly [string, AgentReport])[]): string {
  const loud = agents.filter(([, agent]) => agent.notes_divergence.severity !== 'none');
  const alone = loud.filter(
    ([, agent]) => !agent.divergence.some((alert) => alert.state === 'ALERT' || alert.state === 'WARN'),
  );
  return (
    `The thresholds of the notes would alert on ${countText(loud.length)} of ${countText(agents.length)} agents; ` +
    `${countText(alone.length)} of those have neither ALERT nor WARN here. They decide nothing.`
  );
}
