// Parts of the venue's picture: what each one adds to the book, and what none of them may take away.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs, Lots, Ppm, SignedLots } from '../../src/domain/steps.ts';
import type { OrderReport, VenuePosition } from '../../src/domain/venue.ts';
import { ownPosition } from '../../src/kernel/exposure.ts';
import type { Book } from '../../src/kernel/state.ts';
import { reasonsOf } from '../../src/kernel/trading.ts';
import { BTC, type ConfigOver, ETH, instrument, KernelDriver, quote, reportOf } from './build.ts';

const FREE = { makerFeePpm: 0 as Ppm, takerFeePpm: 0 as Ppm };
const SEED = { seed: 20261128, numRuns: 200 };

function begun(over: ConfigOver = {}): KernelDriver {
  return new KernelDriver({ instruments: [instrument(BTC, FREE), instrument(ETH, FREE)], ...over }).ready();
}

/** Nothing more is answered by itself. */
function silent(over: ConfigOver = {}): KernelDriver {
  const kernel = begun(over);
  kernel.answersFetches = false;
  return kernel;
}

function position(lots: number, symbol = BTC): VenuePosition {
  const entryQuote = quote(Math.abs(lots), 10_000);
  return { symbol, position: lots as SignedLots, entryQuote, venueAtMs: 0 as EpochMs };
}

function bookOf(kernel: KernelDriver, symbol = BTC): Book {
  const book = kernel.state.books.get(symbol);
  if (book === undefined) throw new Error(`no book of ${symbol}`);
  return book;
}

/** A lone answer of positions. */
function positions(kernel: KernelDriver, rows: readonly VenuePosition[], askedAtMs = kernel.nowMs) {
  return kernel.apply({ kind: 'POSITIONS', requestId: -1, askedAtMs, result: { kind: 'KNOWN', rows } });
}

/** The answer that a round would be waiting for. */
function awaited(kernel: KernelDriver, part: 'OPEN_ORDERS' | 'FILLS', rows: readonly OrderReport[]) {
  const { resync } = kernel.state;
  const before = { part: resync.part, requestId: resync.requestId };
  resync.part = part;
  resync.requestId = 10_000;
  const result = { kind: 'KNOWN', rows };
  const outcome = kernel.apply({ kind: part, requestId: 10_000, askedAtMs: kernel.nowMs, result });
  Object.assign(resync, before);
  return outcome;
}

/** What a picture may change. */
function bookkeeping({ state }: KernelDriver) {
  const { books, slots, trades, orders, byVenueId, ledger, trading } = state;
  return structuredClone({ books, slots, trades, orders, byVenueId, ledger, reasons: trading.reasons });
}

const asksFor = (kernel: KernelDriver) =>
  kernel.effects.flatMap((effect) => (effect.kind === 'QUERY' ? [effect.clientOrderId] : []));

describe('positions', () => {
  it('that are not known change nothing: unknown is never flat', () => {
    const kernel = begun();
    kernel.enter();
    kernel.fill(10_000);
    positions(kernel, [position(50)]);
    const before = structuredClone(bookOf(kernel));
    kernel.nowMs += 60_000;
    const result = { kind: 'UNKNOWN', cause: 'CONNECTION' };
    const event = { kind: 'POSITIONS', requestId: -1, askedAtMs: kernel.nowMs, result } as const;
    expect(kernel.apply(event)).toMatchObject({ isAccepted: false, code: 'UNKNOWN_PICTURE' });
    expect(bookOf(kernel)).toEqual(before);
  });

  it('leave out what is flat', () => {
    const kernel = silent();
    positions(kernel, [position(7, ETH)]);
    expect([bookOf(kernel).venuePosition, bookOf(kernel, ETH).venuePosition]).toEqual([0, 7]);
  });

  it('only move forward: an answer to an older question is stale', () => {
    const kernel = silent();
    positions(kernel, [position(7)]);
    expect(positions(kernel, [], kernel.nowMs - 1).code).toBe('STALE_PICTURE');
    expect(bookOf(kernel).venuePosition).toBe(7);
  });

  it('that differ for the first time begin a round, so that the fills are known as well', () => {
    const kernel = silent();
    kernel.nowMs += 60_000;
    positions(kernel, [position(7)]);
    expect(bookOf(kernel).mismatch).toEqual({ difference: 7, firstAskedAtMs: kernel.nowMs });
    expect(kernel.state.resync).toMatchObject({ part: 'OPEN_ORDERS', startedAtMs: kernel.nowMs });
  });

  it('that claim to be of the future are of now', () => {
    const kernel = silent();
    positions(kernel, [position(7)], kernel.nowMs + 1_000_000);
    expect(bookOf(kernel).venueAskedAtMs).toBe(kernel.nowMs);
  });

  it('that are no whole number are not taken', () => {
    const kernel = silent();
    const before = structuredClone(bookOf(kernel));
    expect(positions(kernel, [{ ...position(1), position: 0.5 as SignedLots }]).code).toBe('MALFORMED_EVENT');
    expect(positions(kernel, [], Number.NaN).code).toBe('MALFORMED_EVENT');
    expect(bookOf(kernel)).toEqual(before);
  });

  it('of two sides are taken together, at the entry of the heavier one', () => {
    const kernel = silent({ positionMode: 'hedge' });
    positions(kernel, [position(9), position(-3)]);
    expect(bookOf(kernel)).toMatchObject({ venuePosition: 6, venueEntryQuote: quote(6, 10_000) });
  });

  it('equal to the book never change anything, whenever they come', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            waitMs: fc.integer({ min: 0, max: 400_000 }),
            isLong: fc.boolean(),
            acts: fc.boolean(),
          }),
          {
            maxLength: 8,
          },
        ),
        (turns) => {
          const kernel = begun();
          for (const { waitMs, isLong, acts } of turns) {
            kernel.wait(waitMs);
            const isHeld = ownPosition(kernel.state, BTC) !== 0;
            const outcome =
              acts && (isHeld ? kernel.exit() : kernel.enter({ side: isLong ? 'LONG' : 'SHORT' }));
            if (outcome !== false && outcome.isAccepted && kernel.order().status === 'SENT')
              kernel.fill(10_000);
            const own = ownPosition(kernel.state, BTC);
            kernel.hold(own);
            positions(kernel, own === 0 ? [] : [position(own)]);
            expect(ownPosition(kernel.state, BTC)).toBe(own);
          }
          kernel.wait(400_000);
          expect(reasonsOf(kernel.state)).toEqual([]);
          expect(kernel.state.diagnostics.get('POSITION_MISMATCH')).toBeUndefined();
          expect(kernel.state.ledger.balances.adoption).toBe(0n);
          expect(kernel.state.slots).toHaveLength(1);
        },
      ),
      SEED,
    );
  });

  it('that come twice say nothing new', () => {
    fc.assert(
      fc.property(fc.integer({ min: -90, max: 90 }), fc.integer({ min: 0, max: 80_000 }), (held, waitMs) => {
        const kernel = begun();
        kernel.enter();
        kernel.fill(10_000);
        kernel.answersFetches = false;
        kernel.nowMs += waitMs;
        positions(kernel, [position(held)]);
        const once = bookkeeping(kernel);
        positions(kernel, [position(held)]);
        expect(bookkeeping(kernel)).toEqual(once);
      }),
      SEED,
    );
  });
});

