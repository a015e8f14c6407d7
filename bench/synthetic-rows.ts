// A history of reconciled rows of many agents and classes, written as reconcile would have left it: the input of `supervise`.

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { nodeDisk } from '../src/adapters/state/node-disk.ts';
import { insertRows } from '../src/adapters/state/row-store.ts';
import { roundBps } from '../src/domain/rounding.ts';
import { compareRows, type ReconciledRow } from '../src/domain/row.ts';
import { DAY_MS, dayOf, HOUR_MS, isoFromMs, msFromIso } from '../src/domain/time.ts';

export interface RowWorld {
  readonly rows: number;
  readonly agents: number;
  readonly classes: number;
  readonly days: number;
  readonly startMs: number;
  readonly seed: number;
}

export const HORIZONS_HOURS = [1, 4, 24] as const;
const REGIMES = ['CALM', 'RANGE', 'STRESS', 'TREND'] as const;

/** Returns the rows of the signals of one day: agents by turns, regimes that last some days in each class. */
function rowsOfDay(world: RowWorld, day: number, random: () => number): ReconciledRow[] {
  const signals = Math.round(world.rows / HORIZONS_HOURS.length / world.days);
  const rows: ReconciledRow[] = [];
  for (let index = 0; index < signals; index += 1) {
    const agent = (index + day) % world.agents;
    const strategyClass = agent % world.classes;
    const entryMs =
      world.startMs +
      day * DAY_MS +
      Math.floor((index / signals) * 24) * HOUR_MS +
      Math.floor(random() * 3_600) * 1000;
    const regime = REGIMES[(Math.floor(day / 5) + strategyClass) % REGIMES.length] ?? 'RANGE';
    const score = roundBps(random() * 2 - 1);
    for (const horizonHours of HORIZONS_HOURS) {
      const sigma = roundBps(60 * Math.sqrt(horizonHours));
      // A sum of four uniform numbers: near enough to normal, and cheap.
      const realized = roundBps((random() + random() + random() + random() - 2) * 1.73 * sigma);
      rows.push({
        v: 1,
        event_id: `s-${day}-${index}`,
        horizon_hours: horizonHours,
        ts: isoFromMs(entryMs),
        agent: `agent-${agent}`,
        run_id: null,
        symbol: `COIN${index % 10}/USDT`,
        market: 'spot',
        contract: 'linear',
        direction: score > 0 ? 'LONG' : 'SHORT',
        regime,
        strategy_class: `class-${strategyClass}`,
        score_final: score,
        confidence: 0.5,
        entry_at: isoFromMs(entryMs),
        exit_at: isoFromMs(entryMs + horizonHours * HOUR_MS),
        entry_price: 100,
        exit_price: roundBps(100 * (1 + realized / 10_000)),
        entry_stale_ms: 0,
        exit_stale_ms: 0,
        latency_ms: 0,
        price_source: 'bench:1h',
        realized_pnl_bps: realized,
        fee_bps: 20,
        slip_bps: 4,
        funding_bps: 0,
        net_pnl_bps: roundBps(realized - 24),
        expected_pnl_bps: 0,
        expected_sigma_bps: sigma,
        expected_abs_bps: roundBps(0.8 * sigma),
        pnl_error_bps: realized,
        abs_error_bps: Math.abs(realized),
        sigma_asof_bps: sigma,
        sigma_fast_bps: sigma,
        sim_version: 'fallback_zero',
        model_id: null,
        trained_at: null,
        uniqueness: 0.2,
      });
    }
  }
  return rows;
}

/** Writes the world into a state folder and returns the instant of its last exit. */
export function writeRows(state: string, world: RowWorld): number {
  const disk = nodeDisk(state);
  const generator = xoroshiro128plus(world.seed);
  const random = (): number => uniformFloat64(generator);
  let late: ReconciledRow[] = [];
  let endMs = world.startMs;
  for (let day = 0; day < world.days + 2; day += 1) {
    const rows = [...late, ...(day < world.days ? rowsOfDay(world, day, random) : [])];
    const today = dayOf(world.startMs + day * DAY_MS);
    const due = rows.filter((row) => row.exit_at.startsWith(today)).sort(compareRows);
    late = rows.filter((row) => !row.exit_at.startsWith(today));
    insertRows(disk, today, due);
    endMs = Math.max(endMs, ...due.slice(-1).map((row) => msFromIso(row.exit_at)));
  }
  return endMs;
}
