// Rows for the plain detector of the notes, which is shown beside the one that decides.

import type { NotesDivergence } from '../src/domain/divergence.ts';
import { HOUR_MS } from '../src/domain/time.ts';
import type { JudgedRow } from '../src/supervision/judged-row.ts';

/** Returns a row of one hour with this error; nothing else of it is looked at. */
export function notesRow(index: number, errorBps: number): JudgedRow {
  return {
    eventId: `e${index}`,
    agent: 'agent',
    strategyClass: 'class',
    regime: 'TREND',
    entryMs: index * HOUR_MS,
    exitMs: (index + 1) * HOUR_MS,
    realizedBps: errorBps,
    netBps: errorBps,
    errorBps,
    sigmaBps: null,
    claimedAbsBps: null,
    uniqueness: 1,
    modelId: null,
    simVersion: 'fallback_zero',
  };
}

/** Returns whether the notes raise an alert. */
export function isNotesAlert({ severity }: NotesDivergence): boolean {
  return severity !== 'none';
}
