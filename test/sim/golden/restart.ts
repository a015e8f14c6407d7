// Incidents of starts: books made up, orders sent again, profits booked twice, and silence taken for flat.

import assert from 'node:assert/strict';
import type { RunId } from '../../../src/domain/ids.ts';
import { money } from '../../../src/domain/money.ts';
import type { SignedLots } from '../../../src/domain/steps.ts';
import { lots } from '../../../src/domain/steps.ts';
import { BTC, CHAMPION, ETH, KernelDriver, quote, reportOf, usdt } from '../../kernel/build.ts';
import {
  count,
  found,
  has,
  heldInAll,
  holding,
  type Incident,
  isRefused,
  isSo,
  lookAgain,
  MAKER,
  notFound,
  position,
  ready,
  restart,
} from './incident.ts';

const FILLED = { status: 'FILLED', filledLots: lots(50), filledQuote: quote(50, 10_000) } as const;

/** Time for two looks at the venue that prove something together. */
function waitForProof(kernel: KernelDriver): void {
  kernel.wait(200_000);
}

export const RESTART_INCIDENTS: readonly Incident[] = [
  {
    name: 'nautilus-4736-warm-restart',
    wrong:
      'A restart closed a real position by a made-up fill, because the first picture did not show it yet.',
    holds: 'One picture proves nothing against the book: the position stays, and the next one agrees.',
    run() {
      const kernel = holding();
      kernel.wait(5_000);
      kernel.hold(0);
      restart(kernel);
      assert.equal(position(kernel), 50);
      kernel.wait(10_000);
      kernel.hold(50);
      waitForProof(kernel);
      assert.equal(position(kernel), 50);
      assert.equal(kernel.slot().trade?.adopted.sellLots, 0);
      isSo(!kernel.state.trading.reasons.has('POSITION_MISMATCH'));
    },
  },
  {
    name: 'nautilus-4736-lagging-view',
    wrong: 'The list of positions was behind the fill that it was compared with, and contradicted the book.',
    holds: 'A picture says nothing against a book that moved while the venue may still have to catch up.',
    run() {
      const kernel = holding();
      kernel.hold(0);
      for (let look = 0; look < 6; look += 1) {
        kernel.wait(5_000);
        lookAgain(kernel);
        isSo(!kernel.state.trading.reasons.has('POSITION_MISMATCH'));
      }
      kernel.hold(50);
      waitForProof(kernel);
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'positions-out-of-order',
    wrong: 'Two lists of positions overtook each other, and the older one stood.',
    holds: 'The one that was asked for later stands, whichever comes last.',
    run() {
      const kernel = holding();
      const { positions } = kernel.view;
      const told = (requestId: number, askedAtMs: number, rows: typeof positions) =>
        kernel.apply({ kind: 'POSITIONS', requestId, askedAtMs, result: { kind: 'KNOWN', rows } });
      kernel.wait(2_000);
      told(901, kernel.nowMs - 100, positions);
      isRefused(told(900, kernel.nowMs - 200, []), 'STALE_PICTURE');
      assert.equal(kernel.state.books.get(BTC)?.venuePosition, 50);
    },
  },
  {
    name: 'nautilus-5000-resting-orders',
    wrong: 'Resting orders were dropped at the start because their fills did not add up.',
    holds: 'A resting order stays ours, is asked about, and its fill counts.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.ack();
      kernel.report(10, 10_000);
      const { clientOrderId } = kernel.lastSent;
      restart(kernel);
      assert.equal(kernel.order(clientOrderId).status, 'CANCEL_SENT');
      kernel.report(50, 10_000);
      assert.equal(position(kernel), 50);
      assert.equal(kernel.sent.length, 1);
    },
  },
  {
    name: 'nautilus-3878-ids',
    wrong: 'Ids that were made up differed from run to run.',
    holds: 'The same run gives the same ids for the same decisions, and another run never gives one again.',
    run() {
      const ids = (runId: string) => {
        const kernel = new KernelDriver();
        kernel.apply({ kind: 'START', runId: runId as RunId });
        kernel.apply({ kind: 'ACCOUNT', positionMode: 'one_way' });
        kernel.apply({ kind: 'STREAM', isUp: true });
        const permissions = [{ strategyClass: CHAMPION, isEnabled: true, sizePpm: 1_000_000 }];
        kernel.apply({ kind: 'PERMISSIONS', version: 'v1', permissions });
        kernel.mark(10_000);
        kernel.enter();
        kernel.fill(10_000);
        kernel.exit();
        kernel.reject('BUSY');
        kernel.wait(10_000);
        assert.equal(kernel.sent.length, 3);
        return kernel.sent.map(({ clientOrderId }) => clientOrderId);
      };
      assert.deepEqual(ids('run-1'), ids('run-1'));
      assert.equal(new Set([...ids('run-1'), ...ids('run-2')]).size, 6);
    },
  },
  {
    name: 'nautilus-3046-fills-again',
    wrong: 'The venue listed the fills of before the restart, and each counted again.',
    holds: 'Facts of orders that are known change nothing.',
    run() {
      const kernel = holding();
      const report = reportOf(kernel.lastSent, kernel.order().venueOrderId ?? '', FILLED);
      const { wallet, postings } = kernel.state.ledger;
      kernel.view = { ...kernel.view, fills: [report, report] };
      restart(kernel);
      lookAgain(kernel);
      assert.equal(position(kernel), 50);
      assert.deepEqual([kernel.state.ledger.wallet, kernel.state.ledger.postings], [wallet, postings]);
    },
  },
  {
    name: 'nautilus-3176-orders-again',
    wrong: 'Each restart sent the orders of the one before once more.',
    holds: 'What had left is in doubt and is asked about; a start sends no order.',
    run() {
      const kernel = ready();
      kernel.enter();
      for (let start = 2; start < 6; start += 1) restart(kernel, `run-${start}`);
      assert.equal(kernel.state.liveOrders, 1);
      assert.equal(kernel.slot().status, 'ENTERING');
      kernel.wait(5_000);
      assert.equal(kernel.sent.length, 1);
      isSo(count(kernel, 'QUERY') >= 1);
      found(kernel, kernel.lastSent, '77', FILLED);
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'nautilus-3104-other-side',
    wrong: 'The book said long 75, the venue said short 65, and the node refused to start.',
    holds: 'It starts, refuses entries, and once that is confirmed takes over what the venue holds.',
    run() {
      const kernel = holding(75);
      kernel.wait(60_000);
      kernel.hold(-65);
      restart(kernel);
      assert.equal(position(kernel), 75);
      isSo(kernel.state.trading.reasons.has('POSITION_MISMATCH'));
      waitForProof(kernel);
      assert.equal(heldInAll(kernel), -65);
      isSo(kernel.codes('NOTIFY').includes('ORPHAN'));
      isSo(kernel.state.trading.reasons.has('ORPHAN'));
    },
  },
  {
    name: 'nautilus-3493-real-fill-after',
    wrong: 'A fill was inferred from a position, then the real one came, and both counted.',
    holds: 'The real one goes to its order; what was taken over before it is given back.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.unknown();
      kernel.wait(76_000);
      for (let look = 0; look < 3; look += 1) notFound(kernel);
      assert.equal(kernel.order().status, 'REJECTED');
      kernel.hold(50);
      kernel.wait(40_000);
      lookAgain(kernel);
      waitForProof(kernel);
      assert.equal(heldInAll(kernel), 50);
      assert.equal(kernel.slot(1).status, 'ORPHAN');
      const order = kernel.lastSent;
      const { clientOrderId } = order;
      kernel.apply({ kind: 'REPORT', report: reportOf(order, '77', { ...FILLED, clientOrderId }) });
      assert.equal(position(kernel), 50);
      kernel.wait(600_000);
      assert.equal(heldInAll(kernel), 50);
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'bytex-30-mismatch',
    wrong: 'A mismatch was logged, and the restarted node traded on as if it were flat.',
    holds: 'Entries are refused from the first picture that shows it, until it is explained.',
    run() {
      const kernel = ready();
      kernel.wait(60_000);
      kernel.hold(7, 10_000, ETH);
      restart(kernel);
      isSo(kernel.state.trading.reasons.has('POSITION_MISMATCH'));
      isRefused(kernel.enter(), 'REDUCE_ONLY');
      waitForProof(kernel);
      assert.equal(heldInAll(kernel), 7);
      isRefused(kernel.enter(), 'ENTRY_FROZEN');
      kernel.hold(0);
      waitForProof(kernel);
      assert.equal(heldInAll(kernel), 0);
      kernel.wait(20_000);
      has(kernel.enter(), { isAccepted: true });
    },
  },
  {
    name: 'lean-ib-249-disconnected',
    wrong: 'What filled while the connection was down was never heard of.',
    holds: 'A stream that comes back is a gap until a whole round has shown what it missed.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.ack();
      kernel.apply({ kind: 'STREAM', isUp: false });
      const row = reportOf(kernel.lastSent, kernel.order().venueOrderId ?? '', FILLED);
      kernel.hold(50);
      kernel.view = { ...kernel.view, fills: [row] };
      assert.equal(kernel.enter({ symbol: ETH }).isAccepted, false);
      kernel.apply({ kind: 'STREAM', isUp: true });
      assert.equal(position(kernel), 50);
      assert.equal(kernel.slot().status, 'OPEN');
      isSo(!kernel.state.trading.reasons.has('STREAM_DOWN'));
    },
  },
  {
    name: 'lean-5839-forced-reduction',
    wrong: 'The broker reduced a position by force, and the book went on with the old one.',
    holds: 'The book follows what is confirmed, and a person is told that no order of ours did it.',
    run() {
      const kernel = holding();
      kernel.wait(60_000);
      kernel.hold(20);
      lookAgain(kernel);
      assert.equal(position(kernel), 50);
      waitForProof(kernel);
      assert.equal(position(kernel), 20);
      isSo(kernel.codes('NOTIFY').includes('POSITION_REDUCED'));
      kernel.exit();
      has(kernel.lastSent, { quantity: 20, reduceOnly: true });
    },
  },
  {
    name: 'freqtrade-13399-previous-trade',
    wrong: 'The stop of the trade before was found within ten seconds, and given to the new trade.',
    holds: 'A fill belongs to the trade of its order: the new one does not hear of it.',
    run() {
      const kernel = holding();
      kernel.exit();
      const exit = kernel.lastSent;
      kernel.hold(0);
      kernel.fill(9_990);
      kernel.wait(6_000);
      kernel.enter();
      kernel.fill(10_000);
      kernel.hold(50);
      const venueOrderId = kernel.order(exit.clientOrderId).venueOrderId ?? '';
      const row = reportOf(exit, venueOrderId, { ...FILLED, filledQuote: quote(50, 9_990) });
      kernel.view = { ...kernel.view, fills: [row] };
      restart(kernel);
      assert.equal(position(kernel), 50);
      assert.equal(kernel.slot().trade?.orders.length, 1);
      assert.equal(kernel.slot().status, 'OPEN');
    },
  },
  {
    name: 'hummingbot-3324-position',
    wrong: 'After a restart the open position was not known any more.',
    holds: 'It is in its slot, under its trade, with its legs and its basis.',
    run() {
      const kernel = holding(53, {}, [0.5, 1]);
      kernel.exit();
      kernel.hold(27);
      kernel.fill(10_010);
      const { tradeId } = kernel.order();
      restart(kernel);
      has(kernel.slot(), { status: 'OPEN' });
      has(kernel.slot().trade ?? {}, { tradeId, legIndex: 1 });
      kernel.exit();
      assert.equal(kernel.lastSent.quantity, 27);
    },
  },
  {
    name: 'unknown-is-not-flat',
    wrong: 'The positions could not be had, that was read as none, and the slot was wiped.',
    holds: 'What is unknown changes nothing, entries are refused, and it is asked for again.',
    run() {
      const kernel = holding();
      kernel.answersFetches = false;
      restart(kernel);
      for (let round = 0; round < 20; round += 1) {
        for (const effect of kernel.effects.splice(0)) {
          if (effect.kind !== 'FETCH') continue;
          if (effect.part === 'OPEN_ORDERS') kernel.answer(effect);
          else {
            const result = { kind: 'UNKNOWN', cause: 'SERVER' };
            const { part: kind, requestId } = effect;
            kernel.apply({ kind, requestId, askedAtMs: kernel.nowMs, result });
          }
        }
        kernel.wait(30_000);
      }
      assert.equal(position(kernel), 50);
      isRefused(kernel.enter({ symbol: ETH }), 'STALE_STATE_RECONCILING');
      isSo(kernel.effects.some((effect) => effect.kind === 'FETCH'));
    },
  },
  {
    name: 'woken-too-early',
    wrong: 'The clock stepped back, a timer fired before its time, and was never set again.',
    holds: 'Whoever wakes the kernel too early is told again when to.',
    run() {
      const kernel = ready();
      const wakeAts = () => kernel.effects.filter((effect) => effect.kind === 'WAKE_AT');
      const last = wakeAts().at(-1);
      const before = wakeAts().length;
      kernel.nowMs += 1;
      isRefused(kernel.apply({ kind: 'WAKE' }), 'DUPLICATE_EVENT');
      assert.deepEqual(wakeAts().slice(before), [last]);
    },
  },
  {
    name: 'torn-picture',
    wrong: 'Positions were read before orders, and what filled in between was in neither.',
    holds: 'Orders come first, one question at a time: what moves is seen twice, never not at all.',
    run() {
      const kernel = new KernelDriver();
      kernel.answersFetches = false;
      kernel.apply({ kind: 'START', runId: 'run-1' as RunId });
      const asked: string[] = [];
      for (let part = 0; part < 5; part += 1) {
        const [fetch, ...more] = kernel.effects.splice(0).filter((effect) => effect.kind === 'FETCH');
        assert.equal(more.length, 0);
        if (fetch?.kind !== 'FETCH') break;
        asked.push(fetch.part);
        kernel.answer(fetch);
      }
      assert.deepEqual(asked, ['OPEN_ORDERS', 'POSITIONS', 'FILLS', 'INCOME', 'BALANCE']);
    },
  },
  {
    name: 'forgotten-order',
    wrong: 'An order of a run whose journal was lost rested on, unknown to everybody.',
    holds: 'Its id says that it is ours: entries are refused, a person hears of it, and it is canceled.',
    run() {
      const lost = ready();
      lost.enter();
      const { clientOrderId } = lost.lastSent;
      const row = reportOf(lost.lastSent, '99', { clientOrderId });
      const kernel = new KernelDriver();
      kernel.view = { ...kernel.view, openOrders: [row] };
      kernel.apply({ kind: 'START', runId: 'run-9' as RunId });
      isSo(kernel.state.trading.reasons.has('FORGOTTEN_ORDER'));
      isSo(kernel.codes('NOTIFY').includes('FORGOTTEN_ORDER'));
      const cancel = kernel.effects.find((effect) => effect.kind === 'CANCEL');
      has(cancel ?? {}, { clientOrderId, venueOrderId: '99', symbol: BTC });
    },
  },
  {
    name: 'orphan-of-a-stranger',
    wrong: "A position that nobody knew was adopted as a trade, and closed by the policy's next exit.",
    holds: 'It has a place of its own, a person is told once, and entries wait until it is gone.',
    run() {
      const kernel = ready();
      kernel.wait(60_000);
      kernel.hold(-9);
      lookAgain(kernel);
      waitForProof(kernel);
      assert.equal(kernel.slot(0).trade, null);
      has(kernel.slot(1), { status: 'ORPHAN' });
      assert.equal(position(kernel, 1), -9);
      waitForProof(kernel);
      assert.equal(kernel.codes('NOTIFY').filter((code) => code === 'ORPHAN').length, 1);
      isRefused(kernel.exit(), 'NO_OPEN_POSITION');
      kernel.wait(20_000);
      isRefused(kernel.enter(), 'ENTRY_FROZEN');
    },
  },
  {
    name: 'double-booking-over-a-restart',
    wrong: 'A position that was adopted at the start settled a profit that had been settled before.',
    holds: 'What is booked of a trade is part of the state: the same facts post nothing more.',
    run() {
      const kernel = holding();
      kernel.exit();
      kernel.hold(0);
      kernel.fill(10_100);
      const { wallet } = kernel.state.ledger;
      assert.equal(wallet, money(usdt(10_000) + usdt(0.5) - usdt(50 * 0.0005) - usdt(50.5 * 0.0005)));
      const row = reportOf(kernel.lastSent, kernel.order().venueOrderId ?? '', {
        ...FILLED,
        filledQuote: quote(50, 10_100),
      });
      kernel.view = { ...kernel.view, fills: [row], wallet };
      restart(kernel);
      kernel.wait(10_000);
      restart(kernel, 'run-3');
      assert.equal(kernel.state.ledger.wallet, wallet);
      assert.equal(kernel.state.ledger.residual, 0n);
    },
  },
  {
    name: 'largest-of-two-positions',
    wrong:
      'Of several positions the one of the most lots was taken, across symbols, and the others were ignored.',
    holds: 'Every one of them is taken over, each in a place of its own.',
    run() {
      const kernel = ready();
      kernel.wait(60_000);
      const row = (symbol: typeof BTC, held: number) => ({
        symbol,
        position: held as SignedLots,
        entryQuote: quote(Math.abs(held), 10_000),
        venueAtMs: kernel.nowMs as never,
      });
      kernel.view = { ...kernel.view, positions: [row(BTC, 3), row(ETH, -700)] };
      lookAgain(kernel);
      waitForProof(kernel);
      const orphans = kernel.state.slots.filter(({ status }) => status === 'ORPHAN');
      assert.deepEqual(orphans.map(({ trade, id }) => [trade?.symbol, position(kernel, id)]).sort(), [
        [BTC, 3],
        [ETH, -700],
      ]);
    },
  },
];
