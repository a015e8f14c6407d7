// Which rows are trained on: the newest of one horizon that had ended, complete ones only, in one order.

import { describe, expect, it } from 'vitest';
import { HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { type SelectionOptions, type TrainingRow, trainingSet } from '../../src/supervision/training-set.ts';
import { T0 } from '../builders.ts';
import { aTrainingRow, modelConfig } from './training-rows.ts';

function endingAt(hour: number, over: Partial<TrainingRow> = {}): TrainingRow {
  return aTrainingRow({
    event_id: `e${hour}`,
    entry_at: isoFromMs(T0 + (hour - 1) * HOUR_MS),
    exit_at: isoFromMs(T0 + hour * HOUR_MS),
    realized_pnl_bps: hour,
    sigma_asof_bps: 10,
    ...over,
  });
}

function options(over: Partial<SelectionOptions> = {}): SelectionOptions {
  return { horizonHours: 1, trainedAtMs: T0 + 100 * HOUR_MS, config: modelConfig(), ...over };
}

describe('trainingSet', () => {
  it('orders rows by the end of their label, then by event', () => {
    const rows = [
      endingAt(3),
      endingAt(1, { event_id: 'b' }),
      endingAt(1, { event_id: 'a', realized_pnl_bps: 9 }),
    ];

    const set = trainingSet(rows, options());

    expect([...set.target]).toEqual([0.9, 0.1, 0.3]);
  });

  it('sees a label that ends when the model is trained, and none that ends later', () => {
    const rows = [endingAt(1), endingAt(2), endingAt(3)];

    const set = trainingSet(rows, options({ trainedAtMs: T0 + 2 * HOUR_MS }));

    expect([...set.exitMs]).toEqual([T0 + HOUR_MS, T0 + 2 * HOUR_MS]);
  });

  it('leaves out rows of other horizons', () => {
    const rows = [endingAt(1), endingAt(2, { horizon_hours: 24 })];

    const set = trainingSet(rows, options());

    expect(set).toMatchObject({ n: 1, nExcluded: 0 });
  });

  it('keeps the newest rows and counts the incomplete ones among them', () => {
    const rows = [
      endingAt(1, { score_final: null }),
      endingAt(2),
      endingAt(3, { confidence: null }),
      endingAt(4),
    ];

    const set = trainingSet(rows, options({ config: modelConfig({ max_rows: 3 }) }));

    expect(set).toMatchObject({ n: 2, nExcluded: 1 });
    expect([...set.target]).toEqual([0.2, 0.4]);
  });

  it.each([
    { feature: 'score_final', over: { score_final: null } },
    { feature: 'confidence', over: { confidence: null } },
    { feature: 'score_aligned', over: { score_final: null } },
  ] as const)('excludes a row without $feature and never takes it for zero', ({ feature, over }) => {
    const rows = [endingAt(1), endingAt(2, over)];

    const set = trainingSet(rows, options({ config: modelConfig({ features: [feature] }) }));

    expect(set).toMatchObject({ n: 1, nExcluded: 1 });
  });

  it('excludes a row without volatility only where the target is measured in it', () => {
    const rows = [endingAt(1), endingAt(2, { sigma_asof_bps: null })];

    const inSigmas = trainingSet(rows, options());
    const inBps = trainingSet(rows, options({ config: modelConfig({ standardize: false }) }));

    expect(inSigmas).toMatchObject({ n: 1, nExcluded: 1 });
    expect(inBps).toMatchObject({ n: 2, nExcluded: 0 });
    expect([...inBps.target]).toEqual([1, 2]);
  });

  it('weighs rows by uniqueness, and alike in the closed form of the notes', () => {
    const rows = [endingAt(1, { uniqueness: 0.5 }), endingAt(2, { uniqueness: 0.25 })];

    const weighted = trainingSet(rows, options());
    const plain = trainingSet(rows, options({ config: modelConfig({ standardize: false }) }));

    expect([...weighted.weight]).toEqual([0.5, 0.25]);
    expect([...plain.weight]).toEqual([1, 1]);
    expect([...plain.uniqueness]).toEqual([0.5, 0.25]);
  });

  it('reads the side of a short as -1', () => {
    const rows = [endingAt(1), endingAt(2, { direction: 'SHORT' })];

    const set = trainingSet(rows, options({ config: modelConfig({ features: ['side'] }) }));

    expect([...(set.columns[0] ?? [])]).toEqual([1, -1]);
    expect(set.center).toEqual([0]);
  });

  it('scales columns, and leaves one that differs by rounding only at zero', () => {
    const rows = [
      endingAt(1, { score_final: 1000, confidence: 0.1 + 0.2 }),
      endingAt(2, { score_final: 3000, confidence: 0.3 }),
    ];

    const set = trainingSet(rows, options());

    expect(set.columns.map((column) => [...column])).toEqual([
      [-1, 1],
      [0, 0],
    ]);
    expect(set.spread).toEqual([1000, 1]);
  });

  it('is empty where nothing is usable', () => {
    const set = trainingSet([endingAt(1, { score_final: null })], options());

    expect(set).toMatchObject({ n: 0, nExcluded: 1 });
  });
});
