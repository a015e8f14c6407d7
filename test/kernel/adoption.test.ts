// What the venue holds and no order of ours explains: doubted once, believed twice, and then taken over at true prices.

import { describe, expect, it } from 'vitest';
import { clientOrderId, type RunId } from '../../src/domain/ids.ts';
import type { EpochMs, Lots, Ppm, SignedLots } from '../../src/domain/steps.ts';
import type { OrderReport, VenuePosition } from '../../src/domain/venue.ts';
import { ownPosition, positionOf } from '../../src/kernel/exposure.ts';
import { reasonsOf } from '../../src/kernel/trading.ts';
import {
  BTC,
  type ConfigOver,
  ETH,
  instrument,
  KernelDriver,
  quote,
  reportOf,
  START_MS,
  usdt,
} from './build.ts';

/** One look and the one that confirms it, with all that makes them wait. */
const CONFIRMED_MS = 400_000;

function position(lots: number, entry = 10_000, symbol = BTC): VenuePosition {
  const entryQuote = quote(Math.abs(lots), entry);
  return { symbol, position: lots as SignedLots, entryQuote, venueAtMs: 0 as EpochMs };
}

/** From there to the next round, where a difference is seen for the first time. */
const FIRST_LOOK_MS = 210_000;

/** The venue's wallet does not move by itself in these tests, so nothing here costs a fee. */
const FREE = { makerFeePpm: 0 as Ppm, takerFeePpm: 0 as Ppm };

function begun(over: ConfigOver = {}): KernelDriver {
  return new KernelDriver({ instruments: [instrument(BTC, FREE), instrument(ETH, FREE)], ...over }).ready();
}

/** Holds 50 lots of BTC, bought at 10,000 ticks, and the venue says so too. */
function holding(over: ConfigOver = {}): KernelDriver {
  const kernel = begun(over);
  kernel.enter();
  kernel.fill(10_000);
  kernel.hold(50);
  kernel.wait(CONFIRMED_MS);
  return kernel;
}

const notices = (kernel: KernelDriver, code: string) =>
  kernel.codes('NOTIFY').filter((one) => one === code).length;

const realized = (kernel: KernelDriver, account: 'realized' | 'adoption') =>
  -kernel.state.ledger.balances[account];

/** An order of nobody we know that sold or bought at `price`. */
function foreignFill(kernel: KernelDriver, signed: number, price: number, id = '555'): OrderReport {
  const order = { symbol: BTC, side: signed > 0 ? 'BUY' : 'SELL', quantity: Math.abs(signed) };
  return reportOf(order as never, id, {
    clientOrderId: 'somebody' as never,
    status: 'FILLED',
    filledLots: Math.abs(signed) as Lots,
    filledQuote: quote(Math.abs(signed), price),
    venueAtMs: kernel.nowMs as EpochMs,
  });
}

