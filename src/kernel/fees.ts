// What an order's fee will be: the published rate, corrected by how the venue's settled fees of our own orders compare with it.

import { assert } from '../domain/assert.ts';
import type { SymbolName } from '../domain/ids.ts';
import { divideHalfEven } from '../domain/money.ts';
import { PPM_ONE, type Ppm } from '../domain/steps.ts';
import type { FeeRatio, KernelState, Order } from './state.ts';
import { diagnose, type Transaction } from './transaction.ts';

const ONE = BigInt(PPM_ONE);

/**
 * Returns the rate of a predicted fee, in millionths of the quote amount: positive is paid, negative is a rebate. An order keeps the
 * rate that it was made with, so that its prediction does not move with what other orders settle at.
 *
 * @throws InvariantError where the instrument is not known.
 */
export function feePpmFor(state: KernelState, symbol: SymbolName, isMaker: boolean): Ppm {
  const published = publishedPpm(state, symbol, isMaker);
  const ratios = state.feeRatios.get(symbol);
  if (ratios === undefined) return published;
  const ratio = isMaker ? ratios.makerPpm : ratios.takerPpm;
  return Number(divideHalfEven(BigInt(published) * BigInt(ratio), ONE)) as Ppm;
}

/**
 * Learns from an order whose fee is settled in whole: `ratio = settled / (published rate × quote)`, for its instrument, and for makers
 * and takers apart. A fee that is further off than the guard is an exception of that order, or a rate that changed: the ratio is kept.
 * Where the published rate is zero there is nothing to compare with.
 */
export function calibrate(tx: Transaction, order: Order): void {
  const { state } = tx;
  const isMaker = order.isMaker ?? order.postOnly;
  const expected = BigInt(publishedPpm(state, order.symbol, isMaker)) * order.filledQuote;
  const settled = ONE * order.fee;
  if (expected === 0n && settled === 0n) return;
  const size = expected < 0n ? -expected : expected;
  const deviation = settled > expected ? settled - expected : expected - settled;
  if (size === 0n || deviation * ONE > BigInt(state.config.ledger.calibrationGuardPpm) * size)
    return diagnose(tx, 'FEE_CALIBRATION_SKIPPED');
  const sign = expected < 0n ? -ONE : ONE;
  const ratio = Number(divideHalfEven(settled * sign, size)) as Ppm;
  const ratios = ratiosOf(state, order.symbol);
  if (isMaker) ratios.makerPpm = ratio;
  else ratios.takerPpm = ratio;
}

function ratiosOf(state: KernelState, symbol: SymbolName): FeeRatio {
  const known = state.feeRatios.get(symbol);
  if (known !== undefined) return known;
  const ratios: FeeRatio = { makerPpm: PPM_ONE, takerPpm: PPM_ONE };
  state.feeRatios.set(symbol, ratios);
  return ratios;
}

function publishedPpm(state: KernelState, symbol: SymbolName, isMaker: boolean): Ppm {
  const instrument = state.instruments.get(symbol);
  assert(instrument !== undefined, () => `${symbol} is no instrument`);
  return isMaker ? instrument.makerFeePpm : instrument.takerFeePpm;
}
