// `warden kernel replay`: applies a journal again, and holds each record to the state that it led to when it was written.

import type { JournalFault } from '../adapters/journal/journal-fault.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { fromSegment, sourceAt, startOf } from './journal-source.ts';
import { type Outcome, report } from './outcome.ts';
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
