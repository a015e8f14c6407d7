// Rows of records: exact, each under its own key, and the same however the journal is cut into pieces.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowMaker } from '../../../src/adapters/sinks/row-maker.ts';
import type { IntentId, SymbolName } from '../../../src/domain/ids.ts';
import { stepsFromText, stepsText } from '../../../src/domain/instrument.ts';
import { type Money, money, moneyFrom, moneyText } from '../../../src/domain/money.ts';
import { type Problem, problemText } from '../../../src/domain/problem.ts';
import { SinkRow, StepRow } from '../../../src/domain/sink-row.ts';
import type { EpochMs, Lots } from '../../../src/domain/steps.ts';
import { isoFromMs } from '../../../src/domain/time.ts';
import { validate } from '../../../src/domain/validate.ts';
import { createKernel } from '../../../src/kernel/create.ts';
import type { KernelEvent } from '../../../src/kernel/event.ts';
import { step } from '../../../src/kernel/step.ts';
import { config, KernelDriver, quote, reportOf, START_MS } from '../../kernel/build.ts';
import { inTable, recorded, rowsOf, SINK_TABLES } from './recorded.ts';

const SEEDS = [3, 11, 27, 41, 58];

function sum(texts: readonly string[]): Money {
  let total = 0n;
  for (const text of texts) {
    const amount = moneyFrom(text);
    if (!amount.ok) throw new Error(amount.error);
    total += amount.value;
  }
  return money(total);
}

function problems(row: SinkRow): readonly Problem[] {
  const checked = validate(SinkRow, structuredClone(row));
  return checked.ok ? [] : checked.error;
}

describe.each(SEEDS)('the rows of world %i', (seed) => {
  const world = recorded(seed);
  const rows = rowsOf(world);

  it('are the same wherever whoever makes them begins again', () => {
    const last = world.events.length;
    const isSame = fc.property(fc.array(fc.integer({ min: 1, max: last }), { maxLength: 40 }), (cuts) => {
      const at = new Set(cuts);
      expect(rowsOf(world, (seq) => at.has(seq))).toEqual(rows);
    });

    fc.assert(isSame, { seed: 20261129, numRuns: 5 });
    expect(rowsOf(world, () => true)).toEqual(rows);
  });

  it('fit their schema, each under its own key', () => {
    expect(rows.flatMap(problems).map(problemText)).toEqual([]);
    expect(new Set(rows.map(({ run, seq, part }) => `${run} ${seq} ${part}`)).size).toBe(rows.length);
    expect(new Set(rows.map(({ instance }) => instance))).toEqual(new Set(['sim']));
  });

  it('sum to K in the postings, and to every order in the fills', () => {
    let wallet = '';
    rowsOf(
      world,
      () => false,
      (_, state) => {
        wallet = moneyText(state.ledger.wallet);
        if (state.seq < world.events.length) return;
        for (const order of state.orders.values()) {
          const fills = inTable(rows, 'fills').filter((row) => row.client_order_id === order.clientOrderId);
          const lot = state.instruments.get(order.symbol)?.lot ?? { units: 1, decimals: 0 };
          const lots = fills.map(({ quantity }) => stepsFromText(lot, quantity));
          const filled = lots.reduce((total, each) => total + (each.ok ? each.value : Number.NaN), 0);
          expect(stepsText(lot, filled)).toBe(stepsText(lot, order.filledLots));
          expect(sum(fills.map(({ quote }) => quote))).toBe(order.filledQuote);
          if (fills.length > 0) expect(fills.at(-1)?.filled).toBe(stepsText(lot, order.filledLots));
        }
      },
    );
    const own = inTable(rows, 'postings').filter(
      ({ account }) => account !== 'transfer' && account !== 'foreign',
    );

    expect(own.length).toBeGreaterThan(0);
    expect(moneyText(sum(own.map(({ amount }) => amount)))).toBe(wallet);
  });
});

it('worlds have rows of every table', () => {
  const tables = new Set(SEEDS.flatMap((seed) => rowsOf(recorded(seed)).map(({ table }) => table)));

  expect(SINK_TABLES.filter((table) => !tables.has(table))).toEqual([]);
});

/** A kernel that trades, with the rows of what it is told. */
function trading() {
  const driver = new KernelDriver().ready();
  const maker = rowMaker(driver.state, []);
  const told = (event: Partial<KernelEvent> & { readonly kind: KernelEvent['kind'] }): readonly SinkRow[] => {
    const full = { atMs: driver.state.nowMs, ...event } as KernelEvent;
    const { effects, outcome } = step(driver.state, full);
    return maker.rowsOf({ seq: driver.state.seq, event: full, outcome, effects }, driver.state);
  };
  return { driver, maker, told };
}

const DECISION = {
  kind: 'DECISION',
  decisionId: 'run.1',
  policy: 'champion@1#0f3c0f3c',
  action: 'ENTER',
  symbol: 'BTC-USDT' as SymbolName,
  reason: 'a signal',
  facts: '{"vel_div":-0.03}',
} as const;

