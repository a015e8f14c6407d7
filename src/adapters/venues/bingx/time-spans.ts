// Lists that the venue gives by time and in parts: asked for in spans that it allows, and halved where a part is full.

import type { TimeSpan } from './requests.ts';
import type { RestCall, RestClient, RestReply } from './rest-call.ts';

const DAY_MS = 86_400_000;
/** A little less than the week that the venue allows. */
export const SPAN_MAX_MS = 7 * DAY_MS - 1_000;
/** What the venue keeps. */
const KEPT_MS = 89 * DAY_MS;
/** More halves than a week has milliseconds. */
const DEPTH_MAX = 30;

/** What was read of one answer. */
interface Part<Row> {
  readonly rows: readonly Row[];
  /** Whether there may be more in the same span. */
  readonly isFull: boolean;
}

type Listed<Row> =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'failed'; readonly reply: Exclude<RestReply, { kind: 'data' }> }
  | { readonly kind: 'unreadable'; readonly problem: string };

interface Listing<Row> {
  readonly rest: Pick<RestClient, 'call'>;
  readonly fromMs: number;
  /** The venue's present. */
  readonly toMs: number;
  readonly callOf: (span: TimeSpan) => RestCall;
  readonly read: (
    data: Extract<RestReply, { kind: 'data' }>['data'],
  ) => Part<Row> | { readonly problem: string };
  /** A row that comes in two answers is told once; `null`: rows without an id cannot be told apart, and each counts. */
  readonly idOf: (row: Row) => string | null;
}

/**
 * Returns every row of a time, in no particular order. Whether the venue gives the oldest or the newest rows first where it gives only
 * some does not matter: a span whose answer is full is asked for again as two halves.
 */
export async function listInSpans<Row>(listing: Listing<Row>): Promise<Listed<Row>> {
  const { toMs } = listing;
  const fromMs = Math.max(Math.min(listing.fromMs, toMs), toMs - KEPT_MS);
  const rows = new Map<string, Row>();
  for (let startMs = fromMs; startMs <= toMs; startMs += SPAN_MAX_MS + 1) {
    const span = { fromMs: startMs, toMs: Math.min(toMs, startMs + SPAN_MAX_MS) };
    const failed = await listSpan(listing, span, rows, 0);
    if (failed !== null) return failed;
  }
  return { kind: 'rows', rows: [...rows.values()] };
}

async function listSpan<Row>(
  listing: Listing<Row>,
  span: TimeSpan,
  rows: Map<string, Row>,
  depth: number,
): Promise<Exclude<Listed<Row>, { kind: 'rows' }> | null> {
  const reply = await listing.rest.call(listing.callOf(span));
  if (reply.kind !== 'data') return { kind: 'failed', reply };
  const part = listing.read(reply.data);
  if ('problem' in part) return { kind: 'unreadable', problem: part.problem };
  if (!part.isFull) {
    for (const row of part.rows) rows.set(listing.idOf(row) ?? `row ${rows.size}`, row);
    return null;
  }
  if (span.fromMs >= span.toMs || depth >= DEPTH_MAX)
    return {
      kind: 'unreadable',
      problem: `one millisecond holds more than the ${part.rows.length} rows of an answer`,
    };
  const middleMs = Math.floor((span.fromMs + span.toMs) / 2);
  const halves = [
    { fromMs: span.fromMs, toMs: middleMs },
    { fromMs: middleMs + 1, toMs: span.toMs },
  ];
  for (const half of halves) {
    const failed = await listSpan(listing, half, rows, depth + 1);
    if (failed !== null) return failed;
  }
  return null;
}
