// The last step of a daily run: whether everything else that should run does. The app looks too, from another place.

import type { ConnectedGitHub } from '../adapters/github/environment.ts';
import type { Watched } from '../jobs/watch.ts';
import type { ScheduledStart } from '../supervision/schedule-starts.ts';
import { countedWords } from '../supervision/state-message.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type JobOutcome, refusedJob, report } from './outcome.ts';
import type { RunSession } from './run-session.ts';
import { type JobStep, jobStep, leftOut } from './run-step.ts';
import { settingsInForce } from './settings.ts';

/** Returns the step; a finding is told in an issue and is no failure of the run that found it. */
export async function watchStep(session: RunSession, context: CommandContext): Promise<JobStep<Watched>> {
  const { github } = session;
  if (github === null) return { done: leftOut('watch', 'GitHub is off'), made: null };
  const run = async () => await watched(github, context);
  return await jobStep(context, 'watch', run, { did: didWatch, fault: watchFault });
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
  return { outcome: report(exitCode, watchText(made, operations), watchJson(made, operations)), made };
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
    ...findings.map(({ what, nextStep }) => `  ${what}\n    → ${nextStep}`),
    ...failed.map(({ what, error }) => `  still owed  ${what}: ${error}`),
    ...operations.map((operation) => `  ${operation}`),
  ].join('\n');
}

function watchJson(
  { findings, schedules, unknown, keptOn, failed }: Watched,
  operations: readonly string[],
): Readonly<Record<string, unknown>> {
  return {
    findings: findings.map(({ nextStep, ...others }) => ({ ...others, next_step: nextStep })),
    schedules: schedules.map(({ path, crons, state, starts, lateness, nextAt }) => ({
      ...{ path, crons, state },
      starts: starts?.map(startJson) ?? null,
      lateness: lateness === null ? null : { median_ms: lateness.medianMs, worst_ms: lateness.worstMs },
      next_at: nextAt,
    })),
    ...{ unknown, kept_on: keptOn, failed, operations },
  };
}

function startJson({ expectedAt, run, lateMs }: ScheduledStart): Readonly<Record<string, unknown>> {
  return {
    expected_at: expectedAt,
    run_url: run?.url ?? null,
    started_at: run?.startedAt ?? null,
    late_ms: lateMs,
  };
}
