// The venue's codes, of both generations, as what they mean for whoever asked. Where one code means several things, its text decides.

import type { RejectCode } from '../../../domain/venue.ts';

const MEANINGS: ReadonlyMap<number, RejectCode> = new Map<number, RejectCode>([
  [101215, 'POST_ONLY_CROSSED'],
  [101290, 'REDUCE_ONLY'],
  [110203, 'REDUCE_ONLY'],
  [101205, 'NO_POSITION'],
  [109420, 'NO_POSITION'],
  [80017, 'NO_POSITION'],
  [109421, 'ORDER_UNKNOWN'],
  [80016, 'ORDER_UNKNOWN'],
  [109422, 'ORDER_FINAL'],
  [80018, 'ORDER_FINAL'],
  [101481, 'CLIENT_ID_REUSED'],
  [109201, 'CLIENT_ID_REUSED'],
  [101211, 'PRICE_BAND'],
  [110402, 'PRICE_BAND'],
  [101460, 'PRICE_BAND'],
  [101461, 'PRICE_BAND'],
  [101204, 'MARGIN'],
  [101206, 'MARGIN'],
  [101212, 'MARGIN'],
  [101253, 'MARGIN'],
  [110424, 'MARGIN'],
  [80001, 'MARGIN'],
  [100202, 'MARGIN'],
  [101202, 'MIN_SIZE'],
  [101400, 'MIN_SIZE'],
  [110422, 'MIN_SIZE'],
  [101485, 'MIN_SIZE'],
  [101214, 'FUNDING_WINDOW'],
  [100410, 'RATE_LIMITED'],
  [109429, 'RATE_LIMITED'],
  [100409, 'RATE_LIMITED'],
  [429, 'RATE_LIMITED'],
  [418, 'RATE_LIMITED'],
  [100421, 'CLOCK_SKEW'],
  [109403, 'RISK_CONTROL'],
  [40029, 'RISK_CONTROL'],
  [80020, 'RISK_CONTROL'],
  [101415, 'SYMBOL_CLOSED'],
  [109415, 'SYMBOL_CLOSED'],
  [109417, 'SYMBOL_CLOSED'],
  [110280, 'SYMBOL_CLOSED'],
  [109425, 'SYMBOL_CLOSED'],
  [109423, 'BUSY'],
  [109424, 'BUSY'],
  [80019, 'BUSY'],
  [100500, 'BUSY'],
  [109500, 'BUSY'],
  [110500, 'BUSY'],
  [80012, 'BUSY'],
  [104103, 'MODE'],
  [109401, 'MODE'],
]);

/** How a server says that it failed: whoever says so may have taken the order all the same. */
const FAILED = /busy|time(d)?[ -]?out|try again|internal|unavailable|(system|server|service).*(error|fail)/i;

/** What a text says that its code does not: the first that fits wins. */
const TEXTS: readonly (readonly [number | null, RegExp, RejectCode])[] = [
  [null, /client\s*order\s*id.*(unique|repeat|duplicate|exist)/i, 'CLIENT_ID_REUSED'],
  [null, /timestamp/i, 'CLOCK_SKEW'],
  [80012, /margin|balance|insufficient/i, 'MARGIN'],
  [80001, FAILED, 'BUSY'],
  [null, /In the (One-way|Hedge) mode|positions? or pending orders|pending orders? or position/i, 'MODE'],
  [null, /nominal value|minimum/i, 'MIN_SIZE'],
  // The older code was used for orders and for positions.
  [109422, /position.*not exist/i, 'NO_POSITION'],
];

/** Codes whose text alone says what they mean. */
const BY_TEXT: ReadonlySet<number> = new Set([
  101400, 109400, 109414, 109422, 80001, 80012, 80014, 100400, 110400,
]);

export function rejectCodeOf(code: number, text: string): RejectCode {
  if (BY_TEXT.has(code))
    for (const [only, pattern, meaning] of TEXTS)
      if ((only === null || only === code) && pattern.test(text)) return meaning;
  const meaning = MEANINGS.get(code);
  if (meaning !== undefined) return meaning;
  const isFailure = code < 0 || (code >= 500 && code <= 599) || (!BY_TEXT.has(code) && FAILED.test(text));
  return isFailure ? 'BUSY' : 'OTHER';
}

/** Whether the time of signing was refused: nothing was done, and a new signature may be right. */
export function isClockSkew(code: number, text: string): boolean {
  return rejectCodeOf(code, text) === 'CLOCK_SKEW';
}

/** Whether the venue lets nothing through for a while. */
export function isRateLimit(code: number): boolean {
  return MEANINGS.get(code) === 'RATE_LIMITED';
}

/** Whether there is no such order in the view that was asked. */
export function isOrderUnknown(code: number, text: string): boolean {
  return rejectCodeOf(code, text) === 'ORDER_UNKNOWN';
}

/**
 * Whether a refusal of a new order leaves open what came of it: the venue failed or was busy somewhere on the way, and says so of orders
 * that it took as well. Whatever else it refuses, it has not done.
 */
export function isOutcomeOpen(code: number, text: string): boolean {
  return rejectCodeOf(code, text) === 'BUSY';
}

/** Returns the instant (epoch ms, of the venue's clock) after which the venue lets requests through again, where its text names one. */
export function unblockAtMs(text: string): number | null {
  const named = /(?:after(?:\s+time)?\s*:?\s*)(\d{13})\b/i.exec(text)?.[1];
  return named === undefined ? null : Number(named);
}
