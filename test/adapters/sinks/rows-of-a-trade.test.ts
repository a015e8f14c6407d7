// What a trade, a freeze and a look at the venue leave in the tables, row for row, and what the engine snapshot makes of it.

import { describe, expect, it } from 'vitest';
import { noSnapshot, snapshotAfter, snapshotJson } from '../../../src/adapters/sinks/engine-snapshot.ts';
import { rowMaker } from '../../../src/adapters/sinks/row-maker.ts';
import type { SinkRow } from '../../../src/domain/sink-row.ts';
import type { Outcome } from '../../../src/kernel/outcome.ts';
import type { AppliedRecord } from '../../../src/runner/record.ts';
import { BTC, KernelDriver, usdt } from '../../kernel/build.ts';
import { inTable } from './recorded.ts';

const SCAN = { scan_number: 7, vel_div: -0.03, vol_ok: true, posture: 'APEX' };

/** A kernel whose every record becomes rows. */
class Rowed extends KernelDriver {
  rows: SinkRow[] = [];
  private readonly maker = rowMaker(this.state, []);

  protected override observed(record: AppliedRecord): void {
    this.rows.push(...this.maker.rowsOf(record, this.state));
  }

  /** Decides, and enters as decided. */
  decide(decisionId: string): Outcome {
    const decision = { decisionId, policy: 'p@1#0', action: 'ENTER', symbol: BTC, reason: 'go' };
    this.apply({ kind: 'DECISION', ...decision, facts: JSON.stringify(SCAN) });
    return this.enter({ intentId: decisionId as never });
  }

  command(command: string): void {
    const [requestId, who, why] = [`c-${this.rows.length}`, 'ada', 'a look'];
    this.apply({ kind: 'COMMAND', requestId, command, slot: null, who, why });
  }

  /** What the engine snapshot is after every row so far. */
  snapshot(): Record<string, unknown> {
    const last = this.rows.reduce(snapshotAfter, noSnapshot('test'));
    return JSON.parse(snapshotJson(last)) as Record<string, unknown>;
  }

  /** Rows that came since this was asked last. */
  fresh(): readonly SinkRow[] {
    const rows = this.rows.slice(this.seen);
    this.seen = this.rows.length;
    return rows;
  }
  private seen = 0;
}

describe('a trade', () => {
  it('has a row of its day at its close, with what K gained by it', () => {
    const kernel = new Rowed().ready() as Rowed;
    kernel.decide('d-1');
    kernel.fill(10_000);
    expect(inTable(kernel.rows, 'daily_pnl')).toEqual([]);
    kernel.exit();
    kernel.fill(10_100);

    const [trade] = inTable(kernel.rows, 'trades');
    const [day] = inTable(kernel.rows, 'daily_pnl');
    const net = Number(trade?.realized) - Number(trade?.fees) + Number(trade?.funding);
    expect(Number(trade?.realized)).toBeGreaterThan(0);
    expect(day).toMatchObject({ seq: trade?.seq, wallet_at_start: '10000', trades_closed: 1 });
    expect(Number(day?.pnl)).toBeCloseTo(net, 8);
    expect(Number(day?.wallet)).toBeCloseTo(10_000 + net, 8);
  });

  it('has a fee as predicted, which is taken back by the fee that the venue names, both of one order', () => {
    const kernel = new Rowed().ready() as Rowed;
    kernel.fresh();
    kernel.decide('d-1');
    kernel.ack();
    kernel.report(50, 10_000);
    const predicted = inTable(kernel.fresh(), 'postings');
    kernel.report(50, 10_000, { fee: usdt(0.02), isMaker: true });
    const settled = inTable(kernel.fresh(), 'postings');

    const { clientOrderId } = kernel.lastSent;
    expect(predicted).toMatchObject([{ account: 'fee_predicted', provenance: 'ESTIMATED' }]);
    expect(settled.map(({ account, provenance }) => [account, provenance])).toEqual([
      ['fee_predicted', 'ESTIMATED'],
      ['fee_settled', 'SETTLED'],
    ]);
    expect(Number(predicted[0]?.amount) + Number(settled[0]?.amount)).toBe(0);
    const tradeId = kernel.slot().trade?.tradeId;
    for (const { posting_id, trade_id } of [...predicted, ...settled]) {
      expect(posting_id.split(':')[1]).toBe(clientOrderId);
      expect(trade_id).toBe(tradeId);
    }
  });

  it('is in the engine snapshot with the scan, and with its leverage while it is held', () => {
    const kernel = new Rowed().ready() as Rowed;
    kernel.decide('d-1');
    kernel.fill(10_000);

    expect(kernel.snapshot()).toMatchObject({
      ...SCAN,
      kernel_state: 'RUN',
      slots: [{ slot: 0, symbol: BTC, size: '0.05', side: 'LONG', entry_price: 1_000 }],
    });
    expect(kernel.snapshot()['our_leverage']).toBeCloseTo(50 / 9_999.975, 6);

    kernel.exit();
    kernel.fill(10_100);
    expect(kernel.snapshot()).toMatchObject({ slots: [], our_leverage: 0 });
    const stop = { decisionId: 'stop', policy: '', action: 'STOP', symbol: '', reason: 'it stops' };
    kernel.apply({ kind: 'DECISION', ...stop, facts: '{}' });
    expect(kernel.snapshot()).toMatchObject(SCAN);
  });
});

