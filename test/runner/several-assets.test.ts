// The champion before a real kernel with several assets: which it enters, at whose price it leaves, and what it learns of it.

import { expect, it } from 'vitest';
import { noSnapshot, snapshotAfter } from '../../src/adapters/sinks/engine-snapshot.ts';
import { rowMaker } from '../../src/adapters/sinks/row-maker.ts';
import { Pink } from '../../src/domain/pink-settings.ts';
import type { Scan } from '../../src/domain/scan.ts';
import type { SinkRow } from '../../src/domain/sink-row.ts';
import { validate } from '../../src/domain/validate.ts';
import type { DecisionEvent, IntentEvent } from '../../src/kernel/event.ts';
import { type ChampionMemory, championPolicy } from '../../src/policy/champion.ts';
import { usdtOf } from '../../src/runner/slot-views.ts';
import { BTC, ETH, usdt } from '../kernel/build.ts';
import { type Stage, stageOf } from './policy-stage.ts';

const SETTINGS = {
  policy: {
    calibration: 'champion',
    bar: '10s',
    picker: { lookback: 3 },
    sizer: { capital_fraction: 0.05 },
  },
};

/** Of three scans: BTC goes nowhere, ETH falls straight. */
const PRICES = [
  [50_000, 3_000],
  [50_010, 2_995],
  [50_000, 2_990],
] as const;

async function stage(over: object = {}): Promise<Stage> {
  const pink = { ...SETTINGS, ...over };
  const checked = validate(Pink, { version: 1, venue: { symbols: [BTC, ETH] }, ...structuredClone(pink) });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return await stageOf(championPolicy(checked.value.policy) as never, { pink });
}

/** A scan of both assets, or of those that have a price, and the time until the next. */
async function scanned(
  it: Stage,
  btc: number | null,
  eth: number | null,
  over: Partial<Scan> = {},
): Promise<void> {
  const prices: Record<string, number> = {};
  if (btc !== null) prices['BTCUSDT'] = btc;
  if (eth !== null) prices['ETHUSDT'] = eth;
  it.scan(0, { prices, ...over });
  await it.world.passed(10_000);
}

function decided(it: Stage, action: string): readonly DecisionEvent[] {
  const all = it.records.flatMap(({ event }) => (event.kind === 'DECISION' ? [event] : []));
  return all.filter((event) => event.action === action);
}

function intents(it: Stage): readonly IntentEvent[] {
  return it.records.flatMap(({ event }) => (event.kind === 'INTENT' ? [event] : []));
}

function memoryOf(it: Stage): ChampionMemory {
  return it.trader.policyDesk.kept().policy as ChampionMemory;
}

/** The third scan enters ETH. */
async function entered(it: Stage): Promise<void> {
  for (const [btc, eth] of PRICES) await scanned(it, btc, eth);
  expect(intents(it)).toMatchObject([{ action: 'ENTER', symbol: ETH, side: 'SHORT', slot: 0 }]);
  expect(it.trader.host.state.slots[0]?.status).toBe('OPEN');
}

it('a position is judged at the price of its own asset, and by the venue where the feed has none of it', async () => {
  const it = await stage();
  await entered(it);

  for (let scan = 0; scan < 6; scan += 1) await scanned(it, 60_000 + scan * 1_000, null);
  expect(intents(it)).toHaveLength(1);
  expect(decided(it, 'HOLD').length).toBeGreaterThan(0);

  it.world.price(31_000, ETH);
  await it.world.passed(70_000);

  const [exit] = decided(it, 'EXIT');
  expect(exit).toMatchObject({ symbol: ETH, reason: expect.stringMatching(/^STOP_LOSS/) });
  expect(JSON.parse(exit?.facts ?? '')).toMatchObject({ price: 3_100, price_source: 'venue' });
  expect(it.trader.host.state.slots[0]?.trade?.isClosed ?? true).toBe(true);
});

