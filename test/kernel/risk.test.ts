// The gates: each refuses what it is for, with its figures, and nothing gets an entry out past them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntentId, StrategyClass, SymbolName } from '../../src/domain/ids.ts';
import type { EpochMs, Lots, PriceTicks, SignedLots } from '../../src/domain/steps.ts';
import { OUTCOME_CODES } from '../../src/kernel/outcome.ts';
import { flatProof } from '../../src/kernel/proof.ts';
import { type EntryCandidate, entryDenial } from '../../src/kernel/risk.ts';
import { FREEZE_REASONS, type KernelState, ORDER_STATUSES, SLOT_STATUSES } from '../../src/kernel/state.ts';
import { raise, setCommand } from '../../src/kernel/trading.ts';
import { begin } from '../../src/kernel/transaction.ts';
import { BTC, CHAMPION, type ConfigOver, ETH, KernelDriver, START_MS, usdt } from './build.ts';

function candidate(over: Partial<EntryCandidate> = {}): EntryCandidate {
  return {
    slot: 0,
    symbol: BTC,
    side: 'LONG',
    strategyClass: CHAMPION,
    reference: 10_000 as PriceTicks,
    quantity: 50 as Lots,
    conviction: 2,
    exchangeLeverage: 2,
    intentId: 'd-1' as IntentId,
    exitLegRatios: [1],
    ...over,
  };
}

interface Case {
  readonly config?: ConfigOver;
  readonly wanted?: Partial<EntryCandidate>;
  readonly limit?: number;
  readonly isRetry?: boolean;
  readonly prepare?: (kernel: KernelDriver) => void;
}

function denialOf({ config, wanted, limit, isRetry = false, prepare }: Case) {
  const kernel = new KernelDriver(config).ready();
  prepare?.(kernel);
  const attempt = { isRetry, limit: (limit ?? null) as PriceTicks | null };
  return entryDenial(kernel.state, kernel.nowMs as EpochMs, candidate(wanted), attempt);
}

const book = (state: KernelState, symbol = BTC) => {
  const found = state.books.get(symbol);
  if (found === undefined) throw new Error(`no book of ${symbol}`);
  return found;
};

const withTwoSlots: ConfigOver = { maxSlots: 2 };

