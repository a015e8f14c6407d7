// What supervise decides about a class that breaks and recovers, what follows for capital, and that it never decides with hindsight.

import { describe, expect, it } from 'vitest';
import { readCellLines } from '../../src/adapters/state/cell-log.ts';
import { savePending } from '../../src/adapters/state/pending-store.ts';
import { readVerdicts } from '../../src/adapters/state/verdict-log.ts';
import type { KillList } from '../../src/domain/kill-list.ts';
import type { MetaReport } from '../../src/domain/supervisor.ts';
import { isoFromMs, msFromIso } from '../../src/domain/time.ts';
import type { Disk } from '../../src/ports.ts';
import { anOpenEvent } from '../builders.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import {
  digests,
  ENABLED,
  insertAll,
  look,
  quietPorts,
  REGISTRY,
  settledMs,
  tryLook,
  worldConfig,
  worldRows,
  worldSettings,
} from './supervise-world.ts';

const ROWS = worldRows(90, 215);
const ROWS_FROM_30 = worldRows(30, 165);

function freshDisk(): MemoryDisk {
  const disk = memoryDisk();
  insertAll(disk, ROWS);
  return disk;
}

function classVerdicts(disk: Disk): string[] {
  return readVerdicts(disk)
    .filter(({ subject }) => subject === 'macro')
    .map(({ kind, episode }) => `${kind} ${episode}`);
}

function disabledSince(sinceMs: number): KillList {
  const facts = { reason: 'a tail beyond the model', evidence: 'the verdict', episode: 'macro/1' };
  return {
    ...ENABLED,
    macro: { status: 'DISABLED', max_cvar_sigma: 4, since: isoFromMs(sinceMs), ...facts },
  };
}

function weights({ agents }: MetaReport): Record<string, number> {
  return Object.fromEntries(
    Object.entries(agents).map(([agent, { allocation }]) => [agent, allocation.weight]),
  );
}

describe('a class that breaks', () => {
  it('is proposed to be disabled once, and to be let in again after the cool-down and fresh healthy rows', () => {
    const disk = memoryDisk();
    insertAll(
      disk,
      ROWS.filter(({ strategy_class }) => strategy_class === 'macro'),
    );
    const said: [day: number, kind: string][] = [];
    let disabledMs: number | null = null;
    for (let day = 130; day < 214; day += 4) {
      const kill_list = disabledMs === null ? ENABLED : disabledSince(disabledMs);
      const { newVerdicts } = look(disk, settledMs(day), { settings: worldSettings({ kill_list }) });
      for (const { kind, subject } of newVerdicts) if (subject === 'macro') said.push([day, kind]);
      // A person merges the proposal a day later.
      if (said.length === 1) disabledMs ??= settledMs(day) + 1;
    }

    expect(said.map(([, kind]) => kind)).toEqual(['DISABLE', 'REENABLE']);
    expect(classVerdicts(disk)).toEqual(['DISABLE macro/1', 'REENABLE macro/1']);
    const [[disabledOn = 0] = [], [reenabledOn = 0] = []] = said;
    expect(disabledOn).toBeGreaterThan(140);
    expect(disabledOn).toBeLessThan(165);
    // 60 fresh rows are 30 days of two agents, and the broken ones of them must be gone.
    expect(reenabledOn).toBeGreaterThan(disabledOn + 30);
    const reenable = readVerdicts(disk).find(({ kind }) => kind === 'REENABLE');
    expect(reenable?.evidence).toMatchObject({ regime: 'TREND', decision: 'lcb' });
    expect(JSON.stringify(reenable?.evidence)).toMatch(/"fresh_n_eff":6\d/);
  }, 30_000);

  it('is shown with its open episode, until the proposal is said to be over', () => {
    const disk = freshDisk();
    const broken = look(disk, settledMs(164));

    expect(broken.report.strategies['macro']).toMatchObject({ status: 'ENABLED', open_episode: 'macro/1' });
    expect(broken.openVerdicts.map(({ kind, subject }) => `${kind} ${subject}`)).toContain('DISABLE macro');

    const settings = worldSettings({ kill_list: disabledSince(settledMs(164)) });
    const disabled = look(disk, settledMs(166), { settings });
    expect(disabled.report.strategies['macro']).toMatchObject({
      status: 'DISABLED',
      open_episode: 'macro/1',
    });
    expect(disabled.openVerdicts.map(({ subject }) => subject)).not.toContain('macro');
  });

  it('is shown with the episode of the kill list where a person disabled it without a verdict', () => {
    const settings = worldSettings({ kill_list: disabledSince(settledMs(129)) });

    const { report, newVerdicts } = look(freshDisk(), settledMs(130), { settings });

    expect(newVerdicts).toEqual([]);
    expect(report.strategies['macro']).toMatchObject({ status: 'DISABLED', open_episode: 'macro/1' });
  });

  it('gets no capital while it is disabled, and nobody gets its share', () => {
    const before = look(freshDisk(), settledMs(164)).report;
    const settings = worldSettings({ kill_list: disabledSince(settledMs(163)) });
    const after = look(freshDisk(), settledMs(164), { settings }).report;

    expect(weights(before)['break-a']).toBeGreaterThan(0);
    expect(after.agents['break-a']?.allocation).toMatchObject({ status: 'DISABLED', weight: 0 });
    expect(after.agents['break-b']?.allocation).toMatchObject({ status: 'DISABLED', weight: 0 });
    for (const agent of ['drop', 'guest', 'steady'])
      expect(weights(after)[agent]).toBe(weights(before)[agent]);
  });
});

