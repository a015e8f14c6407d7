// The switches of whoever runs the exchange: who may use them, what each does, and that a mistake changes nothing.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXCHANGE_FAULTS, FAULT_NAMES } from '../../../../src/adapters/venues/exchange/faults.ts';
import { truthOf } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { CONTROL_ROUTES } from '../../../../src/adapters/venues/exchange/rest/control-routes.ts';
import { MARKET_ROUTES } from '../../../../src/adapters/venues/exchange/rest/market-routes.ts';
import { BTC, ETH, objectOf, START_MS } from '../exchange-rest/served.ts';
import {
  type Came,
  codeOf,
  dataOf,
  KEY,
  type Loopback,
  loopback,
  messageOf,
  OTHER_KEY,
  signedQuery,
} from './loopback.ts';

let venue: Loopback;
beforeEach(async () => {
  venue = await loopback();
});
afterEach(() => venue.close());

const put = (path: string, body: object): Promise<Came> => venue.control('PUT', `/control/${path}`, body);
const post = (path: string, body: object): Promise<Came> => venue.control('POST', `/control/${path}`, body);

async function buy(quantity = '0.01'): Promise<void> {
  const params = { symbol: BTC.symbol, side: 'BUY', type: 'MARKET', positionSide: 'BOTH', quantity };
  expect(codeOf(await venue.signed('POST', '/openApi/swap/v2/trade/order', params))).toBe(0);
}

const truth = (accountId = KEY.accountId): ReturnType<typeof truthOf> =>
  truthOf(venue.exchange.world.model, accountId);

/** Everything that a switch could have changed. */
function state(): unknown {
  const { world } = venue.exchange;
  return [
    FAULT_NAMES.map((name) => world.faults.rate(name)),
    world.model.config.quirks,
    world.wire,
    world.latencyMs,
    [...world.model.markets.values()].map(({ quote }) => quote),
    [truth().wallet, truth('other').wallet],
  ];
}

describe('who may switch', () => {
  it.each(CONTROL_ROUTES.map(({ method, path }) => [method, path] as const))(
    '%s %s asks for a known key, and for nothing more',
    async (method, path) => {
      expect(codeOf(await venue.ask(method, path))).toBe(100413);
      expect(codeOf(await venue.ask(method, path, { headers: { 'X-BX-APIKEY': 'nobody' } }))).toBe(100413);
      const known = await venue.ask(method, path, { headers: { 'X-BX-APIKEY': KEY.apiKey } });
      expect([0, 109400]).toContain(codeOf(known));
    },
  );

  it('may sign as well, and then has to sign right', async () => {
    const headers = { 'X-BX-APIKEY': KEY.apiKey };
    const query = signedQuery({ busy: '0.5', recvWindow: '3000' }, START_MS);
    expect(codeOf(await venue.ask('PUT', `/control/faults?${query}`, { headers }))).toBe(0);
    expect(venue.exchange.world.faults.rate('busy')).toBe(0.5);
    const quirks = signedQuery({ singleLRest: 'true' }, START_MS);
    expect(codeOf(await venue.ask('PUT', `/control/quirks?${quirks}`, { headers }))).toBe(0);
    const wrong = signedQuery({ busy: '0.6' }, START_MS, 'wrong');
    expect(codeOf(await venue.ask('PUT', `/control/faults?${wrong}`, { headers }))).toBe(100001);
  });
});

describe('what can be switched', () => {
  it('is said with how it stands, how often it struck, and what it does', async () => {
    const said = objectOf(dataOf(await venue.control('GET', '/control')));
    const faults = objectOf(said['faults'] ?? null);
    expect(Object.keys(faults)).toEqual(Object.keys(EXCHANGE_FAULTS));
    expect(faults['busy']).toEqual({ rate: '0', hits: '0', what: EXCHANGE_FAULTS.busy });
    expect(said['quirks']).toMatchObject({ roundedAverage: false, marginAsset: 'USDT', filledTmLies: true });
    expect(said['latency_ms']).toBe('0');
  });

  it('tells nothing that is secret', async () => {
    const { text } = await venue.control('GET', '/control');
    for (const secret of [KEY.secret, OTHER_KEY.secret, KEY.apiKey, OTHER_KEY.apiKey])
      expect(text).not.toContain(secret);
  });
});

