// The explanation of a strategy class for people: per regime the figures, the rows that made the tail, and the decision.

import { printable } from '../adapters/terminal/log.ts';
import { type Cell, tableText } from '../adapters/terminal/table.ts';
import { roundTo } from '../domain/rounding.ts';
import type { CellExplanation, ClassExplanation, VerdictLine } from '../supervision/explain-class.ts';
import type { TailLine, TailTable } from '../supervision/explain-tail.ts';
import type { VerdictCheck } from '../supervision/explain-verdict.ts';
import {
  bpsText,
  fixed,
  intervalText,
  minuteText,
  percentText,
  sigmaText,
  UNKNOWN,
} from '../supervision/report-numbers.ts';

/** Rows of a tail that are shown of the cell in question, and of the others. */
const TAIL_ROWS_MAX = 30;
const TAIL_ROWS_BRIEF = 5;
const ID_CHARS = 12;
const COLUMNS = 100;

/**
 * Returns the explanation of a class.
 *
 * @param focus regime whose tail is shown at length; `null`: the current one
 */
export function classText(subject: ClassExplanation, focus: string | null): string {
  const { name, status, as_of, horizon_hours: horizon, config_hash: hash } = subject;
  const signals = Object.entries(subject.newest_signals).map(([regime, n]) => `${n} ${regime}`);
  const until = as_of === null ? 'no rows yet' : `rows up to ${minuteText(as_of)} UTC`;
  const parts = [
    `class ${name}, ${until}\njudged at ${horizon} h under settings ${hash.slice(0, ID_CHARS)}`,
    tableText({
      rows: [
        ['kill list', status],
        ['open episode', subject.open_episode],
        ['current regime', subject.current_regime],
        ['newest signals by regime', signals.join(', ') || 'none'],
      ],
    }),
    section('decision', subject.decision),
    ...(subject.recovery.length === 0 ? [] : [section('recovery', subject.recovery)]),
    ...subject.cells.map((cell) => cellText(cell, cell.regime === (focus ?? subject.current_regime))),
    verdictsText(subject.verdicts),
    ...(subject.cells.length === 0 ? [] : [findText(subject)]),
  ];
  return parts.map(printable).join('\n\n');
}

/** Returns sentences below a title, wrapped and indented. */
export function section(title: string, sentences: readonly string[]): string {
  return [`${title}:`, ...sentences.flatMap(wrapped)].join('\n');
}

