// A local GitHub for one test: a repository of acme's, clients for everybody, and an end that finds defects.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { expect, onTestFinished } from 'vitest';
import {
  type LocalGitHub,
  type LocalGitHubOptions,
  startLocalGitHub,
} from '../../../../src/adapters/github/local/local-github.ts';
import {
  createVirtualClock,
  type VirtualClock,
} from '../../../../src/adapters/github/local/virtual-clock.ts';
import { dropFolder } from '../../../one-folder.ts';
import { observeStrictly, validateWebhook } from '../openapi/validator.ts';

export const REPO = 'acme/desk';
export const AT = { owner: 'acme', repo: 'desk' } as const;
export const START_MS = Date.UTC(2026, 10, 21, 10);

export interface Hub {
  readonly github: LocalGitHub;
  readonly clock: VirtualClock;
  /** The App as installed on the repository. */
  readonly app: Octokit;
  /** A client with a token. */
  as(token: string): Octokit;
  /** A client of a person. */
  person(login: string): Octokit;
}

/** Ends a GitHub, and fails the test where something was wrong with it that no request could show. */
async function end({ github, dir }: { readonly github: LocalGitHub; readonly dir: string }): Promise<void> {
  await github.deliveries.idle();
  await github.close();
  dropFolder(dir);
  expect(github.failures.map(String)).toEqual([]);
  const findings = github.deliveries.log.flatMap(({ event, request }) =>
    validateWebhook(event, request.payload),
  );
  expect([...new Set(findings)]).toEqual([]);
}

/**
 * Starts a GitHub with the repository `acme/desk`; ada may write, rita may triage, and eve may only read. It ends with the test,
 * whose part this is: a hook of this file would run for the first file only that imports it, since files share their modules.
 */
export async function startHub(options: Partial<LocalGitHubOptions> = {}): Promise<Hub> {
  const dir = mkdtempSync(join(tmpdir(), 'local-github-'));
  const clock = createVirtualClock(START_MS);
  const github = await startLocalGitHub({
    dir,
    clock,
    webhookSecret: 'a secret of tests',
    observe: observeStrictly(),
    ...options,
  });
  onTestFinished(async () => await end({ github, dir }));
  github.world.createRepository({
    fullName: REPO,
    files: { 'README.md': '# Desk\n', 'config/warden.yaml': 'a: 1\nb: 2\n', 'src/deep/er/file.txt': 'x\n' },
  });
  github.world.setPermission(REPO, 'ada', 'write');
  github.world.setPermission(REPO, 'rita', 'triage');
  github.world.addUser('eve');
  const as = (auth: string): Octokit =>
    new Octokit({ auth, baseUrl: github.apiUrl, log: { debug() {}, info() {}, warn() {}, error() {} } });
  return {
    github,
    clock,
    app: as(github.world.installationToken(REPO)),
    as,
    person: (login) => as(github.world.userToken(login)),
  };
}

/** Returns the status and the text of a refusal, and fails where there is none. */
export async function refusal(request: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof Error && 'status' in error && typeof error.status === 'number')
      return { status: error.status, message: error.message };
    throw error;
  }
  throw new Error('expected a refusal, but the request was answered');
}
