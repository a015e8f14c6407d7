// The budget of requests: within what the venue publishes in every window, with room kept for what matters more.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestBudget } from '../../../../src/adapters/venues/bingx/limits.ts';
import * as requests from '../../../../src/adapters/venues/bingx/requests.ts';
import type { LimitGroup, RestCall } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import type { ClientOrderId, SymbolName } from '../../../../src/domain/ids.ts';
import type { PriceTicks } from '../../../../src/domain/steps.ts';
import { type OrderRequest, PRIORITIES } from '../../../../src/domain/venue.ts';
import { CONTRACT_INSTRUMENT } from '../../../contracts/venue.ts';
import { GROUPS, START_MS } from './rest-venue.ts';

/** What the venue publishes for a path: requests in a second of one user (0: not counted), and of one address. */
const PUBLISHED: Readonly<Record<string, readonly [number, number]>> = {
  'POST /openApi/swap/v2/trade/order': [10, 3],
  'DELETE /openApi/swap/v2/trade/order': [10, 3],
  'GET /openApi/swap/v2/trade/order': [30, 2],
  'GET /openApi/swap/v2/trade/openOrders': [5, 3],
  'GET /openApi/swap/v1/trade/fullOrder': [5, 2],
  'GET /openApi/swap/v2/trade/forceOrders': [10, 2],
  'GET /openApi/swap/v2/trade/fillHistory': [5, 2],
  'GET /openApi/swap/v2/user/positions': [10, 2],
  'GET /openApi/swap/v3/user/balance': [5, 3],
  'GET /openApi/swap/v2/user/income': [5, 2],
  'GET /openApi/swap/v2/user/commissionRate': [5, 2],
  'GET /openApi/swap/v2/trade/leverage': [5, 2],
  'POST /openApi/swap/v2/trade/leverage': [5, 2],
  'GET /openApi/swap/v1/positionSide/dual': [2, 2],
  'POST /openApi/swap/v2/trade/cancelAllAfter': [1, 2],
  'POST /openApi/user/auth/userDataStream': [2, 2],
  'PUT /openApi/user/auth/userDataStream': [2, 2],
  'DELETE /openApi/user/auth/userDataStream': [2, 2],
  'GET /openApi/swap/v2/quote/contracts': [0, 1],
  'GET /openApi/swap/v2/quote/premiumIndex': [0, 1],
  'GET /openApi/swap/v2/quote/bookTicker': [0, 1],
};

const SYMBOL = CONTRACT_INSTRUMENT.symbol as SymbolName;
const CLIENT_ID = 'a1' as ClientOrderId;
const NAME = { symbol: SYMBOL, clientOrderId: CLIENT_ID, venueOrderId: null };
const SPAN = { fromMs: START_MS - 1_000, toMs: START_MS };
const REQUEST: OrderRequest = {
  clientOrderId: CLIENT_ID,
  symbol: SYMBOL,
  side: 'BUY',
  type: 'LIMIT',
  quantity: CONTRACT_INSTRUMENT.minLots,
  limit: 1_000 as PriceTicks,
  postOnly: false,
  reduceOnly: false,
  leverage: 5,
};

const CALLS: readonly RestCall[] = [
  requests.placeCall(REQUEST, CONTRACT_INSTRUMENT, 'one_way', 'entry', 5_000),
  requests.cancelCall(NAME, 'cancel'),
  requests.queryCall(NAME, 'doubt'),
  requests.openOrdersCall('doubt'),
  requests.positionsCall('doubt'),
  requests.balanceCall('doubt'),
  requests.incomeCall(SPAN, 'doubt'),
  requests.fillsCall(SYMBOL, SPAN, 'doubt'),
  requests.ordersMadeCall(SYMBOL, SPAN, 'doubt'),
  requests.forcedOrdersCall(SYMBOL, 'ADL', SPAN, 'doubt'),
  requests.contractsCall(),
  requests.premiumIndexCall(SYMBOL, 'doubt'),
  requests.bookTickerCall(SYMBOL, 'doubt'),
  requests.positionModeCall(),
  requests.commissionCall(),
  requests.leverageCall(SYMBOL),
  requests.setLeverageCall(SYMBOL, 'BOTH', 5, 'entry'),
  requests.cancelAllAfterCall(30),
  requests.listenKeyCall('POST', null),
  requests.listenKeyCall('PUT', 'k'),
  requests.listenKeyCall('DELETE', 'k'),
];

/** Takes as many as are allowed at each millisecond from `fromMs` to `toMs`, and returns when each left. */
function takeAll(budget: RequestBudget, group: LimitGroup, fromMs: number, toMs: number): number[] {
  const left: number[] = [];
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1)
    while (budget.waitMs(group, 'exit', nowMs) === 0) {
      budget.take(group, nowMs);
      left.push(nowMs);
    }
  return left;
}

