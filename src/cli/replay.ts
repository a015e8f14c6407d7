// `warden replay`: steps through history, reconciling and training as the scheduled jobs would have done.

import { InvalidArgumentError, Option } from 'commander';
import { DAY_MS, durationMs, isoFromMs } from '../domain/time.ts';
import { EXIT } from './exit-codes.ts';
import { loadPricedJob, recordRun, underLock } from './job-setup.ts';
import { refusal, report } from './outcome.ts';
import { type Frame, instantMs } from './program.ts';

interface ReplayCliOptions {
  readonly from: number;
  readonly to?: number;
  readonly every: number;
  readonly trainEvery?: number;
  readonly prices?: string;
}

const STEPS_MAX = 100_000;

/** Adds the command to the frame. */
export function registerReplay(frame: Frame): void {
  frame
    .command({
      usage: 'replay',
      summary: 'Reconcile and train through history, step by step, as the scheduled jobs would have done',
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
        const { config, agents, prices, rules, sha256 } = job.value;
        const { replay } = await import('../jobs/replay.ts');
        const { replayText } = await import('./replay-text.ts');
        const { disk, log, progress, codeVersion } = context;
        const bothLocks = (run: Parameters<typeof underLock>[2]) =>
          underLock(context, 'reconcile', () => underLock(context, 'train', run));
        return await bothLocks(async () => {
          const done = await replay(
            { disk, prices, log, progress },
            {
              fromMs: from,
              toMs: to,
              everyMs: every,
              trainEveryMs: options.trainEvery ?? every,
              reconcile: { rules, agents },
              train: { horizonsHours: config.horizons_hours, model: config.model, codeVersion },
            },
          );
          if (done.changed) {
            const { steps: stepCount, trainings, reconciled, models_saved } = done;
            await recordRun(context, 'replay', {
              counts: { steps: stepCount, trainings, reconciled, models_saved },
              price_requests: prices.requestCount(),
              config_sha256: sha256,
            });
          }
          const { asked, unavailable } = done.last_reconcile.instruments;
          const code = asked > 0 && asked === unavailable ? EXIT.noPrices : EXIT.done;
          return report(code, replayText(done), { ...done });
        });
      }),
    );
}

function periodMs(text: string): number {
  const ms = durationMs(text);
  if (ms === null || ms < 60_000)
    throw new InvalidArgumentError('Expected a duration of at least 1m, e.g. 30m, 1d.');
  return ms;
}
