// The paper venue, in process and on a virtual clock, as a venue like others.

import {
  createExchange,
  openAccount,
  setQuote,
  settleFunding,
  tradeAt,
  truthOf,
} from '../../../src/adapters/venues/exchange/model/exchange.ts';
import { EXCHANGE_DEFAULTS } from '../../../src/adapters/venues/exchange/model/state.ts';
import { paperVenue } from '../../../src/adapters/venues/exchange/paper-venue.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { Lots, PriceTicks } from '../../../src/domain/steps.ts';
import type { VenueNotice } from '../../../src/domain/venue.ts';
import {
  CONTRACT_INSTRUMENT,
  CONTRACT_START_MS,
  CONTRACT_SYMBOL,
  CONTRACT_WALLET,
  type ContractOptions,
  type VenueWorld,
  venueContract,
} from '../../contracts/venue.ts';
import { afterTrades, answersContract } from '../../contracts/venue-answers.ts';

async function openPaper({ positionMode }: ContractOptions): Promise<VenueWorld> {
  const timers = virtualTimers(CONTRACT_START_MS);
  const model = createExchange({ ...EXCHANGE_DEFAULTS, positionMode, instruments: [CONTRACT_INSTRUMENT] });
  openAccount(model, 'own', CONTRACT_WALLET, CONTRACT_START_MS);
  const venue = paperVenue({ model, accountId: 'own', timers });
  const setBook: VenueWorld['setQuote'] = ({ bid, ask, lots = 1_000_000 }) => {
    setQuote(
      model,
      CONTRACT_SYMBOL,
      {
        bid: bid as PriceTicks,
        ask: ask as PriceTicks,
        mark: bid as PriceTicks,
        bidLots: lots as Lots,
        askLots: lots as Lots,
      },
      timers.nowMs(),
    );
    venue.moved();
  };
  setBook({ bid: 500_000, ask: 500_005 });
  const notices: VenueNotice[] = [];
  const unfollow = venue.follow((notice) => notices.push(notice));
  return {
    venue,
    notices,
    setQuote: setBook,
    tradeAt(price, quantity) {
      tradeAt(model, CONTRACT_SYMBOL, price as PriceTicks, quantity as Lots, timers.nowMs());
      venue.moved();
    },
    fund(rate) {
      settleFunding(model, CONTRACT_SYMBOL, rate, timers.nowMs());
      venue.moved();
    },
    truth() {
      const { wallet, positions, orders } = truthOf(model, 'own');
      return {
        wallet,
        positions: positions.map(({ position }) => position),
        orders: orders.map(({ report }) => report),
      };
    },
    advance: async (ms) => timers.advance(ms),
    async until(isSo) {
      await Promise.resolve();
      if (!isSo()) throw new Error('everything has arrived, and it is not so');
    },
    async close() {
      await unfollow();
      await venue.close();
    },
  };
}

venueContract('the paper venue', openPaper);

for (const positionMode of ['one_way', 'hedge'] as const)
  answersContract(`the paper venue in ${positionMode} mode`, afterTrades(openPaper, { positionMode }, null));
