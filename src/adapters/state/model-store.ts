// Trained models: every version is kept under its own name and never changed, and a pointer says which one is in use.

import { assert } from '../../domain/assert.ts';
import { canonicalJson } from '../../domain/canonical.ts';
import { Model, ModelPointer } from '../../domain/model.ts';
import { msFromIso } from '../../domain/time.ts';
import type { Disk } from '../../ports.ts';
import { CorruptStateError } from './corrupt-state.ts';
import { readJsonFile, type SaveOutcome, writeFileIfChanged } from './json-file.ts';
import { stemOf } from './state-path.ts';

export interface ModelVersion {
  readonly modelId: string;
  /** Whole seconds, since the id holds no more. */
  readonly trainedAtMs: number;
}

const FOLDER = 'alpha/models';
const MODEL_ID = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{16}$/;

/**
 * Stores a version. One whose content equals the newest version of its time or before adds nothing and is not stored,
 * so training again on the same rows leaves no trace, in whatever order the past is replayed.
 *
 * Asserts that the id belongs to the model, and that a stored version is never changed.
 */
export function saveModel(disk: Disk, model: Model): SaveOutcome {
  assertModelId(model);
  const horizon = model.horizon_hours;
  const text = fileText(model);
  const stored = disk.read(modelPath(horizon, model.model_id));
  if (stored !== null) {
    assert(
      stored.equals(Buffer.from(text)),
      `the stored model ${model.model_id} differs; versions never change`,
    );
    return 'unchanged';
  }
  const trainedAtMs = trainedAtOf(model.model_id);
  const before = modelIndex(disk, horizon).findLast((version) => version.trainedAtMs <= trainedAtMs);
  const newest = before === undefined ? null : loadModel(disk, horizon, before.modelId);
  if (newest?.content_sha256 === model.content_sha256) return 'unchanged';
  disk.replace(modelPath(horizon, model.model_id), text);
  return 'saved';
}

/** Returns the versions of a horizon, oldest first, from their file names alone. */
export function modelIndex(disk: Disk, horizonHours: number): ModelVersion[] {
  return disk.list(folderOfHorizon(horizonHours)).flatMap((name) => {
    const modelId = stemOf(name, '.json', MODEL_ID);
    return modelId === null ? [] : [{ modelId, trainedAtMs: trainedAtOf(modelId) }];
  });
}

/**
 * Returns a version, or `null` where it is not stored.
 *
 * @throws CorruptStateError where the file is not that model.
 */
export function loadModel(disk: Disk, horizonHours: number, modelId: string): Model | null {
  const path = modelPath(horizonHours, modelId);
  const model = readJsonFile(disk, path, Model);
  if (!model.ok) throw new CorruptStateError(path, model.error);
  if (model.value === null) return null;
  const { model_id, horizon_hours } = model.value;
  if (model_id !== modelId || horizon_hours !== horizonHours) {
    throw new CorruptStateError(path, `holds model ${model_id} of horizon ${horizon_hours} h`);
  }
  return model.value;
}

/** Stores which version of a horizon is in use. */
export function savePointer(disk: Disk, pointer: ModelPointer): SaveOutcome {
  return writeFileIfChanged(disk, pointerPath(pointer.horizon_hours), fileText(pointer));
}

/**
 * Returns the pointer of a horizon, or `null` where nothing was trained yet.
 *
 * @throws CorruptStateError where the file is not a pointer of that horizon.
 */
export function loadPointer(disk: Disk, horizonHours: number): ModelPointer | null {
  const path = pointerPath(horizonHours);
  const pointer = readJsonFile(disk, path, ModelPointer);
  if (!pointer.ok) throw new CorruptStateError(path, pointer.error);
  const found = pointer.value?.horizon_hours ?? horizonHours;
  if (found !== horizonHours) throw new CorruptStateError(path, `is the pointer of horizon ${found} h`);
  return pointer.value;
}

function folderOfHorizon(horizonHours: number): string {
  assert(
    Number.isInteger(horizonHours) && horizonHours > 0,
    `${horizonHours} is not a horizon in whole hours`,
  );
  return `${FOLDER}/ridge_h${horizonHours}`;
}

function modelPath(horizonHours: number, modelId: string): string {
  assert(MODEL_ID.test(modelId), `"${modelId}" is not a model id; expected YYYYMMDDTHHMMSSZ-<16 hex digits>`);
  return `${folderOfHorizon(horizonHours)}/${modelId}.json`;
}

function pointerPath(horizonHours: number): string {
  return `${folderOfHorizon(horizonHours)}.json`;
}

function assertModelId(model: Model): void {
  const time = model.trained_at.slice(0, 19).replaceAll(/[-:]/g, '');
  const expected = `${time}Z-${model.content_sha256.slice(0, 16)}`;
  assert(model.model_id === expected, `the model id is ${model.model_id}; its content says ${expected}`);
}

function trainedAtOf(modelId: string): number {
  return msFromIso(modelId.replace(MODEL_ID, '$1-$2-$3T$4:$5:$6.000Z'));
}

/** Canonical key order, indented: one value, one text, and a diff a person can read. */
function fileText(value: Model | ModelPointer): string {
  const sorted: unknown = JSON.parse(canonicalJson(value));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

/** Returns what tells how many effective rows the out-of-sample record of a model rests on, `null`: none. Each model is read once. */
export function modelReferences(
  disk: Disk,
  horizonsHours: readonly number[],
): (modelId: string) => { readonly nEff: number } | null {
  const known = new Map<string, { readonly nEff: number } | null>();
  return (modelId) => {
    const found = known.get(modelId);
    if (found !== undefined) return found;
    const model = horizonsHours
      .map((horizon) => loadModel(disk, horizon, modelId))
      .find((each) => each !== null);
    const reference = model?.oos == null ? null : { nEff: model.oos.n_eff };
    known.set(modelId, reference);
    return reference;
  };
}
