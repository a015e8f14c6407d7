// The figures behind the drawings: histograms, the tail that was judged, and what was expected against what came.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf } from '../../src/site/calibration.ts';
import { histogramOf } from '../../src/site/histogram.ts';
import { lossesIn, newTail, tailAdd } from '../../src/site/tail.ts';

describe('a histogram', () => {
  it('has bins of one round width from the smallest to the largest loss', () => {
    const histogram = histogramOf([-3.1, -0.2, 0, 0.1, 4.9]);

    expect(histogram?.width).toBe(0.2);
    expect(histogram?.from).toBeCloseTo(-3.2);
    expect(histogram?.counts.length).toBe(41);
  });

  it('counts every loss once', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (losses) => {
        const { from, width, counts } = histogramOf(losses) ?? { from: 0, width: 1, counts: [] };
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(losses.length);
        expect(counts.length).toBeLessThanOrEqual(60);
        expect(from).toBeLessThanOrEqual(Math.min(...losses) + width * 1e-6);
      }),
    );
  });

  it('is one bin where all losses are one, and none where there are none', () => {
    expect(histogramOf([2, 2, 2])).toEqual({ from: 2, width: 1, counts: [3] });
    expect(histogramOf([])).toBeNull();
  });
});

describe('the tail of a cell', () => {
  it('is its newest losses, as many as were judged', () => {
    const tail = newTail(2);
    for (const loss of [10, 20, 30]) tailAdd(tail, loss, 10);

    expect(lossesIn(tail, 'bps').sort()).toEqual([20, 30]);
    expect(lossesIn(tail, 'sigma').sort()).toEqual([2, 3]);
  });

  it('leaves out a loss whose sigma is not known, in sigma only', () => {
    const tail = newTail(3);
    tailAdd(tail, 10, null);
    tailAdd(tail, 20, 10);

    expect(lossesIn(tail, 'sigma')).toEqual([2]);
    expect(lossesIn(tail, 'bps')).toEqual([10, 20]);
  });

  it('keeps nothing of a cell without rows', () => {
    const tail = newTail(0);
    tailAdd(tail, 10, 10);

    expect(lossesIn(tail, 'bps')).toEqual([]);
  });
});

/** Signals `index` that expect `expected(index)` and realize twice that. */
function signals(count: number, expected: (index: number) => number) {
  const expectedBps = Array.from({ length: count }, (_, index) => expected(index));
  return {
    expectedBps,
    realizedBps: expectedBps.map((value) => 2 * value),
    uniqueness: expectedBps.map(() => 0.5),
  };
}

describe('calibration', () => {
  it('has up to ten bins by expectation, lowest first, each of as many signals', () => {
    const { bins, without } = calibrationOf(signals(500, (index) => ((index * 7) % 500) + 1));

    expect(bins.map(({ n }) => n)).toEqual(Array.from({ length: 10 }, () => 50));
    expect(bins[0]).toMatchObject({ lowBps: 1, highBps: 50, expectedBps: 25.5, realizedBps: 51, nEff: 25 });
    expect(bins.at(-1)).toMatchObject({ lowBps: 451, highBps: 500 });
    expect(without).toBeNull();
  });

  it('has fewer bins of fewer signals, at least twenty in each', () => {
    expect(calibrationOf(signals(45, (index) => index + 1)).bins.map(({ n }) => n)).toEqual([23, 22]);
    expect(calibrationOf(signals(3, (index) => index + 1)).bins.map(({ n }) => n)).toEqual([3]);
  });

  it('keeps apart what expected nothing', () => {
    const { bins, without } = calibrationOf(signals(40, (index) => (index < 30 ? 0 : 5)));

    expect(without).toMatchObject({ n: 30, expectedBps: 0, realizedBps: 0 });
    expect(bins.map(({ n }) => n)).toEqual([10]);
  });

  it('says how sure the mean is by effective rows, and not where there are fewer than two', () => {
    const rows = { expectedBps: [1, 1, 1, 1], realizedBps: [0, 2, 0, 2], uniqueness: [1, 1, 1, 1] };
    const [bin] = calibrationOf(rows).bins;
    const [thin] = calibrationOf({ ...rows, uniqueness: [0.1, 0.1, 0.1, 0.1] }).bins;

    expect(bin?.standardErrorBps).toBeCloseTo(Math.sqrt(4 / 3 / 4));
    expect(thin?.standardErrorBps).toBeNull();
  });

  it('has no bin without signals', () => {
    expect(calibrationOf(signals(0, () => 1))).toEqual({ bins: [], without: null });
  });
});