describe('open orders', () => {
  function resting(): KernelDriver {
    const kernel = begun({ router: { style: 'maker' } });
    kernel.enter();
    kernel.ack();
    return kernel;
  }

  it('that leave out one of ours make it asked about, and do not end it', () => {
    const kernel = resting();
    const { clientOrderId } = kernel.lastSent;
    expect(awaited(kernel, 'OPEN_ORDERS', []).isAccepted).toBe(true);
    expect(asksFor(kernel)).toEqual([clientOrderId]);
    expect(kernel.order().status).toBe('WORKING');
  });

  it('that show ours ask nothing, and are no duplicate for showing what is known', () => {
    const kernel = resting();
    const row = reportOf(kernel.lastSent, kernel.order().venueOrderId ?? '');
    expect(awaited(kernel, 'OPEN_ORDERS', [row])).toMatchObject({ isAccepted: true, code: 'APPLIED' });
    expect(asksFor(kernel)).toEqual([]);
  });

  it('tell of fills that the stream never told of', () => {
    const kernel = resting();
    const facts = {
      status: 'PARTIALLY_FILLED',
      filledLots: 20 as Lots,
      filledQuote: quote(20, 10_000),
    } as const;
    awaited(kernel, 'OPEN_ORDERS', [reportOf(kernel.lastSent, kernel.order().venueOrderId ?? '', facts)]);
    expect(kernel.order()).toMatchObject({ status: 'PARTIAL', filledLots: 20 });
  });

  it('of others are left alone', () => {
    const kernel = begun();
    const before = kernel.effects.length;
    const order = { symbol: BTC, side: 'SELL', quantity: 5 } as never;
    awaited(kernel, 'OPEN_ORDERS', [reportOf(order, '77', { clientOrderId: 'somebody' as never })]);
    expect(kernel.effects.slice(before).filter(({ kind }) => kind === 'CANCEL' || kind === 'QUERY')).toEqual(
      [],
    );
    expect(reasonsOf(kernel.state)).toEqual([]);
  });
});

describe('the answers of one moment', () => {
  it('lead to the same book in any order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 80 }),
        fc.constantFrom('NEW', 'CANCELED'),
        fc.shuffledSubarray(['orders', 'positions', 'fills'] as const, { minLength: 3, maxLength: 3 }),
        (filled, held, ending, order) => {
          const run = (sequence: typeof order) => {
            const kernel = begun({ router: { style: 'maker' } });
            kernel.enter();
            kernel.ack();
            kernel.answersFetches = false;
            kernel.nowMs += 40_000;
            const isDone = filled === 50;
            const open = filled === 0 ? 'NEW' : 'PARTIALLY_FILLED';
            const status = isDone ? 'FILLED' : ending === 'CANCELED' ? 'CANCELED' : open;
            const facts = { filledLots: filled as Lots, filledQuote: quote(filled, 10_000), status } as const;
            const row = reportOf(kernel.lastSent, kernel.order().venueOrderId ?? '', facts);
            const isOpen = status === open;
            for (const part of sequence) {
              if (part === 'positions') positions(kernel, held === 0 ? [] : [position(held)]);
              else if (part === 'orders') awaited(kernel, 'OPEN_ORDERS', isOpen ? [row] : []);
              else awaited(kernel, 'FILLS', filled > 0 || !isOpen ? [row] : []);
            }
            const { venuePosition, venueEntryQuote, venueAskedAtMs } = bookOf(kernel);
            const { status: ended, filledLots, filledQuote } = kernel.order(kernel.sent[0]?.clientOrderId);
            const own = ownPosition(kernel.state, BTC);
            return { venuePosition, venueEntryQuote, venueAskedAtMs, ended, filledLots, filledQuote, own };
          };
          expect(run(order)).toEqual(run(['orders', 'positions', 'fills']));
        },
      ),
      SEED,
    );
  });
});
