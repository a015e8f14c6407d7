// The desk of the control socket: what each command does to the kernel, at most once, and what may never get looser by stopping.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTROL_COMMANDS } from '../../../src/domain/kernel-control.ts';
import { decodeState, encodeState } from '../../../src/kernel/codec-state.ts';
import { deskWorld, request } from './desk-world.ts';

describe('a command', () => {
  it.each([
    ['freeze', 'done', 'entry_frozen', 'ENTRY_FROZEN'],
    ['reduce-only', 'done', 'reduce_only', 'REDUCE_ONLY'],
    ['halt', 'done', 'halted', 'HALTED'],
    ['flatten', 'done', 'reduce_only', 'REDUCE_ONLY'],
  ] as const)('%s is %s, and the kernel %s', (command, outcome, state, told) => {
    const world = deskWorld();

    const answer = world.ask(command, { reason: 'the feed repeats itself' });

    expect(answer).toMatchObject({ outcome, kernel_state: state, request_id: 'r-1' });
    expect(world.kernel.state.trading.command).toBe(told);
    expect(world.kernel.commands).toMatchObject([{ who: 'ada', why: 'the feed repeats itself' }]);
  });

  it('names the run of a workflow in the journal', () => {
    const world = deskWorld();

    world.ask('freeze', { requested_by: { who: 'ada', run_url: 'https://example.com/runs/7' } });

    expect(world.kernel.commands[0]?.who).toBe('ada (https://example.com/runs/7)');
  });

  it('flatten is accepted while something is held, and becomes reduce-only when it is flat', () => {
    const world = deskWorld();
    const { kernel } = world;
    kernel.enter();
    kernel.fill(10_000);
    kernel.hold(50);

    expect(world.ask('flatten')).toMatchObject({ outcome: 'accepted', kernel_state: 'flattening' });
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', reduceOnly: true });

    kernel.fill(10_000);
    kernel.hold(0);
    kernel.wait(400_000);
    expect(world.ask('status').kernel_state).toBe('reduce_only');
    expect(world.ask('why').explanation?.join('\n')).toContain('Everything has been flat since');
  });

  it('is answered with what is in force already, and still journaled with who and why', () => {
    const world = deskWorld();
    world.ask('freeze', { reason: 'first' });

    const answer = world.ask('freeze', { reason: 'second', requested_by: { who: 'bob', run_url: null } });

    expect(answer).toMatchObject({ outcome: 'already', kernel_state: 'entry_frozen' });
    expect(world.kernel.commands.at(-1)).toMatchObject({
      who: 'bob',
      why: 'second',
      command: 'ENTRY_FROZEN',
    });
    expect(world.ask('why').explanation?.join('\n')).toContain('ada told it ENTRY_FROZEN');
  });
});

describe('stopping', () => {
  it.each([
    ['halt', 'freeze', 'halted'],
    ['halt', 'reduce-only', 'halted'],
    ['reduce-only', 'freeze', 'reduce_only'],
  ] as const)('after %s, %s lets nothing pass that was stopped', (first, second, state) => {
    const world = deskWorld();
    world.ask(first);

    const answer = world.ask(second, { reason: 'to be sure' });

    expect(answer).toMatchObject({ outcome: 'already', kernel_state: state });
    expect(answer.message).toContain('which is stricter, and it stays');
    expect(world.kernel.commands.at(-1)?.why).toBe(`${second}: to be sure`);
  });

  it('never makes a kernel looser, whatever came before', () => {
    const rank = ['RUN', 'ENTRY_FROZEN', 'REDUCE_ONLY', 'FLATTENING', 'HALTED'];
    const commands = fc.constantFrom('freeze', 'reduce-only', 'flatten', 'unfreeze', 'halt', 'resolve');
    const stops = fc.constantFrom('freeze', 'reduce-only', 'halt');
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 6 }), stops, (before, stop) => {
        const world = deskWorld();
        for (const command of before) world.ask(command);
        const rankOf = (): number => rank.indexOf(world.kernel.state.trading.command);
        const was = rankOf();
        world.ask(stop);
        expect(rankOf()).toBeGreaterThanOrEqual(was);
      }),
    );
  });

  it('passes while reasons of the kernel stand', () => {
    const world = deskWorld({}, false);

    for (const command of ['freeze', 'reduce-only', 'halt'] as const)
      expect(world.ask(command).outcome).toBe('done');
  });
});

