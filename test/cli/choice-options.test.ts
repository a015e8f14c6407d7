// The options that restrict a run: what is read from their text, and what is said of text that is none.

import { describe, expect, it } from 'vitest';
import { chosenHorizons, horizonsOption, sinceOption, windowOption } from '../../src/cli/choice-options.ts';
import { DAY_MS } from '../../src/domain/time.ts';

const NOW_MS = Date.parse('2026-11-21T10:00:00Z');

describe('--horizons', () => {
  it('is whole hours, each once', () => {
    expect(horizonsOption('1, 24,1')).toEqual([1, 24]);
  });

  it.each(['', '1,', '0', '1.5', '-1', 'one', '1;24', '9999999'])('is not %j', (text) => {
    expect(() => horizonsOption(text)).toThrow('Expected whole hours');
  });

  it('chooses among those of the configuration, in its order', () => {
    expect(chosenHorizons([24, 1], [1, 4, 24])).toEqual({ ok: true, value: [1, 24] });
    expect(chosenHorizons(undefined, [1, 4, 24])).toEqual({ ok: true, value: null });
  });

  it('refuses one that the configuration does not have, and names those that it has', () => {
    expect(chosenHorizons([1, 7], [1, 4])).toMatchObject({
      ok: false,
      error: { exitCode: 3, message: expect.stringContaining('names 7, which') },
    });
  });
});

describe('--since', () => {
  it('is an instant, or a time before the one the run works as of', () => {
    expect(sinceOption('2026-11-01T00:00:00Z')(NOW_MS)).toBe(Date.parse('2026-11-01T00:00:00Z'));
    expect(sinceOption(' 7d')(NOW_MS)).toBe(NOW_MS - 7 * DAY_MS);
  });

  it.each(['', 'yesterday', '2026-11-01', '7 days'])('is not %j', (text) => {
    expect(() => sinceOption(text)).toThrow('or a duration such as 12h or 7d');
  });
});

describe('--window', () => {
  it('is a duration', () => {
    expect(windowOption('180d')).toBe(180 * DAY_MS);
  });

  it.each(['', '0d', '180', '2026-11-01T00:00:00Z'])('is not %j', (text) => {
    expect(() => windowOption(text)).toThrow('Expected a duration');
  });
});
