// Writes kernel/summary.json: by the clock, soon after something changed, and a last time that says it is the last.

import { saveKernelSummary } from '../../adapters/state/kernel-records.ts';
import { causeText } from '../../domain/causes.ts';
import type { KernelSummary } from '../../domain/kernel-records.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { Disk, Log, Timers } from '../../ports.ts';
import type { RunnerFacts } from '../facts.ts';
import type { Observer } from '../record.ts';
import { sinceTracker, summaryOf } from './summary.ts';

/** Changes that come closer together are written once. */
const CHANGE_GAP_MS = 10_000;
const TRY_AGAIN_MS = 30_000;

export interface HeartbeatDeps {
  readonly disk: Disk;
  readonly facts: () => RunnerFacts;
  readonly startedAtMs: number;
  /** `runner.heartbeat`. */
  readonly everyMs: number;
  readonly timers: Timers;
  readonly log: Log;
  /** Called when a summary is on the disk. */
  readonly onWritten: (why: 'due' | 'changed' | 'stop') => void;
}

export interface Heartbeat {
  readonly observe: Observer;
  /** Writes at once, and from then on by the clock. */
  begin(): void;
  /** Something beside the kernel has changed: the lists, or a part. */
  changed(): void;
  /** The summary of now, as it would be written; for whoever asks the kernel. */
  now(): KernelSummary;
  /** What was written last; `null`: nothing yet. */
  last(): KernelSummary | null;
  /** Writes the last one, which counts no longer than now, so that nobody believes what is in it. */
  stop(): void;
}

export function beatHeart(deps: HeartbeatDeps): Heartbeat {
  return new Heart(deps);
}

class Heart implements Heartbeat {
  private readonly deps: HeartbeatDeps;
  private readonly tracker: ReturnType<typeof sinceTracker>;
  private written: KernelSummary | null = null;
  private writtenAtMs: number | null = null;
  private hasStopped = false;
  private callOffDue: () => void = () => undefined;
  private callOffChange: (() => void) | null = null;

  constructor(deps: HeartbeatDeps) {
    this.deps = deps;
    this.tracker = sinceTracker(deps.startedAtMs);
  }

  begin(): void {
    this.tracker.note(this.deps.facts());
    this.beat();
  }

  /** Most records are prices, which change nothing here. */
  readonly observe: Observer = ({ event }, kernel) => {
    if (event.kind === 'MARK' || event.kind === 'DECISION' || this.hasStopped) return;
    if (this.tracker.note({ kernel, halted: null, nowMs: this.deps.timers.nowMs() })) this.changed();
  };

  changed(): void {
    if (this.hasStopped || this.callOffChange !== null) return;
    const { timers } = this.deps;
    const waitMs = this.writtenAtMs === null ? 0 : this.writtenAtMs + CHANGE_GAP_MS - timers.nowMs();
    // Never within the turn of the kernel, whose next order must not wait for this disk.
    this.callOffChange = timers.after(Math.min(Math.max(0, waitMs), CHANGE_GAP_MS), () => {
      this.callOffChange = null;
      this.write('changed', this.now());
    });
  }

  now(): KernelSummary {
    const facts = this.deps.facts();
    this.tracker.note(facts);
    return summaryOf(facts, this.tracker.since(), facts.nowMs + this.countsForMs());
  }

  last(): KernelSummary | null {
    return this.written;
  }

  stop(): void {
    if (this.hasStopped) return;
    this.hasStopped = true;
    this.callOffDue();
    const facts = this.deps.facts();
    this.tracker.note(facts);
    this.write('stop', summaryOf(facts, this.tracker.since(), facts.nowMs));
  }

  /** Half a beat late is none that is missing: it may have a push to wait for. */
  private countsForMs(): number {
    const { everyMs } = this.deps;
    return everyMs + Math.max(MINUTE_MS, Math.ceil(everyMs / 2));
  }

  private beat(): void {
    const isWritten = this.write('due', this.now());
    const waitMs = isWritten ? this.deps.everyMs : Math.min(TRY_AGAIN_MS, this.deps.everyMs);
    this.callOffDue = this.deps.timers.after(waitMs, () => this.beat());
  }

  private write(why: 'due' | 'changed' | 'stop', summary: KernelSummary): boolean {
    const { disk, log, timers, onWritten } = this.deps;
    // Whatever has changed is in this one.
    this.callOffChange?.();
    this.callOffChange = null;
    this.writtenAtMs = timers.nowMs();
    this.written = summary;
    try {
      saveKernelSummary(disk, summary);
    } catch (error) {
      log.error(`The heartbeat could not be written: ${causeText(error)}; the next one is tried soon.`);
      return false;
    }
    onWritten(why);
    return true;
  }
}
