// Where a trigger was raised and where its statistic stands now, in words. An alert ends by healthy signals and not by its
// statistic, which may be back within the limit while the alert is open.

import type { DivergenceAlert, DivergenceTrigger } from '../domain/divergence.ts';
import { brief } from './report-numbers.ts';

/** Their statistic is a probability: the smaller, the worse. */
const RAISED_BELOW: readonly DivergenceTrigger[] = ['hit', 'snapshot'];

/** Whether the statistic of a trigger is worse the smaller it is. */
export function isRaisedBelow(trigger: DivergenceTrigger): boolean {
  return RAISED_BELOW.includes(trigger);
}

/** Returns `raised at 5,000, now 4,084`, or `raised below 0.0005, now 8.3e-15` for a probability; unknown is a dash. */
export function standingText({
  trigger,
  statistic,
  limit,
}: Pick<DivergenceAlert, 'trigger' | 'statistic' | 'limit'>): string {
  const raised = isRaisedBelow(trigger) ? 'raised below' : 'raised at';
  return `${raised} ${brief(limit)}, now ${brief(statistic)}`;
}
