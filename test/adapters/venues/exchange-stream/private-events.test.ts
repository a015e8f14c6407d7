// What the private stream says of orders, balances and positions, to the last digit, and what each switch and quirk makes of it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../../src/adapters/venues/bingx/frame-reader.ts';
import { payFunding } from '../../../../src/adapters/venues/exchange/feed/move-market.ts';
import {
  autoDeleverage,
  liquidate,
  setQuote,
  tradeAt,
  transfer,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { eventOf } from '../../../../src/adapters/venues/exchange/stream/private-events.ts';
import { publishFrames } from '../../../../src/adapters/venues/exchange/world.ts';
import { type JsonTextObject, writeJsonText } from '../../../../src/adapters/venues/json-text.ts';
import { type Instrument, stepOf } from '../../../../src/domain/instrument.ts';
import { money } from '../../../../src/domain/money.ts';
import { type EpochMs, lots, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import {
  ACCOUNT,
  BTC,
  ETH,
  limit,
  market,
  objectOf,
  rowsOf,
  type Served,
  START_MS,
  served,
} from '../exchange-rest/served.ts';
import { eventIn } from './stage.ts';

const ORDER = 'POST /v2/trade/order';

/** What the stream says of what has happened since the last call. */
function textsOf(on: Served): readonly string[] {
  publishFrames(on.world);
  const account = on.world.model.accounts.get(ACCOUNT);
  if (account === undefined) throw new Error('no account');
  return on.frames.splice(0).flatMap((frame) => {
    const event = eventOf(on.world, account, frame);
    return event === null ? [] : [writeJsonText(event)];
  });
}

function eventsOf(on: Served): readonly JsonTextObject[] {
  return textsOf(on).map(eventIn);
}

function ordersOf(on: Served): readonly JsonTextObject[] {
  return eventsOf(on).flatMap(({ o }) => (o === undefined ? [] : [objectOf(o)]));
}

function accountsOf(on: Served): readonly JsonTextObject[] {
  return eventsOf(on).flatMap(({ a }) => (a === undefined ? [] : [objectOf(a)]));
}

/** BTC with steps so fine that the documented mark is one of them. */
const DOCUMENTED: Instrument = { ...BTC, tick: stepOf('0.00005') };

/** A short of 0.001 at 112,848.1 and five times leverage, as the venue documents it. */
function documented(): Served {
  const on = served({ mode: 'hedge', config: { instruments: [DOCUMENTED, ETH] } });
  transfer(on.world.model, ACCOUNT, money(11_785_650_000n - 1_000_000_000_000n), START_MS);
  const quote = { bid: 2_256_962_000, ask: 2_256_962_900, mark: 2_256_962_887 };
  setQuote(
    on.world.model,
    BTC.symbol,
    {
      bid: priceTicks(quote.bid),
      ask: priceTicks(quote.ask),
      mark: priceTicks(quote.mark),
      bidLots: lots(100),
      askLots: lots(100),
    },
    START_MS,
  );
  on.data('POST /v2/trade/leverage', { symbol: BTC.symbol, side: 'SHORT', leverage: '5' });
  eventsOf(on);
  on.answer(ORDER, market({ side: 'SELL', positionSide: 'SHORT' }));
  return on;
}

describe('the documented trade', () => {
  it('is told of as it is documented, to the last digit', () => {
    const [, filled] = ordersOf(documented());
    expect(filled).toMatchObject({
      s: 'BTC-USDT',
      c: '',
      S: 'SELL',
      o: 'MARKET',
      q: '0.00100000',
      sp: '0.00000000',
      ap: '112848.10000000',
      x: 'TRADE',
      X: 'FILLED',
      N: 'USDT',
      n: '-0.05642405',
      T: String(START_MS),
      wt: 'MARK_PRICE',
      ps: 'SHORT',
      rp: '0.00000000',
      z: '0.00100000',
      l: '0.00100000',
      L: '112848.10000000',
      sg: 'false',
      ti: '0',
      ro: false,
      tv: '112.8',
    });
  });

  it('has a nominal price that is nobody’s price', () => {
    const [, filled] = ordersOf(documented());
    expect(Number(filled?.['p'])).toBeLessThan(100_000);
  });

  it('writes its id as a number beyond 2^53 without quotes', () => {
    const text = textsOf(documented())[1];
    expect(text).toMatch(/"i":\d{18,19},/);
  });

  it('moves the account as it is documented, to the last digit', () => {
    expect(accountsOf(documented())).toEqual([
      {
        m: 'ORDER',
        B: [{ a: 'USDT', wb: '117.80007595', cw: '95.23045595', bc: '0' }],
        P: [
          {
            s: 'BTC-USDT',
            pa: '0.00100000',
            ep: '112848.10000000',
            up: '-0.00004435',
            mt: 'cross',
            iw: '22.56957565',
            ps: 'SHORT',
            cr: '-0.05642405',
          },
        ],
      },
    ]);
  });

  const shared = process.env['WARDEN_SHARED'] ?? join(import.meta.dirname, '../../../../../shared');
  const samples = join(shared, 'fixtures/bingx/ws-user-stream.samples.json');
  it.skipIf(!existsSync(samples))('has every field of the recorded ones', () => {
    const recorded = JSON.parse(readFileSync(samples, 'utf8')).samples as {
      payload: Record<string, unknown>;
    }[];
    const events = eventsOf(documented());
    for (const { payload } of recorded) {
      if (payload['e'] !== 'ORDER_TRADE_UPDATE' && payload['e'] !== 'TRADE_UPDATE') continue;
      const own = objectOf(
        events.find(({ o }) => o !== undefined && objectOf(o)['X'] === 'FILLED')?.['o'] ?? null,
      );
      // Which of the two fee assets a frame carries, and how a guaranteed stop is named, is all that differs between records.
      expect(Object.keys(payload['o'] as object).filter((name) => !Object.hasOwn(own, name))).toEqual([]);
    }
  });
});

describe('an order', () => {
  it('that is filled in parts tells what is filled so far, each part, and the fee of the whole', () => {
    const on = served();
    on.answer(ORDER, limit({ price: '99000' }));
    on.quote(989_990, 990_010, 0);
    tradeAt(on.world.model, BTC.symbol, priceTicks(989_990), lots(4), START_MS);
    tradeAt(on.world.model, BTC.symbol, priceTicks(989_990), lots(6), START_MS);
    const rows = ordersOf(on).map(({ x, X, z, l, L, n, ap, tv }) => [x, X, z, l, L, n, ap, tv]);
    expect(rows).toEqual([
      ['NEW', 'NEW', '0.00000000', undefined, undefined, '0.00000000', '0.00000000', '0'],
      [
        'TRADE',
        'PARTIALLY_FILLED',
        '0.00040000',
        '0.00040000',
        '99000.00000000',
        '-0.00792000',
        '99000.00000000',
        '39.6',
      ],
      [
        'TRADE',
        'FILLED',
        '0.00100000',
        '0.00060000',
        '99000.00000000',
        '-0.01980000',
        '99000.00000000',
        '59.4',
      ],
    ]);
  });

  it('has trades that are numbered as REST numbers them', () => {
    const on = served();
    on.answer(ORDER, market({ quantity: '0.02' }));
    const ids = ordersOf(on).map(({ td }) => td);
    const rows = on.rows('GET /v2/trade/fillHistory', 'fill_history_orders', {
      symbol: BTC.symbol,
      startTs: String(START_MS - 1),
      endTs: String(START_MS),
    });
    expect(ids).toEqual(['0', ...rows.map(({ tradeId }) => tradeId)]);
    expect(new Set(ids).size).toBe(3);
  });

  it('that is cancelled is told of with one L', () => {
    const on = served();
    const { orderId = '' } = on.order(ORDER, limit());
    on.answer('DELETE /v2/trade/order', { symbol: BTC.symbol, orderId: String(orderId) });
    expect(ordersOf(on).map(({ x, X }) => `${x} ${X}`)).toEqual(['NEW NEW', 'CANCELED CANCELED']);
  });

  it('that waits for a price tells which, and keeps its type when it fires', () => {
    const on = served();
    on.answer(ORDER, market({ type: 'STOP_MARKET', stopPrice: '100500', workingType: 'CONTRACT_PRICE' }));
    tradeAt(on.world.model, BTC.symbol, priceTicks(1_005_000), lots(1), START_MS);
    const rows = ordersOf(on);
    expect(rows.map(({ X }) => X)).toEqual(['NEW', 'NEW', 'FILLED']);
    for (const row of rows)
      expect(row).toMatchObject({ o: 'STOP_MARKET', sp: '100500.00000000', wt: 'CONTRACT_PRICE' });
  });

  it.each([
    ['liquidation', 'LIQUIDATION', (on: Served) => liquidate(on.world.model, ACCOUNT, BTC.symbol, START_MS)],
    [
      'deleveraging',
      'MARKET',
      (on: Served) => autoDeleverage(on.world.model, ACCOUNT, BTC.symbol, lots(10), START_MS),
    ],
  ])('of the venue itself, for %s, is called calculated', (_, type, happen) => {
    const on = served();
    on.answer(ORDER, market());
    eventsOf(on);
    happen(on);
    expect(ordersOf(on).at(-1)).toMatchObject({ o: type, x: 'CALCULATED', X: 'FILLED', c: '', ro: true });
  });

  it('says both sides in one-way mode, and the side that it opens or closes in hedge mode', () => {
    const oneWay = served();
    oneWay.answer(ORDER, market());
    expect(ordersOf(oneWay).map(({ ps }) => ps)).toEqual(['BOTH', 'BOTH']);
    const hedge = served({ mode: 'hedge' });
    hedge.answer(ORDER, market({ positionSide: 'LONG' }));
    hedge.answer(ORDER, market({ positionSide: 'SHORT', side: 'SELL' }));
    hedge.answer(ORDER, market({ positionSide: 'LONG', side: 'SELL' }));
    const rows = ordersOf(hedge).filter(({ X }) => X === 'FILLED');
    expect(rows.map(({ ps, S, ro }) => [ps, S, ro])).toEqual([
      ['LONG', 'BUY', false],
      ['SHORT', 'SELL', false],
      ['LONG', 'SELL', true],
    ]);
  });
});

describe('an account', () => {
  const position = (on: Served): JsonTextObject | undefined =>
    rowsOf(accountsOf(on).at(-1)?.['P'] ?? null)[0];

  it('has a short below zero in one-way mode, and above it in hedge mode', () => {
    const oneWay = served();
    oneWay.answer(ORDER, market({ side: 'SELL' }));
    expect(position(oneWay)).toMatchObject({ pa: '-0.00100000', ps: 'BOTH' });
    const hedge = served({ mode: 'hedge' });
    hedge.answer(ORDER, market({ side: 'SELL', positionSide: 'SHORT' }));
    expect(position(hedge)).toMatchObject({ pa: '0.00100000', ps: 'SHORT' });
  });

  it('tells of a position that was closed, with nothing in it', () => {
    const on = served();
    on.answer(ORDER, market());
    on.answer(ORDER, market({ side: 'SELL' }));
    const [account] = accountsOf(on).slice(-1);
    expect(rowsOf(account?.['P'] ?? null)).toEqual([
      {
        s: 'BTC-USDT',
        pa: '0.00000000',
        ep: '0.00000000',
        up: '0.00000000',
        mt: 'cross',
        iw: '0.00000000',
        ps: 'BOTH',
        // 100,001.0 bought, 100,000.0 sold, and two fees of five in ten thousand.
        cr: '-0.10100050',
      },
    ]);
    expect(account?.['B']).toEqual([{ a: 'USDT', wb: '9999.89899950', cw: '9999.89899950', bc: '0' }]);
  });

  it('is told of funding by its change, without positions', () => {
    const on = served();
    on.answer(ORDER, market());
    eventsOf(on);
    payFunding(on.world, BTC.symbol, ppm(100));
    const [account] = accountsOf(on);
    expect(account).toEqual({
      m: 'FUNDING_FEE',
      // 0.0001 of the worth at the mark of 100,000.5.
      B: [{ a: 'USDT', wb: '9999.93999945', cw: '9994.93994945', bc: '-0.01000005' }],
    });
  });

  it.each([
    ['DEPOSIT', 100n, '0.00000100'],
    ['WITHDRAW', -100n, '-0.00000100'],
  ])('is told of a %s by its change', (cause, amount, change) => {
    const on = served();
    transfer(on.world.model, ACCOUNT, money(amount), START_MS);
    expect(accountsOf(on)).toMatchObject([{ m: cause, B: [{ bc: change }] }]);
  });

  it('is told of nothing where an order is only taken or cancelled', () => {
    const on = served();
    const { orderId = '' } = on.order(ORDER, limit());
    on.answer('DELETE /v2/trade/order', { symbol: BTC.symbol, orderId: String(orderId) });
    expect(accountsOf(on)).toEqual([]);
  });
});

describe('a switch of the wire', () => {
  it('leaves the last fill out', () => {
    const on = served({ wire: { withoutLastFill: true } });
    on.answer(ORDER, market());
    for (const row of ordersOf(on)) {
      expect(row).not.toHaveProperty('l');
      expect(row).not.toHaveProperty('L');
    }
  });

  it('tells the fee of each fill instead of that of the order', () => {
    const on = served({ wire: { feePerFill: true } });
    on.answer(ORDER, limit({ price: '99000' }));
    on.quote(989_990, 990_010, 0);
    for (const quantity of [4, 6])
      tradeAt(on.world.model, BTC.symbol, priceTicks(989_990), lots(quantity), START_MS);
    expect(ordersOf(on).map(({ n }) => n)).toEqual(['0.00000000', '-0.00792000', '-0.01188000']);
  });

  it('calls the event by its other name', () => {
    const on = served({ wire: { tradeUpdateName: true } });
    on.answer(ORDER, market());
    expect(eventsOf(on).map(({ e }) => e)).toEqual(['TRADE_UPDATE', 'TRADE_UPDATE', 'ACCOUNT_UPDATE']);
  });

  it('keeps trades of triggered orders silent, and the account of it not', () => {
    const on = served({ wire: { silentTriggers: true } });
    on.answer(ORDER, market({ type: 'STOP_MARKET', stopPrice: '100500' }));
    eventsOf(on);
    on.quote(1_006_000, 1_006_010);
    expect(
      eventsOf(on).map(({ o, a }) => (o === undefined ? objectOf(a ?? null)['m'] : objectOf(o)['X'])),
    ).toEqual(['NEW', 'ORDER']);
  });

  it('leaves balances out of account frames after trades, and only there', () => {
    const on = served({ wire: { accountFramesWithoutBalances: true } });
    on.answer(ORDER, market());
    payFunding(on.world, BTC.symbol, ppm(100));
    expect(accountsOf(on).map(({ m, B, P }) => [m, B === undefined, P === undefined])).toEqual([
      ['ORDER', true, false],
      ['FUNDING_FEE', false, true],
    ]);
  });

  it('counts in the asset of the demo', () => {
    const on = served({ wire: { marginAsset: 'VST' } });
    on.answer(ORDER, market());
    const [, filled, moved] = eventsOf(on);
    expect(filled).toMatchObject({ o: { N: 'VST' } });
    expect(moved).toMatchObject({ a: { B: [{ a: 'VST' }] } });
  });
});

describe('a quirk', () => {
  const named = market({ clientOrderID: 'mine' });

  it('of none echoes client ids in lower case or as they were sent, and one leaves them out', () => {
    const [honest, quirky] = [served(), served({ quirks: { emptyClientIdOnStream: true } })];
    for (const on of [honest, quirky]) on.answer(ORDER, named);
    expect(ordersOf(honest).map(({ c }) => c)).toEqual(['mine', 'mine']);
    expect(ordersOf(quirky).map(({ c }) => c)).toEqual(['', '']);
  });

  it('leaves the fee out', () => {
    const on = served({ quirks: { feeMissingOnStream: true }, wire: { feePerFill: true } });
    on.answer(ORDER, market());
    for (const row of ordersOf(on)) expect(row).not.toHaveProperty('n');
  });

  it('takes the fee in an asset of its own', () => {
    const on = served({ quirks: { feeAssetOther: true } });
    on.answer(ORDER, market());
    expect(ordersOf(on)[1]).toMatchObject({ N: 'VENUE', n: '-0.05000050' });
  });

  it('rounds the average to the tick, where it is exact otherwise', () => {
    const [honest, quirky] = [served(), served({ quirks: { roundedAverage: true } })];
    for (const on of [honest, quirky]) on.answer(ORDER, market({ quantity: '0.03' }));
    expect(ordersOf(honest).at(-1)).toMatchObject({ ap: '100001.06666667', z: '0.03000000' });
    expect(ordersOf(quirky).at(-1)).toMatchObject({ ap: '100001.10000000', z: '0.03000000' });
  });

  it('cancels a post-only order that would take', () => {
    const on = served({ quirks: { postOnlyCancelsInsteadOfReject: true } });
    on.answer(ORDER, limit({ price: '100001', timeInForce: 'PostOnly' }));
    expect(ordersOf(on).at(-1)).toMatchObject({ x: 'CANCELED', X: 'CANCELED', z: '0.00000000' });
  });

  it('tells a cancel after fills with nothing filled at first', () => {
    const on = served({ quirks: { canceledZeroFirst: true } });
    const { orderId = '' } = on.order(ORDER, limit({ price: '99000' }));
    on.quote(989_990, 990_010, 0);
    tradeAt(on.world.model, BTC.symbol, priceTicks(989_990), lots(4), START_MS);
    on.answer('DELETE /v2/trade/order', { symbol: BTC.symbol, orderId: String(orderId) });
    expect(
      ordersOf(on)
        .map(({ X, z }) => `${X} ${z}`)
        .slice(-2),
    ).toEqual(['PARTIALLY_FILLED 0.00040000', 'CANCELED 0.00000000']);
  });

  it('moves margins without the wallet: no balances after a trade, and a wallet of zero with funding', () => {
    const on = served({ quirks: { marginOnlyBalanceFrames: true } });
    on.answer(ORDER, market());
    payFunding(on.world, BTC.symbol, ppm(100));
    const [traded, funded] = accountsOf(on);
    expect(traded).not.toHaveProperty('B');
    expect(funded).toMatchObject({ B: [{ wb: '0.00000000', bc: '-0.01000005' }] });
  });
});

describe('every event', () => {
  const call = fc.record({
    side: fc.constantFrom('BUY', 'SELL'),
    type: fc.constantFrom('MARKET', 'LIMIT'),
    quantity: fc.integer({ min: 1, max: 300 }),
    price: fc.integer({ min: 999_900, max: 1_000_100 }),
    volume: fc.nat(50),
  });

  it('is read by the client as it was meant, whatever is traded', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 12 }), fc.boolean(), (calls, withoutLastFill) => {
        const on = served({ wire: { withoutLastFill } });
        const reader = new FrameReader(new Map([[BTC.symbol, BTC]]), 'USDT');
        for (const { side, type, quantity, price, volume } of calls) {
          const size = (quantity / 10_000).toFixed(4);
          const asked = market({ side, quantity: size });
          on.answer(ORDER, type === 'MARKET' ? asked : { ...asked, type, price: (price / 10).toFixed(1) });
          if (volume > 0) tradeAt(on.world.model, BTC.symbol, priceTicks(price), lots(volume), START_MS);
          publishFrames(on.world);
          const told = on.frames.filter((frame) => frame.kind === 'order').map(({ report }) => report);
          const read = textsOf(on).flatMap((text) => reader.read(text, START_MS as EpochMs));
          expect(read.filter(({ kind }) => kind === 'malformed')).toEqual([]);
          const reports = read.flatMap((news) => (news.kind === 'order' ? [news.report] : []));
          expect(
            reports.map(({ venueOrderId, status, filledLots }) => [venueOrderId, status, filledLots]),
          ).toEqual(told.map(({ venueOrderId, status, filledLots }) => [venueOrderId, status, filledLots]));
          for (const [at, report] of reports.entries())
            if (report.isQuoteExact) expect(report.filledQuote).toBe(told[at]?.filledQuote);
        }
      }),
      { seed: 20261128, numRuns: 60 },
    );
  });
});
