// Frames of the private stream: cumulative facts of orders, and costs and fees only where they are certain.

import { describe, expect, it } from 'vitest';
import { type FrameNews, FrameReader } from '../../../../src/adapters/venues/bingx/frame-reader.ts';
import type { OrderReport } from '../../../../src/domain/venue.ts';
import { INSTRUMENTS, NOW_MS, usdt } from './payloads.ts';

const ID = '1970374651259387905';

/** The frame of an order as it was recorded, some of its fields changed, those left out that are `undefined`. */
function orderFrame(fields: Readonly<Record<string, unknown>>, event = 'ORDER_TRADE_UPDATE'): string {
  const order = {
    s: 'BTC-USDT',
    c: '',
    i: ID,
    S: 'SELL',
    o: 'LIMIT',
    q: '0.00100000',
    p: '100000.00000000',
    sp: '0.00000000',
    ap: '100000.00000000',
    x: 'TRADE',
    X: 'PARTIALLY_FILLED',
    N: 'USDT',
    n: '-0.01',
    T: 1_758_608_899_316,
    ps: 'SHORT',
    rp: '0.00000000',
    z: '0.00020000',
    ...fields,
  };
  const text = JSON.stringify({ e: event, E: 1_758_608_899_350, T: 1_758_608_899_317, o: order });
  return text.replace(`"i":"${ID}"`, `"i":${ID}`);
}

const NEW = orderFrame({ x: 'NEW', X: 'NEW', z: '0.00000000', ap: '0.00000000', n: '0' });

/** A fill: filled in all, of this fill, its price, the average, the fee. */
function fillFrame(
  z: string,
  l: string | undefined,
  L: string | undefined,
  ap: string,
  n: string,
  more = {},
): string {
  return orderFrame({ z, l, L, ap, n, ...more });
}

function reader(): FrameReader {
  return new FrameReader(INSTRUMENTS, 'USDT');
}

function news(text: string, of = reader()): FrameNews | undefined {
  return of.read(text, NOW_MS)[0];
}

/** What a reader says of the order of the last of some frames. */
function last(frames: readonly string[], of = reader()): OrderReport {
  const told = frames.flatMap((frame) => of.read(frame, NOW_MS)).at(-1);
  if (told?.kind !== 'order') throw new Error(JSON.stringify(told));
  return told.report;
}

describe('the frame of an order', () => {
  it('says what is filled in all, by the id with every digit, under either name of the event', () => {
    const report = {
      symbol: 'BTC-USDT',
      venueOrderId: ID,
      clientOrderId: null,
      side: 'SELL',
      status: 'FILLED',
      orderedLots: 10,
      filledLots: 10,
      filledQuote: usdt('100'),
      isQuoteExact: false,
      fee: null,
      feeAsset: null,
      isMaker: null,
      cause: 'order',
      venueRealized: null,
      venueAtMs: 1_758_608_899_316,
    };
    const filled = { X: 'FILLED', z: '0.001' };
    expect(news(orderFrame(filled))).toEqual({ kind: 'order', report });
    expect(news(orderFrame(filled, 'TRADE_UPDATE'))).toEqual({ kind: 'order', report });
  });

  it('never takes the nominal price for one that was paid', () => {
    expect(last([orderFrame({ ap: '0.00000000', p: '112848.1' })]).filledQuote).toBeNull();
    expect(last([orderFrame({ ap: '0E-8' })]).filledQuote).toBeNull();
    expect(last([orderFrame({ ap: '' })]).filledQuote).toBeNull();
    expect(last([orderFrame({ ap: undefined })]).filledQuote).toBeNull();
  });

  it('keeps the client id where the venue echoes it', () => {
    expect(last([orderFrame({ c: 'abc' })]).clientOrderId).toBe('abc');
  });

  it('is of the time of the trade, else of the event, else of now', () => {
    expect(last([orderFrame({ T: 0 })]).venueAtMs).toBe(1_758_608_899_317);
    const bare = orderFrame({ T: undefined }).replace(/"E":\d+,"T":\d+,/, '');
    expect(last([bare]).venueAtMs).toBe(NOW_MS);
  });

  it('of a liquidation or a reduction by the venue says so', () => {
    expect(last([orderFrame({ o: 'LIQUIDATION', x: 'TRADE' })]).cause).toBe('liquidation');
    expect(last([orderFrame({ o: 'LIQUIDATION', x: 'CALCULATED' })]).cause).toBe('liquidation');
    expect(last([orderFrame({ x: 'CALCULATED' })]).cause).toBe('adl');
  });

  it('names a fee in another asset, and no asset where it is that of the account', () => {
    expect(last([orderFrame({ N: 'BNB' })]).feeAsset).toBe('BNB');
    expect(last([orderFrame({ N: '' })]).feeAsset).toBeNull();
  });

  it('of a symbol that is not traded here is ignored, whatever it says', () => {
    const of = reader();
    expect(of.read(orderFrame({ s: 'DOGE-USDT', z: 'x' }), NOW_MS)).toEqual([]);
    expect(of.ignored.get('ORDER_TRADE_UPDATE')).toBe(1);
  });

  it('of an order that is open says that nothing is filled, also without the quantity', () => {
    for (const frame of [NEW, orderFrame({ x: 'NEW', X: 'NEW', z: undefined })])
      expect(last([frame])).toMatchObject({
        status: 'NEW',
        filledLots: 0,
        filledQuote: 0n,
        isQuoteExact: true,
        fee: 0n,
      });
  });
});

