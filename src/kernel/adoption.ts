// Exposure that no order of ours explains, once it is confirmed: taken over into the book, so that what we hold is what the venue holds.

import { assert } from '../domain/assert.ts';
import type { StrategyClass, SymbolName, TradeId } from '../domain/ids.ts';
import { quoteOf } from '../domain/instrument.ts';
import { divideHalfEven, type Money, minus, NO_MONEY, negated, plus } from '../domain/money.ts';
import type { EpochMs, Lots, SignedLots } from '../domain/steps.ts';
import { emptySlot, emptyTrade } from './create.ts';
import { openQuoteOf, ownPosition, positionOf, totalsOf } from './exposure.ts';
import { foreignTotals } from './foreign.ts';
import { bookTrade, nextPostingId, post } from './ledger.ts';
import { differenceOf, isConclusive, isConfirmed, settleMismatchReason } from './mismatch.ts';
import { place, slotsOf } from './places.ts';
import type { Book, KernelState, Slot, Trade } from './state.ts';
import { setDue } from './timers.ts';
import { quarantine, settleSlot } from './trade-life.ts';
import { notify, type Transaction, touchSlot } from './transaction.ts';

export const ORPHAN = 'orphan' as StrategyClass;

/** Takes over every difference that is a fact by now. Called once the fills of a round are known: the journal explains what it can first. */
export function adoptConfirmed(tx: Transaction): void {
  for (const book of tx.state.books.values()) {
    if (!isConfirmed(tx.state, book)) continue;
    if (tx.state.config.account === 'shared') leaveToOthers(tx, book);
    else adopt(tx, book);
  }
  settleMismatchReason(tx);
}

/** Whatever is beyond us belongs to others. Where less than ours is left in our direction, no order that only reduces gets us out. */
function leaveToOthers(tx: Transaction, book: Book): void {
  const own = ownPosition(tx.state, book.symbol);
  const venue = book.venuePosition ?? 0;
  book.foreignPosition = (venue - own) as SignedLots;
  book.mismatch = null;
  if (own === 0 || venue * Math.sign(own) >= Math.abs(own)) return;
  for (const slot of slotsOf(tx.state, book.symbol)) {
    if (slot.trade === null || positionOf(slot.trade) === 0) continue;
    quarantine(
      tx,
      slot,
      `we hold ${own} lots of ${book.symbol}, and the venue ${venue}, so there is no way out`,
    );
  }
}

/**
 * A person says that what the venue does not hold of a slot in a shared account is gone: no order that only reduces gets it out, and nobody
 * here can know who closed it. Where the picture may be older than our own last act, nothing is.
 *
 * @returns how many lots were given up.
 */
export function giveUpLost(tx: Transaction, slot: Slot): Lots {
  const { trade } = slot;
  const book = trade === null ? undefined : tx.state.books.get(trade.symbol);
  if (trade === null || book === undefined) return 0 as Lots;
  const { venuePosition, venueAskedAtMs } = book;
  if (venuePosition === null || venueAskedAtMs === null) return 0 as Lots;
  if (!isConclusive(tx.state, book, venueAskedAtMs)) return 0 as Lots;
  const own = ownPosition(tx.state, trade.symbol);
  const left = Math.max(0, venuePosition * Math.sign(own));
  const lost = Math.min(Math.abs(positionOf(trade)), Math.max(0, Math.abs(own) - left)) as Lots;
  if (lost === 0) return lost;
  reduce(tx, slot, trade, lost);
  book.foreignPosition = (venuePosition - ownPosition(tx.state, trade.symbol)) as SignedLots;
  return lost;
}

/** What our slots hold against the difference is gone; the rest came without being asked for. */
function adopt(tx: Transaction, book: Book): void {
  const { state } = tx;
  if (!state.instruments.has(book.symbol)) return;
  const rest = reduceOurs(tx, book, differenceOf(state, book));
  if (rest === 0 || adoptOrphan(tx, book, rest)) {
    book.mismatch = null;
    return;
  }
  const text = `The venue holds ${rest} lots of ${book.symbol} that are not ours, and no slot is left for them.`;
  notify(tx, 'critical', 'TOO_MANY_ORPHANS', text);
  const againAtMs = (tx.nowMs + state.config.resync.everyMs) as EpochMs;
  book.mismatch = { difference: rest, firstAskedAtMs: againAtMs };
}

