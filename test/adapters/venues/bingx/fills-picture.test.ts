// Which orders traded: exact where fills and row agree, the newer of the two where one lags, and unknown where they contradict each other.

import { describe, expect, it } from 'vitest';
import { ordersTraded } from '../../../../src/adapters/venues/bingx/fills-picture.ts';
import { CONTRACT_INSTRUMENT } from '../../../contracts/venue.ts';
import {
  at,
  LOST,
  orderIdAt,
  orderRow,
  refused,
  type ScriptedRest,
  said,
  scriptedRest,
} from './scripted-rest.ts';

const START_MS = 1_780_000_000_000;
const NOW_MS = START_MS + 60_000;
const ID = orderIdAt(0);
const FILLS = 'GET /v2/trade/fillHistory';
const MADE = 'GET /v1/trade/fullOrder';
const ONE = 'GET /v2/trade/order';
const FORCED = 'GET /v2/trade/forceOrders';

let tradeNumber = 0;

function fill(changed: object = {}): object {
  tradeNumber += 1;
  return {
    filledTm: '2026-05-28T20:26:41Z',
    filledTime: '2026-05-28T20:26:41.000+0800',
    volume: '0.0040',
    price: '50000.1',
    qty: '0.0040',
    quoteQty: '200.00',
    commission: '-0.1000',
    commissionAsset: 'USDT',
    orderId: ID,
    tradeId: String(tradeNumber),
    symbol: 'BTC-USDT',
    role: 'taker',
    side: 'buy',
    positionSide: 'both',
    ...changed,
  };
}

function fills(...rows: readonly object[]) {
  return at(FILLS, said({ fill_history_orders: rows, total: rows.length }));
}

const filledRow = (changed: object = {}) =>
  orderRow({
    executedQty: '0.0080',
    avgPrice: '50000.2',
    status: 'PARTIALLY_FILLED',
    commission: '-0.200001',
    ...changed,
  });

function ask(rest: ScriptedRest, fromMs = START_MS - 600_000) {
  return ordersTraded({
    rest,
    instrument: CONTRACT_INSTRUMENT,
    marginAsset: 'USDT',
    fromMs,
    toMs: NOW_MS,
    priority: 'housekeeping',
  });
}

