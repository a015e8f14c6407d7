// What the demo's agents hand over on each simulated day, as the lines `warden emit` would read.

import { assert } from '../domain/assert.ts';
import { DAY_MS, msFromIso } from '../domain/time.ts';
import { AGENTS, clumsyLines, signalsOf } from './agents.ts';
import type { DemoMarket } from './market.ts';

/** Lines of one day by producer: the agents of a strategy class share a process that emits for them. */
export type DayLines = ReadonlyMap<string, readonly string[]>;

interface TimedLine {
  readonly atMs: number;
  readonly producer: string;
  readonly text: string;
}

/** Returns the lines of every simulated day, each day's by time. */
export function linesByDay(market: DemoMarket, seed: number, days: number): DayLines[] {
  const lines: TimedLine[] = AGENTS.flatMap((who) =>
    signalsOf(market, who, seed).map((signal) => ({
      atMs: msFromIso(signal.ts),
      producer: who.strategyClass,
      text: JSON.stringify(signal),
    })),
  );
  const clumsy = clumsyLines(market, days);
  for (const text of clumsy.lines) lines.push({ atMs: clumsy.atMs, producer: clumsy.producer, text });
  lines.sort((a, b) => a.atMs - b.atMs);
  const byDay = Array.from({ length: days }, () => new Map<string, string[]>());
  for (const { atMs, producer, text } of lines) {
    // A bar that closes at midnight belongs to the day it ends.
    const day = byDay[Math.ceil((atMs - market.startMs) / DAY_MS) - 1];
    assert(day !== undefined, 'agents speak on simulated days only');
    const batch = day.get(producer);
    if (batch === undefined) day.set(producer, [text]);
    else batch.push(text);
  }
  return byDay;
}
