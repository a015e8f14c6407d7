// The view on which packed files are files: it answers as if nothing had been packed, whatever is done to it.

import { createHash } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import { packFrom, packIndexText } from '../../../src/adapters/state/month-pack.ts';
import { packPath } from '../../../src/adapters/state/pack-paths.ts';
import { packedDisk } from '../../../src/adapters/state/packed-disk.ts';
import { silentProgress } from '../../../src/adapters/terminal/progress.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import { compact, unpack } from '../../../src/jobs/compact.ts';
import type { Disk } from '../../../src/ports.ts';
import { diskContract } from '../../contracts/disk.ts';
import { type MemoryDisk, memoryDisk } from '../../fakes/memory-disk.ts';

const EVENTS = 'alpha/events/emit/2021-03.jsonl';
const ROWS = 'alpha/reconciled/2021-03/2021-03-05.jsonl';
const MODEL = 'alpha/models/ridge_h24/20210301T000000Z-0123456789abcdef.json';
const INDEX = 'packs/2021-03-signals.json';

diskContract('the view of packs', () => packedDisk(memoryDisk()));

const log = { info() {}, warn() {}, error() {} };

function packAll(disk: Disk): void {
  compact({ disk, log, progress: silentProgress }, { nowMs: Date.UTC(2030, 0, 1), compactAfterMs: 0 });
}

function packed(files: Readonly<Record<string, string>>): MemoryDisk {
  const disk = memoryDisk(files);
  packAll(disk);
  return disk;
}

/** Ends the stretch of synchronous work in which packs are looked at once. */
async function nextTurn(): Promise<void> {
  await Promise.resolve();
}

/** A disk that counts how often packs and their indexes are read. */
function counting(base: Disk) {
  let [packs, indexes] = [0, 0];
  const read = (path: string): Buffer | null => {
    if (path.endsWith('.br')) packs += 1;
    if (path === INDEX) indexes += 1;
    return base.read(path);
  };
  return { disk: { ...base, read }, packsRead: () => packs, indexesRead: () => indexes };
}

describe('a packed file', () => {
  it('is read, measured and listed as if it were loose', () => {
    const base = packed({
      [EVENTS]: 'one\ntwo\n',
      [ROWS]: 'row\n',
      [MODEL]: '{}\n',
      'alpha/pending.json': '{}',
    });
    const disk = packedDisk(base);

    expect(base.list('alpha')).toEqual(['pending.json']);
    expect(disk.list('alpha')).toEqual(['events', 'models', 'pending.json', 'reconciled']);
    expect(disk.list('alpha/reconciled')).toEqual(['2021-03']);
    expect(disk.list('alpha/reconciled/2021-03')).toEqual(['2021-03-05.jsonl']);
    expect(disk.list('alpha/models/ridge_h24')).toEqual(['20210301T000000Z-0123456789abcdef.json']);
    expect(disk.read(EVENTS)?.toString()).toBe('one\ntwo\n');
    expect(disk.size(EVENTS)).toBe(8);
    expect(disk.readRange(EVENTS, 4, 99).toString()).toBe('two\n');
    expect(disk.readRange(ROWS, 1, 3).toString()).toBe('ow');
  });

  it('becomes loose, whole, when something is appended to it', () => {
    const base = packed({ [EVENTS]: 'one\n' });

    packedDisk(base).append(EVENTS, 'late\n');

    expect(base.read(EVENTS)?.toString()).toBe('one\nlate\n');
    expect(packedDisk(base).read(EVENTS)?.toString()).toBe('one\nlate\n');
  });

  it('becomes loose when its torn end is cut off', () => {
    const base = packed({ [EVENTS]: 'one\ntorn' });

    packedDisk(base).truncate(EVENTS, 4);

    expect(base.read(EVENTS)?.toString()).toBe('one\n');
  });

  it('cannot be created again, and to remove it is a defect', () => {
    const disk = packedDisk(packed({ [EVENTS]: 'one\n' }));

    expect(disk.createExclusive(EVENTS, 'other')).toBe(false);
    expect(() => disk.remove(EVENTS)).toThrow(InvariantError);
  });

  it('keeps every byte, also those that are no text', () => {
    const base = memoryDisk();
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256));
    base.replace(EVENTS, bytes);
    packAll(base);
    const disk = packedDisk(base);

    expect(disk.readRange(EVENTS, 904, 5000)).toEqual(bytes.subarray(904));
    expect(disk.readRange(EVENTS, 903, 5000)).toEqual(bytes.subarray(903));
  });
});

