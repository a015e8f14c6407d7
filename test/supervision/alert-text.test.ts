// An open alert in words: where it was raised, and where its statistic stands now.

import { describe, expect, it } from 'vitest';
import { standingText } from '../../src/supervision/alert-text.ts';
import { anAlert } from '../domain/record-builders.ts';

describe('the standing of a trigger', () => {
  it('does not read as if an open alert were within its limit', () => {
    expect(standingText(anAlert({ statistic: 4084.2 }))).toBe('raised at 5,000, now 4,084');
  });

  it('says of a probability that it fell below', () => {
    const alert = anAlert({ trigger: 'hit', statistic: 0.02, limit: 0.0005 });

    expect(standingText(alert)).toBe('raised below 0.0005, now 0.02');
  });

  it('writes a very small probability with an exponent', () => {
    const alert = anAlert({ trigger: 'hit', statistic: 8.34e-15, limit: 0.0005 });

    expect(standingText(alert)).toBe('raised below 0.0005, now 8.3e-15');
  });

  it('shows what is unknown as unknown', () => {
    expect(standingText(anAlert({ statistic: null }))).toBe('raised at 5,000, now –');
  });
});
