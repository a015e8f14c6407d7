// One file of a branch at the remote: looked at often, without a worktree, and without anything else of the repository but its shape.

import { existsSync, mkdirSync } from 'node:fs';
import { assert } from '../../domain/assert.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { git } from './git-command.ts';

export interface RemoteFileOptions {
  /** Where the repository is fetched from. Never with a login in it. */
  readonly url: string;
  readonly branch: string;
  /** Below the top of the repository, with forward slashes. */
  readonly path: string;
  /** A folder that is for this file alone; made where it is missing. What was fetched stays there for the next process. */
  readonly dir: string;
  /** Whether the commits since the first one are kept, to tell which changed the file; otherwise the newest one alone. */
  readonly keepsHistory: boolean;
  /** `null`: the person's own git signs in. A function, because tokens expire. */
  readonly token: null | (() => Promise<string | null>);
}

/** A file as it is on a branch. */
export interface BranchFile {
  /** Newest of the branch. */
  readonly head: string;
  /**
   * The one that changed the file last, among those that are kept; where none of them did, the oldest of them. Of a merge the merge
   * itself.
   */
  readonly commit: string;
  /** Without the newline at its end. `null`: the branch has no such file. */
  readonly text: string | null;
}

export interface RemoteFile {
  /** Asks the remote. `null`: there is no such branch. The error is what git said. */
  newest(): Promise<Result<BranchFile | null, string>>;
  /** What was fetched last, without asking anybody; `null`: nothing. */
  known(): Promise<Result<BranchFile | null, string>>;
}

const FETCHED = 'refs/warden/newest';

/** `git ls-remote` ends with this where it was told no such branch. */
const NO_SUCH_BRANCH = 2;

/** Returns the file. One call at a time. */
export function remoteFile(options: RemoteFileOptions): RemoteFile {
  assert(
    options.url !== '' && !options.url.startsWith('-'),
    () => `"${options.url}" is no address of a repository`,
  );
  return {
    newest: async () => await newest(await signedIn(options)),
    known: async () => (existsSync(options.dir) ? await fetchedFile(await signedIn(options)) : ok(null)),
  };
}

interface SignedIn extends RemoteFileOptions {
  readonly login: { readonly url: string; readonly token: string } | null;
}

async function signedIn(options: RemoteFileOptions): Promise<SignedIn> {
  const token = options.token === null ? null : await options.token();
  return { ...options, login: token === null ? null : { url: options.url, token } };
}

async function run(file: SignedIn, args: readonly string[]) {
  const { dir, login } = file;
  return await git(['--git-dir', dir, ...args], { cwd: dir, config: login === null ? 'user' : 'own', login });
}

async function newest(file: SignedIn): Promise<Result<BranchFile | null, string>> {
  const made = await makeRepository(file);
  if (!made.ok) return made;
  const ref = `refs/heads/${file.branch}`;
  const listed = await run(file, ['ls-remote', '--exit-code', file.url, ref]);
  if (!listed.ok) return listed.error.exitCode === NO_SUCH_BRANCH ? ok(null) : err(listed.error.message);
  const line = listed.value.split('\n').find((each) => each.endsWith(`\t${ref}`));
  if (line === undefined) return ok(null);
  const fetched = await run(file, ['rev-parse', '--verify', '--quiet', FETCHED]);
  if (!fetched.ok || fetched.value !== line.split('\t', 1)[0]) {
    // From here on the history grows by what is new, so that the commit of a change is known without all that came before.
    const depth = fetched.ok && file.keepsHistory ? [] : ['--depth=1'];
    const args = [
      'fetch',
      '--quiet',
      ...depth,
      '--filter=blob:none',
      '--no-tags',
      'origin',
      `+${ref}:${FETCHED}`,
    ];
    const done = await run(file, args);
    if (!done.ok) return err(done.error.message);
  }
  return await fetchedFile(file);
}

async function makeRepository(file: SignedIn): Promise<Result<void, string>> {
  const { dir, url } = file;
  if (!existsSync(`${dir}/HEAD`)) {
    mkdirSync(dir, { recursive: true });
    const made = await git(['init', '--bare', '--quiet', '--template=', dir], { cwd: dir, config: 'own' });
    if (!made.ok) return err(made.error.message);
  }
  const known = await run(file, ['config', 'remote.origin.url']);
  if (known.ok && known.value === url) return ok(undefined);
  const settings = [
    ['remote.origin.url', url],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialclonefilter', 'blob:none'],
    ['gc.autoDetach', 'false'],
    ['gc.pruneExpire', 'now'],
  ] as const;
  for (const [key, value] of settings) {
    const set = await run(file, ['config', key, value]);
    if (!set.ok) return err(set.error.message);
  }
  return ok(undefined);
}

async function fetchedFile(file: SignedIn): Promise<Result<BranchFile | null, string>> {
  const { path } = file;
  const head = await run(file, ['rev-parse', '--verify', '--quiet', FETCHED]);
  if (!head.ok) return ok(null);
  const listed = await run(file, ['ls-tree', '-z', '--full-tree', FETCHED, '--', path]);
  if (!listed.ok) return err(listed.error.message);
  const log = ['log', '--first-parent', '-1', '--format=%H', FETCHED, '--', path];
  const changed = await run(file, log);
  if (!changed.ok) return err(changed.error.message);
  const commit = changed.value === '' ? head.value : changed.value;
  const id = /^\d+ blob ([0-9a-f]+)\t/.exec(listed.value)?.[1];
  if (id === undefined) return ok({ head: head.value, commit, text: null });
  const content = await run(file, ['cat-file', 'blob', id]);
  return content.ok ? ok({ head: head.value, commit, text: content.value }) : err(content.error.message);
}