describe('what an order cost', () => {
  it('is exact where every fill was seen with its own price', () => {
    const frames = [
      NEW,
      fillFrame('0.0002', '0.0002', '100000.1', '100000.1', '-0.01'),
      fillFrame('0.0010', '0.0008', '100000.2', '100000.2', '-0.04', { X: 'FILLED' }),
    ];
    const exact = { filledQuote: usdt('100.00018'), isQuoteExact: true };
    expect(last(frames)).toMatchObject(exact);
    // The first fill may be the first frame.
    expect(last(frames.slice(1))).toMatchObject(exact);
  });

  it('comes from the average where a fill was missed or has no price of its own', () => {
    const [first, second] = [
      fillFrame('0.0002', '0.0002', '100000.1', '100000.1', '-0.01'),
      fillFrame('0.0010', '0.0003', '100000.2', '100000.3', '-0.04'),
    ];
    expect(last([first, second])).toMatchObject({ filledQuote: usdt('100.0003'), isQuoteExact: false });
    expect(last([second])).toMatchObject({ filledQuote: usdt('100.0003'), isQuoteExact: false });
    const bare = fillFrame('0.0010', undefined, undefined, '100000.3', '-0.04');
    expect(last([first, bare])).toMatchObject({ filledQuote: usdt('100.0003'), isQuoteExact: false });
  });

  it('stays what it was where a frame comes twice, or an older one comes late', () => {
    const frames = [
      fillFrame('0.0002', '0.0002', '100000.1', '100000.1', '-0.01'),
      fillFrame('0.0005', '0.0003', '100000.2', '100000.2', '-0.015'),
      fillFrame('0.0010', '0.0005', '100000.2', '100000.2', '-0.025', { X: 'FILLED' }),
    ] as const;
    const exact = last(frames);
    expect(exact.isQuoteExact).toBe(true);
    expect(last([...frames, frames[2]])).toEqual(exact);
    const of = reader();
    const late = last([...frames, frames[1]], of);
    expect(late).toMatchObject({ filledLots: 5, isQuoteExact: false });
    expect(last([frames[2]], of)).toEqual(exact);
  });

  it('is still exact in the frame that says that the rest was canceled', () => {
    const first = fillFrame('0.0002', '0.0002', '100000.1', '100000.1', '-0.01');
    const canceled = orderFrame({ x: 'CANCELED', X: 'CANCELED', z: '0.0002', ap: '100000.1', n: '0' });
    expect(last([first, canceled])).toMatchObject({
      status: 'CANCELED',
      filledLots: 2,
      filledQuote: usdt('20.00002'),
      isQuoteExact: true,
      fee: usdt('0.01'),
    });
  });
});

