// Groups: every item once, in order, under any key.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupedBy } from '../../src/supervision/grouped-by.ts';

describe('groupedBy', () => {
  it('keeps the order of keys and of items, whatever the keys are called', () => {
    const groups = groupedBy(['b1', 'a1', 'b2', 'constructor'], (item) => item.replace(/\d$/, ''));

    expect([...groups]).toEqual([
      ['b', ['b1', 'b2']],
      ['a', ['a1']],
      ['constructor', ['constructor']],
    ]);
  });

  it('loses nothing and makes no empty group', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (items) => {
        const groups = groupedBy(items, (item) => String(item % 3));

        expect([...groups.values()].flat().sort((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
        expect([...groups.values()].every((group) => group.length > 0)).toBe(true);
      }),
    );
  });
});
