// Settling one pair: a row where both prices are known, otherwise waiting, and giving up only where that is allowed.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import type { BarSeries } from '../../src/domain/market.ts';
import type { OpenEvent } from '../../src/domain/pending.ts';
import { ReconciledRow } from '../../src/domain/row.ts';
import { DAY_MS, HOUR_MS, isoFromMs, MINUTE_MS } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { prepareInstrument } from '../../src/supervision/instrument.ts';
import type { ReconcileRules } from '../../src/supervision/rules.ts';
import {
  type ExpectedAsOf,
  mayBeDue,
  type Priced,
  type Settled,
  settle,
} from '../../src/supervision/settle.ts';
import { anEvent, anOpenEvent, aSeries, nothingExpected, someRules, someSessions, T0 } from '../builders.ts';

const LATER = T0 + 400 * DAY_MS;

interface Case {
  readonly open?: OpenEvent;
  readonly horizonHours?: number;
  readonly priced?: Priced;
  readonly series?: BarSeries;
  readonly nowMs?: number;
  readonly rules?: ReconcileRules;
  readonly expectedAsOf?: ExpectedAsOf;
}

/** One long signal at T0 + 10 h, settled one hour later, unless told otherwise. */
function settled(given: Case): Settled {
  const open = given.open ?? anOpenEvent();
  const rules = given.rules ?? someRules();
  const series = given.series ?? aSeries();
  const instrument = prepareInstrument(series, [open.event], rules.latencyMs, rules.minReturns);
  return settle(open, given.horizonHours ?? 1, given.priced ?? { kind: 'bars', instrument }, {
    nowMs: given.nowMs ?? LATER,
    rules,
    expectedAsOf: given.expectedAsOf ?? nothingExpected,
    strategyClassOf: () => 'macro',
  });
}

function rowOf(given: Case): ReconciledRow {
  const result = settled(given);
  if (result.kind !== 'row') return expect.unreachable(JSON.stringify(result));
  return result.row;
}

/** Bars that are flat at 100 until the signal at T0 + 10 h, then at `exit`. */
function move(exit: number, over: Partial<BarSeries> = {}): BarSeries {
  return aSeries({ closes: Array.from({ length: 60 }, (_, hour) => (hour <= 10 ? 100 : exit)) }, over);
}

