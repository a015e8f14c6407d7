// The fold of divergence: what is kept of a row, which signals are admitted, and a state that can be stored at any point.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/domain/time.ts';
import { streamAlerts } from '../../src/supervision/diverge.ts';
import {
  type DivergenceSignal,
  divergenceSignal,
  newStream,
  type StreamState,
} from '../../src/supervision/divergence-stream.ts';
import { aRow, T0 } from '../builders.ts';
import { aSignal, drawn, folded, noise, someDivergenceRules } from './signals.ts';

const rules = someDivergenceRules();
const alerts = (stream: StreamState) => streamAlerts(stream, 'a', 1, rules);

describe('divergenceSignal', () => {
  const ofModel = {
    model_id: 'm1',
    sigma_asof_bps: 100,
    sigma_fast_bps: 150,
    expected_pnl_bps: 50,
    expected_sigma_bps: 50,
    expected_abs_bps: 75,
  } as const;

  it('takes the larger sigma, so that a shock of the whole market is no divergence', () => {
    const none = () => null;

    expect(divergenceSignal(aRow({ sigma_asof_bps: 100, sigma_fast_bps: 150 }), none).sigmaBps).toBe(150);
    expect(divergenceSignal(aRow({ sigma_asof_bps: 200, sigma_fast_bps: 150 }), none).sigmaBps).toBe(200);
    expect(divergenceSignal(aRow({ sigma_asof_bps: 100, sigma_fast_bps: null }), none).sigmaBps).toBe(100);
    expect(divergenceSignal(aRow({ sigma_asof_bps: null, sigma_fast_bps: 150 }), none).sigmaBps).toBeNull();
  });

  it('holds a row against what its model claimed', () => {
    const signal = divergenceSignal(aRow(ofModel), (id) => (id === 'm1' ? { nEff: 400 } : null));

    expect(signal.claimedAbsZ).toBe(0.75);
    expect(signal.claimedHit).toBeCloseTo(0.8413447, 7);
    expect(signal.tau).toBe(0.1);
  });

  it('holds a row without a model against chance', () => {
    const row = aRow({ model_id: null, expected_pnl_bps: 0, expected_sigma_bps: 100, sigma_asof_bps: 100 });
    const signal = divergenceSignal(row, () => ({ nEff: 4 }));

    expect(signal.claimedAbsZ).toBeCloseTo(0.7978846, 7);
    expect(signal).toMatchObject({ claimedHit: 0.5, tau: 0 });
  });

  it.each([
    [null, 0.1],
    [{ nEff: Number.NaN }, 0.1],
    [{ nEff: 0 }, 0.1],
    [{ nEff: 1 }, 0.5],
    [{ nEff: 100 }, 0.2],
  ])('allows for a reference of %o by %d', (reference, tau) => {
    expect(divergenceSignal(aRow(ofModel), () => reference).tau).toBeCloseTo(tau, 12);
  });
});

describe('foldSignal', () => {
  it('admits a signal only after the last admitted one has left', () => {
    const over = (entryHour: number): DivergenceSignal =>
      aSignal(0, 0, { entryMs: T0 + entryHour * HOUR_MS, exitMs: T0 + (entryHour + 24) * HOUR_MS });
    const daily = folded(newStream(), [0, 24, 48].map(over));
    const hourly = folded(
      newStream(),
      Array.from({ length: 49 }, (_, hour) => over(hour)),
    );

    expect(daily.recent.n).toBe(3);
    expect(hourly.recent.n).toBe(3);
    expect(hourly.admittedMs).toBe(T0 + 72 * HOUR_MS);
  });

  it.each<[string, Partial<DivergenceSignal>]>([
    ['no sigma', { sigmaBps: null }],
    ['a sigma of 0', { sigmaBps: 0 }],
    ['a sigma that is not a number', { sigmaBps: Number.NaN }],
    ['an infinite sigma', { sigmaBps: Number.POSITIVE_INFINITY }],
    ['an error that is not a number', { errorBps: Number.NaN }],
    ['an infinite error', { errorBps: Number.NEGATIVE_INFINITY }],
    ['an error that overflows', { errorBps: 1e300, sigmaBps: 1e-300 }],
    ['an unknown result', { realizedBps: Number.NaN }],
    ['a claim of 0', { claimedAbsZ: 0 }],
    ['an unknown claim', { claimedAbsZ: Number.NaN }],
    ['an impossible probability', { claimedHit: 1.5 }],
    ['an unknown allowance', { tau: Number.NaN }],
    ['no exit', { exitMs: Number.NaN }],
  ])('counts a signal with %s as unusable, neither good nor bad', (_, over) => {
    const stream = folded(newStream(), [aSignal(0, 1), aSignal(1, 1, over)]);
    const without = folded(newStream(), [aSignal(0, 1)]);

    expect(stream).toEqual({
      ...without,
      nUnusable: 1,
      unusableInRow: 1,
      newestMs: over.exitMs === undefined ? T0 + 2 * HOUR_MS : without.newestMs,
    });
  });

  it('cannot be silenced by signals that cannot be used', () => {
    const broken = folded(newStream(), drawn(noise(1).normal, 0, 100, { shift: -1 }));
    const unusable = Array.from({ length: 200 }, (_, index) => aSignal(100 + index, 5, { sigmaBps: null }));
    const before = alerts(broken).map(({ trigger, state, since, severity }) => [
      trigger,
      state,
      since,
      severity,
    ]);
    folded(broken, unusable);

    const after = alerts(broken);
    const shown = after.map(({ trigger, state, since, severity }) => [trigger, state, since, severity]);
    expect(shown.filter(([, state]) => state === 'ALERT')).not.toEqual([]);
    expect(shown).toEqual(
      before.map((each) => (each[1] === 'OK' ? [each[0], 'INSUFFICIENT', null, 'none'] : each)),
    );
    expect(after.every(({ n_unusable }) => n_unusable === 200)).toBe(true);
  });

  it('no longer says OK after min_signals that could not be used in a row, and says it again after one that could', () => {
    const stream = folded(newStream(), drawn(noise(2).normal, 0, 120));
    const states = () => new Set(alerts(stream).map(({ state }) => state));
    expect(states()).toEqual(new Set(['OK']));

    folded(
      stream,
      Array.from({ length: 29 }, (_, index) => aSignal(120 + index, 0, { sigmaBps: null })),
    );
    expect(states()).toEqual(new Set(['OK']));
    folded(stream, [aSignal(149, 0, { sigmaBps: null })]);
    expect(states()).toEqual(new Set(['INSUFFICIENT']));
    folded(stream, [aSignal(150, 0)]);
    expect(states()).toEqual(new Set(['OK']));
  });

  it('refuses other rules in the middle of a stream', () => {
    const stream = folded(newStream(), [aSignal(0, 1)]);

    expect(() => folded(stream, [aSignal(1, 1)], someDivergenceRules({ window: 100 }))).toThrow(
      /one set of rules/,
    );
  });
});

