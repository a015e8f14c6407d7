// Shares of capital: what an agent may use at most, and never more than there is.

import { assert } from '../domain/assert.ts';
import type { Allocation, Stage } from '../domain/supervisor.ts';
import type { AllocationConfig } from '../domain/supervisor-config.ts';

/** What the share of one agent follows from. */
export interface AllocationInput {
  readonly agent: string;
  readonly strategyClass: string;
  readonly stage: Stage;
  /** Share that a person gave it, in `[0, 1]`. */
  readonly base: number;
  /** Confidence multiplier, 1 without evidence. */
  readonly multiplier: number;
  /** Worst state of its divergence triggers. */
  readonly worst: 'OK' | 'WARN' | 'ALERT';
  /** Of its class in config/kill-list.yaml. */
  readonly classStatus: 'ENABLED' | 'DISABLED';
}

/** Weights are written in millionths. */
const PARTS = 1_000_000;

/** What binary fractions lose: `0.01 * 0.57 * 1e6` is a little less than 5,700, and means it. */
const PARTS_TOLERANCE = 1e-6;

/**
 * Returns the allocation of all agents, by name. The weight is `min(cap, base * multiplier * divergence factor)`, and 0 for an
 * agent in shadow or of a disabled class. Where the weights sum to more than 1 all are scaled down to 1. They are never scaled
 * up, so the share of a disabled class goes to nobody. Weights are rounded down to whole millionths, which never sum to more
 * than a million.
 */
export function allocationOf(agents: readonly AllocationInput[], config: AllocationConfig): Allocation {
  const sorted = [...agents].sort((a, b) => (a.agent < b.agent ? -1 : 1));
  const wanted = sorted.map((input, index) => {
    assert(input.agent !== sorted[index - 1]?.agent, `"${input.agent}" has one allocation`);
    return statusOf(input) === 'ENABLED' ? wantedOf(input, config) : 0;
  });
  const sum = wanted.reduce((total, weight) => total + weight, 0);
  const scale = Math.max(1, sum);
  return Object.fromEntries(
    sorted.map((input, index) => {
      const { agent, strategyClass, base, multiplier } = input;
      const allocation = {
        strategy_class: strategyClass,
        base,
        multiplier,
        divergence_factor: factorOf(input.worst, config),
        status: statusOf(input),
        weight: Math.min(config.max_weight, roundedDown((wanted[index] ?? 0) / scale)),
      };
      return [agent, allocation];
    }),
  );
}

/** The share before the others are looked at. */
function wantedOf({ base, multiplier, worst }: AllocationInput, config: AllocationConfig): number {
  assert(base >= 0 && base <= 1, `a base weight lies in [0, 1], not ${base}`);
  assert(multiplier > 0 && Number.isFinite(multiplier), `a multiplier is positive, not ${multiplier}`);
  return Math.min(config.max_weight, base * multiplier * factorOf(worst, config));
}

/** A disabled class is said first: it is why no promotion would help. */
function statusOf({ classStatus, stage }: AllocationInput): 'ENABLED' | 'DISABLED' | 'SHADOW' {
  if (classStatus === 'DISABLED') return 'DISABLED';
  return stage === 'shadow' ? 'SHADOW' : 'ENABLED';
}

function factorOf(worst: AllocationInput['worst'], config: AllocationConfig): number {
  if (worst === 'OK') return 1;
  return worst === 'WARN' ? config.warn_factor : config.alert_factor;
}

function roundedDown(weight: number): number {
  return Math.floor(weight * PARTS + PARTS_TOLERANCE) / PARTS;
}
