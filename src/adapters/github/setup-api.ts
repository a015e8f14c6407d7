// The GitHubSetup port: how a repository is set up, read with whatever the token may see, and said to be unknown where it may not.

import { type BranchRules, type DeploymentEnvironment, GitHubError } from '../../domain/github.ts';
import type { GitHubSetup } from '../../ports.ts';
import { ask, askOrNull, isRefusal, type OctokitLike } from './answers.ts';
import { allPages, PER_PAGE } from './pages.ts';
import { ownerAndName, type RepositoryRef } from './repository-ref.ts';

type SetupRef = Pick<RepositoryRef, 'octokit' | 'at'>;

/** Returns the port over an octokit that is authenticated for the repository. It only reads. */
export function octokitSetup(options: {
  readonly octokit: OctokitLike;
  /** `owner/name`. */
  readonly fullName: string;
}): GitHubSetup {
  const ref: SetupRef = { octokit: options.octokit, at: ownerAndName(options.fullName) };
  return {
    secretNames: async () => await asFarAsSeen(async () => await secretNamesOf(ref)),
    branchRules: async (branch) => await asFarAsSeen(async () => await rulesOf(ref, branch)),
    mayActionsOpenPulls: async () => await asFarAsSeen(async () => await mayActionsOpenPulls(ref)),
    environments: async () => await asFarAsSeen(async () => await environmentsOf(ref)),
  };
}

/** GitHub hides what a token may not see as if it were not there. */
async function asFarAsSeen<T>(look: () => Promise<T>): Promise<T | 'unknown'> {
  try {
    return await look();
  } catch (error) {
    if (isHidden(error)) return 'unknown';
    throw error;
  }
}

function isHidden(error: unknown): boolean {
  return error instanceof GitHubError && (error.kind === 'forbidden' || error.kind === 'missing');
}

/** The repository's own, and those its organisation lends it; a repository of a person has no such list. */
async function secretNamesOf({ octokit, at }: SetupRef): Promise<readonly string[]> {
  const own = await ask(() =>
    allPages((page) =>
      octokit.request('GET /repos/{owner}/{repo}/actions/secrets', { ...at, per_page: PER_PAGE, page }),
    ),
  );
  const lent = await askOrNull(() =>
    allPages((page) =>
      octokit.request('GET /repos/{owner}/{repo}/actions/organization-secrets', {
        ...at,
        per_page: PER_PAGE,
        page,
      }),
    ),
  );
  const names = [...own, ...(lent ?? [])].flatMap(({ secrets }) => secrets.map(({ name }) => name));
  return [...new Set(names)].sort();
}

/** Says of a private repository whose plan has neither rules nor protection. */
const NOT_IN_PLAN = /upgrade to github|make this repository public/i;

async function rulesOf(ref: SetupRef, branch: string): Promise<BranchRules> {
  const newer = await newerRules(ref, branch);
  const older = await olderProtection(ref, branch);
  const barriers = new Set([...newer.refusesPushes, ...(older?.refusesPushes ?? [])]);
  return {
    needsPullRequest: newer.needsPullRequest || older?.needsPullRequest === true,
    approvals: Math.max(newer.approvals, older?.approvals ?? 0),
    needsCodeOwners: newer.needsCodeOwners || older?.needsCodeOwners === true,
    requiredChecks: [...new Set([...newer.requiredChecks, ...(older?.requiredChecks ?? [])])].sort(),
    refusesPushes: [...barriers].sort(),
    isWhole: older !== null,
  };
}

type Part = Omit<BranchRules, 'isWhole'>;

const NOTHING: Part = {
  needsPullRequest: false,
  approvals: 0,
  needsCodeOwners: false,
  requiredChecks: [],
  refusesPushes: [],
};

/** Types of rules, beside that of pull requests, under which a plain push of a commit may be refused. */
const REFUSE_PUSHES: readonly string[] = [
  'creation',
  'update',
  'required_deployments',
  'required_signatures',
  'required_status_checks',
  'merge_queue',
  'workflows',
  'code_scanning',
];

/** Of rulesets, which everybody sees who sees the repository. */
async function newerRules({ octokit, at }: SetupRef, branch: string): Promise<Part> {
  try {
    const pages = await ask(() =>
      allPages((page) =>
        octokit.request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
          ...at,
          branch,
          per_page: PER_PAGE,
          page,
        }),
      ),
    );
    const rules = pages.flat();
    const reviews = rules.flatMap((rule) => (rule.type === 'pull_request' ? [rule.parameters] : []));
    const checks = rules.flatMap((rule) =>
      rule.type === 'required_status_checks' ? (rule.parameters?.required_status_checks ?? []) : [],
    );
    return {
      needsPullRequest: reviews.length > 0,
      approvals: Math.max(0, ...reviews.map((each) => each?.required_approving_review_count ?? 0)),
      needsCodeOwners: reviews.some((each) => each?.require_code_owner_review === true),
      requiredChecks: checks.map(({ context }) => context),
      refusesPushes: rules.map(({ type }) => type).filter((type) => REFUSE_PUSHES.includes(type)),
    };
  } catch (error) {
    if (isRefusal(error, 403, NOT_IN_PLAN)) return NOTHING;
    throw error;
  }
}

/** Of protection in the older way, which only admins see; `null` where it is not known. */
async function olderProtection({ octokit, at }: SetupRef, branch: string): Promise<Part | null> {
  try {
    const found = await askOrNull(() =>
      octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', { ...at, branch }),
    );
    if (found === null) return null;
    if (!found.protected) return NOTHING;
    const json = await ask(() =>
      octokit.request('GET /repos/{owner}/{repo}/branches/{branch}/protection', { ...at, branch }),
    );
    const reviews = json.required_pull_request_reviews;
    const barriers = {
      required_status_checks: json.required_status_checks !== undefined,
      required_signatures: json.required_signatures?.enabled === true,
      restrictions: json.restrictions !== undefined,
      lock_branch: json.lock_branch?.enabled === true,
    };
    return {
      needsPullRequest: reviews !== undefined,
      approvals: reviews?.required_approving_review_count ?? 0,
      needsCodeOwners: reviews?.require_code_owner_reviews === true,
      requiredChecks: json.required_status_checks?.contexts ?? [],
      refusesPushes: Object.entries(barriers).flatMap(([name, isSet]) => (isSet ? [name] : [])),
    };
  } catch (error) {
    if (isRefusal(error, 404, /branch not protected/i) || isRefusal(error, 403, NOT_IN_PLAN)) return NOTHING;
    if (isHidden(error)) return null;
    throw error;
  }
}

async function mayActionsOpenPulls({ octokit, at }: SetupRef): Promise<boolean> {
  const json = await ask(() => octokit.request('GET /repos/{owner}/{repo}/actions/permissions/workflow', at));
  return json.can_approve_pull_request_reviews;
}

async function environmentsOf({ octokit, at }: SetupRef): Promise<readonly DeploymentEnvironment[]> {
  const pages = await ask(() =>
    allPages((page) =>
      octokit.request('GET /repos/{owner}/{repo}/environments', { ...at, per_page: PER_PAGE, page }),
    ),
  );
  return pages
    .flatMap(({ environments = [] }) => environments)
    .map(({ name, protection_rules: rules = [] }) => ({
      name,
      needsApproval: rules.some((rule) => 'reviewers' in rule && (rule.reviewers?.length ?? 0) > 0),
    }));
}
