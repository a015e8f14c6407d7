// Serves the status page, the metrics and the health of the runner on loopback. What it serves changes nothing; commands are others' to take.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { err, ok, type Result } from '../../domain/result.ts';
import { effectiveState } from '../../kernel/trading.ts';
import type { Log, Timers } from '../../ports.ts';
import type { RunnerFacts } from '../facts.ts';
import type { StatusHistory } from './history.ts';
import { LivePages, PAGES_MAX } from './live-page.ts';
import { isLoopbackHost, isOwnOrigin } from './loopback.ts';
import { BUILT_PAGE, loadPageFiles, type PageFiles } from './page-files.ts';
import { viewOf } from './view.ts';

export interface StatusServerOptions {
  /** On 127.0.0.1; 0: any that is free. */
  readonly port: number;
  readonly facts: () => RunnerFacts;
  readonly history: StatusHistory;
  /** What `/metrics` answers; without it there are none. */
  readonly metrics?: () => Promise<{ readonly type: string; readonly text: string }>;
  /** Asked first about every request that was addressed to this machine; `true`: it answers by itself. */
  readonly control?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly timers: Timers;
  readonly log: Log;
  /** Where the built page is. Default: beside this file. */
  readonly pageFolder?: string;
}

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const REQUEST_MS_MAX = 15_000;
const CONNECTIONS_MAX = 64;
/** A page has nothing to say. */
const SAID_BYTES_MAX = 1_024;

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
} as const;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Listens on loopback.
 *
 * @returns the server, or why there is no page, in one sentence with the next step; the runner goes on without it.
 */
export async function startStatusServer(options: StatusServerOptions): Promise<Result<StatusServer, string>> {
  const files = loadPageFiles(options.pageFolder ?? BUILT_PAGE);
  if (!files.ok) return files;
  const pages = new LivePages(options);
  const server = createServer(
    { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX },
    (request, response) => {
      answerTo(request, response, options, files.value).catch((error: unknown) => {
        options.log.error(`the status page could not answer ${request.url}: ${String(error)}`);
        send(request, response, refusal(500, 'a defect of the status page; the log of the runner has it'));
      });
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: SAID_BYTES_MAX,
  });
  server.on('upgrade', (request, socket, head) => {
    const refused = liveRefusal(request, pages);
    if (refused === null) sockets.handleUpgrade(request, socket, head, (opened) => pages.open(opened));
    else refuseUpgrade(socket, refused);
  });
  const listening = await listen(server, options.port);
  if (!listening.ok) return listening;
  server.on('error', (error) => options.log.error(`the status page: ${error.message}`));
  return ok({ port: listening.value, close: () => closeAll(server, pages, sockets) });
}

async function answerTo(
  request: IncomingMessage,
  response: ServerResponse,
  options: StatusServerOptions,
  files: PageFiles,
): Promise<void> {
  if (!isLoopbackHost(request.headers)) {
    send(request, response, refusal(421, 'this page is served to this machine only, as 127.0.0.1'));
    return;
  }
  if (options.control?.(request, response) === true) return;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(request, response, { ...refusal(405, 'expected GET or HEAD'), headers: { allow: 'GET, HEAD' } });
    return;
  }
  send(request, response, await read(pathOf(request), options, files));
}

async function read(path: string, options: StatusServerOptions, files: PageFiles): Promise<Answer> {
  const { facts, history, metrics } = options;
  const file = files.get(path);
  if (file !== undefined) return { status: 200, type: file.type, body: file.bytes };
  if (path === '/view.json')
    return json(200, { view: viewOf(facts(), history.recent()), charts: history.charts() });
  if (path === '/healthz') return health(facts());
  if (path === '/metrics' && metrics !== undefined) {
    const { type, text } = await metrics();
    return { status: 200, type, body: text };
  }
  return refusal(404, 'nothing is here; the page is at /');
}

/** A kernel that takes nothing any more is not well, whatever the page says. */
function health({ halted, isStopping, kernel, nowMs, startedAtMs }: RunnerFacts): Answer {
  return json(halted === null ? 200 : 503, {
    status: halted !== null ? 'halted' : isStopping ? 'stopping' : 'running',
    halted,
    trading_state: effectiveState(kernel),
    seq: kernel.seq,
    up_ms: Math.max(0, nowMs - startedAtMs),
  });
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function liveRefusal(request: IncomingMessage, pages: LivePages): string | null {
  if (!isLoopbackHost(request.headers)) return '421 Misdirected Request';
  if (!isOwnOrigin(request.headers)) return '403 Forbidden';
  if (pathOf(request) !== '/live') return '404 Not Found';
  return pages.isFull ? `503 Service Unavailable\r\nX-Pages-Max: ${PAGES_MAX}` : null;
}

function refuseUpgrade(socket: Duplex, statusLine: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${statusLine}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

function refusal(status: number, error: string): Answer {
  return json(status, { error });
}

/** A body that nobody reads ends the connection, or it would be taken for the next request. */
function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const { status, type, body, headers } = answer;
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  response.writeHead(status, {
    ...HEADERS,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...(hasBody ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function listen(server: Server, port: number): Promise<Result<number, string>> {
  return await new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(err(listenFault(port, error)));
    server.once('error', failed);
    server.listen({ host: HOST, port }, () => {
      server.off('error', failed);
      resolve(ok((server.address() as AddressInfo).port));
    });
  });
}

function listenFault(port: number, error: NodeJS.ErrnoException): string {
  const next = 'set status.port to another one, or to 0 for any that is free';
  if (error.code === 'EADDRINUSE') return `port ${port} of ${HOST} is taken by another program; ${next}`;
  if (error.code === 'EACCES') return `this user may not listen on port ${port}; ${next}`;
  return `port ${port} of ${HOST}: ${error.message}; ${next}`;
}

async function closeAll(server: Server, pages: LivePages, sockets: WebSocketServer): Promise<void> {
  pages.close();
  sockets.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
