// Lengths of time as they are said.

import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { durationText } from '../../src/supervision/duration-text.ts';

describe('a length of time', () => {
  it.each([
    [0, '0 s'],
    [14_400, '14 s'],
    [59_600, '1 min'],
    [2 * MINUTE_MS + 3000, '2 min 3 s'],
    [30 * MINUTE_MS, '30 min'],
    [5 * HOUR_MS + 20 * MINUTE_MS, '5 h 20 min'],
    [47 * HOUR_MS, '47 h'],
    [3 * DAY_MS + 4 * HOUR_MS, '3 d 4 h'],
    [1500 * DAY_MS, '1,500 d'],
  ])('of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
