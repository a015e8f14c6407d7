// What the kernel wants done: imperative, plain data, carried out by the host only after the record that holds it is durable.

import type { ClientOrderId, SymbolName, TradeId, VenueOrderId } from '../domain/ids.ts';
import type { Money } from '../domain/money.ts';
import type { EpochMs } from '../domain/steps.ts';
import type { OrderRequest, Priority } from '../domain/venue.ts';

export interface SubmitEffect {
  readonly kind: 'SUBMIT';
  readonly priority: Priority;
  readonly order: OrderRequest;
}

export interface CancelEffect {
  readonly kind: 'CANCEL';
  readonly priority: Priority;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId | null;
  readonly symbol: SymbolName;
}

/** Ask the venue for one order, by its own id where it is known. */
export interface QueryEffect {
  readonly kind: 'QUERY';
  readonly priority: Priority;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId | null;
  readonly symbol: SymbolName;
}

export type PicturePart = 'OPEN_ORDERS' | 'POSITIONS' | 'FILLS' | 'INCOME' | 'BALANCE';

export interface FetchEffect {
  readonly kind: 'FETCH';
  readonly priority: Priority;
  readonly part: PicturePart;
  readonly requestId: number;
  /** For FILLS and INCOME: from this instant on. */
  readonly sinceMs: EpochMs | null;
}

/** Send a WAKE at this instant; replaces the one before. */
interface WakeAtEffect {
  readonly kind: 'WAKE_AT';
  readonly atMs: EpochMs;
}

/** A person should know. `critical`: a person has to act. */
export interface NotifyEffect {
  readonly kind: 'NOTIFY';
  readonly severity: 'info' | 'warning' | 'critical';
  readonly code: string;
  readonly text: string;
}

/** Where money comes from or goes to: the first six change K, the kernel's own wallet; the last two explain E without being ours. */
export const LEDGER_ACCOUNTS = [
  'seed',
  'realized',
  'fee_predicted',
  'fee_settled',
  'funding',
  'adoption',
  'transfer',
  'foreign',
] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

/** `amount` goes out of `account` and into K's wallet, or into what is explained of E; so everything sums to zero. */
export interface Posting {
  /** One id, one posting, for ever. */
  readonly id: string;
  readonly account: LedgerAccount;
  readonly amount: Money;
  readonly tradeId: TradeId | null;
}

/** Facts for those who follow the journal: sinks, the status page, the policy's feedback. */
type Publication =
  | { readonly topic: 'posting'; readonly posting: Posting }
  | {
      readonly topic: 'trade_closed';
      readonly slot: number;
      readonly tradeId: TradeId;
      readonly realized: Money;
      readonly fees: Money;
      readonly funding: Money;
      readonly reason: string;
    }
  | {
      readonly topic: 'router';
      readonly event: RouterEventName;
      readonly slot: number;
      readonly tradeId: TradeId | null;
      readonly clientOrderId: ClientOrderId | null;
      readonly reason: string;
    }
  | { readonly topic: 'kernel_state'; readonly state: string; readonly reasons: readonly string[] }
  | { readonly topic: 'strategy_disabled'; readonly strategyClass: string; readonly ordersCanceled: number };

export type RouterEventName =
  | 'immediate_fill'
  | 'working'
  | 'suppress'
  | 'cancel'
  | 'fill_after_ttl'
  | 'exit_market_fallback'
  | 'entry_miss'
  | 'requote_blocked'
  | 'requote';

export interface PublishEffect {
  readonly kind: 'PUBLISH';
  readonly publication: Publication;
}

export type Effect =
  | SubmitEffect
  | CancelEffect
  | QueryEffect
  | FetchEffect
  | WakeAtEffect
  | NotifyEffect
  | PublishEffect;