describe('a difference', () => {
  it('freezes entries from the first look, and changes no position', () => {
    const kernel = holding();
    kernel.hold(20);
    kernel.wait(FIRST_LOOK_MS);
    expect(reasonsOf(kernel.state)).toContain('POSITION_MISMATCH');
    expect(ownPosition(kernel.state, BTC)).toBe(50);
  });

  it('ends with a picture that agrees', () => {
    const kernel = holding();
    kernel.hold(20);
    kernel.wait(FIRST_LOOK_MS);
    kernel.hold(50);
    kernel.wait(60_000);
    expect(reasonsOf(kernel.state)).toEqual([]);
    expect(ownPosition(kernel.state, BTC)).toBe(50);
    expect(kernel.state.diagnostics.get('POSITION_MISMATCH')).toBe(1);
  });

  it('is looked at again as soon as it can be confirmed', () => {
    const kernel = holding();
    kernel.hold(20);
    kernel.wait(FIRST_LOOK_MS);
    const { dueAtMs } = kernel.state.resync;
    const firstAskedAtMs = kernel.state.books.get(BTC)?.mismatch?.firstAskedAtMs ?? 0;
    expect((dueAtMs ?? 0) - firstAskedAtMs).toBe(35_000);
  });

  it('says nothing within the lag after our last act', () => {
    const kernel = begun();
    kernel.enter();
    kernel.fill(10_000);
    kernel.nowMs += 34_999;
    kernel.answer({ kind: 'FETCH', priority: 'entry', part: 'POSITIONS', requestId: 999, sinceMs: null });
    expect(kernel.state.books.get(BTC)).toMatchObject({ venuePosition: 0, mismatch: null });
    kernel.nowMs += 1;
    kernel.answer({ kind: 'FETCH', priority: 'entry', part: 'POSITIONS', requestId: 999, sinceMs: null });
    expect(kernel.state.books.get(BTC)?.mismatch).toMatchObject({ difference: -50 });
  });

  it('says nothing while an order of ours is under way on the symbol', () => {
    const kernel = begun();
    kernel.enter();
    kernel.ack();
    kernel.hold(50);
    kernel.wait(CONFIRMED_MS);
    expect(kernel.state.books.get(BTC)).toMatchObject({ venuePosition: 50, mismatch: null });
    expect(ownPosition(kernel.state, BTC)).toBe(0);
    kernel.report(50, 10_000);
    kernel.wait(CONFIRMED_MS);
    expect(reasonsOf(kernel.state)).toEqual([]);
    expect(kernel.state.slots).toHaveLength(1);
  });

  it('that changes is doubted anew', () => {
    const kernel = holding();
    for (let held = 49; held > 40; held -= 1) {
      kernel.hold(held);
      kernel.wait(35_000);
    }
    kernel.hold(50);
    kernel.wait(CONFIRMED_MS);
    expect(positionOf(kernel.slot().trade as never)).toBe(50);
    expect(realized(kernel, 'adoption')).toBe(0n);
  });
});

