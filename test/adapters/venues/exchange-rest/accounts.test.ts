// What an account has and how it is set up, over REST: balances, positions, rates, tiers, leverage, modes, the account book, listen keys.

import { describe, expect, it } from 'vitest';
import { settleFunding, transfer } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { MAINTENANCE_TIERS } from '../../../../src/adapters/venues/exchange/model/maintenance.ts';
import type { JsonTextObject } from '../../../../src/adapters/venues/json-text.ts';
import { money } from '../../../../src/domain/money.ts';
import { ppm } from '../../../../src/domain/steps.ts';
import { ACCOUNT, limit, market, OTHER, objectOf, rowsOf, type Served, START_MS, served } from './served.ts';

const ORDER = 'POST /v2/trade/order';
const BTC = { symbol: 'BTC-USDT' };
const DAY_MS = 86_400_000;

function positionsOf(venue: Served, params = {}): readonly JsonTextObject[] {
  return rowsOf(venue.data('GET /v2/user/positions', params));
}

function balanceOf(venue: Served): JsonTextObject {
  return rowsOf(venue.data('GET /v3/user/balance'))[0] ?? {};
}

describe('a balance', () => {
  it('is the cash, what it is worth, and what of it is free, as the venue counts', () => {
    const venue = served();
    venue.order(ORDER, market({ quantity: '0.01' }));
    venue.order(ORDER, limit({ quantity: '0.01' }));
    venue.quote(1_010_000, 1_010_010);
    // Fee 0.500005; entry 1,000.01 and the order 990, both at 20x; the mark is 101,000.5.
    expect(balanceOf(venue)).toEqual({
      userId: '100000001',
      asset: 'USDT',
      balance: '9999.5000',
      equity: '10009.4950',
      unrealizedProfit: '9.9950',
      realisedProfit: '-0.5000',
      availableMargin: '9899.9995',
      usedMargin: '50.0005',
      freezedMargin: '49.5000',
      shortUid: '100000001',
    });
  });

  it('comes as a list with an asset that is not used, or as one object on the older path', () => {
    const venue = served();
    const rows = rowsOf(venue.data('GET /v3/user/balance'));
    expect(rows.map((row) => [row['asset'], row['balance']])).toEqual([
      ['USDT', '10000.0000'],
      ['USDC', ''],
    ]);
    expect(objectOf(venue.data('GET /v2/user/balance'))['balance']).toEqual(rows[0]);
  });

  it('is in VST with the spelling of the demo where those switches are on', () => {
    const venue = served({ wire: { marginAsset: 'VST', otherBalanceSpelling: true } });
    const row = balanceOf(venue);
    expect([row['asset'], row['realizedProfit'], row['frozenMargin']]).toEqual(['VST', '0.0000', '0.0000']);
    expect('realisedProfit' in row || 'freezedMargin' in row).toBe(false);
  });

  it('shows how it stood while its view lags, and never a time before the account was there', () => {
    const venue = served();
    venue.world.faults.set('lag_positions', 1);
    expect(balanceOf(venue)['balance']).toBe('10000.0000');
    venue.wait(10_000);
    venue.order(ORDER, market());
    expect(balanceOf(venue)['balance']).toBe('10000.0000');
    expect(positionsOf(venue)).toEqual([]);
    venue.wait(5_001);
    expect(balanceOf(venue)['balance']).toBe('9999.9500');
    expect(positionsOf(venue)).toHaveLength(1);
  });
});

