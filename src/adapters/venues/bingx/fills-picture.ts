// Which orders traded in a time, each with everything that it traded so far: made of the list of fills and of the orders' own rows.

import type { VenueOrderId } from '../../../domain/ids.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import { type Money, NO_MONEY } from '../../../domain/money.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import { type EpochMs, type Lots, NO_LOTS } from '../../../domain/steps.ts';
import type { OrderReport, Priority, Unknown, VenueOrderStatus } from '../../../domain/venue.ts';
import { unknown, unknownOf } from './bingx-orders.ts';
import {
  type Fill,
  fillsFrom,
  orderCreatedAtMs,
  orderFrom,
  orderRowIn,
  orderRowsIn,
} from './codec-orders.ts';
import { isOrderUnknown } from './codes.ts';
import { idIn, isObject, isOfMargin } from './fields.ts';
import {
  fillsCall,
  forcedOrdersCall,
  ordersMadeCall,
  PAGE_ROWS,
  queryByIdCall,
  type TimeSpan,
} from './requests.ts';
import type { RestClient, RestReply } from './rest-call.ts';
import { listInSpans, SPAN_MAX_MS } from './time-spans.ts';

/** How much earlier than its id says a forced order may be listed. */
const FORCED_BEFORE_MS = 60_000;

interface FillsQuestion {
  readonly rest: Pick<RestClient, 'call'>;
  readonly instrument: Instrument;
  readonly marginAsset: string;
  readonly fromMs: number;
  /** The venue's present. */
  readonly toMs: number;
  readonly priority: Priority;
}

/** Why there is no picture, for the kernel and for a person. */
export interface Unanswered {
  readonly unknown: Unknown;
  readonly problem: string;
}

type Answered<T> = Result<T, Unanswered>;

/** Returns the orders of one instrument that traded in a time. Any part that is missing leaves the whole unknown. */
export async function ordersTraded(question: FillsQuestion): Promise<Answered<readonly OrderReport[]>> {
  const fills = await fillsOf(question);
  if (!fills.ok) return fills;
  const sums = sumsOf(fills.value, question.marginAsset);
  if (sums.size === 0) return ok([]);
  const rows = await orderRows(question, [...sums.keys()]);
  if (!rows.ok) return rows;
  const reports: OrderReport[] = [];
  for (const [id, sum] of sums) {
    const row = rows.value.get(id);
    const report = row === undefined ? null : reportOf(row, sum, question.fromMs);
    if (report === null)
      return err({
        unknown: unknown('SERVER'),
        problem: `order ${id} traded, and ${row === undefined ? 'no view shows it' : 'its row shows less'}`,
      });
    reports.push(report);
  }
  return ok(reports);
}

async function fillsOf(question: FillsQuestion): Promise<Answered<readonly Fill[]>> {
  const { rest, instrument, fromMs, toMs, priority } = question;
  const listed = await listInSpans<Fill>({
    rest,
    fromMs,
    toMs,
    callOf: (span) => fillsCall(instrument.symbol, span, priority),
    read: (data) => {
      const page = fillsFrom(data, instrument);
      if (!page.ok) return { problem: page.error };
      const { fills, rows, total } = page.value;
      return { rows: fills, isFull: rows >= PAGE_ROWS || isCutShort(rows, total) };
    },
    // Without an id of its own, a fill like another counts once: too little is made up for by the order's row, too much by nothing.
    idOf: ({ venueOrderId, tradeId, atMs, lots, quote }) =>
      `${venueOrderId}/${tradeId ?? `at ${atMs}: ${lots} for ${quote}`}`,
  });
  switch (listed.kind) {
    case 'rows':
      return ok(listed.rows);
    case 'failed':
      return err({ unknown: unknownOf(listed.reply), problem: listed.reply.text });
    case 'unreadable':
      return err({ unknown: unknown('UNREADABLE'), problem: `the fills: ${listed.problem}` });
  }
}

/**
 * Whether a list is shorter than it was allowed to be, and yet not all: a venue that cuts so does it at a round number. Otherwise its total
 * counts more than was asked for, and says nothing.
 */
function isCutShort(rows: number, total: number | null): boolean {
  return total !== null && total > rows && rows > 0 && rows % 10 === 0;
}

/** What an order traded in the time, in all. */
interface Sum {
  readonly lots: Lots;
  readonly quote: Money;
  readonly isMaker: boolean | null;
  /** `null`: that of the account. */
  readonly feeAsset: string | null;
  readonly lastAtMs: EpochMs | null;
}

function sumsOf(fills: readonly Fill[], marginAsset: string): ReadonlyMap<VenueOrderId, Sum> {
  const sums = new Map<VenueOrderId, Sum>();
  for (const fill of fills) {
    const before = sums.get(fill.venueOrderId);
    const isMaker = before === undefined || before.isMaker === fill.isMaker ? fill.isMaker : null;
    const asset = isOfMargin(fill.feeAsset, marginAsset) ? null : fill.feeAsset;
    sums.set(fill.venueOrderId, {
      lots: ((before?.lots ?? NO_LOTS) + fill.lots) as Lots,
      quote: ((before?.quote ?? NO_MONEY) + fill.quote) as Money,
      isMaker,
      feeAsset: asset ?? before?.feeAsset ?? null,
      lastAtMs: Math.max(before?.lastAtMs ?? 0, fill.atMs ?? 0) as EpochMs,
    });
  }
  return sums;
}

