// The net result: its moments, its bounds and p-value against each other and by hand, and the published Sharpe example.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/domain/random.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { type JudgedRow, judgedRow } from '../../src/supervision/judged-row.ts';
import {
  meanNetBound,
  meanNetBoundOneLook,
  meanNetPValue,
  type NetSample,
  netSampleOf,
  probabilisticSharpe,
} from '../../src/supervision/mean-net.ts';
import { aRow, T0 } from '../builders.ts';

const HORIZON_HOURS = 24;
const PERIOD_MS = 2 * DAY_MS;

/** Rows with a sigma of 100 bps each, so that `net` is in sigmas; each in a market period of its own. */
function rowsOf(netSigmas: readonly number[], uniqueness = 1): JudgedRow[] {
  return netSigmas.map((net, index) => ({
    ...judgedRow(aRow({ net_pnl_bps: net * 100, expected_sigma_bps: 100, uniqueness })),
    exitMs: T0 + index * PERIOD_MS,
  }));
}

function sampleFrom(rows: readonly JudgedRow[]): NetSample {
  const sample = netSampleOf(rows, HORIZON_HOURS);
  if (sample === null) throw new Error('expected a sample');
  return sample;
}

function sampleOf(netSigmas: readonly number[], uniqueness = 1): NetSample {
  return sampleFrom(rowsOf(netSigmas, uniqueness));
}

/** Every row on `symbols` instruments: the same side of the same market move, as often. */
function onInstruments(rows: readonly JudgedRow[], symbols: number): JudgedRow[] {
  return rows.flatMap((row) => new Array<JudgedRow>(symbols).fill(row));
}

function pValueOf(rows: readonly JudgedRow[]): number | null {
  return meanNetPValue(rows, HORIZON_HOURS);
}

describe('netSampleOf', () => {
  it('has the moments of the net results in sigmas', () => {
    expect(sampleOf([0, 1, 2, 3, 4])).toEqual({
      mean: 2,
      deviation: Math.sqrt(2.5),
      skewness: 0,
      kurtosis: 1.7,
      standardError: Math.sqrt(0.5),
      degrees: 4,
    });
  });

  it('lets no single result count for more than four sigmas, in either direction', () => {
    expect(sampleOf([0, 1, 50])).toEqual(sampleOf([0, 1, 4]));
    expect(sampleOf([0, 1, -50])).toEqual(sampleOf([0, 1, -4]));
  });

  it('leaves out rows whose sigma is unknown, and their evidence with them', () => {
    const unknown = judgedRow(aRow({ net_pnl_bps: 900, expected_sigma_bps: null }));
    expect(sampleFrom([...rowsOf([0, 1, 2]), unknown])).toEqual(sampleOf([0, 1, 2]));
  });

  it('is unknown for too few rows, too little evidence, or no spread', () => {
    expect(netSampleOf(rowsOf([]), HORIZON_HOURS)).toBeNull();
    expect(netSampleOf(rowsOf([1]), HORIZON_HOURS)).toBeNull();
    expect(netSampleOf(rowsOf([1, 2, 3], 0.3), HORIZON_HOURS)).toBeNull();
    expect(netSampleOf(rowsOf([0.1, 0.1, 0.1]), HORIZON_HOURS)).toBeNull();
  });

  it('is unknown where all rows are of one market period, however many they are', () => {
    const oneDay = rowsOf(Array.from({ length: 60 }, (_, index) => 1 + index / 60)).map((row) => ({
      ...row,
      exitMs: T0,
    }));
    expect(netSampleOf(oneDay, HORIZON_HOURS)).toBeNull();
  });

  it('is no surer for the same market moves on more instruments', () => {
    const alone = sampleOf([0, 1, 2, 3, 4]);
    const twelve = sampleFrom(onInstruments(rowsOf([0, 1, 2, 3, 4]), 12));
    expect(twelve.standardError).toBeCloseTo(alone.standardError, 12);
    expect(twelve.degrees).toBe(alone.degrees);
  });

  it('is surer for other results of the same periods, and never surer than its effective rows', () => {
    const random = randomFrom(3, 'instruments');
    const draws = (n: number) => Array.from({ length: n }, () => random.normal());
    const rows = [draws(200), draws(200), draws(200), draws(200)].flatMap((each) => rowsOf(each));
    const { deviation, standardError } = sampleFrom(rows);
    expect(standardError).toBeGreaterThanOrEqual(deviation / Math.sqrt(800));
    expect(standardError).toBeLessThan((1.2 * deviation) / Math.sqrt(800));
  });
});

