// Contracts, rates and quotes in the venue's answers: what can be traded here, in which steps, at which fees, and at which price.

import type { SymbolName } from '../../../domain/ids.ts';
import type { Instrument, Step } from '../../../domain/instrument.ts';
import { err, ok } from '../../../domain/result.ts';
import type { EpochMs, Ppm, PriceTicks } from '../../../domain/steps.ts';
import type { VenueQuote } from '../../../domain/venue.ts';
import type { JsonText, JsonTextObject } from '../json-text.ts';
import {
  fieldIn,
  flagIn,
  instantIn,
  isObject,
  lotsIn,
  moneyIn,
  objectIn,
  plainDecimal,
  type Read,
  stepsIn,
  textIn,
} from './fields.ts';

/** Contracts that were asked for and can be traded, and why each other one cannot. */
export interface Contracts {
  readonly instruments: readonly Instrument[];
  /** Of the symbols that were asked for; a sentence of each. */
  readonly problems: readonly string[];
  /** Every symbol that the venue lists. */
  readonly listed: readonly string[];
}

/** What the venue does not say of a contract's leverage any more. */
export const MAX_LEVERAGE_UNSAID = 1;

/**
 * Reads the contracts of `symbols`. Where the venue does not say the highest leverage, it is 1 until somebody learns it elsewhere.
 */
export function contractsFrom(data: JsonText, symbols: readonly string[]): Read<Contracts> {
  if (!Array.isArray(data)) return err('the contracts: expected a list');
  const rows = new Map<string, JsonTextObject>();
  for (const value of data) {
    const symbol = isObject(value) ? textIn(value, 'symbol') : null;
    if (isObject(value) && symbol !== null) rows.set(symbol, value);
  }
  const instruments: Instrument[] = [];
  const problems: string[] = [];
  for (const symbol of symbols) {
    const row = rows.get(symbol);
    if (row === undefined) continue;
    const contract = contractFrom(row, symbol as SymbolName);
    if (contract.ok) instruments.push(contract.value);
    else problems.push(`${symbol}: ${contract.error}`);
  }
  return ok({ instruments, problems, listed: [...rows.keys()] });
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  '0': 'offline',
  '5': 'not yet online',
  '25': 'closed for new positions',
};

function contractFrom(row: JsonTextObject, symbol: SymbolName): Read<Instrument> {
  const status = textIn(row, 'status');
  if (status !== null && status !== '1')
    return err(`status: the contract is ${STATUS_WORDS[status] ?? `in status ${status.slice(0, 10)}`}`);
  for (const name of ['apiStateOpen', 'apiStateClose'])
    if (flagIn(row, name) === false) return err(`${name}: the contract cannot be traded by programs`);
  const tick = precisionIn(row, 'pricePrecision');
  if (!tick.ok) return tick;
  const lot = precisionIn(row, 'quantityPrecision');
  if (!lot.ok) return lot;
  const minLots = lotsIn(row, lot.value, 'tradeMinQuantity');
  if (!minLots.ok) return minLots;
  const minNotional = moneyIn(row, 'tradeMinUSDT');
  if (!minNotional.ok) return minNotional;
  const maker = ratePpmIn(row, 'makerFeeRate');
  if (!maker.ok) return maker;
  const taker = ratePpmIn(row, 'takerFeeRate', 'feeRate');
  if (!taker.ok) return taker;
  if (minLots.value === null || minLots.value === 0) return err('tradeMinQuantity: expected a quantity');
  if (minNotional.value === null || minNotional.value < 0n) return err('tradeMinUSDT: expected an amount');
  if (maker.value === null || taker.value === null) return err('makerFeeRate, takerFeeRate: expected rates');
  const maxima = ['maxLongLeverage', 'maxShortLeverage'].map((name) =>
    Number(textIn(row, name) ?? Number.NaN),
  );
  const maxLeverage = Math.min(...maxima.filter((max) => Number.isInteger(max) && max > 0));
  return ok({
    symbol,
    tick: tick.value,
    lot: lot.value,
    minLots: minLots.value,
    minNotional: minNotional.value,
    makerFeePpm: maker.value,
    takerFeePpm: taker.value,
    maxLeverage: Number.isFinite(maxLeverage) ? maxLeverage : MAX_LEVERAGE_UNSAID,
  });
}