describe('what a pack costs', () => {
  it('is nothing for sizes, names and the tail of events', () => {
    const { disk, packsRead } = counting(packed({ [EVENTS]: 'x'.repeat(9000), [ROWS]: 'row\n' }));
    const view = packedDisk(disk);

    view.list('alpha/events/emit');
    view.size(ROWS);
    const tail = view.readRange(EVENTS, 9000 - 4096, 9000);

    expect(tail).toHaveLength(4096);
    expect(packsRead()).toBe(0);
  });

  it('is one decompression for all files of a month', () => {
    const { disk, packsRead } = counting(packed({ [EVENTS]: 'one\n', [ROWS]: 'row\n' }));
    const view = packedDisk(disk);

    view.read(EVENTS);
    view.read(ROWS);
    view.readRange(ROWS, 0, 2);

    expect(packsRead()).toBe(1);
  });

  it('is one look at its index in a stretch of work', async () => {
    const { disk, indexesRead } = counting(packed({ [EVENTS]: 'one\n', [ROWS]: 'row\n' }));
    const view = packedDisk(disk);

    view.size(EVENTS);
    view.read(ROWS);
    view.list('alpha/events/emit');
    expect(indexesRead()).toBe(1);
    await nextTurn();
    view.size(ROWS);
    expect(indexesRead()).toBe(2);
  });

  it('is no second decompression of the month that was used last but one', () => {
    const rows = (month: string) => `alpha/reconciled/${month}/${month}-05.jsonl`;
    const { disk, packsRead } = counting(
      packed(Object.fromEntries(['2021-01', '2021-02', '2021-03'].map((month) => [rows(month), month]))),
    );
    const view = packedDisk(disk);

    for (const month of ['2021-01', '2021-02', '2021-01', '2021-03', '2021-01']) view.read(rows(month));

    expect(packsRead()).toBe(3);
  });

  it('is at most two months of memory', () => {
    const rows = (month: string) => `alpha/reconciled/${month}/${month}-05.jsonl`;
    const months = ['2021-01', '2021-02', '2021-03'];
    const { disk, packsRead } = counting(
      packed(Object.fromEntries(months.map((month) => [rows(month), month]))),
    );
    const view = packedDisk(disk);

    for (const month of [...months, '2021-03', '2021-02', '2021-01']) view.read(rows(month));

    expect(packsRead()).toBe(4);
  });
});

describe('packs that others change under a living process', () => {
  it('are seen in the next stretch of work', async () => {
    const base = packed({ [EVENTS]: 'one\n' });
    const view = packedDisk(base);
    expect(view.read(EVENTS)?.toString()).toBe('one\n');

    base.replace(EVENTS, 'one\ntwo\n');
    packAll(base);
    await nextTurn();

    expect(base.read(EVENTS)).toBeNull();
    expect(view.read(EVENTS)?.toString()).toBe('one\ntwo\n');
    unpack({ disk: base, log, progress: silentProgress });
    await nextTurn();
    expect(view.read(EVENTS)?.toString()).toBe('one\ntwo\n');
    expect(view.list('packs')).toEqual([]);
  });

  it('are found under their new name where the old one is gone within one stretch', () => {
    const base = packed({ [EVENTS]: 'one\n' });
    const view = packedDisk(base);
    expect(view.size(EVENTS)).toBe(4);

    base.replace(EVENTS, 'one\ntwo\n');
    packAll(base);

    expect(view.read(EVENTS)?.toString()).toBe('one\ntwo\n');
  });

  it('are missed by name where they go away with their index within one stretch', () => {
    const base = packed({ [EVENTS]: 'one\n' });
    const view = packedDisk(base);
    expect(view.size(EVENTS)).toBe(4);

    for (const path of [thePack(base), INDEX]) base.remove(path);

    expect(() => view.read(EVENTS)).toThrow(CorruptStateError);
  });
});

