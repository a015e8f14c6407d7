// Incidents of requests that nobody answered: taken for rejected, for canceled, or for never sent.

import assert from 'node:assert/strict';
import type { SymbolName } from '../../../src/domain/ids.ts';
import { lots } from '../../../src/domain/steps.ts';
import { instrument, quote, reportOf } from '../../kernel/build.ts';
import {
  cancelResult,
  count,
  found,
  has,
  heldInAll,
  holding,
  type Incident,
  isRefused,
  isSo,
  MAKER,
  notFound,
  position,
  ready,
} from './incident.ts';

const FILLED = { status: 'FILLED', filledLots: lots(50), filledQuote: quote(50, 10_000) } as const;

function quoting(over = {}) {
  const kernel = ready({ router: { style: 'maker', entryMiss: 'retry', ...over } });
  kernel.enter();
  kernel.ack();
  return kernel;
}

export const DOUBT_INCIDENTS: readonly Incident[] = [
  {
    name: 'hummingbot-6901-timeout',
    wrong: 'A timeout was taken for a failure, while the order was live at the venue.',
    holds: 'The order is in doubt, keeps its slot, is asked about, and is found as what it is.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      has(kernel.unknown(), { code: 'IN_DOUBT' });
      kernel.wait(20_000);
      assert.equal(kernel.order().status, 'IN_DOUBT');
      assert.equal(kernel.slot().status, 'ENTERING');
      isSo(count(kernel, 'QUERY') >= 3);
      found(kernel, kernel.lastSent, '77', {});
      has(kernel.order(), { status: 'WORKING', venueOrderId: '77' });
      assert.equal(kernel.sent.length, 1);
    },
  },
  {
    name: 'hummingbot-8457-dns',
    wrong: 'A name could not be resolved, six accepted orders were dropped, and a short was left open.',
    holds:
      'All six stay in doubt, none is sent again, and each counts when the venue says what became of it.',
    run() {
      const symbols = ['A', 'B', 'C', 'D', 'E', 'F'].map((letter) => `${letter}-USDT` as SymbolName);
      const kernel = ready({ maxSlots: 6, instruments: symbols.map((symbol) => instrument(symbol)) });
      for (const symbol of symbols) kernel.mark(10_000, symbol);
      for (const [slot, symbol] of symbols.entries()) kernel.enter({ slot, symbol, side: 'SHORT' });
      const orders = [...kernel.sent];
      assert.equal(orders.length, 6);
      for (const order of orders) kernel.unknown('CONNECTION', order);
      kernel.wait(20_000);
      for (const { clientOrderId } of orders) assert.equal(kernel.order(clientOrderId).status, 'IN_DOUBT');
      for (const [at, order] of orders.entries()) found(kernel, order, `venue-${at}`, FILLED);
      assert.equal(heldInAll(kernel), -300);
      assert.equal(kernel.sent.length, 6);
    },
  },
  {
    name: 'hummingbot-7294-second-close',
    wrong: 'The close failed, then it filled, and a second close had been sent in between.',
    holds: 'No second way out is sent while the first is in doubt and has not been waited for.',
    run() {
      const kernel = holding();
      kernel.exit();
      const exit = kernel.lastSent;
      kernel.unknown();
      kernel.wait(4_000);
      kernel.exit();
      assert.equal(kernel.sent.length, 2);
      found(kernel, exit, '88', FILLED);
      assert.equal(position(kernel), 0);
      kernel.hold(0);
      kernel.wait(60_000);
      assert.equal(kernel.sent.length, 2);
    },
  },
  {
    name: 'submit-exception',
    wrong:
      'A submit that threw left the slot busy for ever, and later versions invented a rejection at once.',
    holds:
      'It is in doubt; the slot is free again only when the venue has long and often not found the order.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.unknown('NOT_SENT');
      notFound(kernel);
      notFound(kernel);
      notFound(kernel);
      assert.equal(kernel.order().status, 'IN_DOUBT');
      isRefused(kernel.enter(), 'SLOT_BUSY');
      kernel.wait(76_000);
      notFound(kernel);
      assert.equal(kernel.order().status, 'REJECTED');
      has(kernel.slot(), { status: 'FREE', trade: null });
    },
  },
  {
    name: 'found-later',
    wrong: 'An order that one view did not find was given up, and the view was behind.',
    holds: 'Not found is one word of one view: the next one that finds the order begins the count again.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.unknown();
      kernel.wait(30_000);
      notFound(kernel);
      notFound(kernel);
      assert.equal(kernel.order().absences, 2);
      found(kernel, kernel.lastSent, '77', {});
      has(kernel.order(), { status: 'WORKING', absences: 0 });
      notFound(kernel);
      assert.equal(kernel.order().status, 'WORKING');
    },
  },
  {
    name: 'client-id-used',
    wrong: 'The venue refused a repeated request because its id was used, and the order was called rejected.',
    holds: 'The refusal says that the order is there, so it is in doubt and is looked up.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.reject('CLIENT_ID_REUSED');
      assert.equal(kernel.order().status, 'IN_DOUBT');
      found(kernel, kernel.lastSent, '77', FILLED);
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'nautilus-4152-cancel',
    wrong: 'When the retries of a cancel were used up, the order was called canceled without evidence.',
    holds: 'It is in doubt, for as long as it takes; its fill counts and the order ends as the venue says.',
    run() {
      const kernel = quoting();
      kernel.wait(58_000);
      cancelResult(kernel, { kind: 'UNKNOWN', cause: 'TIMEOUT' });
      kernel.wait(600_000);
      assert.equal(kernel.order(kernel.sent[0]?.clientOrderId).status, 'CANCEL_IN_DOUBT');
      assert.equal(kernel.sent.length, 1);
      kernel.report(50, 10_000);
      assert.equal(kernel.order().status, 'FILLED');
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'nautilus-4152-cancel-taken',
    wrong: 'The answer that a cancel was taken was read as the end of the order.',
    holds: 'Only a report ends an order: one that was only asked to end may still fill.',
    run() {
      const kernel = quoting();
      kernel.wait(58_000);
      cancelResult(kernel, { kind: 'ACK', report: null });
      assert.equal(kernel.order().status, 'CANCEL_SENT');
      assert.equal(kernel.sent.length, 1);
      kernel.report(50, 10_000);
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'nautilus-4288-cancel-then-fill',
    wrong: 'A quote was replaced while its cancel was not proven; both filled, and the position was doubled.',
    holds: 'Nothing replaces an order before its end is proven.',
    run() {
      const kernel = quoting();
      kernel.wait(58_000);
      cancelResult(kernel, { kind: 'REJECT', code: 'ORDER_UNKNOWN', text: 'unknown' });
      kernel.wait(30_000);
      notFound(kernel);
      assert.equal(kernel.sent.length, 1);
      kernel.report(50, 10_000);
      kernel.hold(50);
      kernel.wait(60_000);
      assert.equal(kernel.sent.length, 1);
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'nautilus-3879-stacked',
    wrong: 'After each try that nobody answered another order was stacked on the ones before.',
    holds: 'One entry is out or in doubt, however long nobody answers and however often the policy asks.',
    run() {
      const kernel = ready({ limits: { maxEntriesPerMinute: 1_000 } });
      kernel.enter();
      for (let minute = 0; minute < 10; minute += 1) {
        kernel.wait(60_000);
        isRefused(kernel.enter(), 'SLOT_BUSY');
      }
      assert.equal(kernel.sent.length, 1);
      assert.equal(kernel.order().status, 'IN_DOUBT');
    },
  },
  {
    name: 'freqtrade-12360-missing-order',
    wrong: 'The cancel of an order that was not there any more failed again and again, and the bot with it.',
    holds: 'It is asked about, less and less often, until its absence is proven.',
    run() {
      const kernel = quoting({ entryMiss: 'skip' });
      kernel.wait(58_000);
      cancelResult(kernel, { kind: 'REJECT', code: 'ORDER_UNKNOWN', text: 'unknown' });
      for (let look = 0; look < 20; look += 1) {
        kernel.wait(10_000);
        notFound(kernel);
      }
      assert.equal(kernel.order().status, 'CANCELED');
      isSo(count(kernel, 'QUERY') < 40);
      assert.equal(kernel.slot().status, 'FREE');
    },
  },
  {
    name: 'cancel-not-now',
    wrong: 'A cancel that the venue was too busy for was swallowed, and the order was forgotten.',
    holds: 'The order works on, and is canceled again a moment later.',
    run() {
      const kernel = quoting({ entryMiss: 'skip' });
      kernel.wait(58_000);
      cancelResult(kernel, { kind: 'REJECT', code: 'RATE_LIMITED', text: 'too many' });
      assert.equal(kernel.order().status, 'WORKING');
      kernel.wait(1_000);
      assert.equal(kernel.order().status, 'CANCEL_SENT');
      assert.equal(count(kernel, 'CANCEL'), 2);
    },
  },
  {
    name: 'answer-of-before-the-cancel',
    wrong:
      'An answer that left the venue before the cancel arrived later, and the order seemed to work again.',
    holds: 'An answer says nothing about what was done after its question.',
    run() {
      const kernel = quoting({ entryMiss: 'skip' });
      const askedAtMs = kernel.nowMs + 57_000;
      kernel.wait(58_000);
      cancelResult(kernel, { kind: 'UNKNOWN', cause: 'TIMEOUT' });
      const { clientOrderId, venueOrderId } = kernel.order();
      const result = { kind: 'FOUND', report: reportOf(kernel.lastSent, venueOrderId ?? '') };
      kernel.apply({ kind: 'QUERY_RESULT', clientOrderId, askedAtMs, result });
      assert.equal(kernel.order().status, 'CANCEL_IN_DOUBT');
    },
  },
];
