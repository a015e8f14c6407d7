// The jobs of `warden run`, each as its steps in their order: what may go on after which failure is decided here.

import { dayOf } from '../domain/time.ts';
import type { IngestReport } from '../jobs/ingest.ts';
import type { ReconcileReport } from '../jobs/reconcile.ts';
import type { TrainedHorizon } from '../jobs/train.ts';
import type { Watched } from '../jobs/watch.ts';
import type { PushFacts } from '../supervision/job-summary-push.ts';
import { stateMessage } from '../supervision/state-message.ts';
import { compactOutcome } from './compact.ts';
import { type CommandContext, stateDisks } from './context.ts';
import { ingestOutcome, type NamedFile } from './ingest.ts';
import { type IntakeOptions, recordIntake } from './intake-options.ts';
import type { Published } from './publish.ts';
import { type ReconcileCliOptions, reconcileOutcome } from './reconcile.ts';
import { reportOutcome } from './report.ts';
import { type Changed, doneOnce, type Made, type RunState } from './run-change.ts';
import {
  didCompact,
  didIngest,
  didReconcile,
  didSupervise,
  didTrain,
  ingestFault,
  newModels,
  reconcileFault,
  setAside,
  superviseFault,
} from './run-did.ts';
import { publishState } from './run-publish.ts';
import type { RunSession } from './run-session.ts';
import { jobStep, leftOut, refusedStep, type StepDone } from './run-step.ts';
import { watchStep } from './run-watch.ts';
import { type SuperviseCliOptions, type SupervisedState, superviseOutcome } from './supervise.ts';
import { type TrainCliOptions, trainOutcome } from './train.ts';

/** Everything a run made, for people and for later steps of its job; what a job does not do is `null`. */
export interface RunDone {
  readonly steps: readonly StepDone[];
  /** Newest commit of the state branch that the run knows of. */
  readonly commit: string | null;
  /** Whether any commit of the run was pushed. */
  readonly pushed: boolean;
  readonly pushes: readonly PushFacts[];
  readonly reconciled: ReconcileReport | null;
  readonly supervised: SupervisedState | null;
  readonly trained: readonly TrainedHorizon[] | null;
  readonly ingested: IngestReport | null;
  /** The file that was ingested, as it was named; `null` where that is none. */
  readonly file: string | null;
  readonly published: Published | null;
  readonly watched: Watched | null;
  /** Folder of the site of the report that was written. */
  readonly site: string | null;
}

/** What a run knows that made nothing. */
const NOTHING_DONE: RunDone = {
  ...{ steps: [], commit: null, pushed: false, pushes: [] },
  ...{ reconciled: null, supervised: null, trained: null, ingested: null, file: null },
  ...{ published: null, watched: null, site: null },
};

/** Returns the end of a run that made nothing. */
export function refusedRun(job: string, refused: Parameters<typeof refusedStep>[1]): RunDone {
  return { ...NOTHING_DONE, steps: [refusedStep(job, refused)] };
}

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
  const day = dayOf(session.context.nowMs);
  const changed = await state.change<Judged>({
    step: 'push',
    async apply(context, commit) {
      const run = async () => await reconcileOutcome(context, options);
      const settled = await jobStep(context, 'reconcile', run, {
        did: didReconcile,
        fault: reconcileFault,
      });
      const judged = await superviseStep(context, commit, { checkpoint: true });
      return {
        steps: [settled.done, ...judged.steps],
        made: { reconciled: settled.made, supervised: judged.made },
      };
    },
    message: ({ reconciled, supervised }) =>
      stateMessage('reconcile', day, [
        { count: reconciled?.due.reconciled ?? 0, noun: 'row', isAdded: true },
        { count: setAside(reconciled), noun: 'reject' },
        { count: supervised?.newVerdicts.length ?? 0, noun: 'verdict' },
      ]),
  });
  return await published(session, state, { ...doneOf(changed), ...changed.made }, changed.isWell);
}

/** Judges, pushes, publishes, and looks whether everything else runs. */
export async function runSupervise(
  session: RunSession,
  state: RunState,
  options: SuperviseCliOptions,
): Promise<RunDone> {
  const day = dayOf(session.context.nowMs);
  const changed = await state.change({
    step: 'push',
    apply: async (context, commit) => await superviseStep(context, commit, options),
    message: (made) =>
      stateMessage('supervise', day, [{ count: made?.newVerdicts.length ?? 0, noun: 'verdict' }]),
  });
  const known = { ...doneOf(changed), supervised: changed.made };
  const done = await published(session, state, known, changed.isWell);
  const watched = await watchStep(session, state.context());
  return { ...withStep(done, watched.done), watched: watched.made };
}

