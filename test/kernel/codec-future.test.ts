// A state that was written and read again has the same future: the same events lead both to the same hash and the same text.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../../src/kernel/codec.ts';
import { decodeState, encodeState } from '../../src/kernel/codec-state.ts';
import { createKernel } from '../../src/kernel/create.ts';
import { hashText } from '../../src/kernel/digest.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { step } from '../../src/kernel/step.ts';
import { config, KernelDriver, usdt } from './build.ts';

/** A driver that remembers what it told the kernel, as text. */
class Recorder extends KernelDriver {
  readonly lines: string[] = [];

  override apply(event: Record<string, unknown> & { readonly kind: KernelEvent['kind'] }): Outcome {
    const text = encodeEvent({ atMs: this.nowMs, ...event } as unknown as KernelEvent);
    if (!text.ok) throw new Error(`${event.kind} ${text.error.path}: ${text.error.message}`);
    this.lines.push(text.value);
    return super.apply(event);
  }
}

type Verb = (driver: Recorder, share: number) => void;

/** What can happen in a story; the share makes up the sizes. */
const VERBS: Readonly<Record<string, Verb>> = {
  enters: (driver) => driver.enter(),
  exits: (driver) => driver.exit(),
  exitsAtOnce: (driver) => driver.exit({ isUrgent: true }),
  isAcknowledged: (driver) => void driver.ack(),
  isUnknown: (driver) => driver.unknown(),
  isRejected: (driver) => driver.reject('MARGIN'),
  fillsInPart: (driver, share) =>
    driver.report(Math.floor(driver.lastSent.quantity * share), 10_000 + Math.floor(share * 9)),
  fills: (driver, share) => driver.report(driver.lastSent.quantity, 10_000 + Math.floor(share * 9)),
  isReported: (driver, share) => {
    driver.report(Math.floor(driver.lastSent.quantity * share), 10_000, { fee: usdt(share) });
  },
  waits: (driver, share) => driver.wait(Math.floor(share * 90_000)),
  losesTheStream: (driver) => void driver.apply({ kind: 'STREAM', isUp: false }),
  hasTheStream: (driver) => void driver.apply({ kind: 'STREAM', isUp: true }),
  restarts: (driver) => void driver.apply({ kind: 'START', runId: `run-${driver.lines.length}` }),
};
const NAMES = Object.keys(VERBS);

function told(state: KernelState, lines: readonly string[]): KernelState {
  let next = state;
  for (const line of lines) {
    const event = decodeEvent(line);
    if (!event.ok) throw new Error(event.error.message);
    next = step(next, event.value).state;
  }
  return next;
}

function readAgain(state: KernelState): KernelState {
  const again = decodeState(encodeState(state));
  if (!again.ok) throw new Error(again.error.message);
  return again.value;
}

describe('a state that was written and read again', () => {
  it('has the same future after every event of a trade that was in doubt', () => {
    const story = new Recorder({ maxSlots: 2 }).ready();
    if (!(story instanceof Recorder)) throw new Error('no story');
    story.enter();
    story.ack();
    story.report(20, 10_000);
    story.wait(3_000);
    story.report(story.lastSent.quantity, 10_001);
    story.exit();
    story.unknown();
    story.wait(20_000);

    for (let cut = 0; cut <= story.lines.length; cut += 1) {
      const before = told(createKernel(config({ maxSlots: 2 })), story.lines.slice(0, cut));
      const after = told(readAgain(before), story.lines.slice(cut));

      expect(hashText(after)).toBe(hashText(story.state));
      expect(encodeState(after)).toBe(encodeState(story.state));
    }
  });

  it('has the same future in any story', () => {
    const chapters = fc.array(
      fc.tuple(fc.constantFrom(...NAMES), fc.double({ min: 0, max: 1, noNaN: true })),
      {
        maxLength: 25,
      },
    );
    const isSame = fc.property(chapters, fc.nat(), (verbs, place) => {
      const story = new Recorder();
      story.ready();
      for (const [name, share] of verbs) {
        const needsOrder = !/^(enters|exits|waits|loses|has|restarts)/.test(name);
        if (!needsOrder || story.sent.length > 0) VERBS[name]?.(story, share);
      }
      const cut = place % (story.lines.length + 1);

      const before = told(createKernel(config()), story.lines.slice(0, cut));
      const after = told(readAgain(before), story.lines.slice(cut));

      expect(hashText(after)).toBe(hashText(story.state));
      expect(encodeState(after)).toBe(encodeState(story.state));
      expect(readAgain(after)).toEqual(after);
    });

    fc.assert(isSame, { seed: 20261128, numRuns: 300 });
  });
});
