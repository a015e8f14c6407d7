// Model versions: immutable, found by name, and none where nothing was learned.

import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import {
  loadModel,
  loadPointer,
  modelIndex,
  saveModel,
  savePointer,
} from '../../../src/adapters/state/model-store.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import type { ModelPointer } from '../../../src/domain/model.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { aVersion } from './records.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

function trained(day: number, content_sha256: string) {
  return aVersion({ trained_at: `2021-03-0${day}T10:00:00.000Z`, content_sha256 });
}

const POINTER: ModelPointer = {
  v: 1,
  ok: true,
  horizon_hours: 24,
  model_id: trained(1, A).model_id,
  trained_at: '2021-03-01T10:00:00.000Z',
  used: false,
  reason: 'no skill',
  n: 300,
};

describe('saveModel', () => {
  it('keeps every version under its id', () => {
    const disk = memoryDisk();

    const outcomes = [saveModel(disk, trained(2, B)), saveModel(disk, trained(1, A))];

    expect(outcomes).toEqual(['saved', 'saved']);
    expect(modelIndex(disk, 24)).toEqual([
      { modelId: '20210301T100000Z-aaaaaaaaaaaaaaaa', trainedAtMs: Date.parse('2021-03-01T10:00:00Z') },
      { modelId: '20210302T100000Z-bbbbbbbbbbbbbbbb', trainedAtMs: Date.parse('2021-03-02T10:00:00Z') },
    ]);
    expect(loadModel(disk, 24, trained(1, A).model_id)).toEqual(trained(1, A));
  });

  it('stores nothing where the newest version has the same content', () => {
    const disk = memoryDisk();
    saveModel(disk, trained(1, A));

    const outcomes = [saveModel(disk, trained(1, A)), saveModel(disk, trained(2, A))];

    expect(outcomes).toEqual(['unchanged', 'unchanged']);
    expect(modelIndex(disk, 24)).toHaveLength(1);
  });

  it('leaves no trace where the whole past is trained again', () => {
    const disk = memoryDisk();
    const past = [trained(1, A), trained(2, A), trained(3, B)];
    const first = past.map((model) => saveModel(disk, model));

    const again = past.map((model) => saveModel(disk, model));

    expect(first).toEqual(['saved', 'unchanged', 'saved']);
    expect(again).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  it('keeps horizons apart', () => {
    const disk = memoryDisk();
    saveModel(disk, trained(1, A));

    const outcome = saveModel(disk, { ...trained(1, A), horizon_hours: 4 });

    expect(outcome).toBe('saved');
    expect(Object.keys(disk.dump())).toEqual([
      'alpha/models/ridge_h24/20210301T100000Z-aaaaaaaaaaaaaaaa.json',
      'alpha/models/ridge_h4/20210301T100000Z-aaaaaaaaaaaaaaaa.json',
    ]);
  });

  it('asserts that a version never changes, and that the id is that of the model', () => {
    const disk = memoryDisk();
    saveModel(disk, trained(1, A));

    expect(() => saveModel(disk, { ...trained(1, A), n: 301 })).toThrow(/versions never change/);
    expect(() => saveModel(disk, { ...trained(2, A), model_id: trained(1, A).model_id })).toThrow(
      InvariantError,
    );
    expect(() => saveModel(disk, { ...trained(1, B), model_id: trained(1, A).model_id })).toThrow(
      InvariantError,
    );
  });
});

describe('modelIndex', () => {
  it('is empty where nothing was trained, and passes over other files', () => {
    const disk = memoryDisk({ 'alpha/models/ridge_h24/notes.json': '{}' });

    expect(modelIndex(disk, 24)).toEqual([]);
    expect(modelIndex(disk, 4)).toEqual([]);
  });
});

describe('loadModel', () => {
  const id = trained(1, A).model_id;
  const path = `alpha/models/ridge_h24/${id}.json`;

  it('returns null for a version that is not stored', () => {
    expect(loadModel(memoryDisk(), 24, id)).toBeNull();
  });

  it.each([
    ['no JSON', 'nonsense', /is not JSON/],
    ['no model', '{"v":1}', /is not a valid record/],
    ['another model', JSON.stringify(trained(2, B)), /holds model 20210302T100000Z-b{16}/],
  ])('refuses a file that holds %s', (_, text, message) => {
    const load = () => loadModel(memoryDisk({ [path]: text }), 24, id);

    expect(load).toThrow(CorruptStateError);
    expect(load).toThrow(message);
  });

  it('takes an id that is none for a defect', () => {
    expect(() => loadModel(memoryDisk(), 24, '../../pending')).toThrow(InvariantError);
  });
});

describe('the pointer', () => {
  it('is null at first, then what was saved, and written only where it changes', () => {
    const disk = memoryDisk();

    const before = loadPointer(disk, 24);
    const outcomes = [
      savePointer(disk, POINTER),
      savePointer(disk, POINTER),
      savePointer(disk, { ...POINTER, n: 1 }),
    ];

    expect(before).toBeNull();
    expect(outcomes).toEqual(['saved', 'unchanged', 'saved']);
    expect(loadPointer(disk, 24)).toEqual({ ...POINTER, n: 1 });
    expect(Object.keys(disk.dump())).toEqual(['alpha/models/ridge_h24.json']);
  });

  it('is refused where it is that of another horizon', () => {
    const disk = memoryDisk({ 'alpha/models/ridge_h4.json': JSON.stringify(POINTER) });

    expect(() => loadPointer(disk, 4)).toThrow(/is the pointer of horizon 24 h/);
  });
});
