// The account and the market in the venue's answers: positions, balances, book lines, contracts and quotes, known or said to be unknown.

import { describe, expect, it } from 'vitest';
import {
  balanceFrom,
  incomeFrom,
  leverageFrom,
  maxLeverageIn,
  positionModeFrom,
  positionsFrom,
} from '../../../../src/adapters/venues/bingx/codec-account.ts';
import {
  commissionFrom,
  contractsFrom,
  MAX_LEVERAGE_UNSAID,
  quoteFrom,
} from '../../../../src/adapters/venues/bingx/codec-market.ts';
import type { JsonText } from '../../../../src/adapters/venues/json-text.ts';
import { BTC, changed, INSTRUMENTS, json, NOW_MS, problemOf, told, usdt } from './payloads.ts';

type Changes = Readonly<Record<string, JsonText | undefined>>;

describe('positions', () => {
  const ROW = `{"positionId":"1792480725958881280","symbol":"BTC-USDT","currency":"USDT","positionAmt":"0.0010",
    "positionSide":"SHORT","isolated":false,"avgPrice":"112848.1","leverage":5,"liquidationPrice":0,"updateTime":1758608899352}`;

  function one(changes: Changes) {
    return told(positionsFrom([changed(ROW, changes)], INSTRUMENTS, NOW_MS)).rows[0];
  }

  it('are short by their side although the quantity is positive', () => {
    expect(one({})).toEqual({
      symbol: 'BTC-USDT',
      position: -10,
      entryQuote: usdt('112.8481'),
      venueAtMs: 1_758_608_899_352,
    });
    expect(one({ positionAmt: '-0.0010' })?.position).toBe(-10);
    expect(one({ positionSide: 'LONG' })?.position).toBe(10);
  });

  it('are long or short by their sign in one-way mode, or where no side is told', () => {
    expect(one({ positionSide: 'BOTH' })?.position).toBe(10);
    expect(one({ positionSide: 'BOTH', positionAmt: '-0.0010' })?.position).toBe(-10);
    expect(one({ positionSide: undefined, positionAmt: '-0.0010' })?.position).toBe(-10);
  });

  it.each(['positionAmt', 'positionQty', 'positionSize', 'quantity', 'pa', 'qty'])(
    'have a quantity by the name %s',
    (name) => {
      expect(one({ positionAmt: undefined, [name]: '0.0010' })?.position).toBe(-10);
    },
  );

  it.each(['avgPrice', 'entryPrice', 'avgEntryPrice', 'ep', 'ap', 'price'])(
    'have an entry by the name %s',
    (name) => {
      expect(one({ avgPrice: undefined, [name]: (112_848.1).toString() })?.entryQuote).toBe(usdt('112.8481'));
    },
  );

  it('have a side in lower case and by its shorter name', () => {
    expect(one({ positionSide: 'short' })?.position).toBe(-10);
    expect(one({ positionSide: undefined, side: 'SHORT' })?.position).toBe(-10);
    expect(one({ positionSide: undefined, ps: 'SHORT' })?.position).toBe(-10);
  });

  it('are the sum of the rows of one side, and two where both sides are held', () => {
    const rows = [
      changed(ROW, { positionAmt: '0.0010', avgPrice: '100' }),
      changed(ROW, { positionAmt: '0.0020', avgPrice: '200' }),
      changed(ROW, { positionSide: 'LONG', positionAmt: '0.0005' }),
    ];
    const { rows: positions } = told(positionsFrom(rows, INSTRUMENTS, NOW_MS));
    expect(positions.map(({ position, entryQuote }) => [position, entryQuote])).toEqual([
      [-30, usdt('0.5')],
      [5, usdt('56.42405')],
    ]);
  });

  it('are none where the list is empty or every row is of nothing', () => {
    expect(told(positionsFrom([], INSTRUMENTS, NOW_MS)).rows).toEqual([]);
    expect(told(positionsFrom([changed(ROW, { positionAmt: '0.0000' })], INSTRUMENTS, NOW_MS)).rows).toEqual(
      [],
    );
  });

  it('in other symbols are named, and nothing of them is read', () => {
    const rows = [changed(ROW, { symbol: 'DOGE-USDT', positionAmt: 'x' }), json(ROW)];
    const positions = told(positionsFrom(rows, INSTRUMENTS, NOW_MS));
    expect(positions.foreignSymbols).toEqual(['DOGE-USDT']);
    expect(positions.rows).toHaveLength(1);
  });

  it('are unknown, not flat, where there is no list', () => {
    for (const text of ['null', '{}', '""', '"[]"', '{"positions":null}'])
      expect(problemOf(positionsFrom(json(text), INSTRUMENTS, NOW_MS)), text).toContain('expected a list');
  });

  it.each([
    [{ positionAmt: '' }, 'expected a quantity'],
    [{ positionAmt: '0.00105' }, 'finer than the step'],
    [{ positionAmt: '1e18' }, 'is too large'],
    [{ positionAmt: '900000000000' }, 'lots are no position'],
    [{ positionSide: 'UP' }, 'expected LONG, SHORT or BOTH'],
    [{ positionSide: 'LONG', positionAmt: '-0.001' }, 'a long position is below zero'],
    [{ avgPrice: '' }, 'expected the average entry'],
    [{ avgPrice: '0' }, 'is no price'],
    [{ avgPrice: '-5' }, 'is no price'],
    [{ symbol: '' }, 'expected a symbol'],
    [{ updateTime: 'x' }, 'epoch milliseconds'],
  ] as readonly (readonly [Changes, string])[])(
    'are unknown as a whole where a row says %j',
    (changes, sentence) => {
      expect(problemOf(positionsFrom([json(ROW), changed(ROW, changes)], INSTRUMENTS, NOW_MS))).toContain(
        sentence,
      );
    },
  );
});

