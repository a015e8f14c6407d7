// The border to a policy: whatever it hands over comes out as an intent, an entry in whole steps, or a coded refusal, and never as an error.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lots } from '../../src/domain/steps.ts';
import type { IntentEvent } from '../../src/kernel/event.ts';
import { checkEntry, exitLots, intentFrom } from '../../src/kernel/intents.ts';
import { OUTCOME_CODES } from '../../src/kernel/outcome.ts';
import type { Trade } from '../../src/kernel/state.ts';
import { BTC, instrument, KernelDriver, START_MS } from './build.ts';

const raw = (over: Record<string, unknown> = {}) => ({
  intent_id: 'd-1',
  action: 'ENTER',
  slot_id: 0,
  asset: 'BTC-USDT',
  side: 'SHORT',
  strategy_class: 'champion',
  timestamp: START_MS,
  reference_price: 1_000,
  target_size: 0.05,
  leverage: 2,
  exit_leg_ratios: [0.5, 1],
  is_urgent: false,
  reason: 'vel_div',
  ...over,
});

const problemOf = (value: unknown): string => {
  const event = intentFrom(value, START_MS);
  return event.kind === 'MALFORMED' ? event.problem : event.kind;
};

describe('intentFrom', () => {
  it('reads every field of an intent', () => {
    expect(intentFrom(raw(), START_MS)).toEqual({
      kind: 'INTENT',
      atMs: START_MS,
      intentId: 'd-1',
      action: 'ENTER',
      slot: 0,
      tradeId: null,
      symbol: 'BTC-USDT',
      side: 'SHORT',
      strategyClass: 'champion',
      decidedAtMs: START_MS,
      referencePrice: 1_000,
      size: 0.05,
      leverage: 2,
      exitLegRatios: [0.5, 1],
      isUrgent: false,
      reason: 'vel_div',
    });
  });

  it('takes an unknown action as holding, and a side that is left out as LONG', () => {
    expect(intentFrom(raw({ action: 'HOLD' }), START_MS)).toMatchObject({ action: 'MARK_PRICE' });
    expect(intentFrom(raw({ action: 7 }), START_MS)).toMatchObject({ action: 'MARK_PRICE' });
    expect(intentFrom(raw({ side: undefined }), START_MS)).toMatchObject({ side: 'LONG' });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ENTER'],
    ['a number', Number.NaN],
    ['a list', [raw()]],
    ['a function', () => raw()],
    ['an object without an id', raw({ intent_id: undefined })],
    ['an id of no characters', raw({ intent_id: '' })],
    ['an endless id', raw({ intent_id: 'x'.repeat(10_000) })],
    ['an id that is a number', raw({ intent_id: 12 })],
    ['a slot that is a text', raw({ slot_id: '0' })],
    ['half a slot', raw({ slot_id: 0.5 })],
    ['an entry to another side', raw({ side: 'sell' })],
    ['ratios that are none', raw({ exit_leg_ratios: '0.5,1' })],
    ['more legs than anybody has', raw({ exit_leg_ratios: new Array(4_000_000_000) })],
    ['fields of a prototype', Object.create(raw())],
    ['fields that are computed', Object.defineProperty(raw(), 'intent_id', { get: () => 'd-1' })],
    ['a proxy that throws', new Proxy(raw(), { getOwnPropertyDescriptor: () => assertNever() })],
  ])('calls %s malformed, with the reason', (_, value) => {
    const event = intentFrom(value, START_MS);
    expect(event).toMatchObject({ kind: 'MALFORMED', what: 'intent', atMs: START_MS });
    expect(problemOf(value)).not.toBe('');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '1000', null, {}, [1], 10n])(
    'takes the figure %s as missing',
    (figure) => {
      const event = intentFrom(
        raw({ reference_price: figure, target_size: figure, leverage: figure, exit_leg_ratios: [figure] }),
        START_MS,
      );
      expect(event).toMatchObject({
        referencePrice: null,
        size: null,
        leverage: null,
        exitLegRatios: [null],
      });
    },
  );

  it('takes everything for an exit whose size makes no sense, and the leg for one without a size', () => {
    for (const size of [-1, 0, Number.NaN, Number.POSITIVE_INFINITY, 'all'])
      expect(intentFrom(raw({ action: 'EXIT', target_size: size }), START_MS)).toMatchObject({
        size: Number.MAX_VALUE,
      });
    const without = raw({ action: 'EXIT', target_size: undefined });
    expect(intentFrom(without, START_MS)).toMatchObject({ size: null });
    expect(intentFrom(raw({ action: 'ENTER', target_size: -1 }), START_MS)).toMatchObject({ size: -1 });
  });

  it('reads an instant with its zone, and none without', () => {
    const text = (timestamp: unknown) => intentFrom(raw({ timestamp }), START_MS);
    expect(text('2026-05-28T20:26:40Z')).toMatchObject({ decidedAtMs: START_MS });
    expect(text('2026-05-28T20:26:40')).toMatchObject({ decidedAtMs: null });
  });

  it('never throws, whatever it is given, and what comes out is applied with a code', () => {
    const kernel = new KernelDriver().ready();
    const value = fc.oneof(
      fc.anything({ withBigInt: true, withNullPrototype: true }),
      fc.record(anyFields()),
    );
    const property = fc.property(value, (given) => {
      const event = intentFrom(given, START_MS);
      const { code } = kernel.apply({ ...event });
      expect(OUTCOME_CODES).toContain(code);
    });
    fc.assert(property, { seed: 20261128, numRuns: 2_000 });
  });
});

