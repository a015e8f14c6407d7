// The HTTP side of the local GitHub: reads requests, finds who sends them, and answers with GitHub's headers.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './api-error.ts';
import { actorOf } from './auth.ts';
import type { Actor } from './entities.ts';
import type { Fault, FaultResponse, Faults } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';
import { type Answer, type Fields, isFields } from './request.ts';
import type { RouteMatch } from './router.ts';
import { rateCallerOf } from './routes/rate-limit.ts';
import type { State } from './state.ts';

/** A request that was answered, for whoever checks it against GitHub's description of its API. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseBody: unknown;
  /** `GET /repos/{owner}/{repo}`, or `null` of a request without a route. */
  readonly operation: string | null;
}

export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  /** Login of the sender, or `null` of a stranger. */
  readonly actor: string | null;
  readonly status: number;
}

export interface Counts {
  reads: number;
  /** Requests that could change something, whatever they were answered: a dry run must not even try. */
  writes: number;
}

export interface ServerParts {
  readonly state: State;
  readonly publicKey: string;
  readonly find: (method: string, path: string) => RouteMatch | null;
  readonly faults: Faults;
  readonly limits: RateLimits;
  readonly counts: Counts;
  readonly requests: RequestRecord[];
  /** Defects: what was thrown and is no answer of GitHub. */
  readonly failures: unknown[];
  readonly observe: (exchange: Exchange) => void;
}

interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Answers one request of the REST or GraphQL API. */
export async function serve(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = await readBody(request);
  const url = new URL(request.url ?? '/', parts.state.apiUrl);
  const received: Received = { method: request.method ?? 'GET', url, headers: request.headers, text };
  const sender = senderOf(parts, request.headers.authorization);
  const login = sender instanceof ApiError ? null : sender.login;
  const asked = { method: received.method, path: url.pathname, actor: login };
  const fault = parts.faults.next(asked);
  if (fault?.wait != null) await fault.wait;
  const isLost = fault?.response != null && !fault.afterApplying;
  const reply = isLost ? null : respond(parts, received, sender);
  const sent = fault?.response == null ? reply : faultReply(fault);
  parts.requests.push({ ...asked, status: sent?.status ?? 0 });
  if (sent === null) request.socket.destroy();
  else send(parts, response, sent);
}

function faultReply({ response }: Fault): Reply | null {
  return response === null || response === 'drop' ? null : refusalReply(response);
}

function refusalReply({ status, headers, body }: FaultResponse): Reply {
  return { status, headers, body };
}

function senderOf(parts: ServerParts, authorization: string | undefined): Actor | ApiError {
  try {
    return actorOf(parts.state, parts.publicKey, authorization);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** Handles a request from its first byte to its answer without a pause, so that no other comes in between. */
function respond(parts: ServerParts, received: Received, sender: Actor | ApiError): Reply {
  const { method, url } = received;
  count(parts.counts, received);
  if (sender instanceof ApiError) return refused(sender, {});
  const isFree = url.pathname === '/rate_limit';
  const limited = isFree
    ? null
    : parts.limits.take({ caller: rateCallerOf(sender), method, path: url.pathname });
  let headers = limited?.headers ?? {};
  if (limited !== null && limited.refusal !== null) {
    const reply = refusalReply(limited.refusal);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  }
  const match = parts.find(method, url.pathname);
  const requestBody = jsonIn(received.text);
  const reply = handled(parts, received, sender, match, requestBody);
  const exchange: Exchange = {
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    requestBody: received.text === '' ? undefined : requestBody,
    status: reply.status,
    responseBody: reply.body,
    operation: match === null ? null : `${method} ${match.route.path}`,
  };
  const checked = unlessKnown(observed(parts, exchange) ?? reply, received);
  if (checked.status === 304 && !isFree) headers = parts.limits.giveBack(rateCallerOf(sender));
  return { ...checked, headers: { ...headers, ...checked.headers } };
}

/** Tags what may be kept, and answers 304 without a body where the sender has it already. */
function unlessKnown(reply: Reply, { method, headers }: Received): Reply {
  if (method !== 'GET' || reply.status !== 200) return reply;
  const etag = `W/"${createHash('sha256').update(textOf(reply)).digest('hex')}"`;
  const tagged = { ...reply, headers: { ...reply.headers, etag } };
  return headers['if-none-match'] === etag ? { ...tagged, status: 304, body: undefined } : tagged;
}

function textOf({ body }: Reply): string {
  return body === undefined ? '' : JSON.stringify(body);
}

function handled(
  parts: ServerParts,
  { url }: Received,
  actor: Actor,
  match: RouteMatch | null,
  body: Fields | null,
): Reply {
  try {
    if (match === null) throw new ApiError(404, 'Not Found');
    if (body === null) throw new ApiError(400, 'Problems parsing JSON');
    const { params, route } = match;
    const path = url.pathname;
    return replyOf(route.handle({ state: parts.state, actor, params, path, query: url.searchParams, body }));
  } catch (error) {
    if (error instanceof ApiError) return refused(error, {});
    return broken(parts, error);
  }
}

function replyOf({ status, body, link }: Answer): Reply {
  return { status, body, headers: link === undefined ? {} : { link } };
}

function refused(error: ApiError, headers: Readonly<Record<string, string>>): Reply {
  return { status: error.status, body: error.body, headers };
}

/** A defect of this program must show in the test that hit it, and is kept for those that retry. */
function broken(parts: ServerParts, error: unknown): Reply {
  parts.failures.push(error);
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, body: { message, documentation_url: '' }, headers: {} };
}

function observed(parts: ServerParts, exchange: Exchange): Reply | null {
  try {
    parts.observe(exchange);
    return null;
  } catch (error) {
    return broken(parts, error);
  }
}

/** Returns the object a body holds, empty where there is no body, `null` where it is no JSON object. */
function jsonIn(text: string): Fields | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return { labels: value };
    return isFields(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const NOTHING_CHANGED = /^\/app\/installations\/\d+\/access_tokens$/;

function count(counts: Counts, { method, url, text }: Received): void {
  const isQuery = url.pathname === '/graphql' && !/\bmutation\b/.test(text);
  const isRead = method === 'GET' || method === 'HEAD' || isQuery || NOTHING_CHANGED.test(url.pathname);
  if (isRead) counts.reads += 1;
  else counts.writes += 1;
}

function send(parts: ServerParts, response: ServerResponse, reply: Reply): void {
  const text = textOf(reply);
  const number = parts.requests.length.toString(16).toUpperCase().padStart(8, '0');
  const headers = {
    'x-github-request-id': `WRDN:${number}`,
    'x-github-media-type': 'github.v3; format=json',
    date: new Date(parts.state.clock.nowMs()).toUTCString(),
    ...reply.headers,
  };
  const type = text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(reply.status, { ...headers, ...type }).end(text);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += part.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(part);
  }
  // A body that is cut off is no JSON, which is how it is refused.
  return Buffer.concat(chunks).toString();
}
