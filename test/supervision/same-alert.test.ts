// One alert or two: by how far apart two of them can begin at all.

import { describe, expect, it } from 'vitest';
import { HOUR_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { isSameAlert } from '../../src/supervision/same-alert.ts';
import { AT, anAlert } from '../domain/record-builders.ts';

const spacing = { min_signals: 30, resolve_after_signals: 40 };

function movedBy(hours: number, horizonHours: number) {
  return anAlert({ horizon_hours: horizonHours, since: isoFromMs(msFromIso(AT) + hours * HOUR_MS) });
}

describe('two records of a stream', () => {
  it.each([
    [1, 34.9, true],
    [1, 35, false],
    [24, -24 * 34.9, true],
    [24, -24 * 35, false],
  ])('at %i h that began %f h apart are one alert: %s', (horizonHours, hours, expected) => {
    const one = movedBy(0, horizonHours);
    const other = movedBy(hours, horizonHours);

    expect(isSameAlert(one, other, spacing)).toBe(expected);
    expect(isSameAlert(other, one, spacing)).toBe(expected);
  });

  it('are two alerts where agent, horizon or trigger differ', () => {
    for (const over of [{ agent: 'b' }, { horizon_hours: 24 }, { trigger: 'hit' }] as const)
      expect(isSameAlert(anAlert(), anAlert(over), spacing)).toBe(false);
  });

  it('of unknown age are one alert, and none with one whose age is known or cannot be read', () => {
    const unknown = anAlert({ since: null });

    expect(isSameAlert(unknown, unknown, spacing)).toBe(true);
    expect(isSameAlert(unknown, anAlert(), spacing)).toBe(false);
    expect(isSameAlert(anAlert({ since: 'soon' }), anAlert(), spacing)).toBe(false);
  });
});
