// Hosts the kernel: one queue, one writer. It hands over each event, lets no effect out before its record is durable, and carries effects out.

import type { JournalFault } from '../adapters/journal/journal-fault.ts';
import { JOURNAL_POLICY, type JournaledKernel } from '../adapters/journal/journaled-kernel.ts';
import { type Recovered, type RecoveryReport, recover } from '../adapters/journal/recovery.ts';
import { carryOut, isForVenue, noticeEvent, type VenueEffect } from '../adapters/venues/carry-out.ts';
import { assert } from '../domain/assert.ts';
import { stackText } from '../domain/causes.ts';
import type { RunId } from '../domain/ids.ts';
import { ok, type Result } from '../domain/result.ts';
import type { EpochMs } from '../domain/steps.ts';
import type { VenueNotice } from '../domain/venue.ts';
import type { KernelConfig } from '../kernel/config.ts';
import type { Effect } from '../kernel/effect.ts';
import type { KernelEvent } from '../kernel/event.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { KernelState } from '../kernel/state.ts';
import type { JournalDisk, Log, Timers, Venue } from '../ports.ts';
import type { AppliedRecord, Observer, Take } from './record.ts';

/** Prices alone are made durable together: nothing leaves for them. */
const PRICES_TOGETHER_MS = 50;
const PRICES_TOGETHER_MAX = 512;

export interface HostDeps {
  readonly disk: JournalDisk;
  readonly config: KernelConfig;
  /** Open, and followed by nobody yet. */
  readonly venue: Venue;
  readonly timers: Timers;
  readonly log: Log;
  /** Never used before. */
  readonly runId: RunId;
  readonly observers: readonly Observer[];
  /** The kernel has ended by itself, in a sentence: nothing is taken any more, and the process should begin again. */
  readonly onHalted: (why: string) => void;
  /** Sees what a recovery applies again, before anything else. */
  readonly onReplayed?: Observer;
  /** What the venue says, as it comes, beside what the kernel is told of it. */
  readonly onNotice?: (notice: VenueNotice) => void;
}

export interface Host {
  readonly report: RecoveryReport;
  /** The kernel's own: to be read at once, and neither kept nor changed. */
  readonly state: KernelState;
  /** Why nothing is taken any more; `null` while it is. */
  readonly halted: string | null;
  /** Digest of the journal's last seal. */
  readonly chain: string;
  /** Requests at the venue that are not answered yet. */
  readonly underway: number;
  readonly take: Take;
  /** Tells the kernel of the account, and follows the venue from here on. */
  begin(): void;
  /** Makes durable what is not, and takes nothing any more. Requests that are under way are answered to nobody. */
  end(): Promise<void>;
}

/**
 * Recovers the kernel of a folder that nobody else uses, or begins one; START is durable, and nothing is asked of the venue before
 * {@link Host.begin}.
 *
 * @returns the fault of a journal on which nobody may trade.
 */
export function openHost(deps: HostDeps): Result<Host, JournalFault> {
  const { disk, config, timers, runId, onReplayed } = deps;
  const start = { kind: 'START', runId, atMs: timers.nowMs() as EpochMs } as const;
  const recovered = recover(disk, config, start, JOURNAL_POLICY, (event, outcome, effects, state) =>
    onReplayed?.({ seq: state.seq, event, outcome, effects }, state),
  );
  if (!recovered.ok) return recovered;
  return ok(new KernelHost(deps, start, recovered.value));
}

class KernelHost implements Host {
  readonly report: RecoveryReport;
  readonly take: Take = (make) => this.taken(make);
  underway = 0;
  private readonly deps: HostDeps;
  private readonly kernel: JournaledKernel;
  /** Applied and not durable. */
  private gathered: AppliedRecord[] = [];
  /** Until the venue is followed. */
  private start: AppliedRecord | null;
  private isBusy = false;
  private hasEnded = false;
  private isHaltTold = false;
  private callOffWake: () => void = () => undefined;
  private callOffCommit: (() => void) | null = null;
  private endFollowing: () => Promise<void> = async () => undefined;

  constructor(deps: HostDeps, event: KernelEvent, { kernel, report }: Recovered) {
    this.deps = deps;
    this.kernel = kernel;
    this.report = report;
    const outcome: Outcome = { isAccepted: true, code: 'APPLIED', details: '' };
    this.start = { seq: kernel.state.seq, event, outcome, effects: kernel.commit() };
    kernel.watch = (seq, applied, itsOutcome) =>
      this.gathered.push({ seq, event: applied, outcome: itsOutcome, effects: NO_EFFECTS });
  }

  get state(): KernelState {
    return this.kernel.state;
  }

  get chain(): string {
    return this.kernel.chain;
  }

