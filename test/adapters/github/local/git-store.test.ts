// Objects that the local GitHub writes itself, against what git makes of the same files.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { differences } from '../../../../src/adapters/github/local/git-diff.ts';
import {
  type GitRepository,
  isRefName,
  readObject,
  readRef,
  readRefs,
  updateRef,
  writeObject,
} from '../../../../src/adapters/github/local/git-objects.ts';
import {
  changeTree,
  initRepository,
  mergedTree,
  readCommit,
  readTreeDeep,
  type TreeChange,
  writeCommit,
} from '../../../../src/adapters/github/local/git-store.ts';
import { dropFolder } from '../../../one-folder.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) dropFolder(folder);
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'git-store-'));
  folders.push(made);
  return made;
}

function repository(): GitRepository {
  return initRepository(join(folder(), 'a.git'), 'main', null);
}

function git(cwd: string, ...args: string[]): string {
  const env = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['-c', 'core.quotePath=false', ...args], { cwd, env }).toString();
}

function blobs(
  target: GitRepository,
  files: Readonly<Record<string, string | null>>,
): Map<string, TreeChange> {
  return new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      text === null ? null : { mode: '100644', sha: writeObject(target, 'blob', Buffer.from(text)) },
    ]),
  );
}

const SIGNATURE = { name: 'ada', email: 'ada@example.org', atMs: Date.UTC(2026, 10, 21, 10) };

function commit(
  target: GitRepository,
  parents: readonly string[],
  files: Record<string, string | null>,
): string {
  const base = parents[0] === undefined ? null : (readCommit(target, parents[0])?.tree ?? null);
  const tree = changeTree(target, base, blobs(target, files));
  return writeCommit(target, { tree, parents, author: SIGNATURE, committer: SIGNATURE, message: 'm' });
}

/** Names that stress the order of git: folders sort as if their names ended with a slash. */
const name = fc.constantFrom('a', 'a.b', 'a-b', 'a0', 'A', 'ü', 'with space', 'z');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const fileSet = fc.dictionary(path, fc.string({ maxLength: 20 }), { minKeys: 1, maxKeys: 8 }).map((files) => {
  const paths = Object.keys(files);
  const isFolder = (one: string) => paths.some((other) => other.startsWith(`${one}/`));
  return Object.fromEntries(Object.entries(files).filter(([one]) => !isFolder(one)));
});

