// The files that differ between two commits, with the patches git makes of them.

import { assert } from '../../../domain/assert.ts';
import { createMemo } from './git-memo.ts';
import { type GitRepository, runGit } from './git-objects.ts';

export interface FileDifference {
  readonly filename: string;
  readonly previousFilename: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  /** Name of the blob after the change, before it where the file was removed. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks, or `null` of a file that is not text or did not change its text. */
  readonly patch: string | null;
}

const STATUSES: Readonly<Record<string, FileDifference['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};

/** The tree of no files, against which a first commit is compared. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Returns what differs from `base` (`null`: nothing) to `head`, in the order of git. */
export function differences(
  repository: GitRepository,
  base: string | null,
  head: string,
): readonly FileDifference[] {
  return remember(repository, `${base} ${head}`, () => askGit(repository, base, head));
}

const remember = createMemo<readonly FileDifference[]>();

function askGit(repository: GitRepository, base: string | null, head: string): readonly FileDifference[] {
  const args = ['diff-tree', '-r', '-M', '--raw', '-p', '--full-index', '-z', base ?? EMPTY_TREE, head];
  const { code, out } = runGit(repository.dir, args);
  assert(code === 0, () => `git cannot compare ${base} with ${head}`);
  const start = out.indexOf('\0\0');
  const [raw, patches] =
    start < 0
      ? [out.toString(), '']
      : [out.subarray(0, start).toString(), out.subarray(start + 2).toString()];
  const hunks = `\n${patches}`.split('\ndiff --git ').slice(1);
  return rawEntries(raw).map((entry, index) => ({ ...entry, ...hunksOf(hunks[index] ?? '') }));
}

type RawEntry = Omit<FileDifference, 'additions' | 'deletions' | 'patch'>;

/** `:mode mode sha sha STATUS NUL path NUL`, with two paths where a file was renamed. */
function rawEntries(raw: string): readonly RawEntry[] {
  const words = raw.split('\0');
  const entries: RawEntry[] = [];
  for (let at = 0; at < words.length; ) {
    const [, , before = '', after = '', letter = ''] = (words[at] ?? '').split(' ');
    if (letter === '') break;
    const status = STATUSES[letter[0] ?? ''] ?? 'modified';
    const isRename = status === 'renamed';
    const first = words[at + 1] ?? '';
    entries.push({
      filename: isRename ? (words[at + 2] ?? '') : first,
      previousFilename: isRename ? first : null,
      status,
      sha: status === 'removed' ? before : after,
    });
    at += isRename ? 3 : 2;
  }
  return entries;
}

function hunksOf(text: string): Pick<FileDifference, 'additions' | 'deletions' | 'patch'> {
  const start = text.indexOf('\n@@ ') + 1;
  if (start === 0) return { additions: 0, deletions: 0, patch: null };
  const patch = text.slice(start).replace(/\n$/, '');
  const lines = patch.split('\n');
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  return { additions: count('+'), deletions: count('-'), patch };
}
