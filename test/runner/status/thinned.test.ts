// A series for a chart stays within its bound, in order, and keeps its newest point, however much comes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_GAP_MS, Thinned } from '../../../src/runner/status/thinned.ts';

type Point = readonly [number, number];

const steps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 400 });

function filled(max: number, gapsMs: readonly number[]): { series: Thinned<Point>; given: Point[] } {
  const series = new Thinned<Point>(max);
  const given: Point[] = [];
  let atMs = 1_000_000;
  for (const [at, gapMs] of gapsMs.entries()) {
    atMs += gapMs;
    const point: Point = [atMs, at];
    series.push(point);
    given.push(point);
  }
  return { series, given };
}

describe('a thinned series', () => {
  it('holds points of what it was given, in their order, and never more than its bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), steps, (max, gapsMs) => {
        const { series, given } = filled(max, gapsMs);
        const kept = series.all();
        expect(kept.length).toBeLessThanOrEqual(max);
        expect(kept.every((point) => given.includes(point))).toBe(true);
        const instants = kept.map(([ms]) => ms);
        expect(instants).toEqual([...instants].sort((a, b) => a - b));
      }),
    );
  });

  it('is never behind by more than its gap, which only grows where the bound was reached', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), steps, (max, gapsMs) => {
        const { series, given } = filled(max, gapsMs);
        const lastMs = given.at(-1)?.[0] ?? 0;
        expect(lastMs - (series.all().at(-1)?.[0] ?? lastMs)).toBeLessThan(series.minGapMs);
        if (given.length <= max) expect(series.minGapMs).toBe(FIRST_GAP_MS);
      }),
    );
  });

  it('gives up every second point when it is full, and comes half as often from then on', () => {
    const { series } = filled(4, [0, 1_000, 1_000, 1_000, 1_000]);

    expect(series.all().map(([, at]) => at)).toEqual([1, 3, 4]);
    expect(series.takes(1_004_000 + 1_000)).toBe(false);
    expect(series.takes(1_004_000 + 2_000)).toBe(true);
  });

  it('says what came at an instant or after it', () => {
    const { series } = filled(10, [0, 1_000, 1_000]);

    expect(series.since(1_001_000).map(([, at]) => at)).toEqual([1, 2]);
    expect(series.since(1_002_001)).toEqual([]);
  });

  it('goes on from kept points, and thins those that are too many', () => {
    const series = new Thinned<Point>(3);
    series.restore(
      [
        [1, 1],
        [2_001, 2],
        [4_001, 3],
        [6_001, 4],
      ],
      2_000,
    );

    expect(series.all().map(([, at]) => at)).toEqual([2, 4]);
    expect(series.minGapMs).toBe(4_000);
  });
});
