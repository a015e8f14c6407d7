// A local exchange on a loopback port with a clock of the test's own, and a client that knows nothing of it but HTTP.

import { createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { moveMarket } from '../../../../src/adapters/venues/exchange/feed/move-market.ts';
import {
  type LocalExchange,
  type LocalExchangeConfig,
  startLocalExchange,
} from '../../../../src/adapters/venues/exchange/local-exchange.ts';
import {
  type JsonText,
  type JsonTextObject,
  readJsonText,
} from '../../../../src/adapters/venues/json-text.ts';
import { type VirtualTimers, virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { lots, priceTicks } from '../../../../src/domain/steps.ts';
import { BTC, ETH, START_MS } from '../exchange-rest/served.ts';

export const KEY = { apiKey: 'key-main', secret: 'of-main', accountId: 'main' };
export const OTHER_KEY = { apiKey: 'key-other', secret: 'of-other', accountId: 'other' };

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back; `lost` where the connection broke before it was whole. */
export interface Came {
  readonly status: number | 'lost';
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Loopback {
  readonly exchange: LocalExchange;
  readonly timers: VirtualTimers;
  /** `target` as it is sent, unchanged. */
  ask(method: string, target: string, asked?: Asked): Promise<Came>;
  /** Signed by the main account: parameters sorted, encoded in the query. */
  signed(method: string, path: string, params?: Readonly<Record<string, string>>): Promise<Came>;
  /** The exchange's own switches, with a JSON body. */
  control(method: string, path: string, body?: object): Promise<Came>;
  /** Sends bytes as they are and nothing more, and returns all that comes until the connection ends. */
  raw(bytes: string): Promise<string>;
  close(): Promise<void>;
}

export function hmac(text: string, secret: string = KEY.secret): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** BTC at 100,000.0 / 100,001.0, 100 lots on each side; ETH without a price; both accounts with 100,000 USDT. */
export async function loopback(config: Partial<LocalExchangeConfig> = {}): Promise<Loopback> {
  const timers = virtualTimers(START_MS);
  const exchange = await startLocalExchange({
    port: 0,
    instruments: [BTC, ETH],
    keys: [KEY, OTHER_KEY],
    timers,
    seed: 20261128,
    ...config,
  });
  if (exchange.world.model.markets.has(BTC.symbol)) quote(exchange, 1_000_000, 1_000_010);
  const ask: Loopback['ask'] = (method, target, { headers = {}, body = '' } = {}) =>
    new Promise((resolve) => {
      const lost = (): void => resolve({ status: 'lost', headers: {}, text: '' });
      const all = { 'content-length': Buffer.byteLength(body), ...headers };
      const asking = request(
        exchange.url,
        { method, path: target, headers: all, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', lost);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 'lost',
              headers: response.headers,
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      asking.on('error', lost);
      asking.end(body);
    });
  return {
    exchange,
    timers,
    ask,
    signed: (method, path, params = {}) =>
      ask(method, `${path}?${signedQuery(params, timers.nowMs())}`, {
        headers: { 'X-BX-APIKEY': KEY.apiKey },
      }),
    control: (method, path, body) =>
      ask(method, path, {
        headers: { 'X-BX-APIKEY': KEY.apiKey, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    raw: (bytes) =>
      new Promise((resolve) => {
        let text = '';
        const socket = connect(Number(new URL(exchange.url).port), '127.0.0.1', () => socket.end(bytes));
        socket.on('data', (chunk) => {
          text += chunk.toString('latin1');
        });
        socket.on('error', () => resolve(text));
        socket.on('close', () => resolve(text));
      }),
    close: () => exchange.close(),
  };
}

export function quote(exchange: LocalExchange, bid: number, ask: number): void {
  moveMarket(exchange.world, BTC.symbol, {
    bid: priceTicks(bid),
    ask: priceTicks(ask),
    mark: priceTicks(bid),
    bidLots: lots(100),
    askLots: lots(100),
  });
}

export function signedQuery(
  params: Readonly<Record<string, string>>,
  atMs: number,
  secret: string = KEY.secret,
): string {
  const pairs = Object.entries({ timestamp: String(atMs), ...params }).sort(([a], [b]) => (a < b ? -1 : 1));
  const raw = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  const sent = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${sent}&signature=${hmac(raw, secret)}`;
}

export function bodyOf({ text }: Came): JsonTextObject {
  const read = readJsonText(text);
  if (!read.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    throw new Error(`no object: ${text.slice(0, 200)}`);
  return read.value as JsonTextObject;
}

/** The code of an answer that came with HTTP 200. @throws for another status */
export function codeOf(came: Came): number {
  if (came.status !== 200) throw new Error(`HTTP ${came.status}: ${came.text.slice(0, 200)}`);
  return Number(bodyOf(came)['code']);
}

export function messageOf(came: Came): string {
  return String(bodyOf(came)['msg']);
}

/** The `data` of an answer. @throws where it is an error */
export function dataOf(came: Came): JsonText {
  if (codeOf(came) !== 0) throw new Error(`refused: ${came.text.slice(0, 200)}`);
  return bodyOf(came)['data'] ?? null;
}

/** Lets the connections go on until something is so; they are of this machine, so that is soon or never. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200_000; turn += 1) {
    if (isSo()) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  throw new Error('it never came about');
}
