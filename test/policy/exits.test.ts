// Exits: at the stop, at the target of each leg and after the longest hold, by the slot's own price and time.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/domain/steps.ts';
import { type ExitCause, exitOf } from '../../src/policy/exits.ts';
import type { SlotView } from '../../src/policy/policy.ts';
import { openSlot, START_MS } from './build.ts';

const SETTINGS = { maxHoldMs: 1_000_000, takeProfitBps: 95, stopLossBps: 150, legs: 1 };

/** A slot whose price moved by `bps` of the entry price since the entry. */
function moved(bps: number, changes: Partial<SlotView> = {}): SlotView {
  return openSlot({ price: { price: 40_000 * (1 + bps / 1e4), ageMs: 0, source: 'feed' }, ...changes });
}

function causeOf(slot: SlotView, nowMs = START_MS): ExitCause | null {
  return exitOf(slot, nowMs, SETTINGS)?.cause ?? null;
}

describe('an exit', () => {
  it.each([
    ['a SHORT at its stop', 'SHORT', 150, 'STOP_LOSS'],
    ['a SHORT just before its stop', 'SHORT', 149.99, null],
    ['a SHORT at its target', 'SHORT', -95, 'TAKE_PROFIT'],
    ['a SHORT just before its target', 'SHORT', -94.99, null],
    ['a LONG at its stop', 'LONG', -150, 'STOP_LOSS'],
    ['a LONG just before its stop', 'LONG', -149.99, null],
    ['a LONG at its target', 'LONG', 95, 'TAKE_PROFIT'],
    ['a LONG just before its target', 'LONG', 94.99, null],
  ] as const)('of %s', (_case, side, bps, cause) => {
    expect(causeOf(moved(bps, { side }))).toBe(cause);
  });

  it('comes at the end of the longest hold, and not before', () => {
    expect(causeOf(moved(0), START_MS + 999_999)).toBeNull();
    expect(causeOf(moved(0), START_MS + 1_000_000)).toBe('MAX_HOLD');
  });

  it('waits without a price of its own or an entry price, but for the longest hold', () => {
    for (const slot of [moved(500, { price: null }), moved(500, { entryPrice: null })]) {
      expect(causeOf(slot)).toBeNull();
      expect(causeOf(slot, START_MS + 1_000_000)).toBe('MAX_HOLD');
    }
  });

  it.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY])('takes %d for no price', (price) => {
    expect(causeOf(openSlot({ price: { price, ageMs: 0, source: 'feed' } }))).toBeNull();
    expect(causeOf(openSlot({ entryPrice: price }))).toBeNull();
  });

  it('at a stop is urgent and takes everything, whatever the leg', () => {
    const exit = exitOf(moved(200, { legIndex: 0 }), START_MS, { ...SETTINGS, legs: 3 });
    expect(exit).toMatchObject({ cause: 'STOP_LOSS', size: 1, isUrgent: true });
  });

  it('goes leg by leg, so that the last is out at the whole target', () => {
    const settings = { ...SETTINGS, takeProfitBps: 90, legs: 3 };
    const targets = [0, 1, 2].map((legIndex) => {
      const bps = 30 * (legIndex + 1);
      expect(exitOf(moved(0.01 - bps, { legIndex }), START_MS, settings)).toBeNull();
      return exitOf(moved(-bps, { legIndex }), START_MS, settings);
    });
    expect(targets.map((exit) => [exit?.cause, exit?.size, exit?.isUrgent])).toEqual([
      ['TAKE_PROFIT', null, false],
      ['TAKE_PROFIT', null, false],
      ['TAKE_PROFIT', 1, false],
    ]);
  });

  it('after more legs than there are takes everything at the whole target', () => {
    expect(exitOf(moved(-95, { legIndex: 7 }), START_MS, SETTINGS)).toMatchObject({ size: 1 });
  });

  it('of a LONG mirrors that of a SHORT, and is the same at ten times the prices', () => {
    const entry = fc.integer({ min: 10_000, max: 1_000_000 });
    const percent = fc.integer({ min: -5_000, max: 5_000 });
    fc.assert(
      fc.property(entry, percent, fc.nat(2_000_000), (entryPrice, share, heldMs) => {
        const at = (side: 'LONG' | 'SHORT', move: number, scale: number): ExitCause | null => {
          const price = { price: scale * (entryPrice + move), ageMs: 0, source: 'feed' as const };
          const slot = openSlot({
            side,
            price,
            entryPrice: scale * entryPrice,
            openedAtMs: epochMs(START_MS),
          });
          return causeOf(slot, START_MS + heldMs);
        };
        const move = (entryPrice * share) / 1e5;
        expect(at('LONG', move, 1)).toBe(at('SHORT', -move, 1));
        expect(at('LONG', move, 10)).toBe(at('LONG', move, 1));
      }),
    );
  });
});
