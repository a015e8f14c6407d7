// The files of a commit in a folder of their own, without touching any worktree or index.

import { renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../../domain/result.ts';
import { git } from './git-command.ts';

/** Bytes as they were committed, unless attributes in the commit say otherwise; a link is a file that holds its target, so that nothing outside is ever read through one. */
const AS_COMMITTED = ['-c', 'core.autocrlf=false', '-c', 'core.symlinks=false', '-c', 'core.bare=false'];

/**
 * Writes the files of a commit to `into`, which appears whole or not at all.
 *
 * @param gitDir - the repository, which must have the commit.
 * @returns the error is what git said.
 */
export async function checkOut(gitDir: string, commit: string, into: string): Promise<Result<void, string>> {
  const parent = dirname(into);
  const partial = `.${basename(into)}.partial`;
  const indexFile = join(parent, `${partial}.index`);
  rmSync(join(parent, partial), { recursive: true, force: true });
  const run = async (...args: string[]) =>
    await git(['--git-dir', gitDir, '--work-tree', parent, ...AS_COMMITTED, ...args], {
      cwd: parent,
      config: 'own',
      indexFile,
    });
  try {
    const read = await run('read-tree', commit);
    if (!read.ok) return err(read.error.message);
    const written = await run('checkout-index', '--all', '--force', '--quiet', `--prefix=${partial}/`);
    if (!written.ok) return err(written.error.message);
    renameSync(join(parent, partial), into);
    return ok(undefined);
  } finally {
    rmSync(indexFile, { force: true });
    rmSync(join(parent, partial), { recursive: true, force: true });
  }
}
