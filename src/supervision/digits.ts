// How many digits of a statistic are written: enough for every use, and none that only rounding noise fills.

const SIGNIFICANT_DIGITS = 9;

/** Returns `value` with nine significant digits. */
export function significant(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
