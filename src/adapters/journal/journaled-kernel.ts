// The one writer: it steps the kernel in memory, and lets no effect out before the record that holds it is durable.

import { assert } from '../../domain/assert.ts';
import { problemText } from '../../domain/problem.ts';
import type { EpochMs } from '../../domain/steps.ts';
import { encodeEvent } from '../../kernel/codec.ts';
import { encodeConfig } from '../../kernel/codec-state.ts';
import type { Effect } from '../../kernel/effect.ts';
import type { KernelEvent, MarkEvent } from '../../kernel/event.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { KernelState } from '../../kernel/state.ts';
import { step } from '../../kernel/step.ts';
import type { JournalDisk } from '../../ports.ts';
import { hashOf } from './journal-line.ts';
import type { JournalWriter, WriteResult } from './journal-writer.ts';
import { writeSnapshot } from './snapshot-file.ts';
import { isNoSpace } from './whole-file.ts';

export interface JournalPolicy {
  /** A snapshot after this many records. */
  readonly snapshotEvery: number;
  /** A segment that is longer is followed by another. It is read as a whole. */
  readonly segmentBytes: number;
  /** What exits are journaled in where the disk is full. */
  readonly reserveBytes: number;
  /** While the disk is full, one price of a symbol in this time is enough: the reserve is for what cannot be had again. */
  readonly fullMarkEveryMs: number;
  /** How often room for the reserve is looked for while the disk is full. */
  readonly fullRetryMs: number;
}

export const JOURNAL_POLICY: JournalPolicy = {
  snapshotEvery: 100_000,
  segmentBytes: 67_108_864,
  reserveBytes: 8_388_608,
  fullMarkEveryMs: 1_000,
  fullRetryMs: 60_000,
};

/** Hears of a record as it is applied, before it is durable: also of those that the journal makes by itself. */
export type AppliedWatch = (seq: number, event: KernelEvent, outcome: Outcome) => void;

export interface JournaledKernel {
  /** Read it; only `apply` changes it. */
  readonly state: KernelState;
  /** Why this kernel takes nothing any more, in a sentence for a person; `null` while it does. */
  readonly halted: string | null;
  /** Whether it lives on the reserve. */
  readonly isDiskFull: boolean;
  /** Digest of the last seal: it stands for every byte of the journal before it. */
  readonly chain: string;
  /** Records that are not durable yet. Commit at the latest every 1,024. */
  readonly pending: number;
  /** Default: nobody. */
  watch: AppliedWatch;
  /**
   * Applies an event in memory and gathers its record. An event that no record can hold is applied as MALFORMED. Where the kernel itself
   * fails, that is written down, and the kernel halts: what it holds in memory is worth nothing any more.
   */
  apply(event: KernelEvent): Outcome;
  /**
   * Makes durable what was applied, and returns what is to be done for it, oldest first. Where nothing could be made durable, nothing is
   * to be done, and the kernel has halted. A disk that filled up is told to the kernel with a JOURNAL event in the same commit.
   */
  commit(): readonly Effect[];
  /** Writes a snapshot now and begins a segment; `false` where the disk has no room for it. Only between commits. */
  snapshot(): boolean;
}

const NO_EFFECTS: readonly Effect[] = [];

/** Returns the kernel of `state`, whose journal goes on at the writer's end. Nobody else may keep a part of the state. */
export function journaledKernel(
  disk: JournalDisk,
  state: KernelState,
  writer: JournalWriter,
  policy: JournalPolicy,
): JournaledKernel {
  return new Kernel(disk, state, writer, policy);
}

class Kernel implements JournaledKernel {
  state: KernelState;
  halted: string | null = null;
  isDiskFull: boolean;
  pending = 0;
  watch: AppliedWatch = () => undefined;
  private readonly disk: JournalDisk;
  private readonly writer: JournalWriter;
  private readonly policy: JournalPolicy;
  private effects: Effect[] = [];
  private snapshotSeq: number;
  private roomSoughtAtMs = 0 as EpochMs;

  constructor(disk: JournalDisk, state: KernelState, writer: JournalWriter, policy: JournalPolicy) {
    this.disk = disk;
    this.state = state;
    this.writer = writer;
    this.policy = policy;
    this.snapshotSeq = state.seq;
    this.isDiskFull = !writer.takeReserve();
  }

  get chain(): string {
    return this.writer.end().chain;
  }

