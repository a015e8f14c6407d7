// A venue that takes seconds for each answer: what the kernel has to know of several symbols still comes before it gives up waiting.

import { afterEach, expect, it } from 'vitest';
import { moveMarket } from '../../src/adapters/venues/exchange/feed/move-market.ts';
import { listedInstrument } from '../../src/adapters/venues/exchange/listed-instruments.ts';
import { type LocalExchange, startLocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import { passed } from '../../src/adapters/venues/exchange/settle.ts';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { ClientOrderId } from '../../src/domain/ids.ts';
import type { EpochMs, Lots, PriceTicks } from '../../src/domain/steps.ts';
import type { OrderRequest } from '../../src/domain/venue.ts';
import { KERNEL_DEFAULTS } from '../../src/kernel/config.ts';
import { openBingxAt } from './open-bingx.ts';

const START_MS = 1_780_000_000_000;
const KEY = { apiKey: 'slow-key', secret: 'slow-secret', accountId: 'own' };
const SYMBOLS = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT', 'XRP-USDT'];
const SIZE = 1_000 as Lots;

let exchange: LocalExchange | null = null;
afterEach(() => exchange?.close());

it('lists what traded on four symbols in time, where each answer takes three seconds', async () => {
  const timers = virtualTimers(START_MS);
  const listed = SYMBOLS.flatMap((symbol) => listedInstrument(symbol, null) ?? []);
  const instruments = listed.map(({ instrument }) => instrument);
  const opened = await startLocalExchange({ port: 0, instruments, keys: [KEY], timers, seed: 1 });
  exchange = opened;
  for (const { instrument, firstTicks } of listed) {
    const [bid, ask] = [firstTicks as PriceTicks, (firstTicks + 1) as PriceTicks];
    moveMarket(opened.world, instrument.symbol, { bid, ask, mark: bid, bidLots: SIZE, askLots: SIZE });
  }
  let answered = 0;
  const during = async <T>(work: Promise<T>, ms: number): Promise<T | null> => {
    let result: T | null = null;
    void work.then((value) => {
      [result, answered] = [value, answered + 1];
    });
    await passed(opened, timers, () => answered, ms);
    return result;
  };
  const venue = await during(openBingxAt({ exchange: opened, key: KEY, timers, seed: 1 }), 5_000);
  if (venue === null) throw new Error('the venue was not opened');
  for (const [at, { symbol, minLots }] of instruments.entries()) {
    const order: OrderRequest = {
      clientOrderId: `slow-${at}` as ClientOrderId,
      symbol,
      side: 'BUY',
      type: 'MARKET',
      limit: null,
      postOnly: false,
      reduceOnly: false,
      quantity: Math.max(minLots, 100) as Lots,
      leverage: 1,
    };
    expect(await during(venue.submit(order, 'entry'), 5_000)).toMatchObject({ kind: 'ACK' });
  }

  opened.world.latencyMs = 3_000;
  const since = (START_MS - 60_000) as EpochMs;
  const traded = await during(venue.ordersTradedSince(since, 'doubt'), KERNEL_DEFAULTS.doubt.answerMs);

  expect(traded?.kind === 'KNOWN' ? traded.rows.map(({ symbol }) => symbol) : traded).toEqual(SYMBOLS);
  await venue.close();
});
