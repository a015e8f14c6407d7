// The prices of a feed as the market of a paper venue: in its steps, with depth, and with funding at its times.

import { type Instrument, quoteOf, stepsFrom } from '../../../../domain/instrument.ts';
import { symbolKey } from '../../../../domain/market.ts';
import { type Money, money } from '../../../../domain/money.ts';
import type { FeedQuote } from '../../../../domain/scan.ts';
import {
  type EpochMs,
  LOTS_MAX,
  type Lots,
  lots,
  type Ppm,
  type PriceTicks,
} from '../../../../domain/steps.ts';
import type { Timers } from '../../../../ports.ts';
import { atFundingTimes, stepMarket } from '../feed/step-market.ts';
import { settleFunding } from '../model/exchange.ts';
import type { Exchange, Quote } from '../model/state.ts';
import type { PaperVenue } from '../paper-venue.ts';

interface PaperMarketDeps {
  readonly model: Exchange;
  /** Over the model. */
  readonly venue: Pick<PaperVenue, 'moved'>;
  readonly timers: Timers;
  /** What longs pay to shorts at 00, 08 and 16 hours UTC. Default: nothing. */
  readonly fundingRate?: Ppm;
}

export interface PaperMarket {
  /**
   * Moves the market of a symbol, and tells the venue's listener what that did to the account. Orders that the price passed are filled;
   * one at the price itself waits until as much as a level holds has traded before it.
   *
   * @returns `false` where there is no such market, or its prices are not in the range of its steps: then nothing happened.
   */
  quote(quote: Pick<FeedQuote, 'key' | 'bid' | 'ask' | 'mark'>): boolean;
  /** Ends the funding. */
  close(): void;
}

/** What each side of the book holds at its best price, at the mark: an order of more slips by a tick. */
const LEVEL_WORTH: Money = money(100_000n * 100_000_000n);

export function paperMarket(deps: PaperMarketDeps): PaperMarket {
  const { model, venue, timers, fundingRate = 0 as Ppm } = deps;
  const byKey = new Map(model.config.instruments.map((one) => [symbolKey(one.symbol), one]));
  const present = (): EpochMs => Math.max(model.nowMs, timers.nowMs()) as EpochMs;
  const settle = (): void => {
    for (const [symbol, { quote }] of model.markets)
      if (quote !== null) settleFunding(model, symbol, fundingRate, present());
    venue.moved();
  };
  const close = fundingRate === 0 ? (): void => undefined : atFundingTimes(timers, settle);
  return {
    quote(given) {
      const instrument = byKey.get(given.key);
      const quote = instrument === undefined ? null : bookOf(instrument, given);
      if (instrument === undefined || quote === null) return false;
      const trade = { price: quote.mark, lots: quote.bidLots };
      stepMarket(model, instrument.symbol, quote, trade, present());
      venue.moved();
      return true;
    },
    close,
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
