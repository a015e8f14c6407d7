// From a decision to enter to a size: one function after all factors, which refuses what makes no sense and moves nothing to a bound.

import { err, ok, type Result } from '../domain/result.ts';
import { CONVICTION_MAX, CONVICTION_MIN } from './sizer.ts';

/** A price below this is none: the size it would make is out of all proportion. */
const PRICE_MIN = 1e-8;

export interface EntryPlan {
  /** In units of the base. */
  readonly size: number;
  readonly leverage: number;
  readonly exitLegRatios: readonly number[];
}

/**
 * Sizes an entry: `capital × fraction × conviction / price`.
 *
 * @param capitalUsdt `null`: not known
 * @param exitLegs shares of what is left, one for each leg
 * @returns an error that names the figure which makes no sense, as capital=NaN
 */
export function planEntry(entry: {
  readonly capitalUsdt: number | null;
  readonly fraction: number;
  readonly conviction: number;
  readonly price: number;
  readonly exitLegs: readonly number[];
}): Result<EntryPlan, string> {
  const { capitalUsdt: capital, fraction, conviction, price, exitLegs } = entry;
  if (capital === null) return err('capital is not known');
  if (!Number.isFinite(capital) || capital <= 0) return err(`capital=${capital}, expected more than 0`);
  if (!Number.isFinite(price) || price < PRICE_MIN)
    return err(`price=${price}, expected at least ${PRICE_MIN}`);
  if (!(conviction >= CONVICTION_MIN && conviction <= CONVICTION_MAX))
    return err(`leverage=${conviction}, expected ${CONVICTION_MIN} to ${CONVICTION_MAX}`);
  const size = (capital * fraction * conviction) / price;
  if (!Number.isFinite(size) || size <= 0) return err(`size=${size}, expected more than 0`);
  return ok({ size, leverage: conviction, exitLegRatios: exitLegs });
}
