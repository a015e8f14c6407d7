// What can be stored as JSON: everything JSON can say, and nothing that would come back as something else.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemInJson } from '../../src/domain/json-value.ts';

describe('problemInJson', () => {
  const itself: Record<string, unknown> = {};
  itself['self'] = itself;

  it.each([
    ['Infinity from JSON', JSON.parse('{"a":{"b":[0,1e999]}}'), 'a.b.1', 'not a finite number'],
    ['NaN', Number.NaN, '', 'NaN is not a finite number'],
    ['a date', { ts: new Date(0) }, 'ts', 'an object of a class'],
    ['a big integer', { n: 1n }, 'n', 'found bigint'],
    ['a function', [() => 1], '0', 'found function'],
    ['a hole', [undefined], '0', 'found undefined'],
    ['a value that contains itself', itself, 'self.self', 'nested more than 64'],
    ['a key that is no word', { 'a b\u0007': Number.NaN }, '"a b\\u0007"', 'not a finite number'],
  ])('names %s with its place', (_case, value, path, words) => {
    const problem = problemInJson(value);

    expect(problem?.path.startsWith(path)).toBe(true);
    expect(problem?.message).toContain(words);
  });

  it('takes 64 levels and refuses 65', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

    expect(problemInJson(nested(64))).toBeNull();
    expect(problemInJson(nested(65))).not.toBeNull();
  });

  it('counts an undefined property as absent', () => {
    expect(problemInJson({ a: undefined })).toBeNull();
  });

  it('finds nothing wrong with any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(problemInJson(value)).toBeNull();
      }),
    );
  });
});
