// How fast a day is applied again: in memory, and through the journal to the disk. Each run is a kernel of its own.

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_POLICY, type JournaledKernel } from '../../src/adapters/journal/journaled-kernel.ts';
import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { recover } from '../../src/adapters/journal/recovery.ts';
import { createKernel } from '../../src/kernel/create.ts';
import { hashText } from '../../src/kernel/digest.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { step } from '../../src/kernel/step.ts';
import type { RecordedDay } from './recorded-day.ts';
import { scenarioConfig } from './scenario.ts';
import { type Spread, spreadOf } from './spread.ts';

/** Records of one write and one sync. */
const GROUP = 1_024;

const WARM_UPS = 2;

export interface Rate {
  /** Events a second on the clock. */
  readonly wall: Spread;
  /** Events a second of the process's time on all processors, its collector and compiler included: what others do beside it is not in it. */
  readonly cpu: Spread;
}

/** The rate of {@link step} alone, from objects in memory. A run that ends in another state than the recorded one is an error. */
export function pureRate(day: RecordedDay, events: readonly KernelEvent[], runs: number, from = 0): Rate {
  const config = scenarioConfig(day.shape);
  const [wall, cpu]: [number[], number[]] = [[], []];
  for (let run = -WARM_UPS; run < runs; run += 1) {
    const state = createKernel(config);
    for (let index = 0; index < from; index += 1) apply(state, events, index);
    const usedBefore = process.cpuUsage();
    const startedMs = performance.now();
    for (let index = from; index < events.length; index += 1) apply(state, events, index);
    const elapsedMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(usedBefore);
    checkEnd(state, day);
    if (run < 0) continue;
    wall.push(((events.length - from) / elapsedMs) * 1_000);
    cpu.push(((events.length - from) / (user + system)) * 1_000_000);
  }
  return { wall: spreadOf(wall), cpu: spreadOf(cpu) };
}

/**
 * Nanoseconds of one event of each kind: its median, which other programs on the machine do not move, with the 40 or so that the clock
 * takes.
 */
export function costByKind(
  day: RecordedDay,
  events: readonly KernelEvent[],
  from: number,
): Record<string, number> {
  const config = scenarioConfig(day.shape);
  const nanos = new Map<string, number[]>();
  for (let run = -WARM_UPS; run < 1; run += 1) {
    nanos.clear();
    const state = createKernel(config);
    for (const [index, event] of events.entries()) {
      const startedMs = performance.now();
      step(state, event);
      const elapsedMs = performance.now() - startedMs;
      if (index >= from) grouped(nanos, event.kind).push(elapsedMs * 1e6);
    }
  }
  return Object.fromEntries([...nanos].map(([kind, of]) => [kind, spreadOf(of).median]));
}

function grouped(of: Map<string, number[]>, key: string): number[] {
  const known = of.get(key) ?? [];
  of.set(key, known);
  return known;
}

function apply(state: KernelState, events: readonly KernelEvent[], index: number): void {
  const event = events[index];
  if (event !== undefined) step(state, event);
}

/** Begins a kernel in an empty folder as the day begins: its first event is the START that a recovery applies. */
export function begunKernel(
  folder: string,
  { shape }: RecordedDay,
  [first]: readonly KernelEvent[],
): JournaledKernel {
  if (first?.kind !== 'START') throw new Error('a day begins with START');
  const begun = recover(nodeJournalDisk(folder), scenarioConfig(shape), first, JOURNAL_POLICY);
  if (!begun.ok) throw new Error(begun.error.problem);
  return begun.value.kernel;
}

/** Writes a whole day: each event encoded and hashed, each group of {@link GROUP} written, sealed and synced. Returns the milliseconds. */
export function journalDay(folder: string, day: RecordedDay, events: readonly KernelEvent[]): number {
  const kernel = begunKernel(folder, day, events);
  const startedMs = performance.now();
  for (let index = 1; index < events.length; index += 1) {
    const event = events[index];
    if (event !== undefined) kernel.apply(event);
    if (kernel.pending >= GROUP) kernel.commit();
  }
  kernel.commit();
  const elapsedMs = performance.now() - startedMs;
  if (kernel.halted !== null) throw new Error(kernel.halted);
  checkEnd(kernel.state, day);
  return elapsedMs;
}

/** The rate through the journal to the disk; waiting for the disk is no processor time. */
export function journaledRate(
  day: RecordedDay,
  events: readonly KernelEvent[],
  runs: number,
  under: string,
): Rate {
  const [wall, cpu]: [number[], number[]] = [[], []];
  for (let run = -1; run < runs; run += 1) {
    const folder = mkdtempSync(join(under, 'warden-journal-'));
    const usedBefore = process.cpuUsage();
    const elapsedMs = journalDay(folder, day, events);
    const { user, system } = process.cpuUsage(usedBefore);
    rmSync(folder, { recursive: true });
    if (run < 0) continue;
    wall.push((events.length / elapsedMs) * 1_000);
    cpu.push((events.length / (user + system)) * 1_000_000);
  }
  return { wall: spreadOf(wall), cpu: spreadOf(cpu) };
}

function checkEnd(state: KernelState, day: RecordedDay): void {
  const hash = hashText(state);
  if (hash !== day.hash) throw new Error(`the day ends in ${hash} instead of ${day.hash}`);
}
