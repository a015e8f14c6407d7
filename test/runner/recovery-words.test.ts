// What a person is told of a journal that is not as it was left.

import { describe, expect, it } from 'vitest';
import type { RecoveryReport } from '../../src/adapters/journal/recovery.ts';
import { tellRecovery } from '../../src/runner/recovery-words.ts';
import { memoryLog } from '../fakes/memory-mailer.ts';

const SOUND: RecoveryReport = {
  snapshot: null,
  refusedSnapshots: [],
  records: 0,
  cut: null,
  poisons: [],
  lost: null,
};

function told(report: Partial<RecoveryReport>): readonly string[] {
  const log = memoryLog();
  tellRecovery({ ...SOUND, ...report }, 'data/journal', log);
  return log.lines;
}

describe('a recovery', () => {
  it('of nothing is no news', () => {
    expect(told({})).toEqual([]);
  });

  it('of a sound journal says from where it goes on', () => {
    expect(told({ records: 7 })).toEqual([
      'the journal goes on: 7 records applied again, from its first record on',
    ]);
    expect(told({ snapshot: 'snapshot-9.json' })[0]).toContain('from snapshot-9.json on');
  });

  it.each([
    [
      { cut: { file: 'pink-1.jsonl', bytes: 12, records: 1 } },
      /^pink-1\.jsonl: 12 bytes with 1 records were never sealed/,
    ],
    [
      { refusedSnapshots: [{ name: 'snapshot-9.json', problem: 'it does not fit its SHA-256' }] },
      /^warning: data\/journal: the snapshot snapshot-9\.json is not believed: it does not fit its SHA-256/,
    ],
    [
      { poisons: [{ seq: 4, error: 'InvariantError: x' }] },
      /^error: data\/journal: a kernel stopped at the event of record 4 \(InvariantError: x\)/,
    ],
    [{ lost: { from: 8, to: 9 } }, /^error: data\/journal: records 8 to 9 are lost/],
  ])('that found %j says so', (report, words) => {
    expect(told(report)).toEqual([expect.stringMatching(words)]);
  });
});
