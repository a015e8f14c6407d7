// When something was decided about a class or an agent, and when PINK obeyed, as marks on charts over time.

import type { KernelAck } from '../domain/kernel-records.ts';
import type { Verdict, VerdictKind } from '../domain/verdict.ts';
import type { ChartMark, ChartTone } from './chart-spec.ts';
import { dayNumber } from './day-series.ts';

/** More words than these would cover the lines. */
const MARKS_MAX = 6;

const KIND_TONES: Readonly<Record<VerdictKind, ChartTone>> = {
  DISABLE: 'limit',
  DEMOTE: 'limit',
  REENABLE: 'c',
  PROMOTE: 'c',
};

const APPLIED: Readonly<Record<KernelAck['applied'], readonly [words: string, tone: ChartTone]>> = {
  entries_blocked: ['PINK blocks entries', 'limit'],
  entries_allowed: ['PINK lets entries in', 'c'],
};

/** Returns the newest verdicts about a subject, oldest first. */
export function verdictMarks(
  verdicts: readonly Verdict[],
  subject: string,
  kinds: readonly VerdictKind[],
): ChartMark[] {
  return verdicts
    .filter((each) => each.subject === subject && kinds.includes(each.kind))
    .slice(-MARKS_MAX)
    .map(({ kind, ts }) => markOn(ts, `${kind} proposed`, KIND_TONES[kind]));
}

/**
 * Returns when the newest merged decisions took effect in the kernel, oldest first. Without an episode the kernel only said how
 * things were, as at its start.
 *
 * @param strategyClass `null`: of every class.
 */
export function ackMarks(acks: readonly KernelAck[], strategyClass: string | null): ChartMark[] {
  return acks
    .filter((ack) => ack.episode !== null && (strategyClass === null || ack.strategy_class === strategyClass))
    .slice(-MARKS_MAX)
    .map(({ applied, ts }) => markOn(ts, ...APPLIED[applied]));
}

/** Returns the marks that lie within the days of a chart, oldest first: a chart ends where its rows do. */
export function marksWithin(
  marks: readonly ChartMark[],
  { from, length }: { readonly from: number; readonly length: number },
): ChartMark[] {
  return marks
    .filter((mark) => mark.from >= from && mark.from <= from + length - 1)
    .sort((a, b) => a.from - b.from);
}

function markOn(ts: string, label: string, tone: ChartTone): ChartMark {
  const day = dayNumber(ts.slice(0, 10));
  return { axis: 'x', from: day, to: day, label, tone };
}
