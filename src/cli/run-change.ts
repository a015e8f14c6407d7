// One change of the state within a run: computed on the newest commit, committed and pushed as a whole, or shown with --dry-run.

import { notingDisk } from '../adapters/state/noting-disk.ts';
import { type ChangedFile, overlayDisk } from '../adapters/state/overlay-disk.ts';
import { packedDisk } from '../adapters/state/packed-disk.ts';
import { hasRun } from '../adapters/state/run-log.ts';
import { StateBranchError } from '../domain/github.ts';
import type { RunRecord } from '../domain/run.ts';
import { type PushedState, pushState } from '../jobs/push-state.ts';
import type { Disk } from '../ports.ts';
import type { PushFacts } from '../supervision/job-summary-push.ts';
import { type CommandContext, stateDisks } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { randomFraction } from './host.ts';
import type { RunSession } from './run-session.ts';
import type { JobStep, StepDone } from './run-step.ts';

/** What a change made, step by step. */
export interface Made<T> {
  readonly steps: readonly StepDone[];
  readonly made: T;
}

export interface StateWork<T> {
  /** Name of the step that pushes it. */
  readonly step: string;
  /**
   * Works on the folder as it stands. Called anew where somebody else pushed meanwhile.
   *
   * @param commit what the folder holds, `null` where the branch is not there yet.
   */
  apply(context: CommandContext, commit: string | null): Promise<Made<T>>;
  /** Subject of the commit. */
  message(made: T): string;
  /** Tags to push along: name → commit. */
  tags?(): Readonly<Record<string, string>>;
}

/** What is known of the state after a change. */
export interface Changed<T> {
  /** With the one that pushed. */
  readonly steps: readonly StepDone[];
  /** `null` where it was not pushed, or could not even begin. */
  readonly made: T | null;
  /** Newest commit of the branch that is known, `null` where there is none. */
  readonly commit: string | null;
  readonly pushed: boolean;
  /** Whether the state is where it should be, so that the run may go on. */
  readonly isWell: boolean;
  /** For people; `null` where it did not come to a push. */
  readonly push: PushFacts | null;
}

/**
 * Returns work whose lines the worktree keeps whatever it pulls: mails that were sent, signals that were stored. It is done at the
 * first attempt; a later one only records it again, unless the remote has that record after all.
 */
export function doneOnce<T>(
  job: RunRecord['job'],
  work: (context: CommandContext, commit: string | null) => Promise<JobStep<T>>,
  record: (context: CommandContext, made: T) => Promise<void>,
): StateWork<T | null>['apply'] {
  let first: Made<T | null> | null = null;
  return async (context, commit) => {
    if (first === null) {
      const { done, made } = await work(context, commit);
      first = { steps: [done], made };
    } else if (first.made !== null && !hasRun(context.disk, { ...context, job })) {
      await record(context, first.made);
    }
    return first;
  };
}

/** The state as a run changes it, one piece of work after the other. */
export interface RunState {
  change<T>(work: StateWork<T>): Promise<Changed<T>>;
  /** The folder as the last change left it. */
  context(): CommandContext;
}

/** Returns the state of a session: pushed, or with `--dry-run` only shown. */
export function stateOf(session: RunSession): RunState {
  return session.context.dryRun ? shownState(session) : pushedState(session);
}

/** Nothing may begin a branch whose every step was refused: a broken configuration may have named the wrong one. */
class NothingMade extends Error {
  override readonly name = 'NothingMade';
}

/** What one attempt made of a change. */
interface Attempt<T> extends Made<T> {
  readonly base: string | null;
  readonly written: PushFacts['changed'];
  /** When the work was done and its push began, epoch milliseconds. */
  readonly workedMs: number;
}

function pushedState(session: RunSession): RunState {
  let context = session.context;
  return {
    context: () => context,
    async change<T>(work: StateWork<T>): Promise<Changed<T>> {
      const attempts: Attempt<T>[] = [];
      const apply: StateWork<T>['apply'] = async (over, commit) => {
        context = over;
        return await work.apply(over, commit);
      };
      const tookMs = (): number => {
        const { clock, startedAtMs } = session.context;
        return clock.nowMs() - (attempts.at(-1)?.workedMs ?? startedAtMs);
      };
      const facts = { branch: session.place.branch, repositoryUrl: session.repositoryUrl, dryRun: false };
      try {
        const { commit, pushed, tries, made: taken } = await pushOnce(session, { ...work, apply }, attempts);
        const { steps, made, written: changed } = taken;
        const subject = work.message(made);
        const push = { ...facts, subject, commit, pushed, tries, changed, error: null };
        const step = pushStep(work.step, push, tookMs());
        return { steps: [...steps, step], made, commit, pushed, isWell: true, push };
      } catch (error) {
        const last = attempts.at(-1);
        const none = { made: null, commit: last?.base ?? null, pushed: false };
        const steps = last?.steps ?? [];
        if (error instanceof NothingMade) return { ...none, steps, isWell: true, push: null };
        if (!(error instanceof StateBranchError)) throw error;
        session.context.log.error(`${work.step}: ${error.message}`);
        const failed = { subject: '', tries: attempts.length, changed: [], error: error.message };
        const push = { ...facts, ...failed, commit: none.commit, pushed: false };
        const step = pushStep(work.step, push, tookMs());
        return { ...none, steps: [...steps, step], isWell: false, push };
      }
    },
  };
}