describe('orders that traded', () => {
  it('are none where there are no fills, and no order is asked for then', async () => {
    const rest = scriptedRest(fills());

    expect(await ask(rest)).toEqual({ ok: true, value: [] });
    expect(rest.calls).toHaveLength(1);
  });

  it('cost exactly what their fills cost, and the fee that the row says, which has more decimals', async () => {
    const rest = scriptedRest(
      fills(fill(), fill({ price: '50000.4' })),
      at(MADE, said({ orders: [filledRow()] })),
    );

    const traded = await ask(rest);

    expect(traded).toMatchObject({
      ok: true,
      value: [
        {
          venueOrderId: ID,
          clientOrderId: 'ours',
          filledLots: 80,
          filledQuote: 40_000_200_000n,
          isQuoteExact: true,
          fee: 20_000_100n,
          isMaker: false,
        },
      ],
    });
  });

  it('are neither maker nor taker where their fills are both', async () => {
    const rest = scriptedRest(
      fills(fill(), fill({ role: 'maker' })),
      at(MADE, said({ orders: [filledRow()] })),
    );

    expect(await ask(rest)).toMatchObject({ value: [{ isMaker: null, isQuoteExact: true }] });
  });

  it('name the asset of a fee that is not that of the account', async () => {
    const rest = scriptedRest(
      fills(fill({ commissionAsset: 'BGB' }), fill()),
      at(MADE, said({ orders: [filledRow()] })),
    );

    expect(await ask(rest)).toMatchObject({ value: [{ feeAsset: 'BGB' }] });
  });

  it('of the demo pay in play money, by whichever name', async () => {
    const rest = scriptedRest(fills(fill(), fill()), at(MADE, said({ orders: [filledRow()] })));
    const instrument = CONTRACT_INSTRUMENT;
    const traded = await ordersTraded({
      rest,
      instrument,
      marginAsset: 'VST',
      fromMs: START_MS - 600_000,
      toMs: NOW_MS,
      priority: 'doubt',
    });

    expect(traded).toMatchObject({ value: [{ feeAsset: null, fee: 20_000_100n }] });
  });

  it('show what traded before the time as well, at the average of the row', async () => {
    const old = orderIdAt(-3_600_000);
    const rest = scriptedRest(
      fills(fill({ orderId: old })),
      at(MADE, said({ orders: [] })),
      at(ONE, said({ order: filledRow({ orderId: old }) })),
    );

    expect(await ask(rest)).toMatchObject({
      value: [{ filledLots: 80, filledQuote: 40_000_160_000n, isQuoteExact: false, isMaker: null }],
    });
    expect(rest.calls.at(-1)?.params).toMatchObject({ orderId: old });
  });

  it('are not known where there are more fills than were ordered', async () => {
    const rest = scriptedRest(
      fills(fill(), fill(), fill()),
      at(MADE, said({ orders: [filledRow({ executedQty: '0.0080' })] })),
    );

    expect(await ask(rest)).toMatchObject({ ok: false, error: { unknown: { cause: 'SERVER' } } });
  });

  it('count a fill once that comes twice without an id of its own, and go by the row then', async () => {
    const same = fill({ tradeId: '' });
    const rest = scriptedRest(
      fills(same, same),
      at(MADE, said({ orders: [filledRow({ executedQty: '0.0040' })] })),
    );

    expect(await ask(rest)).toMatchObject({ value: [{ filledLots: 40, isQuoteExact: true }] });
  });

  it('of before the time do not take the price of as many later lots, where the row lags', async () => {
    const old = orderIdAt(-3_600_000);
    const row = filledRow({ orderId: old, executedQty: '0.0040', avgPrice: '40000.0' });
    const rest = scriptedRest(
      fills(fill({ orderId: old })),
      at(MADE, said({ orders: [] })),
      at(ONE, said({ order: row })),
    );

    expect(await ask(rest)).toMatchObject({
      value: [{ filledLots: 40, filledQuote: 16_000_000_000n, isQuoteExact: false }],
    });
  });

  it('of before the time are exact where all that was ordered traded in it', async () => {
    const old = orderIdAt(-3_600_000);
    const row = filledRow({ orderId: old, origQty: '0.0040', executedQty: '0.0040', status: 'FILLED' });
    const rest = scriptedRest(
      fills(fill({ orderId: old })),
      at(MADE, said({ orders: [] })),
      at(ONE, said({ order: row })),
    );

    expect(await ask(rest)).toMatchObject({ value: [{ filledQuote: 20_000_040_000n, isQuoteExact: true }] });
  });

  it('do not depend on the rows of orders that did not trade', async () => {
    const rest = scriptedRest(
      fills(fill(), fill()),
      at(MADE, said({ orders: [orderRow({ orderId: orderIdAt(5), status: 'ODD' }), 'odd', filledRow()] })),
    );

    expect(await ask(rest)).toMatchObject({ value: [{ filledLots: 80, isQuoteExact: true }] });
  });

  it('that the venue forced weeks ago are looked for then', async () => {
    const old = orderIdAt(-20 * 86_400_000);
    const rest = scriptedRest(
      fills(fill({ orderId: old })),
      at(MADE, said({ orders: [] })),
      at(ONE, refused(109421, 'order not exist')),
      at(FORCED, ({ params }) => {
        const isThen =
          Number(params['startTime']) <= START_MS - 20 * 86_400_000 &&
          Number(params['endTime']) > START_MS - 20 * 86_400_000;
        const row = filledRow({ orderId: old, origQty: '0.0040', executedQty: '0.0040', status: 'FILLED' });
        return said({ orders: isThen ? [row] : [] });
      }),
    );

    expect(await ask(rest, START_MS - 30 * 86_400_000)).toMatchObject({
      value: [{ cause: 'liquidation', filledLots: 40 }],
    });
  });

  it('go by their fills where the row lags behind them, and say no fee then', async () => {
    const rest = scriptedRest(
      fills(fill(), fill(), fill({ qty: '0.0020' })),
      at(MADE, said({ orders: [filledRow({ executedQty: '0.0040', avgPrice: '50000.1' })] })),
    );

    expect(await ask(rest)).toMatchObject({
      value: [
        { filledLots: 100, status: 'FILLED', fee: null, isQuoteExact: true, filledQuote: 50_000_100_000n },
      ],
    });
  });

  it('stay canceled where the row says so and shows less than the fills', async () => {
    const rest = scriptedRest(fills(fill()), at(MADE, said({ orders: [orderRow({ status: 'CANCELLED' })] })));

    expect(await ask(rest)).toMatchObject({ value: [{ status: 'CANCELED', filledLots: 40 }] });
  });

  it('are not known where the row shows less than the fills, which are not all of them', async () => {
    const old = orderIdAt(-3_600_000);
    const rest = scriptedRest(
      fills(fill({ orderId: old })),
      at(MADE, said({ orders: [] })),
      at(ONE, said({ order: orderRow({ orderId: old }) })),
    );

    expect(await ask(rest)).toMatchObject({
      ok: false,
      error: { unknown: { cause: 'SERVER' }, problem: expect.stringContaining('its row shows less') },
    });
  });

  it('of the venue itself are found among those that it forced', async () => {
    const rest = scriptedRest(
      fills(fill({ side: 'sell' })),
      at(MADE, said({ orders: [] })),
      at(ONE, refused(109421, 'order not exist')),
      at(FORCED, ({ params }) =>
        said({
          orders:
            params['autoCloseType'] === 'ADL'
              ? [
                  orderRow({
                    side: 'SELL',
                    executedQty: '0.0040',
                    avgPrice: '50000.1',
                    status: 'FILLED',
                    type: 'LIMIT',
                  }),
                ]
              : null,
        }),
      ),
    );

    expect(await ask(rest)).toMatchObject({ value: [{ cause: 'adl', side: 'SELL', filledLots: 40 }] });
  });

  it('are not known where no view shows one of them', async () => {
    const rest = scriptedRest(
      fills(fill()),
      at(MADE, said({ orders: null })),
      at(ONE, said({ order: null })),
      at(FORCED, said({ orders: null })),
    );

    expect(await ask(rest)).toMatchObject({
      ok: false,
      error: { problem: `order ${ID} traded, and no view shows it` },
    });
  });

  it('are asked for one by one where the list is refused', async () => {
    const rest = scriptedRest(
      fills(fill(), fill()),
      at(MADE, refused(100400, 'this api is not exist')),
      at(ONE, said({ order: filledRow() })),
    );

    expect(await ask(rest)).toMatchObject({ ok: true, value: [{ filledLots: 80 }] });
  });

  it.each([
    ['the fills are not answered', [at(FILLS, LOST)], 'TIMEOUT'],
    ['the fills are refused', [at(FILLS, refused(100410, 'rate limited'))], 'SERVER'],
    ['one fill cannot be read', [fills(fill(), fill({ qty: 'many' }))], 'UNREADABLE'],
    ['one fill is finer than the lot', [fills(fill({ qty: '0.00005' }))], 'UNREADABLE'],
    ['the list of fills is no list', [at(FILLS, said({ total: 0 }))], 'UNREADABLE'],
    ['the orders are not answered', [fills(fill()), at(MADE, LOST)], 'TIMEOUT'],
    [
      'one order cannot be read',
      [fills(fill()), at(MADE, said({ orders: [orderRow({ status: '' })] }))],
      'UNREADABLE',
    ],
    [
      'the order alone is not answered',
      [fills(fill()), at(MADE, said({ orders: [] })), at(ONE, LOST)],
      'TIMEOUT',
    ],
  ])('are not known where %s', async (_what, rules, cause) => {
    expect(await ask(scriptedRest(...rules))).toMatchObject({ ok: false, error: { unknown: { cause } } });
  });

  it('are those of the answer where its total counts more than was asked for', async () => {
    const rest = scriptedRest(
      at(FILLS, said({ fill_history_orders: [fill(), fill()], total: 290 })),
      at(MADE, said({ orders: [filledRow()] })),
    );

    expect(await ask(rest)).toMatchObject({ value: [{ filledLots: 80, isQuoteExact: true }] });
    expect(rest.calls).toHaveLength(2);
  });

  it('are all there where one answer does not hold all fills', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      atMs: START_MS - 300_000 + index * 1_000,
      row: fill({ qty: '0.0001' }),
    }));
    const rest = scriptedRest(
      at(FILLS, ({ params }) => {
        const found = rows.filter(
          ({ atMs }) => atMs > Number(params['startTs']) && atMs <= Number(params['endTs']),
        );
        return said({ fill_history_orders: found.slice(0, 10).map(({ row }) => row), total: found.length });
      }),
      at(MADE, said({ orders: [filledRow({ executedQty: '0.0030' })] })),
    );

    expect(await ask(rest)).toMatchObject({ value: [{ filledLots: 30, isQuoteExact: true }] });
  });
});
