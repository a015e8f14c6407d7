// Keys, secrets, signatures and listen keys: none of them is in what the client says, whatever goes wrong, or in what a journal keeps.

import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BingxVenue } from '../../src/adapters/venues/bingx/bingx-venue.ts';
import { FAULT_NAMES } from '../../src/adapters/venues/exchange/faults.ts';
import { moveMarket } from '../../src/adapters/venues/exchange/feed/move-market.ts';
import { listedInstrument } from '../../src/adapters/venues/exchange/listed-instruments.ts';
import { type LocalExchange, startLocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import { submitOrder } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { passed } from '../../src/adapters/venues/exchange/settle.ts';
import { publishFrames } from '../../src/adapters/venues/exchange/world.ts';
import { type VirtualTimers, virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { ClientOrderId, SymbolName } from '../../src/domain/ids.ts';
import { epochMs, lots, type PriceTicks } from '../../src/domain/steps.ts';
import type { VenueNotice } from '../../src/domain/venue.ts';
import { KERNEL_DEFAULTS } from '../../src/kernel/config.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { KernelHost } from './kernel-host.ts';
import { openBingxAt } from './open-bingx.ts';

const START_MS = 1_780_000_000_000;
const BTC = 'BTC-USDT' as SymbolName;
const KEY = { apiKey: 'a-key-that-nobody-may-see', secret: 'a-secret-that-nobody-may-see', accountId: 'own' };
/** How often something that has to come is waited for. */
const ATTEMPTS = 200;
const SIGNATURE = /[0-9a-f]{64}/;

let timers: VirtualTimers;
let exchange: LocalExchange;
let said: string[];

/** Keeps what somebody could read, as a log or an error would show it. */
function keep(...values: readonly unknown[]): void {
  for (const value of values)
    said.push(value instanceof Error ? `${value.message} ${value.stack}` : inspect(value, { depth: 8 }));
}

function pass(activity: () => number, ms: number): Promise<void> {
  return passed(exchange, timers, activity, ms);
}

function quote(): void {
  const [bid, ask, size] = [650_000 as PriceTicks, 650_001 as PriceTicks, lots(10_000)];
  moveMarket(exchange.world, BTC, { bid, ask, mark: bid, bidLots: size, askLots: size });
}

/** Waits for something while time passes. */
async function awaited<T>(doing: Promise<T>): Promise<T> {
  let isDone = false;
  const done = doing.finally(() => {
    isDone = true;
  });
  // What it ends with is told below.
  done.catch(() => undefined);
  while (!isDone) await pass(() => 0, 500);
  return await done;
}

beforeEach(async () => {
  said = [];
  timers = virtualTimers(START_MS);
  const instrument = listedInstrument('BTC-USDT', null)?.instrument;
  if (instrument === undefined) throw new Error('BTC-USDT is listed');
  exchange = await startLocalExchange({ port: 0, instruments: [instrument], keys: [KEY], timers, seed: 1 });
  quote();
});

afterEach(async () => {
  await exchange.close();
});

/** Listen keys that there ever were, too. */
function expectNothingSecret(listenKeys: ReadonlySet<string>): void {
  for (const text of said) {
    expect(text).not.toContain(KEY.secret);
    expect(text).not.toContain(KEY.apiKey);
    expect(text).not.toMatch(SIGNATURE);
    for (const listenKey of listenKeys) expect(text).not.toContain(listenKey);
  }
}

async function askEverything(venue: BingxVenue, number: number): Promise<void> {
  const clientOrderId = `secretorder${number}` as ClientOrderId;
  const name = { symbol: BTC, clientOrderId, venueOrderId: null };
  const order = {
    clientOrderId,
    symbol: BTC,
    side: 'BUY',
    type: 'MARKET',
    quantity: lots(10),
    limit: null,
    postOnly: false,
    reduceOnly: false,
    leverage: 1 + (number % 5),
  } as const;
  const rests = {
    ...order,
    clientOrderId: `restingorder${number}` as ClientOrderId,
    type: 'LIMIT',
    limit: 640_000 as PriceTicks,
  } as const;
  keep(await awaited(venue.submit(order, 'entry')), await awaited(venue.submit(rests, 'entry')));
  quote();
  keep(await awaited(venue.cancel({ ...name, clientOrderId: rests.clientOrderId }, 'cancel')));
  const asked = [
    venue.cancel(name, 'cancel'),
    venue.query(name, 'doubt'),
    venue.openOrders('housekeeping'),
    venue.positions('housekeeping'),
    venue.ordersTradedSince(epochMs(START_MS), 'housekeeping'),
    venue.income(epochMs(START_MS), 'housekeeping'),
    venue.balance('housekeeping'),
    venue.quote(BTC, 'housekeeping'),
    venue.cancelAllAfter(20),
  ];
  keep(...(await awaited(Promise.all(asked))), venue.health());
}

describe('no secret is said', () => {
  it('where every fault happens, one after the other', async () => {
    const listenKeys = new Set<string>();
    const venue = await awaited(openBingxAt({ exchange, key: KEY, timers, seed: 1 }));
    const notices: VenueNotice[] = [];
    const unfollow = venue.follow((notice) => notices.push(notice));
    for (const [number, fault] of FAULT_NAMES.entries()) {
      await pass(() => notices.length, 1_000);
      for (const listenKey of exchange.world.listenKeys.keys()) listenKeys.add(listenKey);
      exchange.world.faults.set(fault, 1);
      await askEverything(venue, number);
      // A connection begins anew while the fault lasts, too; a busy machine may take more turns for that than it looks calm.
      for (const tell of exchange.world.streamCommands) tell('drop_sockets');
      await pass(() => notices.length, 5_000);
      for (let n = 0; n < ATTEMPTS && exchange.world.faults.hits[fault] === 0; n += 1)
        await pass(() => notices.length, 500);
      exchange.world.faults.set(fault, 0);
      await pass(() => notices.length, 70_000);
    }
    keep(...notices);
    await unfollow();
    await awaited(venue.close());
    expect(listenKeys.size).toBeGreaterThan(0);
    expect(FAULT_NAMES.filter((name) => exchange.world.faults.hits[name] === 0)).toEqual([]);
    expectNothingSecret(listenKeys);
    // The object itself holds the key of its stream, and shows neither the account's key nor its secret.
    const shown = inspect(venue, { depth: 12, showHidden: true });
    expect(shown).not.toContain(KEY.apiKey);
    expect(shown).not.toContain(KEY.secret);
  });

  it('where the venue does not let the client in', async () => {
    for (const key of [
      { ...KEY, secret: `${KEY.secret}-but-another` },
      { ...KEY, apiKey: `${KEY.apiKey}-but-another` },
    ])
      keep(await awaited(openBingxAt({ exchange, key, timers, seed: 1 }).catch((error: unknown) => error)));
    await exchange.close();
    keep(await openBingxAt({ exchange, key: KEY, timers, seed: 1 }).catch((error: unknown) => error));
    expect(said).toHaveLength(3);
    for (const text of said) expect(text).toContain('venue:');
    expectNothingSecret(new Set());
  });

  it('in the journal of a kernel that trades', async () => {
    const disk = simulatedDisk();
    const [instrument] = [...exchange.world.model.config.instruments];
    if (instrument === undefined) throw new Error('there is an instrument');
    for (const fault of ['frame_malformed', 'frame_oversized', 'listen_key_expired'] as const)
      exchange.world.faults.set(fault, 0.3);
    const host = new KernelHost({
      disk,
      config: { ...KERNEL_DEFAULTS, instance: 'secret', instruments: [instrument] },
      timers,
      open: () => openBingxAt({ exchange, key: KEY, timers, seed: 1 }),
    });
    await awaited(host.begin());
    for (let n = 0; n < 40; n += 1) {
      const order = {
        clientOrderId: `byhand${n}` as ClientOrderId,
        symbol: BTC,
        side: n % 2 === 0 ? 'BUY' : 'SELL',
        type: 'MARKET',
        quantity: lots(10),
        limit: null,
        postOnly: false,
        reduceOnly: false,
        leverage: 3,
      } as const;
      submitOrder(exchange.world.model, KEY.accountId, order, timers.nowMs(), timers.nowMs());
      publishFrames(exchange.world);
      await pass(() => host.activity, 2_000);
    }
    const listenKeys = new Set(exchange.world.listenKeys.keys());
    await awaited(host.end());
    for (const name of disk.list())
      said.push(disk.readRange(name, 0, disk.size(name) ?? 0).toString('latin1'));
    expect(said.join('').length).toBeGreaterThan(10_000);
    expect(host.malformed).toBeGreaterThan(0);
    const text = said.join('\n');
    expect(text).not.toContain(KEY.secret);
    expect(text).not.toContain(KEY.apiKey);
    for (const listenKey of listenKeys) expect(text).not.toContain(listenKey);
  });
});
