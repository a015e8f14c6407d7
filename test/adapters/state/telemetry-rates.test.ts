// Error rates from the telemetry log: which runs of which months count, and that nothing broken is passed over.

import { describe, expect, it } from 'vitest';
import { appendTelemetry } from '../../../src/adapters/state/telemetry-log.ts';
import {
  telemetryBytes,
  telemetryFaults,
  telemetryRates,
} from '../../../src/adapters/state/telemetry-rates.ts';
import type { TelemetryEvent } from '../../../src/domain/telemetry.ts';
import { DAY_MS, isoFromMs } from '../../../src/domain/time.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const TO_MS = Date.UTC(2021, 3, 10);
const WINDOW_MS = 30 * DAY_MS;
const FROM_MS = TO_MS - WINDOW_MS;

function aRun(over: Partial<TelemetryEvent> = {}): TelemetryEvent {
  const ts = isoFromMs(TO_MS - DAY_MS);
  return { v: 1, ts, agent: 'momentum', run_id: 'r1', status: 'ok', duration_ms: 5, ...over };
}

function diskWith(events: readonly TelemetryEvent[]) {
  const disk = memoryDisk();
  appendTelemetry(disk, events);
  return disk;
}

describe('telemetryRates', () => {
  it('counts the runs and errors of each agent', () => {
    const disk = diskWith([
      aRun(),
      aRun({ run_id: 'r2', status: 'error', error: 'no prices' }),
      aRun({ run_id: 'r3', ts: isoFromMs(FROM_MS + DAY_MS) }),
      aRun({ agent: 'carry' }),
    ]);
    expect([...telemetryRates(disk, WINDOW_MS, TO_MS)]).toEqual([
      ['momentum', { runs: 3, errors: 1 }],
      ['carry', { runs: 1, errors: 0 }],
    ]);
  });

  it('counts a run once, and as failed where any event of it says so, in either order', () => {
    const failed = { status: 'error', duration_ms: 6 } as const;
    const later = isoFromMs(TO_MS);
    const disk = diskWith([
      aRun(),
      aRun({ ...failed, ts: later }),
      aRun({ run_id: 'r2', ...failed }),
      aRun({ run_id: 'r2', ts: later }),
      aRun({ run_id: 'r3' }),
      aRun({ run_id: 'r3', duration_ms: 7 }),
    ]);
    expect(telemetryRates(disk, WINDOW_MS, TO_MS).get('momentum')).toEqual({ runs: 3, errors: 2 });
  });

  it('leaves out what started at the beginning of the window or before, and after its end', () => {
    const at = (ms: number, run_id: string) => aRun({ ts: isoFromMs(ms), run_id });
    const disk = diskWith([at(FROM_MS, 'a'), at(FROM_MS + 1, 'b'), at(TO_MS, 'c'), at(TO_MS + 1, 'd')]);
    expect(telemetryRates(disk, WINDOW_MS, TO_MS).get('momentum')).toEqual({ runs: 2, errors: 0 });
  });

  it('ends the window of an agent at its own newest run, whoever else ran since', () => {
    const old = (days: number, run_id: string) => aRun({ ts: isoFromMs(TO_MS - days * DAY_MS), run_id });
    const disk = diskWith([old(31, 'a'), old(40, 'b'), old(59, 'c'), old(60, 'too old')]);
    const alone = telemetryRates(diskWith([old(31, 'a'), old(40, 'b'), old(59, 'c')]), WINDOW_MS, TO_MS);
    appendTelemetry(disk, [aRun({ agent: 'guest', ts: isoFromMs(TO_MS) })]);

    expect(alone.get('momentum')).toEqual({ runs: 3, errors: 0 });
    expect(telemetryRates(disk, WINDOW_MS, TO_MS).get('momentum')).toEqual({ runs: 3, errors: 0 });
  });

  it('does not know an agent that rested for two windows', () => {
    const at = (ms: number) => aRun({ ts: isoFromMs(ms) });
    const guest = aRun({ agent: 'guest', ts: isoFromMs(TO_MS) });
    const runsOf = (ms: number) =>
      telemetryRates(diskWith([at(ms), guest]), WINDOW_MS, TO_MS).get('momentum');

    expect(runsOf(TO_MS - 2 * WINDOW_MS + 1)).toEqual({ runs: 1, errors: 0 });
    expect(runsOf(TO_MS - 2 * WINDOW_MS)).toBeUndefined();
  });

  it('gives the same rates until something is recorded, however much later it is asked', () => {
    const disk = diskWith([aRun(), aRun({ run_id: 'r2', ts: isoFromMs(FROM_MS + DAY_MS) })]);

    expect(telemetryRates(disk, WINDOW_MS, TO_MS + 400 * DAY_MS)).toEqual(
      telemetryRates(disk, WINDOW_MS, TO_MS),
    );
    expect(telemetryRates(disk, WINDOW_MS, TO_MS - 2 * DAY_MS).get('momentum')?.runs).toBe(1);
  });

  it('reads each month of two windows once, and only files of months', () => {
    const disk = diskWith([aRun(), aRun({ run_id: 'r2', ts: isoFromMs(TO_MS - 20 * DAY_MS) })]);
    for (const name of ['2021-01.jsonl', '2021-05.jsonl', 'notes.jsonl', '2021-03.jsonl.bak']) {
      disk.append(`telemetry/events/${name}`, 'garbage\n');
    }
    const read: string[] = [];
    const watched = {
      ...disk,
      readRange: (path: string, from: number, to: number) => {
        read.push(path);
        return disk.readRange(path, from, to);
      },
    };
    expect(telemetryRates(watched, WINDOW_MS, TO_MS).size).toBe(1);
    expect(read).toEqual(['telemetry/events/2021-04.jsonl', 'telemetry/events/2021-03.jsonl']);
  });

  it('says where a line is no telemetry event', () => {
    const disk = diskWith([aRun()]);
    disk.append('telemetry/events/2021-04.jsonl', '{"v":1}\n');
    expect(() => telemetryRates(disk, WINDOW_MS, TO_MS)).toThrow('telemetry/events/2021-04.jsonl:2: ');
  });

  it('does not count a line that its writer did not finish', () => {
    const disk = diskWith([aRun()]);
    disk.append('telemetry/events/2021-04.jsonl', JSON.stringify(aRun({ run_id: 'r2' })).slice(0, -3));
    expect(telemetryRates(disk, WINDOW_MS, TO_MS).get('momentum')).toEqual({ runs: 1, errors: 0 });
  });

  it('knows nobody without telemetry', () => {
    expect(telemetryRates(memoryDisk(), WINDOW_MS, TO_MS).size).toBe(0);
  });
});

describe('telemetryFaults', () => {
  it('names the first bad line of each file, and none of a whole log', () => {
    const disk = diskWith([aRun()]);
    expect(telemetryFaults(disk)).toEqual([]);
    disk.append('telemetry/events/2021-04.jsonl', 'garbage\n');
    disk.append('telemetry/events/2020-01.jsonl', '{}\n');

    expect(telemetryFaults(disk).map((fault) => fault.split(': ')[0])).toEqual([
      'telemetry/events/2020-01.jsonl:1',
      'telemetry/events/2021-04.jsonl:2',
    ]);
  });
});

describe('telemetryBytes', () => {
  it('grows with every event, and is 0 without any', () => {
    const disk = diskWith([aRun()]);
    const first = telemetryBytes(disk);
    appendTelemetry(disk, [aRun({ run_id: 'r2', ts: isoFromMs(FROM_MS) })]);

    expect(telemetryBytes(memoryDisk())).toBe(0);
    expect(first).toBeGreaterThan(50);
    expect(telemetryBytes(disk)).toBe(2 * first);
  });
});
