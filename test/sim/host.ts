// The process around the kernel: one writer with its journal on a simulated disk, which is killed at any byte and begins again from what is left.

import { faultText } from '../../src/adapters/journal/journal-fault.ts';
import { JOURNAL_POLICY, type JournaledKernel } from '../../src/adapters/journal/journaled-kernel.ts';
import { type RecoveryReport, recover } from '../../src/adapters/journal/recovery.ts';
import type { RunId } from '../../src/domain/ids.ts';
import { problemText } from '../../src/domain/problem.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import { encodeEvent } from '../../src/kernel/codec.ts';
import type { KernelConfig } from '../../src/kernel/config.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { type SimulatedDisk, simulatedDisk } from '../fakes/simulated-disk.ts';
import type { FaultName, FaultPlan } from './faults.ts';
import type { Schedule } from './schedule.ts';

/** The kernel as whoever runs it sees it: a journaled one, or one that a test broke on purpose. */
export interface Subject {
  readonly state: KernelState;
  readonly halted: string | null;
  apply(event: KernelEvent): Outcome;
  commit(): readonly Effect[];
  snapshot(): boolean;
}

/** Whoever watches the process. */
export interface Watcher {
  beforeEvent(event: KernelEvent, state: KernelState): void;
  /** Effects are those of this event, durable by now. */
  afterEvent(event: KernelEvent, outcome: Outcome, effects: readonly Effect[], state: KernelState): void;
  /** `events` are all that the journal holds, the START of this process last. */
  afterStart(events: readonly KernelEvent[], effects: readonly Effect[], state: KernelState): void;
  /** The disk did not keep what it had confirmed. */
  lost(): void;
  violated(invariant: string, text: string): never;
}

/** Thrown by the disk in the middle of a write: the process is no more. */
class Killed extends Error {}

/** What a process of the simulation keeps on its disk at most, so that a seed stays small. */
const POLICY = {
  ...JOURNAL_POLICY,
  snapshotEvery: 120,
  segmentBytes: 60_000,
  reserveBytes: 4_096,
  fullRetryMs: 5_000,
};

const DAY_MS = 86_400_000;

interface HostPorts {
  readonly schedule: Schedule;
  readonly faults: FaultPlan;
  readonly config: KernelConfig;
  readonly watcher: Watcher;
  /** Wraps the kernel, for tests of the simulation itself. */
  readonly wrap: (subject: Subject) => Subject;
  readonly carryOut: (effect: Effect, generation: number) => void;
  readonly begun: () => void;
  readonly ended: () => void;
}

type MakeEvent = (atMs: EpochMs) => KernelEvent;

/** What a journal holds of an event: one that no record can hold is MALFORMED there. */
function recorded(event: KernelEvent): KernelEvent {
  const text = encodeEvent(event);
  if (text.ok) return event;
  const { atMs, kind } = event;
  return { kind: 'MALFORMED', atMs, what: kind, problem: problemText(text.error) };
}

export class Host {
  subject: Subject | null = null;
  generation = 0;
  /** What the journal holds, by number. */
  readonly log: KernelEvent[] = [];
  private disk: SimulatedDisk;
  private readonly ports: HostPorts;
  /** What the disk said was durable. */
  private confirmed = 0;
  private bytesUntilKill: number | null = null;
  private clockOffsetMs = 0;
  private pausedUntilMs = 0;
  /** What came during a pause, in order. */
  private readonly inbox: { readonly make: MakeEvent; readonly generation: number }[] = [];
  private wakeAtMs: number | null = null;
  private wakeToken = 0;

  constructor(ports: HostPorts) {
    this.ports = ports;
    this.disk = this.newDisk();
  }

  private newDisk(): SimulatedDisk {
    const { faults } = this.ports;
    return simulatedDisk({
      takenBytes: (_name, bytes) => this.takeBytes(bytes),
      survivingBytes: (_name, unsynced) => faults.between('power_cut', 0, unsynced),
      isSyncLie: () => faults.fires('sync_lie'),
      doesNameSurvive: () => faults.between('power_cut', 0, 1) === 1,
    });
  }

  get isUp(): boolean {
    return this.subject !== null;
  }

  /** The clock of the process. */
  nowMs(): EpochMs {
    return (this.ports.schedule.nowMs + this.clockOffsetMs) as EpochMs;
  }

