// The venue's REST interface as the adapter uses it: signed at the moment of leaving, within the budget, and honest about what may have left.

import type { Random } from '../../../domain/random.ts';
import type { UnknownCause } from '../../../domain/venue.ts';
import type { Timers } from '../../../ports.ts';
import { readJsonText } from '../json-text.ts';
import { readEnvelope } from './codec-envelope.ts';
import { isClockSkew, isRateLimit, rejectCodeOf, unblockAtMs } from './codes.ts';
import { Hosts } from './hosts.ts';
import { HttpExchange, type HttpOutcome } from './http-exchange.ts';
import { RequestBudget } from './limits.ts';
import { RequestQueue } from './request-queue.ts';
import type { LimitGroup, RestCall, RestClient, RestReply } from './rest-call.ts';
import type { ApiCredentials } from './secret.ts';
import { queryOf, signatureOf } from './sign.ts';

export interface RestClientConfig {
  /** Origins, the first preferred. */
  readonly urls: readonly string[];
  readonly credentials: ApiCredentials;
  readonly timers: Timers;
  /** For the spread of waits. */
  readonly random: Random;
  /** How long an answer is waited for. */
  readonly timeoutMs?: number;
  /** How many times the published limits; above 1 only for an exchange of one's own. */
  readonly limitMultiplier?: number;
}

/** How far the time of signing may be from the venue's: what it documents as the most. */
const RECV_WINDOW_MS = 5_000;
const TIMEOUT_MS = 8_000;
const TIME_PATH = '/openApi/swap/v2/server/time';
/** A question is asked so often at most. */
const ATTEMPTS_MAX = 3;
const SERVER_RETRY_MS = 250;
const BACK_OFF_MS = 1_000;
const BACK_OFF_MAX_MS = 300_000;
/** What a client that was shut out waits, where the venue does not say how long. */
const SHUT_OUT_MS = 300_000;

export function restClient(config: RestClientConfig): RestClient {
  return new Client(config);
}

/** An answer as far as it is understood, and what else it says. */
type Understood = { readonly reply: RestReply; readonly status: number };

class Client implements RestClient {
  private readonly config: RestClientConfig;
  private readonly timers: Timers;
  private readonly hosts: Hosts;
  private readonly http: HttpExchange;
  private readonly queue: RequestQueue;
  private readonly refusals = new Map<LimitGroup, number>();
  private offsetMs = 0;
  private calls = 0;

  constructor(config: RestClientConfig) {
    this.config = config;
    this.timers = config.timers;
    this.hosts = new Hosts(config.urls);
    this.http = new HttpExchange(config.timers, config.timeoutMs ?? TIMEOUT_MS);
    this.queue = new RequestQueue(config.timers, new RequestBudget(config.limitMultiplier));
  }

  clockOffsetMs(): number {
    return this.offsetMs;
  }

  inFlight(): number {
    return this.calls;
  }

  close(): void {
    this.queue.close();
    this.http.close();
  }

  async call(call: RestCall): Promise<RestReply> {
    const signable = queryOf(call.params);
    if (!signable.ok) return { kind: 'not_sent', cause: 'unsignable', text: signable.error };
    this.calls += 1;
    try {
      return await this.attempts(call);
    } finally {
      this.calls -= 1;
    }
  }

  async measureClock(): Promise<{ readonly offsetMs: number } | { readonly problem: string }> {
    const reply = await this.call({
      method: 'GET',
      path: TIME_PATH,
      params: {},
      access: 'public',
      group: 'market',
      priority: 'exit',
      repeat: 'never',
      patienceMs: 10_000,
    });
    if (reply.kind !== 'data') return { problem: `the venue's time is not known: ${reply.text}` };
    return this.measured ?? { problem: `the venue's time is not known: ${TIME_PATH} has no serverTime` };
  }

  private measured: { readonly offsetMs: number } | null = null;

  private async attempts(call: RestCall): Promise<RestReply> {
    const deadlineMs = this.timers.nowMs() + call.patienceMs;
    /** What an attempt that may have left ended as: from then on nothing but an answer says what came of the request. */
    let lost: RestReply | null = null;
    for (let attempt = 1; ; attempt += 1) {
      const turn = await this.queue.turn({
        group: call.group,
        priority: call.priority,
        spacingKey: attempt === 1 ? (call.spacingKey ?? null) : null,
        patienceMs: Math.max(0, deadlineMs - this.timers.nowMs()),
      });
      if (turn !== 'go') return lost ?? noTurn(call, turn);
      const url = this.hosts.preferred(this.timers.nowMs());
      const outcome = await this.send(url, call);
      if (outcome.kind === 'not_left') {
        this.hosts.failed(url, this.timers.nowMs());
        if (attempt < ATTEMPTS_MAX && this.hosts.hasOther(url)) continue;
        return lost ?? { kind: 'not_sent', cause: 'no_connection', text: `${named(call)}: ${outcome.text}` };
      }
      const { reply, status } = this.understood(call, outcome);
      if (outcome.kind === 'lost' && outcome.cause === 'CONNECTION')
        this.hosts.failed(url, this.timers.nowMs());
      if (outcome.kind === 'answer') this.hosts.answered(url);
      const isRefused = await this.heed(call, reply, status);
      const isAgain = attempt < ATTEMPTS_MAX && this.isRepeated(call, reply, outcome, isRefused);
      if (reply.kind === 'unknown') lost ??= reply;
      if (isAgain) {
        if (reply.kind === 'unknown' && reply.cause === 'SERVER')
          await this.wait(SERVER_RETRY_MS * 2 ** attempt);
        continue;
      }
      return afterLoss(call, lost, reply);
    }
  }

