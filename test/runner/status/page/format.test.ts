// Figures on the page: exact decimals stay exact, the unknown is said, and ages are short.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decimal,
  durationText,
  figure,
  instantText,
  placesOf,
  shortId,
  signOf,
} from '../../../../src/runner/status/page/format.ts';

describe('a decimal', () => {
  it.each([
    ['9978.701232', { places: 2 }, '9,978.70'],
    ['9978.701232', { places: 2, placesMax: 8 }, '9,978.701232'],
    ['-2.965', { places: 2, isSigned: true }, '−2.97'],
    ['6.485', { places: 2, isSigned: true }, '+6.49'],
    ['0', { places: 2, isSigned: true }, '0.00'],
    ['-0.001', { places: 2 }, '0.00'],
    ['0.00000001', { places: 2, placesMax: 8 }, '0.00000001'],
    ['12345678901234567890.12345678', { places: 8 }, '12,345,678,901,234,567,890.12345678'],
    [null, { places: 2 }, 'unknown'],
  ] as const)('%s in the style %j is %s', (text, style, shown) => {
    expect(decimal(text, style)).toBe(shown);
  });

  it('has a sign, and so many places', () => {
    expect([signOf('-0.01'), signOf('0.00'), signOf('3'), signOf(null)]).toEqual([-1, 0, 1, 0]);
    expect([placesOf('96844.9'), placesOf('5'), placesOf(null)]).toEqual([1, 0, 0]);
  });
});

it.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])('the figure %s is unknown', (value) => {
  expect(figure(value, { places: 2 })).toBe('unknown');
});

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [175_000, '2 min 55 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
    [-5, '0 s'],
  ])('of %i ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('is never longer than two units', () => {
    fc.assert(
      fc.property(fc.nat(), (ms) => {
        expect(durationText(ms)).toMatch(/^\d+ (s|min|h|d)( \d+ (s|min|h))?$/);
      }),
    );
  });
});

it('an instant of another day has its day', () => {
  const nowMs = Date.UTC(2026, 4, 29, 1, 14, 35);

  expect(instantText(nowMs - 60_000, nowMs)).toBe('01:13:35');
  expect(instantText(nowMs - 7_200_000, nowMs)).toBe('05-28 23:14:35');
});

it('an id is known by its end', () => {
  expect([shortId('2ngil75tidfmijw5kgecx7b3alyamwtc'), shortId('short')]).toEqual(['…alyamwtc', 'short']);
});
