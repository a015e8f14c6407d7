// What the local exchange is told by whoever runs it, and no venue has: faults, quirks, prices by hand, funding, transfers, liquidation.

import { stepOf, stepsFromText } from '../../../../domain/instrument.ts';
import { moneyFrom, moneyText, NO_MONEY } from '../../../../domain/money.ts';
import { err } from '../../../../domain/result.ts';
import { LOTS_MAX, type Lots, type PriceTicks, ppm } from '../../../../domain/steps.ts';
import { nearest } from '../../../../domain/validate.ts';
import type { WireObject } from '../../json-text.ts';
import { type AccountRoute, type ApiAnswer, type ApiCall, apiError, data } from '../api.ts';
import { EXCHANGE_FAULTS, FAULT_NAMES, type FaultName } from '../faults.ts';
import { moveMarket, payFunding } from '../feed/move-market.ts';
import { autoDeleverage, balance, liquidate, setQuirks, transfer } from '../model/exchange.ts';
import type { Market } from '../model/state.ts';
import type { ApiKey, ExchangeWorld } from '../world.ts';
import { marketIn, type Params, type Read } from './call-params.ts';

/** What cannot be done as it was asked for. */
const BAD_REQUEST = 109400;
const MILLIONTH = stepOf('0.000001');
const FUNDING_PPM_MAX = 20_000;
/** On either side of a market that had no price before. */
const FIRST_LOTS = 1_000_000 as Lots;
const LATENCY_MAX_MS = 60_000;

export const CONTROL_ROUTES: readonly AccountRoute[] = [
  { method: 'GET', path: '/control', access: 'key', answer: (world) => data(switchesOf(world)) },
  { method: 'PUT', path: '/control/faults', access: 'key', answer: setFaults },
  { method: 'PUT', path: '/control/quirks', access: 'key', answer: setSwitches },
  { method: 'PUT', path: '/control/latency', access: 'key', answer: setLatency },
  { method: 'POST', path: '/control/quote', access: 'key', answer: moveQuote },
  { method: 'POST', path: '/control/funding', access: 'key', answer: fund },
  { method: 'POST', path: '/control/transfer', access: 'key', answer: moveMoney },
  { method: 'POST', path: '/control/liquidation', access: 'key', answer: closeForced },
  { method: 'POST', path: '/control/adl', access: 'key', answer: closeForced },
  {
    method: 'POST',
    path: '/control/expire-listen-keys',
    access: 'key',
    answer: (world) => tellStreams(world, 'expire_listen_keys'),
  },
  {
    method: 'POST',
    path: '/control/drop-sockets',
    access: 'key',
    answer: (world) => tellStreams(world, 'drop_sockets'),
  },
];

/** Everything that can be switched, and how it stands. */
function switchesOf({ faults, model, wire, latencyMs }: ExchangeWorld): WireObject {
  const ofFault = (name: FaultName): WireObject => ({
    rate: faults.rate(name),
    hits: faults.hits[name],
    what: EXCHANGE_FAULTS[name],
  });
  return {
    faults: Object.fromEntries(FAULT_NAMES.map((name) => [name, ofFault(name)])),
    quirks: { ...model.config.quirks, ...wire },
    latency_ms: latencyMs,
  };
}

function unknownName(name: string, known: readonly string[]): ApiAnswer {
  const close = nearest(name, known);
  return apiError(
    BAD_REQUEST,
    `${name.slice(0, 40)}: is not known${close === null ? '; GET /control lists what is' : ` (nearest: ${close})`}`,
  );
}

/** What is to be switched, without what only signs the call. */
function switchesIn({ params }: ApiCall): readonly (readonly [string, string])[] {
  return [...params].filter(([name]) => name !== 'timestamp' && name !== 'recvWindow');
}

/** Returns a decimal that may have an exponent; NaN for what is none. */
function numberOf(text: string): number {
  return /^\d/.test(text) ? Number(text) : Number.NaN;
}

/** Nothing was named: taken for done, it would leave its sender believing that something had been switched. */
function nothingNamed(example: string): ApiAnswer {
  return apiError(BAD_REQUEST, `the body names nothing; expected JSON, e.g. ${example}`);
}

/** All or none: a name or a rate that is wrong changes nothing. */
function setFaults(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  const rates: (readonly [FaultName, number])[] = [];
  const named = switchesIn(call);
  if (named.length === 0) return nothingNamed('{"response_lost":0.05}');
  for (const [name, text] of named) {
    const fault = FAULT_NAMES.find((one) => one === name);
    if (fault === undefined) return unknownName(name, FAULT_NAMES);
    const rate = numberOf(text);
    if (!(rate >= 0 && rate <= 1)) return apiError(BAD_REQUEST, `${name}: expected a share from 0 to 1`);
    rates.push([fault, rate]);
  }
  for (const [fault, rate] of rates) world.faults.set(fault, rate);
  return data(switchesOf(world));
}

