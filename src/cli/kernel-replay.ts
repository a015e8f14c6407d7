// `warden kernel replay`: applies a journal again, and holds each record to the state that it led to when it was written.

import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { JournalFault } from '../adapters/journal/journal-fault.ts';
import type { ReplayStart } from '../adapters/journal/journal-replay.ts';
import type { SegmentName } from '../adapters/journal/segment.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { JournalDisk } from '../ports.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Outcome, type Refusal, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';

interface ReplayOptions {
  readonly from?: string;
}

const EXPLANATION = `
A folder is replayed from its first record on, all its segments in order. With --from it is replayed from a snapshot on, and so is a
segment that does not begin with the first record. Nothing is written, and a kernel that is running is not disturbed.`;

/** Adds the command to the group of the kernel. */
export function registerKernelReplay(group: Frame): void {
  group
    .command({
      usage: 'replay <path>',
      summary: 'Apply a journal again, a folder or one segment, and compare every state hash',
      example: 'warden kernel replay /var/lib/pink/journal --from snapshot-000000100000.json',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.differs],
      writes: false,
      isStateless: true,
    })
    .option('--from <snapshot>', 'begin from this snapshot, a file in the same folder or a path')
    .addHelpText('after', EXPLANATION)
    .action(group.run<ReplayOptions>(replayOutcome));
}

async function replayOutcome(
  context: CommandContext,
  options: ReplayOptions,
  [path = '']: readonly string[],
): Promise<Outcome> {
  const { clock, host } = context;
  const source = await sourceAt(path, host.cwd);
  if (!source.ok) return source.error;
  const { disk, segments } = source.value;
  const start = await startOf(source.value, options.from, host.cwd);
  if (!start.ok) return start.error;
  const { isFault } = await import('../adapters/journal/journal-fault.ts');
  const { replaySegments } = await import('../adapters/journal/journal-replay.ts');
  const { replayJson, replayText, replayTally } = await import('./kernel-replay-text.ts');
  const begin = start.value;
  const tally = replayTally(isFault(begin) ? 0 : begin.state.seq);
  const beganMs = clock.nowMs();
  const replayed = isFault(begin)
    ? begin
    : replaySegments(disk, fromSegment(segments, begin.state.seq), begin, tally.watch);
  const elapsedMs = clock.nowMs() - beganMs;
  const outcome = isFault(replayed) ? { fault: replayed, ended: null } : { fault: null, ended: replayed };
  const facts = { path, from: options.from ?? null, tally, elapsedMs, ...outcome };
  return report(exitCodeOf(outcome.fault), replayText(facts), replayJson(facts));
}

function exitCodeOf(fault: JournalFault | null) {
  if (fault === null) return EXIT.done;
  return fault.kind === 'differs' ? EXIT.differs : EXIT.stateRefused;
}

interface Source {
  readonly folder: string;
  readonly disk: JournalDisk;
  readonly segments: readonly SegmentName[];
}

/** Looks at what is there before a disk is opened, which would make the folder. */
async function sourceAt(path: string, cwd: string): Promise<Result<Source, Refusal>> {
  const { nodeJournalDisk } = await import('../adapters/journal/node-journal-disk.ts');
  const { segmentsOf } = await import('../adapters/journal/segment.ts');
  const full = resolve(cwd, path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats === undefined)
    return err(refusal(EXIT.usage, `${path}: there is no such file or folder; name that of a journal`));
  const folder = stats.isDirectory() ? full : dirname(full);
  const disk = nodeJournalDisk(folder);
  const all = segmentsOf(disk);
  const segments = stats.isDirectory() ? all : all.filter(({ name }) => name === basename(full));
  if (segments.length > 0) return ok({ folder, disk, segments });
  const what = stats.isDirectory() ? 'holds no segment' : 'is no segment';
  return err(
    refusal(EXIT.stateRefused, `${path} ${what} of a journal; they are called pink-000000000001.jsonl`),
  );
}

async function startOf(
  { disk, segments, folder }: Source,
  from: string | undefined,
  cwd: string,
): Promise<Result<ReplayStart | JournalFault, Refusal>> {
  const { beginningOf } = await import('../adapters/journal/journal-replay.ts');
  const [first] = segments;
  if (from !== undefined) return await snapshotAt(from, folder, cwd);
  if (first?.first === 1) return ok(beginningOf(disk, first.name));
  const hint = 'name the snapshot before it with --from';
  return err(refusal(EXIT.usage, `${first?.name} begins with record ${first?.first}; ${hint}`));
}

async function snapshotAt(from: string, folder: string, cwd: string): Promise<Result<ReplayStart, Refusal>> {
  const { nodeJournalDisk } = await import('../adapters/journal/node-journal-disk.ts');
  const { readSnapshot } = await import('../adapters/journal/snapshot-file.ts');
  const paths = [resolve(folder, from), resolve(cwd, from)];
  const path = paths.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile() === true);
  if (path === undefined)
    return err(refusal(EXIT.usage, `--from ${from}: there is no such file here or in ${folder}`));
  const snapshot = readSnapshot(nodeJournalDisk(dirname(path)), basename(path));
  if (snapshot.ok) return ok(snapshot.value);
  const hint = 'take an older one, or replay from the first record';
  return err(refusal(EXIT.stateRefused, `--from ${from}: ${snapshot.error}; ${hint}`));
}

/** Segments that end before the snapshot have nothing to say. */
function fromSegment(segments: readonly SegmentName[], seq: number): readonly SegmentName[] {
  return segments.slice(
    Math.max(
      0,
      segments.findLastIndex(({ first }) => first <= seq + 1),
    ),
  );
}
