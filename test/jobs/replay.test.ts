// Replaying history with the supervisor in it: what it finds is found when it would have been found, and kept in a diary.

import { describe, expect, it } from 'vitest';
import { readVerdicts } from '../../src/adapters/state/verdict-log.ts';
import type { AlphaEvent } from '../../src/domain/event.ts';
import { DAY_MS, HOUR_MS, msFromIso } from '../../src/domain/time.ts';
import { type ReplayOptions, replay } from '../../src/jobs/replay.ts';
import { T0 } from '../builders.ts';
import { fakePrices } from '../fakes/fake-prices.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import { modelConfig } from '../supervision/training-rows.ts';
import { emit, MARKET, rules, signal } from './reconcile-world.ts';
import { digests, look, quietPorts, worldConfig, worldSettings } from './supervise-world.ts';

/** The agent takes the wrong side until this day, and the right one from it on. */
const LUCK_DAY = 12;
const DAYS = 24;

/** A signal every two hours, its side chosen by what the next hour brings. */
function hindsight(): AlphaEvent[] {
  const [btc] = MARKET;
  if (btc === undefined) throw new Error('the market has an instrument');
  const closeAt = (ms: number) => btc.close[btc.closeAtMs.indexOf(ms)] ?? 0;
  return Array.from({ length: DAYS * 12 }, (_, index) => {
    const hour = 2 * index;
    const rises = closeAt(T0 + (hour + 1) * HOUR_MS) > closeAt(T0 + hour * HOUR_MS);
    const isRight = hour >= LUCK_DAY * 24;
    return signal(`e${String(index).padStart(4, '0')}`, hour, {
      direction: rises === isRight ? 'LONG' : 'SHORT',
    });
  });
}

const warden = worldConfig((config) => ({
  ...config,
  horizons_hours: [1, 24],
  divergence: {
    ...config.divergence,
    window: 20,
    min_signals: 10,
    resolve_after_signals: 10,
    alarm_level: 50,
  },
}));
const settings = worldSettings({ warden, agents: {}, kill_list: {} });
const looks = { settings, codeVersion: '1.0.0', stateCommit: null, lastGood: null, useCheckpoint: true };

function emitted(): MemoryDisk {
  const disk = memoryDisk();
  emit(disk, hindsight());
  return disk;
}

async function replayed(disk: MemoryDisk, over: Partial<ReplayOptions> = {}) {
  return await replay(
    { disk, prices: fakePrices(MARKET), ...quietPorts },
    {
      fromMs: T0,
      toMs: T0 + DAYS * DAY_MS,
      everyMs: DAY_MS,
      trainEveryMs: 30 * DAY_MS,
      reconcile: { rules, agents: {} },
      train: { horizonsHours: [1, 24], model: modelConfig({ min_rows: 10_000 }), codeVersion: '1.0.0' },
      supervise: { ...looks, everyMs: DAY_MS },
      ...over,
    },
  );
}

describe('replay with a supervisor', () => {
  it('lists each alert once, with the instants at which it began and ended', async () => {
    const disk = emitted();
    const { diary, changed } = await replayed(disk);

    expect(changed).toBe(true);
    expect(diary?.looks).toBe(DAYS + 1);
    const alerts = [...(diary?.alerts.values() ?? [])].filter(({ horizon_hours }) => horizon_hours === 1);
    const mean = alerts.filter(({ trigger }) => trigger === 'mean');
    expect(mean).toHaveLength(1);
    const [{ since, ended } = { since: '', ended: null }] = mean;
    expect(msFromIso(since)).toBeLessThan(T0 + 4 * DAY_MS);
    expect(ended).not.toBeNull();
    expect(msFromIso(ended ?? '')).toBeGreaterThan(T0 + LUCK_DAY * DAY_MS);
    for (const alert of alerts) expect(alert.ended === null || alert.ended > alert.since).toBe(true);
  });

  it('keeps the verdicts of the log, and leaves the files that a look at the end leaves', async () => {
    const disk = emitted();
    const { diary } = await replayed(disk);

    expect(diary?.verdicts).toEqual(readVerdicts(disk));
    const before = digests(disk);
    expect(look(disk, T0 + DAYS * DAY_MS, looks)).toMatchObject({ changed: false, newVerdicts: [] });
    expect(digests(disk)).toEqual(before);
  });

  it('looks as seldom as it is asked, and always at the end', async () => {
    const { diary, steps } = await replayed(emitted(), { supervise: { ...looks, everyMs: 7 * DAY_MS } });

    // On days 0, 7, 14, 21 and 24.
    expect(steps).toBe(DAYS + 1);
    expect(diary?.looks).toBe(5);
  });

  it('has no diary where nobody is supervised', async () => {
    const disk = emitted();
    const { diary } = await replayed(disk, { supervise: null });

    expect(diary).toBeNull();
    expect(disk.list('supervisor')).toEqual([]);
  });
});
