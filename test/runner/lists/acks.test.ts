// Acknowledgements: what a list did to each class, once for each version that came into force, whatever dies in between.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAcks } from '../../../src/adapters/state/kernel-records.ts';
import { KernelDriver } from '../../kernel/build.ts';
import { allocationText, DISABLED, ENABLED, type Kept, kept, ListWorld } from './list-world.ts';

const COMMITS = ['1', '2', '3'].map((digit) => digit.repeat(40));

/** A kernel whose class has a quote at the venue. */
function quoting(): Kept {
  const all = kept();
  all.kernel.ready();
  return all;
}

describe('an acknowledgement', () => {
  it('of a class that is disabled says when, for which episode, what was canceled and what is left', async () => {
    const all = quoting();
    const world = new ListWorld(all);
    await world.pass(0);
    all.kernel.enter();
    all.kernel.ack();
    all.kernel.report(20, 10_000);
    all.source.write(DISABLED, COMMITS[0] ?? null);
    await world.pass(1_000);

    const [, ack, ...more] = readAcks(all.state);
    expect(more).toEqual([]);
    expect(ack).toMatchObject({
      runner_id: 'pink-1',
      strategy_class: 'champion',
      episode: 'champion/1',
      applied: 'entries_blocked',
      kill_list_commit: COMMITS[0],
      open_orders_canceled: 1,
      open_positions_left: [{ instrument: 'BTC-USDT', side: 'LONG', quantity: '0.02' }],
      trading_state: 'active',
    });
    expect(ack?.kill_list_sha256).toBe(world.watch.inForce().killList?.sha256);
    expect(Date.parse(ack?.ts ?? '')).toBe(world.watch.handedAtMs());
    expect(ack?.sequence).toBeGreaterThan(0);
    expect(world.log.said).toContainEqual(
      expect.stringMatching(
        /Strategy champion disabled in kernel at .*, 1 open entry order canceled, 1 position left/,
      ),
    );
  });

  it('is written for every class of the first list', async () => {
    const all = quoting();
    all.source.write(`${DISABLED}macro: {}\n`);
    const world = new ListWorld(all);
    await world.pass(0);
    expect(world.acked()).toEqual(['champion entries_blocked 0', 'macro entries_allowed 0']);
  });

  it('is written once, however often the runner begins again', async () => {
    const all = quoting();
    all.source.write(DISABLED);
    for (let start = 0; start < 3; start++) {
      const world = new ListWorld(all);
      await world.pass(60_000);
      world.end();
      expect(world.acked()).toEqual(['champion entries_blocked 0']);
    }
  });

  it('is written for what is taken back as well, with a list that was in force before', async () => {
    const all = quoting();
    const world = new ListWorld(all);
    for (const text of [DISABLED, ENABLED, DISABLED]) {
      await world.pass(1_000);
      all.source.write(text);
    }
    await world.pass(1_000);
    expect(world.acked()).toEqual([
      'champion entries_allowed 0',
      'champion entries_blocked 0',
      'champion entries_allowed 0',
      'champion entries_blocked 0',
    ]);
  });

  it('names the merge that says again what is in force, so that it is not waited for', async () => {
    const all = quoting();
    all.source.write(ENABLED, COMMITS[0] ?? null);
    const world = new ListWorld(all);
    await world.pass(1_000);
    const { handed } = world;
    all.source.write(ENABLED, COMMITS[2] ?? null);
    await world.pass(1_000);
    expect(world.handed).toBe(handed);
    expect(world.lines().map((ack) => ack['kill_list_commit'])).toEqual([COMMITS[0], COMMITS[2]]);
  });

  it('is not written for an allocation, whose class was told before', async () => {
    const all = quoting();
    const world = new ListWorld(all);
    await world.pass(1_000);
    all.source.allocate(allocationText({ weight: 0 }));
    await world.pass(1_000);
    expect(all.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
    expect(world.acked()).toEqual(['champion entries_allowed 0']);
  });

  it('of a class that left the list says that it may not enter, once', async () => {
    const all = quoting();
    const world = new ListWorld(all);
    await world.pass(1_000);
    for (const text of ['macro: {}\n', 'macro: { max_cvar_sigma: 4.0 }\n']) {
      all.source.write(text);
      await world.pass(1_000);
    }
    expect(world.acked().filter((line) => line.startsWith('champion'))).toEqual([
      'champion entries_allowed 0',
      'champion entries_blocked 0',
    ]);
    expect(world.lines().at(-1)).toMatchObject({ strategy_class: 'macro' });
  });

  it('that a runner died over is written at the next start, with what was canceled', async () => {
    const all = quoting();
    const first = new ListWorld(all);
    await first.pass(1_000);
    first.end();
    const dying = new ListWorld(all, { isDying: true });
    all.kernel.enter();
    all.kernel.ack();
    all.source.write(DISABLED);
    await dying.pass(1_000);
    dying.end();
    expect(all.kernel.effects.filter(({ kind }) => kind === 'CANCEL')).toHaveLength(1);
    expect(dying.acked()).toEqual(['champion entries_allowed 0']);

    all.timers.advance(30_000);
    const second = new ListWorld(all);
    await second.pass(0);
    expect(second.acked()).toEqual(['champion entries_allowed 0', 'champion entries_blocked 1']);
    expect(second.lines().at(-1)).toMatchObject({
      ts: new Date(dying.watch.handedAtMs() ?? 0).toISOString(),
    });
  });

  it('is tried again where the disk or another process is in the way, and said once', async () => {
    const all = quoting();
    all.state.createExclusive(
      '.locks/kernel-acks.lock',
      `${JSON.stringify({ pid: 1, host: 'elsewhere', since: '2026-11-21T10:00:00.000Z' })}\n`,
    );
    const world = new ListWorld(all);
    await world.pass(0);
    for (let second = 0; second < 30; second++) await world.pass(1_000);
    expect(world.acked()).toEqual([]);
    expect(world.log.errors()).toEqual([
      expect.stringContaining('the lock "kernel-acks" is held by process 1'),
    ]);

    all.state.remove('.locks/kernel-acks.lock');
    for (let second = 0; second < 6; second++) await world.pass(1_000);
    expect(world.acked()).toEqual(['champion entries_allowed 0']);
  });

  it('of other runners changes nothing', async () => {
    const all = quoting();
    const first = new ListWorld(all);
    await first.pass(0);
    const text = all.state.dump()['kernel/acks.jsonl'] ?? '';
    all.state.replace('kernel/acks.jsonl', text.replaceAll('pink-1', 'pink-2'));
    first.end();
    const second = new ListWorld(all);
    await second.pass(0);
    expect(second.lines().map((ack) => ack['runner_id'])).toEqual(['pink-2', 'pink-1']);
  });
});

describe('whatever is written into the list, and whenever the runner dies', () => {
  const edit = fc.record({
    text: fc.constantFrom(ENABLED, DISABLED, 'macro: {}\n', `${DISABLED}macro: {}\n`, 'champion: {', ''),
    dies: fc.constantFrom('no', 'after', 'before the acknowledgement'),
    ms: fc.integer({ min: 0, max: 3_000 }),
  });

  it('the last acknowledgement of each class says what the kernel does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 12 }), async (edits) => {
        const all = kept(new KernelDriver().ready());
        let world = new ListWorld(all);
        for (const { text, dies, ms } of edits) {
          if (dies === 'before the acknowledgement') {
            world.end();
            world = new ListWorld(all, { isDying: true });
          }
          all.source.write(text);
          await world.pass(ms);
          if (dies === 'no') continue;
          world.end();
          world = new ListWorld(all);
        }
        world.end();
        world = new ListWorld(all);
        await world.pass(2_000);
        const last = new Map(world.lines().map((ack) => [ack['strategy_class'], ack['applied']]));
        for (const [name, { isEnabled }] of all.kernel.state.trading.permissions)
          expect(last.get(name)).toBe(isEnabled ? 'entries_allowed' : 'entries_blocked');
      }),
      { numRuns: 60 },
    );
  });
});

