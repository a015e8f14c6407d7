// A venue on loopback that answers as a test says, one request at a time, and a client whose time passes by hand.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { LimitGroup, RestCall, RestClient } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import { type RestClientConfig, restClient } from '../../../../src/adapters/venues/bingx/rest-client.ts';
import { Secret } from '../../../../src/adapters/venues/bingx/secret.ts';
import { type VirtualTimers, virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { randomFrom } from '../../../../src/domain/random.ts';
import type { Timers } from '../../../../src/ports.ts';
import { Mailbox } from '../../../fakes/mailbox.ts';

export const START_MS = Date.UTC(2026, 10, 28);
export const API_KEY = 'KEYkeyKEYkey0001';
export const API_SECRET = 'SECRETsecretSECRET0002';

/** A request as the venue sees it, and all that may be done to it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly query: string;
  readonly params: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Answers with a text, or with what is written as JSON. */
  answer(body: unknown, status?: number, headers?: Record<string, string>): void;
  /** Begins an answer and breaks off. */
  breakOff(): void;
  /** Begins an answer and says nothing more. */
  fallSilent(): void;
  /** Breaks the connection without a word. */
  hangUp(): void;
}

export interface RestVenue {
  readonly url: string;
  /** The next request, now or when it comes. */
  next(): Promise<Asked>;
  /** All requests so far. */
  readonly asked: readonly Asked[];
  /** Connections that were made so far. */
  connections(): number;
  /** Answers what comes from now on by itself. */
  serve(answer: (asked: Asked) => void): void;
}

const toEnd: (() => Promise<void> | void)[] = [];

/** Ends all that the test has opened. */
export async function endVenues(): Promise<void> {
  for (const end of toEnd.splice(0).reverse()) await end();
}

export async function restVenue(): Promise<RestVenue> {
  const asked: Asked[] = [];
  const requests = new Mailbox<Asked>();
  const sockets = new Set<Socket>();
  let connections = 0;
  let serve: ((asked: Asked) => void) | null = null;
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const { method = '', headers } = request;
    const params = new URLSearchParams(query);
    const one: Asked = { method, path, query, params, headers, ...waysToAnswer(response) };
    asked.push(one);
    if (serve === null) requests.put(one);
    else serve(one);
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  toEnd.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: () => requests.take(),
    asked,
    connections: () => connections,
    serve: (answer) => {
      serve = answer;
    },
  };
}

function waysToAnswer(
  response: ServerResponse,
): Pick<Asked, 'answer' | 'breakOff' | 'fallSilent' | 'hangUp'> {
  const begin = (): void => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"code":0,');
  };
  return {
    answer(body, status = 200, headers = {}) {
      response.writeHead(status, headers);
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    },
    breakOff() {
      begin();
      // What was begun is on its way before the connection ends.
      response.write('"msg"', () => response.socket?.destroy());
    },
    fallSilent: begin,
    hangUp: () => response.socket?.destroy(),
  };
}

/** The address of a venue that nobody listens at: a port that was free a moment ago may be somebody's by now. */
export const DEAD_URL = 'http://127.0.0.1:1';

export interface RestUser {
  readonly client: RestClient;
  readonly timers: VirtualTimers;
  /** The next wait of `fromMs` to `toMs` that something begins. */
  wait(fromMs: number, toMs: number): Promise<number>;
}

/** A client of venues at `urls`, with an ample budget unless it is told. */
export function restUser(urls: readonly string[], options: Partial<RestClientConfig> = {}): RestUser {
  const timers = virtualTimers(START_MS);
  const waits = new Mailbox<number>();
  const watched: Timers = {
    nowMs: () => timers.nowMs(),
    after(ms, run) {
      const callOff = timers.after(ms, run);
      waits.put(ms);
      return callOff;
    },
  };
  const client = restClient({
    urls,
    credentials: { apiKey: new Secret(API_KEY), apiSecret: new Secret(API_SECRET) },
    timers: watched,
    random: randomFrom(20261128, 'rest'),
    limitMultiplier: 1_000,
    ...options,
  });
  toEnd.push(() => client.close());
  return {
    client,
    timers,
    async wait(fromMs, toMs) {
      let ms = await waits.take();
      while (ms < fromMs || ms > toMs) ms = await waits.take();
      return ms;
    },
  };
}

/** A question about an order. */
export const QUESTION: RestCall = {
  method: 'GET',
  path: '/openApi/swap/v2/trade/order',
  params: { symbol: 'BTC-USDT', clientOrderId: 'a1' },
  access: 'signed',
  group: 'order_query',
  priority: 'doubt',
  repeat: 'freely',
  patienceMs: 8_000,
};

/** A new order. */
export const ORDER: RestCall = {
  ...QUESTION,
  method: 'POST',
  params: { symbol: 'BTC-USDT', side: 'BUY', type: 'MARKET', quantity: '0.001', clientOrderId: 'a1' },
  group: 'order_place',
  priority: 'entry',
  repeat: 'other_host',
  patienceMs: 5_000,
};

export const GROUPS: readonly LimitGroup[] = [
  'order_place',
  'order_cancel',
  'order_query',
  'order_lists',
  'positions',
  'fills',
  'account',
  'settings',
  'listen_key',
  'cancel_all_after',
  'market',
];
