// How often losses of each size came: bins of one round width from the smallest to the largest loss.

export interface Histogram {
  /** Where the first bin begins. */
  readonly from: number;
  readonly width: number;
  /** Of each bin, its lower end belonging to it. */
  readonly counts: readonly number[];
}

const BINS_WANTED = 36;

/** Returns the bins of at least one finite number, few enough to be seen, or `null` where there is none. */
export function histogramOf(values: readonly number[]): Histogram | null {
  if (values.length === 0) return null;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const width = nearestStep((high - low) / BINS_WANTED);
  const first = Math.floor(low / width);
  const counts = Array.from({ length: Math.floor(high / width) - first + 1 }, () => 0);
  for (const value of values) {
    const bin = Math.floor(value / width) - first;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { from: first * width, width, counts };
}

/** Returns 1, 2 or 5 times a power of ten, whichever is nearest to `value` by its ratio; 1 where all values are one. */
function nearestStep(value: number): number {
  if (value <= Number.MIN_VALUE) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const off = (step: number): number => Math.abs(Math.log(step / value));
  return [1, 2, 5, 10].map((step) => step * power).reduce((a, b) => (off(b) < off(a) ? b : a));
}

/** Returns 1, 2 or 5 times a power of ten, the first that is not below `value`. */
export function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((step) => step * power >= value * (1 - 1e-9)) ?? 10) * power;
}
