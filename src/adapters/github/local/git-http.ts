// Serves bare repositories over git's smart HTTP by way of `git http-backend`, so that clones, fetches and pushes are real.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { type CgiHead, readCgiHead } from './cgi-head.ts';
import type { Fault, FaultRequest } from './faults.ts';
import { readRefs } from './git-objects.ts';
import { createCommandReader, type RefCommand } from './push-commands.ts';
import { guardPushes } from './push-hook.ts';

export interface GitHttpOptions {
  /** Returns the folder of a bare repository `owner/name`, or `null` where there is none. */
  repositoryDir(fullName: string): string | null;
  /** Decides who may read, or push. The header is the one of the request, `Basic …` or `Bearer …`. */
  authorize(
    fullName: string,
    authorizationHeader: string | undefined,
    isPush: boolean,
  ): { readonly login: string } | { readonly status: 401 | 403 | 404 };
  /** Is told of each push that moved refs, with only these refs in both maps, before the client hears of its success. */
  pushed(
    fullName: string,
    login: string,
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
  ): void;
  /** Returns the references that take no push, with what is said to who tries. Default: none. */
  guarded?(fullName: string): ReadonlyMap<string, string>;
  /** Returns what goes wrong with a request that was let in, or `null`. Default: nothing ever does. */
  fault?(request: FaultRequest): Fault | null;
  /** The longest request body, in bytes; a longer one is answered with 413. Default: 256 MiB. */
  readonly bodyBytesMax?: number;
}

/** What a request of the smart protocol asks for. */
interface GitRequest {
  readonly fullName: string;
  readonly file: string;
  readonly query: string;
  readonly isPush: boolean;
}

const BODY_BYTES_MAX = 256 * 1024 * 1024;
const GIT_PATH =
  /^\/git\/([A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;
const SERVICES = ['git-upload-pack', 'git-receive-pack'];

/**
 * GitHub lets everybody fetch single commits and leave out blobs, and nobody push to the refs of pull requests. This one need not outlive
 * a power cut.
 */
const SERVER_CONFIG: readonly (readonly [key: string, value: string])[] = [
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ['http.receivepack', 'true'],
  ['receive.hideRefs', 'refs/pull'],
  ['receive.fsckObjects', 'true'],
  ['gc.auto', '0'],
  ['receive.autogc', 'false'],
  ['core.fsync', 'none'],
  ['safe.directory', '*'],
];

/**
 * Returns a handler of requests below `/git/`. It resolves to `false` and leaves the request alone where the path is
 * another, and to `true` once it is answered.
 *
 * @throws what `pushed` throws; the answer is cut off then.
 */
export function gitHttpHandler(
  options: GitHttpOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (!url.pathname.startsWith('/git/')) return false;
    const wanted = gitRequest(request.method ?? 'GET', url);
    if (wanted === null) return refuse(request, response, 404, 'Not Found');
    const caller = options.authorize(wanted.fullName, request.headers.authorization, wanted.isPush);
    if ('status' in caller) return refuse(request, response, caller.status, REFUSALS[caller.status]);
    const dir = options.repositoryDir(wanted.fullName);
    if (dir === null) return refuse(request, response, 404, REFUSALS[404]);
    const bytesMax = options.bodyBytesMax ?? BODY_BYTES_MAX;
    if (Number(request.headers['content-length'] ?? 0) > bytesMax)
      return refuse(request, response, 413, `The body is longer than ${bytesMax} bytes`);
    const asked = { method: request.method ?? 'GET', path: url.pathname, actor: caller.login };
    const fault = options.fault?.(asked) ?? null;
    if (fault?.wait != null) await fault.wait;
    const lost = fault?.response ?? null;
    if (lost === null || fault?.afterApplying === true) {
      const { login } = caller;
      const guards = wanted.isPush ? guardPushes(dir, options.guarded?.(wanted.fullName) ?? new Map()) : {};
      const isAnswerLost = lost !== null;
      const exchange = { request, response, wanted, dir, login, bytesMax, guards, isAnswerLost };
      announce(options, exchange, await serve(exchange));
    }
    endWith(response, lost);
    return true;
  };
}

/** Tells of a push, before its answer ends. */
function announce(options: GitHttpOptions, exchange: Exchange, { before, after }: RefChanges): void {
  if (before.size + after.size === 0) return;
  try {
    options.pushed(exchange.wanted.fullName, exchange.login, before, after);
  } catch (error) {
    exchange.response.destroy();
    throw error;
  }
}

/** Ends the true answer, or gives the false one in its place. */
function endWith(response: ServerResponse, lost: Fault['response']): void {
  if (lost === null) response.end();
  else if (lost === 'drop') response.destroy();
  else response.writeHead(lost.status, lost.headers).end(JSON.stringify(lost.body));
}

const REFUSALS = {
  401: 'No anonymous access; sign in with x-access-token and a token as the password',
  403: 'Write access to repository not granted.',
  404: 'Repository not found.',
} as const;

function gitRequest(method: string, url: URL): GitRequest | null {
  const parts = GIT_PATH.exec(url.pathname);
  const [, fullName, file] = parts ?? [];
  if (fullName === undefined || file === undefined) return null;
  const service = file === 'info/refs' ? url.searchParams.get('service') : file;
  const isRightMethod = method === (file === 'info/refs' ? 'GET' : 'POST');
  if (service === null || !SERVICES.includes(service) || !isRightMethod) return null;
  return { fullName, file, query: url.search.slice(1), isPush: service === 'git-receive-pack' };
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): true {
  const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' };
  if (status === 401) headers['www-authenticate'] = 'Basic realm="GitHub"';
  if (status === 413) headers['connection'] = 'close';
  else request.resume();
  response.writeHead(status, headers).end(`${text}\n`);
  return true;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly wanted: GitRequest;
  readonly dir: string;
  readonly login: string;
  readonly bytesMax: number;
  /** What the hook needs in the environment. */
  readonly guards: Readonly<Record<string, string>>;
  /** Whether what the backend answers is thrown away. */
  readonly isAnswerLost: boolean;
}

interface RefChanges {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

type Backend = ChildProcessByStdio<Writable, Readable, Readable>;

/** Runs the backend and passes everything on except the end of the answer, which waits for the news of the push. */
async function serve(exchange: Exchange): Promise<RefChanges> {
  const { request, response, wanted, dir, bytesMax } = exchange;
  const isPushBody = wanted.file === 'git-receive-pack';
  const before = isPushBody ? readRefs({ dir }, 'refs/') : new Map();
  const backend: Backend = spawn('git', ['http-backend'], {
    env: backendEnv(exchange),
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group, because the backend starts the programs that do the work.
    detached: true,
  });
  const stop = (): void => stopGroup(backend);
  response.once('close', stop);
  const commands = createCommandReader();
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMax) stop();
    else if (isPushBody) commands.feed(chunk);
  });
  // A backend that refuses early closes its input; the rest of the body is then read and forgotten.
  backend.stdin.on('error', () => request.resume());
  request.pipe(backend.stdin);
  if (exchange.isAnswerLost) await dropAnswer(backend);
  else await passAnswer(backend, exchange, () => bytes > bytesMax);
  response.off('close', stop);
  return isPushBody
    ? appliedChanges(commands.commands(), before, readRefs({ dir }, 'refs/'))
    : { before, after: before };
}

