// What a route of the local exchange is given and gives: calls that were checked, and answers that are not yet text.

import type { Wire, WireObject } from '../json-text.ts';
import type { ApiKey, ExchangeWorld } from './world.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Of query and form body, decoded, without the signature; empty values count as absent and are not in here. */
  readonly params: ReadonlyMap<string, string>;
  /** When the client says it signed, by its clock; the exchange's time where it did not say. */
  readonly signedAtMs: number;
}

export type ApiAnswer =
  /** `{"code":0,"msg":"","data":…}`; `extra` are further top-level fields. */
  | { readonly kind: 'data'; readonly data: Wire; readonly extra?: WireObject }
  /** A body without an envelope. */
  | { readonly kind: 'bare'; readonly body: WireObject }
  /** An HTTP status alone. */
  | { readonly kind: 'status'; readonly status: number }
  /** HTTP 200 with a code. Codes are those in force since 2025; a switch turns them into the older ones. */
  | { readonly kind: 'error'; readonly code: number; readonly text: string };

interface RouteAt {
  readonly method: ApiCall['method'];
  /** Whole, as `/openApi/swap/v2/trade/order`. */
  readonly path: string;
}

/** Asks for neither key nor signature. */
export interface PublicRoute extends RouteAt {
  readonly access: 'public';
  readonly answer: (world: ExchangeWorld, call: ApiCall) => ApiAnswer;
}

/** `key`: the key alone is enough, a signature is checked where there is one. `signed`: both. */
export interface AccountRoute extends RouteAt {
  readonly access: 'key' | 'signed';
  readonly answer: (world: ExchangeWorld, call: ApiCall, caller: ApiKey) => ApiAnswer;
}

export type Route = PublicRoute | AccountRoute;

export function data(value: Wire, extra?: WireObject): ApiAnswer {
  return extra === undefined ? { kind: 'data', data: value } : { kind: 'data', data: value, extra };
}

export function apiError(code: number, text: string): ApiAnswer {
  return { kind: 'error', code, text };
}
