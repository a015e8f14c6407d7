// One scan out of the JSON of somebody else's analysis: each part is believed or named, and the rest of it counts.

import { fieldOf } from '../../domain/field-of.ts';
import { problemInJson } from '../../domain/json-value.ts';
import { isPrice, symbolKey } from '../../domain/market.ts';
import { problemText, shown as shownJson } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { ACB_BOOST_FLOOR, POSTURE_DEFAULT, type Scan } from '../../domain/scan.ts';
import { type EpochMs, epochMs } from '../../domain/steps.ts';
import { parseInstant } from '../../domain/time.ts';
import { ageText } from './age-text.ts';

/** More assets than this are no universe that anybody trades; the rest of them is left out. */
export const ASSETS_MAX = 2_000;
/** The posture of a scan that names one which is no word: none that a policy knows. */
export const POSTURE_UNKNOWN = 'UNKNOWN';
/** Findings that one scan can carry; what is beyond them is counted. */
const PROBLEMS_MAX = 20;
const POSTURE_CHARS_MAX = 64;
/** How far the clock of a source may be ahead of ours before its instants mean nothing. */
const AHEAD_MAX_MS = 5_000;
/** At least one letter: an object would put names that are numbers before all others. */
const KEY = /^(?=.*[A-Z])[A-Z0-9]{2,40}$/;

export interface ScanReading {
  readonly receivedAtMs: EpochMs;
  /** A scan that is older than this when it comes is named so. */
  readonly staleAfterMs: number;
  /** What `acb_boost` is where the scan has none; of which nothing is known yet. */
  readonly boost?: unknown;
}

/** Lists and objects by their kind alone: writing out one that is nested a million deep would end in no answer at all. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : shownJson(value);
}

/** What is said of a scan while it is read. */
type Tell = (place: string, message: string) => void;

/**
 * Reads a payload, or a snapshot that carries one as `scan_payload` beside its own `symbol`, `price`, `timestamp`, `scan_number` and
 * `velocity_divergence`. What the payload lacks is taken from the snapshot.
 *
 * @returns the scan, or the sentence that says why it is none: it is no object, or has no number to be known by.
 */
export function scanFrom(
  value: unknown,
  { receivedAtMs, staleAfterMs, boost }: ScanReading,
): Result<Scan, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return err(`is ${shown(value)}; expected a JSON object with the fields of a scan`);
  const nested = fieldOf(value, 'scan_payload');
  const payload = typeof nested === 'object' && nested !== null && !Array.isArray(nested) ? nested : value;
  const parts = [payload, value];
  const scanNumber = firstOf(parts, ['scan_number']);
  if (typeof scanNumber !== 'number' || !Number.isSafeInteger(scanNumber) || scanNumber < 0)
    return err(`has scan_number ${shown(scanNumber)}; expected a whole number that grows with each scan`);

  const problems: string[] = [];
  let untold = 0;
  const tell: Tell = (place, message) => {
    if (problems.length < PROBLEMS_MAX) problems.push(`${place}: ${message}`);
    else untold += 1;
  };
  if (nested !== undefined && payload === value)
    tell('scan_payload', `is ${shown(nested)}; expected an object`);
  const scan = {
    scanNumber,
    scannedAtMs: scannedAt(firstOf(parts, ['timestamp']), receivedAtMs, staleAfterMs, tell),
    receivedAtMs,
    prices: pricesOf(payload, value, tell),
    anchor: keyOf(firstOf(parts, ['symbol'])),
    velDiv: numberOf('vel_div', firstOf(parts, ['vel_div', 'velocity_divergence']), tell),
    w50Velocity: numberOf('w50_velocity', fieldOf(payload, 'w50_velocity'), tell),
    w750Velocity: numberOf('w750_velocity', fieldOf(payload, 'w750_velocity'), tell),
    isVolOk: volOkOf(fieldOf(payload, 'vol_ok'), tell),
    posture: postureOf(fieldOf(payload, 'posture'), tell),
    acbBoost: boostOf(fieldOf(payload, 'acb_boost') ?? boost, tell),
    exf: passedOn('exf_snapshot', fieldOf(payload, 'exf_snapshot'), tell),
    esof: passedOn('esof_payload', fieldOf(payload, 'esof_payload'), tell),
  };
  if (untold > 0) problems.push(`and ${untold} more`);
  return ok({ ...scan, problems });
}

/** The first field that is there and not null: each part is asked for each name in turn. */
function firstOf(parts: readonly object[], names: readonly string[]): unknown {
  for (const part of parts)
    for (const name of names) {
      const found = fieldOf(part, name);
      if (found !== undefined && found !== null) return found;
    }
  return undefined;
}

