// Check runs, suites and annotations as GitHub's JSON.

import type { Annotation, CheckRun, CheckSuite, Repository } from '../entities.ts';
import { readCommit, secondsIso } from '../git-store.ts';
import { pullsOf, type State } from '../state.ts';
import { appJson, nodeId } from './accounts.ts';
import { simpleCommitJson } from './commits.ts';
import { maybeIso } from './issues.ts';
import { minimalPullJson } from './pulls.ts';
import { repositoryJson, repositoryPage, repositoryUrl } from './repositories.ts';

/** Open pull requests of a commit; GitHub leaves out those of forks. */
function pullsAt(state: State, repository: Repository, sha: string) {
  return pullsOf(repository)
    .filter((issue) => issue.state === 'open' && issue.pull.headSha === sha)
    .filter((issue) => issue.pull.headRepo === repository.fullName)
    .map((issue) => minimalPullJson(state, repository, issue));
}

/** Returns a `check-run`. */
export function checkRunJson(state: State, repository: Repository, run: CheckRun) {
  const url = `${repositoryUrl(state, repository)}/check-runs/${run.id}`;
  const page = `${repositoryPage(repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CR', run.id),
    head_sha: run.headSha,
    external_id: run.externalId ?? '',
    url,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: maybeIso(run.startedMs),
    completed_at: maybeIso(run.completedMs),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appJson(state, run.app),
    pull_requests: pullsAt(state, repository, run.headSha),
  };
}

/** Returns the state of a suite, which is that of its runs together. */
function suiteOutcome(runs: readonly CheckRun[]): { status: string; conclusion: string | null } {
  if (runs.length === 0) return { status: 'queued', conclusion: null };
  if (runs.some((run) => run.status !== 'completed')) return { status: 'in_progress', conclusion: null };
  const worst = ['failure', 'timed_out', 'cancelled', 'action_required', 'success', 'neutral', 'skipped'];
  const conclusion = worst.find((each) => runs.some((run) => run.conclusion === each));
  return { status: 'completed', conclusion: conclusion ?? null };
}

/** Returns a `check-suite`. */
export function checkSuiteJson(state: State, repository: Repository, suite: CheckSuite) {
  const url = `${repositoryUrl(state, repository)}/check-suites/${suite.id}`;
  const runs = [...repository.checkRuns.values()].filter(({ suiteId }) => suiteId === suite.id);
  const commit = readCommit(repository.git, suite.headSha);
  return {
    id: suite.id,
    node_id: nodeId('CS', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteOutcome(runs),
    url,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullsAt(state, repository, suite.headSha),
    app: appJson(state, suite.app),
    repository: repositoryJson(state, repository),
    created_at: secondsIso(suite.createdMs),
    updated_at: secondsIso(suite.updatedMs),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
    head_commit: commit === null ? null : simpleCommitJson(commit),
  };
}

/** Returns a `check-annotation`. */
export function annotationJson(repository: Repository, run: CheckRun, annotation: Annotation) {
  const blob = `${repositoryPage(repository)}/blob/${run.headSha}/${annotation.path}`;
  return { ...annotation, blob_href: blob };
}
