// The tail of Student's t against scipy, over small and very large samples.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { studentUpperTail } from '../../src/supervision/student.ts';

const golden: { student_tail: { t: number; df: number; p: number }[] } = JSON.parse(
  readFileSync(new URL('../fixtures/ridge/golden.json', import.meta.url), 'utf8'),
);

describe('studentUpperTail', () => {
  it.each(golden.student_tail)('is $p at t = $t with $df degrees of freedom', ({ t, df, p }) => {
    const relativeError = Math.abs(studentUpperTail(t, df) - p) / p;

    expect(relativeError).toBeLessThan(1e-6);
  });

  it('is one half at zero, whatever the degrees of freedom', () => {
    expect([1, 7.5, 1e6].map((df) => studentUpperTail(0, df))).toEqual([0.5, 0.5, 0.5]);
  });
});
