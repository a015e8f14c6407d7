// `warden reconcile`: signals and prices become rows. Runs every 30 minutes, so whatever it does not need is not loaded.

import type { Command } from 'commander';
import type { ReconcileReport } from '../jobs/reconcile.ts';
import { chosenHorizons, horizonsOption, type Since, sinceOption } from './choice-options.ts';
import type { CommandContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { jobUnderLock, loadPricedJob, recordRun, remarkOnEmptyState } from './job-setup.ts';
import { type JobOutcome, refusedJob, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { tellRejects } from './tell-rejects.ts';

export interface ReconcileCliOptions {
  readonly prices?: string;
  readonly horizons?: readonly number[];
  readonly since?: Since;
}

/** Adds the command to the frame. */
export function registerReconcile(frame: Frame): void {
  const command = frame.command({
    usage: 'reconcile',
    summary: 'Turn signals and prices into rows, for every horizon that has passed',
    example: 'warden reconcile --prices candles --now 2021-06-01T00:00:00Z',
    exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.lossTooHigh, EXIT.noPrices],
    writes: true,
  });
  withReconcileOptions(command).action(
    frame.run<ReconcileCliOptions>(async (context, options) => {
      remarkOnEmptyState(context, 'events');
      return (await reconcileOutcome(context, options)).outcome;
    }),
  );
}

/** Adds what only this job takes. */
export function withReconcileOptions(command: Command): Command {
  return command
    .option('--prices <dir>', 'take every market from candle files in this folder instead of the network')
    .option('--horizons <hours>', 'settle only these horizons, e.g. 1,24; the others wait', horizonsOption)
    .option(
      '--since <when>',
      'settle only signals emitted since this instant, or for this long, e.g. 7d; older ones wait',
      sinceOption,
    );
}

/** Runs the job under its lock, and leaves its provenance where it changed something. */
export async function reconcileOutcome(
  context: CommandContext,
  options: ReconcileCliOptions,
): Promise<JobOutcome<ReconcileReport>> {
  const job = await loadPricedJob(context, options.prices);
  if (!job.ok) return refusedJob(job.error);
  const { agents, prices, rules, sha256 } = job.value;
  const horizonsHours = chosenHorizons(options.horizons, rules.horizonsHours);
  if (!horizonsHours.ok) return refusedJob(horizonsHours.error);
  const { nowMs, disk, log, progress } = context;
  const choice = { horizonsHours: horizonsHours.value, sinceMs: options.since?.(nowMs) ?? null };
  const { reconcile } = await import('../jobs/reconcile.ts');
  const { reconcileText } = await import('./reconcile-text.ts');
  return await jobUnderLock(context, 'reconcile', async () => {
    const made = await reconcile({ disk, prices, log, progress }, { nowMs, rules, agents, choice });
    if (made.changed) {
      const counts = { ...made.events, due: made.due.pairs, reconciled: made.due.reconciled };
      await recordRun(context, 'reconcile', {
        counts,
        price_requests: made.price_requests,
        config_sha256: sha256,
      });
    }
    await tellRejects(context, {
      level: 'warning',
      first: made.first_rejects,
      total: made.events.invalid + made.events.conflicts,
      kept: 'alpha/rejects/reconcile',
    });
    for (const remark of made.remarks) log.warn(remark);
    return { outcome: report(exitCodeOf(made), reconcileText(made), { ...made }), made };
  });
}

/** Losing too much is an alarm even where some sources answered; one silent source among several only delays rows. */
function exitCodeOf(done: ReconcileReport): ExitCode {
  if (done.loss_too_high) return EXIT.lossTooHigh;
  const { asked, unavailable } = done.instruments;
  return asked > 0 && asked === unavailable ? EXIT.noPrices : EXIT.done;
}
