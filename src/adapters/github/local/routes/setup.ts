// How a repository is set up: its secrets by name, rules and protection of branches, environments, and what workflows may do.

import { ApiError, notFound } from '../api-error.ts';
import type { BranchProtection } from '../entities.ts';
import { readRef } from '../git-objects.ts';
import { secondsIso } from '../git-store.ts';
import { userJson } from '../render/accounts.ts';
import { repositoryPage, repositoryUrl } from '../render/repositories.ts';
import {
  type Answer,
  answer,
  type Needs,
  paged,
  type RepositoryRequest,
  type Route,
  reading,
  repositoryRoute,
} from '../request.ts';
import { userOf } from '../state.ts';

function listSecrets(request: RepositoryRequest, names: ReadonlySet<string>): Answer {
  const madeAt = secondsIso(request.repository.createdMs);
  const render = (name: string) => ({ name, created_at: madeAt, updated_at: madeAt });
  return paged(request, [...names].sort(), render, (secrets) => ({ total_count: names.size, secrets }));
}

/** Rules apply to a branch whether or not there is one of that name. */
function listRules(request: RepositoryRequest): Answer {
  const { repository, params } = request;
  const rules = repository.setup.rules.filter(({ branch }) => branch === params['branch']);
  return paged(request, rules, ({ type, parameters }) => ({
    type,
    ...(parameters === undefined ? {} : { parameters }),
    ruleset_source_type: 'Repository',
    ruleset_source: repository.fullName,
    ruleset_id: 1,
  }));
}

function getProtection({ state, repository, params }: RepositoryRequest): Answer {
  const name = params['branch'] ?? '';
  if (readRef(repository.git, `refs/heads/${name}`) === null) throw notFound();
  const protection = repository.setup.protection.get(name);
  if (protection === undefined) throw new ApiError(404, 'Branch not protected');
  return answer(
    protectionJson(protection, `${repositoryUrl(state, repository)}/branches/${name}/protection`),
  );
}

function protectionJson({ reviews, checks, isLocked }: BranchProtection, url: string) {
  return {
    url,
    ...(checks.length === 0
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: false,
            contexts: checks,
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: checks.map((context) => ({ context, app_id: null })),
          },
        }),
    ...(reviews === null
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: true,
            require_code_owner_reviews: reviews.codeOwners,
            require_last_push_approval: false,
            required_approving_review_count: reviews.approvals,
          },
        }),
    lock_branch: { enabled: isLocked },
  };
}

function listEnvironments(request: RepositoryRequest): Answer {
  const { state, repository } = request;
  const all = [...repository.setup.environments];
  const madeAt = secondsIso(repository.createdMs);
  return paged(
    request,
    all,
    ([name, reviewers]) => ({
      id: repository.id,
      node_id: `EN_${name}`,
      name,
      url: `${repositoryUrl(state, repository)}/environments/${name}`,
      html_url: `${repositoryPage(repository)}/deployments/activity_log?environments_filter=${name}`,
      created_at: madeAt,
      updated_at: madeAt,
      protection_rules: reviewers.length === 0 ? [] : [reviewersJson(request, reviewers)],
      deployment_branch_policy: null,
    }),
    (environments) => ({ total_count: all.length, environments }),
  );
}

function reviewersJson({ state }: RepositoryRequest, logins: readonly string[]) {
  return {
    id: 1,
    node_id: 'GA_1',
    prevent_self_review: false,
    type: 'required_reviewers',
    reviewers: logins.map((login) => ({
      type: 'User',
      reviewer: userJson(state, userOf(state, login).login),
    })),
  };
}

function getWorkflowPermissions({ repository }: RepositoryRequest): Answer {
  return answer({
    default_workflow_permissions: 'read',
    can_approve_pull_request_reviews: repository.setup.mayActionsOpenPulls,
  });
}

const SECRETS: Needs = { anyOf: ['secrets'], level: 'read', role: 'write' };
const ADMINISTRATION: Needs = { anyOf: ['administration'], level: 'read', role: 'admin' };

export const SETUP_ROUTES: readonly Route[] = [
  repositoryRoute('GET', '/actions/secrets', SECRETS, (request) =>
    listSecrets(request, request.repository.setup.secrets),
  ),
  repositoryRoute('GET', '/actions/organization-secrets', SECRETS, (request) =>
    listSecrets(request, request.repository.setup.lentSecrets),
  ),
  repositoryRoute('GET', '/actions/permissions/workflow', ADMINISTRATION, getWorkflowPermissions),
  repositoryRoute('GET', '/rules/branches/{branch}', reading('metadata'), listRules),
  repositoryRoute('GET', '/branches/{branch}/protection', ADMINISTRATION, getProtection),
  repositoryRoute('GET', '/environments', reading('actions'), listEnvironments),
];
