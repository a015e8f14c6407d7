// All a kernel knows, as plain data: whoever has the same state and the same events has the same future.

import type {
  ClientOrderId,
  IntentId,
  RunId,
  StrategyClass,
  SymbolName,
  TradeId,
  VenueOrderId,
} from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Money } from '../domain/money.ts';
import type { EpochMs, Lots, Ppm, PriceTicks, SignedLots } from '../domain/steps.ts';
import type { OrderReport, OrderSide, OrderType, RejectCode } from '../domain/venue.ts';
import type { KernelConfig } from './config.ts';
import type { LedgerAccount, PicturePart } from './effect.ts';
import type { Permission, TradingCommand } from './event.ts';
import type { DiagnosticCode, OutcomeCode } from './outcome.ts';

/**
 * INTENDED: decided, not sent. SENT: sent, not answered. WORKING, PARTIAL: at the venue. IN_DOUBT: nobody knows whether it is there.
 * CANCEL_SENT, CANCEL_IN_DOUBT: at the venue or not any more. The last four are final, but still absorb fills that come late.
 */
export const ORDER_STATUSES = [
  'INTENDED',
  'SENT',
  'WORKING',
  'PARTIAL',
  'IN_DOUBT',
  'CANCEL_SENT',
  'CANCEL_IN_DOUBT',
  'FILLED',
  'CANCELED',
  'EXPIRED',
  'REJECTED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export type OrderRole = 'entry' | 'exit';

/** Cumulative facts of one order, and what of them is booked. */
export interface Order {
  readonly clientOrderId: ClientOrderId;
  venueOrderId: VenueOrderId | null;
  readonly tradeId: TradeId;
  readonly role: OrderRole;
  readonly attempt: number;
  readonly symbol: SymbolName;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly quantity: Lots;
  readonly limit: PriceTicks | null;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly leverage: number;
  status: OrderStatus;
  filledLots: Lots;
  /** How many of the filled lots `filledQuote` is the price of; fewer only while a fill without a price is being asked about. */
  pricedLots: Lots;
  filledQuote: Money;
  isQuoteExact: boolean;
  /** How many of the filled lots `fee` is the settled fee of. */
  feeLots: Lots;
  fee: Money;
  /** Rate of the prediction, fixed when the order was made. */
  readonly feePpm: Ppm;
  isMaker: boolean | null;
  /** What the ledger holds of this order. */
  bookedPredicted: Money;
  bookedSettled: Money;
  sentAtMs: EpochMs | null;
  /** The last act on the symbol before this order left: an order that is rejected moved nothing, and counts as none. */
  actBeforeMs: EpochMs | null;
  cancelSentAtMs: EpochMs | null;
  /** The venue would not cancel just now: not again before this instant. */
  cancelNotBeforeMs: EpochMs | null;
  /** When its status last changed. */
  changedAtMs: EpochMs;
  /** When the quote's time is over; `null`: it has none. */
  expiresAtMs: EpochMs | null;
  /** When this order is looked at again. */
  dueAtMs: EpochMs | null;
  /** How often in a row the venue did not find it. */
  absences: number;
  rejectCode: RejectCode | null;
  /** What was filled after it was final. */
  lateLots: Lots;
  /** Whether the router has heard of its end. */
  isEndNoted: boolean;
}

/** Sums over fills. A position is the difference of its lots. */
export interface Totals {
  buyLots: Lots;
  buyQuote: Money;
  sellLots: Lots;
  sellQuote: Money;
}

/** The entry that is under way: what was wanted, and how far the router has come. */
export interface EntryPlan {
  readonly intentId: IntentId;
  /** First reference; a chase is measured from it. */
  readonly reference: PriceTicks;
  readonly quantity: Lots;
  /** What the entry may cost at most, so that a retry never grows. */
  readonly notional: Money;
  /** What the next order is. */
  style: 'maker' | 'taker';
  /** proof: waiting to be shown that the symbol is flat. order: one is out, or its remainder is being canceled. */
  phase: 'proof' | 'order';
  /** Whether every gate was passed in this very event, for the very order that goes out first. */
  isCleared: boolean;
  /** Nothing more is sent for it. */
  isAbandoned: boolean;
  retries: number;
  /** When a proof that did not come ends the attempt; `null`: none was asked for. */
  proofDeadlineMs: EpochMs | null;
}

/** An exit that was asked for: it ends flat (or at `targetLots`), or in front of a person. */
export interface ExitPlan {
  readonly reason: string;
  readonly deadlineMs: EpochMs;
  /** What the position may still be when this leg is done; zero closes. */
  targetLots: Lots;
  isUrgent: boolean;
  phase: 'quote' | 'market';
  reprices: number;
  /** The same rejection in a row. */
  rejects: number;
  lastReject: RejectCode | null;
  /** No attempt before this instant. */
  notBeforeMs: EpochMs | null;
  /** Whether this exit takes the trade's next leg. */
  readonly isLeg: boolean;
  isOverdue: boolean;
}

/** One stretch of exposure, from the first order until everything of it is final and flat. */
export interface Trade {
  readonly tradeId: TradeId;
  readonly tradeSeq: number;
  readonly symbol: SymbolName;
  readonly side: 'LONG' | 'SHORT';
  readonly strategyClass: StrategyClass;
  /** How sure the policy was, 0.5 to 8; never multiplies profit. */
  readonly conviction: number;
  /** Whole, as the venue has it. */
  readonly exchangeLeverage: number;
  readonly openedAtMs: EpochMs;
  /** The venue's instant of the first fill that was heard of; our clock may be minutes apart from the venue's. */
  filledSinceMs: EpochMs | null;
  readonly exitLegRatios: readonly number[];
  /** The leg that the next exit takes. */
  legIndex: number;
  /** Slot that holds it, or held it last. */
  slot: number;
  readonly orders: Order[];
  /** Exposure that no order of ours explains. */
  readonly adopted: Totals;
  entry: EntryPlan | null;
  exit: ExitPlan | null;
  attempts: number;
  bookedRealized: Money;
  bookedFunding: Money;
  closeReason: string;
  isClosed: boolean;
}

/** FREE → ENTERING → OPEN → EXITING → CLOSED → FREE; ORPHAN holds what was adopted, QUARANTINED waits for a person. */
export const SLOT_STATUSES = [
  'FREE',
  'ENTERING',
  'OPEN',
  'EXITING',
  'CLOSED',
  'ORPHAN',
  'QUARANTINED',
] as const;
export type SlotStatus = (typeof SLOT_STATUSES)[number];

/** A place for one trade. Those from `maxSlots` on only hold what came without being asked for. */
export interface Slot {
  readonly id: number;
  status: SlotStatus;
  trade: Trade | null;
  /** When this slot is looked at again. */
  dueAtMs: EpochMs | null;
  /** Why a person has to look; empty unless QUARANTINED. */
  quarantine: string;
  /** Whether the entry that was here last was rejected, and nothing of it filled. */
  wasRejected: boolean;
}

export interface Mark {
  bid: PriceTicks;
  ask: PriceTicks;
  mark: PriceTicks;
  quotedAtMs: EpochMs;
  atMs: EpochMs;
}

/** What is known of one symbol beside its price. */
export interface Book {
  readonly symbol: SymbolName;
  /** The slots that hold a trade of it. */
  readonly slotIds: number[];
  lastOwnFillAtMs: EpochMs | null;
  /** The last order or cancel of ours that left, or report of ours that came. */
  lastOwnActAtMs: EpochMs | null;
  /** What the venue holds, by its newest picture. */
  venuePosition: SignedLots | null;
  /** The same without signs: in hedge mode a long and a short do not cancel out. */
  venueGross: Lots;
  venueEntryQuote: Money;
  venueAskedAtMs: EpochMs | null;
  /** What of it is not ours. Only in a shared account. */
  foreignPosition: SignedLots;
  /** Since when picture and book differ, and by how much. */
  mismatch: { readonly difference: SignedLots; readonly firstAskedAtMs: EpochMs } | null;
}

export type ReasonSeverity = 'ENTRY_FROZEN' | 'REDUCE_ONLY';

/** Why the kernel itself refuses entries. Each has an end. */
export const FREEZE_REASONS = [
  'STARTING',
  'STREAM_DOWN',
  'RECONCILE_ERROR',
  'BALANCE_UNKNOWN',
  'PERMISSIONS_UNKNOWN',
  'MODE_MISMATCH',
  'JOURNAL_FULL',
  'POSITION_MISMATCH',
  'ORPHAN',
  'QUARANTINE',
  'OVERFILL',
  'FORGOTTEN_ORDER',
] as const;
export type FreezeReason = (typeof FREEZE_REASONS)[number];

export interface Trading {
  /** What a person told it to do. */
  command: TradingCommand;
  readonly reasons: Map<FreezeReason, { readonly sinceMs: EpochMs; readonly text: string }>;
  readonly permissions: Map<StrategyClass, Permission>;
  permissionsVersion: string | null;
}

export type Band = 'UNKNOWN' | 'OK' | 'WARN' | 'ERROR';

/** Facts of an order that is not ours. */
export interface ForeignOrder {
  report: OrderReport;
  /** What of it is explained, or was in the wallet that K began from. */
  bookedAmount: Money;
}

export interface Ledger {
  /** The venue's instant of the wallet that K began from; facts of others before it are in it already. */
  seededAtMs: EpochMs | null;
  /** K: what our own postings say the wallet is. */
  wallet: Money;
  /** What is known of E that is not ours. */
  explained: Money;
  readonly balances: Record<LedgerAccount, Money>;
  postings: number;
  /** E: what the venue says the wallet is. */
  venueWallet: Money | null;
  availableMargin: Money | null;
  usedMargin: Money | null;
  /** When the venue's wallet was true, and when its margins were: a frame may bring either alone. */
  venueAtMs: EpochMs | null;
  marginAtMs: EpochMs | null;
  /** When margins were heard of last, by our own clock. */
  marginHeardAtMs: EpochMs | null;
  residual: Money;
  band: Band;
  warnSinceMs: EpochMs | null;
  dueAtMs: EpochMs | null;
  readonly foreign: Map<VenueOrderId, ForeignOrder>;
  /** Lines of the venue's account book that were taken, the oldest first, with their venue's instants. */
  readonly transactions: Map<string, EpochMs>;
  /** UTC day number, and K at its begin. */
  day: number;
  dayStartWallet: Money;
}

/** How settled fees compare with published rates. */
export interface FeeRatio {
  makerPpm: Ppm;
  takerPpm: Ppm;
}

export interface Resync {
  /** The part that is waited for; `null`: none. */
  part: PicturePart | null;
  requestId: number;
  askedAtMs: EpochMs;
  /** When the round began that is under way. */
  startedAtMs: EpochMs;
  /** Whether a whole round has ended since the kernel began, or since the stream came back. */
  isComplete: boolean;
  /** The next round begins when this one ends. */
  isWanted: boolean;
  /** FILLS and INCOME are known up to here. */
  knownToMs: EpochMs | null;
  dueAtMs: EpochMs | null;
  nextRequestId: number;
  isStreamUp: boolean;
}

export interface Parked {
  readonly reports: OrderReport[];
  readonly sinceMs: EpochMs;
}

/** Reports of orders whose venue id nothing binds yet. */
export interface ParkedFrames {
  readonly byVenueId: Map<VenueOrderId, Parked>;
  dueAtMs: EpochMs | null;
}

export type TimerOwner = 'order' | 'slot' | 'resync' | 'ledger' | 'parked';

/** Sorted by instant, owner and key; each owner has at most one. */
export interface Timer {
  readonly atMs: EpochMs;
  readonly owner: TimerOwner;
  readonly key: string;
}

export interface KernelState {
  readonly config: KernelConfig;
  /** How many events were applied. */
  seq: number;
  nowMs: EpochMs;
  /** Rolling hash over every event and what it did, two halves of 32 bits. */
  hashHigh: number;
  hashLow: number;
  runId: RunId | null;
  /** How many trades were begun; part of ids. */
  tradeSeq: number;
  tradesClosed: number;
  readonly instruments: Map<SymbolName, Instrument>;
  readonly marks: Map<SymbolName, Mark>;
  readonly books: Map<SymbolName, Book>;
  readonly slots: Slot[];
  readonly trades: Map<TradeId, Trade>;
  readonly orders: Map<ClientOrderId, Order>;
  readonly byVenueId: Map<VenueOrderId, ClientOrderId>;
  /** Final orders, oldest first: those beyond the bound are forgotten. */
  readonly finalOrders: ClientOrderId[];
  liveOrders: number;
  /** The last fill of ours that was heard of, on any symbol. */
  lastOwnFillAtMs: EpochMs | null;
  readonly parked: ParkedFrames;
  readonly timers: Timer[];
  wakeAtMs: EpochMs | null;
  readonly ledger: Ledger;
  readonly feeRatios: Map<SymbolName, FeeRatio>;
  readonly trading: Trading;
  readonly resync: Resync;
  /** Ids of intents and commands that were carried out, oldest first. */
  readonly rememberedIds: Map<string, EpochMs>;
  /** Instants of the newest entry orders, as many as may leave in a minute. */
  readonly entryTimesMs: EpochMs[];
  readonly outcomes: Map<OutcomeCode, number>;
  readonly diagnostics: Map<DiagnosticCode, number>;
}
