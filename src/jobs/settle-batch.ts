// Settles one bounded batch of due pairs and writes what came of it, day by day; a death anywhere is healed by the next run.

import { RECONCILE_REJECTS } from '../adapters/state/event-shards.ts';
import { appendRejects } from '../adapters/state/reject-log.ts';
import { insertRows } from '../adapters/state/row-store.ts';
import { assert } from '../domain/assert.ts';
import type { OpenEvent } from '../domain/pending.ts';
import type { Reject } from '../domain/reject.ts';
import { compareRows, type ReconciledRow } from '../domain/row.ts';
import type { Disk } from '../ports.ts';
import { type Backlog, close, type DuePair, instrumentKey } from '../supervision/backlog.ts';
import { reusedIdReject } from '../supervision/reused-id.ts';
import { type Priced, type SettleContext, type Settled, settle } from '../supervision/settle.ts';
import type { PriceBoard } from './price-board.ts';

/** What became of due pairs, counted over the batches of one run. */
export interface Tally {
  reconciled: number;
  already_reconciled: number;
  given_up: { stale_price: number; no_price: number };
  waiting: { pending: number; stale_price: number; no_price: number };
  /** Rows with a price from before a missing bar, yet fresh enough to use. */
  priced_across_gap: number;
  rejects_written: number;
  readonly losses: Map<string, Loss>;
}

/** Due pairs of one instrument that got no row for one kind of reason. */
export interface Loss {
  readonly symbol: string;
  readonly market: string;
  readonly outcome: 'pending' | 'stale_price' | 'no_price';
  readonly given_up: boolean;
  readonly pairs: number;
  readonly first_reason: string;
}

export function emptyTally(): Tally {
  return {
    reconciled: 0,
    already_reconciled: 0,
    given_up: { stale_price: 0, no_price: 0 },
    waiting: { pending: 0, stale_price: 0, no_price: 0 },
    priced_across_gap: 0,
    rejects_written: 0,
    losses: new Map(),
  };
}

/** Settles `batch`, inserts its rows, sets given-up pairs aside, and closes in `backlog` what is settled. */
export function settleBatch(
  disk: Disk,
  batch: readonly DuePair[],
  board: PriceBoard,
  context: SettleContext,
  backlog: Backlog,
  tally: Tally,
): void {
  const rowsByDay = new Map<string, ReconciledRow[]>();
  const openById = new Map<string, OpenEvent>();
  const rejects = new Map<string, Reject[]>();
  for (const { open, horizonHours } of batch) {
    const priced = board.get(instrumentKey(open.event));
    assert(priced !== undefined, 'prices were asked for every due pair');
    const settled = settle(open, horizonHours, priced, context);
    if (settled.kind === 'row') {
      push(rowsByDay, settled.row.exit_at.slice(0, 10), settled.row);
      openById.set(settled.row.event_id, open);
      if (isAcrossGap(settled.row, priced)) tally.priced_across_gap += 1;
      continue;
    }
    countLoss(tally, open, settled);
    if (settled.kind === 'waiting') tally.waiting[settled.outcome] += 1;
    else {
      tally.given_up[settled.outcome] += 1;
      push(rejects, open.event.ts.slice(0, 7), settled.reject);
      close(backlog, open.event.event_id, horizonHours);
    }
  }
  for (const [day, rows] of [...rowsByDay].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { inserted, existing } = insertRows(disk, day, rows.sort(compareRows));
    tally.reconciled += inserted;
    tally.already_reconciled += existing.length;
    for (const [month, reject] of conflictsOf(existing, openById)) push(rejects, month, reject);
    for (const row of rows) close(backlog, row.event_id, row.horizon_hours);
  }
  for (const [month, list] of rejects) {
    tally.rejects_written += appendRejects(disk, RECONCILE_REJECTS, month, list);
  }
}

/** A bar that should have closed by then is missing. */
function isAcrossGap(row: ReconciledRow, priced: Priced): boolean {
  const staleMs = Math.max(row.entry_stale_ms, row.exit_stale_ms);
  return priced.kind === 'bars' && staleMs >= priced.instrument.series.barMs;
}

function countLoss(tally: Tally, open: OpenEvent, settled: Exclude<Settled, { kind: 'row' }>): void {
  const { symbol, market } = open.event;
  const key = `${settled.outcome} ${settled.kind} ${instrumentKey(open.event)}`;
  const known = tally.losses.get(key);
  tally.losses.set(key, {
    symbol: known?.symbol ?? symbol,
    market,
    outcome: settled.outcome,
    given_up: settled.kind === 'given_up',
    pairs: (known?.pairs ?? 0) + 1,
    first_reason:
      known?.first_reason ?? (settled.kind === 'waiting' ? settled.reason : settled.reject.reason),
  });
}

/** A stored row is never changed: an event that reuses its id for another signal is set aside, in its own month. */
function conflictsOf(
  existing: readonly ReconciledRow[],
  openById: ReadonlyMap<string, OpenEvent>,
): (readonly [month: string, Reject])[] {
  return existing.flatMap((stored) => {
    const open = openById.get(stored.event_id);
    assert(open !== undefined, 'an existing row collides with one of the batch');
    const reject = reusedIdReject(open, stored);
    return reject === null ? [] : [[open.event.ts.slice(0, 7), reject] as const];
  });
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