describe('a pack', () => {
  it('has the same bytes whatever order its files were found in', () => {
    const files = [EVENTS, MODEL, ROWS].map((path) => [path, Buffer.from(path)] as const);
    const orders = [files, files.toReversed(), [...files.slice(1), ...files.slice(0, 1)]];
    const [first, ...others] = orders.map((order) => packFrom('2021-03-signals', new Map(order)));

    expect(others).toEqual([first, first]);
  });

  it('has in its index what every run looks at, and no more of a file', () => {
    const cells = 'supervisor/cells/2021-03.jsonl';
    const contents = { [EVENTS]: 'x'.repeat(9000), [ROWS]: 'row\n', [cells]: 'cell\n' };
    const { index } = packFrom(
      '2021-03',
      new Map(Object.entries(contents).map(([path, text]) => [path, Buffer.from(text)])),
    );

    expect(index.files[EVENTS]?.tail).toHaveLength(4096);
    expect(index.files[cells]?.tail).toBe('\n');
    expect(index.files[ROWS]).not.toHaveProperty('tail');
  });

  it('is plain brotli, which every tool decompresses', () => {
    const { pack } = packFrom('2021-03-signals', new Map([[ROWS, Buffer.from('row\n')]]));

    expect(brotliDecompressSync(pack).toString()).toBe('row\n');
  });

  it('holds once what is said twice, however far apart', () => {
    const said = Buffer.concat(
      Array.from({ length: 2000 }, (_, index) => createHash('sha256').update(`${index}`).digest()),
    );
    const { pack } = packFrom('2021-03-signals', new Map([EVENTS, ROWS].map((path) => [path, said])), 1);

    expect(pack.length).toBeLessThan(said.length * 1.5);
  });
});

describe('an index that names a hidden file', () => {
  it('has it stay hidden', () => {
    const paths = [EVENTS, 'alpha/events/.emit/2021-03.jsonl'];
    const { index } = packFrom('2021-03-signals', new Map(paths.map((path) => [path, Buffer.from('one\n')])));

    expect(packedDisk(memoryDisk({ [INDEX]: packIndexText(index) })).list('alpha/events')).toEqual(['emit']);
  });
});

describe('a pack that is not what was written', () => {
  const damage: readonly (readonly [what: string, does: (disk: MemoryDisk) => void, says: RegExp])[] = [
    ['an index that is cut', (disk) => disk.truncate(INDEX, 40), /packs\/2021-03-signals\.json: is not JSON/],
    [
      'an index of another shape',
      (disk) => disk.replace(INDEX, '{"v":1}'),
      /2021-03-signals\.json: is not a valid record/,
    ],
    [
      'the index of another pack',
      (disk) => disk.replace(INDEX, packIndexText(packFrom('2021-04-signals', new Map()).index)),
      /2021-03-signals\.json: is the index of 2021-04-signals/,
    ],
    [
      'an index with a file that ends behind the pack',
      (disk) => {
        const { index } = packFrom('2021-03-signals', new Map([[ROWS, Buffer.from('row\n')]]));
        disk.replace(INDEX, packIndexText({ ...index, bytes: 3 }));
      },
      /ends behind the 3 bytes/,
    ],
    [
      'a pack that holds more than its index says',
      (disk) => {
        const { index, pack } = packFrom('2021-03-signals', new Map([[ROWS, Buffer.from('row\nrow\n')]]));
        const { index: less } = packFrom('2021-03-signals', new Map([[ROWS, Buffer.from('row\n')]]));
        disk.replace(packPath(index), pack);
        disk.replace(INDEX, packIndexText({ ...less, sha256: index.sha256 }));
      },
      /holds 8 bytes; packs\/2021-03-signals\.json says 4/,
    ],
    [
      'a pack with another byte',
      (disk) => disk.append(thePack(disk), 'x'),
      /\.br: has the SHA-256 [0-9a-f]{12}…; packs\/2021-03-signals\.json says [0-9a-f]{12}…/,
    ],
    [
      'a pack that is gone',
      (disk) => disk.remove(thePack(disk)),
      /\.br: is missing; packs\/2021-03-signals\.json names it/,
    ],
  ];

  it.each(damage)('is refused by name: %s', (_what, does, says) => {
    const base = packed({ [ROWS]: 'row\n' });

    does(base);

    expect(() => packedDisk(base).read(ROWS)).toThrow(says);
  });
});

