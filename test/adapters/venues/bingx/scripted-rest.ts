// The venue's REST interface as a script: each call is answered by the first rule that fits, and all are remembered.

import type { BingxSetup } from '../../../../src/adapters/venues/bingx/bingx-setup.ts';
import type { RestCall, RestClient, RestReply } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import { Secret } from '../../../../src/adapters/venues/bingx/secret.ts';
import { type JsonText, readJsonText } from '../../../../src/adapters/venues/json-text.ts';

/** What answers a call: an answer, how to make one, or `null` for what does not fit. */
type Rule = (call: RestCall) => RestReply | Promise<RestReply> | null;

export interface ScriptedRest extends RestClient {
  readonly calls: RestCall[];
  isClosed: boolean;
  /** Adds a rule before the others. */
  on(rule: Rule): void;
}

export function scriptedRest(...rules: Rule[]): ScriptedRest {
  const calls: RestCall[] = [];
  return {
    calls,
    isClosed: false,
    on(rule) {
      rules.unshift(rule);
    },
    async call(call) {
      calls.push(call);
      for (const rule of rules) {
        const reply = rule(call);
        if (reply !== null) return await reply;
      }
      return { kind: 'error', code: 100400, text: 'this api is not exist' };
    },
    measureClock: async () => ({ offsetMs: 0 }),
    clockOffsetMs: () => 0,
    inFlight: () => 0,
    close() {
      this.isClosed = true;
    },
  };
}

/** A rule for one method and the end of a path. */
export function at(
  route: string,
  answer: RestReply | ((call: RestCall) => RestReply | Promise<RestReply>),
): Rule {
  const [method, path = ''] = route.split(' ');
  return (call) => {
    if (call.method !== method || !call.path.endsWith(path)) return null;
    return typeof answer === 'function' ? answer(call) : answer;
  };
}

/** Data as the venue would send it. */
export function said(value: unknown): RestReply {
  const read = readJsonText(JSON.stringify(value));
  if (!read.ok) throw new Error(read.error);
  return { kind: 'data', data: read.value as JsonText };
}

export function refused(code: number, text = ''): RestReply {
  return { kind: 'error', code, text };
}

export const LOST: RestReply = { kind: 'unknown', cause: 'TIMEOUT', text: 'no answer within 8000 ms' };
export const NO_TURN: RestReply = { kind: 'not_sent', cause: 'no_turn', text: 'no turn within 5000 ms' };

const INSTANT_MS = 1_780_000_000_000;

/** What a venue over a scripted client is opened with; nobody is reached there. */
export const ORDINARY_SETUP: BingxSetup = {
  environment: 'demo',
  restUrls: ['http://127.0.0.1:1'],
  streamUrl: 'ws://127.0.0.1:1/swap-market',
  credentials: { apiKey: new Secret('the-key'), apiSecret: new Secret('the-secret') },
  symbols: ['BTC-USDT'],
  positionMode: 'one_way',
  account: 'exclusive',
  marginAsset: 'USDT',
};

/** An account as the venue shows it: flat, one-way, with 1,000 USDT. */
export const ORDINARY_ACCOUNT: readonly Rule[] = [
  at('GET /v2/quote/contracts', said([contract('BTC-USDT'), contract('ETH-USDT')])),
  at('GET /v1/positionSide/dual', said({ dualSidePosition: 'false' })),
  at(
    'GET /v3/user/balance',
    said([
      {
        asset: 'USDT',
        balance: '1000.0000',
        availableMargin: '900.0000',
        usedMargin: '90.0000',
        freezedMargin: '10.0000',
      },
    ]),
  ),
  at(
    'GET /v2/user/commissionRate',
    said({ commission: { takerCommissionRate: 0.0004, makerCommissionRate: 0.0001 } }),
  ),
  at(
    'GET /v2/trade/leverage',
    said({ longLeverage: 5, shortLeverage: 5, maxLongLeverage: 125, maxShortLeverage: 100 }),
  ),
  at('POST /v2/trade/leverage', said({ leverage: 5 })),
];

export function contract(symbol: string, changed: object = {}): object {
  return {
    symbol,
    quantityPrecision: 4,
    pricePrecision: 1,
    makerFeeRate: 0.0002,
    takerFeeRate: 0.0005,
    tradeMinQuantity: 0.0001,
    tradeMinUSDT: 2,
    maxLongLeverage: 125,
    maxShortLeverage: 125,
    status: 1,
    apiStateOpen: 'true',
    apiStateClose: 'true',
    ...changed,
  };
}

/** An order's id, made `afterMs` after the instant that tests begin at. */
export function orderIdAt(afterMs: number): string {
  return String((BigInt(INSTANT_MS + afterMs) - 1_288_834_974_657n) << 22n);
}

export function orderRow(changed: object = {}): Record<string, unknown> {
  return {
    symbol: 'BTC-USDT',
    orderId: orderIdAt(0),
    side: 'BUY',
    positionSide: 'BOTH',
    type: 'MARKET',
    origQty: '0.0100',
    price: '49000.0',
    executedQty: '0.0000',
    avgPrice: '0.0',
    cumQuote: '0',
    profit: '0.0000',
    commission: '0.000000',
    status: 'NEW',
    time: INSTANT_MS,
    updateTime: INSTANT_MS,
    clientOrderId: 'ours',
    ...changed,
  };
}
