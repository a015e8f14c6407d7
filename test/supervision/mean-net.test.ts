// The net result: its moments, its bound and p-value against each other and by hand, and the published Sharpe example.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/demo/random.ts';
import { type JudgedRow, judgedRow } from '../../src/supervision/judged-row.ts';
import {
  meanNetBound,
  meanNetPValue,
  netSampleOf,
  probabilisticSharpe,
} from '../../src/supervision/mean-net.ts';
import { aRow } from '../builders.ts';

/** Rows with a sigma of 100 bps each, so that `net` is in sigmas. */
function rowsOf(netSigmas: readonly number[], uniqueness = 1): JudgedRow[] {
  return netSigmas.map((net) =>
    judgedRow(aRow({ net_pnl_bps: net * 100, expected_sigma_bps: 100, uniqueness })),
  );
}

function sampleOf(netSigmas: readonly number[], uniqueness = 1) {
  const sample = netSampleOf(rowsOf(netSigmas, uniqueness));
  if (sample === null) throw new Error('expected a sample');
  return sample;
}

describe('netSampleOf', () => {
  it('has the moments of the net results in sigmas', () => {
    expect(sampleOf([0, 1, 2, 3, 4])).toEqual({
      mean: 2,
      deviation: Math.sqrt(2.5),
      skewness: 0,
      kurtosis: 1.7,
      nEff: 5,
    });
  });

  it('lets no single result count for more than four sigmas, in either direction', () => {
    expect(sampleOf([0, 1, 50])).toEqual(sampleOf([0, 1, 4]));
    expect(sampleOf([0, 1, -50])).toEqual(sampleOf([0, 1, -4]));
  });

  it('leaves out rows whose sigma is unknown, and their evidence with them', () => {
    const unknown = judgedRow(aRow({ net_pnl_bps: 900, expected_sigma_bps: null }));
    expect(netSampleOf([...rowsOf([0, 1, 2]), unknown])).toEqual(sampleOf([0, 1, 2]));
  });

  it('is unknown for too few rows, too little evidence, or no spread', () => {
    expect(netSampleOf(rowsOf([]))).toBeNull();
    expect(netSampleOf(rowsOf([1]))).toBeNull();
    expect(netSampleOf(rowsOf([1, 2, 3], 0.3))).toBeNull();
    expect(netSampleOf(rowsOf([0.1, 0.1, 0.1]))).toBeNull();
  });
});

describe('meanNetBound', () => {
  it('is the mean less t standard errors', () => {
    const t95with4 = 2.13184678632665;
    expect(meanNetBound(sampleOf([0, 1, 2, 3, 4]), 0.95)).toBeCloseTo(2 - t95with4 * Math.sqrt(0.5), 6);
  });

  it('is lower where the same results overlap', () => {
    const netSigmas = Array.from({ length: 100 }, (_, index) => (index % 5) - 1.5);
    expect(meanNetBound(sampleOf(netSigmas), 0.95)).toBeGreaterThan(0);
    expect(meanNetBound(sampleOf(netSigmas, 0.1), 0.95)).toBeLessThan(0);
  });

  it('is above 0 for about one agent in twenty without skill', () => {
    const random = randomFrom(7, 'agents without skill');
    const agents = Array.from({ length: 2000 }, () => Array.from({ length: 60 }, () => random.normal()));
    const lucky = agents.filter((netSigmas) => meanNetBound(sampleOf(netSigmas), 0.95) > 0);
    expect(lucky.length / agents.length).toBeGreaterThan(0.035);
    expect(lucky.length / agents.length).toBeLessThan(0.065);
  });
});

describe('a burst of overlapping signals', () => {
  it('is one result: agents without skill pass as rarely with it as without', () => {
    const random = randomFrom(11, 'bursts');
    const agents = Array.from({ length: 1000 }, () => [
      ...rowsOf(Array.from({ length: 59 }, () => random.normal())),
      ...rowsOf(new Array(100).fill(random.normal()), 0.01),
    ]);
    const lucky = agents.filter((rows) => (meanNetPValue(rows) ?? 1) < 0.05);
    expect(lucky.length / agents.length).toBeGreaterThan(0.03);
    expect(lucky.length / agents.length).toBeLessThan(0.075);
  });
});

describe('meanNetPValue', () => {
  it('is below 5 % exactly where the bound at 95 % is above 0', () => {
    const anyNet = fc.array(fc.integer({ min: -300, max: 400 }), { minLength: 3, maxLength: 80 });
    fc.assert(
      fc.property(anyNet, fc.constantFrom(1, 0.5), (hundredths, uniqueness) => {
        const netSigmas = hundredths.map((value) => value / 100);
        const rows = rowsOf(netSigmas, uniqueness);
        const [p, sample] = [meanNetPValue(rows), netSampleOf(rows)];
        if (p === null || sample === null || Math.abs(p - 0.05) < 1e-6) return;
        expect(p < 0.05).toBe(meanNetBound(sample, 0.95) > 0);
      }),
    );
  });

  it('is small for a gain, large for a loss, and unknown without spread', () => {
    expect(meanNetPValue(rowsOf([1, 2, 3, 2, 1]))).toBeLessThan(0.01);
    expect(meanNetPValue(rowsOf([-1, -2, -3, -2, -1]))).toBeGreaterThan(0.99);
    expect(meanNetPValue(rowsOf([1, 1, 1]))).toBeNull();
  });
});

describe('probabilisticSharpe', () => {
  const monthly = { mean: 0.458, deviation: 1, nEff: 24 };

  it('is what the paper gives for 24 months at 0.458: 0.982 if normal, 0.913 with its skewness and kurtosis', () => {
    expect(probabilisticSharpe({ ...monthly, skewness: 0, kurtosis: 3 })).toBeCloseTo(0.982, 3);
    expect(probabilisticSharpe({ ...monthly, skewness: -2.448, kurtosis: 10.164 })).toBeCloseTo(0.913, 3);
  });

  it('is one half for an agent that earns nothing', () => {
    expect(probabilisticSharpe(sampleOf([-1, 1, -2, 2]))).toBe(0.5);
  });

  it('is unknown where the variance of the ratio vanishes', () => {
    expect(probabilisticSharpe({ mean: 1, deviation: 1, skewness: 2, kurtosis: 5, nEff: 10 })).toBeNull();
  });
});
