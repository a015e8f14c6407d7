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

/** Returns what is at `dir`, without changing it. A clone that a person made counts like one that a job made. */
export async function stateFolderAt(dir: string, stateBranch: string): Promise<StateFolder> {
  const names = existsSync(dir) ? readdirSync(dir) : [];
  const isClone = names.includes('.git') || names.includes(CLAIM);
  if (!isClone)
    return { dir, kind: names.some((name) => !isHidden(name)) ? 'plain' : 'absent', branch: null };
  const branch = claimedBranch(dir) ?? (await checkedOutBranch(dir));
  return { dir, kind: branch === stateBranch ? 'clone' : 'foreign', branch };
}

function claimedBranch(dir: string): string | null {
  const path = join(dir, CLAIM);
  if (!existsSync(path)) return null;
  return /"branch":"([^"]+)"/.exec(readFileSync(path, 'utf8'))?.[1] ?? null;
}

async function checkedOutBranch(dir: string): Promise<string | null> {
  const args = ['--git-dir', join(dir, '.git'), 'symbolic-ref', '--short', '--quiet', 'HEAD'];
  const head = await git(args, { cwd: dir, config: 'user' });
  return head.ok ? head.value : null;
}
