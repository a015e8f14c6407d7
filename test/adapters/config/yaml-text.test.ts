// YAML with places: what is refused as YAML, and where a path stands in the text.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../src/adapters/config/yaml-text.ts';

const TEXT = `# a comment
prices:
  spot: { exchanges: [binance, kraken] }
  'quo.ted':
    - a
    - "b": 1
costs/eu:
  fee: 1
`;

function placeOf(text: string, path: string): string {
  const parsed = parseYaml(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const { line, column } = parsed.value.placeOf(path);
  return `${line}:${column}`;
}

describe('the place of a path', () => {
  it.each([
    ['', '2:1'],
    ['prices', '2:1'],
    ['prices.spot', '3:3'],
    ['prices.spot.exchanges', '3:11'],
    ['prices.spot.exchanges.0', '3:23'],
    ['prices.spot.exchanges.1', '3:32'],
    ['prices.quo.ted', '4:3'],
    ['prices.quo.ted.0', '5:7'],
    ['prices.quo.ted.1.b', '6:7'],
    ['costs.eu.fee', '8:3'],
  ])('"%s" is %s', (path, place) => {
    expect(placeOf(TEXT, path)).toBe(place);
  });

  it.each([
    ['prices.perp', '2:1'],
    ['prices.spot.exchanges.7', '3:11'],
    ['volatility', '2:1'],
  ])('of what is not there, "%s", is that of its nearest parent: %s', (path, place) => {
    expect(placeOf(TEXT, path)).toBe(place);
  });

  it('is the same with Windows line ends and a byte order mark', () => {
    const windows = `\uFEFF${TEXT.replaceAll('\n', '\r\n')}`;

    expect(placeOf(windows, 'prices.spot.exchanges.1')).toBe('3:32');
  });

  it('follows the longest key where one is the beginning of another', () => {
    expect(placeOf('a: 1\na.b: 2\n', 'a.b')).toBe('2:1');
  });

  it('stands before the key it names, for any keys', () => {
    const key = fc
      .stringMatching(/^[a-z][a-z_]{0,9}$/)
      .filter((word) => !['null', 'true', 'false'].includes(word));
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 8 }), fc.nat(7), (keys, pick) => {
        const wanted = keys[pick % keys.length] ?? '';
        const text = `top:\n${keys.map((word) => `  ${word}: 1\n`).join('')}`;

        const [line, column] = placeOf(text, `top.${wanted}`).split(':').map(Number);

        expect(text.split('\n')[(line ?? 0) - 1]?.slice((column ?? 0) - 1)).toBe(`${wanted}: 1`);
      }),
    );
  });
});

describe('parseYaml', () => {
  it.each([
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', '3:1', 'duplicated mapping key, at "a: 3"'],
    ['a tab as indentation', 'a:\n\tb: 1\n', '2:1', 'tab characters'],
    ['a list that is not closed', 'a: [1, 2\nb: 3\n', '2:1', 'indentation'],
    ['a mapping inside a line', 'a: b: c\n', '1:5', 'mapping'],
    ['a tag that makes objects', 'a: !!js/function "x"\n', '1:4', 'unknown scalar tag'],
    ['an alias', 'a: &x [1]\nb: *x\n', '2:5', 'aliases (*name) are not allowed'],
  ])('refuses %s with its place', (_case, text, place, words) => {
    const parsed = parseYaml(text);

    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(`${parsed.error.place?.line}:${parsed.error.place?.column}`).toBe(place);
    expect(parsed.error.message).toContain(words);
  });

  it('refuses a second document', () => {
    const parsed = parseYaml('a: 1\n---\nb: 2\n');

    expect(parsed.ok ? '' : parsed.error.message).toContain('single document');
  });

  it('refuses aliases that would grow to gigabytes, at once', () => {
    const layers = 'abcdefghi'.split('').map((name, at, all) => {
      const below = at === 0 ? '"lol"' : `*${all[at - 1]}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => below).join(', ')}]`;
    });

    const parsed = parseYaml(layers.join('\n'));

    expect(parsed.ok).toBe(false);
  });

  it('refuses nesting that would exhaust the stack', () => {
    expect(parseYaml(`a: ${'['.repeat(10_000)}`).ok).toBe(false);
  });

  it('reads yes, no, on and dates as text, as YAML 1.2 does', () => {
    const parsed = parseYaml('a: yes\nb: on\nc: 2026-11-21\nd: 0x10\n');

    expect(parsed.ok && parsed.value.value).toEqual({ a: 'yes', b: 'on', c: '2026-11-21', d: 16 });
  });

  it('returns for every text, and never throws', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&x',
      '*x',
      '!',
      '|',
      '#',
      '\t',
      '?',
      '%',
      '---',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const parsed = parseYaml(pieces.join(''));

        if (parsed.ok) expect(parsed.value.placeOf('a').line).toBeGreaterThan(0);
        else expect(parsed.error.message).not.toBe('');
      }),
    );
  });
});