  jumpClock(ms: number): void {
    this.clockOffsetMs = ms;
    this.planWake();
  }

  /** Nothing runs for a while; whatever comes waits. */
  pause(ms: number): void {
    this.pausedUntilMs = this.ports.schedule.nowMs + ms;
  }

  setDiskRoom(bytes: number | null): void {
    const used = this.disk.list().reduce((sum, name) => sum + (this.disk.size(name) ?? 0), 0);
    this.disk.setCapacity(bytes === null ? null : used + bytes);
  }

  /** Hands the kernel an event for `generation`, unless that process is gone. */
  deliver(make: MakeEvent, generation = this.generation): void {
    if (this.subject === null || generation !== this.generation) return;
    const isPaused = this.pausedUntilMs > this.ports.schedule.nowMs;
    if (!isPaused && this.inbox.length === 0) {
      this.step(make(this.nowMs()));
      return;
    }
    this.inbox.push({ make, generation });
    if (this.inbox.length === 1) this.planInbox();
  }

  private planInbox(): void {
    const { schedule } = this.ports;
    schedule.in(this.pausedUntilMs - schedule.nowMs, () => {
      if (this.pausedUntilMs > schedule.nowMs) {
        this.planInbox();
        return;
      }
      const waiting = this.inbox.splice(0);
      for (const { make, generation } of waiting) this.deliver(make, generation);
    });
  }

  private step(event: KernelEvent): void {
    const { subject, ports } = this;
    const { faults, watcher } = ports;
    if (subject === null) return;
    watcher.beforeEvent(event, subject.state);
    const seqBefore = subject.state.seq;
    const outcome = subject.apply(event);
    if (subject.halted !== null) watcher.violated('I11', `the kernel halted: ${subject.halted}`);
    if (subject.state.seq > seqBefore) this.log.push(recorded(event));
    if (faults.fires('kill_before_commit')) {
      this.die('kill_before_commit');
      return;
    }
    if (faults.fires('kill_in_write')) this.bytesUntilKill = faults.between('kill_in_write', 0, 400);
    const effects = this.commit(subject);
    if (effects === null) return;
    watcher.afterEvent(event, outcome, effects, subject.state);
    if (faults.fires('kill_before_send')) {
      this.die('kill_before_send');
      return;
    }
    this.send(effects);
    if (this.subject !== null && faults.fires('kill_idle')) this.die('kill_idle');
  }

  private commit(subject: Subject): readonly Effect[] | null {
    try {
      const seqBefore = subject.state.seq;
      const syncsBefore = this.disk.syncs();
      const effects = subject.commit();
      this.logJournalEvents(subject, seqBefore);
      if (effects.length > 0 && this.disk.syncs() === syncsBefore)
        this.ports.watcher.violated('I7', 'effects were released before their record was synced');
      this.bytesUntilKill = null;
      if (subject.halted === null) {
        this.confirmed = subject.state.seq;
        return effects;
      }
      this.setDiskRoom(null);
      this.die('disk_full');
      return null;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.die('kill_in_write');
      return null;
    }
  }

  /** A commit tells the kernel of a disk that filled up, or has room again. */
  private logJournalEvents({ state }: Subject, seqBefore: number): void {
    const grown = state.seq - seqBefore;
    const isFull = state.trading.reasons.has('JOURNAL_FULL');
    for (let n = 1; n <= grown; n += 1) {
      const isLast = n === grown;
      this.log.push({ kind: 'JOURNAL', atMs: state.nowMs, isFull: isLast ? isFull : !isFull });
    }
  }

  private send(effects: readonly Effect[]): void {
    const { generation } = this;
    for (const effect of effects) {
      if (effect.kind === 'WAKE_AT') {
        this.wakeAtMs = effect.atMs;
        this.planWake();
        continue;
      }
      if (
        effect.kind !== 'PUBLISH' &&
        effect.kind !== 'NOTIFY' &&
        this.ports.faults.fires('kill_amid_sends')
      ) {
        this.die('kill_amid_sends');
        return;
      }
      this.ports.carryOut(effect, generation);
    }
  }

  private planWake(): void {
    const { wakeAtMs } = this;
    if (wakeAtMs === null) return;
    this.wakeToken += 1;
    const token = this.wakeToken;
    this.ports.schedule.in(wakeAtMs - this.nowMs(), () => {
      if (token !== this.wakeToken || this.wakeAtMs === null) return;
      if (this.nowMs() < this.wakeAtMs) return this.planWake();
      this.wakeAtMs = null;
      this.deliver((atMs) => ({ kind: 'WAKE', atMs }));
    });
  }

