// The local exchange as a whole: the model, who may trade at it, what the public sees, and how it misbehaves.

import type { EpochMs } from '../../../domain/steps.ts';
import type { Timers } from '../../../ports.ts';
import type { ExchangeFaults } from './faults.ts';
import type { MarketHistory, PublicTrade } from './feed/market-history.ts';
import { drainFrames } from './model/exchange.ts';
import { advanceTo, type Exchange, type Frame } from './model/state.ts';
import type { WireSwitches } from './wire-switches.ts';

export interface ApiKey {
  readonly apiKey: string;
  readonly secret: string;
  /** The account of the model. */
  readonly accountId: string;
}

/** Opens the private stream of an account until it expires. */
export interface ListenKey {
  readonly listenKey: string;
  readonly accountId: string;
  expiresAtMs: number;
}

/** What whoever runs the exchange may do to its streams. */
export type StreamCommand = 'expire_listen_keys' | 'drop_sockets';

/** What the public hears of a market: a quote, and a trade where there was one. */
export interface MarketMove {
  readonly symbol: string;
  readonly trade: PublicTrade | null;
}

export interface ExchangeWorld {
  readonly model: Exchange;
  readonly timers: Timers;
  /** By the key itself. */
  readonly keys: ReadonlyMap<string, ApiKey>;
  readonly listenKeys: Map<string, ListenKey>;
  /** How long a listen key lives that is not extended. */
  readonly listenKeyMs: number;
  /** By symbol: one of every instrument. */
  readonly history: ReadonlyMap<string, MarketHistory>;
  /** How the wire differs from the plainest one; may be changed at any time. */
  wire: WireSwitches;
  readonly faults: ExchangeFaults;
  /** What a request takes there and back, in milliseconds, beside what faults add; may be changed at any time. */
  latencyMs: number;
  /** Called with what the private stream of an account has to say, in its order. */
  readonly followers: Set<(accountId: string, frames: readonly Frame[]) => void>;
  /** Called after a market has moved. */
  readonly marketFollowers: Set<(move: MarketMove) => void>;
  /** Called when the streams are told to do something. */
  readonly streamCommands: Set<(command: StreamCommand) => void>;
  /** Dead man's switches: by account, how to call off what was armed. */
  readonly cancelAllTimers: Map<string, () => void>;
}

/** Moves the model to the present, which never goes back, and returns it. */
export function presentOf({ model, timers }: ExchangeWorld): EpochMs {
  return advanceTo(model, Math.max(model.nowMs, timers.nowMs()));
}

/** Tells the followers what has happened since the last call. To be called after whatever may have moved the model. */
export function publishFrames({ model, followers }: ExchangeWorld): void {
  for (const accountId of model.accounts.keys()) {
    const frames = drainFrames(model, accountId);
    if (frames.length === 0) continue;
    for (const follow of followers) follow(accountId, frames);
  }
}