describe('in an account of our own', () => {
  it('a position out of nowhere becomes an orphan at the venue’s price, reported once', () => {
    const kernel = begun();
    kernel.hold(-30, 9_000);
    kernel.wait(CONFIRMED_MS * 5);
    const [, orphan] = kernel.state.slots;
    expect(orphan).toMatchObject({ id: 1, status: 'ORPHAN' });
    expect(orphan?.trade).toMatchObject({ side: 'SHORT', tradeId: 'orphan-BTC-USDT-1' });
    expect(orphan?.trade?.adopted).toMatchObject({ sellLots: 30, sellQuote: quote(30, 9_000) });
    expect(notices(kernel, 'ORPHAN')).toBe(1);
    expect(reasonsOf(kernel.state)).toEqual(['ORPHAN']);
    expect(kernel.enter().isAccepted).toBe(false);
  });

  it('what is held beyond ours costs what the venue says of both, less what ours cost', () => {
    const kernel = holding();
    kernel.view.positions = [position(80, 10_300)];
    kernel.wait(CONFIRMED_MS);
    const [own, orphan] = kernel.state.slots;
    expect(positionOf(own?.trade as never)).toBe(50);
    expect(orphan?.trade?.adopted.buyLots).toBe(30);
    expect(orphan?.trade?.adopted.buyQuote).toBe(quote(80, 10_300) - quote(50, 10_000));
  });

  it('what is gone is closed at the price of the fills that explain it, and counted once', () => {
    const kernel = holding();
    const { wallet } = kernel.view;
    kernel.view.fills = [{ ...foreignFill(kernel, -50, 9_800), venueRealized: usdt(-1) }];
    kernel.hold(0);
    kernel.view.wallet = (wallet - usdt(1)) as typeof wallet;
    kernel.wait(CONFIRMED_MS);
    expect(realized(kernel, 'adoption')).toBe(quote(50, 9_800) - quote(50, 10_000));
    expect(kernel.slot().status).toBe('FREE');
    expect(kernel.state.tradesClosed).toBe(1);
    expect(notices(kernel, 'POSITION_REDUCED')).toBe(1);
    expect(kernel.state.ledger.residual).toBe(0n);
    expect(kernel.state.ledger.explained).toBe(0n);
    expect(reasonsOf(kernel.state)).toEqual([]);
  });

  it('what is gone is explained by fills of after ours by the venue’s clock, also where our own is minutes ahead', () => {
    const kernel = begun();
    kernel.nowMs += 300_000;
    kernel.mark(10_000);
    kernel.enter();
    kernel.ack();
    kernel.report(50, 10_000, { venueAtMs: (START_MS + 1) as EpochMs });
    const closing = { venueAtMs: (START_MS + 2) as EpochMs, venueRealized: usdt(-1) };
    kernel.view.fills = [{ ...foreignFill(kernel, -50, 9_800), ...closing }];
    kernel.hold(0);
    kernel.view.wallet = (kernel.view.wallet - usdt(1)) as typeof kernel.view.wallet;
    kernel.wait(CONFIRMED_MS);
    expect(realized(kernel, 'adoption')).toBe(quote(50, 9_800) - quote(50, 10_000));
    expect(kernel.state.ledger).toMatchObject({ residual: 0n, explained: 0n });
  });

  it('what is gone by and by is closed at the price of each fill', () => {
    const kernel = holding();
    const { wallet } = kernel.view;
    const first = { ...foreignFill(kernel, -20, 9_800), venueRealized: usdt(-0.4) };
    kernel.view.fills = [first];
    kernel.hold(30);
    kernel.view.wallet = (wallet - usdt(0.4)) as typeof wallet;
    kernel.wait(CONFIRMED_MS);
    expect(kernel.slot().trade?.adopted).toMatchObject({ sellLots: 20, sellQuote: quote(20, 9_800) });
    kernel.view.fills = [first, { ...foreignFill(kernel, -30, 9_700, '556'), venueRealized: usdt(-0.9) }];
    kernel.hold(0);
    kernel.view.wallet = (wallet - usdt(1.3)) as typeof wallet;
    kernel.wait(CONFIRMED_MS);
    expect(realized(kernel, 'adoption')).toBe(usdt(-1.3));
    expect(kernel.state.ledger).toMatchObject({ residual: 0n, explained: 0n });
    expect(reasonsOf(kernel.state)).toEqual([]);
  });

  it('what fills of the confirming round explain is not adopted', () => {
    const kernel = begun();
    kernel.enter();
    kernel.ack();
    kernel.report(0, 0, { status: 'CANCELED' });
    const [order] = kernel.sent;
    kernel.hold(50);
    kernel.wait(305_000);
    expect(reasonsOf(kernel.state)).toContain('POSITION_MISMATCH');
    const facts = { status: 'FILLED', filledLots: 50 as Lots, filledQuote: quote(50, 10_000) } as const;
    kernel.view.fills = [reportOf(order as never, kernel.order().venueOrderId ?? '', facts)];
    kernel.wait(CONFIRMED_MS);
    expect(ownPosition(kernel.state, BTC)).toBe(50);
    expect(notices(kernel, 'ORPHAN')).toBe(0);
    expect(reasonsOf(kernel.state)).toEqual([]);
  });

  it('what is gone without a trace is closed at the mark', () => {
    const kernel = holding();
    kernel.mark(10_500);
    kernel.hold(20);
    kernel.wait(CONFIRMED_MS);
    expect(ownPosition(kernel.state, BTC)).toBe(20);
    expect(kernel.slot()).toMatchObject({ status: 'OPEN' });
    expect(kernel.slot().trade?.adopted).toMatchObject({ sellLots: 30, sellQuote: quote(30, 10_500) });
    expect(realized(kernel, 'adoption')).toBe(quote(30, 10_500) - quote(30, 10_000));
  });

  it('the opposite of what we hold closes ours, and its rest is an orphan', () => {
    const kernel = holding();
    kernel.hold(-7, 9_900);
    kernel.wait(CONFIRMED_MS);
    expect(kernel.state.slots.map((slot) => slot.status)).toEqual(['FREE', 'ORPHAN']);
    expect(kernel.state.slots[1]?.trade?.adopted).toMatchObject({ sellLots: 7, sellQuote: quote(7, 9_900) });
    expect(ownPosition(kernel.state, BTC)).toBe(-7);
  });

  it('an orphan that grows stays one orphan', () => {
    const kernel = begun();
    kernel.hold(10);
    kernel.wait(CONFIRMED_MS);
    kernel.hold(25);
    kernel.wait(CONFIRMED_MS);
    expect(kernel.state.slots).toHaveLength(2);
    expect(ownPosition(kernel.state, BTC)).toBe(25);
    expect(notices(kernel, 'ORPHAN')).toBe(1);
    expect(notices(kernel, 'ORPHAN_GREW')).toBe(1);
  });

  it('an orphan that disappears is closed, without profit where nothing explains it, and entries go on', () => {
    const kernel = begun();
    kernel.hold(10, 9_000);
    kernel.wait(CONFIRMED_MS);
    kernel.hold(0);
    kernel.wait(CONFIRMED_MS);
    expect(ownPosition(kernel.state, BTC)).toBe(0);
    expect(realized(kernel, 'adoption')).toBe(0n);
    expect(reasonsOf(kernel.state)).toEqual([]);
    expect(kernel.enter().isAccepted).toBe(true);
  });

  it('each symbol has an orphan of its own', () => {
    const kernel = begun();
    kernel.view.positions = [position(3), position(-4, 10_000, ETH)];
    kernel.wait(CONFIRMED_MS);
    expect(kernel.state.slots.slice(1).map(({ trade }) => trade?.symbol)).toEqual([BTC, ETH]);
    expect(notices(kernel, 'ORPHAN')).toBe(2);
  });

  it('orphans beyond the bound are reported, and entries stay refused', () => {
    const kernel = begun({ bounds: { orphanSlots: 1 } });
    kernel.view.positions = [position(3), position(-4, 10_000, ETH)];
    kernel.wait(CONFIRMED_MS);
    expect(kernel.state.slots).toHaveLength(2);
    expect(notices(kernel, 'TOO_MANY_ORPHANS')).toBe(1);
    expect(reasonsOf(kernel.state)).toEqual(expect.arrayContaining(['POSITION_MISMATCH', 'ORPHAN']));
  });

  it('a position of an instrument that nobody configured refuses entries until it is gone', () => {
    const kernel = begun();
    kernel.view.positions = [position(3, 10_000, 'XRP-USDT' as typeof BTC)];
    kernel.wait(CONFIRMED_MS * 2);
    expect(kernel.state.slots).toHaveLength(1);
    expect(reasonsOf(kernel.state)).toEqual(['POSITION_MISMATCH']);
    kernel.view.positions = [];
    kernel.wait(CONFIRMED_MS);
    expect(reasonsOf(kernel.state)).toEqual([]);
  });

  it('a command to flatten closes an orphan by an order that only reduces', () => {
    const kernel = begun();
    kernel.hold(10, 9_000);
    kernel.wait(CONFIRMED_MS);
    const who = { requestId: 'r1', slot: null, who: 'me', why: 'test' };
    kernel.apply({ kind: 'COMMAND', command: 'FLATTENING', ...who });
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', quantity: 10, reduceOnly: true });
    kernel.fill(10_000);
    expect(ownPosition(kernel.state, BTC)).toBe(0);
    expect(realized(kernel, 'realized')).toBe(quote(10, 1_000));
  });

  it('a fill of ours that comes after its position was adopted takes the orphan’s place', () => {
    const kernel = begun();
    kernel.enter();
    kernel.ack();
    kernel.report(0, 0, { status: 'CANCELED' });
    kernel.hold(50, 10_000);
    kernel.wait(CONFIRMED_MS);
    expect(kernel.state.slots[1]?.status).toBe('ORPHAN');
    const [order] = kernel.sent;
    kernel.report(50, 10_000, {}, order);
    kernel.wait(CONFIRMED_MS);
    expect(ownPosition(kernel.state, BTC)).toBe(50);
    expect(kernel.slot().trade?.tradeId).toBe('BTC-USDT-T-000000000001');
    expect(realized(kernel, 'adoption')).toBe(0n);
    expect(reasonsOf(kernel.state)).toEqual([]);
  });
});

