// The desk over HTTP: on loopback alone, for who holds the token, for no page of a browser, and within the limits of the socket.

import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type VirtualTimers, virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { controlOverHttp, controlTokenFrom } from '../../../src/runner/control/control-http.ts';
import { aLog, type DeskWorld, deskWorld, request } from './desk-world.ts';

const TOKEN = 'f00dcafe'.repeat(8);

let server: Server;
let world: DeskWorld;
let timers: VirtualTimers;
beforeEach(async () => {
  world = deskWorld();
  timers = virtualTimers(0);
  const handle = controlOverHttp({ desk: world.desk, token: TOKEN, timers, log: aLog([]) });
  server = createServer((req, res) => {
    if (!handle(req, res)) res.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  /** Leaves the body without an end. */
  readonly isCut?: boolean;
}

async function post({ method = 'POST', path = '/control', headers = {}, body, isCut }: Sent = {}) {
  const { port } = server.address() as AddressInfo;
  const all = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const req = ask({ host: '127.0.0.1', port, method, path, headers: given }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      res.once('end', () => resolve({ status: res.statusCode ?? 0, text }));
    });
    req.once('error', reject);
    if (isCut === true) req.write(body ?? '', () => void post().then(() => timers.advance(5_000)));
    else req.end(body ?? JSON.stringify(request()));
  });
}

describe('control over HTTP', () => {
  it('answers as the socket does', async () => {
    const body = JSON.stringify(request({ command: 'freeze', reason: 'why' }));

    const { status, text } = await post({ body });

    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ outcome: 'done', kernel_state: 'entry_frozen' });
    expect(world.kernel.commands).toMatchObject([{ command: 'ENTRY_FROZEN' }]);
  });

  it('answers a refusal of the kernel with 409', async () => {
    world.kernel.apply({ kind: 'STREAM', isUp: false });

    const { status, text } = await post({
      body: JSON.stringify(request({ command: 'unfreeze', reason: 'why' })),
    });

    expect(status).toBe(409);
    expect(JSON.parse(text)).toMatchObject({ outcome: 'refused' });
  });

  it('leaves every other path alone', async () => {
    expect((await post({ path: '/controls' })).status).toBe(418);
  });

  it.each([
    ['no token', 401, { headers: { authorization: undefined } }],
    ['another token', 401, { headers: { authorization: `Bearer ${TOKEN}0` } }],
    ['the token in another form', 401, { headers: { authorization: `Basic ${TOKEN}` } }],
    ['a name of elsewhere', 403, { headers: { host: 'evil.example:80' } }],
    ['an address of elsewhere', 403, { headers: { host: '10.0.0.1' } }],
    ['a page of a browser', 403, { headers: { origin: 'http://127.0.0.1:8420' } }],
    ['a form', 415, { headers: { 'content-type': 'text/plain' } }],
    ['a body that is no request', 400, { body: '[]' }],
    ['a body that is too long', 413, { body: 'x'.repeat(70_000) }],
  ] as const)('refuses %s with %i, and does nothing', async (_case, status, sent) => {
    const body = JSON.stringify(request({ command: 'halt', reason: 'why' }));

    expect((await post({ body, ...sent })).status).toBe(status);
    expect(world.kernel.commands).toEqual([]);
  });

  it.each(['GET', 'PUT', 'OPTIONS'])('takes no %s', async (method) => {
    expect((await post({ method, body: '' })).status).toBe(405);
  });

  it('does not wait for ever for a body', async () => {
    expect((await post({ body: '{', isCut: true })).status).toBe(408);
  });

  it.each(['localhost:1', '[::1]:8420', '127.0.0.1'])('knows %s as this machine', async (host) => {
    expect((await post({ headers: { host } })).status).toBe(200);
  });
});

describe('the token', () => {
  it('is needed: without one nothing is offered', () => {
    expect(controlTokenFrom(undefined)).toEqual({ ok: true, value: null });
    expect(controlTokenFrom(' ')).toEqual({ ok: true, value: null });
    expect(controlTokenFrom(` ${TOKEN}\n`)).toEqual({ ok: true, value: TOKEN });
  });

  it('that is short is refused, and not shown', () => {
    const result = controlTokenFrom('hunter2');

    expect(result).toMatchObject({ ok: false });
    expect(JSON.stringify(result)).toContain('has 7 characters');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('of 32 characters is one, and of one less is none', () => {
    expect(controlTokenFrom('x'.repeat(32))).toEqual({ ok: true, value: 'x'.repeat(32) });
    expect(controlTokenFrom('x'.repeat(31)).ok).toBe(false);
  });
});