/** The rows of the orders that traded: those made in the time from one list, the others one by one. */
async function orderRows(
  question: FillsQuestion,
  ids: readonly VenueOrderId[],
): Promise<Answered<ReadonlyMap<VenueOrderId, OrderReport>>> {
  const { fromMs, toMs } = question;
  const span = { fromMs: Math.max(fromMs, toMs - SPAN_MAX_MS), toMs };
  const rows = new Map<VenueOrderId, OrderReport>();
  const listed = await rowsOfList(question, span, new Set(ids));
  if (!listed.ok) return listed;
  for (const row of listed.value) rows.set(row.venueOrderId, row);
  for (const id of ids) {
    if (rows.has(id)) continue;
    const row = await rowOfOrder(question, id);
    if (!row.ok) return row;
    if (row.value !== null) rows.set(id, row.value);
  }
  for (const id of ids) {
    if (rows.has(id)) continue;
    const row = await forcedRow(question, id);
    if (!row.ok) return row;
    if (row.value !== null) rows.set(id, row.value);
  }
  return ok(rows);
}

async function rowsOfList(
  question: FillsQuestion,
  span: TimeSpan,
  ids: ReadonlySet<VenueOrderId>,
): Promise<Answered<readonly OrderReport[]>> {
  const { rest, instrument, priority } = question;
  const reply = await rest.call(ordersMadeCall(instrument.symbol, span, priority));
  // Whoever is not in the list is asked for by itself.
  if (reply.kind === 'error') return ok([]);
  return reportsIn(question, reply, 'order', ids);
}

/** An order that the venue itself made against this account, among those of its own time. */
async function forcedRow(question: FillsQuestion, id: VenueOrderId): Promise<Answered<OrderReport | null>> {
  const { rest, instrument, priority, toMs } = question;
  const fromMs = orderCreatedAtMs(id) - FORCED_BEFORE_MS;
  const span = { fromMs, toMs: Math.min(toMs, fromMs + SPAN_MAX_MS) };
  for (const kind of ['LIQUIDATION', 'ADL'] as const) {
    const reply = await rest.call(forcedOrdersCall(instrument.symbol, kind, span, priority));
    const rows = reportsIn(question, reply, kind === 'ADL' ? 'adl' : 'liquidation', new Set([id]));
    if (!rows.ok) return rows;
    const [row] = rows.value;
    if (row !== undefined) return ok(row);
  }
  return ok(null);
}

/** The rows of `ids`; whether those of others can be read does not matter. */
function reportsIn(
  { instrument }: FillsQuestion,
  reply: RestReply,
  cause: OrderReport['cause'],
  ids: ReadonlySet<VenueOrderId>,
): Answered<readonly OrderReport[]> {
  if (reply.kind !== 'data') return err({ unknown: unknownOf(reply), problem: reply.text });
  const rows = orderRowsIn(reply.data);
  if (!rows.ok) return err({ unknown: unknown('UNREADABLE'), problem: rows.error });
  const instruments = new Map([[instrument.symbol, instrument]]);
  const reports: OrderReport[] = [];
  for (const value of rows.value) {
    const id = isObject(value) ? idIn(value, 'orderId', 'orderID') : null;
    if (id?.ok !== true || !ids.has(id.value as VenueOrderId)) continue;
    const report = orderFrom(value, instruments, cause);
    if (!report.ok) return err({ unknown: unknown('UNREADABLE'), problem: report.error });
    if (report.value !== null) reports.push(report.value);
  }
  return ok(reports);
}

async function rowOfOrder(question: FillsQuestion, id: VenueOrderId): Promise<Answered<OrderReport | null>> {
  const { rest, instrument, priority } = question;
  const { symbol } = instrument;
  const reply = await rest.call(queryByIdCall(symbol, id, priority));
  if (reply.kind === 'error' && isOrderUnknown(reply.code, reply.text)) return ok(null);
  if (reply.kind !== 'data') return err({ unknown: unknownOf(reply), problem: reply.text });
  const row = orderRowIn(reply.data);
  if (row === null) return ok(null);
  const report = orderFrom(row, new Map([[symbol, instrument]]));
  if (!report.ok) return err({ unknown: unknown('UNREADABLE'), problem: report.error });
  return ok(report.value?.venueOrderId === id ? report.value : null);
}

/**
 * Joins what an order's row says with what its fills add up to, which is exact. The two views lag, each by itself.
 *
 * @returns `null` where the row shows less than the fills, and these are not all of the order's, or are more than it ordered.
 */
function reportOf(row: OrderReport, sum: Sum, fromMs: number): OrderReport | null {
  const { isMaker, feeAsset } = sum;
  const areAllFills = orderCreatedAtMs(row.venueOrderId) >= fromMs;
  // As many lots may be others: those that traded before, in a row that lags behind the fills.
  const isSame = row.filledLots === sum.lots && (areAllFills || row.filledLots >= row.orderedLots);
  if (isSame) return { ...row, filledQuote: sum.quote, isQuoteExact: true, isMaker, feeAsset };
  if (row.filledLots >= sum.lots) return { ...row, feeAsset };
  if (!areAllFills || sum.lots > row.orderedLots) return null;
  return {
    ...row,
    status: statusAfter(row, sum.lots),
    filledLots: sum.lots,
    filledQuote: sum.quote,
    isQuoteExact: true,
    // Fills list their fees rounded; the row will say it.
    fee: null,
    feeAsset,
    isMaker,
    venueRealized: null,
    venueAtMs: Math.max(row.venueAtMs, sum.lastAtMs ?? 0) as EpochMs,
  };
}

function statusAfter({ status, orderedLots }: OrderReport, filledLots: Lots): VenueOrderStatus {
  if (filledLots >= orderedLots) return 'FILLED';
  return status === 'NEW' ? 'PARTIALLY_FILLED' : status;
}
