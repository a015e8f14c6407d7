// What goes wrong between a client and the exchange, one by one: what was carried out is in the model, and what was not is not.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXCHANGE_FAULTS, type FaultName } from '../../../../src/adapters/venues/exchange/faults.ts';
import { truthOf } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { BTC, START_MS } from '../exchange-rest/served.ts';
import {
  type Came,
  codeOf,
  dataOf,
  KEY,
  type Loopback,
  loopback,
  messageOf,
  signedQuery,
  until,
} from './loopback.ts';

const ORDER = '/openApi/swap/v2/trade/order';
const OPEN = '/openApi/swap/v2/trade/openOrders';
const BALANCE = '/openApi/swap/v3/user/balance';

let venue: Loopback;
beforeEach(async () => {
  venue = await loopback();
});
afterEach(() => venue.close());

function always(fault: FaultName): void {
  venue.exchange.world.faults.set(fault, 1);
}

function never(fault: FaultName): void {
  venue.exchange.world.faults.set(fault, 0);
}

function place(): Promise<Came> {
  const params = { symbol: BTC.symbol, side: 'BUY', type: 'LIMIT', positionSide: 'BOTH', quantity: '0.001' };
  return venue.signed('POST', ORDER, { ...params, price: '99000' });
}

/** How many orders there truly are. */
function orders(): number {
  return truthOf(venue.exchange.world.model, KEY.accountId).orders.length;
}

function held(): number {
  return venue.exchange.traffic().requestsHeld;
}

function working(): number {
  return venue.exchange.traffic().requestsWorking;
}

/** Notes what came of a request, once it has. */
function noted(asked: Promise<Came>): { came: Came | null } {
  const note: { came: Came | null } = { came: null };
  void asked.then((came) => {
    note.came = came;
  });
  return note;
}

describe('request_lost', () => {
  it('is not carried out and not answered, until the exchange is closed', async () => {
    always('request_lost');
    const asked = noted(place());
    await until(() => held() === 1);
    venue.timers.advance(3_600_000);
    never('request_lost');
    await venue.ask('GET', BALANCE);
    expect([orders(), working(), asked.came]).toEqual([0, 0, null]);
    await venue.close();
    await until(() => asked.came !== null);
    expect(asked.came?.status).toBe('lost');
    venue = await loopback();
  });

  it('is held no longer than its client waits', async () => {
    always('request_lost');
    const abort = new AbortController();
    const left = fetch(`${venue.exchange.url}${BALANCE}`, { signal: abort.signal }).catch(() => 'left');
    await until(() => held() === 1);
    abort.abort();
    expect(await left).toBe('left');
    await until(() => held() === 0);
    expect(working()).toBe(0);
  });
});

describe('response_lost', () => {
  it('is carried out and not answered', async () => {
    always('response_lost');
    const asked = noted(place());
    await until(() => held() === 1);
    expect([orders(), working(), asked.came]).toEqual([1, 0, null]);
    never('response_lost');
    const rows = dataOf(await venue.signed('GET', OPEN)) as { orders: readonly unknown[] };
    expect(rows.orders).toHaveLength(1);
    expect(held()).toBe(1);
  });
});

describe('request_delayed', () => {
  it('is carried out late, and answered then', async () => {
    always('request_delayed');
    const asked = noted(place());
    await until(() => held() === 1);
    const dueMs = venue.timers.nextMs() ?? 0;
    expect(dueMs - START_MS).toBeGreaterThanOrEqual(100);
    expect(dueMs - START_MS).toBeLessThanOrEqual(5_000);
    venue.timers.advance(dueMs - START_MS - 1);
    expect(orders()).toBe(0);
    venue.timers.advance(1);
    expect([orders(), held()]).toEqual([1, 0]);
    await until(() => asked.came !== null);
    expect(asked.came && codeOf(asked.came)).toBe(0);
  });

  it('is carried out although its client has gone, and counted no longer', async () => {
    always('request_delayed');
    always('response_lost');
    const abort = new AbortController();
    const query = signedQuery(
      { symbol: BTC.symbol, side: 'BUY', type: 'MARKET', positionSide: 'BOTH', quantity: '0.001' },
      START_MS,
    );
    const left = fetch(`${venue.exchange.url}${ORDER}?${query}`, {
      method: 'POST',
      headers: { 'X-BX-APIKEY': KEY.apiKey },
      signal: abort.signal,
    }).catch(() => 'left');
    await until(() => held() === 1);
    abort.abort();
    await left;
    await until(() => held() === 0);
    venue.timers.advance(5_000);
    expect([orders(), held(), working()]).toEqual([1, 0, 0]);
  });

  it('is not carried out any more where the exchange was closed', async () => {
    always('request_delayed');
    void place().catch(() => null);
    await until(() => held() === 1);
    const { timers, exchange } = venue;
    await exchange.close();
    timers.advance(5_000);
    expect(truthOf(exchange.world.model, KEY.accountId).orders).toEqual([]);
  });
});

