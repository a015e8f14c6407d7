// The confidence multiplier against the reference vectors, against the formula over a whole history, and what must hold for any.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfidenceConfig } from '../../src/domain/supervisor-config.ts';
import { validate } from '../../src/domain/validate.ts';
import {
  type ConfidenceSignal,
  type ConfidenceState,
  confidenceOf,
  foldConfidence,
  newConfidence,
} from '../../src/supervision/confidence.ts';

interface Vector {
  readonly name: string;
  readonly err: readonly number[];
  readonly loss: readonly boolean[];
  readonly uniqueness: readonly number[] | null;
  readonly multiplier: number;
  readonly P: number | null;
  readonly shrink: number;
  readonly W: number;
}

const { vectors }: { vectors: Vector[] } = JSON.parse(
  readFileSync(new URL('../fixtures/statistics/recommended_multiplier.json', import.meta.url), 'utf8'),
);

function config(over: Partial<ConfidenceConfig> = {}): ConfidenceConfig {
  const checked = validate(ConfidenceConfig, { ...over });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value;
}

function aSignal(over: Partial<ConfidenceSignal> = {}): ConfidenceSignal {
  return { errorBps: 30, claimedAbsBps: 30, realizedBps: 1, uniqueness: 1, ...over };
}

function folded(signals: readonly ConfidenceSignal[], under: ConfidenceConfig): ConfidenceState {
  const state = newConfidence();
  for (const signal of signals) foldConfidence(state, signal, under);
  return state;
}

/** The formula as it is written down, over the whole history at once, ages counted from the newest signal. */
function batchMultiplier(signals: readonly ConfidenceSignal[], under: ConfidenceConfig): number {
  const { floor, ceil, half_life_signals: halfLife, loss_k_bps: k, stability_good_err_bps: good } = under;
  let [weight, penalty, age] = [0, 0, 0];
  for (const { errorBps, claimedAbsBps, realizedBps, uniqueness } of [...signals].reverse()) {
    const x = under.mode === 'bps' ? Math.abs(errorBps) : (good * Math.abs(errorBps)) / (claimedAbsBps ?? 0);
    const w = uniqueness * 2 ** (-age / halfLife);
    weight += w;
    penalty += w * (x / (x + k)) * (realizedBps < 0 ? under.loss_amplifier : 1);
    age += uniqueness;
  }
  if (weight === 0) return 1;
  const neutral = good / (good + k);
  const mean = penalty / weight;
  const base =
    mean <= neutral
      ? 1 + (ceil - 1) * (1 - mean / neutral)
      : 1 - ((1 - floor) * (mean - neutral)) / (1 - neutral);
  const errors = signals.map(({ errorBps, claimedAbsBps, realizedBps }) => ({
    x: under.mode === 'bps' ? Math.abs(errorBps) : (good * Math.abs(errorBps)) / (claimedAbsBps ?? 0),
    isLoss: realizedBps < 0,
  }));
  const lastBad = errors.findLastIndex(({ x, isLoss }) => isLoss && x >= 2 * good);
  const goods = errors.slice(lastBad + 1).filter(({ x, isLoss }) => !isLoss && x <= good).length;
  const boosted = base + (goods >= under.stability_min_good ? under.stability_boost : 0);
  const full = Math.min(ceil, Math.max(floor, boosted));
  const weightMax = 1 / (1 - 2 ** (-1 / halfLife));
  const room = under.penalty_cap - under.stability_boost;
  const prior = Math.max(
    halfLife / 4,
    (((1.5 * (1 - floor)) / (1 - neutral)) * under.loss_amplifier) / room - 1,
  );
  const shrink = Math.min(1, (weight * (weightMax + prior)) / (weightMax * (weight + prior)));
  return Math.min(ceil, Math.max(floor, 1 + shrink * (full - 1)));
}

