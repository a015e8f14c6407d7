// The StateWorktree port over git: the newest commit of the state branch as a folder that a job writes to, commits and pushes.

import { resolve } from 'node:path';
import { assert } from '../../domain/assert.ts';
import { StateBranchError } from '../../domain/github.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Log, StateWorktree } from '../../ports.ts';
import { LOCK_FOLDER } from '../state/lock.ts';
import { isMounted } from '../state/mounted-disk.ts';
import type { GitFault } from './git-command.ts';
import {
  giveBackLines,
  HELD,
  heldFolders,
  holdLines,
  holdStrays,
  KEPT_PATTERNS,
  KEPT_PLACES,
  type KnownFiles,
  keptFilesIn,
} from './kept-lines.ts';
import { ORPHAN_HIDDEN, writeOrphanStart } from './orphan-start.ts';
import { isFaster, refAnswers, remoteFault } from './remote-words.ts';
import {
  CLAIM,
  type Clone,
  type CloneOptions,
  claimFolder,
  gitIn,
  HIDDEN_PATTERNS,
  makeClone,
  makePartial,
  mountFolders,
  openClone,
} from './worktree-clone.ts';

export interface GitStateWorktreeOptions extends CloneOptions {
  /** `null`: the person's own git signs in. A function, because tokens expire. */
  readonly token: null | (() => Promise<string | null>);
  readonly author: { readonly name: string; readonly email: string };
  /** Is told where a tag could not be pushed. A tag only keeps a commit that is cited, so it holds up no state. */
  readonly log?: Pick<Log, 'warn'>;
}

/** The newest commit of the branch as it was fetched, and as the folder was last made from it or pushed to it. */
const NEWEST = 'refs/warden/newest';
const KNOWN = 'refs/warden/known';

/**
 * Returns the port. The folder becomes a clone of its own and no linked worktree: one branch without its history, which would make the
 * person's own clone a shallow one. One process at a time may work in it.
 */
export function gitStateWorktree(options: GitStateWorktreeOptions): StateWorktree {
  const { url, branch, token } = options;
  const dir = resolve(options.dir);
  assert(!url.startsWith('-') && url !== '', `"${url}" is no address of a repository`);
  for (const folder of options.folders === 'all' ? [] : options.folders)
    assert(/^[a-z]/.test(folder), `"${folder}" is no folder of the state`);
  const opened = async (): Promise<Clone> => {
    checkBranchName(branch);
    return { ...options, dir, token: token === null ? null : await token() };
  };
  return {
    dir,
    pull: async () => await pull(await opened()),
    commit: async (draft) => await commit(await opened(), options.author, draft),
    push: async (tags = {}) => await push(await opened(), tags, options.log),
  };
}