describe('what an order paid', () => {
  const first = fillFrame('0.0002', '0.0002', '100000', '100000', '-0.01');

  it('is certain after one fill, rebates below zero', () => {
    expect(last([first]).fee).toBe(usdt('0.01'));
    expect(last([fillFrame('0.0002', '0.0002', '100000', '100000', '0.001')]).fee).toBe(usdt('-0.001'));
    expect(last([fillFrame('0.0002', '0.0002', '100000', '100000', '')]).fee).toBeNull();
  });

  it('is certain after one fill without its own quantity, if the order was seen before anything was filled', () => {
    const bare = fillFrame('0.0002', undefined, undefined, '100000', '-0.01');
    expect(last([NEW, bare]).fee).toBe(usdt('0.01'));
    expect(last([bare]).fee).toBeNull();
  });

  it('is not taken from a first frame that is not of the first fill', () => {
    expect(last([NEW, fillFrame('0.0005', '0.0003', '100000', '100000', '-0.015')]).fee).toBeNull();
  });

  it('is not known of such an order any more once frames were missed', () => {
    const bare = fillFrame('0.0002', undefined, undefined, '100000', '-0.01');
    const of = reader();
    of.read(NEW, NOW_MS);
    of.gap();
    expect(last([bare], of).fee).toBeNull();
    // With its own quantity, the fill shows by itself that it is the first.
    const whole = reader();
    whole.read(NEW, NOW_MS);
    whole.gap();
    expect(last([first], whole).fee).toBe(usdt('0.01'));
  });

  it('is summed where the rates show that frames tell of single fills', () => {
    const second = fillFrame('0.0010', '0.0008', '100000', '100000', '-0.016');
    expect(last([first, second]).fee).toBe(usdt('0.026'));
  });

  it('is what the frame says where the rates show that frames tell of all fills', () => {
    // The second fill alone would have paid 0.09 %.
    const second = fillFrame('0.0004', '0.0002', '100000', '100000', '-0.018');
    expect(last([first, second]).fee).toBe(usdt('0.018'));
  });

  it('is unknown where both readings fit the rates, until an order has shown which one is true', () => {
    // Of this fill: 0.05 % of 50; of all: 0.03 % more for the 50.
    const doubtful = fillFrame('0.0007', '0.0005', '100000', '100000', '-0.025');
    expect(last([first, doubtful]).fee).toBeNull();

    const of = reader();
    const other = { i: '1970374651259387999' };
    last([fillFrame('0.0002', '0.0002', '100000', '100000', '-0.01', other)], of);
    last([fillFrame('0.0010', '0.0008', '100000', '100000', '-0.016', other)], of);
    expect(last([first, doubtful], of).fee).toBe(usdt('0.035'));
  });

  it('proves nothing where the fees before were at no rate that is known', () => {
    const odd = fillFrame('0.0002', '0.0002', '100000', '100000', '-0.0024');
    const second = fillFrame('0.0004', '0.0002', '100000', '100000', '-0.0048');
    expect(last([odd, second]).fee).toBeNull();
  });

  it('is not begun again by an old frame of the order’s beginning', () => {
    const second = fillFrame('0.0005', undefined, undefined, '100000', '-0.015');
    expect(last([first, NEW, second]).fee).toBeNull();
    const exact = fillFrame('0.0005', '0.0003', '100000', '100000', '-0.015');
    expect(last([first, NEW, exact])).toMatchObject({ isQuoteExact: true, filledQuote: usdt('50') });
  });

  it('is not taken from the end of an order whose fill was missed', () => {
    const end = { x: 'CANCELED', X: 'CANCELED' };
    const bare = fillFrame('0.0005', undefined, undefined, '100000', '-0.01', end);
    expect(last([NEW, bare])).toMatchObject({ filledLots: 5, fee: null, isQuoteExact: false });
    const repeated = fillFrame('0.0005', '0.0003', '100000', '100000', '-0.015', end);
    expect(last([NEW, repeated])).toMatchObject({ filledLots: 5, fee: null, isQuoteExact: false });
  });

  it('is unknown where a fill was missed', () => {
    expect(last([first, fillFrame('0.0010', '0.0003', '100000', '100000', '-0.015')]).fee).toBeNull();
  });
});

