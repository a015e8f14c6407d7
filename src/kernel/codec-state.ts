// The whole state as one JSON text and back, with the same future: Maps keep their order, and what was one object is one object again.

import { assert } from '../domain/assert.ts';
import { type Problem, shown } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { KernelConfig } from './config.ts';
import type { KernelState, Order, Trade } from './state.ts';

/** Grows when a text of the version before can no longer be read as a state of this one. */
const STATE_VERSION = 1;

/** JSON has neither: each is an object with one key that no state has. */
const BIG = '$big';
const MAP = '$map';
/** Orders and trades are reachable on several ways and changed in place, so each is written once and pointed at. */
const ORDER = '$order';
const TRADE = '$trade';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Returns the state as JSON on one line. The same state has the same text. It is written by what a value is, not by a list of fields, so
 * that no field of the state can be forgotten.
 *
 * @throws InvariantError where the state holds what is no plain data: `undefined`, a function, a number that is not finite.
 */
export function encodeState(state: KernelState): string {
  const orders = new Map<object, number>();
  const trades = new Map<object, number>();
  for (const order of state.orders.values()) enlist(orders, order);
  for (const trade of tradesOf(state)) {
    enlist(trades, trade);
    for (const order of trade.orders) enlist(orders, order);
  }
  const pointer = (value: object): Json | null => {
    const order = orders.get(value);
    if (order !== undefined) return { [ORDER]: order };
    const trade = trades.get(value);
    return trade === undefined ? null : { [TRADE]: trade };
  };
  return JSON.stringify({
    v: STATE_VERSION,
    orders: [...orders.keys()].map((order) => fieldsOf(order, pointer)),
    trades: [...trades.keys()].map((trade) => fieldsOf(trade, pointer)),
    state: fieldsOf(state, pointer),
  });
}

/** Returns the configuration as JSON on one line; the same configuration has the same text. */
export function encodeConfig(config: KernelConfig): string {
  return JSON.stringify(fieldsOf(config, () => null));
}

/** Reads what {@link encodeConfig} wrote. It is told from the text of something else, but not checked field by field. */
export function decodeConfig(text: string): Result<KernelConfig, Problem> {
  const json = parsed(text);
  if (!json.ok) return json;
  const config = revived(json.value, [], []);
  if (!isObject(config) || !('instruments' in config && 'bounds' in config))
    return err({
      path: 'config',
      message: `expected a configuration of the kernel; found ${shown(json.value)}`,
    });
  return ok(config as unknown as KernelConfig);
}

/**
 * Reads what {@link encodeState} wrote. Whoever keeps such a text keeps a checksum with it: it is told from the text of something else,
 * but not checked field by field.
 */
export function decodeState(text: string): Result<KernelState, Problem> {
  const json = parsed(text);
  if (!json.ok) return json;
  const root = json.value;
  if (!isObject(root)) return err({ path: '', message: `expected a state; found ${shown(root)}` });
  if (root['v'] !== STATE_VERSION)
    return err({
      path: 'v',
      message: `expected a state of version ${STATE_VERSION}; found ${shown(root['v'])}`,
    });
  const { orders: orderTable, trades: tradeTable, state: body } = root;
  if (!Array.isArray(orderTable) || !Array.isArray(tradeTable) || !isObject(body))
    return err({ path: '', message: 'expected orders, trades and state' });
  const orders: Order[] = [];
  for (const order of orderTable as Json[]) orders.push(revived(order, [], []) as Order);
  const trades: Trade[] = [];
  for (const trade of tradeTable as Json[]) trades.push(revived(trade, orders, []) as Trade);
  const state = revived(body, orders, trades) as unknown as KernelState;
  if (!(state.orders instanceof Map) || !Array.isArray(state.slots))
    return err({ path: 'state', message: 'expected orders and slots' });
  return ok(state);
}

function enlist(table: Map<object, number>, value: object): void {
  if (!table.has(value)) table.set(value, table.size);
}

function* tradesOf(state: KernelState): Generator<Trade> {
  yield* state.trades.values();
  for (const { trade } of state.slots) if (trade !== null) yield trade;
}

type Pointer = (value: object) => Json | null;

function plain(value: unknown, pointer: Pointer): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      assert(Number.isFinite(value), () => `${value} in the state is not finite`);
      return value;
    case 'bigint':
      return { [BIG]: value.toString() };
    case 'object':
      return value === null ? null : (pointer(value) ?? fieldsOf(value, pointer));
    default:
      assert(false, `${typeof value} in the state is no plain data`);
  }
}

function fieldsOf(value: object, pointer: Pointer): Json {
  if (Array.isArray(value)) return value.map((item) => plain(item, pointer));
  if (value instanceof Map)
    return { [MAP]: [...value].map(([key, item]) => [plain(key, pointer), plain(item, pointer)]) };
  assert(Object.getPrototypeOf(value) === Object.prototype, 'an object of a class in the state');
  const fields: Record<string, Json> = {};
  for (const [name, item] of Object.entries(value)) fields[name] = plain(item, pointer);
  return fields;
}

function revived(json: Json, orders: readonly Order[], trades: readonly Trade[]): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map((item: Json) => revived(item, orders, trades));
  const fields = json as Readonly<Record<string, Json>>;
  if (BIG in fields) return BigInt(String(fields[BIG]));
  if (ORDER in fields) return pointed(orders, fields[ORDER]);
  if (TRADE in fields) return pointed(trades, fields[TRADE]);
  if (MAP in fields) {
    const pairs = fields[MAP] as readonly (readonly [Json, Json])[];
    return new Map(pairs.map(([key, item]) => [revived(key, orders, trades), revived(item, orders, trades)]));
  }
  const value: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(fields)) value[name] = revived(item, orders, trades);
  return value;
}

function pointed<T>(table: readonly T[], place: Json | undefined): T {
  const found = typeof place === 'number' ? table[place] : undefined;
  assert(found !== undefined, () => `the text of a state points at ${shown(place)}, which is not there`);
  return found;
}

function parsed(text: string): Result<Json, Problem> {
  try {
    return ok(JSON.parse(text) as Json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return err({ path: '', message: `expected JSON; found ${shown(text)} (${error.message})` });
  }
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
