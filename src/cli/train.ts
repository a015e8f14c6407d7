// `warden train`: rows become a model version per horizon, with its out-of-sample record and the verdict of the skill gate.

import type { Command } from 'commander';
import type { TrainedHorizon } from '../jobs/train.ts';
import { chosenHorizons, horizonsOption, windowOption } from './choice-options.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { jobUnderLock, loadJobConfig, recordRun, remarkOnEmptyState } from './job-setup.ts';
import { type JobOutcome, refusedJob, report } from './outcome.ts';
import type { Frame } from './program.ts';

export interface TrainCliOptions {
  readonly horizons?: readonly number[];
  /** Milliseconds. */
  readonly window?: number;
}

/** Adds the command to the frame. */
export function registerTrain(frame: Frame): void {
  const command = frame.command({
    usage: 'train',
    summary: 'Train a model of what a signal earns, per horizon, from the rows known by now',
    example: 'warden train --now 2021-06-01T00:00:00Z',
    exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused],
    writes: true,
  });
  withTrainOptions(command).action(
    frame.run<TrainCliOptions>(async (context, options) => {
      remarkOnEmptyState(context, 'rows');
      return (await trainOutcome(context, options)).outcome;
    }),
  );
}

/** Adds what only this job takes. */
export function withTrainOptions(command: Command): Command {
  return command
    .option('--horizons <hours>', 'train only these horizons, e.g. 1,24', horizonsOption)
    .option('--window <duration>', 'train only on rows that ended within this time, e.g. 180d', windowOption);
}

/** Runs the job under its lock, and leaves its provenance where it changed something. */
export async function trainOutcome(
  context: CommandContext,
  options: TrainCliOptions,
): Promise<JobOutcome<readonly TrainedHorizon[]>> {
  const loaded = await loadJobConfig(context);
  if (!loaded.ok) return refusedJob(loaded.error);
  const { config, sha256 } = loaded.value;
  const chosen = chosenHorizons(options.horizons, config.horizons_hours);
  if (!chosen.ok) return refusedJob(chosen.error);
  const { nowMs, codeVersion } = context;
  const { train } = await import('../jobs/train.ts');
  const { trainText } = await import('./train-text.ts');
  return await jobUnderLock(context, 'train', async () => {
    const made = train(context, {
      nowMs,
      codeVersion,
      horizonsHours: chosen.value ?? config.horizons_hours,
      fromMs: options.window === undefined ? null : nowMs - options.window,
      model: config.model,
    });
    if (made.some((horizon) => horizon.changed)) {
      const counts = Object.fromEntries(made.map((each) => [`rows_h${each.horizon_hours}`, each.pointer.n]));
      await recordRun(context, 'train', { counts, price_requests: 0, config_sha256: sha256 });
    }
    return { outcome: report(EXIT.done, trainText(made), { horizons: made }), made };
  });
}
