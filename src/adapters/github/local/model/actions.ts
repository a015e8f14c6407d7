// The workflows of a repository, which are the files of its default branch, and their runs, which nobody here carries out.

import { assert } from '../../../../domain/assert.ts';
import type { ActionRun, ActionWorkflow, Repository } from '../entities.ts';
import { readRef } from '../git-objects.ts';
import { commitsOf, readCommit, readTreeDeep } from '../git-store.ts';
import { newId, type State } from '../state.ts';

export interface NewRun {
  readonly path: string;
  /** Default: `schedule`. */
  readonly event?: string;
  /** Default: `completed`. */
  readonly status?: ActionRun['status'];
  /** Default: `success` of a completed run. */
  readonly conclusion?: string;
  /** Epoch ms; default: now. */
  readonly createdMs?: number;
  /** Default: when it was made. */
  readonly startedMs?: number;
}

/** Returns the workflows by id: those with a file on the default branch, each known since its oldest commit. */
export function workflowsOf(state: State, repository: Repository): readonly ActionWorkflow[] {
  const head = readRef(repository.git, `refs/heads/${repository.defaultBranch}`);
  const commit = head === null ? null : readCommit(repository.git, head);
  if (head === null || commit === null) return [];
  const paths = readTreeDeep(repository.git, commit.tree)
    .map(({ path }) => path)
    .filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
  const found = paths.map((path) => {
    const known = repository.workflows.get(path);
    if (known !== undefined) return known;
    const oldest = commitsOf(repository.git, head, null, path).at(-1);
    const createdMs = (oldest === undefined ? commit : readCommit(repository.git, oldest))?.committer.atMs;
    assert(createdMs !== undefined, 'a commit that is listed can be read');
    const fresh: ActionWorkflow = {
      ...{ id: newId(state), path, state: 'active' },
      ...{ createdMs, updatedMs: createdMs },
    };
    repository.workflows.set(path, fresh);
    return fresh;
  });
  return found.sort((a, b) => a.id - b.id);
}

/** Adds a run of a workflow. */
export function newRun(state: State, repository: Repository, given: NewRun): ActionRun {
  const { event = 'schedule', status = 'completed', createdMs = state.clock.nowMs() } = given;
  const workflow = workflowAt(state, repository, given.path);
  const run: ActionRun = {
    ...{ id: newId(state), workflowId: workflow.id, event, status, createdMs, attempt: 1 },
    number: repository.actionRuns.filter(({ workflowId }) => workflowId === workflow.id).length + 1,
    conclusion: status === 'completed' ? (given.conclusion ?? 'success') : null,
    startedMs: given.startedMs ?? createdMs,
  };
  repository.actionRuns.push(run);
  return run;
}

/** Turns a workflow off or on. */
export function setWorkflowState(
  state: State,
  repository: Repository,
  path: string,
  to: ActionWorkflow['state'],
): void {
  const workflow = workflowAt(state, repository, path);
  workflow.state = to;
  workflow.updatedMs = state.clock.nowMs();
}

function workflowAt(state: State, repository: Repository, path: string): ActionWorkflow {
  const workflow = workflowsOf(state, repository).find((one) => one.path === path);
  assert(workflow !== undefined, () => `${repository.fullName} has no workflow ${path}`);
  return workflow;
}