  get halted(): string | null {
    return this.kernel.halted;
  }

  begin(): void {
    const { venue } = this.deps;
    const { start } = this;
    assert(start !== null, 'a host begins once');
    this.start = null;
    this.noteHalt();
    if (this.kernel.halted !== null) return;
    this.tell([start]);
    for (const effect of start.effects) this.perform(effect);
    this.taken((atMs) => ({ kind: 'ACCOUNT', atMs, positionMode: venue.account.positionMode }));
    this.endFollowing = venue.follow((notice) => {
      this.deps.onNotice?.(notice);
      this.taken((atMs) => noticeEvent(notice, atMs));
    });
  }

  private taken(make: (atMs: EpochMs) => KernelEvent | null): Outcome | null {
    if (this.hasEnded || this.kernel.halted !== null) return null;
    assert(!this.isBusy, 'the kernel takes one event after the other');
    const event = make(this.deps.timers.nowMs() as EpochMs);
    if (event === null) return null;
    this.isBusy = true;
    try {
      const outcome = this.kernel.apply(event);
      if (event.kind === 'MARK' && this.kernel.halted === null) this.gather();
      else this.release();
      return outcome;
    } finally {
      this.isBusy = false;
      this.noteHalt();
    }
  }

  /** Prices alone can wait: nothing is to be done for them. */
  private gather(): void {
    if (this.gathered.length >= PRICES_TOGETHER_MAX) {
      this.release();
      return;
    }
    this.callOffCommit ??= this.deps.timers.after(PRICES_TOGETHER_MS, () => {
      this.callOffCommit = null;
      if (this.hasEnded) return;
      this.isBusy = true;
      try {
        this.release();
      } finally {
        this.isBusy = false;
        this.noteHalt();
      }
    });
  }

  /** Makes durable what was applied, tells of it, and lets its effects out. */
  private release(): void {
    this.callOffCommit?.();
    this.callOffCommit = null;
    // What is to be done is told with the event that it is done for; a disk that fills up is written down behind it.
    const last = this.gathered.length - 1;
    const effects = this.kernel.commit();
    if (this.kernel.halted !== null) return;
    const records = this.gathered.map((record, at) => (at === last ? { ...record, effects } : record));
    this.gathered = [];
    this.tell(records);
    for (const effect of effects) this.perform(effect);
  }

  private tell(records: readonly AppliedRecord[]): void {
    for (const observe of this.deps.observers)
      for (const record of records)
        try {
          observe(record, this.state);
        } catch (error) {
          this.deps.log.error(`a part of the runner failed at record ${record.seq}: ${stackText(error)}`);
        }
  }

  private perform(effect: Effect): void {
    if (effect.kind === 'WAKE_AT') this.wakeAt(effect.atMs);
    else if (effect.kind === 'NOTIFY') this.notify(effect);
    else if (isForVenue(effect)) this.ask(effect);
  }

  private ask(effect: VenueEffect): void {
    this.underway += 1;
    carryOut(effect, this.deps.venue, this.deps.timers).then(
      (event) => {
        this.underway -= 1;
        this.taken((atMs) => ({ ...event, atMs }));
      },
      (error) => {
        // A venue never rejects: what it does not know is an answer. Without one the kernel asks again by its own deadlines.
        this.underway -= 1;
        this.deps.log.error(`a request to the venue failed inside this program: ${stackText(error)}`);
      },
    );
  }

  private notify({ severity, code, text }: Extract<Effect, { kind: 'NOTIFY' }>): void {
    const { log } = this.deps;
    const words = `kernel ${code}: ${text}`;
    if (severity === 'critical') log.error(words);
    else if (severity === 'warning') log.warn(words);
    // What is not known yet at a start is no news.
    else if (!this.state.trading.reasons.has('STARTING')) log.info(words);
  }

  private wakeAt(atMs: EpochMs): void {
    const { timers } = this.deps;
    this.callOffWake();
    this.callOffWake = timers.after(Math.max(0, atMs - timers.nowMs()), () => {
      this.taken((nowMs) => ({ kind: 'WAKE', atMs: nowMs }));
    });
  }

  private noteHalt(): void {
    if (this.kernel.halted === null || this.isHaltTold) return;
    this.isHaltTold = true;
    this.deps.log.error(`the kernel has halted: ${this.kernel.halted}`);
    this.deps.onHalted(this.kernel.halted);
  }

  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.release();
    this.hasEnded = true;
    this.callOffWake();
    await this.endFollowing();
    if (this.kernel.halted === null && this.kernel.pending === 0) this.kernel.snapshot();
    this.deps.disk.close();
  }
}

const NO_EFFECTS: readonly Effect[] = [];
