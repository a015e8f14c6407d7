// What the public is told of the market, each path once as it should be asked and once as it should not.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveMarket, payFunding } from '../../../../src/adapters/venues/exchange/feed/move-market.ts';
import type { JsonTextObject } from '../../../../src/adapters/venues/json-text.ts';
import { stepOf } from '../../../../src/domain/instrument.ts';
import { money } from '../../../../src/domain/money.ts';
import { lots, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import { BTC, ETH, objectOf, rowsOf, START_MS } from '../exchange-rest/served.ts';
import { type Came, codeOf, dataOf, type Loopback, loopback, messageOf, quote } from './loopback.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The bar that the exchange began in. */
const FIRST_BAR_MS = Math.floor(START_MS / MINUTE_MS) * MINUTE_MS;

let venue: Loopback;
beforeEach(async () => {
  venue = await loopback();
});
afterEach(() => venue.close());

function get(path: string, params: Readonly<Record<string, string>> = {}): Promise<Came> {
  return venue.ask('GET', `/openApi/swap${path}?${new URLSearchParams(params)}`);
}

const btc = (path: string, params: Readonly<Record<string, string>> = {}): Promise<Came> =>
  get(path, { symbol: BTC.symbol, ...params });

async function rows(
  path: string,
  params: Readonly<Record<string, string>> = {},
): Promise<readonly JsonTextObject[]> {
  return rowsOf(dataOf(await btc(path, params)));
}

/** Trades others make, one at each price, in ticks. */
function trade(...prices: readonly number[]): void {
  const of = venue.exchange.world.model.markets.get(BTC.symbol)?.quote;
  if (of === null || of === undefined) throw new Error('no price');
  for (const price of prices)
    moveMarket(venue.exchange.world, BTC.symbol, of, {
      price: priceTicks(price),
      lots: lots(25),
      isBuyerMaker: price % 2 === 0,
    });
}

const OF_ONE = [
  ['/v2/quote/depth', {}],
  ['/v2/quote/trades', {}],
  ['/v2/quote/bookTicker', {}],
  ['/v2/quote/fundingRate', {}],
  ['/v2/quote/openInterest', {}],
  ['/v3/quote/klines', { interval: '1m' }],
  ['/v2/quote/klines', { interval: '1m' }],
  ['/v1/tradingRules', {}],
] as const;
const OF_ONE_OR_ALL = ['/v1/ticker/price', '/v2/quote/price', '/v2/quote/ticker', '/v2/quote/premiumIndex'];

describe('a symbol', () => {
  it.each(OF_ONE)('has to be named for %s', async (path, more) => {
    const came = await get(path, more);
    expect([codeOf(came), messageOf(came)]).toEqual([109400, 'Invalid parameters: symbol is required']);
  });

  it.each([...OF_ONE.map(([path]) => path), ...OF_ONE_OR_ALL, '/v2/quote/contracts'])(
    'that is not listed is answered with 109425 and the nearest one: %s',
    async (path) => {
      const came = await get(path, { symbol: 'BTC-USD', interval: '1m' });
      expect([codeOf(came), messageOf(came)]).toEqual([
        109425,
        'BTC-USD,symbol not exist, please verify it in api: /openApi/swap/v2/quote/contracts (nearest: BTC-USDT)',
      ]);
    },
  );

  it.each(['__proto__', 'constructor', 'btc-usdt', 'x'.repeat(2_000), 'BTC-USDT ', '[object Object]'])(
    'of an odd name is not listed: %.20s',
    async (symbol) => {
      expect(codeOf(await get('/v1/ticker/price', { symbol }))).toBe(109425);
    },
  );

  it.each([...OF_ONE.map(([path]) => path), ...OF_ONE_OR_ALL])(
    'without a price yet is suspended, and not at zero: %s',
    async (path) => {
      const came = await get(path, { symbol: ETH.symbol, interval: '1m' });
      expect([codeOf(came), messageOf(came)]).toEqual([109415, 'ETH-USDT has no price yet']);
    },
  );

  it.each(OF_ONE_OR_ALL)('without a price yet is not on the list of all: %s', async (path) => {
    const list = rowsOf(dataOf(await get(path)));
    expect(list.map(({ symbol }) => symbol)).toEqual(['BTC-USDT']);
    expect(objectOf(dataOf(await btc(path)))).toEqual(list[0]);
  });

  it('without a price yet is a contract all the same', async () => {
    const list = rowsOf(dataOf(await get('/v2/quote/contracts')));
    expect(list.map(({ symbol }) => symbol)).toEqual(['BTC-USDT', 'ETH-USDT']);
  });
});

describe('a contract', () => {
  it('says its steps, its least quantity and worth, and its fees', async () => {
    const [row] = await rows('/v2/quote/contracts');
    expect(row).toMatchObject({
      contractId: '100',
      symbol: 'BTC-USDT',
      quantityPrecision: '4',
      pricePrecision: '1',
      tradeMinQuantity: '0.0001',
      tradeMinUSDT: '2',
      makerFeeRate: '0.0002',
      takerFeeRate: '0.0005',
      maxLongLeverage: '125',
      currency: 'USDT',
      asset: 'BTC',
      status: '1',
    });
  });

  it('keeps its number where it is asked for alone', async () => {
    const list = rowsOf(dataOf(await get('/v2/quote/contracts', { symbol: ETH.symbol })));
    expect(list.map(({ contractId }) => contractId)).toEqual(['101']);
  });
});

describe('the time', () => {
  it('is that of the exchange', async () => {
    venue.timers.advance(123);
    expect(dataOf(await get('/v2/server/time'))).toEqual({ serverTime: String(START_MS + 123) });
  });
});

describe('a price', () => {
  it('is that of the last trade, and the mark before there was one', async () => {
    expect(dataOf(await btc('/v1/ticker/price'))).toEqual({
      symbol: 'BTC-USDT',
      price: '100000.0',
      time: String(START_MS),
    });
    trade(1_000_007);
    expect(dataOf(await btc('/v2/quote/price'))).toMatchObject({ price: '100000.7' });
  });
});

describe('the book', () => {
  it('is its best level, and as much as anybody wants a slip behind it', async () => {
    const book = objectOf(dataOf(await btc('/v2/quote/depth')));
    expect(book['bids']).toEqual([
      ['100000.0', '0.0100'],
      ['99999.9', '100000.0000'],
    ]);
    expect(book['asks']).toEqual([
      ['100001.0', '0.0100'],
      ['100001.1', '100000.0000'],
    ]);
    expect([book['bidsCoin'], book['asksCoin'], book['T']]).toEqual([
      book['bids'],
      book['asks'],
      String(START_MS),
    ]);
  });

  it('is as deep at its best level where nothing slips', async () => {
    await venue.close();
    venue = await loopback({ model: { slippageTicks: 0 } });
    const book = objectOf(dataOf(await btc('/v2/quote/depth')));
    expect(book['bids']).toEqual([['100000.0', '100000.0000']]);
    expect(book['asks']).toEqual([['100001.0', '100000.0000']]);
  });

  it('has no more levels than are asked for', async () => {
    const book = objectOf(dataOf(await btc('/v2/quote/depth', { limit: '1' })));
    expect([book['bids'], book['asks']]).toEqual([[['100000.0', '0.0100']], [['100001.0', '0.0100']]]);
  });

  it('has numbers for its best level', async () => {
    const came = await btc('/v2/quote/bookTicker');
    expect(came.text).toContain('"bid_price":100000,"bid_qty":0.01,"ask_price":100001,"ask_qty":0.01');
  });
});

describe('a limit', () => {
  it.each([
    ['/v2/quote/depth', 1_000],
    ['/v2/quote/trades', 1_000],
    ['/v2/quote/fundingRate', 1_000],
    ['/v3/quote/klines', 1_440],
  ])('of %s is a whole number up to %i', async (path, most) => {
    expect(codeOf(await btc(path, { limit: String(most), interval: '1m' }))).toBe(0);
    for (const limit of [
      '0',
      '-1',
      '1.5',
      String(most + 1),
      'x',
      '0x10',
      '1e2',
      ' 5',
      'Infinity',
      '9'.repeat(40),
    ])
      expect([limit, codeOf(await btc(path, { limit, interval: '1m' }))]).toEqual([limit, 109400]);
  });
});

describe('trades', () => {
  it('come newest first, with what they were worth', async () => {
    expect(await rows('/v2/quote/trades')).toEqual([]);
    trade(1_000_000, 1_000_010);
    expect(await rows('/v2/quote/trades')).toEqual([
      { time: String(START_MS), isBuyerMaker: true, price: '100001.0', qty: '0.0025', quoteQty: '250.00' },
      { time: String(START_MS), isBuyerMaker: true, price: '100000.0', qty: '0.0025', quoteQty: '250.00' },
    ]);
    trade(1_000_003);
    expect(await rows('/v2/quote/trades', { limit: '1' })).toMatchObject([
      { price: '100000.3', isBuyerMaker: false },
    ]);
  });
});

describe('the ticker', () => {
  it('sums up the last day', async () => {
    trade(1_000_000, 1_010_000, 990_000);
    venue.timers.advance(HOUR_MS);
    trade(1_005_000);
    expect(dataOf(await btc('/v2/quote/ticker'))).toMatchObject({
      symbol: 'BTC-USDT',
      priceChange: '500.0',
      priceChangePercent: '0.50',
      openPrice: '100000.0',
      lastPrice: '100500.0',
      lastQty: '0.0025',
      highPrice: '101000.0',
      lowPrice: '99000.0',
      volume: '0.0100',
      quoteVolume: '1001.25',
      openTime: String(FIRST_BAR_MS),
      closeTime: String(START_MS + HOUR_MS),
      bidPrice: '100000.0',
      askPrice: '100001.0',
    });
  });

  it('forgets what is older than a day', async () => {
    trade(1_100_000);
    venue.timers.advance(25 * HOUR_MS);
    trade(1_000_000);
    expect(dataOf(await btc('/v2/quote/ticker'))).toMatchObject({ highPrice: '100000.0', volume: '0.0025' });
  });
});

describe('funding', () => {
  it('has a next time, which is one of 00, 08 and 16 hours, and later than now', async () => {
    const next = async (): Promise<number> =>
      Number(objectOf(dataOf(await btc('/v2/quote/premiumIndex')))['nextFundingTime']);
    const first = await next();
    expect(new Date(first).toISOString()).toMatch(/T(00|08|16):00:00\.000Z$/);
    expect(first - START_MS).toBeLessThanOrEqual(8 * HOUR_MS);
    venue.timers.advance(first - START_MS);
    expect(await next()).toBe(first + 8 * HOUR_MS);
    expect(await rows('/v2/quote/fundingRate')).toEqual([
      { symbol: 'BTC-USDT', fundingRate: '0.00010000', fundingTime: String(first) },
    ]);
  });

  it('has a rate, and the mark for an index', async () => {
    expect(dataOf(await btc('/v2/quote/premiumIndex'))).toMatchObject({
      markPrice: '100000.0',
      indexPrice: '100000.0',
      lastFundingRate: '0.00010000',
      fundingIntervalHours: '8',
    });
  });

  it('that was never paid is nothing, and not an empty list', async () => {
    expect((await btc('/v2/quote/fundingRate')).text).toBe('{"code":0,"msg":"","data":null}');
  });

  it('comes newest first, from one time to another with both, the newest where there are too many', async () => {
    for (const rate of [1, -2, 3, 4]) {
      payFunding(venue.exchange.world, BTC.symbol, ppm(rate));
      venue.timers.advance(1_000);
    }
    const rates = async (params: Record<string, string>): Promise<unknown[]> =>
      (await rows('/v2/quote/fundingRate', params)).map(({ fundingRate }) => fundingRate);
    expect(await rates({})).toEqual(['0.00000400', '0.00000300', '-0.00000200', '0.00000100']);
    expect(await rates({ limit: '2' })).toEqual(['0.00000400', '0.00000300']);
    const range = { startTime: String(START_MS + 1_000), endTime: String(START_MS + 2_000) };
    expect(await rates(range)).toEqual(['0.00000300', '-0.00000200']);
    expect(dataOf(await btc('/v2/quote/fundingRate', { endTime: String(START_MS - 1) }))).toBeNull();
  });
});

describe('open interest', () => {
  it('is what all accounts hold is worth at the mark, each side of it', async () => {
    expect(dataOf(await btc('/v2/quote/openInterest'))).toMatchObject({ openInterest: '0.00' });
    const params = {
      symbol: BTC.symbol,
      type: 'MARKET',
      positionSide: 'BOTH',
      quantity: '0.005',
      side: 'SELL',
    };
    expect(codeOf(await venue.signed('POST', '/openApi/swap/v2/trade/order', params))).toBe(0);
    quote(venue.exchange, 900_000, 900_010);
    expect(dataOf(await btc('/v2/quote/openInterest'))).toEqual({
      openInterest: '450.00',
      symbol: 'BTC-USDT',
      time: String(START_MS),
    });
  });
});

describe('bars', () => {
  /** One trade in each of five minutes, at 100,000.0, 100,001.0 and so on. */
  function fiveMinutes(): void {
    for (let minute = 0; minute < 5; minute += 1) {
      trade(1_000_000 + minute * 10);
      venue.timers.advance(MINUTE_MS);
    }
  }
  const at = (minute: number): string => String(FIRST_BAR_MS + minute * MINUTE_MS);
  async function times(path: string, params: Record<string, string>): Promise<unknown[]> {
    return (await rows(path, { interval: '1m', ...params })).map(({ time }) => time);
  }

  it.each(['/v3/quote/klines', '/v2/quote/klines'])('of %s come newest first, half open', async (path) => {
    fiveMinutes();
    expect(await times(path, { startTime: at(1), endTime: at(4) })).toEqual([at(3), at(2), at(1)]);
    expect(await times(path, { startTime: at(3) })).toEqual([at(4), at(3)]);
    expect(await times(path, { endTime: at(2) })).toEqual([at(1), at(0)]);
    expect(await times(path, { startTime: String(Number(at(1)) + 1), endTime: at(3) })).toEqual([at(2)]);
    expect(await times(path, { startTime: at(3), endTime: at(1) })).toEqual([]);
    expect(await times(path, { startTime: at(0), limit: '2' })).toEqual([at(4), at(3)]);
  });

  it('say what was traded, as text', async () => {
    trade(1_000_000, 1_000_040, 999_990, 1_000_020);
    expect(await rows('/v3/quote/klines', { interval: '1m' })).toEqual([
      {
        open: '100000.0',
        close: '100002.0',
        high: '100004.0',
        low: '99999.0',
        volume: '0.0100',
        time: at(0),
      },
    ]);
  });

  it('are made longer of shorter ones', async () => {
    fiveMinutes();
    const [bar] = await rows('/v3/quote/klines', { interval: '1d' });
    expect(bar).toMatchObject({ open: '100000.0', high: '100004.0', close: '100004.0', volume: '0.0125' });
  });

  it('of the older path are one, not in a list, where no time is asked for', async () => {
    fiveMinutes();
    expect(dataOf(await btc('/v2/quote/klines', { interval: '1m' }))).toMatchObject({ time: at(4) });
    expect(dataOf(await btc('/v2/quote/klines', { interval: '1m', limit: '3' }))).toMatchObject({
      time: at(4),
    });
  });

  it('are 500 where nothing is said, and at most 1,440', async () => {
    for (let minute = 0; minute < 1_500; minute += 1) {
      trade(1_000_000);
      venue.timers.advance(MINUTE_MS);
    }
    expect(await times('/v3/quote/klines', {})).toHaveLength(500);
    expect(await times('/v3/quote/klines', { limit: '1440' })).toHaveLength(1_440);
  });

  it.each(['', '7m', '1H', '1min', 'toString', '__proto__', '60'])(
    'of no known length are refused: %j',
    async (interval) => {
      const came = await btc('/v3/quote/klines', { interval });
      expect(codeOf(came)).toBe(109400);
      expect(messageOf(came)).toMatch(/interval .*1m, 3m, 5m, .*1w, 1M/);
    },
  );

  it.each(['x', '-1', '1.5', '1e3', '0x10', 'NaN', 'Infinity', '9'.repeat(30)])(
    'from or to no time are refused: %s',
    async (time) => {
      expect(codeOf(await btc('/v3/quote/klines', { interval: '1m', startTime: time }))).toBe(109400);
      expect(codeOf(await btc('/v2/quote/klines', { interval: '1m', endTime: time }))).toBe(109400);
      expect(codeOf(await btc('/v2/quote/fundingRate', { endTime: time }))).toBe(109400);
    },
  );
});

describe('trading rules', () => {
  it('say where an order is taken, and how many, as the exchange takes them', async () => {
    await venue.close();
    venue = await loopback({
      instruments: [{ ...BTC, minLots: lots(2), minNotional: money(550_000_000n) }],
      model: { openOrdersMax: 7 },
    });
    const rules = objectOf(dataOf(await btc('/v1/tradingRules')));
    expect(rules).toEqual({
      minSizeCoin: '0.0002',
      minSizeUsd: '5.5',
      maxNumOrder: '7',
      protectionThreshold: '0.2',
      buyMaxPrice: '110000.0',
      buyMinPrice: '90000.0',
      sellMaxPrice: '110000.0',
      sellMinPrice: '90000.0',
      marketRatio: '0.2',
    });
    const order = {
      symbol: BTC.symbol,
      type: 'LIMIT',
      positionSide: 'BOTH',
      quantity: '0.001',
      side: 'SELL',
    };
    const place = async (price: string): Promise<number> =>
      codeOf(await venue.signed('POST', '/openApi/swap/v2/trade/order', { ...order, price }));
    expect(await place(String(rules['sellMaxPrice']))).toBe(0);
    expect(await place('110000.1')).toBe(101211);
  });
});

describe('steps', () => {
  it('are powers of ten, since a precision can say no others', async () => {
    const odd = { ...BTC, tick: stepOf('0.5') };
    await expect(loopback({ instruments: [odd] })).rejects.toThrow('BTC-USDT');
  });
});
