// The reconcile job over a disk in memory: what it asks for, what it writes, and what late, torn and wrong input does.

import { describe, expect, it } from 'vitest';
import { saveModel } from '../../src/adapters/state/model-store.ts';
import { InvariantError } from '../../src/domain/assert.ts';
import { contentSha256 } from '../../src/domain/event.ts';
import { DAY_MS, HOUR_MS, isoFromMs, MINUTE_MS } from '../../src/domain/time.ts';
import type { PriceFailure } from '../../src/ports.ts';
import { aModel, aSeries } from '../builders.ts';
import { fakePrices } from '../fakes/fake-prices.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import {
  at,
  END,
  emit,
  MARKET,
  PENDING,
  placesOf,
  rejectsOf,
  rowFiles,
  rowsOf,
  rules,
  run,
  signal,
} from './reconcile-world.ts';

describe('prices', () => {
  it('are asked for once an instrument, however often and however spelled it is due', async () => {
    const disk = memoryDisk();
    const spellings = ['BTC/USDT', 'BTCUSDT', 'btc-usdt'];
    emit(disk, [
      ...Array.from({ length: 9 }, (_, index) =>
        signal(`s${index}`, index * 5, { symbol: spellings[index % 3] ?? '' }),
      ),
      signal('p', 3, { symbol: 'BTC/USDT:USDT', market: 'perp' }),
      signal('q', 4, { symbol: 'SPY', market: 'equity' }),
    ]);
    const prices = fakePrices(MARKET);

    const report = await run(disk, END, { prices });

    expect(prices.requests).toHaveLength(3);
    expect(report).toMatchObject({ price_requests: 3, instruments: { asked: 3, unavailable: 0 } });
    expect(report.due).toMatchObject({ pairs: 22, reconciled: 22 });
  });

  it('are found for every spelling where the source knows one of them', async () => {
    const disk = memoryDisk();
    const [first] = MARKET;
    if (first === undefined) return expect.unreachable();
    const classB = { ...first, symbol: 'BRK.B', market: 'equity' as const };
    const prices = fakePrices([classB], ({ symbol }) =>
      symbol === 'BRK.B' ? null : { kind: 'unknown_symbol', message: `no ${symbol}` },
    );
    emit(disk, [
      signal('dash', 10, { symbol: 'BRK-B', market: 'equity' }),
      signal('dot', 11, { symbol: 'BRK.B', market: 'equity' }),
      signal('none', 12, { symbol: 'NOPE', market: 'equity' }),
    ]);

    const report = await run(disk, at(72), { prices });

    expect(report.due).toMatchObject({ pairs: 6, reconciled: 4, waiting: { no_price: 2 } });
    expect(prices.requests.map(({ symbol }) => symbol).sort()).toEqual(['BRK-B', 'BRK.B', 'NOPE']);
  });

  it('are asked for from the volatility window of the first entry on, and never beyond now', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 10), signal('b', 30)]);
    const prices = fakePrices(MARKET);

    await run(disk, at(32), { prices });

    const [request] = prices.requests;
    expect(request?.fromMs).toBeLessThanOrEqual(at(10) - 10 * DAY_MS);
    expect(request?.fundingFromMs).toBe(at(10));
    expect(request?.toMs).toBe(at(32));
  });

  it('are not asked for while nothing is due', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 10), signal('b', 11, { direction: 'FLAT' })]);
    const prices = fakePrices(MARKET);

    const report = await run(disk, at(11) + MINUTE_MS, { prices });

    expect(prices.requests).toEqual([]);
    expect(report).toMatchObject({ events: { admitted: 1, flat: 1 }, due: { pairs: 0 }, open_pairs: 2 });
  });

  it.each(['unreachable', 'malformed', 'not_configured'] as const)(
    'that are %s delay rows for as long as it takes, and lose nothing',
    async (kind) => {
      const [late, inTime] = [memoryDisk(), memoryDisk()];
      const events = [signal('a', 10), signal('b', 12, { symbol: 'ETH/USDT' })];
      for (const disk of [late, inTime]) emit(disk, events);
      const failure = ({ symbol }: { symbol: string }): PriceFailure | null =>
        symbol === 'ETH/USDT' ? { kind, message: 'ETH is out' } : null;

      const outage = await run(late, END, { prices: fakePrices(MARKET, failure) });
      await run(late, END + DAY_MS);
      await run(inTime, END + DAY_MS);

      expect(outage.due).toMatchObject({ reconciled: 2, waiting: { pending: 2 } });
      expect(outage.losses).toEqual([
        {
          symbol: 'ETH/USDT',
          market: 'spot',
          outcome: 'pending',
          given_up: false,
          pairs: 2,
          first_reason: 'ETH is out',
        },
      ]);
      expect(outage).toMatchObject({ instruments: { asked: 2, unavailable: 1 }, loss_ratio: 0 });
      expect(rowFiles(late)).toEqual(rowFiles(inTime));
    },
  );

  it('of an unknown symbol are given up after a week, with a reject for each pair', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 10, { symbol: 'NOPE/USDT' }), signal('b', 10)]);

    const waiting = await run(disk, at(11) + 7 * DAY_MS - 1);
    const final = await run(disk, END);

    expect(waiting.due.waiting.no_price).toBe(2);
    expect(final.due.given_up).toEqual({ stale_price: 0, no_price: 2 });
    expect(final).toMatchObject({ loss_ratio: 1, loss_too_high: false });
    expect(placesOf(disk)).toEqual(['a/1 reject', 'a/24 reject', 'b/1 row', 'b/24 row']);
    expect(rejectsOf(disk)[0]).toMatchObject({ code: 'no_price', reason: 'no source knows NOPE/USDT' });
  });

  it('that were taken from before a gap are counted, and too old ones wait', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('before', 28, { symbol: 'ETH/USDT' }), signal('into', 30, { symbol: 'ETH/USDT' })]);
    emit(disk, [signal('within', 34, { symbol: 'ETH/USDT' })]);

    const report = await run(disk, at(60));

    expect(report.due).toMatchObject({ pairs: 6, reconciled: 4, priced_across_gap: 1 });
    expect(report.due.waiting).toEqual({ pending: 0, stale_price: 2, no_price: 0 });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -5, 0])('of %d never reach a row', async (price) => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 10)]);
    const closes = Array.from({ length: 40 }, (_, hour) => (hour === 11 ? price : 100));

    await expect(run(disk, at(12), { prices: fakePrices([aSeries({ closes })]) })).rejects.toThrow(
      InvariantError,
    );

    expect(rowFiles(disk)).toEqual({});
  });
});