describe('an instant before the newest verdict', () => {
  it('is refused with the reason, and nothing is written', () => {
    const disk = freshDisk();
    look(disk, settledMs(164));
    const [verdict] = readVerdicts(disk);
    const before = digests(disk);

    const refused = tryLook(disk, settledMs(120));

    expect(refused.ok).toBe(false);
    expect(refused.ok ? '' : refused.error).toContain(
      `the log holds a verdict of ${readVerdicts(disk).at(-1)?.ts}`,
    );
    expect(refused.ok ? '' : refused.error).toContain('take a later --now');
    expect(verdict).toBeDefined();
    expect(digests(disk)).toEqual(before);
  });

  it('is refused where no row is seen at all', () => {
    const disk = freshDisk();
    look(disk, settledMs(164));

    expect(tryLook(disk, settledMs(0))).toEqual({
      ok: false,
      error: expect.stringContaining('but no row is seen'),
    });
  });

  it('is supervised where nothing was decided yet', () => {
    const disk = freshDisk();
    look(disk, settledMs(130));

    expect(tryLook(disk, settledMs(120)).ok).toBe(true);
  });
});

describe('the current regime', () => {
  const NOW_MS = settledMs(120);
  const signals = (count: number, regime: string, ms: number) =>
    Array.from({ length: count }, (_, index) =>
      anOpenEvent({ event_id: `p${index}`, agent: 'break-a', regime, ts: isoFromMs(ms - index) }),
    );
  const withPending = (events: ReturnType<typeof signals>) => {
    const disk = freshDisk();
    savePending(disk, {
      v: 1,
      generated_at: isoFromMs(NOW_MS),
      horizons_hours: [1, 4, 24],
      context_from: null,
      files: {},
      events,
    });
    return look(disk, NOW_MS).report.strategies['macro'];
  };

  it('is told by signals that are not settled yet', () => {
    expect(withPending([])?.current_regime).toBe('TREND');
    expect(withPending(signals(11, 'RANGE', NOW_MS))).toMatchObject({
      current_regime: 'RANGE',
      cells: { TREND: { is_current: false } },
    });
  });

  it('is not told by signals of later than now', () => {
    expect(withPending(signals(11, 'RANGE', NOW_MS + 1000))?.current_regime).toBe('TREND');
  });

  it('counts an event once, though it has a row at every horizon', () => {
    // The newest 6 of 20 events: counted three times each they would be most of the newest 20.
    const rows = worldRows(60, 100).map((row) =>
      row.strategy_class === 'macro' && /-009[789]$/.test(row.event_id) ? { ...row, regime: 'RANGE' } : row,
    );
    const disk = memoryDisk();
    insertAll(disk, rows);

    expect(
      rows.filter(({ regime, strategy_class }) => strategy_class === 'macro' && regime === 'RANGE'),
    ).toHaveLength(18);
    expect(look(disk, settledMs(99)).report.strategies['macro']?.current_regime).toBe('TREND');
  });

  it('is told by settled signals where the memory of reconcile is damaged, and that is said', () => {
    const disk = freshDisk();
    disk.replace('alpha/pending.json', '{"v":1,');
    const said: string[] = [];
    const log = { ...quietPorts.log, warn: (message: string) => said.push(message) };

    const { report } = look(disk, NOW_MS, {}, log);

    expect(report.strategies['macro']?.current_regime).toBe('TREND');
    expect(said.join()).toMatch(/^alpha\/pending\.json: .*; the current regime is told by settled signals/);
  });
});

