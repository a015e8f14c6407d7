// `warden app --event`: what started this workflow is handled with the token of the environment.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectedGitHub, NotConnected } from '../adapters/github/environment.ts';
import type { AppPorts, HandledEvent } from '../app/handle-event.ts';
import type { RepositorySettings } from '../app/repository-settings.ts';
import { causesOf, causeText } from '../domain/causes.ts';
import { GitHubError } from '../domain/github.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { randomFraction } from './host.ts';
import { type Outcome, refusal, report } from './outcome.ts';

/** Handles the event. What failed is said, and the exit code tells that it is still owed. */
export async function runWorkflowEvent(context: CommandContext): Promise<Outcome> {
  const { handleWorkflowEvent, workflowEventFrom } = await import('../app/workflow-event.ts');
  const { gitHubServerUrl } = await import('../adapters/github/server-address.ts');
  const event = workflowEventFrom(context.host.env, textOf);
  if (!event.ok) return refusal(EXIT.usage, event.error);
  const serverUrl = gitHubServerUrl(context.host.env);
  if (!serverUrl.ok) return refusal(EXIT.usage, serverUrl.error);
  const connected = await connect(context);
  if (!connected.ok)
    return refusal(
      connected.error.kind === 'wrong' ? EXIT.usage : EXIT.sideEffectsOwed,
      connected.error.message,
    );
  const { github, settings } = connected.value;
  const folder = mkdtempSync(join(tmpdir(), 'warden-state-'));
  const operations: string[] = [];
  try {
    const given = { github, settings, folder, operations, serverUrl: serverUrl.value };
    const ports = await portsOf(context, given);
    const handled = await handleWorkflowEvent(ports, event.value, context.nowMs);
    if (handled.outcome === 'dropped')
      return refusal(EXIT.usage, `the event ${event.value.name} was not handled: ${handled.reason}`);
    const isOwed = handled.outcome === 'handled' && handled.owed.length > 0;
    return report(
      isOwed ? EXIT.sideEffectsOwed : EXIT.done,
      [...operations, handledText(handled)].join('\n'),
      {
        event: event.value.name,
        ...handled,
        operations,
        retries: github.waits.retries,
        waited_ms: github.waits.waitedMs,
      },
    );
  } catch (error) {
    const defect = causesOf(error).find((cause) => !(cause instanceof GitHubError));
    if (defect !== undefined) throw defect;
    return refusal(EXIT.sideEffectsOwed, owedText(event.value.name, causesOf(error)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Connected {
  readonly github: ConnectedGitHub;
  readonly settings: RepositorySettings;
}

/** Twice, because the accounts that are Warden's own are named in the configuration, which GitHub holds. */
async function connect({ host, clock, log }: CommandContext): Promise<Result<Connected, NotConnected>> {
  const { gitHubFromEnv } = await import('../adapters/github/environment.ts');
  const { repositorySettings } = await import('../app/repository-settings.ts');
  const sleep = async (ms: number): Promise<void> => await host.sleep(ms);
  const patience = { log, sleep, random: () => randomFraction(host), nowMs: () => clock.nowMs() };
  const first = await gitHubFromEnv(host.env, { ...patience, ownLogins: [] });
  if (!first.ok) return first;
  if (first.value === null)
    return err({
      kind: 'wrong',
      message:
        'there is no token for GitHub; set GITHUB_TOKEN to the token of the workflow, or WARDEN_APP_ID and WARDEN_APP_PRIVATE_KEY',
    });
  const settings = await repositorySettings(first.value);
  if (settings.ownLogins.length === 0) return ok({ github: first.value, settings });
  const second = await gitHubFromEnv(host.env, { ...patience, ownLogins: settings.ownLogins });
  if (!second.ok) return second;
  return ok({ github: second.value ?? first.value, settings });
}

async function portsOf(
  context: CommandContext,
  given: Connected & {
    readonly folder: string;
    readonly operations: string[];
    readonly serverUrl: string;
  },
): Promise<AppPorts> {
  const { gitStateBranch } = await import('../adapters/git/state-branch.ts');
  const { dryRunActions } = await import('../adapters/github/dry-run-actions.ts');
  const { dryRunGitHub } = await import('../adapters/github/dry-run-github.ts');
  const { appJobs } = await import('../app/app-jobs.ts');
  const { host, clock, log, codeVersion, dryRun } = context;
  const { github, settings, folder, operations, serverUrl } = given;
  const state = gitStateBranch({
    url: `${serverUrl}/${host.env['GITHUB_REPOSITORY'] ?? ''}.git`,
    branch: settings.stateBranch,
    dir: folder,
    token: async () => await github.token(),
  });
  const print = (operation: string): void => void operations.push(operation);
  const shown = dryRun ? dryRunGitHub(github, print) : github;
  const actions = dryRun ? dryRunActions(github.actions, github, print) : github.actions;
  const jobs = appJobs({ github: shown, actions, state, log }, { clock, codeVersion });
  return { github: shown, settings, jobs };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR'].includes(String(error.code)))
      return null;
    throw error;
  }
}

function handledText(handled: HandledEvent): string {
  if (handled.outcome !== 'handled') return `nothing was done: ${handled.reason}`;
  const owed = handled.owed.map((sentence) => `\nstill owed: ${sentence}`);
  return `done: ${handled.actions.join(', ')}${owed.join('')}`;
}

/** One cause often stops several things: it is said once. */
function owedText(event: string, causes: readonly unknown[]): string {
  const words = new Set(causes.map(causeText));
  return `the event ${event} was not handled in full; the next one, or the schedule, makes up for it: ${[...words].join('; ')}`;
}