describe('a frame that does not say what is filled in all', () => {
  it.each([
    ['TRADE', 'FILLED'],
    ['TRADE', 'PARTIALLY_FILLED'],
    ['CANCELED', 'CANCELED'],
    ['EXPIRED', 'EXPIRED'],
  ])('cannot be read as %s %s, since nothing is not zero', (x, X) => {
    for (const z of [undefined, ''])
      expect(news(orderFrame({ x, X, z, l: '0.0002', L: '100000' }))).toMatchObject({ kind: 'malformed' });
  });

  it('is of a new order where it says so', () => {
    expect(last([orderFrame({ x: 'NEW', X: 'NEW', z: undefined })]).filledLots).toBe(0);
  });
});

describe('the memory of a reader', () => {
  it('holds a thousand orders, and lets the oldest go', () => {
    const of = reader();
    const frame = (place: number): string =>
      fillFrame('0.0002', '0.0002', '100000.1', '100000.1', '-0.01', {
        i: `${2_000_000_000_000_000n + BigInt(place)}`,
      });
    for (let place = 0; place <= 1_000; place += 1) of.read(frame(place), NOW_MS);
    const rest = (place: number): string =>
      fillFrame('0.0010', '0.0008', '100000.2', '100000.2', '-0.04', {
        i: `${2_000_000_000_000_000n + BigInt(place)}`,
      });
    expect(last([rest(1)], of).isQuoteExact).toBe(true);
    expect(last([rest(0)], of).isQuoteExact).toBe(false);
  });

  it('counts what it ignores by a few names, however many there are', () => {
    const of = reader();
    for (let place = 0; place < 500; place += 1) of.read(`{"e":"EVENT ${place}"}`, NOW_MS);
    expect(of.ignored.size).toBeLessThanOrEqual(50);
  });
});

describe('the frame of an account', () => {
  function account(a: unknown, asset = 'USDT'): readonly FrameNews[] {
    const text = JSON.stringify({ e: 'ACCOUNT_UPDATE', E: 1_758_608_899_352, a });
    return new FrameReader(INSTRUMENTS, asset).read(text, NOW_MS);
  }

  it('says the wallet and what is free of it', () => {
    expect(
      account({ m: 'ORDER', B: [{ a: 'USDT', wb: '117.80007595', cw: '95.23045595', bc: '0' }], P: [] }),
    ).toEqual([
      {
        kind: 'balance',
        report: {
          wallet: usdt('117.80007595'),
          availableMargin: usdt('95.23045595'),
          usedMargin: usdt('22.56962'),
          venueAtMs: 1_758_608_899_352,
        },
      },
    ]);
  });

  it('of the demo says it under the name of play money, or else of the real one', () => {
    const [real, play] = [
      { a: 'USDT', wb: '5', cw: '5' },
      { a: 'VST', wb: '7', cw: '7' },
    ];
    expect(account({ B: [real, play] }, 'VST')).toMatchObject([{ report: { wallet: usdt('7') } }]);
    expect(account({ B: [real] }, 'VST')).toMatchObject([{ report: { wallet: usdt('5') } }]);
  });

  it('of funding says the wallet, too', () => {
    const [told] = account({
      m: 'FUNDING_FEE',
      B: [{ a: 'USDT', wb: '117.79', cw: '95.22', bc: '-0.01007595' }],
    });
    expect(told).toMatchObject({ kind: 'balance', report: { wallet: usdt('117.79') } });
  });

  it('says nothing without balances, without that asset, or with a wallet of 0 or of nothing', () => {
    const row = { a: 'USDT', wb: '5', cw: '5' };
    for (const a of [
      { m: 'ORDER', P: [] },
      { m: 'ORDER', B: [] },
      { m: 'ORDER', B: [{ ...row, a: 'VST' }] },
      { m: 'ORDER', B: [{ ...row, wb: '0' }] },
      { m: 'ORDER', B: [{ ...row, wb: '0.00000000' }] },
      { m: 'ORDER', B: [{ ...row, wb: '' }] },
      { m: 'ORDER', B: null },
    ])
      expect(account(a), JSON.stringify(a)).toEqual([]);
  });

  it('has no free margin where it is not told', () => {
    const [told] = account({ B: [{ a: 'VST', wb: '100000' }] }, 'VST');
    expect(told).toMatchObject({
      report: { wallet: usdt('100000'), availableMargin: null, usedMargin: null },
    });
  });

  it('that cannot be read is malformed', () => {
    for (const a of [
      undefined,
      [],
      'x',
      { B: {} },
      { B: [{ a: 'USDT', wb: 'NaN' }] },
      { B: [{ a: 'USDT', wb: '1', cw: {}, x: 1 }, 3] },
    ]) {
      const [told] = account(a);
      if (told !== undefined && told.kind === 'balance') expect(told.report.availableMargin).toBeNull();
      else expect(told?.kind, JSON.stringify(a)).toBe('malformed');
    }
  });
});

