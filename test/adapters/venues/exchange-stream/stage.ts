// A local exchange on loopback with a clock of the test's own, and clients of its stream that note every frame.

import { gunzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { moveMarket } from '../../../../src/adapters/venues/exchange/feed/move-market.ts';
import {
  type LocalExchange,
  type LocalExchangeConfig,
  startLocalExchange,
} from '../../../../src/adapters/venues/exchange/local-exchange.ts';
import { submitOrder } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import type { NewOrderRequest } from '../../../../src/adapters/venues/exchange/model/state.ts';
import {
  type ExchangeWorld,
  presentOf,
  publishFrames,
} from '../../../../src/adapters/venues/exchange/world.ts';
import { type JsonTextObject, readJsonText } from '../../../../src/adapters/venues/json-text.ts';
import { type VirtualTimers, virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { ACCOUNT, BTC, FINE, quoteAt, requestOf, START_MS } from '../exchange/market.ts';

export const HOUR_MS = 3_600_000;

/** One connection to the stream. */
export class StreamClient {
  readonly socket: WebSocket;
  /** Resolves with the code of its end, which is 1006 where it ended without a word. */
  readonly gone: Promise<number>;
  private frames: Buffer[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.gone = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => socket.terminate());
    socket.on('message', (frame: Buffer, isBinary: boolean) => {
      if (!isBinary) throw new Error('a frame that is not binary');
      this.frames.push(frame);
    });
  }

  /** Resolves when everything that either side has said until now has arrived. */
  async settled(): Promise<void> {
    const answered = new Promise((resolve) => this.socket.once('pong', resolve));
    this.socket.ping();
    await answered;
  }

  /** The frames since the last call, as they came. */
  async raw(): Promise<readonly Buffer[]> {
    await this.settled();
    return this.frames.splice(0);
  }

  /** The texts since the last call. */
  async texts(): Promise<readonly string[]> {
    return (await this.raw()).map((frame) => gunzipSync(frame).toString('utf8'));
  }

  /** What the texts since the last call say; pings are left out. */
  async events(): Promise<readonly JsonTextObject[]> {
    return (await this.texts()).filter((text) => text !== 'Ping').map(eventIn);
  }

  /** What it is told, but how its account is set up. */
  async news(): Promise<readonly JsonTextObject[]> {
    return (await this.events()).filter(({ e }) => e !== 'ACCOUNT_CONFIG_UPDATE');
  }

  async say(text: string): Promise<void> {
    this.socket.send(text);
    await this.settled();
  }

  /** Says something, and returns what it is answered. */
  async ask(said: object): Promise<readonly JsonTextObject[]> {
    this.socket.send(JSON.stringify(said));
    return await this.events();
  }
}

export function eventIn(text: string): JsonTextObject {
  const read = readJsonText(text);
  if (!read.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    throw new Error(`no JSON object: ${text.slice(0, 200)}`);
  return read.value as JsonTextObject;
}

export interface Stage {
  readonly exchange: LocalExchange;
  readonly world: ExchangeWorld;
  readonly timers: VirtualTimers;
  /** Makes a key of the account that lives for an hour. */
  key(name?: string): string;
  /** Opens a connection; without a key a public one. */
  connect(listenKey?: string): Promise<StreamClient>;
  /** The HTTP status that an address of the stream is refused with. */
  refusal(address: string): Promise<number>;
  /** Moves BTC, in ticks. */
  move(bid: number, ask: number): void;
  order(changes?: Partial<NewOrderRequest>): void;
  close(): Promise<void>;
}

/** BTC and FINE, an account with 100,000 USDT in one-way mode; BTC at 100,000.0 / 100,001.0. */
export async function stage(config: Partial<LocalExchangeConfig> = {}): Promise<Stage> {
  const timers = virtualTimers(START_MS);
  const exchange = await startLocalExchange({
    port: 0,
    // A precision can say no steps but powers of ten.
    instruments: [BTC, { ...FINE, tick: BTC.tick, lot: BTC.lot }],
    keys: [{ apiKey: 'key', secret: 'secret', accountId: ACCOUNT }],
    timers,
    seed: 20_261_128,
    ...config,
  });
  const { world } = exchange;
  const clients: WebSocket[] = [];
  let orders = 0;
  const opened: Stage = {
    exchange,
    world,
    timers,
    key(name = 'own-key') {
      world.listenKeys.set(name, {
        listenKey: name,
        accountId: ACCOUNT,
        expiresAtMs: timers.nowMs() + HOUR_MS,
      });
      return name;
    },
    async connect(listenKey) {
      const query = listenKey === undefined ? '' : `?listenKey=${listenKey}`;
      const socket = new WebSocket(`${exchange.streamUrl}${query}`);
      clients.push(socket);
      const client = new StreamClient(socket);
      await new Promise<void>((resolve, reject) => {
        socket.once('open', resolve);
        void client.gone.then(() => reject(new Error('refused')));
      });
      return client;
    },
    async refusal(address) {
      const socket = new WebSocket(address);
      clients.push(socket);
      socket.on('error', () => undefined);
      return await new Promise((resolve, reject) => {
        socket.once('open', () => reject(new Error('it was opened')));
        socket.once('unexpected-response', (_request, response) => {
          resolve(response.statusCode ?? 0);
          response.destroy();
        });
      });
    },
    move: (bid, ask) => moveMarket(world, BTC.symbol, quoteAt(bid, ask)),
    order(changes = {}) {
      orders += 1;
      const nowMs = presentOf(world);
      submitOrder(world.model, ACCOUNT, { ...requestOf(`order-${orders}`), ...changes }, nowMs, nowMs);
      publishFrames(world);
    },
    async close() {
      for (const client of clients) client.terminate();
      await exchange.close();
    },
  };
  opened.move(1_000_000, 1_000_010);
  return opened;
}
