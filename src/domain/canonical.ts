// One text for one value: RFC 8785 canonical JSON and its SHA-256, the source of every content-derived id.

import { createHash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import { assert } from './assert.ts';

/** Returns the RFC 8785 (JSON Canonicalization Scheme) text of a JSON value. */
export function canonicalJson(value: unknown): string {
  assert(value !== undefined && typeof value !== 'function', 'only a JSON value has a canonical text');
  return canonicalize(value);
}

/** Returns the SHA-256 of `text` in UTF-8, as 64 lower-case hex digits. */
export function sha256Hex(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Returns the digest that a record carries of all its other fields: the SHA-256 of its canonical text without `content_sha256`. */
export function recordDigest(record: object): string {
  return sha256Hex(canonicalJson({ ...record, content_sha256: undefined }));
}
