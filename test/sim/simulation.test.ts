// The simulation itself: the same seed is the same world, and a kernel that is broken on purpose is caught.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { BUDGETS, BudgetQueue } from './budget.ts';
import type { Subject } from './host.ts';
import { shrink } from './shrink.ts';
import { type SimulationResult, simulate } from './simulation.ts';

/** No kills: a kernel that is begun again would not be the broken one. */
const WITHOUT_KILLS = [
  'kill_before_commit',
  'kill_in_write',
  'kill_before_send',
  'kill_amid_sends',
  'kill_idle',
  'disk_full',
];

/** A kernel whose events, or effects, are tampered with. */
function broken(
  subject: Subject,
  tamper: {
    readonly event?: (event: KernelEvent, state: KernelState) => KernelEvent;
    readonly effects?: (effects: readonly Effect[]) => readonly Effect[];
    readonly after?: (event: KernelEvent, state: KernelState) => void;
  },
): Subject {
  return {
    get state() {
      return subject.state;
    },
    get halted() {
      return subject.halted;
    },
    apply(event): Outcome {
      const outcome = subject.apply(tamper.event?.(event, subject.state) ?? event);
      tamper.after?.(event, subject.state);
      return outcome;
    },
    commit: () => tamper.effects?.(subject.commit()) ?? subject.commit(),
    snapshot: () => subject.snapshot(),
  };
}

function caught(wrap: (subject: Subject) => Subject): SimulationResult['violation'] {
  for (let seed = 1; seed <= 60; seed += 1) {
    const { violation } = simulate({ seed, without: WITHOUT_KILLS, wrap });
    if (violation !== null) return violation;
  }
  return null;
}

describe('one simulated world', () => {
  it('is the same for the same seed, event by event', () => {
    for (const seed of [3, 11, 19]) {
      const [first, second]: [string[], string[]] = [[], []];
      const one = simulate({ seed, onEvent: (line) => first.push(line) });
      const two = simulate({ seed, onEvent: (line) => second.push(line) });
      expect(two.hash).toBe(one.hash);
      expect(second).toEqual(first);
      expect(first.length).toBeGreaterThan(20);
    }
  });

  it('leaves a fault out without moving the prices of the others', () => {
    const marks = (without: readonly string[]): readonly KernelEvent[] =>
      simulate({ seed: 13, without }).log.filter(({ kind }) => kind === 'MARK');
    const [whole, less] = [marks([]), marks(['frame_dropped', 'request_lost'])];
    expect(whole.length).toBeGreaterThan(20);
    expect(less.slice(0, 5)).toEqual(whole.slice(0, 5));
  });
});

describe('a kernel that is broken on purpose', () => {
  it('is caught where it swaps the side of an order', () => {
    const violation = caught((subject) =>
      broken(subject, {
        effects: (effects) =>
          effects.map((effect) => {
            if (effect.kind !== 'SUBMIT') return effect;
            const side = effect.order.side === 'BUY' ? 'SELL' : 'BUY';
            return { ...effect, order: { ...effect.order, side } };
          }),
      }),
    );
    expect(violation?.invariant).toMatch(/I4|I5/);
  });

  it('is caught where it counts a frame that comes twice', () => {
    const counted = new Map<string, number>();
    const violation = caught((subject) =>
      broken(subject, {
        after: (event, state) => {
          if (event.kind !== 'REPORT') return;
          const { venueOrderId, filledLots } = event.report;
          const before = counted.get(venueOrderId);
          counted.set(venueOrderId, filledLots);
          const id = state.byVenueId.get(venueOrderId);
          const order = id === undefined ? undefined : state.orders.get(id);
          if (order === undefined || before !== filledLots || filledLots === 0) return;
          order.filledLots = (order.filledLots + filledLots) as typeof filledLots;
        },
      }),
    );
    expect(violation?.invariant).toBe('I1');
  });

  it('is caught where it takes a request that timed out for a refused one', () => {
    const violation = caught((subject) =>
      broken(subject, {
        event: (event) =>
          event.kind === 'SUBMIT_RESULT' && event.result.kind === 'UNKNOWN'
            ? { ...event, result: { kind: 'REJECT', code: 'OTHER', text: 'timeout' } }
            : event,
      }),
    );
    expect(violation).not.toBeNull();
  });

  it('is made small: what did not matter is left out', () => {
    const wrap = (subject: Subject): Subject =>
      broken(subject, {
        effects: (effects) => effects.filter(({ kind }) => kind !== 'QUERY'),
      });
    const options = { seed: 1, without: WITHOUT_KILLS, wrap };
    let first = simulate(options);
    for (let seed = 2; first.violation === null && seed < 80; seed += 1)
      first = simulate({ ...options, seed });
    expect(first.violation).not.toBeNull();
    const small = shrink({ ...options, seed: first.seed }, first);
    expect(small.result.violation?.invariant).toBe(first.violation?.invariant);
    expect(small.result.fired.length).toBeLessThanOrEqual(first.fired.length);
  });
});

describe('the budget of requests', () => {
  it('lets exits go first, and nothing beyond what both buckets hold', () => {
    const queue = new BudgetQueue<string>(BUDGETS, 0);
    for (let n = 0; n < 12; n += 1) queue.add('housekeeping', `look ${n}`);
    queue.add('exit', 'out');
    const taken: string[] = [];
    for (let next = queue.take(0); next !== null && 'request' in next; next = queue.take(0))
      taken.push(next.request);
    expect(taken).toHaveLength(BUDGETS.uid.capacity);
    expect(taken[0]).toBe('out');
    expect(queue.take(0)).toEqual({ waitMs: 200 });
    expect(queue.take(200)).toEqual({ request: 'look 9' });
  });
});
