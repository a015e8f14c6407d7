// The stage of a slot in the words that operators and stored rows have always used: a view of the slot, never a state of its own.

import { positionOf } from './exposure.ts';
import type { Order, Slot, Trade } from './state.ts';

const TRADE_STAGES = [
  'IDLE',
  'ORDER_REQUESTED',
  'ORDER_REJECTED',
  'PARTIAL_FILL',
  'POSITION_OPENED',
  'POSITION_OPEN',
  'EXIT_REQUESTED',
  'EXIT_SENT',
  'EXIT_ACKED',
  'EXIT_WORKING',
  'EXIT_REJECTED',
  'POSITION_PARTIALLY_CLOSED',
  'POSITION_CLOSED',
  'CLOSED',
  'TRADE_TERMINAL_WRITTEN',
] as const;
type TradeStage = (typeof TRADE_STAGES)[number];

/** Returns the stage of a slot. */
export function stageOf(slot: Slot): TradeStage {
  const { trade } = slot;
  if (trade === null) return slot.wasRejected ? 'ORDER_REJECTED' : 'IDLE';
  if (slot.status === 'CLOSED') return closedStage(trade);
  if (trade.exit !== null) return exitStage(trade);
  const isHeld = positionOf(trade) !== 0;
  if (trade.entry !== null) return isHeld ? 'PARTIAL_FILL' : 'ORDER_REQUESTED';
  if (!isHeld) return 'POSITION_CLOSED';
  if (trade.orders.some((order) => order.role === 'exit' && order.filledLots > 0))
    return 'POSITION_PARTIALLY_CLOSED';
  return trade.legIndex === 0 && trade.orders.length === 1 ? 'POSITION_OPENED' : 'POSITION_OPEN';
}

/** Closed; then all its fees are settled; then nothing more is expected of it. */
function closedStage(trade: Trade): TradeStage {
  const isSettled = trade.orders.every((order) => order.feeLots >= order.filledLots);
  if (!isSettled) return 'POSITION_CLOSED';
  return trade.orders.some((order) => order.lateLots > 0) ? 'CLOSED' : 'TRADE_TERMINAL_WRITTEN';
}

function exitStage(trade: Trade): TradeStage {
  const exits = trade.orders.filter((order) => order.role === 'exit');
  const last = exits.at(-1);
  if (last === undefined) return 'EXIT_REQUESTED';
  if (isResting(last)) return last.status === 'WORKING' && !last.postOnly ? 'EXIT_ACKED' : 'EXIT_WORKING';
  if (last.status === 'REJECTED') return 'EXIT_REJECTED';
  if (last.status === 'SENT' || last.status === 'IN_DOUBT') return 'EXIT_SENT';
  return exits.some((order) => order.filledLots > 0) ? 'POSITION_PARTIALLY_CLOSED' : 'EXIT_REQUESTED';
}

function isResting(order: Order): boolean {
  const { status } = order;
  return (
    status === 'WORKING' || status === 'PARTIAL' || status === 'CANCEL_SENT' || status === 'CANCEL_IN_DOUBT'
  );
}
