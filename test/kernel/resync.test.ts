// Rounds of looking at the venue: their order, their patience, and what stays frozen until a whole one has ended.

import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../src/domain/steps.ts';
import type { FetchEffect } from '../../src/kernel/effect.ts';
import { reasonsOf } from '../../src/kernel/trading.ts';
import { BTC, type ConfigOver, KernelDriver, START_MS } from './build.ts';

const EVERY_MS = 300_000;
const OVERLAP_MS = 600_000;

function asked(kernel: KernelDriver): readonly FetchEffect[] {
  return kernel.effects.flatMap((effect) => (effect.kind === 'FETCH' ? [effect] : []));
}

const parts = (kernel: KernelDriver) => asked(kernel).map(({ part }) => part);

function last(kernel: KernelDriver): FetchEffect {
  const request = asked(kernel).at(-1);
  if (request === undefined) throw new Error('nothing was asked for');
  return request;
}

/** Begun, and nothing is answered by itself. */
function silent(over: ConfigOver = {}): KernelDriver {
  const kernel = new KernelDriver(over);
  kernel.answersFetches = false;
  kernel.apply({ kind: 'START', runId: 'run-1' });
  return kernel;
}

function unknown(kernel: KernelDriver): ReturnType<KernelDriver['apply']> {
  const { part, requestId } = last(kernel);
  const result = { kind: 'UNKNOWN', cause: 'TIMEOUT' };
  return kernel.apply({ kind: part, requestId, askedAtMs: kernel.nowMs, result });
}

function answerRound(kernel: KernelDriver): void {
  for (let at = 0; at < 5; at += 1) kernel.answer(last(kernel));
}

