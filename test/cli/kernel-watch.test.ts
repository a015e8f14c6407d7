// The status, watched: a screen on a terminal, a line or an object for each change elsewhere, and no end but the one that is asked for.

import { describe, expect, it } from 'vitest';
import { watchKernel } from '../../src/cli/kernel-watch.ts';
import type { KernelControlResponse } from '../../src/domain/kernel-control.ts';
import { err, ok } from '../../src/domain/result.ts';
import { aMonitor, aSummary } from '../domain/record-builders.ts';
import { aControlResponse } from '../fakes/control-server.ts';
import { request } from '../runner/control/desk-world.ts';
import { NOW_MS } from './memory-host.ts';

function anAnswer(over: Partial<KernelControlResponse> = {}): KernelControlResponse {
  return aControlResponse(request(), {
    summary: aSummary(),
    monitor: aMonitor(),
    message: 'as it is',
    ...over,
  });
}

/** Watches until every answer was given; `null` is a runner that cannot be reached. */
async function watched(
  answers: readonly (KernelControlResponse | null)[],
  form: 'screen' | 'lines' | 'json',
): Promise<{ readonly text: string; readonly asked: number; readonly changes: number }> {
  const left = [...answers];
  let [text, sleeps, nowMs] = ['', 0, NOW_MS];
  let stop: () => void = () => undefined;
  const seen = await watchKernel({
    ask: async () => {
      const next = left.shift();
      if (left.length === 0) stop();
      return next === null || next === undefined
        ? err({ kind: 'unreachable', message: 'nobody listens there' })
        : ok(next);
    },
    sleep: async (ms) => {
      sleeps += 1;
      nowMs += ms;
    },
    clock: { nowMs: () => nowMs },
    stopped: new Promise<void>((resolve) => {
      stop = resolve;
    }),
    out: {
      write: (part: string) => {
        text += part;
      },
    },
    secrets: ['s3cr3t-s3cr3t'],
    form,
  });
  expect(sleeps).toBeLessThanOrEqual(seen.asked);
  return { text, ...seen };
}

describe('elsewhere than on a terminal', () => {
  it('says one line for each change, and none for what stays', async () => {
    const quiet = aMonitor({ reasons: [], orders: [], sinks: [] });
    const run = anAnswer({ kernel_state: 'run', monitor: quiet, summary: aSummary({ positions: [] }) });
    const later = { ...run, summary: aSummary({ positions: [], ts: '2026-11-21T10:00:01.000Z' }) };

    const { text, changes } = await watched(
      [run, later, anAnswer(), anAnswer(), null, null, anAnswer(), anAnswer()],
      'lines',
    );

    expect(changes).toBe(4);
    expect(text).toMatchInlineSnapshot(`
      "2026-11-21T10:00:00.000Z  run | flat | no orders | K 25000.00, residual -31.20 error
      2026-11-21T10:00:02.000Z  entry_frozen (STREAM_DOWN) | LONG 0.0150 BTC-USDT | BUY LIMIT WORKING | K 25000.00, residual -31.20 error | clickhouse down
      2026-11-21T10:00:04.000Z  not reached: nobody listens there
      2026-11-21T10:00:06.000Z  entry_frozen (STREAM_DOWN) | LONG 0.0150 BTC-USDT | BUY LIMIT WORKING | K 25000.00, residual -31.20 error | clickhouse down
      "
    `);
  });

  it('writes one object for each change', async () => {
    const { text } = await watched([anAnswer(), anAnswer(), null, null], 'json');

    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ reached: true, kernel_state: 'entry_frozen', summary: { v: 1 } });
    expect(lines[1]).toEqual({
      at: '2026-11-21T10:00:02.000Z',
      reached: false,
      error: 'nobody listens there',
    });
  });

  it('says what a runner says that starts, and neither obeys nor shows what it must not', async () => {
    const starting = anAnswer({
      kernel_state: null,
      summary: null,
      monitor: null,
      message: 'it starts \u001b[2J s3cr3t-s3cr3t',
    });

    const { text } = await watched([starting, starting], 'lines');

    expect(text).toContain('not known: it starts \ufffd[2J ***');
  });
});

describe('on a terminal', () => {
  it('draws the screen again, and gives back the one of before', async () => {
    const { text } = await watched([anAnswer(), anAnswer()], 'screen');

    expect(text.startsWith('\u001b[?1049h')).toBe(true);
    expect(text.endsWith('\u001b[?1049l')).toBe(true);
    const screens = text.split('\u001b[H');
    const shown = (screens[1] ?? '').replaceAll('\u001b[K', '').replaceAll('\r', '');
    expect(shown).toContain('PINK  ENTRY_FROZEN  as it is');
    expect(shown).toContain('residual         -31.20 USDT, error since 2026-11-21 10:00:00');
    expect(shown).toContain('STREAM_DOWN');
    expect(shown).toContain('clickhouse  down   7');
  });

  it('says loudly that it lost the runner, and shows what was known last', async () => {
    const { text } = await watched([anAnswer(), null, null], 'screen');

    const last = text.split('\u001b[H').at(-1) ?? '';
    expect(last).toContain('NOT REACHED at 2026-11-21 10:00:0');
    expect(last).toContain('nobody listens there');
    expect(last).toContain('the last that was known');
    expect(last).toContain('PINK  ENTRY_FROZEN');
  });

  it('tells positions that are not known from none', async () => {
    const unknown = await watched([anAnswer({ summary: aSummary({ positions: null }) }), null], 'screen');
    const none = await watched([anAnswer({ summary: aSummary({ positions: [] }) }), null], 'screen');

    expect(unknown.text.replaceAll('\u001b[K', '')).toContain('Positions\r\nnot known');
    expect(none.text.replaceAll('\u001b[K', '')).toContain('Positions\r\nnone');
  });

  it('ends while an answer is still waited for', async () => {
    const seen = await watchKernel({
      ask: () => new Promise(() => undefined),
      sleep: async () => undefined,
      clock: { nowMs: () => NOW_MS },
      stopped: Promise.resolve(),
      out: { write: () => undefined },
      secrets: [],
      form: 'lines',
    });

    expect(seen).toEqual({ asked: 0, changes: 0 });
  });
});
