// Rows: inserted once, never changed, and the same bytes whatever the order, the path taken or the power.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import { insertRows, newestRows, readDay, rowDays, rowLine } from '../../../src/adapters/state/row-store.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import { compareRows, ReconciledRow } from '../../../src/domain/row.ts';
import type { Disk } from '../../../src/ports.ts';
import { aRow } from '../../builders.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { type MemoryDisk, memoryDisk } from '../../fakes/memory-disk.ts';

const DAY = '2021-03-02';
const FILE = 'alpha/reconciled/2021-03/2021-03-02.jsonl';

function rowAt(hour: number, over: Partial<ReconciledRow> = {}): ReconciledRow {
  const exit_at = `${DAY}T${String(hour).padStart(2, '0')}:00:00.000Z`;
  return aRow({ event_id: `e${hour}`, exit_at, ...over });
}

function fileOf(rows: readonly ReconciledRow[]): string {
  return rows.map((row) => `${rowLine(row)}\n`).join('');
}

/** Tells how a disk was written to. */
function recording(disk: Disk): { disk: Disk; writes: string[]; bytesRead: () => number } {
  const writes: string[] = [];
  let bytes = 0;
  const watched: Disk = {
    ...disk,
    readRange: (path, from, to) => {
      bytes += to - from;
      return disk.readRange(path, from, to);
    },
    append: (path, text) => {
      writes.push('append');
      disk.append(path, text);
    },
    replace: (path, text) => {
      writes.push('replace');
      disk.replace(path, text);
    },
  };
  return { disk: watched, writes, bytesRead: () => bytes };
}

