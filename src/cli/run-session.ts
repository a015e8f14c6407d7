// What every run of a job begins with: which branch of which repository, who writes there, and the folder that nobody else works in.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionsRunUrl } from '../adapters/actions/run-url.ts';
import { LOCAL_AUTHOR } from '../adapters/github/commit-author.ts';
import type { ConnectedGitHub } from '../adapters/github/environment.ts';
import { givenVariable } from '../adapters/github/given-variable.ts';
import { onceLog } from '../adapters/terminal/once-log.ts';
import { SHIPPED_STATE_BRANCH } from '../domain/config.ts';
import { GitHubError, type RepositoryFacts } from '../domain/github.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Schedule } from '../domain/run.ts';
import { isoFromMs } from '../domain/time.ts';
import type { StateWorktree } from '../ports.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Refusal, refusal } from './outcome.ts';

/** What every `warden run …` takes beside the options of its job. */
export interface RunOptions {
  readonly branch?: string;
  readonly remote?: string;
}

export interface RunSession {
  /** Of the mounted folder, which with `--dry-run` is a temporary one; its disk is that of the folder as it was before. */
  readonly context: CommandContext;
  readonly worktree: StateWorktree;
  readonly folders: readonly string[] | 'all';
  readonly place: StatePlace;
  /** `null` where GitHub is off. */
  readonly github: ConnectedGitHub | null;
  /** Address of the repository for people, or `null` where GitHub is off. */
  readonly repositoryUrl: string | null;
  /** Of issues that Warden opens. */
  readonly labels: readonly string[];
  /** Where people see this run, or `null` outside of GitHub Actions. */
  readonly runUrl: string | null;
}

/** Where the state is. */
export interface StatePlace {
  readonly url: string;
  readonly branch: string;
  /** Whether the name is certain. It is not where warden.yaml cannot be read, and such a branch is never begun. */
  readonly isCertain: boolean;
}

/** Of issues where warden.yaml is broken, and so names none. */
const SHIPPED_LABEL = 'warden';

/**
 * Opens a session and hands it to `run`. Nothing is fetched yet.
 *
 * @param folders what of the state is needed.
 */
export async function withSession<T>(
  context: CommandContext,
  folders: readonly string[] | 'all',
  options: RunOptions,
  run: (session: RunSession) => Promise<T>,
): Promise<Result<T, Refusal>> {
  const names = await configuredNames(context);
  const { connectGitHub } = await import('./publish-github.ts');
  const connected = await connectGitHub(context, { github: { own_logins: [...names.ownLogins] } });
  if (!connected.ok) {
    const { kind, message } = connected.error;
    return err(refusal(kind === 'wrong' ? EXIT.usage : EXIT.notPushed, message));
  }
  const github = connected.value;
  const url = await remoteUrl(context, options.remote);
  if (!url.ok) return url;
  const branch = options.branch ?? names.branch;
  const place = {
    url: url.value,
    branch: branch ?? SHIPPED_STATE_BRANCH,
    isCertain: branch !== null,
  };
  const found = await repositoryOf(github);
  if (!found.ok) return found;
  const repository = found.value;
  if (repository?.defaultBranch === place.branch) return err(defaultBranchRefusal(place));
  const { dryRun, host } = context;
  const stateDir = dryRun ? mkdtempSync(join(tmpdir(), 'warden-run-')) : context.stateDir;
  // What is computed again after somebody was faster would say the same again.
  const log = onceLog(context.log, ['info', 'warn', 'error']);
  const runContext = { ...context, stateDir, log };
  try {
    const worktree = await worktreeOf(runContext, place, folders, github);
    return ok(
      await run({
        ...{ context: runContext, worktree, folders, place, github },
        repositoryUrl: repository?.url ?? null,
        labels: names.labels,
        runUrl: actionsRunUrl(host.env),
      }),
    );
  } finally {
    if (dryRun) rmSync(stateDir, { recursive: true, force: true });
  }
}

interface Names {
  /** `null` where it cannot be told. */
  readonly branch: string | null;
  readonly labels: readonly string[];
  readonly ownLogins: readonly string[];
}

