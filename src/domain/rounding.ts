// Rounding for numbers that are written to disk, so that the same computation always leaves the same text.

/**
 * Returns `value` rounded to `digits` decimals, half away from zero, and never `-0`.
 * Symmetric by construction: `roundTo(-x) === -roundTo(x)` for every `x` that does not round to zero.
 */
export function roundTo(value: number, digits: number): number {
  const scale = 10 ** digits;
  const rounded = Math.round(Math.abs(value) * scale) / scale;
  return value < 0 && rounded !== 0 ? -rounded : rounded;
}

/** Basis points are written with four decimals, a ten-thousandth of a basis point. */
export function roundBps(valueBps: number): number {
  return roundTo(valueBps, 4);
}
