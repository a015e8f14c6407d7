// What a policy is: it sees the market and what is held, and says what it wants. Whether that happens is the kernel's to say.

import type { Scan } from '../domain/scan.ts';
import type { EpochMs } from '../domain/steps.ts';

export type PolicyAction = 'ENTER' | 'EXIT' | 'HOLD' | 'HOLD_DC_CONTRADICTED';
export type TradeSide = 'LONG' | 'SHORT';

/** A price, and how much it is worth: a feed that is silent leaves the venue's own. */
export interface SeenPrice {
  /** In the quote currency. */
  readonly price: number;
  readonly ageMs: number;
  readonly source: 'scan' | 'feed' | 'venue';
}

/** One slot of the kernel. Sizes are in units of the base, prices in the quote currency. */
export interface SlotView {
  readonly slot: number;
  /** free: an entry may come. entering, exiting: something is under way. open: holds a position. blocked: not for the policy just now. */
  readonly status: 'free' | 'entering' | 'open' | 'exiting' | 'blocked';
  readonly tradeId: string | null;
  /** As the venue spells it, `BTC-USDT`; `null` where the slot holds nothing. */
  readonly symbol: string | null;
  readonly side: TradeSide;
  readonly strategyClass: string;
  readonly size: number;
  /** The size-weighted average of the entry's fills; `null` where nothing was filled, or some of it has no price yet. */
  readonly entryPrice: number | null;
  readonly openedAtMs: EpochMs;
  readonly legIndex: number;
  /** Of the slot's own symbol, from wherever it is known; `null` where nobody knows one. */
  readonly price: SeenPrice | null;
}

/** A trade that ended, with what the kernel's ledger booked for it. */
export interface ClosedTrade {
  readonly tradeId: string;
  readonly realizedUsdt: number;
  readonly feesUsdt: number;
  readonly fundingUsdt: number;
}

/** Everything a policy may know at one step. */
export interface PolicyView {
  readonly nowMs: EpochMs;
  /** The newest scan; `null` before the first. */
  readonly scan: Scan | null;
  /** Whether this step is the first that sees `scan`; otherwise time has passed, or something was filled. */
  readonly isNewScan: boolean;
  /** Infinite before the first scan. */
  readonly scanAgeMs: number;
  /** What entries may be sized from: free margin, else the wallet; `null` while neither is known. */
  readonly capitalUsdt: number | null;
  readonly slots: readonly SlotView[];
  /** Trades that ended since the step before, each once. */
  readonly closed: readonly ClosedTrade[];
  /** Symbol key (`BTCUSDT`) → the venue's spelling, for everything that can be traded. */
  readonly symbols: Readonly<Record<string, string>>;
  /** By symbol key, for everything that can be traded and has a price. */
  readonly prices: Readonly<Record<string, SeenPrice>>;
}

/** What a policy wants of one slot, or why it wants nothing. */
export interface Decision {
  readonly slot: number;
  readonly action: PolicyAction;
  /** In a word or a sentence, for the journal. */
  readonly reason: string;
  /** As the venue spells it; empty where the decision is about no symbol. */
  readonly symbol: string;
  readonly side: TradeSide;
  /** The trade that an exit is for; `null` for an entry. */
  readonly tradeId: string | null;
  readonly referencePrice: number | null;
  /** In units of the base; `null` for an exit by the ratio of its leg. */
  readonly size: number | null;
  /** Conviction, 0.5 to 8: it becomes the venue's whole leverage, and `size` is not multiplied by it again. `null` for an exit. */
  readonly leverage: number | null;
  /** For an entry: shares of what is left, one for each leg of its exit; empty means one leg. */
  readonly exitLegRatios: readonly number[];
  /** An urgent exit does not quote first. */
  readonly isUrgent: boolean;
  /** What it was decided from: plain JSON, for the journal. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface PolicyStep<Memory> {
  readonly memory: Memory;
  readonly decisions: readonly Decision[];
}

/**
 * A policy is pure: the same memory and the same view always come to the same step. It is told of time, and asks for none. What it throws
 * ends its step and is told loudly; the kernel and its exits go on without it.
 *
 * @typeParam Memory plain JSON: it is kept over a restart where the policy's name, version and settings are those of before.
 */
export interface Policy<Memory = unknown> {
  readonly name: string;
  /** Another one forgets the memory of before. */
  readonly version: string;
  /** What it was set to, for the digest that each decision carries. Plain JSON. */
  readonly settings: unknown;
  /** The strategy class of its entries, as the kill list names it. */
  readonly strategyClass: string;
  begin(): Memory;
  step(memory: Memory, view: PolicyView): PolicyStep<Memory>;
}