describe('in an account that others use too', () => {
  const shared = { account: 'shared' } as const;

  it('what is beyond ours belongs to others, and changes no money of ours', () => {
    const kernel = holding(shared);
    const { wallet } = kernel.state.ledger;
    kernel.hold(80);
    kernel.wait(CONFIRMED_MS);
    expect(kernel.state.books.get(BTC)).toMatchObject({ foreignPosition: 30, mismatch: null });
    expect(kernel.state.slots).toHaveLength(1);
    expect(kernel.state.ledger.wallet).toBe(wallet);
    expect(reasonsOf(kernel.state)).toEqual([]);
  });

  it('a slot that the venue cannot close any more ends when a person has looked', () => {
    const kernel = holding({ account: 'shared' });
    kernel.hold(0);
    kernel.wait(CONFIRMED_MS);
    expect(kernel.slot().status).toBe('QUARANTINED');
    const words = { slot: 0, who: 'a person', why: 'closed by hand' };
    kernel.apply({ kind: 'COMMAND', requestId: 'r', command: 'RESOLVE', ...words });
    kernel.wait(10_000);
    expect(kernel.slot()).toMatchObject({ status: 'FREE', trade: null });
    expect(kernel.state.books.get(BTC)).toMatchObject({ foreignPosition: 0, mismatch: null });
  });

  it('keeps what it holds when a person has looked, but the venue’s picture is older than our own last act', () => {
    const kernel = begun({ account: 'shared', router: { exitDeadlineMs: 1_000 } });
    kernel.enter();
    kernel.fill(10_000);
    kernel.exit();
    kernel.ack();
    kernel.wait(2_000);
    expect(kernel.slot().status).toBe('QUARANTINED');
    const words = { slot: 0, who: 'a person', why: 'it is there' };
    kernel.apply({ kind: 'COMMAND', requestId: 'r', command: 'RESOLVE', ...words });
    expect(positionOf(kernel.slot().trade as never)).toBe(50);
  });

  it('a slot that the venue cannot close any more waits for a person', () => {
    const kernel = holding(shared);
    kernel.hold(20);
    kernel.wait(CONFIRMED_MS);
    expect(kernel.slot()).toMatchObject({ status: 'QUARANTINED' });
    expect(ownPosition(kernel.state, BTC)).toBe(50);
    expect(reasonsOf(kernel.state)).toEqual(['QUARANTINE']);
    expect(notices(kernel, 'QUARANTINED')).toBe(1);
  });
});

