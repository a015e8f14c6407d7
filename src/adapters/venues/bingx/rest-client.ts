// The venue's REST interface as the adapter uses it: signed at the moment of leaving, within the budget, and honest about what may have left.

import type { Random } from '../../../domain/random.ts';
import type { Timers } from '../../../ports.ts';
import { isClockSkew, isOutcomeOpen, isRateLimit, rejectCodeOf, unblockAtMs } from './codes.ts';
import { isObject, textIn } from './fields.ts';
import { Hosts } from './hosts.ts';
import { HttpExchange, type HttpOutcome } from './http-exchange.ts';
import { RequestBudget } from './limits.ts';
import { RequestQueue } from './request-queue.ts';
import type { LimitGroup, RestCall, RestClient, RestReply } from './rest-call.ts';
import { named, replyFrom } from './rest-reply.ts';
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
const TIME_CALL: RestCall = {
  method: 'GET',
  path: '/openApi/swap/v2/server/time',
  params: {},
  access: 'public',
  group: 'market',
  priority: 'exit',
  repeat: 'freely',
  patienceMs: 10_000,
};
/** The venue's time is asked for so often at most, and not again once the way there and back was short. */
const CLOCK_SAMPLES_MAX = 3;
const SHORT_TRIP_MS = 250;
/** Further apart one of the two clocks is wrong altogether, and no list could be asked for by time. */
const OFFSET_MAX_MS = 86_400_000;
/** A question is asked so often at most. */
const ATTEMPTS_MAX = 3;
const SERVER_RETRY_MS = 250;
const BACK_OFF_MS = 1_000;
const BACK_OFF_MAX_MS = 300_000;
/** What a client that was shut out waits, where the venue does not say how long. */
const SHUT_OUT_MS = 300_000;
/** No text of the venue holds a request back for longer, an exit perhaps: a little more than any block that it is known for. */
const BLOCK_MAX_MS = 600_000;

type ClockAnswer = { readonly offsetMs: number } | { readonly problem: string };

interface ClockSample {
  readonly offsetMs: number;
  readonly tripMs: number;
}

/** When the question was sent that was answered, and when it was answered. */
interface Trip {
  readonly sentAtMs: number;
  readonly heardAtMs: number;
}

export function restClient(config: RestClientConfig): RestClient {
  return new Client(config);
}

class Client implements RestClient {
  private readonly config: RestClientConfig;
  private readonly timers: Timers;
  private readonly hosts: Hosts;
  private readonly http: HttpExchange;
  private readonly queue: RequestQueue;
  private readonly refusals = new Map<LimitGroup, number>();
  private readonly pauses = new Set<() => void>();
  private offsetMs = 0;
  private calls = 0;
  private measuring: Promise<ClockAnswer> | null = null;
  /** Of the last question for the time that was answered. */
  private trip: Trip | null = null;

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
    for (const end of this.pauses) end();
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

  measureClock(): Promise<ClockAnswer> {
    this.measuring ??= this.measure().finally(() => {
      this.measuring = null;
    });
    return this.measuring;
  }

  /** Believes the answer that took the shortest time. */
  private async measure(): Promise<ClockAnswer> {
    let best: ClockSample | null = null;
    let problem = '';
    for (let asked = 0; asked < CLOCK_SAMPLES_MAX && (best?.tripMs ?? Infinity) > SHORT_TRIP_MS; asked += 1) {
      const sample: ClockSample | string = await this.clockSample();
      if (typeof sample === 'string') {
        problem = sample;
        break;
      }
      if (best === null || sample.tripMs < best.tripMs) best = sample;
    }
    if (best === null) return { problem: `the venue's time is not known: ${problem}` };
    this.offsetMs = best.offsetMs;
    return { offsetMs: best.offsetMs };
  }

  /** Asks for the time once: the venue read its clock while the question was on its way, which is taken for the middle. */
  private async clockSample(): Promise<ClockSample | string> {
    this.trip = null;
    const reply = await this.call(TIME_CALL);
    if (reply.kind !== 'data') return reply.text;
    const text = isObject(reply.data) ? textIn(reply.data, 'serverTime') : null;
    if (this.trip === null || text === null || !/^\d{13}$/.test(text))
      return `${named(TIME_CALL)}: no serverTime`;
    const { sentAtMs, heardAtMs }: Trip = this.trip;
    const offsetMs = Math.round(Number(text) - (sentAtMs + heardAtMs) / 2);
    if (Math.abs(offsetMs) > OFFSET_MAX_MS)
      return `its clock and that of this machine are ${Math.round(Math.abs(offsetMs) / 3_600_000)} h apart; set the clock of this machine by NTP`;
    return { offsetMs, tripMs: heardAtMs - sentAtMs };
  }

