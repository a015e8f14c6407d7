// The summary of a replay for people: what it went through, then the state of the last reconcile and training.

import type { ReplayReport } from '../jobs/replay.ts';
import { reconcileText } from './reconcile-text.ts';
import { trainText } from './train-text.ts';

/** Returns the summary of one replay. */
export function replayText(done: ReplayReport): string {
  const { steps, trainings, reconciled, models_saved } = done;
  return [
    `${steps} steps: ${reconciled.toLocaleString('en-US')} rows written, ${trainings} trainings, ${models_saved} model versions saved`,
    '',
    'last reconcile',
    reconcileText(done.last_reconcile),
    '',
    'last training',
    trainText(done.last_train),
  ].join('\n');
}
