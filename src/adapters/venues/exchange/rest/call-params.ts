// Parameters of calls about an account, read the same way everywhere: what is not as it has to be refuses the whole call.

import type { ClientOrderId, VenueOrderId } from '../../../../domain/ids.ts';
import type { Step } from '../../../../domain/instrument.ts';
import { err, ok, type Result } from '../../../../domain/result.ts';
import { DAY_MS } from '../../../../domain/time.ts';
import { nearest } from '../../../../domain/validate.ts';
import type { Rejected } from '../../../../domain/venue.ts';
import { type JsonText, readJsonText } from '../../json-text.ts';
import { type ApiAnswer, type ApiCall, apiError } from '../api.ts';
import { type FaultName, LATE_MAX_MS } from '../faults.ts';
import type { OrderRef } from '../model/reads.ts';
import type { Account, Market, ModelOrder } from '../model/state.ts';
import type { ExchangeWorld } from '../world.ts';

export type Params = ApiCall['params'];
/** What was read, or how the call is answered instead. */
export type Read<T> = Result<T, ApiAnswer>;

/** Lists and histories reach back so far at most in one call. */
export const SPAN_MAX_MS = 7 * DAY_MS;

export function invalid(what: string): ApiAnswer {
  return apiError(109400, `Invalid parameters: ${what}`);
}

/** The model's refusals begin with the venue's code. */
export function refusalOf({ text }: Rejected): ApiAnswer & { readonly kind: 'error' } {
  const [, code, words] = /^(\d+) (.*)$/s.exec(text) ?? [];
  return code === undefined || words === undefined
    ? { kind: 'error', code: 109400, text }
    : { kind: 'error', code: Number(code), text: words };
}

/** Returns the market of `symbol`, which has to be named. */
export function marketIn(world: ExchangeWorld, params: Params): Read<Market> {
  const symbol = params.get('symbol');
  return symbol === undefined ? err(invalid('symbol is required')) : marketNamed(world, symbol);
}

/** Returns the market of `symbol`, or `null` where none is named. */
export function anyMarketIn(world: ExchangeWorld, params: Params): Read<Market | null> {
  const symbol = params.get('symbol');
  return symbol === undefined ? ok(null) : marketNamed(world, symbol);
}

function marketNamed({ model }: ExchangeWorld, symbol: string): Read<Market> {
  const market = model.markets.get(symbol);
  if (market !== undefined) return ok(market);
  const close = nearest(symbol, [...model.markets.keys()]);
  const hint = close === null ? '' : ` (nearest: ${close})`;
  return err(
    apiError(
      109425,
      `${symbol.slice(0, 40)},symbol not exist, please verify it in api: /openApi/swap/v2/quote/contracts${hint}`,
    ),
  );
}

export function requiredIn(params: Params, name: string): Read<string> {
  const text = params.get(name);
  return text === undefined ? err(invalid(`${name} is required`)) : ok(text);
}

/** Returns the one of `words` that a parameter is, or `standard` where it is left out. */
export function wordIn<W extends string, S extends W | null>(
  params: Params,
  name: string,
  words: readonly W[],
  standard: S,
): Read<W | S> {
  const text = params.get(name);
  if (text === undefined) return ok(standard);
  const word = words.find((one) => one === text);
  if (word !== undefined) return ok(word);
  return err(invalid(`${name} is one of ${words.join(', ')}, not ${text.slice(0, 40)}`));
}

/** Returns a whole number from `low` to `high`, or `standard` where it is left out. */
export function wholeIn<S extends number | null>(
  params: Params,
  name: string,
  low: number,
  high: number,
  standard: S,
): Read<number | S> {
  const text = params.get(name);
  if (text === undefined) return ok(standard);
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return ok(value);
  return err(invalid(`${name} is a whole number from ${low} to ${high}`));
}

/** Both ends of a time that a call asks about, epoch ms. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Returns the time that is asked about: the last seven days where nothing is said, seven days from `fromName` or up to `toName` where
 * one end is. Longer ones are refused.
 */
