// The sink into Hazelcast: the newest state of an engine whatever comes twice, in pieces or after a restart, and the leverage of its trades.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EngineSnapshot,
  noSnapshot,
  snapshotAfter,
  snapshotFrom,
  snapshotJson,
} from '../../../src/adapters/sinks/engine-snapshot.ts';
import { hazelcastSink, sinkInto } from '../../../src/adapters/sinks/hazelcast.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { SymbolName, TradeId } from '../../../src/domain/ids.ts';
import { stepsText } from '../../../src/domain/instrument.ts';
import type { SinkRow } from '../../../src/domain/sink-row.ts';
import { fakeMaps } from '../feeds/fake-maps.ts';
import { recorded, rowsOf } from './recorded.ts';
import { type StepRow, stepRow } from './step-row.ts';

const NAMES = { snapshot_map: 'pink_engine', daily_map: 'pink_daily_pnl' };
const START = { seq: 1, action: 'START', phase: 'recovery', facts: '{"previous_run":null}' } as const;
const ENTER = { phase: 'execution', action: 'ENTER', slot: 0, trade_id: 't1', symbol: 'BTC-USDT' } as const;

function key(seq: number, part = 0) {
  return { instance: 'pink', run: 'r1', seq, part, at: '2026-11-21T10:00:00.000Z' };
}

function step(over: Partial<StepRow>): SinkRow {
  const wallets = { wallet: '1000', exchange_wallet: '1000' };
  return stepRow({ ...key(1), policy: 'champion@1#0f3c0f3c', ...wallets, ...over });
}

function fillRow(over: Partial<Extract<SinkRow, { table: 'fills' }>>): SinkRow {
  return {
    table: 'fills',
    ...key(3),
    client_order_id: 'c',
    venue_order_id: 'v',
    trade_id: 't1',
    strategy_class: 'macro',
    symbol: 'BTC-USDT',
    side: 'SELL',
    role: 'entry',
    quantity: '0.1',
    filled: '0.1',
    quote: '5000',
    price: '50000',
    is_maker: false,
    is_late: false,
    venue_at: null,
    ...over,
  };
}

function dayRow(seq: number, pnl: string): SinkRow {
  const wallets = { wallet_at_start: '1000', wallet: '1000', pnl, trades_closed: 1 };
  return { table: 'daily_pnl', ...key(seq), day: '2026-11-21', ...wallets };
}

function shownAfter(
  rows: readonly SinkRow[],
  from: EngineSnapshot = noSnapshot('pink'),
): Record<string, unknown> {
  return JSON.parse(snapshotJson(rows.reduce(snapshotAfter, from)));
}

const OPEN = [step(START), step({ ...ENTER, seq: 2 }), fillRow({})];

