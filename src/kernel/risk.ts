// The gates of an entry, in one list, the cheap ones first: whatever sends an entry (the first order, a new quote, a market order) passes it.

import type { IntentId, StrategyClass, SymbolName } from '../domain/ids.ts';
import { type Instrument, quoteOf, roughQuoteOf } from '../domain/instrument.ts';
import { type Money, minus, moneyText, NO_MONEY, negated, plus, shareOf } from '../domain/money.ts';
import type { EpochMs, Lots, PriceTicks } from '../domain/steps.ts';
import { positionOf } from './exposure.ts';
import { dayResult } from './ledger.ts';
import { CONVICTION_MAX, CONVICTION_MIN } from './leverage.ts';
import { isFinal, isInDoubt } from './order-fsm.ts';
import type { OutcomeCode } from './outcome.ts';
import { slotsOf } from './places.ts';
import { flatProof } from './proof.ts';
import { freshMark, isWithinChase } from './router/quote.ts';
import { isFree } from './slot-fsm.ts';
import type { KernelState, Mark, Slot } from './state.ts';
import { effectiveState, reasonsOf } from './trading.ts';

const MINUTE_MS = 60_000;

/** An entry that is well-formed: whole steps, a slot and an instrument that exist. Whether it may be is another question. */
export interface EntryCandidate {
  readonly slot: number;
  readonly symbol: SymbolName;
  readonly side: 'LONG' | 'SHORT';
  readonly strategyClass: StrategyClass;
  readonly reference: PriceTicks;
  readonly quantity: Lots;
  readonly conviction: number;
  readonly exchangeLeverage: number;
  readonly intentId: IntentId;
  readonly exitLegRatios: readonly number[];
}

/** Why not: a code that is counted, and its figures as `key=value key=value`. */
export interface Denial {
  readonly code: OutcomeCode;
  readonly details: string;
}

/** Which order of an entry asks. A retry is any order of an entry that already has its slot, so its slot is its own. */
interface Attempt {
  readonly isRetry: boolean;
  /** Of the order that is to go out; `null`: a market order, or not known yet. */
  readonly limit: PriceTicks | null;
}

interface Case {
  readonly state: KernelState;
  readonly nowMs: EpochMs;
  readonly candidate: EntryCandidate;
  readonly attempt: Attempt;
  readonly instrument: Instrument;
}

/** A case whose prices are known and young. */
interface PricedCase extends Case {
  /** What the order would trade at now. */
  readonly orderPrice: PriceTicks;
  /** What it costs at the dearer of that price and the mark. */
  readonly notional: Money;
  readonly mark: Mark;
}

type Check<Of> = (of: Of) => Denial | null;

const CHECKS: readonly Check<Case>[] = [
  command,
  reasons,
  reconciling,
  permission,
  slotBusy,
  symbolBusy,
  inDoubt,
  hotWindow,
  leverage,
  rate,
  venueFlat,
];

const PRICED_CHECKS: readonly Check<PricedCase>[] = [
  priceBand,
  minQuantity,
  minNotional,
  maxNotional,
  maxPosition,
  margin,
  dailyLoss,
];

/**
 * Returns why an entry may not go out now, or `null` where it may. It is total: a candidate of nonsense is denied like any other.
 *
 * A first look (`isRetry: false`) does not need the proof that the venue is flat, which is asked for afterwards; an order does.
 */
export function entryDenial(
  state: KernelState,
  nowMs: EpochMs,
  candidate: EntryCandidate,
  attempt: Attempt,
): Denial | null {
  const instrument = state.instruments.get(candidate.symbol);
  if (instrument === undefined) return deny('UNKNOWN_INSTRUMENT', `symbol=${wordOf(candidate.symbol)}`);
  const malformed = wholeSteps(candidate, attempt);
  if (malformed !== null) return malformed;
  const entry: Case = { state, nowMs, candidate, attempt, instrument };
  for (const check of CHECKS) {
    const denial = check(entry);
    if (denial !== null) return denial;
  }
  const mark = freshMark(state, candidate.symbol, nowMs);
  if (mark === null) return staleMark(entry);
  const touch = candidate.side === 'LONG' ? mark.ask : mark.bid;
  const orderPrice = attempt.limit ?? touch;
  const dearer = Math.max(orderPrice, mark.mark) as PriceTicks;
  const notional = quoteOf(instrument, candidate.quantity, dearer);
  const priced: PricedCase = { ...entry, mark, orderPrice, notional };
  for (const check of PRICED_CHECKS) {
    const denial = check(priced);
    if (denial !== null) return denial;
  }
  return null;
}

