// How good the input was: what was set aside and why, what still waits for a price, which runs are missing.

import { loadPending } from '../adapters/state/pending-store.ts';
import { readRejects } from '../adapters/state/reject-log.ts';
import { readRuns } from '../adapters/state/run-log.ts';
import type { RejectCode } from '../domain/reject.ts';
import type { Disk } from '../ports.ts';
import { type RunQuality, runQuality } from './missed-runs.ts';

export interface DataQuality {
  /** By producer and code. */
  readonly rejects: readonly RejectCount[];
  /** What waits for a row; `null`: not known, since reconcile's memory is not there or not readable. */
  readonly waiting: Waiting | null;
  readonly runs: RunQuality;
}

export interface RejectCount {
  readonly producer: string;
  readonly code: RejectCode;
  count: number;
  /** Of the last line that was set aside for it. */
  reason: string;
}

export interface Waiting {
  /** Pairs of event and horizon without a row. */
  readonly pairs: number;
  /** Of the oldest event that waits, UTC; `null`: none does. */
  readonly oldest: string | null;
  /** Pairs by horizon, hours. */
  readonly byHorizon: readonly (readonly [hours: number, pairs: number])[];
}

/** @throws CorruptStateError where a line of the rejects is none. */
export function readDataQuality(disk: Disk): DataQuality {
  const counts = new Map<string, RejectCount>();
  readRejects(disk, ({ code, reason }, producer) => {
    const key = `${producer}/${code}`;
    const found = counts.get(key) ?? { producer, code, count: 0, reason };
    counts.set(key, found);
    found.count += 1;
    found.reason = reason;
  });
  const rejects = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return { rejects, waiting: readWaiting(disk), runs: runQuality(readRuns(disk)) };
}

function readWaiting(disk: Disk): Waiting | null {
  const pending = loadPending(disk);
  if (!pending.ok || pending.value === null) return null;
  const open = pending.value.events.filter(({ open }) => open.length > 0);
  const instants = open.map(({ event }) => event.ts).sort();
  const byHorizon = new Map<number, number>();
  for (const hours of open.flatMap((each) => each.open))
    byHorizon.set(hours, (byHorizon.get(hours) ?? 0) + 1);
  return {
    pairs: open.reduce((sum, each) => sum + each.open.length, 0),
    oldest: instants[0] ?? null,
    byHorizon: [...byHorizon].sort(([a], [b]) => a - b),
  };
}