/** As `git check-ref-format` has it, and no name that git would take for an option. */
const BRANCH_NAME = /^(?![-/.])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock(\/|$)))[^\s~^:?*[\\\p{Cc}]+(?<![./])$/u;

function checkBranchName(branch: string): void {
  if (BRANCH_NAME.test(branch) && branch !== '@') return;
  throw new StateBranchError(
    'forbidden',
    `"${branch}" is no name of a branch; set state.branch in config/warden.yaml to one such as warden-state`,
  );
}

/** What the branch was when the folder last agreed with it. */
interface Known {
  readonly commit: string | null;
  readonly files: KnownFiles;
}

async function pull(clone: Clone): Promise<string | null> {
  claimFolder(clone);
  const open = await openClone(clone);
  const pulled = open.ok ? await pullInto(clone) : open;
  if (pulled.ok) return pulled.value;
  // A run that was killed can leave a repository that git cannot use. Nothing in it is missed: what counts is held, or at the remote.
  const remade = await makeClone(clone);
  const again = remade.ok ? await pullInto(clone) : remade;
  if (again.ok) return again.value;
  throw localFault(clone, 'brought up to date', again.error);
}

/** Returns the commit, or what is wrong with the clone. */
async function pullInto(clone: Clone): Promise<Result<string | null, string>> {
  const known = await knownState(clone);
  if (!known.ok) return known;
  const fetched = await fetchNewest(clone);
  if (!fetched.ok) return fetched;
  const { value: newest } = fetched;
  if (newest === null && known.value.commit !== null) throw branchGone(clone, known.value.commit);
  const taken = newest === null ? ok(null) : await ownNameIn(clone, newest);
  if (!taken.ok) return taken;
  if (taken.value !== null) throw nameTaken(clone, taken.value);
  // Not before the fetch, which takes its time: a producer may go on meanwhile.
  holdLines(clone.dir, known.value.files, clone.folders);
  const written = newest === null ? await startOrphan(clone) : await makeFilesOf(clone, newest);
  if (!written.ok) return brokenClone(clone, written.error);
  const untracked = await gitIn(clone, ['ls-files', '-z', '--others', '--', ...KEPT_PLACES]);
  if (!untracked.ok) return err(untracked.error.message);
  holdStrays(clone.dir, untracked.value.split('\0'));
  giveBackLines(clone.dir, known.value.files);
  if (newest === null) return ok(null);
  const kept = await gitIn(clone, ['update-ref', KNOWN, newest]);
  return kept.ok ? ok(newest) : err(kept.error.message);
}

async function knownState(clone: Clone): Promise<Result<Known, string>> {
  const commit = await gitIn(clone, ['rev-parse', '--verify', '--quiet', KNOWN]);
  if (!commit.ok)
    return commit.error.exitCode === NOT_THERE
      ? ok({ commit: null, files: new Map() })
      : err(commit.error.message);
  // By name, since to tell the sizes of others a sparse clone would have to fetch them.
  const paths = keptFilesIn(clone.dir);
  if (paths.length === 0) return ok({ commit: commit.value, files: new Map() });
  const listed = await gitIn(clone, ['ls-tree', '-r', '-l', '-z', KNOWN, '--', ...paths]);
  if (!listed.ok) return err(listed.error.message);
  const files = listed.value.split('\0').flatMap((entry) => {
    const [, id, bytes, path] = /^\d+ blob ([0-9a-f]+) +(\d+)\t(.*)$/s.exec(entry) ?? [];
    return id === undefined || path === undefined ? [] : [[path, { id, bytes: Number(bytes) }] as const];
  });
  return ok({ commit: commit.value, files: new Map(files) });
}

/** What `rev-parse --verify --quiet` ends with where there is no such ref. */
const NOT_THERE = 1;

/** Returns the newest commit, `null` where there is no such branch, or what is wrong with the clone. */
async function fetchNewest(clone: Clone): Promise<Result<string | null, string>> {
  const { branch, folders } = clone;
  const partial = folders === 'all' ? ok(undefined) : await makePartial(clone);
  if (!partial.ok) return err(partial.error.message);
  const filter = folders === 'all' ? '--no-filter' : '--filter=blob:none';
  const how = ['--quiet', '--depth', '1', '--no-tags', '--no-write-fetch-head', filter];
  const done = await gitIn(clone, ['fetch', ...how, 'origin', `+refs/heads/${branch}:${NEWEST}`]);
  if (done.ok) {
    const commit = await gitIn(clone, ['rev-parse', '--verify', NEWEST]);
    return commit.ok ? commit : err(commit.error.message);
  }
  if (/couldn't find remote ref/i.test(done.error.message)) return ok(null);
  return await brokenClone(clone, done.error);
}

/**
 * Tells a clone that git cannot use from a remote that cannot be reached, by asking the remote past the clone.
 *
 * @throws StateBranchError where it is the remote
 */
async function brokenClone(clone: Clone, { exitCode, message }: GitFault): Promise<Result<never, string>> {
  if (exitCode === null) throw remoteFault(clone, 'be fetched', 'contents: read', message);
  const asked = await gitIn(clone, ['ls-remote', '--quiet', clone.url, `refs/heads/${clone.branch}`]);
  if (!asked.ok) throw remoteFault(clone, 'be fetched', 'contents: read', asked.error.message);
  return err(message);
}

/**
 * Untracked files go first, so that none is in the way of one of the commit. Hidden files are no state, and stay whatever the branch says
 * of them; so do logs whose lines are kept.
 */
const CLEAN = [
  'clean',
  '--quiet',
  '--force',
  '-d',
  ...[...HIDDEN_PATTERNS, ...KEPT_PATTERNS].map((each) => `--exclude=${each}`),
];

async function makeFilesOf(clone: Clone, commit: string): Promise<Result<void, GitFault>> {
  const steps = [['symbolic-ref', 'HEAD', `refs/heads/${clone.branch}`], CLEAN];
  for (const step of steps) {
    const done = await gitIn(clone, step);
    if (!done.ok) return done;
  }
  const mounted = await mountFolders(clone, heldFolders(clone.dir));
  if (!mounted.ok) return mounted;
  const reset = await gitIn(clone, ['reset', '--quiet', '--hard', commit]);
  return reset.ok ? ok(undefined) : reset;
}

/** Hidden files at the top that are of the folder and not of the branch: a pull would put the branch's in their place. */
const OWN_NAMES = [CLAIM, HELD, LOCK_FOLDER];

/** Returns the name by which the commit has one of them. Where the disk does not tell small letters from capitals, `.KEPT` is one too. */
async function ownNameIn(clone: Clone, commit: string): Promise<Result<string | null, string>> {
  const listed = await gitIn(clone, ['ls-tree', '-z', '--name-only', commit]);
  if (!listed.ok) return err(listed.error.message);
  const names = listed.value.split('\0');
  return ok(names.find((name) => OWN_NAMES.includes(name.toLowerCase())) ?? null);
}

function nameTaken({ url, branch }: Clone, name: string): StateBranchError {
  return new StateBranchError(
    'foreign',
    `the branch ${branch} of ${url} has ${name}, which belongs to the folder and not to the state; nothing was changed here. Commit to the branch to remove ${name} from it`,
  );
}

/** Two jobs may both begin the branch: one of them is rejected, and finds it begun at its next pull. */
async function startOrphan(clone: Clone): Promise<Result<void, GitFault>> {
  const head = `refs/heads/${clone.branch}`;
  const steps = [['symbolic-ref', 'HEAD', head], ['update-ref', '-d', head], ['read-tree', '--empty'], CLEAN];
  for (const step of steps) {
    const done = await gitIn(clone, step);
    if (!done.ok) return done;
  }
  const mounted = await mountFolders(clone, heldFolders(clone.dir));
  if (mounted.ok) writeOrphanStart(clone.dir);
  return mounted;
}

function branchGone({ url, branch, dir }: Clone, commit: string): StateBranchError {
  return new StateBranchError(
    'foreign',
    `the branch ${branch} is gone from ${url}, where it was at ${commit}; nothing was changed here. Restore it there, or remove ${dir} to begin a new one without what it knew`,
  );
}

/**
 * Commits with git's plumbing: no hook, no signature and no tidying up comes in between, and the same change at the same instant is the
 * same commit.
 */
async function commit(
  clone: Clone,
  { name, email }: GitStateWorktreeOptions['author'],
  { message, atMs }: { readonly message: string; readonly atMs: number },
): Promise<string | null> {
  const local = async (args: readonly string[]): Promise<string> => {
    const done = await gitIn(clone, args, { author: { name, email, atMs } });
    if (!done.ok) throw localFault(clone, 'committed', done.error.message);
    return done.value;
  };
  if (clone.folders !== 'all') await checkMounted(local);
  const parent = await head(clone);
  await local(['add', '--all', '--force', '--', '.', ...NOT_HIDDEN]);
  if (parent === null) await local(['add', '--force', '--', ...ORPHAN_HIDDEN]);
  const tree = await local(['write-tree']);
  if (parent !== null && (await local(['rev-parse', `${parent}^{tree}`])) === tree) return null;
  const parents = parent === null ? [] : ['-p', parent];
  const made = await local(['commit-tree', tree, ...parents, '-m', message]);
  await local(['update-ref', `refs/heads/${clone.branch}`, made, parent ?? NO_COMMIT]);
  return made;
}

const NO_COMMIT = '0'.repeat(40);

/** By pathspec, and all else by force: a .gitignore of the branch must not keep new files out of a commit that then counts as whole. */
const NOT_HIDDEN = [':(exclude,glob)**/.*', ':(exclude,glob)**/.*/**'];

/** A file that was written where none is mounted would take the place of one that was never read. */
async function checkMounted(local: (args: readonly string[]) => Promise<string>): Promise<void> {
  const folders = (await local(['sparse-checkout', 'list'])).split('\n');
  const status = await local(['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames']);
  const changed = status.split('\0').map((entry) => entry.slice('?? '.length));
  const outside = changed.filter((path) => path !== '' && !isMounted(path, folders));
  assert(outside.length === 0, () => `${outside.join(', ')} was written, and is not mounted`);
}

/** Returns what was committed or pulled last, or `null` before the first commit of the branch. */
async function head(clone: Clone): Promise<string | null> {
  const found = await gitIn(clone, ['rev-parse', '--verify', '--quiet', `refs/heads/${clone.branch}`]);
  if (found.ok) return found.value;
  if (found.error.exitCode === NOT_THERE) return null;
  throw localFault(clone, 'read', found.error.message);
}

/** The branch goes first: a tag on a commit that lost the race would stay behind, on nothing. */
async function push(
  clone: Clone,
  tags: Readonly<Record<string, string>>,
  log: GitStateWorktreeOptions['log'],
): Promise<'pushed' | 'rejected'> {
  const commit = await head(clone);
  assert(commit !== null, 'nothing was committed that could be pushed');
  const ref = `refs/heads/${clone.branch}`;
  const done = await gitIn(clone, ['push', '--porcelain', '--no-verify', 'origin', `${commit}:${ref}`]);
  if (!done.ok) {
    const answer = refAnswers(done.error.output).find((each) => each.ref === ref && each.isRefused);
    if (answer !== undefined && isFaster(answer.words)) return 'rejected';
    const words = [answer?.words ?? '', done.error.message].filter((each) => each !== '').join('; ');
    throw remoteFault(clone, 'be pushed', 'contents: write', words);
  }
  await gitIn(clone, ['update-ref', KNOWN, commit]);
  await pushTags(clone, tags, log);
  return 'pushed';
}

async function pushTags(
  clone: Clone,
  tags: Readonly<Record<string, string>>,
  log: GitStateWorktreeOptions['log'],
): Promise<void> {
  const wanted = Object.entries(tags);
  if (wanted.length === 0) return;
  for (const [name, commit] of wanted) {
    assert(BRANCH_NAME.test(name) && /^[0-9a-f]{40,64}$/.test(commit), `"${name}" at ${commit} is no tag`);
    const known = await gitIn(clone, ['cat-file', '-e', `${commit}^{commit}`]);
    if (!known.ok) await gitIn(clone, ['fetch', '--quiet', '--depth', '1', '--no-tags', 'origin', commit]);
  }
  const refs = wanted.map(([name, commit]) => `${commit}:refs/tags/${name}`);
  const done = await gitIn(clone, ['push', '--porcelain', '--no-verify', 'origin', ...refs]);
  if (done.ok) return;
  const refused = refAnswers(done.error.output).filter(({ isRefused }) => isRefused);
  const names = refused.map(({ ref, words }) => `${ref.slice('refs/tags/'.length)} ${words}`);
  const what = names.length > 0 ? names.join(', ') : done.error.message;
  log?.warn(`tags that keep cited commits of ${clone.branch} were not pushed: ${what}`);
}

function localFault({ dir, branch }: Clone, what: string, said: string): StateBranchError {
  return new StateBranchError(
    'unavailable',
    `the copy of ${branch} in ${dir} could not be ${what}: ${said}; the next run makes it anew, so check the disk and the permissions of the folder first`,
  );
}
