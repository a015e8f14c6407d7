// Incidents of exits: that never ended, left a rest, were refused, or flipped the position.

import assert from 'node:assert/strict';
import { lots, NO_LOTS } from '../../../src/domain/steps.ts';
import { BTC, instrument, usdt } from '../../kernel/build.ts';
import { command, count, has, holding, type Incident, isRefused, isSo, MAKER, position } from './incident.ts';

function quoting() {
  const kernel = holding(50, MAKER);
  kernel.exit();
  kernel.ack();
  return kernel;
}

export const EXIT_INCIDENTS: readonly Incident[] = [
  {
    name: 'multi-leg-53',
    wrong: 'Each leg used the first ratio: of 53 lots 26 and 13 were closed, and 14 stayed.',
    holds: 'The ratios 0.5 and 1 close 26 and then 27.',
    run() {
      const kernel = holding(53, {}, [0.5, 1]);
      kernel.exit();
      assert.equal(kernel.lastSent.quantity, 26);
      kernel.fill(10_010);
      assert.equal(kernel.slot().trade?.legIndex, 1);
      kernel.exit();
      assert.equal(kernel.lastSent.quantity, 27);
      kernel.fill(10_010);
      assert.equal(kernel.slot().status, 'CLOSED');
    },
  },
  {
    name: 'freqtrade-3802-partly-filled',
    wrong: 'An exit that had filled in part was kept open, and the rest of the trade never left.',
    holds: 'Its time ends it like any other, and the market takes what is left.',
    run() {
      const kernel = quoting();
      kernel.report(20, 10_001);
      kernel.wait(8_000);
      kernel.report(20, 10_001, { status: 'CANCELED' });
      has(kernel.lastSent, { type: 'MARKET', quantity: 30, reduceOnly: true });
      kernel.fill(10_000);
      assert.equal(position(kernel), 0);
    },
  },
  {
    name: 'freqtrade-8229-dust',
    wrong: 'A leg left a rest that was too small to be closed, and the trade could not be exited.',
    holds: 'A rest below what the venue takes goes along with the leg before it.',
    run() {
      const kernel = holding(53, { instruments: [instrument(BTC, { minLots: lots(10) })] }, [0.9, 1]);
      kernel.exit();
      assert.equal(kernel.lastSent.quantity, 53);
    },
  },
  {
    name: 'hummingbot-3277-limit',
    wrong: 'A stop that was a limit order never executed, and nothing was tried after it.',
    holds: 'A quote has an end, and the market follows it.',
    run() {
      const kernel = quoting();
      kernel.wait(7_999);
      assert.equal(count(kernel, 'CANCEL'), 0);
      kernel.wait(1);
      assert.equal(count(kernel, 'CANCEL'), 1);
      kernel.report(0, 10_001, { status: 'CANCELED' });
      assert.equal(kernel.lastSent.type, 'MARKET');
    },
  },
  {
    name: 'hummingbot-6831-refused',
    wrong: 'The venue refused to close, and after some tries nobody tried any more.',
    holds:
      'It is tried on, more seldom; a person is called once, and the end is flat when the venue lets it.',
    run() {
      const kernel = holding();
      kernel.exit();
      for (let round = 0; round < 40; round += 1) {
        if (kernel.order().status === 'SENT') kernel.reject('OTHER');
        kernel.wait(5_000);
      }
      assert.equal(kernel.slot().status, 'QUARANTINED');
      isSo(kernel.state.trading.reasons.has('QUARANTINE'));
      assert.equal(kernel.codes('NOTIFY').filter((code) => code === 'QUARANTINED').length, 1);
      for (let second = 0; second < 120 && kernel.order().status !== 'SENT'; second += 1) kernel.wait(1_000);
      kernel.hold(0);
      kernel.fill(10_000);
      assert.equal(kernel.slot().status, 'CLOSED');
      isSo(!kernel.state.trading.reasons.has('QUARANTINE'));
    },
  },
  {
    name: 'binance-trading-bot-742-identical',
    wrong: 'The same request was rejected in the same way many times a second.',
    holds: 'After the third time it is tried once a minute.',
    run() {
      const kernel = holding();
      kernel.exit();
      for (let second = 0; second < 59; second += 1) {
        if (kernel.order().status === 'SENT') kernel.reject('MARGIN');
        kernel.wait(1_000);
      }
      assert.equal(kernel.sent.length, 1 + 3);
      assert.equal(kernel.state.diagnostics.get('REJECT_CIRCUIT_OPEN'), 1);
      kernel.wait(10_000);
      assert.equal(kernel.sent.length, 1 + 4);
    },
  },
  {
    name: 'swallowed-cancel-flip',
    wrong: 'The cancel of a resting exit failed silently, a market exit followed, both filled and flipped.',
    holds: 'The market order waits for proof, and then can only reduce what is held.',
    run() {
      const kernel = quoting();
      kernel.wait(8_000);
      kernel.wait(4_999);
      assert.equal(kernel.sent.length, 2);
      kernel.wait(1);
      has(kernel.lastSent, { type: 'MARKET', quantity: 50, reduceOnly: true });
      assert.equal(kernel.sent.length, 3);
      kernel.wait(30_000);
      assert.equal(kernel.sent.length, 3);
    },
  },
  {
    name: 'flipped-all-the-same',
    wrong: 'The venue closed more than was held, and the other side was left to itself.',
    holds: 'A position on the side that nobody asked for is closed at once, and a person is called.',
    run() {
      const kernel = holding();
      kernel.exit();
      kernel.hold(0);
      kernel.fill(10_000);
      assert.equal(kernel.slot().status, 'CLOSED');
      const exit = kernel.lastSent;
      kernel.report(60, 10_000, {}, exit);
      assert.equal(position(kernel), -10);
      has(kernel.lastSent, { side: 'BUY', type: 'MARKET', quantity: 10, reduceOnly: true });
      isSo(kernel.codes('NOTIFY').includes('OVERFILL'));
      kernel.fill(10_000);
      assert.equal(position(kernel), 0);
    },
  },
  {
    name: 'swallowed-cancel-shared',
    wrong: "In an account of two systems a reduce-only order closed what was the other one's.",
    holds: 'There no second exit goes out beside one that may live, however long its end is not proven.',
    run() {
      const kernel = holding(50, { ...MAKER, account: 'shared' });
      kernel.exit();
      kernel.ack();
      kernel.wait(60_000);
      assert.equal(kernel.sent.length, 2);
    },
  },
  {
    name: 'exit-without-a-price',
    wrong: 'While the feed lacked the symbol every exit became a hold, for ever.',
    holds: 'An exit needs no price: without one it takes.',
    run() {
      const kernel = holding(50, MAKER);
      kernel.wait(60_000, false);
      kernel.exit();
      has(kernel.lastSent, { type: 'MARKET', quantity: 50, limit: null });
    },
  },
  {
    name: 'exit-while-frozen',
    wrong: 'A freeze that was meant for entries stopped exits as well.',
    holds: 'With every reason to refuse entries at once an exit still goes out.',
    run() {
      const kernel = holding();
      kernel.apply({ kind: 'STREAM', isUp: false });
      kernel.apply({ kind: 'JOURNAL', isFull: true });
      kernel.apply({ kind: 'ACCOUNT', positionMode: 'hedge' });
      kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions: null });
      command(kernel, 'REDUCE_ONLY');
      has(kernel.exit(), { isAccepted: true });
      has(kernel.lastSent, { side: 'SELL', reduceOnly: true });
    },
  },
  {
    name: 'halted-by-a-person',
    wrong: 'A halt denied closing orders too, without anybody having asked for that.',
    holds: 'Only a person halts; then nothing at all is sent, and it goes on when the person lets it.',
    run() {
      const kernel = holding();
      command(kernel, 'HALTED');
      isRefused(kernel.exit(), 'HALTED');
      assert.equal(kernel.sent.length, 1);
      command(kernel, 'RUN');
      has(kernel.exit(), { isAccepted: true });
      assert.equal(kernel.sent.length, 2);
    },
  },
  {
    name: 'nautilus-reducing-quantity',
    wrong: 'Reducing only looked at the side: a buy of six closed a short of two, and opened a long of four.',
    holds: 'An exit is clipped to what is held, and from flat nothing may be entered.',
    run() {
      const flat = holding(2);
      command(flat, 'REDUCE_ONLY');
      flat.exit({ size: 0.006 });
      has(flat.lastSent, { quantity: 2, reduceOnly: true });
      flat.hold(0);
      flat.fill(10_000);
      flat.wait(20_000);
      isRefused(flat.enter(), 'REDUCE_ONLY');
    },
  },
  {
    name: 'exit-size-that-is-none',
    wrong: 'A size that was not finite, or zero, made an exit of nothing.',
    holds: 'An exit without a size takes what its leg takes.',
    run() {
      const kernel = holding();
      has(kernel.exit({ size: 0 }), { isAccepted: true });
      assert.equal(kernel.lastSent.quantity, 50);
    },
  },
  {
    name: 'helios-23-forced-flat',
    wrong: 'A flatten was logged, and an entry that filled behind it stayed.',
    holds: 'Flattening goes on until nothing is held or under way; then the kernel only reduces.',
    run() {
      const kernel = holding(20, MAKER);
      command(kernel, 'FLATTENING');
      has(kernel.lastSent, { type: 'MARKET', quantity: 20, reduceOnly: true });
      assert.equal(kernel.state.trading.command, 'FLATTENING');
      kernel.hold(0);
      kernel.fill(10_000);
      assert.equal(kernel.state.trading.command, 'REDUCE_ONLY');
      isRefused(kernel.enter(), 'REDUCE_ONLY');
    },
  },
  {
    name: 'flattened-entry-in-doubt',
    wrong: 'A flatten ended while an order in doubt was about to fill.',
    holds: 'It does not end before every order is final, and what fills late is closed as well.',
    run() {
      const kernel = holding(50);
      kernel.exit();
      kernel.hold(0);
      kernel.fill(10_000);
      kernel.wait(20_000);
      kernel.enter();
      kernel.unknown();
      command(kernel, 'FLATTENING');
      kernel.wait(30_000);
      assert.equal(kernel.state.trading.command, 'FLATTENING');
      const entry = kernel.lastSent;
      kernel.hold(50);
      kernel.report(50, 10_000, { clientOrderId: entry.clientOrderId }, entry);
      has(kernel.lastSent, { side: 'SELL', quantity: 50, reduceOnly: true });
      kernel.hold(0);
      kernel.fill(10_000);
      assert.equal(kernel.state.trading.command, 'REDUCE_ONLY');
      assert.equal(kernel.slot().trade?.adopted.buyLots, NO_LOTS);
    },
  },
  {
    name: 'closed-by-hand',
    wrong: 'Somebody closed the position by hand, and the exit opened the other side.',
    holds: 'Every exit is reduce-only, and a refusal for want of a position asks the venue for its picture.',
    run() {
      const kernel = holding();
      kernel.wait(60_000);
      kernel.hold(0);
      kernel.exit();
      has(kernel.lastSent, { reduceOnly: true });
      const fetches = count(kernel, 'FETCH');
      kernel.reject('NO_POSITION');
      isSo(count(kernel, 'FETCH') > fetches);
      for (let second = 0; second < 200; second += 1) {
        kernel.wait(1_000);
        if (kernel.order().status === 'SENT') kernel.reject('NO_POSITION');
      }
      assert.equal(position(kernel), 0);
      isSo(kernel.codes('NOTIFY').includes('POSITION_REDUCED'));
      assert.equal(kernel.slot().trade?.bookedRealized ?? usdt(0), usdt(0));
    },
  },
];
