// Model versions for the tests of the state store, told apart by when they were trained.

import type { Model } from '../../../src/domain/model.ts';
import { aModel } from '../../builders.ts';

/** A model without skill, trained at `trained_at`, by default 2021-03-01T10:00:00Z. */
export function aVersion(over: Partial<Model> = {}): Model {
  const trainedAtMs = Date.parse(over.trained_at ?? '2021-03-01T10:00:00.000Z');
  return aModel(trainedAtMs, { content_sha256: 'a'.repeat(64), ...over });
}
