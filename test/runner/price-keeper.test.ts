// Prices of what is held, and of what is to be entered: asked of the venue where the kernel has heard of none lately.

import { describe, expect, it } from 'vitest';
import type { SymbolName } from '../../src/domain/ids.ts';
import type { EpochMs, PriceTicks } from '../../src/domain/steps.ts';
import type { VenueQuote } from '../../src/domain/venue.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Venue } from '../../src/ports.ts';
import { PriceBoard } from '../../src/runner/price-board.ts';
import { keepPrices, type PriceKeeper } from '../../src/runner/price-keeper.ts';
import { BTC, ETH, holding, instrument, KernelDriver } from '../kernel/build.ts';

type Answer = Awaited<ReturnType<Venue['quote']>>;

interface World {
  readonly kernel: KernelDriver;
  readonly keeper: PriceKeeper;
  readonly board: PriceBoard;
  /** What the venue was asked, as `exit BTC-USDT`. */
  readonly asked: string[];
  readonly marks: KernelEvent[];
  /** How often it was said that a price has come. */
  told: number;
  answer(answer: Answer): Promise<void>;
}

function worldOf(kernel: KernelDriver): World {
  const board = new PriceBoard([instrument(BTC), instrument(ETH)], 10_000);
  const waiting: ((answer: Answer) => void)[] = [];
  const [asked, marks]: [string[], KernelEvent[]] = [[], []];
  const venue = {
    quote: (symbol: string, priority: string) => {
      asked.push(`${priority} ${symbol}`);
      return new Promise<Answer>((resolve) => void waiting.push(resolve));
    },
  } as unknown as Venue;
  const world: Omit<World, 'keeper'> = {
    kernel,
    board,
    asked,
    marks,
    told: 0,
    async answer(answer) {
      waiting.shift()?.(answer);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const keeper = keepPrices({
    venue,
    clock: { nowMs: () => kernel.nowMs },
    board,
    take: (make) => {
      const event = make(kernel.nowMs as EpochMs);
      marks.push(event);
      return kernel.apply({ ...event });
    },
    state: () => kernel.state,
    onPrice: () => {
      world.told += 1;
    },
  });
  return Object.assign(world, { keeper });
}

function known(symbol: SymbolName, mark: number, atMs: number): Answer {
  const [bid, ask] = [(mark - 1) as PriceTicks, (mark + 1) as PriceTicks];
  const quote: VenueQuote = { symbol, bid, ask, mark: mark as PriceTicks, venueAtMs: atMs as EpochMs };
  return { kind: 'KNOWN', rows: [quote] };
}

const UNKNOWN: Answer = { kind: 'UNKNOWN', cause: 'TIMEOUT' } as never;

describe('a price of something held', () => {
  it('is asked for once the kernel has not heard of one for more than 5 s, as an exit is', () => {
    const world = worldOf(holding(50));
    world.kernel.wait(5_000, false);
    world.keeper.look();
    expect(world.asked).toEqual([]);

    world.kernel.wait(1, false);
    world.keeper.look();
    expect(world.asked).toEqual([`exit ${BTC}`]);
  });

  it('goes to the kernel and the board as it comes, true at the instant of the venue, and is said to have come', async () => {
    const world = worldOf(holding(50));
    world.kernel.wait(6_000, false);
    const { nowMs } = world.kernel;
    world.keeper.look();
    await world.answer(known(BTC, 10_100, nowMs - 40));

    expect(world.marks).toMatchObject([{ kind: 'MARK', mark: 10_100, quotedAtMs: nowMs - 40, atMs: nowMs }]);
    expect(world.board.priceOf(BTC, nowMs)).toEqual({ price: 1_010, ageMs: 0, source: 'venue' });
    expect(world.told).toBe(1);
  });

  it('is not asked for a second time while the venue has not answered, and again after it could not', async () => {
    const world = worldOf(holding(50));
    world.kernel.wait(6_000, false);
    world.keeper.look();
    world.keeper.look();
    expect(world.asked).toHaveLength(1);

    await world.answer(UNKNOWN);
    expect(world.marks).toEqual([]);
    world.keeper.look();
    expect(world.asked).toHaveLength(2);
  });

  it('is not asked for where nothing is held', () => {
    const world = worldOf(new KernelDriver().ready());
    world.kernel.wait(60_000, false);
    world.keeper.look();

    expect(world.asked).toEqual([]);
  });
});

describe('a price before an entry', () => {
  it('is fresh for 3 s, and asked for after that', async () => {
    const world = worldOf(new KernelDriver().ready());
    world.kernel.wait(3_000, false);
    expect(world.keeper.freshen(BTC)).toBeNull();

    world.kernel.wait(1, false);
    const freshened = world.keeper.freshen(BTC);
    expect(freshened).not.toBeNull();
    expect(world.asked).toEqual([`entry ${BTC}`]);
    await world.answer(known(BTC, 10_100, world.kernel.nowMs));
    await freshened;
    expect(world.keeper.freshen(BTC)).toBeNull();
  });

  it('that the venue does not know holds up nobody', async () => {
    const world = worldOf(new KernelDriver().ready());
    world.kernel.wait(4_000, false);
    const freshened = world.keeper.freshen(BTC);
    await world.answer(UNKNOWN);

    await expect(freshened).resolves.toBeUndefined();
    expect(world.marks).toEqual([]);
  });
});