describe('positions', () => {
  it('are none where nothing is held', () => {
    expect(served().text('GET /v2/user/positions')).toBe('{"code":0,"msg":"","data":[]}');
  });

  it('have the arithmetic of the venue', () => {
    const venue = served({ config: { maintenance: MAINTENANCE_TIERS } });
    venue.order(ORDER, market({ quantity: '0.01' }));
    venue.order(ORDER, limit({ side: 'SELL', price: '101000', quantity: '0.004', reduceOnly: 'true' }));
    venue.wait(1_000);
    venue.quote(1_005_000, 1_005_010);
    const [row] = positionsOf(venue);
    expect(row).toEqual({
      positionId: expect.stringMatching(/^\d{19}$/),
      symbol: 'BTC-USDT',
      currency: 'USDT',
      positionAmt: '0.0100',
      availableAmt: '0.0060',
      positionSide: 'LONG',
      isolated: false,
      avgPrice: '100001.0',
      initialMargin: '50.0005',
      margin: '54.9955',
      leverage: '20',
      unrealizedProfit: '4.9950',
      realisedProfit: '-0.5000',
      liquidationPrice: '0',
      pnlRatio: '0.0999',
      maxMarginReduction: '0.0000',
      riskRate: '0.0004',
      markPrice: '100500.5',
      positionValue: '1005.0050',
      onlyOnePosition: true,
      createTime: String(START_MS),
      updateTime: String(START_MS),
    });
  });

  it('have an amount above zero for a short, and a side in one-way mode too', () => {
    const venue = served();
    venue.order(ORDER, market({ side: 'SELL', quantity: '0.002' }));
    const [row] = positionsOf(venue);
    expect([row?.['positionAmt'], row?.['positionSide'], row?.['onlyOnePosition']]).toEqual([
      '0.0020',
      'SHORT',
      true,
    ]);
  });

  it('gain as a short where the price falls, and lose where it rises', () => {
    const venue = served();
    venue.order(ORDER, market({ side: 'SELL', quantity: '0.01' }));
    // Entered at 100,000.0; the mark is 50 cents above the bid.
    venue.quote(990_000, 990_010);
    expect(positionsOf(venue)[0]?.['unrealizedProfit']).toBe('9.9950');
    expect(balanceOf(venue)['unrealizedProfit']).toBe('9.9950');
    venue.quote(1_010_000, 1_010_010);
    expect(positionsOf(venue)[0]?.['unrealizedProfit']).toBe('-10.0050');
    expect(balanceOf(venue)['unrealizedProfit']).toBe('-10.0050');
  });

  it('have two rows of a symbol in hedge mode, and an average that is as fine as it is', () => {
    const venue = served({ mode: 'hedge' });
    venue.order(ORDER, market({ positionSide: 'SHORT', side: 'SELL' }));
    venue.order(ORDER, market({ positionSide: 'LONG', quantity: '0.03' }));
    const rows = positionsOf(venue, BTC);
    expect(rows.map((row) => [row['positionSide'], row['avgPrice'], row['onlyOnePosition']])).toEqual([
      ['LONG', '100001.06666667', false],
      ['SHORT', '100000.0', false],
    ]);
    expect(positionsOf(venue, { symbol: 'ETH-USDT' })).toEqual([]);
    expect(venue.code('GET /v2/user/positions', { symbol: 'NO-USDT' })).toBe(109425);
  });

  it('tell where they would be liquidated', () => {
    const venue = served({ config: { maintenance: MAINTENANCE_TIERS } });
    venue.data('POST /v2/trade/leverage', { ...BTC, side: 'BOTH', leverage: '125' });
    venue.order(ORDER, market({ quantity: '1' }));
    const price = Number(positionsOf(venue)[0]?.['liquidationPrice']);
    expect(price).toBeGreaterThan(89_000);
    expect(price).toBeLessThan(92_000);
  });
});

