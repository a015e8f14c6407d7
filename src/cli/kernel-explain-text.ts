// The life of an order, a trade or an intent for a terminal, and the same for programs.

import { tableText } from '../adapters/terminal/table.ts';
import { moneyText } from '../domain/money.ts';
import type { Lots } from '../domain/steps.ts';
import { isoFromMs } from '../domain/time.ts';
import { positionOf } from '../kernel/exposure.ts';
import { stageOf } from '../kernel/stage.ts';
import type { KernelState, Order, Trade } from '../kernel/state.ts';
import { outcomeText } from '../runner/control/outcome-words.ts';
import { priceText, quantityText } from '../runner/explain/event-words.ts';
import type { Life, LifeRecord } from '../runner/explain/order-life.ts';

interface LifeFacts {
  readonly id: string;
  readonly life: Life;
  /** Where the journal ends. */
  readonly state: KernelState;
  /** The snapshot that the journal is told from; `null`: its first record. */
  readonly snapshot: string | null;
}

/** Returns what it came to, its orders, and every record of it: when, what happened, and what the kernel did. */
export function lifeText({ id, life, state, snapshot }: LifeFacts): string {
  const { trade, records } = life;
  const missing = snapshot === null ? [] : [`What was before ${snapshot} is not in this journal any more.`];
  const head =
    trade === null
      ? [`${id}: no trade came of it`]
      : [`${id}: ${endText(life, trade)}`, tradeText(trade, state)];
  const orders = trade === null || trade.orders.length === 0 ? [] : [ordersText(trade, state)];
  return [...head, ...orders, ...missing, records.map(recordText).join('\n')].join('\n\n');
}

function endText({ slot }: Life, trade: Trade): string {
  if (trade.isClosed)
    return `the trade ${trade.tradeId}, which is over: ${trade.closeReason === '' ? 'closed' : trade.closeReason}`;
  if (slot === null)
    return `the trade ${trade.tradeId}, of which nothing was filled: ${trade.closeReason === '' ? 'it ended' : trade.closeReason}`;
  return `the trade ${trade.tradeId}, in slot ${slot.id}: ${slot.status} (${stageOf(slot)})`;
}

function tradeText(trade: Trade, state: KernelState): string {
  const { symbol, side, strategyClass, conviction, exchangeLeverage, openedAtMs } = trade;
  const held = Math.abs(positionOf(trade)) as Lots;
  return tableText({
    rows: [
      ['trade', `${side} ${symbol}, class ${strategyClass}`],
      ['begun, UTC', isoFromMs(openedAtMs)],
      ['conviction', `${conviction}, leverage ${exchangeLeverage} at the venue`],
      ['held', quantityText(state, symbol, held)],
      ['realized, USDT', moneyText(trade.bookedRealized)],
      ['funding, USDT', moneyText(trade.bookedFunding)],
    ],
  });
}

function ordersText(trade: Trade, state: KernelState): string {
  return tableText({
    head: ['order', "venue's id", 'role', 'side', 'type', 'quantity', 'filled', 'for', 'fee', 'status'],
    rows: trade.orders.map((order) => {
      const { symbol, limit, type, quantity, filledLots } = order;
      return [
        order.clientOrderId,
        order.venueOrderId ?? 'not known',
        `${order.role} ${order.attempt}`,
        order.side,
        limit === null ? type : `${type} ${priceText(state, symbol, limit)}`,
        quantityText(state, symbol, quantity),
        quantityText(state, symbol, filledLots),
        moneyText(order.filledQuote),
        feeText(order),
        order.rejectCode === null ? order.status : `${order.status}, ${order.rejectCode}`,
      ];
    }),
  });
}

/** A fee that the venue has not said is predicted, and says so. */
function feeText({ fee, feeLots, filledLots, bookedPredicted }: Order): string {
  if (feeLots >= filledLots) return moneyText(fee);
  return `${moneyText(bookedPredicted)} predicted`;
}

function recordText({ seq, atMs, what, outcome, did }: LifeRecord): string {
  const came = outcomeWords(outcome);
  const lines = [...(came === null ? [] : [came]), ...did];
  return [`${isoFromMs(atMs)}  ${what}  (record ${seq})`, ...lines.map((line) => `    ${line}`)].join('\n');
}

function outcomeWords({ isAccepted, code, details }: LifeRecord['outcome']): string | null {
  if (!isAccepted) return `refused, ${code}: ${outcomeText(code, details)}`;
  if (code === 'APPLIED') return details === '' ? null : details;
  return `${code}: ${outcomeText(code, details)}`;
}

export function lifeJson({ id, life, state, snapshot }: LifeFacts): Readonly<Record<string, unknown>> {
  const { trade, slot, records } = life;
  return {
    id,
    from_snapshot: snapshot,
    trade: trade === null ? null : tradeJson(trade, state),
    slot: slot === null ? null : { slot: slot.id, status: slot.status, stage: stageOf(slot) },
    records: records.map(({ seq, atMs, what, outcome, did }) => ({
      record: seq,
      at: isoFromMs(atMs),
      what,
      is_accepted: outcome.isAccepted,
      outcome: outcome.code,
      details: outcome.details,
      means: outcomeText(outcome.code, ''),
      did,
    })),
  };
}

function tradeJson(trade: Trade, state: KernelState): Readonly<Record<string, unknown>> {
  const { symbol } = trade;
  return {
    trade_id: trade.tradeId,
    symbol,
    side: trade.side,
    strategy_class: trade.strategyClass,
    conviction: trade.conviction,
    leverage: trade.exchangeLeverage,
    begun_at: isoFromMs(trade.openedAtMs),
    is_closed: trade.isClosed,
    close_reason: trade.closeReason,
    held: quantityText(state, symbol, Math.abs(positionOf(trade))),
    realized_usdt: moneyText(trade.bookedRealized),
    funding_usdt: moneyText(trade.bookedFunding),
    orders: trade.orders.map((order) => ({
      client_order_id: order.clientOrderId,
      venue_order_id: order.venueOrderId,
      role: order.role,
      attempt: order.attempt,
      side: order.side,
      type: order.type,
      limit: order.limit === null ? null : priceText(state, symbol, order.limit),
      quantity: quantityText(state, symbol, order.quantity),
      filled: quantityText(state, symbol, order.filledLots),
      filled_usdt: moneyText(order.filledQuote),
      fee_usdt: order.feeLots >= order.filledLots ? moneyText(order.fee) : null,
      fee_predicted_usdt: moneyText(order.bookedPredicted),
      status: order.status,
      reject_code: order.rejectCode,
    })),
  };
}
