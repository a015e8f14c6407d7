// A supervised world in memory: agents that hold, one class that breaks and recovers, one agent that loses its edge, day by day.

import { insertRows } from '../../src/adapters/state/row-store.ts';
import { sha256Hex } from '../../src/domain/canonical.ts';
import { type AgentRegistry, WardenConfig } from '../../src/domain/config.ts';
import type { KillList } from '../../src/domain/kill-list.ts';
import { randomFrom } from '../../src/domain/random.ts';
import type { Result } from '../../src/domain/result.ts';
import { compareRows, type ReconciledRow } from '../../src/domain/row.ts';
import { type Settings, settingsFrom } from '../../src/domain/settings.ts';
import { DAY_MS, dayOf, HOUR_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { type Supervised, type SuperviseOptions, supervise } from '../../src/jobs/supervise.ts';
import type { Disk, Log } from '../../src/ports.ts';
import { aRow, T0 } from '../builders.ts';
import type { MemoryDisk } from '../fakes/memory-disk.ts';

/** The class `macro` breaks with the signals of this day, and is whole again with those of {@link RECOVERY_DAY}. */
export const BREAK_DAY = 140;
export const RECOVERY_DAY = 170;
/** The mean error of the agent `drop` is lower by one sigma from this day on. */
const DROP_DAY = 60;
/** Until this day `macro` is in the regime RANGE, from it on in TREND. */
const TREND_DAY = 50;

const SIGMA_BPS = 300;

/** Two agents of `macro`; `drop` has a class of its own, and so has `steady`; `guest` is in no registry. */
export const WORLD_AGENTS = ['break-a', 'break-b', 'drop', 'guest', 'steady'] as const;
const CLASSES = { 'break-a': 'macro', 'break-b': 'macro', drop: 'arb', guest: 'event', steady: 'event' };

/** The rows of one signal a day and agent, of the days `[from, to)` after {@link T0}, at horizons 1, 4 and 24. */
export function worldRows(from: number, to: number): ReconciledRow[] {
  return WORLD_AGENTS.flatMap((agent, place) =>
    Array.from({ length: to - from }, (_, index) => signalRows(agent, place, from + index)).flat(),
  );
}

function signalRows(agent: (typeof WORLD_AGENTS)[number], place: number, day: number): ReconciledRow[] {
  const random = randomFrom(day, agent);
  const isMacro = CLASSES[agent] === 'macro';
  const isBroken = isMacro && day >= BREAK_DAY && day < RECOVERY_DAY;
  const entryMs = T0 + day * DAY_MS + (8 + place) * HOUR_MS;
  return [1, 4, 24].map((horizon) => {
    const healthy = random.normal() - (agent === 'drop' && day >= DROP_DAY ? 1 : 0);
    const z = isBroken && random.uniform() < 0.6 ? -8 : healthy;
    const errorBps = Math.round(SIGMA_BPS * z * 10) / 10;
    return aRow({
      event_id: `${agent}-${String(day).padStart(4, '0')}`,
      horizon_hours: horizon,
      ts: isoFromMs(entryMs),
      agent,
      strategy_class: CLASSES[agent],
      regime: isMacro ? (day < TREND_DAY ? 'RANGE' : 'TREND') : day % 3 === 0 ? 'RANGE' : 'TREND',
      entry_at: isoFromMs(entryMs),
      exit_at: isoFromMs(entryMs + horizon * HOUR_MS),
      realized_pnl_bps: errorBps,
      net_pnl_bps: errorBps - 20,
      pnl_error_bps: errorBps,
      abs_error_bps: Math.abs(errorBps),
      expected_sigma_bps: SIGMA_BPS,
      expected_abs_bps: 240,
      sigma_asof_bps: SIGMA_BPS,
      sigma_fast_bps: SIGMA_BPS,
    });
  });
}

/** Writes rows of any days, in any order, as reconcile would. */
export function insertAll(disk: Disk, rows: readonly ReconciledRow[]): void {
  const days = new Map<string, ReconciledRow[]>();
  for (const row of [...rows].sort(compareRows)) {
    const day = dayOf(msFromIso(row.exit_at));
    days.set(day, [...(days.get(day) ?? []), row]);
  }
  for (const [day, ofDay] of days) insertRows(disk, day, ofDay);
}

/** When every signal up to that of `day` is settled. */
export function settledMs(day: number): number {
  return T0 + (day + 2) * DAY_MS;
}

export const REGISTRY: AgentRegistry = {
  'break-a': { strategy_class: 'macro', stage: 'live', base_weight: 0.2 },
  'break-b': { strategy_class: 'macro', stage: 'live', base_weight: 0.2 },
  drop: { strategy_class: 'arb', stage: 'shadow', base_weight: 0.2 },
  steady: { strategy_class: 'event', stage: 'live', base_weight: 0.2 },
};

export const ENABLED: KillList = {
  macro: { status: 'ENABLED', max_cvar_sigma: 4 },
  arb: { status: 'ENABLED', max_cvar_sigma: 5 },
};

export function worldConfig(
  change: (config: WardenConfig) => WardenConfig = (config) => config,
): WardenConfig {
  const cost = () => ({ fee_bps: 0, slip_bps: 0 });
  const config = validate(WardenConfig, {
    version: 1,
    horizons_hours: [1, 4, 24],
    prices: {},
    costs: { spot: cost(), perp: cost(), equity: cost() },
    model: { ridge: null },
    cvar: { bootstrap_draws: 100 },
  });
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return change(config.value);
}

export function worldSettings(
  over: Partial<Pick<Settings, 'warden' | 'agents' | 'kill_list'>> = {},
): Settings {
  return settingsFrom({ warden: worldConfig(), agents: REGISTRY, kill_list: ENABLED, ...over });
}

const SETTINGS = worldSettings();
const silent = (): void => {};

export const quietPorts = {
  log: { info: silent, warn: silent, error: silent },
  progress: { start: silent, advance: silent, done: silent },
};

/** Supervises as of `nowMs`, with the settings of {@link worldSettings} unless told otherwise. */
export function tryLook(
  disk: Disk,
  nowMs: number,
  over: Partial<SuperviseOptions> = {},
  log: Log = quietPorts.log,
): Result<Supervised, string> {
  const fixed = { settings: SETTINGS, codeVersion: '1.0.0', stateCommit: null, lastGood: null };
  return supervise({ disk, ...quietPorts, log }, { nowMs, ...fixed, useCheckpoint: true, ...over });
}

/** The same where it must not be refused. */
export function look(
  disk: Disk,
  nowMs: number,
  over: Partial<SuperviseOptions> = {},
  log: Log = quietPorts.log,
): Supervised {
  const done = tryLook(disk, nowMs, over, log);
  if (!done.ok) throw new Error(done.error);
  return done.value;
}

/** Every file, the hidden ones too, path to the hash of its bytes. */
export function digests(disk: MemoryDisk): Record<string, string> {
  return Object.fromEntries(Object.entries(disk.dump()).map(([path, text]) => [path, sha256Hex(text)]));
}

/** What the supervisor wrote, path to text, without its hidden checkpoint. */
export function supervisorFiles(disk: MemoryDisk): Record<string, string> {
  return Object.fromEntries(Object.entries(disk.dump()).filter(([path]) => path.startsWith('supervisor/')));
}