describe('faults', () => {
  it('are set together, and stand until they are set again', async () => {
    expect(codeOf(await put('faults', { busy: 0.25, frame_dropped: '1' }))).toBe(0);
    expect(codeOf(await put('faults', { busy: '0.5' }))).toBe(0);
    const { faults } = venue.exchange.world;
    expect([faults.rate('busy'), faults.rate('frame_dropped'), faults.rate('server_error')]).toEqual([
      0.5, 1, 0,
    ]);
  });

  it.each([
    [{ busy: 0.5, buzy: 0.5 }, 'buzy: is not known (nearest: busy)'],
    [
      { busy: 0.5, somethingElseAltogether: 0 },
      'somethingElseAltogether: is not known; GET /control lists what is',
    ],
    [{ busy: 0.5, constructor: 0.5 }, 'constructor: is not known'],
    [{ busy: 0.5, server_error: 1.01 }, 'server_error: expected a share from 0 to 1'],
    [{ busy: 0.5, server_error: -0.1 }, 'server_error: expected a share from 0 to 1'],
    [{ busy: 0.5, server_error: ' ' }, 'server_error: expected a share from 0 to 1'],
    [{ busy: 0.5, server_error: 'on' }, 'server_error: expected a share from 0 to 1'],
    [{ busy: 0.5, server_error: true }, 'server_error: expected a share from 0 to 1'],
  ])('that are wrong change nothing: %j', async (body, message) => {
    const before = state();
    const came = await put('faults', body);
    expect(codeOf(came)).toBe(109400);
    expect(messageOf(came)).toContain(message);
    expect(state()).toEqual(before);
  });
});

describe('quirks', () => {
  it('of the model and of the wire are switched in one call', async () => {
    const came = await put('quirks', {
      emptyClientIdOnStream: true,
      legacyCodes: 'true',
      marginAsset: 'VST',
    });
    expect(objectOf(dataOf(came))['quirks']).toMatchObject({
      emptyClientIdOnStream: true,
      marginAsset: 'VST',
    });
    const { model, wire } = venue.exchange.world;
    expect([model.config.quirks.emptyClientIdOnStream, wire.legacyCodes, wire.marginAsset]).toEqual([
      true,
      true,
      'VST',
    ]);
    await put('quirks', { emptyClientIdOnStream: false });
    expect([venue.exchange.world.model.config.quirks.emptyClientIdOnStream, wire.legacyCodes]).toEqual([
      false,
      true,
    ]);
  });

  it.each([
    [{ singleLRest: true, legacyCode: true }, 'legacyCode: is not known (nearest: legacyCodes)'],
    [{ singleLRest: true, legacyCodes: 1 }, 'legacyCodes: expected true or false'],
    [{ singleLRest: true, __proto: true }, '__proto: is not known'],
    [{ singleLRest: true, toString: true }, 'toString: is not known'],
    [{ singleLRest: true, marginAsset: 'a b' }, 'marginAsset: expected capital letters and digits'],
    [{ singleLRest: true, marginAsset: 'X'.repeat(21) }, 'marginAsset: expected capital letters and digits'],
  ])('that are wrong change nothing: %j', async (body, message) => {
    const before = state();
    const came = await put('quirks', body);
    expect(codeOf(came)).toBe(109400);
    expect(messageOf(came)).toContain(message);
    expect(state()).toEqual(before);
  });
});

describe('a symbol', () => {
  it.each(['quote', 'funding', 'liquidation', 'adl'])('has to be named and listed for %s', async (path) => {
    expect(messageOf(await post(path, {}))).toBe('Invalid parameters: symbol is required');
    const came = await post(path, { symbol: 'BTC-USD' });
    expect(codeOf(came)).toBe(109425);
    expect(messageOf(came)).toContain('(nearest: BTC-USDT)');
  });

  it.each([
    ['funding', { rate: '0.0001' }],
    ['liquidation', {}],
    ['adl', { quantity: '1' }],
  ])('without a price can have no %s', async (path, more) => {
    const came = await post(path, { symbol: ETH.symbol, ...more });
    expect([codeOf(came), messageOf(came)]).toEqual([109400, 'ETH-USDT has no price yet']);
  });
});

