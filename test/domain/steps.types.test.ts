// The compiler keeps prices, quantities, positions and money apart: each line that must not compile is named as one.

import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ClientOrderId, VenueOrderId } from '../../src/domain/ids.ts';
import { type Money, money, plus } from '../../src/domain/money.ts';
import {
  type EpochMs,
  type Lots,
  lots,
  type Ppm,
  type PriceTicks,
  priceTicks,
  type SignedLots,
  signedLots,
} from '../../src/domain/steps.ts';

/** What an order would take; never called with what does not compile. */
function cost(price: PriceTicks, quantity: Lots): number {
  return price * quantity;
}

describe('the types of numbers', () => {
  it('say that a price is not a quantity', () => {
    expectTypeOf<PriceTicks>().not.toExtend<Lots>();
    expectTypeOf<Lots>().not.toExtend<PriceTicks>();
    // @ts-expect-error: price and quantity changed places
    expect(cost(lots(2), priceTicks(3))).toBe(6);
    expect(cost(priceTicks(3), lots(2))).toBe(6);
  });

  it('say that a number is neither', () => {
    expectTypeOf<number>().not.toExtend<PriceTicks>();
    // @ts-expect-error: a plain number says nothing of its steps
    expect(cost(3, lots(2))).toBe(6);
  });

  it('say that a position is not a quantity, since it has a side', () => {
    expectTypeOf<SignedLots>().not.toExtend<Lots>();
    // @ts-expect-error: a position is signed
    expect(cost(priceTicks(3), signedLots(2))).toBe(6);
  });

  it('say that money is neither price nor quantity, and that neither is money', () => {
    expectTypeOf<Money>().not.toExtend<PriceTicks>();
    expectTypeOf<Money>().not.toExtend<Lots>();
    expectTypeOf<PriceTicks>().not.toExtend<Money>();
    expectTypeOf<bigint>().not.toExtend<Money>();
    // @ts-expect-error: an amount without its meaning
    expect(plus(1n, money(2n))).toBe(3n);
    expect(plus(money(1n), money(2n))).toBe(3n);
  });

  it('say that an instant is no share, and that an id of ours is none of the venue', () => {
    expectTypeOf<EpochMs>().not.toExtend<Ppm>();
    expectTypeOf<ClientOrderId>().not.toExtend<VenueOrderId>();
    expectTypeOf<string>().not.toExtend<ClientOrderId>();
  });
});
