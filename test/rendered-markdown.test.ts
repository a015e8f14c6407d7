// The judge of rendered texts: it must see what it is there to see.

import { describe, expect, it } from 'vitest';
import { foreignParts } from './rendered-markdown.ts';

const MARKER = '<!-- warden:answer {"v":1} -->';
const OWN = { address: 'https://github.com/acme/alpha' };

describe('foreignParts', () => {
  it('finds nothing in what Warden writes', () => {
    const text = `${MARKER}\n\n**Words** of \`@a #1\`, [#7](https://github.com/acme/alpha/pull/7)\n\n| a |\n| --- |\n| 1<br>2 |`;

    expect(foreignParts(text, OWN)).toEqual([]);
    expect(foreignParts(`${MARKER}\n\n@ada hi`, { ...OWN, mentions: ['@ada'] })).toEqual([]);
  });

  it.each([
    ['an element', '<b>x</b>', 'element b'],
    ['a picture', '![x](https://github.com/acme/alpha/x.png)', 'element img'],
    ['a heading', '# x', 'element h1'],
    ['a link elsewhere', '[x](https://evil.example)', 'address https://evil.example'],
    ['a bare address', 'https://evil.example', 'address https://evil.example'],
    ['a mention', 'hi @ada', 'mention @ada'],
    ['a mention of a team', 'hi @acme/risk', 'mention @acme/risk'],
    ['a reference', 'see #12', 'reference #12'],
    ['another reference', 'see GH-12', 'reference GH-12'],
    ['a second marker', '<!-- warden:answer {"v":2} -->', '2 comments, not 1'],
    ['a character that turns the direction', 'x\u202ey', 'a character that turns the direction'],
  ])('finds %s', (_case, text, found) => {
    expect(foreignParts(`${MARKER}\n\n${text}`, OWN)).toContain(found);
  });
});
