// The charts of mails and of the report's page as SVG: a class's errors and its result over time, and how near its cells are to their
// CVaR limit.

import type { CvarCell } from '../domain/cvar.ts';
import type { ClassDay } from '../domain/supervisor.ts';
import { DAY_MS, dayOf, msFromIso } from '../domain/time.ts';
import { limitRatio } from './limit-ratio.ts';
import { numberText } from './number-text.ts';
import { cut, xmlText } from './outside-text.ts';
import { periodsOf } from './report-periods.ts';

/** In pixels of the drawing: narrow, so that its words can be read on a phone. */
const CHART_WIDTH = 400;

const INK = '#1f2933';
const SOFT = '#52606d';
const GRID = '#dfe3e8';
const BLUE = '#1d4ed8';
const RED = '#b42318';

const DAYS_SHOWN_MAX = 60;
const CELLS_SHOWN_MAX = 8;
const TITLE_CHARS_MAX = 64;
const ROW_HEIGHT = 44;
const PLOT = { left: 40, right: CHART_WIDTH - 16, top: 52, bottom: 196 } as const;

/** What a normal error of the claimed sigma measures on average: sqrt(2 / pi). */
const CLAIMED_ABS_SIGMA = Math.sqrt(2 / Math.PI);

interface DatedError {
  readonly dayMs: number;
  readonly sigma: number;
}

/**
 * Draws the mean |error| in sigma of each day, up to 60 days before the newest one, with a line at what the models claim.
 *
 * @param days oldest first; days without a known sigma are gaps
 * @param sinceMs where an alert began, epoch ms; `null` marks nothing
 * @returns `null` where fewer than two days are known: there is nothing to see.
 */
export function errorChartSvg(
  title: string,
  days: readonly ClassDay[],
  sinceMs: number | null,
): string | null {
  const all = days.flatMap(({ day, mean_abs_error_sigma: sigma }) =>
    sigma === null ? [] : [{ dayMs: msFromIso(`${day}T00:00:00.000Z`), sigma }],
  );
  const lastMs = all.at(-1)?.dayMs ?? 0;
  const shown = all.filter(({ dayMs }) => dayMs > lastMs - DAYS_SHOWN_MAX * DAY_MS);
  const firstMs = shown[0]?.dayMs ?? lastMs;
  if (firstMs >= lastMs) return null;
  const top = niceCeiling(Math.max(1, ...shown.map(({ sigma }) => sigma)));
  const x = (ms: number) => PLOT.left + ((ms - firstMs) / (lastMs - firstMs)) * (PLOT.right - PLOT.left);
  const y = (sigma: number) => PLOT.bottom - (sigma / top) * (PLOT.bottom - PLOT.top);
  const marked = sinceMs === null || sinceMs < firstMs || sinceMs > lastMs ? [] : [since(x(sinceMs))];
  return svg(
    230,
    title,
    'Line: mean size of the errors per day, in sigma of the model, against what is claimed.',
    [
      text(16, 40, 'mean |error| per day in sigma; dashed: as claimed', SOFT, 12),
      ...[0, top / 2, top].flatMap((level) => [
        line(PLOT.left, y(level), PLOT.right, y(level), GRID),
        text(PLOT.left - 6, y(level) + 4, short(level), SOFT, 12, 'end'),
      ]),
      line(PLOT.left, y(CLAIMED_ABS_SIGMA), PLOT.right, y(CLAIMED_ABS_SIGMA), INK, 'stroke-dasharray="5 4"'),
      ...marked,
      ...stretches(shown).map((stretch) =>
        curve(stretch.map((at) => `${round(x(at.dayMs))},${round(y(at.sigma))}`)),
      ),
      ...shown.map(
        (at) => `<circle cx="${round(x(at.dayMs))}" cy="${round(y(at.sigma))}" r="2.4" fill="${BLUE}"/>`,
      ),
      text(PLOT.left, 216, dayOf(firstMs), SOFT, 12),
      text(PLOT.right, 216, dayOf(lastMs), SOFT, 12, 'end'),
    ],
  );
}

/** Amounts in bps are longer than multiples of sigma. */
const RESULT_LEFT = 64;
/** Levels nearer to zero than this would be written over it. */
const LABEL_HEIGHT = 16;

/**
 * Draws the running sum of the results of a class after costs, in bps.
 *
 * @param days oldest first
 * @returns `null` where they are fewer than two periods: there is nothing to see.
 */
export function resultChartSvg(title: string, days: readonly ClassDay[]): string | null {
  const { periods } = periodsOf(days);
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined || periods.length < 2) return null;
  const sums = periods.map((period) => period.cumulativeNetPnlBps);
  const [lowest, highest] = [Math.min(...sums), Math.max(...sums)];
  const low = lowest < 0 ? -niceCeiling(-lowest) : 0;
  const high = highest > 0 ? niceCeiling(highest) : low < 0 ? 0 : 1;
  const x = (index: number) => RESULT_LEFT + (index / (periods.length - 1)) * (PLOT.right - RESULT_LEFT);
  const y = (sum: number) => PLOT.bottom - ((sum - low) / (high - low)) * (PLOT.bottom - PLOT.top);
  return svg(230, title, 'Line: running sum of the results after costs, in bps.', [
    text(16, 40, 'net result, running sum in bps', SOFT, 12),
    ...[...new Set([low, high, 0])]
      .filter((level) => level === 0 || Math.abs(y(level) - y(0)) >= LABEL_HEIGHT)
      .flatMap((level) => [
        line(RESULT_LEFT, y(level), PLOT.right, y(level), level === 0 ? SOFT : GRID),
        text(RESULT_LEFT - 6, y(level) + 4, numberText(level), SOFT, 12, 'end'),
      ]),
    curve(sums.map((sum, index) => `${round(x(index))},${round(y(sum))}`)),
    text(RESULT_LEFT, 216, first.from, SOFT, 12),
    text(PLOT.right, 216, last.from, SOFT, 12, 'end'),
  ]);
}

