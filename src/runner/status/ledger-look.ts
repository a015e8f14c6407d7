// The ledger as a person wants to see it: K, E, what differs between them, and what is open; nothing before K has begun.

import { type Money, moneyText, negated, plus } from '../../domain/money.ts';
import { LEDGER_ACCOUNTS } from '../../kernel/effect.ts';
import { dayResult } from '../../kernel/ledger.ts';
import type { KernelState } from '../../kernel/state.ts';
import { openProfitOfAll } from '../open-profit.ts';
import type { LedgerLook } from './runner-view.ts';

const textOrNull = (amount: Money | null): string | null => (amount === null ? null : moneyText(amount));

/** Returns what is known of the ledger. An account holds the other side of each posting, so what it brought has the other sign. */
export function ledgerLook(state: KernelState): LedgerLook {
  const { ledger } = state;
  const isSeeded = ledger.seededAtMs !== null;
  const openProfit = openProfitOfAll(state);
  const isEquityKnown = isSeeded && openProfit !== null;
  return {
    isSeeded,
    k: isSeeded ? moneyText(ledger.wallet) : null,
    e: textOrNull(ledger.venueWallet),
    eAtMs: ledger.venueAtMs,
    residual: isSeeded && ledger.venueWallet !== null ? moneyText(ledger.residual) : null,
    band: ledger.band,
    explained: moneyText(ledger.explained),
    accounts: LEDGER_ACCOUNTS.map((account) => ({
      account,
      amount: moneyText(negated(ledger.balances[account])),
    })),
    openProfit: textOrNull(openProfit),
    equity: isEquityKnown ? moneyText(plus(ledger.wallet, openProfit)) : null,
    dayResult: isEquityKnown ? moneyText(dayResult(state)) : null,
    dayLossMax: moneyText(state.config.limits.maxDailyLoss),
    availableMargin: textOrNull(ledger.availableMargin),
    usedMargin: textOrNull(ledger.usedMargin),
    marginAtMs: ledger.marginAtMs,
  };
}
