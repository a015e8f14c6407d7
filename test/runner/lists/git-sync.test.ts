// A runner and its remote over real git: what people merge is in force, what the runner says is pushed, and a checkout is never touched.

import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type VirtualTimers, virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { Pink } from '../../../src/domain/pink-settings.ts';
import type { EpochMs } from '../../../src/domain/steps.ts';
import { validate } from '../../../src/domain/validate.ts';
import { type ObeyedLists, openLists } from '../../../src/runner/lists/obey-lists.ts';
import type { Take } from '../../../src/runner/record.ts';
import {
  commitFiles,
  emptyFolder,
  emptyRemote,
  gitAs,
  newRepository,
} from '../../adapters/git/repository.ts';
import { KernelDriver, START_MS } from '../../kernel/build.ts';
import { factsOf } from '../facts-of.ts';
import { allocationText, DISABLED, ENABLED, SaidLog } from './list-world.ts';

const KILL_LIST = 'config/kill-list.yaml';
const STATE = 'warden-state';

/** git takes its time on a machine that does much else. */
const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

function pinkOf(git: object | null): Pink {
  const pink = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'] }, runner: { git } });
  if (!pink.ok) throw new Error(JSON.stringify(pink.error));
  return pink.value;
}

/** A remote with the main branch and that of the state, and the checkout that the runner was started in. */
class World {
  readonly remote = emptyRemote();
  readonly checkout = newRepository('main');
  readonly home = emptyFolder();
  readonly kernel = new KernelDriver({ router: { style: 'maker' } }).ready();
  readonly timers: VirtualTimers = virtualTimers(START_MS);
  readonly log = new SaidLog();
  private people = newRepository('main');

  constructor() {
    gitAs(this.people, 'remote', 'add', 'origin', this.remote);
    this.merge({ [KILL_LIST]: ENABLED, 'config/warden.yaml': `state: { branch: ${STATE} }\n` });
    gitAs(this.checkout, 'remote', 'add', 'origin', this.remote);
    gitAs(this.checkout, 'pull', '--quiet', 'origin', 'main');
  }

  merge(files: Readonly<Record<string, string>>): string {
    const commit = commitFiles(this.people, files);
    gitAs(this.people, 'push', '--quiet', 'origin', 'main');
    return commit;
  }

  /** Somebody else's job pushes state. */
  pushState(files: Readonly<Record<string, string>>): void {
    const other = newRepository(STATE);
    const isThere = gitAs(other, 'ls-remote', this.remote, `refs/heads/${STATE}`) !== '';
    if (isThere) gitAs(other, 'pull', '--quiet', this.remote, STATE);
    commitFiles(other, files);
    gitAs(other, 'push', '--quiet', this.remote, STATE);
  }

  /** Text of a file of the state at the remote. */
  at(path: string): string {
    return gitAs(this.remote, 'show', `${STATE}:${path}`);
  }

  async open(git: object | null = {}): Promise<ObeyedLists> {
    const { kernel, timers, log, home, checkout } = this;
    let obeyed: ObeyedLists | null = null;
    const take: Take = (make) => {
      kernel.nowMs = timers.nowMs();
      const event = make(timers.nowMs() as EpochMs);
      const before = kernel.effects.length;
      const outcome = kernel.apply({ ...event });
      const record = { seq: kernel.state.seq, event, outcome, effects: kernel.effects.slice(before) };
      obeyed?.observe(record, kernel.state);
      return outcome;
    };
    const opened = await openLists({
      pink: pinkOf(git),
      configDir: join(checkout, 'config'),
      stateDir: join(home, 'state'),
      dataDir: join(home, 'pink'),
      env: {},
      host: { take, state: kernel.state, halted: null },
      facts: () =>
        factsOf(kernel, { nowMs: timers.nowMs(), ...(obeyed === null ? {} : { lists: obeyed.inForce() }) }),
      startedAtMs: START_MS,
      timers,
      random: () => 0,
      log,
    });
    if (!opened.ok) throw new Error(opened.error);
    obeyed = opened.value;
    const lists = obeyed;
    onTestFinished(() => lists.stop(0));
    return lists;
  }
}

