// Rows of the market as the venue prints them: some fields are numbers and some are texts, and which is which is part of the protocol.

import { quoteOf } from '../../../../domain/instrument.ts';
import { MONEY_DECIMALS } from '../../../../domain/money.ts';
import type { Lots, PriceTicks } from '../../../../domain/steps.ts';
import { PPM_ONE } from '../../../../domain/steps.ts';
import type { WireObject } from '../../json-text.ts';
import type { DaySummary, FundingPayment, HistoryBar, PublicTrade } from '../feed/market-history.ts';
import { FUNDING_EVERY_MS, nextFundingAt } from '../feed/move-market.ts';
import type { Market, Quote } from '../model/state.ts';
import { moneyFixed, shareFixed, stepsFixed, stepsNumber } from './decimals.ts';

/** What lies behind the best level is deep enough for anybody. */
const DEEP_LOTS = 1_000_000_000 as Lots;

export function contractRow({ instrument }: Market, contractId: number): WireObject {
  const { symbol, tick, lot, minLots, minNotional, makerFeePpm, takerFeePpm, maxLeverage } = instrument;
  const [asset = '', currency = ''] = symbol.split('-');
  return {
    contractId: String(contractId),
    symbol,
    size: stepsFixed(lot, minLots),
    quantityPrecision: lot.decimals,
    pricePrecision: tick.decimals,
    feeRate: takerFeePpm / PPM_ONE,
    makerFeeRate: makerFeePpm / PPM_ONE,
    takerFeeRate: takerFeePpm / PPM_ONE,
    tradeMinLimit: 0,
    tradeMinQuantity: stepsNumber(lot, minLots),
    tradeMinUSDT: Number(moneyFixed(minNotional, MONEY_DECIMALS)),
    maxLongLeverage: maxLeverage,
    maxShortLeverage: maxLeverage,
    currency,
    asset,
    status: 1,
    apiStateOpen: 'true',
    apiStateClose: 'true',
    ensureTrigger: true,
    triggerFeeRate: shareFixed(takerFeePpm),
    brokerState: false,
    launchTime: 1_586_275_200_000,
    maintainTime: 0,
    offTime: 0,
    displayName: symbol,
  };
}

export function priceRow({ instrument, lastPrice }: Market, quote: Quote, nowMs: number): WireObject {
  const price = lastPrice ?? quote.mark;
  return { symbol: instrument.symbol, price: stepsFixed(instrument.tick, price), time: nowMs };
}

/** The model's book is one level on each side, and behind it as much as anybody wants, a slip further. */
export function depthOf(
  market: Market,
  quote: Quote,
  slipTicks: number,
  limit: number,
  nowMs: number,
): WireObject {
  const { tick, lot } = market.instrument;
  const levels = (best: PriceTicks, held: Lots, away: number): readonly (readonly [string, string])[] => {
    // As the model trades it: never below one tick.
    const far = Math.max(1, best + away);
    const both: (readonly [number, Lots])[] = held > 0 && far !== best ? [[best, held]] : [];
    both.push([far, DEEP_LOTS]);
    return both.slice(0, limit).map(([price, lots]) => [stepsFixed(tick, price), stepsFixed(lot, lots)]);
  };
  const bids = levels(quote.bid, quote.bidLots, -slipTicks);
  const asks = levels(quote.ask, quote.askLots, slipTicks);
  return { T: nowMs, bids, asks, bidsCoin: bids, asksCoin: asks };
}

export function bookTickerRow(
  { instrument }: Market,
  quote: Quote,
  updateId: number,
  nowMs: number,
): WireObject {
  const { symbol, tick, lot } = instrument;
  return {
    symbol,
    bid_price: stepsNumber(tick, quote.bid),
    bid_qty: stepsNumber(lot, quote.bidLots),
    ask_price: stepsNumber(tick, quote.ask),
    ask_qty: stepsNumber(lot, quote.askLots),
    lastUpdateId: updateId,
    time: nowMs,
  };
}

export function tickerRow({ instrument }: Market, quote: Quote, day: DaySummary): WireObject {
  const { symbol, tick, lot } = instrument;
  const percent = day.open === 0 ? 0 : ((day.close - day.open) / day.open) * 100;
  return {
    symbol,
    priceChange: stepsFixed(tick, day.close - day.open),
    priceChangePercent: percent.toFixed(2),
    lastPrice: stepsFixed(tick, day.close),
    lastQty: stepsFixed(lot, day.lastLots),
    highPrice: stepsFixed(tick, day.high),
    lowPrice: stepsFixed(tick, day.low),
    volume: stepsFixed(lot, day.volume),
    quoteVolume: moneyFixed(day.quoteVolume, 2),
    openPrice: stepsFixed(tick, day.open),
    openTime: day.openAtMs,
    closeTime: day.closeAtMs,
    askPrice: stepsFixed(tick, quote.ask),
    askQty: stepsFixed(lot, quote.askLots),
    bidPrice: stepsFixed(tick, quote.bid),
    bidQty: stepsFixed(lot, quote.bidLots),
  };
}

export function premiumRow(
  { instrument }: Market,
  quote: Quote,
  fundingRate: FundingPayment['rate'],
  nowMs: number,
): WireObject {
  const { symbol, tick } = instrument;
  return {
    symbol,
    markPrice: stepsFixed(tick, quote.mark),
    // Nothing but the mark is an index here.
    indexPrice: stepsFixed(tick, quote.mark),
    lastFundingRate: shareFixed(fundingRate),
    nextFundingTime: nextFundingAt(nowMs),
    fundingIntervalHours: FUNDING_EVERY_MS / 3_600_000,
    minFundingRate: '-0.02000000',
    maxFundingRate: '0.02000000',
    updateTime: nowMs,
  };
}

export function fundingRow({ instrument }: Market, { atMs, rate }: FundingPayment): WireObject {
  return { symbol: instrument.symbol, fundingRate: shareFixed(rate), fundingTime: atMs };
}

export function klineRow({ instrument }: Market, bar: HistoryBar): WireObject {
  const { tick, lot } = instrument;
  return {
    open: stepsFixed(tick, bar.open),
    close: stepsFixed(tick, bar.close),
    high: stepsFixed(tick, bar.high),
    low: stepsFixed(tick, bar.low),
    volume: stepsFixed(lot, bar.volume),
    time: bar.openAtMs,
  };
}

export function tradeRow(
  { instrument }: Market,
  { atMs, price, lots, isBuyerMaker }: PublicTrade,
): WireObject {
  return {
    time: atMs,
    isBuyerMaker,
    price: stepsFixed(instrument.tick, price),
    qty: stepsFixed(instrument.lot, lots),
    quoteQty: moneyFixed(quoteOf(instrument, lots, price), 2),
  };
}
