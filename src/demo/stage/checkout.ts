// The person's clone of the demo: main as it is at the GitHub of this machine, and in it the state branch as a worktree.

import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git } from '../../adapters/git/git-command.ts';
import { writeOrphanStart } from '../../adapters/git/orphan-start.ts';
import type { CommitAuthor } from '../../adapters/github/commit-author.ts';
import { assert } from '../../domain/assert.ts';

export interface CheckoutOptions {
  /** Becomes the clone. */
  readonly dir: string;
  /** Bare repository that the clone names as its origin, so that it still has one once the demo is over. */
  readonly originDir: string;
  /** Where that repository is served over HTTP meanwhile, and with which token. */
  readonly url: string;
  readonly token: string;
  readonly stateBranch: string;
  readonly author: CommitAuthor;
  nowMs(): number;
}

export interface Checkout {
  /** The worktree of the state branch. */
  readonly stateDir: string;
  /** Commits the whole state, and returns whether there was anything to commit. */
  commitState(message: string): Promise<boolean>;
  /** Pushes the state branch. */
  pushState(): Promise<void>;
  /** Brings main up to date. */
  pullMain(): Promise<void>;
}

const MAIN = 'main';
/** Leaves no note of where it was served from, which is nowhere once the demo is over. */
const FETCH_MAIN = ['fetch', '--quiet', '--no-write-fetch-head', 'origin', MAIN];
const STATE_FOLDER = join('state', 'data');

/**
 * Tells of the runs themselves, with the times of this machine, so that it stays out of commits: two demos alike have the same ones.
 */
const NOT_COMMITTED = '/runs/\n';

/**
 * Many small commits of one process: nothing is tidied up, flushed to the disk or compressed against other objects, whose threads leave
 * other bytes each time.
 */
const QUICK = [
  'gc.auto=0',
  'maintenance.auto=false',
  'core.fsync=none',
  'pack.window=0',
  'pack.compression=1',
];

/** Makes the clone and its worktree. The state branch begins with the first commit to it. */
export async function openCheckout(options: CheckoutOptions): Promise<Checkout> {
  const { dir, originDir, stateBranch } = options;
  const stateDir = join(dir, STATE_FOLDER);
  mkdirSync(dir, { recursive: true });
  const run = runner(options);
  await run(dir, ['init', '--quiet', '--template=', `--initial-branch=${MAIN}`]);
  await run(dir, ['remote', 'add', 'origin', originDir]);
  mkdirSync(join(dir, '.git', 'info'), { recursive: true });
  appendFileSync(join(dir, '.git', 'info', 'exclude'), NOT_COMMITTED);
  await run(dir, FETCH_MAIN);
  await run(dir, ['checkout', '--quiet', '--track', '-B', MAIN, `origin/${MAIN}`]);
  mkdirSync(dirname(stateDir), { recursive: true });
  await run(dir, ['worktree', 'add', '--quiet', '--no-checkout', '--detach', STATE_FOLDER]);
  await run(stateDir, ['symbolic-ref', 'HEAD', `refs/heads/${stateBranch}`]);
  await run(stateDir, ['read-tree', '--empty']);
  writeOrphanStart(stateDir);
  return {
    stateDir,
    commitState: async (message) => await commitState(options, stateDir, message),
    async pushState() {
      await run(stateDir, ['push', '--quiet', '--no-verify', 'origin', stateBranch]);
    },
    async pullMain() {
      await run(dir, FETCH_MAIN);
      await run(dir, ['merge', '--quiet', '--ff-only', `origin/${MAIN}`]);
    },
  };
}

async function commitState(options: CheckoutOptions, stateDir: string, message: string): Promise<boolean> {
  const run = runner(options);
  await run(stateDir, ['add', '--all', '--', '.']);
  const done = await quickly(options, stateDir, ['commit', '--quiet', '--no-verify', '--message', message]);
  if (done.ok) return true;
  const said = done.error.message;
  assert(/^nothing (added )?to commit\b/.test(said), () => `git commit failed: ${said}`);
  return false;
}

/** The repository was made here and nobody else works in it: what git refuses is a defect. */
function runner(options: CheckoutOptions): (cwd: string, args: readonly string[]) => Promise<string> {
  return async (cwd, args) => {
    const done = await quickly(options, cwd, args);
    assert(done.ok, () => `git ${args[0]} failed: ${done.ok ? '' : done.error.message}`);
    return done.value;
  };
}

function quickly(
  { originDir, url, token, author, nowMs }: CheckoutOptions,
  cwd: string,
  args: readonly string[],
): ReturnType<typeof git> {
  // Over HTTP, as everybody reaches GitHub: only so does it hear of a push.
  const settings = [...QUICK, `url.${url}.insteadOf=${originDir}`].flatMap((each) => ['-c', each]);
  return git([...settings, ...args], {
    ...{ cwd, config: 'own', login: { url, token } },
    author: { ...author, atMs: nowMs() },
  });
}
