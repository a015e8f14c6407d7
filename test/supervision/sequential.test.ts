// The recursions of the sequential detectors: against a stream with a known break, and for every sequence of gains.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EVIDENCE_MAX,
  foldEvidence,
  MEAN_BETS,
  meanEvidence,
  meanGain,
  nextCusum,
  nextEvidence,
  SCALE_BETS,
  scaleGain,
} from '../../src/supervision/sequential.ts';

/** 200 draws of N(0, 1), then 200 of N(-0.7, 1), and what a separate program made of them. */
const golden: {
  z: number[];
  eSR: { A: number; path_every_50: number[]; first_alarm_index: number };
  cusum_down: { h: number; first_alarm_index: number };
} = JSON.parse(
  readFileSync(new URL('../fixtures/statistics/recommended_sequential.json', import.meta.url), 'utf8'),
);

describe('nextEvidence', () => {
  it('follows the published path of the mean detector, and alarms at the same signal', () => {
    const evidence = MEAN_BETS.map(() => 0);
    const path = golden.z.map((z) => {
      for (const [index, bet] of MEAN_BETS.entries()) {
        evidence[index] = nextEvidence(evidence[index] ?? 0, bet, meanGain(z, 0));
      }
      return meanEvidence(evidence);
    });

    expect(path.findIndex((value) => value >= golden.eSR.A)).toBe(golden.eSR.first_alarm_index);
    const every50 = path.filter((_, index) => index % 50 === 49);
    expect(every50).toHaveLength(golden.eSR.path_every_50.length);
    for (const [index, value] of golden.eSR.path_every_50.entries()) {
      expect(Math.abs((every50[index] ?? 0) / value - 1)).toBeLessThan(1e-9);
    }
  });
});

describe('nextCusum', () => {
  it('alarms at the same signal as the reference', () => {
    let sum = 0;
    const path = golden.z.map((z) => (sum = nextCusum(sum, z, 0)));

    expect(path.findIndex((value) => value > golden.cusum_down.h)).toBe(golden.cusum_down.first_alarm_index);
  });

  it('falls by a good signal and by the allowance, never below zero', () => {
    expect(nextCusum(5, 1, 0)).toBe(3.75);
    expect(nextCusum(5, 1, 0.5)).toBe(3.25);
    expect(nextCusum(0.5, 1, 0)).toBe(0);
    expect(nextCusum(0, -100, 0)).toBe(3.75);
  });
});

describe('gains', () => {
  it('of the mean are losses beyond the allowance, cut at 3', () => {
    expect([meanGain(-1, 0), meanGain(-1, 0.25), meanGain(1, 0.25)]).toEqual([1, 0.75, -1.25]);
    expect([meanGain(-50, 0.1), meanGain(50, 0.1)]).toEqual([3, -3]);
  });

  it('of the scale are zero where errors are a quarter larger than claimed', () => {
    expect(scaleGain(1.25)).toBeCloseTo(0, 12);
    expect(scaleGain(1)).toBeLessThan(0);
    expect(scaleGain(1e6)).toBe(scaleGain(1e7));
  });
});

describe('foldEvidence', () => {
  it('stays finite and not negative, whatever comes', () => {
    const anyZ = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(-3, 3, 0));
    fc.assert(
      fc.property(fc.array(anyZ, { maxLength: 400 }), (zs) => {
        const [mean, scale] = [
          [0, 0, 0],
          [0, 0, 0],
        ];
        for (const z of zs) {
          foldEvidence(mean, MEAN_BETS, meanGain(z, 0));
          foldEvidence(scale, SCALE_BETS, scaleGain(Math.abs(z)));
        }
        for (const each of [...mean, ...scale]) {
          expect(each).toBeGreaterThanOrEqual(0);
          expect(each).toBeLessThanOrEqual(EVIDENCE_MAX);
        }
      }),
    );
  });
});
