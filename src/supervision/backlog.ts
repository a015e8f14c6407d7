// The events that still owe rows, and the recent ones their labels may overlap with: what one run hands to the next.

import { type AlphaEvent, contentSha256, eventLine, streamKey } from '../domain/event.ts';
import { contractOf, MARKETS, symbolKey } from '../domain/market.ts';
import type { OpenEvent, Pending } from '../domain/pending.ts';
import { type Reject, rejectFrom } from '../domain/reject.ts';
import { HOUR_MS, isoFromMs, msFromIso } from '../domain/time.ts';
import { lastIndexAtOrBefore } from './asof.ts';
import { labelLifeMaxMs, type ReconcileRules } from './rules.ts';
import { mayBeDue } from './settle.ts';

/** Mutable, owned by one run. Keys are event ids. */
export interface Backlog {
  readonly events: Map<string, OpenEvent>;
  /** Every event that may overlap with one emitted at or after this instant is in `events`; `null`: all events are. */
  contextFromMs: number | null;
  newestMs: number | null;
  /** Events that came in this run: what their labels overlap with may be forgotten. */
  readonly uncoveredIds: Set<string>;
}

export type Admission =
  | { readonly kind: 'new' }
  | { readonly kind: 'flat' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'conflict'; readonly reject: Reject };

export interface DuePair {
  readonly open: OpenEvent;
  readonly horizonHours: number;
}

export function backlogFrom(
  pending: Pick<Pending, 'events' | 'context_from' | 'generated_at'> | null,
): Backlog {
  const events = new Map((pending?.events ?? []).map((open) => [open.event.event_id, open]));
  const msOrNull = (iso: string | null | undefined): number | null => (iso == null ? null : msFromIso(iso));
  return {
    events,
    contextFromMs: msOrNull(pending?.context_from),
    newestMs: msOrNull(pending?.generated_at),
    uncoveredIds: new Set(),
  };
}

/**
 * Takes one event in. Of two equal ones the lower shard name is remembered, whichever was read first. Of two events
 * with one id and different content the lower content digest wins, whichever came first, unless rows of the first
 * exist already: rows are never changed.
 */
export function admit(backlog: Backlog, event: AlphaEvent, shard: string, rules: ReconcileRules): Admission {
  const content_sha256 = contentSha256(event);
  const known = backlog.events.get(event.event_id);
  if (known?.content_sha256 === content_sha256) {
    if (shard < known.shard) backlog.events.set(event.event_id, { ...known, shard });
    return { kind: 'duplicate' };
  }
  backlog.newestMs = Math.max(backlog.newestMs ?? 0, msFromIso(event.ts));
  const open = event.direction === 'FLAT' ? [] : rules.horizonsHours;
  const candidate: OpenEvent = { event, content_sha256, shard, open: [...open] };
  if (known === undefined) {
    takeIn(backlog, candidate);
    return { kind: event.direction === 'FLAT' ? 'flat' : 'new' };
  }
  const isSettling = known.event.direction !== 'FLAT' && known.open.length < rules.horizonsHours.length;
  const wins = !isSettling && content_sha256 < known.content_sha256;
  if (wins) takeIn(backlog, candidate);
  return { kind: 'conflict', reject: conflictReject(wins ? known : candidate, isSettling) };
}

function takeIn(backlog: Backlog, open: OpenEvent): void {
  backlog.events.set(open.event.event_id, open);
  backlog.uncoveredIds.add(open.event.event_id);
}

function conflictReject(loser: OpenEvent, isSettling: boolean): Reject {
  const why = isSettling ? 'rows of the other one exist already' : 'the other one has the lower SHA-256';
  return rejectFrom({
    code: 'conflicting_duplicate',
    reason: `event_id "${loser.event.event_id}" was used for two different events; ${why}. Expected one id per signal`,
    file: loser.shard,
    line: null,
    event_id: loser.event.event_id,
    horizon_hours: null,
    raw: eventLine(loser.event),
  });
}

/** Marks one (event, horizon) as settled. Unknown ids are ignored: their rows are history. */
export function close(backlog: Backlog, eventId: string, horizonHours: number): void {
  const known = backlog.events.get(eventId);
  if (known === undefined || !known.open.includes(horizonHours)) return;
  backlog.events.set(eventId, { ...known, open: known.open.filter((horizon) => horizon !== horizonHours) });
}

/** Which pairs a run settles. All others stay open as they are, so that a later run settles them as this one would have. */
export interface PairChoice {
  /** `null`: every horizon. */
  readonly horizonsHours: readonly number[] | null;
  /** Signals emitted at or after this instant (epoch ms); `null`: however old. */
  readonly sinceMs: number | null;
}

export const ALL_PAIRS: PairChoice = { horizonsHours: null, sinceMs: null };

