// An account at BingX as a venue, over a scripted client: what it checks, what it sends, and what it tells.

import { describe, expect, it } from 'vitest';
import type { BingxSetup } from '../../../../src/adapters/venues/bingx/bingx-setup.ts';
import { type BingxVenue, openBingxVenue } from '../../../../src/adapters/venues/bingx/bingx-venue.ts';
import type { StreamListener } from '../../../../src/adapters/venues/bingx/stream-text.ts';
import { virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import type { ClientOrderId, SymbolName } from '../../../../src/domain/ids.ts';
import { type EpochMs, lots, type PriceTicks } from '../../../../src/domain/steps.ts';
import type { OrderRequest, VenueNotice } from '../../../../src/domain/venue.ts';
import {
  at,
  contract,
  LOST,
  NO_TURN,
  ORDINARY_ACCOUNT,
  ORDINARY_SETUP,
  orderIdAt,
  orderRow,
  refused,
  type ScriptedRest,
  said,
  scriptedRest,
} from './scripted-rest.ts';

const START_MS = 1_780_000_000_000;
const DAY_MS = 86_400_000;
const FILL = { symbol: 'BTC-USDT', qty: '0.0040', price: '50000.0', tradeId: '1', role: 'taker' };

interface World {
  readonly rest: ScriptedRest;
  readonly venue: BingxVenue;
  readonly listeners: StreamListener[];
  readonly pass: (ms: number) => void;
}

function open(rest: ScriptedRest, changed: Partial<BingxSetup> = {}) {
  const timers = virtualTimers(START_MS);
  const listeners: StreamListener[] = [];
  const opened = openBingxVenue({
    setup: { ...ORDINARY_SETUP, ...changed },
    rest,
    openStream(listener) {
      listeners.push(listener);
      return { received: () => 7, close: async () => undefined };
    },
    timers,
  });
  return { opened, listeners, pass: (ms: number) => timers.advance(ms) };
}

async function opened(changed: Partial<BingxSetup> = {}): Promise<World> {
  const rest = scriptedRest(...ORDINARY_ACCOUNT);
  const { opened: opening, listeners, pass } = open(rest, changed);
  const venue = await opening;
  if (!venue.ok) throw new Error(venue.error);
  rest.calls.length = 0;
  return { rest, venue: venue.value, listeners, pass };
}

const orderOf = (changed: Partial<OrderRequest> = {}): OrderRequest => ({
  clientOrderId: 'ours' as ClientOrderId,
  symbol: 'BTC-USDT' as SymbolName,
  side: 'BUY',
  type: 'MARKET',
  quantity: lots(100),
  limit: null,
  postOnly: false,
  reduceOnly: false,
  leverage: 5,
  ...changed,
});
const PLACED = said({ order: { orderId: orderIdAt(0), symbol: 'BTC-USDT', side: 'BUY' } });
const PLACE = 'POST /v2/trade/order';

describe('a venue that is opened', () => {
  it('knows steps and limits of the contracts, and the fees of the account', async () => {
    const { venue } = await opened();

    expect(venue.instruments).toMatchObject([
      { symbol: 'BTC-USDT', minLots: 1, makerFeePpm: 100, takerFeePpm: 400, maxLeverage: 125 },
    ]);
    expect(venue.account).toEqual({ positionMode: 'one_way', marginAsset: 'USDT' });
    expect(venue.leverage()).toEqual([{ symbol: 'BTC-USDT', long: 5, short: 5 }]);
  });

  it('learns the highest leverage elsewhere where the contract does not say it', async () => {
    const rest = scriptedRest(...ORDINARY_ACCOUNT);
    const unsaid = contract('BTC-USDT', { maxLongLeverage: undefined, maxShortLeverage: undefined });
    rest.on(at('GET /v2/quote/contracts', said([unsaid])));

    const venue = await open(rest).opened;

    expect(venue).toMatchObject({ ok: true, value: { instruments: [{ maxLeverage: 100 }] } });
  });

  it('goes by the rates of the contract where those of the account cannot be read', async () => {
    const rest = scriptedRest(...ORDINARY_ACCOUNT);
    rest.on(at('GET /v2/user/commissionRate', refused(100004, 'permission')));

    expect(await open(rest).opened).toMatchObject({ value: { instruments: [{ takerFeePpm: 500 }] } });
  });

  it('changes nothing at the venue', async () => {
    const rest = scriptedRest(...ORDINARY_ACCOUNT);
    await open(rest).opened;

    expect(new Set(rest.calls.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it.each([
    [
      'the account is in another position mode',
      at('GET /v1/positionSide/dual', said({ dualSidePosition: 'true' })),
      /in hedge mode, and venue\.position_mode is one_way; set it to hedge in pink\.yaml, or change/,
    ],
    [
      'the account counts in another asset',
      at('GET /v3/user/balance', said([{ asset: 'VST', balance: '100000' }])),
      /no balance in USDT, but in VST; venue\.margin_asset in pink\.yaml/,
    ],
    [
      'a symbol is not listed',
      at('GET /v2/quote/contracts', said([contract('BTCX-USDT')])),
      /BTC-USDT is not listed; did you mean BTCX-USDT\?/,
    ],
    [
      'a contract is closed for new positions',
      at('GET /v2/quote/contracts', said([contract('BTC-USDT', { status: 25 })])),
      /BTC-USDT: status: the contract is closed for new positions/,
    ],
    [
      'the secret is another',
      at('GET /v1/positionSide/dual', refused(100001, 'Signature verification failed')),
      /100001 Signature verification failed; BINGX_API_SECRET does not belong to BINGX_API_KEY/,
    ],
    [
      'the address is not allowed',
      at('GET /v1/positionSide/dual', refused(100419, 'your current request IP')),
      /allow the address of this machine/,
    ],
    ['nothing is answered', at('GET /v3/user/balance', LOST), /the balance is not known: no answer/],
    [
      'the leverage cannot be read',
      at('GET /v2/trade/leverage', said({ longLeverage: 'x' })),
      /the leverage of BTC-USDT cannot be read: longLeverage/,
    ],
  ])('is not opened where %s, and says what to do', async (_what, rule, sentence) => {
    const rest = scriptedRest(...ORDINARY_ACCOUNT);
    rest.on(rule);
    const venue = await open(rest).opened;

    expect(venue).toMatchObject({ ok: false, error: expect.stringMatching(sentence) });
    expect(JSON.stringify(venue)).not.toMatch(/the-key|the-secret/);
    expect(rest.isClosed).toBe(true);
  });
});

describe('an order', () => {
  it('leaves in whole lots and ticks as decimals, in one-way mode with BOTH', async () => {
    const { rest, venue } = await opened();
    rest.on(at(PLACE, PLACED));
    await venue.submit(orderOf({ type: 'LIMIT', limit: 495_005 as PriceTicks, postOnly: true }), 'entry');

    expect(rest.calls).toMatchObject([
      {
        method: 'POST',
        priority: 'entry',
        repeat: 'other_host',
        params: {
          symbol: 'BTC-USDT',
          side: 'BUY',
          type: 'LIMIT',
          positionSide: 'BOTH',
          quantity: '0.01',
          price: '49500.5',
          timeInForce: 'PostOnly',
          reduceOnly: undefined,
          clientOrderId: 'ours',
        },
      },
    ]);
  });

  it('at the market has no price', async () => {
    const { rest, venue } = await opened();
    rest.on(at(PLACE, PLACED));
    await venue.submit(orderOf({ reduceOnly: true, side: 'SELL' }), 'exit');

    expect(rest.calls[0]?.params).toMatchObject({
      price: undefined,
      timeInForce: undefined,
      reduceOnly: 'true',
    });
  });

  it.each([
    ['BUY', false, 'LONG'],
    ['SELL', true, 'LONG'],
    ['SELL', false, 'SHORT'],
    ['BUY', true, 'SHORT'],
  ] as const)(
    'in hedge mode that %ss, reduce-only %s, names %s and no flag',
    async (side, reduceOnly, named) => {
      const rest = scriptedRest(...ORDINARY_ACCOUNT);
      rest.on(at('GET /v1/positionSide/dual', said({ dualSidePosition: 'true' })));
      rest.on(at(PLACE, PLACED));
      const venue = await open(rest, { positionMode: 'hedge' }).opened;
      if (!venue.ok) throw new Error(venue.error);
      await venue.value.submit(orderOf({ side, reduceOnly }), 'entry');

      expect(rest.calls.at(-1)?.params).toMatchObject({ positionSide: named, reduceOnly: undefined });
    },
  );

  it('has its leverage set before it, and once', async () => {
    const { rest, venue } = await opened();
    rest.on(at(PLACE, PLACED));
    await venue.submit(orderOf({ leverage: 8 }), 'entry');
    await venue.submit(orderOf({ leverage: 8 }), 'entry');

    expect(rest.calls.map(({ path }) => path.split('/').at(-1))).toEqual(['leverage', 'order', 'order']);
  });

  it('does not leave where its leverage was not set', async () => {
    const { rest, venue } = await opened();
    rest.on(at('POST /v2/trade/leverage', LOST));

    expect(await venue.submit(orderOf({ leverage: 8 }), 'entry')).toMatchObject({
      kind: 'REJECT',
      code: 'BUSY',
    });
    expect(rest.calls).toHaveLength(1);
  });

  it('that only closes leaves at once, whatever its leverage', async () => {
    const { rest, venue } = await opened();
    rest.on(at(PLACE, PLACED));
    await venue.submit(orderOf({ leverage: 8, reduceOnly: true, side: 'SELL' }), 'exit');

    expect(rest.calls.map(({ path }) => path.split('/').at(-1))).toEqual(['order']);
  });

  it('waits for its turn as long as its leverage has left of five seconds', async () => {
    const { rest, venue, pass } = await opened();
    rest.on(at(PLACE, NO_TURN));
    rest.on(
      at('POST /v2/trade/leverage', () => {
        pass(4_000);
        return said({});
      }),
    );

    expect(await venue.submit(orderOf({ leverage: 8 }), 'entry')).toMatchObject({ code: 'RATE_LIMITED' });
    expect(rest.calls.map(({ patienceMs }) => patienceMs)).toEqual([5_000, 1_000]);
  });

  it('does not leave any more where setting its leverage took longer than that', async () => {
    const { rest, venue, pass } = await opened();
    rest.on(at(PLACE, PLACED));
    rest.on(
      at('POST /v2/trade/leverage', () => {
        pass(5_001);
        return said({});
      }),
    );

    expect(await venue.submit(orderOf({ leverage: 8 }), 'entry')).toMatchObject({
      kind: 'REJECT',
      code: 'BUSY',
    });
    expect(rest.calls).toHaveLength(1);
  });

  it('of what is not configured here does not leave', async () => {
    const { rest, venue } = await opened();
    const name = {
      symbol: 'ETH-USDT' as SymbolName,
      clientOrderId: 'ours' as ClientOrderId,
      venueOrderId: null,
    };

    expect(await venue.submit(orderOf({ symbol: name.symbol }), 'entry')).toMatchObject({ kind: 'REJECT' });
    expect(await venue.cancel(name, 'cancel')).toMatchObject({ kind: 'REJECT' });
    expect(await venue.query(name, 'doubt')).toEqual({ kind: 'UNKNOWN', cause: 'NOT_SENT' });
    expect(rest.calls).toEqual([]);
  });
});

describe('a picture', () => {
  it('of open orders leaves out what is traded elsewhere in the account', async () => {
    const { rest, venue } = await opened();
    rest.on(
      at('GET /v2/trade/openOrders', said({ orders: [orderRow(), orderRow({ symbol: 'DOGE-USDT' })] })),
    );

    expect(await venue.openOrders('housekeeping')).toMatchObject({
      kind: 'KNOWN',
      rows: [{ symbol: 'BTC-USDT' }],
    });
  });

  it('with one row that cannot be read is unknown as a whole, and told', async () => {
    const { rest, venue, listeners } = await opened();
    const notices: VenueNotice[] = [];
    venue.follow((notice) => notices.push(notice));
    expect(listeners).toHaveLength(1);
    rest.on(at('GET /v2/trade/openOrders', said({ orders: [orderRow(), orderRow({ executedQty: '' })] })));
    rest.on(
      at('GET /v2/user/positions', said([{ symbol: 'BTC-USDT', positionAmt: '', positionSide: 'LONG' }])),
    );

    expect(await venue.openOrders('housekeeping')).toEqual({ kind: 'UNKNOWN', cause: 'UNREADABLE' });
    expect(await venue.positions('housekeeping')).toEqual({ kind: 'UNKNOWN', cause: 'UNREADABLE' });
    expect(notices).toMatchObject([
      {
        kind: 'malformed',
        what: expect.stringContaining('openOrders'),
        problem: expect.stringContaining('executedQty'),
      },
      { kind: 'malformed', what: expect.stringContaining('positions') },
    ]);
    expect(venue.health()).toMatchObject({ malformed: 2, lastProblem: expect.stringContaining('positions') });
  });

  it('is flat only where the venue says that there is nothing', async () => {
    const { rest, venue } = await opened();
    rest.on(at('GET /v2/user/positions', said([])));
    expect(await venue.positions('housekeeping')).toEqual({ kind: 'KNOWN', rows: [] });

    for (const empty of [null, {}, '']) {
      rest.on(at('GET /v2/user/positions', said(empty)));
      expect(await venue.positions('housekeeping')).toEqual({ kind: 'UNKNOWN', cause: 'UNREADABLE' });
    }
  });

  it('says why it is unknown', async () => {
    const { rest, venue } = await opened();
    rest.on(at('GET /v3/user/balance', NO_TURN));
    expect(await venue.balance('doubt')).toEqual({ kind: 'UNKNOWN', cause: 'NOT_SENT' });
    rest.on(at('GET /v3/user/balance', refused(109500, 'busy')));
    expect(await venue.balance('doubt')).toEqual({ kind: 'UNKNOWN', cause: 'SERVER' });
    rest.on(at('GET /v3/user/balance', LOST));
    expect(await venue.balance('doubt')).toEqual({ kind: 'UNKNOWN', cause: 'TIMEOUT' });
  });

  it('of the account book is ascending, in the asset of the margin, each line once', async () => {
    const { rest, venue } = await opened();
    const line = (changed: object) => ({
      symbol: 'BTC-USDT',
      incomeType: 'FUNDING_FEE',
      income: '-0.1',
      asset: 'USDT',
      time: START_MS - 1_000,
      tranId: 'a',
      ...changed,
    });
    rest.on(
      at(
        'GET /v2/user/income',
        said([
          line({}),
          line({ tranId: 'b', time: START_MS - 2_000 }),
          line({}),
          line({ tranId: 'c', asset: 'BGB' }),
        ]),
      ),
    );

    const book = await venue.income((START_MS - 60_000) as EpochMs, 'housekeeping');
    expect(book).toMatchObject({ kind: 'KNOWN', rows: [{ amount: -10_000_000n }, { amount: -10_000_000n }] });
    expect(book.kind === 'KNOWN' && book.rows.map(({ venueAtMs }) => venueAtMs)).toEqual([
      START_MS - 2_000,
      START_MS - 1_000,
    ]);
  });

  it('of a time is asked for by the clock of the venue, where ours is ahead', async () => {
    const { rest, venue } = await opened();
    rest.clockOffsetMs = () => -1_200_000;
    rest.on(at('GET /v2/user/income', said([])));
    rest.on(at('GET /v2/trade/fillHistory', said({ fill_history_orders: [] })));
    await venue.income((START_MS - 600_000) as EpochMs, 'housekeeping');
    await venue.ordersTradedSince((START_MS - 600_000) as EpochMs, 'housekeeping');

    expect(
      rest.calls.map(({ params }) => [
        params['startTime'] ?? params['startTs'],
        params['endTime'] ?? params['endTs'],
      ]),
    ).toEqual([
      [String(START_MS - 1_800_000), String(START_MS - 1_200_000)],
      [String(START_MS - 1_800_001), String(START_MS - 1_200_000)],
    ]);
  });

  it('of a quarter is put together from as many attempts as it takes, and no past week is asked for twice', async () => {
    const { rest, venue, pass } = await opened();
    const old = orderIdAt(-50 * DAY_MS);
    rest.on(
      at('GET /v2/trade/fillHistory', ({ params }) => {
        pass(1_000);
        const isThen =
          Number(params['startTs']) < START_MS - 50 * DAY_MS &&
          Number(params['endTs']) > START_MS - 50 * DAY_MS;
        return said({ fill_history_orders: isThen ? [{ ...FILL, orderId: old }] : [] });
      }),
    );
    const row = {
      orderId: old,
      origQty: '0.0040',
      executedQty: '0.0040',
      avgPrice: '50000.0',
      status: 'FILLED',
      updateTime: START_MS - 50 * DAY_MS,
    };
    rest.on(at('GET /v1/trade/fullOrder', said({ orders: [] })));
    rest.on(at('GET /v2/trade/order', said({ order: orderRow(row) })));
    const ask = () => venue.ordersTradedSince((START_MS - 80 * DAY_MS) as EpochMs, 'doubt');

    expect(await ask()).toEqual({ kind: 'UNKNOWN', cause: 'NOT_SENT' });
    expect(await ask()).toMatchObject({ kind: 'KNOWN', rows: [{ venueOrderId: old, filledLots: 40 }] });
    const asked = rest.calls.map(({ path, params }) => `${path} ${params['startTs']} ${params['endTs']}`);
    expect(asked.filter((one) => one.includes('fillHistory')).length).toBe(12);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('of a price takes the mark and the best prices', async () => {
    const { rest, venue } = await opened();
    rest.on(at('GET /v2/quote/premiumIndex', said({ symbol: 'BTC-USDT', markPrice: '50000.16' })));
    rest.on(
      at(
        'GET /v2/quote/bookTicker',
        said({ book_ticker: { symbol: 'BTC-USDT', bid_price: 50_000, ask_price: 50_000.5 } }),
      ),
    );

    expect(await venue.quote('BTC-USDT', 'doubt')).toMatchObject({
      rows: [{ bid: 500_000, ask: 500_005, mark: 500_002, venueAtMs: START_MS }],
    });
    rest.on(at('GET /v2/quote/premiumIndex', LOST));
    expect(await venue.quote('BTC-USDT', 'doubt')).toEqual({ kind: 'UNKNOWN', cause: 'TIMEOUT' });
  });
});

describe('what the venue says by itself', () => {
  const config = (long: number, short = long): string =>
    JSON.stringify({
      e: 'ACCOUNT_CONFIG_UPDATE',
      E: START_MS,
      ac: { s: 'BTC-USDT', l: long, S: short, mt: 'cross' },
    });

  async function followed() {
    const world = await opened();
    const notices: VenueNotice[] = [];
    const end = world.venue.follow((notice) => notices.push(notice));
    const [listener] = world.listeners;
    if (listener === undefined) throw new Error('the stream was not opened');
    return { ...world, notices, end, listener };
  }

  it('is handed on: the stream, orders, balances, and what cannot be read', async () => {
    const { notices, listener, venue } = await followed();
    listener.up('connected');
    listener.text(
      `{"e":"ORDER_TRADE_UPDATE","E":${START_MS},"o":{"s":"BTC-USDT","c":"","i":${orderIdAt(0)},"S":"BUY","o":"MARKET",` +
        `"q":"0.01","p":"60000","ap":"50000","x":"TRADE","X":"FILLED","N":"USDT","n":"-0.25","T":${START_MS},"ps":"BOTH","z":"0.01","l":"0.01","L":"50000"}}`,
    );
    listener.text(
      `{"e":"ACCOUNT_UPDATE","E":${START_MS},"a":{"m":"ORDER","B":[{"a":"USDT","wb":"900","cw":"800","bc":"0"}]}}`,
    );
    listener.text('{"e":"ORDER_TRADE_UPDATE","o":7}');
    listener.malformed('a frame', 'too large');
    listener.down('silence');

    expect(notices).toMatchObject([
      { kind: 'stream', isUp: true },
      { kind: 'order', report: { status: 'FILLED', filledQuote: 50_000_000_000n } },
      { kind: 'balance', report: { wallet: 90_000_000_000n } },
      { kind: 'malformed' },
      { kind: 'malformed', problem: 'too large' },
      { kind: 'stream', isUp: false, why: 'silence' },
    ]);
    expect(venue.health()).toMatchObject({
      malformed: 2,
      isStreamUp: false,
      framesReceived: 7,
      lastFrameAtMs: START_MS,
    });
  });

  it('is a drift of leverage once, after an order of ours had set it', async () => {
    const { notices, listener, venue, rest, pass } = await followed();
    listener.text(config(9));
    rest.on(at(PLACE, PLACED));
    await venue.submit(orderOf({ leverage: 3 }), 'entry');
    pass(5_000);
    listener.text(config(3));
    listener.text(config(50, 3));
    listener.text(config(50, 3));

    expect(notices).toEqual([
      { kind: 'leverage_drift', symbol: 'BTC-USDT', expected: 3, long: 50, short: 3 },
    ]);
  });

  it('is heard by one listener at a time, and by none after the end', async () => {
    const { notices, listener, venue, end } = await followed();
    expect(() => venue.follow(() => undefined)).toThrow('one listener');
    await end();
    listener.up('late');

    expect(notices).toEqual([]);
    venue.follow((notice) => notices.push(notice));
    await venue.close();
    listener.up('later');
    expect(notices).toEqual([]);
  });

  it('throws what its listener throws', async () => {
    const { venue, listeners } = await opened();
    venue.follow(() => {
      throw new Error('the journal is gone');
    });

    expect(() => listeners[0]?.up('connected')).toThrow('the journal is gone');
  });
});

describe("the dead man's switch", () => {
  const SWITCH = 'POST /v2/trade/cancelAllAfter';

  it('is armed and called off in the words of the venue', async () => {
    const { rest, venue } = await opened();
    rest.on(at(SWITCH, said({ status: 'ACTIVATED' })));
    expect(await venue.cancelAllAfter(30)).toEqual({ ok: true, value: undefined });
    expect(await venue.cancelAllAfter(null)).toEqual({ ok: true, value: undefined });

    expect(rest.calls.map(({ params }) => params)).toEqual([
      { type: 'ACTIVATE', timeOut: '30' },
      { type: 'CLOSE' },
    ]);
  });

  it.each([9, 121, 10.5, Number.NaN])('is not armed for %s s', async (seconds) => {
    const { rest, venue } = await opened();

    expect((await venue.cancelAllAfter(seconds)).ok).toBe(false);
    expect(rest.calls).toEqual([]);
  });

  it('is never armed on a shared account', async () => {
    const { rest, venue } = await opened({ account: 'shared' });

    expect(await venue.cancelAllAfter(30)).toMatchObject({
      ok: false,
      error: expect.stringContaining('shared'),
    });
    expect(rest.calls).toEqual([]);
  });

  it('says why it was not armed', async () => {
    const { rest, venue } = await opened();
    rest.on(at(SWITCH, refused(109400, 'timeOut')));

    expect(await venue.cancelAllAfter(30)).toEqual({ ok: false, error: 'the venue refused: 109400 timeOut' });
  });
});
