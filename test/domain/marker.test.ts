// Markers: hidden lines by which Warden finds its own texts again, whatever names they carry.

import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { MARKER_KINDS, markerFacts, markerKind, markerLine } from '../../src/domain/marker.ts';

const Facts = Type.Object({ name: Type.String(), n: Type.Number() }, { additionalProperties: false });

describe('a marker', () => {
  it('is one line of an HTML comment', () => {
    expect(markerLine('proposal', { name: 'macro', n: 1 })).toBe(
      '<!-- warden:proposal {"n":1,"name":"macro"} -->',
    );
  });

  it('gives back any facts, and none of them can end the comment', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer(),
        fc.constantFrom(...MARKER_KINDS),
        (name, n, kind) => {
          const line = markerLine(kind, { name, n });

          expect(line.indexOf('-->')).toBe(line.length - 3);
          expect(line).not.toContain('\n');
          expect(line.slice(4, -3)).not.toMatch(/--|[<>]/);
          expect(markerFacts(line, kind, Facts)).toEqual({ name, n });
        },
      ),
    );
  });

  it.each(['-->', '--', '---', '->', '<!--', '<script>', '&gt;', '--!>'])('keeps %s', (name) => {
    const line = markerLine('answer', { name, n: -1 });
    expect(markerFacts(line, 'answer', Facts)).toEqual({ name, n: -1 });
    expect(line.slice(4, -3)).not.toMatch(/--|[<>]/);
  });

  it('is not found in words that are repeated further down, unless something else vouches for it', () => {
    for (const kind of MARKER_KINDS) {
      const behind = `You said: ${markerLine(kind, { name: 'a', n: 1 })}`;
      const isVouchedFor = kind === 'proposal' || kind === 'box';

      expect(markerKind(behind)).toBe(isVouchedFor ? kind : null);
      expect(markerFacts(behind, kind, Facts)).toEqual(isVouchedFor ? { name: 'a', n: 1 } : null);
    }
  });

  it('counts where it is the first of several', () => {
    const text = `\n${markerLine('answer', { name: 'a', n: 1 })}\n${markerLine('dashboard', { name: 'b', n: 2 })}`;

    expect(markerKind(text)).toBe('answer');
    expect(markerFacts(text, 'answer', Facts)).toEqual({ name: 'a', n: 1 });
    expect(markerFacts(text, 'dashboard', Facts)).toBeNull();
  });

  it.each([
    ['another kind', markerLine('answer', { name: 'a', n: 1 })],
    ['facts of another shape', markerLine('proposal', { name: 'a' })],
    ['no JSON', '<!-- warden:proposal {name} -->'],
    ['no marker', 'warden:proposal {"name":"a","n":1}'],
    ['nothing', ''],
  ])('is not found in %s', (_case, text) => {
    expect(markerFacts(text, 'proposal', Facts)).toBeNull();
  });

  it('has no kind where the word is unknown', () => {
    expect(markerKind('<!-- warden:elsewhere {} -->')).toBeNull();
    expect(markerKind('no marker')).toBeNull();
  });
});
