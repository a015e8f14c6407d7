// The prices of a feed as the market of a paper venue: in its steps, and with depth.

import { type Instrument, quoteOf, stepsFrom } from '../../../../domain/instrument.ts';
import { symbolKey } from '../../../../domain/market.ts';
import { type Money, money } from '../../../../domain/money.ts';
import type { FeedQuote } from '../../../../domain/scan.ts';
import { type EpochMs, LOTS_MAX, type Lots, lots, type PriceTicks } from '../../../../domain/steps.ts';
import type { Timers } from '../../../../ports.ts';
import { stepMarket } from '../feed/step-market.ts';
import type { Exchange, Quote } from '../model/state.ts';
import type { PaperVenue } from '../paper-venue.ts';

interface PaperMarketDeps {
  readonly model: Exchange;
  /** Over the model. */
  readonly venue: Pick<PaperVenue, 'moved'>;
  readonly timers: Timers;
}

export interface PaperMarket {
  /**
   * Moves the market of a symbol, and tells the venue's listener what that did to the account. Orders that the price passed are filled;
   * one at the price itself waits until as much as a level holds has traded before it.
   *
   * @returns `false` where there is no such market, or its prices are not in the range of its steps: then nothing happened.
   */
  quote(quote: Pick<FeedQuote, 'key' | 'bid' | 'ask' | 'mark'>): boolean;
}

/** What each side of the book holds at its best price, at the mark: an order of more slips by a tick. */
const LEVEL_WORTH: Money = money(100_000n * 100_000_000n);

export function paperMarket(deps: PaperMarketDeps): PaperMarket {
  const { model, venue, timers } = deps;
  const byKey = new Map(model.config.instruments.map((one) => [symbolKey(one.symbol), one]));
  return {
    quote(given) {
      const instrument = byKey.get(given.key);
      const quote = instrument === undefined ? null : bookOf(instrument, given);
      if (instrument === undefined || quote === null) return false;
      const trade = { price: quote.mark, lots: quote.bidLots };
      const nowMs = Math.max(model.nowMs, timers.nowMs()) as EpochMs;
      stepMarket(model, instrument.symbol, quote, trade, nowMs);
      venue.moved();
      return true;
    },
  };
}

/** Bid rounded down and ask up, at least one tick apart: whoever trades on paper never gets more than the feed said. */
function bookOf(
  instrument: Instrument,
  { bid, ask, mark }: Omit<FeedQuote, 'key' | 'quotedAtMs'>,
): Quote | null {
  const low = stepsFrom(instrument.tick, Math.min(bid, ask), 'down');
  const high = stepsFrom(instrument.tick, Math.max(bid, ask), 'up');
  const middle = stepsFrom(instrument.tick, mark, 'nearest');
  if (!low.ok || !high.ok || !middle.ok || low.value < 1 || middle.value < 1) return null;
  const level = levelLots(instrument, middle.value as PriceTicks);
  return {
    bid: low.value as PriceTicks,
    ask: Math.max(high.value, low.value + 1) as PriceTicks,
    mark: middle.value as PriceTicks,
    bidLots: level,
    askLots: level,
  };
}

function levelLots(instrument: Instrument, mark: PriceTicks): Lots {
  const lot = quoteOf(instrument, lots(1), mark);
  return lot === 0n ? lots(LOTS_MAX) : lots(Math.min(LOTS_MAX, Number(LEVEL_WORTH / lot) + 1));
}