describe('the gates of an entry', () => {
  it('let a sound entry pass', () => {
    expect(denialOf({})).toBeNull();
  });

  it.each<[string, string, Case]>([
    [
      'HALTED',
      'command=HALTED',
      { prepare: ({ state }) => setCommand(begin(state, START_MS), 'HALTED', 'x') },
    ],
    [
      'REDUCE_ONLY',
      'reasons=OVERFILL',
      { prepare: ({ state }) => raise(begin(state, START_MS), 'OVERFILL', 'x') },
    ],
    [
      'ENTRY_FROZEN',
      'reasons=RECONCILE_ERROR',
      { prepare: ({ state }) => raise(begin(state, START_MS), 'RECONCILE_ERROR', 'x') },
    ],
    [
      'MODE_MISMATCH',
      'reasons=MODE_MISMATCH',
      { prepare: (kernel) => void kernel.apply({ kind: 'ACCOUNT', positionMode: 'hedge' }) },
    ],
    [
      'STALE_STATE_RECONCILING',
      'part=none',
      {
        prepare: ({ state }) => {
          state.resync.isComplete = false;
        },
      },
    ],
    ['STRATEGY_UNKNOWN', 'class=rogue', { wanted: { strategyClass: 'rogue' as StrategyClass } }],
    ['UNKNOWN_SLOT', 'slot=7', { wanted: { slot: 7 } }],
    ['UNKNOWN_INSTRUMENT', 'symbol=DOGE-USDT', { wanted: { symbol: 'DOGE-USDT' as SymbolName } }],
    ['SLOT_BUSY', 'slot=0 status=ENTERING', { prepare: (kernel) => void kernel.enter() }],
    [
      'SLOT_BUSY',
      'slot=0 symbol=BTC-USDT',
      { config: withTwoSlots, wanted: { slot: 1 }, prepare: (kernel) => void kernel.enter() },
    ],
    [
      'SLOT_BUSY',
      'slot=0 symbol=BTC-USDT',
      {
        config: { ...withTwoSlots, positionMode: 'hedge' },
        wanted: { slot: 1 },
        prepare: (kernel) => void kernel.enter(),
      },
    ],
    [
      'UNRESOLVED_SLOT',
      'slot=0 status=QUARANTINED',
      {
        prepare: (kernel) => {
          kernel.slot().status = 'QUARANTINED';
        },
      },
    ],
    [
      'HOT_WINDOW',
      'age_ms=4999',
      {
        prepare: ({ state }) => {
          state.lastOwnFillAtMs = (START_MS - 4_999) as EpochMs;
        },
      },
    ],
    ['MAX_LEVERAGE', 'leverage=4 max=3', { wanted: { exchangeLeverage: 4 } }],
    ['MAX_LEVERAGE', 'conviction=8.5 max=8', { wanted: { conviction: 8.5 } }],
    ['INVALID_INTENT', 'conviction=0.4 min=0.5', { wanted: { conviction: 0.4 } }],
    [
      'RATE',
      'entries=6 max_per_minute=6',
      {
        prepare: ({ state }) => {
          for (let entry = 0; entry < 6; entry += 1) state.entryTimesMs.push((START_MS - 59_999) as EpochMs);
        },
      },
    ],
    [
      'STALE_MARK',
      'symbol=BTC-USDT age_ms=10001 max_ms=10000',
      {
        prepare: (kernel) => {
          kernel.nowMs += 10_001;
        },
      },
    ],
    ['PRICE_BAND', 'price=10501 mark=10000 band_ppm=50000', { wanted: { reference: 10_501 as PriceTicks } }],
    ['PRICE_BAND', 'price=9499 mark=10000 band_ppm=50000', { limit: 9_499 }],
    ['MIN_QUANTITY', 'lots=0 min=1', { wanted: { quantity: 0 as Lots } }],
    ['MIN_NOTIONAL', 'notional=1.0001 min=2', { wanted: { quantity: 1 as Lots } }],
    ['MAX_NOTIONAL', 'notional=10001 max=10000', { wanted: { quantity: 10_000 as Lots } }],
    ['MARGIN', 'needed=5005.5005 available=5000', margin(5_000)],
    ['MARGIN', 'needed=5005.5005 available=0', margin(0)],
    ['MARGIN', 'needed=5005.5005 available=unknown', margin(null)],
    [
      'DAILY_LOSS',
      'loss=500 max=500',
      {
        prepare: ({ state }) => {
          state.ledger.dayStartWallet = (state.ledger.wallet + usdt(500)) as typeof state.ledger.wallet;
        },
      },
    ],
  ])('refuse with %s and %s', (code, details, given) => {
    expect(denialOf(given)).toEqual({ code, details });
  });

  it('let a figure pass that is exactly at its limit', () => {
    expect(denialOf({ wanted: { reference: 10_500 as PriceTicks } })).toBeNull();
    expect(denialOf({ wanted: { quantity: 2 as Lots } })).toBeNull();
    expect(denialOf({ wanted: { quantity: 9_999 as Lots } })).toBeNull();
    const later = (kernel: KernelDriver) => {
      kernel.nowMs += 10_000;
    };
    const cold = (kernel: KernelDriver) => {
      kernel.state.lastOwnFillAtMs = (START_MS - 5_000) as EpochMs;
    };
    expect(denialOf({ prepare: later })).toBeNull();
    expect(denialOf({ prepare: cold })).toBeNull();
  });

  it('refuse what is in doubt on the symbol, whatever slot it is in, and not on another symbol', () => {
    const doubt = (kernel: KernelDriver) => {
      kernel.enter();
      kernel.unknown();
    };
    const given: Case = {
      config: { ...withTwoSlots, positionMode: 'hedge' },
      wanted: { slot: 1, side: 'SHORT' },
      prepare: doubt,
    };
    expect(denialOf(given)).toMatchObject({ code: 'IN_DOUBT' });
    expect(denialOf({ ...given, wanted: { slot: 1, symbol: ETH } })).toBeNull();
  });

  it('count what is held and all that is under way against the most that may be held', () => {
    const config: ConfigOver = { ...withTwoSlots, limits: { maxPositionNotional: usdt(100) } };
    const wanted = { slot: 1, symbol: ETH };
    const entering = (kernel: KernelDriver) => void kernel.enter();
    expect(denialOf({ config, wanted: { ...wanted, quantity: 49 as Lots }, prepare: entering })).toBeNull();
    expect(denialOf({ config, wanted, prepare: entering })).toEqual({
      code: 'MAX_POSITION',
      details: 'notional=100.005 max=100',
    });
    const filled = (kernel: KernelDriver) => {
      kernel.enter();
      kernel.fill(10_001);
      kernel.wait(5_000);
    };
    expect(denialOf({ config, wanted, prepare: filled })).toMatchObject({ code: 'MAX_POSITION' });
  });

  it('are passed again by the market order that follows a quote', () => {
    const kernel = new KernelDriver({ router: { style: 'maker', entryMiss: 'market' } }).ready();
    kernel.enter();
    const id = kernel.ack();
    kernel.state.ledger.availableMargin = usdt(1);
    kernel.report(0, 10_000, { status: 'CANCELED' });
    expect(id).not.toBe('');
    expect(kernel.sent).toHaveLength(1);
    expect(kernel.codes('PUBLISH')).toContain('requote_blocked');
  });
});

