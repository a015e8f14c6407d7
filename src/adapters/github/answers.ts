// What GitHub answered where it did not do what was asked: told apart, and said in one sentence with the next step.

import type { Octokit } from '@octokit/rest';
import { GitHubError } from '../../domain/github.ts';
import { permissionFor } from './permissions.ts';

/** What the adapter needs of an octokit, of whichever making. */
export type OctokitLike = Pick<Octokit, 'request' | 'graphql' | 'hook'>;

/** An error of octokit. Without a `response` nothing came back, whatever its `status` says. */
export interface RequestFault extends Error {
  readonly status: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    readonly data: unknown;
  };
}

export function isRequestFault(error: unknown): error is RequestFault {
  return error instanceof Error && 'status' in error && 'request' in error;
}

/**
 * Returns an answer that came whole. Of one that breaks off, octokit gives the part that came as a text, with status 200.
 *
 * @throws RequestFault without a response: what was asked for may have been done.
 */
export function whole<
  T extends { readonly headers: { readonly 'content-type'?: string }; readonly data: unknown },
>(answer: T, { method, url }: RequestFault['request']): T {
  const isJson = /\bjson\b/.test(answer.headers['content-type'] ?? '');
  if (!isJson || typeof answer.data !== 'string') return answer;
  const fault = { status: 500, request: { method, url } };
  throw Object.assign(new Error('the answer broke off'), fault);
}

/** Returns the HTTP status, or `null` where nothing came back. */
export function statusOf(fault: RequestFault): number | null {
  return fault.response?.status ?? null;
}

/** Whether GitHub refused for now only, because of one of its limits. */
export function isLimited(fault: RequestFault): boolean {
  const status = statusOf(fault);
  if (status === 429) return true;
  if (status !== 403) return false;
  const headers = fault.response?.headers ?? {};
  return (
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    /rate limit|abuse detection/i.test(wordsOf(fault))
  );
}

/** Returns the data of an answer. Errors of octokit become errors of the port. */
export async function ask<T>(run: () => Promise<{ readonly data: T }>): Promise<T> {
  try {
    return (await run()).data;
  } catch (error) {
    throw gitHubErrorOf(error);
  }
}

/** Returns the data of an answer, or `null` where GitHub knows no such thing. */
export async function askOrNull<T>(run: () => Promise<{ readonly data: T }>): Promise<T | null> {
  try {
    return await ask(run);
  } catch (error) {
    if (error instanceof GitHubError && (error.status === 404 || error.status === 410)) return null;
    throw error;
  }
}

/** Whether GitHub refused with this status, and in words that match. */
export function isRefusal(error: unknown, status: number, words: RegExp): error is GitHubError {
  return error instanceof GitHubError && error.status === status && words.test(error.message);
}

/** Returns the error of the port that an error of octokit stands for; any other error as it is. */
function gitHubErrorOf(error: unknown): unknown {
  if (error instanceof GitHubError || !isRequestFault(error)) return error;
  const status = statusOf(error);
  const { method, url } = error.request;
  const path = pathOf(url);
  const answered = status === null ? 'got no answer' : `answered ${status}`;
  const message = `${method} ${path} ${answered}: ${wordsOf(error)}; ${nextStepOf(error, permissionFor(method, path))}`;
  return new GitHubError(kindOf(error), status, message, { cause: error });
}

function kindOf(fault: RequestFault): GitHubError['kind'] {
  const status = statusOf(fault);
  if (status === null || status >= 500 || isLimited(fault)) return 'unavailable';
  if (status === 401 || status === 403) return 'forbidden';
  return status === 404 ? 'missing' : 'refused';
}

function nextStepOf(fault: RequestFault, permission: string): string {
  const status = statusOf(fault);
  if (status === null) return 'check the network; the next run tries again';
  if (status >= 500) return 'GitHub has a fault; the next run tries again';
  if (isLimited(fault)) return 'too much was asked of GitHub; the next run goes on';
  const known = STEPS.find(([words]) => words.test(wordsOf(fault)));
  if (known !== undefined) return known[1];
  if (status === 401) return 'check that the token is whole and has not expired';
  if (status === 403) return `give the app or the token the permission ${permission}${alsoFor(fault)}`;
  if (status === 404) return `check the name, and that the app or the token has the permission ${permission}`;
  return 'nothing was changed by this request';
}

/** A branch that takes over a changed workflow needs one more, which GitHub does not always name. */
function alsoFor({ request: { method, url } }: RequestFault): string {
  return method === 'PATCH' && url.includes('/git/refs/')
    ? '; where it has that, the default branch has changed a workflow since, which takes workflows: write'
    : '';
}

/** Refusals that no permission of {@link permissionFor} mends, by GitHub's words. */
const STEPS: readonly (readonly [words: RegExp, step: string])[] = [
  [
    /not permitted to create or approve pull requests/i,
    'turn on "Allow GitHub Actions to create and approve pull requests" in Settings, Actions, General of the repository, or of its organisation first',
  ],
  [
    /create or update workflow/i,
    "a workflow on the default branch has changed since; give the app the permission workflows: write, which a workflow's own token cannot have",
  ],
  [
    /issues\b.*\bdisabled/i,
    'turn on Issues in Settings, General of the repository, or set github.dashboard to false in config/warden.yaml',
  ],
];

/** GitHub's own words, with those about each field. */
function wordsOf({ message, response }: RequestFault): string {
  const data = response?.data;
  if (typeof data !== 'object' || data === null || !('message' in data)) return clipped(message);
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors.map(fieldWords) : [];
  const said = [String(data.message), ...errors].filter((words) => words !== '');
  return clipped([...new Set(said)].join(', '));
}

function fieldWords(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return '';
  if ('message' in error && typeof error.message === 'string') return error.message;
  const field = 'field' in error ? String(error.field) : 'a field';
  return 'code' in error ? `${field}: ${String(error.code)}` : '';
}

const WORDS_CHARS_MAX = 300;

/** A proxy may answer with a whole page. */
function clipped(words: string): string {
  const line = words.replaceAll(/\s+/g, ' ').trim();
  return line.length > WORDS_CHARS_MAX ? `${line.slice(0, WORDS_CHARS_MAX)}…` : line;
}

/** Without the host, the base and the query: `/repos/o/r/git/refs/heads/x`. */
function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.replace(/^\/api\/v3(?=\/)/, '').replaceAll(/%2f/gi, '/');
}
