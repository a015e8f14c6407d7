// Steps and money of the kernel as the exact decimals of a page, and as numbers where something is drawn.

import { averagePriceOf, type Instrument, type Step, stepsText } from '../../domain/instrument.ts';
import { divideHalfEven, type Money, money, moneyText } from '../../domain/money.ts';

/** Returns a quantity in units of the base; a symbol that the kernel does not know has no lots to tell. */
export function sizeText(instrument: Instrument | undefined, lots: number): string {
  return instrument === undefined ? `${lots} lots` : stepsText(instrument.lot, lots);
}

/** Returns the average price of `quantity` lots that cost `quote`, one decimal finer than the tick; `null` where nothing is held. */
export function averagePriceText(
  instrument: Instrument | undefined,
  quote: Money,
  quantity: number,
): string | null {
  if (instrument === undefined || quantity === 0) return null;
  const price = averagePriceOf(instrument, quote, quantity);
  // A money has eight decimals; what is finer than the tick by more than one digit says nothing.
  const surplus = 10n ** BigInt(Math.max(0, 8 - instrument.tick.decimals - 1));
  return moneyText(money(divideHalfEven(price, surplus) * surplus));
}

/** Returns an average price as the nearest number, for a chart only. */
export function averagePriceNumber(instrument: Instrument, quote: Money, quantity: number): number {
  return moneyNumber(averagePriceOf(instrument, quote, quantity));
}

/** Returns an amount as the nearest number, for a chart only. */
export function moneyNumber(amount: Money): number {
  return Number(moneyText(amount));
}

/** Returns whole steps as the nearest number, for a chart only. */
export function stepsNumber(step: Step, steps: number): number {
  return Number(stepsText(step, steps));
}