describe('a freeze', () => {
  it('is a row at each of its edges and no more, and the engine snapshot has it before any decision', () => {
    const kernel = new Rowed().ready() as Rowed;
    kernel.fresh();
    kernel.command('ENTRY_FROZEN');
    const frozen = inTable(kernel.fresh(), 'recovery');
    expect(kernel.snapshot()).toMatchObject({ kernel_state: 'ENTRY_FROZEN' });
    kernel.mark(10_001);
    kernel.decide('d-1');
    const between = kernel.fresh();
    kernel.command('RUN');
    const thawed = inTable(kernel.fresh(), 'recovery');

    expect(frozen.map(({ event }) => event)).toEqual(['COMMAND', 'KERNEL_STATE']);
    expect(frozen[0]?.details).toContain('by ada: a look');
    expect(frozen[1]).toMatchObject({ kernel_state: 'ENTRY_FROZEN' });
    expect(inTable(between, 'recovery')).toEqual([]);
    expect(inTable(between, 'steps')).toMatchObject([
      { phase: 'decision' },
      { phase: 'entry_suppressed', decision_id: 'd-1', outcome: 'ENTRY_FROZEN' },
    ]);
    expect(thawed.map(({ event }) => event)).toEqual(['COMMAND', 'KERNEL_STATE']);
    expect(kernel.snapshot()).toMatchObject({ kernel_state: 'RUN' });
  });

  it('by a residual that nobody explains is one as well, with its reason', () => {
    const kernel = new Rowed().ready() as Rowed;
    kernel.fresh();
    kernel.view = { ...kernel.view, wallet: usdt(9_000) };
    kernel.wait(600_000);

    const rows = kernel.fresh();
    const edge = inTable(rows, 'recovery').find(({ event }) => event === 'KERNEL_STATE');
    expect(edge).toMatchObject({ kernel_state: 'ENTRY_FROZEN' });
    const looks = inTable(rows, 'steps').filter(({ phase }) => phase === 'account_reconcile');
    expect(looks.length).toBeGreaterThan(0);
    expect(looks.at(-1)).toMatchObject({ action: 'RECONCILE', exchange_wallet: '9000' });
    expect(looks.at(-1)?.details).toContain('residual=-1000');
  });
});

it('a start has its rows, a stream that is lost one, and a list that is obeyed one', () => {
  const kernel = new Rowed().ready() as Rowed;
  kernel.apply({ kind: 'STREAM', isUp: false });
  kernel.apply({ kind: 'START', runId: 'run-2' });

  const events = inTable(kernel.rows, 'recovery').map(({ event, details }) => `${event} ${details}`);
  expect(events.filter((text) => text.startsWith('START'))).toHaveLength(2);
  expect(events).toContain('STREAM up');
  expect(events).toContain('STREAM down');
  expect(events).toContain('PERMISSIONS version=v1 classes=1');
  const starts = inTable(kernel.rows, 'steps').filter(({ phase }) => phase === 'recovery');
  expect(starts.map(({ reason }) => reason)).toEqual(['the first start', 'after run-1']);
});

it('a class that is disabled does not blot out the state of the kernel in the engine snapshot', () => {
  const kernel = new Rowed().ready() as Rowed;
  const permissions = [{ strategyClass: 'champion', isEnabled: false, sizePpm: 1_000_000 }];
  kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions });

  const rows = inTable(kernel.rows, 'recovery').filter(({ event }) => event === 'PERMISSIONS');
  expect(rows.map(({ kernel_state }) => kernel_state)).toEqual(['RUN', 'RUN', 'RUN']);
  expect(rows.at(-1)?.details).toBe('disabled class=champion orders_canceled=0');
  expect(kernel.snapshot()).toMatchObject({ kernel_state: 'RUN' });
});