describe('a quote', () => {
  const btc = { symbol: BTC.symbol };

  it('moves the market, and keeps what was on either side', async () => {
    const model = venue.exchange.world.model.markets.get(BTC.symbol);
    await venue.signed('POST', '/openApi/swap/v2/trade/order', {
      ...btc,
      ...{ side: 'BUY', type: 'MARKET', positionSide: 'BOTH', quantity: '0.004' },
    });
    const [bidLots, askLots] = [model?.quote?.bidLots, model?.quote?.askLots];
    expect(codeOf(await post('quote', { ...btc, bid: '90000', ask: 90000.1, mark: '90000.2' }))).toBe(0);
    expect(model?.quote).toEqual({ bid: 900_000, ask: 900_001, mark: 900_002, bidLots, askLots });
    expect(codeOf(await post('quote', { ...btc, bid: '90001', ask: '90002' }))).toBe(0);
    expect(model?.quote?.mark).toBe(900_010);
  });

  it('fills what it passes', async () => {
    const params = {
      ...btc,
      side: 'BUY',
      type: 'LIMIT',
      positionSide: 'BOTH',
      quantity: '0.001',
      price: '95000',
    };
    await venue.signed('POST', '/openApi/swap/v2/trade/order', params);
    await post('quote', { ...btc, bid: '94000', ask: '94001' });
    expect(truth().positions).toHaveLength(1);
  });

  it('gives a first price to a market that has none', async () => {
    expect(codeOf(await post('quote', { symbol: ETH.symbol, bid: '4000', ask: '4001' }))).toBe(0);
    const came = await venue.ask('GET', `/openApi/swap/v1/ticker/price?symbol=${ETH.symbol}`);
    expect(dataOf(came)).toMatchObject({ price: '4000.00' });
  });

  it.each([
    { bid: '5', ask: '5' },
    { bid: '6', ask: '5' },
    { bid: '5.01', ask: '6' },
    { bid: '0', ask: '6' },
    { bid: '-5', ask: '6' },
    { bid: '5', ask: '6', mark: 'x' },
    { bid: '5', ask: '6', mark: '0' },
    { bid: '5', ask: '9'.repeat(30) },
    { bid: '1e5', ask: '1e6' },
    { ask: '6' },
    {},
  ])('that is none moves nothing: %j', async (body) => {
    const before = state();
    expect(codeOf(await post('quote', { ...btc, ...body }))).toBe(109400);
    expect(state()).toEqual(before);
  });
});

describe('funding', () => {
  it.each(['0.000001', '0.000307', '0.000123', '-0.000567', '0.02', '-0.02', '0.0', '0.0001'])(
    'is paid at a rate of six decimals: %s',
    async (rate) => {
      await buy();
      expect(codeOf(await post('funding', { symbol: BTC.symbol, rate }))).toBe(0);
      const history = venue.exchange.world.history.get(BTC.symbol)?.funding() ?? [];
      expect(history).toEqual([{ atMs: START_MS, rate: Math.round(Number(rate) * 1_000_000) }]);
      const paid = truth().income.filter(({ kind }) => kind === 'FUNDING');
      expect(paid.map(({ amount }) => Number(amount) / 100_000_000)).toEqual(
        Number(rate) === 0 ? [] : [expect.closeTo(-1_000 * Number(rate), 8)],
      );
    },
  );

  it.each([{ rate: '0.020001' }, { rate: '-0.03' }, { rate: '0.0000001' }, { rate: 'x' }, { rate: ' ' }, {}])(
    'of no rate is not paid: %j',
    async (body) => {
      await buy();
      expect(codeOf(await post('funding', { symbol: BTC.symbol, ...body }))).toBe(109400);
      expect(venue.exchange.world.history.get(BTC.symbol)?.funding()).toEqual([]);
    },
  );
});

describe('a transfer', () => {
  it('moves the money of whoever asks, in or out', async () => {
    const before = truth().wallet;
    expect(codeOf(await post('transfer', { amount: '12.5' }))).toBe(0);
    expect(codeOf(await post('transfer', { amount: -2 }))).toBe(0);
    expect(truth().wallet - before).toBe(1_050_000_000n);
    expect(truth('other').wallet).toBe(before);
  });

  it('takes out no more than is free', async () => {
    const before = truth().wallet;
    expect(codeOf(await post('transfer', { amount: '-100000.00000001' }))).toBe(109400);
    expect(truth().wallet).toBe(before);
    expect(codeOf(await post('transfer', { amount: '-100000' }))).toBe(0);
    expect(truth().wallet).toBe(0n);
  });

  it.each([
    { amount: '0' },
    { amount: '0.000000001' },
    { amount: 'x' },
    { amount: '1e30' },
    { amount: '9'.repeat(40) },
    {},
  ])('of no sum moves nothing: %j', async (body) => {
    const before = state();
    expect(codeOf(await post('transfer', body))).toBe(109400);
    expect(state()).toEqual(before);
  });
});

