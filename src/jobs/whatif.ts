// The what-if: the cells that were recorded, replayed under the kill list in force and under another. It writes nothing.

import { readCellLines } from '../adapters/state/cell-log.ts';
import { isoFromMs } from '../domain/time.ts';
import type { Disk } from '../ports.ts';
import type { SupervisorRules } from '../supervision/supervisor-rules.ts';
import { type ClassReplay, type ReplayedLists, replayLimits } from '../supervision/whatif.ts';

interface WhatIfOptions {
  readonly lists: ReplayedLists;
  readonly rules: SupervisorRules;
  /** `null`: from the first recorded line on. */
  readonly fromMs: number | null;
  readonly toMs: number;
}

export interface WhatIf {
  readonly horizon_hours: number;
  readonly from: string | null;
  readonly to: string;
  /** Lines of the state, of every class, horizon and time: 0 where supervise has not run yet. */
  readonly recorded_lines: number;
  /** By name; only classes with lines in the span. */
  readonly classes: readonly ClassReplay[];
}

/** Replays what was recorded. All lines are read: what is fresh in a line depends on whether it is the first of its cell. */
export function whatIf(disk: Disk, options: WhatIfOptions): WhatIf {
  const { lists, rules, fromMs, toMs } = options;
  const lines = readCellLines(disk);
  return {
    horizon_hours: rules.cvar.horizon_hours,
    from: fromMs === null ? null : isoFromMs(fromMs),
    to: isoFromMs(toMs),
    recorded_lines: lines.length,
    classes: replayLimits(lines, lists, rules, { fromMs: fromMs ?? 0, toMs }),
  };
}
