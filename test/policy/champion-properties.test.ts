// The champion under any market: what must not change its decisions does not, and no figure of them is ever without sense.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scan } from '../../src/domain/scan.ts';
import { epochMs } from '../../src/domain/steps.ts';
import { type ChampionMemory, championPolicy } from '../../src/policy/champion.ts';
import type { Decision, PolicyView, SlotView } from '../../src/policy/policy.ts';
import { freeSlot, openSlot, START_MS, STEP_MS, SYMBOLS, scanOf, settingsWith, viewOf } from './build.ts';

const SETTINGS = {
  calibration: 'champion',
  side: 'both',
  picker: { lookback: 3 },
  confirmation: { lookback: 1 },
  exit_legs: [0.5, 1],
  max_hold_bars: 6,
};
const champion = championPolicy(settingsWith(SETTINGS));
const KEYS = Object.keys(SYMBOLS) as readonly (keyof typeof SYMBOLS)[];

/** One scan of a market: moves of each asset in hundredths of a percent, the signal in hundredths, and what else it says. */
interface Tick {
  readonly moves: readonly number[];
  readonly velDiv: number | null;
  readonly acbBoost: number | null;
  readonly isVolOk: boolean;
}

const tick: fc.Arbitrary<Tick> = fc.record({
  moves: fc.array(fc.integer({ min: -80, max: 80 }), { minLength: 3, maxLength: 3 }),
  velDiv: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -9, max: 9 }) }, fc.constant(null)),
  acbBoost: fc.oneof(
    fc.constant(null),
    fc.integer({ min: 1, max: 30 }).map((tenths) => tenths / 10),
  ),
  isVolOk: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
});
const market = fc.array(tick, { minLength: 4, maxLength: 40 });

interface World {
  /** Of every price. */
  readonly scale: number;
  /** -1 turns every move and signal round. */
  readonly direction: 1 | -1;
  readonly order: (keys: readonly string[]) => readonly string[];
  /** Called between steps; what it returns is what the policy goes on with. */
  readonly keep: (memory: ChampionMemory) => ChampionMemory;
  readonly isTwice: boolean;
}

const PLAIN: World = {
  scale: 1,
  direction: 1,
  order: (keys) => keys,
  keep: (memory) => memory,
  isTwice: false,
};

/** Fills what the champion decides at once and in whole, so that trades begin and end, and returns all it said. */
function lived(ticks: readonly Tick[], changes: Partial<World> = {}): readonly Decision[] {
  const world = { ...PLAIN, ...changes };
  const logs = KEYS.map(() => 0);
  let memory = champion.begin();
  let slot: SlotView = freeSlot();
  let closed: PolicyView['closed'] = [];
  const said: Decision[] = [];
  for (const [index, one] of ticks.entries()) {
    for (const [asset, move] of one.moves.entries())
      logs[asset] = (logs[asset] ?? 0) + (world.direction * move) / 1e4;
    const scan = scanAt(index + 1, one, logs, world);
    const price = scan.prices[slot.symbol?.replace('-', '') ?? ''];
    const seen = price === undefined ? null : { price, ageMs: 0, source: 'scan' as const };
    const view = viewOf(scan, { slots: [{ ...slot, price: seen }], closed });
    closed = [];
    for (const each of world.isTwice ? [view, { ...view, closed: [] }] : [view]) {
      const step = champion.step(world.keep(memory), each);
      memory = step.memory;
      said.push(...step.decisions);
      for (const decision of step.decisions) {
        const after = filled(slot, decision, index + 1);
        if (slot.tradeId !== null && after.tradeId === null) closed = [endOf(slot)];
        slot = after;
      }
    }
  }
  return said;
}

function scanAt(number: number, one: Tick, logs: readonly number[], world: World): Scan {
  const entries = KEYS.map(
    (key, asset) => [key, world.scale * 1_000 * (asset + 1) * Math.exp(logs[asset] ?? 0)] as const,
  );
  const prices = Object.fromEntries(entries);
  return scanOf(number, {
    prices: Object.fromEntries(world.order(KEYS).map((key) => [key, prices[key] ?? 0])),
    velDiv: one.velDiv === null ? null : (world.direction * one.velDiv) / 100,
    acbBoost: one.acbBoost,
    isVolOk: one.isVolOk,
  });
}

function filled(slot: SlotView, decision: Decision, number: number): SlotView {
  if (decision.action === 'ENTER')
    return openSlot({
      tradeId: `trade-${number}`,
      symbol: decision.symbol,
      side: decision.side,
      size: decision.size ?? 0,
      entryPrice: decision.referencePrice,
      openedAtMs: epochMs(START_MS + number * STEP_MS),
    });
  if (decision.action !== 'EXIT') return slot;
  return decision.size === null ? { ...slot, legIndex: slot.legIndex + 1, size: slot.size / 2 } : freeSlot();
}

function endOf({ tradeId, openedAtMs }: SlotView): PolicyView['closed'][number] {
  return { tradeId: tradeId ?? '', realizedUsdt: openedAtMs % 7, feesUsdt: 3, fundingUsdt: 0 };
}

/** What a decision does, without figures that depend on the price alone. */
function actOf({ slot, action, symbol, side, tradeId, leverage, isUrgent }: Decision): string {
  return JSON.stringify([slot, action, symbol, side, tradeId, leverage?.toFixed(6) ?? null, isUrgent]);
}

function acts(decisions: readonly Decision[]): readonly string[] {
  return decisions.map(actOf);
}

