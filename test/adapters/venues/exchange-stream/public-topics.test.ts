// What the public may subscribe to over real sockets: acks, errors, limits, and what each topic says of a market.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveMarket } from '../../../../src/adapters/venues/exchange/feed/move-market.ts';
import type { JsonTextObject } from '../../../../src/adapters/venues/json-text.ts';
import type { SymbolName } from '../../../../src/domain/ids.ts';
import { lots, priceTicks } from '../../../../src/domain/steps.ts';
import { BTC, quoteAt } from '../exchange/market.ts';
import { type Stage, type StreamClient, stage } from './stage.ts';

let on: Stage;
let client: StreamClient;
beforeEach(async () => {
  on = await stage();
  client = await on.connect();
});
afterEach(async () => {
  await on.close();
});

const sub = (dataType: string, reqType = 'sub'): object => ({ id: 'an-id', reqType, dataType });
const ACK = { id: 'an-id', code: '0', msg: '', dataType: '', data: null };

/** What a topic says of a move of BTC with a trade. */
async function newsOf(topic: string): Promise<readonly JsonTextObject[]> {
  await client.ask(sub(topic));
  const trade = { price: priceTicks(1_000_010), lots: lots(25), isBuyerMaker: false };
  moveMarket(on.world, BTC.symbol, quoteAt(1_000_020, 1_000_030), trade);
  return await client.events();
}

describe('what a client says', () => {
  it.each([
    ['a topic', sub('BTC-USDT@trade'), [ACK]],
    ['an end of a topic that it never had', sub('BTC-USDT@trade', 'unsub'), [ACK]],
    [
      'an unknown interval',
      sub('BTC-USDT@kline_1min'),
      [{ ...ACK, code: '80015', msg: 'dataType not support' }],
    ],
    ['an unknown symbol', sub('NOPE-USDT@trade'), [{ ...ACK, code: '80015', msg: 'dataType not support' }]],
    [
      'an unknown channel',
      sub('BTC-USDT@everything'),
      [{ ...ACK, code: '80015', msg: 'dataType not support' }],
    ],
    [
      'a depth that is none',
      sub('BTC-USDT@depth7'),
      [{ ...ACK, code: '80015', msg: 'dataType not support' }],
    ],
    ['no topic', { id: 'an-id', reqType: 'sub' }, [{ ...ACK, code: '80014', msg: 'invalid params' }]],
    [
      'a list of topics',
      { id: 'an-id', reqType: 'sub', dataType: ['BTC-USDT@trade'] },
      [{ ...ACK, code: '80014', msg: 'invalid params' }],
    ],
    [
      'another request',
      { id: 'an-id', reqType: 'login', dataType: 'x' },
      [{ ...ACK, code: '80014', msg: 'invalid params' }],
    ],
    ['nothing in an object', {}, [{ ...ACK, id: '', code: '80014', msg: 'invalid params' }]],
    ['a list', [], []],
  ])('that is %s is answered as the venue answers', async (_, said, answers) => {
    expect(await client.ask(said)).toEqual(answers);
  });

  it('that is no JSON, or of hostile names, is borne', async () => {
    for (const said of [
      'hello',
      '{"reqType":',
      'null',
      '7',
      '['.repeat(30_000),
      '{"__proto__":{"reqType":"sub"}}',
    ])
      await client.say(said);
    expect((await client.events()).map(({ code }) => code)).toEqual(['80014']);
  });

  it('that is nothing in an object is not answered where the switch says so', async () => {
    on.world.wire = { ...on.world.wire, refusesEmptyObject: false };
    expect(await client.ask({})).toEqual([]);
  });
});

