// The what-if: what the recorded past would have been under the limits of the base and under those that are asked for.

import type { CellStatistics } from '../domain/cvar.ts';
import { markerLine } from '../domain/marker.ts';
import type { Align } from './markdown.ts';
import { mdDetails, mdName, mdTable } from './markdown.ts';
import { cut } from './outside-text.ts';
import { bpsText, brief, countText, fixed, minuteText, nEffText, sigmaText } from './report-numbers.ts';
import type { ClassReplay, ListReplay, Stop } from './whatif.ts';
import { xychart } from './xychart.ts';

/** Rows that were recorded of a class up to its newest look. */
interface RecordedRows {
  readonly n: number;
  readonly nEff: number;
}

export interface WhatIfFacts {
  /** Who proposes other limits: a pull request, or a person in a comment. */
  readonly proposedBy: 'pull request' | 'comment';
  /** By name. */
  readonly classes: readonly ClassReplay[];
  readonly rows: ReadonlyMap<string, RecordedRows>;
  /** Recorded lines of any class, horizon and time. */
  readonly recordedLines: number;
  readonly horizons: { readonly base: number; readonly head: number };
  /** Keys that change what is measured, which what was recorded does not show. */
  readonly measuredOtherwise: readonly string[];
  /** Why the state could not be read, or `null`. */
  readonly problem: string | null;
}

/** More than this nobody compares; what changes is shown first. */
const CLASSES_SHOWN_MAX = 40;
const CHART_CLASSES_MAX = 15;
const STOPS_SHOWN_MAX = 80;

const HEAD = [
  'class',
  'limits',
  'stops',
  'false alarms',
  'days stopped',
  'rows not taken',
  'net bps not taken',
];
const ALIGN: readonly Align[] = ['left', 'left', 'right', 'right', 'right', 'right', 'right'];

const MEANING = [
  'Every proposal counts as merged at once, and every class starts enabled: limits are compared, not what a list stops by hand.',
  '**Not taken** is the sum of what the signals earned while their class was stopped: below zero a loss that was saved, above',
  'zero a profit that was forgone. A stop is a **false alarm** where it was a profit. The past says nothing certain about the',
  'future: a handful of stops is a handful of observations, however many rows there are.',
].join('\n');

/** Returns the rows of each class that the lines of one horizon know, each row counted once. */
export function recordedRows(
  lines: readonly CellStatistics[],
  horizonHours: number,
): ReadonlyMap<string, RecordedRows> {
  const rows = new Map<string, RecordedRows>();
  for (const line of lines) {
    if (line.horizon_hours !== horizonHours) continue;
    const { n, nEff } = rows.get(line.strategy_class) ?? { n: 0, nEff: 0 };
    rows.set(line.strategy_class, { n: n + line.fresh_n, nEff: nEff + line.fresh_n_eff });
  }
  return rows;
}

/** Returns the what-if as Markdown, its heading included. */
export function whatIfMarkdown(facts: WhatIfFacts): string {
  const heading = '### What these limits would have done';
  const nothing = nothingToReplay(facts);
  if (nothing !== null) return [heading, nothing].join('\n\n');
  const classes = [...facts.classes].sort((a, b) => weightOf(b) - weightOf(a));
  const shown = classes.slice(0, CLASSES_SHOWN_MAX);
  const more = classes.length - shown.length;
  return [
    heading,
    windowText(facts),
    ...otherwiseText(facts),
    shown.map((each) => `- ${classText(each)}`).join('\n'),
    mdTable(HEAD, shown.flatMap(classRows), ALIGN),
    ...(more > 0 ? [`${more} more classes are left out: what differs is shown first.`] : []),
    ...chartText(shown, facts),
    ...stopsText(shown),
    MEANING,
  ].join('\n\n');
}

/** Returns the body of the comment: one of its kind on a pull request, edited in place. */
export function whatIfComment(markdown: string): string {
  return `${markerLine('what-if', { v: 1 })}\n${markdown}`;
}

/** What the comment says once the pull request no longer changes a limit. */
export const LIMITS_AS_ON_BASE = [
  '### What these limits would have done',
  'This pull request changed limits before. The limits are as on the base again, so there is nothing to compare.',
].join('\n\n');