/** Signals of every kind: broken stretches, fat tails, overlaps, and what cannot be used. */
const anySignals = fc
  .array(
    fc.record({
      step: fc.integer({ min: 0, max: 3 }),
      z: fc.oneof(
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.constantFrom(-1, -1, -0, 0, 1e9, -1e9, Number.NaN, Number.POSITIVE_INFINITY),
      ),
      sigma: fc.constantFrom(1, 1, 1, 2, null),
    }),
    { maxLength: 300 },
  )
  .map((list) => {
    let index = 0;
    return list.map(({ step, z, sigma }) => {
      index += step;
      return aSignal(index, z, { sigmaBps: sigma === null ? null : 100 * sigma, tau: 0.05 });
    });
  });

describe('a stream', () => {
  it('goes on from a stored copy exactly as if it had never been stored', () => {
    fc.assert(
      fc.property(anySignals, fc.nat(300), (signals, cut) => {
        const whole = folded(newStream(), signals);
        const first = folded(newStream(), signals.slice(0, cut));
        const stored: StreamState = JSON.parse(JSON.stringify(first));
        expect(stored).toEqual(first);
        const resumed = folded(stored, signals.slice(cut));

        expect(resumed).toEqual(whole);
        expect(alerts(resumed)).toEqual(alerts(whole));
      }),
    );
  });

  it('does not depend on the unit of money', () => {
    const draw = noise(3);
    const signals = [...drawn(draw.t4, 0, 150), ...drawn(draw.normal, 150, 100, { shift: -0.6 })];
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 20 }), (power) => {
        const unit = 2 ** power;
        const scaled = signals.map((signal) => ({
          ...signal,
          errorBps: signal.errorBps * unit,
          realizedBps: signal.realizedBps * unit,
          sigmaBps: (signal.sigmaBps ?? 0) * unit,
        }));
        const told = (stream: StreamState) =>
          alerts(stream).map(({ trigger, state, statistic, since, severity }) => ({
            trigger,
            state,
            statistic,
            since,
            severity,
          }));

        expect(told(folded(newStream(), scaled))).toEqual(told(folded(newStream(), signals)));
      }),
    );
  });

  it('never lets the severity of an alert fall while it lasts, nor changes when it began', () => {
    const rank = { none: 0, medium: 1, high: 2 };
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -1.5, max: 0, noNaN: true }), (seed, shift) => {
        const stream = newStream();
        const draw = noise(seed).t4;
        for (const signal of [
          ...drawn(draw, 0, 100, { shift }),
          ...drawn(draw, 100, 60),
          ...drawn(draw, 160, 60, { shift }),
        ]) {
          const before = structuredClone(stream.triggers);
          folded(stream, [signal]);
          for (const name of ['mean', 'mean_cusum', 'scale', 'scale_window', 'hit'] as const) {
            const [old, now] = [before[name], stream.triggers[name]];
            if (now.state !== old.state || (now.state !== 'ALERT' && now.state !== 'WARN')) continue;
            expect(rank[now.severity]).toBeGreaterThanOrEqual(rank[old.severity]);
            expect(now.sinceMs).toBe(old.sinceMs);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
