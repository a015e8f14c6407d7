// Error rates from the telemetry log: which runs of which months count, and that nothing broken is passed over.

import { describe, expect, it } from 'vitest';
import { appendTelemetry } from '../../../src/adapters/state/telemetry-log.ts';
import { newestRunMs, telemetryRates } from '../../../src/adapters/state/telemetry-rates.ts';
import type { TelemetryEvent } from '../../../src/domain/telemetry.ts';
import { DAY_MS, isoFromMs } from '../../../src/domain/time.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const TO_MS = Date.UTC(2021, 3, 10);
const FROM_MS = TO_MS - 30 * DAY_MS;

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
    expect([...telemetryRates(disk, FROM_MS, TO_MS)]).toEqual([
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
    expect(telemetryRates(disk, FROM_MS, TO_MS).get('momentum')).toEqual({ runs: 3, errors: 2 });
  });

  it('leaves out what started at the beginning of the window or before, and after its end', () => {
    const at = (ms: number, run_id: string) => aRun({ ts: isoFromMs(ms), run_id });
    const disk = diskWith([at(FROM_MS, 'a'), at(FROM_MS + 1, 'b'), at(TO_MS, 'c'), at(TO_MS + 1, 'd')]);
    expect(telemetryRates(disk, FROM_MS, TO_MS).get('momentum')).toEqual({ runs: 2, errors: 0 });
  });

  it('reads only the months of the window, and files of months', () => {
    const disk = diskWith([aRun()]);
    for (const name of ['2021-02.jsonl', '2021-05.jsonl', 'notes.jsonl', '2021-03.jsonl.bak']) {
      disk.append(`telemetry/events/${name}`, 'garbage\n');
    }
    expect(telemetryRates(disk, FROM_MS, TO_MS).size).toBe(1);
  });

  it('says where a line is no telemetry event', () => {
    const disk = diskWith([aRun()]);
    disk.append('telemetry/events/2021-04.jsonl', '{"v":1}\n');
    expect(() => telemetryRates(disk, FROM_MS, TO_MS)).toThrow('telemetry/events/2021-04.jsonl:2: ');
  });

  it('does not count a line that its writer did not finish', () => {
    const disk = diskWith([aRun()]);
    disk.append('telemetry/events/2021-04.jsonl', JSON.stringify(aRun({ run_id: 'r2' })).slice(0, -3));
    expect(telemetryRates(disk, FROM_MS, TO_MS).get('momentum')).toEqual({ runs: 1, errors: 0 });
  });

  it('knows nobody without telemetry', () => {
    expect(telemetryRates(memoryDisk(), FROM_MS, TO_MS).size).toBe(0);
  });
});

describe('newestRunMs', () => {
  it('is the start of the newest run that is known by then, whatever the order of the log', () => {
    const disk = diskWith([
      aRun({ run_id: 'newest', ts: isoFromMs(TO_MS + 5) }),
      aRun({ run_id: 'old', ts: isoFromMs(TO_MS - 40 * DAY_MS) }),
      aRun({ run_id: 'new', ts: isoFromMs(TO_MS - 3) }),
    ]);
    expect(newestRunMs(disk, TO_MS)).toBe(TO_MS - 3);
    expect(newestRunMs(disk, TO_MS + DAY_MS)).toBe(TO_MS + 5);
  });

  it('looks into the months before where the newest month began later', () => {
    const disk = diskWith([
      aRun({ run_id: 'a', ts: isoFromMs(TO_MS) }),
      aRun({ run_id: 'b', ts: isoFromMs(TO_MS - 20 * DAY_MS) }),
    ]);
    expect(newestRunMs(disk, TO_MS - 1)).toBe(TO_MS - 20 * DAY_MS);
  });

  it('is unknown where nothing was recorded by then', () => {
    expect(newestRunMs(diskWith([aRun()]), TO_MS - 2 * DAY_MS)).toBeNull();
    expect(newestRunMs(memoryDisk(), TO_MS)).toBeNull();
  });
});