describe('topics', () => {
  it('are 200 at most on one connection, and one that is there already is no further one', async () => {
    for (let at = 1; at <= 200; at += 1) client.socket.send(JSON.stringify(sub(`BTC-USDT@depth5@${at}ms`)));
    expect((await client.events()).map(({ code }) => code)).toEqual(Array(200).fill('0'));
    expect(await client.ask(sub('BTC-USDT@trade'))).toEqual([
      { ...ACK, code: '80403', msg: 'more than 200 topics' },
    ]);
    expect(await client.ask(sub('BTC-USDT@depth5@7ms'))).toEqual([ACK]);
    await client.ask(sub('BTC-USDT@depth5@7ms', 'unsub'));
    expect(await client.ask(sub('BTC-USDT@trade'))).toEqual([ACK]);
  });

  it('end where the client says so, and say nothing of other symbols', async () => {
    await client.ask(sub('BTC-USDT@bookTicker'));
    moveMarket(on.world, 'FINE-USDT', quoteAt(50_000, 50_010));
    expect(await client.events()).toEqual([]);
    on.move(1_000_000, 1_000_020);
    expect(await client.events()).toHaveLength(1);
    await client.ask(sub('BTC-USDT@bookTicker', 'unsub'));
    on.move(1_000_000, 1_000_030);
    expect(await client.events()).toEqual([]);
  });

  it('of trades say nothing where nothing was traded', async () => {
    for (const topic of ['trade', 'lastPrice']) await client.ask(sub(`BTC-USDT@${topic}`));
    on.move(1_000_000, 1_000_020);
    expect(await client.events()).toEqual([]);
  });

  it('may be asked for on a private stream too', async () => {
    const own = await on.connect(on.key());
    await own.texts();
    expect(await own.ask(sub('BTC-USDT@markPrice'))).toEqual([ACK]);
    on.move(1_000_000, 1_000_020);
    expect(await own.events()).toMatchObject([{ dataType: 'BTC-USDT@markPrice' }]);
  });

  it('are told of at one price with quote and trade', async () => {
    const now = String(on.timers.nowMs());
    const said = async (topic: string): Promise<unknown> =>
      (await newsOf(`BTC-USDT@${topic}`)).at(-1)?.['data'];
    expect(await said('trade')).toEqual([{ q: '0.0025', p: '100001.0', T: now, m: false, s: 'BTC-USDT' }]);
    await client.ask(sub('BTC-USDT@trade', 'unsub'));
    expect(await said('lastPrice')).toEqual({ e: 'lastPriceUpdate', E: now, s: 'BTC-USDT', c: '100001.0' });
    expect(await said('markPrice')).toEqual({ e: 'markPriceUpdate', E: now, s: 'BTC-USDT', p: '100002.5' });
    expect(await said('bookTicker')).toMatchObject({
      s: 'BTC-USDT',
      b: '100002.0',
      B: '0.0100',
      a: '100003.0',
      A: '0.0100',
    });
    expect(await said('depth5')).toEqual({
      bids: [
        ['100002.0', '0.0100'],
        ['100001.9', '100000.0000'],
      ],
      asks: [
        ['100003.0', '0.0100'],
        ['100003.1', '100000.0000'],
      ],
    });
    expect(await said('ticker')).toMatchObject({
      e: '24hTicker',
      s: 'BTC-USDT',
      c: '100001.0',
      o: '100000.5',
      B: '100002.0',
    });
  });

  it.each(['1m', '1h', '1w', '1M'])('of bars of %s say how the newest one stands', async (interval) => {
    const [said] = await newsOf(`BTC-USDT@kline_${interval}`);
    expect(said).toMatchObject({
      s: 'BTC-USDT',
      data: [{ o: '100000.5', h: '100001.0', l: '100000.5', c: '100001.0', v: '0.0025' }],
    });
  });
});

describe('a symbol', () => {
  it('that is named like a part of an object is none', async () => {
    await on.close();
    on = await stage({ instruments: [{ ...BTC, symbol: 'BTC-USDT' as SymbolName }] });
    client = await on.connect();
    expect((await client.ask(sub('__proto__@trade')))[0]?.['code']).toBe('80015');
  });
});