function nothingToReplay({ classes, recordedLines, horizons, problem }: WhatIfFacts): string | null {
  if (problem !== null) return `What was recorded cannot be read, so nothing is replayed: ${problem}`;
  if (recordedLines === 0)
    return 'No cells are recorded yet, so there is nothing to replay. The first run of `warden supervise` records them.';
  if (classes.length === 0)
    return `None of the ${countText(recordedLines)} recorded lines are of a horizon of ${horizons.base} h, so there is nothing to replay.`;
  return null;
}

/** After "the limits of the base and". */
function otherLimits({ proposedBy }: WhatIfFacts): string {
  return proposedBy === 'comment' ? 'those that were asked for' : 'those of this pull request';
}

function windowText(facts: WhatIfFacts): string {
  const { classes, rows, horizons } = facts;
  const from = classes.map(({ first_look }) => first_look).sort()[0] ?? null;
  const to =
    classes
      .map(({ last_look }) => last_look)
      .sort()
      .at(-1) ?? null;
  const looks = classes.reduce((most, each) => Math.max(most, each.looks), 0);
  const sums = classes.map(({ strategy_class }) => rows.get(strategy_class) ?? { n: 0, nEff: 0 });
  const n = sums.reduce((sum, each) => sum + each.n, 0);
  const nEff = sums.reduce((sum, each) => sum + each.nEff, 0);
  const span = `${minuteText(from)} to ${minuteText(to)} UTC`;
  return (
    `What was recorded from ${span}, replayed under the limits of the base and under ${otherLimits(facts)}: up to ` +
    `${countText(looks)} looks at ${countText(n)} rows (${nEffText(nEff)} effective) of ${countText(classes.length)} ` +
    `${classes.length === 1 ? 'class' : 'classes'} at a horizon of ${horizons.base} h.`
  );
}

function otherwiseText({ measuredOtherwise, horizons, classes }: WhatIfFacts): string[] {
  const found: string[] = [];
  if (horizons.head !== horizons.base)
    found.push(
      `> The base is replayed at ${horizons.base} h, this pull request at ${horizons.head} h. What was never recorded at ` +
        `that horizon shows as no stop, which is not the same as none.`,
    );
  if (measuredOtherwise.length > 0 && classes.length > 0)
    found.push(
      `> ${measuredOtherwise.map(mdName).join(', ')} ${measuredOtherwise.length === 1 ? 'changes' : 'change'} what is measured. ` +
        'What was recorded was measured by the rules of then, so the replay does not show that part.',
    );
  return found;
}

/** How much a class differs: those that do come first, by days. */
function weightOf({ difference }: ClassReplay): number {
  const { stops, days, net_pnl_bps: net } = difference;
  if (stops === 0 && days === 0 && net === 0) return 0;
  return 1 + Math.abs(days);
}

function classText({ strategy_class: name, current, proposed, difference, looks }: ClassReplay): string {
  const { stops, days, net_pnl_bps: net } = difference;
  const seen = `${countText(looks)} ${looks === 1 ? 'look' : 'looks'}`;
  if (stops === 0 && days === 0 && net === 0)
    return `${mdName(name)}: no difference (${seen}, ${timesText(current)} under both).`;
  const result = -net;
  const verdict =
    result > 0
      ? `better by ${bpsText(result)} bps net`
      : result < 0
        ? `worse by ${bpsText(-result)} bps net`
        : 'the same';
  const isSameCount = proposed.total.stops === current.total.stops;
  const times = isSameCount
    ? `${timesText(current)} under both`
    : `${timesText(proposed)} instead of ${timesText(current)}`;
  const spans = `${fixed(proposed.total.days, 1)} days instead of ${fixed(current.total.days, 1)}`;
  const missed = missedText(current, proposed);
  return `${mdName(name)}: ${times} (${spans}); the result is ${verdict}.${missed === '' ? '' : ` ${missed}`} (${seen})`;
}

function timesText({ total }: ListReplay): string {
  if (total.stops === 0) return 'never stopped';
  return `stopped ${total.stops === 1 ? 'once' : `${countText(total.stops)} times`}`;
}

