// Reads all rows into the supervisor's memory: from its checkpoint where that still holds, else from the first day.

import { endsTorn } from '../adapters/state/append-log.ts';
import {
  loadCheckpoint,
  lostDays,
  type RowDay,
  saveCheckpoint,
} from '../adapters/state/history-checkpoint.ts';
import { modelReferences } from '../adapters/state/model-store.ts';
import { dayBytes, dayPath, readDay, rowDays } from '../adapters/state/row-store.ts';
import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import { dayOf, msFromIso } from '../domain/time.ts';
import type { Disk, Log, Progress } from '../ports.ts';
import {
  foldRows,
  type History,
  historyFromJson,
  historyToJson,
  newHistory,
  prune,
  type StoredHistory,
} from '../supervision/history.ts';
import type { SupervisorRules } from '../supervision/supervisor-rules.ts';

export interface HistoryOptions {
  /** Rows that ended later are not seen. */
  readonly nowMs: number;
  readonly rules: SupervisorRules;
  readonly codeVersion: string;
  /** `false` reads every row again and leaves the checkpoint alone. */
  readonly useCheckpoint: boolean;
}

interface ReadHistory {
  readonly history: History;
  /** Rows that were read in this run; the others came with the checkpoint. */
  readonly rowsRead: number;
  /** Stores the checkpoint where a newer one is due: a run that is refused writes nothing. */
  readonly keep: () => void;
}

/** The newest days stay out of the checkpoint: rows still come in there, and each would make it useless. */
const OPEN_DAYS = 2;

/** Rows that were read before those that no window reaches are dropped again. */
const PRUNE_EVERY_DAYS = 30;

/**
 * Returns the memory of every row that ended at or before `nowMs`. A checkpoint is an optimisation and nothing else: with and
 * without one the memory is the same.
 *
 * @throws CorruptStateError where a day holds anything but rows in order.
 */
export function readHistory(
  ports: { readonly disk: Disk; readonly log: Log; readonly progress: Progress },
  options: HistoryOptions,
): ReadHistory {
  const { disk, progress } = ports;
  const { rules, nowMs } = options;
  const days = rowDays(disk)
    .filter((day) => day <= dayOf(nowMs))
    .map((day): RowDay => [day, dayBytes(disk, day)]);
  const key = memoryKey(options);
  // Of the day of `nowMs` itself not all rows may be seen, so a checkpoint that holds it was made later.
  const whole = days.filter(([day]) => day < dayOf(nowMs));
  const checkpoint = options.useCheckpoint ? loadCheckpoint(disk, key, whole) : null;
  for (const day of lostDays(disk, dayOf(nowMs))) {
    ports.log.warn(
      `${dayPath(day)} held more rows when they were last read. Rows are never removed: restore the file from the history of the state branch`,
    );
  }
  const history = checkpoint === null ? newHistory() : restored(checkpoint.body);
  const todo = days.filter(([day]) => day > (checkpoint?.throughDay ?? ''));
  const closed = days.length - OPEN_DAYS;
  const rowsBefore = history.rowCount;
  const referenceOf = modelReferences(disk, rules.horizonsHours);
  let newCheckpoint: string | null = null;
  progress.start(
    'rows, bytes',
    todo.reduce((sum, [, bytes]) => sum + bytes, 0),
  );
  for (const [index, [day, bytes]] of todo.entries()) {
    const seen = readDay(disk, day).filter((row) => msFromIso(row.exit_at) <= nowMs);
    foldRows(history, seen, rules, referenceOf);
    if (endsTorn(disk, dayPath(day)))
      ports.log.warn(
        `${dayPath(day)} ends in a torn line, which is left out; reconcile writes that row again`,
      );
    if (index % PRUNE_EVERY_DAYS === 0) prune(history, rules.windowMs);
    if (options.useCheckpoint && days[closed - 1]?.[0] === day) {
      prune(history, rules.windowMs);
      newCheckpoint = JSON.stringify(historyToJson(history));
    }
    progress.advance(bytes);
  }
  progress.done();
  prune(history, rules.windowMs);
  const body = newCheckpoint;
  return {
    history,
    rowsRead: history.rowCount - rowsBefore,
    keep: () => {
      if (body !== null) saveCheckpoint(disk, key, days.slice(0, closed), body);
    },
  };
}

/** The digest of a checkpoint says that this is what a run of ours wrote, in this format. */
function restored(body: string): History {
  const stored: StoredHistory = JSON.parse(body);
  return historyFromJson(stored);
}

/** Everything the memory depends on beside the rows and the immutable models. */
function memoryKey({ rules, codeVersion }: HistoryOptions): string {
  const { confidence, divergence, windowMs, horizonsHours } = rules;
  const horizon = rules.cvar.horizon_hours;
  return sha256Hex(canonicalJson({ confidence, divergence, windowMs, horizonsHours, horizon, codeVersion }));
}
