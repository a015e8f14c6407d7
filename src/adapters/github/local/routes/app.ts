// The App: its installations and tokens, its webhook and deliveries, and what only tells of the sender.

import { ApiError, notAccessible, notFound, unprocessable } from '../api-error.ts';
import { issueInstallationToken } from '../auth.ts';
import type { DeliveryRecord } from '../deliveries.ts';
import type { AccessLevel, Installation, Permissions } from '../entities.ts';
import { secondsIso } from '../git-store.ts';
import { appJson, installationJson, userJson } from '../render/accounts.ts';
import { repositoryJson } from '../render/repositories.ts';
import {
  type Answer,
  type ApiRequest,
  answer,
  appRoute,
  isFields,
  numberParam,
  paged,
  type Route,
  textList,
} from '../request.ts';
import { installationOn, repositoryOf, type State } from '../state.ts';

function installationParam(request: ApiRequest): Installation {
  const id = numberParam(request, 'installation_id');
  const found = [...request.state.installations.values()].find((each) => each.id === id);
  if (found === undefined) throw notFound();
  return found;
}

function createToken(request: ApiRequest): Answer {
  const { state, body } = request;
  const installation = installationParam(request);
  const names = textList(body, 'Integration', 'repositories')?.map((name) => name.toLowerCase());
  const ids = Array.isArray(body['repository_ids']) ? body['repository_ids'] : undefined;
  const reached = [...installation.repositories].map((fullName) => repositoryOf(state, fullName));
  for (const name of names ?? []) {
    if (!reached.some((each) => each.name.toLowerCase() === name))
      throw unprocessable(
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
  }
  const isWanted = (fullName: string): boolean => {
    const { id, name } = repositoryOf(state, fullName);
    return names?.includes(name.toLowerCase()) === true || ids?.includes(id) === true;
  };
  const isNarrowed = names !== undefined || ids !== undefined;
  const made = issueInstallationToken(state, installation, {
    permissions: permissionsIn(body['permissions']),
    isWanted: isNarrowed ? isWanted : null,
  });
  const json = {
    token: made.token,
    expires_at: secondsIso(made.expiresMs),
    permissions: made.permissions,
    repository_selection: 'selected',
    ...(isNarrowed
      ? {
          repositories: [...made.repositories].map((each) =>
            repositoryJson(state, repositoryOf(state, each)),
          ),
        }
      : {}),
  };
  return answer(json, 201);
}

function permissionsIn(value: unknown): Permissions | null {
  if (!isFields(value)) return null;
  const levels = Object.entries(value).map(([name, level]): [string, AccessLevel] => {
    if (level !== 'read' && level !== 'write')
      throw unprocessable('The permissions requested are not granted to this installation.');
    return [name, level];
  });
  return Object.fromEntries(levels);
}

/** Newest first; the cursor is the id of the last delivery of the page before. */
function listDeliveries(request: ApiRequest): Answer {
  const { state, query, path } = request;
  const newestFirst = [...state.deliveries.log].sort((a, b) => b.id - a.id);
  const cursor = query.get('cursor');
  const before = cursor === null ? null : Number(cursor.replace(/^v1_/, ''));
  const asked = Number(query.get('per_page') ?? '30');
  const count = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 100) : 30;
  const rest = newestFirst.filter(({ id }) => before === null || id < before);
  const page = rest.slice(0, count);
  const last = page.at(-1);
  const body = page.map(({ url: _url, request: _request, response: _response, ...item }) => item);
  if (last === undefined || rest.length <= count) return answer(body);
  const link = `<${state.apiUrl}${path}?per_page=${count}&cursor=v1_${last.id}>; rel="next"`;
  return { status: 200, body, link };
}

function deliveryParam(request: ApiRequest): DeliveryRecord {
  const id = numberParam(request, 'delivery_id');
  const found = request.state.deliveries.log.find((each) => each.id === id);
  if (found === undefined) throw notFound();
  return found;
}

function redeliver(request: ApiRequest): Answer {
  if (request.state.deliveries.redeliver(deliveryParam(request).id) === null) throw notFound();
  return answer({}, 202);
}

function installationRepositories(request: ApiRequest): Answer {
  const { state, actor } = request;
  if (actor.kind !== 'installation') throw notAccessible();
  const reached = [...(actor.repositories ?? [])].map((fullName) => repositoryOf(state, fullName));
  return paged(
    request,
    reached,
    (each) => repositoryJson(state, each),
    (repositories) => ({
      total_count: reached.length,
      repository_selection: 'selected',
      repositories,
    }),
  );
}

function repositoryInstallation({ state, params }: ApiRequest): Answer {
  const repository = repositoryOf(state, `${params['owner']}/${params['repo']}`);
  const installation = installationOn(state, repository);
  if (installation === null) throw notFound();
  return answer(installationJson(state, installation));
}

const HOOK_CONFIG = { content_type: 'json', insecure_ssl: '0', secret: '********' };

/** An App has no account of its own. */
function currentUser({ state, actor }: ApiRequest): Answer {
  if (actor.kind === 'app') throw new ApiError(401, 'A JSON web token cannot be used for this endpoint');
  if (actor.app !== null) throw notAccessible();
  return answer(publicAccount(state, actor.login));
}

function namedUser({ state, actor, params }: ApiRequest): Answer {
  if (actor.kind === 'app') throw new ApiError(401, 'A JSON web token cannot be used for this endpoint');
  const known = state.users.get((params['username'] ?? '').toLowerCase());
  if (known === undefined) throw notFound();
  return answer(publicAccount(state, known.login));
}

/** Returns a `public-user`. */
function publicAccount(state: State, login: string) {
  return {
    ...userJson(state, login),
    name: null,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  };
}

export const APP_ROUTES: readonly Route[] = [
  appRoute('GET', '/app', ({ state }) => answer(appJson(state, state.app))),
  appRoute('GET', '/app/installations', (request) =>
    paged(request, [...request.state.installations.values()], (each) =>
      installationJson(request.state, each),
    ),
  ),
  appRoute('GET', '/app/installations/{installation_id}', (request) =>
    answer(installationJson(request.state, installationParam(request))),
  ),
  appRoute('POST', '/app/installations/{installation_id}/access_tokens', createToken),
  appRoute('GET', '/app/hook/config', () => answer(HOOK_CONFIG)),
  appRoute('GET', '/app/hook/deliveries', listDeliveries),
  appRoute('GET', '/app/hook/deliveries/{delivery_id}', (request) => answer(deliveryParam(request))),
  appRoute('POST', '/app/hook/deliveries/{delivery_id}/attempts', redeliver),
  appRoute('GET', '/repos/{owner}/{repo}/installation', repositoryInstallation),
  { method: 'GET', path: '/installation/repositories', handle: installationRepositories },
  { method: 'GET', path: '/user', handle: currentUser },
  { method: 'GET', path: '/users/{username}', handle: namedUser },
];
