// The jobs of `warden run`, each as its steps in their order: what may go on after which failure is decided here.

import type { IngestReport } from '../jobs/ingest.ts';
import type { ReconcileReport } from '../jobs/reconcile.ts';
import type { TrainedHorizon } from '../jobs/train.ts';
import { countedWords, stateMessage } from '../supervision/state-message.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { ingestOutcome } from './ingest.ts';
import type { IntakeOptions } from './intake-options.ts';
import type { Published } from './publish.ts';
import { type ReconcileCliOptions, reconcileOutcome } from './reconcile.ts';
import type { Changed, Made, RunState } from './run-change.ts';
import { publishState } from './run-publish.ts';
import type { RunSession } from './run-session.ts';
import { jobStep, type StepDone } from './run-step.ts';
import { type SuperviseCliOptions, type SupervisedState, superviseOutcome } from './supervise.ts';
import { type TrainCliOptions, trainOutcome } from './train.ts';

/** Everything a run made, for people and for later steps of its job; what a job does not do is `null`. */
export interface RunDone {
  readonly steps: readonly StepDone[];
  /** Newest commit of the state branch that the run knows of. */
  readonly commit: string | null;
  /** Whether any commit of the run was pushed. */
  readonly pushed: boolean;
  readonly reconciled: ReconcileReport | null;
  readonly supervised: SupervisedState | null;
  readonly trained: readonly TrainedHorizon[] | null;
  readonly ingested: IngestReport | null;
  readonly published: Published | null;
}

const NOTHING = {
  ...{ reconciled: null, supervised: null, trained: null, ingested: null, published: null },
} as const;

interface Judged {
  readonly reconciled: ReconcileReport | null;
  readonly supervised: SupervisedState | null;
}

/** Settles, judges what is known whatever came of that, pushes both as one commit, and publishes what was pushed. */
export async function runReconcile(
  session: RunSession,
  state: RunState,
  options: ReconcileCliOptions,
): Promise<RunDone> {
  const { nowMs } = session.context;
  const changed = await state.change<Judged>({
    step: 'push',
    async apply(context, commit) {
      const settled = await jobStep(
        context,
        'reconcile',
        async () => await reconcileOutcome(context, options),
        didReconcile,
      );
      const judged = await superviseStep(context, commit, { checkpoint: true });
      return {
        steps: [settled.done, ...judged.steps],
        made: { reconciled: settled.made, supervised: judged.made },
      };
    },
    message: ({ reconciled, supervised }) =>
      stateMessage('reconcile', nowMs, [
        { count: reconciled?.due.reconciled ?? 0, noun: 'row', isAdded: true },
        { count: setAside(reconciled), noun: 'reject' },
        { count: supervised?.newVerdicts.length ?? 0, noun: 'verdict' },
      ]),
  });
  return await published(session, state, changed, changed.made ?? NOTHING);
}

/** Judges, pushes, and publishes. */
export async function runSupervise(
  session: RunSession,
  state: RunState,
  options: SuperviseCliOptions,
): Promise<RunDone> {
  const { nowMs } = session.context;
  const changed = await state.change({
    step: 'push',
    apply: async (context, commit) => await superviseStep(context, commit, options),
    message: (made) =>
      stateMessage('supervise', nowMs, [{ count: made?.newVerdicts.length ?? 0, noun: 'verdict' }]),
  });
  return await published(session, state, changed, { supervised: changed.made });
}

/** Trains and pushes. */
export async function runTrain(
  session: RunSession,
  state: RunState,
  options: TrainCliOptions,
): Promise<RunDone> {
  const { nowMs } = session.context;
  const changed = await state.change({
    step: 'push',
    async apply(context) {
      const run = async () => await trainOutcome(context, options);
      const { done, made } = await jobStep(context, 'train', run, didTrain);
      return { steps: [done], made };
    },
    message: (made) => stateMessage('train', nowMs, [{ count: newModels(made), noun: 'model' }]),
  });
  const { steps, commit, pushed, made: trained } = changed;
  return { ...NOTHING, steps, commit, pushed, trained };
}

