// Workflows and their runs: read by everybody, turned on again by whoever may write.

import { notFound } from '../api-error.ts';
import type { ActionWorkflow } from '../entities.ts';
import { setWorkflowState, workflowsOf } from '../model/actions.ts';
import { actionRunJson, workflowJson } from '../render/actions.ts';
import {
  type Answer,
  NO_CONTENT,
  paged,
  type RepositoryRequest,
  type Route,
  reading,
  repositoryRoute,
  writing,
} from '../request.ts';

/** By its number, or by the name of its file. */
function workflowParam({ state, repository, params }: RepositoryRequest): ActionWorkflow {
  const named = params['workflow_id'] ?? '';
  const found = workflowsOf(state, repository).find(
    ({ id, path }) => String(id) === named || path === `.github/workflows/${named}`,
  );
  if (found === undefined) throw notFound();
  return found;
}

function listWorkflows(request: RepositoryRequest): Answer {
  const { state, repository } = request;
  const all = workflowsOf(state, repository);
  const render = (workflow: ActionWorkflow) => workflowJson(state, repository, workflow);
  return paged(request, all, render, (workflows) => ({ total_count: all.length, workflows }));
}

/** Newest first. */
function listRuns(request: RepositoryRequest): Answer {
  const { state, repository, query } = request;
  const workflow = workflowParam(request);
  const [event, status] = [query.get('event'), query.get('status')];
  const found = repository.actionRuns
    .filter((run) => run.workflowId === workflow.id)
    .filter((run) => event === null || run.event === event)
    .filter((run) => status === null || run.status === status || run.conclusion === status)
    .sort((a, b) => b.createdMs - a.createdMs || b.id - a.id);
  return paged(
    request,
    found,
    (run) => actionRunJson(state, repository, run, workflow),
    (runs) => ({ total_count: found.length, workflow_runs: runs }),
  );
}

function enable(request: RepositoryRequest): Answer {
  const { path } = workflowParam(request);
  setWorkflowState(request.state, request.repository, path, 'active');
  return NO_CONTENT;
}

export const ACTION_ROUTES: readonly Route[] = [
  repositoryRoute('GET', '/actions/workflows', reading('actions'), listWorkflows),
  repositoryRoute('GET', '/actions/workflows/{workflow_id}/runs', reading('actions'), listRuns),
  repositoryRoute('PUT', '/actions/workflows/{workflow_id}/enable', writing(['actions'], 'write'), enable),
];
