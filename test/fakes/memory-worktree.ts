// The state branch in memory: one remote, and any number of folders that pull from it and push to it.

import { assert } from '../../src/domain/assert.ts';
import { sha256Hex } from '../../src/domain/canonical.ts';
import { StateBranchError } from '../../src/domain/github.ts';
import type { StateWorktree } from '../../src/ports.ts';
import { type MemoryDisk, memoryDisk } from './memory-disk.ts';

type Files = Readonly<Record<string, string>>;

interface MemoryCommit {
  readonly id: string;
  readonly parent: string | null;
  readonly message: string;
  readonly atMs: number;
  readonly files: Files;
}

export interface MemoryRemote {
  /** Oldest first. */
  readonly commits: readonly MemoryCommit[];
  /** Name → commit. */
  readonly tags: Readonly<Record<string, string>>;
  /** Content of the newest commit. */
  files(): Files;
  head(): string | null;
  /** Takes a commit whose parent is the newest one. */
  take(commit: MemoryCommit): 'pushed' | 'rejected';
  tag(tags: Readonly<Record<string, string>>): void;
}

export function memoryRemote(): MemoryRemote {
  const commits: MemoryCommit[] = [];
  const tags: Record<string, string> = {};
  const head = (): string | null => commits.at(-1)?.id ?? null;
  return {
    commits,
    tags,
    head,
    files: () => commits.at(-1)?.files ?? {},
    take: (commit) => {
      if (commit.id === head()) return 'pushed';
      if (commit.parent !== head()) return 'rejected';
      commits.push(commit);
      return 'pushed';
    },
    tag: (more) => void Object.assign(tags, more),
  };
}

/** What goes wrong with a call: `unavailable` before it did anything, `lost` after it did all of it. */
export type WorktreeFault = 'unavailable' | 'lost' | null;

export interface MemoryWorktree extends StateWorktree {
  readonly disk: MemoryDisk;
}

/**
 * Returns a folder of its own. Unlike the real one it keeps no lines that were not pushed.
 *
 * @param fault is asked before every pull and push
 */
export function memoryWorktree(
  remote: MemoryRemote,
  fault: (call: 'pull' | 'push') => WorktreeFault = () => null,
): MemoryWorktree {
  const disk = memoryDisk();
  let head: MemoryCommit | null = null;
  const failing = <T>(call: 'pull' | 'push', run: () => T): T => {
    const planned = fault(call);
    const answer = planned === 'unavailable' ? null : run();
    if (planned === null && answer !== null) return answer;
    throw new StateBranchError('unavailable', `the ${call} was not answered; the next run tries again`);
  };
  return {
    dir: 'state/data',
    disk,
    pull: async () => {
      const commit = failing('pull', () => ({ newest: remote.commits.at(-1) ?? null })).newest;
      for (const path of Object.keys(disk.dump())) disk.remove(path);
      for (const [path, text] of Object.entries(commit?.files ?? {})) disk.replace(path, text);
      head = commit;
      return commit?.id ?? null;
    },
    commit: async ({ message, atMs }) => {
      const files = disk.dump();
      const before = head?.files ?? {};
      if (JSON.stringify(files) === JSON.stringify(before)) return null;
      const parent = head?.id ?? null;
      head = {
        id: sha256Hex(JSON.stringify([parent, message, atMs, files])).slice(0, 40),
        parent,
        message,
        atMs,
        files,
      };
      return head.id;
    },
    push: async (tags = {}) => {
      const commit = head;
      assert(commit !== null, 'nothing was committed that could be pushed');
      return failing('push', () => {
        const taken = remote.take(commit);
        if (taken === 'pushed') remote.tag(tags);
        return taken;
      });
    },
  };
}