function thePack(disk: Disk): string {
  return `packs/${disk.list('packs').find((name) => name.endsWith('.br'))}`;
}

describe('any sequence of writes, with packing in between', () => {
  const PATHS = [
    EVENTS,
    ROWS,
    MODEL,
    'alpha/events/emit/2021-04.jsonl',
    'alpha/rejects/reconcile/2021-03.jsonl',
    'runs/2021-03.jsonl',
    'supervisor/cells/2021-04.jsonl',
    'telemetry/events/2021-03.jsonl',
    'alpha/pending.json',
  ] as const;
  const path = fc.constantFrom(...PATHS);
  const lines = fc
    .array(fc.string({ unit: 'grapheme' }), { maxLength: 3 })
    .map((all) => all.map((line) => `${line.replaceAll('\n', '')}\n`).join(''));
  const step = fc.oneof(
    fc.record({ op: fc.constant('append' as const), path, text: lines }),
    fc.record({ op: fc.constant('insert' as const), path, text: lines }),
    fc.record({ op: fc.constant('create' as const), path, text: lines }),
    fc.record({ op: fc.constant('cut torn end' as const), path, text: fc.string() }),
    fc.record({ op: fc.constant('pack' as const), path, text: fc.constant('') }),
    fc.record({ op: fc.constant('unpack' as const), path, text: fc.constant('') }),
  );

  it('leaves what a plain disk would hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
        const base = memoryDisk();
        const [view, plain] = [packedDisk(base), memoryDisk()];
        for (const { op, path: at, text } of steps) {
          if (op === 'pack') packAll(base);
          if (op === 'unpack') unpack({ disk: base, log, progress: silentProgress });
          await nextTurn();
          for (const each of [view, plain]) {
            if (op === 'append') each.append(at, text);
            if (op === 'insert') each.replace(at, text + (each.read(at)?.toString() ?? ''));
            if (op === 'create') each.createExclusive(at, text);
            if (op === 'cut torn end') {
              const before = each.size(at) ?? 0;
              each.append(at, text.replaceAll('\n', ''));
              each.truncate(at, before);
            }
          }
        }

        for (const at of PATHS) {
          expect(view.read(at)?.toString('hex')).toBe(plain.read(at)?.toString('hex'));
          expect(view.size(at)).toBe(plain.size(at));
          const bytes = plain.size(at) ?? 0;
          for (const [from, to] of [
            [0, 3],
            [bytes - 1, bytes + 2],
            [bytes >> 1, bytes],
            [bytes, bytes + 1],
          ] as const)
            if (plain.size(at) !== null && from >= 0)
              expect(view.readRange(at, from, to).toString('hex')).toBe(
                plain.readRange(at, from, to).toString('hex'),
              );
        }
        const folders = [
          '',
          'alpha',
          'alpha/events',
          'alpha/events/emit',
          'alpha/reconciled',
          'alpha/reconciled/2021-03',
        ];
        for (const folder of folders)
          expect(view.list(folder).filter((name) => name !== 'packs')).toEqual(plain.list(folder));
      }),
      { numRuns: 300 },
    );
  });
});
