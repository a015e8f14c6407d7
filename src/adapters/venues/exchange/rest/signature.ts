// Who calls, checked as the venue checks it: the key, the signature, and the time of signing.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccountRoute, ApiAnswer } from '../api.ts';
import { apiError } from '../api.ts';
import type { ApiKey, ExchangeWorld } from '../world.ts';
import type { ApiRequest } from './api-request.ts';

/** Returns whose call it is and when it was signed, or what the venue answers to one that it does not believe. */
export function callerOf(
  { keys, model }: ExchangeWorld,
  request: ApiRequest,
  access: AccountRoute['access'],
): { readonly caller: ApiKey; readonly signedAtMs: number } | { readonly refusal: ApiAnswer } {
  const { apiKey, signature, params } = request;
  const caller = apiKey === null ? undefined : keys.get(apiKey);
  if (caller === undefined) return { refusal: apiError(100413, 'Incorrect apiKey') };
  if (access === 'key' && signature === null) return { caller, signedAtMs: model.nowMs };
  if (signature === null) return { refusal: apiError(100412, 'Null signature') };
  if (!isSignedBy(caller, signature, request.signedTexts))
    return { refusal: apiError(100001, 'Signature verification failed due to signature mismatch') };
  const signedAtMs = wholeOf(params.get('timestamp'));
  const windowMs = windowOf(params.get('recvWindow'), model.config.recvWindowMs);
  if (Number.isNaN(signedAtMs) || Math.abs(model.nowMs - signedAtMs) > windowMs)
    return { refusal: apiError(100421, 'Null timestamp or timestamp mismatch') };
  return { caller, signedAtMs };
}

function windowOf(asked: string | undefined, mostMs: number): number {
  const given = wholeOf(asked);
  return given > 0 ? Math.min(given, mostMs) : mostMs;
}

function wholeOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

function isSignedBy({ secret }: ApiKey, signature: string, texts: readonly string[]): boolean {
  const given = Buffer.from(signature.toLowerCase(), 'utf8');
  return texts.some((text) => {
    const expected = Buffer.from(createHmac('sha256', secret).update(text).digest('hex'), 'utf8');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
