// A kernel with its lists: a source that a test edits, virtual time, a state in memory, and the parts of the runner that obey and report.

import { processOwner } from '../../../src/adapters/state/lock.ts';
import { type VirtualTimers, virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { EpochMs } from '../../../src/domain/steps.ts';
import type { Log } from '../../../src/ports.ts';
import { type Acks, acknowledge } from '../../../src/runner/lists/acks.ts';
import type { ListSource, ListText } from '../../../src/runner/lists/list-source.ts';
import { type ListWatch, watchLists } from '../../../src/runner/lists/list-watch.ts';
import type { Take } from '../../../src/runner/record.ts';
import { type MemoryDisk, memoryDisk } from '../../fakes/memory-disk.ts';
import { KernelDriver, START_MS } from '../../kernel/build.ts';

export const ENABLED = 'champion: {}\n';
export const DISABLED = `champion:
  status: DISABLED
  reason: it loses
  evidence: a person saw it
  since: '2026-11-21T10:00:00.000Z'
  episode: champion/1
`;
export const AGENT = 'pink';

export function allocationText(over: object = {}): string {
  const row = {
    strategy_class: 'champion',
    base: 0.2,
    multiplier: 1,
    divergence_factor: 1,
    status: 'ENABLED',
    weight: 0.2,
    ...over,
  };
  return JSON.stringify({ [AGENT]: row });
}

/** Two texts that a test writes by hand. */
export class EditedSource implements ListSource {
  killList: ListText = { shownAs: 'config/kill-list.yaml', text: ENABLED, fault: null, commit: null };
  allocation: ListText = { shownAs: 'allocation.json', text: null, fault: null, commit: null };
  old: string | null = null;
  reads = 0;
  private edits = 0;

  write(text: string | null, commit: string | null = null): void {
    this.edits += 1;
    this.killList = { ...this.killList, text, commit };
  }

  allocate(text: string | null): void {
    this.edits += 1;
    this.allocation = { ...this.allocation, text };
  }

  stamp(): string {
    return `${this.edits} ${this.old}`;
  }

  read() {
    this.reads += 1;
    return { killList: this.killList, allocation: this.allocation };
  }

  age(): string | null {
    return this.old;
  }
}

export class SaidLog implements Log {
  readonly said: string[] = [];

  info(message: string): void {
    this.said.push(`info ${message}`);
  }

  warn(message: string): void {
    this.said.push(`warn ${message}`);
  }

  error(message: string): void {
    this.said.push(`error ${message}`);
  }

  errors(): readonly string[] {
    return this.said.filter((line) => line.startsWith('error'));
  }
}

/** What outlives the process: the kernel by its journal, and both disks. */
export interface Kept {
  readonly kernel: KernelDriver;
  readonly disk: MemoryDisk;
  readonly state: MemoryDisk;
  readonly timers: VirtualTimers;
  readonly source: EditedSource;
}

export function kept(kernel = new KernelDriver({ router: { style: 'maker' } })): Kept {
  const timers = virtualTimers(START_MS);
  return { kernel, disk: memoryDisk(), state: memoryDisk(), timers, source: new EditedSource() };
}

/** One process over what is kept. */
export class ListWorld {
  readonly log = new SaidLog();
  readonly acks: Acks;
  readonly watch: ListWatch;
  readonly kept: Kept;
  /** Whether the process is gone before its acknowledgements are written. */
  readonly isDying: boolean;
  /** Events that the kernel was handed. */
  handed = 0;
  /** How often acknowledgements were written. */
  written = 0;
  /** Whether the kernel takes anything. */
  isTaking = true;

  constructor(all: Kept, options: { readonly isDying?: boolean } = {}) {
    this.kept = all;
    this.isDying = options.isDying ?? false;
    const { kernel, state, timers, source, disk } = all;
    this.acks = acknowledge({
      disk: state,
      lock: { waitMs: 0, owner: processOwner(), sleep: async () => undefined },
      runnerId: 'pink-1',
      kernel: () => kernel.state,
      halted: () => null,
      lists: () => this.watch.inForce(),
      handedAtMs: () => this.watch.handedAtMs(),
      timers,
      log: this.log,
      onWritten: () => {
        this.written += 1;
      },
    });
    this.watch = watchLists({
      source,
      take: this.take,
      versionInForce: () => versionOf(kernel),
      disk,
      timers,
      log: this.log,
      isMoneyReal: true,
      agent: AGENT,
      onChange: () => this.settle(),
    });
    this.watch.begin();
    this.settle();
  }

  readonly take: Take = (make) => {
    const { kernel, timers } = this.kept;
    if (!this.isTaking) return null;
    this.handed += 1;
    kernel.nowMs = timers.nowMs();
    const event = make(timers.nowMs() as EpochMs);
    const before = kernel.effects.length;
    const outcome = kernel.apply({ ...event });
    const effects = kernel.effects.slice(before);
    this.acks.observe({ seq: kernel.state.seq, event, outcome, effects }, kernel.state);
    return outcome;
  };

  private settle(): void {
    if (!this.isDying) this.acks.settle();
  }

  /** Lets time pass, with fresh prices at its end, and whatever is being written be written. */
  async pass(ms: number): Promise<void> {
    const { timers, kernel } = this.kept;
    timers.advance(ms);
    kernel.nowMs = timers.nowMs();
    kernel.mark(10_000);
    await this.acks.idle();
  }

  end(): void {
    this.watch.end();
    this.acks.end();
  }

  /** Lines of acks.jsonl, as `class applied canceled`. */
  acked(): readonly string[] {
    return this.lines().map(
      (ack) => `${ack['strategy_class']} ${ack['applied']} ${ack['open_orders_canceled']}`,
    );
  }

  lines(): readonly Record<string, unknown>[] {
    const text = this.kept.state.dump()['kernel/acks.jsonl'] ?? '';
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }
}

function versionOf({ state }: KernelDriver): string | null {
  const { reasons, permissionsVersion } = state.trading;
  return reasons.has('PERMISSIONS_UNKNOWN') ? null : permissionsVersion;
}
