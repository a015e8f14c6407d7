// A policy that is wrong in every way a person's file can be: the kernel goes on, the rest of the step counts, and somebody is told.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { BTC } from '../kernel/build.ts';
import { paperWorld } from './paper-world.ts';
import { enterAt, HOLD, kinds, policyOf, positionIn, stageOf } from './policy-stage.ts';

/** A policy whose step returns whatever a test says. */
function returning(step: () => unknown): Policy<number> {
  return { ...policyOf(() => []), step: step as Policy<number>['step'] };
}

describe('a policy that returns no step', () => {
  it.each([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a promise, since its step is async', async () => ({ memory: 1, decisions: [] })],
    [
      'a promise that fails',
      async () => {
        throw new Error('too late');
      },
    ],
    ['decisions that are no list', () => ({ memory: 1, decisions: { slot: 0 } })],
    ['no memory', () => ({ decisions: [] })],
    ['a list that would take hours to write', () => ({ memory: 1, decisions: Array(1_000_000).fill(HOLD) })],
    ['decisions that are null', () => ({ memory: 1, decisions: [null] })],
    ['an action that nobody knows', () => ({ memory: 1, decisions: [{ ...HOLD, action: 'BUY' }] })],
    ['facts that have no JSON', () => ({ memory: 1, decisions: [{ ...HOLD, facts: { size: 1n } }] })],
    [
      'something that throws what is no error',
      () => {
        throw Object.create(null);
      },
    ],
  ])('%s, is told of once, and the kernel goes on', async (_, step) => {
    const stage = await stageOf(returning(step));

    for (const price of [50_000, 50_010]) stage.scan(price);
    await stage.world.passed(1_000);

    expect(stage.log.lines.filter((line) => line.includes('the policy test@1'))).toHaveLength(1);
    expect(kinds(stage.records).filter((kind) => kind === 'MALFORMED')).toHaveLength(1);
    expect(stage.trader.host.state.marks.get(BTC)?.mark).toBe(500_100);
    expect(stage.records.length).toBeLessThan(100);
  });

  it('is told of less and less often while it fails in the same words, and of other words at once', async () => {
    let words = 'always';
    const stage = await stageOf(
      returning(() => {
        throw new Error(words);
      }),
    );

    for (let minute = 0; minute < 600; minute += 1) {
      stage.scan(50_000);
      await stage.world.passed(60_000);
    }
    expect(stage.log.lines.filter((line) => line.includes('always'))).toHaveLength(10);
    words = 'another';
    stage.scan(50_000);
    expect(stage.log.lines.filter((line) => line.includes('another'))).toHaveLength(1);
  });

  it('keeps the memory that it had before', async () => {
    let steps = 0;
    const seen: unknown[] = [];
    const data = memoryDisk();
    const policy: Policy<number> = {
      ...policyOf(() => []),
      step: (memory) => {
        seen.push(memory);
        steps += 1;
        return (steps === 2 ? undefined : { memory: memory + 1, decisions: [] }) as never;
      },
    };
    const stage = await stageOf(policy, { data });

    for (const price of [50_000, 50_010, 50_020]) stage.scan(price);
    await stage.trader.stop('keep', 0);

    expect(seen).toEqual([0, 1, 1]);
    expect(JSON.parse(String(data.read('policy-memory.json')))).toMatchObject({ policy: 2 });
  });
});

describe('a memory that is no plain JSON', () => {
  it.each([
    ['a map', () => ({ memory: new Map([['BTC', 1]]), decisions: [] }), 'an object of a class'],
    [
      'no number',
      () => ({ memory: { mean: Number.NaN }, decisions: [] }),
      'mean: NaN is not a finite number',
    ],
  ])('(%s) is not kept, since it would come back as another, and that is said', async (_, step, problem) => {
    const data = memoryDisk();
    const stage = await stageOf(returning(step), { data });

    stage.scan(50_000);
    await stage.world.passed(30_000);

    expect(data.read('policy-memory.json')).toBeNull();
    expect(stage.log.lines.filter((line) => line.includes('no plain JSON'))).toHaveLength(1);
    expect(stage.log.lines.join('\n')).toContain(problem);
  });
});

describe('a memory that was kept', () => {
  const counting = (): Policy<number> => ({
    ...policyOf(() => []),
    step(memory, view) {
      if (typeof memory !== 'number') throw new TypeError('memory is no number');
      return { memory: memory + view.slots.length, decisions: [] };
    },
  });
  const kept = (data: ReturnType<typeof memoryDisk>) => JSON.parse(String(data.read('policy-memory.json')));

  it('and that the policy cannot work with is left behind, and that is said', async () => {
    const data = memoryDisk();
    data.replace('policy-memory.json', JSON.stringify({ tag: 'test@1#44136fa3', policy: {}, candles: {} }));
    const stage = await stageOf(counting(), { data });

    for (const price of [50_000, 50_010]) stage.scan(price);
    await stage.trader.stop('keep', 0);

    expect(kept(data)).toMatchObject({ policy: 2, candles: { bars: 0 } });
    expect(stage.log.lines.filter((line) => line.includes('memory is no number'))).toHaveLength(1);
    expect(kinds(stage.records)).not.toContain('MALFORMED');
  });

  it('is kept where the policy fails without it as well', async () => {
    const data = memoryDisk();
    data.replace('policy-memory.json', JSON.stringify({ tag: 'test@1#44136fa3', policy: 7, candles: null }));
    let isBroken = true;
    const { step } = counting();
    const policy: Policy<number> = {
      ...counting(),
      step(memory, view) {
        if (isBroken) throw new TypeError('this view is too much');
        return step(memory, view);
      },
    };
    const stage = await stageOf(policy, { data });

    stage.scan(50_000);
    isBroken = false;
    stage.scan(50_010);
    await stage.trader.stop('keep', 0);

    expect(kept(data)).toMatchObject({ policy: 8 });
  });
});

