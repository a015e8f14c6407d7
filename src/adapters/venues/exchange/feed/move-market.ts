// One step of one market: the quote, a trade between others, and what follows of it for accounts and for the public.

import type { Ppm } from '../../../../domain/steps.ts';
import { strikeAccounts } from '../account-faults.ts';
import { settleFunding } from '../model/exchange.ts';
import type { Quote } from '../model/state.ts';
import { type ExchangeWorld, presentOf, publishFrames } from '../world.ts';
import { type OthersTrade, stepMarket } from './step-market.ts';

export const FUNDING_EVERY_MS = 28_800_000;

/** When funding is settled next after `nowMs`: at 00, 08 and 16 hours UTC. */
export function nextFundingAt(nowMs: number): number {
  return (Math.floor(nowMs / FUNDING_EVERY_MS) + 1) * FUNDING_EVERY_MS;
}

/** Moves a market at the present of the world. A trade comes first, at the book as it was. */
export function moveMarket(
  world: ExchangeWorld,
  symbol: string,
  quote: Quote,
  trade: OthersTrade | null = null,
): void {
  const { model, history } = world;
  const nowMs = presentOf(world);
  const past = history.get(symbol);
  stepMarket(model, symbol, quote, trade, nowMs);
  strikeAccounts(world, symbol);
  if (trade === null) past?.touch(quote.mark, nowMs);
  else past?.trade({ ...trade, atMs: nowMs });
  publishFrames(world);
  const told = trade === null ? null : { ...trade, atMs: nowMs };
  for (const follow of world.marketFollowers) follow({ symbol, trade: told });
}

/** Settles funding of a symbol now. */
export function payFunding(world: ExchangeWorld, symbol: string, rate: Ppm): void {
  const nowMs = presentOf(world);
  settleFunding(world.model, symbol, rate, nowMs);
  world.history.get(symbol)?.paid({ atMs: nowMs, rate });
  publishFrames(world);
}

/** Settles funding of every market that has a price at 00, 08 and 16 hours UTC. Returns how to end that. */
export function keepFunding(world: ExchangeWorld): () => void {
  const { timers, model, history } = world;
  let callOff: () => void = () => undefined;
  const settle = (): void => {
    for (const [symbol, { quote }] of model.markets)
      if (quote !== null) payFunding(world, symbol, history.get(symbol)?.fundingRate ?? (0 as Ppm));
    waitFor(nextFundingAt(timers.nowMs()));
  };
  const waitFor = (atMs: number): void => {
    // A wait of hours may end a little early by the clock that it is for.
    callOff = timers.after(atMs - timers.nowMs(), () => (timers.nowMs() < atMs ? waitFor(atMs) : settle()));
  };
  waitFor(nextFundingAt(timers.nowMs()));
  return () => callOff();
}