/** Adds each attempt to `attempts`, and returns the one that the remote took. */
async function pushOnce<T>(
  session: RunSession,
  work: StateWork<T>,
  attempts: Attempt<T>[],
): Promise<PushedState<Attempt<T>>> {
  const { clock, host, log, stateDir, startedAtMs } = session.context;
  return await pushState(
    session.worktree,
    {
      atMs: startedAtMs,
      async apply(commit) {
        const written = new Set<string>();
        // What was read of an earlier commit must not be taken for this one, so the disk is a new one each time.
        const disks = await stateDisks(stateDir, session.folders, (loose) =>
          notingDisk(loose, (path) => written.add(path)),
        );
        const { steps, made } = await work.apply({ ...session.context, ...disks }, commit);
        const sizes = [...written].sort().map((path) => ({ path, bytes: disks.loose.size(path) }));
        const attempt = { steps, made, base: commit, written: sizes, workedMs: clock.nowMs() };
        attempts.push(attempt);
        if (commit === null && steps.every((step) => step.isRefused)) throw new NothingMade();
        if (commit === null && !session.place.isCertain) throw unknownBranch(session.place.branch);
        return attempt;
      },
      message: ({ made }) => work.message(made),
      tags: () => work.tags?.() ?? {},
    },
    {
      sleep: async (ms) => await host.sleep(ms),
      random: () => randomFraction(host),
      log,
    },
  );
}

function unknownBranch(branch: string): StateBranchError {
  return new StateBranchError(
    'foreign',
    `there is no branch ${branch} yet, and warden.yaml, which may name another one, cannot be read; mend it first, or name the branch with --branch`,
  );
}

function pushStep(
  step: string,
  { commit, pushed, subject, tries, error }: PushFacts,
  durationMs: number,
): StepDone {
  const fixed = { step, durationMs, text: '', isRefused: error !== null, fault: error };
  if (error !== null) return { ...fixed, exitCode: EXIT.notPushed, did: error, json: { error, tries } };
  const again = tries > 1 ? `, at try ${tries}` : '';
  const did = pushed ? `${commit?.slice(0, 12) ?? ''} ${subject}${again}` : 'nothing new';
  const json = { commit, pushed, message: pushed ? subject : null, tries };
  return { ...fixed, exitCode: EXIT.done, did, json };
}

/** Works on a copy that is thrown away, and shows what the commits would be. */
function shownState(session: RunSession): RunState {
  const { clock, stateDir } = session.context;
  const { folders, place, repositoryUrl, worktree } = session;
  let base: { readonly commit: string | null } | null = null;
  let below: Disk | null = null;
  let context = session.context;
  return {
    context: () => context,
    async change(work) {
      base ??= { commit: await worktree.pull() };
      const layer = overlayDisk(below ?? (await stateDisks(stateDir, folders)).loose);
      context = { ...session.context, loose: layer, disk: packedDisk(layer) };
      const { steps, made } = await work.apply(context, base.commit);
      const startedMs = clock.nowMs();
      below = layer;
      const files = layer.changes();
      const subject = work.message(made);
      const step = shownStep(work.step, subject, files, clock.nowMs() - startedMs);
      const push = {
        ...{ branch: place.branch, repositoryUrl, subject, commit: base.commit, pushed: false, tries: 1 },
        changed: files.map(({ path, bytesAfter }) => ({ path, bytes: bytesAfter })),
        ...{ dryRun: true, error: null },
      };
      return { steps: [...steps, step], made, commit: base.commit, pushed: false, isWell: true, push };
    },
  };
}

function shownStep(
  step: string,
  message: string,
  files: readonly ChangedFile[],
  durationMs: number,
): StepDone {
  const json = { commit: null, pushed: false, message: files.length === 0 ? null : message, files };
  const fixed = { step, exitCode: EXIT.done, durationMs, json, isRefused: false, fault: null };
  if (files.length === 0) return { ...fixed, did: 'nothing new', text: '' };
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  return { ...fixed, did: `would push "${message}": ${count}`, text: files.map(fileText).join('\n') };
}

function fileText({ path, bytesBefore, bytesAfter }: ChangedFile): string {
  const bytes = (count: number): string => `${count.toLocaleString('en-US')} bytes`;
  if (bytesAfter === null) return `  removed  ${path}`;
  return bytesBefore === null
    ? `  new      ${path}, ${bytes(bytesAfter)}`
    : `  changed  ${path}, ${bytes(bytesBefore)} to ${bytes(bytesAfter)}`;
}
