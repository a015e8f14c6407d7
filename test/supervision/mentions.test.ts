// Mentions: logins and teams are called, and nothing else can be.

import { describe, expect, it } from 'vitest';
import { mentionsOf } from '../../src/supervision/mentions.ts';

describe('mentionsOf', () => {
  it('calls people and teams, each once, in their order', () => {
    expect(mentionsOf(['octocat', 'acme/risk', '@octocat'])).toBe('@octocat @acme/risk ');
  });

  it.each(['', ' ', 'a b', 'a@b.example', 'warden[bot]', 'a/b/c', '-x', 'x\n@all', '<b>'])(
    'does not call %j',
    (text) => {
      expect(mentionsOf([text])).toBe('');
    },
  );
});
