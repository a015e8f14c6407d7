// The sinks as the runner sees them: told by one number, seen by their health, begun again when their thread dies, and closed in time.

import { describe, expect, it } from 'vitest';
import type { SinkProgress } from '../../../src/adapters/sinks/follower.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { type StartSinks, startSinks, type ThreadListener } from '../../../src/runner/sinks/start-sinks.ts';
import type { ThreadData, ToThread } from '../../../src/runner/sinks/thread-messages.ts';

const WORKS: SinkProgress = {
  name: 'ndjson',
  seq: 10,
  failures: 0,
  failure: null,
  lastAtMs: 1_000,
  writingSinceMs: null,
  behindSinceMs: null,
};

/** A thread that says what the test lets it say. */
interface TestThread {
  readonly data: ThreadData;
  readonly listener: ThreadListener;
  readonly said: ToThread[];
  isKilled: boolean;
}

function world(over: Partial<StartSinks> = {}) {
  const timers = virtualTimers(1_000_000);
  const words: string[] = [];
  const threads: TestThread[] = [];
  const note = (text: string): void => void words.push(text);
  const sinks = startSinks({
    settings: { ndjson: true, alpha_events: true, clickhouse: null, hazelcast: null },
    journalDir: 'journal',
    dataDir: 'data',
    stateDir: 'state',
    agent: 'pink',
    seed: 1,
    timers,
    log: { info: note, warn: note, error: note },
    begin(data, listener) {
      const thread: TestThread = { data, listener, said: [], isKilled: false };
      threads.push(thread);
      return {
        say: (message) => void thread.said.push(message),
        kill() {
          thread.isKilled = true;
          return Promise.resolve();
        },
      };
    },
    ...over,
  });
  const last = (): TestThread => threads.at(-1) ?? fail('no thread was begun');
  return { timers, words, threads, sinks, last };
}

function fail(why: string): never {
  throw new Error(why);
}

describe('sinks', () => {
  it('that nobody asks for begin no thread', async () => {
    const settings = { ndjson: false, alpha_events: false, clickhouse: null, hazelcast: null };
    const { threads, sinks } = world({ settings });
    sinks.sealed(5);
    await sinks.close(1_000);

    expect(threads).toEqual([]);
    expect(sinks.health()).toEqual([]);
  });

  it('have not begun before they are heard of, and see what is durable without being told', () => {
    const { sinks, last } = world();
    sinks.sealed(12);

    expect(sinks.health()).toMatchObject([
      { name: 'ndjson', state: 'stale', why: 'it has not begun yet', lag: 12 },
      { name: 'alpha_events', state: 'stale' },
    ]);
    expect(new BigInt64Array(last().data.durable)[0]).toBe(12n);
  });

  it.each([
    ['up', {}, ''],
    ['down', { failure: 'there is no room' }, 'there is no room'],
    ['down', { writingSinceMs: 965_000 }, 'it has not answered for 35 s'],
    ['stale', { behindSinceMs: 900_000 }, '2 records behind, for 100 s'],
    ['up', { behindSinceMs: 990_000 }, ''],
  ])('are %s where they say %j', (state, over, why) => {
    const { sinks, last } = world();
    sinks.sealed(12);
    last().listener.heard({ kind: 'progress', progress: [{ ...WORKS, ...over }] });

    expect(sinks.health()[0]).toEqual({ name: 'ndjson', lag: 2, failures: 0, lastAtMs: 1_000, state, why });
  });

  it('pass on what their thread has to tell', () => {
    const { words, last } = world();
    last().listener.heard({ kind: 'log', level: 'warn', text: 'sink ndjson: there is no room' });

    expect(words).toEqual(['sink ndjson: there is no room']);
  });
});

