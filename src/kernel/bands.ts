// What the venue says the wallet is against what the ledger says: a difference is shown and bounded, and never made to vanish.

import { absolute, type Money, minus, moneyText, shareOf } from '../domain/money.ts';
import type { EpochMs } from '../domain/steps.ts';
import type { BalanceReport } from '../domain/venue.ts';
import { bookForeignSinceSeed } from './foreign.ts';
import { post } from './ledger.ts';
import type { Band, KernelState, Ledger } from './state.ts';
import { setDue } from './timers.ts';
import { clear, raise } from './trading.ts';
import { notify, refuse, type Transaction } from './transaction.ts';

/**
 * Takes what the venue says of cash and margin. Each figure is as old as its own frame, one that is left out stays what it was, and an
 * older frame changes nothing. A wallet of nothing that was not asked for is a frame that speaks of margin only. The first wallet that was
 * asked for (at the end of a round, after fills and income) while no order of ours is out begins K, once.
 */
export function onBalance(tx: Transaction, report: BalanceReport, isAsked: boolean): void {
  // One from the future would make every later frame an older one, for ever.
  if (report.venueAtMs > tx.nowMs + tx.state.config.resync.overlapMs)
    return refuse(tx, 'MALFORMED_EVENT', `balance of the future at=${report.venueAtMs}`);
  tx.isLedgerTouched = true;
  const takesWallet = takeWallet(tx.state.ledger, report, isAsked);
  const takesMargin = takeMargin(tx.state, report);
  if (takesWallet && isAsked) seed(tx);
  else if (!takesMargin) refuse(tx, 'STALE_REPORT', 'an older balance, or an empty one');
}

function takeWallet(ledger: Ledger, report: BalanceReport, isAsked: boolean): boolean {
  const { wallet, venueAtMs } = report;
  if (wallet === null || (wallet <= 0n && !isAsked)) return false;
  if (ledger.venueAtMs !== null && venueAtMs < ledger.venueAtMs) return false;
  ledger.venueWallet = wallet;
  ledger.venueAtMs = venueAtMs;
  return true;
}

function takeMargin({ ledger, nowMs }: KernelState, report: BalanceReport): boolean {
  const { availableMargin, usedMargin, venueAtMs } = report;
  if (availableMargin === null && usedMargin === null) return false;
  if (ledger.marginAtMs !== null && venueAtMs < ledger.marginAtMs) return false;
  ledger.availableMargin = availableMargin ?? ledger.availableMargin;
  ledger.usedMargin = usedMargin ?? ledger.usedMargin;
  ledger.marginAtMs = venueAtMs;
  ledger.marginHeardAtMs = nowMs;
  return true;
}

/** Whatever an adopted position has brought by now is in the wallet too, so K and E begin equal. */
function seed(tx: Transaction): void {
  const { ledger, liveOrders } = tx.state;
  const { venueWallet, venueAtMs } = ledger;
  if (ledger.seededAtMs !== null || venueWallet === null || venueAtMs === null || liveOrders > 0) return;
  ledger.seededAtMs = venueAtMs;
  const amount = minus(minus(venueWallet, ledger.wallet), ledger.explained);
  post(tx, { id: 'seed', account: 'seed', amount, tradeId: null });
  bookForeignSinceSeed(tx);
}

/**
 * Compares E with K and what is explained: `residual = E − K − explained`. Below `okBelow` it is rounding; from `errorFrom`, or from
 * `errorSharePpm` of the wallet where that is more, entries are frozen; in between it may stay until `warnDeadlineMs`, and is an error then.
 * While an order of ours is out its fill may be in the wallet before its report is here, and just after a fill the wallet may be the older
 * one: such a difference has the hot window to be explained, where it was no error before. Called once, at the end of an event that touched
 * the ledger.
 */
export function compareWallets(tx: Transaction): void {
  const { state, nowMs } = tx;
  const { ledger, config } = state;
  if (ledger.seededAtMs === null)
    return raise(tx, 'BALANCE_UNKNOWN', 'the wallet that K begins from is not known yet');
  clear(tx, 'BALANCE_UNKNOWN');
  ledger.residual = residualOf(ledger);
  const size = sizeBand(state);
  const isSettling = size === 'ERROR' && ledger.band !== 'ERROR' && isFillUnderway(state);
  if (size !== 'WARN' && !isSettling) ledger.warnSinceMs = null;
  else ledger.warnSinceMs ??= nowMs;
  const patienceMs = isSettling ? config.limits.hotWindowMs : config.ledger.warnDeadlineMs;
  const deadlineMs = ledger.warnSinceMs === null ? null : ledger.warnSinceMs + patienceMs;
  const isOverdue = deadlineMs !== null && nowMs >= deadlineMs;
  ledger.band = isOverdue ? 'ERROR' : isSettling ? 'WARN' : size;
  setDue(state, 'ledger', '', ledger, isOverdue ? null : (deadlineMs as EpochMs | null));
  if (ledger.band === 'ERROR') raise(tx, 'RECONCILE_ERROR', residualText(ledger));
  else clear(tx, 'RECONCILE_ERROR');
}

/** Whether an order of ours is out, or the last fill is younger than the hot window, in which no entry goes out whatever the wallets are. */
function isFillUnderway({ liveOrders, lastOwnFillAtMs, nowMs, config }: KernelState): boolean {
  return liveOrders > 0 || (lastOwnFillAtMs !== null && nowMs - lastOwnFillAtMs < config.limits.hotWindowMs);
}

/** A WARN has reached its deadline: {@link compareWallets} finds it overdue. */
export function onLedgerDue(tx: Transaction): void {
  setDue(tx.state, 'ledger', '', tx.state.ledger, null);
  tx.isLedgerTouched = true;
}

/**
 * A person has looked at the residual and takes it as explained.
 *
 * @returns whether there was one.
 */
export function acceptResidual(tx: Transaction, requestId: string, who: string): boolean {
  const { ledger } = tx.state;
  if (ledger.seededAtMs === null) return false;
  const amount = residualOf(ledger);
  if (amount === 0n) return false;
  post(tx, { id: `accepted:${requestId}`, account: 'transfer', amount, tradeId: null });
  notify(tx, 'info', 'RESIDUAL_ACCEPTED', `${who} accepted a residual of ${moneyText(amount)} USDT.`);
  return true;
}

function residualOf(ledger: Ledger): Money {
  const { venueWallet, wallet, explained } = ledger;
  return venueWallet === null ? ledger.residual : minus(minus(venueWallet, wallet), explained);
}

/** The band by size alone. */
function sizeBand(state: KernelState): Band {
  const { ledger, config } = state;
  const { okBelow, errorFrom, errorSharePpm } = config.ledger;
  const size = absolute(ledger.residual);
  if (size < okBelow) return 'OK';
  const share = shareOf(absolute(ledger.venueWallet ?? ledger.wallet), errorSharePpm);
  return size < (share > errorFrom ? share : errorFrom) ? 'WARN' : 'ERROR';
}

function residualText({ residual, wallet, explained }: Ledger): string {
  return `the venue's wallet differs by ${moneyText(residual)} from K ${moneyText(wallet)} and ${moneyText(explained)} explained`;
}
