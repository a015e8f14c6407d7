// One change of the state, pushed among others: nothing is lost, nothing is there twice, and nothing is tried for ever.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import { StateBranchError } from '../../src/domain/github.ts';
import { pushState, type StateChange } from '../../src/jobs/push-state.ts';
import {
  type MemoryRemote,
  type MemoryWorktree,
  memoryRemote,
  memoryWorktree,
  type WorktreeFault,
} from '../fakes/memory-worktree.ts';

const LOG = 'supervisor/sent.jsonl';

/** Appends the lines that the folder has not yet, as every writer of keyed records does. */
function appending({ disk }: MemoryWorktree, lines: readonly string[]): StateChange<number> {
  return {
    atMs: 0,
    message: (count) => `state: test (+${count} lines)`,
    apply: async () => {
      const there = new Set(disk.read(LOG)?.toString().split('\n') ?? []);
      const missing = lines.filter((line) => !there.has(line));
      if (missing.length > 0) disk.append(LOG, missing.map((line) => `${line}\n`).join(''));
      return missing.length;
    },
  };
}

/** Ports whose waits take no time and are written down. */
function portsOf({ random = 0.5 } = {}) {
  const [waitsMs, warnings]: [number[], string[]] = [[], []];
  const log = { info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  return { waitsMs, warnings, log, random: () => random, sleep: async (ms: number) => void waitsMs.push(ms) };
}

/** Somebody pushes a line of theirs. */
async function pushLine(remote: MemoryRemote, line: string): Promise<void> {
  const other = memoryWorktree(remote);
  await pushState(other, appending(other, [line]), portsOf());
}

/** Faults in the order of the calls. */
function planned(...faults: readonly (readonly ['pull' | 'push', WorktreeFault])[]) {
  const left = [...faults];
  return (call: 'pull' | 'push'): WorktreeFault =>
    left[0]?.[0] === call ? (left.shift()?.[1] ?? null) : null;
}

describe('pushing a change of the state', () => {
  it('takes the newest commit, changes it, commits and pushes', async () => {
    const remote = memoryRemote();
    await pushLine(remote, 'first');
    const worktree = memoryWorktree(remote);
    const base = remote.head();
    const pushed = await pushState(worktree, appending(worktree, ['a', 'b']), portsOf());

    expect(pushed).toEqual({ made: 2, commit: remote.head(), pushed: true, tries: 1 });
    expect(remote.commits.at(-1)).toMatchObject({ parent: base, message: 'state: test (+2 lines)', atMs: 0 });
    expect(remote.files()).toEqual({ [LOG]: 'first\na\nb\n' });
  });

  it('pushes nothing where nothing changed, and names what it stands on', async () => {
    const remote = memoryRemote();
    const worktree = memoryWorktree(remote);
    expect(await pushState(worktree, appending(worktree, []), portsOf())).toEqual({
      ...{ made: 0, commit: null, pushed: false, tries: 1 },
    });
    await pushLine(remote, 'a');
    const again = await pushState(worktree, appending(worktree, ['a']), portsOf());

    expect(again).toEqual({ made: 0, commit: remote.head(), pushed: false, tries: 1 });
    expect(remote.commits).toHaveLength(1);
  });

  it.each([
    ['nothing changed', ['a'], {}],
    ['there is no branch that a tag could be on', [], { cited: 'nothing' }],
  ])('asks the remote to take nothing where %s', async (_case, lines, tags) => {
    const remote = memoryRemote();
    for (const line of lines) await pushLine(remote, line);
    const calls: string[] = [];
    const worktree = memoryWorktree(remote, (call) => {
      calls.push(call);
      return null;
    });
    await pushState(worktree, { ...appending(worktree, lines), tags: () => tags }, portsOf());

    expect(calls).toEqual(['pull']);
  });

  it('computes again on what somebody pushed who was faster', async () => {
    const remote = memoryRemote();
    const worktree = memoryWorktree(remote);
    const change = appending(worktree, ['a', 'b']);
    const seen: (readonly [string | null, number])[] = [];
    const ports = portsOf();
    const pushed = await pushState(
      worktree,
      {
        ...change,
        apply: async (commit, attempt) => {
          seen.push([commit, attempt]);
          const made = await change.apply(commit, attempt);
          if (attempt === 1) await pushLine(remote, 'a');
          return made;
        },
      },
      ports,
    );

    expect(pushed).toMatchObject({ made: 1, pushed: true, tries: 2 });
    expect(remote.files()).toEqual({ [LOG]: 'a\nb\n' });
    expect(seen).toEqual([
      [null, 1],
      [remote.commits[0]?.id, 2],
    ]);
    expect(ports.waitsMs).toEqual([500]);
    expect(ports.warnings).toEqual([expect.stringContaining('try 1 of 10, the next one in 500 ms')]);
  });

  it('gives up after ten tries, each wait at most twice as long as the one before and never over a minute', async () => {
    const remote = memoryRemote();
    const worktree = memoryWorktree(remote);
    const change = appending(worktree, ['mine']);
    const ports = portsOf({ random: 0.999_999 });
    const crowd: StateChange<number> = {
      ...change,
      apply: async (commit, attempt) => {
        await pushLine(remote, `theirs ${attempt}`);
        return await change.apply(commit, attempt);
      },
    };

    await expect(pushState(worktree, crowd, ports)).rejects.toMatchObject({ kind: 'crowded' });
    expect(ports.waitsMs).toEqual([999, 1999, 3999, 7999, 15999, 31999, 59999, 59999, 59999]);
    expect(remote.commits).toHaveLength(10);
    expect(remote.files()[LOG]).not.toContain('mine');
  });

  it('tries again where the remote does not answer, and knows its own commit whose answer was lost', async () => {
    const remote = memoryRemote();
    const worktree = memoryWorktree(
      remote,
      planned(['pull', 'unavailable'], ['push', 'unavailable'], ['push', 'lost']),
    );
    const pushed = await pushState(worktree, appending(worktree, ['a']), portsOf());

    expect(pushed).toEqual({ made: 1, commit: remote.head(), pushed: true, tries: 4 });
    expect(remote.commits).toHaveLength(1);
  });

  it('tells what was made last where more was due behind a commit whose answer was lost', async () => {
    const remote = memoryRemote();
    const worktree = memoryWorktree(remote, planned(['push', 'lost']));
    const change: StateChange<string> = {
      atMs: 0,
      message: (made) => made,
      apply: async (_commit, attempt) => {
        worktree.disk.append(LOG, `${attempt}\n`);
        return `of try ${attempt}`;
      },
    };
    const pushed = await pushState(worktree, change, portsOf());

    expect(pushed).toEqual({ made: 'of try 2', commit: remote.head(), pushed: true, tries: 2 });
    expect(remote.files()).toEqual({ [LOG]: '1\n2\n' });
  });

  it('gives up where the remote never answers, with what it said last', async () => {
    const worktree = memoryWorktree(memoryRemote(), () => 'unavailable');
    const ports = portsOf();

    await expect(pushState(worktree, appending(worktree, ['a']), ports)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'the pull was not answered; the next run tries again',
    });
    expect(ports.waitsMs).toHaveLength(9);
  });

  it.each([
    ['a refusal', new StateBranchError('forbidden', 'no')],
    ['a folder of somebody else', new StateBranchError('foreign', 'no')],
    ['a defect', new InvariantError('no')],
  ])('does not try again after %s', async (_case, error) => {
    const worktree: MemoryWorktree = {
      ...memoryWorktree(memoryRemote()),
      push: async () => {
        throw error;
      },
    };
    const ports = portsOf();

    await expect(pushState(worktree, appending(worktree, ['a']), ports)).rejects.toBe(error);
    expect(ports.waitsMs).toEqual([]);
  });

  it('tags what it is asked to, also where there was nothing to commit', async () => {
    const remote = memoryRemote();
    const worktree = memoryWorktree(remote);
    const tagging = (name: string): StateChange<number> => ({
      ...appending(worktree, ['a']),
      tags: (commit) => (commit === null ? {} : { [name]: commit }),
    });
    await pushState(worktree, tagging('first'), portsOf());
    const again = await pushState(worktree, tagging('second'), portsOf());

    expect(again.pushed).toBe(false);
    expect(remote.tags).toEqual({ first: remote.head(), second: remote.head() });
  });
});

