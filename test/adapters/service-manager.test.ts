// What systemd is told of the runner, when, and what of it is only told while the runner works.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SendNotification, serviceManager } from '../../src/adapters/service-manager.ts';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';
import { err, ok } from '../../src/domain/result.ts';

const SOCKET = { NOTIFY_SOCKET: '/run/systemd/notify' };

function managed(env: Readonly<Record<string, string>>) {
  const timers = virtualTimers(0);
  const sent: string[] = [];
  const told: string[] = [];
  const now = { whyDead: null as string | null, failure: null as string | null };
  const send: SendNotification = async (assignments) => {
    sent.push(assignments.join(' '));
    return now.failure === null ? ok(undefined) : err(now.failure);
  };
  const tell = (message: string): void => {
    told.push(message);
  };
  const manager = serviceManager({
    env,
    pid: 42,
    timers,
    log: { warn: tell, error: tell },
    whyDead: () => now.whyDead,
    send,
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const pass = async (ms: number): Promise<void> => {
    timers.advance(ms);
    await settle();
  };
  return { manager, sent, told, now, timers, settle, pass };
}

describe('a runner that systemd started', () => {
  it('says once that it works, in one message with its state', async () => {
    const { manager, sent, settle } = managed(SOCKET);
    await settle();
    expect(sent).toEqual([]);
    manager.ready('paper, flat');
    manager.ready('paper, flat');
    await settle();
    expect(sent).toEqual(['READY=1 STATUS=paper, flat']);
  });

  it('says what is new of its state, the newest where several come at once, in one line', async () => {
    const { manager, sent, settle } = managed(SOCKET);
    manager.status('one');
    manager.status('two\nREADY=1\u0000');
    await settle();
    manager.status('two READY=1 ');
    await settle();
    expect(sent).toEqual(['STATUS=two READY=1 ']);
    manager.status('x'.repeat(1_000));
    await settle();
    expect(sent[1]).toHaveLength('STATUS='.length + 200);
  });

  it('gives a sign of life twice in the time that systemd waits, from its start on', async () => {
    const { manager, sent, pass } = managed({ ...SOCKET, WATCHDOG_USEC: '60000000', WATCHDOG_PID: '42' });
    await pass(60_000);
    expect(sent).toEqual([]);
    manager.ready('on');
    await pass(0);
    expect(sent).toEqual(['READY=1 STATUS=on WATCHDOG=1']);
    await pass(29_999);
    expect(sent).toHaveLength(1);
    await pass(1);
    await pass(30_000);
    expect(sent.slice(1)).toEqual(['WATCHDOG=1', 'WATCHDOG=1']);
  });

  it('gives none while it does not work, says so once, and gives one again when it does', async () => {
    const { manager, sent, told, now, pass } = managed({ ...SOCKET, WATCHDOG_USEC: '2000000' });
    manager.ready('on');
    await pass(0);
    now.whyDead = 'the kernel halted';
    for (let n = 0; n < 3; n += 1) await pass(1_000);
    expect(sent).toHaveLength(1);
    expect(told).toEqual(['no sign of life is given to systemd any more: the kernel halted']);
    now.whyDead = null;
    await pass(1_000);
    expect(sent).toHaveLength(2);
  });

  it('gives none where systemd waits for none, or for one of another process', async () => {
    for (const env of [
      {},
      { WATCHDOG_USEC: '' },
      { WATCHDOG_USEC: 'soon' },
      { WATCHDOG_USEC: '2000000', WATCHDOG_PID: '7' },
    ]) {
      const { manager, sent, pass, timers } = managed({ ...SOCKET, ...env });
      manager.ready('on');
      await pass(10_000);
      expect(sent).toEqual(['READY=1 STATUS=on']);
      expect(timers.nextMs()).toBeNull();
    }
  });

  it('gives signs of life through its stop, until it is closed', async () => {
    const { manager, sent, pass, timers } = managed({ ...SOCKET, WATCHDOG_USEC: '2000000' });
    manager.ready('on');
    await pass(0);
    manager.stopping('canceling what rests');
    await pass(1_000);
    expect(sent.slice(1)).toEqual(['STOPPING=1 STATUS=canceling what rests WATCHDOG=1']);
    await manager.close();
    await pass(10_000);
    manager.status('too late');
    await pass(0);
    expect(sent).toHaveLength(2);
    expect(timers.nextMs()).toBeNull();
  });

  it('is closed after what it still had to say', async () => {
    const { manager, sent } = managed(SOCKET);
    manager.stopping('bye');
    await manager.close();
    expect(sent).toEqual(['STOPPING=1 STATUS=bye']);
  });

  it('says once that nothing can be told, and goes on', async () => {
    const { manager, told, now, settle } = managed(SOCKET);
    now.failure = 'no such socket';
    manager.ready('on');
    await settle();
    manager.status('still on');
    await settle();
    expect(told).toEqual(['systemd was not told READY=1: no such socket']);
    now.failure = null;
    manager.status('heard');
    await settle();
    now.failure = 'gone';
    manager.status('unheard');
    await settle();
    expect(told).toHaveLength(2);
  });
});

describe('a runner that somebody else started', () => {
  it('tells nobody', async () => {
    const { manager, sent, pass, timers } = managed({ WATCHDOG_USEC: '2000000' });
    manager.ready('on');
    manager.status('still on');
    await pass(10_000);
    manager.stopping('bye');
    await manager.close();
    expect(sent).toEqual([]);
    expect(timers.nextMs()).toBeNull();
  });
});

describe.skipIf(process.platform === 'win32')('systemd-notify', () => {
  function program(text: string): { readonly PATH: string; readonly args: () => string } {
    const dir = mkdtempSync(join(tmpdir(), 'notify-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    writeFileSync(join(dir, 'systemd-notify'), `#!/bin/sh\n${text.replaceAll('DIR', dir)}\n`);
    chmodSync(join(dir, 'systemd-notify'), 0o755);
    return { PATH: `${dir}:/usr/bin:/bin`, args: () => readFileSync(join(dir, 'said'), 'utf8') };
  }

  async function say(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const told: string[] = [];
    const manager = serviceManager({
      env: { ...SOCKET, BINGX_API_SECRET: 'not for a child', ...env },
      pid: 42,
      timers: virtualTimers(0),
      log: { warn: (message) => told.push(message), error: (message) => told.push(message) },
      whyDead: () => null,
    });
    manager.ready('on; $(date)');
    await manager.close();
    return told;
  }

  it('is run with what is said and the socket, and with no secret', async () => {
    const { PATH, args } = program('printf "%s|" "$@" "$NOTIFY_SOCKET" "[$BINGX_API_SECRET]" > DIR/said');
    expect(await say({ PATH })).toEqual([]);
    expect(args()).toBe('READY=1|STATUS=on; $(date)|/run/systemd/notify|[]|');
  });

  it('is told of in its own words where it fails, and where it is not there', async () => {
    const { PATH } = program('echo "Failed to notify init system" >&2; exit 1');
    expect(await say({ PATH })).toEqual(['systemd was not told READY=1: Failed to notify init system']);
    expect(await say({ PATH: '/nowhere' })).toEqual([expect.stringContaining('ENOENT')]);
  });
});