function assertNever(): never {
  throw new Error('looked at');
}

function anyFields(): Record<string, fc.Arbitrary<unknown>> {
  const odd = fc.oneof(fc.double(), fc.constantFrom(null, undefined, 'x', {}, [], -0, 1e308, 1e-308));
  return {
    intent_id: fc.oneof(fc.string(), odd),
    action: fc.constantFrom('ENTER', 'EXIT', 'CANCEL', 'HOLD', 1),
    slot_id: fc.oneof(fc.constantFrom(0, 1, -1, 2 ** 53), odd),
    asset: fc.constantFrom('BTC-USDT', 'BTCUSDT', '__proto__', 7),
    side: fc.constantFrom('LONG', 'SHORT', 'BOTH', undefined),
    strategy_class: fc.constantFrom('champion', 'constructor', '', null),
    timestamp: fc.oneof(fc.constant(START_MS), odd),
    reference_price: fc.oneof(fc.constant(1_000), odd),
    target_size: fc.oneof(fc.constant(0.05), odd),
    leverage: fc.oneof(fc.constant(2), odd),
    exit_leg_ratios: fc.oneof(fc.array(fc.double(), { maxLength: 4 }), odd),
  };
}

describe('an entry that is checked', () => {
  it.each<[string, Partial<Record<keyof IntentEvent, unknown>>, string]>([
    ['a price that is not finite', { referencePrice: Number.NaN }, 'NOT_FINITE'],
    ['an endless price', { referencePrice: Number.POSITIVE_INFINITY }, 'NOT_FINITE'],
    ['no price', { referencePrice: null }, 'NOT_FINITE'],
    ['a price of zero', { referencePrice: 0 }, 'INVALID_INTENT'],
    ['a negative price', { referencePrice: -1_000 }, 'INVALID_INTENT'],
    ['an enormous price', { referencePrice: 1e308 }, 'INVALID_INTENT'],
    ['a vanishing price', { referencePrice: 1e-308 }, 'INVALID_INTENT'],
    ['a price in words', { referencePrice: '1000' }, 'NOT_FINITE'],
    ['no size', { size: null }, 'NOT_FINITE'],
    ['a size that is not finite', { size: Number.NEGATIVE_INFINITY }, 'NOT_FINITE'],
    ['a size of zero', { size: 0 }, 'INVALID_INTENT'],
    ['a negative size', { size: -0.05 }, 'INVALID_INTENT'],
    ['an enormous size', { size: 1e308 }, 'INVALID_INTENT'],
    ['a size below a lot', { size: 0.0009 }, 'MIN_QUANTITY'],
    ['a vanishing size', { size: 1e-308 }, 'MIN_QUANTITY'],
    ['a size in a list', { size: [0.05] }, 'NOT_FINITE'],
    ['no leverage', { leverage: null }, 'NOT_FINITE'],
    ['a leverage that is not finite', { leverage: Number.NaN }, 'NOT_FINITE'],
    ['a leverage of zero', { leverage: 0 }, 'INVALID_INTENT'],
    ['a negative leverage', { leverage: -2 }, 'INVALID_INTENT'],
    ['too little conviction', { leverage: 0.49 }, 'INVALID_INTENT'],
    ['too much conviction', { leverage: 8.01 }, 'MAX_LEVERAGE'],
    ['a decision of no time', { decidedAtMs: null }, 'NOT_FINITE'],
    ['a decision that is old', { decidedAtMs: START_MS - 30_001 }, 'STALE_INTENT'],
    ['a decision of the future', { decidedAtMs: START_MS + 1_001 }, 'STALE_INTENT'],
    ['an instrument that nobody knows', { symbol: 'DOGE-USDT' }, 'UNKNOWN_INSTRUMENT'],
    ['a word of every object', { symbol: '__proto__' }, 'UNKNOWN_INSTRUMENT'],
    ['no instrument', { symbol: undefined }, 'UNKNOWN_INSTRUMENT'],
    ['a slot beyond the last', { slot: 1 }, 'UNKNOWN_SLOT'],
    ['a slot before the first', { slot: -1 }, 'UNKNOWN_SLOT'],
    ['half a slot', { slot: 0.5 }, 'UNKNOWN_SLOT'],
    ['another side', { side: 'BOTH' }, 'INVALID_INTENT'],
    ['no class', { strategyClass: '' }, 'INVALID_INTENT'],
    ['a leg that is not finite', { exitLegRatios: [Number.NaN, 1] }, 'NOT_FINITE'],
    ['a leg of nothing', { exitLegRatios: [0, 1] }, 'INVALID_INTENT'],
    ['a leg of more than there is', { exitLegRatios: [1.5] }, 'INVALID_INTENT'],
    ['legs that are no list', { exitLegRatios: 'all' }, 'INVALID_INTENT'],
  ])('with %s is refused as such', (_, over, code) => {
    const kernel = new KernelDriver().ready();
    expect(kernel.enter(over as Partial<IntentEvent>)).toMatchObject({ isAccepted: false, code });
    expect(kernel.sent).toEqual([]);
    expect(kernel.slot().status).toBe('FREE');
  });

  it('is in whole steps: the size down, the price to the nearest tick, the last leg everything', () => {
    const kernel = new KernelDriver().ready();
    const event = intentFrom(
      raw({
        target_size: 0.0509,
        reference_price: 1_000.06,
        leverage: 2.5,
        exit_leg_ratios: [0.3, 0.2],
      }),
      START_MS,
    );
    const candidate = checkEntry(kernel.state, event as IntentEvent);
    expect(candidate).toMatchObject({
      ok: true,
      value: { quantity: 50, reference: 10_001, exchangeLeverage: 2, exitLegRatios: [0.3, 1] },
    });
  });

  it('does not lose a lot to the arithmetic of floats', () => {
    const kernel = new KernelDriver().ready();
    const event = intentFrom(raw({ target_size: 0.1 + 0.2 - 0.271 }), START_MS);
    expect(checkEntry(kernel.state, event as IntentEvent)).toMatchObject({ value: { quantity: 29 } });
  });

  it('finds its instrument without hyphens, by the name that the venue has for it', () => {
    const kernel = new KernelDriver().ready();
    const event = intentFrom(raw({ asset: 'BTCUSDT', exit_leg_ratios: undefined }), START_MS);
    expect(checkEntry(kernel.state, event as IntentEvent)).toMatchObject({
      value: { symbol: 'BTC-USDT', exitLegRatios: [1] },
    });
  });

  it('counts once, and each of a flood of ten thousand gets its code', () => {
    const kernel = new KernelDriver().ready();
    const first = kernel.enter({ intentId: 'same' as IntentEvent['intentId'] });
    const again = kernel.enter({ intentId: 'same' as IntentEvent['intentId'] });
    expect([first.isAccepted, again.code]).toEqual([true, 'DUPLICATE_EVENT']);

    const codes = new Set(Array.from({ length: 10_000 }, () => kernel.enter().code));
    expect([...codes]).toEqual(['SLOT_BUSY']);
    expect(kernel.sent).toHaveLength(1);
    expect(kernel.state.rememberedIds.size).toBeLessThanOrEqual(kernel.state.config.bounds.rememberedIds);
  });
});