describe('a tree', () => {
  it('has the name that git gives the same files', () => {
    fc.assert(
      fc.property(fileSet, (files) => {
        const target = repository();
        const work = folder();
        git(work, 'init', '--quiet');
        for (const [file, text] of Object.entries(files)) {
          mkdirSync(dirname(join(work, file)), { recursive: true });
          writeFileSync(join(work, file), text);
        }
        git(work, 'add', '--all');

        expect(changeTree(target, null, blobs(target, files))).toBe(git(work, 'write-tree').trim());
      }),
      { numRuns: 15 },
    );
  });

  it('is the same however its files came and went', () => {
    const target = repository();
    fc.assert(
      fc.property(fileSet, fileSet, (kept, dropped) => {
        const isApart = Object.keys(dropped).every((one) =>
          Object.keys(kept).every(
            (other) => !`${one}/`.startsWith(`${other}/`) && !`${other}/`.startsWith(`${one}/`),
          ),
        );
        fc.pre(isApart);
        const straight = changeTree(target, null, blobs(target, kept));
        const both = changeTree(target, straight, blobs(target, dropped));
        const gone = Object.fromEntries(Object.keys(dropped).map((each) => [each, null]));

        expect(changeTree(target, both, blobs(target, gone))).toBe(straight);
        expect(readTreeDeep(target, straight).filter(({ type }) => type === 'blob')).toHaveLength(
          Object.keys(kept).length,
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('a difference', () => {
  it('counts and shows the lines that git counts', () => {
    const target = repository();
    const lines = fc.array(fc.constantFrom('a', 'b', '-x', '+y', '@@ z', 'diff --git a b', '\u2028'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const text = (each: readonly string[]) => each.map((line) => `${line}\n`).join('');
        const base = commit(target, [], { 'a.txt': text(before), 'same.txt': 's', 'old.bin': '\0' });
        const head = commit(target, [base], { 'a.txt': text(after), 'old.bin': '\0\0' });
        const found = differences(target, base, head).map(({ filename, additions, deletions }) =>
          [additions, deletions, filename].join('\t'),
        );
        const counted = git(target.dir, 'diff', '--numstat', base, head).trim().split('\n');

        expect(found).toEqual(counted.map((line) => line.replace('-\t-\t', '0\t0\t')));
      }),
      { numRuns: 25 },
    );
  });

  it('says what was removed, added and renamed', () => {
    const target = repository();
    const long = Array.from({ length: 20 }, (_, line) => `${line}\n`).join('');
    const base = commit(target, [], { 'gone.txt': 'g\n', 'old.txt': long });
    const head = commit(target, [base], {
      'gone.txt': null,
      'new.txt': 'n\n',
      'old.txt': null,
      'to.txt': long,
    });

    expect(differences(target, base, head)).toMatchObject([
      { filename: 'gone.txt', status: 'removed', patch: '@@ -1 +0,0 @@\n-g' },
      { filename: 'new.txt', status: 'added', patch: '@@ -0,0 +1 @@\n+n' },
      { filename: 'to.txt', previousFilename: 'old.txt', status: 'renamed', patch: null },
    ]);
    expect(differences(target, head, head)).toEqual([]);
  });
});

describe('a merge', () => {
  it('keeps what both sides did, and has no tree where they did it to the same lines', () => {
    const target = repository();
    const base = commit(target, [], { a: '1\n', b: '1\n' });
    const left = commit(target, [base], { a: '2\n' });
    const right = commit(target, [base], { b: '2\n' });
    const rival = commit(target, [base], { a: '3\n' });

    expect(mergedTree(target, left, right)).toBe(
      changeTree(target, null, blobs(target, { a: '2\n', b: '2\n' })),
    );
    expect(mergedTree(target, left, rival)).toBeNull();
  });
});

describe('references', () => {
  it('move only from where they are', () => {
    const target = repository();
    const first = commit(target, [], { a: '1' });
    const second = commit(target, [first], { a: '2' });

    expect(updateRef(target, 'refs/heads/main', null, first)).toBe(true);
    expect(updateRef(target, 'refs/heads/main', null, second)).toBe(false);
    expect(updateRef(target, 'refs/heads/main', second, second)).toBe(false);
    expect(updateRef(target, 'refs/heads/main', first, second)).toBe(true);
    expect(readRefs(target, 'refs/heads/')).toEqual(new Map([['refs/heads/main', second]]));
    expect(updateRef(target, 'refs/heads/main', second, null)).toBe(true);
    expect(readRef(target, 'refs/heads/main')).toBeNull();
  });

  it.each([
    'refs/heads/../../config',
    'refs/heads/a b',
    'refs/heads/.a',
    'refs/heads/a.lock',
    'refs/heads/a/',
    'refs/heads/a~1',
    'refs/heads',
    'HEAD',
  ])('are not named %s', (text) => {
    expect(isRefName(text)).toBe(false);
    expect(readRef(repository(), text)).toBeNull();
  });
});

describe('objects', () => {
  it('are read from packs too, and those that are missing are not there', () => {
    const target = repository();
    const head = commit(target, [], { a: 'packed' });
    updateRef(target, 'refs/heads/main', null, head);
    git(target.dir, 'repack', '-a', '-d', '--quiet');
    const fresh = { ...target, cache: new Map() };

    expect(readCommit(fresh, head)?.message).toBe('m');
    expect(readObject(fresh, '0123456789'.repeat(4))).toBeNull();
  });
});
