// Incidents of fills: counted twice, dropped, priced wrong, or given to the wrong order.

import assert from 'node:assert/strict';
import type { SymbolName } from '../../../src/domain/ids.ts';
import { stepOf } from '../../../src/domain/instrument.ts';
import { money } from '../../../src/domain/money.ts';
import { lots, type Ppm } from '../../../src/domain/steps.ts';
import { instrument, quote, reportOf, usdt } from '../../kernel/build.ts';
import {
  cancelResult,
  has,
  heldInAll,
  holding,
  type Incident,
  isRefused,
  isSo,
  lookAgain,
  MAKER,
  position,
  ready,
} from './incident.ts';

const FET = 'FET-USDT' as SymbolName;

/** Ticks of 0.0001 and lots of 1, so that one lot at one tick is 0.0001. */
const FET_INSTRUMENT = instrument(FET, {
  tick: stepOf('0.0001'),
  lot: stepOf('1'),
  makerFeePpm: 0 as Ppm,
  takerFeePpm: 0 as Ppm,
});

function fetShort() {
  const kernel = ready({ instruments: [FET_INSTRUMENT] });
  kernel.apply({ kind: 'MARK', symbol: FET, bid: 1_878, ask: 1_879, mark: 1_878, quotedAtMs: kernel.nowMs });
  kernel.enter({ symbol: FET, side: 'SHORT', size: 26_007, leverage: 3, referencePrice: 0.1878 });
  kernel.fill(1_878);
  kernel.exit({ symbol: FET });
  return kernel;
}

