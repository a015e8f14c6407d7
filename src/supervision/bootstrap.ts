// How far a CVaR could be off: it is taken again and again over stretches of market time that are drawn with replacement.

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { assert } from '../domain/assert.ts';
import { at } from './columns.ts';
import { TAIL } from './cvar.ts';

/** Losses and the hours they ended in, row by row. Hours are whole, counted from any common instant. */
export interface TimedLosses {
  readonly losses: Float64Array;
  readonly hours: Int32Array;
}

interface BootstrapRules {
  /** Consecutive hours that are drawn together: one horizon, since labels that overlap are one market move. */
  readonly blockHours: number;
  readonly draws: number;
  /** A 32-bit integer. The same seed gives the same intervals to the last bit. */
  readonly seed: number;
}

export type Interval = readonly [low: number, high: number];

/** The bounds of a 90 % interval. */
const LOW = 0.05;
const HIGH = 0.95;

/** A sample sorted from the worst loss on, with the hour of each from the first on. */
interface Column {
  readonly worst: Float64Array;
  readonly offsets: Int32Array;
  /** How many rows the block holds that starts at an hour. */
  readonly rowsInBlock: Int32Array;
  readonly cvars: number[];
}

/**
 * Returns, for each sample, the 5 % and 95 % bounds of its CVaR 95 by the percentile method, in the unit of its losses.
 *
 * The span from the first to the last hour with rows is taken as a circle; a draw is as many blocks of consecutive hours,
 * each from a random hour on, as cover the span. All rows of an hour move together, whoever sent them, and every sample sees
 * the same draws. A draw without rows of a sample says nothing about it and is left out. `null` where the rows of a sample
 * fall into fewer than two spans of the calendar: one span does not tell how others would have been.
 *
 * Source: Politis and Romano, A circular block-resampling procedure for stationary data (1992).
 */
export function bootstrapIntervals(
  samples: readonly TimedLosses[],
  rules: BootstrapRules,
): (Interval | null)[] {
  const { blockHours, draws, seed } = rules;
  assert(blockHours >= 1 && draws >= 1, 'a block has an hour, and something is drawn');
  const { firstHour, span } = spanOf(samples);
  if (span === 0) return samples.map(() => null);
  const columns = samples.map((sample) => columnOf(sample, firstHour, span, blockHours));
  const generator = xoroshiro128plus(seed);
  const starts = new Int32Array(Math.ceil(span / blockHours));
  const times = new Int32Array(span);
  for (let draw = 0; draw < draws; draw += 1) {
    times.fill(Math.floor(blockHours / span) * starts.length, 0, 1);
    times.fill(0, 1);
    for (let block = 0; block < starts.length; block += 1) {
      const start = uniformInt(generator, 0, span - 1);
      starts[block] = start;
      markBlock(times, start, blockHours % span);
    }
    for (let hour = 1; hour < span; hour += 1) times[hour] = (times[hour] ?? 0) + (times[hour - 1] ?? 0);
    for (const column of columns) addDraw(column, starts, times);
  }
  return columns.map(({ cvars }, index) => {
    const blocks = blocksOf(samples[index]?.hours ?? new Int32Array(), blockHours);
    if (blocks < 2 || cvars.length === 0) return null;
    const ascending = Float64Array.from(cvars).sort();
    return [quantile(ascending, LOW), quantile(ascending, HIGH)];
  });
}

/** Returns how many spans of `blockHours` of the calendar hold at least one of `hours`. */
export function blocksOf(hours: Int32Array, blockHours: number): number {
  return new Set(hours.map((hour) => Math.floor(hour / blockHours))).size;
}

function spanOf(samples: readonly TimedLosses[]): { readonly firstHour: number; readonly span: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { hours } of samples) {
    for (const hour of hours) {
      first = Math.min(first, hour);
      last = Math.max(last, hour);
    }
  }
  return first <= last ? { firstHour: first, span: last - first + 1 } : { firstHour: 0, span: 0 };
}

function columnOf(sample: TimedLosses, firstHour: number, span: number, blockHours: number): Column {
  const { losses, hours } = sample;
  assert(losses.length === hours.length, 'every loss has its hour');
  const order = Int32Array.from(losses.keys()).sort((a, b) => at(losses, b) - at(losses, a));
  const rowsInBlock = new Int32Array(span);
  for (const hour of hours) {
    for (let step = 0; step < blockHours; step += 1) {
      const start = modulo(hour - firstHour - step, span);
      rowsInBlock[start] = (rowsInBlock[start] ?? 0) + 1;
    }
  }
  return {
    worst: Float64Array.from(order, (index) => at(losses, index)),
    offsets: Int32Array.from(order, (index) => (hours[index] ?? firstHour) - firstHour),
    rowsInBlock,
    cvars: [],
  };
}

function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}

/**
 * Marks where the count of hours rises and falls by a block of fewer hours than the circle has: the running sum of all marks is
 * how many times each hour was drawn.
 */
function markBlock(marks: Int32Array, start: number, hours: number): void {
  const end = start + hours;
  marks[start] = (marks[start] ?? 0) + 1;
  if (end < marks.length) {
    marks[end] = (marks[end] ?? 0) - 1;
    return;
  }
  marks[0] = (marks[0] ?? 0) + 1;
  marks[end - marks.length] = (marks[end - marks.length] ?? 0) - 1;
}

/** Adds the CVaR of a sample in which every row stands as many times as its hour was drawn: walked from the worst loss on. */
function addDraw(column: Column, starts: Int32Array, times: Int32Array): void {
  const { worst, offsets, rowsInBlock, cvars } = column;
  let drawn = 0;
  for (const start of starts) drawn += rowsInBlock[start] ?? 0;
  if (drawn === 0) return;
  const size = TAIL * drawn;
  let [left, sum] = [size, 0];
  for (let index = 0; index < worst.length && left > 0; index += 1) {
    const weight = Math.min(left, times[offsets[index] ?? 0] ?? 0);
    sum += weight * (worst[index] ?? 0);
    left -= weight;
  }
  cvars.push(sum / size);
}

/** The quantile of an ascending sample, interpolated between its two neighbours (type 7 of Hyndman and Fan, 1996). */
function quantile(ascending: Float64Array, share: number): number {
  const place = share * (ascending.length - 1);
  const below = Math.floor(place);
  const low = at(ascending, below);
  const high = at(ascending, Math.min(below + 1, ascending.length - 1));
  return low + (place - below) * (high - low);
}
