// Where JSON values differ: every leaf, none where they are equal, and what only one side has.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonDifferences, jsonLeaves } from '../../src/domain/json-difference.ts';

describe('jsonDifferences', () => {
  it('names the leaf, on whichever side it is', () => {
    expect(jsonDifferences({ a: [1, { b: 2 }], c: 3 }, { a: [1, { b: 4 }], d: 5 })).toEqual([
      { path: 'a.1.b', left: 2, right: 4 },
      { path: 'c', left: 3, right: undefined },
      { path: 'd', left: undefined, right: 5 },
    ]);
  });

  it('tells null from absent, and a list from an object', () => {
    expect(jsonDifferences({ a: null }, {})).toHaveLength(1);
    expect(jsonDifferences({ a: [] }, { a: {} })).toHaveLength(1);
    expect(jsonDifferences({ constructor: 1 }, {})).toEqual([
      { path: 'constructor', left: 1, right: undefined },
    ]);
  });

  it('finds nothing in a copy, and something wherever a leaf was changed', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, pick) => {
        const copy: unknown = JSON.parse(JSON.stringify(value));
        const normal: unknown = JSON.parse(JSON.stringify(value));
        expect(jsonDifferences(normal, copy)).toEqual([]);
        const key = Object.keys(value)[pick % Object.keys(value).length] ?? '';
        const changed = { ...value, [key]: { changed: [normal] } };
        expect(jsonDifferences(normal, changed).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('jsonLeaves', () => {
  it('returns every leaf by its path, empty lists too', () => {
    expect(jsonLeaves({ a: [1, []], b: { c: null } })).toEqual([
      ['a.0', 1],
      ['a.1', []],
      ['b.c', null],
    ]);
  });
});