/** Names in sentences come from outside: each sentence stays its own, indented, over as many lines as it needs. */
function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of sentence.split(/\s+/)) {
    if (line.length + 1 + word.length > COLUMNS && line.trim() !== '') {
      lines.push(line);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

function cellText(explained: CellExplanation, atLength: boolean): string {
  const { regime, cell, asymptotic90_bps: asymptotic } = explained;
  const current = cell.is_current ? ', the current regime' : '';
  const { recent } = cell;
  const rows: Cell[][] = [
    ['CVaR 95', `${sigmaText(cell.cvar95_sigma)} sigma`, `${bpsText(cell.cvar95_error_bps)} bps`],
    ['  90 % bootstrap', intervalText(cell.ci90_sigma, 2), intervalText(cell.ci90, 1)],
    ['  ± 1.645 asymptotic se', '', intervalText(asymptotic, 1)],
    ['  limit', ...limitCells(explained)],
    [
      'n, n_eff, spans',
      `${cell.n}, ${fixed(cell.n_eff, 1)}, ${cell.n_blocks}`,
      withoutSigma(cell.n_without_sigma),
    ],
    ['window of exits', minuteText(cell.window_from), minuteText(cell.window_to)],
    ['mean error', '', `${bpsText(cell.mean_error_bps)} bps`],
    ['hit rate, PnL', percentText(cell.hit_rate), `${bpsText(cell.pnl_sum_bps)} bps`],
    ['newest rows', `${sigmaText(recent.cvar95_sigma)} sigma`, `${bpsText(recent.cvar95_error_bps)} bps`],
    ['  asymptotic se', sigmaText(recent.se_cvar95_sigma), bpsText(recent.se_cvar95_error_bps)],
    [
      '  n_eff, spans',
      `${fixed(recent.n_eff, 1)}, ${recent.n_blocks}`,
      `entered from ${minuteText(recent.from)}`,
    ],
    ['as the notes compute it', '', `${bpsText(cell.notes_cvar95_error_bps)} bps, decides nothing`],
    ['models', `${explained.model_ids.length}`, modelText(explained.model_ids)],
  ];
  const limited = explained.limits.map(({ unit }) => unit);
  const tails = explained.tails.filter(({ unit }, index) => limited.includes(unit) || index === 0);
  return [
    `regime ${regime}${current}: ${cell.status}`,
    tableText({ rows }),
    section('why', explained.why),
    agentsText(explained),
    ...tails.map((tail) => tailText(tail, atLength ? TAIL_ROWS_MAX : TAIL_ROWS_BRIEF)),
  ].join('\n\n');
}

function limitCells({ cell }: CellExplanation): Cell[] {
  const { threshold } = cell;
  const shown = (limit: number | null | undefined, unit: string): string =>
    limit == null ? 'none' : `${limit} ${unit} (${threshold?.source})`;
  return [shown(threshold?.max_cvar_sigma, 'sigma'), shown(threshold?.max_cvar_error_bps, 'bps')];
}

function withoutSigma(count: number): string {
  return count === 0 ? '' : `${count} without an expected sigma`;
}

function modelText(ids: readonly string[]): string {
  const newest = ids.at(-1);
  return newest === undefined ? 'no model yet: expected 0' : `newest ${newest}`;
}

function agentsText({ agents }: CellExplanation): string {
  return tableText({
    head: ['agent', 'rows', 'share', 'in tail', 'share of tail'],
    rows: agents.map((each) => [
      each.agent,
      each.n,
      percentText(each.n_share),
      roundTo(each.tail_weight, 2),
      percentText(each.tail_share),
    ]),
  });
}

const NUMBERS_FROM = 4;
const TAIL_HEAD = ['event', 'agent', 'symbol', 'exit', 'error bps', 'sigma', 'loss', 'weight', 'so far'];

function tailText({ unit, n, size, lines }: TailTable, max: number): string {
  const last = lines.at(-1);
  const cut = lines.length > max + 1;
  const shown = cut ? lines.slice(0, max) : lines;
  const rows = shown.map((line) => tailCells(line));
  if (cut && last !== undefined) {
    const left = lines.length - max - 1;
    rows.push([`${left} more`, 'see --json', '', '', '', '', '', '', ''], tailCells(last));
  }
  const title = [
    `tail in ${unit}: the worst ${lines.length} of ${n} rows, ${roundTo(size, 4)} counted (5 %)`,
    `  loss = ${unit === 'sigma' ? '-error / sigma' : '-error'}; so far = sum of loss x weight / ${roundTo(size, 4)}, which ends at the CVaR`,
  ].join('\n');
  return `${title}\n${tableText(rightAligned(TAIL_HEAD, rows))}`;
}

/** Text in the columns of numbers, from the error on, that stands right. */
function rightAligned(head: readonly string[], rows: readonly (readonly string[])[]) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const aligned = (row: readonly string[]): string[] =>
    row.map((text, column) => (column < NUMBERS_FROM ? text : text.padStart(widths[column] ?? 0)));
  return { head: aligned(head), rows: rows.map(aligned) };
}

function tailCells(line: TailLine): string[] {
  return [
    line.event_id.slice(0, ID_CHARS),
    line.agent,
    line.symbol ?? UNKNOWN,
    minuteText(line.exit_at),
    fixed(line.error_bps, 1),
    fixed(line.sigma_bps, 1),
    fixed(line.loss, 3),
    fixed(line.weight, 2),
    fixed(line.running_cvar, 4),
  ];
}

/** Returns the verdicts on a name as a table. */
export function verdictsText(verdicts: readonly VerdictLine[]): string {
  if (verdicts.length === 0) return 'verdicts: none';
  const head = ['verdict', 'at', 'kind', 'episode', 'regime'];
  const rows = verdicts.map((each) => [
    each.verdict_id.slice(0, ID_CHARS),
    minuteText(each.ts),
    each.kind,
    each.episode,
    each.regime,
  ]);
  return `verdicts:\n${tableText({ head, rows })}`;
}

function findText({ cells, horizon_hours: horizon }: ClassExplanation): string {
  const line = cells.flatMap(({ tails }) => tails.flatMap(({ lines }) => lines))[0];
  const rule = `A row stands in the file of the day of its exit, at "horizon_hours":${horizon}`;
  if (line === undefined) return rule;
  const id = line.event_id.slice(0, ID_CHARS);
  return `${rule}:\n  grep '"event_id":"${id}' ${line.file}`;
}

const NUMBERS_SHOWN_MAX = 20;

/** Returns how a recorded verdict compares with what the rows say. */
export function checkText({ verdict, recomputes, numbers, causes, late_rows: late }: VerdictCheck): string {
  const { kind, subject, episode, ts, verdict_id: id } = verdict;
  const same = numbers.filter(({ outcome }) => outcome === 'same').length;
  const others = numbers.filter(({ outcome }) => outcome !== 'same');
  const opening = `verdict ${id.slice(0, ID_CHARS)}: ${kind} ${subject}, ${episode}, ${minuteText(ts)} UTC`;
  const result = recomputes
    ? `recomputes: ${same} of ${numbers.length} numbers are what was recorded`
    : `differs: ${others.length} of ${numbers.length} numbers are not what was recorded`;
  const rows = others
    .slice(0, NUMBERS_SHOWN_MAX)
    .map((each) => [each.path, valueText(each.recorded), valueText(each.recomputed), each.outcome]);
  const table = tableText({ head: ['number', 'recorded', 'recomputed', 'outcome'], rows });
  const more = others.length - rows.length;
  const lateLines = late.map(
    (row) => `  ${row.event_id} of ${row.agent}, exit ${row.exit_at}, in ${row.file}`,
  );
  return [
    opening,
    result,
    ...(rows.length === 0 ? [] : [table]),
    ...(more > 0 ? [`and ${more} more, see --json`] : []),
    ...(others.some(({ outcome }) => outcome === 'not_recorded')
      ? [
          'not_recorded: it also rested on what is not kept (signals that waited, telemetry, other candidates); it is taken as recorded',
        ]
      : []),
    ...causes,
    ...lateLines,
  ]
    .map(printable)
    .join('\n');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent').slice(0, 40);
}
