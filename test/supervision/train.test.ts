// The trained model: equal to scikit-learn and to the notes, blind to what it must not see, and used only where it has skill.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256Hex } from '../../src/domain/canonical.ts';
import type { WardenConfig } from '../../src/domain/config.ts';
import { type Feature, Model } from '../../src/domain/model.ts';
import { HOUR_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { type TrainOutcome, trainModel } from '../../src/supervision/train.ts';
import type { TrainingRow } from '../../src/supervision/training-set.ts';
import { T0 } from '../builders.ts';
import { aTrainingRow, modelConfig, trainingRows } from './training-rows.ts';

interface Golden {
  rows: Pick<
    TrainingRow,
    'score_final' | 'confidence' | 'direction' | 'sigma_asof_bps' | 'uniqueness' | 'realized_pnl_bps'
  >[];
  standardised: { lambda: number; weights: number[] }[];
  closed_form: { ridge: number; features: Feature[]; weights: number[] }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../fixtures/ridge/golden.json', import.meta.url), 'utf8'),
);
const goldenRows = golden.rows.map((row, index) =>
  aTrainingRow({
    ...row,
    event_id: `e${index}`,
    entry_at: isoFromMs(T0 + index * HOUR_MS),
    exit_at: isoFromMs(T0 + (index + 1) * HOUR_MS),
  }),
);

const TRAINED_AT_MS = Date.UTC(2023, 0, 1);

function train(
  rows: readonly TrainingRow[],
  config: Partial<WardenConfig['model']> = {},
  over: { trainedAtMs?: number; horizonHours?: number; codeVersion?: string } = {},
): TrainOutcome {
  return trainModel(rows, {
    horizonHours: 1,
    trainedAtMs: TRAINED_AT_MS,
    codeVersion: '0.1.0',
    config: modelConfig(config),
    ...over,
  });
}

function trained(...given: Parameters<typeof train>): Model {
  const outcome = train(...given);
  if (!outcome.ok) throw new Error(`expected a model, found ${JSON.stringify(outcome)}`);
  return outcome.model;
}

function expectWeights(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, weight] of expected.entries()) {
    expect(Math.abs((actual[index] ?? Number.NaN) - weight) / Math.abs(weight)).toBeLessThan(1e-9);
  }
}

describe('the weights', () => {
  it.each(golden.standardised)("equal scikit-learn's Ridge with lambda $lambda", ({ lambda, weights }) => {
    const model = trained(goldenRows, {
      features: ['score_final', 'confidence', 'side'],
      ridge: lambda,
      min_rows: 100,
    });

    expectWeights(model.weights, weights);
    expect(model).toMatchObject({ target: 'sigma', ridge: lambda, dropped_features: [] });
  });

  it.each(golden.closed_form)(
    'equal the closed form of the notes with ridge $ridge on $features',
    ({ ridge, features, weights }) => {
      const model = trained(goldenRows, { features, ridge, standardize: false, min_rows: 100 });

      expectWeights(model.weights, weights);
      expect(model).toMatchObject({ target: 'bps', ridge });
    },
  );

  it('follow the scale of a feature, so that nothing else of the model changes', () => {
    const rows = trainingRows({ slope: 0.3 });
    const before = trained(rows);
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (exponent) => {
        const factor = 10 ** exponent;
        const scaled = rows.map((row) => ({ ...row, score_final: (row.score_final ?? 0) * factor }));

        const after = trained(scaled);

        expectWeights([(after.weights[0] ?? 0) * factor, ...after.weights.slice(1)], before.weights);
        expect([after.ridge, after.used, after.rmse_bps]).toEqual([
          before.ridge,
          before.used,
          before.rmse_bps,
        ]);
        expect(after.oos?.r2_vs_zero).toBeCloseTo(before.oos?.r2_vs_zero ?? Number.NaN, 7);
      }),
      { numRuns: 20 },
    );
  });

  it('give a constant feature no weight and report it', () => {
    const rows = trainingRows({ slope: 0.3 }).map((row) => ({ ...row, confidence: 0.7 }));

    const model = trained(rows);

    expect(model.dropped_features).toEqual(['confidence']);
    expect(model.weights[1]).toBe(0);
    expect(model.weights[0]).toBeCloseTo(0.3, 0);
  });

  it('are those of the mean alone where every feature is constant', () => {
    const rows = trainingRows().map((row) => ({ ...row, score_final: 1, confidence: 1 }));

    const model = trained(rows);

    const mean =
      rows.reduce((sum, row) => sum + row.realized_pnl_bps / (row.sigma_asof_bps ?? 1), 0) / rows.length;
    expect(model.weights.slice(0, 2)).toEqual([0, 0]);
    expect(model.weights[2]).toBeCloseTo(mean, 12);
  });
});