describe('a round', () => {
  it('asks for one part after the other, and for orders before positions', () => {
    const kernel = silent();
    expect(parts(kernel)).toEqual(['OPEN_ORDERS']);
    answerRound(kernel);
    expect(parts(kernel)).toEqual(['OPEN_ORDERS', 'POSITIONS', 'FILLS', 'INCOME', 'BALANCE']);
    expect(kernel.state.resync).toMatchObject({ part: null, isComplete: true });
  });

  it('gives each request its own id', () => {
    const kernel = silent();
    answerRound(kernel);
    const ids = asked(kernel).map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(5);
  });

  it('refuses an answer to another request as stale', () => {
    const kernel = silent();
    const { requestId, part } = last(kernel);
    const result = { kind: 'KNOWN', rows: [] };
    const outcome = kernel.apply({ kind: part, requestId: requestId + 9, askedAtMs: START_MS, result });
    expect(outcome).toMatchObject({ isAccepted: false, code: 'STALE_PICTURE' });
    expect(kernel.state.resync.part).toBe('OPEN_ORDERS');
  });

  it('asks again, with another id, where no answer came', () => {
    const kernel = silent();
    kernel.wait(kernel.state.config.doubt.answerMs);
    expect(parts(kernel)).toEqual(['OPEN_ORDERS', 'OPEN_ORDERS']);
    const [first, second] = asked(kernel);
    expect(second?.requestId).not.toBe(first?.requestId);
  });

  it('waits longer after each failure, and at most a minute', () => {
    const kernel = silent();
    const waits: number[] = [];
    for (let at = 0; at < 9; at += 1) {
      expect(unknown(kernel)).toMatchObject({ isAccepted: false, code: 'UNKNOWN_PICTURE' });
      const dueAtMs = kernel.state.resync.dueAtMs ?? 0;
      waits.push(dueAtMs - kernel.nowMs);
      kernel.wait(dueAtMs - kernel.nowMs);
    }
    expect(waits).toEqual([2_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('begins every five minutes', () => {
    const kernel = new KernelDriver().ready();
    const before = asked(kernel).length;
    kernel.wait(EVERY_MS - 1);
    expect(asked(kernel)).toHaveLength(before);
    kernel.wait(1);
    expect(asked(kernel)).toHaveLength(before + 5);
  });

  it('begins again when it was wanted while it was under way', () => {
    const kernel = silent();
    kernel.state.resync.isWanted = true;
    answerRound(kernel);
    expect(parts(kernel)).toEqual(['OPEN_ORDERS', 'POSITIONS', 'FILLS', 'INCOME', 'BALANCE', 'OPEN_ORDERS']);
    expect(kernel.state.resync.isWanted).toBe(false);
  });
});

describe('what is known of fills and income', () => {
  const since = (kernel: KernelDriver) =>
    asked(kernel)
      .filter(({ part }) => part === 'FILLS' || part === 'INCOME')
      .map(({ sinceMs }) => sinceMs);

  it('begins an overlap before the kernel began', () => {
    const kernel = silent();
    answerRound(kernel);
    expect(since(kernel)).toEqual([START_MS - OVERLAP_MS, START_MS - OVERLAP_MS]);
  });

  it('moves to the begin of a round that brought both', () => {
    const kernel = silent();
    kernel.wait(3_000);
    answerRound(kernel);
    expect(kernel.state.resync.knownToMs).toBe(START_MS);
    kernel.wait(EVERY_MS);
    answerRound(kernel);
    expect(kernel.state.resync.knownToMs).toBe(START_MS + 3_000 + EVERY_MS);
  });

  it('stays where income did not come', () => {
    const kernel = silent();
    answerRound(kernel);
    kernel.wait(EVERY_MS);
    for (let at = 0; at < 3; at += 1) kernel.answer(last(kernel));
    unknown(kernel);
    expect(kernel.state.resync.knownToMs).toBe(START_MS);
  });

  it('survives another start, however long the kernel was away', () => {
    const kernel = silent();
    answerRound(kernel);
    kernel.nowMs += 3 * 86_400_000;
    kernel.apply({ kind: 'START', runId: 'run-2' });
    answerRound(kernel);
    expect(since(kernel).at(-1)).toBe(START_MS - OVERLAP_MS);
  });
});

describe('entries', () => {
  it('are frozen from the start until a whole round has ended and the stream is up', () => {
    const kernel = silent();
    expect(reasonsOf(kernel.state)).toEqual(expect.arrayContaining(['STARTING', 'STREAM_DOWN']));
    for (let at = 0; at < 4; at += 1) kernel.answer(last(kernel));
    expect(reasonsOf(kernel.state)).toContain('STARTING');
    kernel.answer(last(kernel));
    expect(reasonsOf(kernel.state)).not.toContain('STARTING');
    expect(reasonsOf(kernel.state)).toContain('STREAM_DOWN');
  });

  it('stay frozen while a part is unknown, for as long as it is', () => {
    const kernel = silent();
    for (let at = 0; at < 20; at += 1) {
      unknown(kernel);
      kernel.wait(60_000);
    }
    expect(reasonsOf(kernel.state)).toContain('STARTING');
  });

  it('are frozen when the stream goes down, until a whole round after it came back', () => {
    const kernel = new KernelDriver().ready();
    expect(reasonsOf(kernel.state)).toEqual([]);
    kernel.answersFetches = false;
    kernel.apply({ kind: 'STREAM', isUp: false });
    expect(reasonsOf(kernel.state)).toEqual(['STREAM_DOWN']);
    kernel.apply({ kind: 'STREAM', isUp: true });
    expect(reasonsOf(kernel.state)).toEqual(['STREAM_DOWN']);
    answerRound(kernel);
    expect(reasonsOf(kernel.state)).toEqual([]);
  });

  it('stay frozen by a round that began before the stream came back', () => {
    const kernel = new KernelDriver().ready();
    kernel.answersFetches = false;
    kernel.apply({ kind: 'STREAM', isUp: false });
    kernel.wait(EVERY_MS);
    for (let at = 0; at < 4; at += 1) kernel.answer(last(kernel));
    const balance = last(kernel);
    kernel.apply({ kind: 'STREAM', isUp: true });
    expect(kernel.answer(balance).code).toBe('STALE_PICTURE');
    expect(reasonsOf(kernel.state)).toEqual(['STREAM_DOWN']);
  });

  it('hear the same news of the stream once', () => {
    const kernel = new KernelDriver().ready();
    expect(kernel.apply({ kind: 'STREAM', isUp: true }).code).toBe('DUPLICATE_EVENT');
  });
});

describe('a proof for an entry', () => {
  it('does not disturb a round, and its answer is taken', () => {
    const kernel = silent();
    const request = { ...last(kernel), part: 'POSITIONS' as const, requestId: 77 };
    expect(kernel.answer(request)).toMatchObject({ isAccepted: true });
    expect(kernel.state.books.get(BTC)).toMatchObject({ venuePosition: 0, venueAskedAtMs: START_MS });
    expect(kernel.state.resync.part).toBe('OPEN_ORDERS');
    answerRound(kernel);
    expect(kernel.state.resync.isComplete).toBe(true);
  });

  it('that is unknown proves nothing and is not retried by the round', () => {
    const kernel = silent();
    const before = kernel.state.resync.dueAtMs;
    const result = { kind: 'UNKNOWN', cause: 'SERVER' };
    const event = { kind: 'POSITIONS', requestId: 77, askedAtMs: START_MS as EpochMs, result } as const;
    expect(kernel.apply(event).code).toBe('UNKNOWN_PICTURE');
    expect(kernel.state.books.get(BTC)?.venuePosition).toBeNull();
    expect(kernel.state.resync.dueAtMs).toBe(before);
  });
});
