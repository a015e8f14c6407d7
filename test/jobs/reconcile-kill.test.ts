// Dying is harmless: whatever write a run dies at, and however that write ends, the next run leaves the same rows.

import { describe, expect, it } from 'vitest';
import type { AlphaEvent } from '../../src/domain/event.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import type { Disk, Prices } from '../../src/ports.ts';
import { T0 } from '../builders.ts';
import { fakePrices } from '../fakes/fake-prices.ts';
import { faultyDisk, type PowerCut, PowerLoss } from '../fakes/faulty-disk.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import {
  keysOf,
  linesOf,
  MARKET,
  pairsOf,
  placesOf,
  rejectsOf,
  rowFiles,
  run,
  SHARD,
  signal,
} from './reconcile-world.ts';

const SHARES = [0, 0.3, 0.99, 1] as const;

const spy = { symbol: 'SPY', market: 'equity' } as const;
const events: readonly AlphaEvent[] = [
  signal('a', 2),
  signal('b', 3, { direction: 'SHORT' }),
  signal('c', 20.5, { symbol: 'BTC/USDT:USDT', market: 'perp' }),
  signal('d', 30, { symbol: 'ETH/USDT' }),
  signal('e', 35, { symbol: 'ETH/USDT' }),
  signal('f', 40, { symbol: 'NOPE/USDT' }),
  signal('g', 50, { direction: 'FLAT' }),
  signal('h', 70, spy),
  signal('i', 71, spy),
  signal('j', 200, { symbol: 'NOPE/USDT' }),
];
const rival = signal('a', 2, { confidence: 0.123 });
const SHARD_TEXT = `${linesOf([...events, rival])}{"agent":"no time"}\nnot json\n${linesOf([signal('k', 210)])}`;
const scored = [...events, signal('k', 210)];

/** Runs that settle, wait, and give up: on the first day, within the week, and after it. */
const INSTANTS = [T0 + 28 * HOUR_MS, T0 + 5 * DAY_MS, T0 + 11 * DAY_MS, T0 + 40 * DAY_MS];

function fresh(): MemoryDisk {
  return memoryDisk({ [SHARD]: SHARD_TEXT });
}

async function allRuns(disk: Disk, from = 0): Promise<void> {
  for (const nowMs of INSTANTS.slice(from)) await run(disk, nowMs);
}

/** A disk on which `before` ran, and a run at `nowMs` died; `null` where that run makes fewer writes. */
async function afterCut(
  before: readonly number[],
  nowMs: number,
  cut: PowerCut,
  prices: Prices = fakePrices(MARKET),
): Promise<MemoryDisk | null> {
  const disk = fresh();
  for (const earlierMs of before) await run(disk, earlierMs);
  const faulty = faultyDisk(disk, cut);
  const error: unknown = await run(faulty, nowMs, { prices }).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error === null && faulty.writeCount() <= cut.atWrite) return null;
  expect(error).toBeInstanceOf(PowerLoss);
  return disk;
}

function outcome(disk: MemoryDisk) {
  const rejects = rejectsOf(disk).map(({ reject_id }) => reject_id);
  expect(new Set(rejects).size).toBe(rejects.length);
  return { rows: rowFiles(disk), pending: disk.dump()['alpha/pending.json'], rejects: rejects.sort() };
}

describe('reconcile, killed at any write', () => {
  it('leaves the same bytes and every pair in one place after the next runs', async () => {
    const undisturbed = fresh();
    await allRuns(undisturbed);
    const expected = outcome(undisturbed);
    let kills = 0;

    for (const [place, nowMs] of INSTANTS.entries()) {
      for (const share of SHARES) {
        for (let atWrite = 0; ; atWrite += 1) {
          const disk = await afterCut(INSTANTS.slice(0, place), nowMs, { atWrite, share });
          if (disk === null) break;
          kills += 1;

          await allRuns(disk, place);

          expect(outcome(disk), `run ${place}, write ${atWrite}, share ${share}`).toEqual(expected);
          expect(keysOf(placesOf(disk))).toEqual(pairsOf(scored));
        }
      }
    }

    expect(Object.keys(expected.rows).length).toBeGreaterThan(4);
    expect(expected.rejects.length).toBeGreaterThan(6);
    expect(kills).toBeGreaterThanOrEqual(40);
  });

  it('heals after dying in every run, one after the other', async () => {
    const undisturbed = fresh();
    await allRuns(undisturbed);

    const disk = fresh();
    for (const nowMs of INSTANTS) {
      for (let atWrite = 0; ; atWrite += 1) {
        const faulty = faultyDisk(disk, { atWrite, share: 0.5 });
        const died = await run(faulty, nowMs).then(
          () => false,
          () => true,
        );
        if (!died) break;
      }
    }

    expect(outcome(disk)).toEqual(outcome(undisturbed));
  });

  it('gives no pair a row and a reject, where prices came or went between the death and the next run', async () => {
    const bright = () => fakePrices(MARKET);
    const dark = () =>
      fakePrices(
        MARKET.map((each) => ({ ...each, closeAtMs: new Float64Array(), close: new Float64Array() })),
      );
    const [firstMs, lastMs] = [T0 + HOUR_MS, T0 + 40 * DAY_MS];
    let kills = 0;

    for (const [dying, next] of [
      [dark, bright],
      [bright, dark],
    ] as const) {
      for (let atWrite = 0; ; atWrite += 1) {
        const disk = await afterCut([firstMs], lastMs, { atWrite, share: 1 }, dying());
        if (disk === null) break;
        kills += 1;

        await run(disk, lastMs, { prices: next() });

        expect(keysOf(placesOf(disk)), `write ${atWrite}`).toEqual(pairsOf(scored));
      }
    }

    expect(kills).toBeGreaterThan(3);
  });
});
