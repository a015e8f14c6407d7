// What the desk remembers beside the kernel: the newest of everything, bounded, and no word of a person that was overtaken.

import { describe, expect, it } from 'vitest';
import type { CommandEvent } from '../../../src/kernel/event.ts';
import { deskWorld } from './desk-world.ts';

describe('the memory of the desk', () => {
  it('keeps the newest denials, two hundred of them', () => {
    const { kernel, memory } = deskWorld();
    for (let at = 1; at <= 250; at += 1) kernel.enter({ intentId: `i-${at}` as never, leverage: 9 });

    expect(memory.denials).toHaveLength(200);
    expect([memory.denials[0]?.intentId, memory.denials.at(-1)?.intentId]).toEqual(['i-51', 'i-250']);
  });

  it('does not take a command of the journal for one that it has seen since', () => {
    const world = deskWorld();
    world.ask('freeze', { reason: 'now' });
    world.memory.rememberCommand({ kind: 'COMMAND', command: 'HALTED', why: 'before' } as CommandEvent);
    expect(world.memory.command).toMatchObject({ command: 'ENTRY_FROZEN', why: 'now' });

    const other = deskWorld();
    other.memory.rememberCommand({ kind: 'COMMAND', command: 'HALTED', why: 'before' } as CommandEvent);
    expect(other.memory.command).toMatchObject({ command: 'HALTED' });
  });

  it('has an answer of the venue among the last events only where the kernel does something for it', () => {
    const { kernel, memory } = deskWorld();
    kernel.enter();
    kernel.fill(10_000);
    const before = memory.events.length;
    kernel.hold(50);
    kernel.wait(400_000);
    const routine = memory.events.slice(before).filter(({ event }) => event.kind === 'POSITIONS');
    expect(routine).toEqual([]);
    // The position is gone at the venue, so the next picture of it makes the kernel act.
    kernel.hold(0);
    kernel.wait(900_000);

    expect(memory.events.some(({ event }) => event.kind === 'POSITIONS')).toBe(true);
  });
});