function scannedAt(value: unknown, receivedAtMs: EpochMs, staleAfterMs: number, tell: Tell): EpochMs {
  if (value === undefined) {
    tell('timestamp', 'is missing; taken as made when it came');
    return receivedAtMs;
  }
  const read = parseInstant(value);
  if (!read.ok) {
    tell('timestamp', `${read.error}; taken as made when it came`);
    return receivedAtMs;
  }
  const ageMs = receivedAtMs - read.value;
  if (ageMs < -AHEAD_MAX_MS)
    tell('timestamp', `is ${ageText(-ageMs)} ahead of this clock; taken as made when it came`);
  if (ageMs > staleAfterMs) tell('timestamp', `the scan is ${ageText(ageMs)} old`);
  return epochMs(Math.min(read.value, receivedAtMs));
}

/** Prices by key, in the order of the scan; those of an asset that stands twice with two prices are neither believed. */
function pricesOf(payload: object, snapshot: object, tell: Tell): Readonly<Record<string, number>> {
  const prices = new Map<string, number>();
  const [assets, values] = [fieldOf(payload, 'assets'), fieldOf(payload, 'asset_prices')];
  if (Array.isArray(assets) && Array.isArray(values)) zip(assets, values, prices, tell);
  else if (assets !== undefined || values !== undefined)
    tell('assets, asset_prices', `are ${shown(assets)} and ${shown(values)}; expected two lists`);
  if (prices.size === 0) {
    const key = keyOf(fieldOf(snapshot, 'symbol'));
    const price = fieldOf(snapshot, 'price');
    if (key !== null && isPrice(price)) prices.set(key, price);
    else tell('asset_prices', 'no price at all');
  }
  return Object.fromEntries(prices);
}

function zip(
  assets: readonly unknown[],
  values: readonly unknown[],
  into: Map<string, number>,
  tell: Tell,
): void {
  if (assets.length !== values.length)
    tell('asset_prices', `has ${values.length} prices for ${assets.length} assets; only pairs are taken`);
  const pairs = Math.min(assets.length, values.length);
  if (pairs > ASSETS_MAX) tell('assets', `names ${pairs} assets; only the first ${ASSETS_MAX} are taken`);
  const contradicted = new Set<string>();
  for (let at = 0; at < Math.min(pairs, ASSETS_MAX); at += 1) {
    const key = keyOf(assets[at]);
    const price = values[at];
    if (key === null) tell(`assets.${at}`, `is ${shown(assets[at])}; expected a symbol such as BTCUSDT`);
    else if (!isPrice(price))
      tell(`asset_prices.${at}`, `${key} has ${shown(price)}; expected a finite number above 0`);
    else if (into.has(key) && into.get(key) !== price) contradicted.add(key);
    else into.set(key, price);
  }
  for (const key of contradicted) {
    into.delete(key);
    tell('assets', `${key} stands twice with two prices; neither is taken`);
  }
}

function keyOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 100) return null;
  const key = symbolKey(value);
  return KEY.test(key) ? key : null;
}

function numberOf(name: string, value: unknown, tell: Tell): number | null {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  tell(name, value === undefined ? 'is missing' : `is ${shown(value)}; expected a finite number`);
  return null;
}

/** What is no word on volatility is no word that there is enough of it. */
function volOkOf(value: unknown, tell: Tell): boolean {
  if (value === undefined) return true;
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  tell('vol_ok', `is ${shown(value)}; expected true or false, and taken as false`);
  return false;
}

function postureOf(value: unknown, tell: Tell): string {
  if (value === undefined || value === null || value === '') return POSTURE_DEFAULT;
  const text = typeof value === 'string' ? value.trim() : '';
  if (text !== '' && text.length <= POSTURE_CHARS_MAX && !/\p{Cc}/u.test(text)) return text;
  tell('posture', `is ${shown(value)}; expected a word of at most ${POSTURE_CHARS_MAX} characters`);
  return POSTURE_UNKNOWN;
}

/** Reads `{"boost":1.2}`, that as JSON text, or the number alone. */
function boostOf(value: unknown, tell: Tell): number | null {
  if (value === undefined || value === null) return null;
  const read = typeof value === 'string' ? parsed(value) : value;
  const boost = typeof read === 'number' ? read : fieldOf(read, 'boost');
  if (typeof boost === 'number' && Number.isFinite(boost)) return Math.max(ACB_BOOST_FLOOR, boost);
  // An empty object names none, as producers write it.
  if (typeof read === 'object' && read !== null && Object.keys(read).length === 0) return null;
  tell('acb_boost', `is ${shown(value)}; expected an object with a finite boost`);
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Payloads of others, as far as they are plain JSON. */
function passedOn(name: string, value: unknown, tell: Tell): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) {
    tell(name, `is ${shown(value)}; expected an object`);
    return null;
  }
  const problem = problemInJson(value);
  if (problem === null) return value;
  tell(name, `${problemText(problem)}; it is left out`);
  return null;
}
