// One part of the benchmark in a process of its own, so that no part runs on code or a heap that another one has warmed. It is told what to
// measure as JSON in its first argument, and prints what it found as JSON.

import { asOnlyKernel } from '../../src/adapters/journal/run-lock.ts';
import { type Contest, ccxtOrders, ccxtTrades, orderBookContest, reportsOf } from './contestants.ts';
import { frameLatency, intentLatency } from './latency.ts';
import { bytesPerMark, type DayMemory, dayMemory, timeShare } from './memory.ts';
import { type RecordedDay, readDay, recordDay } from './recorded-day.ts';
import { measureRecovery, type Recovering } from './recovering.ts';
import { type ScenarioShape, scenarioConfig } from './scenario.ts';
import type { Tail } from './spread.ts';
import { costByKind, journaledRate, pureRate, type Rate } from './throughput.ts';

export type Part =
  | { readonly part: 'record'; readonly path: string; readonly shape: ScenarioShape; readonly count: number }
  | {
      readonly part: 'pure';
      readonly path: string;
      readonly day: RecordedDay;
      readonly runs: number;
      readonly from: number;
    }
  | { readonly part: 'kinds'; readonly path: string; readonly day: RecordedDay; readonly from: number }
  | DiskPart<'journaled'>
  | DiskPart<'recovery'>
  | DiskPart<'intent'>
  | {
      readonly part: 'frames';
      readonly path: string;
      readonly day: RecordedDay;
      readonly perSecond: number;
      readonly isGzip: boolean;
      readonly warmUp: number;
    }
  | { readonly part: 'day'; readonly shape: ScenarioShape; readonly hours: number }
  | { readonly part: 'marks'; readonly shape: ScenarioShape; readonly marks: number }
  | { readonly part: 'invariants'; readonly path: string; readonly day: RecordedDay }
  | { readonly part: 'contest'; readonly path: string; readonly day: RecordedDay };

/** What each part finds. */
export interface Findings {
  readonly record: RecordedDay;
  readonly pure: Rate;
  readonly kinds: Readonly<Record<string, number>>;
  readonly journaled: Rate;
  readonly recovery: Recovering;
  readonly intent: Tail;
  readonly frames: Tail;
  readonly day: DayMemory;
  readonly marks: number;
  readonly invariants: number;
  readonly contest: readonly Contest[];
}

interface DiskPart<Name extends string> {
  readonly part: Name;
  readonly path: string;
  readonly day: RecordedDay;
  readonly runs: number;
  /** Folder on the disk that is measured. */
  readonly under: string;
}

/** As a runner does it: two benchmarks on one folder would measure each other. */
async function alone<T>(folder: string, run: () => T): Promise<T> {
  const ran = await asOnlyKernel(folder, run);
  if (!ran.ok) throw new Error(ran.error.message);
  return ran.value;
}

async function measured(task: Part): Promise<Findings[Part['part']]> {
  switch (task.part) {
    case 'record':
      return recordDay(task.path, task.shape, task.count);
    case 'pure':
      return pureRate(task.day, readDay(task.path), task.runs, task.from);
    case 'kinds':
      return costByKind(task.day, readDay(task.path), task.from);
    case 'journaled':
      return await alone(task.under, () =>
        journaledRate(task.day, readDay(task.path), task.runs, task.under),
      );
    case 'recovery':
      return measureRecovery(task.day, readDay(task.path), task.runs, task.under);
    case 'intent':
      return intentLatency(task.day, readDay(task.path), task.runs, task.under);
    case 'frames':
      return frameLatency(task.day, readDay(task.path), task);
    case 'day':
      return dayMemory(task.shape, task.hours, collector());
    case 'marks':
      return bytesPerMark(task.shape, task.marks);
    case 'invariants':
      return timeShare(task.day, readDay(task.path), 'checkInvariants');
    case 'contest':
      return contest(task.day, task.path);
  }
}

function contest(day: RecordedDay, path: string): readonly Contest[] {
  const reports = reportsOf(readDay(path));
  const instruments = new Map(scenarioConfig(day.shape).instruments.map((one) => [one.symbol, one]));
  return [orderBookContest(reports), ccxtOrders(reports, instruments), ccxtTrades(reports, instruments)];
}

function collector(): () => void {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run it with --expose-gc');
  return () => gc();
}

const task = JSON.parse(process.argv[2] ?? 'null') as Part;
console.log(JSON.stringify(await measured(task)));