describe('unfreeze', () => {
  it('lets everything pass again', () => {
    const world = deskWorld();
    world.ask('halt');

    expect(world.ask('unfreeze')).toMatchObject({ outcome: 'done', kernel_state: 'run' });
    expect(world.ask('unfreeze')).toMatchObject({ outcome: 'already', kernel_state: 'run' });
  });

  it('is refused with each reason, since when, and what ends it', () => {
    const world = deskWorld();
    world.ask('reduce-only');
    world.kernel.apply({ kind: 'STREAM', isUp: false });
    world.kernel.apply({ kind: 'JOURNAL', isFull: true });

    const answer = world.ask('unfreeze', { reason: 'all is well' });

    expect(answer).toMatchObject({ outcome: 'refused', kernel_state: 'reduce_only' });
    expect(answer.message).toContain(
      '2 reasons of the kernel itself: STREAM_DOWN since 2026-05-28T20:26:40.000Z',
    );
    expect(answer.message).toContain('JOURNAL_FULL since');
    expect(answer.message).toContain('make room');
    expect(world.kernel.state.trading.command).toBe('REDUCE_ONLY');
    expect(world.kernel.commands.at(-1)).toMatchObject({
      command: 'REDUCE_ONLY',
      who: 'ada',
      why: 'unfreeze was refused: all is well',
    });
    expect(world.said.at(-1)).toContain('warn unfreeze of ada was refused');
  });

  it('is refused while an order is in doubt', () => {
    const world = deskWorld();
    world.kernel.enter();
    world.kernel.unknown();

    const answer = world.ask('unfreeze');

    expect(answer.outcome).toBe('refused');
    expect(answer.message).toContain(`${world.kernel.lastSent.clientOrderId} of BTC-USDT is in doubt since`);
  });

  it('that was refused is refused again under the same id, also when the reason is gone', () => {
    const world = deskWorld();
    world.kernel.apply({ kind: 'STREAM', isUp: false });
    world.ask('unfreeze', { request_id: 'same' });
    world.kernel.apply({ kind: 'STREAM', isUp: true });
    world.kernel.wait(10_000);

    const again = world.ask('unfreeze', { request_id: 'same' });

    expect(again).toMatchObject({ outcome: 'refused', kernel_state: 'run' });
    expect(again.message).toContain('ask again with a new id');
  });
});

describe('resolve', () => {
  it('ends what only a person can end', () => {
    const world = deskWorld();
    world.kernel.state.trading.reasons.set('OVERFILL', {
      sinceMs: world.kernel.state.nowMs,
      text: 'too much',
    });

    const answer = world.ask('resolve');

    expect(answer).toMatchObject({ outcome: 'done', kernel_state: 'run' });
    expect(answer.message).toContain('no reason of the kernel stands any more');
    expect(world.kernel.commands.at(-1)).toMatchObject({ command: 'RESOLVE', slot: null });
  });

  it.each([
    [0, 'slot 0 is FREE and waits for nobody'],
    [99, 'there is no slot 99'],
  ])('of slot %i is refused where nothing waits there', (slot, message) => {
    const world = deskWorld();

    expect(world.ask('resolve', { slot })).toMatchObject({ outcome: 'refused' });
    expect(world.ask('resolve', { slot }).message).toContain(message);
    expect(world.kernel.state.trading.command).toBe('RUN');
  });
});

