// Workflows in memory behind the port: a test says which there are, when they ran, and what the token may not see.

import { GitHubError, type Workflow, type WorkflowRun } from '../../src/domain/github.ts';
import { isoFromMs, msFromIso } from '../../src/domain/time.ts';
import type { GitHubActions } from '../../src/ports.ts';

interface MemoryRun {
  readonly path: string;
  readonly run: WorkflowRun;
  readonly isScheduled: boolean;
}

export interface MemoryActions extends GitHubActions {
  readonly listed: Map<string, Workflow>;
  readonly runs: MemoryRun[];
  /** Paths that were turned on, in order. */
  readonly enabled: string[];
  /** Path, or an empty text for the whole repository → when its newest commit was. */
  readonly committedAt: Map<string, string>;
  /** Calls that are refused. */
  readonly refused: Set<keyof GitHubActions>;
  tokenEnds: string | null;
  /** Adds a workflow that was made at an instant, epoch ms. */
  add(path: string, madeMs: number, state?: Workflow['state']): void;
  /** Adds a run that the schedule made; default: it began at once and went well. */
  ran(
    path: string,
    createdMs: number,
    over?: Partial<WorkflowRun> & { readonly isScheduled?: boolean },
  ): void;
}

/** Returns the actions of a repository without workflows. */
export function memoryActions(nowMs: () => number = () => 0): MemoryActions {
  const idOf = (path: string): number => actions.listed.get(path)?.id ?? 0;
  const pathOf = (id: number): string =>
    [...actions.listed.values()].find((workflow) => workflow.id === id)?.path ?? '';
  const allowed = (call: keyof GitHubActions): void => {
    if (!actions.refused.has(call)) return;
    const message = `GET /repos/acme/alpha/actions answered 403: Resource not accessible by integration; give the app or the token the permission actions: ${call === 'enableWorkflow' ? 'write' : 'read'}`;
    throw new GitHubError('forbidden', 403, message);
  };
  const runsOf = (id: number, isWanted: (run: MemoryRun) => boolean): readonly WorkflowRun[] =>
    actions.runs
      .filter((one) => idOf(one.path) === id && isWanted(one))
      .map(({ run }) => run)
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const actions: MemoryActions = {
    listed: new Map(),
    runs: [],
    enabled: [],
    committedAt: new Map(),
    refused: new Set(),
    tokenEnds: null,
    add(path, madeMs, state = 'active') {
      actions.listed.set(path, {
        id: actions.listed.size + 1,
        path,
        state,
        changedAt: isoFromMs(madeMs),
      });
    },
    ran(path, createdMs, { isScheduled = true, ...over } = {}) {
      const at = isoFromMs(createdMs);
      const id = actions.runs.length + 1;
      const url = `https://github.com/acme/alpha/actions/runs/${id}`;
      const run: WorkflowRun = {
        ...{ id, url, createdAt: at, startedAt: at, status: 'completed', conclusion: 'success' },
        ...over,
      };
      actions.runs.push({ path, run, isScheduled });
    },
    async workflows() {
      allowed('workflows');
      return [...actions.listed.values()];
    },
    async scheduledRuns(id, sinceMs) {
      allowed('scheduledRuns');
      return runsOf(id, ({ run, isScheduled }) => isScheduled && msFromIso(run.createdAt) >= sinceMs);
    },
    async queuedRuns(id) {
      allowed('queuedRuns');
      return runsOf(id, ({ run }) => run.status === 'waiting');
    },
    async lastCommitAt(path) {
      allowed('lastCommitAt');
      return actions.committedAt.get(path ?? '') ?? null;
    },
    async enableWorkflow(id) {
      allowed('enableWorkflow');
      const path = pathOf(id);
      const workflow = actions.listed.get(path);
      if (workflow === undefined) throw new GitHubError('missing', 404, `there is no workflow ${id}`);
      actions.listed.set(path, { ...workflow, state: 'active', changedAt: isoFromMs(nowMs()) });
      actions.enabled.push(path);
    },
    async tokenEndsAt() {
      allowed('tokenEndsAt');
      return actions.tokenEnds;
    },
  };
  return actions;
}