describe('the snapshot of an engine', () => {
  it('has the slots, the account, the newest scan and the leverage of what is held', () => {
    const facts = '{"scan_number":7,"vel_div":-0.03,"vol_ok":true,"posture":"APEX"}';
    const shown = shownAfter([...OPEN, step({ seq: 4, facts, kernel_state: 'REDUCE_ONLY', wallet: '2000' })]);

    expect(shown).toMatchObject({
      instance: 'pink',
      seq: 4,
      kernel_state: 'REDUCE_ONLY',
      account: { wallet: '2000', exchange_wallet: '1000' },
      scan_number: 7,
      vel_div: -0.03,
      vol_ok: true,
      posture: 'APEX',
      slots: [{ slot: 0, trade_id: 't1', side: 'SHORT', size: '0.1', entry_price: 50_000 }],
      our_leverage: 2.5,
    });
  });

  it('has less leverage after a part was sold, and none when the trade is over', () => {
    const part = [...OPEN, fillRow({ seq: 4, role: 'exit', side: 'BUY', quantity: '0.04', quote: '1900' })];
    const trade = { slot: 0, trade_id: 't1', realized: '0', fees: '0', funding: '0', reason: '' };

    expect(shownAfter(part)).toMatchObject({ our_leverage: 3, slots: [{ size: '0.06' }] });
    expect(shownAfter([...part, { table: 'trades', ...key(5), ...trade }])).toMatchObject({
      our_leverage: 0,
      slots: [],
    });
  });

  it.each([
    ['a journal that is not followed from its begin', [step({ seq: 9 })], null],
    ['no wallet yet', [step({ ...START, wallet: null })], null],
    ['a fill whose price is not known yet', [...OPEN, fillRow({ seq: 4, quote: '0', price: null })], null],
    ['a wallet of nothing', [...OPEN, step({ seq: 4, wallet: '0' })], 0],
    ['an entry that is not filled', OPEN.slice(0, 2), 0],
  ])('says of the leverage with %s: %j', (_case, rows, leverage) => {
    expect(shownAfter(rows)['our_leverage']).toBe(leverage);
  });

  it('knows the price again when it comes', () => {
    const unpriced = fillRow({ seq: 4, quote: '0', price: null });

    expect(
      shownAfter([...OPEN, unpriced, fillRow({ seq: 5, quantity: '0', quote: '7000', price: null })]),
    ).toMatchObject({
      slots: [{ size: '0.2', entry_price: 60_000 }],
      our_leverage: 12,
    });
  });

  it('takes facts that are no JSON, or of another kind, for unknown', () => {
    for (const facts of ['{', '7', 'null', '{"scan_number":"7","vel_div":null,"vol_ok":1,"posture":2}'])
      expect(shownAfter([step({ ...START }), step({ seq: 2, facts })])).toMatchObject({
        scan_number: null,
        vel_div: null,
        vol_ok: null,
        posture: null,
      });
  });

  it('begins anew with another journal of the same name', () => {
    const again = [step({ ...START, run: 'r2' }), step({ ...ENTER, seq: 2, run: 'r2', trade_id: 't9' })];

    expect(shownAfter([...OPEN, ...again])).toMatchObject({
      run: 'r2',
      seq: 2,
      slots: [{ trade_id: 't9', size: '0' }],
    });
  });

  it('is the same whatever came twice, and after a restart at any row, in worlds where much goes wrong', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), fc.nat({ max: 50 }), (seed, at, back) => {
        const rows = rowsOf(recorded(seed));
        const cut = rows.length === 0 ? 0 : at % rows.length;
        const whole = rows.reduce(snapshotAfter, noSnapshot('pink'));
        const instance = whole.instance;
        const first = rows.slice(0, cut).reduce(snapshotAfter, noSnapshot(instance));
        const kept = snapshotFrom(snapshotJson(first), instance) ?? noSnapshot(instance);
        const rest = rows.slice(Math.max(0, cut - back)).reduce(snapshotAfter, kept);

        expect({ ...rest, ...scanless }).toEqual({ ...whole, ...scanless });
      }),
      { numRuns: 20 },
    );
  });

  it("has of each trade what the kernel's own orders of it have filled, in worlds where much goes wrong", () => {
    let compared = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      let snapshot = noSnapshot('none');
      rowsOf(recorded(seed), undefined, (rows, state) => {
        snapshot = rows.reduce(snapshotAfter, snapshot);
        if (rows.length === 0) return;
        for (const { trade_id, size } of JSON.parse(snapshotJson(snapshot)).slots) {
          const orders = state.trades.get(trade_id as TradeId)?.orders ?? [];
          const lot = state.instruments.get(orders[0]?.symbol as SymbolName)?.lot;
          if (lot === undefined) continue;
          const filled = orders.reduce(
            (sum, order) => sum + (order.role === 'entry' ? order.filledLots : -order.filledLots),
            0,
          );
          expect(size, `seed ${seed}, record ${state.seq}`).toBe(stepsText(lot, filled));
          compared += filled === 0 ? 0 : 1;
        }
      });
    }
    expect(compared).toBeGreaterThan(20);
  });
});

/** The newest scan is told again by the next decision, and not kept. */
const scanless = { scan_number: null, vel_div: null, vol_ok: null, posture: null };

describe('the value of another process', () => {
  it.each([
    ['no JSON', '{'],
    ['of another engine', snapshotJson(noSnapshot('other'))],
    ['without slots', '{"instance":"pink","seq":1,"part":0}'],
    ['with a slot that is none', '{"instance":"pink","seq":1,"part":0,"slots":[{"slot":0}]}'],
    [
      'with amounts that are none',
      snapshotJson(OPEN.reduce(snapshotAfter, noSnapshot('pink'))).replace('"0.1"', '"0,1"'),
    ],
  ])('is not believed: %s', (_case, json) => {
    expect(snapshotFrom(json, 'pink')).toBeNull();
  });
});

