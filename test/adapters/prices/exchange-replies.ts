// Public REST answers of Binance, Kraken and BingX in the shapes their documentation gives, as far as prices need them.

import type { Asked, Reply } from './loopback.ts';

export const HOUR_MS = 3_600_000;

/** The close of the bar that opens at `openMs`: every bar has a price of its own, so that a mix-up shows. */
export function closeAt(openMs: number): number {
  return 1000 + ((openMs / HOUR_MS) % 5000);
}

/** Bars that open in `[fromMs, toMs]`, at most `limit`, oldest first. */
function opens(fromMs: number, toMs: number, limit: number): number[] {
  const first = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const all: number[] = [];
  for (let openMs = first; openMs <= toMs && all.length < limit; openMs += HOUR_MS) all.push(openMs);
  return all;
}

export interface Market {
  /** The instant of the server: bars that opened later do not exist. */
  readonly nowMs: number;
  /** Text of a close; for bad prices and for bars that are still moving. */
  close?(openMs: number): string;
  /** Opening times that the exchange has no bar for. */
  isOut?(openMs: number): boolean;
  readonly fundingEveryHours?: number;
}

/** Binance: spot under `/api/v3`, linear perpetuals under `/fapi/v1`. */
export function binance(asked: Asked, market: Market): Reply {
  const { path, query } = asked;
  if (path === '/api/v3/exchangeInfo') return { body: binanceInfo({}) };
  if (path === '/fapi/v1/exchangeInfo') {
    return { body: binanceInfo({ contractType: 'PERPETUAL', marginAsset: 'USDT' }) };
  }
  if (path === '/dapi/v1/exchangeInfo') {
    const inverse = {
      contractType: 'PERPETUAL',
      marginAsset: 'BTC',
      quoteAsset: 'USD',
      symbol: 'BTCUSD_PERP',
    };
    return { body: binanceInfo(inverse) };
  }
  if (path.endsWith('/klines')) {
    const end = Math.min(Number(query.get('endTime') ?? market.nowMs), market.nowMs);
    const bars = opens(Number(query.get('startTime')), end, Number(query.get('limit') ?? 500));
    const close = market.close ?? ((openMs: number) => String(closeAt(openMs)));
    const rows = bars
      .filter((openMs) => !market.isOut?.(openMs))
      .map((openMs) => [
        openMs,
        '1000',
        '9000',
        '900',
        close(openMs),
        '5',
        openMs + HOUR_MS - 1,
        '5',
        9,
        '1',
        '1',
        '0',
      ]);
    return { body: rows };
  }
  if (path === '/fapi/v1/fundingRate') {
    const everyMs = (market.fundingEveryHours ?? 8) * HOUR_MS;
    const start = Math.ceil(Number(query.get('startTime')) / everyMs) * everyMs;
    const end = Math.min(Number(query.get('endTime')), market.nowMs);
    const rows: unknown[] = [];
    for (let at = start; at <= end && rows.length < Number(query.get('limit') ?? 100); at += everyMs) {
      rows.push({ symbol: 'BTCUSDT', fundingTime: at, fundingRate: '0.00010000' });
    }
    return { body: rows };
  }
  return { status: 404, body: { code: -1, msg: `no such path ${path}` } };
}

function binanceInfo(extra: Readonly<Record<string, unknown>>) {
  const btc = {
    symbol: 'BTCUSDT',
    status: 'TRADING',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    filters: [],
    ...extra,
  };
  return { timezone: 'UTC', serverTime: 0, rateLimits: [], exchangeFilters: [], symbols: [btc] };
}

/** Kraken: spot only; `since` is exclusive and in seconds. */
export function kraken(asked: Asked, market: Market): Reply {
  if (asked.path === '/0/public/Assets') {
    const asset = { aclass: 'currency', decimals: 10, display_decimals: 5, status: 'enabled' };
    return {
      body: {
        error: [],
        result: { XXBT: { ...asset, altname: 'XBT' }, USDT: { ...asset, altname: 'USDT' } },
      },
    };
  }
  if (asked.path === '/0/public/AssetPairs') {
    const pair = {
      altname: 'XBTUSDT',
      wsname: 'XBT/USDT',
      base: 'XXBT',
      quote: 'USDT',
      pair_decimals: 1,
      lot_decimals: 8,
      fees: [[0, 0.4]],
      fees_maker: [[0, 0.25]],
      leverage_buy: [],
      status: 'online',
    };
    return { body: { error: [], result: { XBTUSDT: pair } } };
  }
  if (asked.path === '/0/public/OHLC') {
    const since = Number(asked.query.get('since')) * 1000;
    const rows = opens(since + 1, market.nowMs, 720).map((openMs) => {
      return [openMs / 1000, '1000', '9000', '900', String(closeAt(openMs)), '1000', '5', 9];
    });
    return { body: { error: [], result: { XBTUSDT: rows, last: 0 } } };
  }
  return { status: 404, body: { error: ['EGeneral:Unknown method'] } };
}

/** BingX: fills a page from the newest end of the window that was asked for. */
export function bingx(asked: Asked, market: Market): Reply {
  const { path, query } = asked;
  const good = (data: unknown): Reply => ({ body: { code: 0, msg: '', data } });
  if (path.endsWith('/quote/contracts')) {
    return good([
      {
        contractId: '100',
        symbol: 'BTC-USDT',
        size: '0.0001',
        quantityPrecision: 4,
        pricePrecision: 1,
        currency: 'USDT',
        asset: 'BTC',
        status: 1,
        apiStateOpen: 'true',
        apiStateClose: 'true',
      },
    ]);
  }
  if (path.endsWith('/market/contracts')) return good([]);
  if (path.endsWith('/common/symbols')) {
    return good({
      symbols: [
        {
          symbol: 'BTC-USDT',
          tickSize: 0.1,
          stepSize: 0.0001,
          status: 1,
          apiStateSell: true,
          apiStateBuy: true,
        },
      ],
    });
  }
  if (path.endsWith('/quote/klines')) {
    const end = Math.min(Number(query.get('endTime')), market.nowMs);
    const all = opens(Number(query.get('startTime')), end, 1e6);
    const rows = all.slice(-Number(query.get('limit'))).map((time) => ({
      open: '1000',
      high: '9000',
      low: '900',
      close: String(closeAt(time)),
      volume: '5',
      time,
    }));
    return good(rows.toReversed());
  }
  if (path.endsWith('/quote/fundingRate')) {
    const start = Math.ceil(Number(query.get('startTime')) / (8 * HOUR_MS)) * 8 * HOUR_MS;
    const rows: unknown[] = [];
    for (let at = start; at <= Number(query.get('endTime')); at += 8 * HOUR_MS) {
      rows.push({ symbol: 'BTC-USDT', fundingRate: '0.0001', fundingTime: at });
    }
    return good(rows);
  }
  return { status: 404, body: { code: 100404, msg: path } };
}