describe('the recorded cells', () => {
  it('have one line per cell and day with news, and none without', () => {
    const disk = freshDisk();
    const written = [100, 101, 102].map((day) => look(disk, settledMs(day)).cellLines);
    const twice = look(disk, settledMs(102) + 1).cellLines;
    const places = readCellLines(disk).map(({ as_of, strategy_class, regime }) =>
      JSON.stringify([strategy_class, regime, as_of.slice(0, 10)]),
    );

    expect(twice).toBe(0);
    expect(new Set(places).size).toBe(places.length);
    // macro is in TREND every day; arb and event are in RANGE every third day.
    expect(written).toEqual([5, 3, 3]);
  });

  it('have a line at once where something was decided, though the day has one', () => {
    const disk = freshDisk();
    const settings = worldSettings({
      kill_list: { ...ENABLED, macro: { status: 'ENABLED', max_cvar_sigma: 50 } },
    });
    const exits = ROWS.filter(({ agent, horizon_hours }) => agent === 'break-a' && horizon_hours === 24);
    const firstMs = msFromIso(exits[100]?.exit_at ?? '');
    look(disk, firstMs, { settings });
    const before = readCellLines(disk).filter(({ strategy_class }) => strategy_class === 'macro');

    // An hour later, on the same day, `break-b` has its exit, and the limits are those of the world.
    const later = look(disk, firstMs + 3_600_000);

    expect(later.newVerdicts.map(({ subject }) => subject)).toContain('macro');
    const after = readCellLines(disk).filter(({ strategy_class }) => strategy_class === 'macro');
    expect(after).toHaveLength(before.length + 1);
    expect(after.at(-1)?.as_of.slice(0, 10)).toBe(before.at(-1)?.as_of.slice(0, 10));
  });

  it('have no further line where something was decided about an agent that bears the name of a class', () => {
    const later = (instant: string) => isoFromMs(msFromIso(instant) + 3 * 3_600_000);
    const named = ROWS.map((row) =>
      row.agent === 'drop'
        ? { ...row, agent: 'event', entry_at: later(row.entry_at), exit_at: later(row.exit_at) }
        : row,
    );
    const disk = memoryDisk();
    insertAll(disk, named);
    const event = { strategy_class: 'arb', stage: 'live' as const, base_weight: 0.2 };
    const settings = worldSettings({ agents: { ...REGISTRY, event } });
    const exits = named.filter(({ agent, horizon_hours }) => agent === 'guest' && horizon_hours === 24);
    const isDemoted = exits.slice(0, 60).some(({ exit_at }) => {
      look(disk, msFromIso(exit_at), { settings });
      // Hours later `steady`, of the class `event` too, and the agent `event` have had their exits.
      const { newVerdicts } = look(disk, msFromIso(exit_at) + 6 * 3_600_000, { settings });
      return newVerdicts.some(({ kind, subject }) => kind === 'DEMOTE' && subject === 'event');
    });
    const days = readCellLines(disk).flatMap(({ strategy_class, regime, as_of }) =>
      strategy_class === 'event' ? [`${regime} ${as_of.slice(0, 10)}`] : [],
    );

    expect(isDemoted).toBe(true);
    expect(days).toEqual([...new Set(days)]);
  }, 30_000);

  it('are read of the months that can hold the newest line, though a class is quiet since long ago', () => {
    const rows = worldRows(30, 165).filter(
      ({ strategy_class, exit_at }) => strategy_class !== 'arb' || exit_at < '2021-04-15',
    );
    const disk = memoryDisk();
    insertAll(disk, rows);
    for (let day = 35; day < 165; day += 5) look(disk, settledMs(day));
    const read = new Set<string>();
    const watched = {
      ...disk,
      readRange: (path: string, from: number, to: number) => {
        if (path.startsWith('supervisor/cells/')) read.add(path.slice(-13, -6));
        return disk.readRange(path, from, to);
      },
    };
    const months = disk.list('supervisor/cells').map((name) => name.slice(0, 7));

    look(watched, settledMs(165));

    const ofQuiet = readCellLines(disk).filter(({ strategy_class }) => strategy_class === 'arb');
    expect(ofQuiet.at(-1)?.as_of.slice(0, 7)).toBe('2021-04');
    expect([...read].sort()).toEqual(
      months.filter((month) => month === '2021-04' || month === months.at(-1)),
    );
    expect(read.size).toBeLessThan(months.length);
  });

  it('count no row as fresh twice because another class has been quiet since an earlier month', () => {
    const disk = memoryDisk();
    const isQuiet = ({ strategy_class, regime }: (typeof ROWS_FROM_30)[number]) =>
      strategy_class === 'macro' && regime === 'TREND';
    insertAll(
      disk,
      ROWS_FROM_30.filter((row) => !isQuiet(row)),
    );
    // April, with the last rows of `macro`; May; and June, which has no line of `event` yet.
    for (const day of [45, 85, 100]) look(disk, settledMs(day));

    const seen = isoFromMs(settledMs(100));
    for (const regime of ['RANGE', 'TREND']) {
      const rows = ROWS_FROM_30.filter(
        (row) =>
          row.strategy_class === 'event' &&
          row.regime === regime &&
          row.horizon_hours === 24 &&
          row.exit_at <= seen,
      );
      const lines = readCellLines(disk).filter(
        (line) => line.strategy_class === 'event' && line.regime === regime,
      );
      expect(lines.reduce((sum, { fresh_n }) => sum + fresh_n, 0)).toBe(rows.length);
    }
  });

  it('call nothing fresh twice where a class had no rows for months', () => {
    const resting = (day: number) => day < 50 || day >= 150;
    const rows = ROWS_FROM_30.filter(
      ({ agent, event_id }) => agent === 'drop' && resting(Number(event_id.slice(-4))),
    );
    const others = ROWS_FROM_30.filter(({ agent }) => agent === 'guest');
    const disk = memoryDisk();
    insertAll(disk, [...rows, ...others]);
    for (let day = 35; day < 160; day += 5) look(disk, settledMs(day));
    const lines = readCellLines(disk).filter(({ strategy_class }) => strategy_class === 'arb');
    const last = lines.reduce((newest, { as_of }) => (as_of > newest ? as_of : newest), '');
    const seen = rows.filter(({ horizon_hours, exit_at }) => horizon_hours === 24 && exit_at <= last);

    expect(lines.reduce((sum, { fresh_n }) => sum + fresh_n, 0)).toBe(seen.length);
  });

  it('add up: the fresh sums of all days are the sums of all rows', () => {
    const disk = memoryDisk();
    insertAll(disk, ROWS);
    for (let day = 100; day < 110; day += 1) look(disk, settledMs(day));
    const lines = readCellLines(disk).filter(({ strategy_class }) => strategy_class === 'arb');
    const last = Math.max(...lines.map(({ as_of }) => msFromIso(as_of)));
    const rows = ROWS.filter(
      ({ agent, horizon_hours, exit_at }) =>
        agent === 'drop' && horizon_hours === 24 && msFromIso(exit_at) <= last,
    );

    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(lines.map(({ fresh_n }) => fresh_n))).toBe(rows.length);
    expect(sum(lines.map(({ fresh_n_eff }) => fresh_n_eff))).toBe(rows.length);
    expect(sum(lines.map(({ fresh_pnl_bps }) => fresh_pnl_bps))).toBeCloseTo(
      sum(rows.map(({ realized_pnl_bps }) => realized_pnl_bps)),
      6,
    );
    expect(sum(lines.map(({ fresh_net_pnl_bps }) => fresh_net_pnl_bps))).toBeCloseTo(
      sum(rows.map(({ net_pnl_bps }) => net_pnl_bps)),
      6,
    );
  });

  it('hold a row that came late in their statistics, and in no fresh sum', () => {
    const late = ROWS.filter(({ agent, event_id }) => agent === 'drop' && event_id.endsWith('0090'));
    const disk = memoryDisk();
    insertAll(
      disk,
      ROWS.filter((row) => !late.includes(row)),
    );
    look(disk, settledMs(100));
    insertAll(disk, late);

    look(disk, settledMs(103));

    const fresh = readCellLines(disk).filter(({ strategy_class }) => strategy_class === 'arb');
    const regime = late[0]?.regime;
    const ofCell = fresh.filter((line) => line.regime === regime);
    expect(ofCell.at(-1)?.n).toBe(ofCell.reduce((sum, { fresh_n }) => sum + fresh_n, 0) + 1);
  });

  it('start anew where another horizon decides', () => {
    const disk = freshDisk();
    look(disk, settledMs(100));
    const warden = worldConfig((config) => ({ ...config, cvar: { ...config.cvar, horizon_hours: 4 } }));

    look(disk, settledMs(100), { settings: worldSettings({ warden }) });

    const lines = readCellLines(disk).filter(({ horizon_hours }) => horizon_hours === 4);
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line.fresh_n).toBe(line.n);
  });
});
