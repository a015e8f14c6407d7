// What can go wrong between a client and the local exchange, each at a rate that can be changed while it runs, drawn from a seed.

import { type Random, randomFrom } from '../../../domain/random.ts';

/** By name, what each does. The rate is a share of the requests or frames it can strike. */
export const EXCHANGE_FAULTS = {
  request_lost: 'a request is not carried out and never answered',
  response_lost: 'a request is carried out and never answered',
  request_delayed: 'a request is carried out up to five seconds late',
  response_delayed: 'a request is carried out and answered up to five seconds late',
  connection_reset: 'a request is carried out, and the connection breaks before the answer',
  server_error: 'a request is not carried out, and answered with HTTP 500',
  gateway_timeout: 'a request is carried out, and answered with HTTP 504',
  unreadable: 'a request is carried out, and its answer is cut off in the middle',
  rate_limited: 'requests of a path are refused with 100410 until an instant that the answer names',
  busy: 'a request is refused with 109500',
  clock_skew: 'a request is refused with 100421',
  order_rejected: 'a new order is refused with 109403, risk control',
  funding_window: 'a new order is refused with 101214, as while funding is settled',
  cancel_rejected: 'a cancel is refused with 109423, the order being processed',
  fill_during_cancel: 'an order fills, in whole or in part, just before its cancel is carried out',
  partial_fill: 'an order that rests is filled by one lot as its market moves',
  order_expired: 'an order that rests expires as its market moves',
  position_deleveraged: 'the venue closes a part of a position as its market moves',
  closed_by_hand: 'somebody closes a position by hand as its market moves',
  money_moved: 'somebody moves up to 100 of the margin asset in or out as a market moves',
  order_not_found: 'an order that is there is not found by its query',
  lag_orders: 'lists and queries of orders show how they stood up to five seconds ago',
  lag_positions: 'positions and balances show how they stood up to five seconds ago',
  lag_fills: 'fills and income show how they stood up to five seconds ago',
  frame_duplicated: 'a frame of the private stream comes twice',
  frame_reordered: 'a frame comes after the next one',
  frame_dropped: 'a frame does not come',
  frame_contradictory:
    'before a frame of an order that is named by its client id comes one of the other side',
  frames_replayed: 'a new private connection begins with the last twenty frames once more',
  frame_malformed:
    'another frame comes before the true one: cut off, no JSON, of wrong types, or with hostile names',
  frame_oversized: 'another frame of more than 1 MiB comes before the true one',
  socket_dropped: 'the connection breaks instead of a frame, without a word',
  stream_silent: 'nothing comes over a connection any more, pings included, until the client leaves it',
  listen_key_expired: 'the listen key expires instead of a frame',
} as const;

export type FaultName = keyof typeof EXCHANGE_FAULTS;
export const FAULT_NAMES = Object.keys(EXCHANGE_FAULTS) as readonly FaultName[];

/** How long a `rate_limited` lasts, in milliseconds. */
export const RATE_LIMITED_MS = 3_000;
/** What `money_moved` moves at most, in whole units. */
export const MOVED_MAX = 100;
/** How late the late ones are at most, in milliseconds. */
export const LATE_MAX_MS = 5_000;

export interface ExchangeFaults {
  /** 0 to 1; all begin with 0. */
  rate(name: FaultName): number;
  /** @throws RangeError for a rate that is no share. */
  set(name: FaultName, rate: number): void;
  /** Draws whether it happens this time, and counts it. */
  fires(name: FaultName): boolean;
  /** A whole number from `low` to `high`, drawn from the stream of `name`. */
  between(name: FaultName, low: number, high: number): number;
  /** How often each has happened. */
  readonly hits: Readonly<Record<FaultName, number>>;
}

/** Returns faults that are all off. Each has a stream of its own, so that one that is switched on shifts none of the others. */
export function exchangeFaults(seed: number): ExchangeFaults {
  const rates = new Map<FaultName, number>();
  const streams = new Map<FaultName, Random>(
    FAULT_NAMES.map((name) => [name, randomFrom(seed, `fault/${name}`)]),
  );
  const hits = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as Record<FaultName, number>;
  const draw = (name: FaultName): number => streams.get(name)?.uniform() ?? 0;
  return {
    hits,
    rate: (name) => rates.get(name) ?? 0,
    set(name, rate) {
      if (!(rate >= 0 && rate <= 1)) throw new RangeError(`the rate of ${name} is a share, not ${rate}`);
      rates.set(name, rate);
    },
    fires(name) {
      const rate = rates.get(name) ?? 0;
      if (rate === 0 || draw(name) >= rate) return false;
      hits[name] += 1;
      return true;
    },
    between: (name, low, high) => low + Math.floor(draw(name) * (high - low + 1)),
  };
}
