// Workflows and their runs as GitHub's JSON.

import type { ActionRun, ActionWorkflow, Repository } from '../entities.ts';
import { readRef } from '../git-objects.ts';
import { readCommit, secondsIso } from '../git-store.ts';
import type { State } from '../state.ts';
import { nodeId, userJson } from './accounts.ts';
import { simpleCommitJson } from './commits.ts';
import { repositoryJson, repositoryPage, repositoryUrl } from './repositories.ts';

/** Returns a `workflow`. */
export function workflowJson(state: State, repository: Repository, workflow: ActionWorkflow) {
  const { id, path } = workflow;
  const file = fileOf(path);
  return {
    ...{ id, path, state: workflow.state },
    node_id: nodeId('W', id),
    name: nameOf(path),
    created_at: secondsIso(workflow.createdMs),
    updated_at: secondsIso(workflow.updatedMs),
    url: `${repositoryUrl(state, repository)}/actions/workflows/${id}`,
    html_url: `${repositoryPage(repository)}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${repositoryPage(repository)}/actions/workflows/${file}/badge.svg`,
  };
}

/** Returns a `workflow-run`. Its head is that of the default branch, as of every run by schedule. */
export function actionRunJson(
  state: State,
  repository: Repository,
  run: ActionRun,
  { id: workflowId, path }: ActionWorkflow,
) {
  const branch = repository.defaultBranch;
  const sha = readRef(repository.git, `refs/heads/${branch}`) ?? '';
  const commit = readCommit(repository.git, sha);
  const url = `${repositoryUrl(state, repository)}/actions/runs/${run.id}`;
  const owner = userJson(state, repository.owner);
  const minimal = repositoryJson(state, repository);
  return {
    ...{ id: run.id, node_id: nodeId('WFR', run.id), name: nameOf(path), display_title: nameOf(path) },
    ...{ head_branch: branch, head_sha: sha, path, event: run.event },
    ...{ run_number: run.number, run_attempt: run.attempt, status: run.status, conclusion: run.conclusion },
    ...{ workflow_id: workflowId, url, html_url: `${repositoryPage(repository)}/actions/runs/${run.id}` },
    created_at: secondsIso(run.createdMs),
    updated_at: secondsIso(run.startedMs),
    run_started_at: secondsIso(run.startedMs),
    pull_requests: [],
    referenced_workflows: [],
    ...{ actor: owner, triggering_actor: owner },
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryUrl(state, repository)}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${repositoryUrl(state, repository)}/actions/workflows/${workflowId}`,
    head_commit: commit === null ? null : simpleCommitJson(commit),
    ...{ repository: minimal, head_repository: minimal },
  };
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What Warden's workflows call themselves; GitHub shows what the file says. */
function nameOf(path: string): string {
  return fileOf(path).replace(/\.ya?ml$/, '');
}
