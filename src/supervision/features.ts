// The features of a signal, in one place, so that a model is trained on what it is asked about later.

import type { Feature } from '../domain/model.ts';
import type { Side } from './pnl.ts';

/** What a model may look at: known when the signal was emitted. */
export interface Signal {
  readonly score_final: number | null;
  readonly confidence: number | null;
  readonly side: Side;
}

/** Returns one feature of a signal, or `null` where the signal does not carry it: missing is not zero. */
export function featureOf(signal: Signal, feature: Feature): number | null {
  switch (feature) {
    case 'score_final':
      return signal.score_final;
    case 'confidence':
      return signal.confidence;
    case 'score_aligned':
      return signal.score_final === null ? null : signal.score_final * signal.side;
    case 'side':
      return signal.side;
  }
}