/** Stops of one list during which the other stops nothing. */
function missedText(current: ListReplay, proposed: ListReplay): string {
  const missed = current.stops.filter((stop) => !proposed.stops.some((other) => overlap(stop, other)));
  const losses = missed.filter(({ net_pnl_bps: net }) => net < 0).length;
  if (losses > 0)
    return `Of the stops of the base, ${countText(losses)} that saved a loss ${losses === 1 ? 'is' : 'are'} missed.`;
  const added = proposed.stops.filter((stop) => !current.stops.some((other) => overlap(stop, other)));
  const alarms = added.filter(({ net_pnl_bps: net }) => net > 0).length;
  if (alarms === 0) return '';
  return `${countText(alarms)} of the new stops ${alarms === 1 ? 'is a false alarm' : 'are false alarms'}.`;
}

function overlap(a: Stop, b: Stop): boolean {
  const isBefore = (one: Stop, other: Stop): boolean =>
    one.disabled_until !== null && one.disabled_until <= other.disabled_from;
  return !isBefore(a, b) && !isBefore(b, a);
}

function classRows({ strategy_class: name, current, proposed }: ClassReplay): string[][] {
  return [listRow(name, 'base', current), listRow(name, 'this', proposed)];
}

function listRow(name: string, list: string, { stops, total }: ListReplay): string[] {
  const alarms = stops.filter(({ net_pnl_bps: net }) => net > 0).length;
  const rows = stops.reduce((sum, { rows_not_taken: n }) => sum + n, 0);
  return [
    mdName(name),
    list,
    countText(total.stops),
    countText(alarms),
    fixed(total.days, 1),
    countText(rows),
    bpsText(total.net_pnl_bps),
  ];
}

/** One bar for each list of each class: Mermaid draws the bars of two series on top of each other. */
function chartText(classes: readonly ClassReplay[], { proposedBy }: WhatIfFacts): string[] {
  const shown = classes
    .filter(({ current, proposed }) => current.total.days > 0 || proposed.total.days > 0)
    .slice(0, CHART_CLASSES_MAX);
  if (shown.length === 0) return [];
  return [
    xychart({
      title: `Days stopped, base and ${proposedBy === 'comment' ? 'as asked for' : 'this pull request'}`,
      labels: shown.flatMap(({ strategy_class: name }) => [
        `${cut(name, 20)}, base`,
        `${cut(name, 20)}, this`,
      ]),
      valueTitle: 'days',
      series: [
        {
          kind: 'bar',
          name: 'days',
          values: shown.flatMap(({ current, proposed }) => [current.total.days, proposed.total.days]),
        },
      ],
      horizontal: true,
    }),
  ];
}

const STOP_HEAD = [
  'class',
  'limits',
  'stopped at',
  'until',
  'regime',
  'CVaR',
  '5 % bound',
  'limit',
  'unit',
  'worst CVaR',
  'net bps not taken',
];
const STOP_ALIGN: readonly Align[] = [
  ...(['left', 'left', 'left', 'left', 'left'] as const),
  ...(['right', 'right', 'right', 'left', 'right', 'right'] as const),
];

function stopsText(classes: readonly ClassReplay[]): string[] {
  const rows = classes.flatMap(({ strategy_class: name, current, proposed }) => [
    ...current.stops.map((stop) => stopRow(name, 'base', stop)),
    ...proposed.stops.map((stop) => stopRow(name, 'this', stop)),
  ]);
  if (rows.length === 0) return [];
  const shown = rows.slice(0, STOPS_SHOWN_MAX);
  const more = rows.length > shown.length ? `\n\n${rows.length - shown.length} more stops are left out.` : '';
  const summary = rows.length === 1 ? 'The stop' : `The ${countText(rows.length)} stops`;
  return [mdDetails(summary, `${mdTable(STOP_HEAD, shown, STOP_ALIGN)}${more}`)];
}

function stopRow(name: string, list: string, stop: Stop): string[] {
  const figure = stop.unit === 'bps' ? bpsText : sigmaText;
  return [
    mdName(name),
    list,
    minuteText(stop.disabled_from),
    stop.disabled_until === null ? 'still' : minuteText(stop.disabled_until),
    mdName(stop.regime),
    figure(stop.cvar),
    figure(stop.cvar_low),
    brief(stop.limit),
    stop.unit,
    figure(stop.worst_cvar),
    bpsText(stop.net_pnl_bps),
  ];
}