describe('rates and tiers', () => {
  it('are those of the instrument, as numbers', () => {
    expect(served().text('GET /v2/user/commissionRate')).toContain(
      '{"commission":{"takerCommissionRate":0.0005,"makerCommissionRate":0.0002}}',
    );
  });

  it('are the steps of margin that the venue lists, or none where nobody is liquidated', () => {
    const venue = served({ config: { maintenance: MAINTENANCE_TIERS } });
    const tiers = rowsOf(venue.data('GET /v1/maintMarginRatio', BTC));
    expect(tiers.slice(0, 2)).toEqual([
      {
        tier: 'Tier 1',
        symbol: 'BTC-USDT',
        minPositionVal: '0',
        maxPositionVal: '150000',
        maintMarginRatio: '0.003800',
        maintAmount: '0.000000',
      },
      {
        tier: 'Tier 2',
        symbol: 'BTC-USDT',
        minPositionVal: '150000',
        maxPositionVal: '900000',
        maintMarginRatio: '0.004000',
        maintAmount: '30.000000',
      },
    ]);
    expect(served().data('GET /v1/maintMarginRatio', BTC)).toEqual([]);
  });
});

describe('leverage', () => {
  const LEVERAGE = '/v2/trade/leverage';

  it('begins with 20, is changed for both sides in one-way mode, and goes with the next order', () => {
    const venue = served();
    const shown = (): unknown[] => {
      const row = objectOf(venue.data(`GET ${LEVERAGE}`, BTC));
      return [row['longLeverage'], row['shortLeverage'], row['maxLongLeverage']];
    };
    expect(shown()).toEqual(['20', '20', '125']);
    expect(venue.text(`POST ${LEVERAGE}`, { ...BTC, side: 'BOTH', leverage: '10' })).toContain(
      '"data":{"leverage":10,"symbol":"BTC-USDT"}',
    );
    expect(shown()).toEqual(['10', '10', '125']);
    const orderId = String(venue.order(ORDER, market())['orderId']);
    expect(venue.order('GET /v2/trade/order', { ...BTC, orderId })['leverage']).toBe('10X');
    expect(positionsOf(venue)[0]?.['leverage']).toBe('10');
  });

  it('is of each side in hedge mode', () => {
    const venue = served({ mode: 'hedge' });
    venue.data(`POST ${LEVERAGE}`, { ...BTC, side: 'LONG', leverage: '5' });
    venue.order(ORDER, market({ positionSide: 'LONG' }));
    venue.order(ORDER, market({ positionSide: 'SHORT', side: 'SELL' }));
    expect(positionsOf(venue).map((row) => [row['positionSide'], row['leverage']])).toEqual([
      ['LONG', '5'],
      ['SHORT', '20'],
    ]);
  });

  it('moves the margin of what is held', () => {
    const venue = served();
    venue.order(ORDER, market({ quantity: '0.01' }));
    venue.data(`POST ${LEVERAGE}`, { ...BTC, side: 'BOTH', leverage: '50' });
    expect([positionsOf(venue)[0]?.['initialMargin'], balanceOf(venue)['usedMargin']]).toEqual([
      '20.0002',
      '20.0002',
    ]);
  });

  it.each([
    ['one_way', { side: 'LONG', leverage: '10' }, 109400],
    ['hedge', { side: 'BOTH', leverage: '10' }, 109400],
    ['one_way', { side: 'BOTH', leverage: '126' }, 101414],
    ['one_way', { side: 'BOTH', leverage: '0' }, 109400],
    ['one_way', { side: 'BOTH', leverage: '2.5' }, 109400],
    ['one_way', { side: 'BOTH' }, 109400],
    ['one_way', { leverage: '10' }, 109400],
  ] as const)('in %s mode refuses %j', (mode, params, code) => {
    expect(served({ mode }).code(`POST ${LEVERAGE}`, { ...BTC, ...params })).toBe(code);
  });

  it('is refused where what is held would need more margin than there is', () => {
    const venue = served();
    venue.order(ORDER, market({ quantity: '1' }));
    expect(venue.code(`POST ${LEVERAGE}`, { ...BTC, side: 'BOTH', leverage: '1' })).toBe(101204);
    expect(objectOf(venue.data(`GET ${LEVERAGE}`, BTC))['longLeverage']).toBe('20');
  });
});

