// Patience with GitHub: what it refused for now is asked again when it says, within bounds, and writes go one after the other.
// docs/adr/0014-retries.md says why this is not a plugin.

import { MINUTE_MS } from '../../domain/time.ts';
import type { Log } from '../../ports.ts';
import {
  isLimited,
  isRequestFault,
  type OctokitLike,
  type RequestFault,
  statusOf,
  whole,
} from './answers.ts';
import { creationSpacing, oneAfterTheOther, type Waits, waitsOf } from './waits.ts';

export interface RetryOptions {
  sleep(ms: number): Promise<unknown>;
  nowMs(): number;
  /** Uniform in `[0, 1)`: spreads the retries of jobs that were refused at the same moment. */
  random(): number;
  readonly log: Log;
  /** How long an answer may take; later it counts as none. Default: 30 s. */
  readonly answerMs?: number;
}

/** What patience has cost this client so far. */
export interface RetryCounts {
  /** Requests that were sent again. */
  readonly retries: number;
  /** Time that was waited before them, and between writes. */
  readonly waitedMs: number;
}

/**
 * What GitHub says of a pull request that it made a moment ago. Of a team it says the same where the app may not see it, which no
 * waiting mends: the ids of teams begin so, the older ones in base64.
 */
const NOT_KNOWN_YET = /could not resolve to a node(?! with the global id of '(T_|MDQ6VGVhb))/i;
/** How often a request is sent again at most. */
const RETRIES_MAX = 3;
/** How long one request waits at most, all its retries together. */
const REQUEST_WAIT_MAX_MS = 5 * MINUTE_MS;
const FAULT_WAIT_MS = 1_000;
/** GitHub asks for a minute at least where it does not say how long. */
const LIMIT_WAIT_MS = MINUTE_MS;
const ANSWER_MS = 30_000;

/** Of a request before its route is filled in: `url` is `/repos/{owner}/{repo}/pulls`. */
interface RequestOptions {
  readonly method: string;
  readonly url: string;
  /** Of a check run. */
  readonly output?: unknown;
}

/**
 * Makes an octokit patient. What GitHub refused, because of a limit or because it does not know yet what it was just told, is
 * repeated whatever it is. What failed with an unknown outcome is repeated only where doing it twice is doing it once.
 *
 * @returns the counts, which grow as requests are made.
 */
export function withRetries(
  octokit: Pick<OctokitLike, 'hook' | 'request'>,
  options: RetryOptions,
): RetryCounts {
  const waits = waitsOf(options);
  const space = creationSpacing(waits);
  const inTurn = oneAfterTheOther();
  octokit.hook.wrap('request', async (request, sent) => {
    const send = async () => {
      if (isCreation(sent)) await space();
      // Set on the options themselves: what is passed on reaches no further than the next hook.
      sent.request = { ...sent.request, signal: AbortSignal.timeout(options.answerMs ?? ANSWER_MS) };
      return whole(await request(sent), sent);
    };
    const attempt = () => patiently(send, sent, waits, options);
    return isRead(sent) || isLogin(sent.url) ? await attempt() : await inTurn(attempt);
  });
  return waits.counts;
}

async function patiently<T>(
  send: () => Promise<T>,
  sent: RequestOptions,
  waits: Waits,
  options: RetryOptions,
): Promise<T> {
  let waitedMs = 0;
  for (let retries = 0; ; retries += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isRequestFault(error) || retries >= RETRIES_MAX) throw error;
      const waitMs = waitBefore(error, retries, sent, options);
      if (waitMs === null) throw error;
      const leftMs = Math.min(REQUEST_WAIT_MAX_MS - waitedMs, waits.leftInHourMs());
      if (waitMs > leftMs) {
        options.log.warn(
          `${what(sent)} is given up: ${reason(error)}, and ${seconds(waitMs)} are too long to wait`,
        );
        throw error;
      }
      options.log.warn(`${what(sent)} is sent again in ${seconds(waitMs)}: ${reason(error)}`);
      await waits.retryAfter(waitMs);
      waitedMs += waitMs;
    }
  }
}

/** Returns how long to wait before the same request may be sent again, or `null` where it must not be. */
function waitBefore(
  fault: RequestFault,
  retries: number,
  sent: RequestOptions,
  { nowMs, random }: RetryOptions,
): number | null {
  if (isLogin(fault.request.url) && !isLogin(sent.url)) return null;
  const spread = 1 + 0.25 * random();
  if (isLimited(fault)) {
    const asked = askedWaitMs(fault, nowMs());
    return asked === null ? LIMIT_WAIT_MS * 2 ** retries * spread : asked + 1_000 * random();
  }
  const status = statusOf(fault);
  const isNotKnownYet = status === 422 && NOT_KNOWN_YET.test(fault.message);
  const isFault = status === null || [500, 502, 503, 504].includes(status);
  if (!isNotKnownYet && !(isFault && isRepeatable(sent))) return null;
  return FAULT_WAIT_MS * 2 ** retries * spread;
}

/** Returns what GitHub asks for: `Retry-After`, else until its limit starts anew, or `null` where it does not say. */
function askedWaitMs({ response }: RequestFault, nowMs: number): number | null {
  const headers = response?.headers ?? {};
  const after = headers['retry-after'];
  if (after !== undefined) {
    const waitMs = /^\d+$/.test(String(after)) ? Number(after) * 1000 : Date.parse(String(after)) - nowMs;
    return Number.isFinite(waitMs) ? Math.max(0, waitMs) : null;
  }
  if (String(headers['x-ratelimit-remaining']) !== '0') return null;
  const resetMs = Number(headers['x-ratelimit-reset']) * 1000;
  return Number.isFinite(resetMs) ? Math.max(1_000, resetMs - nowMs) : null;
}

function isRead({ method }: RequestOptions): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** What GitHub's limit on creations is about: what people see. Objects of git, tokens and what GraphQL is used for are not. */
function isCreation({ method, url }: RequestOptions): boolean {
  return method === 'POST' && !isLogin(url) && !/\/(git\/(blobs|trees|commits)|graphql)$/.test(url);
}

/**
 * Whether a token is asked for. That happens within the request that needs the token: it takes no turn of its own, has its own
 * retries, and where those are used up the request itself has been tried often enough.
 */
function isLogin(url: string): boolean {
  return url.endsWith('/access_tokens');
}

/** POSTs that give the same thing again: what is stored under its digest, and sets that a name is put into. */
const REPEATABLE_POSTS = /\/(git\/(blobs|trees|commits)|labels|reactions|requested_reviewers|access_tokens)$/;

function isRepeatable({ method, url, output }: RequestOptions): boolean {
  if (method === 'POST') return REPEATABLE_POSTS.test(url) && !/\{repo\}\/labels$/.test(url);
  return !hasAnnotations(output);
}

/** They are added by each request that has some, so `completeCheck` looks before it repeats one. */
function hasAnnotations(output: unknown): boolean {
  if (typeof output !== 'object' || output === null || !('annotations' in output)) return false;
  return Array.isArray(output.annotations) && output.annotations.length > 0;
}

/** The route as it is written, without any parameter. */
function what({ method, url }: RequestOptions): string {
  return `${method} ${url.replace(/^https?:\/\/[^/]+/, '').split('?')[0] ?? ''}`;
}

function reason(fault: RequestFault): string {
  const status = statusOf(fault);
  if (isLimited(fault)) return `GitHub limits requests (${status})`;
  return status === null ? 'there was no answer' : `GitHub answered ${status}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
