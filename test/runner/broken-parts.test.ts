// Whatever breaks beside the kernel, orders flow: each part that a runner could do without, broken at the start and in the middle of trading.

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ThreadListener } from '../../src/runner/sinks/start-sinks.ts';
import { commitFiles, emptyFolder, gitAs, newRepository } from '../adapters/git/repository.ts';
import { runnerFolder, type WholeRunner, wholeRunner } from './whole-runner.ts';

const A_WHILE_MS = 30_000;

/** Expects that trades go on ending, and that nothing has ended the runner. */
async function expectTrading(whole: WholeRunner): Promise<void> {
  const before = whole.tradesClosed();
  await whole.passed(A_WHILE_MS);
  expect(whole.tradesClosed() - before).toBeGreaterThan(1);
  expect(whole.runner.whyDead()).toBeNull();
}

describe('orders flow on', () => {
  it('while the thread of the sinks dies again and again, and where none can be begun', async () => {
    const listeners: ThreadListener[] = [];
    const beginSinkThread = (_: unknown, listener: ThreadListener) => {
      listeners.push(listener);
      return { say: () => undefined, kill: () => Promise.resolve() };
    };
    const whole = await wholeRunner({ deps: { beginSinkThread } });
    for (let death = 1; death <= 3; death += 1) {
      listeners.at(-1)?.ended('out of memory');
      await expectTrading(whole);
      expect(listeners.length).toBe(death + 1);
    }
    const none = await wholeRunner({
      deps: {
        beginSinkThread: () => {
          throw new Error('no thread can be made');
        },
      },
    });
    await expectTrading(none);
    expect(none.runner.facts().sinks[0]).toMatchObject({
      state: 'down',
      why: expect.stringContaining('no thread can be made'),
    });
  });

  it('without a status page whose port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const whole = await wholeRunner({ pink: { status: { port } } });

    await expectTrading(whole);

    expect(whole.runner.statusPort).toBeNull();
    expect(whole.said.join('\n')).toContain('trading goes on without it');
  });

  it.each(['history.json', 'policy-memory.json', 'lists.json'])(
    'where %s is a folder at the start, and cannot be written afterwards',
    async (name) => {
      const folder = runnerFolder();
      mkdirSync(join(folder, 'data', name, 'inside'), { recursive: true });
      const whole = await wholeRunner({ folder });
      await expectTrading(whole);
      expect(whole.said.filter((line) => line.includes(name)).length).toBeGreaterThan(0);
    },
  );

  it.each(['history.json', 'policy-memory.json', 'lists.json'])('where %s is damaged', async (name) => {
    const folder = runnerFolder();
    writeFileSync(join(folder, 'data', name), '{"tag":');
    const whole = await wholeRunner({ folder });
    await expectTrading(whole);
    expect(whole.said.filter((line) => line.startsWith('warn') && line.includes(name))).toHaveLength(1);
  });

  it.each(['history.json', 'policy-memory.json', 'lists.json'])(
    'where %s is there, and the disk does not give it',
    async (name) => {
      const folder = runnerFolder();
      symlinkSync(name, join(folder, 'data', name));
      const whole = await wholeRunner({ folder });
      await expectTrading(whole);
      expect(whole.said.filter((line) => line.includes(name) && line.includes('ELOOP'))).toHaveLength(1);
    },
  );

  it.each(['kernel/acks.jsonl', 'kernel/summary.json', 'supervisor'])(
    'where %s of the state is there, and the disk does not give it',
    async (name) => {
      const whole = await wholeRunner();
      await expectTrading(whole);
      const path = join(whole.folder, 'state', name);
      rmSync(path, { recursive: true, force: true });
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(basename(name), path);
      await expectTrading(whole);
      await whole.stopped();
    },
  );

  it('while the control socket is gone, and while clients of it say nothing or nonsense', async () => {
    const whole = await wholeRunner();
    const clients: Socket[] = Array.from({ length: 5 }, () => connect(whole.runner.socketPath));
    onTestFinished(() => clients.forEach((client) => void client.destroy()));
    for (const client of clients) client.on('error', () => undefined);
    clients[0]?.write('{"nonsense":\n');
    clients[1]?.write('x'.repeat(100_000));
    await expectTrading(whole);
    rmSync(whole.runner.socketPath, { force: true });
    await expectTrading(whole);
    await whole.stopped();
  });

  it('while nothing can be written of the state, nor read in it', async () => {
    const whole = await wholeRunner();
    await expectTrading(whole);
    rmSync(join(whole.folder, 'state'), { recursive: true });
    writeFileSync(join(whole.folder, 'state'), 'a file in the place of the folder');
    await expectTrading(whole);
    expect(whole.said.join('\n')).toContain('state');
  });

  it('where everything beside the journal is gone in the middle of trading', async () => {
    const whole = await wholeRunner();
    await expectTrading(whole);
    for (const name of ['history.json', 'policy-memory.json', 'lists.json']) {
      rmSync(join(whole.folder, 'data', name), { recursive: true, force: true });
      mkdirSync(join(whole.folder, 'data', name, 'inside'), { recursive: true });
    }
    rmSync(join(whole.folder, 'config'), { recursive: true });
    await expectTrading(whole);
  });

  it('while the remote of git, which answered once, does not any more', async () => {
    const [remote, checkout] = [emptyFolder(), newRepository('main')];
    const folder = runnerFolder();
    gitAs(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
    gitAs(checkout, 'remote', 'add', 'origin', remote);
    commitFiles(checkout, {
      'config/kill-list.yaml': readFileSync(join(folder, 'config/kill-list.yaml')),
      'config/warden.yaml': 'state: { branch: warden-state }\n',
    });
    gitAs(checkout, 'push', '--quiet', 'origin', 'main');
    const configDir = join(checkout, 'config');
    const whole = await wholeRunner({ folder, pink: { runner: { git: {} } }, deps: { configDir } });
    const lists = () => whole.runner.facts().lists;
    const git = () => whole.runner.facts().parts.find(({ name }) => name === 'git');
    await gitHas(whole, () => expect(lists().killList?.commit).toMatch(/^[0-9a-f]{40}$/));
    await expectTrading(whole);

    rmSync(remote, { recursive: true });
    await gitHas(whole, () => expect(git()).toMatchObject({ state: 'down' }));
    await expectTrading(whole);
  });
});

/** git needs a time of its own, in which that of the runner passes too. */
async function gitHas(whole: WholeRunner, check: () => void): Promise<void> {
  const look = async (): Promise<void> => {
    await whole.passed(5_000);
    check();
  };
  await vi.waitFor(look, { timeout: 20_000, interval: 20 });
}