describe('in any market, the champion', () => {
  it('enters and leaves at all, so that the other properties say something', () => {
    const actions = fc.sample(market, { numRuns: 300, seed: 7 }).flatMap((ticks) => lived(ticks));
    const count = (action: string, reason: RegExp): number =>
      actions.filter((one) => one.action === action && reason.test(one.reason)).length;
    for (const [action, reason] of [
      ['ENTER', /^VEL_DIV.*SHORT/],
      ['ENTER', /^VEL_DIV.*LONG/],
      ['EXIT', /^STOP_LOSS/],
      ['EXIT', /^MAX_HOLD/],
      ['EXIT', /^TAKE_PROFIT.*leg 1/],
      ['EXIT', /^TAKE_PROFIT.*leg 2/],
      ['HOLD', /^ASSET_PICKER_BLOCK/],
      ['HOLD_DC_CONTRADICTED', /^DC_CONTRADICT/],
    ] as const)
      expect(count(action, reason), `${action} ${reason}`).toBeGreaterThan(5);
  });

  it('decides the same after its memory was written down between any two steps', () => {
    fc.assert(
      fc.property(market, (ticks) => {
        const keep = (memory: ChampionMemory): ChampionMemory => JSON.parse(JSON.stringify(memory));
        expect(lived(ticks, { keep })).toEqual(lived(ticks));
      }),
    );
  });

  it('does not care in which order a scan names its assets', () => {
    fc.assert(
      fc.property(market, (ticks) => {
        const order = (keys: readonly string[]): readonly string[] => keys.toReversed();
        expect(lived(ticks, { order })).toEqual(lived(ticks));
      }),
    );
  });

  it('decides on a scan once', () => {
    fc.assert(
      fc.property(market, (ticks) => {
        const once = lived(ticks);
        const twice = lived(ticks, { isTwice: true });
        const entries = (all: readonly Decision[]): number =>
          all.filter(({ action }) => action === 'ENTER').length;
        // An exit is looked at at every step, so a leg may follow within the same scan; nothing else may.
        const scansOf = (all: readonly Decision[]): readonly unknown[] =>
          all.filter(({ action }) => action !== 'EXIT').map(({ facts }) => facts['scan_number']);
        expect(new Set(scansOf(twice)).size).toBe(scansOf(twice).length);
        expect(entries(twice)).toBeLessThanOrEqual(ticks.length);
        expect(twice[0]).toEqual(once[0]);
      }),
    );
  });

  it('does at ten times the prices what it does, with a tenth of the size', () => {
    fc.assert(
      fc.property(market, (ticks) => {
        const plain = lived(ticks);
        const tenfold = lived(ticks, { scale: 10 });
        expect(acts(tenfold)).toEqual(acts(plain));
        for (const [index, { action, size }] of plain.entries())
          if (action === 'ENTER') expect((tenfold[index]?.size ?? 0) * 10).toBeCloseTo(size ?? 0, 6);
      }),
    );
  });

  it('enters a mirrored market on the other side', () => {
    const mirrored = (text: string): string =>
      text.replaceAll(/LONG|SHORT/g, (side) => (side === 'LONG' ? 'SHORT' : 'LONG'));
    fc.assert(
      fc.property(market, (ticks) => {
        // A stop in bps of the entry price is not the same in logarithms, so only what comes before the first exit is compared.
        const until = (all: readonly Decision[]): readonly string[] => {
          const entry = all.findIndex(({ action }) => action === 'ENTER');
          const signals = all.slice(0, entry < 0 ? all.length : entry + 1);
          return acts(signals.filter(({ facts }) => facts['vel_div'] !== null && facts['vel_div'] !== 0));
        };
        const plain = until(lived(ticks));
        expect(until(lived(ticks, { direction: -1 })).map(mirrored)).toEqual(plain);
      }),
    );
  });

  it('never decides twice about a slot in a step, and never on a figure without sense', () => {
    const wild = fc.double();
    const price = fc.oneof(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.constant(1e-300));
    const view = fc.record({
      prices: fc.dictionary(fc.constantFrom('BTCUSDT', 'ETHUSDT', 'XRPUSDT'), price),
      velDiv: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-0.05)),
      capitalUsdt: fc.oneof(wild, fc.constant(null), fc.constant(25_000)),
      slotPrice: wild,
      entryPrice: fc.oneof(wild, fc.constant(null)),
      status: fc.constantFrom('free', 'open', 'entering', 'exiting', 'blocked'),
    });
    fc.assert(
      fc.property(fc.array(view, { maxLength: 30 }), (views) => {
        let memory = champion.begin();
        for (const [index, one] of views.entries()) {
          const { slotPrice, entryPrice, status } = one;
          const held = openSlot({ entryPrice, price: { price: slotPrice, ageMs: 0, source: 'venue' } });
          const slot = status === 'free' ? freeSlot() : { ...held, status: status as SlotView['status'] };
          const scan = scanOf(index + 1, { prices: one.prices, velDiv: one.velDiv });
          const slots = [slot, freeSlot(1)];
          const step = champion.step(memory, viewOf(scan, { slots, capitalUsdt: one.capitalUsdt }));
          memory = step.memory;
          expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
          const decided = step.decisions.map((decision) => decision.slot);
          expect(new Set(decided).size).toBe(decided.length);
          for (const { action, size, leverage, referencePrice } of step.decisions) {
            if (action !== 'ENTER') continue;
            expect(Number.isFinite(size) && (size ?? 0) > 0).toBe(true);
            expect(leverage).toBeGreaterThanOrEqual(0.5);
            expect(leverage).toBeLessThanOrEqual(8);
            expect(referencePrice).toBeGreaterThanOrEqual(1e-8);
          }
        }
      }),
    );
  });
});
