// E against K: what the venue says is taken by its own time, K begins once, and a residual is shown, bounded, and never made to vanish.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Money, money } from '../../src/domain/money.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import type { BalanceReport } from '../../src/domain/venue.ts';
import { acceptResidual, compareWallets, onBalance, onLedgerDue } from '../../src/kernel/bands.ts';
import { bookForeign } from '../../src/kernel/foreign.ts';
import { usdt } from './build.ts';
import { fetQuote, foreignReport, LATER_MS, LedgerWorld, SEED_MS } from './ledger-build.ts';

const SEED = { seed: 20261128, numRuns: 300 };

function frame(over: Partial<BalanceReport> = {}): BalanceReport {
  return { wallet: null, availableMargin: null, usedMargin: null, venueAtMs: SEED_MS, ...over };
}

/** K is 1,000, and so is E. */
function seeded(): LedgerWorld {
  const world = new LedgerWorld();
  world.balance(1_000);
  world.at(LATER_MS);
  return world;
}

function reasons({ state }: LedgerWorld): readonly string[] {
  return [...state.trading.reasons.keys()];
}

describe('what the venue says of the balance', () => {
  it('begins K from the first wallet, and never again', () => {
    const world = seeded();
    expect([world.ledger.wallet, world.ledger.seededAtMs]).toEqual([usdt(1_000), SEED_MS]);
    world.balance(1_500, LATER_MS);
    expect([world.ledger.wallet, world.ledger.residual]).toEqual([usdt(1_000), usdt(500)]);
    expect(world.ledger.balances.seed).toBe(usdt(-1_000));
  });

  it('does not begin K from a wallet while an order of ours is out, whose fills it may hold', () => {
    const world = new LedgerWorld();
    const trade = world.trade('LONG');
    const entry = world.order(trade, 'entry', 100);
    world.balance(1_000);
    expect([world.ledger.seededAtMs, reasons(world)]).toEqual([null, ['BALANCE_UNKNOWN']]);
    world.fill(entry, 100, 2_000, 0.01);
    world.balance(999.99, LATER_MS);
    expect([world.ledger.wallet, world.ledger.residual, reasons(world)]).toEqual([usdt(999.99), 0n, []]);
  });

  it('is ignored where it is older than what is known', () => {
    const world = seeded();
    world.balance(1_000, LATER_MS);
    world.at(LATER_MS + 1);
    onBalance(world.tx, frame({ wallet: usdt(7), venueAtMs: (LATER_MS - 1) as EpochMs }), true);
    expect([world.tx.isAccepted, world.tx.code]).toEqual([false, 'STALE_REPORT']);
    expect(world.ledger.venueWallet).toBe(usdt(1_000));
  });

  it('keeps every figure that a frame leaves out', () => {
    const world = seeded();
    onBalance(world.tx, frame({ availableMargin: usdt(800), usedMargin: usdt(200) }), false);
    onBalance(world.tx, frame({ usedMargin: usdt(300), venueAtMs: LATER_MS }), false);
    const { venueWallet, availableMargin, usedMargin } = world.ledger;
    expect([venueWallet, availableMargin, usedMargin]).toEqual([usdt(1_000), usdt(800), usdt(300)]);
  });

  it('takes an available margin of nothing as a value', () => {
    const world = seeded();
    onBalance(world.tx, frame({ availableMargin: money(0n) }), false);
    expect(world.ledger.availableMargin).toBe(0n);
  });

  it.each([0, -5])(
    'does not take a wallet of %d for a balance where the venue sent it by itself',
    (wallet) => {
      const world = seeded();
      onBalance(
        world.tx,
        frame({ wallet: usdt(wallet), availableMargin: usdt(3), venueAtMs: LATER_MS }),
        false,
      );
      compareWallets(world.tx);
      expect([world.ledger.venueWallet, world.ledger.band]).toEqual([usdt(1_000), 'OK']);
      expect(world.ledger.availableMargin).toBe(usdt(3));
    },
  );

  it('takes a wallet of nothing that was asked for', () => {
    const world = seeded();
    world.balance(0, LATER_MS);
    expect([world.ledger.venueWallet, world.ledger.band]).toEqual([0n, 'ERROR']);
  });

  it('comes to the same whatever order its frames arrive in', () => {
    const figure = fc.option(fc.integer({ min: 1, max: 1_000 }).map(usdt), { nil: null });
    const one = fc.record({ wallet: figure, availableMargin: figure });
    fc.assert(
      fc.property(
        fc.array(one, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (figures, picks) => {
          const frames = figures.map((parts, at) =>
            frame({
              wallet: parts.wallet,
              availableMargin: parts.availableMargin,
              usedMargin: parts.availableMargin,
              venueAtMs: (LATER_MS + at) as EpochMs,
            }),
          );
          const [inOrder, shuffled] = [seeded(), seeded()];
          for (const one of frames) onBalance(inOrder.tx, one, false);
          const mixed = frames.map((one) => ({ one, place: picks.next().value ?? 0 }));
          mixed.sort((a, b) => a.place - b.place);
          for (const { one } of [...mixed, ...mixed]) onBalance(shuffled.tx, one, false);
          expect(shuffled.ledger).toEqual(inOrder.ledger);
        },
      ),
      SEED,
    );
  });
});

describe('the band of a residual', () => {
  it.each([
    [0, 'OK'],
    [0.00999999, 'OK'],
    [0.01, 'WARN'],
    [-0.01, 'WARN'],
    [19.99999999, 'WARN'],
    [20, 'ERROR'],
    [-20, 'ERROR'],
  ])('of %d USDT is %s', (difference, band) => {
    const world = seeded();
    world.balance(1_000 + difference, LATER_MS);
    expect(world.ledger.band).toBe(band);
    expect(reasons(world)).toEqual(band === 'ERROR' ? ['RECONCILE_ERROR'] : []);
  });

  it.each([
    [99, 'WARN'],
    [101, 'ERROR'],
  ])('of %d USDT in a wallet of 100,000 is %s: a thousandth of it is what counts', (difference, band) => {
    const world = new LedgerWorld();
    world.balance(100_000);
    world.balance(100_000 + difference, LATER_MS);
    expect(world.ledger.band).toBe(band);
  });

  it('is an error after two minutes of warning, and not one millisecond earlier', () => {
    const world = seeded();
    world.balance(1_001, LATER_MS);
    expect(world.state.timers).toEqual([{ atMs: LATER_MS + 120_000, owner: 'ledger', key: '' }]);
    compareWallets(world.at(LATER_MS + 119_999));
    expect(world.ledger.band).toBe('WARN');
    onLedgerDue(world.at(LATER_MS + 120_000));
    compareWallets(world.tx);
    expect([world.ledger.band, reasons(world)]).toEqual(['ERROR', ['RECONCILE_ERROR']]);
    expect(world.state.timers).toEqual([]);
    compareWallets(world.at(LATER_MS + 500_000));
    expect(world.ledger.band).toBe('ERROR');
  });

  it('unfreezes when an error shrinks to a warning, which has two minutes of its own', () => {
    const world = seeded();
    world.balance(1_030, LATER_MS);
    expect(reasons(world)).toEqual(['RECONCILE_ERROR']);
    world.at(LATER_MS + 1_000);
    world.balance(1_001, LATER_MS + 1_000);
    expect([world.ledger.band, reasons(world)]).toEqual(['WARN', []]);
    expect(world.ledger.dueAtMs).toBe(LATER_MS + 121_000);
  });

  it('waits five seconds for the report of an order that is out, and not one millisecond longer', () => {
    const world = seeded();
    world.state.liveOrders = 1;
    world.balance(1_030, LATER_MS);
    expect([world.ledger.band, reasons(world)]).toEqual(['WARN', []]);
    compareWallets(world.at(LATER_MS + 4_999));
    expect(world.ledger.band).toBe('WARN');
    onLedgerDue(world.at(LATER_MS + 5_000));
    compareWallets(world.tx);
    expect([world.ledger.band, reasons(world)]).toEqual(['ERROR', ['RECONCILE_ERROR']]);
  });

  it('waits as long for the wallet after a fill', () => {
    const world = seeded();
    world.state.lastOwnFillAtMs = LATER_MS;
    world.balance(1_030, LATER_MS);
    expect(world.ledger.band).toBe('WARN');
    onLedgerDue(world.at(LATER_MS + 5_000));
    compareWallets(world.tx);
    expect([world.ledger.band, reasons(world)]).toEqual(['ERROR', ['RECONCILE_ERROR']]);
  });

  it('is an error at once from five seconds after a fill on', () => {
    for (const [afterMs, band] of [
      [4_999, 'WARN'],
      [5_000, 'ERROR'],
    ] as const) {
      const world = seeded();
      world.state.lastOwnFillAtMs = LATER_MS;
      world.at(LATER_MS + afterMs);
      world.balance(1_030, LATER_MS + afterMs);
      expect(world.ledger.band).toBe(band);
    }
  });

  it('is an error at once where the last order that was out explains nothing', () => {
    const world = seeded();
    world.state.liveOrders = 1;
    world.balance(1_030, LATER_MS);
    world.state.liveOrders = 0;
    compareWallets(world.at(LATER_MS + 1));
    expect([world.ledger.band, reasons(world)]).toEqual(['ERROR', ['RECONCILE_ERROR']]);
  });

  it('stays an error when an order goes out or fills: that explains nothing of what was there before', () => {
    const world = seeded();
    world.balance(1_030, LATER_MS);
    expect(reasons(world)).toEqual(['RECONCILE_ERROR']);
    world.at(LATER_MS + 1);
    world.state.liveOrders = 1;
    world.state.lastOwnFillAtMs = LATER_MS;
    world.balance(1_030, LATER_MS + 1);
    expect([world.ledger.band, reasons(world)]).toEqual(['ERROR', ['RECONCILE_ERROR']]);
  });

  it('has no deadline once it is explained', () => {
    const world = seeded();
    world.balance(1_004, LATER_MS);
    bookForeign(world.tx, foreignReport());
    compareWallets(world.tx);
    expect([world.ledger.band, world.ledger.residual, world.ledger.warnSinceMs]).toEqual(['OK', 0n, null]);
    expect(world.state.timers).toEqual([]);
  });

  it('is not known before K has begun, and nobody may enter', () => {
    const world = new LedgerWorld();
    compareWallets(world.tx);
    expect([world.ledger.band, reasons(world)]).toEqual(['UNKNOWN', ['BALANCE_UNKNOWN']]);
    world.balance(1_000);
    expect([world.ledger.band, reasons(world)]).toEqual(['OK', []]);
  });

  it('tells of a freeze once, and of its end once', () => {
    const world = seeded();
    world.balance(1_030, LATER_MS);
    world.balance(1_031, LATER_MS + 1);
    world.balance(1_000, LATER_MS + 2);
    world.balance(1_000, LATER_MS + 3);
    const told = world.tx.effects.filter(({ kind }) => kind === 'NOTIFY');
    expect(told).toMatchObject([
      { text: expect.stringContaining('RECONCILE_ERROR') },
      { text: 'RECONCILE_ERROR is over.' },
    ]);
  });
});

describe('a residual that a person accepts', () => {
  it('is posted under the name of the request, explained, and told of', () => {
    const world = seeded();
    world.balance(1_030, LATER_MS);
    world.at(LATER_MS + 1);
    expect(acceptResidual(world.tx, 'req-7', 'ada')).toBe(true);
    compareWallets(world.tx);
    expect(world.postings).toMatchObject([{ id: 'accepted:req-7', account: 'transfer', amount: usdt(30) }]);
    expect([world.ledger.band, world.ledger.wallet, reasons(world)]).toEqual(['OK', usdt(1_000), []]);
    expect(world.tx.effects.some((effect) => effect.kind === 'NOTIFY' && effect.text.includes('ada'))).toBe(
      true,
    );
  });

  it('is not posted where there is none, or before K has begun', () => {
    expect(acceptResidual(seeded().tx, 'req-1', 'ada')).toBe(false);
    expect(acceptResidual(new LedgerWorld().tx, 'req-2', 'ada')).toBe(false);
  });
});

describe('E = K + explained + residual', () => {
  it('holds through any mix of our trades, those of others, and balances', () => {
    const turn = fc.record({
      what: fc.constantFrom('own', 'foreign', 'balance'),
      amount: fc.integer({ min: -1_000, max: 1_000 }),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
        const world = seeded();
        turns.forEach(({ what, amount }, at) => {
          world.at(LATER_MS + at);
          apply(world, what, amount, at);
          compareWallets(world.tx);
          const { venueWallet, wallet, explained, residual } = world.ledger;
          expect(venueWallet).toBe((wallet + explained + residual) as Money);
          expect(world.sum).toBe(0n);
        });
      }),
      SEED,
    );
  });
});

function apply(world: LedgerWorld, what: 'own' | 'foreign' | 'balance', amount: number, at: number): void {
  if (what === 'balance') {
    world.balance(1_000 + amount, LATER_MS + at);
  } else if (what === 'foreign') {
    const venueOrderId = `other-${at}` as never;
    bookForeign(world.tx, foreignReport({ venueOrderId, venueRealized: usdt(amount) }));
  } else {
    const trade = world.trade('LONG');
    world.fill(world.order(trade, 'entry', 100), 100, 2_000);
    world.fill(world.order(trade, 'exit', 100), 100, 2_000 + amount, 0.01);
    expect(trade.bookedRealized).toBe(fetQuote(100, 2_000 + amount) - fetQuote(100, 2_000));
  }
}