/** Stores signals and pushes them, those that are good beside those that are not. */
export async function runIngest(
  session: RunSession,
  state: RunState,
  { options, paths }: { readonly options: IntakeOptions; readonly paths: readonly string[] },
): Promise<RunDone> {
  const { nowMs } = session.context;
  const changed = await state.change({
    step: 'push',
    async apply(context) {
      const run = async () => await ingestOutcome(context, options, paths);
      const { done, made } = await jobStep(context, 'ingest', run, didIngest);
      return { steps: [done], made };
    },
    message: (made) =>
      stateMessage('ingest', nowMs, [
        { count: made?.counts.appended ?? 0, noun: 'event', isAdded: true },
        { count: (made?.counts.rejected ?? 0) + (made?.counts.conflicts ?? 0), noun: 'reject' },
      ]),
  });
  const { steps, commit, pushed, made: ingested } = changed;
  return { ...NOTHING, steps, commit, pushed, ingested };
}

async function superviseStep(
  context: CommandContext,
  commit: string | null,
  options: SuperviseCliOptions,
): Promise<Made<SupervisedState | null>> {
  const run = async () => await superviseOutcome(context, options, commit);
  const { done, made } = await jobStep(context, 'supervise', run, didSupervise);
  return { steps: [done], made };
}

/** Nothing is published that is not at the remote: a pull request would cite what nobody can read. */
async function published(
  session: RunSession,
  state: RunState,
  { steps, commit, pushed, isWell }: Changed<unknown>,
  made: Partial<Judged>,
): Promise<RunDone> {
  const known = { ...NOTHING, ...made, steps, commit, pushed };
  const isShown = session.context.dryRun;
  if (!isWell) return { ...known, steps: [...steps, skipped('not done, since the state was not pushed')] };
  if (commit === null && !isShown) return { ...known, steps: [...steps, skipped('there is no state yet')] };
  const done = await publishState(session, state);
  return {
    ...known,
    steps: [...steps, ...done.steps],
    commit: done.commit ?? commit,
    pushed: pushed || done.pushed,
    published: done.made,
  };
}

function skipped(did: string): StepDone {
  return { step: 'publish', exitCode: EXIT.done, did, durationMs: 0, text: '', json: {} };
}

function didReconcile(report: ReconcileReport): string {
  const { due, open_pairs: open } = report;
  const words = countedWords([
    { count: due.reconciled, noun: 'row', isAdded: true },
    { count: setAside(report), noun: 'reject' },
  ]);
  return [...(words.length === 0 ? ['no new rows'] : words), `${open} pairs open`].join(', ');
}

function setAside(report: ReconcileReport | null): number {
  if (report === null) return 0;
  const { stale_price, no_price } = report.due.given_up;
  return report.events.invalid + report.events.conflicts + stale_price + no_price;
}

function didSupervise({ newVerdicts, openVerdicts, rows }: SupervisedState): string {
  const words = countedWords([{ count: newVerdicts.length, noun: 'new verdict' }]);
  return [...words, `${openVerdicts.length} called for`, `${rows} rows known`].join(', ');
}

function didTrain(trained: readonly TrainedHorizon[]): string {
  const used = trained.filter(({ pointer }) => pointer.used).length;
  const words = countedWords([{ count: newModels(trained), noun: 'new model' }]);
  return [...words, `${used} of ${trained.length} horizons have one in use`].join(', ');
}

/** A pointer may move without a new version. */
function newModels(trained: readonly TrainedHorizon[] | null): number {
  return trained?.filter(({ changed, model }) => changed && model !== null).length ?? 0;
}

function didIngest({ counts }: IngestReport): string {
  const { appended, duplicates, rejected, conflicts } = counts;
  const words = countedWords([
    { count: appended, noun: 'event', isAdded: true },
    { count: duplicates, noun: 'duplicate' },
    { count: rejected + conflicts, noun: 'reject' },
  ]);
  return words.length === 0 ? 'nothing to read' : words.join(', ');
}
