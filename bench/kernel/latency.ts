// How long one thing takes while others come: a frame until its facts are applied, and an intent until its order may leave.

import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { EpochMs } from '../../src/domain/steps.ts';
import type { OrderRequest } from '../../src/domain/venue.ts';
import { createKernel } from '../../src/kernel/create.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { step } from '../../src/kernel/step.ts';
import type { RecordedDay } from './recorded-day.ts';
import { scenarioConfig } from './scenario.ts';
import { type Tail, tailOf } from './spread.ts';
import { begunKernel } from './throughput.ts';
import { eventFrom, frameText, type Instruments } from './venue-frames.ts';

export interface Pace {
  readonly perSecond: number;
  readonly isGzip: boolean;
  /** Events that are applied without a pace first. */
  readonly warmUp: number;
}

/**
 * Microseconds from the instant at which a frame was due until it was applied. Frames are due at an even pace whatever became of the ones
 * before, so that a pause counts for everything that waited behind it. What is no frame is applied in its place and is not counted.
 */
export function frameLatency(day: RecordedDay, events: readonly KernelEvent[], pace: Pace): Tail {
  const config = scenarioConfig(day.shape);
  const instruments: Instruments = new Map(config.instruments.map((one) => [one.symbol, one]));
  const inputs = events.map((event) => inputOf(event, instruments, pace.isGzip));
  const state = createKernel(config);
  const apply = ({ event, frame }: Input): void => {
    if (frame === null) step(state, event);
    else step(state, eventFrom(textOf(frame), instruments, event.atMs));
  };
  for (const input of inputs.slice(0, pace.warmUp)) apply(input);
  const paced = inputs.slice(pace.warmUp);
  const micros = new Float64Array(paced.filter(({ frame }) => frame !== null).length);
  const everyMs = 1_000 / pace.perSecond;
  let at = 0;
  const startMs = performance.now() + 1;
  for (const [index, input] of paced.entries()) {
    const dueMs = startMs + index * everyMs;
    while (performance.now() < dueMs);
    apply(input);
    if (input.frame === null) continue;
    micros[at] = (performance.now() - dueMs) * 1_000;
    at += 1;
  }
  if (state.tradesClosed !== day.tradesClosed)
    throw new Error(`${state.tradesClosed} of ${day.tradesClosed} trades closed`);
  return tailOf(micros);
}

interface Input {
  readonly event: KernelEvent;
  readonly frame: string | Buffer | null;
}

function inputOf(event: KernelEvent, instruments: Instruments, isGzip: boolean): Input {
  const text = frameText(event, instruments);
  return { event, frame: text !== null && isGzip ? gzipSync(text) : text };
}

function textOf(frame: string | Buffer): string {
  return typeof frame === 'string' ? frame : gunzipSync(frame).toString();
}

/**
 * Microseconds from an intent in hand until the signed request of its order is in bytes, with the record that holds it on the disk. Only
 * intents that send an order at once count: an entry that has to ask the venue for a proof first waits for the venue.
 */
export function intentLatency(
  day: RecordedDay,
  events: readonly KernelEvent[],
  intents: number,
  under: string,
): Tail {
  const folder = mkdtempSync(join(under, 'warden-journal-'));
  const kernel = begunKernel(folder, day, events);
  const micros: number[] = [];
  for (const event of events.slice(1)) {
    if (micros.length >= intents) break;
    if (event.kind !== 'INTENT') {
      kernel.apply(event);
      if (kernel.pending >= 1_024) kernel.commit();
      continue;
    }
    kernel.commit();
    const startedMs = performance.now();
    kernel.apply(event);
    const requests = requestsOf(kernel.commit(), event.atMs);
    const elapsedMs = performance.now() - startedMs;
    if (requests.length > 0) micros.push(elapsedMs * 1_000);
  }
  rmSync(folder, { recursive: true });
  if (kernel.halted !== null) throw new Error(kernel.halted);
  return tailOf(Float64Array.from(micros));
}

function requestsOf(effects: readonly Effect[], atMs: EpochMs): readonly Buffer[] {
  return effects.flatMap((effect) => (effect.kind === 'SUBMIT' ? [requestOf(effect.order, atMs)] : []));
}

/** A request in the manner of BingX: parameters in a query, signed with HMAC-SHA256. */
function requestOf(order: OrderRequest, atMs: EpochMs): Buffer {
  const { symbol, side, type, quantity, limit, reduceOnly, clientOrderId } = order;
  const query =
    `symbol=${symbol}&side=${side}&type=${type}&quantity=${quantity}&price=${limit ?? ''}&reduceOnly=${reduceOnly}` +
    `&clientOrderId=${clientOrderId}&timestamp=${atMs}`;
  const signature = createHmac('sha256', 'no secret of anybody').update(query).digest('hex');
  return Buffer.from(`POST /openApi/swap/v2/trade/order?${query}&signature=${signature} HTTP/1.1\r\n\r\n`);
}