function margin(available: number | null): Case {
  return {
    config: { limits: { maxNotional: usdt(20_000) } },
    wanted: { quantity: 10_000 as Lots, side: 'SHORT' },
    prepare: ({ state }) => {
      state.ledger.availableMargin = available === null ? null : usdt(available);
      state.marks.set(BTC, {
        bid: 10_000 as PriceTicks,
        ask: 10_002 as PriceTicks,
        mark: 10_001 as PriceTicks,
        quotedAtMs: START_MS,
        atMs: START_MS,
      });
    },
  };
}

describe('the proof that the venue is flat', () => {
  const proofOf = (
    over: Partial<ReturnType<typeof book>>,
    config: ConfigOver = {},
    nowMs = START_MS as number,
  ) => {
    const kernel = new KernelDriver(config).ready();
    Object.assign(book(kernel.state), { venuePosition: 0, venueAskedAtMs: START_MS, ...over });
    return flatProof(kernel.state, BTC, nowMs as EpochMs);
  };
  const five = 5 as SignedLots;

  it('is a picture that is young, and asked for no earlier than our last act', () => {
    expect(proofOf({})).toBe('FLAT');
    expect(proofOf({ lastOwnActAtMs: START_MS })).toBe('FLAT');
    expect(proofOf({ lastOwnActAtMs: (START_MS + 1) as EpochMs })).toBe('STALE');
    expect(proofOf({}, {}, START_MS + 10_000)).toBe('FLAT');
    expect(proofOf({}, {}, START_MS + 10_001)).toBe('STALE');
  });

  it('is not a picture that could not be had: unknown is not zero', () => {
    expect(proofOf({ venuePosition: null })).toBe('STALE');
    expect(proofOf({ venueAskedAtMs: null })).toBe('STALE');
  });

  it('is refuted by a single lot that is not ours, in an account of our own', () => {
    expect(proofOf({ venuePosition: 1 as SignedLots })).toBe('NOT_FLAT');
    expect(proofOf({ venuePosition: five, foreignPosition: five })).toBe('NOT_FLAT');
  });

  it('leaves out what others hold in a shared account, and no more than that', () => {
    expect(proofOf({ venuePosition: five, foreignPosition: five }, { account: 'shared' })).toBe('FLAT');
    expect(proofOf({ venuePosition: five }, { account: 'shared' })).toBe('NOT_FLAT');
  });

  it('is needed for an order, and not for a first look', () => {
    const stale = ({ state }: KernelDriver) => {
      book(state).venueAskedAtMs = (START_MS - 60_000) as EpochMs;
    };
    expect(denialOf({ prepare: stale })).toBeNull();
    expect(denialOf({ prepare: stale, isRetry: true })).toMatchObject({ code: 'VENUE_NOT_FLAT' });
    const held = ({ state }: KernelDriver) => {
      Object.assign(book(state), { venuePosition: five, venueAskedAtMs: START_MS });
    };
    expect(denialOf({ prepare: held })).toEqual({
      code: 'VENUE_NOT_FLAT',
      details: 'symbol=BTC-USDT proof=NOT_FLAT venue_lots=5',
    });
  });

  it('is not asked of symbols that we do not trade', () => {
    const held = ({ state }: KernelDriver) => {
      Object.assign(book(state, ETH), { venuePosition: five, venueAskedAtMs: START_MS });
    };
    expect(denialOf({ prepare: held })).toBeNull();
  });
});

