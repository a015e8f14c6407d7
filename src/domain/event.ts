// The alpha event: a signal as an agent emitted it, normalised once at the edge and never changed after.

import leven from 'leven';
import Type, { type Static } from 'typebox';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { instant, name, oneOf, orNull, version } from './fields.ts';
import { problemInJson } from './json-value.ts';
import { market, symbolKey } from './market.ts';
import { type Problem, shown } from './problem.ts';
import { err, ok, type Result } from './result.ts';
import { isoFromMs, parseInstant } from './time.ts';
import { nearest, validate } from './validate.ts';

export const DIRECTIONS = ['LONG', 'SHORT', 'FLAT'] as const;
export type Direction = (typeof DIRECTIONS)[number];

const DIRECTION_ALIASES: Readonly<Record<string, Direction>> = {
  LONG: 'LONG',
  BUY: 'LONG',
  UP: 'LONG',
  '1': 'LONG',
  '+1': 'LONG',
  SHORT: 'SHORT',
  SELL: 'SHORT',
  DOWN: 'SHORT',
  '-1': 'SHORT',
  FLAT: 'FLAT',
  '0': 'FLAT',
};

export const AlphaEvent = Type.Object(
  {
    v: version,
    event_id: name,
    ts: instant,
    agent: name,
    run_id: orNull(name),
    symbol: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._/:-]{0,63}$',
      description: 'letters, digits and . _ / : -, at most 64, e.g. BTC/USDT',
    }),
    market,
    direction: oneOf(DIRECTIONS),
    score_final: orNull(Type.Number()),
    confidence: orNull(Type.Number()),
    regime: name,
    strategy_class: Type.Optional(name),
    expected_pnl_bps: Type.Optional(Type.Number()),
    meta: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false, title: 'Alpha event' },
);
export type AlphaEvent = Static<typeof AlphaEvent>;

export interface EventDefaults {
  /** Market of events that name none and whose symbol does not tell it. */
  readonly market?: AlphaEvent['market'];
}

const OWN_KEYS = new Set(Object.keys(AlphaEvent.properties));

/**
 * Normalises one event from outside: the present shape, or the older one without `v`, `event_id` and `market`.
 * Keys that are not fields of an event are kept under `meta`. Without an id of its own the event gets the SHA-256
 * of its canonical text, so the same signal always has the same id.
 *
 * @returns the event, or every problem found.
 */
export function parseAlphaEvent(
  raw: unknown,
  defaults: EventDefaults = {},
): Result<AlphaEvent, readonly Problem[]> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return err([
      { path: '', message: `expected a JSON object with ts, agent, symbol, direction; found ${shown(raw)}` },
    ]);
  }
  const unfit = problemInJson(raw);
  if (unfit !== null) return err([unfit]);
  const given = raw as Record<string, unknown>;
  const problems: Problem[] = [];
  const ts = parseInstant(given['ts']);
  if (!ts.ok) problems.push({ path: 'ts', message: given['ts'] === undefined ? 'is missing' : ts.error });
  const direction = directionOf(given['direction'], problems);
  const marketOf = marketFrom(given, defaults, problems);
  const fields = {
    ts: ts.ok ? isoFromMs(ts.value) : '',
    agent: given['agent'],
    run_id: given['run_id'] ?? null,
    symbol: typeof given['symbol'] === 'string' ? given['symbol'].trim() : given['symbol'],
    market: marketOf,
    direction,
    score_final: given['score_final'] ?? null,
    confidence: given['confidence'] ?? null,
    regime: given['regime'] ?? 'unknown',
    ...definedOf(given, ['strategy_class', 'expected_pnl_bps']),
    ...metaOf(given),
  };
  const event = {
    v: given['v'] ?? 1,
    event_id: given['event_id'] ?? sha256Hex(canonicalJson(fields)),
    ...fields,
  };
  const checked = validate(AlphaEvent, event);
  if (!checked.ok) {
    const named = new Set(problems.map((problem) => problem.path));
    problems.push(...checked.error.filter((problem) => !named.has(problem.path)));
  }
  return checked.ok && problems.length === 0 ? ok(checked.value) : err(problems);
}