describe('a runner with a remote', () => {
  it('obeys what is merged within a round, names the merge, and pushes the acknowledgement at once', async () => {
    const world = new World();
    const { kernel, timers, checkout } = world;
    const before = gitAs(checkout, 'rev-parse', 'HEAD');
    const lists = await world.open();
    lists.begin();
    await soon(() => expect(lists.inForce().killList?.commit).toBe(before));
    expect(kernel.enter()).toMatchObject({ isAccepted: true });
    kernel.ack();
    await soon(() => expect(world.at('kernel/acks.jsonl')).toContain(`"kill_list_commit":"${before}"`));

    const merge = world.merge({ [KILL_LIST]: DISABLED });
    timers.advance(30_000);
    await soon(() => expect(lists.inForce().classes.get('champion')?.isEnabled).toBe(false));
    kernel.mark(10_000);
    expect(kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
    await soon(() => {
      const ack = JSON.parse(world.at('kernel/acks.jsonl').split('\n').at(-1) ?? '');
      expect(ack).toMatchObject({
        kill_list_commit: merge,
        applied: 'entries_blocked',
        episode: 'champion/1',
        open_orders_canceled: 1,
      });
    });
    expect(JSON.parse(world.at('kernel/summary.json'))).toMatchObject({ runner_id: 'pink-1' });
    expect(gitAs(checkout, 'status', '--porcelain')).toBe('');
    expect(gitAs(checkout, 'rev-parse', 'HEAD')).toBe(before);
    expect(gitAs(checkout, 'rev-parse', 'refs/remotes/origin/main')).toBe(before);
  });

  it('takes its share from the state branch, and keeps what others pushed there', async () => {
    const world = new World();
    world.pushState({
      'supervisor/allocation.json': allocationText({ weight: 0.05 }),
      'rows/x.jsonl': '{}\n',
    });
    const lists = await world.open();
    lists.begin();
    await soon(() => expect(lists.inForce().classes.get('champion')?.sizeFactor).toBe(0.25));
    await soon(() => expect(world.at('kernel/acks.jsonl')).toContain('champion'));
    expect(world.at('rows/x.jsonl')).toBe('{}');
    expect(existsSync(join(world.home, 'state', 'rows'))).toBe(false);

    world.pushState({ 'supervisor/allocation.json': allocationText({ weight: 0.1 }) });
    world.timers.advance(30_000);
    await soon(() => expect(lists.inForce().classes.get('champion')?.sizeFactor).toBe(0.5));
  });

  it('pushes a last heartbeat at the end, which counts no longer than its own instant', async () => {
    const world = new World();
    const lists = await world.open();
    lists.begin();
    await soon(() => expect(world.at('kernel/acks.jsonl')).toContain('champion'));
    world.timers.advance(5_000);
    await lists.stop(20_000);
    const summary = JSON.parse(world.at('kernel/summary.json'));
    expect(summary.next_due_at).toBe(summary.ts);
    expect(lists.part()).toMatchObject({ name: 'git', state: 'up' });
  });

  it('begins again without its remote by what was in force, and says so', async () => {
    const world = new World();
    world.merge({ [KILL_LIST]: DISABLED });
    const first = await world.open();
    first.begin();
    await soon(() => expect(world.at('kernel/acks.jsonl')).toContain('entries_blocked'));
    await first.stop(20_000);

    renameSync(world.remote, `${world.remote}-gone`);
    onTestFinished(() => renameSync(`${world.remote}-gone`, world.remote));
    const second = await world.open();
    second.begin();
    await soon(() =>
      expect(world.log.said.join('\n')).toContain('The remote of the lists could not be asked'),
    );
    expect(second.part()?.state).not.toBe('up');
    expect(second.inForce().killList).toEqual(first.inForce().killList);
    expect(world.kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
  });

  it('refuses a state folder that holds something else, and a remote that is not', async () => {
    const world = new World();
    mkdirSync(join(world.home, 'state', 'rows'), { recursive: true });
    writeFileSync(join(world.home, 'state', 'rows', 'x.jsonl'), '{}\n');
    await expect(world.open()).rejects.toThrow('nothing was changed. Move the folder away');
    await expect(world.open({ remote: 'upstream' })).rejects.toThrow(
      'set runner.git in pink.yaml to null, or to a remote that there is',
    );
  });
});

describe('a runner without a remote', () => {
  it('obeys the file beside its settings within a second, and writes into the state folder', async () => {
    const world = new World();
    const { kernel, timers, home, checkout } = world;
    const lists = await world.open(null);
    lists.begin();
    expect(lists.part()).toBeNull();
    const file = join(checkout, KILL_LIST);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, DISABLED);
    timers.advance(1_000);
    kernel.mark(10_000);
    expect(kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
    await lists.stop(0);
    expect(existsSync(join(home, 'state', 'kernel', 'acks.jsonl'))).toBe(true);
    expect(lists.summary()).toMatchObject({ kill_list: { commit: null } });

    writeFileSync(file, 'champion: {');
    const next = await world.open(null);
    next.begin();
    timers.advance(1_000);
    expect(next.inForce().problem).toContain('kill-list.yaml:');
    expect(kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
  });
});
