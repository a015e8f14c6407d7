// The champion, step by step: which gate stops an entry, what it is sized by, and when a position is left.

import { describe, expect, it } from 'vitest';
import type { Scan } from '../../src/domain/scan.ts';
import { epochMs } from '../../src/domain/steps.ts';
import { type ChampionMemory, championPolicy } from '../../src/policy/champion.ts';
import type { Decision, PolicyView } from '../../src/policy/policy.ts';
import { freeSlot, openSlot, START_MS, scanOf, settingsWith, stepped, trend, viewOf } from './build.ts';

/** Warm after four scans; a signal beyond 0.02 is one. */
const SHORT_LOOKBACK = { calibration: 'champion', picker: { lookback: 4 }, confirmation: { lookback: 3 } };

/** What the champion says to the last of these scans, after it saw the others. */
function saidTo(
  scans: readonly Scan[],
  settings: Record<string, unknown> = {},
  changes: Partial<PolicyView> = {},
): readonly Decision[] {
  const policy = championPolicy(settingsWith({ ...SHORT_LOOKBACK, ...settings }));
  const views = scans.map((scan, index) =>
    viewOf(scan, index === scans.length - 1 ? changes : { slots: [] }),
  );
  return stepped(policy, views).steps.at(-1) ?? [];
}

/** Five scans that fall, the last of which says SHORT. */
function falling(changes: Partial<Scan> = {}): readonly Scan[] {
  const scans = trend(1, 5, -10);
  return [...scans.slice(0, 4), { ...scans[4], velDiv: -0.04, ...changes } as Scan];
}

describe('an entry of the champion', () => {
  it('is a SHORT of what falls, sized by its conviction', () => {
    const [decision, ...others] = saidTo(falling());
    const price = 40_000 * 0.999 ** 5;
    expect(others).toEqual([]);
    expect(decision).toMatchObject({
      slot: 0,
      action: 'ENTER',
      reason: 'VEL_DIV: -0.04, SHORT beyond 0.02',
      symbol: 'BTC-USDT',
      side: 'SHORT',
      tradeId: null,
      referencePrice: price,
      exitLegRatios: [1],
      isUrgent: false,
    });
    // Twice the threshold, of three: half the way, cubed.
    expect(decision?.leverage).toBeCloseTo(0.5 + 7.5 / 8, 9);
    expect(decision?.size).toBeCloseTo((25_000 * 0.02 * (0.5 + 7.5 / 8)) / price, 9);
  });

  it('carries what it was decided from', () => {
    const [decision] = saidTo(falling({ acbBoost: 1.5, exf: { fear: 3 }, problems: ['assets: 1 left out'] }));
    expect(decision?.facts).toMatchObject({
      scan_number: 5,
      scan_age_ms: 0,
      vel_div: -0.04,
      w50_velocity: 0,
      w750_velocity: 0,
      anchor: 'BTCUSDT',
      posture: 'APEX',
      vol_ok: true,
      acb_boost: 1.5,
      scan_problems: ['assets: 1 left out'],
      exf: { fear: 3 },
      threshold: 0.02,
      score: 1,
      confirmation_bps: expect.closeTo(-29.97, 2),
      capital_usdt: 25_000,
      conviction: expect.closeTo(1.5 * (0.5 + 7.5 / 8), 9),
      bucket: 2,
      bucket_multiplier: 1,
    });
    expect(JSON.parse(JSON.stringify(decision?.facts))).toEqual(decision?.facts);
  });

  it('leaves out payloads that are too long, and says so', () => {
    const [decision] = saidTo(falling({ exf: 'x'.repeat(4_095), esof: { ok: true } }));
    expect(decision?.facts).toMatchObject({ esof: { ok: true }, left_out: ['exf'] });
    expect(decision?.facts).not.toHaveProperty('exf');
    expect(saidTo(falling({ exf: 'x'.repeat(4_094) }))[0]?.facts).toHaveProperty('exf');
  });

  it('is a LONG of what rises, where that is allowed', () => {
    const scans = trend(1, 5, 10);
    const rising = [...scans.slice(0, 4), { ...scans[4], velDiv: 0.04 } as Scan];
    expect(saidTo(rising, { side: 'both' })[0]).toMatchObject({ action: 'ENTER', side: 'LONG' });
    expect(saidTo(rising, { side: 'long' })[0]).toMatchObject({ action: 'ENTER', side: 'LONG' });
    expect(saidTo(rising)[0]).toMatchObject({
      action: 'HOLD',
      reason: expect.stringMatching(/^SIDE_NOT_ALLOWED/),
    });
  });

  it('is of the asset that goes most straightly its way, at its own price', () => {
    const scans = falling().map((scan, index) => ({
      ...scan,
      prices: {
        ...scan.prices,
        ETHUSDT: 3_000 - index,
        BTCUSDT: 40_000 - (index % 2 === 0 ? 10 : 0) * index,
      },
    }));
    expect(saidTo(scans)[0]).toMatchObject({ symbol: 'ETH-USDT', referencePrice: 2_996 });
  });

  it.each([
    ['no signal', { velDiv: null }, {}, /^NO_SIGNAL: the scan has no/],
    ['a signal at the threshold itself', { velDiv: -0.02 }, {}, /^NO_SIGNAL: vel_div -0.02 is within 0.02/],
    [
      'a signal of many digits',
      { velDiv: 0.0968253602711567 / 8 },
      {},
      /^NO_SIGNAL: vel_div 0.0121032 is within/,
    ],
    ['another posture', { posture: 'TURTLE' }, {}, /^POSTURE_BLOCK: posture TURTLE/],
    ['too little volatility', { isVolOk: false }, {}, /^VOL_NOT_OK/],
    [
      'no price of anything that can be traded',
      { prices: { XRPUSDT: 1 } },
      {},
      /^ASSET_PICKER_BLOCK: 0 of 0/,
    ],
    ['unknown capital', {}, { capitalUsdt: null }, /^ENTRY_SUPPRESSED: capital is not known/],
    ['capital that is no number', {}, { capitalUsdt: Number.NaN }, /^ENTRY_SUPPRESSED: capital=NaN/],
    ['a price that is none', { prices: { BTCUSDT: 1e-9 } }, {}, /^ENTRY_SUPPRESSED: price=1e-9/],
  ])('does not come with %s', (_case, scan, view, reason) => {
    const said = saidTo(falling(scan), {}, view);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ action: 'HOLD', size: null, reason: expect.stringMatching(reason) });
  });

  it('does not come while the picker is cold', () => {
    expect(saidTo(falling().slice(2))[0]?.reason).toBe(
      'ASSET_PICKER_BLOCK: 0 of 1 assets have prices of 4 scans, 1 have to',
    );
  });

  it('does not come against the move of the last scans', () => {
    const scans = [...falling().slice(0, 4), { ...falling()[4], prices: { BTCUSDT: 39_870 } } as Scan];
    expect(saidTo(scans, { confirmation: { lookback: 1 } })[0]).toMatchObject({
      action: 'HOLD_DC_CONTRADICTED',
      symbol: 'BTC-USDT',
      reason: expect.stringMatching(/^DC_CONTRADICT: BTC-USDT moved 7.46\d+ bps over 1 scans/),
    });
  });

  it('is lifted by a boost to the highest conviction and no further', () => {
    expect(saidTo(falling({ acbBoost: 100 }))[0]?.leverage).toBe(8);
    expect(saidTo(falling({ acbBoost: 0.1 }))[0]?.leverage).toBe(0.5);
  });
});

