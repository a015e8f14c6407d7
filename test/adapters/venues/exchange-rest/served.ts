// The account side of a local exchange without its server: calls go straight to their routes, and answers come back as the text would be read.

import type { ApiAnswer, ApiCall } from '../../../../src/adapters/venues/exchange/api.ts';
import { exchangeFaults } from '../../../../src/adapters/venues/exchange/faults.ts';
import {
  createExchange,
  openAccount,
  setQuote,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { HONEST, type Quirks } from '../../../../src/adapters/venues/exchange/model/quirks.ts';
import {
  EXCHANGE_DEFAULTS,
  type ExchangeConfig,
  type Frame,
} from '../../../../src/adapters/venues/exchange/model/state.ts';
import { ACCOUNT_ROUTES } from '../../../../src/adapters/venues/exchange/rest/account-routes.ts';
import { httpTextOf } from '../../../../src/adapters/venues/exchange/rest/envelope.ts';
import { PRESENT_WIRE, type WireSwitches } from '../../../../src/adapters/venues/exchange/wire-switches.ts';
import {
  type ExchangeWorld,
  presentOf,
  publishFrames,
} from '../../../../src/adapters/venues/exchange/world.ts';
import {
  type JsonText,
  type JsonTextObject,
  readJsonText,
} from '../../../../src/adapters/venues/json-text.ts';
import { type VirtualTimers, virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import type { SymbolName } from '../../../../src/domain/ids.ts';
import { type Instrument, stepOf } from '../../../../src/domain/instrument.ts';
import { money } from '../../../../src/domain/money.ts';
import { lots, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import { HOUR_MS } from '../../../../src/domain/time.ts';

export const START_MS = 1_790_000_000_000;
export const ACCOUNT = 'main';
export const OTHER = 'other';

export const BTC: Instrument = {
  symbol: 'BTC-USDT' as SymbolName,
  tick: stepOf('0.1'),
  lot: stepOf('0.0001'),
  minLots: lots(1),
  minNotional: money(200_000_000n),
  makerFeePpm: ppm(200),
  takerFeePpm: ppm(500),
  maxLeverage: 125,
};

export const ETH: Instrument = {
  ...BTC,
  symbol: 'ETH-USDT' as SymbolName,
  tick: stepOf('0.01'),
  lot: stepOf('0.01'),
  maxLeverage: 100,
};

interface Setup {
  readonly mode?: ExchangeConfig['positionMode'];
  readonly wire?: Partial<WireSwitches>;
  readonly quirks?: Partial<Quirks>;
  readonly config?: Partial<ExchangeConfig>;
}

export interface Served {
  readonly world: ExchangeWorld;
  readonly timers: VirtualTimers;
  /** What was published of the account, in its order. */
  readonly frames: Frame[];
  /** As `POST /v2/trade/order`; a call of the account unless another is named. */
  answer(route: string, params?: Readonly<Record<string, string>>, accountId?: string): ApiAnswer;
  /** The text of the answer. */
  text(route: string, params?: Readonly<Record<string, string>>): string;
  /** The `data` of the answer. @throws where it is an error. */
  data(route: string, params?: Readonly<Record<string, string>>): JsonText;
  /** The rows of a list in `data`. */
  rows(route: string, list: string, params?: Readonly<Record<string, string>>): readonly JsonTextObject[];
  /** The order of an answer. */
  order(route: string, params: Readonly<Record<string, string>>): JsonTextObject;
  /** The code of an error. @throws where it is none. */
  code(route: string, params?: Readonly<Record<string, string>>): number;
  /** Moves the best prices of BTC, in ticks, the mark between them. */
  quote(bid: number, ask: number, level?: number): void;
  /** Lets time pass. */
  wait(ms: number): void;
}

/** Two accounts with 10,000 USDT each, BTC at 100,000.0 / 100,001.0 with 100 lots on each side, ETH at 4,000.00 / 4,000.10. */
export function served({ mode = 'one_way', wire = {}, quirks = {}, config = {} }: Setup = {}): Served {
  const timers = virtualTimers(START_MS);
  const model = createExchange({
    ...EXCHANGE_DEFAULTS,
    instruments: [BTC, ETH],
    positionMode: mode,
    quirks: { ...HONEST, ...quirks },
    ...config,
  });
  const keys = new Map(
    [ACCOUNT, OTHER].map((accountId) => [
      `key-${accountId}`,
      { apiKey: `key-${accountId}`, secret: 'none', accountId },
    ]),
  );
  const frames: Frame[] = [];
  const world: ExchangeWorld = {
    model,
    timers,
    keys,
    listenKeys: new Map(),
    listenKeyMs: HOUR_MS,
    history: new Map(),
    wire: { ...PRESENT_WIRE, ...wire },
    latencyMs: 0,
    faults: exchangeFaults(20261128),
    followers: new Set([
      (accountId, news) => {
        if (accountId === ACCOUNT) frames.push(...news);
      },
    ]),
    marketFollowers: new Set(),
    streamCommands: new Set(),
    cancelAllTimers: new Map(),
  };
  for (const accountId of [ACCOUNT, OTHER])
    openAccount(model, accountId, money(10_000n * 100_000_000n), START_MS);
  const level = (bid: number, ask: number, held = 100): Parameters<typeof setQuote>[2] => ({
    bid: priceTicks(bid),
    ask: priceTicks(ask),
    mark: priceTicks(Math.round((bid + ask) / 2)),
    bidLots: lots(held),
    askLots: lots(held),
  });
  setQuote(model, BTC.symbol, level(1_000_000, 1_000_010), START_MS);
  setQuote(model, ETH.symbol, level(400_000, 400_010), START_MS);

  const answer: Served['answer'] = (route, params = {}, accountId = ACCOUNT) => {
    const [method = '', path = ''] = route.split(' ');
    const whole = path.startsWith('/openApi') ? path : `/openApi/swap${path}`;
    const found = ACCOUNT_ROUTES.find((one) => one.method === method && one.path === whole);
    const caller = keys.get(`key-${accountId}`);
    if (found === undefined || caller === undefined) throw new Error(`nothing answers ${route}`);
    const call: ApiCall = {
      method: found.method,
      path: whole,
      params: new Map(Object.entries(params)),
      signedAtMs: presentOf(world),
    };
    const given = found.answer(world, call, caller);
    publishFrames(world);
    return given;
  };
  const text: Served['text'] = (route, params) =>
    httpTextOf(answer(route, params), world.wire.legacyCodes).body;
  const data: Served['data'] = (route, params) => {
    const body = objectOf(parsed(text(route, params)));
    if (body['code'] !== '0') throw new Error(`refused: ${JSON.stringify(body)}`);
    return body['data'] ?? null;
  };
  return {
    world,
    timers,
    frames,
    answer,
    text,
    data,
    rows: (route, list, params) => rowsOf(objectOf(data(route, params))[list] ?? null),
    order: (route, params) => objectOf(objectOf(data(route, params))['order'] ?? null),
    code(route, params) {
      const given = answer(route, params);
      if (given.kind !== 'error') throw new Error(`taken: ${JSON.stringify(httpTextOf(given, false))}`);
      return given.code;
    },
    quote: (bid, ask, held) => setQuote(model, BTC.symbol, level(bid, ask, held), presentOf(world)),
    wait(ms) {
      timers.advance(ms);
      presentOf(world);
    },
  };
}

function parsed(body: string): JsonText {
  const read = readJsonText(body);
  if (!read.ok) throw new Error(`no JSON: ${read.error}: ${body}`);
  return read.value;
}

export function objectOf(value: JsonText): JsonTextObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`no object: ${JSON.stringify(value)}`);
  return value as JsonTextObject;
}

export function rowsOf(value: JsonText): readonly JsonTextObject[] {
  if (!Array.isArray(value)) throw new Error(`no list: ${JSON.stringify(value)}`);
  return value.map(objectOf);
}

/** A MARKET order to buy ten lots, but for what is changed. */
export function market(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    symbol: BTC.symbol,
    side: 'BUY',
    type: 'MARKET',
    positionSide: 'BOTH',
    quantity: '0.001',
    ...changes,
  };
}

/** A LIMIT order to buy ten lots at 99,000, but for what is changed. */
export function limit(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return market({ type: 'LIMIT', price: '99000', ...changes });
}
