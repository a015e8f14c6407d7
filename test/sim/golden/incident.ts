// What a golden incident is: a fault of another system by its reference, and a scripted scenario that holds the kernel to doing better.

import assert from 'node:assert/strict';
import type { RunId } from '../../../src/domain/ids.ts';
import type { OrderReport, OrderRequest } from '../../../src/domain/venue.ts';
import type { Effect } from '../../../src/kernel/effect.ts';
import type { KernelEvent } from '../../../src/kernel/event.ts';
import { positionOf } from '../../../src/kernel/exposure.ts';
import type { Outcome } from '../../../src/kernel/outcome.ts';
import { type ConfigOver, KernelDriver, reportOf } from '../../kernel/build.ts';

export interface Incident {
  /** Reference of the incident: a project and its issue, or the requirement that came of it. */
  readonly name: string;
  /** What went wrong there. */
  readonly wrong: string;
  /** What must hold here. */
  readonly holds: string;
  /** Throws an AssertionError where it does not hold. */
  readonly run: () => void;
}

/** Unlike `assert.ok` it does not read the source of its caller to say what was not so, which takes minutes in a long file. */
export function isSo(condition: boolean, where?: string): asserts condition {
  assert.equal(condition, true, where);
}

export const MAKER = { router: { style: 'maker' } } as const;

/** Holds every field that is named to its value; the others may be anything. */
export function has(actual: object, expected: Readonly<Record<string, unknown>>): void {
  const named = Object.fromEntries(
    Object.keys(expected).map((key) => [key, (actual as Record<string, unknown>)[key]]),
  );
  assert.deepEqual(named, expected);
}

export function ready(over: ConfigOver = {}): KernelDriver {
  return new KernelDriver(over).ready();
}

/** A kernel that entered and holds `quantity` lots at 1,000, which the venue shows. */
export function holding(quantity = 50, over: ConfigOver = {}, ratios: readonly number[] = []): KernelDriver {
  const kernel = ready(over);
  kernel.enter({ size: quantity / 1_000, exitLegRatios: ratios });
  kernel.fill(10_000);
  kernel.hold(quantity);
  return kernel;
}

/** What a slot holds. */
export function position(kernel: KernelDriver, slot = 0): number {
  const { trade } = kernel.slot(slot);
  return trade === null ? 0 : positionOf(trade);
}

export function heldInAll(kernel: KernelDriver): number {
  return kernel.state.slots.reduce((sum, { trade }) => sum + (trade === null ? 0 : positionOf(trade)), 0);
}

/** The kernel begins again, as after a crash, and its stream comes back. */
export function restart(kernel: KernelDriver, runId = 'run-2'): readonly Effect[] {
  const before = kernel.effects.length;
  kernel.apply({ kind: 'START', runId: runId as RunId });
  kernel.apply({ kind: 'ACCOUNT', positionMode: kernel.state.config.positionMode });
  kernel.apply({ kind: 'STREAM', isUp: true });
  return kernel.effects.slice(before);
}

/** A whole round of looking at the venue, begun by its stream. */
export function lookAgain(kernel: KernelDriver): void {
  kernel.apply({ kind: 'STREAM', isUp: false });
  kernel.apply({ kind: 'STREAM', isUp: true });
}

export function command(kernel: KernelDriver, name: string, slot: number | null = null): Outcome {
  const requestId = `${name}-${kernel.state.seq}`;
  return kernel.apply({ kind: 'COMMAND', requestId, command: name, slot, who: 'ada', why: 'a test' });
}

export function found(
  kernel: KernelDriver,
  order: OrderRequest,
  venueId: string,
  over: Partial<OrderReport>,
): Outcome {
  const result = { kind: 'FOUND', report: reportOf(order, venueId, over) };
  return answerQuery(kernel, order, result);
}

export function notFound(kernel: KernelDriver, order: OrderRequest = kernel.lastSent): Outcome {
  return answerQuery(kernel, order, { kind: 'NOT_FOUND' });
}

function answerQuery(kernel: KernelDriver, order: OrderRequest, result: object): Outcome {
  const { clientOrderId } = order;
  return kernel.apply({ kind: 'QUERY_RESULT', clientOrderId, askedAtMs: kernel.nowMs, result });
}

export function cancelResult(kernel: KernelDriver, result: object, order = kernel.lastSent): Outcome {
  return kernel.apply({ kind: 'CANCEL_RESULT', clientOrderId: order.clientOrderId, result });
}

export function balance(kernel: KernelDriver, over: Readonly<Record<string, unknown>>): Outcome {
  const row = { wallet: null, availableMargin: null, usedMargin: null, venueAtMs: kernel.nowMs, ...over };
  return kernel.apply({ kind: 'BALANCE', requestId: null, result: { kind: 'KNOWN', rows: [row] } });
}

export function count(kernel: KernelDriver, kind: Effect['kind']): number {
  return kernel.effects.filter((effect) => effect.kind === kind).length;
}

export function isRefused(outcome: Outcome, code: Outcome['code']): void {
  has(outcome, { isAccepted: false, code });
}

export type Told = Record<string, unknown> & { readonly kind: KernelEvent['kind'] };
