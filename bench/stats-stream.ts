// Simulated streams of signals, folded by the product's own divergence, and the shipped rules they are folded under.

import { WardenConfig } from '../src/domain/config.ts';
import { HOUR_MS } from '../src/domain/time.ts';
import { validate } from '../src/domain/validate.ts';
import { foldSignal, newStream, type StreamState } from '../src/supervision/divergence-stream.ts';
import type { StatefulTrigger } from '../src/supervision/divergence-triggers.ts';
import { type SupervisorRules, supervisorRules } from '../src/supervision/supervisor-rules.ts';
import type { Tails } from './stats-noise.ts';

/** Returns the shipped rules: every key of the supervisor at its default. */
export function shippedRules(): SupervisorRules {
  const cost = () => ({ fee_bps: 0, slip_bps: 0 });
  const config = validate(WardenConfig, {
    version: 1,
    horizons_hours: [1, 4, 24],
    prices: {},
    costs: { spot: cost(), perp: cost(), equity: cost() },
    model: { ridge: null },
  });
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return supervisorRules(config.value);
}

/** What the model of a stream claims. */
export interface Claim {
  readonly sigmaBps: number;
  readonly claimedAbsZ: number;
  readonly tau: number;
}

/** Returns a claim that is true of `tails`. */
export function trueClaim(tails: Tails, over: Partial<Claim> = {}): Claim {
  return { sigmaBps: 100, claimedAbsZ: tails.meanAbs, tau: 0, ...over };
}

export interface Change {
  readonly name: string;
  /** Factor of the error. */
  readonly scale: number;
  /** Added to the error after that, in sigma. */
  readonly shift: number;
}

export const HEALTHY: Change = { name: 'none', scale: 1, shift: 0 };
const ALERTS: readonly StatefulTrigger[] = ['mean', 'scale', 'hit'];
const RAISED: readonly string[] = ['WARN', 'ALERT'];

/** A stream whose signals do not overlap, one after the other. */
export interface SimulatedStream {
  readonly state: StreamState;
  /** Folds the next signal, whose error is `z` sigma. */
  next(z: number): void;
}

/** Returns a stream that has seen nothing. */
export function simulatedStream(claim: Claim, rules: SupervisorRules): SimulatedStream {
  const state = newStream();
  const { sigmaBps, claimedAbsZ, tau } = claim;
  let n = 0;
  return {
    state,
    next(z) {
      foldSignal(
        state,
        {
          entryMs: n * HOUR_MS,
          exitMs: (n + 1) * HOUR_MS,
          errorBps: sigmaBps * z,
          realizedBps: sigmaBps * z,
          sigmaBps,
          claimedAbsZ,
          claimedHit: 0.5,
          tau,
        },
        rules.divergence,
      );
      n += 1;
    },
  };
}

/** Folds `count` signals of a stream whose errors are changed. */
export function run(stream: SimulatedStream, draw: () => number, count: number, change = HEALTHY): void {
  for (let index = 0; index < count; index += 1) stream.next(draw() * change.scale + change.shift);
}

/** Returns the first trigger that is in ALERT, or `null`: what reduces an allocation and blocks a promotion. */
export function alertOf({ state }: SimulatedStream): StatefulTrigger | null {
  return ALERTS.find((name) => state.triggers[name].state === 'ALERT') ?? null;
}

/** Returns whether any trigger is raised, to a warning at least. */
export function isRaised({ state }: SimulatedStream): boolean {
  return Object.values(state.triggers).some((trigger) => RAISED.includes(trigger.state));
}