describe('an entry that waits for a fresh price', () => {
  it('is not asked for again meanwhile, nor is its symbol free for another slot', async () => {
    const world = paperWorld(400);
    const seen: unknown[] = [];
    const policy = policyOf(({ slots: [slot], isNewScan }) => {
      if (!isNewScan) return [];
      seen.push([slot?.status, slot?.symbol]);
      return slot?.status === 'free' ? [enterAt(50_000)] : [HOLD];
    });
    const stage = await stageOf(policy, { world });
    await world.passed(60_000);
    world.price(500_000);

    for (let scan = 0; scan < 3; scan += 1) {
      stage.scan(50_000, { prices: {} });
      await world.passed(100);
    }
    await world.passed(5_000);

    expect(seen).toEqual([
      ['free', null],
      ['entering', BTC],
      ['entering', BTC],
    ]);
    const intents = stage.records.filter(({ event }) => event.kind === 'INTENT');
    expect(intents.map(({ outcome }) => outcome.code)).toEqual(['APPLIED']);
    expect(positionIn(stage.trader)).toBe(-50);
  });
});

describe('a decision that makes no sense', () => {
  it('does not keep the others of its step from the kernel', async () => {
    const wrong = [null, { ...HOLD, action: 'BUY' }, { ...HOLD, slot: 'first' }, { ...HOLD, reason: 7 }];
    const stage = await stageOf(returning(() => ({ memory: 1, decisions: [...wrong, enterAt(50_000)] })));

    stage.scan(50_000);
    await stage.world.passed(100);

    expect(positionIn(stage.trader)).toBe(-50);
  });

  it('is cut to what a journal is for, where its words are endless', async () => {
    const long = 'x'.repeat(1_000_000);
    const stage = await stageOf(returning(() => ({ memory: 1, decisions: [{ ...HOLD, reason: long }] })));

    stage.scan(50_000);

    const decision = stage.records.find(({ event }) => event.kind === 'DECISION')?.event;
    expect(JSON.stringify(decision).length).toBeLessThan(10_000);
  });

  it('never ends the program, whatever it is made of', async () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
    });
    const field = fc.oneof(anything, fc.double(), fc.string(), fc.constant(Number.NaN));
    const decision = fc.record(
      {
        slot: fc.oneof(fc.constant(0), field),
        action: fc.oneof(fc.constantFrom('ENTER', 'EXIT', 'HOLD'), field),
        reason: fc.oneof(fc.constant('go'), field),
        symbol: fc.oneof(fc.constant(BTC as string), field),
        side: fc.oneof(fc.constantFrom('LONG', 'SHORT'), field),
        tradeId: fc.oneof(fc.constant(null), field),
        referencePrice: fc.oneof(fc.constant(50_000), field),
        size: fc.oneof(fc.constant(0.01), field),
        leverage: fc.oneof(fc.constant(1), field),
        exitLegRatios: fc.oneof(fc.constant([]), field),
        isUrgent: fc.oneof(fc.boolean(), field),
        facts: fc.oneof(fc.constant({}), field),
      },
      { requiredKeys: [] },
    );
    const step = fc.oneof(anything, fc.record({ memory: anything, decisions: fc.array(decision) }));
    let given: unknown = null;
    const stage = await stageOf(returning(() => given));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
        for (given of steps) stage.scan(50_000);
        await stage.world.passed(1_000);
        expect(stage.trader.host.halted).toBeNull();
        expect(stage.log.lines.filter((line) => line.includes('a part of the runner failed'))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a trade that ended', () => {
  const closing = (closed: unknown[]): Policy<number> =>
    policyOf((view) => {
      closed.push(...view.closed);
      const [slot] = view.slots;
      return slot?.status === 'free' && closed.length === 0 && view.isNewScan ? [enterAt(50_000)] : [];
    });

  it('during the stop of a runner is told to the policy of the next', async () => {
    const closed: unknown[] = [];
    const [world, disk, data] = [paperWorld(), simulatedDisk(), memoryDisk()];
    const one = await stageOf(closing(closed), { world, disk, data });
    one.scan(50_000);
    await world.passed(100);
    const stopped = one.trader.stop('flatten', 60_000);
    await world.passed(30_000);
    expect(await stopped).toEqual([]);
    expect(closed).toEqual([]);
    world.reopen();

    const two = await stageOf(closing(closed), { world, disk, data, run: 'run-2' });
    two.scan(50_000);
    two.scan(50_000);

    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatchObject({ tradeId: expect.stringContaining(BTC) });
  });
});
