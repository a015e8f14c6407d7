// Markdown from text of others: shown as it is, whatever it tries to be.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  htmlName,
  mdCode,
  mdDetails,
  mdFence,
  mdLink,
  mdName,
  mdTable,
  mdText,
} from '../../src/supervision/markdown.ts';

describe('mdText', () => {
  it.each([
    ['plain words, 1.5 sigma (90 %)', 'plain words, 1.5 sigma (90 %)'],
    ['a*b_c`d`', 'a\\*b\\_c\\`d\\`'],
    ['[x](y) {z} ~~s~~', '\\[x\\](y) \\{z\\} \\~\\~s\\~\\~'],
    ['<b>&amp;', '&lt;b&gt;&amp;amp;'],
    ['a|b', 'a&#124;b'],
    ['$x$', '<span>$</span>x<span>$</span>'],
    ['ask @ada', 'ask @&#8203;ada'],
    ['see #12 and GH-12', 'see \\#&#8203;12 and GH-&#8203;12'],
    ['https://x.example www.x.example', 'https:&#8203;//x.example www&#8203;.x.example'],
    ['mailto:a@b.example', 'mailto&#8203;:a@&#8203;b.example'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['# heading', '\\#&#8203; heading'],
    ['a - b + c = 1. d # e', 'a - b + c = 1. d # e'],
    [' one\r\n two\tthree ', 'one two three'],
    ['\u202etxt\u0007', '\ufffdtxt\ufffd'],
    ['a\ufffeb\uffff', 'a\ufffdb\ufffd'],
  ])('shows %j as it is', (text, markdown) => {
    expect(mdText(text)).toBe(markdown);
  });

  it('leaves nothing that GitHub acts on, for any text', () => {
    const risky = fc.string({ unit: fc.constantFrom(...'<>@#1ab|`*_[]()!:/.$\\\n-+=~w'), maxLength: 40 });
    fc.assert(
      fc.property(risky, (text) => {
        const bare = mdText(text)
          .replaceAll('<span>$</span>', '·')
          .replaceAll(/\\[\\`*_{}[\]~#\-+=.)]/g, '·');
        expect(bare).not.toMatch(/[<>`*_[\]~|$\n]|@\w|#\d+\b(?!;)|:\/\/|www\.|^[-+=]|^\d+[.)]/);
      }),
    );
  });
});

describe('mdCode', () => {
  it.each([
    ['trend-ema', '`trend-ema`'],
    ['a`b', '``a`b``'],
    ['`a', '`` `a ``'],
    ['``` x', '```` ``` x ````'],
    ['@ada #1 <b>', '`@ada #1 <b>`'],
    ['two\nlines', '`two lines`'],
    ['\u200b', '`\ufffd`'],
    ['  ', '–'],
  ])('holds %j in one span', (text, markdown) => {
    expect(mdCode(text)).toBe(markdown);
  });

  it('has a fence that its text does not hold, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\\'), maxLength: 20 }), (text) => {
        const span = mdCode(text);
        const [fence = ''] = /^`*/.exec(span) ?? [];
        if (span === '–') return;
        const inside = span.slice(fence.length, -fence.length);
        expect(span.endsWith(fence)).toBe(true);
        expect([...inside.matchAll(/`+/g)].map(([run]) => run)).not.toContain(fence);
      }),
    );
  });
});

describe('a name', () => {
  it('is cut to 64 characters where it is shown, never within one', () => {
    expect(mdName('😀'.repeat(70))).toBe(`\`${'😀'.repeat(63)}…\``);
    expect(mdName('x'.repeat(64))).toBe(`\`${'x'.repeat(64)}\``);
  });

  it('cannot leave its HTML element', () => {
    expect(htmlName('</code><script>&"\'')).toBe('<code>&lt;/code&gt;&lt;script&gt;&amp;&quot;&#39;</code>');
  });

  it('is whole where it is short enough', () => {
    expect(mdName('x'.repeat(64))).not.toContain('…');
    expect(htmlName('x'.repeat(64))).not.toContain('…');
  });
});

describe('mdTable', () => {
  it('aligns each column as it is told', () => {
    expect(mdTable(['agent', 'n'], [['`a`', '1']], ['left', 'right'])).toBe(
      '| agent | n |\n| --- | ---: |\n| `a` | 1 |',
    );
  });

  it('keeps pipes and line breaks inside their cell', () => {
    expect(mdTable(['a'], [['`x|y`'], ['`x\\|y`'], ['one\ntwo']], ['left'])).toBe(
      '| a |\n| --- |\n| `x\\|y` |\n| `x\\\\\\|y` |\n| one two |',
    );
  });

  it('has no pipe that could end a cell, for any cell', () => {
    const cell = fc.string({ unit: fc.constantFrom('|', '\\', 'a', '`', ' '), maxLength: 12 });
    fc.assert(
      fc.property(cell, (text) => {
        const [, , row = ''] = mdTable(['a'], [[text]], ['left']).split('\n');
        // A reader of tables takes a backslash with the character after it.
        const ends = row.replaceAll(/\\./g, '').match(/\|/g) ?? [];
        expect(ends.length).toBe(text.endsWith('\\') ? ends.length : 2);
      }),
    );
  });

  it('refuses a row that does not fit its head', () => {
    expect(() => mdTable(['a', 'b'], [['1']], ['left', 'left'])).toThrow('every column');
    expect(() => mdTable(['a'], [], [])).toThrow('alignment');
  });
});

describe('mdDetails', () => {
  it('leaves a blank line around its body, so that it is read as Markdown', () => {
    expect(mdDetails('more', '| a |')).toBe('<details><summary>more</summary>\n\n| a |\n\n</details>');
  });
});

describe('mdFence', () => {
  it('holds lines as they are', () => {
    expect(mdFence('- a\n+ b', 'diff')).toBe('```diff\n- a\n+ b\n```');
  });

  it('has a fence that its lines cannot close, and shows what is invisible', () => {
    expect(mdFence('```\r\n   `````\n\tx\u202e', '')).toBe('``````\n```\n   `````\n  x\ufffd\n``````');
  });
});

describe('mdLink', () => {
  it('is not ended by its address', () => {
    expect(mdLink('`a`', 'https://x.example/a(b) "c"<d>')).toBe(
      '[`a`](https://x.example/a%28b%29%20%22c%22%3Cd%3E)',
    );
  });
});
