// `warden supervise`: all rows become confidence, CVaR, divergence, promotion, allocation, verdicts, and a report for people.

import type { Command } from 'commander';
import type { Supervised } from '../jobs/supervise.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { jobUnderLock, recordRun, remarkOnEmptyState } from './job-setup.ts';
import { type JobOutcome, refusal, refusedJob, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { type LoadedSettings, settingsInForce } from './settings.ts';

export interface SuperviseCliOptions {
  /** commander's name of `--no-checkpoint`. */
  readonly checkpoint: boolean;
}

/** Adds the command to the frame. */
export function registerSupervise(frame: Frame): void {
  const command = frame.command({
    usage: 'supervise',
    summary: 'Judge every agent and strategy class by the rows known by now, and say what should be done',
    example: 'warden supervise --now 2021-06-01T00:00:00Z',
    exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused],
    writes: true,
  });
  withSuperviseOptions(command).action(
    frame.run<SuperviseCliOptions>(async (context, options) => {
      remarkOnEmptyState(context, 'rows');
      const { outcome, made } = await superviseOutcome(context, options, null);
      if (made !== null) await showOnGitHub(context, made);
      return outcome;
    }),
  );
}

/** Adds what only this job takes. */
export function withSuperviseOptions(command: Command): Command {
  return command.option('--no-checkpoint', 'read every row again instead of the newest days');
}

/** What was found, and what a page about it needs besides. */
export interface SupervisedState extends Supervised {
  /** See {@link LoadedSettings}. */
  readonly lastGood: string | null;
}

/**
 * Runs the job under its lock, and leaves its provenance where it changed something.
 *
 * @param stateCommit newest commit of the state branch below what is read, where it is known.
 */
export async function superviseOutcome(
  context: CommandContext,
  { checkpoint }: SuperviseCliOptions,
  stateCommit: string | null,
): Promise<JobOutcome<SupervisedState>> {
  const loaded = await settingsInForce(context);
  if (!loaded.ok) return refusedJob(loaded.error);
  return await jobUnderLock(context, 'supervise', async () => {
    await remarkOnTornLogs(context);
    return await run(context, loaded.value, { useCheckpoint: checkpoint, stateCommit });
  });
}

async function run(
  context: CommandContext,
  { settings, lastGood }: LoadedSettings,
  how: { readonly useCheckpoint: boolean; readonly stateCommit: string | null },
): Promise<JobOutcome<SupervisedState>> {
  const { supervise } = await import('../jobs/supervise.ts');
  const { superviseText } = await import('./supervise-text.ts');
  const { nowMs, codeVersion } = context;
  const supervised = supervise(context, { nowMs, settings, codeVersion, lastGood, ...how });
  if (!supervised.ok) return refusedJob(refusal(EXIT.stateRefused, supervised.error));
  const made = { ...supervised.value, lastGood };
  const { report: found, newVerdicts, rows, rowsRead, cellLines, changed } = made;
  if (changed) {
    await recordRun(context, 'supervise', {
      counts: {
        rows,
        rows_read: rowsRead,
        verdicts: newVerdicts.length,
        cell_lines: cellLines,
        telemetry_bytes: made.telemetryBytes,
      },
      price_requests: 0,
      config_sha256: settings.config_hash,
    });
  }
  const outcome = report(lastGood === null ? EXIT.done : EXIT.usage, superviseText(made), {
    generated_at: found.generated_at,
    rows,
    rows_read: rowsRead,
    cell_lines: cellLines,
    changed,
    new_verdicts: newVerdicts,
    open_verdicts: made.openVerdicts,
    configuration_problems: lastGood,
    report: found,
  });
  return { outcome, made };
}

/** A torn line is cut off by whoever appends next, since its writer never said it was done. A person may want to know. */
async function remarkOnTornLogs({ disk, log }: CommandContext): Promise<void> {
  const { endsTorn } = await import('../adapters/state/append-log.ts');
  const cells = disk.list('supervisor/cells').map((name) => `supervisor/cells/${name}`);
  for (const path of ['supervisor/verdicts.jsonl', 'supervisor/sent.jsonl', ...cells]) {
    if (endsTorn(disk, path))
      log.warn(
        `${path} ends in a torn line, which does not count; if no run died over it, restore the file from the history of the state branch`,
      );
  }
}

/** The page of the run, where it is a job of GitHub Actions. The work is done and written by now, so a page that fails is a warning. */
async function showOnGitHub(
  context: CommandContext,
  shown: Parameters<typeof import('./supervise-text.ts').superviseText>[0],
): Promise<void> {
  const { jobSummaryOf } = await import('../adapters/actions/job-summary.ts');
  const summary = jobSummaryOf(context.host.env);
  if (summary === null) return;
  const { runSummaryMarkdown } = await import('../supervision/report-markdown.ts');
  const { report: found, openVerdicts, newVerdicts, lastGood } = shown;
  try {
    await summary.write(runSummaryMarkdown(found, { openVerdicts, lastGood }, newVerdicts));
  } catch (error) {
    context.log.warn(
      `the page of this run was not written: ${String(error)}; the report is supervisor/meta_report.md`,
    );
  }
}
