// Which limits apply: the nearest, key by key, and the default where there is none.

import { describe, expect, it } from 'vitest';
import type { KillList } from '../../src/domain/kill-list.ts';
import { limitsOf } from '../../src/supervision/limits.ts';

const killList: KillList = {
  macro: {
    status: 'ENABLED',
    max_cvar_sigma: 4,
    max_cvar_error_bps: 2400,
    by_regime: { RANGE: { max_cvar_sigma: 3.5 }, CHOP: { max_cvar_error_bps: 900, max_cvar_sigma: 3 } },
  },
  arb: { status: 'ENABLED', max_cvar_error_bps: 110 },
  bare: { status: 'ENABLED', by_regime: { TREND: { max_cvar_error_bps: 50 } } },
};

describe('limitsOf', () => {
  it.each([
    ['macro', 'TREND', 2400, 4, 'class'],
    ['macro', 'RANGE', 2400, 3.5, 'regime'],
    ['macro', 'CHOP', 900, 3, 'regime'],
    ['arb', 'TREND', 110, null, 'class'],
    ['bare', 'TREND', 50, null, 'regime'],
    ['bare', 'RANGE', null, 5, 'default'],
    ['nobody', 'TREND', null, 5, 'default'],
    ['constructor', 'TREND', null, 5, 'default'],
    ['macro', 'toString', 2400, 4, 'class'],
  ])('for %s in %s: %s bps, %s sigma, from the %s', (strategyClass, regime, bps, sigma, source) => {
    expect(limitsOf(killList, strategyClass, regime, 5)).toEqual({
      max_cvar_error_bps: bps,
      max_cvar_sigma: sigma,
      source,
    });
  });

  it('are those of a disabled class as well: recovery is judged by them', () => {
    const disabled: KillList = {
      macro: {
        status: 'DISABLED',
        max_cvar_sigma: 4,
        reason: 'breach',
        evidence: 'verdict',
        since: '2026-11-21T10:00:00.000Z',
        episode: 'macro/1',
      },
    };

    expect(limitsOf(disabled, 'macro', 'TREND', 5)).toMatchObject({ max_cvar_sigma: 4, source: 'class' });
  });
});
