// What a policy may know of the kernel: its slots in units of the base and the quote currency, and what entries may be sized from.

import type { SymbolName } from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import { MONEY_SCALE, type Money } from '../domain/money.ts';
import type { EpochMs } from '../domain/steps.ts';
import { openQuoteOf, positionOf, totalsOf } from '../kernel/exposure.ts';
import type { KernelState, Slot, SlotStatus, Trade } from '../kernel/state.ts';
import type { SeenPrice, SlotView } from '../policy/policy.ts';

/** An orphan is held like any position: its exit is the policy's to decide, as that of every other. */
const STATUS: Readonly<Record<SlotStatus, SlotView['status']>> = {
  FREE: 'free',
  ENTERING: 'entering',
  OPEN: 'open',
  EXITING: 'exiting',
  CLOSED: 'blocked',
  ORPHAN: 'open',
  QUARANTINED: 'blocked',
};

/** Returns the slots of the kernel as a policy sees them; those beyond `maxSlots` only while they hold something. */
export function slotViews(
  state: KernelState,
  priceOf: (symbol: SymbolName) => SeenPrice | null,
): readonly SlotView[] {
  const { maxSlots } = state.config;
  return state.slots
    .filter((slot) => slot.id < maxSlots || slot.trade !== null)
    .map((slot) => slotView(state, slot, priceOf));
}

function slotView(
  state: KernelState,
  { id, status, trade }: Slot,
  priceOf: (symbol: SymbolName) => SeenPrice | null,
): SlotView {
  if (trade === null) {
    const isFree = status === 'FREE' && id < state.config.maxSlots;
    return { ...EMPTY, slot: id, status: isFree ? 'free' : 'blocked' };
  }
  const instrument = state.instruments.get(trade.symbol);
  const position = positionOf(trade);
  const lots = Math.abs(position);
  const size = instrument === undefined ? 0 : baseOf(instrument, lots);
  return {
    slot: id,
    status: STATUS[status],
    tradeId: trade.tradeId,
    symbol: trade.symbol,
    side: trade.side,
    strategyClass: trade.strategyClass,
    size,
    entryPrice: size > 0 && isPriced(trade, position) ? usdtOf(openQuoteOf(totalsOf(trade))) / size : null,
    openedAtMs: trade.openedAtMs,
    legIndex: trade.legIndex,
    price: priceOf(trade.symbol),
  };
}

/** Whether every fill on the side that is open has a price: a sum without some of them looks like a price far away. */
function isPriced({ orders }: Trade, position: number): boolean {
  const open = position > 0 ? 'BUY' : 'SELL';
  return orders.every(({ side, filledLots, pricedLots }) => side !== open || filledLots === pricedLots);
}

const EMPTY: Omit<SlotView, 'slot' | 'status'> = {
  tradeId: null,
  symbol: null,
  side: 'LONG',
  strategyClass: '',
  size: 0,
  entryPrice: null,
  openedAtMs: 0 as EpochMs,
  legIndex: 0,
  price: null,
};

/** Returns free margin, else the kernel's own wallet; `null` before the kernel has one. */
export function capitalUsdt({ ledger }: KernelState): number | null {
  const capital = ledger.availableMargin ?? (ledger.seededAtMs === null ? null : ledger.wallet);
  return capital === null ? null : usdtOf(capital);
}

/** For sizing and for people: a double, never money again. */
export function usdtOf(amount: Money): number {
  return Number(amount) / Number(MONEY_SCALE);
}

/** Returns lots in units of the base. */
function baseOf({ lot }: Instrument, lots: number): number {
  return (lots * lot.units) / 10 ** lot.decimals;
}

/** Returns ticks in the quote currency. */
export function priceOfTicks({ tick }: Instrument, ticks: number): number {
  return (ticks * tick.units) / 10 ** tick.decimals;
}
