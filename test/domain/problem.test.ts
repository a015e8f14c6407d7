// Words for people: short, with control characters made visible.

import { describe, expect, it } from 'vitest';
import { problemText, shown } from '../../src/domain/problem.ts';

describe('problemText', () => {
  it('puts the place before the words, where there is one', () => {
    expect(problemText({ path: 'a.b', message: 'is missing' })).toBe('a.b: is missing');
    expect(problemText({ path: '', message: 'is empty' })).toBe('is empty');
  });
});

describe('shown', () => {
  it.each([
    ['text', '"text"'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ a: [1] }, '{"a":[1]}'],
    ['two\nlines\u001b[31m', '"two\\nlines\\u001b[31m"'],
  ])('shows %j as %s', (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it('cuts at 80 characters and says that it did', () => {
    expect(shown('x'.repeat(200))).toBe(`"${'x'.repeat(79)}…`);
    expect(shown('x'.repeat(78))).toBe(`"${'x'.repeat(78)}"`);
  });
});
