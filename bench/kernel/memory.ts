// What a kernel keeps over a day of trading, what a price leaves for the collector, and where the time of an event goes.

import { Session } from 'node:inspector/promises';
import { createKernel } from '../../src/kernel/create.ts';
import type { KernelEvent, MarkEvent } from '../../src/kernel/event.ts';
import { step } from '../../src/kernel/step.ts';
import type { RecordedDay } from './recorded-day.ts';
import { Scenario, type ScenarioShape, scenarioConfig } from './scenario.ts';

const MIB = 1_024 * 1_024;

export interface DayMemory {
  readonly events: number;
  readonly virtualHours: number;
  /** Live heap after a full collection, at the end of each hour, with the scenario's own few kilobytes. */
  readonly heapMiB: readonly number[];
  /** From the end of the second hour to the end of the last. */
  readonly growthMiB: number;
  readonly maxRssMiB: number;
}

/** Plays a day at the pace of its shape, one event after the other; nothing of it is kept but the kernel. */
export function dayMemory(shape: ScenarioShape, hours: number, collect: () => void): DayMemory {
  const perHour = Math.round(3_600_000 / shape.everyMs);
  const scenario = new Scenario(shape);
  const state = createKernel(scenario.config);
  const heapMiB: number[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    for (let played = 0; played < perHour; played += 1) scenario.heard(step(state, scenario.next()).effects);
    collect();
    heapMiB.push(process.memoryUsage().heapUsed / MIB);
  }
  return {
    events: state.seq,
    virtualHours: hours,
    heapMiB,
    growthMiB: (heapMiB.at(-1) ?? 0) - (heapMiB[1] ?? heapMiB[0] ?? 0),
    maxRssMiB: process.resourceUsage().maxRSS / 1_024,
  };
}

/** Bytes that one price makes the kernel allocate, by sampling every allocation, those that were collected again included. */
export async function bytesPerMark(shape: ScenarioShape, marks: number): Promise<number> {
  const scenario = new Scenario(shape);
  const state = createKernel(scenario.config);
  const known: MarkEvent[] = [];
  while (known.length < 10_000) {
    const event = scenario.next();
    scenario.heard(step(state, event).effects);
    if (event.kind === 'MARK') known.push(event);
  }
  const drive = (count: number): void => {
    for (let index = 0; index < count; index += 1) {
      const event = known[index % known.length];
      if (event !== undefined) step(state, event);
    }
  };
  // Prices of before are stale, and would not be taken: all are as young as the last one.
  const youngest = known.at(-1)?.quotedAtMs;
  if (youngest !== undefined)
    for (const [index, event] of known.entries()) known[index] = { ...event, quotedAtMs: youngest };
  drive(100_000);
  const session = new Session();
  session.connect();
  const options = {
    samplingInterval: 128,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  };
  await session.post('HeapProfiler.startSampling', options);
  drive(marks);
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  return allocatedBelow(profile.head, 'drive') / marks;
}

interface AllocationNode {
  readonly callFrame: { readonly functionName: string };
  readonly selfSize: number;
  readonly children: readonly AllocationNode[];
}

/** What was allocated in a function and in all that it called. */
function allocatedBelow(node: AllocationNode, name: string, isBelow = false): number {
  const counts = isBelow || node.callFrame.functionName === name;
  const own = counts ? node.selfSize : 0;
  return node.children.reduce((sum, child) => sum + allocatedBelow(child, name, counts), own);
}

const PROFILED_REPLAYS = 4;

/**
 * Share of the time of {@link step} that goes into `functionName` and what it calls, by samples every 100 µs. The profile begins before
 * anything is optimized: it could not tell functions apart that were already one piece of machine code.
 */
export async function timeShare(
  day: RecordedDay,
  events: readonly KernelEvent[],
  functionName: string,
): Promise<number> {
  const config = scenarioConfig(day.shape);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
  for (let replay = 0; replay < PROFILED_REPLAYS; replay += 1) {
    const state = createKernel(config);
    for (const event of events) step(state, event);
  }
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const parents = new Map(
    profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id] as const)),
  );
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const isUnder = (id: number, name: string): boolean => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at))
      if (names.get(at) === name) return true;
    return false;
  };
  const samples = (profile.samples ?? []).filter((id) => isUnder(id, 'step'));
  if (samples.length === 0) throw new Error('the profile has no sample of a step');
  return samples.filter((id) => isUnder(id, functionName)).length / samples.length;
}
