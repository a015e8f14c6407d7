// The lists at a remote: kept while it is silent, with their age, and never in the way of the kernel.

import { describe, expect, it } from 'vitest';
import type { BranchFile, RemoteFile } from '../../../src/adapters/git/remote-file.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { err, ok, type Result } from '../../../src/domain/result.ts';
import { gitLists } from '../../../src/runner/lists/git-lists.ts';
import { START_MS } from '../../kernel/build.ts';
import { ENABLED, SaidLog } from './list-world.ts';

type Answer = Result<BranchFile | null, string>;

const COMMIT = 'a'.repeat(40);
const LIST: BranchFile = { head: COMMIT, commit: COMMIT, text: ENABLED };

/** A remote that says what a test wants. */
class SaidFile implements RemoteFile {
  answer: Answer | Error = ok(null);
  before: Answer = ok(null);
  asked = 0;

  async newest(): Promise<Answer> {
    this.asked += 1;
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }

  async known(): Promise<Answer> {
    return this.before;
  }
}

function world() {
  const killList = new SaidFile();
  const allocation = new SaidFile();
  const timers = virtualTimers(START_MS);
  const log = new SaidLog();
  let looks = 0;
  const lists = gitLists({
    killList,
    allocation,
    shownAs: { killList: 'origin/main:config/kill-list.yaml', allocation: 'the allocation' },
    everyMs: 30_000,
    timers,
    log,
    onLook: () => {
      looks += 1;
    },
  });
  /** Lets whole rounds pass. */
  const rounds = async (count: number): Promise<void> => {
    for (let round = 0; round < count; round++) {
      timers.advance(30_000);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  return { killList, allocation, timers, log, lists, rounds, looks: () => looks };
}

describe('the lists at a remote', () => {
  it('are not known before the first answer, and asked for every 30 s from then on', async () => {
    const { lists, killList, rounds, looks } = world();
    expect(lists.source.read()).toBeNull();
    expect(lists.health()).toMatchObject({ name: 'git', state: 'stale', why: 'not asked yet' });
    killList.answer = ok(LIST);
    await lists.begin();
    expect(lists.source.read()).toMatchObject({
      killList: { text: ENABLED, commit: COMMIT, fault: null },
      allocation: { text: null, fault: null },
    });
    expect(lists.health()).toMatchObject({ state: 'up', lastAtMs: START_MS });
    await rounds(3);
    expect(killList.asked).toBe(4);
    expect(looks()).toBe(4);
    lists.end();
    await rounds(3);
    expect(killList.asked).toBe(4);
  });

  it('have another stamp exactly where something is new', async () => {
    const { lists, killList, rounds } = world();
    killList.answer = ok(LIST);
    await lists.begin();
    const stamp = lists.source.stamp();
    await rounds(1);
    expect(lists.source.stamp()).toBe(stamp);
    killList.answer = ok({ ...LIST, head: 'b'.repeat(40) });
    await rounds(1);
    expect(lists.source.stamp()).not.toBe(stamp);
  });

  it('of before are known at once, even where nobody answers', async () => {
    const { lists, killList, allocation, log } = world();
    killList.before = ok(LIST);
    killList.answer = err('Could not resolve host');
    allocation.answer = err('Could not resolve host');
    await lists.begin();
    expect(lists.source.read()).toMatchObject({ killList: { text: ENABLED } });
    expect(lists.health()).toMatchObject({ state: 'stale', why: 'Could not resolve host' });
    expect(log.said).toEqual([expect.stringContaining('Could not resolve host; not asked yet')]);
  });

  it('stay through hours without an answer; their age is told, and every ten minutes only', async () => {
    const { lists, killList, log, rounds } = world();
    killList.answer = ok(LIST);
    await lists.begin();
    killList.answer = err('Could not resolve host');
    await rounds(2);
    expect(lists.source.age()).toBeNull();
    await rounds(118);
    expect(lists.source.read()).toMatchObject({ killList: { text: ENABLED, commit: COMMIT } });
    expect(lists.source.age()).toBe(
      `the remote of the lists does not answer since ${new Date(START_MS).toISOString()}, so what is in force may be old`,
    );
    expect(lists.health()).toMatchObject({ state: 'down', lastAtMs: START_MS });
    expect(log.said).toHaveLength(6);
    killList.answer = ok(LIST);
    await rounds(1);
    expect(lists.source.age()).toBeNull();
    expect(log.said.at(-1)).toBe('info The remote of the lists answers again.');
  });

  it('say which branch is not there, and what cannot be asked for', async () => {
    const { lists, killList } = world();
    await lists.begin();
    expect(lists.source.read()?.killList.fault).toBe(
      'origin/main:config/kill-list.yaml: there is no such branch at the remote; set runner.git.branch in pink.yaml',
    );
    killList.answer = err('x');
    const silent = world();
    silent.killList.answer = err('Permission denied');
    await silent.lists.begin();
    expect(silent.lists.source.read()?.killList.fault).toBe(
      'origin/main:config/kill-list.yaml: could not be asked for: Permission denied',
    );
  });

  it('are asked for again after a defect in one look', async () => {
    const { lists, killList, rounds, log } = world();
    killList.answer = new Error('a defect');
    await lists.begin();
    killList.answer = ok(LIST);
    await rounds(1);
    expect(log.said[0]).toContain('a defect');
    expect(lists.health().state).toBe('up');
  });
});

describe('a look at the remote', () => {
  it('that is under way at the end is the last, and nobody hears of it', async () => {
    const { lists, timers, looks, killList } = world();
    let answer: (answer: Answer) => void = () => undefined;
    killList.newest = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const begun = lists.begin();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    lists.end();
    answer(ok(LIST));
    await begun;

    expect(looks()).toBe(0);
    expect(timers.nextMs()).toBeNull();
  });

  it('is told of before it has an answer, where the lists are known from before', async () => {
    const { lists, looks, killList } = world();
    killList.before = ok(LIST);
    killList.newest = () => new Promise(() => undefined);
    void lists.begin();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();

    expect(looks()).toBe(1);
  });

  it('that fails makes the remote stale, and down after five minutes of it', async () => {
    const { lists, rounds, killList } = world();
    killList.answer = err('no route');
    await lists.begin();
    await rounds(9);
    expect(lists.health()).toMatchObject({ state: 'stale', why: 'no route' });
    await rounds(1);
    expect(lists.health()).toMatchObject({ state: 'down' });
  });
});