/** A number of decimals, as the step that they amount to. */
function precisionIn(row: JsonTextObject, name: string): Read<Step> {
  const text = textIn(row, name) ?? '';
  if (!/^\d{1,2}$/.test(text) || Number(text) > 12)
    return err(`${name}: expected a number of decimals, not "${text.slice(0, 40)}"`);
  return ok({ units: 1, decimals: Number(text) });
}

/** A share of one in whole millionths, rounded; rebates are below zero. */
function ratePpmIn(row: JsonTextObject, ...names: readonly string[]): Read<Ppm | null> {
  const text = textIn(row, ...names);
  if (text === null) return ok(null);
  const plain = plainDecimal(text);
  const rate = plain === null ? Number.NaN : Number(plain);
  if (!(Math.abs(rate) < 0.1)) return err(`${names[0]}: "${text.slice(0, 40)}" is no fee rate`);
  return ok(Math.round(rate * 1_000_000) as Ppm);
}

/** What this account pays, where it is not what the contracts say. */
export interface CommissionRates {
  readonly makerFeePpm: Ppm;
  readonly takerFeePpm: Ppm;
}

export function commissionFrom(data: JsonText): Read<CommissionRates> {
  const inner = isObject(data) ? (fieldIn(data, 'commission') ?? data) : data;
  const row = objectIn(inner, 'the commission');
  if (!row.ok) return row;
  const maker = ratePpmIn(row.value, 'makerCommissionRate');
  if (!maker.ok) return maker;
  const taker = ratePpmIn(row.value, 'takerCommissionRate');
  if (!taker.ok) return taker;
  if (maker.value === null || taker.value === null)
    return err('makerCommissionRate, takerCommissionRate: expected rates');
  return ok({ makerFeePpm: maker.value, takerFeePpm: taker.value });
}

/** Reads a quote from the index of premiums, which knows the mark, and the best prices. */
export function quoteFrom(
  premium: JsonText,
  ticker: JsonText,
  instrument: Instrument,
  nowMs: EpochMs,
): Read<VenueQuote> {
  const index = rowOf(premium, instrument.symbol);
  if (!index.ok) return index;
  const best = rowOf(
    isObject(ticker) ? (fieldIn(ticker, 'book_ticker') ?? ticker) : ticker,
    instrument.symbol,
  );
  if (!best.ok) return best;
  const mark = markIn(index.value, instrument.tick);
  if (!mark.ok) return mark;
  const bid = stepsIn(best.value, instrument.tick, 'bid_price', 'bidPrice');
  const ask = stepsIn(best.value, instrument.tick, 'ask_price', 'askPrice');
  for (const price of [bid, ask]) if (!price.ok) return price;
  const at = instantIn(best.value, 'time');
  if (!at.ok) return at;
  const [bidTicks, askTicks] = [bid, ask].map((price) => (price.ok ? (price.value ?? 0) : 0));
  if (bidTicks === undefined || askTicks === undefined || bidTicks <= 0 || askTicks < bidTicks)
    return err('bid_price, ask_price: expected a bid that is not above the ask');
  return ok({
    symbol: instrument.symbol,
    bid: bidTicks as PriceTicks,
    ask: askTicks as PriceTicks,
    mark: mark.value,
    venueAtMs: at.value ?? nowMs,
  });
}

/** One row, or that of a symbol in a list. */
function rowOf(value: JsonText, symbol: string): Read<JsonTextObject> {
  const row = Array.isArray(value)
    ? value.find((one) => isObject(one) && textIn(one, 'symbol') === symbol)
    : value;
  if (!isObject(row)) return err(`${symbol}: expected a price`);
  const named = textIn(row, 'symbol');
  if (named !== null && named !== symbol)
    return err(`symbol: expected ${symbol}, not "${named.slice(0, 40)}"`);
  return ok(row);
}

/** A mark is an average, and may be finer than the tick: the nearest. */
function markIn(row: JsonTextObject, tick: Step): Read<PriceTicks> {
  const text = textIn(row, 'markPrice') ?? '';
  const ticks = Math.round((Number(plainDecimal(text) ?? Number.NaN) * 10 ** tick.decimals) / tick.units);
  return Number.isSafeInteger(ticks) && ticks > 0
    ? ok(ticks as PriceTicks)
    : err(`markPrice: "${text.slice(0, 40)}" is no price`);
}
