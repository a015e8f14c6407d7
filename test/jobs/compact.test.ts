// Packing closed months: nothing is lost, nothing reads otherwise, and a death at any write is mended by the next run.

import { beforeAll, describe, expect, it } from 'vitest';
import { packFrom } from '../../src/adapters/state/month-pack.ts';
import { packPath } from '../../src/adapters/state/pack-paths.ts';
import { packedDisk } from '../../src/adapters/state/packed-disk.ts';
import { DAY_MS, isoFromMs } from '../../src/domain/time.ts';
import { type Compacted, compact, unpack } from '../../src/jobs/compact.ts';
import { verify } from '../../src/jobs/verify.ts';
import type { Disk } from '../../src/ports.ts';
import { anEvent, T0 } from '../builders.ts';
import { afterEveryCut } from '../fakes/faulty-disk.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import { at, END, emit, run, SHARD, signal } from './reconcile-world.ts';
import { insertAll, look, quietPorts, settledMs, worldRows, worldSettings } from './supervise-world.ts';

const APRIL_MS = Date.UTC(2021, 3, 1);
const ROWS = 'alpha/reconciled/2021-03/2021-03-05.jsonl';
const INDEX = 'packs/2021-03-signals.json';
const FILES = {
  'alpha/events/emit/2021-03.jsonl': 'e1\ne2\n',
  'alpha/event-ids/00.log': 'id\n',
  'alpha/models/ridge_h24.json': 'pointer\n',
  'alpha/models/ridge_h24/20210331T235959Z-0123456789abcdef.json': 'model\n',
  'alpha/pending.json': '{}\n',
  [ROWS]: 'r1\nr2\n',
  'alpha/reconciled/2021-04/2021-04-01.jsonl': 'r3\n',
  'alpha/rejects/reconcile/2021-03.jsonl': 'x\n',
  'runs/2021-03.jsonl': 'run\n',
  'supervisor/cells/2021-03.jsonl': 'cell\n',
  'supervisor/verdicts.jsonl': 'verdict\n',
  'telemetry/events/2021-03.jsonl': 't\n',
};

function packed(disk: Disk, nowMs = APRIL_MS, compactAfterMs = 0): Compacted {
  return compact({ disk, ...quietPorts }, { nowMs, compactAfterMs });
}

function unpacked(disk: Disk): Compacted {
  return unpack({ disk, ...quietPorts });
}

/** Every file as a reader of the view sees it. */
function seen(
  disk: MemoryDisk,
  paths: readonly string[] = Object.keys(FILES),
): Record<string, string | undefined> {
  const view = packedDisk(disk);
  return Object.fromEntries(paths.map((path) => [path, view.read(path)?.toString()]));
}

/** The packs themselves, `records` before `signals`. */
function packsOf(disk: Disk): string[] {
  return disk.list('packs').flatMap((name) => (name.endsWith('.br') ? [`packs/${name}`] : []));
}

function loosePaths(disk: MemoryDisk): string[] {
  return Object.keys(disk.dump()).filter((path) => !path.startsWith('packs/'));
}

