// One change of the state within a run: computed on the newest commit, committed and pushed as a whole, or shown with --dry-run.

import type { ChangedFile, OverlayDisk } from '../adapters/state/overlay-disk.ts';
import { StateBranchError } from '../domain/github.ts';
import type { Disk } from '../ports.ts';
import { type CommandContext, stateDisk } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { RunSession } from './run-session.ts';
import type { StepDone } from './run-step.ts';

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
  /** Newest commit of the branch, `null` where there is none. */
  readonly commit: string | null;
  readonly pushed: boolean;
  /** Whether the state is where it should be, so that the run may go on. */
  readonly isWell: boolean;
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

/** Nothing may begin a branch whose every step was refused: an odd configuration may have named the wrong one. */
class NothingMade extends Error {
  override readonly name = 'NothingMade';
}

function pushedState(session: RunSession): RunState {
  const { worktree } = session;
  const { clock, host, log, startedAtMs } = session.context;
  let context = session.context;
  return {
    context: () => context,
    async change(work) {
      const { pushState } = await import('../jobs/push-state.ts');
      const { setTimeout: sleep } = await import('node:timers/promises');
      let steps: readonly StepDone[] = [];
      let base: string | null = null;
      let startedMs = clock.nowMs();
      const pushed = (facts: Omit<Facts, 'step' | 'durationMs'>): readonly StepDone[] => [
        ...steps,
        pushStep({ step: work.step, durationMs: clock.nowMs() - startedMs, ...facts }),
      ];
      try {
        const done = await pushState(
          worktree,
          {
            atMs: startedAtMs,
            async apply(commit) {
              base = commit;
              // What was read of an earlier commit must not be taken for this one.
              context = { ...session.context, disk: await stateDisk(context.stateDir, session.folders) };
              const made = await work.apply(context, commit);
              steps = made.steps;
              startedMs = clock.nowMs();
              if (commit === null && steps.every(({ json }) => 'error' in json)) throw new NothingMade();
              return made.made;
            },
            message: (made) => work.message(made),
            tags: () => work.tags?.() ?? {},
          },
          {
            sleep: async (ms) => await sleep(ms),
            random: () => Number.parseInt(host.randomHex(4), 16) / 2 ** 32,
            log,
          },
        );
        const { made, commit, tries } = done;
        const message = work.message(made);
        return { ...done, steps: pushed({ commit, pushed: done.pushed, message, tries }), isWell: true };
      } catch (error) {
        if (error instanceof NothingMade)
          return { steps, made: null, commit: null, pushed: false, isWell: true };
        if (!(error instanceof StateBranchError)) throw error;
        log.error(`${work.step}: ${error.message}`);
        return {
          steps: pushed({ error: error.message }),
          made: null,
          commit: base,
          pushed: false,
          isWell: false,
        };
      }
    },
  };
}

interface Facts {
  readonly step: string;
  readonly durationMs: number;
  readonly commit?: string | null;
  readonly pushed?: boolean;
  readonly message?: string;
  readonly tries?: number;
  readonly error?: string;
}

function pushStep({ step, durationMs, ...facts }: Facts): StepDone {
  const { commit = null, pushed = false, message = '', tries = 1, error } = facts;
  if (error !== undefined)
    return { step, exitCode: EXIT.notPushed, did: error, durationMs, text: '', json: { error } };
  const again = tries > 1 ? `, at try ${tries}` : '';
  const did = pushed ? `${commit?.slice(0, 12) ?? ''} ${message}${again}` : 'nothing new';
  const json = { commit, pushed, message: pushed ? message : null, tries };
  return { step, exitCode: EXIT.done, did, durationMs, text: '', json };
}

/** Works on a copy that is thrown away, and shows what the commits would be. */
function shownState(session: RunSession): RunState {
  const { clock } = session.context;
  let base: { readonly commit: string | null } | null = null;
  let disk: Disk | null = null;
  let context = session.context;
  return {
    context: () => context,
    async change(work) {
      const { overlayDisk } = await import('../adapters/state/overlay-disk.ts');
      base ??= { commit: await session.worktree.pull() };
      const layer: OverlayDisk = overlayDisk(disk ?? (await stateDisk(context.stateDir, session.folders)));
      context = { ...session.context, disk: layer };
      const { steps, made } = await work.apply(context, base.commit);
      const startedMs = clock.nowMs();
      disk = layer;
      const shown = shownStep(work.step, work.message(made), layer.changes(), clock.nowMs() - startedMs);
      return { steps: [...steps, shown], made, commit: base.commit, pushed: false, isWell: true };
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
  if (files.length === 0)
    return { step, exitCode: EXIT.done, did: 'nothing new', durationMs, text: '', json };
  const did = `would push "${message}": ${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  return { step, exitCode: EXIT.done, did, durationMs, text: filesText(files), json };
}

function filesText(files: readonly ChangedFile[]): string {
  const bytes = (count: number | null): string =>
    count === null ? '' : `${count.toLocaleString('en-US')} bytes`;
  const rows = files.map(({ path, bytesBefore, bytesAfter }) => {
    if (bytesAfter === null) return `  removed  ${path}`;
    return bytesBefore === null
      ? `  new      ${path}, ${bytes(bytesAfter)}`
      : `  changed  ${path}, ${bytes(bytesBefore)} to ${bytes(bytesAfter)}`;
  });
  return rows.join('\n');
}