  private async attempts(call: RestCall): Promise<RestReply> {
    const deadlineMs = this.timers.nowMs() + call.patienceMs;
    /** What an attempt that may have left ended as: from then on nothing but an answer says what came of the request. */
    let lost: RestReply | null = null;
    let refused: RestReply | null = null;
    let lostUrl: string | null = null;
    for (let attempt = 1; ; attempt += 1) {
      const turn = await this.queue.turn({
        group: call.group,
        priority: call.priority,
        // One that did not leave keeps no other one waiting.
        spacingKey: attempt === 1 || lost !== null ? (call.spacingKey ?? null) : null,
        patienceMs: Math.max(0, deadlineMs - this.timers.nowMs()),
      });
      if (turn !== 'go') return lost ?? refused ?? noTurn(call, turn);
      const url = this.hosts.preferred(this.timers.nowMs(), call.repeat === 'freely' ? null : lostUrl);
      const outcome = await this.send(url, call);
      const isLast = attempt === ATTEMPTS_MAX || this.timers.nowMs() >= deadlineMs;
      if (outcome.kind === 'not_left') {
        this.hosts.failed(url, this.timers.nowMs());
        const mayBeElsewhere = lost === null || call.repeat === 'freely';
        if (!isLast && mayBeElsewhere && this.hosts.hasOther(url)) continue;
        return lost ?? { kind: 'not_sent', cause: 'no_connection', text: `${named(call)}: ${outcome.text}` };
      }
      this.note(url, outcome);
      const reply = replyFrom(call, outcome, this.config.credentials);
      const isRefused = await this.heed(call, reply, outcome);
      const isElsewhere = lost === null && this.hosts.hasOther(url);
      const isAgain = !isLast && this.isRepeated(call, reply, isElsewhere, isRefused);
      if (!isAgain) return afterLoss(call, lost, reply);
      if (reply.kind === 'unknown') {
        lost ??= reply;
        lostUrl ??= url;
      } else refused = reply;
      if (isOverloaded(reply)) await this.pause(SERVER_RETRY_MS * 2 ** attempt);
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
    if (call === TIME_CALL) this.trip = { sentAtMs, heardAtMs: this.timers.nowMs() };
    return outcome;
  }

  private note(url: string, outcome: HttpOutcome): void {
    if (outcome.kind === 'answer') this.hosts.answered(url);
    else if (outcome.kind === 'lost' && outcome.cause === 'CONNECTION')
      this.hosts.failed(url, this.timers.nowMs());
  }

  /** Does what a refusal of the venue asks for, and returns whether it is one of time or of rate. */
  private async heed(call: RestCall, reply: RestReply, outcome: HttpOutcome): Promise<boolean> {
    const nowMs = this.timers.nowMs();
    const status = outcome.kind === 'answer' ? outcome.status : 0;
    if (reply.kind !== 'error') {
      if (reply.kind === 'data') this.refusals.delete(call.group);
      return false;
    }
    if (status === 418) this.queue.block('all', nowMs + SHUT_OUT_MS);
    if (status === 429 || status === 418 || status === 403 || isRateLimit(reply.code)) {
      // The venue names the instant by its own clock. A firewall may mind this one path only.
      const namedMs = (unblockAtMs(reply.text) ?? 0) - this.offsetMs;
      const backOffMs = this.backOffMs(call.group);
      const waitMs = Math.min(BLOCK_MAX_MS, Math.max(namedMs + 1 - nowMs, backOffMs));
      this.queue.block(call.group, nowMs + waitMs);
      return status !== 403;
    }
    if (!isClockSkew(reply.code, reply.text)) return false;
    if (call !== TIME_CALL) await this.measureClock();
    return true;
  }

  private backOffMs(group: LimitGroup): number {
    const times = this.refusals.get(group) ?? 0;
    this.refusals.set(group, times + 1);
    const longest = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** times);
    return longest * (0.5 + this.config.random.uniform() / 2);
  }

  private isRepeated(call: RestCall, reply: RestReply, isElsewhere: boolean, isRefused: boolean): boolean {
    if (call.repeat === 'freely') return reply.kind === 'unknown' || isRefused || isOverloaded(reply);
    // Once, and since its id goes along.
    return (
      call.repeat === 'other_host' && isElsewhere && reply.kind === 'unknown' && reply.cause === 'CONNECTION'
    );
  }

  /** Waits for half of `ms` to all of it, or until the client is closed. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.timers.after(ms * (0.5 + this.config.random.uniform() / 2), () => end());
      const end = (): void => {
        callOff();
        this.pauses.delete(end);
        resolve();
      };
      this.pauses.add(end);
    });
  }
}

/** Whether the venue failed or says that it is busy: it is given a while before it is asked again. */
function isOverloaded(reply: RestReply): boolean {
  if (reply.kind === 'error') return isOutcomeOpen(reply.code, reply.text);
  return reply.kind === 'unknown' && reply.cause === 'SERVER';
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
