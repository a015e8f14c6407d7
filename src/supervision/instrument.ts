// One instrument prepared for settling: when its labels live, how much they overlap, and how much it moved.

import { assert } from '../domain/assert.ts';
import { streamKey } from '../domain/event.ts';
import type { BarSeries } from '../domain/market.ts';
import type { OpenEvent } from '../domain/pending.ts';
import { HOUR_MS, msFromIso } from '../domain/time.ts';
import { addOpenMs, sessionEntryMs } from './sessions.ts';
import { type LabelSpan, labelUniqueness } from './uniqueness.ts';
import { type Volatility, volatilityOf } from './volatility.ts';

export interface Instrument {
  readonly series: BarSeries;
  readonly volatility: Volatility;
  /** When a label of `event` lives, or `null` where the session calendar does not reach its end. */
  span(event: OpenEvent['event'], horizonHours: number): LabelSpan | null;
  /** Uniqueness of the label of one event that was given, in `(0, 1]`. */
  uniqueness(event: OpenEvent['event'], horizonHours: number): number;
}

/** Ends after every other label: stands for an end that the calendar does not tell yet. */
const UNKNOWN_END_MS = 8_640_000_000_000;

/**
 * @param events every scored event of the instrument that may overlap with a label to be settled; order is free.
 */
export function prepareInstrument(
  series: BarSeries,
  events: readonly OpenEvent['event'][],
  latencyMs: number,
  minReturns: number,
): Instrument {
  const byHorizon = new Map<number, Map<string, number>>();
  const life = (event: OpenEvent['event'], horizonHours: number): LabelLife | null =>
    labelLife(series, msFromIso(event.ts) + latencyMs, horizonHours);
  return {
    series,
    volatility: volatilityOf(series, minReturns),
    span(event, horizonHours) {
      const { startMs, endMs = null } = life(event, horizonHours) ?? {};
      return startMs === undefined || endMs === null ? null : { startMs, endMs };
    },
    uniqueness(event, horizonHours) {
      let known = byHorizon.get(horizonHours);
      if (known === undefined) {
        known = uniquenessById(events, (each) => life(each, horizonHours));
        byHorizon.set(horizonHours, known);
      }
      const uniqueness = known.get(event.event_id);
      assert(uniqueness !== undefined, () => `the label of ${event.event_id} has a start and was given`);
      return uniqueness;
    },
  };
}

/** A label whose start the calendar tells; `endMs` is `null` where it does not reach that far. */
interface LabelLife {
  readonly startMs: number;
  readonly endMs: number | null;
}

/** Returns `null` where not even the start is known: such a label starts after every one that ends. */
function labelLife(series: BarSeries, signalMs: number, horizonHours: number): LabelLife | null {
  const horizonMs = horizonHours * HOUR_MS;
  if (series.sessions === null) return { startMs: signalMs, endMs: signalMs + horizonMs };
  const startMs = sessionEntryMs(series.sessions, signalMs, series.barMs);
  return startMs === null ? null : { startMs, endMs: addOpenMs(series.sessions, startMs, horizonMs) };
}

function uniquenessById(
  events: readonly OpenEvent['event'][],
  lifeOf: (event: OpenEvent['event']) => LabelLife | null,
): Map<string, number> {
  const streams = new Map<string, { id: string; span: LabelSpan }[]>();
  for (const event of events) {
    const life = lifeOf(event);
    if (life === null) continue;
    const span = { startMs: life.startMs, endMs: life.endMs ?? UNKNOWN_END_MS };
    const key = streamKey(event);
    const stream = streams.get(key);
    if (stream === undefined) streams.set(key, [{ id: event.event_id, span }]);
    else stream.push({ id: event.event_id, span });
  }
  const uniqueness = new Map<string, number>();
  for (const stream of streams.values()) {
    stream.sort((a, b) => a.span.startMs - b.span.startMs || a.span.endMs - b.span.endMs);
    const values = labelUniqueness(stream.map((label) => label.span));
    for (const [index, label] of stream.entries()) uniqueness.set(label.id, values[index] ?? 1);
  }
  return uniqueness;
}
