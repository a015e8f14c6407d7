// Everything that can happen to the kernel: past tense, plain data, and each with the kernel's own time of arrival.

import type { ClientOrderId, IntentId, RunId, StrategyClass, SymbolName, TradeId } from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { EpochMs, Ppm, PriceTicks } from '../domain/steps.ts';
import type {
  BalanceReport,
  CancelResult,
  IncomeRow,
  Known,
  OrderReport,
  PositionMode,
  QueryResult,
  SubmitResult,
  VenuePosition,
} from '../domain/venue.ts';

interface Arrived {
  /** By the kernel's one clock. It may step back; the kernel's time does not. */
  readonly atMs: EpochMs;
}

/** A kernel begins, or begins again: whatever was under way is in doubt from here. */
export interface StartEvent extends Arrived {
  readonly kind: 'START';
  readonly runId: RunId;
}

/** Prices of one symbol, from any source. */
export interface MarkEvent extends Arrived {
  readonly kind: 'MARK';
  readonly symbol: SymbolName;
  readonly bid: PriceTicks;
  readonly ask: PriceTicks;
  readonly mark: PriceTicks;
  /** When it was true by the venue's clock. */
  readonly quotedAtMs: EpochMs;
}

/** Time has passed: whatever was due by now is done. */
interface WakeEvent extends Arrived {
  readonly kind: 'WAKE';
}

export type IntentAction = 'ENTER' | 'EXIT' | 'CANCEL' | 'MARK_PRICE';

/**
 * What a policy wants. Its figures are floats of somebody else's arithmetic: `null` where one was missing or not finite, and none is
 * believed before it was checked.
 */
export interface IntentEvent extends Arrived {
  readonly kind: 'INTENT';
  readonly intentId: IntentId;
  readonly action: IntentAction;
  readonly slot: number;
  /** For an exit or a cancel, the trade it was decided for; `null`: whichever the slot holds. */
  readonly tradeId: TradeId | null;
  readonly symbol: SymbolName;
  readonly side: 'LONG' | 'SHORT';
  readonly strategyClass: StrategyClass;
  /** When the policy decided. */
  readonly decidedAtMs: EpochMs | null;
  readonly referencePrice: number | null;
  /** In units of the base. For an exit `null` means by the leg's ratio. */
  readonly size: number | null;
  /** Conviction, 0.5 to 8; becomes a whole leverage where it leaves for the venue. */
  readonly leverage: number | null;
  /** Shares of what is left, one for each leg; the last leg takes everything. */
  readonly exitLegRatios: readonly (number | null)[];
  /** An urgent exit does not quote first. */
  readonly isUrgent: boolean;
  readonly reason: string;
}

export type TradingCommand = 'RUN' | 'ENTRY_FROZEN' | 'REDUCE_ONLY' | 'FLATTENING' | 'HALTED';

/** A person, or a workflow for a person, tells the kernel how to trade, or says that a slot was looked at (`RESOLVE`). */
export interface CommandEvent extends Arrived {
  readonly kind: 'COMMAND';
  readonly requestId: string;
  readonly command: TradingCommand | 'RESOLVE';
  readonly slot: number | null;
  readonly who: string;
  readonly why: string;
}

export interface Permission {
  readonly strategyClass: StrategyClass;
  readonly isEnabled: boolean;
  /** 0 to 1: scales the size of entries. */
  readonly sizePpm: Ppm;
}

/** The merged kill list and the allocation. `null`: there is none that can be read, so nobody may enter. */
export interface PermissionsEvent extends Arrived {
  readonly kind: 'PERMISSIONS';
  readonly version: string;
  readonly permissions: readonly Permission[] | null;
}

export interface SubmitResultEvent extends Arrived {
  readonly kind: 'SUBMIT_RESULT';
  readonly clientOrderId: ClientOrderId;
  readonly result: SubmitResult;
}

export interface CancelResultEvent extends Arrived {
  readonly kind: 'CANCEL_RESULT';
  readonly clientOrderId: ClientOrderId;
  readonly result: CancelResult;
}

export interface QueryResultEvent extends Arrived {
  readonly kind: 'QUERY_RESULT';
  readonly clientOrderId: ClientOrderId;
  /** When the question left, by the kernel's clock: an answer says nothing about later. */
  readonly askedAtMs: EpochMs;
  readonly result: QueryResult;
}

/** The venue reported an order by itself, ours or not. */
interface ReportEvent extends Arrived {
  readonly kind: 'REPORT';
  readonly report: OrderReport;
}

interface Picture<Row> extends Arrived {
  readonly requestId: number;
  readonly askedAtMs: EpochMs;
  readonly result: Known<Row>;
}

export interface OpenOrdersEvent extends Picture<OrderReport> {
  readonly kind: 'OPEN_ORDERS';
}

export interface PositionsEvent extends Picture<VenuePosition> {
  readonly kind: 'POSITIONS';
}

/** Orders that traded since the instant that was asked for, each with its cumulative facts. */
export interface FillsEvent extends Picture<OrderReport> {
  readonly kind: 'FILLS';
}

export interface IncomeEvent extends Picture<IncomeRow> {
  readonly kind: 'INCOME';
}

/** `requestId` is `null` where the venue said so by itself. */
export interface BalanceEvent extends Arrived {
  readonly kind: 'BALANCE';
  readonly requestId: number | null;
  readonly result: Known<BalanceReport>;
}

/** The stream of reports works, or does not: while it does not, frames may be missing. */
export interface StreamEvent extends Arrived {
  readonly kind: 'STREAM';
  readonly isUp: boolean;
}

/** How the account is set up at the venue. */
interface AccountEvent extends Arrived {
  readonly kind: 'ACCOUNT';
  readonly positionMode: PositionMode;
}

/** The venue changed an instrument's steps, limits or rates. Steps cannot change while something of it is held. */
interface InstrumentEvent extends Arrived {
  readonly kind: 'INSTRUMENT';
  readonly instrument: Instrument;
}

/** The journal's disk is full, or has room again. */
export interface JournalEvent extends Arrived {
  readonly kind: 'JOURNAL';
  readonly isFull: boolean;
}

/**
 * What a policy decided, and from what. The kernel does nothing with it: it is in the journal so that whoever follows that knows why an intent
 * came, or why none did.
 */
export interface DecisionEvent extends Arrived {
  readonly kind: 'DECISION';
  /** That of the intent that follows, where one does. */
  readonly decisionId: string;
  /** Name, version and digest of the settings, as `champion@1#0f3c…`. */
  readonly policy: string;
  readonly action: string;
  readonly symbol: SymbolName;
  readonly reason: string;
  /** What it was decided from, as JSON. */
  readonly facts: string;
}

/** Something came that could not be read; kept so that nothing is lost, and so that it is counted. */
export interface MalformedEvent extends Arrived {
  readonly kind: 'MALFORMED';
  readonly what: string;
  readonly problem: string;
}

export type KernelEvent =
  | StartEvent
  | MarkEvent
  | WakeEvent
  | IntentEvent
  | CommandEvent
  | PermissionsEvent
  | SubmitResultEvent
  | CancelResultEvent
  | QueryResultEvent
  | ReportEvent
  | OpenOrdersEvent
  | PositionsEvent
  | FillsEvent
  | IncomeEvent
  | BalanceEvent
  | StreamEvent
  | AccountEvent
  | InstrumentEvent
  | JournalEvent
  | DecisionEvent
  | MalformedEvent;

export type KernelEventKind = KernelEvent['kind'];
