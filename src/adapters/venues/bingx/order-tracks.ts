// What frames have said of each order so far: the stream tells of single fills in one year and of sums in another, and never which.

import { type Money, NO_MONEY } from '../../../domain/money.ts';
import type { Lots } from '../../../domain/steps.ts';

/** One order as far as it was followed without a gap. */
export interface OrderTrack {
  readonly filledLots: Lots;
  /** What those cost, from single fills alone; `null`: one of them was missed. */
  readonly quote: Money | null;
  /** What those paid in fees; `null`: not known for certain. */
  readonly fee: Money | null;
}

/** A frame that tells of a fill. */
interface TrackedFill {
  /** Filled in all after it. */
  readonly filledLots: Lots;
  /** Of this fill alone; `null` where the frame does not say. */
  readonly lastLots: Lots | null;
  readonly lastQuote: Money | null;
  /** What the frame calls the fee: of this fill, or of all. */
  readonly fee: Money | null;
}

/** The rates that a fee can have, as shares: lowest first. */
type FeeBand = readonly [lowest: number, highest: number];

const TRACKS_MAX = 1_000;
const NOTHING: OrderTrack = { filledLots: 0 as Lots, quote: NO_MONEY, fee: NO_MONEY };
/** Fees are rounded, and a fill may be small. */
const BAND_TOLERANCE = 0.02;

export class OrderTracks {
  private readonly tracks = new Map<string, OrderTrack>();
  /** What fees of frames turned out to be, as soon as one frame has shown it beyond doubt. */
  private feeIs: 'of_fill' | 'of_order' | null = null;

  /** An order that was seen before anything of it was filled is followed from its beginning. */
  begin(orderId: string): void {
    if (!this.tracks.has(orderId)) this.keep(orderId, NOTHING);
  }

  /** Lets go of the orders that nothing was filled of: whether that is still so is not known. */
  forgetUntraded(): void {
    for (const [orderId, { filledLots }] of this.tracks) if (filledLots === 0) this.tracks.delete(orderId);
  }

  of(orderId: string): OrderTrack | null {
    return this.tracks.get(orderId) ?? null;
  }

  /**
   * Takes a fill, and returns what is known of the order after it. Older news and repetitions change nothing. A fee beyond the first fill is
   * believed only where the two things that it could mean can be told apart by `band`, the rates that there are.
   */
  take(orderId: string, fill: TrackedFill, band: FeeBand): OrderTrack {
    const before = this.tracks.get(orderId) ?? null;
    // A frame without its last fill, on an order of which nothing was filled before, is taken for one fill.
    const isFirst = fill.lastLots === null ? before?.filledLots === 0 : fill.lastLots === fill.filledLots;
    if (before !== null && fill.filledLots <= before.filledLots) return before;
    const isNext =
      before !== null && fill.lastLots !== null && before.filledLots + fill.lastLots === fill.filledLots;
    const after: OrderTrack = {
      filledLots: fill.filledLots,
      quote:
        isFirst && fill.lastLots === fill.filledLots
          ? fill.lastQuote
          : isNext
            ? sum(before.quote, fill.lastQuote)
            : null,
      fee: isFirst ? fill.fee : isNext ? this.feeAfter(before, fill, band) : this.feeOfAll(fill),
    };
    this.keep(orderId, after);
    return after;
  }

  private feeOfAll({ fee }: TrackedFill): Money | null {
    return this.feeIs === 'of_order' ? fee : null;
  }

  private feeAfter(before: OrderTrack, fill: TrackedFill, [lowest, highest]: FeeBand): Money | null {
    const { fee, lastQuote } = fill;
    if (fee === null || lastQuote === null || lastQuote <= 0n) return null;
    if (this.feeIs === null && before.fee !== null && before.quote !== null) {
      const slack = Math.max(Math.abs(lowest), Math.abs(highest)) * BAND_TOLERANCE;
      const isRate = (part: bigint, quote: bigint): boolean => {
        const rate = Number(part) / Number(quote);
        return rate >= lowest - slack && rate <= highest + slack;
      };
      const couldBeOfFill = isRate(fee, lastQuote);
      const couldBeOfOrder = isRate(fee - before.fee, lastQuote);
      // Where even the fees before were at no rate that is known, the rates are wrong and prove nothing.
      if (couldBeOfFill !== couldBeOfOrder && isRate(before.fee, before.quote))
        this.feeIs = couldBeOfFill ? 'of_fill' : 'of_order';
    }
    if (this.feeIs === 'of_order') return fee;
    return this.feeIs === 'of_fill' ? sum(before.fee, fee) : null;
  }

  private keep(orderId: string, track: OrderTrack): void {
    this.tracks.delete(orderId);
    this.tracks.set(orderId, track);
    if (this.tracks.size <= TRACKS_MAX) return;
    for (const oldest of this.tracks.keys()) {
      this.tracks.delete(oldest);
      return;
    }
  }
}

function sum(a: Money | null, b: Money | null): Money | null {
  return a === null || b === null ? null : ((a + b) as Money);
}
