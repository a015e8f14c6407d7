// A loopback HTTP server for price sources: answers by path, keeps what it was asked, and never leaves this machine.

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { RetryPolicy } from '../../../src/adapters/prices/retry.ts';
import type { Clock } from '../../../src/ports.ts';

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

export interface Loopback {
  readonly origin: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** Starts a server on a free port. `null` from `answer` closes the connection without an answer. */
export async function loopback(answer: (asked: Asked) => Reply | null): Promise<Loopback> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const one = { path: url.pathname, query: url.searchParams, headers: request.headers };
    asked.push(one);
    const reply = answer(one);
    if (reply === null) {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Retries that record how long they would have waited. `random` is 1, the longest wait of each step. */
export function recordedRetries(attempts = 3): RetryPolicy & { readonly waitedMs: number[] } {
  const waitedMs: number[] = [];
  return {
    attempts,
    firstWaitMs: 500,
    longestWaitMs: 60_000,
    wait: async (ms) => {
      waitedMs.push(ms);
    },
    random: () => 1,
    waitedMs,
  };
}

export function fixedClock(nowMs: number): Clock & { nowMs(): number; moveTo(ms: number): void } {
  let at = nowMs;
  return {
    nowMs: () => at,
    moveTo(ms) {
      at = ms;
    },
  };
}
