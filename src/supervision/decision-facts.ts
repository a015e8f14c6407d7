// What the verdicts of a run are decided on, and what a verdict is before it stands in the log.

import type { CvarCell } from '../domain/cvar.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import type { KillList } from '../domain/kill-list.ts';
import type { Promotion } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** One cell of a class, as it is judged now. */
export interface CellFacts {
  readonly cell: CvarCell;
  /** Models whose expectations its rows carry, sorted. */
  readonly modelIds: readonly string[];
  /** Newest exit of the class, a UTC instant: the window of the cell is counted back from it. */
  readonly asOf: string;
}

export interface DecisionFacts {
  /** Class → regime → cell. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<string, CellFacts>>;
  readonly killList: KillList;
  readonly promotion: Promotion;
  /** Agent → newest exit of its rows, a UTC instant. */
  readonly newestExits: ReadonlyMap<string, string>;
  readonly alerts: readonly DivergenceAlert[];
  readonly rules: SupervisorRules;
  /** The whole log, oldest first. */
  readonly past: readonly Verdict[];
}

type Draft<V> = V extends unknown
  ? Omit<V, 'state_commit' | 'config_hash' | 'code_version' | 'prev_sha256'>
  : never;
/** A verdict without its provenance and its place in the log. */
export type VerdictDraft = Draft<Verdict>;
