// The leverage of each symbol: asked for only where it is another, one change at a time, and watched for what others change.

import { describe, expect, it } from 'vitest';
import { LeverageBook } from '../../../../src/adapters/venues/bingx/leverage.ts';
import type { RestReply } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import type { PositionMode } from '../../../../src/domain/venue.ts';
import { at, LOST, NO_TURN, refused, said, scriptedRest } from './scripted-rest.ts';

const SET = 'POST /v2/trade/leverage';

function bookOf(mode: PositionMode, answer: RestReply | (() => Promise<RestReply>) = said({})) {
  const rest = scriptedRest(at(SET, answer));
  let nowMs = 1_000_000;
  const book = new LeverageBook(rest, mode, () => nowMs);
  return {
    book,
    rest,
    pass(ms: number) {
      nowMs += ms;
    },
    asked: () =>
      rest.calls.map(({ params }) => `${params['symbol']} ${params['side']} ${params['leverage']}`),
  };
}

describe('before an order', () => {
  it('the venue is asked where its leverage is not known, and once', async () => {
    const { book, asked } = bookOf('one_way');

    expect(await book.ensure('BTC-USDT', 'BUY', 3, 'entry')).toBeNull();
    expect(await book.ensure('BTC-USDT', 'SELL', 3, 'entry')).toBeNull();

    expect(asked()).toEqual(['BTC-USDT BOTH 3']);
  });

  it('nothing is asked where the account has it already', async () => {
    const { book, asked } = bookOf('one_way');
    book.learn({ symbol: 'BTC-USDT', long: 3, short: 3 });

    expect(await book.ensure('BTC-USDT', 'BUY', 3, 'entry')).toBeNull();

    expect(asked()).toEqual([]);
  });

  it('both sides have to have it in one-way mode', async () => {
    const { book, asked } = bookOf('one_way');
    book.learn({ symbol: 'BTC-USDT', long: 3, short: 20 });

    await book.ensure('BTC-USDT', 'BUY', 3, 'entry');

    expect(asked()).toEqual(['BTC-USDT BOTH 3']);
    expect(book.of('BTC-USDT')).toEqual({ symbol: 'BTC-USDT', long: 3, short: 3 });
  });

  it('the side that opens is set in hedge mode', async () => {
    const { book, asked } = bookOf('hedge');
    book.learn({ symbol: 'BTC-USDT', long: 20, short: 20 });

    await book.ensure('BTC-USDT', 'BUY', 3, 'entry');
    await book.ensure('BTC-USDT', 'SELL', 4, 'entry');

    expect(asked()).toEqual(['BTC-USDT LONG 3', 'BTC-USDT SHORT 4']);
    expect(book.of('BTC-USDT')).toEqual({ symbol: 'BTC-USDT', long: 3, short: 4 });
  });

  it('a change that was not sent leaves what is known as it was', async () => {
    const { book, asked } = bookOf('one_way', NO_TURN);
    book.learn({ symbol: 'BTC-USDT', long: 20, short: 20 });

    expect(await book.ensure('BTC-USDT', 'BUY', 10, 'entry')).toMatchObject({ kind: 'not_sent' });
    await book.ensure('BTC-USDT', 'BUY', 20, 'entry');

    expect(asked()).toHaveLength(1);
  });

  it.each([
    ['says that it is busy', refused(109500, 'busy')],
    ['refuses, since an attempt before that one may have been taken', refused(100410, 'rate limited')],
  ])('nothing is known any more where the venue %s', async (_what, reply) => {
    const { book, asked } = bookOf('one_way', reply);
    book.learn({ symbol: 'BTC-USDT', long: 20, short: 20 });
    await book.ensure('BTC-USDT', 'BUY', 3, 'entry');
    await book.ensure('BTC-USDT', 'BUY', 20, 'entry');

    expect(asked()).toEqual(['BTC-USDT BOTH 3', 'BTC-USDT BOTH 20']);
  });

  it('a call whose outcome is not known leaves nothing known', async () => {
    const { book, asked } = bookOf('one_way', LOST);
    book.learn({ symbol: 'BTC-USDT', long: 20, short: 20 });

    expect(await book.ensure('BTC-USDT', 'BUY', 3, 'entry')).toMatchObject({ kind: 'unknown' });
    await book.ensure('BTC-USDT', 'BUY', 20, 'entry');

    expect(book.of('BTC-USDT')).toBeNull();
    expect(asked()).toEqual(['BTC-USDT BOTH 3', 'BTC-USDT BOTH 20']);
  });

  it('changes of a symbol wait for each other, and those of others do not', async () => {
    const answers: ((reply: RestReply) => void)[] = [];
    const { book, asked } = bookOf('one_way', () => new Promise((resolve) => answers.push(resolve)));
    const first = book.ensure('BTC-USDT', 'BUY', 3, 'entry');
    const second = book.ensure('BTC-USDT', 'BUY', 4, 'entry');
    const other = book.ensure('ETH-USDT', 'BUY', 4, 'entry');
    await new Promise(setImmediate);

    expect(asked()).toEqual(['BTC-USDT BOTH 3', 'ETH-USDT BOTH 4']);

    for (const answer of answers.splice(0)) answer(said({}));
    await Promise.all([first, other, new Promise(setImmediate)]);
    expect(asked().slice(2)).toEqual(['BTC-USDT BOTH 4']);
    for (const answer of answers.splice(0)) answer(said({}));
    expect(await second).toBeNull();
  });
});

