// The door of the app on a real socket: signed deliveries come in, everything else is refused, and it keeps answering.

import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Webhooks } from '@octokit/webhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/app/delivery.ts';
import { type WebhookServerPorts, webhookServer } from '../../src/app/webhook-server.ts';
import { guidOf, type MemoryLog, memoryLog, SECRET, signatureOf } from './deliveries.ts';

const BODY = '{"action":"opened","repository":{"full_name":"acme/alpha"},"text":"Grüße 🎉"}';
const NOW_MS = 1_795_255_200_000;

let server: Server;
let url = '';
let accepted: Delivery[] = [];
let log: MemoryLog;
let accept: WebhookServerPorts['accept'];

beforeEach(async () => {
  accepted = [];
  log = memoryLog();
  accept = (delivery) => {
    accepted.push(delivery);
    return 'queued';
  };
  const webhooks = new Webhooks({ secret: SECRET });
  server = webhookServer({
    clock: { nowMs: () => NOW_MS },
    log,
    verify: async (body, signature) => await webhooks.verify(body, signature),
    isHandled: (event) => event !== 'star',
    accept: (delivery) => accept(delivery),
    health: () => ({ status: 'ok', queue_length: accepted.length }),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${port()}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function port(): number {
  return (server.address() as AddressInfo).port;
}

function headersFor(body: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': guidOf(body),
    'x-hub-signature-256': signatureOf(body),
    ...changes,
  };
}

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) {
  return await fetch(`${url}/api/github/webhooks`, { method: 'POST', body, headers });
}

/** Sends bytes as they are and returns everything that comes back before the connection ends. */
async function raw(...parts: readonly string[]): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect(port(), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    // The server may end a connection that still sends.
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    for (const part of parts) socket.write(part);
  });
}

describe('a signed delivery', () => {
  it('is kept with its repository before it is answered', async () => {
    const response = await post(BODY, headersFor(BODY));

    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ delivery: guidOf(BODY), result: 'queued' });
    expect(accepted).toEqual([
      {
        guid: guidOf(BODY),
        event: 'pull_request',
        repository: 'acme/alpha',
        receivedAtMs: NOW_MS,
        body: BODY,
      },
    ]);
  });

  it('is answered and dropped where nothing is done about its event', async () => {
    const response = await post(BODY, headersFor(BODY, { 'x-github-event': 'star' }));

    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ result: 'ignored' });
    expect(accepted).toEqual([]);
  });

  it('is refused with 503 where it cannot be kept, so that GitHub records a failure', async () => {
    accept = () => {
      throw new Error('ENOSPC: no space left on device');
    };

    const response = await post(BODY, headersFor(BODY));

    expect(response.status).toBe(503);
    expect(log.lines.join()).toContain('ENOSPC');
    expect(await response.text()).not.toContain('ENOSPC');
  });

  it('of 24 MB is taken', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(24 * 1024 * 1024) });

    expect((await post(body, headersFor(body))).status).toBe(202);
    expect(accepted[0]?.body.length).toBe(body.length);
  });
});

describe('the server refuses', () => {
  const cases: readonly [what: string, status: number, body: string, changes: Record<string, string>][] = [
    ['a wrong signature', 401, BODY, { 'x-hub-signature-256': signatureOf(BODY, 'another secret 123') }],
    ['a signature of another body', 401, BODY, { 'x-hub-signature-256': signatureOf(`${BODY} `) }],
    ['a signature of another length', 401, BODY, { 'x-hub-signature-256': 'sha256=00' }],
    ['the old SHA-1 signature alone', 401, BODY, { 'x-hub-signature-256': '' }],
    ['the public default secret', 401, BODY, { 'x-hub-signature-256': signatureOf(BODY, 'development') }],
    ['a form', 415, BODY, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['an event that is no word', 400, BODY, { 'x-github-event': '../push' }],
    ['a delivery without a GUID', 400, BODY, { 'x-github-delivery': '../../etc/passwd' }],
    ['an empty body', 401, '', { 'x-hub-signature-256': signatureOf('') }],
    ['a body that is no JSON', 400, '{"a":', {}],
    ['a body that is no object', 400, '[1]', {}],
    ['a body nested a hundred thousand deep', 400, `${'['.repeat(100_000)}`, {}],
  ];
  it.each(cases)('%s', async (_what, status, body, changes) => {
    const response = await post(body, headersFor(body, changes));

    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error');
    expect(accepted).toEqual([]);
  });

  it('bytes that are no UTF-8, though their signature would fit the text they decode to', async () => {
    const bytes = Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const decoded = new TextDecoder().decode(bytes);

    expect((await post(bytes, headersFor(decoded))).status).toBe(400);
  });

  it('a body that says it is too long, without reading it', async () => {
    const head = Object.entries(headersFor(BODY, { 'content-length': String(26 * 1024 * 1024) }))
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');

    const answer = await raw(`POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\n${head}\r\n`, 'abc');

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('a body that grows too long without saying so, and stops reading', async () => {
    const head = Object.entries(headersFor(BODY, { 'transfer-encoding': 'chunked' }))
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const megabyte = `100000\r\n${'x'.repeat(1024 * 1024)}\r\n`;
    const parts = Array.from({ length: 40 }, () => megabyte);

    const answer = await raw(`POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\n${head}\r\n`, ...parts);

    // A client that still writes may miss the words, but never gets another answer.
    expect(['', 'HTTP/1.1 413']).toContain(answer.slice(0, 12));
    expect(accepted).toEqual([]);
    expect((await post(BODY, headersFor(BODY))).status).toBe(202);
  });

  it('other methods and other paths', async () => {
    const get = await fetch(`${url}/api/github/webhooks`);
    const odd = await raw('BREW /api/github/webhooks HTTP/1.1\r\nhost: x\r\n\r\n');

    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect(odd).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/api/github/webhooks/../../x`)).status).toBe(404);
    expect((await fetch(`${url}/healthz`, { method: 'DELETE' })).status).toBe(405);
  });

  it('a thousand bad deliveries in a row and a hundred at once, and takes a good one after them', async () => {
    const bad = Array.from({ length: 1_000 }, (_, at) => {
      const [, , body, changes] = cases[at % cases.length] ?? cases[0] ?? ['', 0, '', {}];
      return { body, headers: headersFor(body, changes) };
    });
    const statuses = new Set<number>();
    for (let at = 0; at < bad.length; at += 100) {
      const batch = await Promise.all(
        bad.slice(at, at + 100).map(async ({ body, headers }) => (await post(body, headers)).status),
      );
      for (const status of batch) statuses.add(status);
    }

    expect([...statuses].sort()).toEqual([400, 401, 415]);
    expect(accepted).toEqual([]);
    expect((await post(BODY, headersFor(BODY))).status).toBe(202);
    expect(log.lines).toEqual([]);
  });
});

describe('the door', () => {
  it('stays open, and says why, where the system has no file left for another connection', async () => {
    server.emit('error', new Error('accept EMFILE'));
    server.emit('error', new Error('accept EMFILE'));

    expect(log.lines).toEqual(Array(2).fill('error the door of the app: accept EMFILE'));
    expect((await post(BODY, headersFor(BODY))).status).toBe(202);
  });
});

describe('/healthz', () => {
  it('shows how it is, without a body where only the head is asked for', async () => {
    const get = await fetch(`${url}/healthz`);
    const head = await fetch(`${url}/healthz?x=1`, { method: 'HEAD' });

    expect(await get.json()).toEqual({ status: 'ok', queue_length: 0 });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});
