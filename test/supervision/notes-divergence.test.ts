// The plain detector of the notes: its thresholds, its window, and rows that say nothing.

import { describe, expect, it } from 'vitest';
import { judgedRow } from '../../src/supervision/judged-row.ts';
import { notesDivergence } from '../../src/supervision/notes-divergence.ts';
import { aRow } from '../builders.ts';
import { someDivergenceRules } from './signals.ts';

const rules = someDivergenceRules();
const rows = (errors: readonly number[]) => errors.map((errorBps) => ({ ...judgedRow(aRow()), errorBps }));
const swings = (size: number, mean: number, count = 80) =>
  rows(Array.from({ length: count }, (_, index) => mean + (index % 2 ? size : -size)));

describe('notesDivergence', () => {
  it.each([
    ['small errors', swings(89.9, 0), 'none'],
    ['a mean absolute error at its threshold', swings(90, 0), 'medium'],
    ['a mean error at its threshold', swings(50, -40), 'medium'],
    ['a mean error too good to be true', swings(50, 40), 'medium'],
    ['a mean absolute error 1.3 times its threshold', swings(117, 0), 'high'],
    ['large errors of 20 rows', swings(500, 0, 20), 'high'],
    ['large errors of 19 rows', swings(500, 0, 19), 'none'],
  ] as const)('of %s', (_, given, severity) => {
    expect(notesDivergence('a', given, rules).severity).toBe(severity);
  });

  it('gives its numbers over the newest window', () => {
    const given = [...swings(1000, 0, 100), ...swings(50, -10)];

    expect(notesDivergence('a', given, rules)).toEqual({
      agent: 'a',
      window: 80,
      mean_abs_error_bps: 50,
      mean_error_bps: -10,
      severity: 'none',
    });
  });

  it('needs ten rows, however small the window', () => {
    const small = someDivergenceRules({ window: 20 });

    expect(notesDivergence('a', swings(500, 0, 9), small).severity).toBe('none');
    expect(notesDivergence('a', swings(500, 0, 10), small).severity).toBe('high');
  });

  it('is not silenced by one error that is not a number', () => {
    const given = [...rows([Number.NaN]), ...rows(Array.from({ length: 79 }, () => -500))];

    expect(notesDivergence('a', given, rules)).toMatchObject({
      window: 79,
      mean_error_bps: -500,
      severity: 'high',
    });
  });

  it('has no numbers without rows', () => {
    expect(notesDivergence('a', [], rules)).toEqual({
      agent: 'a',
      window: 0,
      mean_abs_error_bps: null,
      mean_error_bps: null,
      severity: 'none',
    });
  });
});
