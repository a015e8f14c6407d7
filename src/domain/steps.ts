// Prices and quantities as whole steps of an instrument, so that they are exact, and so that one is never taken for the other.

import { assert } from './assert.ts';
import type { Brand } from './brand.ts';

/** A price in ticks of its instrument. Positive. */
export type PriceTicks = Brand<number, 'PriceTicks'>;

/** A quantity in lots of its instrument. Never negative: the side says which way. */
export type Lots = Brand<number, 'Lots'>;

/** A position in lots: long above zero, short below. */
export type SignedLots = Brand<number, 'SignedLots'>;

/** Millionths, of a rate or a share. */
export type Ppm = Brand<number, 'Ppm'>;

/** Epoch milliseconds, UTC. */
export type EpochMs = Brand<number, 'EpochMs'>;

export const PPM_ONE = 1_000_000 as Ppm;
export const NO_LOTS = 0 as Lots;
/** More than anybody trades, and little enough that a thousand of them are still counted exactly. */
export const LOTS_MAX = 2 ** 43;

/** @throws InvariantError unless `value` is a positive safe integer. */
export function priceTicks(value: number): PriceTicks {
  assert(Number.isSafeInteger(value) && value > 0, () => `${value} is no price in ticks`);
  return value as PriceTicks;
}

/** @throws InvariantError unless `value` is a safe integer that is not negative. */
export function lots(value: number): Lots {
  assert(Number.isSafeInteger(value) && value >= 0, () => `${value} is no quantity in lots`);
  return value as Lots;
}

/** @throws InvariantError unless `value` is a safe integer. */
export function signedLots(value: number): SignedLots {
  assert(Number.isSafeInteger(value), () => `${value} is no position in lots`);
  return value as SignedLots;
}

/** @throws InvariantError unless `value` is a safe integer. */
export function ppm(value: number): Ppm {
  assert(Number.isSafeInteger(value), () => `${value} is no share in millionths`);
  return value as Ppm;
}

/** @throws InvariantError unless `value` is a safe integer that is not negative. */
export function epochMs(value: number): EpochMs {
  assert(Number.isSafeInteger(value) && value >= 0, () => `${value} is no instant in milliseconds`);
  return value as EpochMs;
}
