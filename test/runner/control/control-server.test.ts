// The control socket as a client meets it: one line in and one line out, within its limits, under a file that only its group may use.

import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { socketControl } from '../../../src/adapters/kernel-socket/socket-control.ts';
import { type VirtualTimers, virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import {
  controlResponseFrom,
  type KernelControlResponse,
  RESPONSE_BYTES_MAX,
} from '../../../src/domain/kernel-control.ts';
import type { ControlDesk } from '../../../src/runner/control/control-desk.ts';
import { lineOf } from '../../../src/runner/control/control-line.ts';
import { type ControlServer, startControlServer } from '../../../src/runner/control/control-server.ts';
import { aControlResponse } from '../../fakes/control-server.ts';
import { aLog, type DeskWorld, deskWorld, request } from './desk-world.ts';

let folder = '';
let path = '';
let server: ControlServer | null = null;
let timers: VirtualTimers;
let world: DeskWorld;
let said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pink-'));
  path = join(folder, 'control.sock');
  timers = virtualTimers(0);
  world = deskWorld();
  said = [];
});
afterEach(async () => {
  await server?.close();
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

async function started(desk: ControlDesk = world.desk): Promise<ControlServer> {
  const result = await startControlServer({ path, desk, timers, log: aLog(said) });
  if (!result.ok) throw new Error(result.error);
  server = result.value;
  return result.value;
}

async function refusal(at: string): Promise<string> {
  const result = await startControlServer({ path: at, desk: world.desk, timers, log: aLog(said) });
  if (result.ok) {
    await result.value.close();
    throw new Error('it listens');
  }
  return result.error;
}

/** Writes bytes and returns everything that comes back until the connection ends. */
async function exchange(bytes: string | Uint8Array, onOpen: () => void = () => undefined): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect({ path });
    let text = '';
    socket.on('data', (part) => {
      text += String(part);
    });
    // A server that refuses to read more may end the connection while more is written.
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(text));
    socket.write(bytes, onOpen);
  });
}

describe('the control socket', () => {
  it('answers the client of the command line', async () => {
    await started();

    const answer = await socketControl(path).ask(request({ command: 'freeze', reason: 'why' }));

    expect(answer).toMatchObject({ ok: true, value: { outcome: 'done', kernel_state: 'entry_frozen' } });
    expect(world.kernel.commands).toMatchObject([{ command: 'ENTRY_FROZEN', who: 'ada', why: 'why' }]);
  });

  it('takes requests of many connections one after the other, in the order of the journal', async () => {
    await started();

    const commands = ['freeze', 'reduce-only', 'halt'] as const;
    await Promise.all(
      [...commands, ...commands].map((command, at) =>
        socketControl(path).ask(request({ command, reason: `${at}`, request_id: `r-${at}` })),
      ),
    );

    expect(world.kernel.commands).toHaveLength(6);
    expect(world.kernel.state.trading.command).toBe('HALTED');
  });

  it('is a file that only its user and its group may use', async () => {
    await started();

    expect(lstatSync(path).mode & 0o777).toBe(0o660);
    expect(lstatSync(path).isSocket()).toBe(true);
  });

  it('makes its folder where there is none, closed to others', async () => {
    path = join(folder, 'run', 'pink', 'control.sock');
    await started();

    expect(lstatSync(join(folder, 'run', 'pink')).mode & 0o007).toBe(0);
  });

  it('is gone when the runner ends, with the connections that wait', async () => {
    const one = await started();
    const waiting = exchange('{');
    await exchange(`${JSON.stringify(request())}\n`);
    await one.close();
    server = null;

    expect(await waiting).toBe('');
    expect(existsSync(path)).toBe(false);
  });

  it('takes a request in pieces, and nothing of what comes behind it', async () => {
    await started();
    const line = `${JSON.stringify(request({ command: 'freeze', reason: 'why' }))}\n`;
    const behind = `${JSON.stringify(request({ command: 'halt', reason: 'why', request_id: 'r-2' }))}\n`;

    const text = await new Promise<string>((resolve) => {
      const socket = connect({ path });
      socket.once('data', (part) => resolve(String(part)));
      for (const char of line.slice(0, 40)) socket.write(char);
      socket.write(line.slice(40) + behind);
    });

    expect(text.endsWith('\n')).toBe(true);
    expect(controlResponseFrom(JSON.parse(text), request())).toMatchObject({ ok: true });
    expect(world.kernel.commands).toHaveLength(1);
  });
});

