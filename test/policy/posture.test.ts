// The posture of the market: only words that were allowed allow entries.

import { describe, expect, it } from 'vitest';
import { marketObjection } from '../../src/policy/posture.ts';
import { scanOf } from './build.ts';

describe('the posture', () => {
  it('that is allowed allows entries', () => {
    expect(marketObjection(scanOf(1), ['APEX'])).toBeNull();
    expect(marketObjection(scanOf(1, { posture: 'CALM' }), ['APEX', 'CALM'])).toBeNull();
  });

  it.each(['', 'apex', 'SOMETHING_ELSE'])('"%s" allows none', (posture) => {
    expect(marketObjection(scanOf(1, { posture }), ['APEX'])).toBe(
      `POSTURE_BLOCK: posture ${posture}, entries need APEX`,
    );
  });

  it('allows none without volatility', () => {
    expect(marketObjection(scanOf(1, { isVolOk: false }), ['APEX'])).toMatch(/^VOL_NOT_OK: /);
  });
});