describe('packing', () => {
  it('takes the ground of closed months, and leaves what is open, derived or of no month', () => {
    const disk = memoryDisk(FILES);

    const done = packed(disk);

    expect(loosePaths(disk)).toEqual([
      'alpha/event-ids/00.log',
      'alpha/models/ridge_h24.json',
      'alpha/pending.json',
      'alpha/reconciled/2021-04/2021-04-01.jsonl',
      'supervisor/verdicts.jsonl',
    ]);
    expect(disk.list('packs')).toEqual([
      expect.stringMatching(/^2021-03-records-[0-9a-f]{8}\.br$/),
      '2021-03-records.json',
      expect.stringMatching(/^2021-03-signals-[0-9a-f]{8}\.br$/),
      '2021-03-signals.json',
    ]);
    expect(seen(disk)).toEqual(FILES);
    expect(done).toMatchObject({ months: ['2021-03'], files: 7, changed: true });
  });

  it.each([
    ['the last millisecond of the wait', -1, []],
    ['its end', 0, ['2021-03']],
  ])('waits until a month has been over for long enough: %s', (_what, offMs, months) => {
    const done = packed(memoryDisk(FILES), APRIL_MS + 92 * DAY_MS + offMs, 92 * DAY_MS);

    expect(done.months).toEqual(months);
  });

  it('packs no more months than it may, the oldest first, and the next run the others', () => {
    const disk = memoryDisk(FILES);
    const options = { nowMs: Date.UTC(2021, 5, 1), compactAfterMs: 0, monthsMax: 1 };

    expect(compact({ disk, ...quietPorts }, options).months).toEqual(['2021-03']);
    expect(compact({ disk, ...quietPorts }, options).months).toEqual(['2021-04']);
    expect(compact({ disk, ...quietPorts }, options).changed).toBe(false);
  });

  it('changes nothing when it is run again', () => {
    const disk = memoryDisk(FILES);
    packed(disk);
    const before = disk.dump();

    expect(packed(disk)).toMatchObject({ months: [], files: 0, changed: false });
    expect(disk.dump()).toEqual(before);
  });

  it('tells what lay there before and after, and how far it is, as unpacking does', () => {
    const disk = memoryDisk({ [ROWS]: 'r1\nr2\n', 'runs/2021-03.jsonl': 'run\n' });
    const steps: (number | string)[] = [];
    const progress = {
      start: (_label: string, total: number) => void steps.push(`of ${total}`),
      advance: (by: number) => void steps.push(by),
      done: () => void steps.push('done'),
    };
    const ports = { ...quietPorts, disk, progress };
    const done = compact(ports, { nowMs: APRIL_MS, compactAfterMs: 0 });
    const packs = disk.list('packs').reduce((sum, name) => sum + (disk.size(`packs/${name}`) ?? 0), 0);

    expect(done).toMatchObject({ bytesBefore: 10, bytesAfter: packs });
    expect(unpack(ports)).toMatchObject({ bytesBefore: packs, bytesAfter: 10 });
    expect(steps).toEqual(['of 2', 1, 1, 'done', 'of 2', 1, 1, 'done']);
  });

  it('says which pack it removed that no index names, and leaves what is no pack', () => {
    const left = ['packs/2021-02-signals-01234567.br', 'packs/notes.txt'];
    const disk = memoryDisk(Object.fromEntries(left.map((path) => [path, 'left'])));
    const said: string[] = [];
    const log = { ...quietPorts.log, info: (words: string) => void said.push(words) };
    const done = compact({ ...quietPorts, disk, log }, { nowMs: APRIL_MS, compactAfterMs: 0 });

    expect(done.changed).toBe(false);
    expect(said).toEqual(['packs/2021-02-signals-01234567.br was removed: no index names it']);
    expect(Object.keys(disk.dump())).toEqual(['packs/notes.txt']);
  });

  it('has changed the state where it wrote a single pack', () => {
    const disk = memoryDisk({ [ROWS]: 'r1\n' });

    expect(packed(disk)).toMatchObject({ files: 1, changed: true });
    expect(unpacked(disk)).toMatchObject({ files: 1, changed: true });
  });

  it('gives the same bytes for the same files', () => {
    const [one, other] = [memoryDisk(FILES), memoryDisk(FILES)];
    packed(one);
    packed(other);

    expect(one.dump()).toEqual(other.dump());
  });

  it('takes what was added to a packed month into its pack, and removes the pack before it', () => {
    const disk = memoryDisk(FILES);
    packed(disk);
    const before = packsOf(disk);
    packedDisk(disk).append(ROWS, 'late\n');

    const done = packed(disk);

    expect(done).toMatchObject({ months: ['2021-03'], files: 1 });
    expect(seen(disk)).toEqual({ ...FILES, [ROWS]: 'r1\nr2\nlate\n' });
    const after = packsOf(disk);
    expect(after[0]).toBe(before[0]);
    expect(after).toHaveLength(2);
    expect(after).not.toContain(before[1]);
  });

  it('removes a loose file that is what its pack holds, and writes no new pack for it', () => {
    const disk = memoryDisk(FILES);
    packed(disk);
    const before = disk.dump();
    disk.replace(ROWS, FILES[ROWS]);

    packed(disk);

    expect(disk.dump()).toEqual(before);
  });

  it('loses nothing of a file that grew beside one that is what its pack holds', () => {
    const disk = memoryDisk(FILES);
    packed(disk);
    disk.replace('alpha/events/emit/2021-03.jsonl', 'e1\ne2\n');
    packedDisk(disk).append(ROWS, 'late\n');

    expect(packed(disk)).toMatchObject({ files: 2, changed: true });
    expect(loosePaths(disk)).not.toContain(ROWS);
    expect(seen(disk)).toEqual({ ...FILES, [ROWS]: 'r1\nr2\nlate\n' });
  });

  it('refuses a loose file that lacks lines of its packed one, and touches neither', () => {
    const disk = memoryDisk(FILES);
    packed(disk);
    disk.replace(ROWS, 'r2\nr9\n');
    const before = disk.dump();

    expect(() => packed(disk)).toThrow(`${ROWS}: lacks line 1 of the same file in its pack`);
    expect(() => unpacked(disk)).toThrow(`${ROWS}: lacks line 1`);
    expect(disk.dump()).toEqual(before);
  });

  it('takes a loose file that lost no more than a torn end', () => {
    const disk = memoryDisk({ ...FILES, [SHARD]: 'e1\ntor' });
    packed(disk);
    disk.replace(SHARD, 'e1\ne2\n');

    packed(disk);

    expect(seen(disk)).toEqual(FILES);
  });

  it('leaves a file loose that changed while it was packed', () => {
    const base = memoryDisk(FILES);
    const disk: Disk = {
      ...base,
      replace: (path, content) => {
        base.replace(path, content);
        if (path === INDEX) base.append(ROWS, 'r3\n');
      },
    };

    packed(disk);

    expect(base.read(ROWS)?.toString()).toBe('r1\nr2\nr3\n');
    expect(seen(base)).toEqual({ ...FILES, [ROWS]: 'r1\nr2\nr3\n' });
  });

  it('does not take over a disk that gives back other bytes than it was given', () => {
    const base = memoryDisk(FILES);
    const disk: Disk = {
      ...base,
      replace: (path, content) => base.replace(path, path.endsWith('.br') ? content.slice(0, -1) : content),
    };

    expect(() => packed(disk)).toThrow(/\.br: has the SHA-256/);
    expect(loosePaths(base)).toEqual(Object.keys(FILES).sort());
  });

  it('is refused where a pack is gone', () => {
    const disk = memoryDisk(FILES);
    packed(disk);
    disk.remove(packsOf(disk)[1] ?? '');

    expect(() => packed(disk)).toThrow(/is missing; packs\/2021-03-signals\.json names it/);
  });

  it('is refused where a pack holds a file that is not the one it was made of', () => {
    const disk = memoryDisk(FILES);
    const content = new Map([[ROWS, Buffer.from('r1\n')]]);
    const { index, pack } = packFrom('2021-03-signals', content);
    const { index: other } = packFrom('2021-03-signals', new Map([[ROWS, Buffer.from('r7\n')]]));
    disk.replace(packPath(index), pack);
    disk.replace(INDEX, JSON.stringify({ ...other, sha256: index.sha256 }));

    expect(() => packed(disk)).toThrow(`holds another ${ROWS} than ${INDEX} says`);
  });
});