/** Problems of the file are told by the job that needs it. */
async function configuredNames({ configDir }: CommandContext): Promise<Names> {
  const { loadWardenConfig } = await import('../adapters/config/config-files.ts');
  const { stateBranchNamed } = await import('../adapters/config/state-branch-name.ts');
  const branch = stateBranchNamed(configDir);
  const loaded = loadWardenConfig(configDir);
  if (!loaded.ok) return { branch, labels: [SHIPPED_LABEL], ownLogins: [] };
  const { github } = loaded.value.config;
  return { branch, labels: github.labels, ownLogins: github.own_logins };
}

/** The option, else the repository of the workflow, else where the repository here comes from. */
async function remoteUrl(
  { host }: CommandContext,
  given: string | undefined,
): Promise<Result<string, Refusal>> {
  if (given !== undefined) return await addressFrom('--remote', given, host.cwd);
  const repository = givenVariable(host.env, 'GITHUB_REPOSITORY');
  if (repository !== null) {
    const { gitHubServerUrl } = await import('../adapters/github/server-address.ts');
    const server = gitHubServerUrl(host.env);
    return server.ok ? ok(`${server.value}/${repository}.git`) : err(refusal(EXIT.usage, server.error));
  }
  const { git } = await import('../adapters/git/git-command.ts');
  const origin = await git(['remote', 'get-url', 'origin'], { cwd: host.cwd, config: 'user' });
  if (origin.ok) return await addressFrom('origin', origin.value, host.cwd);
  const message = `there is no remote "origin" here (${origin.error.message}); name the repository that holds the state with --remote, or run the job inside a clone of it`;
  return err(refusal(EXIT.usage, message));
}

async function addressFrom(name: string, text: string, cwd: string): Promise<Result<string, Refusal>> {
  const { remoteAddress } = await import('../adapters/git/remote-address.ts');
  const address = remoteAddress(name, text, cwd);
  return address.ok ? address : err(refusal(EXIT.usage, address.error));
}

async function repositoryOf(
  github: ConnectedGitHub | null,
): Promise<Result<RepositoryFacts | null, Refusal>> {
  try {
    return ok(github === null ? null : await github.repository());
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return err(refusal(EXIT.notPushed, error.message));
  }
}

/** The state would become part of what people review, and what they wrote part of the state. */
function defaultBranchRefusal({ branch }: StatePlace): Refusal {
  const message = `${branch} is the default branch, and the state has one of its own; set state.branch in warden.yaml, or name another with --branch`;
  return refusal(EXIT.usage, message);
}

async function worktreeOf(
  { host, stateDir, log }: CommandContext,
  { url, branch }: StatePlace,
  folders: readonly string[] | 'all',
  github: ConnectedGitHub | null,
): Promise<StateWorktree> {
  const { gitStateWorktree } = await import('../adapters/git/state-worktree.ts');
  const { gitHubServerUrl } = await import('../adapters/github/server-address.ts');
  const server = gitHubServerUrl(host.env);
  const isOfGitHub = server.ok && url.startsWith(`${server.value}/`);
  const author = github === null ? LOCAL_AUTHOR : await github.author();
  return gitStateWorktree({
    ...{ url, branch, dir: stateDir, folders, author, log },
    // A remote that was named by hand gets no token of GitHub.
    token: github !== null && isOfGitHub ? async () => await github.token() : null,
  });
}

/** Returns what started a run by the variable of its workflow. The line is UTC, as GitHub names it. One that is none is not worth a run. */
export async function scheduleOf({ host, log, startedAtMs }: CommandContext): Promise<Schedule | null> {
  const cron = givenVariable(host.env, 'WARDEN_SCHEDULE');
  if (cron === null) return null;
  const { newestTickMs } = await import('../supervision/schedule.ts');
  const expected = newestTickMs(cron, startedAtMs);
  if (expected.ok) return { cron, expected_at: isoFromMs(expected.value) };
  log.warn(`WARDEN_SCHEDULE is not kept: ${expected.error}`);
  return null;
}