  apply(event: KernelEvent): Outcome {
    if (this.halted !== null) return { isAccepted: false, code: 'HALTED', details: this.halted };
    if (this.isDiskFull && event.kind === 'MARK' && this.isPriceEnough(event))
      return { isAccepted: false, code: 'SUPPRESSED', details: 'the disk of the journal is full' };
    const text = encodeEvent(event);
    if (!text.ok) return this.apply(this.malformed(event, problemText(text.error)));
    const { state } = this;
    const seqBefore = state.seq;
    try {
      const { effects, outcome, state: next } = step(state, event);
      this.state = next;
      for (const effect of effects) this.effects.push(effect);
      this.writer.record(next.seq, hashOf(next), text.value);
      this.pending += 1;
      this.watch(next.seq, event, outcome);
      return outcome;
    } catch (error) {
      const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return this.poisoned(seqBefore, words, text.value);
    }
  }

  commit(): readonly Effect[] {
    if (this.halted !== null) return NO_EFFECTS;
    if (this.isDiskFull) this.seekRoom();
    if (this.pending > 0) this.write();
    if (this.effects.length === 0) return NO_EFFECTS;
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  snapshot(): boolean {
    assert(this.pending === 0, 'a snapshot is taken between commits');
    this.snapshotSeq = this.state.seq;
    return this.whereThereIsRoom(() => {
      writeSnapshot(this.disk, this.state, this.writer.end().chain);
      this.beginSegment();
    });
  }

  private write(): void {
    const result = this.sealed(this.state.seq);
    if (result === null) return;
    if (result === 'full') {
      this.halt(
        'the disk of the journal is full and its reserve is used up; make room, then start the kernel again',
      );
      return;
    }
    this.pending = 0;
    if (result === 'reserve') {
      this.isDiskFull = true;
      this.roomSoughtAtMs = this.state.nowMs;
      this.apply({ kind: 'JOURNAL', atMs: this.state.nowMs, isFull: true });
      this.write();
      return;
    }
    if (this.isDiskFull) return;
    if (this.state.seq - this.snapshotSeq >= this.policy.snapshotEvery) this.snapshot();
    else if (this.writer.end().bytes >= this.policy.segmentBytes)
      this.whereThereIsRoom(() => this.beginSegment());
  }

  private sealed(seq: number): WriteResult | null {
    try {
      return this.writer.seal(seq);
    } catch (error) {
      this.diskFailed(error);
      return null;
    }
  }

  /** Snapshots and segments can wait: without room for them the journal goes on as it is. */
  private whereThereIsRoom(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (!isNoSpace(error)) this.diskFailed(error);
      return false;
    }
  }

  private beginSegment(): void {
    const { state, writer } = this;
    writer.rotate({ first: state.seq + 1, hash: hashOf(state), config: encodeConfig(state.config) });
  }

  /** Room is looked for by the kernel's own time, so that nothing here has a clock. */
  private seekRoom(): void {
    const { nowMs } = this.state;
    if (nowMs - this.roomSoughtAtMs < this.policy.fullRetryMs) return;
    this.roomSoughtAtMs = nowMs;
    if (!this.writer.takeReserve()) return;
    this.isDiskFull = false;
    this.apply({ kind: 'JOURNAL', atMs: nowMs, isFull: false });
  }

  private isPriceEnough({ symbol, atMs }: MarkEvent): boolean {
    const mark = this.state.marks.get(symbol);
    return mark !== undefined && atMs - mark.atMs < this.policy.fullMarkEveryMs;
  }

  private malformed(event: KernelEvent, problem: string): KernelEvent {
    const atMs = Number.isSafeInteger(event.atMs) ? event.atMs : this.state.nowMs;
    return { kind: 'MALFORMED', atMs, what: String(event.kind), problem };
  }

  /** Whatever was gathered before it is sound and is written with it; the effects of it stay here, since nobody would hear the answers. */
  private poisoned(seqBefore: number, error: string, event: string): Outcome {
    this.writer.poison(seqBefore + 1, error, event);
    this.halt(`record ${seqBefore + 1} could not be applied: ${error}`);
    this.sealed(seqBefore);
    return { isAccepted: false, code: 'HALTED', details: this.halted ?? '' };
  }

  /** After a write or a sync that failed nobody knows what is on the platter, so nothing is tried a second time. */
  private diskFailed(error: unknown): void {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    this.halt(`the disk of the journal failed: ${error.message}; check it, then start the kernel again`);
  }

  private halt(why: string): void {
    this.halted ??= why;
    this.effects = [];
  }
}
