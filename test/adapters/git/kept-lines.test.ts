// Lines that only one folder knows: kept behind what the branch holds, once each, and none that the branch itself let go of.

import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  giveBackLines,
  heldFolders,
  holdLines,
  holdStrays,
  type KnownFiles,
  keptFilesIn,
} from '../../../src/adapters/git/kept-lines.ts';
import { packFrom, packIndexText } from '../../../src/adapters/state/month-pack.ts';
import { nodeDisk } from '../../../src/adapters/state/node-disk.ts';
import { packIndexPath, packPath } from '../../../src/adapters/state/pack-paths.ts';
import { emptyFolder } from './repository.ts';

const SENT = 'supervisor/sent.jsonl';
const SHARD = 'alpha/events/emit/2026-11.jsonl';

function write(dir: string, path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

function read(dir: string, path: string): string | null {
  return existsSync(join(dir, path)) ? readFileSync(join(dir, path), 'utf8') : null;
}

/** What a version of the branch is known to have. */
function knownOf(files: Readonly<Record<string, string>>, digest = 'sha1'): KnownFiles {
  return new Map(
    Object.entries(files).map(([path, text]) => {
      const bytes = Buffer.byteLength(text);
      return [path, { id: createHash(digest).update(`blob ${bytes}\0${text}`).digest('hex'), bytes }];
    }),
  );
}

/** Puts the visible files of a folder away and others in their place, as a pull does. */
function replaceAll(dir: string, files: Readonly<Record<string, string>>): void {
  for (const name of readdirSync(dir).filter((each) => !each.startsWith('.')))
    rmSync(join(dir, name), { recursive: true });
  for (const [path, text] of Object.entries(files)) write(dir, path, text);
}

/** What a folder with `local` has after a pull of `next`, where the branch was `known`. */
function pulled(
  known: Readonly<Record<string, string>>,
  local: Readonly<Record<string, string>>,
  next: Readonly<Record<string, string>>,
): string {
  const dir = emptyFolder();
  replaceAll(dir, local);
  holdLines(dir, knownOf(known));
  replaceAll(dir, next);
  giveBackLines(dir, knownOf(known));
  expect(existsSync(join(dir, '.kept'))).toBe(false);
  return dir;
}

describe('lines that only one folder knows', () => {
  it.each([
    'alpha/events/emit/2026-11.jsonl',
    'alpha/events/ingest/2026-11.jsonl',
    'alpha/rejects/ingest/2026-11.jsonl',
    'telemetry/events/2026-11.jsonl',
    'supervisor/sent.jsonl',
    'kernel/acks.jsonl',
  ])('are kept in %s, behind those of the branch', (path) => {
    const dir = pulled(
      { [path]: '{"a":1}\n' },
      { [path]: '{"a":1}\n{"b":2}\n' },
      { [path]: '{"a":1}\n{"c":3}\n' },
    );

    expect(read(dir, path)).toBe('{"a":1}\n{"c":3}\n{"b":2}\n');
  });

  it.each([
    'alpha/rejects/reconcile/2026-11.jsonl',
    'alpha/reconciled/2026-11/2026-11-01.jsonl',
    'supervisor/verdicts.jsonl',
    'supervisor/cells/2026-11.jsonl',
    'runs/2026-11.jsonl',
    'alpha/pending.json',
  ])('are not kept in %s, which a job computes again', (path) => {
    const dir = pulled({ [path]: 'a\n' }, { [path]: 'a\nb\n' }, { [path]: 'a\nc\n' });

    expect(read(dir, path)).toBe('a\nc\n');
  });

  it('are kept where the branch has no such file, and in a folder that knows no version of it', () => {
    expect(read(pulled({}, { [SENT]: '{"a":1}\n' }, {}), SENT)).toBe('{"a":1}\n');
    expect(read(pulled({}, { [SENT]: '{"a":1}\n{"b":2}\n' }, { [SENT]: '{"a":1}\n' }), SENT)).toBe(
      '{"a":1}\n{"b":2}\n',
    );
  });

  it.each([
    ['{"b":2}', '{"a":1}\n{"b":2}\n'],
    ['{"b":', '{"a":1}\n'],
    ['12', '{"a":1}\n'],
  ])('end with a whole one: the torn tail %s', (tail, text) => {
    const dir = pulled({ [SENT]: '{"a":1}\n' }, { [SENT]: `{"a":1}\n${tail}` }, { [SENT]: '{"a":1}\n' });

    expect(read(dir, SENT)).toBe(text);
  });

  it('begin on a line of their own behind a line of the branch without its end', () => {
    const dir = pulled({}, { [SENT]: '{"b":2}\n' }, { [SENT]: '{"a":1}' });

    expect(read(dir, SENT)).toBe('{"a":1}\n{"b":2}\n');
  });

  it('go behind the packed lines of a month that the branch has packed meanwhile', () => {
    const path = 'alpha/events/emit/2026-01.jsonl';
    const old = { [path]: '{"a":1}\n{"b":2}\n' };
    const dir = emptyFolder();
    replaceAll(dir, { [path]: `${old[path]}{"c":3}\n` });
    holdLines(dir, knownOf(old));
    expect(heldFolders(dir)).toEqual(['alpha/events/emit', 'packs']);
    replaceAll(dir, {});
    const { index, pack } = packFrom('2026-01-signals', new Map([[path, Buffer.from(old[path] ?? '')]]));
    nodeDisk(dir).replace(packPath(index), pack);
    nodeDisk(dir).replace(packIndexPath('2026-01-signals'), packIndexText(index));
    giveBackLines(dir, knownOf(old));

    expect(read(dir, path)).toBe('{"a":1}\n{"b":2}\n{"c":3}\n');
  });

  it('are whole, also the one that was only half written when the branch was pushed', () => {
    const half = { [SHARD]: '{"a":1}\n{"b":' };
    const dir = pulled(half, { [SHARD]: '{"a":1}\n{"b":2}\n{"c":3}\n' }, half);

    expect(read(dir, SHARD)).toBe('{"a":1}\n{"b":\n{"b":2}\n{"c":3}\n');
  });

  it('are not those that the branch itself let go of', () => {
    const known = { [SHARD]: '{"a":1}\n{"b":2}\n' };

    expect(read(pulled(known, known, {}), SHARD)).toBeNull();
    expect(read(pulled(known, { [SHARD]: `${known[SHARD]}{"c":3}\n` }, {}), SHARD)).toBe('{"c":3}\n');
  });

  it('are told from those of the branch in a repository of SHA-256 too', () => {
    const known = { [SENT]: '{"a":1}\n' };
    const dir = emptyFolder();
    replaceAll(dir, { [SENT]: '{"a":1}\n{"b":2}\n' });
    holdLines(dir, knownOf(known, 'sha256'));
    replaceAll(dir, {});
    giveBackLines(dir, knownOf(known, 'sha256'));

    expect(read(dir, SENT)).toBe('{"b":2}\n');
  });

  it('have one that a producer appends to a file which is replaced at this very moment', () => {
    const dir = emptyFolder();
    const known = { [SENT]: '{"a":1}\n' };
    replaceAll(dir, { [SENT]: '{"a":1}\n{"b":2}\n' });
    const file = openSync(join(dir, SENT), 'a');
    holdLines(dir, knownOf(known));
    replaceAll(dir, known);
    writeSync(file, '{"c":3}\n');
    closeSync(file);
    giveBackLines(dir, knownOf(known));

    expect(read(dir, SENT)).toBe('{"a":1}\n{"b":2}\n{"c":3}\n');
  });

  it('are held once, however often a pull fails, and with what came in between', () => {
    const dir = emptyFolder();
    const known = knownOf({});
    replaceAll(dir, { [SENT]: '{"a":1}\n' });
    for (let pull = 0; pull < 3; pull += 1) holdLines(dir, known);
    expect(readdirSync(join(dir, '.kept'))).toHaveLength(1);
    replaceAll(dir, { [SENT]: '{"b":2}\n' });
    holdLines(dir, known);
    appendFileSync(join(dir, SENT), '{"c":3}\n');
    replaceAll(dir, {});
    giveBackLines(dir, known);

    expect(read(dir, SENT)).toBe('{"a":1}\n{"b":2}\n{"c":3}\n');
  });

  it('are in their order, however many pulls failed in between', () => {
    const dir = emptyFolder();
    const ids = Array.from({ length: 12 }, (_, id) => id);
    for (const id of ids) {
      replaceAll(dir, { [SENT]: `{"id":${id}}\n` });
      holdLines(dir, knownOf({}));
    }
    replaceAll(dir, {});
    giveBackLines(dir, knownOf({}));

    expect(read(dir, SENT)).toBe(ids.map((id) => `{"id":${id}}\n`).join(''));
  });

  it('are looked for in the files that lie there and in those that are held, each once', () => {
    const dir = emptyFolder();
    replaceAll(dir, { [SENT]: '{"a":1}\n', [SHARD]: '{"b":1}\n' });
    holdLines(dir, knownOf({}));
    replaceAll(dir, {
      [SENT]: '{"a":2}\n',
      'kernel/acks.jsonl': '{"c":1}\n',
      'alpha/events/emit/notes.txt': 'd',
      'alpha/rejects/reconcile/2026-11.jsonl': '{"e":1}\n',
    });

    expect(keptFilesIn(dir)).toEqual([SHARD, 'kernel/acks.jsonl', SENT]);
  });

  it('are those of what is mounted, and of a file elsewhere only where it has more than the branch', () => {
    const known = { [SENT]: '{"a":1}\n', [SHARD]: '{"b":1}\n' };
    const dir = emptyFolder();
    replaceAll(dir, known);
    holdLines(dir, knownOf(known), ['alpha/events']);
    expect(heldFolders(dir)).toEqual(['alpha/events/emit', 'packs']);
    appendFileSync(join(dir, SENT), '{"a":2}\n');
    holdLines(dir, knownOf(known), ['alpha/events']);
    expect(heldFolders(dir)).toEqual(['alpha/events/emit', 'packs', 'supervisor']);
  });

  it('are taken out of a file that the branch does not have, and no other file goes away', () => {
    const dir = emptyFolder();
    const others = ['alpha/rejects/reconcile/2026-11.jsonl', 'alpha/events/emit/notes.txt'];
    replaceAll(dir, Object.fromEntries([SHARD, ...others].map((path) => [path, '{"a":1}\n'])));
    holdStrays(dir, [SHARD, ...others, '']);
    expect([SHARD, ...others].map((path) => existsSync(join(dir, path)))).toEqual([false, true, true]);
    giveBackLines(dir, knownOf({}));

    expect(read(dir, SHARD)).toBe('{"a":1}\n');
  });

  it('are each there once and in their order, whatever the branch has by now', () => {
    const lines = fc.uniqueArray(fc.nat(30), { maxLength: 12 });
    const textOf = (ids: readonly number[]): string => ids.map((id) => `{"id":${id}}\n`).join('');
    const dir = emptyFolder();
    fc.assert(
      fc.property(lines, lines, lines, (known, own, others) => {
        const mine = own.filter((id) => !known.includes(id));
        const next = [...known, ...others.filter((id) => !known.includes(id))];
        replaceAll(dir, { [SENT]: textOf([...known, ...mine]) });
        holdLines(dir, knownOf({ [SENT]: textOf(known) }));
        replaceAll(dir, { [SENT]: textOf(next) });
        giveBackLines(dir, knownOf({ [SENT]: textOf(known) }));

        expect(read(dir, SENT)).toBe(textOf([...next, ...mine.filter((id) => !next.includes(id))]));
      }),
    );
  });
});
