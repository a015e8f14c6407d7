// What a signal earned in basis points, gross and after fees, slippage and funding.

import type { Contract, FundingRate } from '../domain/market.ts';
import { roundBps } from '../domain/rounding.ts';
import { HOUR_MS } from '../domain/time.ts';

export type Side = 1 | -1;

/**
 * Returns the gross profit of one unit held from `entry` to `exit`, rounded to disk precision.
 * Linear contracts and spot: `side * (exit / entry - 1)`, so a short earns `1 - exit / entry` and the two sides of one
 * signal cancel exactly. Inverse (coin-margined) contracts: `side * (1 - entry / exit)`.
 */
export function grossBps(contract: Contract, side: Side, entry: number, exit: number): number {
  const move = contract === 'linear' ? exit / entry - 1 : 1 - entry / exit;
  const rounded = roundBps(move * 1e4);
  return side === 1 || rounded === 0 ? rounded : -rounded;
}

export interface CostRates {
  /** Per side, of the notional traded. */
  readonly feeBps: number;
  /** Per side. */
  readonly slipBps: number;
  /** What longs pay per 8 h where funding is unknown; `null` for markets without funding. */
  readonly assumedFundingBpsPer8h: number | null;
}

export interface Costs {
  readonly feeBps: number;
  readonly slipBps: number;
  readonly fundingBps: number;
}

export interface Holding {
  readonly contract: Contract;
  readonly side: Side;
  readonly entry: number;
  readonly exit: number;
  readonly entryMs: number;
  readonly exitMs: number;
}

/**
 * Returns the costs of a round trip, positive where they are paid: `fee * (1 + exit / entry)` (inverse contracts are
 * charged in coin: `fee * (1 + entry / exit)`), twice the slippage, and
 * `side * sum(funding rate in (entry, exit])`. With `funding: null` the assumed rate is charged at each 8 h boundary.
 */
export function costsOf(rates: CostRates, holding: Holding, funding: readonly FundingRate[] | null): Costs {
  const { contract, entry, exit } = holding;
  return {
    feeBps: roundBps(rates.feeBps * (1 + (contract === 'linear' ? exit / entry : entry / exit))),
    slipBps: roundBps(2 * rates.slipBps),
    fundingBps: roundBps(holding.side * longFundingBps(rates, holding, funding)),
  };
}

function longFundingBps(rates: CostRates, holding: Holding, funding: readonly FundingRate[] | null): number {
  if (rates.assumedFundingBpsPer8h === null) return 0;
  const { entryMs, exitMs } = holding;
  if (funding === null) {
    const boundaryMs = 8 * HOUR_MS;
    const payments = Math.floor(exitMs / boundaryMs) - Math.floor(entryMs / boundaryMs);
    return payments * rates.assumedFundingBpsPer8h;
  }
  let sumBps = 0;
  for (const payment of funding) {
    if (payment.atMs > entryMs && payment.atMs <= exitMs) sumBps += payment.rate * 1e4;
  }
  return sumBps;
}
