// `warden compact`: packs the files of months that are long over, or writes them loose again. `warden run train` does the former by itself.

import { InvalidArgumentError } from 'commander';
import { checkedDurationMs, durationMs } from '../domain/time.ts';
import type { Compacted } from '../jobs/compact.ts';
import type { Disk } from '../ports.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { jobUnderLock, loadJobConfig, recordRun } from './job-setup.ts';
import { type JobOutcome, refusedJob, report } from './outcome.ts';
import type { Frame } from './program.ts';

interface CompactCliOptions {
  /** How long a month must be over, milliseconds; default: `state.compact_after` of the configuration. */
  readonly after?: number;
  /** Writes every packed file loose again instead. */
  readonly undo?: boolean;
  /** Months that are packed at most; default: all. A scheduled job has its time limit. */
  readonly monthsMax?: number;
}

/** Adds the command to the frame. */
export function registerCompact(frame: Frame): void {
  frame
    .command({
      usage: 'compact',
      summary: 'Pack the files of months that are long over, without losing a byte of them',
      example: 'warden compact --after 92d',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused],
      writes: true,
    })
    .option('--after <duration>', 'how long a month must be over (default: state.compact_after)', afterMs)
    .option('--undo', 'write every packed file loose again')
    .action(
      frame.run<CompactCliOptions>(
        async (context, options) => (await compactOutcome(context, options)).outcome,
      ),
    );
}

/**
 * Packs, or unpacks, and says what was done: `json` is `{months, files, bytes_before, bytes_after, changed}`. No lock of the state may be
 * held: it takes those of every writer, since a line that is appended between the reading of a file and its removal would be lost.
 */
export async function compactOutcome(
  context: CommandContext,
  { after, undo = false, monthsMax }: CompactCliOptions = {},
): Promise<JobOutcome<Compacted>> {
  const loaded = await loadJobConfig(context);
  if (!loaded.ok) return refusedJob(loaded.error);
  const { config, sha256 } = loaded.value;
  const compactAfterMs = after ?? checkedDurationMs(config.state.compact_after);
  const { compact, unpack } = await import('../jobs/compact.ts');
  return await underLocks(context, await writerLocks(context.disk), async () => {
    const { log, loose, progress, nowMs } = context;
    const ports = { disk: loose, log, progress };
    const done = undo
      ? unpack(ports)
      : compact(ports, { nowMs, compactAfterMs, ...(monthsMax === undefined ? {} : { monthsMax }) });
    const { months, files, bytesBefore, bytesAfter, changed } = done;
    if (changed) {
      const counts = { months: months.length, files, bytes_before: bytesBefore, bytes_after: bytesAfter };
      await recordRun(context, 'compact', { counts, price_requests: 0, config_sha256: sha256 });
    }
    const json = { months, files, bytes_before: bytesBefore, bytes_after: bytesAfter, changed };
    return { outcome: report(EXIT.done, compactText(done, undo), json), made: done };
  });
}

/** In the order in which replay takes its own, so that two that wait for each other do not exist. */
async function writerLocks(disk: Disk): Promise<string[]> {
  const { producerLock } = await import('../adapters/state/event-shards.ts');
  const { TELEMETRY_LOCK } = await import('../adapters/state/telemetry-log.ts');
  const producers = new Set([...disk.list('alpha/events'), ...disk.list('alpha/rejects')]);
  return ['reconcile', 'train', 'supervise', TELEMETRY_LOCK, ...[...producers].sort().map(producerLock)];
}

async function underLocks<T>(
  context: CommandContext,
  names: readonly string[],
  run: () => Promise<JobOutcome<T>>,
): Promise<JobOutcome<T>> {
  const [name, ...others] = names;
  if (name === undefined) return await run();
  return await jobUnderLock(context, name, async () => await underLocks(context, others, run));
}

function compactText({ months, files, bytesBefore, bytesAfter, changed }: Compacted, undo: boolean): string {
  if (!changed) return undo ? 'nothing is packed' : 'no month is over for long enough that has loose files';
  const [first, last] = [months[0], months.at(-1)];
  const which = first === last ? `${first}` : `${months.length} months, ${first} to ${last}`;
  const how = undo ? 'unpacked' : 'packed';
  const what = files === 1 ? '1 file' : `${files} files`;
  return `${how} ${which}: ${what}, ${sizeText(bytesBefore)} before, ${sizeText(bytesAfter)} after`;
}

function sizeText(bytes: number): string {
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(2)} MiB`;
}

function afterMs(text: string): number {
  const ms = durationMs(text);
  if (ms === null) throw new InvalidArgumentError('Expected a number and ms, s, m, h or d, as 92d.');
  return ms;
}