describe('what an acknowledgement is of', () => {
  it('is the moment and the cancels of its own list, where a merge only says again what is in force', async () => {
    const all = quoting();
    const world = new ListWorld(all);
    await world.pass(1_000);
    all.kernel.enter();
    all.kernel.ack();
    for (const commit of COMMITS.slice(0, 2)) {
      all.source.write(DISABLED, commit);
      await world.pass(5_000);
    }

    const [, first, second] = readAcks(all.state);
    expect([first?.open_orders_canceled, second?.open_orders_canceled]).toEqual([1, 0]);
    expect(Date.parse(second?.ts ?? '')).toBe(world.watch.inForce().killList?.appliedAtMs);
    expect(Date.parse(second?.ts ?? '')).toBeGreaterThan(Date.parse(first?.ts ?? ''));
    expect(world.written).toBe(3);
  });

  it('is what was canceled since its list was handed over, where a runner died over it', async () => {
    const all = quoting();
    const first = new ListWorld(all);
    await first.pass(1_000);
    all.kernel.enter();
    all.kernel.ack();
    all.source.write(DISABLED, COMMITS[0] ?? null);
    await first.pass(1_000);
    all.kernel.report(0, 10_000, { status: 'CANCELED' });
    all.source.write(ENABLED, COMMITS[1] ?? null);
    await first.pass(20_000);
    first.end();
    const dying = new ListWorld(all, { isDying: true });
    expect(all.kernel.enter()).toMatchObject({ isAccepted: true });
    all.kernel.ack();
    all.source.write(DISABLED, COMMITS[2] ?? null);
    await dying.pass(1_000);
    dying.end();

    const second = new ListWorld(all);
    await second.pass(0);
    expect(second.acked().at(-1)).toBe('champion entries_blocked 1');
  });

  it('is the positions of its own class', async () => {
    const all = kept(new KernelDriver({ maxSlots: 2 }).ready());
    all.source.write('champion: {}\nmacro: {}\n');
    const world = new ListWorld(all);
    await world.pass(0);
    all.kernel.enter();
    all.kernel.fill(10_000);
    all.source.write(`${DISABLED}macro: {}\n`, COMMITS[0] ?? null);
    await world.pass(1_000);

    const left = new Map(
      world.lines().map((ack) => [ack['strategy_class'], (ack['open_positions_left'] as unknown[]).length]),
    );
    expect(left).toEqual(
      new Map([
        ['champion', 1],
        ['macro', 0],
      ]),
    );
  });

  it('is known from lines in any order', async () => {
    const all = quoting();
    const first = new ListWorld(all);
    await first.pass(1_000);
    all.source.write(DISABLED);
    await first.pass(1_000);
    first.end();
    const path = 'kernel/acks.jsonl';
    const lines = (all.state.dump()[path] ?? '').trimEnd().split('\n');
    all.state.replace(path, `${lines.toReversed().join('\n')}\n`);

    const second = new ListWorld(all);
    await second.pass(1_000);
    expect(second.lines()).toHaveLength(lines.length);
  });

  it('is told of again after ten minutes in which it could not be written', async () => {
    const all = quoting();
    all.state.createExclusive(
      '.locks/kernel-acks.lock',
      `${JSON.stringify({ pid: 1, host: 'elsewhere', since: '2026-11-21T10:00:00.000Z' })}\n`,
    );
    const world = new ListWorld(all);
    for (let tens = 0; tens < 63; tens++) await world.pass(10_000);

    expect(world.log.errors()).toHaveLength(2);
  });
});
