// The supervisor's derived files: readable, written where they changed, and believed only where they fit their schema.

import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import {
  loadMetaReport,
  readDivergence,
  type SupervisorFiles,
  saveSupervisorFiles,
  supervisorTexts,
} from '../../../src/adapters/state/supervisor-files.ts';
import {
  AT,
  aCell,
  aConfidence,
  aMetaReport,
  anAlert,
  anAllocation,
  aPromotion,
} from '../../domain/record-builders.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

function files(over: Partial<SupervisorFiles> = {}): SupervisorFiles {
  return {
    confidence: {
      version: 1,
      generated_at: AT,
      multipliers: { 'trend-ema': 0.95 },
      detail: { 'trend-ema': aConfidence() },
    },
    cvar: { macro: { TREND: aCell() } },
    divergence: { v: 1, generated_at: AT, alerts: [anAlert()], notes: [] },
    promotion: { 'trend-ema': aPromotion() },
    allocation: { 'trend-ema': anAllocation() },
    report: aMetaReport(),
    markdown: '# Meta report\n',
    ...over,
  };
}

describe('saveSupervisorFiles', () => {
  it('writes seven files, JSON that people can read and that ends with a line end', () => {
    const disk = memoryDisk();
    expect(saveSupervisorFiles(disk, files())).toBe(true);

    const dump = disk.dump();
    expect(Object.keys(dump)).toEqual(
      [
        'allocation.json',
        'confidence_multipliers.json',
        'divergence_alerts.json',
        'meta_report.json',
        'meta_report.md',
        'promotion.json',
        'strategy_cvar_regime.json',
      ].map((name) => `supervisor/${name}`),
    );
    expect(dump['supervisor/allocation.json']).toMatch(/^\{\n {2}"trend-ema": \{\n[\s\S]*\}\n$/);
    expect(
      supervisorTexts(files())
        .map(([path]) => path)
        .sort(),
    ).toEqual(Object.keys(dump));
  });

  it('writes what changed only, and says whether anything did', () => {
    const disk = memoryDisk();
    saveSupervisorFiles(disk, files());
    const written: string[] = [];
    const watched = {
      ...disk,
      replace: (path: string, text: string) => {
        written.push(path);
        disk.replace(path, text);
      },
    };

    expect(saveSupervisorFiles(watched, files())).toBe(false);
    expect(written).toEqual([]);
    expect(saveSupervisorFiles(watched, files({ markdown: '# Another\n' }))).toBe(true);
    expect(written).toEqual(['supervisor/meta_report.md']);
  });
});

describe('what is read back', () => {
  it('is what was written, and null before the first run', () => {
    const disk = memoryDisk();
    expect([readDivergence(disk), loadMetaReport(disk)]).toEqual([null, { ok: true, value: null }]);

    saveSupervisorFiles(disk, files());
    expect(readDivergence(disk)).toEqual(files().divergence);
    expect(loadMetaReport(disk)).toEqual({ ok: true, value: files().report });
  });

  it.each([
    ['torn', '{"v":1,"generated_at":'],
    ['of another version', JSON.stringify({ ...files().divergence, v: 2 })],
    ['with an unknown key', '{"v":1,"generated_at":null,"alerts":[],"notes":[],"extra":1}'],
  ])('is refused with its place where it is %s', (_case, text) => {
    const disk = memoryDisk({
      'supervisor/divergence_alerts.json': text,
      'supervisor/meta_report.json': text,
    });

    expect(() => readDivergence(disk)).toThrow(CorruptStateError);
    expect(() => readDivergence(disk)).toThrow('supervisor/divergence_alerts.json');
    expect(loadMetaReport(disk).ok).toBe(false);
  });
});
