// The local exchange as one thing: the model with its accounts, its prices, and its REST and WebSocket interfaces on one port of this machine.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instrument } from '../../../domain/instrument.ts';
import { type Money, money } from '../../../domain/money.ts';
import { HOUR_MS } from '../../../domain/time.ts';
import type { PositionMode } from '../../../domain/venue.ts';
import type { Timers } from '../../../ports.ts';
import { exchangeFaults } from './faults.ts';
import { type LoadedBars, MarketHistory } from './feed/market-history.ts';
import { keepFunding } from './feed/move-market.ts';
import { createExchange, openAccount } from './model/exchange.ts';
import { MAINTENANCE_TIERS } from './model/maintenance.ts';
import { EXCHANGE_DEFAULTS, type ExchangeConfig } from './model/state.ts';
import { ACCOUNT_ROUTES } from './rest/account-routes.ts';
import { CONTROL_ROUTES } from './rest/control-routes.ts';
import { MARKET_ROUTES } from './rest/market-routes.ts';
import { restServer } from './rest/rest-server.ts';
import { StreamServer } from './stream/stream-server.ts';
import { PRESENT_WIRE, type WireSwitches } from './wire-switches.ts';
import type { ApiKey, ExchangeWorld } from './world.ts';

export interface LocalExchangeConfig {
  /** 0: any that is free. */
  readonly port: number;
  readonly instruments: readonly Instrument[];
  readonly keys: readonly ApiKey[];
  readonly timers: Timers;
  /** For whatever is drawn: faults. */
  readonly seed: number;
  readonly positionMode?: PositionMode;
  /** What each account starts with; default: 100,000. */
  readonly wallet?: Money;
  readonly wire?: Partial<WireSwitches>;
  readonly model?: Partial<ExchangeConfig>;
  /** What a request takes there and back; default: nothing. */
  readonly latencyMs?: number;
  /** How long a listen key lives that is not extended; default: an hour, as at the venue. */
  readonly listenKeyMs?: number;
  /** Bars of before, by symbol. */
  readonly past?: ReadonlyMap<string, LoadedBars>;
}

export interface LocalExchange {
  /** Origin of the REST interface, as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly streamUrl: string;
  readonly world: ExchangeWorld;
  /** What has come and gone so far, and what is under way. */
  traffic(): {
    readonly requestsTaken: number;
    readonly requestsWorking: number;
    readonly requestsHeld: number;
    readonly framesSent: number;
    readonly privateStreams: number;
  };
  /** Ends every connection. */
  close(): Promise<void>;
}

const WALLET = money(100_000n * 100_000_000n);
/** Orders and lines of the account book that are kept of each account. */
const HISTORY_MAX = 50_000;

/**
 * Starts an exchange whose markets have no price yet: a feed moves them, or `moveMarket` does. It listens on the loopback address alone.
 * Rejects where the port is taken.
 */
export async function startLocalExchange(config: LocalExchangeConfig): Promise<LocalExchange> {
  const world = worldOf(config);
  const rest = restServer(world, [...MARKET_ROUTES, ...ACCOUNT_ROUTES, ...CONTROL_ROUTES]);
  const streams = new StreamServer(world);
  const server = createServer(rest.handle);
  server.on('upgrade', (request, socket, head) => streams.upgrade(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, '127.0.0.1', resolve);
  });
  const endFunding = keepFunding(world);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    streamUrl: `ws://127.0.0.1:${port}/swap-market`,
    world,
    traffic: () => ({
      requestsTaken: rest.taken(),
      requestsWorking: rest.working(),
      requestsHeld: rest.held(),
      framesSent: streams.framesSent(),
      privateStreams: streams.privateStreams(),
    }),
    async close() {
      endFunding();
      for (const callOff of world.cancelAllTimers.values()) callOff();
      rest.close();
      streams.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function worldOf(config: LocalExchangeConfig): ExchangeWorld {
  const { instruments, keys, timers, seed } = config;
  const model = createExchange({
    ...EXCHANGE_DEFAULTS,
    historyMax: HISTORY_MAX,
    maintenance: MAINTENANCE_TIERS,
    positionMode: config.positionMode ?? 'one_way',
    ...config.model,
    instruments,
  });
  const accounts = new Set(keys.map(({ accountId }) => accountId));
  for (const accountId of accounts) openAccount(model, accountId, config.wallet ?? WALLET, timers.nowMs());
  return {
    model,
    timers,
    keys: new Map(keys.map((key) => [key.apiKey, key])),
    listenKeys: new Map(),
    listenKeyMs: config.listenKeyMs ?? HOUR_MS,
    history: new Map(
      instruments.map((one) => [one.symbol, new MarketHistory(one, config.past?.get(one.symbol))]),
    ),
    wire: { ...PRESENT_WIRE, ...config.wire },
    faults: exchangeFaults(seed),
    latencyMs: config.latencyMs ?? 0,
    followers: new Set(),
    marketFollowers: new Set(),
    streamCommands: new Set(),
    cancelAllTimers: new Map(),
  };
}