describe('a thread that dies', () => {
  it('is told of, and begun again after a pause that grows', () => {
    const { timers, words, threads, sinks, last } = world();
    last().listener.heard({ kind: 'progress', progress: [WORKS] });
    last().listener.ended('out of memory');

    expect(sinks.health()).toMatchObject([
      { state: 'down', why: 'the thread of the sinks ended: out of memory', failures: 1 },
      { state: 'down', failures: 1 },
    ]);
    expect(words).toEqual([
      'the thread of the sinks ended: out of memory; it begins again in 5 s, and trading goes on',
    ]);
    timers.advance(4_999);
    expect(threads).toHaveLength(1);
    timers.advance(1);
    expect(threads).toHaveLength(2);
    expect(sinks.health()[0]).toMatchObject({ state: 'up', failures: 1 });

    last().listener.ended('again');
    timers.advance(9_999);
    expect(threads).toHaveLength(2);
    timers.advance(1);
    expect(threads).toHaveLength(3);
  });

  it('as it begins is told of and begun again in the same way', () => {
    let begun = 0;
    const { timers, words, sinks } = world({
      begin() {
        begun += 1;
        throw new Error('this machine has no thread to give');
      },
    });
    const why = 'the thread of the sinks cannot be begun: this machine has no thread to give';

    expect(words).toEqual([`${why}; it begins again in 5 s, and trading goes on`]);
    expect(sinks.health()[0]).toMatchObject({ state: 'down', why, failures: 1 });
    timers.advance(5_000);
    expect(begun).toBe(2);
  });

  it('after ten minutes of work is begun again as at first', () => {
    const { timers, threads, last } = world();
    last().listener.ended('once');
    timers.advance(5_000);
    timers.advance(600_000);
    last().listener.ended('much later');
    timers.advance(5_000);

    expect(threads).toHaveLength(3);
  });

  it('is not begun again once the sinks are closed', async () => {
    const { timers, threads, sinks, last } = world();
    last().listener.ended('out of memory');
    await sinks.close(1_000);
    timers.advance(100_000);

    expect(threads).toHaveLength(1);
  });
});

describe('closing', () => {
  it('waits for the thread, and says nothing where everything was followed', async () => {
    const { words, sinks, last } = world();
    sinks.sealed(10);
    const closed = sinks.close(3_000);
    expect(last().said).toEqual([{ kind: 'close', withinMs: 3_000 }]);
    const done = [WORKS, { ...WORKS, name: 'alpha_events' }];
    last().listener.heard({ kind: 'closed', progress: done });
    await closed;

    expect(words).toEqual([]);
    expect(last().isKilled).toBe(true);
    expect(sinks.health()[0]).toMatchObject({
      state: 'down',
      why: expect.stringMatching(/^it was closed at/),
    });
  });

  it('does not begin a thread again whose last word and end come in one turn', async () => {
    const { timers, words, threads, sinks, last } = world();
    sinks.sealed(10);
    const closed = sinks.close(3_000);
    last().listener.heard({ kind: 'closed', progress: [WORKS, { ...WORKS, name: 'alpha_events' }] });
    last().listener.ended('it ended with code 0');
    await closed;
    timers.advance(100_000);

    expect(words).toEqual([]);
    expect(threads).toHaveLength(1);
    expect(sinks.health()[0]).toMatchObject({ failures: 0 });
  });

  it('says which sink lags, and why', async () => {
    const { words, sinks, last } = world();
    sinks.sealed(15);
    const closed = sinks.close(3_000);
    const done = [
      { ...WORKS, failure: 'there is no room' },
      { ...WORKS, name: 'alpha_events', seq: 15 },
    ];
    last().listener.heard({ kind: 'closed', progress: done });
    await closed;

    expect(words).toEqual([
      'sink ndjson ended 5 records behind, which it takes after the next start: there is no room',
    ]);
  });

  it('ends in time where the thread does not answer, or dies', async () => {
    const silent = world();
    const first = silent.sinks.close(3_000);
    silent.timers.advance(8_000);
    await first;
    expect(silent.last().isKilled).toBe(true);

    const dying = world();
    const second = dying.sinks.close(3_000);
    dying.last().listener.ended('out of memory');
    await second;
    dying.timers.advance(100_000);
    expect(dying.threads).toHaveLength(1);
  });
});