describe('a row', () => {
  it.each([
    { symbol: 'BTC/USDT', market: 'spot', direction: 'SHORT', exit: 80, bps: 2000 },
    { symbol: 'BTC/USDT', market: 'spot', direction: 'SHORT', exit: 50, bps: 5000 },
    { symbol: 'BTC/USDT:USDT', market: 'perp', direction: 'SHORT', exit: 120, bps: -2000 },
    { symbol: 'BTC/USD:BTC', market: 'perp', direction: 'SHORT', exit: 80, bps: 2500 },
    { symbol: 'BTC/USDT', market: 'spot', direction: 'LONG', exit: 120, bps: 2000 },
  ] as const)('of a $direction on $symbol from 100 to $exit earned $bps bps', ({ exit, bps, ...over }) => {
    const row = rowOf({ open: anOpenEvent(over), series: move(exit) });

    expect(row).toMatchObject({
      realized_pnl_bps: bps,
      entry_price: 100,
      exit_price: exit,
      pnl_error_bps: bps,
    });
  });

  it('carries every cost, and nets them off', () => {
    const perp = { feeBps: 5, slipBps: 2, assumedFundingBpsPer8h: 1 };
    const open = anOpenEvent({ symbol: 'BTC/USDT:USDT', market: 'perp' });
    const rules = someRules({ costs: { ...someRules().costs, perp } });

    const row = rowOf({
      open,
      horizonHours: 24,
      rules,
      series: move(120, { market: 'perp', funding: null }),
    });

    expect(row).toMatchObject({ realized_pnl_bps: 2000, fee_bps: 11, slip_bps: 4, funding_bps: 3 });
    expect(row.net_pnl_bps).toBe(2000 - 11 - 4 - 3);
  });

  it('nets to the sum of its parts, whatever the prices', () => {
    const price = fc.double({ min: 0.5, max: 1000, noNaN: true });
    const costs = { ...someRules().costs, spot: { feeBps: 7, slipBps: 1.3, assumedFundingBpsPer8h: null } };

    fc.assert(
      fc.property(
        price,
        price,
        fc.constantFrom('LONG' as const, 'SHORT' as const),
        (entry, exit, direction) => {
          const closes = Array.from({ length: 20 }, (_, hour) => (hour <= 10 ? entry : exit));
          const row = rowOf({
            open: anOpenEvent({ direction }),
            series: aSeries({ closes }),
            rules: someRules({ costs }),
          });

          const parts = row.realized_pnl_bps - row.fee_bps - row.slip_bps - row.funding_bps;
          expect(row.net_pnl_bps).toBeCloseTo(parts, 3);
          expect(validate(ReconciledRow, row)).toMatchObject({ ok: true });
          expect(row.abs_error_bps).toBe(Math.abs(row.pnl_error_bps));
        },
      ),
    );
  });

  it('enters the latency after the signal, at what was known then', () => {
    const rules = someRules({ latencyMs: 90 * MINUTE_MS });

    const row = rowOf({
      rules,
      series: aSeries({ closes: Array.from({ length: 20 }, (_, hour) => 100 + hour) }),
    });

    expect(row).toMatchObject({
      entry_at: isoFromMs(T0 + 11.5 * HOUR_MS),
      exit_at: isoFromMs(T0 + 12.5 * HOUR_MS),
      entry_price: 111,
      exit_price: 112,
      entry_stale_ms: 30 * MINUTE_MS,
      exit_stale_ms: 30 * MINUTE_MS,
      latency_ms: 90 * MINUTE_MS,
    });
  });

  it('joins the model as of the entry, and takes its error from what that expected', () => {
    const asked: unknown[] = [];
    const expectedAsOf: ExpectedAsOf = (...args) => {
      asked.push(args);
      return {
        expected_pnl_bps: 12.5,
        expected_sigma_bps: 80,
        expected_abs_bps: 60,
        sim_version: 'ridge_h1@abcdef01',
        model_id: 'm1',
        trained_at: isoFromMs(T0),
      };
    };

    const row = rowOf({ open: anOpenEvent({ direction: 'SHORT' }), series: move(99), expectedAsOf });

    const signal = { score_final: 0.5, confidence: 0.6, side: -1 };
    expect(asked).toEqual([[1, T0 + 10 * HOUR_MS, signal, row.sigma_asof_bps]]);
    expect(row).toMatchObject({ realized_pnl_bps: 100, expected_pnl_bps: 12.5, pnl_error_bps: 87.5 });
    expect(row).toMatchObject({ sim_version: 'ridge_h1@abcdef01', model_id: 'm1', expected_sigma_bps: 80 });
  });

  it('scales volatility with the root of the horizon: as of the entry, and fast as of the exit', () => {
    const closes = Array.from({ length: 60 }, (_, hour) => 100 * (hour <= 10 ? 1.01 : 1.03) ** (hour % 2));
    const hourly = Math.log(1.01) * 1e4;

    const row = rowOf({ horizonHours: 4, series: aSeries({ closes }) });

    expect(row.sigma_asof_bps).toBeCloseTo(hourly * 2, 3);
    expect(row.sigma_fast_bps).toBeGreaterThan(hourly * 2);
  });

  it('has no volatility where too little moved, instead of a zero', () => {
    const row = rowOf({ series: aSeries({ closes: Array.from({ length: 20 }, () => 100) }) });

    expect(row).toMatchObject({ sigma_asof_bps: null, sigma_fast_bps: null, expected_sigma_bps: null });
    expect(validate(ReconciledRow, row)).toMatchObject({ ok: true });
  });

  it('has no volatility where it would be written as a zero', () => {
    const closes = Array.from({ length: 20 }, (_, hour) => 1e9 + (hour % 2) * 1e-6);

    const row = rowOf({ series: aSeries({ closes }) });

    expect(row.sigma_asof_bps).toBeNull();
  });

  it('is the same at every later instant', () => {
    const first = rowOf({ nowMs: T0 + 11 * HOUR_MS });

    for (const nowMs of [T0 + 12 * HOUR_MS, T0 + 9 * DAY_MS, LATER]) expect(rowOf({ nowMs })).toEqual(first);
  });

  it('keeps what the agent said about itself', () => {
    const over = { run_id: 'r7', regime: 'PANIC', score_final: null, confidence: null };

    const row = rowOf({ open: anOpenEvent(over) });

    expect(row).toMatchObject({
      ...over,
      strategy_class: 'macro',
      agent: 'momentum',
      price_source: 'test:1h',
    });
  });

  it('is never made of a flat event', () => {
    expect(() => settled({ open: anOpenEvent({ direction: 'FLAT' }) })).toThrow(InvariantError);
  });
});

