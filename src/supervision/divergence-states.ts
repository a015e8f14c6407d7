// The states of one trigger: silent until there are enough signals, raised once, and ended only by signals that look healthy.

import type { DivergenceState } from '../domain/divergence.ts';
import type { DivergenceConfig } from '../domain/supervisor-config.ts';

/** Plain JSON. */
export interface TriggerState {
  state: DivergenceState;
  /** Exit of the signal at which WARN, ALERT or RESOLVED began; `null` in OK and INSUFFICIENT. */
  sinceMs: number | null;
  severity: 'none' | 'medium' | 'high';
  /** Signals admitted since the statistics of this trigger (re)started. */
  n: number;
  /** While raised: signals since then that speak for an end of it, without one between that does not. */
  calm: number;
}

/** What a statistic says: within its limit, beyond it, or ten times beyond it. */
export type Finding = 'within' | 'beyond' | 'far';

const FAR = 10;

/** Returns a trigger that has seen nothing. */
export function newTrigger(): TriggerState {
  return { state: 'INSUFFICIENT', sinceMs: null, severity: 'none', n: 0, calm: 0 };
}

/** Returns what a statistic says that is bad where it is large. */
export function findingAbove(statistic: number, limit: number): Finding {
  if (statistic < limit) return 'within';
  return statistic < FAR * limit ? 'beyond' : 'far';
}

/** Returns what a probability says that is bad where it is small. */
export function findingBelow(probability: number, limit: number): Finding {
  if (probability >= limit) return 'within';
  return probability > limit / FAR ? 'beyond' : 'far';
}

/** What one more admitted signal means to a trigger. */
export interface Step {
  /** What the trigger is raised to. */
  readonly level: 'WARN' | 'ALERT';
  readonly finding: Finding;
  /** Whether the signal speaks for an end of what was raised. */
  readonly isCalm: boolean;
  readonly exitMs: number;
}

/**
 * Moves a trigger one signal on. One that is not raised stays what it is until `min_signals` since its start; then it is OK
 * or is raised. One that is raised stays so, its severity only grows.
 *
 * @returns whether a raised trigger has been calm for `resolve_after_signals`, so that its end may be considered.
 */
export function advance(
  trigger: TriggerState,
  step: Step,
  rules: Pick<DivergenceConfig, 'min_signals' | 'resolve_after_signals'>,
): boolean {
  trigger.n += 1;
  const isRaised = trigger.state === 'WARN' || trigger.state === 'ALERT';
  if (!isRaised && trigger.n < rules.min_signals) return false;
  if (isRaised) {
    trigger.calm = step.isCalm ? trigger.calm + 1 : 0;
  } else {
    const isBeyond = step.finding !== 'within';
    trigger.state = isBeyond ? step.level : 'OK';
    trigger.sinceMs = isBeyond ? step.exitMs : null;
    trigger.severity = isBeyond ? 'medium' : 'none';
  }
  if (trigger.state === 'ALERT' && step.finding === 'far') trigger.severity = 'high';
  return isRaised && trigger.calm >= rules.resolve_after_signals;
}

/** Ends what was raised. The statistics of the trigger start again with the next signal, and need enough of them again. */
export function resolve(trigger: TriggerState, exitMs: number): void {
  trigger.state = 'RESOLVED';
  trigger.sinceMs = exitMs;
  trigger.severity = 'none';
  trigger.n = 0;
  trigger.calm = 0;
}