const REFUSED = {
  kind: 'INTENT',
  intentId: 'run.1' as IntentId,
  action: 'ENTER',
  slot: 0,
  tradeId: null,
  symbol: 'BTC-USDT' as SymbolName,
  side: 'SHORT',
  strategyClass: 'unheard-of',
  decidedAtMs: START_MS,
  referencePrice: 100_000,
  size: 0.01,
  leverage: 2,
  exitLegRatios: [],
  isUrgent: false,
  reason: 'a signal',
} as unknown as KernelEvent;

describe('a decision', () => {
  it('is a row by itself, and its intent another one that says what the kernel said and what it was decided from', () => {
    const { told, maker } = trading();

    const [decided] = told(DECISION);
    expect(decided).toMatchObject({
      table: 'steps',
      phase: 'decision',
      decision_id: 'run.1',
      outcome: '',
      facts: DECISION.facts,
    });
    expect(maker.pending).toHaveLength(1);
    const rows = inTable(told(REFUSED), 'steps');

    expect(rows).toMatchObject([
      {
        phase: 'entry_suppressed',
        decision_id: 'run.1',
        policy: DECISION.policy,
        trade_id: null,
        stage: 'IDLE',
      },
    ]);
    expect(rows[0]?.outcome).toMatch(/^(STRATEGY_UNKNOWN|STALE_INTENT)$/);
    expect(JSON.parse(rows[0]?.facts ?? '')).toMatchObject({
      side: 'SHORT',
      leverage: 2,
      decision: { vel_div: -0.03 },
    });
    expect(maker.pending).toEqual([]);
  });

  it('waits for its intent behind others, but not for ever', () => {
    const { told, maker } = trading();
    for (let at = 0; at < 40; at += 1) told({ ...DECISION, decisionId: `run.${at}` });

    expect(maker.pending.map(({ decisionId }) => decisionId)).toEqual(
      Array.from({ length: 16 }, (_, at) => `run.${24 + at}`),
    );
  });

  it('whose facts are no JSON is kept as the text that it is', () => {
    const { told } = trading();
    told({ ...DECISION, facts: 'not json' });

    const [row] = inTable(told(REFUSED), 'steps');
    expect(JSON.parse(row?.facts ?? '')).toMatchObject({ decision: 'not json' });
  });
});

describe('a row', () => {
  it('has its key first, and every column of its table in the order of the schema', () => {
    const { told } = trading();

    const [row] = told(DECISION);

    expect(Object.keys(row ?? {}).slice(0, 7)).toEqual([
      'table',
      'instance',
      'run',
      'seq',
      'part',
      'at',
      'phase',
    ]);
    expect(Object.keys(row ?? {})).toEqual(Object.keys(StepRow.properties));
  });

  it('cuts the words of others, and keeps whole characters', () => {
    const { told } = trading();

    const [row] = told({ ...DECISION, reason: `${'x'.repeat(1_999)}🚀` });

    expect(row).toMatchObject({ reason: 'x'.repeat(1_999) });
    expect(row === undefined ? [] : problems(row)).toEqual([]);
  });

  it('of a day tells what K gained in it, once it is over', () => {
    const { driver, told } = trading();
    const day = new Date(driver.state.nowMs).toISOString().slice(0, 10);

    const rows = told({ kind: 'WAKE', atMs: (driver.state.nowMs + 86_400_000) as never });

    expect(inTable(rows, 'daily_pnl')).toMatchObject([
      { day, wallet_at_start: '10000', wallet: '10000', pnl: '0', trades_closed: 0, part: 0 },
    ]);
  });

  it('of a start tells the run before it, and when that was last heard of', () => {
    const state = createKernel(config());
    const maker = rowMaker(state, []);
    const start = (runId: string, atMs: number): readonly SinkRow[] => {
      const event = { kind: 'START', atMs, runId } as unknown as KernelEvent;
      const { effects, outcome } = step(state, event);
      return maker.rowsOf({ seq: state.seq, event, outcome, effects }, state);
    };

    const [first] = inTable(start('a', START_MS), 'steps');
    const [second] = inTable(start('b', START_MS + 5_000), 'steps');

    expect(JSON.parse(first?.facts ?? '')).toEqual({ previous_run: null, previous_at: null });
    expect(second).toMatchObject({ phase: 'recovery', run: 'b' });
    expect(JSON.parse(second?.facts ?? '')).toEqual({
      previous_run: 'a',
      previous_at: new Date(START_MS).toISOString(),
    });
  });
});

/** A kernel that is driven, with the rows of every step of it. */
function driven() {
  const driver = new KernelDriver().ready();
  const maker = rowMaker(driver.state, []);
  const rows: SinkRow[] = [];
  const apply = driver.apply.bind(driver);
  driver.apply = (event) => {
    const before = driver.effects.length;
    const seq = driver.state.seq + 1;
    const answers = driver.answersFetches;
    driver.answersFetches = false;
    const outcome = apply(event);
    driver.answersFetches = answers;
    const effects = driver.effects.slice(before);
    const full = { atMs: driver.nowMs, ...event } as unknown as KernelEvent;
    rows.push(...maker.rowsOf({ seq, event: full, outcome, effects }, driver.state));
    if (answers) for (const effect of effects) if (effect.kind === 'FETCH') driver.answer(effect);
    return outcome;
  };
  return { driver, rows };
}

