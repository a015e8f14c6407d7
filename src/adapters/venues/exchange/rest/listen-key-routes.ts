// Listen keys: made, kept alive and given back. Each opens the private stream of its account for an hour, unless told otherwise.

import { randomBytes } from 'node:crypto';
import { type AccountRoute, type ApiAnswer, type ApiCall, data } from '../api.ts';
import { type ApiKey, type ExchangeWorld, type ListenKey, presentOf } from '../world.ts';

const PATH = '/openApi/user/auth/userDataStream';
const KEY_BYTES = 32;
/** Of one account at a time; the oldest goes when there are more. */
const KEYS_MAX = 60;

export const LISTEN_KEY_ROUTES: readonly AccountRoute[] = [
  { method: 'POST', path: PATH, access: 'key', answer: makeKey },
  { method: 'PUT', path: PATH, access: 'key', answer: extendKey },
  { method: 'DELETE', path: PATH, access: 'key', answer: endKey },
];

function makeKey(world: ExchangeWorld, _: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const nowMs = presentOf(world);
  dropOld(world, accountId, nowMs);
  const listenKey = randomBytes(KEY_BYTES).toString('hex');
  world.listenKeys.set(listenKey, { listenKey, accountId, expiresAtMs: nowMs + world.listenKeyMs });
  return world.wire.wrappedListenKey ? data({ listenKey }) : { kind: 'bare', body: { listenKey } };
}

function dropOld({ listenKeys }: ExchangeWorld, accountId: string, nowMs: number): void {
  for (const [name, { expiresAtMs }] of listenKeys) if (expiresAtMs <= nowMs) listenKeys.delete(name);
  const own = [...listenKeys.values()].filter((key) => key.accountId === accountId);
  const oldest = own[0];
  if (oldest !== undefined && own.length >= KEYS_MAX) expire(oldest, listenKeys, nowMs);
}

function extendKey(world: ExchangeWorld, { params }: ApiCall, caller: ApiKey): ApiAnswer {
  const nowMs = presentOf(world);
  const name = params.get('listenKey');
  if (name === undefined) return { kind: 'status', status: 204 };
  const key = ownKey(world, name, caller, nowMs);
  if (key === null) return { kind: 'status', status: 404 };
  key.expiresAtMs = nowMs + world.listenKeyMs;
  return { kind: 'status', status: 200 };
}

function endKey(world: ExchangeWorld, { params }: ApiCall, caller: ApiKey): ApiAnswer {
  const nowMs = presentOf(world);
  const name = params.get('listenKey');
  if (name === undefined) return { kind: 'status', status: 204 };
  const key = ownKey(world, name, caller, nowMs);
  if (key === null) return { kind: 'status', status: 404 };
  expire(key, world.listenKeys, nowMs);
  return { kind: 'status', status: 200 };
}

/** Returns a key that lives and is of the caller's account. */
function ownKey(
  { listenKeys }: ExchangeWorld,
  name: string,
  { accountId }: ApiKey,
  nowMs: number,
): ListenKey | null {
  const key = listenKeys.get(name);
  return key !== undefined && key.accountId === accountId && key.expiresAtMs > nowMs ? key : null;
}

/** Ends a key at once, also for a stream that has it open. */
function expire(key: ListenKey, listenKeys: ExchangeWorld['listenKeys'], nowMs: number): void {
  key.expiresAtMs = nowMs;
  listenKeys.delete(key.listenKey);
}
