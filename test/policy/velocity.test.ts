// Velocities from bars: in sigmas of a bar, cold until enough is known, and the same by any other price or bar length.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/domain/random.ts';
import type { ClosedCandles, Scan } from '../../src/domain/scan.ts';
import { epochMs } from '../../src/domain/steps.ts';
import { ENTRY_THRESHOLDS } from '../../src/policy/calibration.ts';
import { type CandleMemory, candleScan, noCandles, SLOW_BARS } from '../../src/policy/velocity.ts';
import { START_MS } from './build.ts';

const BAR_MS = 60_000;
const RECEIVED_MS = epochMs(START_MS);

function bar(number: number, closes: Readonly<Record<string, number>>, barMs = BAR_MS): ClosedCandles {
  const candles = Object.entries(closes).map(([key, close]) => [
    key,
    { open: close, high: close, low: close, close },
  ]);
  return { closedAtMs: epochMs(START_MS + number * barMs), barMs, candles: Object.fromEntries(candles) };
}

/** A walk of `bars` steps of one sigma in a hundred each, and `drift` sigmas on top. */
function walk(bars: number, seed: number, drift = 0): readonly number[] {
  const random = randomFrom(seed, 'velocity');
  let price = 40_000;
  return Array.from({ length: bars }, () => {
    price *= Math.exp(0.01 * (random.normal() + drift));
    return price;
  });
}

function folded(
  closes: readonly number[],
  barMs = BAR_MS,
  memory: CandleMemory = noCandles(),
  from = 0,
): { readonly memory: CandleMemory; readonly scans: readonly Scan[] } {
  let kept = memory;
  const scans: Scan[] = [];
  for (const [index, close] of closes.entries()) {
    const made = candleScan(kept, bar(from + index, { BTCUSDT: close }, barMs), 'BTCUSDT', RECEIVED_MS);
    kept = made.memory;
    if (made.scan !== null) scans.push(made.scan);
  }
  return { memory: kept, scans };
}

function velDivs(scans: readonly Scan[]): readonly number[] {
  return scans.flatMap(({ velDiv }) => velDiv ?? []);
}

