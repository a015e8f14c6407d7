// The leverage of each symbol as the account has it: set before an order that needs another, and watched for changes that were not ours.

import type { OrderSide, PositionMode, Priority } from '../../../domain/venue.ts';
import { type PositionSide, setLeverageCall } from './requests.ts';
import type { RestClient, RestReply } from './rest-call.ts';

/** As the venue counts it, whole. In one-way mode both are the same. */
export interface SymbolLeverage {
  readonly symbol: string;
  readonly long: number;
  readonly short: number;
}

export interface LeverageDrift {
  readonly symbol: string;
  /** What an order of ours set last. */
  readonly expected: number;
  readonly long: number;
  readonly short: number;
}

interface Entry {
  long: number | null;
  short: number | null;
  /** What an order of ours set last; `null` before that, and after somebody else changed it. */
  ownLong: number | null;
  ownShort: number | null;
  /** Until when a frame may be older than our last change. */
  settledAtMs: number;
  /** The end of the last change that waits or is under way; changes of a symbol are made one after the other. */
  queue: Promise<void>;
  /** Changes that wait or are under way. */
  changes: number;
}

/** Frames come every five seconds; one that left before our change arrives within this. */
const SETTLE_MS = 2_000;

export class LeverageBook {
  private readonly rest: RestClient;
  private readonly mode: PositionMode;
  private readonly nowMs: () => number;
  private readonly entries = new Map<string, Entry>();

  constructor(rest: RestClient, mode: PositionMode, nowMs: () => number) {
    this.rest = rest;
    this.mode = mode;
    this.nowMs = nowMs;
  }

  /** Takes what the venue said when it was asked. */
  learn({ symbol, long, short }: SymbolLeverage): void {
    const entry = this.entryOf(symbol);
    entry.long = long;
    entry.short = short;
  }

  /**
   * Has the venue use `leverage` for orders that open on `side`. Asks only where it does not know that this is so already.
   *
   * @returns `null` where the venue uses it, else what came of asking.
   */
  async ensure(
    symbol: string,
    side: OrderSide,
    leverage: number,
    priority: Priority,
  ): Promise<Exclude<RestReply, { kind: 'data' }> | null> {
    const entry = this.entryOf(symbol);
    const before = entry.queue;
    let finished: () => void = () => undefined;
    entry.queue = new Promise((resolve) => {
      finished = resolve;
    });
    entry.changes += 1;
    try {
      await before;
      return await this.change(entry, symbol, side, leverage, priority);
    } finally {
      entry.changes -= 1;
      finished();
    }
  }

  private async change(
    entry: Entry,
    symbol: string,
    side: OrderSide,
    leverage: number,
    priority: Priority,
  ): Promise<Exclude<RestReply, { kind: 'data' }> | null> {
    const isOneWay = this.mode === 'one_way';
    const isLong = side === 'BUY';
    const isSet = isOneWay
      ? entry.long === leverage && entry.short === leverage
      : (isLong ? entry.long : entry.short) === leverage;
    if (!isSet) {
      const positionSide: PositionSide = isOneWay ? 'BOTH' : isLong ? 'LONG' : 'SHORT';
      const reply = await this.rest.call(setLeverageCall(symbol, positionSide, leverage, priority));
      entry.settledAtMs = this.nowMs() + SETTLE_MS;
      if (reply.kind !== 'data') {
        // It may have been done, perhaps by an attempt before the one that was refused: nothing is known of it any more.
        if (reply.kind !== 'not_sent') this.forget(entry, isOneWay || isLong, isOneWay || !isLong);
        return reply;
      }
    }
    if (isOneWay || isLong) [entry.long, entry.ownLong] = [leverage, leverage];
    if (isOneWay || !isLong) [entry.short, entry.ownShort] = [leverage, leverage];
    return null;
  }

  private forget(entry: Entry, long: boolean, short: boolean): void {
    if (long) [entry.long, entry.ownLong] = [null, null];
    if (short) [entry.short, entry.ownShort] = [null, null];
  }

  /** Takes what the venue said by itself, and returns whether somebody else changed what an order of ours had set. */
  observe({ symbol, long, short }: SymbolLeverage): LeverageDrift | null {
    const entry = this.entryOf(symbol);
    // What was sent before our change would look like a change of somebody else.
    if (entry.changes > 0 || this.nowMs() < entry.settledAtMs) return null;
    const { ownLong, ownShort } = entry;
    const isLongMoved = ownLong !== null && ownLong !== long;
    const isShortMoved = ownShort !== null && ownShort !== short;
    entry.long = long;
    entry.short = short;
    if (isLongMoved) entry.ownLong = null;
    if (isShortMoved) entry.ownShort = null;
    const expected = isLongMoved ? ownLong : isShortMoved ? ownShort : null;
    return expected === null ? null : { symbol, expected, long, short };
  }

  /** What is known of a symbol; `null` where the venue has not said. */
  of(symbol: string): SymbolLeverage | null {
    const { long = null, short = null } = this.entries.get(symbol) ?? {};
    return long === null || short === null ? null : { symbol, long, short };
  }

  private entryOf(symbol: string): Entry {
    const known = this.entries.get(symbol);
    if (known !== undefined) return known;
    const entry: Entry = {
      long: null,
      short: null,
      ownLong: null,
      ownShort: null,
      settledAtMs: 0,
      queue: Promise.resolve(),
      changes: 0,
    };
    this.entries.set(symbol, entry);
    return entry;
  }
}