export const FILL_INCIDENTS: readonly Incident[] = [
  {
    name: 'average-entry',
    wrong: 'The basis of a position was the price of the last fill of its entry.',
    holds: 'Profit is measured from the size-weighted average of all fills of the entry.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.ack();
      kernel.report(20, 10_000);
      kernel.report(50, 0, { filledQuote: money(quote(20, 10_000) + quote(30, 11_000)) });
      kernel.exit();
      kernel.fill(11_000);
      assert.equal(kernel.slot().trade?.bookedRealized, usdt(55 - 53));
    },
  },
  {
    name: 'incremental-size',
    wrong: 'The size of an event was taken for a sum where it was an increment, and the other way round.',
    holds:
      'Filled lots are cumulative: the same figure again adds nothing, a larger one adds the difference.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.ack();
      for (const filled of [10, 10, 30, 10, 30]) kernel.report(filled, 10_000);
      assert.equal(position(kernel), 30);
      assert.equal(kernel.order().filledQuote, quote(30, 10_000));
    },
  },
  {
    name: 'late-entry-remainder',
    wrong: 'A rest of the entry that filled while the exit worked was taken for a fill of the exit.',
    holds: 'Fills belong to the order that they name, whatever the slot is doing, and the exit follows them.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      const entry = kernel.lastSent;
      kernel.ack();
      kernel.report(20, 10_000);
      kernel.exit();
      const exit = kernel.lastSent;
      kernel.ack(exit);
      kernel.report(35, 10_000, {}, entry);
      assert.equal(position(kernel), 35);
      kernel.report(35, 10_000, { status: 'CANCELED' }, entry);
      kernel.report(20, 10_001, {}, exit);
      assert.equal(position(kernel), 15);
      has(kernel.lastSent, { side: 'SELL', quantity: 15, reduceOnly: true });
    },
  },
  {
    name: 'fet-5990',
    wrong: 'A loss of 1,071.4884 was booked as 3,214.4652, because profit was multiplied by the leverage.',
    holds: 'Profit is quantity times the difference of true prices; leverage is nowhere in it.',
    run() {
      const kernel = fetShort();
      kernel.fill(2_290);
      assert.equal(kernel.slot().trade?.bookedRealized, usdt(-1_071.4884));
      assert.equal(kernel.state.ledger.balances.realized, usdt(1_071.4884));
    },
  },
  {
    name: 'fet-5990-nominal',
    wrong: 'A market order was booked at its protective bound of 0.2290, and a gain became a loss.',
    holds: 'A fill without a true price is held, asked about, and not booked before its price is known.',
    run() {
      const kernel = fetShort();
      kernel.ack();
      kernel.report(26_007, 0, { filledQuote: null });
      assert.equal(position(kernel), 0);
      assert.equal(kernel.state.ledger.balances.realized, 0n);
      isSo(kernel.effects.some((effect) => effect.kind === 'QUERY'));
      kernel.report(26_007, 1_850);
      assert.equal(kernel.state.ledger.balances.realized, usdt(-72.8196));
    },
  },
  {
    name: 'barter-206-phantom',
    wrong: 'A late NEW after FILLED made the order again, as one that nobody would ever fill.',
    holds: 'A final order stays final, and nothing of it is live.',
    run() {
      const kernel = holding();
      isRefused(kernel.report(0, 10_000), 'STALE_REPORT');
      assert.equal(kernel.order().status, 'FILLED');
      assert.equal(kernel.state.liveOrders, 0);
    },
  },
  {
    name: 'barter-280-replay',
    wrong: 'After a reconnect the stream said everything again, and each fill counted once more.',
    holds: 'Frames that come again change neither position nor ledger.',
    run() {
      const kernel = holding();
      const { wallet, postings } = kernel.state.ledger;
      for (let again = 0; again < 5; again += 1) isRefused(kernel.report(50, 10_000), 'DUPLICATE_EVENT');
      assert.equal(position(kernel), 50);
      assert.deepEqual([kernel.state.ledger.wallet, kernel.state.ledger.postings], [wallet, postings]);
    },
  },
  {
    name: 'ccxt-30563-partials',
    wrong: 'Of five lots that filled as two and three the first two were dropped.',
    holds: 'Both fills count, each at its own price.',
    run() {
      const kernel = ready({ instruments: [FET_INSTRUMENT] });
      const mark = { symbol: FET, bid: 643_000, ask: 643_001, mark: 643_000, quotedAtMs: kernel.nowMs };
      kernel.apply({ kind: 'MARK', ...mark });
      kernel.enter({ symbol: FET, size: 5, referencePrice: 64.3 });
      kernel.ack();
      kernel.report(2, 643_000);
      assert.equal(position(kernel), 2);
      kernel.report(5, 0, { filledQuote: usdt(2 * 64.3 + 3 * 64.4) });
      assert.equal(position(kernel), 5);
      assert.equal(kernel.order().filledQuote, usdt(321.8));
      assert.equal(kernel.order().status, 'FILLED');
    },
  },
  {
    name: 'hftbacktest-316-resting',
    wrong: 'Partial fills of a resting order never reached the position or the balance.',
    holds: 'A resting order that filled in part is held, and its fee is predicted, at once.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.ack();
      kernel.report(20, 10_000);
      assert.equal(position(kernel), 20);
      assert.equal(kernel.order().status, 'PARTIAL');
      assert.equal(kernel.state.ledger.balances.fee_predicted, usdt(20 * 0.0002));
      assert.equal(kernel.state.ledger.wallet, usdt(10_000 - 20 * 0.0002));
    },
  },
  {
    name: 'freqtrade-13037-canceled',
    wrong: 'The venue said canceled with nothing filled, the trade was deleted, and all of it had filled.',
    holds: 'The correction reopens the trade under its own id, and a person hears of it.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.ack();
      kernel.wait(58_000);
      kernel.report(0, 10_000, { status: 'CANCELED' });
      const { tradeId } = kernel.order();
      assert.equal(kernel.slot().status, 'FREE');
      has(kernel.report(50, 10_000, { status: 'CANCELED' }), { isAccepted: true, code: 'LATE_FILL' });
      assert.equal(kernel.slot().status, 'OPEN');
      assert.equal(kernel.slot().trade?.tradeId, tradeId);
      isSo(kernel.codes('NOTIFY').includes('LATE_FILL'));
    },
  },
  {
    name: 'nautilus-4991-replay',
    wrong: 'A replay of the first leg began the next one, and bound it to the older order.',
    holds: 'Reports of a leg that is done change nothing, and send nothing.',
    run() {
      const kernel = holding(53, {}, [0.5, 1]);
      kernel.exit();
      const leg = kernel.lastSent;
      kernel.fill(10_010);
      kernel.exit();
      const sent = kernel.sent.length;
      kernel.report(26, 10_010, {}, leg);
      assert.equal(kernel.sent.length, sent);
      assert.equal(kernel.slot().trade?.legIndex, 1);
      assert.equal(position(kernel), 27);
    },
  },
  {
    name: 'nautilus-4991-behind-cancel',
    wrong: 'A fill that arrived behind the cancel of its order was lost.',
    holds: 'A final order still takes fills: they are counted, and flagged as late.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.ack();
      kernel.report(20, 10_000);
      kernel.wait(58_000);
      kernel.report(20, 10_000, { status: 'CANCELED' });
      kernel.report(45, 10_000, { status: 'CANCELED' });
      assert.equal(position(kernel), 45);
      has(kernel.order(), { status: 'CANCELED', lateLots: 25 });
    },
  },
  {
    name: 'late-fill-of-a-closed-trade',
    wrong: 'The trade was closed, a rest of its entry filled, and nobody closed that.',
    holds: 'The trade is open again, in its slot, and its next exit takes what came.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      const entry = kernel.lastSent;
      kernel.ack();
      kernel.report(20, 10_000);
      kernel.wait(58_000);
      kernel.report(20, 10_000, { status: 'CANCELED' });
      kernel.exit({ isUrgent: true });
      kernel.fill(10_000);
      assert.equal(kernel.slot().status, 'CLOSED');
      kernel.report(45, 10_000, { status: 'CANCELED' }, entry);
      assert.equal(kernel.slot().status, 'OPEN');
      assert.equal(position(kernel), 25);
      kernel.exit({ isUrgent: true });
      has(kernel.lastSent, { side: 'SELL', quantity: 25, reduceOnly: true });
    },
  },
  {
    name: 'bingx-49-empty-client-id',
    wrong: 'Frames of the stream carry no client id, so the first fill came before anything could bind it.',
    holds: 'They wait for the answer that names their order, and count then.',
    run() {
      const kernel = ready();
      kernel.enter();
      const facts = { status: 'FILLED', filledLots: lots(50), filledQuote: quote(50, 10_000) } as const;
      const frame = reportOf(kernel.lastSent, 'venue-1', facts);
      has(kernel.apply({ kind: 'REPORT', report: frame }), { code: 'PARKED' });
      assert.equal(position(kernel), 0);
      const result = { kind: 'ACK', venueOrderId: 'venue-1', report: null };
      kernel.apply({ kind: 'SUBMIT_RESULT', clientOrderId: kernel.lastSent.clientOrderId, result });
      assert.equal(position(kernel), 50);
      assert.equal(kernel.state.parked.byVenueId.size, 0);
    },
  },
  {
    name: 'bingx-49-answer-after-ten-seconds',
    wrong: 'The answer came so late that the fill had been given to somebody else, and both counted it.',
    holds: 'What was explained as foreign is taken back when the order claims it, to the last cent.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.wait(1);
      const facts = { status: 'FILLED', filledLots: lots(50), filledQuote: quote(50, 10_000) } as const;
      const later = { fee: usdt(0.03), venueAtMs: kernel.nowMs as never };
      const frame = reportOf(kernel.lastSent, 'venue-1', { ...facts, ...later });
      kernel.apply({ kind: 'REPORT', report: frame });
      kernel.wait(30_000);
      assert.equal(kernel.state.ledger.explained, usdt(-0.03));
      const result = { kind: 'ACK', venueOrderId: 'venue-1', report: null };
      kernel.apply({ kind: 'SUBMIT_RESULT', clientOrderId: kernel.lastSent.clientOrderId, result });
      assert.equal(position(kernel), 50);
      assert.equal(kernel.state.ledger.explained, 0n);
      assert.equal(kernel.state.ledger.wallet, usdt(10_000 - 0.03));
    },
  },
  {
    name: 'overfill-absorbed',
    wrong: 'A fill beyond the ordered quantity was rejected, so the book no longer was what the venue held.',
    holds: 'It is taken as it is, entries are refused, and a person is called.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.ack();
      kernel.report(60, 10_000);
      assert.equal(position(kernel), 60);
      isSo(kernel.state.trading.reasons.has('OVERFILL'));
      isSo(kernel.codes('NOTIFY').includes('OVERFILL'));
      kernel.wait(10_000);
      isRefused(kernel.enter(), 'REDUCE_ONLY');
    },
  },
  {
    name: 'filled-with-fewer-lots',
    wrong: 'The venue said filled and named fewer lots than were ordered, and the rest was forgotten.',
    holds: 'The order is looked up until word and figure agree; what is named counts already.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.ack();
      has(kernel.report(30, 10_000, { status: 'FILLED' }), { code: 'CONTRADICTORY_REPORT' });
      assert.equal(position(kernel), 30);
      assert.equal(kernel.state.liveOrders, 1);
      kernel.report(50, 10_000);
      assert.equal(kernel.order().status, 'FILLED');
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'rounded-average',
    wrong: 'The price of an order was an average that the venue had rounded, though its trades were known.',
    holds: 'The sum of trades stands over an average, whichever comes first.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.ack();
      kernel.report(50, 10_001, { isQuoteExact: false });
      kernel.report(50, 10_000, { isQuoteExact: true });
      kernel.report(50, 10_002, { isQuoteExact: false });
      assert.equal(kernel.order().filledQuote, quote(50, 10_000));
    },
  },
  {
    name: 'cancel-of-a-filled-order',
    wrong: 'A cancel that the venue rejected, because all had filled, was taken for a failure.',
    holds: 'It is looked up; the fill counts, and the trade is open.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.ack();
      kernel.wait(58_000);
      cancelResult(kernel, { kind: 'REJECT', code: 'ORDER_FINAL', text: 'final' });
      assert.equal(kernel.order().status, 'CANCEL_IN_DOUBT');
      kernel.report(50, 10_000);
      assert.equal(kernel.order().status, 'FILLED');
      assert.equal(kernel.slot().status, 'OPEN');
    },
  },
  {
    name: 'foreign-on-the-same-symbol',
    wrong: 'Fills of another system on a symbol of ours were booked as ours.',
    holds: 'Only an id binds: what nothing binds explains E, and K and the slot stay as they are.',
    run() {
      const kernel = holding(50, { account: 'shared' });
      const { wallet } = kernel.state.ledger;
      kernel.wait(1);
      const facts = { status: 'FILLED', filledLots: lots(9), filledQuote: quote(9, 10_000) } as const;
      const booked = { fee: usdt(0.1), venueRealized: usdt(5), venueAtMs: kernel.nowMs as never };
      kernel.apply({
        kind: 'REPORT',
        report: reportOf(kernel.lastSent, 'theirs', { ...facts, ...booked }),
      });
      kernel.wait(10_000);
      assert.equal(heldInAll(kernel), 50);
      assert.equal(kernel.state.ledger.wallet, wallet);
      assert.equal(kernel.state.ledger.explained, usdt(4.9));
    },
  },
  {
    name: 'hot-window-by-rest',
    wrong:
      'Only fills of the stream opened the hot window, so an entry followed one that was found by asking.',
    holds: 'Any fill of ours opens it, however it was heard of.',
    run() {
      const kernel = ready({ maxSlots: 2 });
      kernel.enter();
      kernel.ack();
      kernel.view = { ...kernel.view, fills: [] };
      kernel.wait(20_000);
      const facts = { status: 'FILLED', filledLots: lots(50), filledQuote: quote(50, 10_000) } as const;
      const row = reportOf(kernel.lastSent, kernel.order().venueOrderId ?? '', facts);
      kernel.hold(50);
      kernel.view = { ...kernel.view, fills: [row] };
      lookAgain(kernel);
      assert.equal(position(kernel), 50);
      isRefused(kernel.enter({ slot: 1, symbol: 'ETH-USDT' as SymbolName }), 'HOT_WINDOW');
      kernel.wait(5_000);
      has(kernel.enter({ slot: 1, symbol: 'ETH-USDT' as SymbolName }), { isAccepted: true });
    },
  },
];
