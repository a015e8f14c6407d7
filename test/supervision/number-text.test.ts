// Numbers in mails: few digits, no exponents, and unknown is a dash.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberText, percentText } from '../../src/supervision/number-text.ts';

describe('numberText', () => {
  it.each([
    [null, '–'],
    [0, '0'],
    [-0, '0'],
    [4, '4'],
    [5.125, '5.13'],
    [61.34, '61.3'],
    [999.6, '1,000'],
    [6120.4, '6,120'],
    [-9120.5, '-9,121'],
    [12345678, '12,345,678'],
    [0.00012, '0.00012'],
    [-0.04, '-0.04'],
  ])('writes %j as %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  it('stays within half of the last digit it shows', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        const shown = Number(numberText(value).replaceAll(',', ''));

        expect(Math.abs(shown - value)).toBeLessThanOrEqual(Math.max(0.005 * Math.abs(value), 1e-20));
      }),
    );
  });
});

describe('percentText', () => {
  it('writes a share in percent', () => {
    expect(percentText(0.414)).toBe('41.4 %');
    expect(percentText(null)).toBe('–');
  });
});
