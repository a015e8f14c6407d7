// Figures of repeated runs, and of a distribution: the middle, how far the runs are apart, and the tail.

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: at(sorted, 0.5), min: at(sorted, 0), max: at(sorted, 1), runs: sorted.length };
}

export interface Tail {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly samples: number;
}

/** Nearest rank. The values are sorted in place. */
export function tailOf(values: Float64Array): Tail {
  values.sort();
  const [p50, p99, p999, max] = [0.5, 0.99, 0.999, 1].map((share) => at(values, share));
  return { p50: p50 ?? 0, p99: p99 ?? 0, p999: p999 ?? 0, max: max ?? 0, samples: values.length };
}

function at(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error('there is no figure of nothing');
  return value;
}
