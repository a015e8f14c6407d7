// Signs, queues and posts webhooks as GitHub does, keeps a record of each attempt, and can lose, repeat or hold them back.

import { createHash, createHmac } from 'node:crypto';
import { isoFromMs } from '../../../domain/time.ts';
import { type ChaosRules, createChaos } from './delivery-chaos.ts';

export interface WebhookEvent {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One attempt, in the shape of `GET /app/hook/deliveries/{id}`. */
export interface DeliveryRecord {
  readonly id: number;
  /** The same for every attempt to deliver one event. */
  readonly guid: string;
  readonly delivered_at: string;
  readonly redelivery: boolean;
  /** In seconds. */
  readonly duration: number;
  /** `OK`, the reason phrase of another answer, `timed out`, `failed to connect to host`, or `queued` before the attempt. */
  readonly status: string;
  /** The HTTP status, or 0 where none came. */
  readonly status_code: number;
  readonly event: string;
  readonly action: string | null;
  readonly installation_id: number | null;
  readonly repository_id: number | null;
  readonly throttled_at: string | null;
  readonly url: string;
  readonly request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly payload: Readonly<Record<string, unknown>>;
  };
  readonly response: {
    readonly headers: Readonly<Record<string, string>>;
    /** The body of the answer as it came, or `null` where none came. */
    readonly payload: string | null;
  };
}

/** How events leave: at once and in order, disturbed by {@link ChaosRules}, or only when they are released. */
export type DeliveryMode =
  | { readonly kind: 'inOrder' }
  | ({ readonly kind: 'chaos' } & ChaosRules)
  | { readonly kind: 'held' };

export interface Deliveries {
  /** Says where webhooks go; `null`: every attempt is recorded as failed, with status code 0. */
  setTarget(url: string | null): void;
  /** Queues an event. It is posted later, never within this call. */
  emit(event: WebhookEvent): void;
  /** Resolves once nothing is queued or in flight. What is held back does not count. */
  idle(): Promise<void>;
  /** Every attempt that was made, oldest first. */
  readonly log: readonly DeliveryRecord[];
  /**
   * Queues the event of an attempt again, with its GUID. Redeliveries are never lost, repeated or shuffled.
   *
   * @returns the queued attempt, whose id will appear in `log`, or `null` where there is no attempt `id`.
   */
  redeliver(id: number): DeliveryRecord | null;
  /** Setting another mode than `held` lets everything go that was held back, as one batch. */
  mode: DeliveryMode;
  /** Lets what is held back go, in order; what is emitted later is held back again. */
  release(): void;
}

export interface DeliveriesOptions {
  readonly secret: string;
  readonly clock: { nowMs(): number };
  readonly appId: number;
  readonly fetch?: typeof fetch;
  /** How long an answer may take, in real milliseconds. Default: GitHub's 10 seconds. */
  readonly timeoutMs?: number;
  /** From which the GUIDs are made. Default: `deliveries`. */
  readonly seed?: string;
}

/** An event on its way; `guid` and `body` are fixed when it is emitted. */
interface Queued {
  readonly event: WebhookEvent;
  readonly guid: string;
  readonly body: string;
  readonly redeliveryId: number | null;
}

interface Attempt {
  readonly queued: Queued;
  readonly isDropped: boolean;
  readonly isRedelivery: boolean;
}

interface Answer {
  readonly status: string;
  readonly status_code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | null;
}

const TIMEOUT_MS = 10_000;
const HOOK_ID = 390_000_001;
const FIRST_ID = 12_000_000_001;
const TIMED_OUT: Answer = { status: 'timed out', status_code: 0, headers: {}, payload: null };
const UNREACHED: Answer = { status: 'failed to connect to host', status_code: 0, headers: {}, payload: null };

