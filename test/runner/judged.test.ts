// The whole way round: what a runner decides is settled and judged like the signals of any other agent, and what comes of it is obeyed.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { readDay, rowDays } from '../../src/adapters/state/row-store.ts';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import type { AlphaEvent } from '../../src/domain/event.ts';
import type { TelemetryEvent } from '../../src/domain/telemetry.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { reconcile } from '../../src/jobs/reconcile.ts';
import { supervise } from '../../src/jobs/supervise.ts';
import { runSinks } from '../../src/runner/sinks/run-sinks.ts';
import { aSeries, someRules } from '../builders.ts';
import { fakePrices } from '../fakes/fake-prices.ts';
import { quietPorts, worldSettings } from '../jobs/supervise-world.ts';
import { START_MS } from '../kernel/build.ts';
import { busyPolicy, runnerFolder, type WholeRunner, wholeRunner } from './whole-runner.ts';

const PINK = { pink: { strategy_class: 'macro', stage: 'shadow', base_weight: 0.2 } } as const;
const ENABLED = { macro: { status: 'ENABLED', max_cvar_sigma: 4 } } as const;
const DISABLED = `macro:
  status: DISABLED
  reason: it loses
  evidence: a test
  since: 2026-05-01T00:00:00.000Z
  episode: macro/1
`;
const BARS = { feed: { kind: 'simulated', simulated: { bar: '1m', volatility_bps: 5 } } };
const SINKS = { ndjson: true, alpha_events: true, clickhouse: null, hazelcast: null };

const slow = busyPolicy({ everyMs: MINUTE_MS, heldMs: 20_000 });

/** Follows the journal to its end with the sinks that ship, as their thread does. */
async function followed({ folder, runner }: WholeRunner): Promise<void> {
  const data = join(folder, 'data');
  const places = { journalDir: join(data, 'journal'), dataDir: data, stateDir: join(folder, 'state') };
  const options = { settings: SINKS, ...places, agent: 'pink', seed: 1 };
  const sinks = await runSinks(options, { timers: systemTimers(), ...quietPorts, env: {}, beganMs: 0 });
  sinks.told(runner.facts().kernel.seq);
  const progress = await sinks.close(10_000);
  expect(progress.map(({ failure }) => failure)).toEqual([null, null]);
}

function linesBelow<T>(folder: string): readonly T[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as T);
}

/** The perpetual that is traded, hour by hour, for three weeks before and a few days after. */
function market() {
  const closes = Array.from({ length: 26 * 24 }, (_, hour) => 50_000 + 400 * Math.sin(hour) + 5 * hour);
  const series = { symbol: 'BTC/USDT:USDT', market: 'perp', funding: [] } as const;
  return fakePrices([aSeries({ firstCloseMs: START_MS - 21 * DAY_MS, closes }, series)]);
}

describe('what a runner decided', () => {
  it('is settled and judged, refused entries too, and the share that follows is obeyed', async () => {
    const first = await wholeRunner({ policy: slow, pink: BARS });
    await first.passed(6 * MINUTE_MS);
    const killList = join(first.folder, 'config/kill-list.yaml');
    const shipped = readFileSync(killList);
    writeFileSync(killList, DISABLED);
    await first.passed(5 * MINUTE_MS);
    writeFileSync(killList, shipped);
    await first.passed(3 * MINUTE_MS);
    await first.stopped();
    await followed(first);

    const state = join(first.folder, 'state');
    const events = linesBelow<AlphaEvent>(join(state, 'alpha/events/pink'));
    const executed = events.filter(({ meta }) => meta?.['executed'] === true);
    const refused = events.filter(({ meta }) => meta?.['outcome'] === 'STRATEGY_DISABLED');
    expect(executed.length).toBeGreaterThanOrEqual(first.tradesClosed());
    expect(refused.length).toBeGreaterThan(2);

    const disk = nodeDisk(state);
    const nowMs = START_MS + 3 * DAY_MS;
    const options = { nowMs, rules: someRules({ horizonsHours: [1, 24] }), agents: PINK };
    await reconcile({ disk, prices: market(), ...quietPorts }, options);
    const rows = rowDays(disk).flatMap((day) => readDay(disk, day));
    expect(new Set(rows.map(({ event_id }) => event_id))).toEqual(
      new Set(events.map(({ event_id }) => event_id)),
    );
    expect(rows).toHaveLength(events.length * 2);
    expect(rows[0]).toMatchObject({ agent: 'pink', strategy_class: 'macro', market: 'perp' });

    const settings = worldSettings({ agents: PINK, kill_list: ENABLED });
    const fixed = { settings, codeVersion: '1.0.0', stateCommit: null, lastGood: null, useCheckpoint: true };
    const judged = supervise({ disk, ...quietPorts }, { nowMs, ...fixed });
    if (!judged.ok) throw new Error(judged.error);
    const { agents, strategies } = judged.value.report;
    expect(agents['pink']).toMatchObject({ strategy_class: 'macro', allocation: { status: 'SHADOW' } });
    expect(agents['pink']?.n).toBeGreaterThan(0);
    expect(Object.keys(strategies['macro']?.cells ?? {}).length).toBeGreaterThan(0);
    expect(agents['pink']?.promotion.gates['error_rate_bound']?.value).not.toBeNull();

    const startMs = first.timers.nowMs() + HOUR_MS;
    const next = await wholeRunner({ folder: first.folder, run: 'run-2', policy: slow, pink: BARS, startMs });
    const before = next.tradesClosed();
    await next.passed(5 * MINUTE_MS);
    expect(next.runner.facts().lists.allocation).not.toBeNull();
    expect(next.tradesClosed()).toBeGreaterThan(before);
  });

  it('has a run that was killed told as an error by the next, and one that was stopped as sound', async () => {
    const first = await wholeRunner({ policy: slow, pink: BARS });
    await first.passed(2 * MINUTE_MS);
    await first.stopped();
    const later = (whole: WholeRunner) => ({ policy: slow, pink: BARS, startMs: whole.timers.nowMs() });
    const killed = await wholeRunner({ folder: first.folder, run: 'run-2', ...later(first) });
    await killed.passed(70_000);
    // What is on the disk at one moment is what a process leaves that is killed then.
    const folder = runnerFolder();
    cpSync(killed.folder, folder, { recursive: true, filter: (path) => !path.endsWith('.sock') });

    const next = await wholeRunner({ folder, run: 'run-3', ...later(killed) });
    await next.passed(3 * MINUTE_MS);
    await followed(next);

    expect(next.tradesClosed()).toBeGreaterThan(killed.tradesClosed());
    const telemetry = linesBelow<TelemetryEvent>(join(folder, 'state/telemetry/events'));
    const told = telemetry.map(({ run_id, status }) => `${run_id.split('.')[0]} ${status}`);
    expect(told).toEqual(['run-1 ok', 'run-2 error']);
    expect(telemetry[1]).toMatchObject({ agent: 'pink', error: expect.stringContaining('killed') });
  });
});
