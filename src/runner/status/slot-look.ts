// Slots and orders as a person wants to see them: what is held, what it is worth at the mark, and what is on its way.

import { quoteOf, stepsText } from '../../domain/instrument.ts';
import { type Money, money, moneyText } from '../../domain/money.ts';
import type { Lots } from '../../domain/steps.ts';
import { openQuoteOf, positionOf, totalsOf, unpricedLotsOf } from '../../kernel/exposure.ts';
import { isFinal } from '../../kernel/order-fsm.ts';
import { stageOf } from '../../kernel/stage.ts';
import type { KernelState, Order, Slot, Trade } from '../../kernel/state.ts';
import { openProfitOf } from '../open-profit.ts';
import { averagePriceText, sizeText } from './decimal-texts.ts';
import type { OrderLook, SlotLook, TradeLook } from './runner-view.ts';

const FINAL_ORDERS_SHOWN = 20;

/** Returns the slots that policies may use, and of the others those that hold something. */
export function slotLooks(state: KernelState): readonly SlotLook[] {
  return state.slots
    .filter(({ id, status }) => id < state.config.maxSlots || status !== 'FREE')
    .map((slot) => slotLook(state, slot));
}

function slotLook(state: KernelState, slot: Slot): SlotLook {
  const { id, status, quarantine, trade } = slot;
  return {
    slot: id,
    status,
    stage: stageOf(slot),
    quarantine,
    trade: trade === null ? null : tradeLook(state, trade),
  };
}

function tradeLook(state: KernelState, trade: Trade): TradeLook {
  const instrument = state.instruments.get(trade.symbol);
  const mark = state.marks.get(trade.symbol);
  const position = positionOf(trade);
  const held = Math.abs(position);
  const isPriced = unpricedLotsOf(trade) === 0;
  const worth =
    instrument === undefined || mark === undefined ? null : quoteOf(instrument, held as Lots, mark.mark);
  const profit = openProfitOf(state, trade);
  const { exit } = trade;
  return {
    tradeId: trade.tradeId,
    symbol: trade.symbol,
    side: position === 0 ? trade.side : position > 0 ? 'LONG' : 'SHORT',
    strategyClass: trade.strategyClass,
    size: sizeText(instrument, held),
    entryPrice: isPriced ? averagePriceText(instrument, openQuoteOf(totalsOf(trade)), held) : null,
    markPrice: instrument === undefined || mark === undefined ? null : stepsText(instrument.tick, mark.mark),
    markAtMs: mark === undefined ? null : mark.atMs,
    notional: worth === null ? null : moneyText(worth),
    openProfit: profit === null ? null : moneyText(profit),
    realized: moneyText(trade.bookedRealized),
    funding: moneyText(trade.bookedFunding),
    leverage: trade.exchangeLeverage,
    conviction: trade.conviction,
    openedAtMs: trade.openedAtMs,
    legIndex: trade.legIndex,
    legs: Math.max(1, trade.exitLegRatios.length),
    exit:
      exit === null ? null : { reason: exit.reason, deadlineMs: exit.deadlineMs, isOverdue: exit.isOverdue },
  };
}

/** Returns every live order, the newest first, then the newest of those that are final. */
export function orderLooks(state: KernelState): readonly OrderLook[] {
  const live = [...state.orders.values()].filter(({ status }) => !isFinal(status)).reverse();
  const final = state.finalOrders
    .slice(-FINAL_ORDERS_SHOWN)
    .reverse()
    .flatMap((id) => state.orders.get(id) ?? []);
  return [...live, ...final].map((order) => orderLook(state, order));
}

function orderLook(state: KernelState, order: Order): OrderLook {
  const instrument = state.instruments.get(order.symbol);
  const { filledLots, pricedLots, feeLots, limit } = order;
  const isPriced = pricedLots === filledLots;
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId,
    tradeId: order.tradeId,
    symbol: order.symbol,
    side: order.side,
    role: order.role,
    type: order.type,
    isPostOnly: order.postOnly,
    isReduceOnly: order.reduceOnly,
    quantity: sizeText(instrument, order.quantity),
    limit: limit === null || instrument === undefined ? null : stepsText(instrument.tick, limit),
    filled: sizeText(instrument, filledLots),
    averagePrice: isPriced ? averagePriceText(instrument, order.filledQuote, filledLots) : null,
    fee: filledLots === 0 || !isPriced ? null : moneyText(feeOf(order)),
    isFeeSettled: filledLots > 0 && feeLots >= filledLots,
    status: order.status,
    isFinal: isFinal(order.status),
    changedAtMs: order.changedAtMs,
    expiresAtMs: order.expiresAtMs,
    rejectCode: order.rejectCode,
  };
}

/** As the ledger holds it: settled for some lots, predicted for the others. */
function feeOf({ bookedPredicted, bookedSettled }: Order): Money {
  return money(bookedPredicted + bookedSettled);
}
