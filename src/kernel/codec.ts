// Events as lines of JSON and back, exactly: what the journal holds is what the kernel was told, to the last digit.

import type {
  ClientOrderId,
  IntentId,
  RunId,
  StrategyClass,
  SymbolName,
  TradeId,
  VenueOrderId,
} from '../domain/ids.ts';
import type { Instrument, Step } from '../domain/instrument.ts';
import type { Money } from '../domain/money.ts';
import type { Problem } from '../domain/problem.ts';
import type { Result } from '../domain/result.ts';
import type { EpochMs, Lots, Ppm, PriceTicks, SignedLots } from '../domain/steps.ts';
import {
  type BalanceReport,
  type CancelResult,
  type IncomeRow,
  type Known,
  type OrderReport,
  type QueryResult,
  REJECT_CODES,
  type Rejected,
  type SubmitResult,
  type Unknown,
  type VenuePosition,
} from '../domain/venue.ts';
import {
  bigInteger,
  byKind,
  flag,
  integer,
  listOf,
  oneOf,
  orNull,
  readFrom,
  real,
  record,
  type Shape,
  text,
  written,
} from './codec-shape.ts';
import type { KernelEvent, Permission } from './event.ts';

/**
 * Returns the event as one line of JSON without a line end; amounts are decimal digits in quotes.
 *
 * @returns the text, or the first part of the event that no text stands for, as a quantity that is not whole: such an event must not
 * be applied, since nobody could apply it again.
 */
export function encodeEvent(event: KernelEvent): Result<string, Problem> {
  return written(EVENT, event);
}

/** Reads what {@link encodeEvent} wrote. Fields may come in any order, and none may be missing or strange. */
export function decodeEvent(line: string): Result<KernelEvent, Problem> {
  return readFrom(EVENT, line);
}

const ms = integer<EpochMs>();
const lots = integer<Lots>();
const count = integer<number>();
const ticks = integer<PriceTicks>();
const rate = integer<Ppm>();
const amount = bigInteger<Money>();
const words = text<string>();
const symbol = text<SymbolName>();
const clientOrderId = text<ClientOrderId>();
const venueOrderId = text<VenueOrderId>();
const strategyClass = text<StrategyClass>();

const REPORT: Shape<OrderReport> = record<OrderReport>({
  symbol,
  venueOrderId,
  clientOrderId: orNull(clientOrderId),
  side: oneOf('BUY', 'SELL'),
  status: oneOf('NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED', 'REJECTED'),
  orderedLots: lots,
  filledLots: lots,
  filledQuote: orNull(amount),
  isQuoteExact: flag,
  fee: orNull(amount),
  feeAsset: orNull(words),
  isMaker: orNull(flag),
  cause: oneOf('order', 'liquidation', 'adl'),
  venueRealized: orNull(amount),
  venueAtMs: ms,
});

const UNKNOWN = record<Unknown>({
  kind: oneOf('UNKNOWN'),
  cause: oneOf('TIMEOUT', 'CONNECTION', 'SERVER', 'UNREADABLE', 'NOT_SENT'),
});
const REJECT = record<Rejected>({ kind: oneOf('REJECT'), code: oneOf(...REJECT_CODES), text: words });

const SUBMIT_RESULT = byKind<SubmitResult>({
  ACK: record({ kind: oneOf('ACK'), venueOrderId, report: orNull(REPORT) }),
  REJECT,
  UNKNOWN,
});
const CANCEL_RESULT = byKind<CancelResult>({
  ACK: record({ kind: oneOf('ACK'), report: orNull(REPORT) }),
  REJECT,
  UNKNOWN,
});
const QUERY_RESULT = byKind<QueryResult>({
  FOUND: record({ kind: oneOf('FOUND'), report: REPORT }),
  NOT_FOUND: record({ kind: oneOf('NOT_FOUND') }),
  UNKNOWN,
});

const known = <T>(row: Shape<T>): Shape<Known<T>> =>
  byKind<Known<T>>({ KNOWN: record({ kind: oneOf('KNOWN'), rows: listOf(row) }), UNKNOWN });