/** Runs of days without a gap: a line across days that nobody measured would say what nobody knows. */
function stretches(days: readonly DatedError[]): DatedError[][] {
  const runs: DatedError[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const day of days) {
    const run = runs.at(-1);
    if (run === undefined || day.dayMs - before > DAY_MS) runs.push([day]);
    else run.push(day);
    before = day.dayMs;
  }
  return runs;
}

function since(x: number): string {
  const isRight = x > CHART_WIDTH / 2;
  const label = text(
    isRight ? x - 5 : x + 5,
    PLOT.top + 10,
    'alert since',
    RED,
    12,
    isRight ? 'end' : 'start',
  );
  return line(x, PLOT.top, x, PLOT.bottom, RED) + label;
}

/**
 * Draws CVaR 95 over its limit, one bar per cell of a class with its 90 % interval and a line at the limit. The current regime
 * comes first, then the nearest to its limit; at most eight.
 *
 * @returns `null` where no cell has both a CVaR and a limit.
 */
export function cvarChartSvg(title: string, cells: Readonly<Record<string, CvarCell>>): string | null {
  const bars = Object.entries(cells)
    .flatMap(([regime, cell]) => {
      const ratio = limitRatio(cell);
      return ratio === null ? [] : [{ regime, cell, ratio }];
    })
    .sort(
      (a, b) =>
        Number(b.cell.is_current) - Number(a.cell.is_current) ||
        b.ratio.value - a.ratio.value ||
        (a.regime < b.regime ? -1 : 1),
    )
    .slice(0, CELLS_SHOWN_MAX);
  if (bars.length === 0) return null;
  const left = 16;
  const right = CHART_WIDTH - 16;
  /** Wide intervals may end beyond the chart, the bars never do. */
  const widest = bars.map(({ ratio }) => Math.max(ratio.value, Math.min(ratio.high ?? 0, 2 * ratio.value)));
  const scale = (right - left) / Math.max(1.2, 1.05 * Math.max(...widest));
  const x = (ratio: number) => Math.min(right, left + Math.max(0, ratio) * scale);
  const bottom = PLOT.top + ROW_HEIGHT * bars.length;
  return svg(bottom + 42, title, 'Bars: CVaR 95 as a share of its limit, by regime.', [
    text(16, 40, 'CVaR 95 against its limit, with 90 % interval', SOFT, 12),
    ...bars.flatMap(({ regime, cell, ratio }, index) => {
      const y = PLOT.top + ROW_HEIGHT * index;
      const label = `${cut(regime, 24)}${cell.is_current ? ' ●' : ''}`;
      const width = round(x(ratio.value) - left);
      return [
        text(left, y + 14, label, INK, 12),
        text(right, y + 14, ratio.words, INK, 12, 'end'),
        `<rect x="${left}" y="${y + 20}" width="${width}" height="16" fill="${barColor(cell)}"/>`,
        ...whisker(ratio.low, ratio.high, x, y + 28),
      ];
    }),
    ...bars.map((_bar, index) => {
      const y = PLOT.top + ROW_HEIGHT * index;
      return line(x(1), y + 17, x(1), y + 39, RED, 'stroke-width="2"');
    }),
    text(x(1), bottom + 8, 'limit', RED, 12, 'middle'),
    text(16, bottom + 28, '● current regime; grey: too few rows to judge', SOFT, 12),
  ]);
}

function barColor(cell: CvarCell): string {
  if (cell.status === 'KILL') return '#e58a80';
  if (cell.status === 'WATCH') return '#f2c46d';
  return cell.status === 'INSUFFICIENT' ? '#e4e7eb' : '#9db8f2';
}

function whisker(low: number | null, high: number | null, x: (ratio: number) => number, y: number): string[] {
  if (low === null || high === null) return [];
  const ends = [x(low), x(high)];
  return [line(x(low), y, x(high), y, INK), ...ends.map((end) => line(end, y - 5, end, y + 5, INK))];
}

/** Returns 1, 2, 4, 6, 10 times a power of ten, the first that is not below `value`. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6].find((step) => step * power >= value) ?? 10) * power;
}

/** Its name and description are what a screen reader says in place of the drawing. */
function svg(height: number, title: string, description: string, parts: readonly string[]): string {
  const size = `width="${CHART_WIDTH}" height="${height}" viewBox="0 0 ${CHART_WIDTH} ${height}"`;
  const paper = `<rect width="${CHART_WIDTH}" height="${height}" rx="6" fill="#ffffff"/>`;
  const words = `<title>${xmlText(cut(title, TITLE_CHARS_MAX))}</title><desc>${xmlText(description)}</desc>`;
  const head = text(16, 22, cut(title, 36), INK, 15, 'start', 'font-weight="bold"');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" font-family="DejaVu Sans">` +
    `${words}${paper}${head}${parts.join('')}</svg>`
  );
}

function text(
  x: number,
  y: number,
  words: string,
  fill: string,
  size: number,
  anchor: 'start' | 'middle' | 'end' = 'start',
  more = '',
): string {
  const place = `x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"`;
  return `<text ${place} font-size="${size}" fill="${fill}" ${more}>${xmlText(words)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string, more = ''): string {
  const ends = `x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"`;
  return `<line ${ends} stroke="${stroke}" ${more}/>`;
}

function curve(points: readonly string[]): string {
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${BLUE}" stroke-width="2"/>`;
}

function round(value: number): string {
  return value.toFixed(1);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
