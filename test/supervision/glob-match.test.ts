// Globs of the files that an agent lives in.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/supervision/glob-match.ts';

describe('a glob', () => {
  it.each([
    ['agents/trend.py', 'agents/trend.py'],
    ['agents/*.py', 'agents/trend.py'],
    ['agents/*', 'agents/trend/main.py'],
    ['agents/trend', 'agents/trend/deep/main.py'],
    ['agents/trend/', 'agents/trend/main.py'],
    ['./agents/trend', 'agents/trend/main.py'],
    ['/agents/trend', 'agents/trend/main.py'],
    ['**/trend.py', 'trend.py'],
    ['**/trend.py', 'a/b/trend.py'],
    ['agents/**/main.py', 'agents/main.py'],
    ['agents/**/main.py', 'agents/a/b/main.py'],
    ['agents/**', 'agents/a/b'],
    ['**', 'a/b'],
    ['*.{ts,py}', 'a.py'],
    ['{agents,lib/{a,b}}/x', 'lib/b/x'],
    ['tr?nd.py', 'trénd.py'],
    ['a+b(c).py', 'a+b(c).py'],
    ['a{b', 'a{b'],
    ['*a*b*', 'xaxbx'],
  ])('%s means %s', (glob, path) => {
    expect(matchesGlob(glob, path)).toBe(true);
  });

  it.each([
    ['agents/*.py', 'agents/deep/trend.py'],
    ['agents/tr', 'agents/trend.py'],
    ['agents', 'other/agents'],
    ['*.py', 'a/trend.py'],
    ['agents/**/main.py', 'agents/main.pyc'],
    ['agents/trend?', 'agents/trend'],
    ['a.py', 'aXpy'],
    ['', 'a'],
    ['/', 'a'],
    ['*a*b*', 'xbxa'],
    ['{a,b}/'.repeat(9), 'a/a/a/a/a/a/a/a/a'],
  ])('%s does not mean %s', (glob, path) => {
    expect(matchesGlob(glob, path)).toBe(false);
  });

  it('without special signs means itself and what is below, and nothing else', () => {
    const name = fc.stringMatching(/^[a-c.+()^$|[\]\\]{1,4}$/);
    const path = fc.array(name, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, path, (glob, other) => {
        const isBelow = glob.every((part, index) => part === other[index]);

        expect(matchesGlob(glob.join('/'), other.join('/'))).toBe(isBelow);
      }),
    );
  });

  it('within one folder means what the regular expression of it means', () => {
    const glob = fc.stringMatching(/^[ab*?]{1,8}$/).filter((text) => !text.includes('**'));
    fc.assert(
      fc.property(glob, fc.stringMatching(/^[ab]{1,8}$/), (pattern, name) => {
        const expression = pattern.replaceAll('*', '.*').replaceAll('?', '.');

        expect(matchesGlob(pattern, name)).toBe(new RegExp(`^${expression}$`).test(name));
      }),
    );
  });

  it('of many stars is answered all the same', () => {
    expect(
      matchesGlob(`${'*a'.repeat(60)}/${'**/'.repeat(60)}x`, `${'a'.repeat(200)}/${'b/'.repeat(100)}y`),
    ).toBe(false);
  });
});
