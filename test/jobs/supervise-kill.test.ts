// Dying is harmless to the supervisor: whatever write a run dies at, the next run leaves the same bytes and decides nothing twice.

import { describe, expect, it } from 'vitest';
import { readVerdicts } from '../../src/adapters/state/verdict-log.ts';
import { afterEveryCut, faultyDisk, PowerLoss } from '../fakes/faulty-disk.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import { digests, ENABLED, insertAll, look, settledMs, worldRows, worldSettings } from './supervise-world.ts';

const DECIDING_MS = settledMs(158);
// Other limits, so that a run that decides also has new settings to store.
const LENIENT = worldSettings({
  kill_list: { ...ENABLED, macro: { status: 'ENABLED', max_cvar_sigma: 20 } },
});

/** A state that was supervised a day before; the run at {@link DECIDING_MS} writes every kind of file. */
const SUPERVISED = (() => {
  const disk = memoryDisk();
  insertAll(
    disk,
    worldRows(125, 160).filter(({ strategy_class }) => strategy_class === 'macro'),
  );
  look(disk, settledMs(157), { settings: LENIENT });
  return disk.dump();
})();

function fresh(): MemoryDisk {
  return memoryDisk(SUPERVISED);
}

function errorOf(run: () => void): unknown {
  try {
    run();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(PowerLoss);
    return error;
  }
}

function idsOf(disk: MemoryDisk): string[] {
  return readVerdicts(disk).map(({ verdict_id }) => verdict_id);
}

describe('supervise, killed at any write', () => {
  const undisturbed = fresh();
  const { newVerdicts, cellLines } = look(undisturbed, DECIDING_MS);
  const expected = digests(undisturbed);

  it('leaves the same bytes and each verdict once after the next run', () => {
    expect(newVerdicts.map(({ kind }) => kind)).toContain('DISABLE');
    expect(cellLines).toBe(1);

    const cuts = afterEveryCut(fresh, (disk) => look(disk, DECIDING_MS));
    for (const { cut, disk } of cuts) {
      const where = `write ${cut.atWrite}, share ${cut.share}`;
      look(disk, DECIDING_MS);
      expect(digests(disk), where).toEqual(expected);
      expect(idsOf(disk), where).toEqual(idsOf(undisturbed));
    }
    // Checkpoint, settings, cells, verdicts and seven files, each with five ends.
    expect(cuts.length).toBeGreaterThanOrEqual(11 * 5);
  }, 30_000);

  it('heals after dying at every write, one after the other', () => {
    const disk = fresh();
    let deaths = 0;
    while (errorOf(() => look(faultyDisk(disk, { atWrite: deaths, share: 0.5 }), DECIDING_MS)) !== null)
      deaths += 1;

    expect(deaths).toBeGreaterThan(2);
    expect(digests(disk)).toEqual(expected);
  });
});
