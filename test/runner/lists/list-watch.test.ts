// The kill list in force: a change counts within a second, exits pass, what is broken leaves the last good one, and nothing is said twice.

import { describe, expect, it } from 'vitest';
import { ETH, KernelDriver } from '../../kernel/build.ts';
import { allocationText, DISABLED, ENABLED, kept, ListWorld } from './list-world.ts';

/** Begun and with prices, and nobody has told it of any list. */
function unlisted(): KernelDriver {
  const kernel = new KernelDriver();
  kernel.apply({ kind: 'START', runId: 'run-1' });
  kernel.apply({ kind: 'ACCOUNT', positionMode: kernel.state.config.positionMode });
  kernel.apply({ kind: 'STREAM', isUp: true });
  kernel.mark(10_000);
  return kernel;
}

const BROKEN = 'champion:\n  status: STOPPED\n';

describe('a class that is disabled in the kill list', () => {
  it('has its entries refused within a second, and its exits pass', async () => {
    const all = kept(new KernelDriver({ maxSlots: 2 }));
    all.kernel.ready();
    const world = new ListWorld(all);
    const { kernel, source } = all;
    kernel.enter();
    kernel.fill(10_001);
    kernel.hold(50);
    await world.pass(6_000);

    source.write(DISABLED);
    await world.pass(1_000);
    kernel.mark(10_000, ETH);
    expect(kernel.enter({ slot: 1, symbol: ETH })).toMatchObject({
      isAccepted: false,
      code: 'STRATEGY_DISABLED',
    });
    expect(kernel.exit()).toMatchObject({ isAccepted: true });
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', reduceOnly: true });
    expect(world.watch.inForce().classes.get('champion')).toEqual({
      isEnabled: false,
      reason: 'it loses',
      episode: 'champion/1',
      sizeFactor: 1,
    });
  });

  it('may enter again a second after the list says so', async () => {
    const all = kept();
    all.kernel.ready();
    all.source.write(DISABLED);
    const world = new ListWorld(all);
    await world.pass(0);
    expect(all.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
    all.source.write(ENABLED);
    await world.pass(1_000);
    expect(all.kernel.enter()).toMatchObject({ isAccepted: true });
  });
});

describe('the allocation', () => {
  it('scales entries, from a second after it changed', async () => {
    const all = kept();
    all.kernel.ready();
    const world = new ListWorld(all);
    all.source.allocate(allocationText({ weight: 0.05 }));
    await world.pass(1_000);
    all.kernel.enter({ size: 0.051 });
    expect(all.kernel.lastSent.quantity).toBe(12);
    expect(world.watch.inForce().allocation?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('stays in force where it is gone, and is taken back by saying so', async () => {
    const all = kept();
    all.kernel.ready();
    all.source.allocate(allocationText({ weight: 0.05 }));
    const world = new ListWorld(all);
    all.source.allocate(null);
    await world.pass(1_000);
    expect(world.watch.inForce().classes.get('champion')?.sizeFactor).toBe(0.25);
    expect(world.watch.inForce().problem).toContain('allocation.json: is gone; write {}');
    all.source.allocate('{}');
    await world.pass(1_000);
    expect(world.watch.inForce()).toMatchObject({ problem: null });
    expect(world.watch.inForce().classes.get('champion')?.sizeFactor).toBe(1);
  });

  it('that is broken does not hold up what the kill list says', async () => {
    const all = kept();
    all.kernel.ready();
    all.source.allocate(allocationText({ weight: 0.05 }));
    const world = new ListWorld(all);
    all.source.allocate('{"pink":');
    all.source.write(DISABLED);
    await world.pass(1_000);
    expect(all.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
    expect(world.watch.inForce().problem).toContain('allocation.json: is not JSON');
  });
});

describe('a kill list that is broken', () => {
  it.each([
    ['malformed', BROKEN, 'config/kill-list.yaml:2:3 champion.status'],
    ['empty', '', 'is empty'],
    ['gone', null, 'there is no such file'],
  ])(
    'because it is %s keeps the last good one in force, and is told once with its place',
    async (_, text, words) => {
      const all = kept();
      all.kernel.ready();
      const world = new ListWorld(all);
      all.source.write(text);
      await world.pass(60_000);
      expect(all.kernel.enter()).toMatchObject({ isAccepted: true });
      expect(world.watch.inForce().problem).toContain(words);
      expect(world.watch.inForce().killList).not.toBeNull();
      expect(world.log.errors()).toEqual([expect.stringContaining('what was good last stays in force')]);
    },
  );

  it('is told again every ten minutes, and once when it is mended', async () => {
    const all = kept();
    all.kernel.ready();
    const world = new ListWorld(all);
    all.source.write(BROKEN);
    await world.pass(25 * 60_000);
    expect(world.log.errors()).toHaveLength(3);
    all.source.write(ENABLED);
    await world.pass(1_000);
    expect(world.watch.inForce().problem).toBeNull();
    expect(world.log.said.at(-1)).toBe('info The lists can be read again.');
  });

  it('is nobody’s mistake while it is being saved', async () => {
    const all = kept();
    all.kernel.ready();
    const world = new ListWorld(all);
    all.source.write('champion: {');
    all.timers.advance(550);
    all.source.write(DISABLED);
    await world.pass(450);
    expect(world.log.errors()).toEqual([]);
    expect(all.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
  });

  it('at a first start lets nobody in, until one comes that is good', async () => {
    const all = kept(unlisted());
    all.source.write(BROKEN);
    const world = new ListWorld(all);
    await world.pass(1_000);
    expect(all.kernel.enter()).toMatchObject({
      code: 'ENTRY_FROZEN',
      details: 'reasons=PERMISSIONS_UNKNOWN',
    });
    expect(world.watch.inForce()).toMatchObject({ killList: null });
    expect(world.watch.inForce().problem).toContain('there was no good one before, so entries are refused');
    all.source.write(ENABLED);
    await world.pass(1_000);
    expect(all.kernel.enter()).toMatchObject({ isAccepted: true });
  });

  it('at a later start leaves in force what was good before it', async () => {
    const all = kept(unlisted());
    all.source.write(DISABLED);
    const first = new ListWorld(all);
    await first.pass(1_000);
    first.end();
    const inForce = first.watch.inForce();

    all.source.write(BROKEN);
    const second = new ListWorld(all);
    await second.pass(1_000);
    expect(second.handed).toBe(0);
    expect(second.watch.inForce()).toMatchObject({
      killList: inForce.killList,
      classes: inForce.classes,
      problem: expect.stringContaining('what was good last stays in force'),
    });
    expect(all.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
  });

  it('does not make a new journal forget the last good one', async () => {
    const first = kept(unlisted());
    first.source.write(DISABLED);
    const world = new ListWorld(first);
    await world.pass(1_000);
    world.end();

    const again = { ...first, kernel: unlisted() };
    again.source.write(BROKEN);
    const second = new ListWorld(again);
    await second.pass(1_000);
    expect(again.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
    expect(second.handed).toBe(1);
  });
});

describe('the same lists again', () => {
  it('are no event, neither saved anew, nor after the kernel has begun again', async () => {
    const all = kept(unlisted());
    const world = new ListWorld(all);
    all.source.write(`# a remark\n${ENABLED}`);
    await world.pass(120_000);
    expect(world.handed).toBe(1);
    world.end();
    const second = new ListWorld(all);
    await second.pass(120_000);
    expect(second.handed).toBe(0);
    expect(second.watch.inForce().killList).toEqual(world.watch.inForce().killList);
  });

  it('are read again every 30 s although nothing says that they changed, and not more often', async () => {
    const all = kept(unlisted());
    const world = new ListWorld(all);
    await world.pass(29_000);
    expect(all.source.reads).toBe(1);
    all.source.killList = { ...all.source.killList, text: DISABLED };
    await world.pass(2_000);
    expect(all.source.reads).toBe(2);
    expect(all.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
  });

  it('of a remote that does not answer stay in force, and their age is said', async () => {
    const all = kept(unlisted());
    const world = new ListWorld(all);
    all.source.old = 'the remote does not answer since yesterday';
    await world.pass(1_000);
    expect(world.watch.inForce().problem).toBe(
      'the remote does not answer since yesterday; what was good last stays in force',
    );
    expect(all.kernel.enter()).toMatchObject({ isAccepted: true });
  });
});

describe('a kernel that takes nothing just now', () => {
  it('is handed the list again at the next look, and until then nothing new is in force', async () => {
    const all = kept();
    all.kernel.ready();
    const world = new ListWorld(all);
    await world.pass(1_000);
    world.isTaking = false;
    all.source.write(DISABLED);
    await world.pass(2_000);
    expect(world.watch.inForce().classes.get('champion')?.isEnabled).toBe(true);

    world.isTaking = true;
    await world.pass(600);
    expect(world.watch.inForce().classes.get('champion')?.isEnabled).toBe(false);
    expect(all.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
  });
});

describe('what is not known', () => {
  it('is no share: with an allocation that was never good, nobody may enter', async () => {
    const all = kept(unlisted());
    all.source.allocate('{"pink":');
    const world = new ListWorld(all);
    await world.pass(60_000);

    expect(all.kernel.enter()).toMatchObject({ code: 'ENTRY_FROZEN' });
    expect(world.watch.inForce()).toMatchObject({ killList: null });
    expect(world.handed).toBe(1);
  });

  it('takes nothing back from a kernel that goes by a good list, where the file that remembers it is lost', async () => {
    const all = kept();
    all.kernel.ready();
    all.source.write(BROKEN);
    const world = new ListWorld(all);
    await world.pass(60_000);

    expect(world.handed).toBe(0);
    expect(all.kernel.enter()).toMatchObject({ isAccepted: true });
  });
});

it('an allocation that says the same again is not said to be in force again', async () => {
  const all = kept();
  all.kernel.ready();
  all.source.allocate(allocationText());
  const world = new ListWorld(all);
  await world.pass(120_000);
  all.source.allocate(`${allocationText()}\n`);
  await world.pass(120_000);

  expect(world.log.said.filter((line) => line.startsWith('info In force'))).toHaveLength(1);
});
