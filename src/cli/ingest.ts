// `warden ingest`: whole files of events at once, also those of the older shape, also packed.

import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Market } from '../domain/market.ts';
import type { RejectCode } from '../domain/reject.ts';
import type { IngestReport } from '../jobs/ingest.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import {
  type IntakeOptions,
  intakeTarget,
  lockedRefusal,
  producerName,
  recordIntake,
} from './intake-options.ts';
import { type JobOutcome, refusal, refusedJob, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { annotateRejects } from './tell-rejects.ts';

// Written out, because the domain's list would load the schema library for every `warden --help`.
const MARKET_CHOICES = ['spot', 'perp', 'equity'] as const satisfies readonly Market[];

/** Adds the command to the frame. */
export function registerIngest(frame: Frame): void {
  const command = frame.command({
    usage: 'ingest <file...>',
    summary: 'Append the events of files (JSON lines, .gz too); a second run adds nothing',
    example: 'warden ingest alpha/events.jsonl --market spot',
    exitCodes: [EXIT.done, EXIT.defect, EXIT.inputRejected, EXIT.usage, EXIT.stateRefused],
    writes: true,
  });
  withIngestOptions(command).action(
    frame.run<IntakeOptions>(async (context, options, files) => {
      const paths = files.map((file) => ({ path: resolve(context.host.cwd, file) }));
      return (await ingestOutcome(context, options, paths)).outcome;
    }),
  );
}

/** Adds what only this job takes. */
export function withIngestOptions(command: Command): Command {
  return command
    .option('--producer <name>', 'who writes: the folder of the events', producerName, 'ingest')
    .addOption(new Option('--market <market>', 'market of events that name none').choices(MARKET_CHOICES))
    .option('--telemetry', 'the lines are telemetry events (runs of agents), not alpha events');
}

/** A file to read, and what people know it by where that is not its path. */
export interface NamedFile {
  readonly path: string;
  readonly name?: string;
}

/** Stores the lines of the files, and leaves its provenance where that changed something. */
export async function ingestOutcome(
  context: CommandContext,
  options: IntakeOptions,
  files: readonly NamedFile[],
): Promise<JobOutcome<IngestReport>> {
  const { ingest } = await import('../jobs/ingest.ts');
  const target = await intakeTarget(context, options);
  const paths = files.map(({ path }) => path);
  const done = await ingest(paths, target, context.progress);
  if (!done.ok) {
    const { error } = done;
    if (error.kind === 'locked') return refusedJob(lockedRefusal(error.held, error.counts));
    return refusedJob(refusal(EXIT.usage, `${error.message}; nothing was read, name files that exist`));
  }
  const made = done.value;
  const { counts, rejects, first_rejects, unreadable, remarks } = made;
  await recordIntake(context, 'ingest', counts);
  const names = new Map(files.map(({ path, name }) => [path, name]));
  await annotateRejects(context, {
    level: 'error',
    first: first_rejects.map((place) => ({ ...place, file: names.get(place.file) ?? place.file })),
    total: counts.rejected + counts.conflicts,
    kept: `alpha/rejects/${target.producer}`,
  });
  for (const fault of unreadable)
    context.log.error(`${fault}; what stood before is kept, ingest the whole file again`);
  for (const remark of remarks) context.log.warn(remark);
  const isClean = rejects.length === 0 && unreadable.length === 0;
  const text = await summaryText(made, target.producer);
  const outcome = report(isClean ? EXIT.done : EXIT.inputRejected, text, {
    ...counts,
    rejects,
    unreadable,
    remarks,
  });
  return { outcome, made };
}

async function summaryText({ counts, rejects }: IngestReport, producer: string): Promise<string> {
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
  const lines = [totals, '', tableText({ head: ['code', 'lines', 'first examples'], rows })];
  const isOtherFormat =
    counts.rejected === counts.read && rejects.every(({ code }) => FORMAT_CODES.includes(code));
  if (isOtherFormat) lines.push('no line is an event: expected one JSON object per line, in UTF-8');
  lines.push(
    `all of them are kept in alpha/rejects/${producer}; mend them in their source and ingest it again`,
  );
  return lines.join('\n');
}

/** A file of another format has nothing else to show than these. */
const FORMAT_CODES: readonly RejectCode[] = ['malformed_json', 'torn_tail'];
