// A kernel that has seen nothing yet: flat as far as it knows, which is not far, so nobody may enter.

import { assert } from '../domain/assert.ts';
import type { SymbolName } from '../domain/ids.ts';
import { NO_MONEY } from '../domain/money.ts';
import { type EpochMs, NO_LOTS, type SignedLots } from '../domain/steps.ts';
import type { KernelConfig } from './config.ts';
import { NO_TOTALS } from './exposure.ts';
import type { Book, KernelState, Ledger, Slot, Trade } from './state.ts';

const NEVER = 0 as EpochMs;
const SLOTS_MAX = 1_024;

/**
 * Returns the state before the first event.
 *
 * @throws InvariantError where the configuration cannot be: no instrument, two of one symbol, or slots outside 1 to 1,024.
 */
export function createKernel(config: KernelConfig): KernelState {
  const { maxSlots, instruments } = config;
  assert(Number.isInteger(maxSlots) && maxSlots >= 1 && maxSlots <= SLOTS_MAX, `max slots: ${maxSlots}`);
  const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  assert(instruments.length > 0 && bySymbol.size === instruments.length, 'one instrument for each symbol');
  return {
    config,
    seq: 0,
    nowMs: NEVER,
    hashHigh: 0,
    hashLow: 0,
    runId: null,
    tradeSeq: 0,
    tradesClosed: 0,
    instruments: bySymbol,
    marks: new Map(),
    books: new Map(instruments.map(({ symbol }) => [symbol, emptyBook(symbol)])),
    slots: Array.from({ length: maxSlots }, (_, id) => emptySlot(id)),
    trades: new Map(),
    orders: new Map(),
    byVenueId: new Map(),
    finalOrders: [],
    liveOrders: 0,
    lastOwnFillAtMs: null,
    parked: { byVenueId: new Map(), dueAtMs: null },
    timers: [],
    wakeAtMs: null,
    ledger: emptyLedger(),
    feeRatios: new Map(),
    trading: { command: 'RUN', reasons: new Map(), permissions: new Map(), permissionsVersion: null },
    resync: {
      part: null,
      requestId: 0,
      askedAtMs: NEVER,
      startedAtMs: NEVER,
      isComplete: false,
      isWanted: false,
      knownToMs: null,
      dueAtMs: null,
      nextRequestId: 1,
      isStreamUp: false,
    },
    rememberedIds: new Map(),
    entryTimesMs: [],
    outcomes: new Map(),
    diagnostics: new Map(),
  };
}

export function emptySlot(id: number): Slot {
  return { id, status: 'FREE', trade: null, dueAtMs: null, quarantine: '', wasRejected: false };
}

/** What a trade is from its begin on. */
type TradeIdentity = Pick<
  Trade,
  | 'tradeId'
  | 'tradeSeq'
  | 'symbol'
  | 'side'
  | 'strategyClass'
  | 'conviction'
  | 'exchangeLeverage'
  | 'openedAtMs'
  | 'exitLegRatios'
>;

/** A trade of which nothing was ordered yet. Written out field by field, since a copy of `identity` would cost each entry more. */
export function emptyTrade(identity: TradeIdentity): Trade {
  return {
    tradeId: identity.tradeId,
    tradeSeq: identity.tradeSeq,
    symbol: identity.symbol,
    side: identity.side,
    strategyClass: identity.strategyClass,
    conviction: identity.conviction,
    exchangeLeverage: identity.exchangeLeverage,
    openedAtMs: identity.openedAtMs,
    filledSinceMs: null,
    exitLegRatios: identity.exitLegRatios,
    legIndex: 0,
    slot: 0,
    orders: [],
    adopted: { ...NO_TOTALS },
    entry: null,
    exit: null,
    attempts: 0,
    bookedRealized: NO_MONEY,
    bookedFunding: NO_MONEY,
    closeReason: '',
    isClosed: false,
  };
}

export function emptyBook(symbol: SymbolName): Book {
  return {
    symbol,
    slotIds: [],
    lastOwnFillAtMs: null,
    lastOwnActAtMs: null,
    venuePosition: null,
    venueGross: NO_LOTS,
    venueEntryQuote: NO_MONEY,
    venueAskedAtMs: null,
    foreignPosition: 0 as SignedLots,
    mismatch: null,
  };
}

function emptyLedger(): Ledger {
  return {
    seededAtMs: null,
    wallet: NO_MONEY,
    explained: NO_MONEY,
    balances: {
      seed: NO_MONEY,
      realized: NO_MONEY,
      fee_predicted: NO_MONEY,
      fee_settled: NO_MONEY,
      funding: NO_MONEY,
      adoption: NO_MONEY,
      transfer: NO_MONEY,
      foreign: NO_MONEY,
    },
    postings: 0,
    venueWallet: null,
    availableMargin: null,
    usedMargin: null,
    venueAtMs: null,
    marginAtMs: null,
    marginHeardAtMs: null,
    residual: NO_MONEY,
    band: 'UNKNOWN',
    warnSinceMs: null,
    dueAtMs: null,
    foreign: new Map(),
    transactions: new Map(),
    day: 0,
    dayStartWallet: NO_MONEY,
  };
}