/** Trains and pushes; then packs months that are long over, and pushes that by itself. */
export async function runTrain(
  session: RunSession,
  state: RunState,
  options: TrainCliOptions,
): Promise<RunDone> {
  const day = dayOf(session.context.nowMs);
  const changed = await state.change({
    step: 'push',
    async apply(context) {
      const run = async () => await trainOutcome(context, options);
      const { done, made } = await jobStep(context, 'train', run, { did: didTrain });
      return { steps: [done], made };
    },
    message: (made) => stateMessage('train', day, [{ count: newModels(made), noun: 'model' }]),
  });
  const known = { ...doneOf(changed), trained: changed.made };
  // What refused the training refuses the packing too, and would be said twice.
  if (changed.made === null || (changed.commit === null && !session.context.dryRun)) return known;
  return joined(known, await compacted(state));
}

/** A month may take half a minute, and all of it again where somebody's push was faster; what is left is packed tomorrow. */
const MONTHS_PACKED_MAX = 3;

async function compacted(state: RunState): Promise<RunDone> {
  const changed = await state.change({
    step: 'push packs',
    async apply(context) {
      const { done, made } = await jobStep(
        context,
        'compact',
        async () => await compactOutcome(context, { monthsMax: MONTHS_PACKED_MAX }),
        { did: didCompact },
      );
      return { steps: [done], made };
    },
    message: (made) => {
      const [first, last] = [made?.months[0] ?? '', made?.months.at(-1) ?? ''];
      const time = first === last ? first : `${first} to ${last}`;
      return stateMessage('compact', time, [{ count: made?.files ?? 0, noun: 'file' }]);
    },
  });
  return doneOf(changed);
}

interface IngestWork {
  readonly options: IntakeOptions;
  readonly signals: readonly NamedFile[];
  /** The file as it was named; `null` where the signals came with an event. */
  readonly file: string | null;
}

/** Stores signals and pushes them, those that are good beside those that are not. */
export async function runIngest(
  session: RunSession,
  state: RunState,
  { options, signals, file }: IngestWork,
): Promise<RunDone> {
  const day = dayOf(session.context.nowMs);
  const ingest = async (context: CommandContext) => {
    const run = async () => await ingestOutcome(context, options, signals);
    return await jobStep(context, 'ingest', run, { did: didIngest, fault: ingestFault });
  };
  const changed = await state.change<IngestReport | null>({
    step: 'push',
    apply: doneOnce(
      'ingest',
      ingest,
      async (context, { counts }) => await recordIntake(context, 'ingest', counts),
    ),
    message: (made) =>
      stateMessage('ingest', day, [
        { count: made?.counts.appended ?? 0, noun: 'event', isAdded: true },
        { count: (made?.counts.rejected ?? 0) + (made?.counts.conflicts ?? 0), noun: 'reject' },
      ]),
  });
  return { ...doneOf(changed), ingested: changed.made, file };
}

async function superviseStep(
  context: CommandContext,
  commit: string | null,
  options: SuperviseCliOptions,
): Promise<Made<SupervisedState | null>> {
  const run = async () => await superviseOutcome(context, options, commit);
  const { done, made } = await jobStep(context, 'supervise', run, {
    did: didSupervise,
    fault: superviseFault,
  });
  return { steps: [done], made };
}

/** Nothing is published that is not at the remote: a pull request would cite what nobody can read. */
async function published(
  session: RunSession,
  state: RunState,
  known: RunDone,
  isWell: boolean,
): Promise<RunDone> {
  if (!isWell) return withStep(known, leftOut('publish', 'the state was not pushed'));
  if (known.commit === null && !session.context.dryRun)
    return withStep(known, leftOut('publish', 'there is no state yet'));
  const changed = await publishState(session, state);
  return { ...joined(known, doneOf(changed)), published: changed.made };
}

function withStep(done: RunDone, step: StepDone): RunDone {
  return { ...done, steps: [...done.steps, step] };
}

function doneOf({ steps, commit, pushed, push }: Changed<unknown>): RunDone {
  return { ...NOTHING_DONE, steps, commit, pushed, pushes: push === null ? [] : [push] };
}

function joined(first: RunDone, then: RunDone): RunDone {
  return {
    ...first,
    steps: [...first.steps, ...then.steps],
    commit: then.commit ?? first.commit,
    pushed: first.pushed || then.pushed,
    pushes: [...first.pushes, ...then.pushes],
  };
}

/** Writes the report of the newest state to the folder `out`, and pushes nothing. */
export async function runReport(session: RunSession, out: string): Promise<RunDone> {
  const { context, folders, worktree } = session;
  const commit = await worktree.pull();
  const disks = await stateDisks(context.stateDir, folders);
  const run = async () => await reportOutcome({ ...context, ...disks }, out, commit);
  const { done, made } = await jobStep(context, 'report', run, {
    did: ({ files }) => files.join(', '),
  });
  return { ...NOTHING_DONE, steps: [done], commit, site: made === null ? null : out };
}