/**
 * Returns the SHA-256 of what an event says: everything but its id and the version of its shape. Two events with one id and
 * different digests are in conflict. An id that was left out is this digest.
 */
export function contentSha256(event: AlphaEvent): string {
  const { v: _version, event_id: _id, ...content } = event;
  return sha256Hex(canonicalJson(content));
}

/** Returns the event as its line on disk (without the newline), keys in schema order. */
export function eventLine(event: AlphaEvent): string {
  const ordered: Record<string, unknown> = {};
  for (const key of OWN_KEYS) {
    const value = event[key as keyof AlphaEvent];
    if (value !== undefined) ordered[key] = value;
  }
  return JSON.stringify(ordered);
}

function directionOf(value: unknown, problems: Problem[]): Direction {
  const word =
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim().toUpperCase() : '';
  const direction = DIRECTION_ALIASES[word];
  if (direction !== undefined) return direction;
  const close = nearest(
    word,
    Object.keys(DIRECTION_ALIASES).filter((alias) => alias.length > 2),
  );
  problems.push({
    path: 'direction',
    message:
      value === undefined
        ? 'is missing; expected LONG, SHORT or FLAT'
        : `${shown(value)} is not a direction; expected LONG, SHORT or FLAT (also BUY, SELL, UP, DOWN, 1, -1)` +
          (close === null ? '' : `; did you mean ${close}?`),
  });
  return 'FLAT';
}

/**
 * The older shape has no market: a settlement part means perpetual, a slash spot. What else a symbol may mean is the
 * caller's default to say; without one, up to five capital letters are an equity.
 */
function marketFrom(given: Record<string, unknown>, defaults: EventDefaults, problems: Problem[]): unknown {
  if (given['market'] !== undefined && given['market'] !== null) return given['market'];
  if (typeof given['symbol'] !== 'string') return 'spot';
  const symbol = given['symbol'].trim();
  if (/^[^/]+\/[^:]+:.+$/.test(symbol)) return 'perp';
  if (symbol.includes('/')) return 'spot';
  if (defaults.market !== undefined) return defaults.market;
  if (/^[A-Z]{1,5}(\.[A-Z])?$/.test(symbol)) return 'equity';
  const message = `is missing, and ${shown(symbol)} does not tell it; expected spot | perp | equity`;
  problems.push({ path: 'market', message });
  return 'spot';
}

function definedOf(given: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const key of keys) {
    if (given[key] !== undefined && given[key] !== null) found[key] = given[key];
  }
  return found;
}

function metaOf(given: Record<string, unknown>): Record<string, unknown> {
  const extra = Object.entries(given).filter(([key]) => !OWN_KEYS.has(key));
  const own = given['meta'];
  if (own !== undefined && own !== null && (typeof own !== 'object' || Array.isArray(own)))
    return { meta: own };
  const meta = { ...(own ?? {}), ...Object.fromEntries(extra) };
  return Object.keys(meta).length === 0 ? {} : { meta };
}

/** Returns the key of an event's stream of overlapping labels: one agent on one instrument. */
export function streamKey(event: Pick<AlphaEvent, 'agent' | 'symbol' | 'market'>): string {
  return `${event.market} ${symbolKey(event.symbol)} ${event.agent}`;
}

/** A key that was kept under `meta` although it looks like a field that the event lacks. */
export interface Lookalike {
  readonly key: string;
  readonly field: string;
}

/**
 * Returns the keys under `meta` that are spelled almost as a field this event lacks (`scoreFinal`, `score`, `confidense`).
 * They are legitimate, but more often a mistake nobody would notice: a model then lacks the feature.
 */
export function lookalikeKeys(event: AlphaEvent): Lookalike[] {
  const missing = [...OWN_KEYS].filter((field) => (event[field as keyof AlphaEvent] ?? null) === null);
  return Object.keys(event.meta ?? {}).flatMap((key) => {
    const field = missing.find((each) => looksLike(key, each));
    return field === undefined ? [] : [{ key, field }];
  });
}

function looksLike(key: string, field: string): boolean {
  const [given, known] = [key, field].map((text) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  if (given === undefined || known === undefined || given.length < 4) return false;
  return leven(given, known, { maxDistance: 2 }) < 2 || field.startsWith(`${key.toLowerCase()}_`);
}