/** Closes up to `difference` lots of what our slots hold the other way: orphans first, since what they hold was believed the least. */
function reduceOurs(tx: Transaction, book: Book, difference: SignedLots): SignedLots {
  let rest: number = difference;
  for (const slot of [...slotsOf(tx.state, book.symbol)].reverse()) {
    const { trade } = slot;
    if (rest === 0 || trade === null) continue;
    const position = positionOf(trade);
    if (position === 0 || Math.sign(position) === Math.sign(rest)) continue;
    const closed = Math.min(Math.abs(position), Math.abs(rest)) as Lots;
    reduce(tx, slot, trade, closed);
    rest -= Math.sign(rest) * closed;
  }
  return rest as SignedLots;
}

function reduce(tx: Transaction, slot: Slot, trade: Trade, closed: Lots): void {
  const isBuy = positionOf(trade) < 0;
  const ofOthers = quoteOfOthers(tx.state, trade, isBuy, closed);
  addAdopted(trade, isBuy, closed, ofOthers ?? quoteWithoutTrace(tx.state, trade, closed));
  if (positionOf(trade) === 0 && trade.closeReason === '') trade.closeReason = 'ADOPTION';
  const before = trade.bookedRealized;
  bookTrade(tx, trade, 'adoption');
  if (ofOthers !== null) takeBack(tx, trade, isBuy, minus(trade.bookedRealized, before));
  const text = `${closed} lots of ${trade.tradeId} (${trade.symbol}) are gone at the venue, and no order of ours closed them.`;
  notify(tx, 'critical', 'POSITION_REDUCED', text);
  settleSlot(tx, slot);
}

function addAdopted({ adopted }: Trade, isBuy: boolean, lots: Lots, quote: Money): void {
  if (isBuy) {
    adopted.buyLots = (adopted.buyLots + lots) as Lots;
    adopted.buyQuote = plus(adopted.buyQuote, quote);
  } else {
    adopted.sellLots = (adopted.sellLots + lots) as Lots;
    adopted.sellQuote = plus(adopted.sellQuote, quote);
  }
}

/** Since when the venue held it, by the venue's own clock; by ours, with room for how far apart the two may be, where no fill said so. */
function heldSinceMs(state: KernelState, trade: Trade): EpochMs {
  return trade.filledSinceMs ?? (Math.max(0, trade.openedAtMs - state.config.resync.overlapMs) as EpochMs);
}

/** What `closed` lots went for at the average of the fills of others since the trade began; `null`: those cannot explain so many. */
function quoteOfOthers(state: KernelState, trade: Trade, isBuy: boolean, closed: Lots): Money | null {
  const { adopted } = trade;
  const fills = foreignTotals(state, trade.symbol, heldSinceMs(state, trade));
  const lots = isBuy ? fills.buyLots - adopted.buyLots : fills.sellLots - adopted.sellLots;
  const quote = isBuy ? fills.buyQuote - adopted.buyQuote : fills.sellQuote - adopted.sellQuote;
  if (lots < closed || quote <= 0n) return null;
  return divideHalfEven(quote * BigInt(closed), BigInt(lots)) as Money;
}

/**
 * A trade of ours that nothing explains is closed at the mark. An orphan is closed at its cost: most likely it was a fill of ours that
 * came late, which books its own profit.
 */
function quoteWithoutTrace(state: KernelState, trade: Trade, closed: Lots): Money {
  const mark = state.marks.get(trade.symbol);
  const instrument = state.instruments.get(trade.symbol);
  if (trade.strategyClass !== ORPHAN && mark !== undefined && instrument !== undefined)
    return quoteOf(instrument, closed, mark.mark);
  const open = openQuoteOf(totalsOf(trade));
  return divideHalfEven(open * BigInt(closed), BigInt(Math.abs(positionOf(trade)))) as Money;
}

