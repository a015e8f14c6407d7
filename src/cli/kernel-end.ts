// How a kernel stands where its journal ends: its state and the reasons of it, the ledger, and every slot that holds a trade.

import { type Cell, tableText } from '../adapters/terminal/table.ts';
import { type Money, moneyText } from '../domain/money.ts';
import { positionOf } from '../kernel/exposure.ts';
import { stageOf } from '../kernel/stage.ts';
import type { KernelState, Slot, Trade } from '../kernel/state.ts';
import { effectiveState, reasonsOf } from '../kernel/trading.ts';

/** Returns the numbers, and a table of the slots where one is not idle. */
export function kernelEndText(state: KernelState): string {
  const { ledger, tradesClosed, liveOrders } = state;
  const reasons = reasonsOf(state);
  const numbers = tableText({
    rows: [
      ['kernel state', effectiveState(state)],
      ...reasons.map((reason, at): [string, string] => [at === 0 ? 'reasons' : '', reason]),
      ['wallet K, USDT', moneyText(ledger.wallet)],
      ['wallet E, USDT', knownText(ledger.venueWallet)],
      ['residual, USDT', `${moneyText(ledger.residual)} (${ledger.band})`],
      ['free margin, USDT', knownText(ledger.availableMargin)],
      ['used margin, USDT', knownText(ledger.usedMargin)],
      ['trades closed', String(tradesClosed)],
      ['live orders', String(liveOrders)],
    ],
  });
  const slots = heldSlots(state);
  if (slots.length === 0) return numbers;
  const head = ['slot', 'stage', 'trade', 'lots', 'realized, USDT'];
  return `${numbers}\n\n${tableText({ head, rows: slots.map(({ slot, trade }) => slotRow(slot, trade)) })}`;
}

function slotRow(slot: Slot, trade: Trade): Cell[] {
  return [slot.id, stageOf(slot), trade.tradeId, positionOf(trade), moneyText(trade.bookedRealized)];
}

/** The same for programs. */
export function kernelEndJson(state: KernelState): Readonly<Record<string, unknown>> {
  const { ledger, tradesClosed, liveOrders } = state;
  return {
    kernel_state: effectiveState(state),
    reasons: reasonsOf(state),
    wallet_usdt: moneyText(ledger.wallet),
    venue_wallet_usdt: orNull(ledger.venueWallet),
    residual_usdt: moneyText(ledger.residual),
    band: ledger.band,
    available_margin_usdt: orNull(ledger.availableMargin),
    used_margin_usdt: orNull(ledger.usedMargin),
    trades_closed: tradesClosed,
    live_orders: liveOrders,
    slots: heldSlots(state).map(({ slot, trade }) => ({
      slot: slot.id,
      status: slot.status,
      stage: stageOf(slot),
      trade_id: trade.tradeId,
      lots: positionOf(trade),
      realized_usdt: moneyText(trade.bookedRealized),
    })),
  };
}

function knownText(amount: Money | null): string {
  return orNull(amount) ?? 'not known';
}

function orNull(amount: Money | null): string | null {
  return amount === null ? null : moneyText(amount);
}

function heldSlots({ slots }: KernelState): readonly { readonly slot: Slot; readonly trade: Trade }[] {
  return slots.flatMap((slot) => (slot.trade === null ? [] : [{ slot, trade: slot.trade }]));
}
