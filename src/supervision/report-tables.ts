// The tables of the meta report: classes by regime, agents, and where live errors stopped looking like the model's.

import type { CvarCell } from '../domain/cvar.ts';
import type { DivergenceAlert, NotesDivergence } from '../domain/divergence.ts';
import type { AgentPromotion, AgentReport, MetaReport, StrategyReport } from '../domain/supervisor.ts';
import { standingText } from './alert-text.ts';
import { type Align, mdName, mdTable } from './markdown.ts';
import { classesByUrgency, sortedEntries, worstDivergence } from './report-attention.ts';
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

const CELL_ROWS_MAX = 200;
const AGENT_ROWS_MAX = 250;
const DIVERGENCE_ROWS_MAX = 300;

const CELL_URGENCY = ['KILL', 'WATCH', 'OK', 'NO_LIMIT', 'INSUFFICIENT'] as const;
const SHOWN_STATES = ['ALERT', 'WARN', 'RESOLVED'] as const;

function aligned(left: readonly string[], head: readonly string[]): readonly Align[] {
  return head.map((title) => (left.includes(title) ? 'left' : 'right'));
}

/** Returns a table, cut at `max` rows with a sentence that names the file that has them all. */
function tableOf(
  head: readonly string[],
  left: readonly string[],
  rows: readonly (readonly string[])[],
  max: number,
  whole: string,
): string {
  const table = mdTable(head, rows.slice(0, max), aligned(left, head));
  const more = rows.length - max;
  return more > 0 ? `${table}\n\nAnd ${countText(more)} more rows, see \`${whole}\`.` : table;
}

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

/** Returns the section of classes, one line per regime, urgent classes first. */
export function classesSection(report: MetaReport): string {
  const rows = classesByUrgency(report).flatMap(([name, strategy]) => classRows(name, strategy));
  return [
    '## Classes',
    'CVaR 95 is the mean of the worst 5 % of expected minus realized: what was lost beyond the model. The interval is a ' +
      'block bootstrap; its upper end is optimistic with few rows. n_eff counts independent rows, spans the stretches of one horizon ' +
      'they come from. What the notes compute is shown beside and decides nothing.',
    rows.length === 0
      ? 'No class has rows yet.'
      : tableOf(
          CLASS_HEAD,
          ['class', 'kill list', 'regime', 'status'],
          rows,
          CELL_ROWS_MAX,
          'supervisor/strategy_cvar_regime.json',
        ),
  ].join('\n\n');
}

function classRows(name: string, strategy: StrategyReport): readonly (readonly string[])[] {
  const place = [mdName(name), strategy.status];
  const cells = [...sortedEntries(strategy.cells)].sort(
    ([, a], [, b]) => CELL_URGENCY.indexOf(a.status) - CELL_URGENCY.indexOf(b.status),
  );
  if (cells.length === 0) return [[...place, UNKNOWN, 'no rows', ...CLASS_HEAD.slice(4).map(() => UNKNOWN)]];
  return cells.map(([regime, cell]) => [...place, ...cellRow(regime, cell)]);
}

function cellRow(regime: string, cell: CvarCell): readonly string[] {
  const { threshold } = cell;
  const source = threshold === null ? '' : ` (${threshold.source})`;
  const limit = (text: string): string => (text === UNKNOWN ? text : `${text}${source}`);
  const without = cell.n_without_sigma === 0 ? '' : ` (${countText(cell.n_without_sigma)} without sigma)`;
  return [
    cell.is_current ? `${mdName(regime)}, current` : mdName(regime),
    cell.status === 'KILL' ? '**KILL**' : cell.status,
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

/** Returns the section of agents: those whose stream diverges first, then by multiplier, lowest first. */
export function agentsSection(report: MetaReport): string {
  const rows = agentsByUrgency(report).map(([name, agent]) => [
    mdName(name),
    mdName(agent.strategy_class),
    agent.promotion.stage,
    fixed(agent.multiplier, 3),
    countText(agent.n),
    nEffText(agent.n_eff),
    bpsText(agent.avg_abs_error_bps),
    bpsText(agent.avg_pnl_error_bps),
    percentText(agent.hit_rate),
    bpsText(agent.net_pnl_sum_bps),
    divergenceText(worstDivergence(agent)),
    promotionText(agent.promotion),
    agent.allocation.status === 'ENABLED'
      ? fixed(agent.allocation.weight, 3)
      : `${fixed(agent.allocation.weight, 3)} (${agent.allocation.status})`,
  ]);
  return [
    '## Agents',
    'The multiplier says whether live errors have the size that the model claims (calibration), not whether the agent earns; ' +
      'that is what the gates of promotion ask.',
    rows.length === 0
      ? 'No agent has rows yet.'
      : tableOf(
          AGENT_HEAD,
          ['agent', 'class', 'stage', 'worst divergence', 'promotion'],
          rows,
          AGENT_ROWS_MAX,
          'supervisor/meta_report.json',
        ),
  ].join('\n\n');
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

function divergenceText(worst: DivergenceAlert | null): string {
  if (worst === null) return UNKNOWN;
  if (worst.state === 'OK' || worst.state === 'INSUFFICIENT') return worst.state;
  return (
    `${worst.state === 'ALERT' ? '**ALERT**' : worst.state}: ${worst.trigger} at ${worst.horizon_hours} h, ` +
    `${standingText(worst)}, n_eff ${nEffText(worst.n_eff)}`
  );
}

/** Returns how many of the gates that decide pass, and which do not. */
function promotionText({ eligible, gates }: AgentPromotion): string {
  const deciding = sortedEntries(gates).filter(([, gate]) => gate.decides);
  const failed = deciding.filter(([, gate]) => !gate.pass).map(([gate]) => mdName(gate));
  const passed = `${deciding.length - failed.length} of ${deciding.length} gates`;
  if (failed.length === 0) return eligible ? `eligible, ${passed}` : passed;
  return `${passed}, not ${failed.join(', ')}`;
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
const STATISTIC_NOTE =
  'A trigger is raised where its statistic reaches `raised at` (of hit and snapshot: falls below it). It ends by healthy ' +
  'signals, not by its statistic, so that of an open alert may stand on the other side again.';

/** Returns the section of divergence: every trigger in ALERT, WARN or RESOLVED, the detector of the notes beside. */
export function divergenceSection(report: MetaReport): string {
  const agents = sortedEntries(report.agents);
  const shown = SHOWN_STATES.flatMap((state) =>
    agents.flatMap(([name, agent]) =>
      agent.divergence
        .filter((alert) => alert.state === state)
        .map((alert) => divergenceRow(name, alert, agent.notes_divergence)),
    ),
  );
  const table = tableOf(
    DIVERGENCE_HEAD,
    ['agent', 'trigger', 'state', 'since, UTC', 'notes would say'],
    shown,
    DIVERGENCE_ROWS_MAX,
    'supervisor/divergence_alerts.json',
  );
  return [
    '## Divergence',
    ...(shown.length === 0 ? ['No trigger is in ALERT, WARN or RESOLVED.'] : [table, STATISTIC_NOTE]),
    quietSentence(agents),
    notesSentence(agents),
  ].join('\n\n');
}

function divergenceRow(name: string, alert: DivergenceAlert, notes: NotesDivergence): readonly string[] {
  return [
    mdName(name),
    `${alert.horizon_hours} h`,
    alert.trigger,
    alert.state === 'ALERT' ? '**ALERT**' : alert.state,
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