describe('the sink', () => {
  it('writes the newest state of an engine once for a batch, and the newest row of each day', async () => {
    const maps = fakeMaps();
    const sink = sinkInto(maps, NAMES);
    await sink.write([...OPEN, dayRow(4, '1'), dayRow(5, '2')]);

    expect([...maps.values.keys()]).toEqual(['pink_daily_pnl/2026-11-21', 'pink_engine/pink']);
    expect(JSON.parse(maps.values.get('pink_engine/pink') ?? '')).toMatchObject({ seq: 5, our_leverage: 5 });
    expect(JSON.parse(maps.values.get('pink_daily_pnl/2026-11-21') ?? '')).toMatchObject({ pnl: '2' });
  });

  it('goes on from what the process before left in the map', async () => {
    const maps = fakeMaps();
    await sinkInto(maps, NAMES).write(OPEN);
    await sinkInto(maps, NAMES).write([step({ seq: 4, wallet: '5000' })]);

    expect(JSON.parse(maps.values.get('pink_engine/pink') ?? '')).toMatchObject({ seq: 4, our_leverage: 1 });
    expect(maps.gets).toBe(2);
  });

  it('counts a row that comes again once, and is whole where the map was emptied behind it', async () => {
    const maps = fakeMaps();
    const sink = sinkInto(maps, NAMES);
    await sink.write(OPEN);
    maps.values.clear();
    await sink.write(OPEN.slice(-1));

    expect(JSON.parse(maps.values.get('pink_engine/pink') ?? '')).toMatchObject({
      slots: [{ size: '0.1' }],
      our_leverage: 5,
    });
  });

  it('hands on a failure, forgets nothing, and is whole when the same rows come again', async () => {
    const maps = fakeMaps();
    const sink = sinkInto(maps, NAMES);
    maps.failure = 'the cluster is gone';
    expect(await sink.write(OPEN)).toEqual({ ok: false, error: 'the cluster is gone' });
    maps.failure = null;

    expect(await sink.write(OPEN)).toMatchObject({ ok: true });
    expect(JSON.parse(maps.values.get('pink_engine/pink') ?? '')).toMatchObject({ our_leverage: 5 });
  });

  it('closes its maps', async () => {
    const maps = fakeMaps();
    await sinkInto(maps, NAMES).close();

    expect(maps.isClosed).toBe(true);
  });

  it('says how to install its client where that is absent', async () => {
    const load = () =>
      Promise.reject(
        Object.assign(new Error("Cannot find package 'hazelcast-client'"), { code: 'ERR_MODULE_NOT_FOUND' }),
      );
    const settings = { cluster: 'dev', members: ['127.0.0.1:5701'], ...NAMES };

    expect(await hazelcastSink(settings, { timers: virtualTimers(0), load })).toMatchObject({
      ok: false,
      error: expect.stringContaining('sinks.hazelcast needs the package hazelcast-client@'),
    });
  });
});

describe('a slot of the snapshot', () => {
  it('holds one trade at a time: the next entry of a slot takes the place of the one before it', () => {
    const shown = shownAfter([...OPEN, step({ ...ENTER, seq: 4, trade_id: 't2' })]);

    expect(shown['slots']).toMatchObject([{ slot: 0, trade_id: 't2', size: '0' }]);
  });

  it('of which more was sold than is known to have been bought shows that as a negative size', () => {
    const shown = shownAfter([...OPEN, fillRow({ seq: 4, role: 'exit', quantity: '0.35' })]);

    expect(shown['slots']).toMatchObject([{ size: '-0.25' }]);
  });
});

it('rows whose snapshot cannot be put are not taken, and come again', async () => {
  const maps = fakeMaps();
  const { map } = maps;
  let isBroken = true;
  const refusing = {
    ...maps,
    map: (name: string) => {
      const own = map(name);
      return {
        ...own,
        set: async (key: string, json: string) =>
          isBroken ? ({ ok: false, error: 'no room' } as const) : await own.set(key, json),
      };
    },
  };
  const sink = sinkInto(refusing, NAMES);

  expect(await sink.write(OPEN)).toEqual({ ok: false, error: 'no room' });
  isBroken = false;
  expect(await sink.write(OPEN)).toMatchObject({ ok: true });
});
