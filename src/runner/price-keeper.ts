// Sees to it that what is held always has a price: where the feed is silent, the venue is asked for its own.

import type { SymbolName } from '../domain/ids.ts';
import type { KernelState } from '../kernel/state.ts';
import type { Clock, Venue } from '../ports.ts';
import { markEvent, type PriceBoard } from './price-board.ts';
import type { Take } from './record.ts';

/** A price of the kernel that is older is asked for. */
const HELD_AGE_MS = 5_000;
/** No entry goes to the kernel on an older price without asking first. */
const ENTRY_AGE_MS = 3_000;

export interface PriceKeeperDeps {
  readonly venue: Venue;
  readonly clock: Clock;
  readonly board: PriceBoard;
  readonly take: Take;
  readonly state: () => KernelState;
  /** Called after a price of something held has come from the venue. */
  readonly onPrice: () => void;
}

export interface PriceKeeper {
  /** Asks for the price of a symbol that is about to be entered; `null` where the kernel has a fresh one. Never rejects. */
  freshen(symbol: SymbolName): Promise<void> | null;
  /** Asks for every price of something held that the kernel has not heard of lately; nothing while it still asks. */
  look(): void;
}

export function keepPrices({ venue, clock, board, take, state, onPrice }: PriceKeeperDeps): PriceKeeper {
  let isAsking = false;

  const ageOf = (symbol: SymbolName): number =>
    clock.nowMs() - (state().marks.get(symbol)?.atMs ?? Number.NEGATIVE_INFINITY);

  const ask = async (symbol: SymbolName, priority: 'exit' | 'entry'): Promise<void> => {
    const answer = await venue.quote(symbol, priority);
    if (answer.kind === 'UNKNOWN') return;
    for (const quote of answer.rows) {
      board.told(quote, clock.nowMs());
      take((atMs) => markEvent(quote, quote.venueAtMs, atMs));
    }
  };

  const askForHeld = async (): Promise<void> => {
    for (const symbol of heldSymbols(state())) if (ageOf(symbol) > HELD_AGE_MS) await ask(symbol, 'exit');
    isAsking = false;
    onPrice();
  };

  return {
    freshen: (symbol) => (ageOf(symbol) <= ENTRY_AGE_MS ? null : ask(symbol, 'entry')),
    look() {
      if (isAsking || !heldSymbols(state()).some((symbol) => ageOf(symbol) > HELD_AGE_MS)) return;
      isAsking = true;
      void askForHeld();
    },
  };
}

function heldSymbols({ slots }: KernelState): readonly SymbolName[] {
  return slots.flatMap(({ trade }) => (trade === null ? [] : [trade.symbol]));
}
