// The last step of a daily run: whether everything else that should run does. The app looks too, from another place.

import type { ConnectedGitHub } from '../adapters/github/environment.ts';
import type { Watched } from '../jobs/watch.ts';
import { countedWords } from '../supervision/state-message.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type JobOutcome, refusedJob, report } from './outcome.ts';
import type { RunSession } from './run-session.ts';
import { jobStep, leftOut, type StepDone } from './run-step.ts';
import { settingsInForce } from './settings.ts';

/** Returns the step; a finding is told in an issue and is no failure of the run that found it. */
export async function watchStep(session: RunSession, context: CommandContext): Promise<StepDone> {
  const { github } = session;
  if (github === null) return leftOut('watch', 'GitHub is off');
  const run = async () => await watched(github, context);
  const { done } = await jobStep(context, 'watch', run, { did: didWatch, fault: watchFault });
  return done;
}

async function watched(connected: ConnectedGitHub, context: CommandContext): Promise<JobOutcome<Watched>> {
  const loaded = await settingsInForce(context);
  if (!loaded.ok) return refusedJob(loaded.error);
  const { watch } = await import('../jobs/watch.ts');
  const { dryRunActions } = await import('../adapters/github/dry-run-actions.ts');
  const { dryRunGitHub } = await import('../adapters/github/dry-run-github.ts');
  const { disk, dryRun, log, nowMs } = context;
  const operations: string[] = [];
  const note = (operation: string): void => void operations.push(operation);
  const github = dryRun ? dryRunGitHub(connected, note) : connected;
  const actions = dryRun ? dryRunActions(connected.actions, connected, note) : connected.actions;
  const made = await watch({ github, actions, disk, log }, { nowMs, settings: loaded.value.settings });
  const exitCode = made.failed.length > 0 ? EXIT.sideEffectsOwed : EXIT.done;
  const { findings, schedules, unknown, keptOn: kept_on, failed } = made;
  const json = { findings, schedules, unknown, kept_on, failed, operations };
  return { outcome: report(exitCode, watchText(made, operations), json), made };
}

function didWatch({ findings, unknown, failed }: Watched): string {
  const all = [
    ...countedWords([{ count: findings.length, noun: 'finding' }]),
    ...(unknown.length > 0 ? [`${unknown.length} not known`] : []),
    ...(failed.length > 0 ? [`${failed.length} still owed`] : []),
  ];
  return all.length === 0 ? 'everything runs' : all.join(', ');
}

function watchFault({ failed }: Watched): string {
  return failed.map(({ what, error }) => `${what}: ${error}`).join('\n');
}

function watchText({ findings, failed }: Watched, operations: readonly string[]): string {
  return [
    ...findings.map(({ what }) => `  ${what}`),
    ...failed.map(({ what, error }) => `  still owed  ${what}: ${error}`),
    ...operations.map((operation) => `  ${operation}`),
  ].join('\n');
}