function mostInWindow(instants: readonly number[], windowMs: number): number {
  let most = 0;
  let first = 0;
  instants.forEach((atMs, index) => {
    while ((instants[first] ?? atMs) <= atMs - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

describe('the budget of requests', () => {
  it.each(CALLS.map((call) => [`${call.method} ${call.path}`, call] as const))(
    'asks %s no oftener than is published for it',
    (name, call) => {
      const [ofUser, ofAddress] = PUBLISHED[name] ?? [0, 0];
      const allowed = ofUser === 0 ? ofAddress : Math.min(ofUser, ofAddress);
      const left = takeAll(new RequestBudget(), call.group, START_MS, START_MS + 5_000);
      const most = mostInWindow(left, 1_000);
      expect(most).toBeLessThanOrEqual(allowed);
      // Paths that share a group share the least of what is published for them.
      expect(most).toBeGreaterThanOrEqual(Math.max(1, allowed - 1));
    },
  );

  const step = fc.record({
    group: fc.constantFrom(...GROUPS),
    priority: fc.constantFrom(...PRIORITIES),
    passMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
  });

  it('is never exceeded in any window, and says exactly how long to wait', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const budget = new RequestBudget();
        const once = new RequestBudget();
        const left = new Map<LimitGroup, number[]>(GROUPS.map((group) => [group, []]));
        let nowMs = START_MS;
        for (const { group, priority, passMs } of steps) {
          nowMs += passMs;
          const waitMs = budget.waitMs(group, priority, nowMs);
          if (waitMs > 0) {
            expect(budget.waitMs(group, priority, nowMs + waitMs - 1)).toBe(1);
            expect(budget.waitMs(group, priority, nowMs + waitMs)).toBe(0);
            continue;
          }
          budget.take(group, nowMs);
          left.get(group)?.push(nowMs);
        }
        for (const [group, instants] of left) {
          const allowed = takeAll(once, group, START_MS, START_MS).length;
          expect(mostInWindow(instants, 1_000)).toBeLessThanOrEqual(allowed);
        }
        const all = [...left.values()].flat().sort((a, b) => a - b);
        expect(mostInWindow(all, 10_000)).toBeLessThanOrEqual(300);
      }),
      { seed: 20261128, numRuns: 100 },
    );
  });

  it('stops housekeeping before all that the venue allows is taken, and still lets the rest through', () => {
    const budget = new RequestBudget();
    const left: number[] = [];
    for (let nowMs = START_MS; nowMs < START_MS + 10_000; nowMs += 25)
      for (const group of GROUPS)
        while (budget.waitMs(group, 'housekeeping', nowMs) === 0) {
          budget.take(group, nowMs);
          left.push(nowMs);
        }
    expect(mostInWindow(left, 10_000)).toBe(210);
    const nowMs = START_MS + 10_000;
    expect(GROUPS.filter((group) => budget.waitMs(group, 'housekeeping', nowMs) === 0)).toEqual([]);
    for (const priority of ['exit', 'cancel', 'doubt', 'entry'] as const)
      expect(budget.waitMs('order_place', priority, nowMs + 500)).toBe(0);
  });

  it('lets nothing of a blocked group through before the instant, and leaves the others alone', () => {
    const budget = new RequestBudget();
    budget.block('fills', START_MS + 90_000);
    budget.block('fills', START_MS + 60_000);
    expect(budget.waitMs('fills', 'exit', START_MS)).toBe(90_000);
    expect(budget.waitMs('fills', 'exit', START_MS + 90_000)).toBe(0);
    expect(budget.waitMs('order_place', 'housekeeping', START_MS)).toBe(0);
    budget.block('all', START_MS + 10_000);
    expect(GROUPS.map((group) => budget.waitMs(group, 'exit', START_MS))).toEqual(
      GROUPS.map((group) => (group === 'fills' ? 90_000 : 10_000)),
    );
  });

  it('does not wait for hours where the clock was set back by hours', () => {
    const budget = new RequestBudget();
    takeAll(budget, 'order_place', START_MS, START_MS + 2_000);
    budget.block('fills', START_MS + 2_000 + 60_000);
    budget.follow(START_MS + 2_000);
    const backMs = START_MS - 3_600_000;
    budget.follow(backMs);
    expect(budget.waitMs('order_place', 'exit', backMs)).toBeLessThanOrEqual(1_050);
    expect(budget.waitMs('order_place', 'exit', backMs + 1_050)).toBe(0);
    expect(budget.waitMs('fills', 'exit', backMs)).toBeLessThanOrEqual(60_000);
    const left = takeAll(budget, 'order_place', backMs, backMs + 3_000);
    expect(mostInWindow(left, 1_000)).toBe(3);
  });
});