/** Mostly sound, so that what follows is reached as well. */
function mostly<T>(sound: T, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(sound) }, { weight: 1, arbitrary: odd });
}

describe('the gates on anything', () => {
  const odd = fc.oneof(
    fc.double(),
    fc.constantFrom(0, -1, 1, 2, 50, 10_000, 2 ** 53, 1e308, null, undefined, 'x', {}, []),
  );
  const wanted = fc.record({
    slot: odd,
    symbol: fc.constantFrom('BTC-USDT', 'ETH-USDT', 'DOGE-USDT', '__proto__', 7, null),
    side: fc.constantFrom('LONG', 'SHORT', 'BOTH', undefined),
    strategyClass: fc.constantFrom('champion', 'rogue', null),
    reference: odd,
    quantity: odd,
    conviction: odd,
    exchangeLeverage: odd,
  });
  const world = fc.record({
    reasons: mostly([], fc.subarray([...FREEZE_REASONS], { maxLength: 1 })),
    slotStatus: mostly('FREE', fc.constantFrom(...SLOT_STATUSES)),
    orderStatus: fc.constantFrom(...ORDER_STATUSES),
    isEntering: fc.boolean(),
    isComplete: mostly(true, fc.boolean()),
    hasMark: mostly(true, fc.boolean()),
    laterMs: mostly(0, fc.integer({ min: 0, max: 100_000 })),
    availableMargin: mostly<bigint | null>(
      usdt(10_000),
      fc.option(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 14n })),
    ),
    venuePosition: mostly<number | null>(0, fc.option(fc.integer({ min: -5, max: 5 }))),
    limit: mostly<unknown>(null, odd),
    isRetry: fc.boolean(),
  });

  it('always come to a code or to none, and never throw', () => {
    const mostlySound = fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: wanted });
    let passed = 0;
    const property = fc.property(mostlySound, world, (given, world) => {
      const kernel = new KernelDriver(withTwoSlots).ready();
      const { state } = kernel;
      if (world.isEntering) {
        kernel.enter();
        kernel.order().status = world.orderStatus;
      }
      kernel.slot().status = world.slotStatus;
      for (const reason of world.reasons) raise(begin(state, START_MS), reason, 'x');
      state.resync.isComplete = world.isComplete;
      if (!world.hasMark) state.marks.clear();
      Object.assign(state.ledger, { availableMargin: world.availableMargin });
      Object.assign(book(state), { venuePosition: world.venuePosition });
      const attempt = { isRetry: world.isRetry, limit: world.limit as PriceTicks | null };
      const anything = candidate(given as Partial<EntryCandidate>);

      const denial = entryDenial(state, (START_MS + world.laterMs) as EpochMs, anything, attempt);

      if (denial !== null) {
        expect(OUTCOME_CODES).toContain(denial.code);
        expect(denial.details).toMatch(/^[a-z_]+=\S*( [a-z_]+=\S*)*$/);
      } else {
        passed += 1;
        expect(world.reasons).toEqual([]);
        expect(world.isComplete && world.hasMark && world.laterMs <= 10_000).toBe(true);
        expect(world.availableMargin).not.toBeNull();
      }
    });
    fc.assert(property, { seed: 20261128, numRuns: 1_000 });
    expect(passed).toBeGreaterThan(0);
  });
});
