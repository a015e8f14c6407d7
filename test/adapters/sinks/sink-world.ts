// A journal with rows in it, a sink that does as it is told, and a follower between them, in a time that passes by hand.

import type { JournalPlace } from '../../../src/adapters/journal/follow-journal.ts';
import { type FollowerPorts, followInto, type SinkFollower } from '../../../src/adapters/sinks/follower.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { randomFrom } from '../../../src/domain/random.ts';
import { err, ok, type Result } from '../../../src/domain/result.ts';
import type { SinkRow } from '../../../src/domain/sink-row.ts';
import type { Disk, JournalDisk, Sink } from '../../../src/ports.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { simulatedDisk } from '../../fakes/simulated-disk.ts';
import { freeze, mark, started } from '../journal/journal-world.ts';

/** A sink that keeps what it takes, and fails, throws or hangs while it is told to. */
export class ToldSink implements Sink {
  readonly name = 'told';
  readonly taken: SinkRow[] = [];
  readonly batches: number[] = [];
  mode: 'works' | 'fails' | 'throws' | 'hangs' = 'works';
  isClosed = false;
  /** Lets the write that hangs end. */
  release: () => void = () => undefined;

  async write(rows: readonly SinkRow[]): Promise<Result<void, string>> {
    this.batches.push(rows.length);
    if (this.mode === 'fails') return err('there is no room');
    if (this.mode === 'throws') throw new Error('a defect of the sink');
    if (this.mode === 'hangs')
      await new Promise<void>((resolve) => {
        this.release = resolve;
      });
    this.taken.push(...rows);
    return ok(undefined);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** Lets everything happen that waits for no time. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

export interface SinkWorld {
  readonly journal: JournalDisk;
  readonly data: Disk;
  readonly sink: ToldSink;
  readonly words: string[];
  /** Commits so many things, of which every second makes a row, and says so to the follower. */
  write(count: number): void;
  follower: SinkFollower;
  /** Lets `ms` pass, in steps in which everything happens that can. */
  pass(ms: number): Promise<void>;
  /** Begins a follower again, as after a crash. */
  again(): void;
}

export function sinkWorld(over: Partial<FollowerPorts> = {}): SinkWorld {
  const journal = simulatedDisk();
  const data = over.data ?? memoryDisk();
  const sink = new ToldSink();
  const timers = virtualTimers(1_000_000);
  const words: string[] = [];
  const log = {
    info: (text: string) => words.push(text),
    warn: (text: string) => words.push(text),
    error: () => undefined,
  };
  const kernel = started(journal);
  let told = 0;
  const begin = (): SinkFollower =>
    followInto({ sink, journal, data, timers, random: randomFrom(1, 'sinks'), log, ...over });
  const world: SinkWorld = {
    journal,
    data,
    sink,
    words,
    follower: begin(),
    write(count) {
      for (let at = 0; at < count; at += 1) {
        told += 1;
        kernel.apply(told % 2 === 0 ? mark(told) : freeze(told, `row ${told}`));
        kernel.commit();
      }
      world.follower.told(kernel.state.seq);
    },
    async pass(ms) {
      const until = timers.nowMs() + ms;
      await settled();
      for (;;) {
        const next = timers.nextMs();
        if (next === null || next > until) break;
        timers.advance(Math.max(0, next - timers.nowMs()));
        await settled();
      }
      timers.advance(until - timers.nowMs());
      await settled();
    },
    again() {
      world.follower = begin();
      world.follower.told(kernel.state.seq);
    },
  };
  return world;
}

/** Where the cursor of the world stands. */
export function cursorOf(data: Disk): JournalPlace | null {
  const text = data.read('cursors/told.json')?.toString('utf8') ?? null;
  return text === null ? null : (JSON.parse(text) as JournalPlace);
}
