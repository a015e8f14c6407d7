// The GitHub part of `warden publish`: who Warden is there, what it does or would do, and the receipts of it.

import { headOf } from '../adapters/git/head-of.ts';
import { dryRunGitHub } from '../adapters/github/dry-run-github.ts';
import { type ConnectedGitHub, gitHubFromEnv, type NotConnected } from '../adapters/github/environment.ts';
import { appendReceipts, readReceipts } from '../adapters/state/receipt-log.ts';
import type { WardenConfig } from '../domain/config.ts';
import type { Result } from '../domain/result.ts';
import { effectReceipts } from '../jobs/effect-receipts.ts';
import { type GitHubPublished, publishToGitHub } from '../jobs/publish-github.ts';
import type { CommandContext } from './context.ts';
import { randomFraction } from './host.ts';

export interface GitHubDone extends GitHubPublished {
  /** Under which Warden is there. */
  readonly login: string;
  /** With `--dry-run`: each request that would have been sent. */
  readonly operations: readonly string[];
  /** Requests that were sent again, and how long was waited for that. */
  readonly retries: number;
  readonly waitedMs: number;
  /** Receipts that were new. */
  readonly receipts: number;
}

const OFF =
  'GitHub is off: set GITHUB_REPOSITORY and GITHUB_TOKEN, or WARDEN_APP_ID and WARDEN_APP_PRIVATE_KEY, to turn it on (docs/deploy.md)';

/** Returns the port to GitHub, `null` where the environment names nobody, or why there is none. */
export async function connectGitHub(
  context: CommandContext,
  { github }: { readonly github: Pick<WardenConfig['github'], 'own_logins'> },
): Promise<Result<ConnectedGitHub | null, NotConnected>> {
  const { host, clock, log } = context;
  const connected = await gitHubFromEnv(host.env, {
    ownLogins: github.own_logins,
    sleep: async (ms) => await host.sleep(ms),
    nowMs: () => clock.nowMs(),
    random: () => randomFraction(host),
    log,
  });
  if (connected.ok && connected.value === null) log.info(OFF);
  return connected;
}

/** Publishes the state, and records what was done. The caller holds the lock `publish`. */
export async function publishOnGitHub(
  context: CommandContext,
  connected: ConnectedGitHub,
  givenCommit: string | null,
): Promise<GitHubDone> {
  const { disk, log, nowMs, codeVersion, dryRun, stateDir } = context;
  const operations: string[] = [];
  const github = dryRun ? dryRunGitHub(connected, (operation) => operations.push(operation)) : connected;
  const stateCommit = givenCommit ?? (await headOf(stateDir));
  const published = await publishToGitHub({ github, disk, log }, { nowMs, stateCommit, codeVersion });
  const drafts = effectReceipts(published.effects, readReceipts(disk), { nowMs, stateCommit });
  const receipts = appendReceipts(disk, drafts);
  const { retries, waitedMs } = connected.waits;
  return { ...published, login: connected.login, operations, retries, waitedMs, receipts };
}
