// Names from outside in reports and mails: one line, no markup, no second command.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, oneLine, shellWord, xmlText } from '../../src/supervision/outside-text.ts';

const anyText = fc.string({ unit: 'binary' });

describe('oneLine', () => {
  it('leaves no line end, no control and no character that turns the direction of writing', () => {
    expect(oneLine('a\r\nBcc: b\u202ec\u200b\u2028d\u0085')).toBe(
      'a\ufffd\ufffdBcc: b\ufffdc\ufffd\ufffdd\ufffd',
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  });

  it('leaves ordinary names alone', () => {
    expect(oneLine('Träger-α 1 (BTC/USDT)')).toBe('Träger-α 1 (BTC/USDT)');
  });
});

describe('cut', () => {
  it('marks what is missing and counts characters, not halves of them', () => {
    expect(cut('abcd', 4)).toBe('abcd');
    expect(cut('abcde', 4)).toBe('abc…');
    expect(cut('😀😀😀', 2)).toBe('😀…');
  });
});

describe('xmlText', () => {
  it('lets no text be markup or leave an attribute', () => {
    expect(xmlText('<img src=x onerror="a" \'>&amp;')).toBe(
      '&lt;img src=x onerror=&quot;a&quot; &#39;&gt;&amp;amp;',
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(xmlText(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});

describe('shellWord', () => {
  it.each([
    ['trend-ema', 'trend-ema'],
    ['BTC/USDT:x', 'BTC/USDT:x'],
    ['old agent', "'old agent'"],
    ['x; rm -rf .', "'x; rm -rf .'"],
    ["it's $(x)", "'it'\\''s $(x)'"],
    ['-rf', "'-rf'"],
    ['', "''"],
  ])('writes %j as %s', (name, word) => {
    expect(shellWord(name)).toBe(word);
  });
});