describe('velocities', () => {
  it('are unknown until 750 returns are, and say how far that is', () => {
    const { scans } = folded(walk(SLOW_BARS + 1, 1));
    expect(scans.at(-2)).toMatchObject({
      velDiv: null,
      w50Velocity: null,
      w750Velocity: null,
      problems: ['vel_div: 749 of 750 bars are known'],
    });
    expect(scans.at(-1)?.problems).toEqual([]);
    expect(velDivs(scans)).toHaveLength(1);
  });

  it('are those of a constant drift in units of its own size', () => {
    const closes = Array.from({ length: 2_000 }, (_, index) => 100 * 1.0001 ** index);
    const last = folded(closes).scans.at(-1);
    expect(last?.w50Velocity).toBeCloseTo(1, 9);
    expect(last?.w750Velocity).toBeCloseTo(1, 9);
    expect(last?.velDiv).toBeCloseTo(0, 9);
  });

  it('agree with the weighted means that they are defined by', () => {
    const closes = walk(900, 2);
    const returns = closes.slice(1).map((close, index) => Math.log(close / (closes[index] ?? 1)));
    const mean = (span: number, of: (value: number) => number): number => {
      let sum = 0;
      let weights = 0;
      for (const [index, value] of returns.entries()) {
        const weight = (1 - 2 / (span + 1)) ** (returns.length - 1 - index);
        sum += weight * of(value);
        weights += weight;
      }
      return sum / weights;
    };
    const sigma = Math.sqrt(mean(750, (value) => value * value));
    const last = folded(closes).scans.at(-1);
    expect(last?.w50Velocity).toBeCloseTo(mean(50, (value) => value) / sigma, 9);
    expect(last?.w750Velocity).toBeCloseTo(mean(750, (value) => value) / sigma, 9);
    expect(last?.velDiv).toBe((last?.w50Velocity ?? 0) - (last?.w750Velocity ?? 0));
  });

  it('are unknown, not zero, where the price never moved', () => {
    const last = folded(Array.from({ length: 800 }, () => 5)).scans.at(-1);
    expect(last).toMatchObject({ velDiv: null, problems: ['vel_div: the anchor has not moved at all'] });
  });

  it('are the same at ten times the prices and for bars of any length, and mirrored by mirrored moves', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -1, max: 1, noNaN: true }), (seed, drift) => {
        const closes = walk(760, seed, drift);
        const plain = velDivs(folded(closes).scans);
        const tenfold = velDivs(folded(closes.map((close) => close * 10)).scans);
        const hourly = velDivs(folded(closes, 3_600_000).scans);
        const mirrored = velDivs(folded(closes.map((close) => 1 / close)).scans);
        expect(hourly).toEqual(plain);
        for (const [index, value] of plain.entries()) {
          expect(tenfold[index]).toBeCloseTo(value, 8);
          expect(mirrored[index]).toBeCloseTo(-value, 8);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('go on from a memory that was written down at any bar', () => {
    const closes = walk(800, 3);
    const whole = velDivs(folded(closes).scans);
    for (const cut of [1, 400, 751, 790]) {
      const first = folded(closes.slice(0, cut));
      const kept = JSON.parse(JSON.stringify(first.memory)) as CandleMemory;
      const rest = folded(closes.slice(cut), BAR_MS, kept, cut);
      expect([...velDivs(first.scans), ...velDivs(rest.scans)]).toEqual(whole);
    }
  });
});

describe('bars that are missing', () => {
  it('count as equal parts of the move over them', () => {
    const before = folded(walk(800, 4));
    const close = before.memory.close * 1.03;
    const after = candleScan(before.memory, bar(802, { BTCUSDT: close }), 'BTCUSDT', RECEIVED_MS);
    const each = before.memory.close * 1.03 ** (1 / 3);
    const filled = folded([each, each * 1.03 ** (1 / 3), close], BAR_MS, before.memory, 800);
    expect(after.memory.bars).toBe(filled.memory.bars);
    expect(after.memory.fast).toBeCloseTo(filled.memory.fast, 12);
    expect(after.memory.squares).toBeGreaterThan(filled.memory.squares);
  });

  it('over more than the long span begin anew', () => {
    const before = folded(walk(800, 5));
    const after = candleScan(before.memory, bar(800 + SLOW_BARS, { BTCUSDT: 1 }), 'BTCUSDT', RECEIVED_MS);
    expect(after.memory.bars).toBe(0);
    const just = candleScan(before.memory, bar(799 + SLOW_BARS, { BTCUSDT: 1 }), 'BTCUSDT', RECEIVED_MS);
    expect(just.memory.bars).toBe(799 + SLOW_BARS);
  });

  it('of the anchor leave the other prices, and a scan that says so', () => {
    const { memory } = folded(walk(800, 6));
    const made = candleScan(memory, bar(800, { ETHUSDT: 3_000 }), 'BTCUSDT', RECEIVED_MS);
    expect(made.memory).toBe(memory);
    expect(made.scan).toMatchObject({
      prices: { ETHUSDT: 3_000 },
      velDiv: null,
      problems: ['vel_div: no bar of BTCUSDT closed at this instant'],
    });
  });
});

describe('the scan of bars', () => {
  it('has the closes for prices, and the number of its bar', () => {
    const { scan } = candleScan(noCandles(), bar(7, { BTCUSDT: 5, ETHUSDT: 6 }), 'BTCUSDT', RECEIVED_MS);
    expect(scan).toMatchObject({
      scanNumber: START_MS / BAR_MS + 7,
      scannedAtMs: START_MS + 7 * BAR_MS,
      receivedAtMs: RECEIVED_MS,
      prices: { BTCUSDT: 5, ETHUSDT: 6 },
      anchor: 'BTCUSDT',
      isVolOk: true,
      posture: 'APEX',
      acbBoost: null,
    });
  });

  it('leaves out what is no price', () => {
    const bad = { BTCUSDT: 5, A: Number.NaN, B: 0, C: -1, D: Number.POSITIVE_INFINITY };
    expect(candleScan(noCandles(), bar(0, bad), 'BTCUSDT', RECEIVED_MS).scan?.prices).toEqual({ BTCUSDT: 5 });
  });

  it('is made once of each bar', () => {
    const { memory } = folded(walk(3, 7));
    const again = candleScan(memory, bar(2, { BTCUSDT: 9 }), 'BTCUSDT', RECEIVED_MS);
    expect(again).toEqual({ memory, scan: null });
  });

  it('begins anew with another anchor, or with bars of another length', () => {
    const { memory } = folded(walk(800, 8));
    const other = candleScan(memory, bar(800, { ETHUSDT: 9 }), 'ETHUSDT', RECEIVED_MS);
    expect(other.memory).toMatchObject({ anchor: 'ETHUSDT', bars: 0 });
    const longer = candleScan(memory, bar(1, { BTCUSDT: 9 }, 3_600_000), 'BTCUSDT', RECEIVED_MS);
    expect(longer.memory).toMatchObject({ barMs: 3_600_000, bars: 0 });
  });
});

describe('the calibration candles-1m', () => {
  it('lets one to three of a hundred bars of a driftless walk be a signal of one side', () => {
    const values = velDivs(folded(walk(60_000, 9)).scans);
    const threshold = ENTRY_THRESHOLDS['candles-1m'];
    const share = values.filter((value) => value < -threshold).length / values.length;
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.03);
  });
});
