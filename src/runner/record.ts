// What a host tells those who watch it: each event that was applied, once its record is durable, with what came of it.

import type { EpochMs } from '../domain/steps.ts';
import type { Effect } from '../kernel/effect.ts';
import type { KernelEvent } from '../kernel/event.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { KernelState } from '../kernel/state.ts';

export interface AppliedRecord {
  /** Its number in the journal. */
  readonly seq: number;
  readonly event: KernelEvent;
  readonly outcome: Outcome;
  readonly effects: readonly Effect[];
}

/**
 * Called in the order of the journal. `state` is the kernel's own, after the record: to be read at once, and neither kept nor changed. What
 * it throws is a defect, and is told as one; the host goes on.
 */
export type Observer = (record: AppliedRecord, state: KernelState) => void;

/** How one part of the runner is, for whoever looks at it. */
export interface PartHealth {
  readonly name: string;
  /** up: works. stale: silent for too long. down: does not work. off: not configured, or ended by itself. */
  readonly state: 'up' | 'stale' | 'down' | 'off';
  /** In a sentence; empty where there is nothing to say. */
  readonly why: string;
  /** When it last gave or took something, epoch ms; `null`: never. */
  readonly lastAtMs: number | null;
}

/** How a follower of the journal is. */
export interface SinkHealth extends PartHealth {
  /** Records of the journal that it has not taken yet. */
  readonly lag: number;
  /** Failures in all. */
  readonly failures: number;
}

/**
 * Hands the kernel one event, and returns when it is applied and durable, a price alone when it is applied: prices are made durable together, a
 * moment later. `null` where there is no kernel that takes anything.
 */
export type Take = (make: (atMs: EpochMs) => KernelEvent) => Outcome | null;
