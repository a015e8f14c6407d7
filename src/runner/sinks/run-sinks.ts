// All sinks of a runner in one thread, each with its own way through the journal.

import { nodeJournalDisk } from '../../adapters/journal/node-journal-disk.ts';
import { followInto, type SinkFollower, type SinkProgress } from '../../adapters/sinks/follower.ts';
import { nodeDisk } from '../../adapters/state/node-disk.ts';
import { randomFrom } from '../../domain/random.ts';
import { openSinks, type SinkParts, type SinkPlaces } from './open-sinks.ts';

export interface RunSinks extends SinkPlaces {
  /** The journal's folder; only read. */
  readonly journalDir: string;
  /** Of the moments at which what failed is tried again. */
  readonly seed: number;
}

export interface RunningSinks {
  /** The journal is durable up to this record. */
  told(seq: number): void;
  progress(): readonly SinkProgress[];
  /** Follows what there is, as long as that takes at most. Returns how each sink then stands. */
  close(withinMs: number): Promise<readonly SinkProgress[]>;
}

/** Opens the configured sinks, and begins to follow. */
export async function runSinks(options: RunSinks, parts: Omit<SinkParts, 'data'>): Promise<RunningSinks> {
  const { journalDir, dataDir, seed, isDurable = true } = options;
  const data = nodeDisk(dataDir, { durable: isDurable });
  const sinks = await openSinks(options, { ...parts, data });
  const { timers, log } = parts;
  const followers: readonly SinkFollower[] = sinks.map((sink) =>
    followInto({
      sink,
      journal: nodeJournalDisk(journalDir),
      data,
      timers,
      random: randomFrom(seed, sink.name),
      log,
    }),
  );
  const progress = (): readonly SinkProgress[] => followers.map((follower) => follower.progress);
  return {
    told(seq) {
      for (const follower of followers) follower.told(seq);
    },
    progress,
    async close(withinMs) {
      await Promise.all(followers.map((follower) => follower.close(withinMs)));
      return progress();
    },
  };
}