describe('what is seen', () => {
  const rows = trainingRows({ slope: 0.2, count: 300 });
  const model = trained(rows);

  it('does not depend on the order of the rows, to the last byte', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(canonicalJson(trained(shuffled))).toBe(canonicalJson(model));
      }),
      { numRuns: 10 },
    );
  });

  it('does not include rows that end after the model is trained, to the last byte', () => {
    const trainedAtMs = msFromIso(rows.at(-1)?.exit_at ?? '');
    const future = fc.array(
      fc.record({ afterMs: fc.integer({ min: 1000, max: 1e9 }), bps: fc.integer({ min: -5000, max: 5000 }) }),
      { minLength: 1, maxLength: 20 },
    );
    const before = trained(rows, {}, { trainedAtMs });
    fc.assert(
      fc.property(future, (later) => {
        const added = later.map(({ afterMs, bps }, index) =>
          aTrainingRow({
            event_id: `later${index}`,
            entry_at: isoFromMs(T0),
            exit_at: isoFromMs(trainedAtMs + afterMs),
            realized_pnl_bps: bps,
          }),
        );

        const after = trained([...added, ...rows], {}, { trainedAtMs });

        expect(canonicalJson(after)).toBe(canonicalJson(before));
      }),
      { numRuns: 10 },
    );
  });

  it('does not include a row that ends within the second that the model id cuts off', () => {
    const [first] = rows;
    const lastExitMs = msFromIso(rows.at(-1)?.exit_at ?? '');
    const late = { ...first, ...aTrainingRow({ event_id: 'late', exit_at: isoFromMs(lastExitMs + 400) }) };

    const after = trained([...rows, late], {}, { trainedAtMs: lastExitMs + 900 });

    expect(after.n).toBe(rows.length);
    expect(after.trained_at).toBe(isoFromMs(lastExitMs));
  });

  it('is counted: usable rows, effective rows, rows set aside', () => {
    const some = trainingRows({ count: 320, horizonHours: 24, stepHours: 6 }).map((row, index) =>
      index % 32 === 0 ? { ...row, score_final: null } : row,
    );

    const counted = trained(some, {}, { horizonHours: 24 });

    expect(counted).toMatchObject({ n: 310, n_eff: 77.5, n_excluded: 10 });
    expect(counted.trained_from).toBe(isoFromMs(T0 + 6 * HOUR_MS));
    expect(counted.trained_through).toBe(isoFromMs(T0 + 319 * 6 * HOUR_MS + 24 * HOUR_MS));
  });

  it('is refused where too few rows are usable, and says how many are', () => {
    const some = rows.map((row, index) => (index < 51 ? { ...row, confidence: null } : row));

    expect(train(some)).toEqual({ ok: false, reason: 'insufficient_rows', n: 249, horizon_hours: 1 });
    expect(train([])).toEqual({ ok: false, reason: 'insufficient_rows', n: 0, horizon_hours: 1 });
  });

  it('is refused where nothing decides between two copies of a feature', () => {
    const copies = rows.map((row) => ({ ...row, confidence: row.score_final }));

    expect(train(copies, { ridge: 0 })).toEqual({ ok: false, reason: 'singular', n: 300, horizon_hours: 1 });
    expect(train(copies, { ridge: 0.05 }).ok).toBe(true);
  });
});

