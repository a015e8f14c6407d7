// The checkpoint of the supervisor's memory: it is what was stored, byte for byte, or it is nothing.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  loadCheckpoint,
  type RowDay,
  saveCheckpoint,
} from '../../../src/adapters/state/history-checkpoint.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const PATH = '.cache/supervise.json';
const KEY = 'k'.repeat(64);
const DAYS: readonly RowDay[] = [
  ['2026-11-19', 100],
  ['2026-11-20', 200],
];
const LATER: RowDay = ['2026-11-21', 50];

function stored(body = '{"rowCount":7}') {
  const disk = memoryDisk();
  saveCheckpoint(disk, KEY, DAYS, body);
  return disk;
}

describe('a checkpoint', () => {
  it('comes back byte for byte, with the last day that it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = JSON.stringify(value);
        expect(loadCheckpoint(stored(body), KEY, DAYS)).toEqual({ body, throughDay: '2026-11-20' });
      }),
    );
  });

  it('holds while days come after it', () => {
    expect(loadCheckpoint(stored(), KEY, [...DAYS, LATER])?.throughDay).toBe('2026-11-20');
  });

  it.each<[string, string, readonly RowDay[]]>([
    ['under another key', 'other', DAYS],
    ['where a day has grown', KEY, [['2026-11-19', 101], ...DAYS.slice(1)]],
    ['where a day came in between', KEY, [...DAYS, ['2026-11-18', 1] as const].toSorted()],
    ['where a day is gone', KEY, DAYS.slice(1)],
    ['where its last day is not seen yet', KEY, DAYS.slice(0, 1)],
  ])('is nothing %s', (_case, key, days) => {
    expect(loadCheckpoint(stored(), key, days)).toBeNull();
  });

  it('is nothing where any one character of it is lost', () => {
    const text = stored().dump()[PATH] ?? '';
    for (let index = 0; index < text.length - 1; index += 1) {
      const disk = memoryDisk({ [PATH]: text.slice(0, index) + text.slice(index + 1) });
      expect(loadCheckpoint(disk, KEY, DAYS), `without character ${index}`).toBeNull();
    }
  });

  it('is nothing where there is none, or something else stands in its place', () => {
    for (const text of [
      '',
      '\n',
      '{}',
      '{}\n{}\n',
      '[]\n',
      '{"days":[]}\n\n',
      '{"days":[7]}\n{}\n',
      '\u0000',
    ])
      expect(loadCheckpoint(memoryDisk({ [PATH]: text }), KEY, DAYS)).toBeNull();
    expect(loadCheckpoint(memoryDisk(), KEY, DAYS)).toBeNull();
  });
});
