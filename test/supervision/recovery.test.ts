// Recovery: every condition on its own, in a sentence, and nothing that is unknown counts as met.

import { describe, expect, it } from 'vitest';
import { measureCell } from '../../bench/one-cell.ts';
import type { CellThreshold } from '../../src/domain/cvar.ts';
import { DAY_MS, isoFromMs } from '../../src/domain/time.ts';
import type { CellMeasurements } from '../../src/supervision/cell.ts';
import { isBeyondRecently, unmetRecovery } from '../../src/supervision/recovery.ts';
import { T0 } from '../builders.ts';
import { aCell } from '../domain/record-builders.ts';
import { aJudgedRow, cvarRules } from './cell-rows.ts';

const rules = cvarRules();
const threshold: CellThreshold = { max_cvar_error_bps: 400, max_cvar_sigma: 4, source: 'class' };

function unmet(
  over: Partial<CellMeasurements['recent']> = {},
  parts: { readonly asOfMs?: number; readonly limits?: CellThreshold | null } = {},
): readonly string[] {
  const empty = aCell();
  const recent = {
    n_eff: 60.5,
    n_blocks: 20,
    from: isoFromMs(T0 + DAY_MS),
    cvar95_error_bps: 319.9,
    se_cvar95_error_bps: 48.6,
    cvar95_sigma: 3.19,
    se_cvar95_sigma: 0.49,
    ...over,
  };
  const limits = parts.limits === undefined ? threshold : parts.limits;
  return unmetRecovery({ ...empty, recent }, limits, rules, T0, parts.asOfMs ?? T0 + 7 * DAY_MS);
}

describe('unmetRecovery', () => {
  it('finds nothing missing where all conditions are just met', () => {
    expect(unmet({ from: isoFromMs(T0), n_eff: 60 })).toEqual([]);
  });

  it('wants the cool-down to be over', () => {
    expect(unmet({}, { asOfMs: T0 + 7 * DAY_MS - 1 })).toEqual([
      'The cool-down of 7d ends at 2021-03-08T00:00:00.000Z.',
    ]);
  });

  it('wants enough effective rows', () => {
    expect(unmet({ n_eff: 59.96 })).toEqual(['There are 59.96 effective rows; 60 are needed.']);
    expect(unmet({ n_eff: 0, from: null })).toEqual(['There are 0 effective rows; 60 are needed.']);
  });

  it('wants them out of enough spans: one good day is one day', () => {
    expect(unmet({ n_blocks: 19 })).toEqual(['They come from 19 spans of 24 h; 20 are needed.']);
  });

  it('wants all of them to have begun since the class was disabled', () => {
    expect(unmet({ from: isoFromMs(T0 - 1) })).toEqual([
      'The newest 60.5 effective rows begin at 2021-02-28T23:59:59.999Z, ' +
        'before the class was disabled at 2021-03-01T00:00:00.000Z.',
    ]);
  });

  it('wants their CVaR below the share of every limit, not at it', () => {
    expect(unmet({ cvar95_error_bps: 320, cvar95_sigma: 5 })).toEqual([
      'The CVaR of the newest rows is 320 bps, not below 320 (0.8 of the limit 400).',
      'The CVaR of the newest rows is 5 sigma, not below 3.2 (0.8 of the limit 4).',
    ]);
  });

  it('wants the limit beyond the error of the estimate, in every unit', () => {
    expect(unmet({ se_cvar95_error_bps: 48.7 })).toEqual([
      'The CVaR of the newest rows is 319.9 bps, but may be 400 (1.645 standard errors above), ' +
        'not below the limit 400.',
    ]);
    expect(unmet({ cvar95_sigma: 2, se_cvar95_sigma: 1.25 })).toEqual([
      'The CVaR of the newest rows is 2 sigma, but may be 4.056 (1.645 standard errors above), ' +
        'not below the limit 4.',
    ]);
    expect(unmet({ cvar95_sigma: 2, se_cvar95_sigma: 1.2 })).toEqual([]);
  });

  it('does not ask for a limit that is not configured', () => {
    const inSigma: CellThreshold = { ...threshold, max_cvar_error_bps: null };

    expect(unmet({ cvar95_error_bps: 9999 }, { limits: inSigma })).toEqual([]);
  });

  it('takes what is unknown as not met', () => {
    expect(unmet({ cvar95_sigma: null })).toEqual(['The CVaR of the newest rows in sigma is unknown.']);
    expect(unmet({ se_cvar95_sigma: null })).toEqual([
      'The standard error of the CVaR of the newest rows in sigma is unknown.',
    ]);
    expect(unmet({}, { limits: null })).toEqual(['No limit is configured to recover to.']);
    expect(unmet({}, { limits: { ...threshold, max_cvar_error_bps: null, max_cvar_sigma: null } })).toEqual([
      'No limit is configured to recover to.',
    ]);
  });

  it('names everything that is missing', () => {
    expect(unmet({ n_eff: 3, cvar95_sigma: null }, { asOfMs: T0 })).toHaveLength(3);
  });

  it('is met by good rows after bad ones, and not before there are enough', () => {
    const bad = Array.from({ length: 80 }, (_, day) => aJudgedRow(24 * (day - 80), { errorBps: -900 }));
    const good = (days: number) =>
      Array.from({ length: days }, (_, day) => aJudgedRow(24 * (day + 2), { errorBps: -100 }));
    const unmetAfter = (days: number): readonly string[] => {
      const measured = measureCell([...bad, ...good(days)], rules);
      return unmetRecovery(measured, threshold, rules, T0, T0 + (days + 2) * DAY_MS);
    };

    expect(unmetAfter(59)).not.toEqual([]);
    expect(unmetAfter(60)).toEqual([]);
  });
});

describe('isBeyondRecently', () => {
  const { recent } = aCell();

  it.each([
    ['at the limit', 4, false],
    ['beyond it', 4.01, true],
    ['unknown', null, true],
  ])('%s', (_, cvar95_sigma, expected) => {
    expect(isBeyondRecently({ ...recent, cvar95_sigma }, threshold, ['sigma'])).toBe(expected);
  });

  it('asks only the units it is given, and takes a missing limit as no recovery', () => {
    const figures = { ...recent, cvar95_sigma: 9, cvar95_error_bps: 1 };

    expect(isBeyondRecently(figures, threshold, ['bps'])).toBe(false);
    expect(isBeyondRecently(figures, threshold, ['bps', 'sigma'])).toBe(true);
    expect(isBeyondRecently(figures, { ...threshold, max_cvar_error_bps: null }, ['bps'])).toBe(true);
    expect(isBeyondRecently(figures, threshold, [])).toBe(false);
  });
});
