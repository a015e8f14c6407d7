// The state pushed beside the kernel: nothing is lost to whoever is faster, nothing is tried without end, and a stop waits for it, but not for ever.

import { describe, expect, it } from 'vitest';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { StateBranchError } from '../../../src/domain/github.ts';
import { gitPush } from '../../../src/runner/lists/git-push.ts';
import { memoryRemote, memoryWorktree, type WorktreeFault } from '../../fakes/memory-worktree.ts';
import { START_MS } from '../../kernel/build.ts';
import { SaidLog } from './list-world.ts';

function world(fault: (call: 'pull' | 'push') => WorktreeFault = () => null) {
  const remote = memoryRemote();
  const worktree = memoryWorktree(remote, fault);
  const timers = virtualTimers(START_MS);
  const log = new SaidLog();
  let beat = 0;
  const push = gitPush({
    worktree,
    restore: () => worktree.disk.replace('kernel/summary.json', `${beat}\n`),
    message: () => `beat ${beat}`,
    timers,
    random: () => 0.5,
    log,
  });
  /** Lets promises settle, and whatever waits be due, until nothing waits for `ms`. */
  const pass = async (ms: number): Promise<void> => {
    for (let step = 0; step < 20; step++) {
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      timers.advance(ms / 20);
    }
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  const another = (): void => {
    beat += 1;
  };
  return { remote, worktree, timers, log, push, pass, another };
}

const subjects = ({ commits }: ReturnType<typeof memoryRemote>) => commits.map(({ message }) => message);

describe('the state of a runner', () => {
  it('is pushed where it was asked for, and commits nothing where nothing changed', async () => {
    const { push, pass, remote, another } = world();
    push.ask('due');
    await pass(100);
    push.ask('ack');
    await pass(100);
    another();
    push.ask('stop');
    await pass(100);
    expect(subjects(remote)).toEqual(['beat 0', 'beat 1']);
    expect(push.health()).toMatchObject({ name: 'state', state: 'up' });
  });

  it('waits a minute between changes of the kernel alone', async () => {
    const { push, pass, remote, another } = world();
    for (let change = 0; change < 50; change++) {
      another();
      push.ask('changed');
      await pass(1_000);
    }
    expect(remote.commits).toHaveLength(1);
    await pass(20_000);
    expect(remote.commits).toHaveLength(2);
  });

  it('is put together with what others were faster with', async () => {
    const { push, pass, remote, log } = world();
    const rival = memoryWorktree(remote);
    let isFast = true;
    await rival.pull();
    rival.disk.replace('alpha/events/x.jsonl', '{}\n');
    await rival.commit({ message: 'rival', atMs: 1 });
    const { take } = remote;
    remote.take = (commit) => {
      if (isFast) {
        isFast = false;
        void rival.push();
      }
      return take(commit);
    };
    push.ask('due');
    await pass(10_000);
    expect(subjects(remote)).toEqual(['rival', 'beat 0']);
    expect(Object.keys(remote.files())).toEqual(['alpha/events/x.jsonl', 'kernel/summary.json']);
    expect(log.said).toEqual([
      expect.stringContaining('others pushed to the state branch meanwhile; try 1 of 10'),
    ]);
  });

  it('is tried ten times, told once, and tried again after a while', async () => {
    let isDown = true;
    let calls = 0;
    const { push, pass, remote, log } = world(() => {
      calls += 1;
      return isDown ? 'unavailable' : null;
    });
    push.ask('ack');
    await pass(300_000);
    expect(calls).toBe(10);
    expect(log.errors()).toHaveLength(1);
    expect(push.health()).toMatchObject({ state: 'down' });
    isDown = false;
    await pass(400_000);
    expect(subjects(remote)).toEqual(['beat 0']);
    expect(log.said.at(-1)).toBe('info The state is pushed again.');
  });

  it('is not tried again at once where the remote said no', async () => {
    let calls = 0;
    const { push, pass, log } = world(() => {
      calls += 1;
      throw new StateBranchError('forbidden', 'the branch is protected');
    });
    push.ask('due');
    await pass(60_000);
    expect(calls).toBe(1);
    expect(log.errors()).toEqual(['error The state could not be pushed: the branch is protected.']);
  });

  it('is pushed a last time at the end, which waits no longer than it may', async () => {
    const { push, remote, another, pass } = world();
    another();
    push.ask('stop');
    await push.end(5_000);
    expect(subjects(remote)).toEqual(['beat 1']);
    push.ask('due');
    await pass(1_000);
    expect(remote.commits).toHaveLength(1);

    const silent = world(() => 'unavailable');
    silent.push.ask('stop');
    const ended = silent.push.end(5_000).then(() => 'ended');
    await silent.pass(6_000);
    expect(await ended).toBe('ended');
    await silent.pass(600_000);
    expect(silent.log.errors()).toHaveLength(1);
  });
});

describe('after its end', () => {
  it('nothing is pushed any more, also where a try was waited for, and nothing waits', async () => {
    let pulls = 0;
    const { push, pass, remote, timers } = world((call) => {
      if (call === 'pull') pulls += 1;
      return call === 'pull' && pulls === 1 ? 'unavailable' : null;
    });
    push.ask('due');
    await pass(20);
    expect(pulls).toBe(1);
    const ended = push.end(100);
    await pass(200);
    await ended;
    push.ask('ack');
    await pass(600_000);

    expect(pulls).toBe(1);
    expect(remote.commits).toEqual([]);
    expect(timers.nextMs()).toBeNull();
  });
});

it('a change that waits for its minute goes with whatever is pushed before that', async () => {
  const { push, pass, remote, another, timers } = world();
  push.ask('due');
  await pass(100);
  another();
  push.ask('changed');
  push.ask('ack');
  await pass(1_000);
  expect(remote.commits).toHaveLength(2);
  another();
  expect(timers.nextMs()).toBeNull();
});
