// Where a trigger was raised and where its statistic stands now, in words. An alert ends by healthy signals and not by its
// statistic, which may be back within the limit while the alert is open.

import type { DivergenceAlert, DivergenceTrigger } from '../domain/divergence.ts';

/** Their statistic is a probability: the smaller, the worse. */
const RAISED_BELOW: readonly DivergenceTrigger[] = ['hit', 'snapshot'];

/**
 * Returns `raised at 5,000, now 4,084`, or `raised below …` for a probability.
 *
 * @param shown how a number is written; `null` is an unknown statistic
 */
export function standingText(
  { trigger, statistic, limit }: Pick<DivergenceAlert, 'trigger' | 'statistic' | 'limit'>,
  shown: (value: number | null) => string,
): string {
  const raised = RAISED_BELOW.includes(trigger) ? 'raised below' : 'raised at';
  return `${raised} ${shown(limit)}, now ${shown(statistic)}`;
}
