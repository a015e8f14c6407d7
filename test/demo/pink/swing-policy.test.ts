// The policy of PINK in the demo: it goes the way of the last day, asks once a day, and leaves after a day or at its stop.

import { describe, expect, it } from 'vitest';
import { swingPolicy } from '../../../src/demo/pink/swing-policy.ts';
import type { Scan } from '../../../src/domain/scan.ts';
import type { EpochMs } from '../../../src/domain/steps.ts';
import type { Decision, PolicyView, SlotView } from '../../../src/policy/policy.ts';

const START_MS = 1_780_000_000_000;
const BAR_MS = 14_400_000;
const DAY_BARS = 6;

const FREE: SlotView = {
  slot: 0,
  status: 'free',
  tradeId: null,
  symbol: null,
  side: 'LONG',
  strategyClass: '',
  size: 0,
  entryPrice: null,
  openedAtMs: 0 as EpochMs,
  legIndex: 0,
  price: null,
};

function viewAt(bar: number, prices: Readonly<Record<string, number>>, change: Partial<PolicyView> = {}) {
  const nowMs = (START_MS + bar * BAR_MS) as EpochMs;
  const scan: Scan = {
    scanNumber: bar,
    scannedAtMs: nowMs,
    receivedAtMs: nowMs,
    prices,
    anchor: null,
    velDiv: null,
    w50Velocity: null,
    w750Velocity: null,
    isVolOk: true,
    posture: 'APEX',
    acbBoost: null,
    exf: null,
    esof: null,
    problems: [],
  };
  const view: PolicyView = {
    nowMs,
    scan,
    isNewScan: true,
    scanAgeMs: 0,
    capitalUsdt: 100_000,
    slots: [FREE],
    closed: [],
    symbols: { AUSDT: 'A-USDT', BUSDT: 'B-USDT' },
    prices: {},
    ...change,
  };
  return view;
}

/** The decisions at each of the bars, of which each is handed what it is to see. */
function decided(views: readonly PolicyView[]): readonly (readonly Decision[])[] {
  const policy = swingPolicy();
  let memory = policy.begin();
  return views.map((view) => {
    const step = policy.step(memory, view);
    memory = step.memory;
    return step.decisions;
  });
}

/** A price that changes by so much with each bar, now a little more and now a little less. */
const walk = (share: number) => (bar: number) => 100 * (1 + share) ** bar * (bar % 2 === 0 ? 1.002 : 1);
const bars = (count: number, views: (bar: number) => PolicyView) =>
  decided(Array.from({ length: count }, (_, bar) => views(bar)));

describe('an entry', () => {
  it.each([
    ['LONG', 0.01],
    ['SHORT', -0.01],
  ] as const)('goes %s after a day of %d a bar, with a size from the capital', (side, share) => {
    const price = walk(share);
    const all = bars(2 * DAY_BARS, (bar) => viewAt(bar, { AUSDT: price(bar) }));

    expect(all.slice(0, -1).flat()).toEqual([]);
    const [entry] = all.at(-1) ?? [];
    const referencePrice = price(2 * DAY_BARS - 1);
    expect(entry).toMatchObject({ action: 'ENTER', symbol: 'A-USDT', side, referencePrice, slot: 0 });
    expect(entry?.size).toBeCloseTo(5_000 / referencePrice, 9);
    expect(entry?.leverage).toBeGreaterThanOrEqual(1);
    expect(entry?.leverage).toBeLessThanOrEqual(3);
    expect(Math.sign(Number(entry?.facts['vel_div']))).toBe(side === 'LONG' ? 1 : -1);
    expect(entry?.facts['posture']).toBe('TREND');
  });

  it('is asked for once a day, whether it was let in or not', () => {
    const price = walk(0.01);
    const all = bars(2 * DAY_BARS + 14, (bar) => viewAt(bar, { AUSDT: price(bar) }));
    const asked = all.flatMap((decisions, bar) => (decisions.length > 0 ? [bar] : []));

    expect(asked).toEqual([11, 17, 23]);
  });

  it('takes the stronger of two, and none of what is held', () => {
    const [weak, strong] = [walk(0.002), walk(0.02)];
    const seen = (bar: number) => ({ AUSDT: weak(bar), BUSDT: strong(bar) });
    const last = (slots: readonly SlotView[]): readonly string[] =>
      bars(2 * DAY_BARS, (bar) => viewAt(bar, seen(bar), { slots }))
        .at(-1)
        ?.map(({ symbol }) => symbol) ?? [];

    expect(last([FREE])).toEqual(['B-USDT']);
    expect(last([FREE, { ...FREE, slot: 1 }])).toEqual(['B-USDT']);
    expect(last([])).toEqual([]);
    expect(last([FREE, { ...FREE, slot: 1, status: 'entering', symbol: 'B-USDT' }])).toEqual(['A-USDT']);
  });

  it('is not decided without capital, without a new bar, or where nothing moves', () => {
    const price = walk(0.01);
    const with_ = (change: Partial<PolicyView>, prices = price) =>
      bars(2 * DAY_BARS, (bar) => viewAt(bar, { AUSDT: prices(bar) }, change)).flat();

    expect(with_({ capitalUsdt: null })).toEqual([]);
    expect(with_({ isNewScan: false })).toEqual([]);
    expect(with_({}, () => 100)).toEqual([]);
  });
});

describe('an exit', () => {
  const held = (change: Partial<SlotView>): SlotView => ({
    ...FREE,
    status: 'open',
    tradeId: 'T-1',
    symbol: 'A-USDT',
    size: 7,
    entryPrice: 100,
    openedAtMs: START_MS as EpochMs,
    price: { price: 100, ageMs: 0, source: 'feed' },
    ...change,
  });
  const at = (bar: number, slot: SlotView) => decided([viewAt(bar, { AUSDT: 100 }, { slots: [slot] })])[0];

  it('comes after a day', () => {
    expect(at(5, held({}))).toEqual([]);
    const exit = { action: 'EXIT', reason: 'HELD_A_DAY', tradeId: 'T-1', size: 7, isUrgent: false };
    expect(at(6, held({}))).toMatchObject([exit]);
  });

  it.each([
    ['LONG', 90],
    ['SHORT', 110],
  ] as const)('of a %s comes at once where the price is at %d', (side, price) => {
    const slot = held({ side, price: { price, ageMs: 0, source: 'feed' } });
    expect(at(1, slot)).toMatchObject([{ action: 'EXIT', reason: 'STOP_LOSS', isUrgent: true }]);
    expect(at(1, { ...slot, side: side === 'LONG' ? 'SHORT' : 'LONG' })).toEqual([]);
  });

  it('is alone: nothing is entered with the same bar', () => {
    const price = walk(0.01);
    const slots = [FREE, held({ slot: 1, symbol: 'B-USDT' })];
    const all = bars(2 * DAY_BARS, (bar) => viewAt(bar, { AUSDT: price(bar) }, { slots }));
    expect(all.at(-1)?.map(({ action }) => action)).toEqual(['EXIT']);
  });

  it('waits while one is under way, and is not decided of what nobody holds', () => {
    expect(at(9, held({ status: 'exiting' }))).toEqual([]);
    expect(at(9, held({ tradeId: null }))).toEqual([]);
  });
});
