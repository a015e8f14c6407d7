// Entries by a name that somebody else chose.

import { describe, expect, it } from 'vitest';
import { entryOf } from '../../src/domain/entry-of.ts';

describe('an entry', () => {
  it('is that of the map, whatever its name is', () => {
    expect(entryOf({ macro: 1, constructor: 2 }, 'macro')).toBe(1);
    expect(entryOf({ macro: 1, constructor: 2 }, 'constructor')).toBe(2);
  });

  it('is none where the map only inherits one', () => {
    expect(entryOf({ macro: 1 }, 'constructor')).toBeUndefined();
    expect(entryOf({ macro: 1 }, '__proto__')).toBeUndefined();
    expect(entryOf({ macro: 1 }, 'trend')).toBeUndefined();
  });
});
