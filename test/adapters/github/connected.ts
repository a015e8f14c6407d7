// The port over a patient octokit at a local GitHub, with waits that only move the clock.

import { type ConnectedGitHub, gitHubFromEnv } from '../../../src/adapters/github/environment.ts';
import { octokitGitHub } from '../../../src/adapters/github/octokit-github.ts';
import { type RetryCounts, type RetryOptions, withRetries } from '../../../src/adapters/github/retry.ts';
import type { GitHub } from '../../../src/ports.ts';
import { type Hub, REPO } from './local/hub.ts';

export const BOT = 'warden[bot]';

export interface Connected {
  readonly github: GitHub;
  readonly waits: RetryCounts;
  /** What was warned of. */
  readonly warnings: readonly string[];
  readonly sleptMs: readonly number[];
}

/** Timing that waits by moving the clock of `hub`, and writes down what it did. */
export function timingOf({
  clock,
}: Pick<Hub, 'clock'>): RetryOptions & { warnings: string[]; sleptMs: number[] } {
  const [warnings, sleptMs]: [string[], number[]] = [[], []];
  return {
    warnings,
    sleptMs,
    nowMs: () => clock.nowMs(),
    random: () => 0,
    log: { info() {}, warn: (message) => void warnings.push(message), error() {} },
    async sleep(ms) {
      sleptMs.push(ms);
      clock.advance(ms);
    },
  };
}

/** The port of the app's installation. */
export function connected(hub: Hub, octokit = hub.app, answerMs = 30_000): Connected {
  const timing = { ...timingOf(hub), answerMs };
  const waits = withRetries(octokit, timing);
  const github = octokitGitHub({ octokit, fullName: REPO, ownLogins: [BOT] });
  return { github, waits, warnings: timing.warnings, sleptMs: timing.sleptMs };
}

/** The environment of a job that is the app. */
export function appEnv({ github }: Hub): Record<string, string> {
  return {
    WARDEN_APP_ID: String(github.app.id),
    WARDEN_APP_PRIVATE_KEY: github.app.privateKey,
    GITHUB_REPOSITORY: REPO,
    GITHUB_API_URL: github.apiUrl,
  };
}

/** Connects as the environment says; returns the sentence where it is refused. */
export async function connect(
  hub: Hub,
  env: Record<string, string>,
  ownLogins: readonly string[] = [],
): Promise<ConnectedGitHub | string | null> {
  const done = await gitHubFromEnv(env, { ...timingOf(hub), ownLogins });
  return done.ok ? done.value : done.error.message;
}
