// A host on a disk without room: nobody is told of a record that is not in the journal, and a kernel that halted at its start is told as one.

import { describe, expect, it } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import type { JournalDisk } from '../../src/ports.ts';
import { type Host, openHost } from '../../src/runner/host.ts';
import { markEvent } from '../../src/runner/price-board.ts';
import { memoryLog } from '../fakes/memory-mailer.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { config } from '../kernel/build.ts';
import { type PaperWorld, paperWorld } from './paper-world.ts';

interface Told {
  readonly host: Host;
  readonly numbers: number[];
  readonly kinds: string[];
  readonly halts: string[];
}

function opened(world: PaperWorld, disk: JournalDisk, run: string): Told {
  const [numbers, kinds, halts]: [number[], string[], string[]] = [[], [], []];
  const host = openHost({
    disk,
    config: config(),
    venue: world.venue,
    timers: world.timers,
    log: memoryLog(),
    runId: run as RunId,
    observers: [
      ({ seq, event }) => {
        numbers.push(seq);
        kinds.push(event.kind);
      },
    ],
    onHalted: (why) => halts.push(why),
  });
  if (!host.ok) throw new Error(host.error.problem);
  return { host: host.value, numbers, kinds, halts };
}

describe('a host whose disk is full', () => {
  it('tells observers of each record of the journal, and of no price that was left out', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    const { host, numbers, kinds } = opened(world, disk, 'run-1');
    world.price(500_000);
    host.begin();
    await world.passed(2_000);
    const used = disk.list().reduce((sum, name) => sum + (disk.size(name) ?? 0), 0);
    disk.setCapacity(used);

    for (let price = 500_000; price < 500_100; price += 1) {
      const quote = world.price(price);
      host.take((atMs) => markEvent(quote, atMs, atMs));
      await world.passed(60);
    }

    expect(host.halted).toBeNull();
    expect(host.state.trading.reasons.has('JOURNAL_FULL')).toBe(true);
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
    expect(numbers.at(-1)).toBe(host.state.seq);
    expect(kinds.filter((kind) => kind === 'JOURNAL')).toHaveLength(1);
  });

  it('says so where not even its start could be made durable', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    await opened(world, disk, 'run-1').host.end();
    world.reopen();
    disk.setCapacity(0);

    const { host, numbers, halts } = opened(world, disk, 'run-2');
    host.begin();
    await world.passed(60_000);

    expect(host.halted).toContain('the disk of the journal is full');
    expect(halts).toEqual([host.halted]);
    expect(numbers).toEqual([]);
  });
});