describe('a scan', () => {
  const policy = championPolicy(settingsWith(SHORT_LOOKBACK));
  const scans = falling();
  const last = scans[4] as Scan;
  const before = stepped(
    policy,
    scans.slice(0, 4).map((scan) => viewOf(scan, { slots: [] })),
  ).memory;

  it('is decided on once, even where it comes twice', () => {
    const { steps } = stepped(policy, [viewOf(last), viewOf(last)], before);
    expect(steps.map((decisions) => decisions.length)).toEqual([1, 0]);
  });

  it('is not decided on when only time has passed', () => {
    expect(policy.step(before, viewOf(last, { isNewScan: false }))).toMatchObject({
      decisions: [],
      memory: { scan: before.scan },
    });
  });

  it('that comes late, below one that was seen, is none', () => {
    const { memory } = stepped(policy, [viewOf(last)], before);
    expect(policy.step(memory, viewOf(scans[2] as Scan)).decisions).toEqual([]);
  });

  it('whose number was seen is none, although it says that it was made later', () => {
    const { memory } = stepped(policy, [viewOf(last)], before);
    const again = { ...last, scannedAtMs: epochMs(last.scannedAtMs + 1_000) };
    expect(policy.step(memory, viewOf(again)).decisions).toEqual([]);
  });

  it('of a source that began to count again is new', () => {
    const { memory } = stepped(policy, [viewOf(last)], before);
    const again = scanOf(6, { scanNumber: 1 });
    expect(policy.step(memory, viewOf(again)).decisions).toHaveLength(1);
  });

  it('that is too old is no entry, says so once, and is history all the same', () => {
    const old = { scanAgeMs: 30_001 };
    const { steps, memory } = stepped(policy, [
      ...scans.map((scan) => viewOf(scan, old)),
      viewOf(scanOf(6, { velDiv: -0.04, prices: { BTCUSDT: 39_000 } })),
    ]);
    expect(steps.map((decisions) => decisions.map(({ action }) => action))).toEqual([
      ['HOLD'],
      [],
      [],
      [],
      [],
      ['ENTER'],
    ]);
    expect(steps[0]?.[0]?.reason).toBe('SCAN_STALE: 30001 ms old, at most 30000');
    expect(memory.picker['BTCUSDT']?.prices).toHaveLength(4);
  });

  it('at the oldest age that it may have is an entry', () => {
    expect(policy.step(before, viewOf(last, { scanAgeMs: 30_000 })).decisions[0]?.action).toBe('ENTER');
  });

  it('after a hole has no history before it', () => {
    const late = { ...last, scannedAtMs: epochMs(last.scannedAtMs + 3_600_000) };
    const { decisions } = policy.step(before, viewOf(late));
    expect(decisions[0]?.reason).toMatch(/^ASSET_PICKER_BLOCK: 0 of 1/);
  });
});

