// The features of a signal: each from its fields, and missing where a field is.

import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../src/domain/model.ts';
import { featureOf } from '../../src/supervision/features.ts';

describe('featureOf', () => {
  it('reads every feature of a short signal', () => {
    const signal = { score_final: 0.4, confidence: 0.9, side: -1 } as const;

    const values = FEATURES.map((feature) => [feature, featureOf(signal, feature)]);

    expect(Object.fromEntries(values)).toEqual({
      score_final: 0.4,
      confidence: 0.9,
      score_aligned: -0.4,
      side: -1,
    });
  });

  it('has no value, rather than zero, for what the signal does not carry', () => {
    const signal = { score_final: null, confidence: null, side: 1 } as const;

    const missing = FEATURES.filter((feature) => featureOf(signal, feature) === null);

    expect(missing).toEqual(['score_final', 'confidence', 'score_aligned']);
  });
});
