// Everything that can go wrong in a simulated world, by name: each seed draws its own mix, and each hit can be switched off again.

import { type Stream, streamOf } from './random.ts';

/** Group of the plan, highest rate at which it is drawn, and whether it is drawn once for a whole seed. */
interface FaultKind {
  readonly group: number;
  readonly rate: number;
  readonly isTrait?: true;
}

export const FAULTS = {
  request_lost: { group: 1, rate: 0.2 },
  response_lost: { group: 1, rate: 0.2 },
  request_delayed: { group: 1, rate: 0.2 },
  response_delayed: { group: 1, rate: 0.2 },
  server_error: { group: 1, rate: 0.2 },
  gateway_timeout: { group: 1, rate: 0.2 },
  unanswered: { group: 1, rate: 0.1 },
  unreadable: { group: 1, rate: 0.1 },
  rate_limited: { group: 1, rate: 0.05 },
  clock_skew: { group: 1, rate: 0.1 },
  funding_window: { group: 1, rate: 0.3 },
  frame_duplicated: { group: 2, rate: 0.3 },
  frames_replayed: { group: 2, rate: 0.9 },
  frame_reordered: { group: 2, rate: 0.3 },
  frame_dropped: { group: 2, rate: 0.15 },
  frame_unreadable: { group: 2, rate: 0.1 },
  frame_contradictory: { group: 2, rate: 0.1 },
  stream_silent: { group: 2, rate: 0.2 },
  listen_key_expired: { group: 2, rate: 0.3 },
  streams_overlap: { group: 2, rate: 0.2 },
  lag_orders: { group: 3, rate: 0.6 },
  lag_positions: { group: 3, rate: 0.6 },
  lag_fills: { group: 3, rate: 0.6 },
  order_not_found: { group: 3, rate: 0.3 },
  partial_of_one_lot: { group: 4, rate: 0.4 },
  fill_during_cancel: { group: 4, rate: 0.4 },
  overfill: { group: 4, rate: 0.01 },
  order_expired: { group: 4, rate: 0.06 },
  rebate: { group: 4, rate: 0.3, isTrait: true },
  no_fee: { group: 4, rate: 0.2, isTrait: true },
  adl: { group: 4, rate: 0.02 },
  liquidation: { group: 4, rate: 0.006 },
  closed_by_hand: { group: 4, rate: 0.02 },
  opened_by_hand: { group: 4, rate: 0.015 },
  transfer: { group: 4, rate: 0.04 },
  funding: { group: 4, rate: 0.05 },
  empty_client_id: { group: 4, rate: 0.6, isTrait: true },
  rounded_average: { group: 4, rate: 0.5, isTrait: true },
  rounded_queries: { group: 4, rate: 0.3, isTrait: true },
  fee_missing: { group: 4, rate: 0.5, isTrait: true },
  post_only_canceled: { group: 4, rate: 0.5, isTrait: true },
  oversize_rejected: { group: 4, rate: 0.5, isTrait: true },
  canceled_zero_first: { group: 4, rate: 0.4, isTrait: true },
  margin_only_frames: { group: 4, rate: 0.4, isTrait: true },
  fee_asset_other: { group: 4, rate: 0.2, isTrait: true },
  foreign_trader: { group: 6, rate: 0.15 },
  kill_before_commit: { group: 7, rate: 0.02 },
  kill_in_write: { group: 7, rate: 0.02 },
  kill_before_send: { group: 7, rate: 0.03 },
  kill_amid_sends: { group: 7, rate: 0.03 },
  kill_idle: { group: 7, rate: 0.02 },
  power_cut: { group: 7, rate: 0.5 },
  sync_lie: { group: 7, rate: 0.6 },
  bit_flip: { group: 7, rate: 0.3 },
  days_down: { group: 7, rate: 0.2 },
  disk_full: { group: 7, rate: 0.1 },
  clock_jump: { group: 7, rate: 0.1 },
  pause: { group: 7, rate: 0.1 },
  flash_move: { group: 0, rate: 0.02 },
  gap: { group: 0, rate: 0.05 },
  feed_stops: { group: 0, rate: 0.05 },
  not_finite: { group: 8, rate: 0.2 },
  negative: { group: 8, rate: 0.2 },
  enormous: { group: 8, rate: 0.2 },
  stale_intent: { group: 8, rate: 0.2 },
  duplicate_intent: { group: 8, rate: 0.2 },
  contradiction: { group: 8, rate: 0.2 },
  other_slot: { group: 8, rate: 0.2 },
  flood: { group: 8, rate: 0.05 },
  unreadable_intent: { group: 8, rate: 0.2 },
  off_price: { group: 8, rate: 0.2 },
  unknown_word: { group: 8, rate: 0.2 },
  tiny: { group: 8, rate: 0.2 },
  unreadable_list: { group: 8, rate: 0.1 },
  wrong_mode: { group: 8, rate: 0.05 },
  odd_price: { group: 8, rate: 0.05 },
  cancel_denied: { group: 1, rate: 0.4 },
  exits_denied: { group: 1, rate: 0.1 },
  price_late: { group: 0, rate: 0.1 },
  frame_unpriced: { group: 2, rate: 0.3 },
  frame_without_wallet: { group: 2, rate: 0.3 },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** Faults that only mean something together with another one. */
const COMPANIONS: readonly (readonly [FaultName, FaultName])[] = [
  ['sync_lie', 'power_cut'],
  ['power_cut', 'kill_in_write'],
  ['bit_flip', 'kill_idle'],
  ['days_down', 'kill_idle'],
  ['frames_replayed', 'listen_key_expired'],
  ['funding_window', 'funding'],
];

export class FaultPlan {
  readonly hits: Record<FaultName, number>;
  /** `name#3` for each hit, oldest first. */
  readonly fired: string[] = [];
  /** Off: nothing goes wrong any more. */
  isOn = true;
  private readonly rates = new Map<FaultName, number>();
  private readonly streams = new Map<FaultName, Stream>();
  private readonly counts = new Map<FaultName, number>();
  private readonly without: ReadonlySet<string>;

  /** @param without names of faults, or of single hits of them (`name#3`), that do not happen. */
  constructor(seed: number, without: ReadonlySet<string>) {
    this.without = without;
    this.hits = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as Record<FaultName, number>;
    const draw = streamOf(seed, 'swarm');
    const kind = draw.fraction();
    const share = kind < 0.05 ? 0 : kind < 0.45 ? 3 / FAULT_NAMES.length : kind < 0.85 ? 0.2 : 0.7;
    for (const name of FAULT_NAMES) {
      this.streams.set(name, streamOf(seed, `fault:${name}`));
      const rate = FAULTS[name].rate * (0.2 + 0.8 * draw.fraction());
      if (draw.chance(share)) this.rates.set(name, rate);
    }
    for (const [name, companion] of COMPANIONS)
      if (this.rates.has(name) && !this.rates.has(companion))
        this.rates.set(companion, FAULTS[companion].rate);
  }

  /** Whether it happens this time. */
  fires(name: FaultName): boolean {
    const rate = this.rates.get(name);
    if (rate === undefined || !this.isOn || this.without.has(name)) return false;
    if (!this.streamOf(name).chance(rate)) return false;
    return this.hit(name);
  }

  /** Whether it is a trait of this whole world. */
  isTrait(name: FaultName): boolean {
    return this.rates.has(name) && !this.without.has(name) && this.hit(name);
  }

  between(name: FaultName, low: number, high: number): number {
    return this.streamOf(name).between(low, high);
  }

  pick<T>(name: FaultName, list: readonly T[]): T {
    return this.streamOf(name).pick(list);
  }

  private hit(name: FaultName): boolean {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    if (this.without.has(`${name}#${count}`)) return false;
    this.hits[name] += 1;
    this.fired.push(`${name}#${count}`);
    return true;
  }

  private streamOf(name: FaultName): Stream {
    const stream = this.streams.get(name);
    if (stream === undefined) throw new Error(`no fault ${name}`);
    return stream;
  }
}