describe('a request that comes again', () => {
  it('is carried out once, even where others came in between and the kernel began anew', () => {
    const world = deskWorld();
    const freeze = request({ command: 'freeze', reason: 'why', request_id: 'same' });
    world.desk.answer(freeze);
    world.ask('unfreeze');
    const kept = decodeState(encodeState(world.kernel.state));
    expect(kept.ok && kept.value.rememberedIds).toEqual(world.kernel.state.rememberedIds);

    const again = world.desk.answer(freeze);

    expect(again).toMatchObject({ outcome: 'already', kernel_state: 'run' });
    expect(world.kernel.state.trading.command).toBe('RUN');
    expect(world.kernel.commands).toHaveLength(2);
  });

  it.each([
    ['another reason', { reason: 'else' }],
    ['another command', { command: 'halt' }],
    ['a slot', { command: 'resolve', slot: 0 }],
  ] as const)('with %s is refused', (_case, over) => {
    const world = deskWorld();
    world.ask('freeze', { request_id: 'same', reason: 'why' });

    const answer = world.ask('freeze', { request_id: 'same', reason: 'why', ...over });

    expect(answer).toMatchObject({ outcome: 'refused', kernel_state: 'entry_frozen' });
    expect(answer.message).toContain('ask with a new id');
    expect(world.kernel.commands).toHaveLength(1);
  });

  it('does not take one id for the beginning of another', () => {
    const world = deskWorld();
    world.ask('freeze', { request_id: 'a.b' });

    expect(world.ask('halt', { request_id: 'a' }).outcome).toBe('done');
  });
});

describe('a kernel that cannot answer', () => {
  it.each(CONTROL_COMMANDS)('is guessed nothing about while it starts: %s', (command) => {
    const world = deskWorld();
    world.hasBegun = false;

    const answer = world.ask(command);

    expect(answer).toMatchObject({ kernel_state: null, summary: null, explanation: null, monitor: null });
    expect(answer.outcome).toBe(command === 'status' || command === 'why' ? 'done' : 'refused');
    expect(world.kernel.commands).toEqual([]);
  });

  it('says that it stopped by itself, and does not call that done', () => {
    const world = deskWorld();
    world.halted = 'the disk of the journal failed: EIO';

    expect(world.ask('freeze')).toMatchObject({ outcome: 'refused', kernel_state: 'halted' });
    expect(world.ask('status').message).toContain('the disk of the journal failed: EIO');
    expect(world.ask('why').explanation?.[0]).toContain('takes nothing any more');
  });

  it('does not call done what was lost in the very commit', () => {
    const world = deskWorld();
    const { apply } = world.kernel;
    world.kernel.apply = (event) => {
      const outcome = apply.call(world.kernel, event);
      world.halted = 'the disk of the journal failed: EIO';
      return outcome;
    };

    expect(world.ask('freeze').outcome).toBe('refused');
  });
});

describe('resolve of one slot', () => {
  it('is journaled with its slot, and of no slot without one', () => {
    const { kernel, ask } = deskWorld();
    kernel.enter();
    kernel.fill(10_000);
    kernel.hold(50);
    kernel.exit({ isUrgent: true });
    for (let tries = 0; tries < 40 && kernel.slot().status !== 'QUARANTINED'; tries += 1) {
      if (kernel.order().status === 'SENT') kernel.reject('OTHER');
      kernel.wait(5_000);
    }
    expect(kernel.slot().status).toBe('QUARANTINED');
    expect(ask('resolve', { slot: 0 })).toMatchObject({ outcome: 'done' });
    ask('resolve');

    expect(kernel.commands.map(({ command, slot }) => [command, slot])).toEqual([
      ['RESOLVE', 0],
      ['RESOLVE', null],
    ]);
  });

  it('that waits for nobody is refused, whatever it holds', () => {
    const { kernel, ask } = deskWorld();
    expect(ask('resolve', { slot: 0 })).toMatchObject({ outcome: 'refused' });
    kernel.enter();
    kernel.fill(10_000);

    expect(ask('resolve', { slot: 0 })).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('slot 0 is OPEN and waits for nobody to look at it'),
    });
  });
});