describe('writers at the same time', () => {
  it('lose nothing and double nothing, whatever the order of their calls and whichever answers are lost', async () => {
    const faults = fc.array(fc.constantFrom<WorktreeFault>('unavailable', 'lost', null), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.record({ lines: fc.uniqueArray(fc.nat(20)), faults }), { minLength: 2, maxLength: 5 }),
        async (scheduler, writers) => {
          const remote = memoryRemote();
          const ports = portsOf();
          const sleep = scheduler.scheduleFunction(ports.sleep);
          const runs = writers.map(async (writer) => {
            const left = [...writer.faults];
            const folder = memoryWorktree(remote, () => left.shift() ?? null);
            const worktree: MemoryWorktree = {
              ...folder,
              pull: scheduler.scheduleFunction(folder.pull),
              commit: scheduler.scheduleFunction(folder.commit),
              push: scheduler.scheduleFunction(folder.push),
            };
            return await pushState(worktree, appending(worktree, writer.lines.map(String)), {
              ...ports,
              sleep,
            });
          });
          await scheduler.waitFor(Promise.all(runs));

          const lines = (remote.files()[LOG] ?? '').split('\n').filter((line) => line !== '');
          const wanted = new Set(writers.flatMap((writer) => writer.lines.map(String)));
          expect([...lines].sort()).toEqual([...wanted].sort());
          expect(
            remote.commits.every(({ parent }, at) => parent === (remote.commits[at - 1]?.id ?? null)),
          ).toBe(true);
        },
      ),
    );
  });
});
