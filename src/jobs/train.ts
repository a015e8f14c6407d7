// The train job: the newest rows of each horizon become a model version; the pointer says which one is in use and why.

import { loadModel, modelIndex, saveModel, savePointer } from '../adapters/state/model-store.ts';
import { newestRows } from '../adapters/state/row-store.ts';
import type { WardenConfig } from '../domain/config.ts';
import type { Model, ModelPointer } from '../domain/model.ts';
import type { ReconciledRow } from '../domain/row.ts';
import type { Disk, Progress } from '../ports.ts';
import { trainModel } from '../supervision/train.ts';
import type { TrainingRow } from '../supervision/training-set.ts';

export interface TrainOptions {
  readonly nowMs: number;
  readonly horizonsHours: readonly number[];
  /** Rows that ended earlier (epoch ms) are not seen; default: as far back as `model.max_rows` reaches. */
  readonly fromMs?: number | null;
  readonly model: WardenConfig['model'];
  readonly codeVersion: string;
}

export interface TrainedHorizon {
  readonly horizon_hours: number;
  readonly pointer: ModelPointer;
  /** The newest version, trained now or before; `null` where there never were enough rows. */
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
  const { horizonsHours, fromMs = null } = options;
  const want = { horizonsHours, max: options.model.max_rows, fromMs, throughMs: trainedAtMs };
  const rowsByHorizon = newestRows(disk, want, trainingRowFrom);
  const trained = horizonsHours.map((horizonHours) => {
    const rows = rowsByHorizon.get(horizonHours) ?? [];
    const result = trainHorizon(disk, horizonHours, rows, trainedAtMs, options);
    progress.advance(1);
    return result;
  });
  progress.done();
  return trained;
}

function trainHorizon(
  disk: Disk,
  horizonHours: number,
  rows: readonly TrainingRow[],
  trainedAtMs: number,
  options: TrainOptions,
): TrainedHorizon {
  const outcome = trainModel(rows, {
    horizonHours,
    trainedAtMs,
    codeVersion: options.codeVersion,
    config: options.model,
  });
  const saved = outcome.ok ? saveModel(disk, outcome.model) : 'unchanged';
  const model = newestVersion(disk, horizonHours);
  const pointer = pointerFrom(horizonHours, model, outcome.ok ? null : outcome);
  const moved = savePointer(disk, pointer) === 'saved';
  return { horizon_hours: horizonHours, pointer, model, changed: saved === 'saved' || moved };
}

function trainingRowFrom(row: ReconciledRow): TrainingRow {
  const { event_id, horizon_hours, direction, score_final, confidence, entry_at, exit_at } = row;
  const { realized_pnl_bps, sigma_asof_bps, uniqueness } = row;
  const outcome = { realized_pnl_bps, sigma_asof_bps, uniqueness };
  return { event_id, horizon_hours, direction, score_final, confidence, entry_at, exit_at, ...outcome };
}

/** The newest version stays in use where fresh evidence added none: for want of rows, or because nothing changed. */
function newestVersion(disk: Disk, horizonHours: number): Model | null {
  const newest = modelIndex(disk, horizonHours).at(-1);
  return newest === undefined ? null : loadModel(disk, horizonHours, newest.modelId);
}

function pointerFrom(
  horizonHours: number,
  model: Model | null,
  refused: { readonly reason: string; readonly n: number } | null,
): ModelPointer {
  return {
    v: 1,
    ok: model !== null,
    horizon_hours: horizonHours,
    model_id: model?.model_id ?? null,
    trained_at: model?.trained_at ?? null,
    used: model?.used ?? false,
    reason: model?.reason ?? refused?.reason ?? 'no model',
    n: model?.n ?? refused?.n ?? 0,
  };
}
