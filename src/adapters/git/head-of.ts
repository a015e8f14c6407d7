// Which commit a state folder stands at.

import { existsSync } from 'node:fs';
import { git } from './git-command.ts';

/**
 * Returns the commit of the worktree whose top is `dir`, or `null` where `dir` is no such top: a folder within some repository
 * says nothing about the state.
 */
export async function headOf(dir: string): Promise<string | null> {
  if (!existsSync(dir)) return null;
  const below = await git(['rev-parse', '--show-prefix'], { cwd: dir, config: 'user' });
  if (!below.ok || below.value !== '') return null;
  const head = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: dir, config: 'user' });
  return head.ok ? head.value : null;
}
