// The remote of a runner: the lists that people merge, and the branch that takes what the runner says. None of it ever holds up the kernel.

import { join } from 'node:path';
import { stateBranchNamed } from '../../adapters/config/state-branch-name.ts';
import { addressOfRemote } from '../../adapters/git/remote-address.ts';
import { remoteFile } from '../../adapters/git/remote-file.ts';
import { gitStateWorktree } from '../../adapters/git/state-worktree.ts';
import { claimFolder } from '../../adapters/git/worktree-clone.ts';
import { LOCAL_AUTHOR } from '../../adapters/github/commit-author.ts';
import { type Env, givenVariable } from '../../adapters/github/given-variable.ts';
import { gitHubServerUrl } from '../../adapters/github/server-address.ts';
import { ALLOCATION_PATH } from '../../adapters/state/supervisor-files.ts';
import { StateBranchError } from '../../domain/github.ts';
import type { Pink } from '../../domain/pink-settings.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { checkedDurationMs } from '../../domain/time.ts';
import type { Log, Timers } from '../../ports.ts';
import type { PartHealth } from '../record.ts';
import { type GitLists, gitLists } from './git-lists.ts';
import { type GitPush, gitPush } from './git-push.ts';

const KILL_LIST_PATH = 'config/kill-list.yaml';

/** What a runner writes of the state; no more of it is cloned. */
const STATE_FOLDERS = ['alpha/events/pink', 'kernel', 'telemetry/events'];

interface GitSyncDeps {
  readonly git: NonNullable<Pink['runner']['git']>;
  readonly configDir: string;
  readonly stateDir: string;
  /** The runner's own folder. */
  readonly dataDir: string;
  readonly runnerId: string;
  readonly env: Env;
  readonly timers: Timers;
  /** In `[0, 1)`. */
  readonly random: () => number;
  readonly log: Log;
  /** Called after each look at the remote. */
  readonly onLook: () => void;
  /** Writes into the state folder what a pull takes out of it. */
  readonly restore: () => void;
}

export interface GitSync {
  readonly lists: GitLists;
  readonly push: GitPush;
  /** Both directions as one part of the runner. */
  health(): PartHealth;
}

/**
 * Finds the remote, and takes the state folder for a clone of its state branch. Asks nobody yet.
 *
 * @returns why that cannot be, in a sentence with the next step.
 */
export async function openGitSync(deps: GitSyncDeps): Promise<Result<GitSync, string>> {
  const { git, configDir, stateDir, dataDir, runnerId, timers, random, log } = deps;
  const address = await addressOfRemote(git.remote, configDir);
  if (!address.ok)
    return err(`${address.error}; set runner.git in pink.yaml to null, or to a remote that there is`);
  const url = address.value;
  const branch = stateBranchNamed(configDir);
  if (branch === null)
    return err(`${configDir}/warden.yaml does not say which branch holds the state; set state.branch there`);
  try {
    claimFolder({ url, branch, dir: stateDir, folders: STATE_FOLDERS });
  } catch (error) {
    if (error instanceof StateBranchError) return err(error.message);
    throw error;
  }
  const token = tokenFor(url, deps.env);
  const file = { url, token };
  const lists = gitLists({
    killList: remoteFile({
      ...{ ...file, branch: git.branch, path: KILL_LIST_PATH, keepsHistory: true },
      dir: join(dataDir, 'git', 'kill-list.git'),
    }),
    allocation: remoteFile({
      ...{ ...file, branch, path: ALLOCATION_PATH, keepsHistory: false },
      dir: join(dataDir, 'git', 'allocation.git'),
    }),
    shownAs: {
      killList: `${git.remote}/${git.branch}:${KILL_LIST_PATH}`,
      allocation: `${git.remote}/${branch}:${ALLOCATION_PATH}`,
    },
    everyMs: checkedDurationMs(git.every),
    ...{ timers, log, onLook: deps.onLook },
  });
  const push = gitPush({
    worktree: gitStateWorktree({
      ...{ url, branch, dir: stateDir, folders: STATE_FOLDERS, token, author: LOCAL_AUTHOR, log },
    }),
    restore: deps.restore,
    message: () => `state: kernel ${runnerId}`,
    ...{ timers, random, log },
  });
  return ok({ lists, push, health: () => worseOf(lists.health(), push.health()) });
}

/** A token of GitHub goes to GitHub only; elsewhere the person's own git signs in. */
function tokenFor(url: string, env: Env): null | (() => Promise<string | null>) {
  const server = gitHubServerUrl(env);
  const token = givenVariable(env, 'GITHUB_TOKEN');
  if (token === null || !server.ok || !url.startsWith(`${server.value}/`)) return null;
  return async () => token;
}

const RANK: Readonly<Record<PartHealth['state'], number>> = { off: 0, up: 1, stale: 2, down: 3 };

function worseOf(lists: PartHealth, push: PartHealth): PartHealth {
  const worse = RANK[push.state] > RANK[lists.state] ? push : lists;
  const why =
    worse.why === '' ? '' : `${worse === push ? 'push of the state' : 'look at the lists'}: ${worse.why}`;
  return { name: 'git', state: worse.state, why, lastAtMs: lists.lastAtMs };
}
