// Fields of the venue's JSON: the same value is a number here and a text there, goes by several names, and is left out as an empty text.

import { type Instrument, type Step, stepsFromText } from '../../../domain/instrument.ts';
import { divideHalfEven, MONEY_DECIMALS, type Money, moneyFrom } from '../../../domain/money.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import { type EpochMs, LOTS_MAX, type Lots } from '../../../domain/steps.ts';
import type { JsonText, JsonTextObject } from '../json-text.ts';

/** Why something could not be read: what, where, and what was expected, in one sentence. */
export type Read<T> = Result<T, string>;

/** Instruments by symbol. */
export type Instruments = ReadonlyMap<string, Instrument>;

export function isObject(value: JsonText | undefined): value is JsonTextObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectIn(value: JsonText | undefined, what: string): Read<JsonTextObject> {
  return isObject(value) ? ok(value) : err(`${what}: expected an object`);
}

/** Returns the first of `names` that an object has of its own, or `undefined`. */
export function fieldIn(row: JsonTextObject, ...names: readonly string[]): JsonText | undefined {
  for (const name of names) if (Object.hasOwn(row, name)) return row[name];
  return undefined;
}

/** Returns the text of the first of `names` that says anything; `null` where none does, or where it is no text, number or truth value. */
export function textIn(row: JsonTextObject, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = Object.hasOwn(row, name) ? row[name] : null;
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return null;
}

/** Whether a field says true; `null` where it says nothing that is known. */
export function flagIn(row: JsonTextObject, ...names: readonly string[]): boolean | null {
  const text = textIn(row, ...names)?.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}

const DECIMAL = /^(-?)(\d{1,24})(?:\.(\d{1,24}))?(?:[eE]([+-]?\d{1,3}))?$/;
const EXPONENT_MAX = 30;

/** Returns a decimal without an exponent, `null` where the text is no number. */
export function plainDecimal(text: string): string | null {
  const parts = DECIMAL.exec(text);
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponentText] = parts;
  const exponent = Number(exponentText ?? 0);
  if (exponent === 0) return text.replace(/[eE].*$/, '');
  if (Math.abs(exponent) > EXPONENT_MAX) return null;
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Returns whole steps, `null` where the field says nothing. What is no multiple of the step is a problem, and is not rounded. */
export function stepsIn(row: JsonTextObject, step: Step, ...names: readonly string[]): Read<number | null> {
  const text = textIn(row, ...names);
  if (text === null) return ok(null);
  const plain = plainDecimal(text);
  const steps =
    plain === null ? err(`"${text.slice(0, 40)}" is no decimal number`) : stepsFromText(step, plain);
  return steps.ok ? steps : err(`${names[0]}: ${steps.error}`);
}

/** Returns a quantity in lots, never negative. */
export function lotsIn(row: JsonTextObject, step: Step, ...names: readonly string[]): Read<Lots | null> {
  const steps = stepsIn(row, step, ...names);
  if (!steps.ok || steps.value === null) return steps as Read<null>;
  if (steps.value < 0 || steps.value > LOTS_MAX)
    return err(`${names[0]}: ${steps.value} lots are no quantity`);
  return ok(steps.value as Lots);
}

/** Returns money, `null` where the field says nothing; what is finer than 1e-8 is rounded half to even. */
export function moneyIn(row: JsonTextObject, ...names: readonly string[]): Read<Money | null> {
  const text = textIn(row, ...names);
  if (text === null) return ok(null);
  const plain = plainDecimal(text);
  if (plain === null) return err(`${names[0]}: "${text.slice(0, 40)}" is no amount`);
  const [whole = '0', fraction = ''] = plain.split('.');
  if (fraction.length <= MONEY_DECIMALS) {
    const exact = moneyFrom(plain);
    return exact.ok ? exact : err(`${names[0]}: ${exact.error}`);
  }
  const units = BigInt(whole + fraction);
  return ok(divideHalfEven(units, 10n ** BigInt(fraction.length - MONEY_DECIMALS)) as Money);
}

/**
 * Returns what `quantity` lots cost at an average price, half to even to 1e-8. The average is taken with every decimal that was written:
 * it may have more than the tick.
 */
export function costAt(average: string, lot: Step, quantity: Lots): Read<Money> {
  const plain = plainDecimal(average);
  if (plain === null || plain.startsWith('-')) return err(`"${average.slice(0, 40)}" is no price`);
  const [whole = '0', fraction = ''] = plain.split('.');
  const decimals = fraction.length + lot.decimals;
  const units = BigInt(whole + fraction) * BigInt(quantity) * BigInt(lot.units);
  if (decimals <= MONEY_DECIMALS) return ok((units * 10n ** BigInt(MONEY_DECIMALS - decimals)) as Money);
  return ok(divideHalfEven(units, 10n ** BigInt(decimals - MONEY_DECIMALS)) as Money);
}

/** Returns epoch milliseconds between 2010 and 2100 by the first of `names` that says any; 0 says none. */
export function instantIn(row: JsonTextObject, ...names: readonly string[]): Read<EpochMs | null> {
  for (const name of names) {
    const text = textIn(row, name);
    if (text === null || text === '0') continue;
    const ms = Number(text);
    if (!Number.isSafeInteger(ms) || ms < 1_262_304_000_000 || ms > 4_102_444_800_000)
      return err(`${name}: "${text.slice(0, 40)}" are no epoch milliseconds`);
    return ok(ms as EpochMs);
  }
  return ok(null);
}

const ID = /^[1-9]\d{0,18}$/;

/** Returns a venue id as its digits; `null` where the field is empty or 0. */
export function idIn(row: JsonTextObject, ...names: readonly string[]): Read<string | null> {
  const text = textIn(row, ...names);
  if (text === null || text === '0') return ok(null);
  return ID.test(text) ? ok(text) : err(`${names[0]}: "${text.slice(0, 40)}" is no id`);
}

/**
 * Whether an amount is in the asset of the margin. The demo has play money alone, which its balances call VST: where another answer of it
 * says USDT, as the contracts do, nothing else can be meant.
 */
export function isOfMargin(asset: string | null, marginAsset: string): boolean {
  return asset === marginAsset || (marginAsset === 'VST' && asset === 'USDT');
}

/** Returns the instrument that a row is of, or `null` for a symbol that is not traded here. */
export function instrumentIn(
  row: JsonTextObject,
  instruments: Instruments,
  ...names: readonly string[]
): Read<Instrument | null> {
  const symbol = textIn(row, ...names);
  if (symbol === null) return err(`${names[0]}: expected a symbol`);
  return ok(instruments.get(symbol) ?? null);
}
