// The StateBranch port over git: the newest commit of the state branch, fetched without its history, as files that are only read.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitHubError } from '../../domain/github.ts';
import type { StateBranch } from '../../ports.ts';
import { checkOut } from './checkout.ts';
import { git } from './git-command.ts';
import { readOnlyDisk } from './read-only-disk.ts';

export interface GitStateBranchOptions {
  /** Where the repository is cloned from. Never with a login in it. */
  readonly url: string;
  /** `warden-state`. */
  readonly branch: string;
  /** A folder that this process alone uses. Made where it is missing; it may be removed at any time in between. */
  readonly dir: string;
  /** `null` for a repository that everybody may read. A function where tokens expire. */
  readonly token: string | null | (() => Promise<string | null>);
}

type Newest = Awaited<ReturnType<StateBranch['newest']>>;

/** Whoever reads one commit may go on while the next ones are fetched: a run pushes its state, and soon after what it has sent. */
const CHECKOUTS_KEPT = 4;

/**
 * Returns the port. Calls at the same time share one look at the remote, which begins after each of them: what was pushed before
 * a call is seen by it.
 *
 * @throws GitHubError from `newest` where the remote cannot be asked.
 */
export function gitStateBranch(options: GitStateBranchOptions): StateBranch {
  let next: Promise<Newest> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let given: readonly string[] = [];
  return {
    newest() {
      if (next === null) {
        const look = async (): Promise<Newest> => {
          next = null;
          const newest = await newestOf(options);
          if (newest === null) return null;
          given = [newest.commit, ...given.filter((commit) => commit !== newest.commit)].slice(
            0,
            CHECKOUTS_KEPT,
          );
          removeOthers(options.dir, given);
          return newest;
        };
        next = last.then(look, look);
        last = next;
      }
      return next;
    },
  };
}

async function newestOf(options: GitStateBranchOptions): Promise<Newest> {
  const { dir } = options;
  mkdirSync(dir, { recursive: true });
  const token = typeof options.token === 'function' ? await options.token() : options.token;
  const remote: Remote = { ...options, login: token === null ? null : { url: options.url, token } };
  const listed = await remoteHead(remote);
  if (listed === null) return null;
  const commit = existsSync(join(dir, listed)) ? listed : await fetched(remote);
  const files = join(dir, commit);
  if (!existsSync(files)) {
    const done = await checkOut(join(dir, REPOSITORY), commit, files);
    if (!done.ok) throw fault(remote, 'be checked out', done.error);
  }
  return { commit, disk: readOnlyDisk(files, () => fault(remote, 'be read on', MOVED_ON)) };
}

const MOVED_ON = 'it has moved on by several commits since this one was read';

interface Remote {
  readonly url: string;
  readonly branch: string;
  readonly dir: string;
  readonly login: { readonly url: string; readonly token: string } | null;
}

const REPOSITORY = 'repository.git';
const FETCHED = 'refs/warden/newest';

/** git ls-remote ends with this where it was told no such branch. */
const NO_SUCH_BRANCH = 2;

async function remoteHead({ url, branch, dir, login, ...rest }: Remote): Promise<string | null> {
  const args = ['ls-remote', '--exit-code', url, `refs/heads/${branch}`];
  const listed = await git(args, { cwd: dir, config: 'own', login });
  if (listed.ok) return exactly(listed.value, `refs/heads/${branch}`);
  if (listed.error.exitCode === NO_SUCH_BRANCH) return null;
  throw fault({ url, branch, dir, login, ...rest }, 'be asked for', listed.error.message);
}

/** Git also lists branches whose name only ends like that: `x/refs/heads/warden-state`. */
function exactly(listed: string, ref: string): string | null {
  const found = listed.split('\n').find((line) => line.endsWith(`\t${ref}`));
  return found?.slice(0, 40) ?? null;
}

/** Old commits are dropped as git tidies up after itself: nothing points at them any more. */
const TIDY = ['-c', 'gc.pruneExpire=now', '-c', 'gc.autoDetach=false'];

/** Counts before the attributes in the commit, which could have its bytes converted. */
export const NO_CONVERSION = '* -text -ident !filter !working-tree-encoding\n';

async function fetched(remote: Remote): Promise<string> {
  const { url, branch, dir, login } = remote;
  const repository = join(dir, REPOSITORY);
  if (!existsSync(repository)) {
    const made = await git(['init', '--bare', '--quiet', repository], { cwd: dir, config: 'own' });
    if (!made.ok) throw fault(remote, 'be fetched', made.error.message);
    mkdirSync(join(repository, 'info'), { recursive: true });
    writeFileSync(join(repository, 'info', 'attributes'), NO_CONVERSION);
  }
  const fetch = ['fetch', '--quiet', '--depth', '1', '--no-tags', url, `+refs/heads/${branch}:${FETCHED}`];
  const done = await git([...TIDY, ...fetch], { cwd: repository, config: 'own', login });
  if (!done.ok) {
    // A git that was ended leaves its locks behind, which would refuse every later fetch. The next one begins afresh.
    rmSync(repository, { recursive: true, force: true });
    throw fault(remote, 'be fetched', done.error.message);
  }
  const commit = await git(['rev-parse', '--verify', FETCHED], { cwd: repository, config: 'own' });
  if (!commit.ok) throw fault(remote, 'be fetched', commit.error.message);
  return commit.value;
}

function removeOthers(dir: string, kept: readonly string[]): void {
  for (const name of readdirSync(dir)) {
    const isLeft = /^[0-9a-f]{40}$/.test(name) && !kept.includes(name);
    // All at once: whoever still reads it must not see half of it.
    if (isLeft) renameSync(join(dir, name), join(dir, `.${name}${REMOVED}`));
  }
  for (const name of readdirSync(dir).filter((each) => each.endsWith(REMOVED)))
    rmSync(join(dir, name), { recursive: true, force: true });
}

const REMOVED = '.removed';

function fault({ branch, url }: Remote, what: string, said: string): GitHubError {
  const isRefused = /authentication|could not read Username|\b40[13]\b|permission denied|access denied/i.test(
    said,
  );
  const isMissing = /not found|does not exist|not appear to be a git/i.test(said);
  const kind = isRefused ? 'forbidden' : isMissing ? 'missing' : 'unavailable';
  const nextStep =
    kind === 'forbidden'
      ? 'give the app or the token the permission contents: read'
      : kind === 'missing'
        ? 'check the name of the repository, and that the app or the token may see it'
        : 'the next run tries again';
  return new GitHubError(
    kind,
    null,
    `the branch ${branch} of ${url} could not ${what}: ${said}; ${nextStep}`,
  );
}
