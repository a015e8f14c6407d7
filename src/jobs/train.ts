// The train job: the newest rows of each horizon become a model version; the pointer says which one is in use and why.

import { loadModel, modelIndex, saveModel, savePointer } from '../adapters/state/model-store.ts';
import { newestRows } from '../adapters/state/row-store.ts';
import { assert } from '../domain/assert.ts';
import type { WardenConfig } from '../domain/config.ts';
import type { Model, ModelPointer } from '../domain/model.ts';
import type { Disk, Progress } from '../ports.ts';
import { trainModel } from '../supervision/train.ts';

export interface TrainOptions {
  readonly nowMs: number;
  readonly horizonsHours: readonly number[];
  readonly model: WardenConfig['model'];
  readonly codeVersion: string;
}

export interface TrainedHorizon {
  readonly horizon_hours: number;
  readonly pointer: ModelPointer;
  /** `null` where there were too few rows. */
  readonly model: Model | null;
  readonly changed: boolean;
}

/**
 * Trains every horizon as of `nowMs`: only rows whose exit lies before are seen. Without new evidence no version is
 * added. The caller holds the lock `train`.
 */
export function train(
  ports: { readonly disk: Disk; readonly progress: Progress },
  options: TrainOptions,
): TrainedHorizon[] {
  const { disk, progress } = ports;
  /** Model ids hold whole seconds. */
  const trainedAtMs = Math.floor(options.nowMs / 1000) * 1000;
  progress.start('train', options.horizonsHours.length);
  const trained = options.horizonsHours.map((horizonHours) => {
    const result = trainHorizon(disk, horizonHours, trainedAtMs, options);
    progress.advance(1);
    return result;
  });
  progress.done();
  return trained;
}

function trainHorizon(
  disk: Disk,
  horizonHours: number,
  trainedAtMs: number,
  options: TrainOptions,
): TrainedHorizon {
  const rows = newestRows(disk, { horizonHours, max: options.model.max_rows, throughMs: trainedAtMs });
  const outcome = trainModel(rows, {
    horizonHours,
    trainedAtMs,
    codeVersion: options.codeVersion,
    config: options.model,
  });
  if (!outcome.ok) {
    const pointer = pointerFrom(horizonHours, null, outcome.reason, outcome.n);
    return {
      horizon_hours: horizonHours,
      pointer,
      model: null,
      changed: savePointer(disk, pointer) === 'saved',
    };
  }
  const saved = saveModel(disk, outcome.model);
  const model = saved === 'saved' ? outcome.model : newestVersion(disk, horizonHours);
  const pointer = pointerFrom(horizonHours, model, model.reason, model.n);
  const moved = savePointer(disk, pointer) === 'saved';
  return { horizon_hours: horizonHours, pointer, model, changed: saved === 'saved' || moved };
}

function newestVersion(disk: Disk, horizonHours: number): Model {
  const newest = modelIndex(disk, horizonHours).at(-1);
  const model = newest === undefined ? null : loadModel(disk, horizonHours, newest.modelId);
  assert(model !== null, 'an unchanged model is stored');
  return model;
}

function pointerFrom(horizonHours: number, model: Model | null, reason: string, n: number): ModelPointer {
  return {
    v: 1,
    ok: model !== null,
    horizon_hours: horizonHours,
    model_id: model?.model_id ?? null,
    trained_at: model?.trained_at ?? null,
    used: model?.used ?? false,
    reason,
    n,
  };
}