/** Returns the pairs of the choice whose horizon may have passed, by earliest possible exit, then id. */
export function duePairs(
  backlog: Backlog,
  nowMs: number,
  rules: ReconcileRules,
  { horizonsHours, sinceMs }: PairChoice = ALL_PAIRS,
): DuePair[] {
  const due: (DuePair & { readonly exitMs: number })[] = [];
  for (const open of backlog.events.values()) {
    if (sinceMs !== null && msFromIso(open.event.ts) < sinceMs) continue;
    for (const horizonHours of open.open) {
      if (horizonsHours !== null && !horizonsHours.includes(horizonHours)) continue;
      if (!mayBeDue(open.event, horizonHours, nowMs, rules)) continue;
      due.push({ open, horizonHours, exitMs: msFromIso(open.event.ts) + horizonHours * HOUR_MS });
    }
  }
  return due.sort((a, b) => a.exitMs - b.exitMs || compareText(a.open.event.event_id, b.open.event.event_id));
}

/** Returns the key of an instrument, however its symbol is spelled. */
export function instrumentKey(event: AlphaEvent): string {
  return `${event.market} ${symbolKey(event.symbol)} ${contractOf(event.symbol, event.market)}`;
}

/**
 * Returns since when events must be read again, because an open event that came in this run is older than what was
 * remembered for; `null` where nothing is missing. Open events of earlier runs have kept theirs, see {@link prune}.
 * Everything up to the context that is there must be read, so that it has no hole afterwards.
 */
export function missingContext(
  backlog: Backlog,
  rules: ReconcileRules,
): { readonly fromMs: number; readonly toMs: number; readonly oldestOpenMs: number } | null {
  const toMs = backlog.contextFromMs;
  if (toMs === null) return null;
  let oldestOpenMs = toMs;
  for (const id of backlog.uncoveredIds) {
    const known = backlog.events.get(id);
    if (known !== undefined && known.open.length > 0)
      oldestOpenMs = Math.min(oldestOpenMs, msFromIso(known.event.ts));
  }
  if (oldestOpenMs >= toMs) return null;
  return { fromMs: oldestOpenMs - longestLifeMs(rules), toMs, oldestOpenMs };
}

function longestLifeMs(rules: ReconcileRules): number {
  return Math.max(...MARKETS.map((market) => labelLifeMaxMs(rules, market)));
}

/**
 * Forgets events that owe nothing and that no label of an open or future event can overlap with. An event that still
 * waits when its price should have been given up, for want of an answer from its source, keeps only what its own
 * labels overlap with: it may wait for ever, and the memory of all others must not grow as long.
 *
 * The context never reaches back again by itself, not even where `nowMs` was moved back: what was forgotten stays
 * forgotten.
 */
export function prune(backlog: Backlog, nowMs: number, rules: ReconcileRules): void {
  const newestMs = Math.min(backlog.newestMs ?? nowMs, nowMs);
  const patienceMs = longestLifeMs(rules) + rules.settleLagMs + rules.giveUpAfterMs;
  let anchorMs = newestMs;
  const waitingByStream = new Map<string, number[]>();
  for (const { event, open } of backlog.events.values()) {
    if (open.length === 0) continue;
    const signalMs = msFromIso(event.ts);
    anchorMs = Math.min(anchorMs, Math.max(signalMs, newestMs - patienceMs));
    if (signalMs >= newestMs - patienceMs) continue;
    const waiting = waitingByStream.get(streamKey(event));
    if (waiting === undefined) waitingByStream.set(streamKey(event), [signalMs]);
    else waiting.push(signalMs);
  }
  for (const waiting of waitingByStream.values()) waiting.sort((a, b) => a - b);
  for (const [id, { event, open }] of backlog.events) {
    if (open.length > 0) continue;
    const signalMs = msFromIso(event.ts);
    const lifeMs = labelLifeMaxMs(rules, event.market);
    if (signalMs >= anchorMs - lifeMs) continue;
    const waiting = waitingByStream.get(streamKey(event)) ?? [];
    const nearMs = waiting[lastIndexAtOrBefore(waiting, signalMs + lifeMs)];
    if (nearMs === undefined || nearMs < signalMs - lifeMs) backlog.events.delete(id);
  }
  if (backlog.newestMs !== null)
    backlog.contextFromMs = Math.max(anchorMs, backlog.contextFromMs ?? anchorMs);
}

/** Returns the backlog as it is remembered. */
export function pendingFrom(backlog: Backlog, files: Pending['files'], rules: ReconcileRules): Pending {
  const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoFromMs(ms));
  return {
    v: 1,
    generated_at: isoOrNull(backlog.newestMs),
    horizons_hours: [...rules.horizonsHours],
    context_from: isoOrNull(backlog.contextFromMs),
    files,
    events: [...backlog.events.values()],
  };
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