  private takeBytes(bytes: number): number {
    if (this.bytesUntilKill === null) return bytes;
    if (this.bytesUntilKill === 0) throw new Killed();
    const taken = Math.min(bytes, this.bytesUntilKill);
    this.bytesUntilKill -= taken;
    return taken;
  }

  /** The process is gone; it begins again after a while. */
  die(cause: FaultName): void {
    const { schedule, faults, ended } = this.ports;
    if (this.subject === null) return;
    this.subject = null;
    this.generation += 1;
    this.wakeAtMs = null;
    this.wakeToken += 1;
    this.bytesUntilKill = null;
    if (faults.fires('power_cut')) this.disk.cutPower();
    ended();
    const isLong = faults.fires('days_down');
    const downMs = isLong
      ? faults.between('days_down', 600_000, 3 * DAY_MS)
      : faults.between(cause, 0, 30_000);
    schedule.in(downMs, () => this.begin());
  }

  begin(): void {
    try {
      this.recover();
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('ENOSPC')) throw error;
      // Not even a first segment has room: a person makes some.
      this.setDiskRoom(null);
      this.ports.schedule.in(5_000, () => this.begin());
    }
  }

  private recover(): void {
    const { ports, generation } = this;
    const flip = this.log.length > 0 && ports.faults.fires('bit_flip') ? this.flipBit() : null;
    const start = { runId: `run-${generation}` as RunId, atMs: this.nowMs() };
    let recovered = recover(this.disk, ports.config, start, POLICY);
    if (!recovered.ok && flip !== null) {
      flip();
      recovered = recover(this.disk, ports.config, start, POLICY);
    }
    if (!recovered.ok && ports.faults.hits.sync_lie > 0) {
      this.beginAnew();
      recovered = recover(this.disk, ports.config, start, POLICY);
    }
    if (!recovered.ok) {
      ports.watcher.violated('I10', faultText(recovered.error));
      return;
    }
    const { kernel, report } = recovered.value;
    this.resumeLog(kernel, start, report);
    const subject = ports.wrap(kernel);
    this.subject = subject;
    const effects = this.commit(subject);
    if (effects === null) return;
    ports.watcher.afterStart(this.log, effects, subject.state);
    this.send(effects);
    if (this.subject !== null) ports.begun();
  }

  /** The journal is not what the disk had confirmed, and the kernel refuses it: a person begins a new one in an empty folder. */
  private beginAnew(): void {
    this.disk = this.newDisk();
    this.log.length = 0;
    this.confirmed = 0;
    this.ports.watcher.lost();
  }

  /** Keeps of what was applied what the journal holds, and adds how this process began. */
  private resumeLog(
    { state }: JournaledKernel,
    start: { runId: RunId; atMs: EpochMs },
    { snapshot, records }: RecoveryReport,
  ): void {
    const kept = Number(/\d+/.exec(snapshot ?? '')?.[0] ?? 0) + records;
    if (kept < this.confirmed) {
      if (this.ports.faults.hits.sync_lie === 0)
        this.ports.watcher.violated('I7', `${this.confirmed} records were durable, and ${kept} are there`);
      this.ports.watcher.lost();
    }
    this.log.length = Math.min(this.log.length, kept);
    this.log.push({ kind: 'START', ...start });
    const isFull = state.trading.reasons.has('JOURNAL_FULL');
    if (state.seq > this.log.length) this.log.push({ kind: 'JOURNAL', atMs: start.atMs, isFull });
    if (state.seq !== this.log.length)
      this.ports.watcher.violated('I10', `${state.seq} records were recovered, not ${this.log.length}`);
  }

  /** Turns one bit somewhere, and returns how to turn it back. */
  private flipBit(): (() => void) | null {
    const { faults } = this.ports;
    const name = faults.pick('bit_flip', this.disk.list());
    const bytes = this.disk.size(name) ?? 0;
    if (bytes === 0) return null;
    const [byte, bit] = [faults.between('bit_flip', 0, bytes - 1), faults.between('bit_flip', 0, 7)];
    this.disk.flipBit(name, byte, bit);
    return () => {
      if (this.disk.size(name) !== null) this.disk.flipBit(name, byte, bit);
    };
  }
}
