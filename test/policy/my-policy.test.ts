// The policy of the examples: it is one, and it trades a crossing as it says.

import { describe, expect, it } from 'vitest';
import { policy } from '../../examples/my-policy.ts';
import { policyProblem } from '../../src/policy/own-policy.ts';
import type { PolicyView, SlotView } from '../../src/policy/policy.ts';
import { freeSlot, openSlot, scanOf, stepped, viewOf } from './build.ts';

function viewAt(number: number, price: number, slot: SlotView = freeSlot()): PolicyView {
  const prices = { BTCUSDT: { price, ageMs: 0, source: 'scan' as const } };
  return viewOf(scanOf(number, { prices: { BTCUSDT: price } }), { slots: [slot], prices });
}

/** Sixty scans that fall, then `rising` that rise. */
function crossing(rising: number): readonly PolicyView[] {
  const down = Array.from({ length: 60 }, (_, index) => viewAt(index + 1, 40_000 - index));
  const up = Array.from({ length: rising }, (_, index) => viewAt(61 + index, 39_941 + 100 * index));
  return [...down, ...up];
}

describe('examples/my-policy.ts', () => {
  it('is a policy', () => {
    expect(policyProblem(policy)).toBeNull();
  });

  it('enters once where the averages cross, for a share of the capital', () => {
    const said = stepped(policy, crossing(30)).steps.flat();
    expect(said).toHaveLength(1);
    const [decision] = said;
    expect(decision).toMatchObject({ action: 'ENTER', symbol: 'BTC-USDT', side: 'LONG', leverage: 1 });
    expect((decision?.size ?? 0) * (decision?.referencePrice ?? 0)).toBeCloseTo(1_250, 6);
  });

  it('leaves where they cross back, and at its stop without any scan', () => {
    const { memory } = stepped(policy, crossing(30));
    const long = openSlot({ side: 'LONG' });
    const stop = { ...long, price: { price: 39_600, ageMs: 0, source: 'venue' as const } };
    expect(policy.step(memory, viewAt(91, 43_000, long)).decisions).toEqual([]);
    expect(policy.step(memory, { ...viewOf(null), slots: [stop] }).decisions).toMatchObject([
      { action: 'EXIT', tradeId: 'trade-1', reason: 'stop at -100.0 bps', isUrgent: true },
    ]);
    const falls = Array.from({ length: 60 }, (_, index) => viewAt(91 + index, 43_000 - 200 * index, long));
    const { steps } = stepped(policy, falls, memory);
    expect(steps.flat()[0]).toMatchObject({
      action: 'EXIT',
      reason: 'the short average fell below the long one',
    });
  });
});
