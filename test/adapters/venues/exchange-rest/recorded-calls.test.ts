// Calls that an independent client was recorded making: each finds its answer here, and what is refused is known by name.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ApiAnswer } from '../../../../src/adapters/venues/exchange/api.ts';
import { ACCOUNT_ROUTES } from '../../../../src/adapters/venues/exchange/rest/account-routes.ts';
import { MARKET_ROUTES } from '../../../../src/adapters/venues/exchange/rest/market-routes.ts';
import { market, type Served, served } from './served.ts';

interface Recorded {
  readonly name: string;
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly params: Readonly<Record<string, string>>;
  }[];
}

const SHARED =
  process.env['WARDEN_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));
const CAPTURES = join(SHARED, 'fixtures', 'bingx', 'captures.json');
const isHere = existsSync(CAPTURES);

function recorded(): readonly Recorded[] {
  return (JSON.parse(readFileSync(CAPTURES, 'utf8')) as { readonly rest: readonly Recorded[] }).rest;
}

/** What is answered with another code than none, and why. */
const REFUSED: Readonly<Record<string, number>> = {
  // Not offered here.
  'createOrder attached SL/TP': 109400,
  'createOrder trailingPercent': 109400,
  // Of an account in hedge mode.
  'createOrder hedged open long': 109400,
  'createOrder hedged open short limit': 109400,
  'createOrder hedged close long (reduceOnly)': 109400,
  'createOrder positionSide override': 109400,
  'setLeverage LONG': 109400,
  // While something is held.
  'setPositionMode hedged': 104103,
  // Of orders that this account never had.
  cancelOrder: 109421,
  'cancelOrder by clientOrderId': 109421,
  'cancelOrder unknown': 109421,
  editOrder: 109421,
  fetchOrder: 109421,
};

/** BTC at 50,000.0 where a position is held, since that is what the recorded client thought. */
function venueOfThem(): Served {
  const venue = served();
  venue.quote(500_000, 500_010);
  venue.order('POST /v2/trade/order', market({ quantity: '0.05' }));
  return venue;
}

function codeOf(answer: ApiAnswer): number {
  return answer.kind === 'error' ? answer.code : 0;
}

describe('calls of an independent client', () => {
  it.skipIf(!isHere)('all have a route', () => {
    const known = new Set(
      [...ACCOUNT_ROUTES, ...MARKET_ROUTES].map(({ method, path }) => `${method} ${path}`),
    );
    const asked = recorded().flatMap(({ requests }) =>
      requests.map(({ method, path }) => `${method} ${path}`),
    );
    expect(asked.length).toBeGreaterThan(60);
    expect(asked.filter((one) => !known.has(one))).toEqual([]);
  });

  it.skipIf(!isHere)('are taken, but for those that this exchange or this account refuses', () => {
    const isOfAccount = new Set(ACCOUNT_ROUTES.map(({ path }) => path));
    const refused: Record<string, number> = {};
    for (const { name, requests } of recorded())
      for (const { method, path, params } of requests) {
        if (!isOfAccount.has(path)) continue;
        const code = codeOf(venueOfThem().answer(`${method} ${path}`, params));
        if (code !== 0) refused[name] = code;
      }
    expect(refused).toEqual(REFUSED);
  });
});
