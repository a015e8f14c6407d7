// Incidents of money: fees and funding counted twice or with the wrong sign, K drawn after E, and freezes that never ended.

import assert from 'node:assert/strict';
import { type Money, money } from '../../../src/domain/money.ts';
import type { Ppm } from '../../../src/domain/steps.ts';
import { BTC, instrument, usdt } from '../../kernel/build.ts';
import {
  balance,
  command,
  has,
  holding,
  type Incident,
  isRefused,
  isSo,
  lookAgain,
  ready,
} from './incident.ts';

function residual(off: number) {
  const kernel = ready();
  kernel.wait(10);
  balance(kernel, { wallet: usdt(10_000 + off) });
  return kernel;
}

function income(transactionId: string, kind: string, amount: Money, venueAtMs: number) {
  return { transactionId, kind, symbol: BTC, amount, venueAtMs } as never;
}

export const MONEY_INCIDENTS: readonly Incident[] = [
  {
    name: 'stuck-freeze',
    wrong: 'A frame of margins only set the wallet to zero, entries froze, and nothing ended it.',
    holds: 'A frame says what it says: a wallet of nothing that nobody asked for is none.',
    run() {
      const kernel = ready();
      kernel.wait(10);
      balance(kernel, { wallet: usdt(0), availableMargin: usdt(9_000), usedMargin: usdt(1_000) });
      assert.equal(kernel.state.ledger.venueWallet, usdt(10_000));
      assert.equal(kernel.state.ledger.availableMargin, usdt(9_000));
      isRefused(balance(kernel, { wallet: usdt(0) }), 'STALE_REPORT');
      has(kernel.enter(), { isAccepted: true });
    },
  },
  {
    name: 'stuck-freeze-bands',
    wrong: 'A warning kept the freeze of the error before it, so the first trade froze for ever.',
    holds: 'Below twenty it is a warning and trades on, from twenty an error, and both end with their cause.',
    run() {
      for (const [off, band] of [
        [0.0099, 'OK'],
        [0.01, 'WARN'],
        [19.99, 'WARN'],
        [20, 'ERROR'],
        [-20, 'ERROR'],
      ] as const) {
        const kernel = residual(off);
        assert.equal(kernel.state.ledger.band, band, String(off));
        assert.equal(kernel.enter().isAccepted, band !== 'ERROR', String(off));
      }
      const kernel = residual(25);
      kernel.wait(10);
      balance(kernel, { wallet: usdt(10_010) });
      assert.equal(kernel.state.ledger.band, 'WARN');
      has(kernel.enter(), { isAccepted: true });
    },
  },
  {
    name: 'warning-for-ever',
    wrong: 'A small difference stayed, and nobody ever heard of it.',
    holds: 'A warning that outlives its deadline is an error.',
    run() {
      const kernel = residual(1);
      kernel.wait(119_000);
      assert.equal(kernel.state.ledger.band, 'WARN');
      kernel.wait(1_000);
      assert.equal(kernel.state.ledger.band, 'ERROR');
      isSo(kernel.state.trading.reasons.has('RECONCILE_ERROR'));
    },
  },
  {
    name: 'wallet-of-before',
    wrong: 'A balance that came late replaced a newer one, and froze on a difference that was over.',
    holds: "The venue's own time decides which of two balances is the newer one.",
    run() {
      const kernel = ready();
      kernel.wait(1_000);
      const late = { wallet: usdt(9_000), availableMargin: usdt(9_000), venueAtMs: kernel.nowMs - 2_000 };
      isRefused(balance(kernel, late), 'STALE_REPORT');
      assert.equal(kernel.state.ledger.venueWallet, usdt(10_000));
      assert.equal(kernel.state.ledger.availableMargin, usdt(10_000));
    },
  },
  {
    name: 'reseeded-from-the-venue',
    wrong: 'Each balance made K what the venue said, just before both were compared, so they always agreed.',
    holds: 'K moves by its own postings alone: a difference is shown, and freezes.',
    run() {
      const kernel = residual(100);
      assert.equal(kernel.state.ledger.wallet, usdt(10_000));
      assert.equal(kernel.state.ledger.residual, usdt(100));
      isRefused(kernel.enter(), 'ENTRY_FROZEN');
      command(kernel, 'RESOLVE');
      assert.equal(kernel.state.ledger.wallet, usdt(10_000));
      assert.equal(kernel.state.ledger.residual, 0n);
      has(kernel.enter(), { isAccepted: true });
    },
  },
  {
    name: 'seed-of-a-constant',
    wrong:
      'A seed of 25,000 against a wallet of 100,000 froze at the start, or sized on money that was not there.',
    holds: 'K begins from the wallet that the venue shows; without one nobody may enter.',
    run() {
      const kernel = ready();
      assert.equal(kernel.state.ledger.wallet, usdt(10_000));
      const blind = ready();
      blind.state.ledger.seededAtMs = null;
      blind.apply({ kind: 'BALANCE', requestId: null, result: { kind: 'UNKNOWN', cause: 'SERVER' } });
      assert.equal(blind.state.ledger.wallet, usdt(10_000));
      const rich = ready();
      rich.view = { ...rich.view, wallet: usdt(100_000) };
      rich.wait(10);
      lookAgain(rich);
      assert.equal(rich.state.ledger.wallet, usdt(10_000));
      assert.equal(rich.state.ledger.band, 'ERROR');
    },
  },
  {
    name: 'phantom-rebate',
    wrong: 'The venue writes a cost below zero, and it was booked as a rebate.',
    holds: 'A fee that is paid leaves K; one below zero is a rebate, and enters it.',
    run() {
      const paid = holding();
      paid.report(50, 10_000, { fee: usdt(0.03) });
      assert.equal(paid.state.ledger.wallet, usdt(10_000 - 0.03));
      const rebate = holding();
      rebate.report(50, 10_000, { fee: usdt(-0.01) });
      assert.equal(rebate.state.ledger.wallet, usdt(10_000 + 0.01));
    },
  },
  {
    name: 'opening-fee-dropped',
    wrong: 'The fee came with a frame whose last fill was zero, and was dropped.',
    holds: 'The fee of the lots that are filled settles their prediction whenever it comes, once.',
    run() {
      const kernel = holding();
      assert.equal(kernel.state.ledger.balances.fee_predicted, usdt(0.025));
      for (let again = 0; again < 3; again += 1) kernel.report(50, 10_000, { fee: usdt(0.024) });
      assert.equal(kernel.state.ledger.balances.fee_predicted, 0n);
      assert.equal(kernel.state.ledger.balances.fee_settled, usdt(0.024));
      assert.equal(kernel.state.ledger.wallet, usdt(10_000 - 0.024));
    },
  },
  {
    name: 'fee-of-a-part',
    wrong: 'The fee of the first fill settled the whole order, or that of the last replaced all of it.',
    holds: 'A fee belongs to so many lots; the rest stays predicted until its own comes.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.ack();
      kernel.report(20, 10_000, { fee: usdt(0.009) });
      kernel.report(50, 10_000);
      assert.equal(kernel.state.ledger.balances.fee_settled, usdt(0.009));
      assert.equal(kernel.state.ledger.balances.fee_predicted, usdt(0.015));
      kernel.report(50, 10_000, { fee: usdt(0.0235) });
      assert.equal(kernel.state.ledger.wallet, usdt(10_000 - 0.0235));
    },
  },
  {
    name: 'fee-of-before',
    wrong: 'A frame of an earlier fill came late, and its smaller fee replaced that of the whole order.',
    holds: 'The fee of more lots stands, whatever comes after it.',
    run() {
      const kernel = holding();
      kernel.report(50, 10_000, { fee: usdt(0.024) });
      kernel.report(20, 10_000, { fee: usdt(0.01) });
      assert.equal(kernel.state.ledger.balances.fee_settled, usdt(0.024));
      assert.equal(kernel.state.ledger.wallet, usdt(10_000 - 0.024));
    },
  },
  {
    name: 'zero-fee',
    wrong: 'A fee of zero was taken for none, and its prediction stayed for ever.',
    holds: 'Zero is a fee; one that was not said is none.',
    run() {
      const kernel = holding();
      kernel.report(50, 10_000, { fee: null });
      assert.equal(kernel.state.ledger.balances.fee_predicted, usdt(0.025));
      kernel.report(50, 10_000, { fee: usdt(0) });
      assert.equal(kernel.state.ledger.balances.fee_predicted, 0n);
      assert.equal(kernel.state.ledger.wallet, usdt(10_000));
    },
  },
  {
    name: 'fee-in-another-asset',
    wrong: 'A fee of 0.01 of another asset was booked as 0.01 of the quote currency.',
    holds: 'It does not leave this wallet, and is counted.',
    run() {
      const kernel = holding();
      kernel.report(50, 10_000, { fee: usdt(0.01), feeAsset: 'BNB' });
      assert.equal(kernel.state.ledger.balances.fee_settled, 0n);
      assert.equal(kernel.state.diagnostics.get('FOREIGN_FEE_ASSET'), 1);
    },
  },
  {
    name: 'funding-twice',
    wrong: 'A line of funding that was listed again after a reconnect was counted again.',
    holds: 'Each transaction counts once, and goes to the trade that held the position.',
    run() {
      const kernel = holding();
      kernel.wait(1_000);
      const row = income('tran-1', 'FUNDING', usdt(-0.4), kernel.nowMs);
      kernel.view = { ...kernel.view, income: [row, row], wallet: usdt(10_000 - 0.025 - 0.4) };
      lookAgain(kernel);
      lookAgain(kernel);
      assert.equal(kernel.state.ledger.balances.funding, usdt(0.4));
      assert.equal(kernel.slot().trade?.bookedFunding, usdt(-0.4));
      assert.equal(kernel.state.ledger.residual, 0n);
    },
  },
  {
    name: 'transfer-is-no-profit',
    wrong: 'A deposit was drift, and froze; or a profit, and the sizes grew.',
    holds: 'It explains E, once, and K stays what we earned.',
    run() {
      const kernel = ready();
      kernel.wait(1_000);
      const row = income('tran-2', 'TRANSFER', usdt(500), kernel.nowMs);
      kernel.view = { ...kernel.view, income: [row], wallet: usdt(10_500) };
      lookAgain(kernel);
      lookAgain(kernel);
      assert.equal(kernel.state.ledger.wallet, usdt(10_000));
      assert.equal(kernel.state.ledger.explained, usdt(500));
      assert.equal(kernel.state.ledger.band, 'OK');
    },
  },
  {
    name: 'calibrated-on-an-exception',
    wrong: 'One odd fee changed the rate of every prediction after it.',
    holds: 'A fee that is more than 15 % off the published rate does not calibrate; one within it does.',
    run() {
      const kernel = ready();
      kernel.enter();
      kernel.ack();
      kernel.report(50, 10_000, { fee: usdt(0.05) });
      assert.equal(kernel.state.feeRatios.get(BTC), undefined);
      assert.equal(kernel.state.diagnostics.get('FEE_CALIBRATION_SKIPPED'), 1);
      const near = ready();
      near.enter();
      near.ack();
      near.report(50, 10_000, { fee: usdt(0.0225) });
      assert.equal(near.state.feeRatios.get(BTC)?.takerPpm, 900_000);
    },
  },
  {
    name: 'round-trip-to-the-cent',
    wrong: 'After each round trip K and the wallet were further apart.',
    holds: 'Profit, both fees and nothing else: K is the wallet exactly.',
    run() {
      const kernel = holding(50, { instruments: [instrument(BTC, { makerFeePpm: 200 as Ppm })] });
      kernel.report(50, 10_000, { fee: usdt(0.025) });
      kernel.exit();
      kernel.hold(0);
      kernel.ack();
      kernel.report(50, 10_100, { fee: usdt(0.02525) });
      const wallet = money(usdt(10_000) - usdt(0.025) + usdt(0.5) - usdt(0.02525));
      assert.equal(kernel.state.ledger.wallet, wallet);
      balance(kernel, { wallet });
      assert.equal(kernel.state.ledger.residual, 0n);
    },
  },
];