it('two positions are left each by its own price', async () => {
  const it = await stage({
    execution: { max_slots: 2 },
    policy: { ...SETTINGS.policy, picker: { lookback: 3, min_score: 0.5 } },
  });
  await entered(it);
  await scanned(it, 49_900, 2_990);
  await scanned(it, 49_800, 2_990);
  expect(intents(it).map(({ symbol }) => symbol)).toEqual([ETH, BTC]);

  await scanned(it, 51_500, 2_985, { velDiv: 0 });
  await it.world.passed(5_000);

  const exits = intents(it).filter(({ action }) => action === 'EXIT');
  expect(exits).toMatchObject([{ symbol: BTC, slot: 1 }]);
  const [eth, btc] = it.trader.host.state.slots;
  expect(eth?.trade).toMatchObject({ symbol: ETH, isClosed: false });
  expect(btc?.trade?.isClosed ?? true).toBe(true);
});

it('a scan that comes again is no second sample of any asset', async () => {
  const it = await stage();
  await scanned(it, 50_000, 3_000);
  for (let again = 0; again < 5; again += 1)
    await scanned(it, 50_000, 3_000, { scanNumber: 1, scannedAtMs: it.world.timers.nowMs() as never });
  await scanned(it, 50_010, 2_995, { scanNumber: 2 });

  expect(memoryOf(it).confirmation['ETHUSDT']?.prices).toEqual([3_000, 2_995]);
  expect(memoryOf(it).picker['BTCUSDT']?.prices).toEqual([50_000, 50_010]);
  expect(intents(it)).toEqual([]);
});

it('what is learned of an entry is what the ledger booked for its trade, whatever else the wallet did', async () => {
  const it = await stage();
  await entered(it);
  const slot = it.trader.host.state.slots[0]?.trade;
  expect(memoryOf(it).sizer.open).toMatchObject([{ tradeId: slot?.tradeId }]);

  await scanned(it, 50_000, 2_940, { velDiv: 0 });
  await scanned(it, 50_000, 2_940, { velDiv: 0 });

  const published = it.records.flatMap(({ effects }) =>
    effects.flatMap((effect) =>
      effect.kind === 'PUBLISH' && effect.publication.topic === 'trade_closed' ? [effect.publication] : [],
    ),
  );
  const [closed] = published;
  const net = usdtOf(((closed?.realized ?? 0n) - (closed?.fees ?? 0n) + (closed?.funding ?? 0n)) as never);
  expect(published).toHaveLength(1);
  expect(net).not.toBe(0);
  expect(memoryOf(it).sizer.results.flat()).toEqual([expect.closeTo(net, 8)]);
});

it('a boost grows the size that is sent, and is gone with the scan that named it', async () => {
  const sizes: number[] = [];
  for (const boost of [null, 2, 0.001]) {
    const it = await stage();
    await scanned(it, 50_000, 3_000, { acbBoost: 2 });
    await scanned(it, 50_010, 2_995, { acbBoost: 2 });
    await scanned(it, 50_000, 2_990, { acbBoost: boost, velDiv: -0.04 });
    const [intent] = intents(it);
    expect(intent?.size).toBeCloseTo((10_000 * 0.05 * (intent?.leverage ?? 0)) / 2_990, 8);
    sizes.push((intent?.size ?? 0) / ((10_000 * 0.05) / 2_990));
  }
  const [plain = 0, boosted = 0, floored = 0] = sizes;
  expect(boosted).toBeCloseTo(plain * 2, 6);
  expect(floored).toBeCloseTo(0.5, 6);
});

it('an entry that cannot be sized is a row of its own kind, with why, and the scan goes on counting', async () => {
  const it = await stage();
  const maker = rowMaker(it.trader.host.state, []);
  const rows: SinkRow[] = [];
  it.trader.host.state.ledger.availableMargin = usdt(0);
  for (const [btc, eth] of PRICES) await scanned(it, btc, eth);
  for (const record of it.records.filter(({ event }) => event.kind === 'DECISION'))
    rows.push(...maker.rowsOf(record, it.trader.host.state));

  expect(intents(it)).toEqual([]);
  const last = rows.at(-1);
  expect(last).toMatchObject({
    phase: 'entry_suppressed',
    action: 'HOLD',
    symbol: ETH,
    reason: 'ENTRY_SUPPRESSED: capital=0, expected more than 0',
    outcome: '',
  });
  const snapshot = rows.reduce(snapshotAfter, noSnapshot('pink'));
  expect(snapshot).toMatchObject({ scan_number: 3, vel_div: -0.05 });
});
