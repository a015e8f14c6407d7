// The days of the demo: every line is handed over once, on the day it was made, in order of time.

import { describe, expect, it } from 'vitest';
import { AGENTS, clumsyLines, signalsOf } from '../../src/demo/agents.ts';
import { linesByDay } from '../../src/demo/emission.ts';
import { makeMarket } from '../../src/demo/market.ts';
import { DAY_MS, msFromIso } from '../../src/domain/time.ts';

const [SEED, DAYS] = [3, 12];
const MARKET = makeMarket(SEED, DAYS);
const BY_DAY = linesByDay(MARKET, SEED, DAYS);

/** Zone-less instants of the broken line are read as the UTC they were cut from. */
function timeOf(line: string): number {
  const parsed: unknown = JSON.parse(line);
  const ts = typeof parsed === 'object' && parsed !== null && 'ts' in parsed ? String(parsed.ts) : '';
  return msFromIso(ts.endsWith('Z') ? ts : `${ts}Z`);
}

describe('linesByDay', () => {
  it('hands every line over exactly once, from the producer of its class', () => {
    const wanted = AGENTS.flatMap((agent) =>
      signalsOf(MARKET, agent, SEED).map((signal) => `${agent.strategyClass} ${JSON.stringify(signal)}`),
    ).concat(clumsyLines(MARKET, DAYS).lines.map((line) => `event ${line}`));

    const got = BY_DAY.flatMap((day) =>
      [...day].flatMap(([producer, lines]) => lines.map((line) => `${producer} ${line}`)),
    );

    expect(got.toSorted()).toEqual(wanted.toSorted());
  });

  it('gives each day the lines after its first midnight up to its last one, by time', () => {
    expect(BY_DAY).toHaveLength(DAYS);
    for (const [index, day] of BY_DAY.entries()) {
      const fromMs = MARKET.startMs + index * DAY_MS;
      for (const lines of day.values()) {
        const times = lines.map(timeOf);
        expect(times.every((ms) => ms > fromMs && ms <= fromMs + DAY_MS)).toBe(true);
        expect(times.toSorted((a, b) => a - b)).toEqual(times);
      }
    }
  });

  it('has lines that were made at midnight itself', () => {
    const atMidnight = BY_DAY.flatMap((day) => [...day.values()].flat()).filter(
      (line) => timeOf(line) % DAY_MS === 0,
    );

    expect(atMidnight.length).toBeGreaterThan(0);
  });
});