const POSITION = record<VenuePosition>({
  symbol,
  position: integer<SignedLots>(),
  entryQuote: amount,
  venueAtMs: ms,
});
const INCOME = record<IncomeRow>({
  transactionId: words,
  kind: oneOf('FUNDING', 'TRANSFER', 'REALIZED', 'FEE', 'OTHER'),
  symbol: orNull(symbol),
  amount,
  venueAtMs: ms,
});
const BALANCE = record<BalanceReport>({
  wallet: orNull(amount),
  availableMargin: orNull(amount),
  usedMargin: orNull(amount),
  venueAtMs: ms,
});
const STEP = record<Step>({ units: count, decimals: count });
const INSTRUMENT = record<Instrument>({
  symbol,
  tick: STEP,
  lot: STEP,
  minLots: lots,
  minNotional: amount,
  makerFeePpm: rate,
  takerFeePpm: rate,
  maxLeverage: count,
});
const PERMISSION = record<Permission>({ strategyClass, isEnabled: flag, sizePpm: rate });
const PICTURE = { atMs: ms, requestId: count, askedAtMs: ms };

const EVENT = byKind<KernelEvent>({
  START: record({ kind: oneOf('START'), atMs: ms, runId: text<RunId>() }),
  MARK: record({
    kind: oneOf('MARK'),
    atMs: ms,
    symbol,
    bid: ticks,
    ask: ticks,
    mark: ticks,
    quotedAtMs: ms,
  }),
  WAKE: record({ kind: oneOf('WAKE'), atMs: ms }),
  INTENT: record({
    kind: oneOf('INTENT'),
    atMs: ms,
    intentId: text<IntentId>(),
    action: oneOf('ENTER', 'EXIT', 'CANCEL', 'MARK_PRICE'),
    slot: count,
    tradeId: orNull(text<TradeId>()),
    symbol,
    side: oneOf('LONG', 'SHORT'),
    strategyClass,
    decidedAtMs: orNull(ms),
    referencePrice: orNull(real),
    size: orNull(real),
    leverage: orNull(real),
    exitLegRatios: listOf(orNull(real)),
    isUrgent: flag,
    reason: words,
  }),
  COMMAND: record({
    kind: oneOf('COMMAND'),
    atMs: ms,
    requestId: words,
    command: oneOf('RUN', 'ENTRY_FROZEN', 'REDUCE_ONLY', 'FLATTENING', 'HALTED', 'RESOLVE'),
    slot: orNull(count),
    who: words,
    why: words,
  }),
  PERMISSIONS: record({
    kind: oneOf('PERMISSIONS'),
    atMs: ms,
    version: words,
    permissions: orNull(listOf(PERMISSION)),
  }),
  SUBMIT_RESULT: record({ kind: oneOf('SUBMIT_RESULT'), atMs: ms, clientOrderId, result: SUBMIT_RESULT }),
  CANCEL_RESULT: record({ kind: oneOf('CANCEL_RESULT'), atMs: ms, clientOrderId, result: CANCEL_RESULT }),
  QUERY_RESULT: record({
    kind: oneOf('QUERY_RESULT'),
    atMs: ms,
    clientOrderId,
    askedAtMs: ms,
    result: QUERY_RESULT,
  }),
  REPORT: record({ kind: oneOf('REPORT'), atMs: ms, report: REPORT }),
  OPEN_ORDERS: record({ kind: oneOf('OPEN_ORDERS'), ...PICTURE, result: known(REPORT) }),
  POSITIONS: record({ kind: oneOf('POSITIONS'), ...PICTURE, result: known(POSITION) }),
  FILLS: record({ kind: oneOf('FILLS'), ...PICTURE, result: known(REPORT) }),
  INCOME: record({ kind: oneOf('INCOME'), ...PICTURE, result: known(INCOME) }),
  BALANCE: record({ kind: oneOf('BALANCE'), atMs: ms, requestId: orNull(count), result: known(BALANCE) }),
  STREAM: record({ kind: oneOf('STREAM'), atMs: ms, isUp: flag }),
  ACCOUNT: record({ kind: oneOf('ACCOUNT'), atMs: ms, positionMode: oneOf('one_way', 'hedge') }),
  INSTRUMENT: record({ kind: oneOf('INSTRUMENT'), atMs: ms, instrument: INSTRUMENT }),
  JOURNAL: record({ kind: oneOf('JOURNAL'), atMs: ms, isFull: flag }),
  DECISION: record({
    kind: oneOf('DECISION'),
    atMs: ms,
    decisionId: words,
    policy: words,
    action: words,
    symbol,
    reason: words,
    facts: words,
  }),
  MALFORMED: record({ kind: oneOf('MALFORMED'), atMs: ms, what: words, problem: words }),
});
