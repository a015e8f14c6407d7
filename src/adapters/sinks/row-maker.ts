// Makes the rows of records: a fold over the journal, so that the rows are the same however it is cut into pieces.

import { type Money, minus, moneyText } from '../../domain/money.ts';
import { SinkRow, type SinkTable } from '../../domain/sink-row.ts';
import { DAY_MS } from '../../domain/time.ts';
import type { KernelEvent } from '../../kernel/event.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { FollowedRecord } from '../journal/follow-journal.ts';
import { fillRows, type KnownFills, knownFills } from './fill-rows.ts';
import { publicationRows, recoveryRow } from './publication-rows.ts';
import { instantText, type RowDraft } from './row-draft.ts';
import { decisionRow, intentRow, type PendingDecision, reconcileRow, startRow } from './step-rows.ts';

export interface RowMaker {
  /** Decisions whose intent has not come, oldest first: with the state, all that the next rows are made from. */
  readonly pending: readonly PendingDecision[];
  /** Returns the rows of the next record. `state`: after it, read at once. */
  rowsOf(record: FollowedRecord, state: KernelState): readonly SinkRow[];
}

/** An intent follows its decision at once, or within seconds where a price is asked for first. */
const PENDING_MAX = 16;

/** Returns what makes rows of the records behind `state`. */
export function rowMaker(state: KernelState, pending: readonly PendingDecision[]): RowMaker {
  return new Maker(state, pending);
}

/** What the next rows compare with. */
interface Before {
  readonly runId: string | null;
  readonly nowMs: number;
  readonly isSeeded: boolean;
  readonly wallet: Money;
  readonly ledgerDay: number;
  readonly dayStartWallet: Money;
  readonly tradesClosed: number;
  /** The question of the round that is waited for; `null`: none that ends it. */
  readonly lastQuestion: number | null;
}

class Maker implements RowMaker {
  pending: readonly PendingDecision[];
  private before: Before;
  private readonly known: KnownFills;

  constructor(state: KernelState, pending: readonly PendingDecision[]) {
    this.pending = pending;
    this.before = beforeOf(state);
    this.known = knownFills(state);
  }

  rowsOf(record: FollowedRecord, state: KernelState): readonly SinkRow[] {
    const { before } = this;
    const drafts: RowDraft[] = [...dayEndRows(before, state)];
    if (record.event.kind === 'MARK') {
      // Most records are prices: of all that is compared they move the time alone.
      if (state.nowMs !== before.nowMs) this.before = { ...before, nowMs: state.nowMs };
    } else {
      drafts.push(...this.stepRows(record, state), ...fillRows(this.known, record.event, state));
      const recovery = recoveryRow(record.event, record.outcome, state);
      if (recovery !== null) drafts.push(recovery);
      const published = publicationRows(record.effects, state);
      drafts.push(...published);
      if (published.some(({ table }) => table === 'trades')) drafts.push(dailyRow(beforeOf(state)));
      this.before = beforeOf(state);
    }
    return drafts.length === 0 ? NO_ROWS : keyed(drafts, record.seq, state);
  }

  private stepRows({ event, outcome }: FollowedRecord, state: KernelState): readonly RowDraft[] {
    const { before } = this;
    switch (event.kind) {
      case 'DECISION':
        if (event.action === 'ENTER' || event.action === 'EXIT') this.remember(event);
        return [decisionRow(event, state)];
      case 'INTENT':
        return [intentRow(event, outcome, state, this.taken(event.intentId))];
      case 'START':
        return [startRow(before, state)];
      case 'BALANCE':
        return isRoundEnd(before, event, state) ? [reconcileRow(outcome, state)] : [];
      default:
        return [];
    }
  }

  private remember({ decisionId, policy, facts }: PendingDecision): void {
    this.pending = [...this.pending, { decisionId, policy, facts }].slice(-PENDING_MAX);
  }

  private taken(intentId: string): PendingDecision | null {
    const decided = this.pending.find(({ decisionId }) => decisionId === intentId) ?? null;
    if (decided !== null) this.pending = this.pending.filter((one) => one !== decided);
    return decided;
  }
}

const NO_ROWS: readonly SinkRow[] = [];

/** In the order of the schemas, whoever reads a line: the key first. */
const COLUMNS: ReadonlyMap<SinkTable, readonly string[]> = new Map(
  SinkRow.anyOf.map(({ properties }) => [properties.table.const, Object.keys(properties)]),
);

function keyed(drafts: readonly RowDraft[], seq: number, state: KernelState): readonly SinkRow[] {
  const { instance } = state.config;
  const run = state.runId ?? 'none';
  const at = instantText(state.nowMs);
  return drafts.map((draft, part) => {
    const row: Record<string, unknown> = { instance, run, seq, part, at, ...draft };
    return Object.fromEntries(
      (COLUMNS.get(draft.table) ?? []).map((column) => [column, row[column]]),
    ) as SinkRow;
  });
}

function beforeOf({ runId, nowMs, ledger, tradesClosed, resync }: KernelState): Before {
  return {
    runId,
    nowMs,
    isSeeded: ledger.seededAtMs !== null,
    wallet: ledger.wallet,
    ledgerDay: ledger.day,
    dayStartWallet: ledger.dayStartWallet,
    tradesClosed,
    lastQuestion: resync.part === 'BALANCE' ? resync.requestId : null,
  };
}

/** A round ends with the balance; another may begin in the same step. */
function isRoundEnd(
  { lastQuestion }: Before,
  event: Extract<KernelEvent, { readonly kind: 'BALANCE' }>,
  { resync }: KernelState,
): boolean {
  if (lastQuestion === null || event.requestId !== lastQuestion) return false;
  return resync.part !== 'BALANCE' || resync.requestId !== lastQuestion;
}

/** The day that ended before this record; one in which nothing was recorded has no row. */
function dayEndRows(before: Before, { nowMs }: KernelState): readonly RowDraft[] {
  if (nowMs === before.nowMs || !before.isSeeded || dayNumber(before.nowMs) === dayNumber(nowMs)) return [];
  return [dailyRow(before)];
}

/** A day of the ledger begins with its first posting; before it K is what it was when the day began. */
function dailyRow({ nowMs, ledgerDay, dayStartWallet, wallet, tradesClosed }: Before): RowDraft {
  const atStart = ledgerDay === dayNumber(nowMs) ? dayStartWallet : wallet;
  return {
    table: 'daily_pnl',
    day: instantText(nowMs).slice(0, 10),
    wallet_at_start: moneyText(atStart),
    wallet: moneyText(wallet),
    pnl: moneyText(minus(wallet, atStart)),
    trades_closed: tradesClosed,
  };
}

function dayNumber(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
