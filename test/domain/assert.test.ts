// Broken invariants stop the program; expected failures are values.

import { describe, expect, it } from 'vitest';
import { assert, InvariantError } from '../../src/domain/assert.ts';
import { err, ok } from '../../src/domain/result.ts';

describe('assert', () => {
  it('throws its sentence where the condition does not hold', () => {
    expect(() => assert(false, 'rows are sorted')).toThrow(new InvariantError('rows are sorted'));
  });

  it('does nothing where it holds', () => {
    expect(() => assert(true, 'rows are sorted')).not.toThrow();
  });
});

describe('Result', () => {
  it('is told apart by ok', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(err('no')).toEqual({ ok: false, error: 'no' });
  });
});
