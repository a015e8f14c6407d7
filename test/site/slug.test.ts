// The addresses of pages: every name has one of its own, on every machine.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slugsOf } from '../../src/site/slug.ts';

describe('the address of a name', () => {
  it('is the name itself where that is plain', () => {
    expect([...slugsOf(['macro', 'trend-ema', 'mean_reversion2'])]).toEqual([
      ['macro', 'macro'],
      ['mean_reversion2', 'mean_reversion2'],
      ['trend-ema', 'trend-ema'],
    ]);
  });

  it.each(['Macro', 'a/b', '../x', 'con', 'index', '日本', '', '-', 'a-0123456789abcdef'])(
    'has a digest where a machine may not take %j',
    (name) => {
      expect(slugsOf([name]).get(name)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{16}$/);
    },
  );

  it('does not depend on what else there is', () => {
    expect(slugsOf(['A b', 'a-b']).get('A b')).toBe(slugsOf(['A b']).get('A b'));
  });

  it('is never that of another name, and always a name of a file', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('a', 'A', 'a b', 'A B'))),
        (names) => {
          const slugs = [...slugsOf(names).values()];
          expect(new Set(slugs).size).toBe(names.length);
          for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9][a-z0-9_-]{0,126}$/);
        },
      ),
    );
  });
});
