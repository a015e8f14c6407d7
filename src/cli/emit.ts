// `warden emit`: events of agents in any language, one JSON object per line on standard input.

import { EXIT } from './exit-codes.ts';
import {
  type IntakeOptions,
  intakeTarget,
  lockedRefusal,
  producerName,
  recordIntake,
} from './intake-options.ts';
import { report } from './outcome.ts';
import type { Frame } from './program.ts';

/** Adds the command to the frame. */
export function registerEmit(frame: Frame): void {
  frame
    .command({
      usage: 'emit',
      summary: 'Append events from standard input, one JSON object per line',
      example: `echo '{"ts":"2026-11-21T10:00:00Z","agent":"momo","symbol":"BTC/USDT","direction":"LONG"}' | warden emit`,
      exitCodes: [EXIT.done, EXIT.defect, EXIT.inputRejected, EXIT.usage, EXIT.stateRefused],
      writes: true,
    })
    .option('--producer <name>', 'who writes: the folder of the events', producerName, 'emit')
    .option('--telemetry', 'the lines are telemetry events (runs of agents), not alpha events')
    .action(
      frame.run<IntakeOptions>(async (context, options) => {
        const { emit } = await import('../jobs/emit.ts');
        const { placedReason } = await import('../jobs/intake-record.ts');
        const target = await intakeTarget(context, options);
        const { log, host } = context;
        if (host.stdin.isTTY === true) log.info('reading events from the terminal; end with Ctrl-D');
        const eventIds: string[] = [];
        const done = await emit(
          host.stdin,
          target,
          (reject) => log.info(placedReason(reject)),
          (ids) => {
            if (context.json) eventIds.push(...ids);
          },
        );
        if (!done.ok) return lockedRefusal(done.error.held, done.error.counts);
        const { counts, remarks } = done.value;
        for (const remark of remarks) log.warn(remark);
        await recordIntake(context, 'emit', counts);
        const setAside = counts.rejected + counts.conflicts;
        if (setAside > 0)
          log.warn(`${setAside} of ${counts.read} lines were set aside in alpha/rejects/${target.producer}`);
        return report(
          setAside > 0 ? EXIT.inputRejected : EXIT.done,
          `${counts.read} read: ${counts.appended} appended, ${counts.duplicates} already there, ${setAside} set aside`,
          { ...counts, event_ids: eventIds, remarks },
        );
      }),
    );
}
