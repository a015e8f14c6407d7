// The words between a kernel and a venue: what is asked of it, what it answers, and what it reports by itself, all in whole steps.

import type { ClientOrderId, SymbolName, VenueOrderId } from './ids.ts';
import type { Money } from './money.ts';
import type { EpochMs, Lots, PriceTicks, SignedLots } from './steps.ts';

export type OrderSide = 'BUY' | 'SELL';
export type OrderType = 'MARKET' | 'LIMIT';

/** one_way: one net position of a symbol. hedge: a long and a short one, and the closing side stands for reduce-only. */
export type PositionMode = 'one_way' | 'hedge';

/** Who goes first where the venue's budget is short. */
export const PRIORITIES = ['exit', 'cancel', 'doubt', 'entry', 'housekeeping'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** An order as it is sent. A MARKET order has no limit; a post-only one never takes. */
export interface OrderRequest {
  readonly clientOrderId: ClientOrderId;
  readonly symbol: SymbolName;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly quantity: Lots;
  readonly limit: PriceTicks | null;
  readonly postOnly: boolean;
  /** It may only close. In hedge mode an adapter says so by the side that is closed, since the venue takes no flag there. */
  readonly reduceOnly: boolean;
  /** Whole, as the venue takes it; it moves margin, never profit. */
  readonly leverage: number;
}

export type VenueOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'REJECTED';

/** Why an order traded: `liquidation` and `adl` are the venue's own orders. */
export type TradeCause = 'order' | 'liquidation' | 'adl';

/**
 * What is known of one order at one moment. Quantities and money are cumulative, so that any of these can come twice, late, or not at
 * all. `null` is "not said", which is neither zero nor false.
 */
export interface OrderReport {
  readonly symbol: SymbolName;
  readonly venueOrderId: VenueOrderId;
  /** The stream often leaves it out. */
  readonly clientOrderId: ClientOrderId | null;
  readonly side: OrderSide;
  readonly status: VenueOrderStatus;
  readonly orderedLots: Lots;
  readonly filledLots: Lots;
  /** What the filled lots cost in all, at true prices; never computed from the price of the order. */
  readonly filledQuote: Money | null;
  /** Whether `filledQuote` is the sum of trades. Otherwise it comes from an average that was rounded to the tick. */
  readonly isQuoteExact: boolean;
  /** Fees of the filled lots in all: paid above zero, rebates below. */
  readonly fee: Money | null;
  /** `null`: that of the account. A fee in another asset is not money of this ledger. */
  readonly feeAsset: string | null;
  readonly isMaker: boolean | null;
  readonly cause: TradeCause;
  /** The venue's own figure of realized profit, in all: a fact about E, never about K. */
  readonly venueRealized: Money | null;
  readonly venueAtMs: EpochMs;
}

/** Why a venue said no, in words that every venue's codes are mapped to. */
export const REJECT_CODES = [
  'POST_ONLY_CROSSED',
  'REDUCE_ONLY',
  'NO_POSITION',
  'ORDER_UNKNOWN',
  'ORDER_FINAL',
  'CLIENT_ID_REUSED',
  'PRICE_BAND',
  'MARGIN',
  'MIN_SIZE',
  'FUNDING_WINDOW',
  'RATE_LIMITED',
  'CLOCK_SKEW',
  'RISK_CONTROL',
  'SYMBOL_CLOSED',
  'BUSY',
  'MODE',
  'OTHER',
] as const;
export type RejectCode = (typeof REJECT_CODES)[number];

/** Why nothing is known: the request or its answer was lost, came too late, or made no sense. */
export type UnknownCause = 'TIMEOUT' | 'CONNECTION' | 'SERVER' | 'UNREADABLE' | 'NOT_SENT';

export interface Unknown {
  readonly kind: 'UNKNOWN';
  readonly cause: UnknownCause;
}

export interface Rejected {
  readonly kind: 'REJECT';
  readonly code: RejectCode;
  /** The venue's own code and words, for a person. */
  readonly text: string;
}

/** What came of a submit. A report rides along where the venue gives one. */
export type SubmitResult =
  | { readonly kind: 'ACK'; readonly venueOrderId: VenueOrderId; readonly report: OrderReport | null }
  | Rejected
  | Unknown;

/** What came of a cancel. `ACK` means asked for; only a report proves that the order has ended. */
export type CancelResult = { readonly kind: 'ACK'; readonly report: OrderReport | null } | Rejected | Unknown;

/** What came of asking for one order. `NOT_FOUND` is one view's word at one moment. */
export type QueryResult =
  | { readonly kind: 'FOUND'; readonly report: OrderReport }
  | { readonly kind: 'NOT_FOUND' }
  | Unknown;

/** A part of the venue's picture, or why it could not be had. An empty list is known to be empty. */
export type Known<T> = { readonly kind: 'KNOWN'; readonly rows: readonly T[] } | Unknown;

/** One position. In one-way mode a symbol has at most one. */
export interface VenuePosition {
  readonly symbol: SymbolName;
  readonly position: SignedLots;
  /** What the whole position cost, at the venue's average entry. */
  readonly entryQuote: Money;
  readonly venueAtMs: EpochMs;
}

export type IncomeKind = 'FUNDING' | 'TRANSFER' | 'REALIZED' | 'FEE' | 'OTHER';

/** One line of the venue's account book. */
export interface IncomeRow {
  readonly transactionId: string;
  readonly kind: IncomeKind;
  readonly symbol: SymbolName | null;
  /** Received above zero. */
  readonly amount: Money;
  readonly venueAtMs: EpochMs;
}

/** Cash and margin. A figure that a frame leaves out is `null`, not zero. */
export interface BalanceReport {
  readonly wallet: Money | null;
  readonly availableMargin: Money | null;
  readonly usedMargin: Money | null;
  readonly venueAtMs: EpochMs;
}

/** An order that is asked about or canceled: by the venue's id where that is known, by ours otherwise. */
export interface OrderName {
  readonly symbol: SymbolName;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId | null;
}

/** The best prices of a symbol, and the mark that margin is computed at. */
export interface VenueQuote {
  readonly symbol: SymbolName;
  readonly bid: PriceTicks;
  readonly ask: PriceTicks;
  readonly mark: PriceTicks;
  readonly venueAtMs: EpochMs;
}

/** How an account is set up, as the venue itself says. */
export interface VenueAccount {
  readonly positionMode: PositionMode;
  /** What margin and profit are counted in: `USDT`, on a demo `VST`. */
  readonly marginAsset: string;
}

/** What a venue says without being asked. */
export type VenueNotice =
  | { readonly kind: 'order'; readonly report: OrderReport }
  | { readonly kind: 'balance'; readonly report: BalanceReport }
  /** Whether frames come. While they do not, some are missed, and what they would have said has to be asked for. */
  | { readonly kind: 'stream'; readonly isUp: boolean; readonly why: string }
  /** The leverage of a symbol is not what an order of ours last set it to: somebody else changed it. */
  | {
      readonly kind: 'leverage_drift';
      readonly symbol: SymbolName;
      readonly expected: number;
      readonly long: number;
      readonly short: number;
    }
  /** Something came that could not be read; it was counted, and nothing of it was applied. */
  | { readonly kind: 'malformed'; readonly what: string; readonly problem: string };
