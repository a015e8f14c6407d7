// A policy that is always busy: whatever slot is free enters, whatever it holds is left a moment later, in legs or at once, urgently or not.

const HELD_MS = 700;

export const policy = {
  name: 'busy',
  version: '1',
  settings: {},
  strategyClass: 'macro',
  begin: () => 0,
  step(steps, view) {
    const decisions = [];
    const symbols = Object.entries(view.symbols);
    for (const slot of view.slots) {
      const nth = steps + slot.slot;
      if (slot.status === 'free' && view.isNewScan) {
        const held = new Set(view.slots.map(({ symbol }) => symbol));
        const free = symbols.filter(([, symbol]) => !held.has(symbol));
        const [key, symbol] = free[nth % Math.max(1, free.length)] ?? [];
        const price = view.prices[key]?.price;
        if (price === undefined || decisions.some((one) => one.symbol === symbol)) continue;
        decisions.push({
          ...NOTHING,
          slot: slot.slot,
          action: 'ENTER',
          symbol,
          side: nth % 2 === 0 ? 'LONG' : 'SHORT',
          referencePrice: price,
          size: 1_000 / price,
          leverage: 1,
          exitLegRatios: nth % 3 === 0 ? [0.5, 1] : [],
        });
      } else if (slot.status === 'open' && view.nowMs - slot.openedAtMs > HELD_MS) {
        decisions.push({
          ...NOTHING,
          slot: slot.slot,
          action: 'EXIT',
          symbol: slot.symbol,
          side: slot.side,
          tradeId: slot.tradeId,
          isUrgent: nth % 2 === 0,
        });
      }
    }
    return { memory: steps + 1, decisions };
  },
};

const NOTHING = {
  reason: 'busy',
  tradeId: null,
  referencePrice: null,
  size: null,
  leverage: null,
  exitLegRatios: [],
  isUrgent: false,
  facts: {},
};
