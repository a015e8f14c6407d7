// The GitHubActions port: which workflows there are, when their schedules started them, and when the token ends.

import { GitHubError, type Workflow, type WorkflowRun } from '../../domain/github.ts';
import { isoFromMs, msFromIso, parseInstant } from '../../domain/time.ts';
import type { GitHubActions } from '../../ports.ts';
import { ask, type OctokitLike } from './answers.ts';
import { allPages, linkOf, PER_PAGE } from './pages.ts';
import { ownerAndName, type RepositoryRef } from './repository-ref.ts';

interface OctokitActionsOptions {
  readonly octokit: OctokitLike;
  /** `owner/name`. */
  readonly fullName: string;
  /** Whether the token is a person's, which may end. Those of apps and workflows are made anew for every hour or run. */
  readonly isPersonal: boolean;
}

type ActionsRef = Pick<RepositoryRef, 'octokit' | 'at'>;

/** A run takes ten kilobytes, and rarely more than these are asked for. */
const RUNS_PER_PAGE = 30;
const RUN_PAGES_MAX = 20;

/** Returns the port over an octokit that is authenticated for the repository. */
export function octokitActions({ octokit, fullName, isPersonal }: OctokitActionsOptions): GitHubActions {
  const ref: ActionsRef = { octokit, at: ownerAndName(fullName) };
  return {
    async workflows() {
      const pages = await ask(() =>
        allPages((page) =>
          octokit.request('GET /repos/{owner}/{repo}/actions/workflows', {
            ...ref.at,
            per_page: PER_PAGE,
            page,
          }),
        ),
      );
      return pages.flatMap(({ workflows }) => workflows.map(workflowFrom));
    },
    scheduledRuns: async (workflowId, sinceMs) => await runsSince(ref, workflowId, sinceMs),
    queuedRuns: async (workflowId) => {
      const filter = { workflow_id: workflowId, status: 'queued', per_page: RUNS_PER_PAGE } as const;
      const { workflow_runs: runs } = await ask(() =>
        octokit.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
          ...ref.at,
          ...filter,
        }),
      );
      return runs.map(runFrom);
    },
    lastCommitAt: async (path) => await lastCommitAt(ref, path),
    async enableWorkflow(workflowId) {
      await ask(() =>
        octokit.request('PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/enable', {
          ...ref.at,
          workflow_id: workflowId,
        }),
      );
    },
    tokenEndsAt: async () => (isPersonal ? await tokenEndsAt(ref) : null),
  };
}

interface WorkflowJson {
  readonly id: number;
  readonly path: string;
  readonly state: string;
  readonly updated_at: string;
}

function workflowFrom({ id, path, state, updated_at: updatedAt }: WorkflowJson): Workflow {
  const known = state === 'active' || state === 'disabled_manually' || state === 'disabled_inactivity';
  return { id, path, state: known ? state : 'other', changedAt: isoFromMs(msFromIso(updatedAt)) };
}

interface RunJson {
  readonly id: number | bigint;
  readonly html_url: string;
  readonly created_at: string;
  readonly run_started_at?: string;
  readonly run_attempt?: number;
  readonly status: string | null;
  readonly conclusion: string | null;
}

/** Of a run that somebody started again, GitHub tells when it did so; the schedule had started it when it was made. */
function runFrom(json: RunJson): WorkflowRun {
  const isAgain = (json.run_attempt ?? 1) > 1;
  const startedAt = isAgain ? json.created_at : (json.run_started_at ?? json.created_at);
  const status = json.status === 'completed' || json.status === 'in_progress' ? json.status : 'waiting';
  return {
    id: Number(json.id),
    url: json.html_url,
    createdAt: isoFromMs(msFromIso(json.created_at)),
    startedAt: isoFromMs(msFromIso(startedAt)),
    status: status === 'in_progress' ? 'running' : status,
    conclusion: json.conclusion,
  };
}

/**
 * Newest first, so the walk ends at the first page that reaches back far enough. GitHub could filter by day too, but then every
 * question would be a new one, and what did not change be sent again.
 */
async function runsSince(
  { octokit, at }: ActionsRef,
  workflowId: number,
  sinceMs: number,
): Promise<readonly WorkflowRun[]> {
  const filter = { workflow_id: workflowId, event: 'schedule', per_page: RUNS_PER_PAGE };
  const found: WorkflowRun[] = [];
  for (let page = 1; page <= RUN_PAGES_MAX; page += 1) {
    const { runs, isLast } = await ask(async () => {
      const { data, headers } = await octokit.request(
        'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
        { ...at, ...filter, page },
      );
      const next = linkOf(headers.link, 'next');
      return { data: { runs: data.workflow_runs.map(runFrom), isLast: next === null } };
    });
    const recent = runs.filter(({ createdAt }) => msFromIso(createdAt) >= sinceMs);
    found.push(...recent);
    if (isLast || recent.length < runs.length) break;
  }
  return found;
}

/** A repository without a commit refuses to list them. */
async function lastCommitAt({ octokit, at }: ActionsRef, path: string | null): Promise<string | null> {
  try {
    const [newest] = await ask(() =>
      octokit.request('GET /repos/{owner}/{repo}/commits', {
        ...at,
        ...(path === null ? {} : { path }),
        per_page: 1,
      }),
    );
    const date = newest?.commit.committer?.date;
    return date === undefined ? null : isoFromMs(msFromIso(date));
  } catch (error) {
    if (error instanceof GitHubError && error.status === 409) return null;
    throw error;
  }
}

/** GitHub writes `2026-12-31 18:46:02 UTC`, or the offset of the person in place of UTC. */
async function tokenEndsAt({ octokit, at }: ActionsRef): Promise<string | null> {
  const header = await ask(async () => {
    const { headers } = await octokit.request('GET /repos/{owner}/{repo}', at);
    return { data: headers['github-authentication-token-expiration'] };
  });
  if (header === undefined) return null;
  const read = parseInstant(
    String(header)
      .replace(/ UTC$/, 'Z')
      .replace(/ (?=[+-]\d{4}$)/, ''),
  );
  return read.ok ? isoFromMs(read.value) : null;
}
