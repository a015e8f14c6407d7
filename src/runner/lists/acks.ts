// Says of every class what the kernel made of the kill list: once for each version that came into force, whatever died in between.

import { appendAcks, readAcks } from '../../adapters/state/kernel-records.ts';
import { type LockOptions, withLock } from '../../adapters/state/lock.ts';
import { causeText } from '../../domain/causes.ts';
import { ackId, type KernelAck } from '../../domain/kernel-records.ts';
import { isoFromMs } from '../../domain/time.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { Disk, Log, Timers } from '../../ports.ts';
import type { ClassInForce, ListsInForce } from '../facts.ts';
import type { AppliedRecord, Observer } from '../record.ts';
import { entriesCanceledSince, heldPositions } from './class-holdings.ts';
import { ToldProblem } from './told-problem.ts';
import { tradingStateOf } from './trading-state.ts';

const LOCK = 'kernel-acks';
const TRY_AGAIN_MS = 5_000;

export interface AcksDeps {
  /** The state that others read. */
  readonly disk: Disk;
  readonly lock: LockOptions;
  readonly runnerId: string;
  readonly kernel: () => KernelState;
  readonly halted: () => string | null;
  readonly lists: () => ListsInForce;
  /** When the kernel was handed the version that it goes by, epoch ms. */
  readonly handedAtMs: () => number | null;
  readonly timers: Timers;
  readonly log: Log;
  /** Called when acknowledgements are on the disk. */
  readonly onWritten: () => void;
}

export interface Acks {
  readonly observe: Observer;
  /** Writes what is owed, and goes on trying where that fails. Called at the start, and after the lists have changed. */
  settle(): void;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
  end(): void;
}

/** What an applied list did, of which only the record of the very moment knows. */
interface Applied {
  readonly seq: number;
  readonly atMs: number;
  readonly canceled: ReadonlyMap<string, number>;
}

/**
 * Returns the writer of `kernel/acks.jsonl`. What is owed is what the last line of this runner about a class does not say already, so it is
 * found again after a death between the record of the journal and the line.
 */
export function acknowledge(deps: AcksDeps): Acks {
  return new AckWriter(deps);
}

class AckWriter implements Acks {
  private readonly deps: AcksDeps;
  private applied: Applied | null = null;
  /** Class → its last acknowledgement by this runner; `null` before the file was read. */
  private last: Map<string, KernelAck> | null = null;
  private writing: Promise<void> | null = null;
  private isWanted = false;
  private callOff: () => void = () => undefined;
  private readonly told = new ToldProblem();

  constructor(deps: AcksDeps) {
    this.deps = deps;
  }

  readonly observe: Observer = (record: AppliedRecord) => {
    const { seq, event, effects, outcome } = record;
    if (event.kind !== 'PERMISSIONS' || !outcome.isAccepted) return;
    const canceled = new Map<string, number>();
    for (const effect of effects) {
      if (effect.kind !== 'PUBLISH' || effect.publication.topic !== 'strategy_disabled') continue;
      canceled.set(effect.publication.strategyClass, effect.publication.ordersCanceled);
    }
    this.applied = { seq, atMs: event.atMs, canceled };
  };

  settle(): void {
    this.isWanted = true;
    this.writing ??= this.rounds().finally(() => {
      this.writing = null;
    });
  }

  async idle(): Promise<void> {
    await this.writing;
  }

  end(): void {
    this.callOff();
    this.callOff = () => undefined;
  }

  private async rounds(): Promise<void> {
    this.callOff();
    while (this.isWanted) {
      this.isWanted = false;
      const problem = await this.write();
      if (problem === null) {
        this.told.over();
        continue;
      }
      this.tell(problem);
      this.callOff = this.deps.timers.after(TRY_AGAIN_MS, () => this.settle());
    }
  }

  /** Returns why nothing could be written, in a sentence. */
  private async write(): Promise<string | null> {
    const { disk, lock, runnerId, onWritten } = this.deps;
    try {
      this.last ??= lastAcks(readAcks(disk), runnerId);
      const { last } = this;
      // Before the lock is waited for: what is left of a class is told as of the moment when its list came into force.
      const owed = this.made(last).filter((ack) => isOwed(ack, last.get(ack.strategy_class)));
      if (owed.length === 0) return null;
      const written = await withLock(disk, LOCK, lock, () => appendAcks(disk, owed));
      if (!written.ok) return written.error.message;
      this.report(owed, last);
      for (const ack of owed) last.set(ack.strategy_class, ack);
      onWritten();
      return null;
    } catch (error) {
      return causeText(error);
    }
  }