describe('response_delayed', () => {
  it('is carried out at once and answered late, with what was so then', async () => {
    always('response_delayed');
    const asked = noted(place());
    await until(() => held() === 1);
    expect([orders(), asked.came]).toEqual([1, null]);
    venue.timers.advance(5_000);
    await until(() => asked.came !== null);
    expect(asked.came && codeOf(asked.came)).toBe(0);
    expect([held(), working()]).toEqual([0, 0]);
  });

  it('is counted no longer where its client went while the request was late as well', async () => {
    always('request_delayed');
    always('response_delayed');
    const abort = new AbortController();
    const left = fetch(`${venue.exchange.url}${BALANCE}`, { signal: abort.signal }).catch(() => 'left');
    await until(() => held() === 1);
    abort.abort();
    expect(await left).toBe('left');
    await until(() => held() === 0);
    venue.timers.advance((venue.timers.nextMs() ?? 0) - START_MS);
    expect([held(), working()]).toEqual([0, 0]);
    venue.timers.advance(5_000);
    expect([held(), working()]).toEqual([0, 0]);
  });
});

describe('connection_reset', () => {
  it('is carried out, and the connection breaks', async () => {
    always('connection_reset');
    expect((await place()).status).toBe('lost');
    expect(orders()).toBe(1);
    await until(() => working() === 0);
  });
});

describe('server_error', () => {
  it('is not carried out, and answered with HTTP 500', async () => {
    always('server_error');
    const came = await place();
    expect([came.status, came.text, orders()]).toEqual([500, 'Internal Server Error', 0]);
  });
});

describe('gateway_timeout', () => {
  it('is carried out, and answered with HTTP 504', async () => {
    always('gateway_timeout');
    expect([(await place()).status, orders()]).toEqual([504, 1]);
  });
});

