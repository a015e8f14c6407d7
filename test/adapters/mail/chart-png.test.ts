// Charts as pictures: every name can be drawn, the same chart gives the same bytes, and its words are there without system fonts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartPng } from '../../../src/adapters/mail/chart-png.ts';
import { cvarChartSvg } from '../../../src/supervision/chart-svg.ts';
import { aCell } from '../../domain/record-builders.ts';

function pictureOf(title: string, regime = 'TREND'): Buffer {
  return chartPng(cvarChartSvg(title, { [regime]: aCell() }) ?? '');
}

describe('chartPng', () => {
  it('draws the same bytes again', () => {
    expect(pictureOf('macro').equals(pictureOf('macro'))).toBe(true);
  });

  it('draws the words of a chart with fonts of its own', () => {
    expect(pictureOf('macro').equals(pictureOf('micro'))).toBe(false);
  });

  it('draws a chart of any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (title, regime) => {
        expect(pictureOf(title, `r${regime}`).subarray(1, 4).toString()).toBe('PNG');
      }),
      { numRuns: 20 },
    );
  });
});
