// Calibration of what was expected: signals in bins of equal number by their expectation, and what they realized on average.

/** Signals of one agent, column by column. */
export interface ExpectedRealized {
  /** Bps; 0 where no model with skill existed. */
  readonly expectedBps: number[];
  /** Gross, bps. */
  readonly realizedBps: number[];
  /** Share of a whole observation, in `(0, 1]`. */
  readonly uniqueness: number[];
}

export interface CalibrationBin {
  readonly n: number;
  /** Effective rows. */
  readonly nEff: number;
  /** The smallest and the largest expectation in it, bps. */
  readonly lowBps: number;
  readonly highBps: number;
  /** Means, bps. */
  readonly expectedBps: number;
  readonly realizedBps: number;
  /** Standard error of the realized mean by effective rows, bps; `null` below two of them. */
  readonly standardErrorBps: number | null;
}

export interface Calibration {
  /** By expectation, lowest first; those that expected nothing are not in them. */
  readonly bins: readonly CalibrationBin[];
  /** Signals without an expectation: no model with skill existed then. `null`: there were none. */
  readonly without: CalibrationBin | null;
}

const BINS_MAX = 10;
const ROWS_PER_BIN_MIN = 20;

/** Returns the bins, at most ten, each of about the same number of signals and at least twenty where there are as many. */
export function calibrationOf(rows: ExpectedRealized): Calibration {
  const all = rows.expectedBps.map((_, index) => index);
  const expecting = all.filter((index) => rows.expectedBps[index] !== 0);
  const without = all.filter((index) => rows.expectedBps[index] === 0);
  expecting.sort((a, b) => (rows.expectedBps[a] ?? 0) - (rows.expectedBps[b] ?? 0) || a - b);
  const count = Math.max(1, Math.min(BINS_MAX, Math.floor(expecting.length / ROWS_PER_BIN_MIN)));
  const bins = Array.from({ length: count }, (_, bin) =>
    binOf(
      rows,
      expecting.slice(
        Math.round((bin * expecting.length) / count),
        Math.round(((bin + 1) * expecting.length) / count),
      ),
    ),
  );
  return { bins: bins.filter((bin) => bin !== null), without: binOf(rows, without) };
}

function binOf(rows: ExpectedRealized, members: readonly number[]): CalibrationBin | null {
  const n = members.length;
  if (n === 0) return null;
  const of = (column: readonly number[]) => members.map((index) => column[index] ?? 0);
  const expected = of(rows.expectedBps);
  const realized = of(rows.realizedBps);
  const nEff = sum(of(rows.uniqueness));
  const mean = sum(realized) / n;
  const variance = n < 2 ? null : sum(realized.map((value) => (value - mean) ** 2)) / (n - 1);
  return {
    n,
    nEff,
    lowBps: expected[0] ?? 0,
    highBps: expected.at(-1) ?? 0,
    expectedBps: sum(expected) / n,
    realizedBps: mean,
    standardErrorBps: variance === null || nEff < 2 ? null : Math.sqrt(variance / nEff),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