/** The profit of those fills was explained as that of others. Now K holds it, and it must not be counted twice. */
function takeBack(tx: Transaction, trade: Trade, isBuy: boolean, realized: Money): void {
  const side = isBuy ? 'BUY' : 'SELL';
  const sinceMs = heldSinceMs(tx.state, trade);
  for (const { report } of tx.state.ledger.foreign.values()) {
    const isOfThose = report.symbol === trade.symbol && report.side === side && report.venueAtMs >= sinceMs;
    if (isOfThose && report.venueRealized === null) return;
  }
  if (realized === 0n) return;
  const { tradeId } = trade;
  const id = nextPostingId(tx.state, `adoption:${tradeId}`);
  post(tx, { id, account: 'foreign', amount: negated(realized), tradeId });
}

/** Puts a rest into a slot of its own, or to the orphan of the symbol that is there already. Returns whether there was room. */
function adoptOrphan(tx: Transaction, book: Book, rest: SignedLots): boolean {
  const { state } = tx;
  const lots = Math.abs(rest) as Lots;
  const quote = costOf(state, book, rest);
  const known = state.slots.find(({ trade }) => isOrphanOf(trade, book.symbol, rest));
  if (known?.trade !== null && known !== undefined) {
    addAdopted(known.trade, rest > 0, lots, quote);
    const text = `${rest} more lots of ${book.symbol} are held that no order of ours explains.`;
    notify(tx, 'critical', 'ORPHAN_GREW', text);
    settleSlot(tx, known);
    return true;
  }
  const slot = roomFor(state);
  if (slot === null) return false;
  const trade = makeOrphan(tx, book.symbol, rest);
  addAdopted(trade, rest > 0, lots, quote);
  setDue(state, 'slot', String(slot.id), slot, null);
  place(state, slot, trade);
  slot.quarantine = '';
  touchSlot(tx, slot);
  const text = `The venue holds ${rest} lots of ${book.symbol} that no order of ours explains: slot ${slot.id}, ${trade.tradeId}.`;
  notify(tx, 'critical', 'ORPHAN', text);
  settleSlot(tx, slot);
  return true;
}

function isOrphanOf(trade: Trade | null, symbol: SymbolName, rest: SignedLots): boolean {
  if (trade === null || trade.symbol !== symbol || trade.strategyClass !== ORPHAN) return false;
  return Math.sign(positionOf(trade)) === Math.sign(rest);
}

/** A slot beyond those that trade which holds nothing, or a new one within the bound. A status is only as new as the last event. */
function roomFor({ slots, config }: KernelState): Slot | null {
  const free = slots.find(({ id, trade }) => id >= config.maxSlots && (trade === null || trade.isClosed));
  if (free !== undefined) return free;
  if (slots.length >= config.maxSlots + config.bounds.orphanSlots) return null;
  const slot = emptySlot(slots.length);
  slots.push(slot);
  return slot;
}

/** The venue's cost of the whole position, less what ours in that direction cost: so that both together cost what the venue says. */
function costOf(state: KernelState, book: Book, rest: SignedLots): Money {
  let ours = NO_MONEY;
  for (const { trade } of slotsOf(state, book.symbol)) {
    if (trade === null || Math.sign(positionOf(trade)) !== Math.sign(rest)) continue;
    ours = plus(ours, openQuoteOf(totalsOf(trade)));
  }
  const cost = minus(book.venueEntryQuote, ours);
  if (cost > 0n) return cost;
  const venue = Math.abs(book.venuePosition ?? 0);
  assert(venue > 0, () => `an orphan of ${book.symbol}, of which the venue holds nothing`);
  return divideHalfEven(book.venueEntryQuote * BigInt(Math.abs(rest)), BigInt(venue)) as Money;
}

function makeOrphan(tx: Transaction, symbol: SymbolName, rest: SignedLots): Trade {
  const { state, nowMs } = tx;
  state.tradeSeq += 1;
  const trade = emptyTrade({
    tradeId: `orphan-${symbol}-${state.tradeSeq}` as TradeId,
    tradeSeq: state.tradeSeq,
    symbol,
    side: rest > 0 ? 'LONG' : 'SHORT',
    strategyClass: ORPHAN,
    conviction: 1,
    exchangeLeverage: 1,
    openedAtMs: nowMs,
    exitLegRatios: [],
  });
  state.trades.set(trade.tradeId, trade);
  return trade;
}
