// The recorded cells: one line per cell and instant, by month, however often it was measured.

import { describe, expect, it } from 'vitest';
import { appendCellLines, cellMonths, readCellLines } from '../../../src/adapters/state/cell-log.ts';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import { recordDigest } from '../../../src/domain/canonical.ts';
import { type CellStatistics, cellId } from '../../../src/domain/cvar.ts';
import { aCellLine } from '../../domain/record-builders.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

function at(as_of: string, regime = 'TREND'): CellStatistics {
  const line = aCellLine({ as_of, regime });
  const placed = { ...line, cell_id: cellId(line) };
  return { ...placed, content_sha256: recordDigest(placed) };
}

const OCTOBER = 'supervisor/cells/2026-10.jsonl';
const NOVEMBER = 'supervisor/cells/2026-11.jsonl';
const october = at('2026-10-31T23:00:00.000Z');
const november = at('2026-11-01T00:00:00.000Z');
const later = at('2026-11-02T00:00:00.000Z', 'RANGE');

describe('appendCellLines', () => {
  it('writes each line once into the month of its instant', () => {
    const disk = memoryDisk();

    expect(appendCellLines(disk, [november, october, november])).toBe(2);
    expect(appendCellLines(disk, [november, later])).toBe(1);

    expect(disk.dump()).toEqual({
      [OCTOBER]: `${JSON.stringify(october)}\n`,
      [NOVEMBER]: `${JSON.stringify(november)}\n${JSON.stringify(later)}\n`,
    });
  });

  it('is completed to the same bytes by a second run after a power cut', () => {
    const batch = [october, november, later];
    const fresh = () => memoryDisk({ [NOVEMBER]: `${JSON.stringify(november)}\n{"v":1,` });
    const expected = fresh();
    appendCellLines(expected, batch);

    for (const { disk, cut } of afterEveryCut(fresh, (cutDisk) => appendCellLines(cutDisk, batch))) {
      appendCellLines(disk, batch);
      expect(disk.dump(), JSON.stringify(cut)).toEqual(expected.dump());
    }
  });
});

describe('readCellLines', () => {
  const disk = memoryDisk({ 'supervisor/cells/notes.txt': 'x' });
  appendCellLines(disk, [later, october, november]);

  it('returns them by month, all or those of one', () => {
    expect(readCellLines(disk)).toEqual([october, later, november]);
    expect(readCellLines(disk, { month: '2026-11' })).toEqual([later, november]);
    expect(readCellLines(disk, { month: '2026-12' })).toEqual([]);
    expect(cellMonths(disk)).toEqual(['2026-11', '2026-10']);
    expect(readCellLines(memoryDisk())).toEqual([]);
  });

  it('names the line that is no record, and leaves a torn last line out', () => {
    expect(readCellLines(memoryDisk({ [OCTOBER]: `${JSON.stringify(october)}\n{"v"` }))).toEqual([october]);
    const broken = memoryDisk({ [OCTOBER]: `${JSON.stringify(october)}\n{"v":1}\n` });
    expect(() => readCellLines(broken)).toThrow(CorruptStateError);
    expect(() => readCellLines(broken)).toThrow(`${OCTOBER}:2: `);
  });
});
