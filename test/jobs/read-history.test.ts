// Reading the memory of the supervisor: a checkpoint saves work, and never changes a byte of what follows from the rows.

import { describe, expect, it } from 'vitest';
import { rowDays } from '../../src/adapters/state/row-store.ts';
import { type HistoryOptions, readHistory } from '../../src/jobs/read-history.ts';
import { historyToJson } from '../../src/supervision/history.ts';
import { supervisorRules } from '../../src/supervision/supervisor-rules.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import {
  digests,
  insertAll,
  look,
  quietPorts,
  settledMs,
  supervisorFiles,
  worldConfig,
  worldRows,
  worldSettings,
} from './supervise-world.ts';

const CHECKPOINT = '.cache/supervise.json';
const ROWS = worldRows(100, 145);
const NOW_MS = settledMs(144);

/** A state that was supervised the day before, so that there is a checkpoint to go on from. */
const SUPERVISED = (() => {
  const disk = memoryDisk();
  insertAll(disk, ROWS);
  look(disk, settledMs(143));
  return disk.dump();
})();

function supervised(): MemoryDisk {
  return memoryDisk(SUPERVISED);
}

function withCheckpoint(change: (text: string) => string): MemoryDisk {
  const disk = supervised();
  disk.replace(CHECKPOINT, change(SUPERVISED[CHECKPOINT] ?? ''));
  return disk;
}

function read(disk: MemoryDisk, over: Partial<HistoryOptions> = {}) {
  const rules = supervisorRules(worldConfig());
  return readHistory(
    { disk, ...quietPorts },
    { nowMs: NOW_MS, rules, codeVersion: '1.0.0', useCheckpoint: true, ...over },
  );
}

function bytesOf(disk: MemoryDisk, over: Partial<HistoryOptions> = {}): string {
  return JSON.stringify(historyToJson(read(disk, over).history));
}

const EXPECTED = bytesOf(supervised(), { useCheckpoint: false });

describe('a checkpoint', () => {
  it('is gone on from: only the newest days are read', () => {
    const { rowsRead, history } = read(supervised());

    expect(history.rowCount).toBe(ROWS.length);
    expect(rowsRead).toBeGreaterThan(0);
    expect(rowsRead).toBeLessThan(ROWS.length / 5);
    expect(read(supervised(), { useCheckpoint: false }).rowsRead).toBe(ROWS.length);
  });

  it.each<[string, MemoryDisk, boolean]>([
    ['as it was written', supervised(), true],
    ['missing', memoryDisk({ ...SUPERVISED, [CHECKPOINT]: '' }), false],
    ['not JSON', withCheckpoint(() => 'nonsense'), false],
    ['JSON of another kind', withCheckpoint(() => '7\n7\n'), false],
    ['null', withCheckpoint(() => 'null\nnull\n'), false],
    ['without a line end', withCheckpoint((text) => text.slice(0, text.indexOf('\n'))), false],
    ['torn', withCheckpoint((text) => text.slice(0, -200)), false],
    ['with one digit changed', withCheckpoint((text) => text.replace('"rowCount":6', '"rowCount":7')), false],
    ['of another format', withCheckpoint((text) => text.replace(/"format":\d+/, '"format":0')), false],
    ['of no days', withCheckpoint((text) => text.replace(/"days":\[\[.*?\]\]/, '"days":[]')), false],
    ['of other days', withCheckpoint((text) => text.replace(/\["2021-06-1\d",\d+\],/, '')), false],
  ])('%s leaves the same memory', (_state, disk, isUsed) => {
    const { rowsRead } = read(disk);

    expect(rowsRead < ROWS.length).toBe(isUsed);
    expect(bytesOf(disk) === EXPECTED).toBe(true);
  });

  it('of another version of the code is not used', () => {
    expect(read(supervised(), { codeVersion: '1.0.1' }).rowsRead).toBe(ROWS.length);
  });

  it.each([
    ['divergence', { divergence: { ...worldConfig().divergence, alarm_level: 6000 } }],
    ['confidence', { confidence: { ...worldConfig().confidence, half_life_signals: 81 } }],
    ['horizons', { horizons_hours: [1, 24] }],
    ['the deciding horizon', { cvar: { ...worldConfig().cvar, horizon_hours: 4 } }],
    ['the window', { cvar: { ...worldConfig().cvar, window: '90d' } }],
  ])('of other rules for %s is not used, and the memory is that of the new rules', (_rule, change) => {
    const rules = supervisorRules(worldConfig((config) => ({ ...config, ...change })));

    expect(read(supervised(), { rules }).rowsRead).toBe(ROWS.length);
    expect(bytesOf(supervised(), { rules }) === bytesOf(supervised(), { rules, useCheckpoint: false })).toBe(
      true,
    );
  });

  it('is kept where only limits change, which it does not depend on', () => {
    const rules = supervisorRules(
      worldConfig((config) => ({ ...config, cvar: { ...config.cvar, default_max_sigma: 3 } })),
    );

    expect(read(supervised(), { rules }).rowsRead).toBeLessThan(ROWS.length);
  });

  it('is not used once a late row stands in a day that it covers', () => {
    const late = worldRows(110, 111).map((row) => ({ ...row, event_id: `late-${row.event_id}` }));
    const disk = supervised();
    insertAll(disk, late);

    const { rowsRead, history } = read(disk);

    expect(rowsRead).toBe(ROWS.length + late.length);
    expect(history.rowCount).toBe(ROWS.length + late.length);
    expect(bytesOf(disk) === bytesOf(disk, { useCheckpoint: false })).toBe(true);
  });

  it('is hidden: no listing of the state shows it', () => {
    const disk = supervised();

    expect(Object.keys(SUPERVISED)).toContain(CHECKPOINT);
    expect(disk.list('')).toEqual(['alpha', 'supervisor']);
    expect(disk.list('.cache')).toEqual(['supervise.json']);
  });

  it('holds no row of the newest two days, where rows still come in', () => {
    const [head = ''] = (SUPERVISED[CHECKPOINT] ?? '').split('\n');
    const seen = rowDays(supervised()).filter((day) => Date.parse(day) <= settledMs(143));

    expect(JSON.parse(head).days.map(([day]: [string]) => day)).toEqual(seen.slice(0, -2));
  });

  it('is written only when it is kept, and never with useCheckpoint: false', () => {
    const disk = memoryDisk();
    insertAll(disk, ROWS);
    const before = digests(disk);

    const { keep } = read(disk);
    read(disk, { useCheckpoint: false }).keep();
    expect(digests(disk)).toEqual(before);

    keep();
    expect(disk.size(CHECKPOINT)).not.toBeNull();
  });

  it('is not written while there are two days only', () => {
    const disk = memoryDisk();
    insertAll(disk, worldRows(100, 101));

    read(disk).keep();

    expect(disk.size(CHECKPOINT)).toBeNull();
  });
});

