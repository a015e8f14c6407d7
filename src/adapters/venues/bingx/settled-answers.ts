// What the venue said of times long past, and will say again: kept while one long question is asked in parts, so that none is asked twice.

import { NO_LOTS } from '../../../domain/steps.ts';
import type { JsonText } from '../json-text.ts';
import { orderRowIn, orderStatusFrom } from './codec-orders.ts';
import { instantIn, textIn } from './fields.ts';
import type { RestCall, RestClient, RestReply } from './rest-call.ts';

/** Whoever asks gives up by then, and asks anew. */
const GIVEN_UP_MS = 10_000;
/** No view of the venue lags for longer. */
const SETTLED_MS = 3_600_000;
/** More than the weeks of a quarter, of every symbol. */
const ANSWERS_MAX = 300;

export class SettledAnswers {
  private readonly rest: RestClient;
  private readonly nowMs: () => number;
  private readonly answers = new Map<string, JsonText>();

  /** @param nowMs our present. */
  constructor(rest: RestClient, nowMs: () => number) {
    this.rest = rest;
    this.nowMs = nowMs;
  }

  /**
   * Returns the client for a question of many requests. It sends nothing more once whoever asked has given up: the next attempt goes on
   * where this one ended, instead of beside it.
   */
  begin(): Pick<RestClient, 'call'> {
    const deadlineMs = this.nowMs() + GIVEN_UP_MS;
    return { call: (call) => this.call(call, deadlineMs) };
  }

  /** The question was answered in whole. */
  end(): void {
    this.answers.clear();
  }

  private async call(call: RestCall, deadlineMs: number): Promise<RestReply> {
    const key = `${call.path} ${JSON.stringify(call.params)}`;
    const known = this.answers.get(key);
    if (known !== undefined) return { kind: 'data', data: known };
    if (this.nowMs() > deadlineMs)
      return {
        kind: 'not_sent',
        cause: 'no_turn',
        text: `${call.path}: it took too long, and goes on when it is asked again`,
      };
    const reply = await this.rest.call(call);
    const venueNowMs = this.nowMs() + this.rest.clockOffsetMs();
    if (
      reply.kind === 'data' &&
      this.answers.size < ANSWERS_MAX &&
      isSettled(call, reply.data, venueNowMs - SETTLED_MS)
    )
      this.answers.set(key, reply.data);
    return reply;
  }
}

/** Whether an answer is about nothing later than `beforeMs`: the fills of a time, or an order that has ended. */
function isSettled({ path, params }: RestCall, data: JsonText, beforeMs: number): boolean {
  if (path.endsWith('/trade/fillHistory')) return Number(params['endTs']) < beforeMs;
  const row = path.endsWith('/v2/trade/order') ? orderRowIn(data) : null;
  if (row === null) return false;
  const status = orderStatusFrom(textIn(row, 'status'), NO_LOTS);
  const updatedAt = instantIn(row, 'updateTime');
  const hasEnded = status.ok && status.value !== 'NEW' && status.value !== 'PARTIALLY_FILLED';
  return hasEnded && updatedAt.ok && updatedAt.value !== null && updatedAt.value < beforeMs;
}