describe('a forced close', () => {
  it('liquidates all of one symbol, of whoever asks', async () => {
    await buy();
    expect(codeOf(await post('liquidation', { symbol: BTC.symbol }))).toBe(0);
    expect(truth().positions).toEqual([]);
    expect(truth().orders.at(-1)?.report).toMatchObject({ side: 'SELL', status: 'FILLED', filledLots: 100 });
  });

  it('deleverages so many lots of it', async () => {
    await buy();
    expect(codeOf(await post('adl', { symbol: BTC.symbol, quantity: '0.0030' }))).toBe(0);
    expect(truth().positions).toMatchObject([{ position: 70 }]);
    const other = await venue.ask('POST', '/control/adl', {
      headers: { 'X-BX-APIKEY': OTHER_KEY.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ symbol: BTC.symbol, quantity: '0.001' }),
    });
    expect(codeOf(other)).toBe(0);
    expect(truth().positions).toMatchObject([{ position: 70 }]);
  });

  it.each(['0', '-1', '0.00001', '', 'x', '9'.repeat(15)])(
    'deleverages no odd quantity: %j',
    async (quantity) => {
      await buy();
      expect(codeOf(await post('adl', { symbol: BTC.symbol, quantity }))).toBe(109400);
      expect(truth().positions).toMatchObject([{ position: 100 }]);
    },
  );
});

describe('commands to the streams', () => {
  it.each([
    ['expire-listen-keys', 'expire_listen_keys'],
    ['drop-sockets', 'drop_sockets'],
  ] as const)('%s is passed on', async (path, command) => {
    const told: string[] = [];
    venue.exchange.world.streamCommands.add((one) => told.push(one));
    expect(dataOf(await post(path, {}))).toEqual({ command });
    expect(told).toEqual([command]);
  });
});

describe('latency', () => {
  it('holds a request half of it there, and half of it back', async () => {
    expect(dataOf(await put('latency', { ms: 80 }))).toEqual({ latency_ms: '80' });
    const asked = venue.ask('GET', '/openApi/swap/v2/server/time');
    while (venue.timers.nextMs() !== START_MS + 40) await new Promise((resolve) => setImmediate(resolve));
    venue.timers.advance(40);
    venue.timers.advance(40);
    expect(dataOf(await asked)).toEqual({ serverTime: String(START_MS + 40) });
  });

  it.each([{ ms: -1 }, { ms: 'x' }, { ms: ' ' }, { ms: 1e9 }, {}])(
    'of no length changes nothing: %j',
    async (body) => {
      const before = state();
      expect(codeOf(await put('latency', body))).toBe(109400);
      expect(state()).toEqual(before);
    },
  );
});

describe('any switching', () => {
  const text = fc.oneof(
    fc.constantFrom(
      BTC.symbol,
      ETH.symbol,
      '1',
      '0.5',
      '0.0001',
      'true',
      '100000',
      '100000.1',
      '-1',
      '1e3',
      '',
    ),
    fc.integer({ min: 1, max: 900_000_000_000_000 }).map(String),
    fc.string({ maxLength: 12 }),
  );
  const name = fc.oneof(
    fc.constantFrom(
      'symbol',
      'bid',
      'ask',
      'mark',
      'rate',
      'amount',
      'quantity',
      'marginAsset',
      '__proto__',
      'ms',
    ),
    fc.string({ maxLength: 10 }),
  );
  const body = fc
    .tuple(fc.array(fc.tuple(name, text), { maxLength: 5 }), fc.boolean())
    .map(([pairs, isOfBtc]) => Object.fromEntries([...pairs, ...(isOfBtc ? [['symbol', BTC.symbol]] : [])]));

  it('gets a documented code, and leaves a market that can be asked', async () => {
    await buy();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CONTROL_ROUTES.filter(({ path }) => path !== '/control/latency')),
        body,
        async ({ method, path }, params) => {
          expect([0, 109400, 109425]).toContain(codeOf(await venue.control(method, path, params)));
          for (const route of MARKET_ROUTES) {
            const came = await venue.ask('GET', `${route.path}?symbol=${BTC.symbol}&interval=1m`);
            expect([route.path, codeOf(came)]).toEqual([route.path, 0]);
          }
          for (const asked of ['/openApi/swap/v3/user/balance', '/openApi/swap/v2/user/positions'])
            expect(codeOf(await venue.signed('GET', asked))).toBe(0);
        },
      ),
      { seed: 20261128, numRuns: 100 },
    );
  });
});