describe('the modes of an account', () => {
  const DUAL = '/v1/positionSide/dual';

  it('say in texts whether it holds both sides, and change while nothing is held or open', () => {
    const venue = served();
    expect(venue.text(`GET ${DUAL}`)).toContain('"data":{"dualSidePosition":"false"}');
    expect(venue.data(`POST ${DUAL}`, { dualSidePosition: 'true' })).toEqual({ dualSidePosition: 'true' });
    expect(venue.data(`GET ${DUAL}`)).toEqual({ dualSidePosition: 'true' });
    venue.order(ORDER, market({ positionSide: 'LONG' }));
    expect(venue.code(`POST ${DUAL}`, { dualSidePosition: 'false' })).toBe(104103);
    expect(venue.code(`POST ${DUAL}`, { dualSidePosition: 'yes' })).toBe(109400);
    expect(venue.code(`POST ${DUAL}`)).toBe(109400);
    expect(venue.answer(`GET ${DUAL}`, {}, OTHER)).toMatchObject({ data: { dualSidePosition: 'false' } });
  });

  it('count margin over the whole account and no other way, and say so', () => {
    const venue = served();
    expect(venue.data('GET /v2/trade/marginType', BTC)).toEqual({ marginType: 'CROSSED', ...BTC });
    expect(venue.text('POST /v2/trade/marginType', { ...BTC, marginType: 'CROSSED' })).toBe(
      '{"code":0,"msg":""}',
    );
    expect(venue.text('POST /v2/trade/marginType', { ...BTC, marginType: 'ISOLATED' })).toContain('109400');
    expect(venue.code('POST /v2/trade/marginType', BTC)).toBe(109400);
    expect(
      venue.code('POST /v2/trade/positionMargin', { ...BTC, amount: '1', type: '1', positionSide: 'LONG' }),
    ).toBe(109400);
  });
});

describe('the account book', () => {
  const INCOME = 'GET /v2/user/income';

  it('has a line for every profit, fee, funding and transfer, ascending', () => {
    const venue = served();
    const { model } = venue.world;
    venue.order(ORDER, market({ quantity: '0.01' }));
    settleFunding(model, 'BTC-USDT', ppm(100), model.nowMs);
    transfer(model, ACCOUNT, money(500_000_000n), model.nowMs);
    venue.quote(1_010_000, 1_010_010);
    venue.data('POST /v2/trade/closeAllPositions');
    const rows = rowsOf(venue.data(INCOME));
    expect(rows.map((row) => [row['incomeType'], row['income'], row['symbol']])).toEqual([
      ['TRADING_FEE', '-0.50000500', 'BTC-USDT'],
      ['FUNDING_FEE', '-0.10000050', 'BTC-USDT'],
      ['TRANSFER', '5.00000000', ''],
      ['REALIZED_PNL', '9.99000000', 'BTC-USDT'],
      ['TRADING_FEE', '-0.50500000', 'BTC-USDT'],
    ]);
    expect(new Set(rows.map((row) => row['tranId'])).size).toBe(5);
    const types = (params: Record<string, string>): unknown[] =>
      rowsOf(venue.data(INCOME, params)).map((row) => row['incomeType']);
    expect(types({ incomeType: 'FUNDING_FEE' })).toEqual(['FUNDING_FEE']);
    expect(types({ incomeType: 'ADL' })).toEqual([]);
    expect(types({ ...BTC, limit: '2' })).toEqual(['TRADING_FEE', 'FUNDING_FEE']);
    expect(types({ symbol: 'ETH-USDT' })).toEqual([]);
  });

  it('shows seven days where nothing is said, and three months at most', () => {
    const venue = served();
    const { model } = venue.world;
    transfer(model, ACCOUNT, money(1n), model.nowMs);
    venue.wait(8 * DAY_MS);
    const count = (params: Record<string, string> = {}): number => rowsOf(venue.data(INCOME, params)).length;
    expect([
      count(),
      count({ startTime: '0' }),
      count({ startTime: '0', endTime: String(START_MS - 1) }),
    ]).toEqual([0, 1, 0]);
    venue.wait(90 * DAY_MS);
    expect(count({ startTime: '0' })).toBe(0);
  });

  it('shows late what has just happened while its view lags', () => {
    const venue = served();
    venue.world.faults.set('lag_fills', 1);
    venue.wait(10_000);
    venue.order(ORDER, market());
    expect(venue.data(INCOME)).toEqual([]);
    venue.wait(5_001);
    expect(rowsOf(venue.data(INCOME))).toHaveLength(1);
  });

  it.each([
    { incomeType: 'PROFIT' },
    { limit: '1001' },
    { startTime: '5', endTime: '4' },
    { startTime: '-1' },
  ])('refuses %j', (params) => {
    expect(served().code(INCOME, params as Record<string, string>)).toBe(109400);
  });
});

