// A normal quantile taken to Student's t: the same tail, and finite everywhere.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf } from '../../src/supervision/normal.ts';
import { studentUpperTail } from '../../src/supervision/student.ts';
import { studentOfNormal } from '../../src/supervision/student-of-normal.ts';
import { studentQuantile } from '../../src/supervision/student-quantile.ts';

describe('studentOfNormal', () => {
  it.each([9, 19, 44, 89])(
    'has the tail of the normal, to 1 %% of t, with %d degrees of freedom',
    (degrees) => {
      for (const z of [1, 1.645, 2, 2.78, 3.2, 4]) {
        const exact = studentQuantile(normalCdf(z), degrees);
        expect(Math.abs(studentOfNormal(z, degrees) / exact - 1)).toBeLessThan(0.01);
      }
    },
  );

  it('is farther out than the normal, the more so the fewer degrees there are', () => {
    const anyZ = fc.double({ min: 0.01, max: 30, noNaN: true });
    const anyDegrees = fc.double({ min: 0.001, max: 5000, noNaN: true });
    fc.assert(
      fc.property(anyZ, anyDegrees, anyDegrees, (z, a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)];
        const [t, nearer] = [studentOfNormal(z, few), studentOfNormal(z, many)];
        expect(Number.isFinite(t)).toBe(true);
        expect(nearer).toBeGreaterThanOrEqual(z);
        if (few >= 1 && z >= 1) expect(t).toBeGreaterThanOrEqual(nearer * (1 - 1e-12));
      }),
    );
  });

  it('is the normal itself where the deviation is known', () => {
    expect(studentOfNormal(2.5, 1e9)).toBeCloseTo(2.5, 6);
    expect(studentUpperTail(studentOfNormal(2.5, 1e9), 1e9)).toBeCloseTo(1 - normalCdf(2.5), 6);
  });
});