function setLatency(world: ExchangeWorld, { params }: ApiCall): ApiAnswer {
  const ms = numberOf(params.get('ms') ?? '');
  if (!(ms >= 0 && ms <= LATENCY_MAX_MS))
    return apiError(BAD_REQUEST, `ms: expected milliseconds from 0 to ${LATENCY_MAX_MS}`);
  world.latencyMs = ms;
  return data({ latency_ms: ms });
}

function setSwitches(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  const named = switchesIn(call);
  if (named.length === 0) return nothingNamed('{"emptyClientIdOnStream":true}');
  const { quirks } = world.model.config;
  const known: Readonly<Record<string, boolean | string>> = { ...quirks, ...world.wire };
  const changed: Record<string, boolean | string> = {};
  for (const [name, text] of named) {
    const now = Object.hasOwn(known, name) ? known[name] : undefined;
    if (now === undefined) return unknownName(name, Object.keys(known));
    if (typeof now === 'string') {
      if (!/^[A-Z0-9]{1,20}$/.test(text))
        return apiError(BAD_REQUEST, `${name}: expected capital letters and digits, 20 at most`);
      changed[name] = text;
    } else if (text !== 'true' && text !== 'false')
      return apiError(BAD_REQUEST, `${name}: expected true or false`);
    else changed[name] = text === 'true';
  }
  const pick = <Names extends object>(of: Names): Names =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, changed[name] ?? value])) as Names;
  setQuirks(world.model, pick(quirks));
  world.wire = pick(world.wire);
  return data(switchesOf(world));
}

/** Returns the market that is named, once it has a price. */
function pricedMarketIn(world: ExchangeWorld, params: Params): Read<Market> {
  const market = marketIn(world, params);
  if (!market.ok || market.value.quote !== null) return market;
  return err(apiError(BAD_REQUEST, `${market.value.instrument.symbol} has no price yet`));
}

function moveQuote(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  const market = marketIn(world, call.params);
  if (!market.ok) return market.error;
  const { instrument, quote } = market.value;
  const { symbol, tick } = instrument;
  const priceOf = (name: string): PriceTicks | null => {
    const ticks = stepsFromText(tick, call.params.get(name) ?? '');
    return ticks.ok && ticks.value >= 1 ? (ticks.value as PriceTicks) : null;
  };
  const [bid, ask] = [priceOf('bid'), priceOf('ask')];
  const mark = call.params.has('mark') ? priceOf('mark') : bid;
  if (bid === null || ask === null || mark === null || ask <= bid)
    return apiError(BAD_REQUEST, 'bid, ask, mark: expected prices in whole ticks, the bid below the ask');
  const { bidLots, askLots } = quote ?? { bidLots: FIRST_LOTS, askLots: FIRST_LOTS };
  moveMarket(world, symbol, { bid, ask, mark, bidLots, askLots });
  return data({ symbol });
}

function fund(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  const market = pricedMarketIn(world, call.params);
  if (!market.ok) return market.error;
  const rate = stepsFromText(MILLIONTH, call.params.get('rate') ?? '');
  if (!rate.ok || Math.abs(rate.value) > FUNDING_PPM_MAX)
    return apiError(BAD_REQUEST, 'rate: expected a share of at most 0.02 with at most six decimals');
  const { symbol } = market.value.instrument;
  payFunding(world, symbol, ppm(rate.value));
  return data({ symbol });
}

function moveMoney(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const amount = moneyFrom(params.get('amount') ?? '');
  if (!amount.ok || amount.value === 0n)
    return apiError(
      BAD_REQUEST,
      'amount: expected a sum, in where it is positive and out where it is negative',
    );
  const free = balance(world.model, accountId, world.model.nowMs).availableMargin ?? NO_MONEY;
  if (amount.value < 0n && -amount.value > free)
    return apiError(BAD_REQUEST, `amount: no more can be taken out than is free, ${moneyText(free)}`);
  transfer(world.model, accountId, amount.value, world.model.nowMs);
  return data({ amount: params.get('amount') });
}

function closeForced(world: ExchangeWorld, call: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const market = pricedMarketIn(world, call.params);
  if (!market.ok) return market.error;
  const { symbol, lot } = market.value.instrument;
  if (call.path.endsWith('liquidation')) liquidate(world.model, accountId, symbol, world.model.nowMs);
  else {
    const lots = stepsFromText(lot, call.params.get('quantity') ?? '');
    if (!lots.ok || lots.value < 1 || lots.value > LOTS_MAX)
      return apiError(BAD_REQUEST, 'quantity: expected a quantity in whole lots');
    autoDeleverage(world.model, accountId, symbol, lots.value as Lots, world.model.nowMs);
  }
  return data({ symbol });
}

function tellStreams(world: ExchangeWorld, command: 'expire_listen_keys' | 'drop_sockets'): ApiAnswer {
  for (const tell of world.streamCommands) tell(command);
  return data({ command });
}
