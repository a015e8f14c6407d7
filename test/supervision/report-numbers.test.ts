// Numbers as reports show them: comparable, and never a zero for what is unknown.

import { describe, expect, it } from 'vitest';
import {
  brief,
  countText,
  dayText,
  fixed,
  intervalText,
  minuteText,
  percentText,
} from '../../src/supervision/report-numbers.ts';

describe('a number', () => {
  it.each([
    [0, 1, '0.0'],
    [-0.04, 1, '0.0'],
    [-2451.25, 1, '-2,451.3'],
    [1234567, 0, '1,234,567'],
    [999.99, 2, '999.99'],
    [0.1234567, 5, '0.12346'],
  ])('%d with %d decimals is %s', (value, digits, text) => {
    expect(fixed(value, digits)).toBe(text);
  });

  it.each([
    [0, '0'],
    [41.2, '41.2'],
    [6120.4, '6,120'],
    [0.05, '0.05'],
    [0.000123456, '0.0001235'],
    [0.00000321, '3.2e-6'],
    [-1234567.8, '-1,234,568'],
  ])('%d of any kind is %s', (value, text) => {
    expect(brief(value)).toBe(text);
  });

  it('that is unknown is a dash', () => {
    expect([fixed(null, 2), brief(null), percentText(null), intervalText(null, 1)]).toEqual(
      Array.from({ length: 4 }, () => '–'),
    );
    expect([minuteText(null), dayText(null)]).toEqual(['–', '–']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('never gets through as %d', (value) => {
    expect(() => fixed(value, 1)).toThrow('finite');
    expect(() => brief(value)).toThrow('finite');
  });
});

describe('intervals, shares and instants', () => {
  it('say their bounds, their percentage and their minute', () => {
    expect(intervalText([-4.3, 5.9], 2)).toBe('-4.30 to 5.90');
    expect(percentText(0.4105)).toBe('41.1 %');
    expect(countText(12345)).toBe('12,345');
    expect(minuteText('2026-11-21T10:00:59.999Z')).toBe('2026-11-21 10:00');
    expect(dayText('2026-11-21T10:00:59.999Z')).toBe('2026-11-21');
  });
});