describe('a balance', () => {
  const ROW = `{"userId":"116","asset":"USDT","balance":"194.8212","equity":"196.7431","unrealizedProfit":"1.9219",
    "availableMargin":"193.7609","usedMargin":"1.0602","freezedMargin":"0.5000"}`;

  it('is the row of its asset, in a list or alone; what orders hold is used, too', () => {
    const balance = {
      wallet: usdt('194.8212'),
      availableMargin: usdt('193.7609'),
      usedMargin: usdt('1.5602'),
      venueAtMs: NOW_MS,
    };
    const other = changed(ROW, { asset: 'USDC', balance: '5' });
    expect(told(balanceFrom([other, json(ROW)], 'USDT', NOW_MS))).toEqual(balance);
    expect(told(balanceFrom({ balance: json(ROW) }, 'USDT', NOW_MS))).toEqual(balance);
    const frozen = changed(ROW, { freezedMargin: undefined, frozenMargin: '0.5' });
    expect(told(balanceFrom([frozen], 'USDT', NOW_MS))).toEqual(balance);
  });

  it('has no figure where the text is empty, and never zero instead', () => {
    const row = changed(ROW, { balance: '', availableMargin: '', usedMargin: '' });
    expect(told(balanceFrom([row], 'USDT', NOW_MS))).toMatchObject({
      wallet: null,
      availableMargin: null,
      usedMargin: null,
    });
  });

  it('in another asset is none, and the sentence names those that there are', () => {
    const vst = changed(ROW, { asset: 'VST' });
    expect(problemOf(balanceFrom([vst], 'USDT', NOW_MS))).toBe(
      'the account has no balance in USDT, but in VST',
    );
    expect(problemOf(balanceFrom([], 'USDT', NOW_MS))).toBe('the account has no balance in USDT');
  });

  it('is unknown where its asset comes twice, an amount is none, or there is no list', () => {
    expect(problemOf(balanceFrom([json(ROW), json(ROW)], 'USDT', NOW_MS))).toContain('comes twice');
    expect(problemOf(balanceFrom([changed(ROW, { balance: 'NaN' })], 'USDT', NOW_MS))).toContain(
      'is no amount',
    );
    for (const value of [null, 'x', { balance: null }])
      expect(problemOf(balanceFrom(value, 'USDT', NOW_MS))).toContain('expected a list');
  });
});