  /** A class that stands as it stood under another version of the list is no news for who reads along. */
  private report(owed: readonly KernelAck[], last: ReadonlyMap<string, KernelAck>): void {
    const { log } = this.deps;
    for (const ack of owed) {
      const before = last.get(ack.strategy_class);
      if (before?.applied !== ack.applied || before.episode !== ack.episode) log.info(`${ackText(ack)}.`);
    }
  }

  private made(last: ReadonlyMap<string, KernelAck>): readonly KernelAck[] {
    const { killList, classes } = this.deps.lists();
    if (killList === null) return [];
    const left = [...last.values()].filter(({ strategy_class }) => !classes.has(strategy_class));
    return [
      ...[...classes].map(([name, each]) => this.ackOf(name, each, killList)),
      ...left.map(({ strategy_class }) => this.ackOf(strategy_class, UNLISTED, killList)),
    ];
  }

  private ackOf(
    strategyClass: string,
    { isEnabled, episode }: Pick<ClassInForce, 'isEnabled' | 'episode'>,
    killList: NonNullable<ListsInForce['killList']>,
  ): KernelAck {
    const { runnerId, kernel, halted, handedAtMs } = this.deps;
    const state = kernel();
    const { applied } = this;
    const seen = applied !== null && applied.atMs >= killList.appliedAtMs ? applied : null;
    // A runner that died over the line knows from the kernel's own book what was canceled since it handed over the list.
    const handedMs = handedAtMs();
    const found = handedMs === null ? 0 : entriesCanceledSince(state, strategyClass, handedMs);
    const canceled = seen === null ? found : (seen.canceled.get(strategyClass) ?? 0);
    const facts = {
      runner_id: runnerId,
      strategy_class: strategyClass,
      episode,
      applied: isEnabled ? 'entries_allowed' : 'entries_blocked',
      kill_list_sha256: killList.sha256,
      kill_list_commit: killList.commit,
    } as const;
    return {
      v: 1,
      ack_id: ackId(facts),
      ts: isoFromMs(seen?.atMs ?? killList.appliedAtMs),
      ...facts,
      open_orders_canceled: canceled,
      open_positions_left: heldPositions(state)
        .filter((each) => each.strategyClass === strategyClass)
        .map(({ instrument, side, quantity }) => ({ instrument, side, quantity })),
      trading_state: tradingStateOf(state, halted()),
      sequence: seen?.seq ?? state.seq,
    };
  }

  private tell(problem: string): void {
    const { log, timers } = this.deps;
    if (this.told.note(problem, timers.nowMs()))
      log.error(`Acknowledgements could not be written: ${problem}; they are tried again until they can.`);
  }
}

/** A class that the list names no more may not enter: nobody knows it. */
const UNLISTED = { isEnabled: false, episode: null } as const;

function lastAcks(acks: readonly KernelAck[], runnerId: string): Map<string, KernelAck> {
  const last = new Map<string, KernelAck>();
  for (const ack of acks) {
    const before = last.get(ack.strategy_class);
    // Folders that were put together have their lines in any order.
    if (ack.runner_id === runnerId && (before === undefined || before.ts <= ack.ts))
      last.set(ack.strategy_class, ack);
  }
  return last;
}

/** A class that left the list is told once, not with every list that follows. */
function isOwed(ack: KernelAck, last: KernelAck | undefined): boolean {
  if (last?.ack_id === ack.ack_id) return false;
  const isUnlisted = ack.applied === 'entries_blocked' && ack.episode === null;
  return !(isUnlisted && last?.applied === 'entries_blocked' && last.episode === null);
}

function ackText({
  strategy_class,
  applied,
  ts,
  open_orders_canceled,
  open_positions_left,
}: KernelAck): string {
  const what = applied === 'entries_blocked' ? 'disabled' : 'allowed';
  const orders = `${open_orders_canceled} open entry order${open_orders_canceled === 1 ? '' : 's'} canceled`;
  const positions = `${open_positions_left.length} position${open_positions_left.length === 1 ? '' : 's'} left`;
  return `Strategy ${strategy_class} ${what} in kernel at ${ts}, ${orders}, ${positions} to the exits`;
}