/** Not so small that scaling loses it. */
const anyBps = fc.integer({ min: -5_000_000, max: 5_000_000 }).map((thousandths) => thousandths / 1000);
const anySignal = fc.record({
  errorBps: anyBps,
  claimedAbsBps: fc.double({ min: 1, max: 2000, noNaN: true }),
  realizedBps: anyBps,
  uniqueness: fc.integer({ min: 1, max: 1000 }).map((share) => share / 1000),
});
const anySignals = fc.array(anySignal, { maxLength: 120 });
const anyMode = fc.constantFrom('sigma', 'bps');
const anyConfig = fc
  .record({
    mode: anyMode,
    half_life_signals: fc.double({ min: 0.5, max: 500, noNaN: true }),
    loss_k_bps: fc.double({ min: 1, max: 500, noNaN: true }),
    floor: fc.double({ min: 0.01, max: 1, noNaN: true }),
    ceil: fc.double({ min: 1, max: 10, noNaN: true }),
    penalty_cap: fc.double({ min: 0.001, max: 1, noNaN: true }),
    loss_amplifier: fc.double({ min: 1, max: 5, noNaN: true }),
    stability_boost: fc.double({ min: 0, max: 0.2, noNaN: true }),
    stability_good_err_bps: fc.double({ min: 1, max: 500, noNaN: true }),
    stability_min_good: fc.integer({ min: 1, max: 30 }),
  })
  .map(config);

describe('the reference vectors', () => {
  it.each(vectors)('$name', ({ err, loss, uniqueness, multiplier, P, shrink, W }) => {
    const bps = config({ mode: 'bps' });
    const signals = err.map((errorBps, index) =>
      aSignal({ errorBps, realizedBps: loss[index] ? -1 : 1, uniqueness: uniqueness?.[index] ?? 1 }),
    );

    const state = folded(signals, bps);
    const { detail, multiplier: rounded } = confidenceOf(state, bps);

    expect(Math.abs(state.multiplier - multiplier)).toBeLessThan(1e-12);
    expect(Math.abs(state.weight - W)).toBeLessThan(1e-11);
    expect(rounded).toBe(Math.round(multiplier * 1e4) / 1e4);
    expect(detail).toMatchObject({
      n: err.length,
      n_excluded: 0,
      P: P === null ? null : Number(P.toPrecision(9)),
      shrink: Number(shrink.toPrecision(9)),
      mode: 'bps',
    });
  });
});

describe('the fold', () => {
  it('is the formula over the whole history, in both units, where no signal moves it by the cap', () => {
    fc.assert(
      fc.property(anySignals, anyMode, (signals, mode) => {
        const under = config({ mode });
        const difference = folded(signals, under).multiplier - batchMultiplier(signals, under);
        expect(Math.abs(difference)).toBeLessThan(1e-12);
      }),
    );
  });

  it('is the same however often it was stored and read in between', () => {
    fc.assert(
      fc.property(anySignals, anyConfig, fc.integer({ min: 1, max: 7 }), (signals, under, perRun) => {
        let state = newConfidence();
        for (const [index, signal] of signals.entries()) {
          if (index % perRun === 0) state = JSON.parse(JSON.stringify(state));
          foldConfidence(state, signal, under);
        }
        expect(confidenceOf(state, under)).toEqual(confidenceOf(folded(signals, under), under));
      }),
    );
  });

  it('stays within floor and ceil, and no signal moves it by more than the cap, under any configuration', () => {
    fc.assert(
      fc.property(anySignals, anyConfig, (signals, under) => {
        const state = newConfidence();
        for (const signal of signals) {
          const before = state.multiplier;
          foldConfidence(state, signal, under);
          expect(Math.abs(state.multiplier - before)).toBeLessThanOrEqual(under.penalty_cap + 1e-12);
          const { multiplier } = confidenceOf(state, under);
          expect(multiplier).toBeGreaterThanOrEqual(under.floor);
          expect(multiplier).toBeLessThanOrEqual(under.ceil);
        }
      }),
    );
  });

  it('never rises when one error was larger', () => {
    fc.assert(
      fc.property(
        fc.array(anySignal, { minLength: 1, maxLength: 60 }),
        anyConfig,
        fc.nat(),
        fc.double({ min: 0, max: 3000, noNaN: true }),
        (signals, under, place, moreBps) => {
          const worse = signals.map((signal, index) =>
            index === place % signals.length
              ? { ...signal, errorBps: Math.abs(signal.errorBps) + moreBps }
              : signal,
          );
          const difference = folded(worse, under).multiplier - folded(signals, under).multiplier;
          expect(difference).toBeLessThan(1e-12);
        },
      ),
    );
  });

  it('does not depend on the scale of the market in mode sigma', () => {
    fc.assert(
      fc.property(anySignals, fc.constantFrom(0.25, 2, 8), (signals, factor) => {
        const scaled = signals.map((signal) => ({
          ...signal,
          errorBps: signal.errorBps * factor,
          claimedAbsBps: signal.claimedAbsBps * factor,
          realizedBps: signal.realizedBps * factor,
        }));
        expect(folded(scaled, config())).toEqual(folded(signals, config()));
      }),
    );
  });
});