describe('an order with an id of ours that no journal knows', () => {
  function forgotten(): OrderReport {
    const identity = { runId: 'lost' as RunId, slot: 0, tradeSeq: 1, role: 'entry', attempt: 1 } as const;
    const order = { symbol: BTC, side: 'BUY', quantity: 5 };
    return reportOf(order as never, '901', { clientOrderId: clientOrderId('test', identity) });
  }

  function withForgotten(over: ConfigOver = {}): KernelDriver {
    const kernel = new KernelDriver(over);
    kernel.view.openOrders = [forgotten()];
    kernel.ready();
    kernel.wait(CONFIRMED_MS);
    return kernel;
  }

  const canceled = (kernel: KernelDriver) =>
    kernel.effects.flatMap((effect) => (effect.kind === 'CANCEL' ? [effect.venueOrderId] : []));

  it('is reported once, canceled until it is gone, and refuses entries', () => {
    const kernel = withForgotten();
    expect(notices(kernel, 'FORGOTTEN_ORDER')).toBe(1);
    expect(canceled(kernel)).toEqual(['901', '901', '901']);
    expect(reasonsOf(kernel.state)).toContain('FORGOTTEN_ORDER');
  });

  it('is not canceled once a person has halted the kernel', () => {
    const kernel = withForgotten();
    const before = canceled(kernel).length;
    const who = { requestId: 'r1', slot: null, who: 'me', why: 'test' };
    kernel.apply({ kind: 'COMMAND', command: 'HALTED', ...who });
    kernel.wait(CONFIRMED_MS);
    expect(canceled(kernel)).toHaveLength(before);
  });

  it('is left to a person where others trade too', () => {
    const kernel = withForgotten({ account: 'shared' });
    expect(notices(kernel, 'FORGOTTEN_ORDER')).toBe(1);
    expect(canceled(kernel)).toEqual([]);
  });
});