describe('slots', () => {
  it('get the entry in the first that is free', () => {
    const slots = [openSlot({ symbol: 'ETH-USDT', size: 1 }), freeSlot(1), freeSlot(2)];
    expect(saidTo(falling(), {}, { slots })).toMatchObject([
      { slot: 1, action: 'ENTER', symbol: 'BTC-USDT' },
    ]);
  });

  it('never get a second entry of a symbol that another holds, whatever it is doing', () => {
    for (const status of ['open', 'entering', 'exiting', 'blocked'] as const) {
      const said = saidTo(falling(), {}, { slots: [openSlot({ status }), freeSlot(1)] });
      expect(said).toMatchObject([
        { slot: 1, action: 'HOLD', reason: expect.stringMatching(/^ASSET_PICKER_BLOCK/) },
      ]);
    }
  });

  it('that are all taken hold, with what the position is worth', () => {
    const slots = [openSlot({ price: { price: 39_900, ageMs: 5, source: 'venue' } })];
    const said = saidTo(falling(), {}, { slots });
    expect(said).toMatchObject([
      {
        slot: 0,
        action: 'HOLD',
        reason: 'NO_FREE_SLOT: every slot is taken',
        tradeId: 'trade-1',
        facts: { gain_bps: 25, price_age_ms: 5, price_source: 'venue', held_ms: 300_000 },
      },
    ]);
  });

  it('without a price of their own say so, and are judged at no other', () => {
    const slots = [openSlot({ symbol: 'ETH-USDT', entryPrice: 3_000, price: null }), freeSlot(1)];
    expect(saidTo(falling(), {}, { slots })).toMatchObject([
      { slot: 0, action: 'HOLD', reason: expect.stringMatching(/^all: no price of ETH-USDT/) },
      { slot: 1, action: 'ENTER' },
    ]);
  });

  it('that are still entering are not missed a price', () => {
    const said = saidTo(falling(), {}, { slots: [openSlot({ status: 'entering', price: null })] });
    expect(said).toMatchObject([{ action: 'HOLD', reason: 'NO_FREE_SLOT: every slot is taken' }]);
  });

  it('get one decision each at most', () => {
    const slots = [
      openSlot({ price: { price: 41_000, ageMs: 0, source: 'feed' } }),
      openSlot({ slot: 1, symbol: 'ETH-USDT', price: null, openedAtMs: epochMs(0) }),
      freeSlot(2),
      freeSlot(3),
    ];
    const said = saidTo(falling(), {}, { slots });
    expect(said.map(({ slot, action }) => [slot, action])).toEqual([
      [0, 'EXIT'],
      [1, 'EXIT'],
      [2, 'HOLD'],
    ]);
  });
});