describe('late events', () => {
  const crowd = [signal('a', 0), signal('b', 6), signal('c', 20), signal('d', 30)];
  const late = signal('late', 10);

  it('get the uniqueness they would have had in time, also when their contemporaries are forgotten', async () => {
    const [disk, inTime] = [memoryDisk(), memoryDisk()];
    emit(disk, [...crowd, signal('later', 400)]);
    await run(disk, at(500));
    const before = rowsOf(disk);
    expect(disk.read(PENDING)?.toString()).not.toContain('"b"');
    emit(inTime, [...crowd, late, signal('later', 400)]);
    await run(inTime, at(500));

    emit(disk, [late]);
    const report = await run(disk, at(500));

    const ofLate = (rows: typeof before) => rows.filter(({ event_id }) => event_id === 'late');
    expect(report.due).toMatchObject({ pairs: 2, reconciled: 2 });
    expect(ofLate(rowsOf(disk))).toEqual(ofLate(rowsOf(inTime)));
    expect(ofLate(rowsOf(disk)).at(-1)?.uniqueness).toBeLessThan(0.6);
    expect(rowsOf(disk)).toEqual(expect.arrayContaining(before));
  });

  it('overlap with no signal that was set aside because its id was taken', async () => {
    const [disk, clean] = [memoryDisk(), memoryDisk()];
    const taken = contentSha256(signal('b', 6));
    const rivals = [1, 2, 3, 4, 5, 6, 7, 8].map((score_final) => signal('b', 300, { score_final }));
    const rival = rivals.find((each) => contentSha256(each) < taken);
    if (rival === undefined) throw new Error('one of the rivals has the lower digest');
    for (const each of [disk, clean]) {
      emit(each, [...crowd, signal('later', 400)]);
      await run(each, at(500));
    }
    emit(disk, [rival], 'pink');
    await run(disk, at(500));

    for (const each of [disk, clean]) {
      emit(each, [late]);
      await run(each, at(500));
    }

    expect(rowsOf(disk)).toEqual(rowsOf(clean));
  });

  it('recall their contemporaries also where they are not due yet', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 70), signal('flat', 100, { direction: 'FLAT' })]);
    await run(disk, at(100));
    expect(disk.read(PENDING)?.toString()).not.toContain('"a"');

    emit(disk, [signal('late', 80)]);
    await run(disk, at(101));
    await run(disk, at(110));

    const row = rowsOf(disk).find((each) => each.event_id === 'late' && each.horizon_hours === 24);
    expect(row?.uniqueness).toBeCloseTo((14 / 2 + 10) / 24, 6);
  });

  it('leave no hole in what is remembered while they wait', async () => {
    const disk = memoryDisk();
    const outage = fakePrices(MARKET, ({ symbol }) =>
      symbol === 'ETH/USDT' ? { kind: 'unreachable', message: 'out' } : null,
    );
    emit(disk, [signal('a', 200), signal('later', 900)]);
    await run(disk, at(1000), { prices: outage });
    emit(disk, [signal('waits', 10, { symbol: 'ETH/USDT' })]);
    await run(disk, at(1000), { prices: outage });

    emit(disk, [signal('late', 206)]);
    await run(disk, at(1000), { prices: outage });

    const row = rowsOf(disk).find((each) => each.event_id === 'late' && each.horizon_hours === 24);
    expect(row?.uniqueness).toBeCloseTo((18 / 2 + 6) / 24, 6);
    const remembered = disk.dump();
    disk.remove(PENDING);
    await run(disk, at(1000), { prices: outage });
    expect(disk.dump()).toEqual(remembered);
  });
});

