// A request to the local GitHub, the routes that answer it, and what they need from whom.

import { ApiError, invalid, notAccessible, notFound } from './api-error.ts';
import { includesLevel } from './auth.ts';
import type { AccessLevel, Actor, App, Repository, Role } from './entities.ts';
import { isAtLeast, repositoryOf, roleOf, type State } from './state.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface ApiRequest {
  readonly state: State;
  readonly actor: Actor;
  /** What stands in the path for `{owner}` and the like, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The path without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Fields;
}

export interface RepositoryRequest extends ApiRequest {
  readonly repository: Repository;
}

export interface Answer {
  readonly status: number;
  /** JSON, or `undefined` of an answer without a body. */
  readonly body: unknown;
  readonly link?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As GitHub's OpenAPI writes it, `/repos/{owner}/{repo}`. */
  readonly path: string;
  readonly handle: (request: ApiRequest) => Answer;
}

/** What a request to a repository takes: one of the permissions of an App, or the role of a person. */
export interface Needs {
  readonly anyOf: readonly string[];
  readonly level: AccessLevel;
  readonly role: Role;
}

/** Reading: any of the permissions, or the role `read`. */
export function reading(...anyOf: readonly string[]): Needs {
  return { anyOf, level: 'read', role: 'read' };
}

/** Writing: any of the permissions, or `role`. */
export function writing(anyOf: readonly string[], role: Role): Needs {
  return { anyOf, level: 'write', role };
}

/** Returns a route below `/repos/{owner}/{repo}` that first sees to it that the sender may. */
export function repositoryRoute(
  method: Route['method'],
  path: string,
  needs: Needs,
  handle: (request: RepositoryRequest) => Answer,
): Route {
  return {
    method,
    path: `/repos/{owner}/{repo}${path}`,
    handle: (request) => handle({ ...request, repository: admitted(request, needs) }),
  };
}

function admitted({ state, actor, params }: ApiRequest, needs: Needs): Repository {
  const repository = repositoryOf(state, `${params['owner']}/${params['repo']}`);
  checkAccess(repository, actor, needs);
  return repository;
}

/**
 * Throws unless the actor may. Public repositories are stricter than on GitHub: a token of an App needs the permission for reading
 * too, so that a permission that is missing shows before the repository is made private.
 */
export function checkAccess(repository: Repository, actor: Actor, needs: Needs): void {
  if (actor.kind === 'app') throw new ApiError(401, 'A JSON web token cannot be used for this endpoint');
  if (repository.archived && needs.level === 'write')
    throw new ApiError(403, 'Repository was archived so is read-only.');
  if (actor.permissions === null) {
    const role = roleOf(repository, actor.login);
    if (!isAtLeast(role, 'read')) throw notFound();
    if (!isAtLeast(role, needs.role)) throw new ApiError(403, REFUSALS[needs.role]);
    return;
  }
  if (actor.repositories?.has(repository.fullName) === false) {
    if (repository.private) throw notFound();
    throw notAccessible();
  }
  const granted = actor.permissions;
  if (!needs.anyOf.some((name) => includesLevel(granted[name], needs.level))) throw notAccessible();
}

const REFUSALS: Readonly<Record<Role, string>> = {
  admin: 'Must have admin rights to Repository.',
  maintain: 'Must have maintain access to Repository.',
  write: 'Must have push access to repository',
  triage: 'Must have triage access to repository',
  read: 'Must have read access to repository',
  none: 'Must have read access to repository',
};

/** Returns a route for the App itself, which proves who it is by a JSON Web Token. */
export function appRoute(
  method: Route['method'],
  path: string,
  handle: (request: ApiRequest) => Answer,
): Route {
  const admitApp = (request: ApiRequest): Answer => {
    if (request.actor.kind !== 'app') throw new ApiError(401, 'A JSON web token could not be decoded');
    return handle(request);
  };
  return { method, path, handle: admitApp };
}

/** Returns the App behind the actor; throws where a person asks for what only Apps may do. */
export function appBehind(actor: Actor): Actor & { readonly app: App } {
  if (actor.app === null) throw new ApiError(403, 'You must authenticate via a GitHub App.');
  return { ...actor, app: actor.app };
}

/** Returns a number of the path. */
export function numberParam({ params }: ApiRequest, name: string): number {
  return Number(params[name]);
}

export function answer(body: unknown, status = 200): Answer {
  return { status, body };
}

export const NO_CONTENT: Answer = { status: 204, body: undefined };

const PER_PAGE = 30;
const PER_PAGE_MAX = 100;

/** Returns a page of a list: `per_page` (30, at most 100) and `page`, with links to the others. */
export function paged<T>(
  request: ApiRequest,
  items: readonly T[],
  render: (item: T) => unknown,
  wrap: (page: readonly unknown[]) => unknown = (page) => page,
): Answer {
  const perPage = Math.min(countOf(request.query.get('per_page'), PER_PAGE), PER_PAGE_MAX);
  const page = countOf(request.query.get('page'), 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const body = wrap(items.slice((page - 1) * perPage, page * perPage).map(render));
  const links = [
    ...(page > 1 ? [linkTo(request, page - 1, 'prev')] : []),
    ...(page < last ? [linkTo(request, page + 1, 'next'), linkTo(request, last, 'last')] : []),
    ...(page > 1 ? [linkTo(request, 1, 'first')] : []),
  ];
  return links.length === 0 ? { status: 200, body } : { status: 200, body, link: links.join(', ') };
}

/** A count of a query; what is no positive number is the default, as on GitHub. */
function countOf(text: string | null, otherwise: number): number {
  const count = Number(text ?? otherwise);
  return Number.isInteger(count) && count > 0 ? count : otherwise;
}

function linkTo({ state, path, query }: ApiRequest, page: number, rel: string): string {
  const to = new URLSearchParams(query);
  to.set('page', String(page));
  return `<${state.apiUrl}${path}?${to.toString()}>; rel="${rel}"`;
}

/** Returns a text of the body; 422 where it is missing or no text. */
export function textField(body: Fields, resource: string, name: string): string {
  const value = body[name];
  if (value === undefined || value === null) throw invalid(resource, name, 'missing_field');
  if (typeof value !== 'string') throw invalid(resource, name, 'invalid');
  return value;
}

/** Returns a text of the body, or `undefined` where it is missing; 422 where it is no text. */
export function optionalText(body: Fields, resource: string, name: string): string | undefined {
  return body[name] === undefined || body[name] === null ? undefined : textField(body, resource, name);
}

/** Returns a text of the body where `null` empties it, and `undefined` where it is missing. */
export function nullableText(body: Fields, resource: string, name: string): string | null | undefined {
  return body[name] === null ? null : optionalText(body, resource, name);
}

/** Returns a list of texts of the body, or `undefined`; labels may also be objects with a name. */
export function textList(body: Fields, resource: string, name: string): readonly string[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw invalid(resource, name, 'invalid');
  return value.map((each: unknown) => {
    const text = isFields(each) ? each['name'] : each;
    if (typeof text !== 'string') throw invalid(resource, name, 'invalid');
    return text;
  });
}

/** Returns whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
