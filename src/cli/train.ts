// `warden train`: rows become a model version per horizon, with its out-of-sample record and the verdict of the skill gate.

import { EXIT } from './exit-codes.ts';
import { loadJobConfig, recordRun, remarkOnEmptyState, underLock } from './job-setup.ts';
import { report } from './outcome.ts';
import type { Frame } from './program.ts';

/** Adds the command to the frame. */
export function registerTrain(frame: Frame): void {
  frame
    .command({
      usage: 'train',
      summary: 'Train a model of what a signal earns, per horizon, from the rows known by now',
      example: 'warden train --now 2021-06-01T00:00:00Z',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused],
      writes: true,
    })
    .action(
      frame.run(async (context) => {
        const loaded = await loadJobConfig(context);
        if (!loaded.ok) return loaded.error;
        const { config, sha256 } = loaded.value;
        remarkOnEmptyState(context, 'rows');
        const { train } = await import('../jobs/train.ts');
        const { trainText } = await import('./train-text.ts');
        return await underLock(context, 'train', async () => {
          const trained = train(context, {
            nowMs: context.nowMs,
            horizonsHours: config.horizons_hours,
            model: config.model,
            codeVersion: context.codeVersion,
          });
          if (trained.some((horizon) => horizon.changed)) {
            const counts = Object.fromEntries(
              trained.map((each) => [`rows_h${each.horizon_hours}`, each.pointer.n]),
            );
            await recordRun(context, 'train', { counts, price_requests: 0, config_sha256: sha256 });
          }
          return report(EXIT.done, trainText(trained), { horizons: trained });
        });
      }),
    );
}
