// A market, an account and a clock in memory for the parts of a runner: prices move when a test says so, and answers come in the next turn.

import { createExchange, openAccount, setQuote } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { EXCHANGE_DEFAULTS, type Quote } from '../../src/adapters/venues/exchange/model/state.ts';
import { type PaperVenue, paperVenue } from '../../src/adapters/venues/exchange/paper-venue.ts';
import { type VirtualTimers, virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { SymbolName } from '../../src/domain/ids.ts';
import type { Lots, PriceTicks } from '../../src/domain/steps.ts';
import type { TickQuote } from '../../src/runner/price-board.ts';
import { BTC, ETH, instrument, START_MS, usdt } from '../kernel/build.ts';
import { passTime } from './pass-time.ts';

export interface PaperWorld {
  readonly timers: VirtualTimers;
  venue: PaperVenue;
  /** Connects anew, as another process would; what the old connection is told nobody hears. */
  reopen(): void;
  /** Moves the market of a symbol, by default BTC, to `mark` ticks. */
  price(mark: number, symbol?: SymbolName): TickQuote;
  /** Lets `ms` pass, with every answer that falls into it. */
  passed(ms: number): Promise<void>;
}

const LEVEL_LOTS = 1_000_000 as Lots;

/** @param latencyMs what a request takes there and back */
export function paperWorld(latencyMs = 0): PaperWorld {
  const timers = virtualTimers(START_MS);
  const instruments = [instrument(BTC), instrument(ETH)];
  const model = createExchange({ ...EXCHANGE_DEFAULTS, instruments });
  openAccount(model, 'paper', usdt(10_000), START_MS);
  const open = (): PaperVenue => paperVenue({ model, accountId: 'paper', timers, latencyMs });
  const world: PaperWorld = {
    timers,
    venue: open(),
    reopen() {
      void world.venue.close();
      world.venue = open();
    },
    price(mark, symbol = BTC) {
      const ticks = { bid: mark - 1, ask: mark + 1, mark } as Pick<Quote, 'bid' | 'ask' | 'mark'>;
      setQuote(model, symbol, { ...ticks, bidLots: LEVEL_LOTS, askLots: LEVEL_LOTS }, timers.nowMs());
      world.venue.moved();
      return { symbol, bid: ticks.bid, ask: ticks.ask, mark: mark as PriceTicks };
    },
    passed: (ms) => passTime(timers, ms),
  };
  return world;
}
