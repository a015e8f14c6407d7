// The clone behind a writable state folder: made for it alone, told from what is somebody else's, and mended after a run that died.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { StateBranchError } from '../../domain/github.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { nodeDisk } from '../state/node-disk.ts';
import { isHidden } from '../state/state-path.ts';
import { type GitFault, git } from './git-command.ts';
import { NO_CONVERSION } from './state-branch.ts';

export interface CloneOptions {
  /** Where the repository is cloned from. Never with a login in it. */
  readonly url: string;
  readonly branch: string;
  readonly dir: string;
  /** Folders to have, or everything. A file directly in one of their parents is there too. */
  readonly folders: readonly string[] | 'all';
}

/** Everything a call of git needs to know of the clone; `token` is `null` where the person's own git signs in. */
export interface Clone extends CloneOptions {
  readonly token: string | null;
}

/** How one call differs from the others. */
type Extra = Pick<Parameters<typeof git>[1], 'author'>;

/**
 * Runs git on the clone, which is always named: where its repository is damaged, git would otherwise look for one further up, and find
 * that of the person. Without a token their configuration counts, since it says how to reach the remote and with which login.
 */
export function gitIn(
  { dir, url, token }: Clone,
  args: readonly string[],
  extra: Extra = {},
): Promise<Result<string, GitFault>> {
  return git(['--git-dir', join(dir, '.git'), '--work-tree', dir, ...args], {
    cwd: dir,
    config: token === null ? 'user' : 'own',
    login: token === null ? null : { url, token },
    ...extra,
  });
}

/** Says which branch of which remote the folder holds. Outside the repository, so that it outlives a damaged one. */
export const CLAIM = '.clone.json';

/**
 * Makes sure that the folder is there and is ours to replace: claimed by an earlier run for this very branch, or without any visible file.
 *
 * @throws StateBranchError `foreign`
 */
export function claimFolder({ dir, url, branch }: CloneOptions): void {
  mkdirSync(dir, { recursive: true });
  const claim = `${JSON.stringify({ url, branch })}\n`;
  const claimed = existsSync(join(dir, CLAIM)) ? readFileSync(join(dir, CLAIM), 'utf8') : null;
  if (claimed === claim) return;
  const found = readdirSync(dir).find((name) => !isHidden(name) || name === '.git');
  if (found === undefined) {
    nodeDisk(dir).replace(CLAIM, claim);
    return;
  }
  const what =
    claimed === null
      ? `${dir} holds ${found}, and is no copy of the branch ${branch} that Warden made`
      : `${dir} is the copy of another branch or repository: ${claimed.trim()}`;
  throw new StateBranchError(
    'foreign',
    `${what}; nothing was changed. Move the folder away, or name another one with --state`,
  );
}

/**
 * What a person or an installation set up for all their repositories must change nothing about state commits: no hooks, no signing, no
 * conversion of bytes, no other list of ignored files. Links are files that hold their target, so that nothing leads outside.
 */
const CONFIG = `[core]
	hooksPath = /dev/null
	excludesFile = /dev/null
	attributesFile = /dev/null
	autocrlf = false
	fileMode = false
	symlinks = false
	fsmonitor = false
	logAllRefUpdates = false
[push]
	gpgSign = false
	followTags = false
	recurseSubmodules = no
[fetch]
	prune = false
	recurseSubmodules = false
	writeCommitGraph = false
[submodule]
	recurse = false
[i18n]
	commitEncoding = utf-8
[gc]
	autoDetach = false
	pruneExpire = now
`;

/** Hidden files are no state: caches, locks, temporary files. */
export const HIDDEN_PATTERNS: readonly string[] = ['.*', '!.gitattributes', '!.gitignore'];

/** The same as a file. */
export const IGNORED = HIDDEN_PATTERNS.map((line) => `${line}\n`).join('');

/** Written last when a clone is made, so that half a clone is known by the lack of it. */
const COMPLETE = join('info', 'exclude');

/** Makes the repository where there is none or half of one, and removes what a git that was ended has locked. */
export async function openClone(clone: Clone): Promise<Result<void, string>> {
  const gitDir = join(clone.dir, '.git');
  if (!existsSync(join(gitDir, COMPLETE))) return await makeClone(clone);
  removeLocks(gitDir);
  return ok(undefined);
}

/** Makes the repository anew; the files around it stay. */
export async function makeClone(clone: Clone): Promise<Result<void, string>> {
  const gitDir = join(clone.dir, '.git');
  rmSync(gitDir, { recursive: true, force: true });
  const init = ['init', '--quiet', '--template=', `--initial-branch=${clone.branch}`];
  const made = await gitIn(clone, init);
  if (!made.ok) return err(made.error.message);
  appendFileSync(join(gitDir, 'config'), CONFIG);
  const remote = await gitIn(clone, ['config', 'remote.origin.url', clone.url]);
  if (!remote.ok) return err(remote.error.message);
  mkdirSync(join(gitDir, 'info'), { recursive: true });
  writeFileSync(join(gitDir, 'info', 'attributes'), NO_CONVERSION);
  writeFileSync(join(gitDir, COMPLETE), IGNORED);
  return ok(undefined);
}

/** Only one run at a time works in the folder, so whoever made these is gone. */
function removeLocks(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // Objects are by far the most files, and are not locked.
    if (entry.isDirectory() && entry.name !== 'objects') removeLocks(path);
    else if (entry.name.endsWith('.lock')) rmSync(path, { force: true });
  }
}

/**
 * Mounts folders, of which later resets write no more than these. What the clone lacks is fetched as it is mounted.
 *
 * @param more folders beside those of the options
 */
export async function mountFolders(clone: Clone, more: readonly string[]): Promise<Result<void, GitFault>> {
  const { folders, dir } = clone;
  if (folders === 'all') {
    const isSparse = existsSync(join(dir, '.git', 'info', 'sparse-checkout'));
    const whole = isSparse ? await gitIn(clone, ['sparse-checkout', 'disable']) : ok('');
    if (whole.ok) rmSync(join(dir, '.git', 'info', 'sparse-checkout'), { force: true });
    return whole.ok ? ok(undefined) : whole;
  }
  const set = await gitIn(clone, ['sparse-checkout', 'set', '--cone', ...folders, ...more]);
  return set.ok ? ok(undefined) : set;
}

/** Has the clone fetch the contents of files only where they are mounted. */
export async function makePartial(clone: Clone): Promise<Result<void, GitFault>> {
  for (const [key, value] of [
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialclonefilter', 'blob:none'],
  ] as const) {
    const set = await gitIn(clone, ['config', key, value]);
    if (!set.ok) return set;
  }
  return ok(undefined);
}
