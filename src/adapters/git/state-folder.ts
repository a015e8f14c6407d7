// What a state folder is: not there yet, a plain folder, the clone of the state branch that jobs work in, or somebody else's.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHidden } from '../state/state-path.ts';
import { git } from './git-command.ts';
import { CLAIM } from './worktree-clone.ts';

interface StateFolder {
  readonly dir: string;
  readonly kind: 'absent' | 'plain' | 'clone' | 'foreign';
  /** That is checked out there, or `null`. */
  readonly branch: string | null;
}

/** Returns what is at `dir`, without changing it. Jobs work only in a clone that a job made; what a person cloned is plain to them. */
export async function stateFolderAt(dir: string, stateBranch: string): Promise<StateFolder> {
  const names = existsSync(dir) ? readdirSync(dir) : [];
  if (names.includes(CLAIM)) {
    const branch = claimedBranch(dir);
    return { dir, kind: branch === stateBranch ? 'clone' : 'foreign', branch };
  }
  if (names.includes('.git')) {
    const branch = await checkedOutBranch(dir);
    return { dir, kind: branch === stateBranch ? 'plain' : 'foreign', branch };
  }
  return { dir, kind: names.some((name) => !isHidden(name)) ? 'plain' : 'absent', branch: null };
}

function claimedBranch(dir: string): string | null {
  return /"branch":"([^"]+)"/.exec(readFileSync(join(dir, CLAIM), 'utf8'))?.[1] ?? null;
}

async function checkedOutBranch(dir: string): Promise<string | null> {
  const args = ['--git-dir', join(dir, '.git'), 'symbolic-ref', '--short', '--quiet', 'HEAD'];
  const head = await git(args, { cwd: dir, config: 'user' });
  return head.ok ? head.value : null;
}
