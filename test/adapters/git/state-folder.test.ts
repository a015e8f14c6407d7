// What a state folder is, by what lies in it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { git } from '../../../src/adapters/git/git-command.ts';
import { stateFolderAt } from '../../../src/adapters/git/state-folder.ts';
import { claimFolder } from '../../../src/adapters/git/worktree-clone.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'warden-folder-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const BRANCH = 'warden-state';

it('a folder that is not there, or holds only what is hidden, is still to be made', async () => {
  expect(await stateFolderAt(join(dir, 'none'), BRANCH)).toMatchObject({ kind: 'absent' });
  writeFileSync(join(dir, '.lock'), '');
  expect(await stateFolderAt(dir, BRANCH)).toMatchObject({ kind: 'absent' });
});

it('a folder of files within somebody’s repository is plain', async () => {
  await git(['init', '--quiet', dir], { cwd: dir, config: 'own' });
  mkdirSync(join(dir, 'state/alpha'), { recursive: true });

  expect(await stateFolderAt(join(dir, 'state'), BRANCH)).toMatchObject({ kind: 'plain', branch: null });
});

it('a checkout by hand is plain where its branch is that of the state, and else somebody else’s', async () => {
  await git(['init', '--quiet', `--initial-branch=${BRANCH}`, dir], { cwd: dir, config: 'own' });

  expect(await stateFolderAt(dir, BRANCH)).toMatchObject({ kind: 'plain', branch: BRANCH });
  expect(await stateFolderAt(dir, 'other-state')).toMatchObject({ kind: 'foreign', branch: BRANCH });
});

it('what a job claimed is a clone of the branch that it claimed, whatever is checked out', async () => {
  claimFolder({ dir, url: 'https://github.com/acme/desk.git', branch: BRANCH, folders: 'all' });

  expect(await stateFolderAt(dir, BRANCH)).toMatchObject({ kind: 'clone', branch: BRANCH });
  expect(await stateFolderAt(dir, 'other-state')).toMatchObject({ kind: 'foreign', branch: BRANCH });
});
