// Answers about times long past: kept between the parts of one long question, and nothing is kept that may still change.

import { describe, expect, it } from 'vitest';
import {
  fillsCall,
  openOrdersCall,
  ordersMadeCall,
  queryByIdCall,
} from '../../../../src/adapters/venues/bingx/requests.ts';
import type { RestCall } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import { SettledAnswers } from '../../../../src/adapters/venues/bingx/settled-answers.ts';
import type { VenueOrderId } from '../../../../src/domain/ids.ts';
import { LOST, orderIdAt, orderRow, said, scriptedRest } from './scripted-rest.ts';

const START_MS = 1_780_000_000_000;
const HOUR_MS = 3_600_000;

function settled(clockOffsetMs = 0) {
  let nowMs = START_MS;
  const rest = scriptedRest();
  rest.clockOffsetMs = () => clockOffsetMs;
  const answers = new SettledAnswers(rest, () => nowMs);
  return {
    rest,
    answers,
    pass(ms: number): void {
      nowMs += ms;
    },
    /** How often the venue is asked where a question is put twice. */
    async askedOf(call: RestCall): Promise<number> {
      const before = rest.calls.length;
      await answers.begin().call(call);
      await answers.begin().call(call);
      return rest.calls.length - before;
    },
  };
}

const fillsUntil = (toMs: number, symbol = 'BTC-USDT'): RestCall =>
  fillsCall(symbol, { fromMs: START_MS - 100 * HOUR_MS, toMs }, 'doubt');
const NO_FILLS = said({ fill_history_orders: [] });
const ORDER = queryByIdCall('BTC-USDT', orderIdAt(0) as VenueOrderId, 'doubt');

describe('fills', () => {
  it('of a time that ended more than an hour ago are asked for once', async () => {
    const { rest, askedOf } = settled();
    rest.on(() => NO_FILLS);
    expect(await askedOf(fillsUntil(START_MS - HOUR_MS - 1))).toBe(1);
  });

  it('of a time that reaches nearer to the present are asked for each time', async () => {
    const { rest, askedOf } = settled();
    rest.on(() => NO_FILLS);
    expect(await askedOf(fillsUntil(START_MS))).toBe(2);
    expect(await askedOf(fillsUntil(START_MS - HOUR_MS))).toBe(2);
  });

  it('are old by the clock of the venue', async () => {
    const behind = settled(-HOUR_MS);
    behind.rest.on(() => NO_FILLS);
    expect(await behind.askedOf(fillsUntil(START_MS - 1.5 * HOUR_MS))).toBe(2);
    expect(await behind.askedOf(fillsUntil(START_MS - 2.5 * HOUR_MS))).toBe(1);
  });

  it('of one symbol are not those of another', async () => {
    const { rest, answers } = settled();
    rest.on(({ params: { symbol } }) =>
      said({ fill_history_orders: [], total: symbol === 'BTC-USDT' ? 1 : 2 }),
    );
    const client = answers.begin();
    const old = START_MS - 2 * HOUR_MS;
    await client.call(fillsUntil(old));
    expect(await client.call(fillsUntil(old, 'ETH-USDT'))).toMatchObject({ data: { total: '2' } });
    expect(await client.call(fillsUntil(old))).toMatchObject({ data: { total: '1' } });
  });

  it('that were not answered are asked for again', async () => {
    const { rest, askedOf } = settled();
    rest.on(() => LOST);
    expect(await askedOf(fillsUntil(START_MS - 2 * HOUR_MS))).toBe(2);
  });

  it('are asked for anew once the question was answered in whole', async () => {
    const { rest, answers, askedOf } = settled();
    rest.on(() => NO_FILLS);
    const old = fillsUntil(START_MS - 2 * HOUR_MS);
    expect(await askedOf(old)).toBe(1);
    answers.end();
    expect(await askedOf(old)).toBe(1);
    expect(rest.calls.length).toBe(2);
  });
});

describe('an order', () => {
  const askedWhere = async (changed: object): Promise<number> => {
    const { rest, askedOf } = settled();
    rest.on(() => said({ order: orderRow({ updateTime: START_MS - 2 * HOUR_MS, ...changed }) }));
    return await askedOf(ORDER);
  };

  it.each(['FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'])(
    'that was %s long ago is asked for once',
    async (status) => {
      expect(await askedWhere({ status })).toBe(1);
    },
  );

  it.each(['NEW', 'PENDING', 'PARTIALLY_FILLED', 'WORD_OF_TOMORROW'])(
    'that is %s is asked for each time, however old it is',
    async (status) => {
      expect(await askedWhere({ status })).toBe(2);
    },
  );

  it('that ended lately, or nobody knows when, is asked for each time', async () => {
    expect(await askedWhere({ status: 'FILLED', updateTime: START_MS - 1_000 })).toBe(2);
    expect(await askedWhere({ status: 'FILLED', updateTime: 0 })).toBe(2);
    expect(await askedWhere({ status: 'FILLED', updateTime: undefined })).toBe(2);
  });

  it('that was not found is asked for each time', async () => {
    const { rest, askedOf } = settled();
    rest.on(() => said({ order: {} }));
    expect(await askedOf(ORDER)).toBe(2);
  });
});

describe('a list of orders', () => {
  it('is asked for each time, since orders in it may go on', async () => {
    const { rest, askedOf } = settled();
    rest.on(() => said({ orders: [orderRow({ status: 'FILLED', updateTime: START_MS - 9 * HOUR_MS })] }));
    const span = { fromMs: START_MS - 9 * HOUR_MS, toMs: START_MS - 8 * HOUR_MS };
    expect(await askedOf(ordersMadeCall('BTC-USDT', span, 'doubt'))).toBe(2);
    expect(await askedOf(openOrdersCall('doubt'))).toBe(2);
  });
});

describe('a long question', () => {
  it('sends nothing more after ten seconds, and what is known is still answered', async () => {
    const { rest, answers, pass } = settled();
    rest.on(() => NO_FILLS);
    const client = answers.begin();
    const known = fillsUntil(START_MS - 2 * HOUR_MS);
    await client.call(known);
    pass(10_001);
    expect(await client.call(fillsUntil(START_MS))).toMatchObject({ kind: 'not_sent', cause: 'no_turn' });
    expect((await client.call(known)).kind).toBe('data');
    expect(rest.calls.length).toBe(1);
    expect((await answers.begin().call(fillsUntil(START_MS))).kind).toBe('data');
  });
});