describe('the rows of fills', () => {
  it('are none for an order that was sent and not filled', () => {
    const { driver, rows } = driven();
    driver.enter();
    driver.ack();

    expect(inTable(rows, 'fills')).toEqual([]);
  });

  it('tell a price that is learned later in a row without a quantity, and give no price to what is added meanwhile', () => {
    const { driver, rows } = driven();
    driver.enter();
    driver.ack();
    driver.report(20, 10_000, { filledQuote: null });
    driver.report(30, 10_000);
    driver.report(50, 10_000);

    const fills = inTable(rows, 'fills');
    expect(fills.map(({ quantity, price }) => [quantity, price])).toEqual([
      ['0.02', null],
      ['0.01', null],
      ['0.02', '1000'],
    ]);
    expect(moneyText(sum(fills.map(({ quote }) => quote)))).toBe('50');
  });

  it('are late where lots came after the end of their order, and a price that is learned then is not', () => {
    const { driver, rows } = driven();
    driver.enter();
    driver.ack();
    driver.report(0, 10_000, { status: 'CANCELED' });
    driver.report(20, 10_000, { status: 'CANCELED', filledQuote: null });
    driver.report(20, 10_000, { status: 'CANCELED' });

    expect(inTable(rows, 'fills').map((row) => [row.quantity, row.is_late])).toEqual([
      ['0.02', true],
      ['0', false],
    ]);
  });

  it('have the instant of the venue, from a frame as from a picture', () => {
    const { driver, rows } = driven();
    driver.enter();
    const venueOrderId = driver.ack();
    driver.report(20, 10_000, { venueAtMs: (START_MS + 1) as EpochMs });
    const facts = {
      status: 'PARTIALLY_FILLED',
      filledLots: 30 as Lots,
      filledQuote: quote(30, 10_000),
    } as const;
    const shown = reportOf(driver.lastSent, venueOrderId, { ...facts, venueAtMs: (START_MS + 2) as EpochMs });
    driver.view = { ...driver.view, fills: [shown] };
    driver.apply({ kind: 'STREAM', isUp: false });
    driver.apply({ kind: 'STREAM', isUp: true });

    expect(inTable(rows, 'fills').map((row) => [row.quantity, row.venue_at])).toEqual([
      ['0.02', isoFromMs(START_MS + 1)],
      ['0.01', isoFromMs(START_MS + 2)],
    ]);
  });

  it('have a row for a price alone', () => {
    const { driver, rows } = driven();
    driver.enter();
    driver.ack();
    driver.report(20, 10_000, { filledQuote: null });
    driver.report(20, 10_000);

    expect(inTable(rows, 'fills').map(({ quantity, quote }) => [quantity, quote])).toEqual([
      ['0.02', '0'],
      ['0', '20'],
    ]);
  });
});

describe('the row of a day', () => {
  it('comes with every trade that is closed, as K stands after it', () => {
    const { driver, rows } = driven();
    driver.enter();
    driver.fill(10_000);
    driver.hold(50);
    driver.exit();
    driver.fill(11_000);
    driver.hold(0);
    driver.wait(30_000);

    const days = inTable(rows, 'daily_pnl');
    expect(days).toHaveLength(1);
    expect(days[0]).toMatchObject({ trades_closed: 1, wallet_at_start: '10000' });
    expect(days[0]?.wallet).toBe(moneyText(driver.state.ledger.wallet));
    expect(days[0]?.wallet).not.toBe('10000');
  });

  it('in which the ledger booked nothing begins and ends at the same wallet', () => {
    const { driver, rows } = driven();
    driver.enter();
    driver.fill(10_000);
    driver.hold(50);
    const day = 86_400_000;
    driver.nowMs += day;
    driver.apply({ kind: 'WAKE' });
    driver.nowMs += day;
    driver.apply({ kind: 'WAKE' });

    const [first, second] = inTable(rows, 'daily_pnl');
    expect(first?.pnl).not.toBe('0');
    expect(second).toMatchObject({ pnl: '0', wallet_at_start: first?.wallet, wallet: first?.wallet });
  });

  it('is none, and a wallet is not known, before the venue has said what is in it', () => {
    const state = createKernel(config());
    const maker = rowMaker(state, []);
    const rows: SinkRow[] = [];
    for (const event of [
      { kind: 'START', atMs: START_MS, runId: 'a' },
      { kind: 'WAKE', atMs: START_MS + 86_400_000 },
      { ...DECISION, atMs: START_MS + 86_400_000 },
    ] as unknown as readonly KernelEvent[]) {
      const { effects, outcome } = step(state, event);
      rows.push(...maker.rowsOf({ seq: state.seq, event, outcome, effects }, state));
    }

    expect(inTable(rows, 'daily_pnl')).toEqual([]);
    const steps = inTable(rows, 'steps');
    expect(steps).toHaveLength(2);
    for (const row of steps) expect(row).toMatchObject({ wallet: null, exchange_wallet: null });
  });
});