function deny(code: OutcomeCode, details: string): Denial {
  return { code, details };
}

/** A word of somebody else as one value of `key=value`: short, and without spaces. */
export function wordOf(word: unknown): string {
  return typeof word === 'string' ? word.slice(0, 40).replace(/[\s=]/g, '_') : typeof word;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function wholeSteps(candidate: EntryCandidate, attempt: Attempt): Denial | null {
  if (!isCount(candidate.reference)) return deny('INVALID_INTENT', 'field=reference');
  if (!Number.isSafeInteger(candidate.quantity) || candidate.quantity < 0)
    return deny('INVALID_INTENT', 'field=quantity');
  if (candidate.side !== 'LONG' && candidate.side !== 'SHORT') return deny('INVALID_INTENT', 'field=side');
  if (attempt.limit !== null && !isCount(attempt.limit)) return deny('INVALID_INTENT', 'field=limit');
  return null;
}

function command({ state }: Case): Denial | null {
  const { command: told } = state.trading;
  if (told === 'RUN') return null;
  const code = told === 'FLATTENING' ? 'REDUCE_ONLY' : told;
  return deny(code, `command=${told}`);
}

function reasons({ state }: Case): Denial | null {
  const effective = effectiveState(state);
  if (effective === 'RUN') return null;
  const { reasons: known } = state.trading;
  const details = `reasons=${reasonsOf(state).join(',')}`;
  if (effective === 'REDUCE_ONLY') return deny('REDUCE_ONLY', details);
  if (known.has('STARTING')) return deny('STALE_STATE_RECONCILING', details);
  return deny(known.has('MODE_MISMATCH') ? 'MODE_MISMATCH' : 'ENTRY_FROZEN', details);
}

/** A kernel that has not begun, or that has not seen the venue's whole picture since, knows too little. */
function reconciling({ state }: Case): Denial | null {
  if (state.runId !== null && state.resync.isComplete) return null;
  return deny('STALE_STATE_RECONCILING', `part=${state.resync.part ?? 'none'}`);
}

function permission({ state, candidate }: Case): Denial | null {
  const { strategyClass } = candidate;
  const known = state.trading.permissions.get(strategyClass);
  const details = `class=${wordOf(strategyClass)}`;
  if (known === undefined) return deny('STRATEGY_UNKNOWN', details);
  return known.isEnabled && known.sizePpm > 0 ? null : deny('STRATEGY_DISABLED', details);
}

/** Busy is what the slot holds, whatever the ids of it and of the candidate are. */
function slotBusy({ state, candidate, attempt }: Case): Denial | null {
  const slot = candidate.slot < state.config.maxSlots ? state.slots[candidate.slot] : undefined;
  if (slot === undefined) return deny('UNKNOWN_SLOT', `slot=${candidate.slot}`);
  if (attempt.isRetry) return null;
  const details = `slot=${slot.id} status=${slot.status}`;
  if (slot.status === 'QUARANTINED' || slot.status === 'ORPHAN') return deny('UNRESOLVED_SLOT', details);
  const isTaken = slot.trade !== null && !slot.trade.isClosed;
  return isFree(slot.status) && !isTaken ? null : deny('SLOT_BUSY', details);
}

/** One-way: a symbol has one net position, so it belongs to one slot. Hedge: so does each of its sides. */
function symbolBusy({ state, candidate }: Case): Denial | null {
  for (const { id, trade } of slotsOf(state, candidate.symbol)) {
    if (id === candidate.slot || trade === null || trade.isClosed) continue;
    if (state.config.positionMode === 'one_way' || trade.side === candidate.side)
      return deny('SLOT_BUSY', `slot=${id} symbol=${candidate.symbol}`);
  }
  return null;
}

function inDoubt({ state, candidate }: Case): Denial | null {
  for (const { trade } of slotsOf(state, candidate.symbol)) {
    for (const order of trade?.orders ?? [])
      if (isInDoubt(order.status)) return deny('IN_DOUBT', `order=${order.clientOrderId}`);
  }
  return null;
}

/** A fill of ours on any symbol, heard of in any way: the venue's views of positions and of margin lag behind it. */
function hotWindow({ state, nowMs }: Case): Denial | null {
  const { hotWindowMs } = state.config.limits;
  const { lastOwnFillAtMs } = state;
  if (lastOwnFillAtMs === null || nowMs - lastOwnFillAtMs >= hotWindowMs) return null;
  return deny('HOT_WINDOW', `age_ms=${nowMs - lastOwnFillAtMs}`);
}

function leverage({ state, candidate, instrument }: Case): Denial | null {
  const { conviction, exchangeLeverage } = candidate;
  if (!(conviction >= CONVICTION_MIN))
    return deny('INVALID_INTENT', `conviction=${conviction} min=${CONVICTION_MIN}`);
  if (conviction > CONVICTION_MAX)
    return deny('MAX_LEVERAGE', `conviction=${conviction} max=${CONVICTION_MAX}`);
  const max = Math.min(state.config.limits.maxLeverage, instrument.maxLeverage);
  if (isCount(exchangeLeverage) && exchangeLeverage <= max) return null;
  return deny('MAX_LEVERAGE', `leverage=${exchangeLeverage} max=${max}`);
}

/** Of the entries that are remembered, which are at most as many as may be in a minute, the oldest decides. */
function rate({ state, nowMs }: Case): Denial | null {
  const { maxEntriesPerMinute } = state.config.limits;
  const [oldest] = state.entryTimesMs;
  if (maxEntriesPerMinute > 0) {
    if (state.entryTimesMs.length < maxEntriesPerMinute || oldest === undefined) return null;
    if (nowMs - oldest >= MINUTE_MS) return null;
  }
  return deny('RATE', `entries=${state.entryTimesMs.length} max_per_minute=${maxEntriesPerMinute}`);
}

/** Compared with our own book of the symbol alone: what others hold elsewhere is no reason. */
function venueFlat({ state, nowMs, candidate, attempt }: Case): Denial | null {
  const proof = flatProof(state, candidate.symbol, nowMs);
  if (proof === 'FLAT' || (proof === 'STALE' && !attempt.isRetry)) return null;
  const held = state.books.get(candidate.symbol)?.venuePosition ?? 'unknown';
  return deny('VENUE_NOT_FLAT', `symbol=${candidate.symbol} proof=${proof} venue_lots=${held}`);
}

function staleMark({ state, nowMs, candidate }: Case): Denial {
  const known = state.marks.get(candidate.symbol);
  const age = known === undefined ? 'none' : nowMs - known.atMs;
  return deny(
    'STALE_MARK',
    `symbol=${candidate.symbol} age_ms=${age} max_ms=${state.config.limits.staleMarkMs}`,
  );
}

/** Both what the policy saw and what the order would trade at, a market order too, have to be near the mark. */
function priceBand({ state, candidate, orderPrice, mark }: PricedCase): Denial | null {
  const { priceBandPpm } = state.config.limits;
  for (const price of [candidate.reference, orderPrice]) {
    if (!isWithinChase(mark.mark, price, priceBandPpm))
      return deny('PRICE_BAND', `price=${price} mark=${mark.mark} band_ppm=${priceBandPpm}`);
  }
  return null;
}

function minQuantity({ candidate, instrument }: PricedCase): Denial | null {
  if (candidate.quantity > 0 && candidate.quantity >= instrument.minLots) return null;
  return deny('MIN_QUANTITY', `lots=${candidate.quantity} min=${instrument.minLots}`);
}

function minNotional({ candidate, instrument, orderPrice }: PricedCase): Denial | null {
  const notional = quoteOf(instrument, candidate.quantity, orderPrice);
  if (notional >= instrument.minNotional) return null;
  return deny('MIN_NOTIONAL', `notional=${moneyText(notional)} min=${moneyText(instrument.minNotional)}`);
}

function maxNotional({ state, notional }: PricedCase): Denial | null {
  const { maxNotional: max } = state.config.limits;
  if (notional <= max) return null;
  return deny('MAX_NOTIONAL', `notional=${moneyText(notional)} max=${moneyText(max)}`);
}

/** All that is held and all that is under way, at marks, as if every entry filled whole. Longs and shorts do not cancel out. */
function maxPosition({ state, candidate, notional }: PricedCase): Denial | null {
  const { maxPositionNotional: max } = state.config.limits;
  if (isFarBelow(state, candidate.slot, notional, max)) return null;
  let total = notional;
  for (const slot of state.slots) {
    const worst = worstLotsOf(slot, candidate.slot);
    if (worst === 0 || slot.trade === null) continue;
    const { symbol } = slot.trade;
    const instrument = state.instruments.get(symbol);
    const mark = state.marks.get(symbol);
    if (instrument === undefined || mark === undefined)
      return deny('STALE_MARK', `symbol=${symbol} slot=${slot.id} age_ms=none`);
    total = plus(total, quoteOf(instrument, worst, mark.mark));
  }
  if (total <= max) return null;
  return deny('MAX_POSITION', `notional=${moneyText(total)} max=${moneyText(max)}`);
}

/** Whether all slots together are so far below the limit that no rounding matters: exact sums over many slots cost too much to begin with. */
function isFarBelow(state: KernelState, own: number, notional: Money, max: Money): boolean {
  let rough = Number(notional);
  for (const slot of state.slots) {
    if (slot.trade === null || slot.trade.isClosed) continue;
    const instrument = state.instruments.get(slot.trade.symbol);
    const mark = state.marks.get(slot.trade.symbol);
    if (instrument === undefined || mark === undefined) return false;
    rough += roughQuoteOf(instrument, worstLotsOf(slot, own), mark.mark);
  }
  return rough * (1 + ROUGH_ERROR) < Number(max);
}

const ROUGH_ERROR = 1e-9;

/** What a slot may come to hold; of the candidate's own slot only what it holds already, since the candidate is the rest. */
function worstLotsOf(slot: Slot, own: number): Lots {
  const { trade } = slot;
  if (trade === null || trade.isClosed) return 0 as Lots;
  let worst = Math.abs(positionOf(trade));
  if (slot.id === own) return worst as Lots;
  for (const order of trade.orders) {
    if (order.role === 'entry' && !isFinal(order.status))
      worst += Math.max(0, order.quantity - order.filledLots);
  }
  if (trade.entry?.phase === 'proof' && !trade.entry.isAbandoned) worst += trade.entry.quantity;
  return worst as Lots;
}

/** What the venue would block and charge, against what it last said is free. Unknown is not zero, and not enough either. */
function margin({ state, nowMs, candidate, instrument, notional }: PricedCase): Denial | null {
  const availableMargin = knownMargin(state, nowMs);
  const leverage = BigInt(candidate.exchangeLeverage);
  const blocked = ((notional + leverage - 1n) / leverage) as Money;
  const fee = shareOf(notional, instrument.takerFeePpm);
  const needed = plus(blocked, fee > NO_MONEY ? fee : NO_MONEY);
  if (availableMargin !== null && minus(availableMargin, needed) >= NO_MONEY) return null;
  const available = availableMargin === null ? 'unknown' : moneyText(availableMargin);
  return deny('MARGIN', `needed=${moneyText(needed)} available=${available}`);
}

/** Margin that two rounds in a row have not confirmed is not known any more. */
function knownMargin({ ledger, config }: KernelState, nowMs: EpochMs): Money | null {
  const { availableMargin, marginHeardAtMs } = ledger;
  if (marginHeardAtMs === null || nowMs - marginHeardAtMs > 2 * config.resync.everyMs) return null;
  return availableMargin;
}

function dailyLoss({ state }: PricedCase): Denial | null {
  const { maxDailyLoss } = state.config.limits;
  const loss = negated(dayResult(state));
  return loss < maxDailyLoss
    ? null
    : deny('DAILY_LOSS', `loss=${moneyText(loss)} max=${moneyText(maxDailyLoss)}`);
}