describe('confidenceOf', () => {
  it('is neutral without any signal, and says that nothing is known', () => {
    expect(confidenceOf(newConfidence(), config())).toEqual({
      multiplier: 1,
      detail: { n: 0, n_eff: 0, n_excluded: 0, P: null, W: 0, shrink: 0, mode: 'sigma' },
    });
  });

  it('is near 1 for an agent whose errors are what its model claims', () => {
    const claimed = Array.from({ length: 80 }, () => aSignal({ errorBps: 300, claimedAbsBps: 300 }));
    const state = folded(claimed, config({ stability_boost: 0 }));
    expect(confidenceOf(state, config({ stability_boost: 0 })).multiplier).toBe(1);
  });

  it('counts what it leaves out, and takes it neither for good nor for bad', () => {
    const usable = Array.from({ length: 20 }, () => aSignal({ errorBps: 5 }));
    const useless = [
      aSignal({ claimedAbsBps: null }),
      aSignal({ claimedAbsBps: 0 }),
      aSignal({ errorBps: Number.NaN }),
      aSignal({ errorBps: Number.NEGATIVE_INFINITY }),
      aSignal({ realizedBps: Number.NaN }),
      aSignal({ uniqueness: Number.NaN }),
    ];

    const all = confidenceOf(folded([...usable, ...useless], config()), config());
    const without = confidenceOf(folded(usable, config()), config());

    expect(all).toEqual({ ...without, detail: { ...without.detail, n_excluded: 6 } });
  });

  it('stays at 1 in mode sigma before any model exists, while mode bps needs none', () => {
    const signals = Array.from({ length: 50 }, () => aSignal({ errorBps: 500, claimedAbsBps: null }));
    expect(confidenceOf(folded(signals, config()), config())).toMatchObject({
      multiplier: 1,
      detail: { n: 0, n_excluded: 50, P: null },
    });
    const bps = config({ mode: 'bps' });
    expect(confidenceOf(folded(signals, bps), bps).multiplier).toBeLessThan(0.8);
  });

  it('counts signals that share a market move as the one they are', () => {
    const wrong = { errorBps: 300, realizedBps: -300 };
    const apart = Array.from({ length: 240 }, () => aSignal(wrong));
    const together = apart.map((signal) => ({ ...signal, uniqueness: 1 / 24 }));
    expect(confidenceOf(folded(apart, config()), config())).toMatchObject({ detail: { n_eff: 240 } });
    const { multiplier, detail } = confidenceOf(folded(together, config()), config());
    expect(detail.n_eff).toBe(10);
    expect(multiplier).toBeGreaterThan(confidenceOf(folded(apart, config()), config()).multiplier + 0.2);
  });

  it('withdraws the boost at a loss of twice the neutral error, not at a smaller one and not at a gain', () => {
    const good = Array.from({ length: 10 }, () => aSignal());
    const goodBefore = (last: Partial<ConfidenceSignal>) => folded([...good, aSignal(last)], config()).good;
    expect(goodBefore({ errorBps: 60, realizedBps: -1 })).toBe(0);
    expect(goodBefore({ errorBps: 59.9, realizedBps: -1 })).toBe(10);
    expect(goodBefore({ errorBps: 600, realizedBps: 1 })).toBe(10);
    expect(goodBefore({ errorBps: 30, realizedBps: 0 })).toBe(11);
  });

  it('takes the worst number there is as a full penalty, never as none', () => {
    const state = folded([aSignal({ errorBps: -Number.MAX_VALUE, realizedBps: -1 })], config());
    const huge = folded([aSignal({ errorBps: -1e9, realizedBps: -1 })], config());
    expect(state.multiplier).toBeCloseTo(huge.multiplier, 6);
    expect(state.multiplier).toBeLessThan(1);
  });

  it('gives no multiplier of 0, however small the floor', () => {
    const under = config({ mode: 'bps', floor: 1e-9, penalty_cap: 10 });
    const signals = Array.from({ length: 2000 }, () => aSignal({ errorBps: 1e9, realizedBps: -1 }));
    expect(confidenceOf(folded(signals, under), under).multiplier).toBe(1e-9);
  });
});