describe('rowLine', () => {
  it('writes the keys in schema order, whatever the order of the row', () => {
    const row = aRow();
    const shuffled = { ...Object.fromEntries(Object.entries(row).reverse()), ...row };

    expect(Object.keys(JSON.parse(rowLine(shuffled)))).toEqual(Object.keys(ReconciledRow.properties));
    expect(rowLine(shuffled)).toBe(rowLine(row));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('asserts that no number is %s', (exit_price) => {
    expect(() => rowLine(aRow({ exit_price }))).toThrow(InvariantError);
  });
});

describe('insertRows', () => {
  it('appends where all rows come after the last one, and reads only the end of the file', () => {
    const many = Array.from({ length: 300 }, (_, n) =>
      rowAt(1, { event_id: `e${String(n).padStart(4, '0')}` }),
    );
    const { disk, writes, bytesRead } = recording(memoryDisk({ [FILE]: fileOf(many) }));

    const outcome = insertRows(disk, DAY, [rowAt(2), rowAt(3)]);

    expect(outcome).toEqual({ inserted: 2, existing: [] });
    expect(writes).toEqual(['append']);
    expect(bytesRead()).toBe(65_536);
    expect(readDay(disk, DAY)).toEqual([...many, rowAt(2), rowAt(3)]);
  });

  it('merges rows that come before, and keeps the bytes of the others', () => {
    const odd = rowLine(rowAt(4)).replace(',', ' ,');
    const disk = memoryDisk({ [FILE]: `${odd}\n` });

    insertRows(disk, DAY, [rowAt(2), rowAt(6)]);

    expect(disk.dump()).toEqual({ [FILE]: `${fileOf([rowAt(2)])}${odd}\n${fileOf([rowAt(6)])}` });
  });

  it('never changes a stored row, and returns it', () => {
    const stored = rowAt(2, { realized_pnl_bps: 1 });
    const { disk, writes } = recording(memoryDisk({ [FILE]: fileOf([stored]) }));

    const outcome = insertRows(disk, DAY, [rowAt(2, { realized_pnl_bps: 2 })]);

    expect(outcome).toEqual({ inserted: 0, existing: [stored] });
    expect(writes).toEqual([]);
  });

  it('takes two horizons of one event for two rows', () => {
    const disk = memoryDisk();

    insertRows(disk, DAY, [rowAt(2, { horizon_hours: 1 }), rowAt(2, { horizon_hours: 4 })]);
  });

  it.each([
    ['torn', rowLine(rowAt(5)).slice(0, 99), [rowAt(3), rowAt(4)]],
    ['without its line end', rowLine(rowAt(5)), [rowAt(3), rowAt(4), rowAt(5)]],
  ])('heals a last line that is %s', (_, tail, expected) => {
    const disk = memoryDisk({ [FILE]: fileOf([rowAt(3)]) + tail });

    insertRows(disk, DAY, [rowAt(4)]);

    expect(disk.dump()).toEqual({ [FILE]: fileOf(expected) });
  });

  it('drops a last row that something follows in place of its line end', () => {
    const disk = memoryDisk({ [FILE]: `${fileOf([rowAt(3)])}${rowLine(rowAt(5))}x` });

    insertRows(disk, DAY, [rowAt(6)]);

    expect(disk.dump()).toEqual({ [FILE]: fileOf([rowAt(3), rowAt(6)]) });
  });

  it('reads a last line that is longer than the end it looks at', () => {
    const long = rowAt(3, { price_source: 'x'.repeat(70_000) });
    const disk = memoryDisk({ [FILE]: fileOf([long]) });

    insertRows(disk, DAY, [rowAt(4)]);

    expect(disk.dump()).toEqual({ [FILE]: fileOf([long, rowAt(4)]) });
  });

  it('heals a torn last line even where no row is new', () => {
    const disk = memoryDisk({ [FILE]: `${fileOf([rowAt(3)])}{"v":1` });

    const outcome = insertRows(disk, DAY, [rowAt(3)]);

    expect(outcome.inserted).toBe(0);
    expect(disk.dump()).toEqual({ [FILE]: fileOf([rowAt(3)]) });
  });

  it.each([
    ['no JSON', 'garbage', /2021-03-02\.jsonl:2: is not JSON: column 1: found "garbage"; expected a value/],
    ['not a row', '{"v":1}', /:2: is not a valid record: .*event_id: is missing/],
    ['out of order', rowLine(rowAt(1)), /:2: the row e1\/24 is out of order/],
  ])('writes nothing over a line that is %s, and says where it is', (_, line, message) => {
    const text = `${fileOf([rowAt(3)])}${line}\n${fileOf([rowAt(4)])}`;
    const disk = memoryDisk({ [FILE]: text });

    const insert = () => insertRows(disk, DAY, [rowAt(2)]);

    expect(insert).toThrow(CorruptStateError);
    expect(insert).toThrow(message);
    expect(disk.dump()).toEqual({ [FILE]: text });
  });

  it('does not append behind a last line that is no row', () => {
    const disk = memoryDisk({ [FILE]: `${fileOf([rowAt(3)])}garbage\n` });

    expect(() => insertRows(disk, DAY, [rowAt(4)])).toThrow(CorruptStateError);
  });

  it('asserts that the rows are of the day, in order and different', () => {
    const disk = memoryDisk();

    expect(() => insertRows(disk, '2021-03-03', [rowAt(2)])).toThrow(InvariantError);
    expect(() => insertRows(disk, DAY, [rowAt(3), rowAt(2)])).toThrow(InvariantError);
    expect(() => insertRows(disk, DAY, [rowAt(3), rowAt(3)])).toThrow(InvariantError);
    expect(() => insertRows(disk, '../x', [])).toThrow(InvariantError);
    expect(disk.dump()).toEqual({});
  });

  it('leaves the same bytes however the rows arrive', () => {
    const rows = Array.from({ length: 12 }, (_, n) => rowAt(n % 6, { event_id: `e${n}` })).sort(compareRows);

    fc.assert(
      fc.property(fc.array(fc.subarray(rows), { maxLength: 6 }), (batches) => {
        const disk = memoryDisk();

        const inserted = batches.reduce((sum, batch) => sum + insertRows(disk, DAY, batch).inserted, 0);

        const arrived = rows.filter((row) => batches.some((batch) => batch.includes(row)));
        expect(disk.dump()[FILE] ?? '').toBe(fileOf(arrived));
        expect(inserted).toBe(arrived.length);
      }),
    );
  });

  it.each([
    ['an empty day', ''],
    ['rows before', fileOf([rowAt(1)])],
    ['rows before and after', fileOf([rowAt(1), rowAt(9)])],
    ['a torn end', `${fileOf([rowAt(1)])}{"v":1,"eve`],
  ])('is completed to the same bytes by a second run after a power cut, on %s', (_, text) => {
    const batch = [rowAt(2), rowAt(3), rowAt(4)];
    const fresh = (): MemoryDisk => memoryDisk(text === '' ? {} : { [FILE]: text });
    const expected = fresh();
    insertRows(expected, DAY, batch);

    const aftermaths = afterEveryCut(fresh, (disk) => insertRows(disk, DAY, batch));

    expect(aftermaths).toHaveLength(5);
    for (const { disk, cut } of aftermaths) {
      insertRows(disk, DAY, batch);
      expect(disk.dump(), JSON.stringify(cut)).toEqual(expected.dump());
    }
  });
});

describe('reading rows', () => {
  const files = {
    'alpha/reconciled/2021-02/2021-02-28.jsonl': fileOf([
      aRow({ event_id: 'a', exit_at: '2021-02-28T10:00:00.000Z' }),
      aRow({ event_id: 'a1', exit_at: '2021-02-28T11:00:00.000Z', horizon_hours: 1 }),
    ]),
    [FILE]: fileOf([rowAt(2), rowAt(3)]),
    'alpha/reconciled/2021-03/notes.txt': 'x',
    'alpha/reconciled/2021-03/2021-04-01.jsonl': 'of another month',
  };
  const newest = (want: Partial<Parameters<typeof newestRows>[1]>) =>
    newestRows(
      memoryDisk(files),
      { horizonsHours: [24], max: 10, throughMs: Date.parse('2022-01-01'), ...want },
      (row) => row.event_id,
    ).get(24);

  it('lists the days that have rows', () => {
    expect(rowDays(memoryDisk(files))).toEqual(['2021-02-28', DAY]);
    expect(rowDays(memoryDisk())).toEqual([]);
  });

  it('reads no rows of a day without a file', () => {
    expect(readDay(memoryDisk(), DAY)).toEqual([]);
  });

  it('returns the newest rows of a horizon, oldest first', () => {
    expect(newest({})).toEqual(['a', 'e2', 'e3']);
    expect(newest({ max: 2 })).toEqual(['e2', 'e3']);
    expect(newest({ max: 0 })).toEqual([]);
    expect(newest({ throughMs: Date.parse(`${DAY}T02:00:00Z`) })).toEqual(['a', 'e2']);
    expect(newest({ throughMs: Date.parse(`${DAY}T01:59:59.999Z`) })).toEqual(['a']);
  });

  it('returns every horizon that was asked for, each up to its own number', () => {
    const want = { horizonsHours: [1, 4, 24], max: 2, throughMs: Date.parse('2022-01-01') };

    const rows = newestRows(memoryDisk(files), want, (row) => row.event_id);

    expect([...rows]).toEqual([
      [1, ['a1']],
      [4, []],
      [24, ['e2', 'e3']],
    ]);
  });

  it('reads no further back than needed', () => {
    const disk = memoryDisk({ ...files, 'alpha/reconciled/2021-02/2021-02-28.jsonl': 'garbage\n' });

    const want = { horizonsHours: [24], max: 2, throughMs: Date.parse('2022-01-01') };
    const rows = newestRows(disk, want, (row) => row);

    expect(rows.get(24)).toEqual([rowAt(2), rowAt(3)]);
  });
});