describe('money of the demo', () => {
  it('is given on either path where the account is one, and nowhere else', () => {
    const venue = served({ wire: { marginAsset: 'VST' } });
    expect(venue.text('POST /v1/trade/getVst')).toBe(
      `{"code":0,"msg":"","data":{"amount":20000},"timestamp":${START_MS}}`,
    );
    venue.data('POST /v2/trade/getVst');
    expect(balanceOf(venue)['balance']).toBe('50000.0000');
    expect(served().code('POST /v1/trade/getVst')).toBe(100400);
  });
});

describe('listen keys', () => {
  const KEYS = '/openApi/user/auth/userDataStream';
  const made = (venue: Served): string => {
    const answer = venue.answer(`POST ${KEYS}`);
    if (answer.kind !== 'bare') throw new Error('no key');
    return String(answer.body['listenKey']);
  };

  it('are made bare or in the envelope, live for an hour, and longer when they are kept alive', () => {
    const venue = served();
    const listenKey = made(venue);
    expect(listenKey).toMatch(/^[0-9a-f]{64}$/);
    expect(venue.world.listenKeys.get(listenKey)).toEqual({
      listenKey,
      accountId: ACCOUNT,
      expiresAtMs: START_MS + 3_600_000,
    });
    venue.wait(1_800_000);
    expect(venue.answer(`PUT ${KEYS}`, { listenKey })).toEqual({ kind: 'status', status: 200 });
    venue.wait(3_599_999);
    expect(venue.answer(`PUT ${KEYS}`, { listenKey })).toEqual({ kind: 'status', status: 200 });
    venue.wait(3_600_000);
    expect(venue.answer(`PUT ${KEYS}`, { listenKey })).toEqual({ kind: 'status', status: 404 });
    expect(venue.answer(`PUT ${KEYS}`)).toEqual({ kind: 'status', status: 204 });
    const wrapped = served({ wire: { wrappedListenKey: true } });
    expect(objectOf(wrapped.data(`POST ${KEYS}`))['listenKey']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('end when they are given back, also for a stream that holds one, and are nobody else’s', () => {
    const venue = served();
    const listenKey = made(venue);
    const held = venue.world.listenKeys.get(listenKey);
    expect(venue.answer(`DELETE ${KEYS}`, { listenKey }, OTHER)).toEqual({ kind: 'status', status: 404 });
    expect(venue.answer(`DELETE ${KEYS}`, { listenKey })).toEqual({ kind: 'status', status: 200 });
    expect([held?.expiresAtMs, venue.world.listenKeys.size]).toEqual([START_MS, 0]);
    expect(venue.answer(`DELETE ${KEYS}`, { listenKey })).toEqual({ kind: 'status', status: 404 });
    expect(venue.answer(`DELETE ${KEYS}`)).toEqual({ kind: 'status', status: 204 });
  });

  it('are sixty of an account at most, and those that have expired are forgotten', () => {
    const venue = served();
    const first = made(venue);
    for (let count = 0; count < 60; count += 1) made(venue);
    expect([venue.world.listenKeys.size, venue.world.listenKeys.has(first)]).toEqual([60, false]);
    venue.wait(3_600_000);
    made(venue);
    expect(venue.world.listenKeys.size).toBe(1);
  });
});
