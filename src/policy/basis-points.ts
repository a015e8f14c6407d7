// Moves of a price in basis points, free of the noise of the last digit, so that a threshold means the same at every price.

/** Far below every threshold, far above what floating point loses. */
const STEPS_PER_BP = 1e6;

/** Returns the change from `from` to `to` in basis points of `from`, to a millionth of one. Both finite and above zero. */
export function moveBps(from: number, to: number): number {
  return Math.round((to / from - 1) * 1e4 * STEPS_PER_BP) / STEPS_PER_BP;
}