export function spanIn(params: Params, fromName: string, toName: string, nowMs: number): Read<Span> {
  const from = wholeIn(params, fromName, 0, Number.MAX_SAFE_INTEGER, null);
  const to = wholeIn(params, toName, 0, Number.MAX_SAFE_INTEGER, null);
  if (!from.ok) return from;
  if (!to.ok) return to;
  const toMs = to.value ?? (from.value === null ? nowMs : from.value + SPAN_MAX_MS);
  return spanOf({ fromMs: from.value ?? toMs - SPAN_MAX_MS, toMs }, SPAN_MAX_MS);
}

/** Refuses a time that ends before it begins, or is longer than `maxMs`. */
export function spanOf(span: Span, maxMs: number): Read<Span> {
  if (span.toMs < span.fromMs) return err(invalid('the time asked about ends before it begins'));
  if (span.toMs - span.fromMs <= maxMs) return ok(span);
  return err(invalid(`the time asked about is longer than ${maxMs / DAY_MS} days`));
}

/** Returns a client id in lower case as the venue keeps it, in either spelling of its name, or `null` where there is none. */
export function clientIdIn(params: Params): Read<ClientOrderId | null> {
  const [one, other] = [params.get('clientOrderId'), params.get('clientOrderID')];
  if (one !== undefined && other !== undefined && one !== other)
    return err(invalid('clientOrderId and clientOrderID differ'));
  const text = one ?? other;
  return text === undefined ? ok(null) : clientIdOf(text);
}

export function clientIdOf(text: string): Read<ClientOrderId> {
  if (/^[A-Za-z0-9_-]{1,40}$/.test(text)) return ok(text.toLowerCase() as ClientOrderId);
  return err(invalid('clientOrderId is 1 to 40 letters, digits, - or _'));
}

/** Returns how an order is named: by the venue's id, or else by the client's. */
export function orderRefIn(params: Params): Read<OrderRef> {
  const orderId = params.get('orderId');
  if (orderId !== undefined) return ok({ venueOrderId: orderId as VenueOrderId });
  const clientOrderId = clientIdIn(params);
  if (!clientOrderId.ok) return clientOrderId;
  if (clientOrderId.value === null) return err(invalid('orderId or clientOrderId is required'));
  return ok({ clientOrderId: clientOrderId.value });
}

/** Returns an order of the account by its name, or `null` where it has none of that name and symbol. */
export function orderOf(account: Account, market: Market, by: OrderRef): ModelOrder | null {
  const order =
    'venueOrderId' in by ? account.byVenueId.get(by.venueOrderId) : account.byClientId.get(by.clientOrderId);
  return order === undefined || order.instrument !== market.instrument ? null : order;
}

/** Reads a JSON array of at most `max` things. */
export function listIn(params: Params, name: string, max: number): Read<readonly JsonText[]> {
  const text = requiredIn(params, name);
  if (!text.ok) return text;
  const read = readJsonText(text.value);
  if (!read.ok || !Array.isArray(read.value)) return err(invalid(`${name} is no JSON array`));
  const list: readonly JsonText[] = read.value;
  if (list.length === 0 || list.length > max) return err(invalid(`${name} has 1 to ${max} entries`));
  return ok(list);
}

/**
 * Returns a decimal in whole steps, without the decimals that are finer than the step: the venue drops them silently.
 *
 * @returns `null` for what is no decimal, is below zero, or is too large to be counted
 */
export function truncatedSteps(step: Step, text: string): number | null {
  const parts = /^(\d{1,20})(?:\.(\d{0,20}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (parts === null) return null;
  const [, whole = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent) - fraction.length + step.decimals;
  const digits = BigInt(whole + fraction);
  const units = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  const steps = Number(units / BigInt(step.units));
  return Number.isSafeInteger(steps) ? steps : null;
}

/** Returns the moment that a view shows: the present, or one up to five seconds ago while its fault strikes. */
export function momentOf({ model, faults }: ExchangeWorld, lag: FaultName): number {
  return faults.fires(lag) ? model.nowMs - faults.between(lag, 100, LATE_MAX_MS) : model.nowMs;
}
