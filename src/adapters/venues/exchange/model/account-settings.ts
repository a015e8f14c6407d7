// How an account is set up: the mode of its positions, the leverage of each symbol, and how margin is counted.

import type { PositionMode, RejectCode, Rejected } from '../../../../domain/venue.ts';
import { freeMarginOf, usedMarginOf } from './positions.ts';
import { recordBalance, recordPositions } from './reports.ts';
import type { Account, Exchange } from './state.ts';
import { isFinal, LEVERAGE_DEFAULT, marketOf } from './state.ts';

function refusal(code: RejectCode, text: string): Rejected {
  return { kind: 'REJECT', code, text };
}

function isIdle(account: Account): boolean {
  const isFlat = [...account.holdings.values()].every(({ net, long, short }) =>
    [net, long, short].every(({ lots }) => lots === 0),
  );
  return isFlat && account.recent.every(isFinal);
}

/** Refused while anything is held or open. */
export function changePositionMode(account: Account, mode: PositionMode): Rejected | null {
  if (account.positionMode === mode) return null;
  if (!isIdle(account)) return refusal('MODE', '104103 the account has positions or open orders');
  account.positionMode = mode;
  return null;
}

/** Leverage of a long and of a short position of `symbol`. */
export function leverageOf(
  account: Account,
  symbol: string,
): { readonly long: number; readonly short: number } {
  return account.leverages.get(symbol) ?? { long: LEVERAGE_DEFAULT, short: LEVERAGE_DEFAULT };
}

/** Sets the leverage of a symbol; the margin of what is held follows it. BOTH in one-way mode, a side of its own in hedge mode. */
export function changeLeverage(
  ex: Exchange,
  account: Account,
  symbol: string,
  side: 'LONG' | 'SHORT' | 'BOTH',
  leverage: number,
): Rejected | null {
  const { instrument } = marketOf(ex, symbol);
  if ((side === 'BOTH') !== (account.positionMode === 'one_way'))
    return refusal('MODE', `109400 the side ${side} is not one of ${account.positionMode} mode`);
  if (!(Number.isInteger(leverage) && leverage >= 1 && leverage <= instrument.maxLeverage))
    return refusal('OTHER', `101414 leverage is limited to ${instrument.maxLeverage}`);
  const before = leverageOf(account, symbol);
  const long = side === 'SHORT' ? before.long : leverage;
  const short = side === 'LONG' ? before.short : leverage;
  const usedBefore = usedMarginOf(account);
  const undo = applyLeverage(account, symbol, long, short);
  const isMore = usedMarginOf(account) > usedBefore;
  if (isMore && freeMarginOf(ex, account) < 0n) {
    undo();
    return refusal('MARGIN', '101204 insufficient margin for that leverage');
  }
  account.leverages.set(symbol, { long, short });
  recordPositions(ex, account);
  recordBalance(ex, account);
  return null;
}

/** Sets it on what is held and on what would open, and returns how to undo that. */
function applyLeverage(account: Account, symbol: string, long: number, short: number): () => void {
  const opening = account.recent.filter(
    (order) => !isFinal(order) && order.instrument.symbol === symbol && !order.reduceOnly,
  );
  const holding = account.holdings.get(symbol);
  const legs = holding === undefined ? [] : [holding.net, holding.long, holding.short];
  const before = [...opening, ...legs].map((one) => ({ one, leverage: one.leverage }));
  for (const order of opening) order.leverage = order.side === 'BUY' ? long : short;
  for (const leg of legs) leg.leverage = leg === holding?.short || leg.lots < 0 ? short : long;
  return () => {
    for (const { one, leverage } of before) one.leverage = leverage;
  };
}
