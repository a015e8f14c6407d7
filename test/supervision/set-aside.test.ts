// After a recovery: the rows that it set aside are no new breach, and all others are.

import { describe, expect, it } from 'vitest';
import type { CellThreshold } from '../../src/domain/cvar.ts';
import { isBreachedAnew } from '../../src/supervision/set-aside.ts';
import { aCell } from '../domain/record-builders.ts';

const limits: CellThreshold = { max_cvar_error_bps: null, max_cvar_sigma: 4, source: 'class' };
const FROM = '2026-10-20T00:00:00.000Z';

function isAnew(windowFrom: string | null, recentSigma: number | null, setAsideBefore: string | null = FROM) {
  const { recent } = aCell();
  const cell = aCell({ window_from: windowFrom, recent: { ...recent, cvar95_sigma: recentSigma } });
  return isBreachedAnew(cell, limits, ['sigma'], setAsideBefore, 24);
}

describe('isBreachedAnew', () => {
  it('holds for every breach of a cell that never recovered', () => {
    expect(isAnew('2026-01-01T00:00:00.000Z', 1, null)).toBe(true);
  });

  it('asks the newest rows as long as the window holds a row that was entered before the recovery began', () => {
    expect(isAnew('2026-10-20T23:59:59.999Z', 3.9)).toBe(false);
    expect(isAnew('2026-10-20T23:59:59.999Z', 4.1)).toBe(true);
    expect(isAnew('2026-10-21T00:00:00.000Z', 3.9)).toBe(true);
  });

  it('takes what is unknown of the newest rows as no recovery', () => {
    expect(isAnew('2026-10-01T00:00:00.000Z', null)).toBe(true);
    expect(isAnew(null, 1)).toBe(true);
  });
});
