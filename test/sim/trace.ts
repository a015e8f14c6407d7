// One line of a trace: when, which event, what came of it and what left, in words short enough to be read by the hundred.

import type { Effect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { BEGIN_MS } from './settings.ts';

export function eventLine(
  seq: number,
  nowMs: number,
  event: KernelEvent,
  outcome: Outcome,
  effects: readonly Effect[],
): string {
  const seconds = ((nowMs - BEGIN_MS) / 1_000).toFixed(3);
  const said = effects.map(effectText).filter((text) => text !== '');
  const details = outcome.details === '' ? '' : ` (${outcome.details})`;
  const lines = [`${seq} +${seconds}s ${eventText(event)} → ${outcome.code}${details}`];
  return [...lines, ...said.map((text) => `      ${text}`)].join('\n');
}

function eventText(event: KernelEvent): string {
  const { kind, atMs, ...rest } = event;
  return `${kind} ${textOf(rest)} at=${atMs - BEGIN_MS}`;
}

function effectText(effect: Effect): string {
  if (effect.kind === 'WAKE_AT') return `WAKE_AT ${effect.atMs - BEGIN_MS}`;
  const { kind, ...rest } = effect;
  return `${kind} ${textOf(rest)}`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `${part}n` : part)).slice(
    0,
    1_200,
  );
}
