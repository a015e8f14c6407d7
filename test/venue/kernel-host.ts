// The process around a kernel at a venue: it recovers, follows the stream, carries effects out, and can die between any two of its steps.

import { faultText } from '../../src/adapters/journal/journal-fault.ts';
import { JOURNAL_POLICY, type JournaledKernel } from '../../src/adapters/journal/journaled-kernel.ts';
import { recover } from '../../src/adapters/journal/recovery.ts';
import { carryOut, isForVenue, noticeEvent } from '../../src/adapters/venues/carry-out.ts';
import type { ClientOrderId, RunId } from '../../src/domain/ids.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import type { OrderRequest } from '../../src/domain/venue.ts';
import type { KernelConfig } from '../../src/kernel/config.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { JournalDisk, Timers, Venue } from '../../src/ports.ts';

/** Where a process can die: after an event was applied, after its record is durable, before an effect leaves, and as an answer comes. */
export type Moment = 'applied' | 'committed' | 'leaving' | 'answered';

interface HostPorts {
  readonly disk: JournalDisk;
  readonly config: KernelConfig;
  readonly timers: Timers;
  /** Connects a new process. */
  readonly open: () => Promise<Venue>;
  /** What the ids of runs begin with: of another process, another. Default: `run`. */
  readonly runName?: string;
  /** Whether the process dies at this moment. */
  readonly dies?: (moment: Moment) => boolean;
}

/** Small, so that a process that dies often begins again soon. */
const POLICY = { ...JOURNAL_POLICY, snapshotEvery: 3_000, segmentBytes: 1_048_576, reserveBytes: 4_096 };

type MakeEvent = (atMs: EpochMs) => KernelEvent;

export class KernelHost {
  kernel: JournaledKernel | null = null;
  /** Every order that left, of every process. */
  readonly sent: OrderRequest[] = [];
  /** Events applied, answers given and orders sent so far: while it stands still, nothing happens here. */
  activity = 0;
  deaths = 0;
  /** Orders that the venue was said to have refused; not those whose id it knew already. */
  readonly refused = new Set<ClientOrderId>();
  /** Frames and answers that could not be read. */
  malformed = 0;
  private venue: Venue | null = null;
  private runs = 0;
  private readonly ports: HostPorts;
  private callOffWake: () => void = () => undefined;

  constructor(ports: HostPorts) {
    this.ports = ports;
  }

  get isUp(): boolean {
    return this.kernel !== null;
  }

  /** Connects, recovers what the journal holds, and begins. */
  async begin(): Promise<void> {
    const { disk, config, timers, open, runName = 'run' } = this.ports;
    const venue = await open();
    this.runs += 1;
    const start = { runId: `${runName}-${this.runs}` as RunId, atMs: timers.nowMs() as EpochMs };
    const recovered = recover(disk, config, start, POLICY);
    if (!recovered.ok) throw new Error(faultText(recovered.error));
    this.venue = venue;
    this.kernel = recovered.value.kernel;
    this.release(this.kernel);
    this.take((atMs) => ({ kind: 'ACCOUNT', atMs, positionMode: venue.account.positionMode }));
    const run = this.runs;
    venue.follow((notice) => {
      if (run !== this.runs || !this.isUp) return;
      if (notice.kind === 'malformed') this.malformed += 1;
      this.takeMade((atMs) => noticeEvent(notice, atMs));
    });
  }

  /** Hands the kernel one event; nothing where the process is dead. */
  take(make: MakeEvent): Outcome | null {
    return this.takeMade(make);
  }

  private takeMade(make: (atMs: EpochMs) => KernelEvent | null): Outcome | null {
    const { kernel, ports } = this;
    const event = make(ports.timers.nowMs() as EpochMs);
    if (kernel === null || event === null) return null;
    this.activity += 1;
    const outcome = kernel.apply(event);
    if (kernel.halted !== null) throw new Error(`the kernel halted: ${kernel.halted}`);
    if (this.isDeadAt('applied')) return outcome;
    this.release(kernel);
    return outcome;
  }

  private release(kernel: JournaledKernel): void {
    const effects = kernel.commit();
    if (effects.length === 0 || this.isDeadAt('committed')) return;
    for (const effect of effects) {
      if (!this.isUp) return;
      this.perform(effect);
    }
  }

  private perform(effect: Effect): void {
    if (effect.kind === 'WAKE_AT') {
      this.wakeAt(effect.atMs);
      return;
    }
    if (!isForVenue(effect) || this.isDeadAt('leaving')) return;
    const { venue, runs } = this;
    if (venue === null) return;
    if (effect.kind === 'SUBMIT') this.sent.push(effect.order);
    this.activity += 1;
    void carryOut(effect, venue, this.ports.timers).then((event) => {
      this.activity += 1;
      this.note(event);
      if (runs !== this.runs || !this.isUp || this.isDeadAt('answered')) return;
      this.take((atMs) => ({ ...event, atMs }));
    });
  }

  private note(event: KernelEvent): void {
    if (event.kind !== 'SUBMIT_RESULT' || event.result.kind !== 'REJECT') return;
    if (event.result.code !== 'CLIENT_ID_REUSED') this.refused.add(event.clientOrderId);
  }

  private wakeAt(atMs: EpochMs): void {
    const { timers } = this.ports;
    this.callOffWake();
    const { runs } = this;
    this.callOffWake = timers.after(atMs - timers.nowMs(), () => {
      if (runs === this.runs) this.take((nowMs) => ({ kind: 'WAKE', atMs: nowMs }));
    });
  }

  private isDeadAt(moment: Moment): boolean {
    if (!this.isUp) return true;
    if (this.ports.dies?.(moment) !== true) return false;
    this.die();
    return true;
  }

  /** The process is gone, with every request of it that has not left. */
  die(): void {
    const { venue } = this;
    this.deaths += 1;
    this.kernel = null;
    this.venue = null;
    this.callOffWake();
    void venue?.close();
  }

  /** Ends it as a runner would. */
  async end(): Promise<void> {
    this.kernel = null;
    this.callOffWake();
    await this.venue?.close();
  }
}
