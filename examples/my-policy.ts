// A whole policy of your own: long while a short average is above a long one, out when it falls below, and out at a stop.
// pink.yaml names it as `policy: { module: my-policy.js }`; outside this repository the types are in `warden/policy`.

import type { Decision, Policy, PolicyStep, PolicyView, SlotView } from '../src/policy/policy.ts';

const SETTINGS = {
  /** Symbol key of what is traded. */
  symbol: 'BTCUSDT',
  fastScans: 20,
  slowScans: 60,
  stopBps: 100,
  /** Of the capital. */
  fraction: 0.05,
  scanMaxAgeMs: 30_000,
};

/** Plain JSON: it is kept over a restart. */
interface Memory {
  /** The last prices, oldest first, one for each scan. */
  readonly prices: readonly number[];
  readonly wasAbove: boolean | null;
}

function average(prices: readonly number[], count: number): number | null {
  if (prices.length < count) return null;
  return prices.slice(-count).reduce((sum, price) => sum + price, 0) / count;
}

/** Takes the new scan's price in, and says whether the short average is above the long one. */
function seen(memory: Memory, view: PolicyView): Memory {
  const price = view.isNewScan ? view.scan?.prices[SETTINGS.symbol] : undefined;
  if (price === undefined) return memory;
  const prices = [...memory.prices, price].slice(-SETTINGS.slowScans);
  const fast = average(prices, SETTINGS.fastScans);
  const slow = average(prices, SETTINGS.slowScans);
  return { prices, wasAbove: fast === null || slow === null ? null : fast > slow };
}

function exitReason(slot: SlotView, isAbove: boolean | null): string | null {
  const { price, entryPrice } = slot;
  const gainBps = price === null || entryPrice === null ? null : (price.price / entryPrice - 1) * 1e4;
  if (gainBps !== null && gainBps <= -SETTINGS.stopBps) return `stop at ${gainBps.toFixed(1)} bps`;
  return isAbove === false ? 'the short average fell below the long one' : null;
}

function decided(slot: SlotView, reason: string, changes: Partial<Decision>): Decision {
  return {
    slot: slot.slot,
    action: 'HOLD',
    reason,
    symbol: slot.symbol ?? '',
    side: 'LONG',
    tradeId: slot.tradeId,
    referencePrice: slot.price?.price ?? null,
    size: null,
    leverage: null,
    exitLegRatios: [],
    isUrgent: false,
    facts: {},
    ...changes,
  };
}

function entry(slot: SlotView, view: PolicyView): Decision | null {
  const symbol = view.symbols[SETTINGS.symbol];
  const price = view.prices[SETTINGS.symbol]?.price;
  if (symbol === undefined || price === undefined || view.capitalUsdt === null) return null;
  const size = (view.capitalUsdt * SETTINGS.fraction) / price;
  const reason = 'the short average rose above the long one';
  return decided(slot, reason, { action: 'ENTER', symbol, referencePrice: price, size, leverage: 1 });
}

function step(before: Memory, view: PolicyView): PolicyStep<Memory> {
  const memory = seen(before, view);
  const decisions: Decision[] = [];
  const isCross = before.wasAbove === false && memory.wasAbove === true;
  const mayEnter = isCross && view.scanAgeMs <= SETTINGS.scanMaxAgeMs;
  for (const slot of view.slots) {
    if (slot.status === 'open') {
      const reason = exitReason(slot, memory.wasAbove);
      if (reason !== null)
        decisions.push(decided(slot, reason, { action: 'EXIT', size: slot.size, isUrgent: true }));
    } else if (slot.status === 'free' && slot.slot === 0 && mayEnter) {
      const wanted = entry(slot, view);
      if (wanted !== null) decisions.push(wanted);
    }
  }
  return { memory, decisions };
}

export const policy: Policy<Memory> = {
  name: 'my-crossing',
  version: '1',
  settings: SETTINGS,
  strategyClass: 'macro',
  begin: () => ({ prices: [], wasAbove: null }),
  step,
};