describe('the frame of a setting', () => {
  function config(ac: unknown): readonly FrameNews[] {
    return reader().read(JSON.stringify({ e: 'ACCOUNT_CONFIG_UPDATE', E: 1_676_878_489_992, ac }), NOW_MS);
  }

  it('says the leverage of both sides, of one symbol or of all', () => {
    const btc = { s: 'BTC-USDT', l: 12, S: 9, mt: 'cross' };
    const leverage = { kind: 'leverage', symbol: 'BTC-USDT', long: 12, short: 9 };
    expect(config(btc)).toEqual([leverage]);
    expect(config([btc, { ...btc, s: 'DOGE-USDT' }])).toEqual([leverage]);
    expect(config({ ...btc, s: 'DOGE-USDT' })).toEqual([]);
  });

  it('is malformed with a leverage that is none, and then says nothing at all', () => {
    const btc = { s: 'BTC-USDT', l: 12, S: 9 };
    for (const ac of [
      { ...btc, l: 0 },
      { ...btc, S: 'x' },
      { ...btc, S: undefined },
      { ...btc, l: 1.5 },
      'x',
      [btc, null],
    ])
      expect(
        config(ac).map(({ kind }) => kind),
        JSON.stringify(ac),
      ).toEqual(['malformed']);
  });
});

describe('other frames', () => {
  it('are counted and passed over', () => {
    const of = reader();
    const frames = [
      '{"e":"SNAPSHOT","a":{"B":[],',
      '{"E":1,"e":"SNAPSHOT","ac":{}}',
      '{"e":"listenKeyExpired","E":1676964520421,"listenKey":"53c1"}',
      '{"id":"1","code":0,"msg":"","dataType":"","data":null}',
      '{"e":"SOMETHING_NEW"}',
      '{}',
    ];
    for (const frame of frames) expect(of.read(frame, NOW_MS), frame).toEqual([]);
    expect(Object.fromEntries(of.ignored)).toEqual({
      SNAPSHOT: 2,
      listenKeyExpired: 1,
      'an answer': 2,
      SOMETHING_NEW: 1,
    });
  });

  it('that are no JSON object are malformed', () => {
    for (const frame of ['', 'Ping', '{', '[]', 'null', '"x"', '{"e":1,"e":2}', '['.repeat(100_000)])
      expect(news(frame)?.kind, frame.slice(0, 20)).toBe('malformed');
  });
});
