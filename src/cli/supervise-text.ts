// The summary of a supervise run for people: what needs one of them, classes, agents, divergence, and what was decided.

import { printable } from '../adapters/terminal/log.ts';
import { type Cell, tableText } from '../adapters/terminal/table.ts';
import { roundTo } from '../domain/rounding.ts';
import type { AgentReport, MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import {
  classesByUrgency,
  needsPerson,
  sortedEntries,
  verdictSentence,
  worstDivergence,
} from '../supervision/report-attention.ts';
import { intervalText, minuteText } from '../supervision/report-numbers.ts';
import { AGENT_COLUMNS, agentsByUrgency } from '../supervision/report-tables.ts';

const ROWS_SHOWN_MAX = 20;

export interface Supervised {
  readonly report: MetaReport;
  /** Proposals that the settings do not follow yet: see open-verdicts.ts. */
  readonly openVerdicts: readonly Verdict[];
  /** What this run newly decided. */
  readonly newVerdicts: readonly Verdict[];
  /** A sentence where the last good settings stayed in force, else `null`. */
  readonly lastGood: string | null;
}

/** Returns the summary of one run. */
export function superviseText(done: Supervised): string {
  const { report, openVerdicts, newVerdicts, lastGood } = done;
  const until =
    report.generated_at === null
      ? 'no evidence yet'
      : `evidence up to ${minuteText(report.generated_at)} UTC`;
  const parts = [
    `${until}; classes are judged at ${report.horizon_hours} h`,
    ...(lastGood === null ? [] : [lines([lastGood])]),
    section('needs a person', attentionLines(report, openVerdicts), 'nothing'),
    section('classes', classTable(report), 'no class has rows yet'),
    section('agents', agentTable(report), 'no agent has rows yet'),
    section('divergence', divergenceTable(report), 'no trigger is in ALERT, WARN or RESOLVED'),
    section('decided in this run', verdictLines(newVerdicts), 'nothing'),
  ];
  return parts.join('\n\n');
}

function section(title: string, text: string, otherwise: string): string {
  return text === '' ? `${title}: ${otherwise}` : `${title}:\n${text}`;
}

/** A table of the first rows, and where the others are. */
function cutTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  return withMore(tableText({ head, rows: rows.slice(0, ROWS_SHOWN_MAX) }), rows.length - ROWS_SHOWN_MAX);
}

function withMore(text: string, more: number): string {
  return more > 0 ? `${text}\nand ${more.toLocaleString('en-US')} more, see meta_report.md` : text;
}

function attentionLines(report: MetaReport, openVerdicts: readonly Verdict[]): string {
  const all = needsPerson(report, openVerdicts);
  const shown = all
    .slice(0, ROWS_SHOWN_MAX)
    .map((each) => [`${each.what}  ${each.kind} ${each.name}`, ...each.why.map((why) => `    ${why}`)]);
  return withMore(shown.map(lines).join('\n'), all.length - shown.length);
}

/** Names in sentences come from outside: each stays on its line. */
function lines(texts: readonly string[]): string {
  return texts.map((text) => printable(text).replaceAll('\n', ' ')).join('\n');
}

const CLASS_HEAD = [
  'class',
  'kill list',
  'regime',
  'status',
  'CVaR sigma',
  '90 % interval',
  'limit',
  'CVaR bps',
  'n',
  'n_eff',
  'hit rate',
  'PnL bps',
];

function classTable(report: MetaReport): string {
  const rows = classesByUrgency(report).flatMap(([name, strategy]): Cell[][] => {
    const cells = sortedEntries(strategy.cells);
    if (cells.length === 0) return [[name, strategy.status, '–', 'no rows']];
    return cells.map(([regime, cell]) => [
      name,
      strategy.status,
      cell.is_current ? `${regime}, current` : regime,
      cell.status,
      rounded(cell.cvar95_sigma, 2),
      intervalText(cell.ci90_sigma, 2),
      cell.threshold?.max_cvar_sigma ?? null,
      rounded(cell.cvar95_error_bps, 1),
      cell.n,
      rounded(cell.n_eff, 1),
      rounded(cell.hit_rate, 3),
      rounded(cell.pnl_sum_bps, 1),
    ]);
  });
  return cutTable(CLASS_HEAD, rows);
}

const AGENT_HEAD = [
  ...AGENT_COLUMNS,
  '|error| bps',
  'hit rate',
  'net PnL bps',
  'divergence',
  'gates',
  'weight',
];

function agentTable(report: MetaReport): string {
  const rows = agentsByUrgency(report).map(([name, agent]): Cell[] => [
    name,
    agent.strategy_class,
    agent.promotion.stage,
    rounded(agent.multiplier, 3),
    agent.n,
    rounded(agent.n_eff, 1),
    rounded(agent.avg_abs_error_bps, 1),
    rounded(agent.hit_rate, 3),
    rounded(agent.net_pnl_sum_bps, 1),
    worstDivergence(agent)?.state ?? '–',
    gatesText(agent),
    rounded(agent.allocation.weight, 3),
  ]);
  return cutTable(AGENT_HEAD, rows);
}

function gatesText({ promotion }: AgentReport): string {
  const deciding = Object.values(promotion.gates).filter((gate) => gate.decides);
  return `${deciding.filter((gate) => gate.pass).length} of ${deciding.length}`;
}

/** With these columns a table of the triggers of one agent begins. */
export const TRIGGER_COLUMNS = [
  'horizon',
  'trigger',
  'state',
  'since',
  'statistic now',
  'raised at',
] as const;

const DIVERGENCE_HEAD = ['agent', ...TRIGGER_COLUMNS, 'n_eff', 'error bps'];

function divergenceTable(report: MetaReport): string {
  const agents = sortedEntries(report.agents);
  const rows = (['ALERT', 'WARN', 'RESOLVED'] as const).flatMap((state) =>
    agents.flatMap(([name, agent]) =>
      agent.divergence
        .filter((alert) => alert.state === state)
        .map((alert): Cell[] => [
          name,
          `${alert.horizon_hours} h`,
          alert.trigger,
          alert.state,
          minuteText(alert.since),
          rounded(alert.statistic, 4),
          alert.limit,
          rounded(alert.n_eff, 1),
          rounded(alert.mean_error_bps, 1),
        ]),
    ),
  );
  return cutTable(DIVERGENCE_HEAD, rows);
}

function verdictLines(newVerdicts: readonly Verdict[]): string {
  const shown = newVerdicts
    .slice(0, ROWS_SHOWN_MAX)
    .map((verdict) => lines([verdict.subject, `    ${verdictSentence(verdict)}`]));
  return withMore(shown.join('\n'), newVerdicts.length - shown.length);
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : roundTo(value, digits);
}
