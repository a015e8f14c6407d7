// Canonical JSON: one text for one value, whatever the order it was built in.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, recordDigest, sha256Hex } from '../../src/domain/canonical.ts';

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

describe('canonicalJson', () => {
  it('follows the example of RFC 8785, section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew',
      '1': 'One',
      '\u{1f600}': 'Emoji',
      '\u0080': 'Control',
      ö: 'Latin',
    };

    const values = [...canonicalJson(value).matchAll(/:"([^"]*)"/g)].map((match) => match[1]);

    expect(values).toEqual(['Carriage Return', 'One', 'Control', 'Latin', 'Euro Sign', 'Emoji', 'Hebrew']);
  });

  it('writes numbers in their one shortest form', () => {
    expect(canonicalJson([1.0, 1e21, 0.1, 1e-7, -0])).toBe('[1,1e+21,0.1,1e-7,0]');
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [{ deep: [Number.NEGATIVE_INFINITY] }]])(
    'refuses %s, a number that JSON does not have',
    (value) => {
      expect(() => canonicalJson(value)).toThrow();
    },
  );
});

describe('sha256Hex', () => {
  it('agrees with the published vectors', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('reads text as UTF-8', () => {
    expect(sha256Hex('é')).toBe(sha256Hex(Uint8Array.of(0xc3, 0xa9)));
  });
});

describe('recordDigest', () => {
  it('is of all fields but the digest itself, in whatever order they stand', () => {
    const digest = sha256Hex('{"a":1,"b":2}');

    expect(recordDigest({ b: 2, a: 1 })).toBe(digest);
    expect(recordDigest({ a: 1, b: 2, content_sha256: digest })).toBe(digest);
    expect(recordDigest({ a: 1, b: 3, content_sha256: digest })).not.toBe(digest);
  });
});
