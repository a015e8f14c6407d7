// Every cell of every class judged: what was measured, under which limit, and in which regime the class is now.

import { type AgentRegistry, strategyClassOf } from '../domain/config.ts';
import type { CvarCell, StrategyCvarRegime } from '../domain/cvar.ts';
import type { AlphaEvent } from '../domain/event.ts';
import type { KillList } from '../domain/kill-list.ts';
import { roundBps } from '../domain/rounding.ts';
import { isoFromMs } from '../domain/time.ts';
import { type Cell, cellsOf } from './cell.ts';
import { currentRegime } from './current-regime.ts';
import { notesCvar } from './cvar.ts';
import type { History } from './history.ts';
import { judgeCell } from './judge.ts';
import type { JudgedRow } from './judged-row.ts';
import { limitsOf } from './limits.ts';
import { type ClassEvent, withEvent } from './newest-events.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** A cell with its judgement, and what its evidence needs. */
export interface JudgedCell {
  readonly cell: CvarCell;
  /** All rows of the cell that are kept, in order. */
  readonly rows: readonly JudgedRow[];
  /** The rows that were looked at. */
  readonly window: readonly JudgedRow[];
  /** Models whose expectations the rows looked at carry, sorted. */
  readonly modelIds: readonly string[];
  /** Newest exit in the cell, a UTC instant. */
  readonly newestExit: string;
  /** Newest exit of the class, a UTC instant: the window of each of its cells is counted back from it. */
  readonly asOf: string;
}

export interface JudgedCells {
  /** Class → regime → cell, sorted by name. */
  readonly byClass: ReadonlyMap<string, ReadonlyMap<string, JudgedCell>>;
  /** Class → regime of most of its newest signals. */
  readonly regimes: ReadonlyMap<string, string>;
}

/**
 * Judges every cell of `history`.
 *
 * @param pending signals without a row yet: they tell the current regime before they are settled.
 */
export function judgedCells(
  history: History,
  pending: readonly AlphaEvent[],
  files: { readonly killList: KillList; readonly agents: AgentRegistry },
  rules: SupervisorRules,
): JudgedCells {
  const regimes = currentRegimes(history, pending, files.agents);
  const byClass = new Map<string, ReadonlyMap<string, JudgedCell>>();
  for (const [strategyClass, cells] of cellsOf(history.rows, rules)) {
    const judged = new Map<string, JudgedCell>();
    const asOf = isoFromMs(Math.max(...[...cells.values()].map(newestExitMs)));
    for (const [regime, cell] of cells) {
      const isCurrent = regimes.get(strategyClass) === regime;
      const limits = limitsOf(files.killList, strategyClass, regime, rules.cvar.default_max_sigma);
      const { status, breached } = judgeCell(cell.measurements, limits, rules, isCurrent);
      judged.set(regime, {
        cell: {
          ...cell.measurements,
          status,
          threshold: limits,
          breached,
          is_current: isCurrent,
          notes_cvar95_error_bps: notesFigure(cell),
        },
        rows: cell.rows,
        window: cell.window,
        modelIds: [...new Set(cell.window.flatMap(({ modelId }) => modelId ?? []))].sort(),
        newestExit: isoFromMs(newestExitMs(cell)),
        asOf,
      });
    }
    byClass.set(strategyClass, judged);
  }
  return { byClass, regimes };
}

/** Returns `supervisor/strategy_cvar_regime.json`. */
export function cvarFile(cells: JudgedCells): StrategyCvarRegime {
  return Object.fromEntries(
    [...cells.byClass].map(([strategyClass, regimes]) => [
      strategyClass,
      Object.fromEntries([...regimes].map(([regime, { cell }]) => [regime, cell])),
    ]),
  );
}

function newestExitMs({ rows }: Cell): number {
  return rows.at(-1)?.exitMs ?? 0;
}

function notesFigure(cell: Cell): number | null {
  const figure = notesCvar(cell.window.map(({ errorBps }) => errorBps));
  return figure === null ? null : roundBps(figure);
}

function currentRegimes(
  history: History,
  pending: readonly AlphaEvent[],
  agents: AgentRegistry,
): Map<string, string> {
  const newest = new Map<string, readonly ClassEvent[]>(history.newestEvents);
  for (const event of pending) {
    const strategyClass = strategyClassOf(event, agents);
    newest.set(strategyClass, withEvent(newest.get(strategyClass) ?? [], event));
  }
  const regimes = new Map<string, string>();
  for (const [strategyClass, events] of newest) {
    const regime = currentRegime(events);
    if (regime !== null) regimes.set(strategyClass, regime);
  }
  return regimes;
}
