// The current regime: what most of the newest events say, and of equals the newest.

import { describe, expect, it } from 'vitest';
import { CURRENT_REGIME_EVENTS, currentRegime } from '../../src/supervision/current-regime.ts';

function of(...regimes: readonly string[]): string | null {
  return currentRegime(regimes.map((regime) => ({ regime, ts: '2026-11-21T10:00:00.000Z' })));
}

describe('currentRegime', () => {
  it.each([
    [['TREND', 'TREND', 'RANGE'], 'TREND'],
    [['RANGE', 'TREND'], 'TREND'],
    [['TREND', 'RANGE', 'RANGE', 'TREND'], 'TREND'],
    [['RANGE', 'TREND', 'TREND', 'RANGE', 'CHOP'], 'RANGE'],
    [['CHOP'], 'CHOP'],
  ])('of %j is %s', (regimes, expected) => {
    expect(of(...regimes)).toBe(expected);
  });

  it('is unknown without events', () => {
    expect(of()).toBeNull();
  });

  it('asks the newest events only', () => {
    const old = Array<string>(100).fill('RANGE');

    expect(of(...old, ...Array<string>(CURRENT_REGIME_EVENTS).fill('TREND'))).toBe('TREND');
  });
});