describe('in sessions', () => {
  const [FRIDAY, MONDAY, OPEN] = [T0 + 4 * DAY_MS, T0 + 7 * DAY_MS, 14.5 * HOUR_MS];
  const sessions = someSessions(26);
  /** Bars on the hour, of the hours that overlap a session; `without` leaves some out. */
  const equity = (without: (closeMs: number) => boolean = () => false): BarSeries => {
    const closeAtMs = sessions
      .flatMap(({ openMs }) => Array.from({ length: 7 }, (_, bar) => openMs + HOUR_MS / 2 + bar * HOUR_MS))
      .filter((closeMs) => !without(closeMs));
    const close = closeAtMs.map((closeMs) => 100 + (closeMs - T0) / HOUR_MS);
    return aSeries(
      {},
      {
        market: 'equity',
        sessions,
        closeAtMs: Float64Array.from(closeAtMs),
        close: Float64Array.from(close),
      },
    );
  };
  const signalAt = (atMs: number) => anOpenEvent({ symbol: 'SPY', market: 'equity', ts: isoFromMs(atMs) });

  it('exits after four open hours over a weekend', () => {
    const row = rowOf({ open: signalAt(FRIDAY + 19 * HOUR_MS), horizonHours: 4, series: equity() });

    expect(row).toMatchObject({
      entry_at: isoFromMs(FRIDAY + 19 * HOUR_MS),
      exit_at: isoFromMs(MONDAY + OPEN + 2 * HOUR_MS),
      exit_stale_ms: HOUR_MS / 2,
    });
  });

  it('enters a signal of the night at a price of the day, not at the close before', () => {
    const row = rowOf({ open: signalAt(MONDAY + HOUR_MS), series: equity() });

    expect(row.entry_at).toBe(isoFromMs(MONDAY + OPEN + HOUR_MS));
    expect(row.entry_price).toBe(100 + (MONDAY + 15 * HOUR_MS - T0) / HOUR_MS);
  });

  it('does not enter at the close before where the first bars of the day are missing', () => {
    const noOpening = equity((closeMs) => closeMs > MONDAY && closeMs < MONDAY + 16 * HOUR_MS);
    const open = signalAt(MONDAY + HOUR_MS);

    expect(settled({ open, series: noOpening, nowMs: MONDAY + DAY_MS })).toMatchObject({
      kind: 'waiting',
      outcome: 'stale_price',
      reason: expect.stringContaining('no bar of the session'),
    });
    expect(settled({ open, series: noOpening })).toMatchObject({ kind: 'given_up', outcome: 'stale_price' });
  });

  it('waits where the calendar ends before the exit, and gives up once no exit could be that late', () => {
    const open = signalAt(T0 + 25 * DAY_MS + 20 * HOUR_MS);

    expect(settled({ open, horizonHours: 4, series: equity(), nowMs: T0 + 40 * DAY_MS })).toMatchObject({
      kind: 'waiting',
      outcome: 'pending',
      reason: expect.stringContaining('calendar'),
    });
    expect(settled({ open, horizonHours: 4, series: equity() })).toMatchObject({
      kind: 'given_up',
      outcome: 'no_price',
    });
  });

  it('does not cross a jump that may be an undeclared split', () => {
    const from = MONDAY + 16 * HOUR_MS;
    const suspects = [{ fromMs: from, toMs: from + HOUR_MS, reason: 'corporate_action' as const }];
    const series = { ...equity(), suspects };

    expect(settled({ open: signalAt(from), series })).toMatchObject({
      kind: 'given_up',
      outcome: 'stale_price',
      reject: { reason: expect.stringMatching(/^corporate_action: .* no split explains it; .* ratio 1$/) },
    });
    expect(settled({ open: signalAt(from + HOUR_MS), series }).kind).toBe('row');
  });
});

