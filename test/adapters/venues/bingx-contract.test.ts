// The client of BingX over real sockets at the local exchange, as a venue like others; and the same with every quirk of the venue.

import { moveMarket, payFunding } from '../../../src/adapters/venues/exchange/feed/move-market.ts';
import { startLocalExchange } from '../../../src/adapters/venues/exchange/local-exchange.ts';
import { truthOf } from '../../../src/adapters/venues/exchange/model/exchange.ts';
import { HONEST, type Quirks } from '../../../src/adapters/venues/exchange/model/quirks.ts';
import { settled } from '../../../src/adapters/venues/exchange/settle.ts';
import type { WireSwitches } from '../../../src/adapters/venues/exchange/wire-switches.ts';
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
import { openBingxAt } from '../../venue/open-bingx.ts';

/** How often something that has to come is waited for. */
const ATTEMPTS = 1_000;
const KEY = { apiKey: 'contract-key', secret: 'contract-secret', accountId: 'own' };

function bingxOver(wire: Partial<WireSwitches>, quirks: Partial<Quirks>) {
  return async ({ positionMode }: ContractOptions): Promise<VenueWorld> => {
    const timers = virtualTimers(CONTRACT_START_MS);
    const exchange = await startLocalExchange({
      port: 0,
      instruments: [CONTRACT_INSTRUMENT],
      keys: [KEY],
      timers,
      seed: 1,
      positionMode,
      wallet: CONTRACT_WALLET,
      wire,
      model: { quirks: { ...HONEST, ...quirks } },
    });
    const { world } = exchange;
    const setQuote: VenueWorld['setQuote'] = ({ bid, ask, lots = 1_000_000 }) =>
      moveMarket(world, CONTRACT_SYMBOL, {
        bid: bid as PriceTicks,
        ask: ask as PriceTicks,
        mark: bid as PriceTicks,
        bidLots: lots as Lots,
        askLots: lots as Lots,
      });
    setQuote({ bid: 500_000, ask: 500_005 });
    const venue = await openBingxAt({ exchange, key: KEY, timers, seed: 1 });
    const notices: VenueNotice[] = [];
    const unfollow = venue.follow((notice) => notices.push(notice));
    const arrived = (): Promise<void> =>
      settled(exchange, () => notices.length + venue.health().framesReceived + venue.health().inFlight);
    return {
      venue,
      notices,
      setQuote,
      tradeAt(price, quantity) {
        const quote = world.model.markets.get(CONTRACT_SYMBOL)?.quote;
        if (quote == null) throw new Error('no quote yet');
        const trade = { price: price as PriceTicks, lots: quantity as Lots, isBuyerMaker: true };
        moveMarket(world, CONTRACT_SYMBOL, quote, trade);
      },
      fund: (rate) => payFunding(world, CONTRACT_SYMBOL, rate),
      truth() {
        const { wallet, positions, orders } = truthOf(world.model, KEY.accountId);
        return {
          wallet,
          positions: positions.map(({ position }) => position),
          orders: orders.map(({ report }) => report),
        };
      },
      async advance(ms) {
        await arrived();
        timers.advance(ms);
        await arrived();
      },
      async until(isSo) {
        // A busy machine may look calm before everything has arrived.
        for (let n = 0; n < ATTEMPTS && !isSo(); n += 1) await arrived();
        if (!isSo()) throw new Error('everything has arrived, and it is not so');
      },
      async close() {
        await unfollow();
        await venue.close();
        await exchange.close();
      },
    };
  };
}

type Opening = ReturnType<typeof bingxOver>;

const OF_OLDER_YEARS: Opening = bingxOver(
  {
    legacyCodes: true,
    singleLRest: true,
    withoutLastFill: true,
    tradeUpdateName: true,
    oldPlaceAnswer: true,
    otherBalanceSpelling: true,
    wrappedListenKey: true,
  },
  { emptyClientIdOnStream: true, feeMissingOnStream: true, postOnlyCancelsInsteadOfReject: true },
);

const VENUES: readonly (readonly [name: string, open: Opening])[] = [
  ['the BingX client', bingxOver({}, {})],
  ['the BingX client at a venue of older years', OF_OLDER_YEARS],
  [
    'the BingX client at a venue that says more than it should',
    bingxOver({ snapshots: true, feePerFill: true }, { emptyClientIdOnStream: true }),
  ],
];

/** A refusal in the venue's own words begins with its code. */
const VENUE_CODE = /^\d{3,6}\b/;

for (const [name, open] of VENUES) {
  venueContract(name, open);
  for (const positionMode of ['one_way', 'hedge'] as const)
    answersContract(`${name} in ${positionMode} mode`, afterTrades(open, { positionMode }, VENUE_CODE));
}
