// One request to the venue and what came of it: the words between the venue's meaning and its transport.

import type { Priority, UnknownCause } from '../../../domain/venue.ts';
import type { JsonText } from '../json-text.ts';

/** Requests that share a budget at the venue. */
export type LimitGroup =
  | 'order_place'
  | 'order_cancel'
  | 'order_query'
  | 'order_lists'
  | 'positions'
  | 'fills'
  | 'account'
  | 'settings'
  | 'listen_key'
  | 'cancel_all_after'
  | 'market';

export interface RestCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the root, as `/openApi/swap/v2/trade/order`. */
  readonly path: string;
  /** Raw values; `undefined` ones are left out. Without timestamp and signature. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly access: 'public' | 'key' | 'signed';
  readonly group: LimitGroup;
  readonly priority: Priority;
  /**
   * Whether it may leave more than once: after a broken connection, on the other host, after a clock that was off. A new order may on the
   * other host only, and only since its client order id goes along: the venue takes an id once.
   */
  readonly repeat: 'freely' | 'other_host' | 'never';
  /** Two requests of one key leave at least a second apart: the venue takes a second cancel of an order within a second for an error. */
  readonly spacingKey?: string;
  /** Refused as not sent where its turn has not come after so long. */
  readonly patienceMs: number;
}

export type RestReply =
  /** The venue did it. `data` is that of the envelope, or the whole body of an answer without one. */
  | { readonly kind: 'data'; readonly data: JsonText }
  /** The venue refused it, in its own code and words. */
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  /** It surely did not leave: no turn, no connection, a value that cannot be signed. */
  | {
      readonly kind: 'not_sent';
      readonly cause: 'no_turn' | 'no_connection' | 'unsignable';
      readonly text: string;
    }
  /** Nobody knows what came of it. */
  | { readonly kind: 'unknown'; readonly cause: UnknownCause; readonly text: string };

/** The venue's REST interface, with its budget, its clock and its hosts taken care of. */
export interface RestClient {
  /** Never rejects. */
  call(call: RestCall): Promise<RestReply>;
  /** Asks for the venue's time, and signs by it from then on. Returns how far ours is behind, or why that is not known. */
  measureClock(): Promise<{ readonly offsetMs: number } | { readonly problem: string }>;
  /** How far the venue's clock is ahead of ours, in milliseconds; 0 before it was measured. */
  clockOffsetMs(): number;
  /** Requests that wait for their turn or for an answer. */
  inFlight(): number;
  /** Ends what waits and what is under way; each is answered as not sent, or as unknown. */
  close(): void;
}
