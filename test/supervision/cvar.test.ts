// CVaR: the published convention to the last digits, the properties of a coherent measure, and the rule of the notes beside it.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import { cvarOf, cvarStandardError, notesCvar, tailCut, worstFirst } from '../../src/supervision/cvar.ts';

interface Conventions {
  readonly array: readonly number[];
  readonly by_tail: readonly {
    readonly tail: number;
    readonly rockafellar_uryasev_loss: number;
    readonly seed_cvar_on_error_upper_tail: number;
  }[];
}

const conventions: Conventions = JSON.parse(
  readFileSync(new URL('../fixtures/statistics/cvar_conventions.json', import.meta.url), 'utf8'),
);

const losses = fc.array(fc.double({ min: -5000, max: 5000, noNaN: true }), { minLength: 1, maxLength: 200 });
const cvar = (sample: readonly number[], tail?: number): number => cvarOf(sample, tail) ?? Number.NaN;

/** Equal but for the rounding of sums of numbers of this size. */
function expectSame(actual: number, expected: number, size = 5000): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, size));
}

describe('cvarOf', () => {
  it.each(conventions.by_tail)('is that of Rockafellar and Uryasev at a tail of $tail', (row) => {
    const ofLosses = conventions.array.map((value) => -value);

    expect(Math.abs(cvar(ofLosses, row.tail) - row.rockafellar_uryasev_loss)).toBeLessThan(1e-12);
  });

  it('takes the losing side: rare large losses are risk, rare large gains are not', () => {
    const losing = [...Array<number>(95).fill(-10), ...Array<number>(5).fill(1000)];
    const winning = [...Array<number>(95).fill(5), ...Array<number>(5).fill(-1000)];

    expect(cvarOf(losing)).toBe(1000);
    expect(cvarOf(winning)).toBe(5);
  });

  it('takes a part of the row at the edge where the tail is no whole number of rows', () => {
    const thirty = Array.from({ length: 30 }, (_, index) => index + 1);

    expect(cvarOf(thirty)).toBeCloseTo((30 + 0.5 * 29) / 1.5, 12);
  });

  it('knows nothing of an empty sample', () => {
    expect(cvarOf([])).toBeNull();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'never lets %d through',
    (bad) => {
      expect(() => cvarOf([1, bad, 2])).toThrow(InvariantError);
      expect(() => notesCvar([1, bad, 2])).toThrow(InvariantError);
    },
  );

  it('moves with its losses and scales with their unit', () => {
    fc.assert(
      fc.property(losses, fc.integer({ min: -1000, max: 1000 }), (sample, shift) => {
        expectSame(cvar(sample.map((loss) => loss + shift)), cvar(sample) + shift);
        expectSame(cvar(sample.map((loss) => 3 * loss)), 3 * cvar(sample));
      }),
    );
  });

  it('never falls when a loss grows', () => {
    fc.assert(
      fc.property(losses, fc.nat(), fc.double({ min: 0, max: 1000, noNaN: true }), (sample, pick, more) => {
        const worse = sample.map((loss, index) => (index === pick % sample.length ? loss + more : loss));

        expect(cvar(worse)).toBeGreaterThanOrEqual(cvar(sample) - 1e-9);
      }),
    );
  });

  it('is subadditive: two positions together risk no more than each alone', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(pairs, (both) => {
        const together = cvar(both.map(([a, b]) => a + b));

        expect(together).toBeLessThanOrEqual(
          cvar(both.map(([a]) => a)) + cvar(both.map(([, b]) => b)) + 1e-9,
        );
      }),
    );
  });

  it('lies between the quantile and the worst loss, and above the mean', () => {
    fc.assert(
      fc.property(losses, (sample) => {
        const worst = worstFirst(sample);
        const quantile = worst[tailCut(worst.length).whole] ?? Number.NaN;
        const mean = sample.reduce((sum, loss) => sum + loss, 0) / sample.length;

        expect(cvar(sample)).toBeGreaterThanOrEqual(quantile - 1e-9);
        expect(cvar(sample)).toBeLessThanOrEqual((worst[0] ?? Number.NaN) + 1e-9);
        expect(cvar(sample)).toBeGreaterThanOrEqual(mean - 1e-9);
      }),
    );
  });

  it('is the mean of the worst rows where the tail is a whole number of them, in any order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.infiniteStream(fc.integer()), (size, stream) => {
        const sample = Array.from({ length: 20 * size }, () => stream.next().value ?? 0);
        const worst = [...sample].sort((a, b) => b - a).slice(0, size);
        const mean = worst.reduce((sum, loss) => sum + loss, 0) / size;

        expectSame(cvar(sample), mean, Math.abs(mean));
        expect(cvar([...sample].reverse())).toBe(cvar(sample));
      }),
    );
  });
});

describe('tailCut', () => {
  it.each([
    { n: 60, tail: 0.05, whole: 3 },
    { n: 2000, tail: 0.05, whole: 100 },
    { n: 180, tail: 0.35, whole: 63 },
    { n: 100, tail: 0.07, whole: 7 },
    { n: 7, tail: 1, whole: 7 },
  ])('keeps $tail of $n rows whole, whatever binary makes of it', ({ n, tail, whole }) => {
    expect(tailCut(n, tail)).toMatchObject({ whole, fraction: 0 });
  });

  it.each([0, -0.05, 1.01, Number.NaN])('takes a tail of %d as our own defect', (tail) => {
    expect(() => tailCut(10, tail)).toThrow(InvariantError);
  });
});

describe('cvarStandardError', () => {
  it('is the spread of what lies beyond the quantile, over the tail and the root of n_eff', () => {
    // 40 rows: two in the tail, 300 and 200, with the quantile at 100; the excesses are 200, 100 and 38 zeros.
    const worst = worstFirst([300, 200, 100, ...Array<number>(37).fill(50)]);
    const mean = 300 / 40;
    const variance = ((200 - mean) ** 2 + (100 - mean) ** 2 + 38 * mean ** 2) / 39;

    expect(cvarStandardError(worst, 40)).toBeCloseTo(Math.sqrt(variance) / (0.05 * Math.sqrt(40)), 9);
  });

  it('doubles where overlapping rows are worth a quarter', () => {
    const worst = worstFirst(Array.from({ length: 80 }, (_, index) => index ** 2));

    expect((cvarStandardError(worst, 20) ?? 0) / (cvarStandardError(worst, 80) ?? 1)).toBeCloseTo(2, 12);
  });

  it('is unknown for one row', () => {
    expect(cvarStandardError(worstFirst([5]), 1)).toBeNull();
    expect(cvarStandardError(worstFirst([]), 0)).toBeNull();
  });
});

describe('notesCvar', () => {
  it.each(conventions.by_tail)(
    'is the mean of the best errors at a tail of $tail, as in the notes',
    (row) => {
      const mean = notesCvar(conventions.array, 1 - row.tail) ?? Number.NaN;

      expect(Math.abs(mean - row.seed_cvar_on_error_upper_tail)).toBeLessThan(1e-12);
    },
  );

  it('takes two of 21 rows, and does not call an empty sample safe', () => {
    const errors = Array.from({ length: 21 }, (_, index) => index);

    expect(notesCvar(errors)).toBe(19.5);
    expect(notesCvar([])).toBeNull();
  });
});