describe('what the venue says of leverage by itself', () => {
  it('is a drift once, where an order of ours had set another', async () => {
    const { book, pass } = bookOf('one_way');
    await book.ensure('BTC-USDT', 'BUY', 3, 'entry');
    pass(5_000);

    expect(book.observe({ symbol: 'BTC-USDT', long: 3, short: 3 })).toBeNull();
    expect(book.observe({ symbol: 'BTC-USDT', long: 50, short: 3 })).toEqual({
      symbol: 'BTC-USDT',
      expected: 3,
      long: 50,
      short: 3,
    });
    expect(book.observe({ symbol: 'BTC-USDT', long: 50, short: 3 })).toBeNull();
  });

  it('is the truth from then on, so that the next order sets its own again', async () => {
    const { book, asked, pass } = bookOf('one_way');
    await book.ensure('BTC-USDT', 'BUY', 3, 'entry');
    pass(5_000);
    book.observe({ symbol: 'BTC-USDT', long: 50, short: 50 });

    await book.ensure('BTC-USDT', 'BUY', 3, 'entry');

    expect(asked()).toEqual(['BTC-USDT BOTH 3', 'BTC-USDT BOTH 3']);
  });

  it('is no drift where no order of ours has set any', () => {
    const { book } = bookOf('one_way');
    book.learn({ symbol: 'BTC-USDT', long: 20, short: 20 });

    expect(book.observe({ symbol: 'BTC-USDT', long: 50, short: 50 })).toBeNull();
    expect(book.of('BTC-USDT')).toEqual({ symbol: 'BTC-USDT', long: 50, short: 50 });
  });

  it('is not believed while a change of ours is under way, or just after it: it may be older', async () => {
    let answer: (reply: RestReply) => void = () => undefined;
    const { book, pass } = bookOf('one_way', () => new Promise((resolve) => (answer = resolve)));
    book.learn({ symbol: 'BTC-USDT', long: 20, short: 20 });
    const change = book.ensure('BTC-USDT', 'BUY', 3, 'entry');
    await new Promise(setImmediate);

    expect(book.observe({ symbol: 'BTC-USDT', long: 20, short: 20 })).toBeNull();
    answer(said({}));
    await change;
    expect(book.observe({ symbol: 'BTC-USDT', long: 20, short: 20 })).toBeNull();
    expect(book.of('BTC-USDT')?.long).toBe(3);

    pass(2_000);
    expect(book.observe({ symbol: 'BTC-USDT', long: 20, short: 20 })).toMatchObject({ expected: 3 });
  });
});
