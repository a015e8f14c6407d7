// The lines of a journal: a head, records, and seals, each closed by a checksum that goes on from the line before.
//
//   {"pink":1,"first":1,"hash":"0000000000000000","chain":"<64 hex>","config":{…},"c":"<8 hex>"}
//   {"n":1,"h":"9a0c…","e":{"kind":"START",…},"c":"<8 hex>"}
//   {"n":2,"poison":"<error>","e":{…},"c":"<8 hex>"}
//   {"seal":1,"sha256":"<64 hex>","c":"<8 hex>"}
//
// The CRC-32 of a line finds the record that was damaged. The seal closes a group, which is written and synced in one piece: its SHA-256
// covers every byte since the seal before, and that seal's own digest. One digest of a whole group costs 0.1 µs a record where one of
// each record would cost 2, and it is what tells a group that was meant to be durable from one that was cut off.

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What the first seal of a journal goes on from. */
export const FIRST_CHAIN = '0'.repeat(64);

/** `,"c":"xxxxxxxx"}`, at the end of each line. */
const CHECK_CHARS = 16;
const HASH_CHARS = 16;
const RECORD_START = '{"n":';
const HASH_START = ',"h":"';
const EVENT_START = '","e":';

const BYTES_HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** 32 bits as eight hex digits, from a table: each record has three of these, and `toString(16)` would be a fifth of all the work. */
function hex8(word: number): string {
  const [a, b] = [BYTES_HEX[word >>> 24], BYTES_HEX[(word >>> 16) & 0xff]];
  const [c, d] = [BYTES_HEX[(word >>> 8) & 0xff], BYTES_HEX[word & 0xff]];
  return `${a}${b}${c}${d}`;
}

/** The hash of a state as the journal writes it. */
export function hashOf(state: { readonly hashHigh: number; readonly hashLow: number }): string {
  return hex8(state.hashHigh) + hex8(state.hashLow);
}

/** A line that begins a segment. */
export interface Head {
  readonly first: number;
  readonly hash: string;
  readonly chain: string;
  /** The text of the configuration. */
  readonly config: string;
}

/** Closes `body`, which lacks its last brace. Returns the line with its line end, and the checksum to go on from. */
function closed(body: string, before: number): { readonly line: string; readonly check: number } {
  const check = crc32(body, before);
  return { line: `${body},"c":"${hex8(check)}"}\n`, check };
}

/** The first line of a segment. Its checksum begins the segment's. */
export function headLine({ first, hash, chain, config }: Head) {
  const body = `{"pink":1,"first":${first},"hash":"${hash}","chain":"${chain}","config":${config}`;
  return closed(body, 0);
}

/** An event that was applied. `hash`: of the state after it; `before`: the checksum of the line before. */
export function recordLine(seq: number, hash: string, event: string, before: number) {
  return closed(`{"n":${seq},"h":"${hash}","e":${event}`, before);
}

/** An event that the kernel failed at, and with what. */
export function poisonLine(seq: number, error: string, event: string, before: number) {
  return closed(`{"n":${seq},"poison":${JSON.stringify(error)},"e":${event}`, before);
}

/** The end of a group whose last record is `seq`. */
export function sealLine(seq: number, chain: string, before: number) {
  return closed(`{"seal":${seq},"sha256":"${chain}"`, before);
}

/** Returns the digest that a seal carries: of the seal before, and of every byte since. */
export function chainOf(before: string, ...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(before);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

export type JournalLine =
  | ({ readonly kind: 'head' } & Head)
  | { readonly kind: 'record'; readonly seq: number; readonly hash: string; readonly event: string }
  | { readonly kind: 'poison'; readonly seq: number; readonly error: string; readonly event: string }
  | { readonly kind: 'seal'; readonly seq: number; readonly chain: string };

const POISON = /^\{"n":(\d{1,16}),"poison":("(?:[^"\\]|\\.)*"),"e":/;
const SEAL = /^\{"seal":(\d{1,16}),"sha256":"([0-9a-f]{64})","c":"[0-9a-f]{8}"\}$/;
const HEAD = /^\{"pink":1,"first":(\d{1,16}),"hash":"([0-9a-f]{16})","chain":"([0-9a-f]{64})","config":/;

/** Reads one line without its line end; `null` where it is none of a journal. Checksums are the caller's. */
export function lineFrom(text: string): JournalLine | null {
  const record = recordFrom(text);
  if (record !== null) return record;
  const end = text.length - CHECK_CHARS;
  const seal = SEAL.exec(text);
  if (seal !== null) return { kind: 'seal', seq: Number(seal[1]), chain: seal[2] ?? '' };
  const poison = POISON.exec(text);
  if (poison !== null) {
    const [before, seq, error = '""'] = poison;
    const event = text.slice(before.length, end);
    return { kind: 'poison', seq: Number(seq), error: String(JSON.parse(error)), event };
  }
  const head = HEAD.exec(text);
  if (head === null) return null;
  const [before, first, hash = '', chain = ''] = head;
  return { kind: 'head', first: Number(first), hash, chain, config: text.slice(before.length, end) };
}

/** Nearly every line is a record, and only its number is of a length of its own. */
function recordFrom(text: string): Extract<JournalLine, { readonly kind: 'record' }> | null {
  const hashAt = text.indexOf(',', RECORD_START.length) + HASH_START.length;
  const eventAt = hashAt + HASH_CHARS + EVENT_START.length;
  if (!text.startsWith(RECORD_START) || !text.startsWith(HASH_START, hashAt - HASH_START.length)) return null;
  if (!text.startsWith(EVENT_START, hashAt + HASH_CHARS)) return null;
  return {
    kind: 'record',
    seq: Number(text.slice(RECORD_START.length, hashAt - HASH_START.length)),
    hash: text.slice(hashAt, hashAt + HASH_CHARS),
    event: text.slice(eventAt, text.length - CHECK_CHARS),
  };
}

/**
 * Returns the checksum of the line `[start, end)` of `bytes`, going on from the line before; `null` where the line is damaged, since it
 * carries another.
 */
export function checkOf(bytes: Buffer, start: number, end: number, before: number): number | null {
  const bodyEnd = end - CHECK_CHARS;
  if (bodyEnd <= start) return null;
  const check = crc32(bytes.subarray(start, bodyEnd), before);
  return bytes.toString('latin1', bodyEnd, end) === `,"c":"${hex8(check)}"}` ? check : null;
}