describe('income', () => {
  const ROW = `{"symbol":"LTC-USDT","incomeType":"FUNDING_FEE","income":"-0.00056154","asset":"USDT","info":"Funding Fee",
    "time":1769241660000,"tranId":"1769_310_1","tradeId":"1769_310_0"}`;

  function line(changes: Changes) {
    return told(incomeFrom([changed(ROW, changes)], 'USDT')).lines[0];
  }

  it('is a line with its kind, its amount and its own id', () => {
    expect(line({})).toEqual({
      transactionId: 'FUNDING_FEE/1769_310_1',
      kind: 'FUNDING',
      symbol: 'LTC-USDT',
      amount: usdt('-0.00056154'),
      venueAtMs: 1_769_241_660_000,
    });
  });

  it.each([
    ['TRANSFER', 'TRANSFER'],
    ['REALIZED_PNL', 'REALIZED'],
    ['TRADING_FEE', 'FEE'],
    ['FUNDING_FEE', 'FUNDING'],
    ['INSURANCE_CLEAR', 'OTHER'],
    ['ADL', 'OTHER'],
    ['constructor', 'OTHER'],
  ] as const)('of the type %s is %s', (incomeType, kind) => {
    expect(line({ incomeType })?.kind).toBe(kind);
  });

  it('of two types with one id is two lines, and of one without an id is known by what it says', () => {
    expect(line({ incomeType: 'TRADING_FEE' })?.transactionId).not.toBe(line({})?.transactionId);
    const bare = { tranId: '', tradeId: undefined, symbol: '' };
    expect(line(bare)).toMatchObject({ transactionId: 'FUNDING_FEE//1769241660000/-56154', symbol: null });
    expect(line({ ...bare, income: '1' })?.transactionId).not.toBe(line(bare)?.transactionId);
  });

  it('in another asset is left out, and counted as a row', () => {
    expect(told(incomeFrom([changed(ROW, { asset: 'BTC' }), json(ROW)], 'USDT'))).toMatchObject({
      rows: 2,
      lines: [{ kind: 'FUNDING' }],
    });
  });

  it('of the demo is play money, by whichever name', () => {
    const rows = [
      changed(ROW, { asset: 'VST' }),
      changed(ROW, { asset: 'USDT' }),
      changed(ROW, { asset: 'BTC' }),
    ];
    expect(told(incomeFrom(rows, 'VST')).lines).toHaveLength(2);
  });

  it('is empty for null, and unknown where a row cannot be read or there is no list', () => {
    expect(told(incomeFrom(null, 'USDT')).lines).toEqual([]);
    expect(problemOf(incomeFrom(json('{}'), 'USDT'))).toContain('expected a list');
    for (const changes of [{ income: '' }, { income: 'x' }, { time: '' }, { incomeType: '' }])
      expect(problemOf(incomeFrom([changed(ROW, changes)], 'USDT'))).not.toBe('');
  });
});

describe('the settings of an account', () => {
  it('are the leverage of each side, as number or text', () => {
    const data = json(
      '{"longLeverage":10,"shortLeverage":"12","maxLongLeverage":125,"maxShortLeverage":100}',
    );
    expect(told(leverageFrom(data, 'BTC-USDT'))).toEqual({ symbol: 'BTC-USDT', long: 10, short: 12 });
    expect(maxLeverageIn(data)).toBe(100);
    expect(maxLeverageIn(json('{"longLeverage":10}'))).toBeNull();
    for (const text of [
      '{}',
      'null',
      '{"longLeverage":0,"shortLeverage":1}',
      '{"longLeverage":10.5,"shortLeverage":1}',
    ])
      expect(problemOf(leverageFrom(json(text), 'BTC-USDT')), text).toContain('expected');
  });

  it('are the position mode, in words or truth values', () => {
    expect(told(positionModeFrom(json('{"dualSidePosition":"true"}')))).toBe('hedge');
    expect(told(positionModeFrom(json('{"dualSidePosition":true}')))).toBe('hedge');
    expect(told(positionModeFrom(json('{"dualSidePosition":"false"}')))).toBe('one_way');
    for (const text of ['{}', 'null', '{"dualSidePosition":""}', '{"dualSidePosition":"yes"}'])
      expect(problemOf(positionModeFrom(json(text))), text).toContain('expected true or false');
  });

  it('are the rates of fees in millionths, rebates below zero', () => {
    const data = json('{"commission":{"takerCommissionRate":0.0005,"makerCommissionRate":-0.00005}}');
    expect(told(commissionFrom(data))).toEqual({ takerFeePpm: 500, makerFeePpm: -50 });
    expect(told(commissionFrom(json('{"takerCommissionRate":"5E-4","makerCommissionRate":"2E-4"}')))).toEqual(
      {
        takerFeePpm: 500,
        makerFeePpm: 200,
      },
    );
    for (const text of ['{}', '{"commission":{"takerCommissionRate":0.5,"makerCommissionRate":0}}'])
      expect(problemOf(commissionFrom(json(text))), text).not.toBe('');
  });
});

