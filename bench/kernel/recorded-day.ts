// A scenario as a file, one event a line as a journal writes them, so that whoever is measured reads the same day.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { problemText } from '../../src/domain/problem.ts';
import { decodeEvent, encodeEvent } from '../../src/kernel/codec.ts';
import { createKernel } from '../../src/kernel/create.ts';
import { hashText } from '../../src/kernel/digest.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { step } from '../../src/kernel/step.ts';
import { LotsCounter } from './lots-counter.ts';
import { Scenario, type ScenarioShape } from './scenario.ts';

export interface RecordedDay {
  readonly shape: ScenarioShape;
  readonly events: number;
  readonly bytes: number;
  /** What the venue filled, and what the kernel knew of it at the end. */
  readonly trueLots: number;
  readonly kernelLots: number;
  /** Venue's wallet less the kernel's, in 1e-8: the kernel's own arithmetic against the venue's. */
  readonly walletDifference: string;
  readonly tradesClosed: number;
  /** Hash of the kernel's state after the last event. */
  readonly hash: string;
}

/** Plays `count` events and then until everything is flat; each event is handed on. Returns the kernel's last state. */
export function play(
  scenario: Scenario,
  count: number,
  hand: (event: KernelEvent, state: KernelState) => void,
): KernelState {
  const state = createKernel(scenario.config);
  for (let played = 0; played < count || !scenario.isOver; played += 1) {
    if (played === count) scenario.close();
    const event = scenario.next();
    const { effects, outcome } = step(state, event);
    if (event.kind === 'INTENT' && !outcome.isAccepted)
      throw new Error(`the kernel refuses an intent of the scenario: ${outcome.code} ${outcome.details}`);
    scenario.heard(effects);
    hand(event, state);
  }
  return state;
}

/** Writes a day of about `count` events. */
export function recordDay(path: string, shape: ScenarioShape, count: number): RecordedDay {
  const file = openSync(path, 'w');
  const scenario = new Scenario(shape);
  const counter = new LotsCounter();
  let [events, bytes, group] = [0, 0, ''];
  const state = play(scenario, count, (event, after) => {
    counter.count(event, after);
    events += 1;
    group += `${textOf(event)}\n`;
    if (group.length < 1_000_000) return;
    bytes += writeSync(file, group);
    group = '';
  });
  bytes += writeSync(file, group);
  closeSync(file);
  return {
    shape,
    events,
    bytes,
    trueLots: scenario.venue.truth.filledLots,
    kernelLots: counter.lots,
    walletDifference: String(scenario.venue.walletNow() - state.ledger.wallet),
    tradesClosed: state.tradesClosed,
    hash: hashText(state),
  };
}

export function readDay(path: string): readonly KernelEvent[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map(eventOf);
}

function textOf(event: KernelEvent): string {
  const text = encodeEvent(event);
  if (!text.ok) throw new Error(problemText(text.error));
  return text.value;
}

function eventOf(line: string): KernelEvent {
  const event = decodeEvent(line);
  if (!event.ok) throw new Error(problemText(event.error));
  return event.value;
}
