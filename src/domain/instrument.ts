// An instrument's steps, limits and rates, and the exact arithmetic between its steps and money.

import { assert } from './assert.ts';
import type { SymbolName } from './ids.ts';
import { divideHalfEven, MONEY_DECIMALS, type Money } from './money.ts';
import { err, ok, type Result } from './result.ts';
import type { Lots, Ppm, PriceTicks, SignedLots } from './steps.ts';

/** A step of `units × 10^-decimals`, as 5 × 10⁻² for 0.05. */
export interface Step {
  readonly units: number;
  readonly decimals: number;
}

/** What a venue says of a perpetual that settles in its quote currency. One contract is one unit of the base. */
export interface Instrument {
  readonly symbol: SymbolName;
  readonly tick: Step;
  readonly lot: Step;
  readonly minLots: Lots;
  readonly minNotional: Money;
  readonly makerFeePpm: Ppm;
  readonly takerFeePpm: Ppm;
  readonly maxLeverage: number;
}

/** How a price or quantity from outside becomes whole steps. */
type StepRounding = 'down' | 'up' | 'nearest';

const STEP = /^(\d+)(?:\.(\d+))?$/;

/**
 * Reads a step such as `0.001` or `0.05`.
 *
 * @throws InvariantError where the text is no positive decimal of at most twelve decimals.
 */
export function stepOf(text: string): Step {
  const parts = STEP.exec(text);
  assert(parts !== null, () => `"${text}" is no step`);
  const fraction = (parts[2] ?? '').replace(/0+$/, '');
  const units = Number(`${parts[1]}${fraction}`);
  assert(Number.isSafeInteger(units) && units > 0 && fraction.length <= 12, () => `"${text}" is no step`);
  return { units, decimals: fraction.length };
}

/** Returns what `quantity` lots cost at `price`, rounded half to even to 1e-8 where the steps are finer than that. */
export function quoteOf(instrument: Instrument, quantity: Lots, price: PriceTicks): Money {
  const { tick, lot } = instrument;
  // Every factor is whole, so a product that is a safe integer is exact, and a fifth of the price of the long way.
  const scale = WHOLE_SCALES[tick.decimals + lot.decimals];
  if (scale !== undefined) {
    const whole = quantity * price * (tick.units * lot.units) * scale;
    if (whole <= Number.MAX_SAFE_INTEGER) return BigInt(whole) as Money;
  }
  const units = BigInt(quantity) * BigInt(price) * BigInt(tick.units * lot.units);
  const decimals = tick.decimals + lot.decimals;
  if (decimals <= MONEY_DECIMALS) return (units * 10n ** BigInt(MONEY_DECIMALS - decimals)) as Money;
  return divideHalfEven(units, 10n ** BigInt(decimals - MONEY_DECIMALS)) as Money;
}

/** The same in floating point and in 1e-8, within a relative error of 1e-12: for bounds that are far away, never for money. */
export function roughQuoteOf(instrument: Instrument, quantity: Lots, price: PriceTicks): number {
  const { tick, lot } = instrument;
  const decimals = tick.decimals + lot.decimals;
  return (
    quantity * price * (tick.units * lot.units) * (SCALES[decimals] ?? 10 ** (MONEY_DECIMALS - decimals))
  );
}

/** Whole 1e-8 in a step of so many decimals, where it is not finer than that. */
const WHOLE_SCALES = Array.from(
  { length: MONEY_DECIMALS + 1 },
  (_, decimals) => 10 ** (MONEY_DECIMALS - decimals),
);

/** 1e-8 in a step of so many decimals. */
const SCALES = Array.from({ length: 25 }, (_, decimals) => 10 ** (MONEY_DECIMALS - decimals));

/** The worth of a position at `price`: negative for a short. */
export function signedQuoteOf(instrument: Instrument, position: SignedLots, price: PriceTicks): Money {
  const quote = quoteOf(instrument, Math.abs(position) as Lots, price);
  return (position < 0 ? -quote : quote) as Money;
}

/** The average price of lots that cost `quote`: `quote / (lots × lot)`, half even to 1e-8. */
export function averagePriceOf({ lot }: Instrument, quote: Money, lots: number): Money {
  return divideHalfEven(quote * 10n ** BigInt(lot.decimals), BigInt(lots) * BigInt(lot.units)) as Money;
}

/** Returns a finite number in whole steps. `down` and `up` forgive a relative error of 1e-9, which is that of the number itself. */
export function stepsFrom(step: Step, value: number, rounding: StepRounding): Result<number, string> {
  const exact = (value * 10 ** step.decimals) / step.units;
  if (!Number.isFinite(exact) || Math.abs(exact) > Number.MAX_SAFE_INTEGER)
    return err(`${value} is not a finite number of steps`);
  const nearest = Math.round(exact);
  if (rounding === 'nearest' || Math.abs(exact - nearest) <= Math.abs(exact) * 1e-9) return ok(nearest);
  return ok(rounding === 'down' ? Math.floor(exact) : Math.ceil(exact));
}

/**
 * Reads a decimal text in whole steps, exactly.
 *
 * @returns the steps, or the sentence that says what was expected: text that is no multiple of the step is refused, not rounded.
 */
export function stepsFromText(step: Step, text: string): Result<number, string> {
  const parts = /^(-?)(\d{1,20})(?:\.(\d{1,20}))?$/.exec(text.trim());
  if (parts === null) return err(`"${text.slice(0, 40)}" is no decimal number`);
  const [, sign, whole = '', rawFraction = ''] = parts;
  const fraction = rawFraction.replace(/0+$/, '');
  if (fraction.length > step.decimals) return err(`"${text}" is finer than the step ${stepText(step)}`);
  const units = BigInt(whole + fraction.padEnd(step.decimals, '0'));
  if (units % BigInt(step.units) !== 0n) return err(`"${text}" is no multiple of ${stepText(step)}`);
  const steps = Number(units / BigInt(step.units));
  if (!Number.isSafeInteger(steps)) return err(`"${text}" is too large`);
  return ok(sign === '-' ? -steps : steps);
}

/** Returns whole steps as the shortest decimal text: 12345 ticks of 0.1 are `1234.5`. */
export function stepsText(step: Step, steps: number): string {
  const digits = (BigInt(Math.abs(steps)) * BigInt(step.units)).toString().padStart(step.decimals + 1, '0');
  const whole = digits.slice(0, digits.length - step.decimals);
  const fraction = digits.slice(digits.length - step.decimals).replace(/0+$/, '');
  return `${steps < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function stepText(step: Step): string {
  return stepsText(step, 1);
}
