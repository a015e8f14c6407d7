// One instrument prepared for settling: when its labels live, how much they overlap, and how much it moved.

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
  const span = (event: OpenEvent['event'], horizonHours: number): LabelSpan | null =>
    labelSpan(series, msFromIso(event.ts) + latencyMs, horizonHours);
  return {
    series,
    volatility: volatilityOf(series, minReturns),
    span,
    uniqueness(event, horizonHours) {
      let known = byHorizon.get(horizonHours);
      if (known === undefined) {
        known = uniquenessById(events, (each) => span(each, horizonHours));
        byHorizon.set(horizonHours, known);
      }
      return known.get(event.event_id) ?? 1;
    },
  };
}

function labelSpan(series: BarSeries, signalMs: number, horizonHours: number): LabelSpan | null {
  const horizonMs = horizonHours * HOUR_MS;
  if (series.sessions === null) return { startMs: signalMs, endMs: signalMs + horizonMs };
  const startMs = sessionEntryMs(series.sessions, signalMs, series.barMs);
  const endMs = startMs === null ? null : addOpenMs(series.sessions, startMs, horizonMs);
  return startMs === null || endMs === null ? null : { startMs, endMs };
}

function uniquenessById(
  events: readonly OpenEvent['event'][],
  spanOf: (event: OpenEvent['event']) => LabelSpan | null,
): Map<string, number> {
  const streams = new Map<string, { id: string; span: LabelSpan }[]>();
  for (const event of events) {
    const known = spanOf(event);
    const startMs = known?.startMs ?? msFromIso(event.ts);
    const span = known ?? { startMs, endMs: UNKNOWN_END_MS };
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
