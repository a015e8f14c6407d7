// The server of the status page over real sockets on loopback: whom it answers, what it never does, and when it speaks.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { type VirtualTimers, virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { Log } from '../../../src/ports.ts';
import type { RunnerFacts } from '../../../src/runner/facts.ts';
import type { LiveMessage } from '../../../src/runner/status/runner-view.ts';
import {
  type StatusServer,
  type StatusServerOptions,
  startStatusServer,
} from '../../../src/runner/status/status-server.ts';
import { FakeRun, factsOf } from '../../browser/fake-run.ts';
import { BTC } from '../../kernel/build.ts';

const PAGE = mkdtempSync(join(tmpdir(), 'warden-page-'));
writeFileSync(join(PAGE, 'index.html'), '<!doctype html><title>PINK</title>');
writeFileSync(join(PAGE, 'main.js'), 'export {};');
writeFileSync(join(PAGE, 'style.css'), 'body{}');
writeFileSync(join(PAGE, 'main.js.map'), 'a secret of the build');
afterAll(() => rmSync(PAGE, { recursive: true }));

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Starts a server for a run. */
async function started(run: FakeRun, over: Partial<StatusServerOptions>) {
  return await startStatusServer({
    port: 0,
    facts: () => factsOf(run.kernel),
    history: run.kernel.history,
    timers: virtualTimers(run.kernel.nowMs),
    log: SILENT,
    pageFolder: PAGE,
    ...over,
  });
}

interface World {
  readonly server: StatusServer;
  readonly run: FakeRun;
  readonly timers: VirtualTimers;
  readonly said: string[];
}

async function served(
  over: Partial<StatusServerOptions> = {},
  facts: Partial<RunnerFacts> = {},
): Promise<World> {
  const run = new FakeRun();
  const timers = virtualTimers(run.kernel.nowMs);
  const said: string[] = [];
  const log: Log = {
    info: (text) => said.push(text),
    warn: (text) => said.push(text),
    error: (text) => said.push(text),
  };
  const server = await started(run, { facts: () => factsOf(run.kernel, facts), timers, log, ...over });
  if (!server.ok) throw new Error(server.error);
  onTestFinished(() => server.value.close());
  return { server: server.value, run, timers, said };
}

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

