// What a signal was expected to earn: by which model, with which sigma, and what is said where something is unknown.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/domain/model.ts';
import { expectedFrom, modelAsOf } from '../../src/supervision/expected.ts';
import type { Signal } from '../../src/supervision/features.ts';
import { aModel, T0 } from '../builders.ts';

const signal: Signal = { score_final: 0.5, confidence: 0.8, side: 1 };
const ID = 'abcdef0123456789'.repeat(4);

function usedModel(over: Partial<Model> = {}): Model {
  return aModel(T0, {
    content_sha256: ID,
    features: ['score_final', 'confidence'],
    weights: [0.2, 0.1, 0.02],
    sigma: { rms: 1.1, mean_abs: 0.8 },
    used: true,
    ...over,
  });
}

describe('expectedFrom', () => {
  it('predicts in sigmas and states them in basis points', () => {
    const expected = expectedFrom(usedModel(), signal, 200);

    expect(expected).toEqual({
      expected_pnl_bps: 40,
      expected_sigma_bps: 220,
      expected_abs_bps: 160,
      sim_version: 'ridge_h24@abcdef01',
      model_id: '20210301T000000Z-abcdef0123456789',
      trained_at: '2021-03-01T00:00:00.000Z',
    });
  });

  it('predicts basis points directly where the model was trained on them, volatility or not', () => {
    const model = usedModel({ target: 'bps', weights: [20, 10, 2], sigma: { rms: 300, mean_abs: 240 } });

    const expected = expectedFrom(model, signal, null);

    expect(expected).toMatchObject({
      expected_pnl_bps: 20,
      expected_sigma_bps: 300,
      expected_abs_bps: 240,
      sim_version: 'ridge_h24@abcdef01',
    });
  });

  it('expects zero without a model, with the volatility itself as sigma', () => {
    const expected = expectedFrom(null, signal, 200);

    expect(expected).toEqual({
      expected_pnl_bps: 0,
      expected_sigma_bps: 200,
      expected_abs_bps: 159.5769,
      sim_version: 'fallback_zero',
      model_id: null,
      trained_at: null,
    });
  });

  it('leaves sigma unknown where there is neither model nor volatility', () => {
    const expected = expectedFrom(null, signal, null);

    expect(expected).toMatchObject({ expected_pnl_bps: 0, expected_sigma_bps: null, expected_abs_bps: null });
  });

  it.each([
    { why: 'the model has no skill', model: usedModel({ used: false }), of: signal },
    { why: 'the signal has no score', model: usedModel(), of: { ...signal, score_final: null } },
    { why: 'the signal has no confidence', model: usedModel(), of: { ...signal, confidence: null } },
  ])('expects zero with the sigma of the model where $why', ({ model, of }) => {
    const expected = expectedFrom(model, of, 200);

    expect(expected).toMatchObject({
      expected_pnl_bps: 0,
      expected_sigma_bps: 220,
      expected_abs_bps: 160,
      sim_version: 'zero+sigma@abcdef01',
      model_id: model.model_id,
    });
  });

  it('expects zero with an unknown sigma where the model counts in sigmas and the volatility is unknown', () => {
    const expected = expectedFrom(usedModel(), signal, null);

    expect(expected).toMatchObject({
      expected_pnl_bps: 0,
      expected_sigma_bps: null,
      expected_abs_bps: null,
      sim_version: 'zero+sigma@abcdef01',
    });
  });

  it('takes the volatility as sigma from a model that was never tested', () => {
    const expected = expectedFrom(usedModel({ used: false, sigma: null }), signal, 200);

    expect(expected).toMatchObject({
      expected_sigma_bps: 200,
      expected_abs_bps: 159.5769,
      sim_version: 'zero+sigma@abcdef01',
    });
  });

  it('rounds to disk precision, and states no sigma rather than one that rounds to zero', () => {
    const expected = expectedFrom(usedModel({ weights: [0, 0, 1 / 3] }), signal, 1);
    const tiny = expectedFrom(null, signal, 1e-6);

    expect(expected.expected_pnl_bps).toBe(0.3333);
    expect(tiny.expected_sigma_bps).toBeNull();
    expect(tiny.expected_abs_bps).toBeNull();
  });
});

describe('modelAsOf', () => {
  it('is the newest version trained at or before the entry, as a plain search finds it', () => {
    const instants = fc
      .uniqueArray(fc.nat(100), { maxLength: 20 })
      .map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(instants, fc.nat(100), (trainedAt, entryMs) => {
        const index = trainedAt.map((trainedAtMs) => ({ modelId: `m${trainedAtMs}`, trainedAtMs }));

        const found = modelAsOf(index, entryMs);

        const known = trainedAt.filter((trainedAtMs) => trainedAtMs <= entryMs);
        expect(found).toBe(known.length === 0 ? null : `m${Math.max(...known)}`);
      }),
    );
  });
});