describe('waiting', () => {
  const exitMs = T0 + 11 * HOUR_MS;
  const holed = aSeries({
    closes: Array.from({ length: 60 }, (_, hour) => (hour > 7 && hour < 14 ? null : 100)),
  });

  it('lasts until the exit and the settling lag have passed', () => {
    const rules = someRules({ settleLagMs: 2 * MINUTE_MS });

    expect(settled({ rules, nowMs: exitMs + 2 * MINUTE_MS - 1 })).toEqual({
      kind: 'waiting',
      outcome: 'pending',
      reason: 'the horizon is not reached',
    });
    expect(settled({ rules, nowMs: exitMs + 2 * MINUTE_MS }).kind).toBe('row');
  });

  it('is all there is for a horizon shorter than a bar, whose two ends have one price', () => {
    const daily = aSeries({ closes: [100, 110, 120], firstCloseMs: T0 }, { barMs: DAY_MS });

    const short = settled({ series: daily, horizonHours: 23, nowMs: T0 + 2 * DAY_MS });
    const day = settled({ series: daily, horizonHours: 24, nowMs: T0 + 2 * DAY_MS });

    expect(short).toEqual({
      kind: 'waiting',
      outcome: 'no_price',
      reason: 'the bars of test:1h are 24 h long, longer than the horizon of 23 h; give it shorter bars',
    });
    expect(day.kind).toBe('row');
  });

  it('lasts until a bar has closed at or after the exit', () => {
    const series = aSeries({ closes: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100] });

    expect(settled({ series, nowMs: exitMs })).toMatchObject({
      kind: 'waiting',
      outcome: 'pending',
      reason: expect.stringContaining('exit'),
    });
  });

  it.each([
    { what: 'stale', series: holed, outcome: 'stale_price', says: '240 minutes old' },
    {
      what: 'missing',
      series: aSeries({ firstCloseMs: T0 + 11 * HOUR_MS, closes: [100, 100] }),
      outcome: 'no_price',
      says: 'no bar before the entry',
    },
    {
      what: 'not there yet',
      series: aSeries({ closes: [100] }),
      outcome: 'no_price',
      says: 'no bar that closed',
    },
  ])('ends seven days after the exit where a price is $what', ({ series, outcome, says }) => {
    const before = settled({ series, nowMs: exitMs + 7 * DAY_MS - 1 });
    const after = settled({ series, nowMs: exitMs + 7 * DAY_MS });

    expect(before).toMatchObject({ kind: 'waiting', reason: expect.stringContaining(says) });
    expect(after).toMatchObject({
      kind: 'given_up',
      outcome,
      reject: {
        code: outcome,
        event_id: 'e1',
        horizon_hours: 1,
        file: 'emit/2021-03.jsonl',
        reason: expect.stringContaining(says),
      },
    });
  });

  it('never ends while a source does not answer', () => {
    const priced = { kind: 'unavailable', message: 'connection refused' } as const;

    expect(settled({ priced })).toEqual({
      kind: 'waiting',
      outcome: 'pending',
      reason: 'connection refused',
    });
  });

  it('does not end for bars that a backup lacks, and ends for a gap that it shows', () => {
    const backup = { isStandIn: true } as const;
    const beginsLate = aSeries({ firstCloseMs: exitMs + HOUR_MS }, backup);
    const endsEarly = aSeries({ closes: [100] }, backup);
    const gap = aSeries({ closes: [100, ...Array.from({ length: 30 }, () => null), 101] }, backup);

    expect(settled({ series: beginsLate })).toMatchObject({ kind: 'waiting', outcome: 'no_price' });
    expect(settled({ series: endsEarly })).toMatchObject({ kind: 'waiting', outcome: 'pending' });
    expect(settled({ series: gap })).toMatchObject({ kind: 'given_up', outcome: 'stale_price' });
  });

  it('ends for a symbol that no source knows', () => {
    const priced = { kind: 'unknown_symbol', message: 'no BTCUSD, did you mean BTCUSDT?' } as const;

    expect(settled({ priced, nowMs: exitMs + 7 * DAY_MS - 1 })).toMatchObject({
      kind: 'waiting',
      outcome: 'no_price',
    });
    expect(settled({ priced, nowMs: exitMs + 7 * DAY_MS })).toMatchObject({
      kind: 'given_up',
      outcome: 'no_price',
      reject: { reason: 'no BTCUSD, did you mean BTCUSDT?' },
    });
  });

  it('only ever turns into a row or a reject, and those stay', () => {
    const closes = fc.array(fc.option(fc.integer({ min: 1, max: 500 }), { freq: 2 }), { maxLength: 30 });
    const hours = fc.integer({ min: 9, max: 9 * 24 });

    fc.assert(
      fc.property(closes, hours, hours, (list, a, b) => {
        const series = aSeries({ closes: list });
        const earlier = settled({ series, nowMs: T0 + Math.min(a, b) * HOUR_MS });
        const later = settled({ series, nowMs: T0 + Math.max(a, b) * HOUR_MS });

        if (earlier.kind !== 'waiting') expect(later).toEqual(earlier);
      }),
    );
  });
});

describe('mayBeDue', () => {
  it('is the wall time of signal, latency, horizon and lag', () => {
    const rules = someRules({ latencyMs: 10, settleLagMs: 5 });
    const dueMs = T0 + 11 * HOUR_MS + 15;

    expect(mayBeDue(anEvent(), 1, dueMs - 1, rules)).toBe(false);
    expect(mayBeDue(anEvent(), 1, dueMs, rules)).toBe(true);
  });
});