it('reads rows and rejects of the days and months in question only, whatever history holds', async () => {
  const history = {
    'alpha/rejects/reconcile/2019-01.jsonl': '{"v":2}\n',
    'alpha/rejects/emit/2021-03.jsonl': '{"v":2}\n',
    'alpha/reconciled/2019-01/2019-01-05.jsonl': '{"v":2}\n',
  };
  const disk = memoryDisk(history);
  emit(disk, [signal('a', 10)]);

  const report = await run(disk, END);

  expect(report.due).toMatchObject({ pairs: 2, reconciled: 2 });
  expect(disk.dump()).toMatchObject(history);
});

it('gives nothing up for want of bars that a source which is down may have', async () => {
  const disk = memoryDisk();
  const short = aSeries({
    firstCloseMs: at(900),
    closes: Array.from({ length: 720 }, (_, hour) => 100 + hour),
  });
  emit(disk, [signal('a', 10)]);
  const backup = fakePrices([{ ...short, isStandIn: true }]);

  const waiting = await run(disk, at(1600), { prices: backup });
  const settled = await run(disk, at(1600));

  expect(waiting.due).toMatchObject({ waiting: { pending: 2 }, given_up: { no_price: 0 } });
  expect(settled.due).toMatchObject({ pairs: 2, reconciled: 2 });
  expect(rejectsOf(disk)).toEqual([]);
});

describe('a source that never answers', () => {
  const dark = fakePrices(MARKET, ({ market }) =>
    market === 'equity' ? { kind: 'not_configured', message: 'no keys' } : null,
  );
  const spy = { symbol: 'SPY', market: 'equity' } as const;
  const early = [signal('spy', 15, spy), signal('overlaps', 17, spy)];
  const days = Array.from({ length: 50 }, (_, day) =>
    [0, 6, 12, 18].map((hour) => signal(`d${day}-${hour}`, day * 24 + hour)),
  );

  it('keeps its own signals waiting and does not make the memory of all others grow', async () => {
    const disk = memoryDisk();
    const remembered: number[] = [];
    emit(disk, early);
    for (const [day, events] of days.entries()) {
      emit(disk, events);
      await run(disk, at(day * 24 + 23), { prices: dark });
      remembered.push(disk.size(PENDING) ?? 0);
    }

    expect(remembered[49]).toBeLessThan((remembered[40] ?? 0) * 1.05);
    expect(placesOf(disk).filter((place) => place.startsWith('spy/'))).toEqual(['spy/1 open', 'spy/24 open']);
  });

  it('leaves, when it answers at last, the rows it would have left in time', async () => {
    const [disk, inTime] = [memoryDisk(), memoryDisk()];
    for (const each of [disk, inTime]) emit(each, early);
    await run(inTime, at(24 * 40));
    for (const [day, events] of days.entries()) {
      emit(disk, events);
      await run(disk, at(day * 24 + 23), { prices: dark });
    }

    await run(disk, at(50 * 24));

    const ofEquity = (each: typeof disk) => rowsOf(each).filter(({ market }) => market === 'equity');
    expect(ofEquity(disk)).toHaveLength(4);
    expect(ofEquity(disk)).toEqual(ofEquity(inTime));
  });
});

