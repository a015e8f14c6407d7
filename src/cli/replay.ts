// `warden replay`: steps through history, reconciling, training and supervising as the scheduled jobs would have done.

import { InvalidArgumentError, Option } from 'commander';
import { err, ok, type Result } from '../domain/result.ts';
import { DAY_MS, durationMs, isoFromMs, msFromIso } from '../domain/time.ts';
import type { ReplayOptions } from '../jobs/replay.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { loadPricedJob, recordRun, remarkOnEmptyState, underLock } from './job-setup.ts';
import { type Outcome, type Refusal, refusal, report } from './outcome.ts';
import { type Frame, instantMs } from './program.ts';

interface ReplayCliOptions {
  readonly from: number;
  readonly to?: number;
  readonly every: number;
  readonly trainEvery?: number;
  readonly superviseEvery?: number;
  readonly prices?: string;
}

const STEPS_MAX = 100_000;

/** Adds the command to the frame. */
export function registerReplay(frame: Frame): void {
  frame
    .command({
      usage: 'replay',
      summary: 'Step through history, reconciling and training as the scheduled jobs would have done',
      example:
        'warden replay --from 2021-01-01T00:00:00Z --to 2021-07-18T00:00:00Z --every 1d --prices candles',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.noPrices],
      writes: true,
    })
    .requiredOption('--from <iso>', 'the first instant', instantMs)
    .option('--to <iso>', 'the last instant (default: --now)', instantMs)
    .addOption(
      new Option('--every <duration>', 'the step, e.g. 30m or 1d').argParser(periodMs).default(DAY_MS, '1d'),
    )
    .option('--train-every <duration>', 'how often to train (default: at every step)', periodMs)
    .option('--supervise-every <duration>', 'how often to supervise, e.g. 1d (default: not at all)', periodMs)
    .option('--prices <dir>', 'take every market from candle files in this folder instead of the network')
    .action(
      frame.run<ReplayCliOptions>(async (context, options) => {
        const { from, every } = options;
        const to = options.to ?? context.nowMs;
        if (to < from)
          return refusal(EXIT.usage, `--to ${isoFromMs(to)} lies before --from ${isoFromMs(from)}`);
        const steps = Math.ceil((to - from) / every) + 1;
        if (steps > STEPS_MAX) {
          return refusal(
            EXIT.usage,
            `--every makes ${steps} steps; at most ${STEPS_MAX}, so take a longer step`,
          );
        }
        const job = await loadPricedJob(context, options.prices);
        if (!job.ok) return job.error;
        remarkOnEmptyState(context, 'events');
        const supervised = await superviseOptions(context, options);
        if (!supervised.ok) return supervised.error;
        const { config, agents, prices, rules, sha256 } = job.value;
        const { replay } = await import('../jobs/replay.ts');
        const { diaryJson, replayText } = await import('./replay-text.ts');
        const { disk, log, progress, codeVersion } = context;
        return await underLocks(context, async () => {
          const done = await replay(
            { disk, prices, log, progress },
            {
              fromMs: from,
              toMs: to,
              everyMs: every,
              trainEveryMs: options.trainEvery ?? every,
              reconcile: { rules, agents },
              train: { horizonsHours: config.horizons_hours, model: config.model, codeVersion },
              supervise: supervised.value,
            },
          );
          if (done.changed) {
            const { steps: stepCount, trainings, reconciled, models_saved } = done;
            await recordRun(context, 'replay', {
              counts: {
                steps: stepCount,
                trainings,
                reconciled,
                models_saved,
                supervised: done.diary === null ? 0 : 1,
              },
              price_requests: prices.requestCount(),
              config_sha256: sha256,
            });
          }
          const { asked, unavailable } = done.last_reconcile.instruments;
          const code = asked > 0 && asked === unavailable ? EXIT.noPrices : EXIT.done;
          const { diary, ...rest } = done;
          return report(code, replayText(done), {
            ...rest,
            supervision: diary === null ? null : diaryJson(diary),
          });
        });
      }),
    );
}

/** Nobody else may write what a replay writes. */
async function underLocks(context: CommandContext, run: Parameters<typeof underLock>[2]): Promise<Outcome> {
  return await underLock(context, 'reconcile', () =>
    underLock(context, 'train', () => underLock(context, 'supervise', run)),
  );
}

/** What is supervised under, or the refusal where a file is broken or the log already knows what came later. */
async function superviseOptions(
  context: CommandContext,
  options: ReplayCliOptions,
): Promise<Result<ReplayOptions['supervise'], Refusal>> {
  const { superviseEvery: everyMs, from } = options;
  if (everyMs === undefined) return ok(null);
  const { loadSettings, refusedFiles } = await import('./settings.ts');
  const settings = await loadSettings(context);
  if (!settings.ok) return err(await refusedFiles(settings.error));
  const { readVerdicts } = await import('../adapters/state/verdict-log.ts');
  const later = readVerdicts(context.disk).findLast(({ ts }) => msFromIso(ts) > from);
  if (later !== undefined) {
    const message = `the state holds a verdict of ${later.ts}, after --from ${isoFromMs(from)}: what was decided later would be judged by what was known earlier`;
    return err(refusal(EXIT.stateRefused, `${message}; replay into a fresh folder with --state`));
  }
  const { codeVersion } = context;
  const fixed = { codeVersion, stateCommit: null, lastGood: null, useCheckpoint: true };
  return ok({ settings: settings.value, everyMs, ...fixed });
}

function periodMs(text: string): number {
  const ms = durationMs(text);
  if (ms === null || ms < 60_000)
    throw new InvalidArgumentError('Expected a duration of at least 1m, e.g. 30m, 1d.');
  return ms;
}