describe('unpacking', () => {
  it('brings back every byte, and leaves no pack', () => {
    const disk = memoryDisk(FILES);
    packed(disk);

    const done = unpacked(disk);

    expect(disk.dump()).toEqual(memoryDisk(FILES).dump());
    expect(done).toMatchObject({ months: ['2021-03'], files: 7, changed: true });
    expect(unpacked(disk)).toMatchObject({ months: [], changed: false });
  });

  it('keeps what was added since', () => {
    const disk = memoryDisk(FILES);
    packed(disk);
    packedDisk(disk).append(ROWS, 'late\n');

    unpacked(disk);

    expect(disk.dump()).toEqual(memoryDisk({ ...FILES, [ROWS]: 'r1\nr2\nlate\n' }).dump());
  });
});

describe('a death at any write', () => {
  const late = { ...FILES, [ROWS]: 'r1\nr2\nlate\n' };
  function packedWithLateRow(): MemoryDisk {
    const disk = memoryDisk(FILES);
    packed(disk);
    packedDisk(disk).append(ROWS, 'late\n');
    return disk;
  }

  it.each([
    ['the first packing', () => memoryDisk(FILES), packed, FILES],
    ['packing again', packedWithLateRow, packed, late],
    ['unpacking', packedWithLateRow, unpacked, late],
  ])('of %s loses nothing, and the next run ends where one whole run ends', (_what, fresh, work, files) => {
    const whole = fresh();
    work(whole);

    for (const { disk, cut } of afterEveryCut(fresh, work)) {
      expect(seen(disk), `seen after ${JSON.stringify(cut)}`).toEqual(files);
      work(disk);
      expect(disk.dump(), `mended after ${JSON.stringify(cut)}`).toEqual(whole.dump());
    }
  });
});

