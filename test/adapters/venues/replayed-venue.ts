// The BingX venue over bodies that were answered before: each route gives its body, and the rest is an ordinary account.

import type { BingxSetup } from '../../../src/adapters/venues/bingx/bingx-setup.ts';
import { type BingxVenue, openBingxVenue } from '../../../src/adapters/venues/bingx/bingx-venue.ts';
import type { RestCall, RestReply } from '../../../src/adapters/venues/bingx/rest-call.ts';
import { replyFrom } from '../../../src/adapters/venues/bingx/rest-reply.ts';
import { Secret } from '../../../src/adapters/venues/bingx/secret.ts';
import type { StreamListener } from '../../../src/adapters/venues/bingx/stream-text.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { Result } from '../../../src/domain/result.ts';
import type { VenueNotice } from '../../../src/domain/venue.ts';
import { NOW_MS } from './bingx/payloads.ts';
import {
  at,
  contract,
  ORDINARY_ACCOUNT,
  type ScriptedRest,
  said,
  scriptedRest,
} from './bingx/scripted-rest.ts';

/** Method and path → the body of the answer, or how to make it. */
export type Bodies = Readonly<Record<string, string | ((call: RestCall) => string)>>;

/** Instruments of the answers: their decimals of a price and of a quantity. */
const DECIMALS: Readonly<Record<string, readonly [price: number, quantity: number]>> = {
  'BTC-USDT': [1, 4],
  'ETH-USDT': [2, 2],
  'LTC-USDT': [4, 1],
  'ATOM-USDT': [3, 2],
  'OP-USDT': [4, 1],
  'PYTH-USDT': [4, 0],
  'BNB-USDT': [2, 2],
  'WLD-USDT': [4, 2],
  'BCH-USDT': [2, 2],
};

const CREDENTIALS = { apiKey: new Secret('replayed-key'), apiSecret: new Secret('replayed-secret') };

/** The reply that the client makes of a body. */
function replayed(call: RestCall, body: string): RestReply {
  return replyFrom(call, { kind: 'answer', status: 200, body }, CREDENTIALS);
}

export function replayingRest(bodies: Bodies): ScriptedRest {
  const contracts = Object.entries(DECIMALS).map(([symbol, [pricePrecision, quantityPrecision]]) =>
    contract(symbol, {
      pricePrecision,
      quantityPrecision,
      tradeMinQuantity: (10 ** -quantityPrecision).toFixed(quantityPrecision),
    }),
  );
  const rest = scriptedRest(...ORDINARY_ACCOUNT);
  rest.on(at('GET /v2/quote/contracts', said(contracts)));
  for (const [route, body] of Object.entries(bodies))
    rest.on(at(route, (call) => replayed(call, typeof body === 'string' ? body : body(call))));
  return rest;
}

export interface ReplayedVenue {
  readonly venue: BingxVenue;
  readonly rest: ScriptedRest;
  readonly notices: VenueNotice[];
  /** Says a text as if it came by the stream. */
  say(text: string): void;
}

/** Opens the venue, or says why it was not opened. */
export async function openReplayed(
  bodies: Bodies,
  changed: Partial<BingxSetup> = {},
): Promise<Result<ReplayedVenue, string>> {
  const rest = replayingRest(bodies);
  const listeners: StreamListener[] = [];
  const opened = await openBingxVenue({
    setup: {
      environment: 'demo',
      restUrls: ['http://127.0.0.1:1'],
      streamUrl: 'ws://127.0.0.1:1/swap-market',
      credentials: CREDENTIALS,
      symbols: Object.keys(DECIMALS),
      positionMode: 'one_way',
      account: 'exclusive',
      marginAsset: 'USDT',
      ...changed,
    },
    rest,
    openStream(listener) {
      listeners.push(listener);
      return { received: () => 0, close: async () => undefined };
    },
    timers: virtualTimers(NOW_MS),
  });
  if (!opened.ok) return opened;
  const venue = opened.value;
  const notices: VenueNotice[] = [];
  venue.follow((notice) => notices.push(notice));
  return { ok: true, value: { venue, rest, notices, say: (text) => listeners[0]?.text(text) } };
}
