// The block bootstrap: the same for the same seed, moved by market periods and not by rows, and never blind to its own limits.

import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { blocksOf, bootstrapIntervals, type TimedLosses } from '../../src/supervision/bootstrap.ts';
import { cvarOf } from '../../src/supervision/cvar.ts';

const rules = { blockHours: 24, draws: 400, seed: 7 };

function timed(pairs: readonly (readonly [hour: number, loss: number])[]): TimedLosses {
  return {
    hours: Int32Array.from(pairs, ([hour]) => hour),
    losses: Float64Array.from(pairs, ([, loss]) => loss),
  };
}

/** One normal loss a day. */
function normalDays(days: number, name: string): TimedLosses {
  const random = randomFrom(11, name);
  return timed(Array.from({ length: days }, (_, day) => [24 * day, random.normal()] as const));
}

function boundsOf(sample: TimedLosses, over: Partial<typeof rules> = {}): readonly [number, number] {
  const [interval] = bootstrapIntervals([sample], { ...rules, ...over });
  if (interval === null || interval === undefined) return expect.unreachable('there is an interval');
  return interval;
}

describe('bootstrapIntervals', () => {
  it('holds the estimate, and depends on the seed alone', () => {
    const sample = normalDays(120, 'estimate');
    const estimate = cvarOf(sample.losses) ?? Number.NaN;

    const [low, high] = boundsOf(sample);

    expect(low).toBeLessThan(estimate);
    expect(high).toBeGreaterThan(estimate);
    expect(boundsOf(sample)).toEqual([low, high]);
    expect(boundsOf(sample, { seed: 8 })).not.toEqual([low, high]);
  });

  it('is what drawing whole days and sorting every draw anew gives', () => {
    const sample = normalDays(90, 'naive');
    const random = randomFrom(3, 'days');
    const naive = Array.from({ length: 4000 }, () => {
      const drawn = Array.from({ length: 90 }, () => sample.losses[Math.floor(random.uniform() * 90)] ?? 0);
      return cvarOf(drawn) ?? Number.NaN;
    }).sort((a, b) => a - b);

    const [low, high] = boundsOf(sample, { draws: 4000 });

    expect(low).toBeCloseTo(naive[200] ?? Number.NaN, 1);
    expect(high).toBeCloseTo(naive[3800] ?? Number.NaN, 1);
  });

  it('scales with the losses to the last bit', () => {
    const sample = normalDays(100, 'scale');
    const scaled = { ...sample, losses: sample.losses.map((loss) => 8 * loss) };

    expect(boundsOf(scaled)).toEqual(boundsOf(sample).map((bound) => 8 * bound));
  });

  it('does not grow surer by copies of the same hours', () => {
    const once = normalDays(80, 'copies');
    const tenfold: TimedLosses = {
      hours: Int32Array.from({ length: 800 }, (_, index) => once.hours[index % 80] ?? 0),
      losses: Float64Array.from({ length: 800 }, (_, index) => once.losses[index % 80] ?? 0),
    };
    const [low, high] = boundsOf(once);

    const [lowOfCopies, highOfCopies] = boundsOf(tenfold);

    expect(lowOfCopies).toBeCloseTo(low, 9);
    expect(highOfCopies).toBeCloseTo(high, 9);
  });

  it('is wider where hourly rows repeat the move of their day', () => {
    const random = randomFrom(5, 'days');
    const moves = Array.from({ length: 100 }, () => random.normal());
    const hourly = timed(
      Array.from({ length: 2400 }, (_, hour) => [hour, moves[Math.floor(hour / 24)] ?? 0] as const),
    );
    const [low, high] = boundsOf(hourly);

    const [lowOfHours, highOfHours] = boundsOf(hourly, { blockHours: 1 });

    expect(high - low).toBeGreaterThan(2 * (highOfHours - lowOfHours));
  });

  it.each([0, 200, 399])('draws the hours of day %i of 400 as often as any other', (day) => {
    const one = timed(
      Array.from({ length: 400 }, (_, each) => [24 * each, each === day ? 1000 : 0] as const),
    );

    const [low, high] = boundsOf(one);

    // The row makes 50 of the 1000 each time it is drawn: Poisson of mean 1, with 5 % and 95 % points at 0 and 3.
    expect(low).toBe(0);
    expect(high).toBeGreaterThanOrEqual(100);
    expect(high).toBeLessThanOrEqual(200);
  });

  it('does not depend on the order of the rows', () => {
    const sample = normalDays(70, 'order');
    const reversed = { hours: sample.hours.slice().reverse(), losses: sample.losses.slice().reverse() };

    expect(boundsOf(reversed)).toEqual(boundsOf(sample));
  });

  it('draws the same hours for every sample', () => {
    const sample = normalDays(70, 'same');
    const inSigma = { ...sample, losses: sample.losses.map((loss) => loss / 2) };

    const [bps, sigma] = bootstrapIntervals([sample, inSigma], rules);

    expect(sigma).toEqual(bps?.map((bound) => bound / 2));
  });

  it.each([
    ['no rows', timed([])],
    ['one row', timed([[5, 1]])],
    [
      'one day',
      timed([
        [0, 1],
        [5, 2],
        [23, 3],
      ]),
    ],
  ])('says nothing of %s', (_case, sample) => {
    expect(bootstrapIntervals([sample], rules)).toEqual([null]);
  });

  it('leaves out draws that hold no row of a sample, however far apart its rows are', () => {
    // The two ends of the circle are neighbours; the row between is missing from every third draw.
    const apart = timed([
      [0, 1],
      [24 * 75, 2],
      [24 * 150, 1],
    ]);
    const [low, high] = boundsOf(apart);

    expect([low, high]).toEqual([1, 2]);
  });

  it('judges a sample by its own hours, not by those of another', () => {
    const oneDay = timed([
      [30, 1],
      [31, 2],
    ]);

    const [all, few] = bootstrapIntervals([normalDays(50, 'all'), oneDay], rules);

    expect(all).not.toBeNull();
    expect(few).toBeNull();
  });

  it('wants an hour for every loss', () => {
    const broken = { hours: new Int32Array([1, 30]), losses: new Float64Array([1]) };

    expect(() => bootstrapIntervals([broken], rules)).toThrow(InvariantError);
  });
});

describe('blocksOf', () => {
  it('counts the spans that hold rows, not the rows', () => {
    expect(blocksOf(new Int32Array([0, 1, 23, 24, 24, 100]), 24)).toBe(3);
    expect(blocksOf(new Int32Array(), 24)).toBe(0);
  });
});