describe('unreadable', () => {
  it('is carried out, and half of its answer comes as if it were whole', async () => {
    always('unreadable');
    const came = await place();
    expect([came.status, orders()]).toEqual([200, 1]);
    expect(came.text).toMatch(/^\{"code":0,/);
    expect(() => JSON.parse(came.text)).toThrow(SyntaxError);
  });
});

describe('busy and clock_skew', () => {
  it.each([
    ['busy', 109500],
    ['clock_skew', 100421],
  ] as const)('%s is not carried out, and answered with %i', async (fault, code) => {
    always(fault);
    expect([codeOf(await place()), orders()]).toEqual([code, 0]);
  });
});

describe('rate_limited', () => {
  const TEXT =
    /^The endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after (\d{13})$/;

  async function instantOf(asked: Promise<Came>): Promise<number> {
    const came = await asked;
    expect(codeOf(came)).toBe(100410);
    return Number(TEXT.exec(messageOf(came))?.[1]);
  }

  it('refuses a path with 100410 until the instant that it says, and not a millisecond longer', async () => {
    always('rate_limited');
    const untilMs = await instantOf(place());
    expect(untilMs).toBe(START_MS + 3_000);
    never('rate_limited');
    venue.timers.advance(2_999);
    expect(await instantOf(place())).toBe(untilMs);
    expect(orders()).toBe(0);
    venue.timers.advance(1);
    expect([codeOf(await place()), orders()]).toEqual([0, 1]);
  });

  it('does not move the instant that it has said', async () => {
    always('rate_limited');
    const untilMs = await instantOf(place());
    venue.timers.advance(1_000);
    expect(await instantOf(place())).toBe(untilMs);
    expect(venue.exchange.world.faults.hits.rate_limited).toBe(1);
  });

  it('strikes the path alone, with all of its methods', async () => {
    always('rate_limited');
    await instantOf(place());
    never('rate_limited');
    expect(codeOf(await venue.signed('GET', BALANCE))).toBe(0);
    await instantOf(venue.signed('DELETE', ORDER, { symbol: BTC.symbol, orderId: '1' }));
  });
});

describe('latency', () => {
  beforeEach(async () => {
    await venue.close();
    venue = await loopback({ latencyMs: 60 });
  });

  it('lets a request travel half of it before it is carried out, and half of it back', async () => {
    const asked = noted(place());
    await until(() => held() === 1);
    venue.timers.advance(29);
    expect(orders()).toBe(0);
    venue.timers.advance(1);
    expect([orders(), held(), asked.came]).toEqual([1, 1, null]);
    venue.timers.advance(30);
    await until(() => asked.came !== null);
    expect(asked.came && codeOf(asked.came)).toBe(0);
  });

  it('comes on top of what is late', async () => {
    always('request_delayed');
    const asked = noted(place());
    await until(() => held() === 1);
    venue.timers.advance(30);
    const dueMs = venue.timers.nextMs() ?? 0;
    expect(dueMs - START_MS).toBeGreaterThanOrEqual(130);
    venue.timers.advance(dueMs - START_MS - 30);
    expect([orders(), asked.came]).toEqual([1, null]);
    venue.timers.advance(30);
    await until(() => asked.came !== null);
  });

  it('is on both ways of a refusal, which counts from when the request arrives', async () => {
    always('rate_limited');
    const asked = noted(place());
    await until(() => held() === 1);
    venue.timers.advance(30);
    venue.timers.advance(30);
    await until(() => asked.came !== null);
    expect(asked.came && messageOf(asked.came)).toContain(`unblocked after ${START_MS + 30 + 3_000}`);
  });

  it('is nothing to the switches of the exchange', async () => {
    expect(codeOf(await venue.control('GET', '/control'))).toBe(0);
  });
});

describe('faults', () => {
  const HTTP_FAULTS: readonly FaultName[] = [
    ...([
      'request_lost',
      'response_lost',
      'request_delayed',
      'response_delayed',
      'connection_reset',
    ] as const),
    ...(['server_error', 'gateway_timeout', 'unreadable', 'rate_limited', 'busy', 'clock_skew'] as const),
  ];

  it('leave the market and the switches of the exchange alone', async () => {
    for (const fault of HTTP_FAULTS) always(fault);
    expect(codeOf(await venue.ask('GET', '/openApi/swap/v2/server/time'))).toBe(0);
    expect(codeOf(await venue.control('GET', '/control'))).toBe(0);
    expect(codeOf(await venue.control('PUT', '/control/faults', { busy: 0 }))).toBe(0);
  });

  it('are all off at first, and are counted where they strike', async () => {
    expect(codeOf(await place())).toBe(0);
    const { faults } = venue.exchange.world;
    expect(Object.keys(EXCHANGE_FAULTS).map((name) => faults.hits[name as FaultName])).toEqual(
      Object.keys(EXCHANGE_FAULTS).map(() => 0),
    );
    always('busy');
    await place();
    await place();
    expect(faults.hits.busy).toBe(2);
  });

  it('come at their rate, the same for the same seed', async () => {
    const strikes = async (): Promise<string> => {
      const one = await loopback();
      one.exchange.world.faults.set('busy', 0.5);
      let text = '';
      for (let n = 0; n < 40; n += 1) text += codeOf(await one.signed('GET', BALANCE)) === 0 ? '.' : 'x';
      await one.close();
      return text;
    };
    const first = await strikes();
    expect(first).toMatch(/x.*\..*x/);
    expect(await strikes()).toBe(first);
  });

  it('all at once lose no order and make none up', async () => {
    for (const fault of HTTP_FAULTS) venue.exchange.world.faults.set(fault, 0.1);
    const notes: { came: Came | null }[] = [];
    for (let n = 0; n < 120; n += 1) {
      const note = noted(place());
      notes.push(note);
      await until(() => note.came !== null || held() === notes.filter(({ came }) => came === null).length);
      if (n % 10 === 9) venue.timers.advance(5_000);
    }
    venue.timers.advance(10_000);
    const { hits } = venue.exchange.world.faults;
    await until(() => held() === hits.request_lost + hits.response_lost);
    await until(() => notes.filter(({ came }) => came === null).length === held());
    const answers = notes.flatMap(({ came }) => came ?? []);
    const isPlaced = ({ status, text }: Came): boolean =>
      status === 'lost' || status === 504 || text.startsWith('{"code":0');
    expect(orders()).toBe(answers.filter(isPlaced).length + hits.response_lost);
    expect(answers.filter(({ status }) => status === 500)).toHaveLength(hits.server_error);
    expect(Math.min(...HTTP_FAULTS.map((fault) => hits[fault]))).toBeGreaterThan(0);
    expect(working()).toBe(0);
  });

  it('strike a call before anybody asks who it is from', async () => {
    always('server_error');
    expect((await venue.ask('GET', BALANCE)).status).toBe(500);
  });
});

describe('codes of before October 2025', () => {
  it.each([
    [{ orderId: '5' }, 109421, 80016],
    [{}, 109400, 80014],
  ])('stand for those of today where that is switched: %j', async (params, today, before) => {
    const asked = (): Promise<Came> => venue.signed('GET', ORDER, { symbol: BTC.symbol, ...params });
    expect(codeOf(await asked())).toBe(today);
    venue.exchange.world.wire = { ...venue.exchange.world.wire, legacyCodes: true };
    expect(codeOf(await asked())).toBe(before);
  });

  it('are those of the faults too, and those that were the same stay', async () => {
    venue.exchange.world.wire = { ...venue.exchange.world.wire, legacyCodes: true };
    expect(codeOf(await venue.ask('GET', BALANCE))).toBe(100413);
    always('busy');
    expect(codeOf(await place())).toBe(80012);
  });

  it('say 80001 of margin that is not there', async () => {
    venue.exchange.world.wire = { ...venue.exchange.world.wire, legacyCodes: true };
    const params = { symbol: BTC.symbol, side: 'BUY', type: 'MARKET', positionSide: 'BOTH', quantity: '100' };
    expect(codeOf(await venue.signed('POST', ORDER, params))).toBe(80001);
  });
});