async function ask(
  port: number,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

describe('the server of the status page answers', () => {
  it('with its own files, and with those of the library that draws', async () => {
    const { server } = await served();
    const types = new Map<string, unknown>();
    for (const path of ['/', '/page/main.js', '/page/style.css', '/uplot.js', '/uplot.css']) {
      const { status, headers } = await ask(server.port, path);
      expect([path, status]).toEqual([path, 200]);
      types.set(path, headers['content-type']);
    }

    expect([...types.values()]).toEqual([
      'text/html; charset=utf-8',
      'text/javascript; charset=utf-8',
      'text/css; charset=utf-8',
      'text/javascript; charset=utf-8',
      'text/css; charset=utf-8',
    ]);
  });

  it.each([
    '/page/main.js.map',
    '/page/../main.js',
    '/page/%2e%2e/package.json',
    '/package.json',
    '/metrics',
    '/live',
  ])('with nothing at %s', async (path) => {
    const { server } = await served();

    expect(await ask(server.port, path)).toMatchObject({ status: 404 });
  });

  it('with headers that keep everything else out', async () => {
    const { server } = await served();
    const { headers } = await ask(server.port, '/');

    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'self';/),
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('with the whole view as JSON', async () => {
    const { server } = await served();
    const { status, text } = await ask(server.port, '/view.json');

    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ view: { runnerId: 'pink-1' }, charts: { fills: [] } });
  });

  it('with metrics where there are some', async () => {
    const metrics = async () => ({ type: 'text/plain; version=0.0.4', text: 'warden_up 1\n' });
    const { server } = await served({ metrics });

    expect(await ask(server.port, '/metrics')).toMatchObject({
      status: 200,
      text: 'warden_up 1\n',
      headers: { 'content-type': 'text/plain; version=0.0.4' },
    });
  });

  it('that it is well while the kernel takes events, and that it is not when that has ended', async () => {
    const well = await served();
    const ill = await served({}, { halted: 'the journal cannot be written' });

    expect(await ask(well.server.port, '/healthz')).toMatchObject({ status: 200 });
    const answer = await ask(ill.server.port, '/healthz');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({
      status: 'halted',
      halted: 'the journal cannot be written',
    });
  });

  it('HEAD without a body', async () => {
    const { server } = await served();

    expect(await ask(server.port, '/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it('with a defect of its own as a refusal, which is in the log', async () => {
    const { server, said } = await served({
      metrics: async () => {
        throw new Error('no registry');
      },
    });

    expect(await ask(server.port, '/metrics')).toMatchObject({ status: 500 });
    expect(said).toEqual([expect.stringContaining('no registry')]);
  });
});

describe('the server of the status page refuses', () => {
  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    '%s, unless whoever takes commands takes it',
    async (method) => {
      const { server } = await served();

      expect(await ask(server.port, '/', { method, body: 'x' })).toMatchObject({ status: 405 });
    },
  );

  it.each(['evil.example', '127.0.0.1.evil.example:80', 'localhost.evil.example', '10.0.0.1'])(
    'a request to %s, even where that name leads here',
    async (host) => {
      const { server } = await served({ control: () => expect.unreachable('asked about a stranger') });

      expect(await ask(server.port, '/view.json', { headers: { host } })).toMatchObject({ status: 421 });
    },
  );

  it.each(['localhost', '127.0.0.1:9', '[::1]:8420', 'LOCALHOST:8420'])(
    'nothing to %s, which is this machine or a tunnel to it',
    async (host) => {
      const { server } = await served();

      expect(await ask(server.port, '/healthz', { headers: { host } })).toMatchObject({ status: 200 });
    },
  );

  it('nothing that whoever takes commands has answered', async () => {
    const { server } = await served({
      control: (asked, response) => {
        if (asked.url !== '/control') return false;
        response.writeHead(202).end('taken');
        return true;
      },
    });

    expect(await ask(server.port, '/control', { method: 'POST' })).toMatchObject({
      status: 202,
      text: 'taken',
    });
    expect(await ask(server.port, '/')).toMatchObject({ status: 200 });
  });

  it('to start on a port that is taken, and says what to do', async () => {
    const { server } = await served();
    const second = await started(new FakeRun(), { port: server.port });

    expect(second).toMatchObject({ ok: false, error: expect.stringMatching(/is taken .*status\.port/) });
  });

  it('to start without the files of the page, and names the build', async () => {
    const pageless = await started(new FakeRun(), { pageFolder: join(PAGE, 'nowhere') });

    expect(pageless).toMatchObject({ ok: false, error: expect.stringContaining('npm run build') });
  });
});

interface Page {
  readonly socket: WebSocket;
  readonly heard: LiveMessage[];
  /** Waits until so many messages have come. */
  has(count: number): Promise<readonly LiveMessage[]>;
  readonly closed: Promise<number>;
}

function open(port: number, headers: Record<string, string> = {}): Page {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers });
  onTestFinished(() => socket.terminate());
  const heard: LiveMessage[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (data) => {
    heard.push(JSON.parse(String(data)) as LiveMessage);
    for (const wake of waiting.splice(0)) wake();
  });
  return {
    socket,
    heard,
    closed: new Promise((resolve) => socket.on('close', resolve)),
    async has(count) {
      while (heard.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return heard;
    },
  };
}