describe('contracts', () => {
  const ROW = `{"contractId":"100","symbol":"BTC-USDT","size":"0.0001","quantityPrecision":4,"pricePrecision":1,"feeRate":0.0005,
    "makerFeeRate":0.0002,"takerFeeRate":0.0005,"tradeMinLimit":0,"tradeMinQuantity":0.0001,"tradeMinUSDT":2,
    "maxLongLeverage":125,"maxShortLeverage":100,"currency":"USDT","asset":"BTC","status":1,"apiStateOpen":"true","apiStateClose":"true"}`;

  function contracts(changes: Changes) {
    return told(contractsFrom([changed(ROW, changes)], ['BTC-USDT']));
  }

  it('have steps of their decimals, minima, fees, and the lower of two highest leverages', () => {
    expect(contracts({})).toEqual({
      instruments: [{ ...BTC, maxLeverage: 100 }],
      problems: [],
      listed: ['BTC-USDT'],
    });
    expect(
      contracts({ maxLongLeverage: undefined, maxShortLeverage: undefined }).instruments[0]?.maxLeverage,
    ).toBe(MAX_LEVERAGE_UNSAID);
  });

  it.each([
    [{ status: '0' }, 'offline'],
    [{ status: '5' }, 'not yet online'],
    [{ status: '25' }, 'closed for new positions'],
    [{ status: '77' }, 'in status 77'],
    [{ apiStateOpen: 'false' }, 'cannot be traded by programs'],
    [{ apiStateClose: false }, 'cannot be traded by programs'],
    [{ pricePrecision: undefined }, 'pricePrecision: expected a number of decimals'],
    [{ quantityPrecision: '-1' }, 'quantityPrecision: expected a number of decimals'],
    [{ quantityPrecision: '13' }, 'quantityPrecision: expected a number of decimals'],
    [{ tradeMinQuantity: '0' }, 'tradeMinQuantity: expected a quantity'],
    [{ tradeMinQuantity: '0.00005' }, 'finer than the step'],
    [{ tradeMinUSDT: '' }, 'tradeMinUSDT: expected an amount'],
    [{ makerFeeRate: '' }, 'expected rates'],
    [{ takerFeeRate: '5' }, 'is no fee rate'],
  ] as readonly (readonly [Changes, string])[])(
    'that say %j are not traded, and say why',
    (changes, sentence) => {
      const read = contracts(changes);
      expect(read.instruments).toEqual([]);
      expect(read.problems.join()).toContain(`BTC-USDT: `);
      expect(read.problems.join()).toContain(sentence);
    },
  );

  it('of others may be anything at all, and are listed as far as they have names', () => {
    const rows = [
      json(ROW),
      changed(ROW, { symbol: 'ODD-USDT', pricePrecision: 'x' }),
      null,
      'x',
      json('{}'),
    ];
    const read = told(contractsFrom(rows, ['BTC-USDT', 'GONE-USDT']));
    expect(read.instruments).toHaveLength(1);
    expect(read.problems).toEqual([]);
    expect(read.listed).toEqual(['BTC-USDT', 'ODD-USDT']);
    expect(problemOf(contractsFrom(json('{}'), ['BTC-USDT']))).toContain('expected a list');
  });
});

describe('a quote', () => {
  const PREMIUM = '{"symbol":"BTC-USDT","markPrice":"42216.44","indexPrice":"42219.9"}';
  const TICKER =
    '{"book_ticker":{"symbol":"BTC-USDT","bid_price":42211.1,"bid_qty":12663,"ask_price":42211.8,"time":1702719000000}}';

  it('is the best prices and the nearest tick to the mark', () => {
    const quote = {
      symbol: 'BTC-USDT',
      bid: 422_111,
      ask: 422_118,
      mark: 422_164,
      venueAtMs: 1_702_719_000_000,
    };
    expect(told(quoteFrom(json(PREMIUM), json(TICKER), BTC, NOW_MS))).toEqual(quote);
    expect(told(quoteFrom([{ symbol: 'X' }, json(PREMIUM)], json(TICKER), BTC, NOW_MS))).toEqual(quote);
  });

  it('is as old as now where the ticker does not say, and takes the other spelling', () => {
    const ticker = json('{"symbol":"BTC-USDT","bidPrice":"42211.1","askPrice":"42211.8"}');
    expect(told(quoteFrom(json(PREMIUM), ticker, BTC, NOW_MS)).venueAtMs).toBe(NOW_MS);
  });

  it.each([
    [PREMIUM, TICKER.replace('42211.8', '42211.0'), 'not above the ask'],
    [PREMIUM, TICKER.replace('42211.1', '0'), 'not above the ask'],
    [PREMIUM, TICKER.replace('42211.1', '""'), 'not above the ask'],
    [PREMIUM, TICKER.replace('42211.1', '42211.15'), 'finer than the step'],
    [PREMIUM, TICKER.replace('BTC-USDT', 'ETH-USDT'), 'expected BTC-USDT'],
    [PREMIUM.replace('BTC-USDT', 'ETH-USDT'), TICKER, 'expected BTC-USDT'],
    [PREMIUM.replace('42216.44', ''), TICKER, 'is no price'],
    [PREMIUM.replace('42216.44', '0'), TICKER, 'is no price'],
    ['[]', TICKER, 'expected a price'],
    [PREMIUM, 'null', 'expected a price'],
  ])('of %s and %s is none', (premium, ticker, sentence) => {
    expect(problemOf(quoteFrom(json(premium), json(ticker), BTC, NOW_MS))).toContain(sentence);
  });
});
