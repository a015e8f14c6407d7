// The snapshot: three questions about one window, each against a known answer.

import { describe, expect, it } from 'vitest';
import { newStream } from '../../src/supervision/divergence-stream.ts';
import { pAboveZero, snapshotPValue } from '../../src/supervision/snapshot.ts';
import { aSignal, drawn, folded, noise, someDivergenceRules } from './signals.ts';

const rules = someDivergenceRules();

describe('pAboveZero', () => {
  it('is the one-sided p-value of Student', () => {
    // scipy.stats.ttest_1samp([0.75, -0.75, 3, 4], 0, alternative='greater')
    expect(pAboveZero([0.75, -0.75, 3, 4])).toBeCloseTo(0.10105922167866213, 6);
    expect(pAboveZero([-0.75, 0.75, -3, -4])).toBeCloseTo(1 - 0.10105922167866213, 6);
  });

  it('goes by the sign where all values are the same', () => {
    expect(pAboveZero([0.3, 0.3, 0.3])).toBe(1 / 8);
    expect(pAboveZero([0, 0, 0])).toBe(1);
    expect(pAboveZero([-0.3, -0.3, -0.3])).toBe(1);
  });
});

describe('snapshotPValue', () => {
  it('is null below min_signals', () => {
    expect(snapshotPValue(folded(newStream(), drawn(noise(1).normal, 0, 29)), rules)).toBeNull();
    expect(snapshotPValue(folded(newStream(), drawn(noise(1).normal, 0, 30)), rules)).not.toBeNull();
  });

  it.each([
    [
      'a mean below zero',
      (index: number) => aSignal(index, index % 2 ? 0.3 : -0.8, { realizedBps: index % 2 ? 1 : -1 }),
    ],
    ['errors beyond the claim', (index: number) => aSignal(index, index % 2 ? 2.5 + (index % 4) / 10 : -2)],
    [
      'few gains',
      (index: number) => aSignal(index, index % 2 ? 0.5 : -0.4, { realizedBps: index % 8 ? -1 : 1 }),
    ],
  ])('is small for %s alone', (_, signal) => {
    const stream = folded(
      newStream(),
      Array.from({ length: 80 }, (__, index) => signal(index)),
    );

    expect(snapshotPValue(stream, rules)).toBeLessThan(0.01);
  });

  it('is 1 where nothing is wrong at all', () => {
    const stream = folded(
      newStream(),
      Array.from({ length: 80 }, (_, index) => aSignal(index, index % 2 ? 0.8 : -0.7)),
    );

    expect(snapshotPValue(stream, rules)).toBe(1);
  });

  it('looks at the newest window only, and has no memory', () => {
    const newest = drawn(noise(4).normal, 100, 80);
    const fresh = folded(newStream(), newest);
    const after = folded(newStream(), [
      ...drawn(noise(9).normal, 0, 100, { shift: -2 }, { claimedHit: 0 }),
      ...newest,
    ]);
    after.hitRecord.n = 0;

    expect(snapshotPValue(after, rules)).toBe(snapshotPValue(fresh, rules));
  });
});
