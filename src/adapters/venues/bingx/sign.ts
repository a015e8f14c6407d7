// How a request is signed: HMAC-SHA256, in hex, of the raw parameters in the order of their names.

import { createHmac } from 'node:crypto';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { Secret } from './secret.ts';

/** What the venue would read as the end of a value, control characters, and halves of characters: no value of ours holds any. */
const UNSIGNABLE = /[&=?#\p{Cc}\p{Cs}]/u;

/** Names are sent as they are, since the venue has encoded values only. */
const NAME = /^\w+$/;

/** A query as it is signed, and as it is sent. */
interface Query {
  /** `name=value&…` with raw values, sorted by name in the order of ASCII. */
  readonly canonical: string;
  /** The same with encoded values. */
  readonly encoded: string;
}

/**
 * Returns the query of `params` without those that are `undefined`, or the sentence that says which one cannot be signed: its text is not
 * repeated there, since it may be a secret.
 */
export function queryOf(params: Readonly<Record<string, string | undefined>>): Result<Query, string> {
  const pairs: (readonly [string, string])[] = [];
  for (const name of Object.keys(params).sort()) {
    const value = params[name];
    if (value === undefined) continue;
    if (!NAME.test(name)) return err(`${JSON.stringify(name)} is no name of a parameter`);
    if (UNSIGNABLE.test(value))
      return err(
        `the value of ${JSON.stringify(name)} has a character that cannot be signed: & = ? # or a control character`,
      );
    pairs.push([name, value]);
  }
  return ok({
    canonical: pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    encoded: pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'),
  });
}

/** Returns the signature of a canonical query: 64 digits of lower-case hex. */
export function signatureOf(canonical: string, secret: Secret): string {
  return createHmac('sha256', secret.reveal()).update(canonical).digest('hex');
}
