// How convinced an entry is: a convex function of its signal, times how trades on signals of that strength have ended.

import type { PolicyView, TradeSide } from './policy.ts';

/** What the kernel takes as conviction; anything else is a mistake. */
export const CONVICTION_MIN = 0.5;
export const CONVICTION_MAX = 8;

/** Signals from the threshold to the strongest, in this many parts of the same width. */
export const BUCKETS = 4;
/** How far the trades of a bucket can move its conviction: from 1 - this to 1 + this. */
const BUCKET_SWING = 0.5;
/** An entry that is in no slot by then was refused or missed; until then it may wait for a price of its own. */
const ASKED_MS = 30_000;
/** Trades whose end is waited for; more than a kernel has slots, for ends that are told late. */
const OPEN_MAX = 100;

interface AskedEntry {
  readonly slot: number;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly bucket: number;
  /** When it was decided, epoch ms. */
  readonly atMs: number;
}

/** Plain JSON. */
export interface SizerMemory {
  /** Entries that were decided and have no trade id yet. */
  readonly asked: readonly AskedEntry[];
  readonly open: readonly { readonly tradeId: string; readonly bucket: number }[];
  /** For each bucket, what its last trades brought, in USDT, oldest first. */
  readonly results: readonly (readonly number[])[];
}

export interface SizerSettings {
  readonly min_leverage: number;
  readonly max_leverage: number;
  readonly strongest: number;
  readonly bucket_trades: number;
}

export function beginSizer(): SizerMemory {
  return { asked: [], open: [], results: Array.from({ length: BUCKETS }, () => []) };
}

interface Conviction {
  /** Before any boost. */
  readonly conviction: number;
  readonly bucket: number;
  readonly bucketMultiplier: number;
}

/**
 * Returns `(min + (max - min) × clamp01((|signal| / threshold - 1) / (strongest - 1))³) × multiplier of the bucket`. The cube keeps signals
 * near the threshold small; the bucket is the quarter that the clamped share falls in.
 *
 * @param signal its size counts, its sign does not
 */
export function convictionOf(
  memory: SizerMemory,
  signal: number,
  threshold: number,
  settings: SizerSettings,
): Conviction {
  const share = shareOf(Math.abs(signal) / threshold, settings.strongest);
  const bucket = Math.min(BUCKETS - 1, Math.floor(share * BUCKETS));
  const bucketMultiplier = multiplierOf(memory.results[bucket] ?? [], settings.bucket_trades);
  const { min_leverage: min, max_leverage: max } = settings;
  return { conviction: (min + (max - min) * share ** 3) * bucketMultiplier, bucket, bucketMultiplier };
}

/** A `strongest` of at most the threshold makes every signal the strongest. */
function shareOf(thresholds: number, strongest: number): number {
  if (strongest <= 1) return 1;
  return Math.max(0, Math.min(1, (thresholds - 1) / (strongest - 1)));
}

/**
 * Returns `1 + 0.5 × (sum of the results / sum of their sizes) × (how many there are / how many count)`: 1 without a trade, and never far
 * from it after a few, so one lucky trade proves nothing.
 */
function multiplierOf(results: readonly number[], trades: number): number {
  let sum = 0;
  let size = 0;
  for (const net of results) {
    sum += net;
    size += Math.abs(net);
  }
  if (size === 0) return 1;
  return 1 + BUCKET_SWING * (sum / size) * Math.min(1, results.length / trades);
}

/** Notes an entry that was decided, so that its trade is known when its slot shows one. */
export function entryAsked(memory: SizerMemory, entry: AskedEntry): SizerMemory {
  return { ...memory, asked: [...memory.asked.filter(({ slot }) => slot !== entry.slot), entry] };
}

/**
 * Follows entries to their trades, and trades to their ends. A trade counts in its own bucket with what the ledger booked under its id:
 * realized - fees + funding. An entry that comes to no trade counts nowhere; so do trades of others.
 */
export function tradesFollowed(
  memory: SizerMemory,
  { slots, closed, nowMs }: Pick<PolicyView, 'slots' | 'closed' | 'nowMs'>,
  settings: SizerSettings,
): SizerMemory {
  const asked: AskedEntry[] = [];
  const open = [...memory.open];
  for (const entry of memory.asked) {
    const slot = slots.find((one) => one.slot === entry.slot);
    const tradeId = slot?.tradeId ?? null;
    if (slot !== undefined && tradeId !== null) {
      const isIts = slot.symbol === entry.symbol && slot.side === entry.side;
      if (isIts) open.push({ tradeId, bucket: entry.bucket });
    } else if (nowMs - entry.atMs <= ASKED_MS) asked.push(entry);
  }
  const results = memory.results.map((bucket) => [...bucket]);
  for (const trade of closed) {
    const place = open.findIndex(({ tradeId }) => tradeId === trade.tradeId);
    const [ended] = place < 0 ? [] : open.splice(place, 1);
    const net = trade.realizedUsdt - trade.feesUsdt + trade.fundingUsdt;
    if (ended !== undefined && Number.isFinite(net)) results[ended.bucket]?.push(net);
  }
  return {
    asked,
    open: open.slice(-OPEN_MAX),
    results: results.map((bucket) => bucket.slice(-settings.bucket_trades)),
  };
}