describe('an exit of the champion', () => {
  const policy = championPolicy(settingsWith(SHORT_LOOKBACK));
  const stopped = openSlot({ price: { price: 41_000, ageMs: 0, source: 'venue' } });

  function momentAt(ms: number, changes: Partial<PolicyView> = {}): PolicyView {
    return viewOf(null, { nowMs: epochMs(START_MS + ms), slots: [stopped], ...changes });
  }

  it('comes without any scan, at the price of the venue', () => {
    expect(policy.step(policy.begin(), momentAt(0)).decisions).toMatchObject([
      {
        slot: 0,
        action: 'EXIT',
        reason: 'STOP_LOSS: -250 bps, stop at -150',
        symbol: 'BTC-USDT',
        side: 'SHORT',
        tradeId: 'trade-1',
        referencePrice: 41_000,
        size: 1,
        leverage: null,
        isUrgent: true,
        facts: { scan_number: null, gain_bps: -250, price_source: 'venue' },
      },
    ]);
  });

  it('comes whatever the posture says, and how old the scan is', () => {
    const scan = scanOf(1, { posture: 'TURTLE', isVolOk: false });
    const view = viewOf(scan, { slots: [stopped], scanAgeMs: 1e9 });
    expect(policy.step(policy.begin(), view).decisions).toMatchObject([{ action: 'EXIT' }]);
  });

  it('is decided again only after a while, and at once for another reason', () => {
    const target = openSlot({ price: { price: 39_000, ageMs: 0, source: 'venue' } });
    const { steps } = stepped(policy, [
      momentAt(0, { slots: [target] }),
      momentAt(1_000, { slots: [target] }),
      momentAt(2_000),
      momentAt(6_999),
      momentAt(7_000),
    ]);
    expect(steps.map((decisions) => decisions.length)).toEqual([1, 0, 1, 0, 1]);
  });

  it('is decided again where the clock went back', () => {
    const { steps } = stepped(policy, [momentAt(10_000), momentAt(9_000)]);
    expect(steps.map((decisions) => decisions.length)).toEqual([1, 1]);
  });

  it('at the end of the longest hold counts bars of the length that is set', () => {
    const hourly = championPolicy(settingsWith({ ...SHORT_LOOKBACK, bar: '1h', max_hold_bars: 2 }));
    const held = (ms: number): readonly Decision[] =>
      hourly.step(hourly.begin(), momentAt(ms, { slots: [openSlot()] })).decisions;
    expect(held(7_199_999)).toEqual([]);
    expect(held(7_200_000)).toMatchObject([{ action: 'EXIT', reason: expect.stringMatching(/^MAX_HOLD/) }]);
  });

  it('of the next leg, or of the next trade, does not wait for that of the one before', () => {
    const legs = championPolicy(settingsWith({ ...SHORT_LOOKBACK, exit_legs: [0.5, 1] }));
    const target = (changes: object) =>
      momentAt(0, { slots: [openSlot({ price: { price: 39_000, ageMs: 0, source: 'feed' }, ...changes })] });
    const views = [target({}), target({ legIndex: 1 }), target({ tradeId: 'trade-2' })];
    expect(stepped(legs, views).steps.map(([decision]) => decision?.size)).toEqual([null, 1, null]);
  });

  it.each(['free', 'entering', 'exiting', 'blocked'] as const)(
    'is not asked of a slot that is %s',
    (status) => {
      const view = momentAt(1e12, { slots: [{ ...stopped, status }] });
      expect(policy.step(policy.begin(), view).decisions).toEqual([]);
    },
  );
});

describe('what the champion has learned', () => {
  it('comes from the trade of its own entry, by its id', () => {
    const policy = championPolicy(settingsWith(SHORT_LOOKBACK));
    const scans = falling();
    const last = scans[4] as Scan;
    const warm = scans.slice(0, 4).map((scan) => viewOf(scan, { slots: [] }));
    const nowMs = last.receivedAtMs;
    const moment = (changes: Partial<PolicyView>): PolicyView =>
      viewOf(last, { isNewScan: false, nowMs, ...changes });
    const lost = { tradeId: 'trade-1', realizedUsdt: -10, feesUsdt: 2, fundingUsdt: 1 };
    const stray = { tradeId: 'trade-9', realizedUsdt: 99, feesUsdt: 0, fundingUsdt: 0 };
    const { memory } = stepped(policy, [
      ...warm,
      viewOf(last),
      // The intent may wait for a price, so the slot is still free.
      moment({}),
      moment({ slots: [openSlot({ openedAtMs: nowMs })] }),
      moment({ closed: [stray, lost] }),
    ]);
    expect(memory.sizer).toEqual({ asked: [], open: [], results: [[], [], [-11], []] });
    const next = scanOf(6, { velDiv: -0.04, prices: { BTCUSDT: 39_000 } });
    const [decision] = policy.step(memory, viewOf(next)).decisions;
    expect(decision?.facts).toMatchObject({ bucket: 2, bucket_multiplier: 1 - 0.5 / 20 });
  });

  it('is bounded, however long it runs', () => {
    const policy = championPolicy(settingsWith({ ...SHORT_LOOKBACK, sizer: { bucket_trades: 3 } }));
    let memory: ChampionMemory = policy.begin();
    let bytes = 0;
    for (let number = 1; number <= 2_000; number += 1) {
      const closed = [{ tradeId: `t${number - 1}`, realizedUsdt: 1, feesUsdt: 0, fundingUsdt: 0 }];
      const scan = scanOf(number, { velDiv: -0.05, prices: { BTCUSDT: 40_000 - number } });
      memory = policy.step(memory, viewOf(scan, { closed })).memory;
      const held = openSlot({ tradeId: `t${number}`, openedAtMs: scan.scannedAtMs });
      memory = policy.step(memory, viewOf(scan, { isNewScan: false, slots: [held] })).memory;
      if (number === 1_000) bytes = JSON.stringify(memory).length;
    }
    expect(JSON.stringify(memory).length).toBeLessThan(bytes * 1.1);
  });
});
