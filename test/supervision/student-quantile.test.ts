// Quantiles of Student's t against published tables, and that they undo the tail.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { studentUpperTail } from '../../src/supervision/student.ts';
import { studentQuantile } from '../../src/supervision/student-quantile.ts';

describe('studentQuantile', () => {
  it.each([
    [0.975, 10, 2.228138851986274],
    [0.95, 1, 6.313751514675041],
    [0.975, 1, 12.706204736174694],
    [0.95, 4, 2.13184678632665],
    [0.95, 59, 1.671093032],
    [0.99, 30, 2.4572615424],
  ])('at %d with %d degrees of freedom is the published %d', (probability, degrees, published) => {
    expect(Math.abs(studentQuantile(probability, degrees) / published - 1)).toBeLessThan(1e-7);
  });

  it('undoes the tail, also for degrees of freedom that are not whole', () => {
    const probabilities = fc.double({ min: 0.501, max: 0.9999, noNaN: true });
    fc.assert(
      fc.property(probabilities, fc.double({ min: 0.2, max: 5000, noNaN: true }), (probability, degrees) => {
        const tail = studentUpperTail(studentQuantile(probability, degrees), degrees);
        expect(Math.abs(tail / (1 - probability) - 1)).toBeLessThan(1e-6);
      }),
    );
  });

  it('stays finite with next to no degrees of freedom', () => {
    expect(studentQuantile(0.95, 1e-6)).toBe(1e150);
  });

  it('refuses a confidence that is none', () => {
    expect(() => studentQuantile(1, 10)).toThrow('between one half and 1');
    expect(() => studentQuantile(0.95, 0)).toThrow('degrees of freedom');
  });
});
