// What one look of the supervisor sees.

import type { AlphaEvent } from '../domain/event.ts';
import type { Settings } from '../domain/settings.ts';
import type { AgentRuns } from '../domain/telemetry.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { History } from './history.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

export interface LookInput {
  readonly history: History;
  readonly settings: Settings;
  readonly rules: SupervisorRules;
  /** Signals without a row yet. */
  readonly pending: readonly AlphaEvent[];
  /** By agent: runs within the telemetry window and how many of them failed. */
  readonly runs: ReadonlyMap<string, AgentRuns>;
  /** The log of verdicts, oldest first. */
  readonly past: readonly Verdict[];
  readonly codeVersion: string;
}
