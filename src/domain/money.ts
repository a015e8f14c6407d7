// Money as whole hundred-millionths of the quote currency in BigInt, with every rounding named.

import { assert } from './assert.ts';
import type { Brand } from './brand.ts';
import { err, ok, type Result } from './result.ts';
import type { Ppm } from './steps.ts';

/** An amount in 1e-8 USDT. Negative amounts are owed, or lost. */
export type Money = Brand<bigint, 'Money'>;

export const MONEY_DECIMALS = 8;
export const MONEY_SCALE = 100_000_000n;
export const NO_MONEY = 0n as Money;

const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;

export function money(units: bigint): Money {
  return units as Money;
}

export function plus(a: Money, b: Money): Money {
  return (a + b) as Money;
}

export function minus(a: Money, b: Money): Money {
  return (a - b) as Money;
}

export function negated(a: Money): Money {
  return -a as Money;
}

export function absolute(a: Money): Money {
  return (a < 0n ? -a : a) as Money;
}

/**
 * Returns `numerator / denominator` rounded half to even: the rounding of every posting, since it favours neither side.
 *
 * @param denominator above zero
 */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, () => `cannot divide by ${denominator}`);
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  if (rest === 0n) return quotient;
  const twice = rest < 0n ? -2n * rest : 2n * rest;
  const away = rest < 0n ? -1n : 1n;
  if (twice > denominator) return quotient + away;
  if (twice < denominator) return quotient;
  return quotient % 2n === 0n ? quotient : quotient + away;
}

/** Returns the part `share` of `amount`, half to even. */
export function shareOf(amount: Money, share: Ppm): Money {
  return divideHalfEven(amount * BigInt(share), 1_000_000n) as Money;
}

/**
 * Reads a decimal text, as a venue writes it. More than eight decimals are rounded half to even.
 *
 * @returns the amount, or the sentence that says what was expected.
 */
export function moneyFrom(text: string): Result<Money, string> {
  const parts = DECIMAL.exec(text.trim());
  if (parts === null) return err(`"${text.slice(0, 40)}" is no amount; expected a decimal such as -12.34`);
  const [, sign, whole = '', fraction = ''] = parts;
  const digits = BigInt(whole + fraction.padEnd(MONEY_DECIMALS, '0'));
  const surplus = Math.max(0, fraction.length - MONEY_DECIMALS);
  const units = divideHalfEven(digits, 10n ** BigInt(surplus));
  return ok((sign === '-' ? -units : units) as Money);
}

/** Returns the shortest decimal text of an amount: `-12.34`, `0.00000001`, `5`. */
export function moneyText(amount: Money): string {
  const digits = absolute(amount)
    .toString()
    .padStart(MONEY_DECIMALS + 1, '0');
  const whole = digits.slice(0, -MONEY_DECIMALS);
  const fraction = digits.slice(-MONEY_DECIMALS).replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
