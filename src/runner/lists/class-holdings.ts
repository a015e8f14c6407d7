// What the kernel holds, class by class, in exact decimals: positions with their prices, and orders that are out.

import { averagePriceOf, stepsText } from '../../domain/instrument.ts';
import { moneyText } from '../../domain/money.ts';
import type { Lots } from '../../domain/steps.ts';
import { openQuoteOf, positionOf, totalsOf, unpricedLotsOf } from '../../kernel/exposure.ts';
import { isFinal } from '../../kernel/order-fsm.ts';
import type { KernelState, Trade } from '../../kernel/state.ts';
import { openProfitOf } from '../open-profit.ts';

interface HeldPosition {
  readonly instrument: string;
  readonly strategyClass: string;
  readonly side: 'LONG' | 'SHORT';
  readonly quantity: string;
  /** `null`: fills of it have no price yet. */
  readonly averagePrice: string | null;
  readonly markPrice: string | null;
  readonly unrealized: string | null;
}

/** Returns every position of the kernel's own book, by slot. */
export function heldPositions(state: KernelState): readonly HeldPosition[] {
  return state.slots.flatMap(({ trade }) => {
    const held = trade === null ? null : heldOf(state, trade);
    return held === null ? [] : [held];
  });
}

function heldOf(state: KernelState, trade: Trade): HeldPosition | null {
  const position = positionOf(trade);
  const instrument = state.instruments.get(trade.symbol);
  if (position === 0 || instrument === undefined) return null;
  const { tick, lot } = instrument;
  const lots = Math.abs(position) as Lots;
  const mark = state.marks.get(trade.symbol)?.mark ?? null;
  const isPriced = unpricedLotsOf(trade) === 0;
  const profit = openProfitOf(state, trade);
  return {
    instrument: trade.symbol,
    strategyClass: trade.strategyClass,
    side: position > 0 ? 'LONG' : 'SHORT',
    quantity: stepsText(lot, lots),
    averagePrice: isPriced ? moneyText(averagePriceOf(instrument, openQuoteOf(totalsOf(trade)), lots)) : null,
    markPrice: mark === null ? null : stepsText(tick, mark),
    unrealized: profit === null ? null : moneyText(profit),
  };
}

/** Returns how many orders of a class are out, or may be. */
export function openOrdersOf(state: KernelState, strategyClass: string): number {
  let open = 0;
  for (const order of state.orders.values())
    if (!isFinal(order.status) && state.trades.get(order.tradeId)?.strategyClass === strategyClass) open += 1;
  return open;
}

/** Returns how many entry orders of a class were canceled at or after an instant of the kernel's clock. */
export function entriesCanceledSince(state: KernelState, strategyClass: string, sinceMs: number): number {
  let canceled = 0;
  for (const { role, tradeId, cancelSentAtMs } of state.orders.values()) {
    if (role !== 'entry' || cancelSentAtMs === null || cancelSentAtMs < sinceMs) continue;
    if (state.trades.get(tradeId)?.strategyClass === strategyClass) canceled += 1;
  }
  return canceled;
}
