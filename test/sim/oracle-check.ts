// Asks the oracle about every trade of a kernel, from the venue's own list of trades: position, profit and fees have to agree.

import { accountOf } from '../../src/adapters/venues/exchange/model/state.ts';
import { stepsText } from '../../src/domain/instrument.ts';
import type { KernelState, Trade } from '../../src/kernel/state.ts';
import { type Problem, sumOf } from './invariants.ts';
import type { Judge } from './judge.ts';
import { NaiveAccount } from './oracle.ts';
import { OWN_ACCOUNT } from './settings.ts';

/** Lots of less than 1e-8 are rounded once for each trade of the venue; two roundings are ours. */
const ROUNDING = 2n;

/** M7. Trades that took something over are left to L2 and L3, since nobody else knows what that cost. */
export function oracleProblem(judge: Judge, state: KernelState): Problem | null {
  const isForeignFee = judge.settings.exchange.quirks.feeAssetOther;
  const account = new NaiveAccount(0n);
  for (const trade of state.trades.values()) {
    if (trade.adopted.buyLots > 0 || trade.adopted.sellLots > 0) continue;
    const instrument = state.instruments.get(trade.symbol);
    if (instrument === undefined) continue;
    const naive = account.trade(trade.tradeId, {
      tick: stepsText(instrument.tick, 1),
      lot: stepsText(instrument.lot, 1),
    });
    addFills(judge, trade, naive.fills);
    const fail = (text: string): Problem => ({ invariant: 'M7', text: `${trade.tradeId}: ${text}` });
    if (sumOf(trade) !== naive.position())
      return fail(`${sumOf(trade)} lots are held, the oracle counts ${naive.position()}`);
    const difference = trade.bookedRealized - naive.realizedUnits();
    if (difference > ROUNDING || difference < -ROUNDING)
      return fail(`realized ${trade.bookedRealized}, the oracle says ${naive.realizedUnits()}`);
    const fees = trade.orders.reduce((sum, one) => sum + one.bookedPredicted + one.bookedSettled, 0n);
    if (!isForeignFee && fees !== naive.fees())
      return fail(`fees of ${fees} are booked, the oracle counts ${naive.fees()}`);
  }
  return null;
}

type TrueFills = ReturnType<NaiveAccount['trade']>['fills'];

function addFills(judge: Judge, trade: Trade, fills: TrueFills): void {
  const { byClientId } = accountOf(judge.exchange, OWN_ACCOUNT);
  for (const { clientOrderId: orderId, side } of trade.orders)
    for (const { lots, price, fee } of byClientId.get(orderId)?.trades ?? [])
      fills.push({ orderId, side, lots, price, fee });
}
