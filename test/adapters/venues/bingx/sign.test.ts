// Signing: the published vectors, every value that the venue would read otherwise, and secrets that never become text.

import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/adapters/venues/bingx/secret.ts';
import { queryOf, signatureOf } from '../../../../src/adapters/venues/bingx/sign.ts';

/** Published by the venue with its examples; it opens nothing. */
const EXAMPLE_SECRET = new Secret(
  'mheO6dR8ovSsxZQCOYEFCtelpuxcWGTfHw7te326y6jOwq5WpvFQ9JNljoTwBXZGv5It07m9RXSPpDQEK2w',
);

/** As the venue checks a query: each value decoded, in the order of arrival. */
function signatureByVenue(sent: string, secret: string): string {
  const raw = sent
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=');
      return `${pair.slice(0, at)}=${decodeURIComponent(pair.slice(at + 1).replaceAll('+', '%20'))}`;
    })
    .join('&');
  return createHmac('sha256', secret).update(raw).digest('hex');
}

describe('the signature of a query', () => {
  it.each([
    [
      'symbol=BTC-USDT&timestamp=1667872120843&side=LONG&leverage=6',
      '4f581ecdb1fa09b9d6e57886b6f70cffed17f82b93399722939e49a38edec2bf',
    ],
    [
      'symbol=BTC-USDT&timestamp=1668159715051side=LONG&leverage=6',
      '8b756b01e7a30f02e19c58a91ab01b29528694316b08a51ecb8dd072942bd47d',
    ],
  ])('of %s is the published one', (canonical, signature) => {
    expect(signatureOf(canonical, EXAMPLE_SECRET)).toBe(signature);
  });

  it('is verified by the venue over what was sent, for all values', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/);
    const value = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('[1,2]', '{"a":1}', 'a b', '100%', 'a+b', '币安-USDT', '%2B', ''),
    );
    fc.assert(
      fc.property(
        fc.dictionary(name, value, { maxKeys: 8 }),
        fc.string({ minLength: 1 }),
        (params, secret) => {
          const query = queryOf(params);
          if (!query.ok) {
            expect(Object.values(params).some((text) => /[&=?#\p{Cc}\p{Cs}]/u.test(text))).toBe(true);
            return;
          }
          if (Object.keys(params).length === 0) return;
          const { canonical, encoded } = query.value;
          expect(signatureByVenue(encoded, secret)).toBe(signatureOf(canonical, new Secret(secret)));
          expect(encoded).toMatch(/^[\x21-\x7e]*$/);
        },
      ),
      { seed: 20261128, numRuns: 150 },
    );
  });
});

describe('the query of parameters', () => {
  it('is in the order of ASCII, with capitals first, and without what is not given', () => {
    const query = queryOf({ b: '2', a: '1', C: '[3]', d: undefined, _: '5', aB: '6' });
    expect(query).toEqual({
      ok: true,
      value: { canonical: 'C=[3]&_=5&a=1&aB=6&b=2', encoded: 'C=%5B3%5D&_=5&a=1&aB=6&b=2' },
    });
  });

  it.each([
    ['an ampersand', 'a&b'],
    ['an equals sign', 'a=b'],
    ['a question mark', 'a?b'],
    ['a hash', 'a#b'],
    ['a carriage return', 'a\rb'],
    ['a line feed', 'a\nb'],
    ['a zero', 'a\0b'],
    ['a delete', 'a\u007fb'],
    ['a control character above ASCII', 'a\u0085b'],
    ['half a character', 'a\ud800b'],
  ])('is refused with %s in a value, which is not told', (_what, value) => {
    const query = queryOf({ listenKey: value });
    expect(query.ok).toBe(false);
    expect(JSON.stringify(query)).toContain('listenKey');
    expect(JSON.stringify(query)).not.toContain(JSON.stringify(value).slice(1, -1));
  });

  it.each(['', 'a b', 'a&b', 'ü', 'a%20', '__proto__=1'])('is refused with the name "%s"', (name) => {
    expect(queryOf({ [name]: '1' }).ok).toBe(false);
  });
});

describe('a secret', () => {
  it('is hidden in text, in JSON, and where it is printed', () => {
    const secret = new Secret('open sesame');
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true }),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      Object.entries(secret).join(),
    ].join();
    expect(shown).not.toContain('sesame');
    expect(secret.reveal()).toBe('open sesame');
  });
});
