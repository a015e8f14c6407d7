// The state at any commit, from the repository at hand: what explains a figure that was published months ago.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvariantError } from '../../domain/assert.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Disk } from '../../ports.ts';
import { checkOut } from './checkout.ts';
import { git } from './git-command.ts';
import { readOnlyDisk } from './read-only-disk.ts';

export interface CommitFiles {
  /** All 40 digits. */
  readonly commit: string;
  readonly disk: Disk;
  /** Removes the copy. */
  remove(): void;
}

interface CommitFilesOptions {
  /** The first of these folders that is in a repository is where the commit is looked for. */
  readonly folders: readonly string[];
  /** Seven digits or more of the commit. */
  readonly commit: string;
  /** For the remote `origin`, where the commit is not in the repository; `null`: what the person's own git knows. */
  readonly token: string | null;
}

/** Returns a copy of the files, or what was asked wrongly, in one sentence with the next step. The repository stays as it is. */
export async function filesOfCommit(options: CommitFilesOptions): Promise<Result<CommitFiles, string>> {
  const found = await repositoryOf(options.folders);
  if (found === null) {
    return err(
      `${options.folders[0] ?? 'the folder'} is in no git repository, so it has no earlier commits; clone the state branch there`,
    );
  }
  const copy = mkdtempSync(join(tmpdir(), 'warden-commit-'));
  const remove = (): void => rmSync(copy, { recursive: true, force: true });
  const files = join(copy, 'files');
  const placed = await placedCommit(found, copy, options);
  const done = placed.ok ? await checkOut(placed.value.gitDir, placed.value.commit, files) : null;
  if (placed.ok && done?.ok === true) {
    const gone = () => new InvariantError('the copy of a commit is read after it was removed');
    return ok({ commit: placed.value.commit, disk: readOnlyDisk(files, gone), remove });
  }
  remove();
  if (!placed.ok) return placed;
  return err(`the commit ${options.commit} could not be read: ${done?.ok === false ? done.error : ''}`);
}

interface Repository {
  readonly folder: string;
  readonly gitDir: string;
}

interface Placed {
  readonly gitDir: string;
  readonly commit: string;
}

async function repositoryOf(folders: readonly string[]): Promise<Repository | null> {
  for (const folder of folders.filter((each) => existsSync(each))) {
    const gitDir = await git(['rev-parse', '--absolute-git-dir'], { cwd: folder, config: 'user' });
    if (gitDir.ok) return { folder, gitDir: gitDir.value };
  }
  return null;
}

async function placedCommit(
  { folder, gitDir }: Repository,
  copy: string,
  { commit: digits, token }: CommitFilesOptions,
): Promise<Result<Placed, string>> {
  const commit = digits.toLowerCase();
  const options = { cwd: folder, config: 'user' } as const;
  const [known, ...others] = await commitsThatBegin(folder, commit);
  if (known !== undefined && others.length === 0) return ok({ gitDir, commit: known });
  if (known !== undefined) return err(`more than one commit begins with ${commit}; give more of its digits`);
  if (commit.length < 40)
    return err(`no commit in ${folder} begins with ${commit}; ${await moreDigits(folder)}`);
  const origin = await git(['remote', 'get-url', 'origin'], options);
  if (!origin.ok)
    return err(
      `there is no commit ${commit} in ${folder}, and no remote "origin" to fetch it from; check the digits`,
    );
  return await fetchedCommit(origin.value, commit, copy, token);
}

/** Returns the commits whose id begins so. A branch or tag of that name is none of them. */
async function commitsThatBegin(folder: string, digits: string): Promise<readonly string[]> {
  const options = { cwd: folder, config: 'user' } as const;
  const listed = await git(['rev-parse', `--disambiguate=${digits}`], options);
  const commits: string[] = [];
  for (const id of listed.ok ? listed.value.split('\n').filter((line) => line !== '') : []) {
    const type = await git(['cat-file', '-t', id], options);
    if (type.ok && type.value === 'commit') commits.push(id);
  }
  return commits;
}

async function moreDigits(folder: string): Promise<string> {
  const shallow = await git(['rev-parse', '--is-shallow-repository'], { cwd: folder, config: 'user' });
  const why = shallow.ok && shallow.value === 'true' ? 'the clone is shallow; ' : '';
  return `${why}give all 40 digits, then it is fetched from origin`;
}

/** Into a repository of its own: a shallow fetch would mark the person's clone as shallow. */
async function fetchedCommit(
  url: string,
  commit: string,
  copy: string,
  token: string | null,
): Promise<Result<Placed, string>> {
  const gitDir = join(copy, 'repository.git');
  const login = token === null ? null : { url, token };
  const made = await git(['init', '--bare', '--quiet', gitDir], { cwd: copy, config: 'own' });
  if (!made.ok) return err(made.error.message);
  const fetch = ['fetch', '--quiet', '--depth', '1', '--no-tags', url, commit];
  const done = await git(fetch, { cwd: gitDir, config: 'user', login });
  if (done.ok) return ok({ gitDir, commit });
  return err(
    `there is no commit ${commit} here, and origin did not give it: ${done.error.message}; check the digits and the access to origin`,
  );
}