describe('models', () => {
  const trainedMs = at(20);
  const model = aModel(trainedMs, { horizon_hours: 1 });
  const events = [signal('before', 20 - 1 / 3600), signal('at', 20), signal('after', 30)];
  const modelsOf = (disk: Parameters<typeof rowsOf>[0]) =>
    rowsOf(disk)
      .filter(({ horizon_hours }) => horizon_hours === 1)
      .map(({ event_id, model_id }) => [event_id, model_id]);

  it('are joined as of the entry, never one that was trained after it', async () => {
    const disk = memoryDisk();
    emit(disk, events);
    saveModel(disk, model);
    saveModel(disk, aModel(at(25), { horizon_hours: 1 }));

    await run(disk, END);

    expect(modelsOf(disk)).toEqual([
      ['before', null],
      ['at', model.model_id],
      ['after', aModel(at(25)).model_id],
    ]);
    for (const row of rowsOf(disk)) expect((row.trained_at ?? row.entry_at) <= row.entry_at).toBe(true);
  });

  it('that come later leave rows as they are', async () => {
    const disk = memoryDisk();
    emit(disk, events);
    await run(disk, END);
    const before = rowFiles(disk);

    saveModel(disk, model);
    disk.remove(PENDING);
    await run(disk, END);

    expect(rowFiles(disk)).toEqual(before);
    expect(rowsOf(disk).every(({ sim_version }) => sim_version === 'fallback_zero')).toBe(true);
  });

  it('of one horizon say nothing about another', async () => {
    const disk = memoryDisk();
    emit(disk, events);
    saveModel(disk, model);

    await run(disk, END);

    const others = rowsOf(disk).filter(({ horizon_hours }) => horizon_hours === 24);
    expect(others.map(({ model_id }) => model_id)).toEqual([null, null, null]);
  });
});

describe('horizons', () => {
  it('that are added get their rows, and the others stay', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 1), signal('b', 300)]);
    await run(disk, at(900));
    const before = rowsOf(disk);
    const said: string[] = [];

    const report = await run(disk, at(900), { rules: { ...rules, horizonsHours: [1, 4, 24] }, said });

    expect(said.join()).toContain('horizons changed from 1, 24 h to 1, 4, 24 h');
    expect(report.due).toMatchObject({ pairs: 2, reconciled: 2, already_reconciled: 0 });
    expect(rowsOf(disk)).toEqual(expect.arrayContaining(before));
    expect(placesOf(disk)).toContain('a/4 row');
  });

  it('that are removed owe nothing any more', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 1)]);
    await run(disk, at(3));

    await run(disk, at(3), { rules: { ...rules, horizonsHours: [1] } });

    expect(placesOf(disk)).toEqual(['a/1 row']);
  });
});

describe('settings', () => {
  it('that change the latency give no settled pair a second row, whatever day its exit moves to', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 22.999)]);
    await run(disk, END);
    const before = rowFiles(disk);
    disk.remove(PENDING);

    await run(disk, END, { rules: { ...rules, latencyMs: HOUR_MS / 2 } });

    expect(rowFiles(disk)).toEqual(before);
  });
});

it('says that pending.json was damaged, and rebuilds it', async () => {
  const disk = memoryDisk({ [PENDING]: '{"v":1,' });
  emit(disk, [signal('a', 1)]);
  const said: string[] = [];

  await run(disk, END, { said });

  expect(said.join()).toContain('alpha/pending.json');
  expect(said.join()).toContain('rebuilt');
  expect(JSON.parse(disk.read(PENDING)?.toString() ?? '')).toMatchObject({
    generated_at: isoFromMs(at(1)),
    horizons_hours: [1, 24],
  });
});
