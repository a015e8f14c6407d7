// The real ccxt, pointed at the local exchange: an independent client that knows nothing of Warden.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Params = Readonly<Record<string, unknown>>;

export interface CcxtOrder {
  readonly id: string;
  readonly status?: string;
  readonly type: string;
  readonly side: string;
  readonly amount: number;
  readonly filled?: number;
  readonly remaining?: number;
  readonly price?: number;
  readonly average?: number;
  readonly cost?: number;
  readonly reduceOnly?: boolean;
  readonly postOnly?: boolean;
  readonly fee?: { readonly cost?: number; readonly currency?: string };
  readonly clientOrderId?: string;
  readonly timestamp?: number;
}

export interface CcxtTrade {
  readonly order?: string;
  readonly price: number;
  readonly amount: number;
  readonly side: string;
  readonly cost: number;
  readonly takerOrMaker?: string;
  readonly fee?: { readonly cost?: number };
}

export interface CcxtPosition {
  readonly symbol: string;
  readonly side: string;
  readonly contracts: number;
  readonly entryPrice: number;
  readonly unrealizedPnl: number;
  readonly leverage: number;
  readonly initialMargin?: number;
}

interface CcxtBalance {
  readonly [asset: string]: { readonly free?: number; readonly used?: number; readonly total?: number };
}

/** The part of ccxt's unified interface that is used here. */
export interface Ccxt {
  loadHttpProxyAgent(): Promise<unknown>;
  loadMarkets(): Promise<
    Readonly<
      Record<
        string,
        {
          readonly id: string;
          readonly precision: unknown;
          readonly limits: unknown;
          readonly maker: number;
          readonly taker: number;
        }
      >
    >
  >;
  fetchTime(): Promise<number>;
  fetchTicker(symbol: string): Promise<{
    readonly bid: number;
    readonly ask: number;
    readonly last: number;
    readonly baseVolume: number;
  }>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since?: number,
    limit?: number,
  ): Promise<readonly (readonly number[])[]>;
  fetchOrderBook(
    symbol: string,
    limit?: number,
  ): Promise<{
    readonly bids: readonly (readonly number[])[];
    readonly asks: readonly (readonly number[])[];
  }>;
  fetchTrades(symbol: string, since?: number, limit?: number): Promise<readonly CcxtTrade[]>;
  fetchFundingRate(symbol: string): Promise<{ readonly fundingRate: number; readonly markPrice: number }>;
  fetchFundingHistory(symbol: string): Promise<readonly { readonly amount: number }[]>;
  fetchTradingFee(symbol: string): Promise<{ readonly maker: number; readonly taker: number }>;
  fetchMarketLeverageTiers(symbol: string): Promise<readonly { readonly maintenanceMarginRate: number }[]>;
  fetchBalance(): Promise<CcxtBalance>;
  fetchPositions(symbols?: readonly string[]): Promise<readonly CcxtPosition[]>;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: number,
    price?: number,
    params?: Params,
  ): Promise<CcxtOrder>;
  createOrders(orders: readonly Params[]): Promise<readonly CcxtOrder[]>;
  editOrder(
    id: string,
    symbol: string,
    type: string,
    side: string,
    amount: number,
    price: number,
  ): Promise<CcxtOrder>;
  cancelOrder(id: string, symbol: string): Promise<CcxtOrder>;
  cancelAllOrders(symbol: string): Promise<readonly CcxtOrder[]>;
  fetchOrder(id: string, symbol: string): Promise<CcxtOrder>;
  fetchOpenOrders(symbol?: string): Promise<readonly CcxtOrder[]>;
  fetchClosedOrders(symbol: string): Promise<readonly CcxtOrder[]>;
  fetchMyTrades(symbol: string): Promise<readonly CcxtTrade[]>;
  setLeverage(leverage: number, symbol: string, params: Params): Promise<unknown>;
  fetchLeverage(symbol: string): Promise<{ readonly longLeverage: number; readonly shortLeverage: number }>;
  setMarginMode(mode: string, symbol: string): Promise<unknown>;
  fetchMarginMode(symbol: string): Promise<{ readonly marginMode: string }>;
  setPositionMode(hedged: boolean): Promise<unknown>;
  fetchPositionMode(): Promise<{ readonly hedged: boolean }>;
  closePosition(symbol: string): Promise<unknown>;
  watchOrders(symbol?: string): Promise<readonly CcxtOrder[]>;
  watchMyTrades(symbol?: string): Promise<readonly CcxtTrade[]>;
  watchBalance(): Promise<CcxtBalance>;
  watchPositions(symbols?: readonly string[]): Promise<readonly CcxtPosition[]>;
  watchTicker(symbol: string): Promise<{ readonly last: number }>;
  watchTrades(symbol: string): Promise<readonly CcxtTrade[]>;
  watchOrderBook(symbol: string): Promise<{ readonly bids: readonly (readonly number[])[] }>;
  watchOHLCV(symbol: string, timeframe: string): Promise<readonly (readonly number[])[]>;
  close(): Promise<void>;
}

interface ExchangeAddress {
  /** Origin, as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** With its path. */
  readonly streamUrl: string;
  readonly apiKey: string;
  readonly secret: string;
}

/** Returns ccxt's own BingX client, REST and streams, that knows no other address than this one. */
export async function ccxtAt({ url, streamUrl, apiKey, secret }: ExchangeAddress): Promise<Ccxt> {
  const main = createRequire(import.meta.url).resolve('ccxt');
  const folder = join('node_modules', 'ccxt');
  const root = main.slice(0, main.lastIndexOf(folder) + folder.length);
  const { default: Bingx } = (await import(
    pathToFileURL(join(root, 'js', 'src', 'pro', 'bingx.js')).href
  )) as { readonly default: new (settings: Params) => Ccxt };
  const base = `${url}/openApi`;
  const client = new Bingx({
    apiKey,
    secret,
    enableRateLimit: false,
    options: {
      defaultType: 'swap',
      // With it, loadMarkets asks for swap contracts only.
      sandboxMode: true,
      watchBalance: { fetchBalanceSnapshot: false, awaitBalanceSnapshot: false },
    },
    urls: { api: { swap: base, user: base, ws: { linear: streamUrl } } },
  });
  // Without it ccxt refuses a stream that is not encrypted.
  await client.loadHttpProxyAgent();
  return client;
}
