// `warden ingest`: whole files of events at once, also those of the older shape, also packed.

import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Market } from '../domain/market.ts';
import type { IngestReport } from '../jobs/ingest.ts';
import { EXIT } from './exit-codes.ts';
import {
  type IntakeOptions,
  intakeTarget,
  lockedRefusal,
  producerName,
  recordIntake,
} from './intake-options.ts';
import { refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';

// Written out, because the domain's list would load the schema library for every `warden --help`.
const MARKET_CHOICES = ['spot', 'perp', 'equity'] as const satisfies readonly Market[];

/** Adds the command to the frame. */
export function registerIngest(frame: Frame): void {
  frame
    .command({
      usage: 'ingest <file...>',
      summary: 'Append the events of files (JSON lines, .gz too); a second run adds nothing',
      example: 'warden ingest alpha/events.jsonl --market spot',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.inputRejected, EXIT.usage, EXIT.stateRefused],
      writes: true,
    })
    .option('--producer <name>', 'who writes: the folder of the events', producerName, 'ingest')
    .addOption(new Option('--market <market>', 'market of events that name none').choices(MARKET_CHOICES))
    .option('--telemetry', 'the lines are telemetry events (runs of agents), not alpha events')
    .action(
      frame.run<IntakeOptions>(async (context, options, files) => {
        const { ingest } = await import('../jobs/ingest.ts');
        const target = await intakeTarget(context, options);
        const paths = files.map((file) => resolve(context.host.cwd, file));
        const done = await ingest(paths, target, context.progress);
        if (!done.ok) {
          const { error } = done;
          if (error.kind === 'locked') return lockedRefusal(error.held, error.counts);
          return refusal(EXIT.usage, `${error.message}; nothing was read, name files that exist`);
        }
        const { counts, rejects, unreadable } = done.value;
        await recordIntake(context, 'ingest', counts);
        for (const fault of unreadable)
          context.log.error(`${fault}; what stood before is kept, ingest the whole file again`);
        const isClean = rejects.length === 0 && unreadable.length === 0;
        return report(isClean ? EXIT.done : EXIT.inputRejected, await summaryText(done.value), {
          ...counts,
          rejects,
          unreadable,
        });
      }),
    );
}

async function summaryText({ counts, rejects }: IngestReport): Promise<string> {
  const { tableText } = await import('../adapters/terminal/table.ts');
  const totals = tableText({
    rows: [
      ['read', counts.read],
      ['appended', counts.appended],
      ['duplicates', counts.duplicates],
      ['conflicts', counts.conflicts],
      ['rejected', counts.rejected],
    ],
  });
  if (rejects.length === 0) return totals;
  const rows = rejects.flatMap(({ code, count, examples }) =>
    examples.map((example, at) => (at === 0 ? [code, count, example] : ['', '', example])),
  );
  return `${totals}\n\n${tableText({ head: ['code', 'lines', 'first examples'], rows })}`;
}