describe('the record', () => {
  const rows = trainingRows({ slope: 0.3 });
  const model = trained(rows);

  it('fits its schema, with and without evidence out of sample', () => {
    const untested = trained(rows, { min_train_n_eff: 1e6 });

    expect(validate(Model, model)).toEqual({ ok: true, value: model });
    expect(validate(Model, untested)).toEqual({ ok: true, value: untested });
  });

  it('is named by when it was trained and by its content', () => {
    const { model_id: _id, content_sha256, trained_at: _at, ...content } = model;

    expect(sha256Hex(canonicalJson(content))).toBe(content_sha256);
    expect(model.model_id).toBe(`20230101T000000Z-${content_sha256.slice(0, 16)}`);
    expect(model.trained_at).toBe('2023-01-01T00:00:00.000Z');
  });

  it('has the same content whenever it is trained, and another by another version of the code', () => {
    const later = trained(rows, {}, { trainedAtMs: TRAINED_AT_MS + HOUR_MS });
    const byOther = trained(rows, {}, { codeVersion: '0.2.0' });

    expect(later.content_sha256).toBe(model.content_sha256);
    expect(later.model_id).not.toBe(model.model_id);
    expect(byOther.content_sha256).not.toBe(model.content_sha256);
  });

  it('states the error in sample in basis points', () => {
    const [a = 0, b = 0, bias = 0] = model.weights;
    const squares = rows.map((row) => {
      const forecast = a * (row.score_final ?? 0) + b * (row.confidence ?? 0) + bias;
      return (row.realized_pnl_bps - forecast * (row.sigma_asof_bps ?? 0)) ** 2;
    });

    expect(model.rmse_bps).toBeCloseTo(
      Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / rows.length),
      3,
    );
  });

  it('lists folds that were trained an embargo before their test, and adds them up', () => {
    const overlapping = trained(
      trainingRows({ count: 2000, horizonHours: 24, stepHours: 6 }),
      {},
      { horizonHours: 24 },
    );

    const folds = overlapping.oos?.folds ?? [];
    expect(folds).toHaveLength(5);
    for (const fold of folds) {
      expect(msFromIso(fold.train_through)).toBeLessThan(msFromIso(fold.test_from) - 24 * HOUR_MS);
      expect(fold.n_train_eff).toBeGreaterThanOrEqual(60);
    }
    expect(folds.reduce((sum, fold) => sum + fold.n_test, 0)).toBe(overlapping.oos?.n);
  });
});

describe('the gate', () => {
  it('passes a planted signal, and sigma is then the error of the model', () => {
    const model = trained(trainingRows({ slope: 0.5, count: 600 }));

    expect(model.used).toBe(true);
    expect(model.reason).toMatch(
      /^beats zero out of sample: mean gain [\d.]+, t [\d.]+, n_eff 500, p [\d.e-]+ < 0\.05$/,
    );
    expect(model.weights[0]).toBeCloseTo(0.5, 0);
    expect(model.oos?.r2_vs_zero).toBeCloseTo(0.2, 1);
    expect(model.sigma?.rms).toBeCloseTo(1, 1);
  });

  it('rarely passes pure noise', () => {
    const seeds = Array.from({ length: 60 }, (_, seed) => seed + 1);

    const passed = seeds.filter((seed) => trained(trainingRows({ seed, count: 400 })).used);

    console.info(`gate at 0.05: ${passed.length} of ${seeds.length} models of pure noise pass`);
    expect(passed.length).toBeLessThanOrEqual(3);
  });

  it('keeps a model without skill for its sigma, which is the error of the forecast zero', () => {
    const rows = trainingRows({ count: 400 });
    const model = trained(rows);

    const tested = rows
      .slice(-(model.oos?.n ?? 0))
      .map((row) => row.realized_pnl_bps / (row.sigma_asof_bps ?? 0));
    const rms = Math.sqrt(tested.reduce((sum, target) => sum + target ** 2, 0) / tested.length);
    expect(model.used).toBe(false);
    expect(model.reason).toMatch(/^does not beat zero out of sample: mean gain .*, p [\d.]+ >= 0\.05$/);
    expect(model.sigma?.rms).toBeCloseTo(rms, 7);
  });

  it('refuses a model that could not be tested, and says what was missing', () => {
    const overlapping = trainingRows({ slope: 0.5, count: 300, horizonHours: 24, stepHours: 1 });

    const model = trained(overlapping, {}, { horizonHours: 24 });

    expect(model).toMatchObject({ oos: null, sigma: null, gate: null, used: false });
    expect(model.reason).toBe(
      'no out-of-sample evidence: no fold has 60 effective rows to train on one embargo before its test',
    );
  });
});