/** Returns the webhook side of one App: a queue with a single sender, as deep as memory. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  return new DeliveryQueue(options);
}

class DeliveryQueue implements Deliveries {
  readonly log: DeliveryRecord[] = [];
  readonly #options: DeliveriesOptions;
  #target: string | null = null;
  #mode: DeliveryMode = { kind: 'inOrder' };
  #chaos: ReturnType<typeof createChaos> | null = null;
  /** Events whose fate is not decided yet. */
  #waiting: Queued[] = [];
  /** Attempts in the order in which they leave. */
  #outgoing: Attempt[] = [];
  #isSending = false;
  #idleWaiters: (() => void)[] = [];
  #events = 0;
  #nextId = FIRST_ID;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  get mode(): DeliveryMode {
    return this.#mode;
  }

  set mode(mode: DeliveryMode) {
    this.#mode = mode;
    this.#chaos = mode.kind === 'chaos' ? createChaos(mode) : null;
    this.#wake();
  }

  setTarget(url: string | null): void {
    this.#target = url;
  }

  emit(event: WebhookEvent): void {
    this.#events += 1;
    const guid = guidOf(`${this.#options.seed ?? 'deliveries'}/${this.#events}`);
    this.#waiting.push({ event, guid, body: JSON.stringify(event.payload), redeliveryId: null });
    this.#wake();
  }

  redeliver(id: number): DeliveryRecord | null {
    const record = this.log.find((one) => one.id === id);
    if (record === undefined) return null;
    const event = { name: record.event, payload: record.request.payload };
    const body = JSON.stringify(event.payload);
    const queued = { event, guid: record.guid, body, redeliveryId: this.#takeId() };
    this.#waiting.push(queued);
    this.#wake();
    const answer = { status: 'queued', status_code: 0, headers: {}, payload: null };
    return this.#recordOf({ queued, isDropped: false, isRedelivery: true }, answer, this.#now());
  }

  release(): void {
    for (const queued of this.#waiting.splice(0)) this.#outgoing.push(plainAttempt(queued));
    this.#wake();
  }

  async idle(): Promise<void> {
    if (!this.#isSending) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Starts the sender where it rests and has something to do. */
  #wake(): void {
    const hasWork = this.#outgoing.length > 0 || (this.#mode.kind !== 'held' && this.#waiting.length > 0);
    if (this.#isSending || !hasWork) return;
    this.#isSending = true;
    // Events of one request form one batch, so the sender starts after what runs now.
    setImmediate(() => void this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    for (let attempt = this.#nextAttempt(); attempt !== null; attempt = this.#nextAttempt()) {
      const startMs = this.#now();
      const answer = attempt.isDropped ? TIMED_OUT : await this.#post(attempt);
      this.log.push(this.#recordOf(attempt, answer, startMs));
    }
    this.#isSending = false;
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  #nextAttempt(): Attempt | null {
    if (this.#outgoing.length === 0 && this.#mode.kind !== 'held') this.#planBatch();
    return this.#outgoing.shift() ?? null;
  }

  #planBatch(): void {
    const batch = this.#waiting.splice(0);
    if (this.#chaos === null) {
      this.#outgoing.push(...batch.map(plainAttempt));
      return;
    }
    const events = batch.filter((queued) => queued.redeliveryId === null);
    for (const { at, isDropped, isDuplicate } of this.#chaos(events.length)) {
      const queued = events[at];
      if (queued !== undefined) this.#outgoing.push({ queued, isDropped, isRedelivery: isDuplicate });
    }
    const redeliveries = batch.filter((queued) => queued.redeliveryId !== null);
    this.#outgoing.push(...redeliveries.map(plainAttempt));
  }

  async #post(attempt: Attempt): Promise<Answer> {
    const { queued } = attempt;
    const [target, { timeoutMs = TIMEOUT_MS, fetch: send = fetch }] = [this.#target, this.#options];
    if (target === null) return UNREACHED;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const headers = this.#headersOf(queued);
      const response = await send(target, { method: 'POST', headers, body: queued.body, signal });
      const text = await response.text();
      return {
        status: response.ok ? 'OK' : response.statusText || `HTTP ${response.status}`,
        status_code: response.status,
        headers: Object.fromEntries(response.headers),
        payload: text,
      };
    } catch (error) {
      // A receiver that is slow or away is a fact of the record, as on GitHub; anything else is a defect of ours.
      if (signal.aborted) return TIMED_OUT;
      if (error instanceof TypeError) return UNREACHED;
      throw error;
    }
  }

  #headersOf({ event, guid, body }: Queued): Record<string, string> {
    const { secret, appId } = this.#options;
    return {
      Accept: '*/*',
      'Content-Type': 'application/json',
      'User-Agent': 'GitHub-Hookshot/5f5e7a1',
      'X-GitHub-Delivery': guid,
      'X-GitHub-Event': event.name,
      'X-GitHub-Hook-ID': String(HOOK_ID),
      'X-GitHub-Hook-Installation-Target-ID': String(appId),
      'X-GitHub-Hook-Installation-Target-Type': 'integration',
      'X-Hub-Signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`,
      'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    };
  }

  #recordOf({ queued, isRedelivery }: Attempt, answer: Answer, startMs: number): DeliveryRecord {
    const { event, guid } = queued;
    const action = event.payload['action'];
    return {
      id: queued.redeliveryId ?? this.#takeId(),
      guid,
      delivered_at: isoFromMs(startMs),
      redelivery: isRedelivery,
      duration: (this.#now() - startMs) / 1000,
      status: answer.status,
      status_code: answer.status_code,
      event: event.name,
      action: typeof action === 'string' ? action : null,
      installation_id: idIn(event.payload['installation']),
      repository_id: idIn(event.payload['repository']),
      throttled_at: null,
      url: this.#target ?? '',
      request: { headers: this.#headersOf(queued), payload: event.payload },
      response: { headers: answer.headers, payload: answer.payload },
    };
  }

  #takeId(): number {
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  #now(): number {
    return this.#options.clock.nowMs();
  }
}

function plainAttempt(queued: Queued): Attempt {
  return { queued, isDropped: false, isRedelivery: queued.redeliveryId !== null };
}

function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

function idIn(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'number' ? value.id : null;
}
