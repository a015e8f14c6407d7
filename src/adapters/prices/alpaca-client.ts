// HTTP for Alpaca: two hosts, two key headers, bounded retries, and failures in words that never contain a key.

import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Clock, PriceFailure } from '../../ports.ts';
import { type Attempt, DEFAULT_RETRIES, type RetryPolicy, withRetries } from './retry.ts';

const TIMEOUT_MS = 15_000;

export interface AlpacaAccess {
  readonly keyId: string;
  readonly secretKey: string;
  /** Trading API, for the calendar; the paper host serves the same one. */
  readonly baseUrl: string;
  /** Market data API. */
  readonly dataUrl: string;
  readonly clock: Clock;
  readonly retries?: RetryPolicy;
  /** For one try, headers and body. */
  readonly timeoutMs?: number;
}

export interface AlpacaClient {
  /** Fetches one JSON document. `what` names it in messages; the answer is not checked. */
  get(
    host: 'base' | 'data',
    path: string,
    query: Readonly<Record<string, string>>,
    what: string,
  ): Promise<Result<unknown, PriceFailure>>;
  requestCount(): number;
}

/** Returns a client; keys leave only in headers, only to the two hosts, and never along a redirect. */
export function alpacaClient(access: AlpacaAccess): AlpacaClient {
  let requests = 0;
  return {
    async get(host, path, query, what) {
      const setting = host === 'base' ? 'APCA_API_BASE_URL' : 'APCA_API_DATA_URL';
      const url = addressOf(host === 'base' ? access.baseUrl : access.dataUrl, path, query);
      if (url === null) {
        const message = `${setting} is not usable; expected https://…, or http:// on this machine`;
        return err({ kind: 'not_configured', message });
      }
      return await withRetries(access.retries ?? DEFAULT_RETRIES, () => {
        requests += 1;
        return attempt(access, url, `Alpaca, ${what}`, setting);
      });
    },
    requestCount: () => requests,
  };
}

async function attempt(
  access: AlpacaAccess,
  url: URL,
  what: string,
  setting: string,
): Promise<Attempt<unknown, PriceFailure>> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, {
      headers: { 'APCA-API-KEY-ID': access.keyId, 'APCA-API-SECRET-KEY': access.secretKey },
      // fetch would carry the key headers to wherever a redirect points.
      redirect: 'manual',
      signal: AbortSignal.timeout(access.timeoutMs ?? TIMEOUT_MS),
    });
    body = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return transient(
      'unreachable',
      `${what}: no answer (${cause instanceof Error ? cause.message : 'unknown'})`,
    );
  }
  const said = `${what}: HTTP ${response.status}${saidBy(access, body)}`;
  const { status } = response;
  if (status === 429) return transient('unreachable', said, askedWaitMs(response.headers, access.clock));
  if (status >= 500) return transient('unreachable', said);
  if (status === 401 || status === 403) {
    const next =
      'check APCA_API_KEY_ID and APCA_API_SECRET_KEY, and that the plan includes prices.equity.feed';
    return { kind: 'final', error: { kind: 'not_configured', message: `${said}; ${next}` } };
  }
  if (status >= 300 && status < 400) {
    const message = `${said}; a redirect is not followed with keys: set ${setting} to the final address`;
    return { kind: 'final', error: { kind: 'not_configured', message } };
  }
  if (!response.ok) return { kind: 'final', error: refusal(status, said, body, setting) };
  const parsed = parsedJson(body);
  if (parsed.ok) return { kind: 'value', value: parsed.value };
  return transient('malformed', `${what}: the answer is not JSON; expected Alpaca's documented form`);
}

function transient(
  kind: PriceFailure['kind'],
  message: string,
  waitMs: number | null = null,
): Attempt<unknown, PriceFailure> {
  return { kind: 'transient', error: { kind, message }, askedWaitMs: waitMs };
}

/** A wrong path is also a 404: only words about the symbol make the symbol unknown, which is final for a run. */
function refusal(status: number, said: string, body: string, setting: string): PriceFailure {
  if (/symbol|asset/i.test(messageIn(body))) return { kind: 'unknown_symbol', message: said };
  if (status === 404) return { kind: 'not_configured', message: `${said}; check ${setting}` };
  return { kind: 'malformed', message: said };
}

/** Returns `null` where keys would leave this machine unencrypted, or the text is no address. */
function addressOf(base: string, path: string, query: Readonly<Record<string, string>>): URL | null {
  if (!URL.canParse(base)) return null;
  const url = new URL(base);
  const isLocal = url.protocol === 'http:' && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !isLocal) return null;
  // The documented base addresses come with and without the version, as https://paper-api.alpaca.markets/v2.
  url.pathname = `${url.pathname.replace(/\/(v2\/?)?$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** `Retry-After` in seconds or as a date, else `X-RateLimit-Reset` in epoch seconds. */
function askedWaitMs(headers: Headers, clock: Clock): number | null {
  const retryAfter = headers.get('retry-after')?.trim();
  const reset = headers.get('x-ratelimit-reset')?.trim();
  let waitMs = Number.NaN;
  if (retryAfter) {
    waitMs = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - clock.nowMs();
  } else if (reset && /^\d+$/.test(reset)) {
    waitMs = Number(reset) * 1000 - clock.nowMs();
  }
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : null;
}

function saidBy(access: AlpacaAccess, body: string): string {
  const message = messageIn(body).replaceAll(access.keyId, '…').replaceAll(access.secretKey, '…');
  return message === '' ? '' : ` ${shown(message)}`;
}

/** The `message` of Alpaca's error document, or nothing where the body is none. */
function messageIn(body: string): string {
  const parsed = parsedJson(body);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) return '';
  return 'message' in parsed.value && typeof parsed.value.message === 'string' ? parsed.value.message : '';
}

function parsedJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return err(error instanceof Error ? error.message : 'not JSON');
  }
}
