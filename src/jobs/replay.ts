// Replays history: steps simulated time, reconciling at each step, training and supervising now and then, so that every row is
// joined with the model that existed when its signal was emitted, and every verdict was reached with what was known then.

import { silentProgress } from '../adapters/terminal/progress.ts';
import { assert } from '../domain/assert.ts';
import { type Diary, newDiary, noteLook } from '../supervision/diary.ts';
import { type ReconcileOptions, type ReconcilePorts, type ReconcileReport, reconcile } from './reconcile.ts';
import { type SuperviseOptions, supervise } from './supervise.ts';
import { type TrainedHorizon, type TrainOptions, train } from './train.ts';

export interface ReplayOptions {
  readonly fromMs: number;
  readonly toMs: number;
  readonly everyMs: number;
  readonly trainEveryMs: number;
  readonly reconcile: Omit<ReconcileOptions, 'nowMs'>;
  readonly train: Omit<TrainOptions, 'nowMs'>;
  /** `null`: nothing is supervised. */
  readonly supervise: (Omit<SuperviseOptions, 'nowMs'> & { readonly everyMs: number }) | null;
}

export interface ReplayReport {
  readonly steps: number;
  readonly trainings: number;
  readonly reconciled: number;
  readonly models_saved: number;
  readonly last_reconcile: ReconcileReport;
  readonly last_train: readonly TrainedHorizon[];
  /** What the supervisor found, or `null` where it was not asked. */
  readonly diary: Diary | null;
  readonly changed: boolean;
}

/**
 * Runs reconcile at `from`, `from + every`, … and at `to`; train and then supervise follow where their own periods have passed.
 * Asserts that the state holds no verdict from after `from`.
 */
export async function replay(ports: ReconcilePorts, options: ReplayOptions): Promise<ReplayReport> {
  const { fromMs, toMs, everyMs, trainEveryMs } = options;
  const quiet = { ...ports, progress: silentProgress };
  const total = Math.ceil((toMs - fromMs) / everyMs) + 1;
  const sums = { steps: 0, trainings: 0, reconciled: 0, models_saved: 0, changed: false };
  let lastTrain: readonly TrainedHorizon[] = [];
  let trainedAtMs = Number.NEGATIVE_INFINITY;
  let supervisedAtMs = Number.NEGATIVE_INFINITY;
  const diary = options.supervise === null ? null : newDiary();
  let nowMs = fromMs;
  ports.progress.start('replay', total);
  for (;;) {
    const step = await reconcile(quiet, { ...options.reconcile, nowMs });
    sums.steps += 1;
    sums.reconciled += step.due.reconciled;
    sums.changed ||= step.changed;
    if (nowMs - trainedAtMs >= trainEveryMs || nowMs === toMs) {
      lastTrain = train(quiet, { ...options.train, nowMs });
      trainedAtMs = nowMs;
      sums.trainings += 1;
      sums.models_saved += lastTrain.filter((horizon) => horizon.changed && horizon.model !== null).length;
      sums.changed ||= lastTrain.some((horizon) => horizon.changed);
    }
    const looks = options.supervise;
    if (looks !== null && diary !== null && (nowMs - supervisedAtMs >= looks.everyMs || nowMs === toMs)) {
      const found = supervise(quiet, { ...looks, nowMs });
      assert(found.ok, () => (found.ok ? '' : found.error));
      noteLook(diary, found.value.report, found.value.newVerdicts);
      supervisedAtMs = nowMs;
      sums.changed ||= found.value.changed;
    }
    ports.progress.advance(1);
    if (nowMs === toMs) {
      ports.progress.done();
      return { ...sums, last_reconcile: step, last_train: lastTrain, diary };
    }
    nowMs = Math.min(nowMs + everyMs, toMs);
  }
}
