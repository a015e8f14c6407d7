// An open alert in words: where it was raised, and where its statistic stands now.

import { describe, expect, it } from 'vitest';
import { standingText } from '../../src/supervision/alert-text.ts';
import { brief } from '../../src/supervision/report-numbers.ts';
import { anAlert } from '../domain/record-builders.ts';

describe('the standing of a trigger', () => {
  it('does not read as if an open alert were within its limit', () => {
    expect(standingText(anAlert({ statistic: 4084.2 }), brief)).toBe('raised at 5,000, now 4,084');
  });

  it('says of a probability that it fell below', () => {
    const alert = anAlert({ trigger: 'hit', statistic: 0.02, limit: 0.0005 });

    expect(standingText(alert, brief)).toBe('raised below 0.0005, now 0.02');
  });

  it('shows what is unknown as unknown', () => {
    expect(standingText(anAlert({ statistic: null }), brief)).toBe('raised at 5,000, now –');
  });
});