  private async send(url: string, call: RestCall): Promise<HttpOutcome> {
    const { apiKey, apiSecret } = this.config.credentials;
    const sentAtMs = this.timers.nowMs();
    const isSigned = call.access === 'signed';
    const stamped = isSigned
      ? { ...call.params, recvWindow: String(RECV_WINDOW_MS), timestamp: String(sentAtMs + this.offsetMs) }
      : call.params;
    const query = queryOf(stamped);
    if (!query.ok) return { kind: 'not_left', text: query.error };
    const { canonical, encoded } = query.value;
    const signed = isSigned ? `${encoded}&signature=${signatureOf(canonical, apiSecret)}` : encoded;
    const outcome = await this.http.ask({
      method: call.method,
      url: `${url}${call.path}${signed === '' ? '' : `?${signed}`}`,
      headers: call.access === 'public' ? {} : { 'X-BX-APIKEY': apiKey.reveal() },
    });
    if (call.path === TIME_PATH && outcome.kind === 'answer') this.compare(outcome.body, sentAtMs);
    return outcome;
  }

  /** Takes the middle between asking and hearing as the moment that the venue's time was read. */
  private compare(body: string, sentAtMs: number): void {
    const serverTime = /"serverTime"\s*:\s*"?(\d{13})\b/.exec(body)?.[1];
    this.measured = null;
    if (serverTime === undefined) return;
    this.offsetMs = Math.round(Number(serverTime) - (sentAtMs + this.timers.nowMs()) / 2);
    this.measured = { offsetMs: this.offsetMs };
  }

  private understood(call: RestCall, outcome: Exclude<HttpOutcome, { kind: 'not_left' }>): Understood {
    const unknown = (cause: UnknownCause, text: string, status: number): Understood => ({
      reply: { kind: 'unknown', cause, text: `${named(call)}: ${text}` },
      status,
    });
    if (outcome.kind === 'lost') return unknown(outcome.cause, outcome.text, 0);
    const { status, body } = outcome;
    if (status >= 500) return unknown('SERVER', `HTTP ${status}`, status);
    if (body.trim() === '') {
      if (status < 300) return { reply: { kind: 'data', data: null }, status };
      return { reply: { kind: 'error', code: status, text: `${named(call)}: HTTP ${status}` }, status };
    }
    const read = readJsonText(body);
    const envelope = read.ok
      ? readEnvelope(read.value)
      : ({ kind: 'unreadable', problem: read.error } as const);
    if (envelope.kind === 'error') return { reply: envelope, status };
    if (status >= 300)
      return { reply: { kind: 'error', code: status, text: `${named(call)}: HTTP ${status}` }, status };
    if (envelope.kind === 'data') return { reply: { kind: 'data', data: envelope.data }, status };
    return unknown('UNREADABLE', 'the answer cannot be read', status);
  }

  /** Does what a refusal of the venue asks for, and returns whether it is one of time or of rate. */
  private async heed(call: RestCall, reply: RestReply, status: number): Promise<boolean> {
    const nowMs = this.timers.nowMs();
    if (reply.kind !== 'error') {
      if (reply.kind === 'data') this.refusals.delete(call.group);
      return false;
    }
    if (status === 418 || status === 403) {
      this.queue.block('all', nowMs + SHUT_OUT_MS);
      return false;
    }
    if (status === 429 || isRateLimit(reply.code)) {
      // The venue names the instant by its own clock.
      const namedMs = unblockAtMs(reply.text);
      const untilMs = namedMs === null ? nowMs + this.backOffMs(call.group) : namedMs - this.offsetMs;
      this.queue.block(call.group, untilMs);
      return true;
    }
    if (!isClockSkew(reply.code, reply.text)) return false;
    if (call.path !== TIME_PATH) await this.measureClock();
    return true;
  }

  private backOffMs(group: LimitGroup): number {
    const times = this.refusals.get(group) ?? 0;
    this.refusals.set(group, times + 1);
    const longest = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** times);
    return longest * (0.5 + this.config.random.uniform() / 2);
  }

  private isRepeated(call: RestCall, reply: RestReply, outcome: HttpOutcome, isRefused: boolean): boolean {
    if (call.repeat === 'freely') return reply.kind === 'unknown' || isRefused;
    if (call.repeat === 'never' || outcome.kind !== 'lost') return false;
    return outcome.cause === 'CONNECTION' && this.config.urls.length > 1;
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.timers.after(ms * (0.5 + this.config.random.uniform() / 2), resolve);
    });
  }
}

function named({ method, path }: RestCall): string {
  return `${method} ${path}`;
}

function noTurn(call: RestCall, turn: 'no_turn' | 'closed'): RestReply {
  const text = turn === 'closed' ? 'the client is closed' : `no turn within ${call.patienceMs} ms`;
  return { kind: 'not_sent', cause: 'no_turn', text: `${named(call)}: ${text}` };
}

/**
 * What is known after an attempt that may have left and a later one that was answered. A question has its answer. A refusal of an order
 * says nothing of the attempt before, except that its id is taken.
 */
function afterLoss(call: RestCall, lost: RestReply | null, reply: RestReply): RestReply {
  if (lost === null || call.repeat === 'freely' || reply.kind === 'data') return reply;
  // The client order id was used before: by the attempt that was lost.
  const isTaken = reply.kind === 'error' && rejectCodeOf(reply.code, reply.text) === 'CLIENT_ID_REUSED';
  return isTaken ? reply : lost;
}