describe('what is no request', () => {
  it.each([
    ['an unknown command', { command: 'explode' }, 'command: "explode" is not allowed'],
    ['a reason that is missing', { command: 'halt' }, 'reason: is missing; halt needs one'],
    ['a key nobody knows', { force: true }, 'force: unknown key'],
    ['another version', { v: 2 }, 'v: 2 is not allowed'],
  ])('is refused by its id: %s', async (_case, over, message) => {
    await started();

    const text = await exchange(`${JSON.stringify({ ...request(), ...over })}\n`);

    const answer: KernelControlResponse = JSON.parse(text);
    expect(answer).toMatchObject({ request_id: 'r-1', outcome: 'refused', kernel_state: null });
    expect(answer.message).toContain(message);
    expect(world.kernel.commands).toEqual([]);
  });

  it.each([
    ['no JSON', '?\n'],
    ['an id that cannot be read', '{"request_id":"../x"}\n'],
    ['a list', '[]\n'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x0a])],
    ['an empty line', '\n'],
  ])('is closed without an answer: %s', async (_case, bytes) => {
    await started();

    expect(await exchange(bytes)).toBe('');
    expect(said).toEqual(['warn control socket: a connection was closed: what came is no request']);
  });

  it('is closed unread beyond 64 kB', async () => {
    await started();

    expect(await exchange('x'.repeat(70_000))).toBe('');
    expect(said.join()).toContain('longer than 65536 bytes');
  });

  it('is closed where it does not end in time', async () => {
    await started();

    const ended = exchange('{"v":1', () => {
      // The server has begun to count when it has read something; a second connection shows that.
      void exchange('?\n').then(() => timers.advance(5_000));
    });

    expect(await ended).toBe('');
    expect(said.join()).toContain('there was no whole request in time');
  });

  it('never ends the server, whatever it is', async () => {
    await started();
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from([...bytes, 0x0a])),
      fc.json().map((text) => Buffer.from(`${text}\n`)),
      fc
        .record({ request_id: fc.string(), command: fc.string(), v: fc.anything(), slot: fc.integer() })
        .map((value) => Buffer.from(`${JSON.stringify(value)}\n`)),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (bytes) => {
        const text = await exchange(bytes);
        if (text !== '') expect(JSON.parse(text)).toMatchObject({ outcome: 'refused' });
      }),
      { numRuns: 60 },
    );
    expect(world.kernel.commands).toEqual([]);
    expect(await socketControl(path).ask(request())).toMatchObject({ ok: true });
  });

  it('does not hide a defect of the desk, and answers nothing for it', async () => {
    const answer = (): never => {
      throw new Error('a defect');
    };
    await started({ answer });

    expect(await exchange(`${JSON.stringify(request())}\n`)).toBe('');
    expect(said[0]).toContain('a request could not be answered, which is a defect; it may have taken effect');
  });
});

describe('a place that is taken', () => {
  it('by a live runner stays its own', async () => {
    await started();

    expect(await refusal(path)).toContain('another runner listens there; end it, or name another place');
    expect(await socketControl(path).ask(request())).toMatchObject({ ok: true });
  });

  it('by a runner that died is taken over', async () => {
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(path, resolve));
    const kept = join(folder, 'kept.sock');
    const { linkSync } = await import('node:fs');
    linkSync(path, kept);
    await new Promise((resolve) => dead.close(resolve));
    path = kept;
    expect(lstatSync(path).isSocket()).toBe(true);

    await started();

    expect(await socketControl(path).ask(request())).toMatchObject({ ok: true });
  });

  it('by another file is left alone', async () => {
    writeFileSync(path, 'mine');

    expect(await refusal(path)).toContain('there is another file in the place of the control socket');
    expect(existsSync(path)).toBe(true);
  });

  it('or that is too long for a socket is refused with its length', async () => {
    expect(await refusal(join(folder, 'x'.repeat(120)))).toMatch(
      /has \d+ bytes, and a socket's may have 107/,
    );
  });

  it('in a folder in which everybody may write is refused', async () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);

    expect(await refusal(join(open, 'c.sock'))).toContain('chmod o-w');
  });

  it('below a file is refused in words', async () => {
    writeFileSync(join(folder, 'file'), '');

    expect(await refusal(join(folder, 'file', 'c.sock'))).toContain('cannot be used');
  });
});

describe('an answer that would be too long', () => {
  it('says less, and what was done all the same', () => {
    const answer = aControlResponse(request(), {
      explanation: Array.from({ length: 200 }, () => '\u00e4'.repeat(20_000)),
    });

    const line = lineOf(answer);

    expect(Buffer.byteLength(line)).toBeLessThan(RESPONSE_BYTES_MAX);
    expect(JSON.parse(line)).toMatchObject({ outcome: 'done', explanation: null });
    expect(JSON.parse(line).message).toContain('longer than an answer may be');
  });
});

it('says nothing more of a connection that it has answered, however long the client stays', async () => {
  await started();
  await new Promise<void>((resolve) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once('data', () => {
      timers.advance(5_000);
      resolve();
      socket.end();
    });
    socket.write(`${JSON.stringify(request())}\n`);
  });

  expect(said.filter((line) => line.startsWith('warn'))).toEqual([]);
});