describe('meanNetBoundOneLook', () => {
  it('is the mean less t standard errors', () => {
    const t95with4 = 2.13184678632665;
    expect(meanNetBoundOneLook(sampleOf([0, 1, 2, 3, 4]), 0.95)).toBeCloseTo(
      2 - t95with4 * Math.sqrt(0.5),
      6,
    );
  });

  it('is lower where the same results overlap', () => {
    const netSigmas = Array.from({ length: 100 }, (_, index) => (index % 5) - 1.5);
    expect(meanNetBoundOneLook(sampleOf(netSigmas), 0.95)).toBeGreaterThan(0);
    expect(meanNetBoundOneLook(sampleOf(netSigmas, 0.1), 0.95)).toBeLessThan(0);
  });

  it.each([1, 12])('is above 0 for about one agent in twenty without skill on %d instruments', (symbols) => {
    const random = randomFrom(7, 'agents without skill');
    const agents = Array.from({ length: 2000 }, () => Array.from({ length: 60 }, () => random.normal()));
    const lucky = agents.filter((netSigmas) => {
      const rows = symbols === 1 ? rowsOf(netSigmas) : onInstruments(rowsOf(netSigmas), symbols);
      return meanNetBoundOneLook(sampleFrom(rows), 0.95) > 0;
    });
    expect(lucky.length / agents.length).toBeGreaterThan(0.035);
    expect(lucky.length / agents.length).toBeLessThan(0.065);
  });
});

describe('meanNetBound', () => {
  it('is the mean less a standard error for every look, by hand', () => {
    const sample = { mean: 1, deviation: 10, skewness: 0, kurtosis: 3, standardError: 1, degrees: 1e6 };
    // n = 100, r n = 2 ln 10 + ln(2 ln 10 + 1) = 6.329, sqrt(2 * 7.329 / 6.329 * ln(1 + 27.07)) = 2.779
    expect(meanNetBound(sample, 0.95)).toBeCloseTo(1 - 2.779, 3);
  });

  it('asks for more than one look does, and for more the surer it is to be', () => {
    const anyMean = fc.double({ min: -1, max: 1, noNaN: true });
    const anyNumber = fc.double({ min: 20, max: 5000, noNaN: true });
    const anyDegrees = fc.double({ min: 5, max: 2000, noNaN: true });
    fc.assert(
      fc.property(anyMean, anyNumber, anyDegrees, (mean, n, degrees) => {
        const sample = {
          mean,
          deviation: 2,
          skewness: 0,
          kurtosis: 3,
          standardError: 2 / Math.sqrt(n),
          degrees,
        };
        expect(meanNetBound(sample, 0.95)).toBeLessThan(meanNetBoundOneLook(sample, 0.95));
        expect(meanNetBound(sample, 0.99)).toBeLessThan(meanNetBound(sample, 0.95));
      }),
    );
  });

  it('stays finite where next to nothing is known', () => {
    const sample = { mean: 0, deviation: 1, skewness: 0, kurtosis: 3, standardError: 1, degrees: 1e-6 };
    for (const confidence of [0.500001, 0.95, 0.999999]) {
      expect(Number.isFinite(meanNetBound(sample, confidence))).toBe(true);
    }
  });

  it('is rarely above 0 at any of many looks without skill, where the bound of one look often is', () => {
    const random = randomFrom(17, 'daily looks');
    const agents = Array.from({ length: 250 }, () => {
      const days = Array.from({ length: 120 }, () => random.normal());
      const rows = onInstruments(rowsOf(days), 3).map((row) => ({
        ...row,
        exitMs: T0 + (row.exitMs - T0) / 2,
      }));
      const looks = Array.from({ length: 90 }, (_, day) => sampleFrom(rows.slice(0, 3 * (day + 31))));
      return {
        isLucky: looks.some((sample) => meanNetBound(sample, 0.95) > 0),
        isLuckyOnce: looks.some((sample) => meanNetBoundOneLook(sample, 0.95) > 0),
      };
    });
    expect(agents.filter(({ isLucky }) => isLucky).length / agents.length).toBeLessThan(0.05);
    expect(agents.filter(({ isLuckyOnce }) => isLuckyOnce).length / agents.length).toBeGreaterThan(0.12);
  });

  it('finds an edge of a fifth of a sigma in most agents after 500 independent results', () => {
    const random = randomFrom(19, 'agents with skill');
    const agents = Array.from({ length: 200 }, () =>
      Array.from({ length: 500 }, () => 0.2 + random.normal()),
    );
    const found = agents.filter((netSigmas) => meanNetBound(sampleOf(netSigmas), 0.95) > 0);
    expect(found.length / agents.length).toBeGreaterThan(0.9);
  });
});

