// The telemetry log: every run of an agent once, by month, after any power cut.

import { describe, expect, it } from 'vitest';
import { appendTelemetry } from '../../../src/adapters/state/telemetry-log.ts';
import type { TelemetryEvent } from '../../../src/domain/telemetry.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const FILE = 'telemetry/events/2021-03.jsonl';

function ofRun(run_id: string, ts = '2021-03-01T10:00:00.000Z'): TelemetryEvent {
  return { v: 1, ts, agent: 'momentum', run_id, status: 'ok', duration_ms: 5 };
}

describe('appendTelemetry', () => {
  it('writes each event once into its month', () => {
    const disk = memoryDisk();
    const april = ofRun('b', '2021-04-01T10:00:00.000Z');

    const first = appendTelemetry(disk, [ofRun('a'), april, ofRun('a')]);
    const second = appendTelemetry(disk, [april, ofRun('c')]);

    expect(first).toEqual({ appended: 2, duplicates: 1 });
    expect(second).toEqual({ appended: 1, duplicates: 1 });
    expect(disk.dump()).toEqual({
      [FILE]: `${JSON.stringify(ofRun('a'))}\n${JSON.stringify(ofRun('c'))}\n`,
      'telemetry/events/2021-04.jsonl': `${JSON.stringify(april)}\n`,
    });
  });

  it('is completed to the same bytes by a second run after a power cut', () => {
    const batch = [ofRun('a'), ofRun('b'), ofRun('c', '2021-04-01T10:00:00.000Z')];
    const fresh = () => memoryDisk({ [FILE]: `${JSON.stringify(ofRun('b'))}\n{"v":1,` });
    const expected = fresh();
    appendTelemetry(expected, batch);

    const aftermaths = afterEveryCut(fresh, (disk) => appendTelemetry(disk, batch));

    expect(aftermaths).toHaveLength(15);
    for (const { disk, cut } of aftermaths) {
      appendTelemetry(disk, batch);
      expect(disk.dump(), JSON.stringify(cut)).toEqual(expected.dump());
    }
  });
});