/**
 * Sends what the backend answers and resolves when it ended. The response is left open. The backend says that all is
 * well before it reads the request, so its word is held back until the request is read to its end.
 */
function passAnswer(
  backend: Backend,
  { request, response }: Exchange,
  isTooLong: () => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const complaints: Buffer[] = [];
    backend.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    readCgiHead(backend.stdout, (head: CgiHead) => {
      const send = (): void => {
        if (isTooLong() || response.destroyed) return;
        response.writeHead(head.status, head.headers);
        response.write(head.rest);
        backend.stdout.pipe(response, { end: false });
      };
      if (request.readableEnded) send();
      else request.once('end', send);
    });
    backend.once('error', reject);
    backend.once('close', () => {
      if (!response.headersSent && !response.destroyed) {
        const status = isTooLong() ? 413 : 500;
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
        response.write(Buffer.concat(complaints));
      }
      resolve();
    });
  });
}

async function dropAnswer(backend: Backend): Promise<void> {
  backend.stdout.resume();
  backend.stderr.resume();
  await once(backend, 'close');
}

/** Ends the backend and what it started. What it still wanted to say is not waited for. */
function stopGroup(backend: Backend): void {
  backend.stdout.destroy();
  if (backend.pid === undefined || backend.exitCode !== null || backend.signalCode !== null) return;
  try {
    process.kill(-backend.pid, 'SIGTERM');
  } catch (error) {
    // It ended between the question and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function backendEnv({ request, wanted, dir, login, guards }: Exchange): Record<string, string> {
  const env: Record<string, string> = {
    ...guards,
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(SERVER_CONFIG.length),
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_TRANSLATED: `${dir}/${wanted.file}`,
    QUERY_STRING: wanted.query,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    REMOTE_USER: login,
    REMOTE_ADDR: '127.0.0.1',
  };
  for (const [at, [key, value]] of SERVER_CONFIG.entries()) {
    env[`GIT_CONFIG_KEY_${at}`] = key;
    env[`GIT_CONFIG_VALUE_${at}`] = value;
  }
  const { 'content-length': length, 'content-encoding': encoding } = request.headers;
  const protocol = request.headers['git-protocol'];
  if (length !== undefined) env['CONTENT_LENGTH'] = length;
  if (encoding !== undefined) env['HTTP_CONTENT_ENCODING'] = encoding;
  if (typeof protocol === 'string') env['GIT_PROTOCOL'] = protocol;
  return env;
}

/**
 * Returns what this push changed. Somebody else may write to the same repository meanwhile, so a ref counts only where
 * the push named it, it was where the push expected it, and it is now where the push wanted it.
 */
function appliedChanges(
  commands: readonly RefCommand[],
  refsBefore: ReadonlyMap<string, string>,
  refsAfter: ReadonlyMap<string, string>,
): RefChanges {
  const [before, after] = [new Map<string, string>(), new Map<string, string>()];
  for (const { ref, from, to } of commands) {
    const wasThere = (refsBefore.get(ref) ?? null) === from;
    if (from === to || !wasThere || (refsAfter.get(ref) ?? null) !== to) continue;
    if (from !== null) before.set(ref, from);
    if (to !== null) after.set(ref, to);
  }
  return { before, after };
}
