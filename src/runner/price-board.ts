// The newest price of everything that can be traded, from the feed or, where that is silent, from the venue; and as MARK events for the kernel.

import type { SymbolName } from '../domain/ids.ts';
import { type Instrument, stepsFrom } from '../domain/instrument.ts';
import { symbolKey } from '../domain/market.ts';
import type { FeedQuote, Scan } from '../domain/scan.ts';
import type { EpochMs, PriceTicks } from '../domain/steps.ts';
import type { VenueQuote } from '../domain/venue.ts';
import type { MarkEvent } from '../kernel/event.ts';
import type { SeenPrice } from '../policy/policy.ts';
import { priceOfTicks } from './slot-views.ts';

interface Seen {
  readonly price: number;
  readonly atMs: number;
  readonly source: SeenPrice['source'];
}

/** Ticks of one moment, the bid below the ask. */
export interface TickQuote {
  readonly symbol: SymbolName;
  readonly bid: PriceTicks;
  readonly ask: PriceTicks;
  readonly mark: PriceTicks;
}

export class PriceBoard {
  /** Symbol key → the venue's spelling. */
  readonly symbols: Readonly<Record<string, string>>;
  private readonly instruments = new Map<string, Instrument>();
  private readonly seen = new Map<string, Seen>();
  /** A price of a feed that is older gives way to the venue's. */
  private readonly staleMs: number;
  private readonly isScanMarket: boolean;

  /** @param isScanMarket whether scans move the market itself; elsewhere one from long ago says nothing of what anything costs now */
  constructor(instruments: readonly Instrument[], staleMs: number, isScanMarket = true) {
    this.staleMs = staleMs;
    this.isScanMarket = isScanMarket;
    for (const instrument of instruments) this.instruments.set(symbolKey(instrument.symbol), instrument);
    this.symbols = Object.fromEntries(instruments.map(({ symbol }) => [symbolKey(symbol), symbol]));
  }

  /** Takes a quote of the feed. Returns it in ticks, or `null` where it is of something that is not traded here. */
  quoted(quote: FeedQuote, nowMs: number): TickQuote | null {
    const instrument = this.instruments.get(quote.key);
    if (instrument === undefined) return null;
    this.seen.set(quote.key, { price: quote.mark, atMs: nowMs, source: 'feed' });
    return ticksOf(instrument, quote);
  }

  /** Takes the prices of a scan. Returns those of what is traded here as quotes without a spread. */
  scanned({ prices, scannedAtMs, receivedAtMs }: Scan, nowMs: number): readonly FeedQuote[] {
    const atMs = Math.min(nowMs, scannedAtMs);
    const quotes: FeedQuote[] = [];
    for (const [key, price] of Object.entries(prices)) {
      if (!this.instruments.has(key)) continue;
      if (this.isNews(this.seen.get(key), atMs, nowMs)) this.seen.set(key, { price, atMs, source: 'scan' });
      quotes.push({ key, bid: price, ask: price, mark: price, quotedAtMs: receivedAtMs });
    }
    return quotes;
  }

  /** A feed that quotes is newer than what it says in a scan, and anybody is newer than a scan of long ago. */
  private isNews(known: Seen | undefined, atMs: number, nowMs: number): boolean {
    if (nowMs - atMs > this.staleMs) return this.isScanMarket && atMs >= (known?.atMs ?? 0);
    return known?.source !== 'feed' || nowMs - known.atMs > this.staleMs;
  }

  /** Returns a quote in ticks, as {@link quoted} does, and takes nothing. */
  ticksOf(quote: FeedQuote): TickQuote | null {
    const instrument = this.instruments.get(quote.key);
    return instrument === undefined ? null : ticksOf(instrument, quote);
  }

  /** Takes the venue's own price; what the feed says goes first while it is fresh. */
  told({ symbol, mark }: VenueQuote, nowMs: number): void {
    const key = symbolKey(symbol);
    const instrument = this.instruments.get(key);
    if (instrument === undefined) return;
    const known = this.seen.get(key);
    if (known !== undefined && known.source !== 'venue' && nowMs - known.atMs <= this.staleMs) return;
    this.seen.set(key, { price: priceOfTicks(instrument, mark), atMs: nowMs, source: 'venue' });
  }

  priceOf(symbol: string, nowMs: number): SeenPrice | null {
    const seen = this.seen.get(symbolKey(symbol));
    if (seen === undefined) return null;
    return { price: seen.price, ageMs: Math.max(0, nowMs - seen.atMs), source: seen.source };
  }

  /** By symbol key, in the order of the instruments. */
  prices(nowMs: number): Readonly<Record<string, SeenPrice>> {
    const prices: Record<string, SeenPrice> = {};
    for (const key of this.instruments.keys()) {
      const price = this.priceOf(key, nowMs);
      if (price !== null) prices[key] = price;
    }
    return prices;
  }
}

/** Returns the event that a quote is, true at `quotedAtMs` by the venue's clock. */
export function markEvent(quote: TickQuote, quotedAtMs: EpochMs, atMs: EpochMs): MarkEvent {
  const { symbol, bid, ask, mark } = quote;
  return { kind: 'MARK', atMs, symbol, bid, ask, mark, quotedAtMs };
}

/** The bid down and the ask up to whole ticks, at least one apart; `null` where a price is less than a tick. */
function ticksOf(
  { symbol, tick }: Instrument,
  { bid, ask, mark }: Pick<FeedQuote, 'bid' | 'ask' | 'mark'>,
): TickQuote | null {
  const low = stepsFrom(tick, Math.min(bid, ask), 'down');
  const high = stepsFrom(tick, Math.max(bid, ask), 'up');
  const middle = stepsFrom(tick, mark, 'nearest');
  if (!low.ok || !high.ok || !middle.ok || low.value < 1 || middle.value < 1) return null;
  return {
    symbol,
    bid: low.value as PriceTicks,
    ask: Math.max(high.value, low.value + 1) as PriceTicks,
    mark: middle.value as PriceTicks,
  };
}