describe('exitLots', () => {
  const legs = (exitLegRatios: readonly number[], legIndex = 0) => ({ exitLegRatios, legIndex }) as Trade;
  const lotsOf = (trade: Trade, position: number, size: number | null = null, minLots = 1) =>
    exitLots(trade, position as Lots, size, instrument(BTC, { minLots: minLots as Lots }));

  it('takes 26 and then 27 of 53 lots by the ratios 0.5 and 1', () => {
    expect(lotsOf(legs([0.5, 1]), 53)).toBe(26);
    expect(lotsOf(legs([0.5, 1], 1), 27)).toBe(27);
  });

  it('takes everything without ratios, and after the last of them', () => {
    expect(lotsOf(legs([]), 53)).toBe(53);
    expect(lotsOf(legs([0.5, 1], 5), 53)).toBe(53);
  });

  it('takes the size it is given, and no more than there is', () => {
    expect(lotsOf(legs([0.5, 1]), 53, 0.02)).toBe(20);
    expect(lotsOf(legs([0.5, 1]), 1, 0.003)).toBe(1);
    expect(lotsOf(legs([0.5, 1]), 53, 1e308)).toBe(53);
  });

  it.each([0, -1, Number.NaN])('takes the leg by its ratio where the size is %d', (size) => {
    expect(lotsOf(legs([0.5, 1]), 53, size)).toBe(26);
  });

  it('takes at least what the venue takes, and leaves nothing that it would not', () => {
    expect(lotsOf(legs([0.01, 1]), 53, null, 5)).toBe(5);
    expect(lotsOf(legs([0.95, 1]), 53, null, 5)).toBe(53);
    expect(lotsOf(legs([0.5, 1]), 3, null, 5)).toBe(3);
  });

  it('closes every position in as many legs as there are, each within what is left', () => {
    const ratio = fc.double({ min: 0.01, max: 1, noNaN: true });
    const property = fc.property(
      fc.array(ratio, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 50 }),
      (ratios, held, minLots) => {
        let left = held;
        for (let leg = 0; leg < ratios.length && left > 0; leg += 1) {
          const taken = lotsOf(legs(ratios, leg), left, null, minLots);
          expect(taken).toBeGreaterThan(0);
          expect(taken).toBeLessThanOrEqual(left);
          left -= taken;
          expect(left === 0 || left >= minLots).toBe(true);
        }
        expect(left).toBe(0);
      },
    );
    fc.assert(property, { seed: 20261128, numRuns: 1_000 });
  });
});
