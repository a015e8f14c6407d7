// What an answer of the venue says of the request, or that nobody knows: pure, and without a word that could open an account.

import type { UnknownCause } from '../../../domain/venue.ts';
import { readJsonText } from '../json-text.ts';
import { readEnvelope, TEXT_CHARS_MAX } from './codec-envelope.ts';
import { fieldIn, isObject } from './fields.ts';
import type { HttpOutcome } from './http-exchange.ts';
import type { RestCall, RestReply } from './rest-call.ts';
import type { ApiCredentials, Secret } from './secret.ts';

/** Longer than any id of an order: a key, a signature or a listen key. */
const SECRET_LIKE = /[A-Za-z0-9_-]{41,}/g;
const HIDDEN = '***';

export function replyFrom(
  call: RestCall,
  outcome: Exclude<HttpOutcome, { kind: 'not_left' }>,
  { apiKey, apiSecret }: ApiCredentials,
): RestReply {
  const unknown = (cause: UnknownCause, text: string): RestReply => ({
    kind: 'unknown',
    cause,
    text: `${named(call)}: ${text}`,
  });
  if (outcome.kind === 'lost') return unknown(outcome.cause, outcome.text);
  const { status, body } = outcome;
  if (status >= 500) return unknown('SERVER', `HTTP ${status}`);
  const isFine = status >= 200 && status < 300;
  // Of all answers only those of a listen key may say nothing.
  if (isFine && call.group === 'listen_key' && body.trim() === '') return { kind: 'data', data: null };
  const read = readJsonText(body);
  const envelope = read.ok ? readEnvelope(read.value) : null;
  if (envelope?.kind === 'error') {
    return { kind: 'error', code: envelope.code, text: withoutSecrets(envelope.text, [apiKey, apiSecret]) };
  }
  if (isFine && envelope?.kind === 'data') return { kind: 'data', data: envelope.data };
  // Success and failure at once.
  const isContradiction = read.ok && isObject(read.value) && fieldIn(read.value, 'code') !== undefined;
  if (isFine || isContradiction || status < 200) return unknown('UNREADABLE', 'the answer cannot be read');
  return { kind: 'error', code: status, text: `${named(call)}: HTTP ${status}${hintOf(status)}` };
}

/** A venue may repeat what it was sent, and its words are cut after a while: in the middle of a secret, it may be. */
function withoutSecrets(text: string, secrets: readonly Secret[]): string {
  let told = text.length < TEXT_CHARS_MAX ? text : text.replace(/[\w-]+$/, HIDDEN);
  for (const secret of secrets) if (secret.reveal() !== '') told = told.replaceAll(secret.reveal(), HIDDEN);
  return told.replace(SECRET_LIKE, HIDDEN);
}

/** Method and path: what a text may say of a request. */
export function named({ method, path }: RestCall): string {
  return `${method} ${path}`;
}

function hintOf(status: number): string {
  return status === 403
    ? ", from the venue's firewall: it minds the request, or where it comes from; a key may be bound to another address"
    : '';
}