describe('supervise', () => {
  it('writes the same files with a checkpoint, without one, and with a damaged one', () => {
    const [whole, without, damaged] = [supervised(), supervised(), withCheckpoint((text) => text.slice(9))];
    look(whole, NOW_MS);
    look(without, NOW_MS, { useCheckpoint: false });
    look(damaged, NOW_MS);

    expect(supervisorFiles(without)).toEqual(supervisorFiles(whole));
    expect(supervisorFiles(damaged)).toEqual(supervisorFiles(whole));
    expect(damaged.dump()[CHECKPOINT] === whole.dump()[CHECKPOINT]).toBe(true);
  });

  it('writes the same files after late rows came into an old day, whatever it remembered', () => {
    const late = worldRows(112, 114).map((row) => ({ ...row, event_id: `late-${row.event_id}` }));
    const [with_, without] = [supervised(), supervised()];
    insertAll(with_, late);
    insertAll(without, late);

    look(with_, NOW_MS);
    look(without, NOW_MS, { useCheckpoint: false });

    expect(supervisorFiles(with_)).toEqual(supervisorFiles(without));
  });

  it('reads as many rows in all, whatever the settings of the day', () => {
    const disk = supervised();
    const first = look(disk, NOW_MS, { settings: worldSettings({ agents: {} }) });

    expect(first.rows).toBe(ROWS.length);
    expect(first.rowsRead).toBeLessThan(first.rows);
  });
});

describe('an instant in the middle of a day', () => {
  it('leaves out the rows that ended later, with a checkpoint and without', () => {
    const middleMs = settledMs(120) + 10 * 3_600_000;
    const expected = ROWS.filter(({ exit_at }) => Date.parse(exit_at) <= middleMs).length;

    expect(read(supervised(), { nowMs: middleMs }).history.rowCount).toBe(expected);
    expect(bytesOf(supervised(), { nowMs: middleMs })).toBe(
      bytesOf(supervised(), { nowMs: middleMs, useCheckpoint: false }),
    );
  });

  it('sees no later row of a day that a checkpoint holds whole', () => {
    const disk = supervised();
    const [head = ''] = (SUPERVISED[CHECKPOINT] ?? '').split('\n');
    const lastDay: string = JSON.parse(head).days.at(-1)[0];
    const nowMs = Date.parse(`${lastDay}T12:00:00.000Z`);

    const text = bytesOf(disk, { nowMs });

    expect(text).toBe(bytesOf(disk, { nowMs, useCheckpoint: false }));
    expect(JSON.parse(text).asOfMs).toBeLessThanOrEqual(nowMs);
  });
});