/** The status of an upgrade that was refused. */
async function refusedWith(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  return await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

describe('an open page', () => {
  it('is told everything at first, then what is new', async () => {
    const { server, run, timers } = await served();
    run.pass(60_000);
    const page = open(server.port);
    const [full] = await page.has(1);
    expect(full).toMatchObject({ kind: 'full', view: { seq: run.kernel.state.seq } });
    expect(full?.charts.prices[BTC]).toHaveLength(7);

    run.enter('SHORT', 'test');
    timers.advance(500);
    const [, update] = await page.has(2);
    expect(update).toMatchObject({ kind: 'update', view: { slots: [{ status: 'OPEN' }] } });
    expect(update?.charts.fills).toHaveLength(2);
    expect(update?.charts.prices[BTC]?.length).toBeLessThan(3);
  });

  it('hears nothing while nothing happens, but for a sign of life every five seconds', async () => {
    const { server, timers } = await served();
    const page = open(server.port);
    await page.has(1);
    timers.advance(4_500);
    timers.advance(500);
    await page.has(2);
    timers.advance(4_500);
    timers.advance(500);

    expect((await page.has(3)).map(({ kind }) => kind)).toEqual(['full', 'update', 'update']);
  });

  it('is told twice a second at most, however much happens', async () => {
    const { server, run, timers } = await served();
    const page = open(server.port);
    await page.has(1);
    for (let at = 0; at < 50; at += 1) {
      run.kernel.nowMs += 10;
      run.kernel.mark(968_400 + at);
      timers.advance(10);
    }

    expect((await page.has(2)).at(-1)?.view.marks[0]?.mark).toBe('96844.9');
    expect(page.heard).toHaveLength(2);
  });

  it('of another site is refused, and so is another name of this machine, and another path', async () => {
    const { server } = await served();
    const { port } = server;

    expect(await refusedWith(port, '/live', { origin: 'http://evil.example' })).toBe(403);
    expect(await refusedWith(port, '/live', { origin: 'null' })).toBe(403);
    expect(await refusedWith(port, '/live', { origin: `http://127.0.0.1:${port + 1}` })).toBe(403);
    expect(await refusedWith(port, '/live', { host: 'evil.example' })).toBe(421);
    expect(await refusedWith(port, '/other')).toBe(404);
    const own = open(port, { origin: `http://127.0.0.1:${port}` });
    expect(await own.has(1)).toHaveLength(1);
  });

  it('is the twenty-first too many', async () => {
    const { server } = await served();
    const pages = Array.from({ length: 20 }, () => open(server.port));
    await Promise.all(pages.map((page) => page.has(1)));
    expect(await refusedWith(server.port, '/live')).toBe(503);

    pages[0]?.socket.close();
    await pages[0]?.closed;
    expect(await open(server.port).has(1)).toHaveLength(1);
  });

  it('that does not read is left behind, and the others are not', async () => {
    const { server, timers, said } = await served(
      {},
      { lists: { killList: null, allocation: null, classes: new Map(), problem: 'x'.repeat(400_000) } },
    );
    const [slow, quick] = [open(server.port), open(server.port)];
    await Promise.all([slow.has(1), quick.has(1)]);
    slow.socket.pause();
    for (let at = 2; said.length === 0 && at < 200; at += 1) {
      timers.advance(5_000);
      await quick.has(at);
    }
    slow.socket.resume();

    expect(said).toEqual(['a status page does not read what it is sent, and is left behind']);
    expect(await slow.closed).toBe(1006);
    expect(quick.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('that says something is closed, since it has nothing to say', async () => {
    const { server } = await served();
    const page = open(server.port);
    await page.has(1);
    page.socket.send('halt');

    expect(await page.closed).toBe(1008);
  });

  it('is closed where the view cannot be made, and the runner goes on', async () => {
    let isBroken = false;
    const run = new FakeRun();
    const { server, timers, said } = await served({
      history: run.kernel.history,
      facts: () => {
        if (isBroken) throw new Error('no facts');
        return factsOf(run.kernel);
      },
    });
    const page = open(server.port);
    await page.has(1);
    isBroken = true;
    timers.advance(5_000);

    expect(await page.closed).toBe(1011);
    expect(said).toEqual([expect.stringContaining('no facts')]);
    isBroken = false;
    expect(await open(server.port).has(1)).toHaveLength(1);
  });

  it('is told that the runner stops', async () => {
    const { server } = await served();
    const page = open(server.port);
    await page.has(1);
    await server.close();

    expect(await page.closed).toBe(1001);
  });
});