describe('jobs on a packed state', () => {
  let files: Record<string, string> = {};
  beforeAll(() => {
    const disk = memoryDisk();
    insertAll(disk, worldRows(0, 120));
    look(disk, settledMs(119), { useCheckpoint: false });
    files = disk.dump();
  });

  it('supervise and verify to the same bytes as on a loose one', () => {
    const [loose, base] = [memoryDisk(files), memoryDisk(files)];
    packed(base, settledMs(119));
    const view = packedDisk(base);
    const rows = worldRows(120, 122);
    for (const disk of [loose, view]) {
      insertAll(disk, rows);
      look(disk, settledMs(121), { useCheckpoint: false });
    }

    expect(Object.keys(files).length - loosePaths(base).length).toBeGreaterThan(80);
    expect(seen(base, Object.keys(loose.dump()))).toEqual(loose.dump());
    const verified = verify(
      { disk: view, ...quietPorts },
      { nowMs: settledMs(121), settings: worldSettings(), codeVersion: '1.0.0' },
    );
    expect(verified).toMatchObject({ differs: false });
  });

  it('reconcile without opening a pack when nothing is new', async () => {
    const base = memoryDisk();
    emit(base, [signal('a', 2), signal('b', 30)]);
    await run(base, END);
    packed(base);
    const packs: string[] = [];
    const read = (path: string) => {
      if (path.endsWith('.br')) packs.push(path);
      return base.read(path);
    };

    const done = await run(packedDisk({ ...base, read }), END + DAY_MS);

    expect(base.read(SHARD)).toBeNull();
    expect(done).toMatchObject({ changed: false, remarks: [], events: { lines: 0 } });
    expect(packs).toEqual([]);
  });

  it('reconcile a late signal of a packed month as they would have', async () => {
    const [loose, base] = [memoryDisk(), memoryDisk()];
    const view = packedDisk(base);
    for (const disk of [loose, view]) {
      emit(disk, [signal('a', 2), signal('b', 30)]);
      await run(disk, END);
      if (disk === view) packed(base);
      // What agents emit with an id of their own is told apart from what they emit again.
      emit(disk, [signal('a', 2), anEvent({ event_id: 'late', ts: isoFromMs(at(40)) })]);
      await run(disk, T0 + 60 * DAY_MS);
    }

    expect(seen(base, Object.keys(loose.dump()))).toEqual(loose.dump());
    expect(base.read(SHARD)).not.toBeNull();
  });
});
