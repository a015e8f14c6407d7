// `warden reconcile`: signals and prices become rows. Runs every 30 minutes, so whatever it does not need is not loaded.

import type { ReconcileReport } from '../jobs/reconcile.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { loadPricedJob, recordRun, underLock } from './job-setup.ts';
import { report } from './outcome.ts';
import type { Frame } from './program.ts';
import { tellRejects } from './tell-rejects.ts';

/** Adds the command to the frame. */
export function registerReconcile(frame: Frame): void {
  frame
    .command({
      usage: 'reconcile',
      summary: 'Turn signals and prices into rows, for every horizon that has passed',
      example: 'warden reconcile --prices candles --now 2021-06-01T00:00:00Z',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.lossTooHigh, EXIT.noPrices],
      writes: true,
    })
    .option('--prices <dir>', 'take every market from candle files in this folder instead of the network')
    .action(
      frame.run<{ readonly prices?: string }>(async (context, options) => {
        const job = await loadPricedJob(context, options.prices);
        if (!job.ok) return job.error;
        const { agents, prices, rules, sha256 } = job.value;
        const { reconcile } = await import('../jobs/reconcile.ts');
        const { reconcileText } = await import('./reconcile-text.ts');
        return await underLock(context, 'reconcile', async () => {
          const { disk, log, progress } = context;
          const done = await reconcile(
            { disk, prices, log, progress },
            { nowMs: context.nowMs, rules, agents },
          );
          if (done.changed) {
            const counts = { ...done.events, due: done.due.pairs, reconciled: done.due.reconciled };
            await recordRun(context, 'reconcile', {
              counts,
              price_requests: done.price_requests,
              config_sha256: sha256,
            });
          }
          await tellRejects(context, {
            level: 'warning',
            first: done.first_rejects,
            total: done.events.invalid + done.events.conflicts,
            kept: 'alpha/rejects/reconcile',
          });
          for (const remark of done.remarks) context.log.warn(remark);
          const code = exitCodeOf(done);
          return report(code, reconcileText(done), { ...done });
        });
      }),
    );
}

/** Losing too much is an alarm even where some sources answered; one silent source among several only delays rows. */
function exitCodeOf(done: ReconcileReport): ExitCode {
  if (done.loss_too_high) return EXIT.lossTooHigh;
  const { asked, unavailable } = done.instruments;
  return asked > 0 && asked === unavailable ? EXIT.noPrices : EXIT.done;
}
