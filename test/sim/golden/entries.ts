// Incidents of entries: two where there was to be one, some past the gates, some on figures that were none.

import assert from 'node:assert/strict';
import type { SymbolName } from '../../../src/domain/ids.ts';
import { money } from '../../../src/domain/money.ts';
import type { Ppm, SignedLots } from '../../../src/domain/steps.ts';
import { BTC, CHAMPION, ETH, instrument, quote, usdt } from '../../kernel/build.ts';
import {
  balance,
  cancelResult,
  command,
  count,
  has,
  holding,
  type Incident,
  isRefused,
  isSo,
  MAKER,
  position,
  ready,
  restart,
} from './incident.ts';

const RETRY = { router: { style: 'maker', entryMiss: 'retry' } } as const;

export const ENTRY_INCIDENTS: readonly Incident[] = [
  {
    name: 'constant-trade-id',
    wrong: 'Every trade had the same id, busy was a comparison of ids, and some 86 orders were sent.',
    holds: 'A slot is busy by what it holds, and each trade has an id of its own.',
    run() {
      const kernel = ready({ limits: { maxEntriesPerMinute: 1_000 } });
      kernel.enter();
      for (let again = 0; again < 86; again += 1) isRefused(kernel.enter(), 'SLOT_BUSY');
      assert.equal(kernel.sent.length, 1);
      const { tradeId } = kernel.order();
      kernel.reject('MARGIN');
      kernel.enter();
      assert.notEqual(kernel.order().tradeId, tradeId);
    },
  },
  {
    name: 'double-entry-lag',
    wrong: 'A filled quote was gone from the open orders, no fill was seen yet, and another entry was sent.',
    holds: 'After a miss the venue has to show that it is flat, asked after our last act; it does not.',
    run() {
      const kernel = ready(RETRY);
      kernel.enter();
      kernel.ack();
      kernel.wait(58_000);
      kernel.hold(50);
      kernel.report(0, 10_000, { status: 'CANCELED' });
      assert.equal(kernel.sent.length, 1);
      isSo(kernel.codes('PUBLISH').includes('requote_blocked'));
    },
  },
  {
    name: 'double-entry-probe-failed',
    wrong: 'The probe for a position failed, and failing was read as flat.',
    holds: 'Without an answer nothing is sent, and the attempt ends.',
    run() {
      const kernel = ready(RETRY);
      kernel.enter();
      kernel.ack();
      kernel.wait(58_000);
      kernel.answersFetches = false;
      kernel.report(0, 10_000, { status: 'CANCELED' });
      kernel.wait(11_000);
      assert.equal(kernel.sent.length, 1);
      assert.equal(kernel.slot().status, 'FREE');
    },
  },
  {
    name: 'double-entry-old-picture',
    wrong: 'A picture of before the order proved flat after it.',
    holds: 'A proof was asked for after our last act, and is young.',
    run() {
      const kernel = ready(RETRY);
      kernel.wait(1);
      kernel.enter();
      kernel.answersFetches = false;
      kernel.ack();
      kernel.report(0, 10_000, { status: 'CANCELED' });
      assert.equal(kernel.sent.length, 1);
      const fetch = kernel.effects.findLast((effect) => effect.kind === 'FETCH');
      has(fetch ?? {}, { part: 'POSITIONS', priority: 'entry' });
      if (fetch?.kind === 'FETCH') kernel.answer(fetch);
      assert.equal(kernel.sent.length, 2);
    },
  },
  {
    name: 'double-entry-by-hand',
    wrong: 'Somebody had opened a position by hand since the last look, and the entry doubled it.',
    holds: 'A picture that is older than ten seconds proves nothing: the venue is asked first.',
    run() {
      const kernel = ready();
      kernel.wait(10_001);
      kernel.hold(7);
      kernel.enter();
      assert.equal(kernel.sent.length, 0);
      assert.equal(kernel.slot().status, 'FREE');
    },
  },
  {
    name: 'hedge-both-sides',
    wrong: 'A long and a short of somebody else summed up to nothing, and an entry went beside them.',
    holds: 'In hedge mode a symbol is flat where neither side holds what we do not.',
    run() {
      const kernel = ready({ positionMode: 'hedge' });
      kernel.wait(10_001);
      kernel.hold(7);
      const [leg] = kernel.view.positions;
      if (leg !== undefined) kernel.view.positions = [leg, { ...leg, position: -7 as SignedLots }];
      kernel.enter();
      assert.equal(kernel.sent.length, 0);
      assert.equal(kernel.slot().status, 'FREE');
    },
  },
  {
    name: 'requote-past-the-gates',
    wrong: 'A quote that was renewed skipped the checks that the first one had passed.',
    holds: 'Every order of an entry passes the same gates.',
    run() {
      for (const freeze of ['JOURNAL', 'PERMISSIONS', 'STREAM'] as const) {
        const kernel = ready(RETRY);
        kernel.enter();
        kernel.ack();
        kernel.wait(58_000);
        if (freeze === 'JOURNAL') kernel.apply({ kind: 'JOURNAL', isFull: true });
        if (freeze === 'STREAM') kernel.apply({ kind: 'STREAM', isUp: false });
        if (freeze === 'PERMISSIONS') kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions: null });
        kernel.report(0, 10_000, { status: 'CANCELED' });
        assert.equal(kernel.sent.length, 1, freeze);
        assert.equal(kernel.slot().status, 'FREE', freeze);
      }
    },
  },
  {
    name: 'requote-of-what-was-given-up',
    wrong: 'The policy took its entry back, the quote was canceled, and its miss made another one.',
    holds: 'What was given up is not tried again, whoever gave it up.',
    run() {
      for (const end of ['policy', 'person', 'restart'] as const) {
        const kernel = ready(RETRY);
        kernel.enter();
        kernel.ack();
        kernel.wait(1_000);
        if (end === 'policy') kernel.intent({ action: 'CANCEL' });
        if (end === 'person') {
          command(kernel, 'ENTRY_FROZEN');
          command(kernel, 'RUN');
        }
        if (end === 'restart') restart(kernel);
        assert.equal(count(kernel, 'CANCEL'), 1, end);
        kernel.report(0, 10_000, { status: 'CANCELED' });
        kernel.wait(60_000);
        assert.equal(kernel.sent.length, 1, end);
        assert.equal(kernel.slot().status, 'FREE', end);
      }
    },
  },
  {
    name: 'requote-grows',
    wrong: 'A quote that was renewed kept its size at a higher price, and cost more each time.',
    holds: 'No retry costs more than what was asked for, and none is chased further than it may be.',
    run() {
      const kernel = ready({ router: { style: 'maker', entryMiss: 'retry', entryRetries: 5 } });
      kernel.enter();
      for (const price of [10_005, 10_008, 10_011]) {
        kernel.ack();
        kernel.wait(58_000);
        kernel.mark(price);
        kernel.report(0, 10_000, { status: 'CANCELED' });
      }
      assert.deepEqual(
        kernel.sent.map(({ limit }) => limit),
        [10_000, 10_005, 10_008],
      );
      for (const { quantity, limit } of kernel.sent) isSo(quantity * (limit ?? 0) <= 50 * 10_000);
    },
  },
  {
    name: 'picker-hyphens',
    wrong: 'FET-USDT was looked for as FETUSDT, and had no price.',
    holds: 'A symbol is found with and without its hyphen, where it is the only one.',
    run() {
      const kernel = ready();
      has(kernel.enter({ symbol: 'BTCUSDT' as SymbolName }), { isAccepted: true });
      assert.equal(kernel.lastSent.symbol, BTC);
    },
  },
  {
    name: 'conviction-is-not-leverage',
    wrong: 'A conviction of up to eight was sent as leverage, or multiplied the size.',
    holds: 'It becomes a whole leverage, half to even, at most the limit; the size is what was asked for.',
    run() {
      for (const [conviction, leverage] of [
        [0.5, 1],
        [1.5, 2],
        [2.5, 2],
        [8, 3],
      ] as const) {
        const kernel = ready();
        kernel.enter({ leverage: conviction });
        has(kernel.lastSent, { leverage, quantity: 50 });
      }
    },
  },
  {
    name: 'leverage-zero',
    wrong: 'Zero was read as missing: a leverage of none became one, no margin became all of it.',
    holds: 'Zero is a value: both are refused.',
    run() {
      const kernel = ready();
      assert.equal(kernel.enter({ leverage: 0 }).isAccepted, false);
      balance(kernel, { availableMargin: usdt(0), usedMargin: usdt(10_000) });
      isRefused(kernel.enter(), 'MARGIN');
      assert.equal(kernel.sent.length, 0);
    },
  },
  {
    name: 'helios-23-not-a-number',
    wrong: 'A figure that was no number passed every comparison.',
    holds: 'Whatever is not finite and in its range is refused, and moved to no bound.',
    run() {
      const kernel = ready();
      const nonsense = [
        { size: Number.NaN },
        { size: Number.POSITIVE_INFINITY },
        { size: -1 },
        { size: 0 },
        { size: 1e-9 },
        { size: null },
        { leverage: Number.NaN },
        { leverage: 8.01 },
        { leverage: 0.49 },
        { referencePrice: Number.NaN },
        { referencePrice: 0 },
        { referencePrice: -1_000 },
        { referencePrice: 1e-8 },
        { decidedAtMs: null },
        { slot: -1 },
        { slot: 7 },
        { slot: 0.5 },
        { symbol: 'NONE' as SymbolName },
        { exitLegRatios: [0] },
        { exitLegRatios: [Number.NaN] },
        { exitLegRatios: [1.1] },
      ];
      for (const over of nonsense) assert.equal(kernel.enter(over).isAccepted, false, JSON.stringify(over));
      assert.equal(kernel.sent.length, 0);
      has(kernel.enter(), { isAccepted: true });
    },
  },
  {
    name: 'go-trader-1269-daily-loss',
    wrong: 'The daily loss was computed, and nothing asked for it.',
    holds: 'From the loss of a day on no entry goes out, open losses included; the next day may begin.',
    run() {
      const kernel = ready({ limits: { maxDailyLoss: usdt(1), hotWindowMs: 0 } });
      kernel.enter();
      kernel.fill(10_000);
      kernel.hold(50);
      kernel.exit();
      kernel.hold(0);
      kernel.fill(9_800);
      kernel.wait(20_000);
      isRefused(kernel.enter(), 'DAILY_LOSS');
      kernel.view = { ...kernel.view, wallet: kernel.state.ledger.wallet };
      kernel.wait(86_400_000);
      has(kernel.enter(), { isAccepted: true });
    },
  },
  {
    name: 'go-trader-1269-open-loss',
    wrong: 'Only closed losses counted, so a deep one that was open let the next entry in.',
    holds: 'What is held counts at its mark.',
    run() {
      const kernel = holding(50, { maxSlots: 2, limits: { maxDailyLoss: usdt(1), hotWindowMs: 0 } });
      kernel.wait(20_000);
      kernel.mark(9_801);
      const eth = { slot: 1, symbol: ETH } as const;
      kernel.mark(10_000, ETH);
      has(kernel.enter({ ...eth, size: 0 }), { isAccepted: false });
      kernel.mark(9_700);
      isRefused(kernel.enter(eth), 'DAILY_LOSS');
    },
  },
  {
    name: 'alpaca-164-rate',
    wrong: 'Nothing bounded how often a strategy entered.',
    holds: 'Only so many entries leave in a minute, whatever became of them.',
    run() {
      const kernel = ready({ limits: { maxEntriesPerMinute: 3 } });
      for (let entry = 0; entry < 3; entry += 1) {
        kernel.enter();
        kernel.reject('MARGIN');
      }
      assert.equal(kernel.sent.length, 3);
      isRefused(kernel.enter(), 'RATE');
      kernel.wait(60_000);
      has(kernel.enter(), { isAccepted: true });
    },
  },
  {
    name: 'bytex-98-exposure',
    wrong: 'Each order was within its limit, and all of them together were not.',
    holds: 'What is held and what is under way count together, longs and shorts alike.',
    run() {
      const limits = { maxPositionNotional: usdt(100), hotWindowMs: 0 };
      const kernel = ready({ maxSlots: 2, limits });
      kernel.enter({ size: 0.06 });
      isRefused(kernel.enter({ slot: 1, symbol: ETH, side: 'SHORT', size: 0.05 }), 'MAX_POSITION');
      has(kernel.enter({ slot: 1, symbol: ETH, side: 'SHORT', size: 0.03 }), { isAccepted: true });
    },
  },
  {
    name: 'stale-and-far',
    wrong: 'A price only had a floor: one that was old, or far from the market, was traded on.',
    holds: 'The mark is young, and what the policy saw is near it, or nothing goes out.',
    run() {
      const kernel = ready();
      isRefused(kernel.enter({ referencePrice: 1_060 }), 'PRICE_BAND');
      isRefused(kernel.enter({ referencePrice: 940 }), 'PRICE_BAND');
      kernel.wait(10_001, false);
      isRefused(kernel.enter(), 'STALE_MARK');
      kernel.mark(10_000);
      isRefused(kernel.enter({ decidedAtMs: (kernel.nowMs - 30_001) as never }), 'STALE_INTENT');
    },
  },
  {
    name: 'old-price-after-a-new-one',
    wrong: 'A late price replaced the one that was true.',
    holds: "The venue's own time decides which of two prices is the newer one.",
    run() {
      const kernel = ready();
      kernel.wait(1_000);
      const late = { symbol: BTC, bid: 5_000, ask: 5_001, mark: 5_000, quotedAtMs: kernel.nowMs - 900 };
      isRefused(kernel.apply({ kind: 'MARK', ...late }), 'STALE_REPORT');
      assert.equal(kernel.state.marks.get(BTC)?.mark, 10_000);
    },
  },
  {
    name: 'blocked-by-a-stranger',
    wrong: 'Any position of the account, of whichever symbol and system, blocked entries for ever.',
    holds: 'In a shared account what is confirmed as of others counts as theirs.',
    run() {
      const kernel = ready({ account: 'shared' });
      kernel.wait(60_000);
      kernel.hold(9);
      kernel.apply({ kind: 'STREAM', isUp: false });
      kernel.apply({ kind: 'STREAM', isUp: true });
      kernel.wait(200_000);
      assert.equal(kernel.state.books.get(BTC)?.foreignPosition, 9);
      has(kernel.enter(), { isAccepted: true });
      assert.equal(kernel.sent.length, 1);
    },
  },
  {
    name: 'kill-list-cannot-be-read',
    wrong: 'A list that could not be read left the switches as they were, and trading went on.',
    holds: 'Without a list nobody may enter; with one a class that was taken off it loses its quotes.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.ack();
      kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions: null });
      assert.equal(count(kernel, 'CANCEL'), 0);
      isRefused(kernel.enter({ slot: 0, symbol: ETH }), 'ENTRY_FROZEN');
      const permissions = [{ strategyClass: CHAMPION, isEnabled: false, sizePpm: 1_000_000 }];
      kernel.apply({ kind: 'PERMISSIONS', version: 'v3', permissions });
      assert.equal(count(kernel, 'CANCEL'), 1);
      kernel.report(0, 10_000, { status: 'CANCELED' });
      isRefused(kernel.enter(), 'STRATEGY_DISABLED');
    },
  },
  {
    name: 'share-of-a-strategy',
    wrong: 'A share of half was read as a switch, and the whole size was sent.',
    holds: 'It scales the size, down to whole lots.',
    run() {
      const kernel = ready();
      const permissions = [{ strategyClass: CHAMPION, isEnabled: true, sizePpm: 333_333 as Ppm }];
      kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions });
      kernel.enter();
      assert.equal(kernel.lastSent.quantity, 16);
    },
  },
  {
    name: 'wrong-position-mode',
    wrong: 'The account was in hedge mode, where reduce-only is not taken, and trading began.',
    holds: 'Another mode than the configured one refuses entries; in hedge mode an exit closes its own side.',
    run() {
      const kernel = ready();
      kernel.apply({ kind: 'ACCOUNT', positionMode: 'hedge' });
      isRefused(kernel.enter(), 'MODE_MISMATCH');
      const hedge = holding(50, { positionMode: 'hedge' });
      hedge.exit();
      has(hedge.lastSent, { side: 'SELL', reduceOnly: true });
    },
  },
  {
    name: 'post-only-crossed',
    wrong: 'A quote that would have crossed waited for its whole time, although it was gone.',
    holds: 'It is resolved at once, whether the venue rejects it or takes it and cancels it.',
    run() {
      for (const path of ['reject', 'canceled'] as const) {
        const kernel = ready(MAKER);
        kernel.enter();
        if (path === 'reject') kernel.reject('POST_ONLY_CROSSED');
        else {
          kernel.ack();
          kernel.report(0, 10_000, { status: 'CANCELED' });
        }
        assert.equal(kernel.slot().status, 'FREE', path);
      }
    },
  },
  {
    name: 'intent-twice',
    wrong: 'A decision that was delivered twice was carried out twice.',
    holds: 'Each id counts once, and a cancel of the policy can be repeated without harm.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter({ intentId: 'same' as never });
      kernel.ack();
      isRefused(kernel.enter({ intentId: 'same' as never }), 'DUPLICATE_EVENT');
      kernel.intent({ action: 'CANCEL' });
      kernel.intent({ action: 'CANCEL' });
      assert.equal(count(kernel, 'CANCEL'), 1);
      cancelResult(kernel, { kind: 'REJECT', code: 'ORDER_FINAL', text: 'filled' });
      kernel.report(50, 10_000);
      assert.equal(position(kernel), 50);
    },
  },
  {
    name: 'entry-after-halt',
    wrong: 'A quote that was out when trading was halted stayed out after it.',
    holds: 'It is given up at once, and its cancel goes out when the person lets it.',
    run() {
      const kernel = ready(MAKER);
      kernel.enter();
      kernel.ack();
      command(kernel, 'HALTED');
      assert.equal(count(kernel, 'CANCEL'), 0);
      kernel.wait(10_000);
      assert.equal(count(kernel, 'CANCEL'), 0);
      command(kernel, 'RUN');
      assert.equal(count(kernel, 'CANCEL'), 1);
    },
  },
  {
    name: 'limits-to-the-cent',
    wrong: 'A limit was compared one way in one place and the other way in another.',
    holds: 'What costs exactly as much as is allowed goes out, and one lot more does not.',
    run() {
      const kernel = ready({ limits: { maxNotional: quote(50, 10_001) } });
      isRefused(kernel.enter({ size: 0.051 }), 'MAX_NOTIONAL');
      has(kernel.enter({ size: 0.05 }), { isAccepted: true });
      const tight = ready({ limits: { maxNotional: money(quote(50, 10_001) - 1n) } });
      isRefused(tight.enter({ size: 0.05 }), 'MAX_NOTIONAL');
    },
  },
  {
    name: 'clock-that-went-back',
    wrong: 'The clock of the machine stepped back, and deadlines and windows were measured in the past.',
    holds: "The kernel's time stands until the clock has caught up, and this is counted.",
    run() {
      const kernel = holding();
      const { nowMs } = kernel.state;
      kernel.nowMs -= 300_000;
      kernel.mark(10_000);
      isRefused(kernel.exit({ slot: 7 }), 'UNKNOWN_SLOT');
      assert.equal(kernel.state.nowMs, nowMs);
      isSo((kernel.state.diagnostics.get('CLOCK_WENT_BACK') ?? 0) > 0);
    },
  },
  {
    name: 'one-symbol-one-slot',
    wrong: 'Two slots traded one symbol, and each took the net position for its own.',
    holds: 'In one-way mode a symbol belongs to one slot.',
    run() {
      const kernel = holding(50, { maxSlots: 2, instruments: [instrument(BTC), instrument(ETH)] });
      kernel.wait(20_000);
      isRefused(kernel.enter({ slot: 1 }), 'SLOT_BUSY');
      has(kernel.enter({ slot: 1, symbol: ETH }), { isAccepted: true });
    },
  },
];
