// A kernel with a journal on a disk that can fail: started, told things, stopped, and started again.

import { faultText } from '../../../src/adapters/journal/journal-fault.ts';
import {
  JOURNAL_POLICY,
  type JournaledKernel,
  type JournalPolicy,
} from '../../../src/adapters/journal/journaled-kernel.ts';
import { type Recovered, recover } from '../../../src/adapters/journal/recovery.ts';
import type { RunId } from '../../../src/domain/ids.ts';
import type { EpochMs, PriceTicks } from '../../../src/domain/steps.ts';
import type { KernelConfig } from '../../../src/kernel/config.ts';
import { hashText } from '../../../src/kernel/digest.ts';
import type { CommandEvent, MarkEvent, StreamEvent } from '../../../src/kernel/event.ts';
import type { JournalDisk } from '../../../src/ports.ts';
import { BTC, config, START_MS } from '../../kernel/build.ts';

/** Small, so that tests reach every edge. */
export const POLICY: JournalPolicy = { ...JOURNAL_POLICY, snapshotEvery: 1_000_000, reserveBytes: 16_384 };

export const START = { runId: 'run' as RunId, atMs: START_MS };

/** Recovers, or says why not. */
export function recovered(
  disk: JournalDisk,
  policy: Partial<JournalPolicy> = {},
  over: KernelConfig = config(),
): Recovered {
  const result = recover(disk, over, START, { ...POLICY, ...policy });
  if (!result.ok) throw new Error(faultText(result.error));
  return result.value;
}

/** The fault that recovery ends with; `null` where it does not. */
export function faultOf(disk: JournalDisk, over: KernelConfig = config()): string | null {
  const result = recover(disk, over, START, POLICY);
  return result.ok ? null : faultText(result.error);
}

/** A kernel that has committed its START. */
export function started(
  disk: JournalDisk,
  policy: Partial<JournalPolicy> = {},
  over: KernelConfig = config(),
): JournaledKernel {
  const { kernel } = recovered(disk, policy, over);
  kernel.commit();
  return kernel;
}

export function mark(afterMs: number, price = 1_000_000): MarkEvent {
  const atMs = (START_MS + afterMs) as EpochMs;
  const [bid, ask] = [price, price + 1] as [PriceTicks, PriceTicks];
  return { kind: 'MARK', atMs, symbol: BTC, bid, ask, mark: bid, quotedAtMs: atMs };
}

export function stream(afterMs: number, isUp: boolean): StreamEvent {
  return { kind: 'STREAM', atMs: (START_MS + afterMs) as EpochMs, isUp };
}

export function freeze(afterMs: number, why = 'a test'): CommandEvent {
  const atMs = (START_MS + afterMs) as EpochMs;
  const words = { requestId: `request-${afterMs}`, who: 'ada', why, slot: null };
  return { kind: 'COMMAND', atMs, command: 'ENTRY_FROZEN', ...words };
}

/** Tells a kernel `count` things, in groups of `size`. */
export function run(kernel: JournaledKernel, count: number, size: number): void {
  for (let at = 0; at < count; at += 1) {
    kernel.apply(at % 7 === 3 ? freeze(at * 10, `reason ${at}`) : mark(at * 10, 1_000_000 + at));
    if ((at + 1) % size === 0) kernel.commit();
  }
  kernel.commit();
}

export function hashOf(kernel: JournaledKernel): string {
  return hashText(kernel.state);
}
