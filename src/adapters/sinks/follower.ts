// One sink's own way through the journal: records become rows, rows go to the sink in small batches, and the cursor follows what was taken.

import type { Random } from '../../domain/random.ts';
import { err, type Result } from '../../domain/result.ts';
import type { SinkRow } from '../../domain/sink-row.ts';
import type { Disk, JournalDisk, Log, Sink, Timers } from '../../ports.ts';
import { followJournal, type JournalFollower, type JournalPlace } from '../journal/follow-journal.ts';
import { faultText } from '../journal/journal-fault.ts';
import { readCursor, writeCursor } from './cursor-file.ts';
import { type RowMaker, rowMaker } from './row-maker.ts';
import type { PendingDecision } from './step-rows.ts';

export interface FollowerPorts {
  readonly sink: Sink;
  /** Only read. */
  readonly journal: JournalDisk;
  /** The data folder of the runner, for the cursor. */
  readonly data: Disk;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

/** How a sink is. Plain data, since it crosses threads. */
export interface SinkProgress {
  readonly name: string;
  /** The last record that is in the sink, or brought no row for it. */
  readonly seq: number;
  /** In all. */
  readonly failures: number;
  /** What went wrong last, in a sentence; `null` since it works. */
  readonly failure: string | null;
  /** When it last took rows, epoch ms. */
  readonly lastAtMs: number | null;
  /** Since when it has been writing without an answer; `null`: it is not. */
  readonly writingSinceMs: number | null;
  /** Since when something has been waiting for it. */
  readonly behindSinceMs: number | null;
}

export interface SinkFollower {
  readonly progress: SinkProgress;
  /** The journal is durable up to this record. */
  told(seq: number): void;
  /** Follows what there is, as long as that takes at most, keeps the cursor, and closes the sink. Returns how many records are left. */
  close(withinMs: number): Promise<number>;
}

const NOW = 0;
/** What came since goes together: a write for each record would be many small ones for a sink, and many waits for one disk. */
const IDLE_MS = 500;
const ROWS_MAX = 500;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/** A sink that does not work is told of again after so long. */
const TELL_EVERY_MS = 600_000;
/** Rows that come again change nothing, so the cursor may be behind; each replacement is a wait for the disk that the journal lies on. */
const CURSOR_EVERY_MS = 5_000;
const CLOSE_SINK_MS = 2_000;

/** Begins to follow, and never throws: what goes wrong is told, and tried again. */
export function followInto(ports: FollowerPorts): SinkFollower {
  const follower = new Follower(ports);
  follower.begin();
  return follower;
}

/** A place, and what has to be known there beside the state. */
interface Standing {
  readonly place: JournalPlace | null;
  readonly decisions: readonly PendingDecision[];
}

class Follower implements SinkFollower {
  private readonly ports: FollowerPorts;
  private journal: JournalFollower;
  private maker: RowMaker | null = null;
  /** Up to here everything is in the sink. */
  private taken: Standing = { place: null, decisions: [] };
  /** Whose journal the cursor is of; `null`: there was none. */
  private instance: string | null = null;
  /** Rows behind `taken`, until the sink has them. */
  private rows: readonly SinkRow[] = [];
  private durableSeq = 0;
  private failures = 0;
  private failuresInARow = 0;
  private failure: string | null = null;
  private toldFailureAtMs = Number.NEGATIVE_INFINITY;
  private lastAtMs: number | null = null;
  private writingSinceMs: number | null = null;
  private behindSinceMs: number | null = null;
  private savedSeq = -1;
  private savedAtMs = Number.NEGATIVE_INFINITY;
  private closeAtMs: number | null = null;
  private isEnded = false;
  private wake: () => void = () => undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(ports: FollowerPorts) {
    this.ports = ports;
    this.journal = followJournal(ports.journal, null);
  }

  begin(): void {
    this.readCursor();
    this.ended = this.run();
  }

  get progress(): SinkProgress {
    const { failures, failure, lastAtMs, writingSinceMs, behindSinceMs } = this;
    const { name } = this.ports.sink;
    return { name, seq: this.seq, failures, failure, lastAtMs, writingSinceMs, behindSinceMs };
  }

  told(seq: number): void {
    if (seq <= this.durableSeq) return;
    this.durableSeq = seq;
    this.behindSinceMs ??= this.ports.timers.nowMs();
  }

  async close(withinMs: number): Promise<number> {
    const { timers, sink } = this.ports;
    this.closeAtMs = timers.nowMs() + withinMs;
    this.wake();
    await this.within(withinMs, this.ended);
    this.isEnded = true;
    this.wake();
    this.saveCursor();
    const closed = sink
      .close()
      .catch((error: unknown) => this.note(`it could not be closed: ${textOf(error)}`));
    await this.within(CLOSE_SINK_MS, closed);
    return this.left;
  }

  private get seq(): number {
    return this.taken.place?.seq ?? 0;
  }

  private get left(): number {
    return Math.max(0, this.durableSeq - this.seq);
  }

  private async run(): Promise<void> {
    while (!this.isEnded) {
      const waitMs = await this.turn();
      if (this.closeAtMs !== null && this.isOver(this.closeAtMs)) return;
      // Even where there is more at once: others of this thread want their turn.
      await this.pause(waitMs);
    }
  }

  /** Whether everything was followed, or the time that closing may take is over. */
  private isOver(closeAtMs: number): boolean {
    if (this.ports.timers.nowMs() >= closeAtMs) return true;
    return this.rows.length === 0 && this.left === 0;
  }

  /** Does a little, and returns how long to wait before the next. */
  private async turn(): Promise<number> {
    try {
      if (this.rows.length > 0) return await this.writeBatch();
      const waitMs = this.look();
      this.saveWhereDue();
      return waitMs;
    } catch (error) {
      // What was read of it in part is read again.
      this.restart(this.taken, followJournal(this.ports.journal, this.taken.place));
      return this.failed(`the journal could not be read: ${textOf(error)}`);
    }
  }

