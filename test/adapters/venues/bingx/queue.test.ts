// Requests that wait for their turn: what matters more goes first, nobody waits for another's budget, and everybody is answered once.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestBudget } from '../../../../src/adapters/venues/bingx/limits.ts';
import { RequestQueue, type Turn } from '../../../../src/adapters/venues/bingx/request-queue.ts';
import type { LimitGroup } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import { type VirtualTimers, virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { PRIORITIES, type Priority } from '../../../../src/domain/venue.ts';
import type { Timers } from '../../../../src/ports.ts';
import { GROUPS, START_MS } from './rest-venue.ts';

interface Asked {
  readonly group: LimitGroup;
  readonly priority: Priority;
  readonly spacingKey: string | null;
  readonly patienceMs: number;
}

/** What was asked, and what came of it when. */
interface Told extends Asked {
  readonly number: number;
  readonly askedAtMs: number;
  turn: Turn | null;
  atMs: number;
  answers: number;
}

const ENTRY: Asked = { group: 'order_place', priority: 'entry', spacingKey: null, patienceMs: 60_000 };

class World {
  readonly timers: VirtualTimers = virtualTimers(START_MS);
  readonly queue: RequestQueue;
  readonly told: Told[] = [];

  constructor(timers?: Timers) {
    this.queue = new RequestQueue(timers ?? this.timers, new RequestBudget());
  }

  async ask(asked: Partial<Asked> = {}): Promise<Told> {
    const nowMs = this.timers.nowMs();
    const one: Told = {
      ...ENTRY,
      ...asked,
      number: this.told.length,
      askedAtMs: nowMs,
      turn: null,
      atMs: 0,
      answers: 0,
    };
    this.told.push(one);
    void this.queue.turn(one).then((turn) => {
      Object.assign(one, { turn, atMs: this.timers.nowMs(), answers: one.answers + 1 });
    });
    await settled();
    return one;
  }

  /** Lets `ms` pass, and stops wherever something falls due, so that each answer is noted at its own time. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.timers.nowMs() + ms;
    for (let next = this.timers.nextMs(); next !== null && next <= untilMs; next = this.timers.nextMs()) {
      this.timers.advance(next - this.timers.nowMs());
      await settled();
    }
    this.timers.advance(untilMs - this.timers.nowMs());
    await settled();
  }

  turns(): (Turn | null)[] {
    return this.told.map(({ turn }) => turn);
  }
}

async function settled(): Promise<void> {
  for (let round = 0; round < 4; round += 1) await Promise.resolve();
}

async function askAll(world: World, count: number, asked: Partial<Asked> = {}): Promise<Told[]> {
  const all: Told[] = [];
  for (let at = 0; at < count; at += 1) all.push(await world.ask(asked));
  return all;
}

describe('a request that waits for its turn', () => {
  it('goes at once while the budget allows it, and then as soon as it does again', async () => {
    const world = new World();
    await askAll(world, 4);
    expect(world.turns()).toEqual(['go', 'go', 'go', null]);
    await world.pass(1_049);
    expect(world.turns()[3]).toBe(null);
    await world.pass(1);
    expect(world.turns()[3]).toBe('go');
  });

  it('goes before those of lower priority that came earlier, and after those of its own', async () => {
    const world = new World();
    await askAll(world, 3);
    const early = await askAll(world, 2, { priority: 'entry' });
    const doubt = await world.ask({ priority: 'doubt' });
    const exits = await askAll(world, 3, { priority: 'exit' });
    await world.pass(1_050);
    expect(exits.map(({ turn }) => turn)).toEqual(['go', 'go', 'go']);
    expect(doubt.turn).toBe(null);
    await world.pass(1_050);
    expect([doubt, ...early].map(({ turn }) => turn)).toEqual(['go', 'go', 'go']);
  });

  it('does not hold up another group', async () => {
    const world = new World();
    await askAll(world, 5, { priority: 'exit' });
    const other = await world.ask({ group: 'market', priority: 'housekeeping' });
    expect(other.turn).toBe('go');
  });

  it('is given up exactly when its patience ends', async () => {
    const world = new World();
    await askAll(world, 3);
    const one = await world.ask({ patienceMs: 500 });
    await world.pass(499);
    expect(one.turn).toBe(null);
    await world.pass(1);
    expect([one.turn, one.atMs]).toEqual(['no_turn', START_MS + 500]);
  });

  it('does not leave where the machine slept past its patience, although it could by then', async () => {
    const world = new World();
    let sleptMs = 0;
    const timers: Timers = {
      nowMs: () => world.timers.nowMs() + sleptMs,
      after: (ms, run) => world.timers.after(ms, run),
    };
    const sleepy = new World(timers);
    await askAll(sleepy, 3);
    const one = await sleepy.ask({ priority: 'exit', patienceMs: 5_000 });
    sleptMs = 3_600_000;
    await world.pass(1_050);
    await settled();
    expect(one.turn).toBe('no_turn');
  });

  it('is given up while its group is blocked as well, and at once where the block outlasts its patience', async () => {
    const world = new World();
    world.queue.block('order_place', START_MS + 10_000);
    const late = await world.ask({ patienceMs: 9_999 });
    expect(late.turn).toBe('no_turn');
    const patient = await world.ask({ patienceMs: 10_000 });
    const waiting = await world.ask({ patienceMs: 20_000 });
    world.queue.block('order_place', START_MS + 15_000);
    await settled();
    expect([patient.turn, waiting.turn]).toEqual(['no_turn', null]);
    await world.pass(15_000);
    expect([waiting.turn, waiting.atMs]).toEqual(['go', START_MS + 15_000]);
  });

  it('keeps a second from the one before with the same key, whatever the budget says', async () => {
    const world = new World();
    const cancel = { group: 'order_cancel', spacingKey: '12' } as const;
    const first = await world.ask(cancel);
    const second = await world.ask(cancel);
    const other = await world.ask({ group: 'order_cancel', spacingKey: '13' });
    expect([first.turn, second.turn, other.turn]).toEqual(['go', null, 'go']);
    await world.pass(2_000);
    expect(second.atMs - first.atMs).toBeGreaterThanOrEqual(1_000);
    expect(second.atMs - first.atMs).toBeLessThanOrEqual(1_100);
  });

  it('does not wait for hours where the clock is set back by hours', async () => {
    const world = new World();
    let backMs = 0;
    const timers: Timers = {
      nowMs: () => world.timers.nowMs() - backMs,
      after: (ms, run) => world.timers.after(ms, run),
    };
    const steppedBack = new World(timers);
    await askAll(steppedBack, 3, { group: 'order_cancel', spacingKey: '12' });
    backMs = 3_600_000;
    const one = await steppedBack.ask({ group: 'order_cancel', spacingKey: '12', priority: 'exit' });
    await world.pass(1_100);
    await settled();
    expect(one.turn).toBe('go');
  });

  it('is told so when all is closed, now and later', async () => {
    const world = new World();
    await askAll(world, 4);
    world.queue.close();
    await settled();
    await world.ask();
    expect(world.turns()).toEqual(['go', 'go', 'go', 'closed', 'closed']);
    expect(world.timers.nextMs()).toBe(null);
  });
});

const LEAST: Readonly<Record<LimitGroup, number>> = {
  order_place: 3,
  order_cancel: 3,
  order_query: 2,
  order_lists: 2,
  positions: 2,
  fills: 2,
  account: 2,
  settings: 2,
  listen_key: 2,
  cancel_all_after: 1,
  market: 1,
};

const act = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      group: fc.constantFrom<LimitGroup>('order_place', 'order_cancel', 'fills', 'market'),
      priority: fc.constantFrom(...PRIORITIES),
      spacingKey: fc.option(fc.constantFrom('1', '2'), { freq: 3 }),
      patienceMs: fc.integer({ min: 0, max: 6_000 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 700 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      group: fc.constantFrom<LimitGroup | 'all'>('order_place', 'all'),
      ms: fc.integer({ min: 0, max: 3_000 }),
    }),
  },
);

describe('any requests in any order', () => {
  it('are answered once, in their patience, within the budget, and never before what matters more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 80 }), async (acts) => {
        const world = new World();
        for (const one of acts)
          if (one.kind === 'ask') await world.ask(one);
          else if (one.kind === 'pass') await world.pass(one.ms);
          else {
            world.queue.block(one.group, world.timers.nowMs() + one.ms);
            await settled();
          }
        await world.pass(20_000);
        holdTo(world.told);
      }),
      { seed: 20261128, numRuns: 150 },
    );
  });
});

function holdTo(told: readonly Told[]): void {
  const went = told.filter(({ turn }) => turn === 'go');
  for (const one of told) {
    expect(one.answers).toBe(1);
    expect(one.atMs).toBeLessThanOrEqual(one.askedAtMs + one.patienceMs);
  }
  for (const group of GROUPS) {
    const instants = went.filter((one) => one.group === group).map(({ atMs }) => atMs);
    for (const atMs of instants)
      expect(instants.filter((other) => other > atMs - 1_000 && other <= atMs).length).toBeLessThanOrEqual(
        LEAST[group],
      );
  }
  for (const one of went)
    for (const other of went) {
      const isSameKey = one !== other && one.spacingKey !== null && one.spacingKey === other.spacingKey;
      if (isSameKey) expect(Math.abs(one.atMs - other.atMs)).toBeGreaterThanOrEqual(1_000);
    }
  // Whoever had to wait for the same group and went later, or not at all, came later or matters less.
  for (const one of went)
    for (const other of told) {
      const isHeld = other.spacingKey === null && other.group === one.group && other.askedAtMs <= one.atMs;
      if (!isHeld || other.atMs <= one.atMs) continue;
      const rank = PRIORITIES.indexOf(other.priority) - PRIORITIES.indexOf(one.priority);
      expect(rank > 0 || (rank === 0 && other.number > one.number) || other.askedAtMs === one.atMs).toBe(
        true,
      );
    }
}