describe('a burst of overlapping signals', () => {
  it('is one result: agents without skill pass as rarely with it as without', () => {
    const random = randomFrom(11, 'bursts');
    const agents = Array.from({ length: 1000 }, () => [
      ...rowsOf(Array.from({ length: 59 }, () => random.normal())),
      ...rowsOf(new Array(100).fill(random.normal()), 0.01).map((row) => ({
        ...row,
        exitMs: T0 + 59 * PERIOD_MS,
      })),
    ]);
    const lucky = agents.filter((rows) => (pValueOf(rows) ?? 1) < 0.05);
    expect(lucky.length / agents.length).toBeGreaterThan(0.03);
    expect(lucky.length / agents.length).toBeLessThan(0.075);
  });
});

describe('meanNetPValue', () => {
  it('is below 5 % exactly where the bound of one look at 95 % is above 0', () => {
    const anyNet = fc.array(fc.integer({ min: -300, max: 400 }), { minLength: 3, maxLength: 80 });
    fc.assert(
      fc.property(anyNet, fc.constantFrom(1, 0.5), (hundredths, uniqueness) => {
        const netSigmas = hundredths.map((value) => value / 100);
        const rows = rowsOf(netSigmas, uniqueness);
        const [p, sample] = [pValueOf(rows), netSampleOf(rows, HORIZON_HOURS)];
        if (p === null || sample === null || Math.abs(p - 0.05) < 1e-6) return;
        expect(p < 0.05).toBe(meanNetBoundOneLook(sample, 0.95) > 0);
      }),
    );
  });

  it('is small for a gain, large for a loss, and unknown without spread', () => {
    expect(pValueOf(rowsOf([1, 2, 3, 2, 1]))).toBeLessThan(0.01);
    expect(pValueOf(rowsOf([-1, -2, -3, -2, -1]))).toBeGreaterThan(0.99);
    expect(pValueOf(rowsOf([1, 1, 1]))).toBeNull();
  });
});

describe('probabilisticSharpe', () => {
  const monthly = { mean: 0.458, deviation: 1, standardError: 1 / Math.sqrt(24), degrees: 23 };

  it('is what the paper gives for 24 months at 0.458: 0.982 if normal, 0.913 with its skewness and kurtosis', () => {
    expect(probabilisticSharpe({ ...monthly, skewness: 0, kurtosis: 3 })).toBeCloseTo(0.982, 3);
    expect(probabilisticSharpe({ ...monthly, skewness: -2.448, kurtosis: 10.164 })).toBeCloseTo(0.913, 3);
  });

  it('is one half for an agent that earns nothing', () => {
    expect(probabilisticSharpe(sampleOf([-1, 1, -2, 2]))).toBe(0.5);
  });

  it('is no surer for the same market moves on more instruments', () => {
    const rows = rowsOf([-1, 1, 2, -1, 3, 0.5, 1, -2, 1, 2]);
    const [alone, twelve] = [rows, onInstruments(rows, 12)].map((each) =>
      probabilisticSharpe(sampleFrom(each)),
    );
    expect(Math.abs((twelve ?? 1) - (alone ?? 0))).toBeLessThan(0.02);
  });

  it('is unknown where the variance of the ratio vanishes', () => {
    const { degrees, standardError } = monthly;
    const sample = { mean: 1, deviation: 1, skewness: 2, kurtosis: 5, standardError, degrees };
    expect(probabilisticSharpe(sample)).toBeNull();
  });
});