  private look(): number {
    const { journal } = this;
    if (journal.state === null) this.maker = null;
    else if (this.maker === null) {
      const { instance } = journal.state.config;
      if (this.instance !== null && this.instance !== instance) {
        this.otherJournal();
        return NOW;
      }
      this.instance = instance;
      this.maker = rowMaker(journal.state, this.taken.decisions);
    }
    const { maker } = this;
    const rows: SinkRow[] = [];
    const followed = journal.look(
      (record, state) => rows.push(...(maker?.rowsOf(record, state) ?? [])),
      this.durableSeq,
    );
    switch (followed.kind) {
      case 'read':
        if (maker === null) return NOW;
        this.rows = rows;
        if (rows.length === 0) this.took();
        return NOW;
      case 'nothing':
        this.succeeded();
        if (this.left === 0) this.behindSinceMs = null;
        return IDLE_MS;
      case 'gone': {
        const { from, to } = followed;
        this.note(
          `records ${from} to ${to} of the journal are gone, and no rows are made of them; it goes on with ${to + 1}`,
        );
        this.restart({ place: journal.place, decisions: [] }, journal);
        return NOW;
      }
      case 'other':
        this.otherJournal();
        return NOW;
      case 'fault':
        this.maker = null;
        return this.failed(`the journal cannot be followed: ${faultText(followed.fault)}`);
    }
  }

  private otherJournal(): void {
    this.note('its cursor is of another journal than this one, which is followed from its first record on');
    this.instance = null;
    this.savedSeq = -1;
    this.restart({ place: null, decisions: [] }, followJournal(this.ports.journal, null));
  }

  private restart(standing: Standing, journal: JournalFollower): void {
    this.taken = standing;
    this.journal = journal;
    this.maker = null;
    this.rows = [];
  }

  private async writeBatch(): Promise<number> {
    const { sink, timers } = this.ports;
    const batch = this.rows.slice(0, ROWS_MAX);
    this.writingSinceMs = timers.nowMs();
    let result: Result<void, string>;
    try {
      result = await sink.write(batch);
    } catch (error) {
      result = err(textOf(error));
    }
    this.writingSinceMs = null;
    if (this.isEnded) return NOW;
    if (!result.ok) return this.failed(result.error);
    this.succeeded();
    this.lastAtMs = timers.nowMs();
    this.rows = this.rows.slice(batch.length);
    if (this.rows.length === 0) this.took();
    this.saveWhereDue();
    return NOW;
  }

  private took(): void {
    this.taken = { place: this.journal.place, decisions: this.maker?.pending ?? [] };
  }

  private failed(problem: string): number {
    const { random, timers, log, sink } = this.ports;
    this.failures += 1;
    this.failure = problem;
    const nowMs = timers.nowMs();
    if (nowMs - this.toldFailureAtMs >= TELL_EVERY_MS) {
      this.toldFailureAtMs = nowMs;
      log.warn(`sink ${sink.name}: ${problem}; trading goes on, and it is tried again until it works`);
    }
    const step = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(this.failuresInARow, 10));
    this.failuresInARow += 1;
    const waitMs = Math.ceil(step * (0.5 + 0.5 * random.uniform()));
    return this.closeAtMs === null ? waitMs : Math.min(waitMs, RETRY_FIRST_MS);
  }

  private succeeded(): void {
    if (this.failure === null) return;
    const { log, sink } = this.ports;
    log.info(
      `sink ${sink.name} works again, after ${this.failuresInARow} failures, ${this.left} records behind`,
    );
    this.failure = null;
    this.failuresInARow = 0;
    this.toldFailureAtMs = Number.NEGATIVE_INFINITY;
  }

  private note(text: string): void {
    this.ports.log.warn(`sink ${this.ports.sink.name}: ${text}`);
  }

  private readCursor(): void {
    let cursor: ReturnType<typeof readCursor>;
    try {
      cursor = readCursor(this.ports.data, this.ports.sink.name);
    } catch (error) {
      cursor = err(`its cursor could not be read: ${textOf(error)}`);
    }
    if (!cursor.ok)
      this.note(`${cursor.error}; the journal is followed from its first record on, so rows come again`);
    if (!cursor.ok || cursor.value === null) return;
    const { instance, seq, chain, decisions } = cursor.value;
    this.instance = instance;
    this.savedSeq = seq;
    this.restart({ place: { seq, chain }, decisions }, followJournal(this.ports.journal, { seq, chain }));
  }

  private saveWhereDue(): void {
    if (this.ports.timers.nowMs() - this.savedAtMs >= CURSOR_EVERY_MS) this.saveCursor();
  }

  private saveCursor(): void {
    const { data, sink, timers } = this.ports;
    const { place, decisions } = this.taken;
    if (place === null || this.instance === null || place.seq === this.savedSeq) return;
    this.savedAtMs = timers.nowMs();
    try {
      writeCursor(data, sink.name, { v: 1, instance: this.instance, ...place, decisions: [...decisions] });
      this.savedSeq = place.seq;
    } catch (error) {
      this.failures += 1;
      this.note(`its cursor could not be kept: ${textOf(error)}; after a restart some rows come again`);
    }
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const callOff = this.ports.timers.after(ms, resolve);
      this.wake = () => {
        callOff();
        resolve();
      };
    });
    this.wake = () => undefined;
  }

  private async within(ms: number, done: Promise<void>): Promise<void> {
    let callOff = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      callOff = this.ports.timers.after(ms, resolve);
    });
    await Promise.race([done, over]);
    callOff();
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
