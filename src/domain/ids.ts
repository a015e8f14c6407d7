// Names of things that trade, each of its own type; the ids of our orders are computed, so that the same decision always has the same id.

import { hash } from 'node:crypto';
import type { Brand } from './brand.ts';

/** As the venue spells it, `BTC-USDT`. */
export type SymbolName = Brand<string, 'SymbolName'>;
export type ClientOrderId = Brand<string, 'ClientOrderId'>;
export type VenueOrderId = Brand<string, 'VenueOrderId'>;
export type IntentId = Brand<string, 'IntentId'>;
export type TradeId = Brand<string, 'TradeId'>;
/** One start of one kernel; never used twice, so that ids of a run that was lost are never given again. */
export type RunId = Brand<string, 'RunId'>;
export type StrategyClass = Brand<string, 'StrategyClass'>;

const BODY_CHARS = 26;
const MARK_CHARS = 6;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** What an order's id is made of: each attempt of each role in each trade of each run has its own. */
export interface OrderIdentity {
  readonly runId: RunId;
  readonly slot: number;
  readonly tradeSeq: number;
  readonly role: 'entry' | 'exit';
  readonly attempt: number;
}

/**
 * Returns the id of an order, 32 characters of `[a-z2-7]`: 130 bits of SHA-256 of its identity, then a mark of `instance`, by which
 * an order that a lost journal has forgotten is still known as ours.
 */
export function clientOrderId(instance: string, identity: OrderIdentity): ClientOrderId {
  const { runId, slot, tradeSeq, role, attempt } = identity;
  const body = base32(fingerprint(`${runId}/${slot}/${tradeSeq}/${role}/${attempt}`), BODY_CHARS);
  return (body + markOf(instance, body)) as ClientOrderId;
}

/** Whether an id was made by {@link clientOrderId} for `instance`; by chance once in a thousand million. */
export function isOwnClientOrderId(instance: string, id: string): boolean {
  if (id.length !== BODY_CHARS + MARK_CHARS) return false;
  return id.slice(BODY_CHARS) === markOf(instance, id.slice(0, BODY_CHARS));
}

/** FNV-1a of instance and body: it tells ours from others', and keeps nobody from pretending. */
function markOf(instance: string, body: string): string {
  let mark = 0x811c9dc5;
  const text = `${instance}:${body}`;
  for (let at = 0; at < text.length; at += 1) mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193);
  mark ^= mark >>> 15;
  let letters = '';
  for (let at = 0; at < MARK_CHARS; at += 1) letters += ALPHABET.charAt((mark >>> (at * 5)) & 31);
  return letters;
}

/** The first characters of a digest, five bits each, the low bits of each byte first. */
function base32(bytes: Uint8Array, chars: number): string {
  let text = '';
  let [bits, held] = [0, 0];
  for (const byte of bytes) {
    bits |= byte << held;
    held += 8;
    while (held >= 5 && text.length < chars) {
      text += ALPHABET.charAt(bits & 31);
      bits >>>= 5;
      held -= 5;
    }
    if (text.length === chars) break;
  }
  return text;
}

function fingerprint(text: string): Uint8Array {
  return hash('sha256', text, 'buffer');
}
