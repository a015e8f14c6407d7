// What the public may subscribe to at the local exchange, and what each topic says as its market moves.

import { type JsonTextObject, readJsonText, type WireObject } from '../../json-text.ts';
import { INTERVALS, type Interval } from '../feed/intervals.ts';
import type { Market, Quote } from '../model/state.ts';
import { stepsFixed } from '../rest/decimals.ts';
import { depthOf, tickerRow } from '../rest/market-rows.ts';
import type { ExchangeWorld, MarketMove } from '../world.ts';

const TOPICS_MAX = 200;

export interface Topic {
  /** As it was asked for, and is answered. */
  readonly dataType: string;
  readonly symbol: string;
  readonly channel: string;
}

const CHANNEL = /^(trade|ticker|lastPrice|markPrice|bookTicker|kline_(\w+)|depth(5|10|20|50|100)(@\d+ms)?)$/;

function topicOf({ model }: ExchangeWorld, dataType: string): Topic | null {
  const at = dataType.indexOf('@');
  const [symbol, channel] = [dataType.slice(0, at), dataType.slice(at + 1)];
  const parts = CHANNEL.exec(channel);
  if (at < 1 || parts === null || !model.markets.has(symbol)) return null;
  if (channel.startsWith('kline_') && !INTERVALS.some((one) => one === parts[2])) return null;
  return { dataType, symbol, channel };
}

/** Takes what a client says, changes its topics, and returns the answer; `null`: there is none. */
export function answerTo(world: ExchangeWorld, topics: Map<string, Topic>, text: string): WireObject | null {
  const read = readJsonText(text);
  if (!read.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    return null;
  const said = read.value as JsonTextObject;
  const word = (name: string): string => {
    const value = Object.hasOwn(said, name) ? said[name] : '';
    return typeof value === 'string' ? value : '';
  };
  const id = word('id');
  const reply = (code: number, msg: string): WireObject => ({ id, code, msg, dataType: '', data: null });
  const [reqType, dataType] = [word('reqType'), word('dataType')];
  if (Object.keys(said).length === 0 && !world.wire.refusesEmptyObject) return null;
  if (!['sub', 'unsub'].includes(reqType) || dataType === '') return reply(80014, 'invalid params');
  const topic = topicOf(world, dataType);
  if (topic === null) return reply(80015, 'dataType not support');
  if (reqType === 'unsub') topics.delete(dataType);
  else if (topics.size >= TOPICS_MAX && !topics.has(dataType))
    return reply(80403, `more than ${TOPICS_MAX} topics`);
  else topics.set(dataType, topic);
  return reply(0, '');
}

/** Returns what a topic says after a move of its market; `null` where it says nothing of it. */
export function newsOf(
  world: ExchangeWorld,
  { dataType, symbol, channel }: Topic,
  move: MarketMove,
): WireObject | null {
  const market = world.model.markets.get(symbol);
  if (move.symbol !== symbol || market === undefined || market.quote === null) return null;
  const { quote } = market;
  const news = (data: WireObject['data'], extra: WireObject = {}): WireObject => ({
    code: 0,
    dataType,
    ...extra,
    data,
  });
  const { nowMs } = world.model;
  const { tick } = market.instrument;
  if (channel === 'trade') return move.trade === null ? null : news([tradeNews(market, move.trade)]);
  if (channel === 'bookTicker') return news(bookNews(market, quote, nowMs));
  if (channel === 'markPrice')
    return news({ e: 'markPriceUpdate', E: nowMs, s: symbol, p: stepsFixed(tick, quote.mark) });
  if (channel === 'lastPrice')
    return move.trade === null
      ? null
      : news({ e: 'lastPriceUpdate', E: nowMs, s: symbol, c: stepsFixed(tick, move.trade.price) });
  if (channel === 'ticker') return tickerNews(world, market, quote, news);
  if (channel.startsWith('kline_')) return klineNews(world, market, channel.slice(6) as Interval, news);
  const depth = depthOf(market, quote, world.model.config.slippageTicks, levelsOf(channel), nowMs);
  return news({ bids: depth['bids'], asks: depth['asks'] }, { ts: nowMs });
}

type News = (data: WireObject['data'], extra?: WireObject) => WireObject;

function levelsOf(channel: string): number {
  return Number(/\d+/.exec(channel)?.[0] ?? 20);
}

function tradeNews({ instrument }: Market, trade: NonNullable<MarketMove['trade']>): WireObject {
  const { symbol, tick, lot } = instrument;
  return {
    q: stepsFixed(lot, trade.lots),
    p: stepsFixed(tick, trade.price),
    T: trade.atMs,
    m: trade.isBuyerMaker,
    s: symbol,
  };
}

function bookNews({ instrument }: Market, quote: Quote, nowMs: number): WireObject {
  const { symbol, tick, lot } = instrument;
  return {
    e: 'bookTicker',
    u: nowMs,
    E: nowMs,
    T: nowMs,
    s: symbol,
    b: stepsFixed(tick, quote.bid),
    B: stepsFixed(lot, quote.bidLots),
    a: stepsFixed(tick, quote.ask),
    A: stepsFixed(lot, quote.askLots),
  };
}

function tickerNews(world: ExchangeWorld, market: Market, quote: Quote, news: News): WireObject | null {
  const { nowMs } = world.model;
  const day = world.history.get(market.instrument.symbol)?.day(nowMs) ?? null;
  if (day === null) return null;
  const row = tickerRow(market, quote, day);
  return news({
    e: '24hTicker',
    E: nowMs,
    s: row['symbol'],
    p: row['priceChange'],
    P: row['priceChangePercent'],
    c: row['lastPrice'],
    L: row['lastQty'],
    h: row['highPrice'],
    l: row['lowPrice'],
    v: row['volume'],
    q: row['quoteVolume'],
    o: row['openPrice'],
    O: row['openTime'],
    C: row['closeTime'],
    A: row['askPrice'],
    a: row['askQty'],
    B: row['bidPrice'],
    b: row['bidQty'],
  });
}

function klineNews(world: ExchangeWorld, market: Market, interval: Interval, news: News): WireObject | null {
  const { symbol, tick, lot } = market.instrument;
  const bar = world.history.get(symbol)?.newestBar(interval) ?? null;
  if (bar === null) return null;
  const row = {
    c: stepsFixed(tick, bar.close),
    o: stepsFixed(tick, bar.open),
    h: stepsFixed(tick, bar.high),
    l: stepsFixed(tick, bar.low),
    v: stepsFixed(lot, bar.volume),
    T: bar.openAtMs,
  };
  return news([row], { s: symbol });
}
