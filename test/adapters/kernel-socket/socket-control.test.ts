// The client of the control socket against a real one: what was not sent is told from what is not known, and nothing waits for ever.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type ControlDeadlines, socketControl } from '../../../src/adapters/kernel-socket/socket-control.ts';
import {
  type KernelControlRequest,
  type KernelControlResponse,
  RESPONSE_BYTES_MAX,
} from '../../../src/domain/kernel-control.ts';
import { AT, aSummary } from '../../domain/record-builders.ts';
import {
  type Answering,
  aControlResponse,
  answers,
  type ControlServer,
  controlServer,
} from '../../fakes/control-server.ts';

const REQUEST: KernelControlRequest = {
  v: 1,
  request_id: 'r-1',
  command: 'freeze',
  reason: 'the feed repeats itself',
  requested_by: { who: 'ada', run_url: null },
  requested_at: AT,
};

const NEVER: ControlDeadlines = {
  connect: () => new AbortController().signal,
  answer: () => new AbortController().signal,
};

let server: ControlServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function ask(answering: Answering, request = REQUEST, deadlines = NEVER) {
  server = await controlServer(answering);
  return await socketControl(server.path, deadlines).ask(request);
}

describe('a request over the control socket', () => {
  it.each(['done', 'already', 'accepted', 'refused'] as const)('gets the answer %s', async (outcome) => {
    const answer = await ask(
      answers((request) => aControlResponse(request, { outcome, summary: aSummary() })),
    );

    expect(answer).toEqual({
      ok: true,
      value: aControlResponse(REQUEST, { outcome, summary: aSummary() }),
    });
    expect(server?.requests).toEqual([REQUEST]);
  });

  it('reads an answer that comes in pieces, through the middle of a character', async () => {
    const answer = await ask((request, socket) => {
      const line = Buffer.from(`${JSON.stringify(aControlResponse(request, { message: 'tenía' }))}\n`);
      const middle = line.indexOf(0xc3) + 1;
      socket.write(line.subarray(0, middle), () => socket.end(line.subarray(middle)));
    });

    expect(answer).toMatchObject({ ok: true, value: { message: 'tenía' } });
  });

  it('takes the first line only, and does not wait for the end of the connection', async () => {
    const answer = await ask((request, socket) => {
      socket.write(`${JSON.stringify(aControlResponse(request))}\n{"more":`);
    });

    expect(answer.ok).toBe(true);
  });

  it('is one request where it comes twice with one id', async () => {
    const known = new Map<string, KernelControlResponse>();
    server = await controlServer(
      answers((request) => {
        const before = known.get(request.request_id);
        const response = before === undefined ? aControlResponse(request) : { ...before, outcome: 'already' };
        if (before === undefined) known.set(request.request_id, aControlResponse(request));
        return response;
      }),
    );
    const control = socketControl(server.path, NEVER);
    const outcomes = [await control.ask(REQUEST), await control.ask(REQUEST)].map(
      (answer) => answer.ok && answer.value.outcome,
    );

    expect(outcomes).toEqual(['done', 'already']);
  });
});

describe('whether it took effect is unknown', () => {
  it.each<readonly [string, Answering, RegExp]>([
    ['the connection ends without an answer', (_, socket) => socket.end(), /ended without an answer/],
    ['the answer ends within its line', (_, socket) => socket.end('{"v":1,'), /ended within the answer/],
    [
      'a whole answer lacks its newline',
      (request, socket) => socket.end(JSON.stringify(aControlResponse(request))),
      /ended within the answer/,
    ],
    ['the connection breaks', (_, socket) => socket.destroy(), /ended|ECONNRESET|EPIPE/],
    ['the answer is no JSON', (_, socket) => socket.end('fine\n'), /is no JSON/],
    ['the answer is not UTF-8', (_, socket) => socket.end(Buffer.from([0x22, 0xff, 0x22, 0x0a])), /UTF-8/],
    ['the answer is an empty line', (_, socket) => socket.end('\n'), /is no JSON/],
    [
      'the answer is of another version',
      answers((r) => ({ ...aControlResponse(r), v: 2 })),
      /v: 2 is not allowed/,
    ],
    [
      'an outcome is nobody’s',
      answers((r) => ({ ...aControlResponse(r), outcome: 'ok' })),
      /expected done \| already/,
    ],
    ['a key is too many', answers((r) => ({ ...aControlResponse(r), __proto__x: 1 })), /unknown key/],
    [
      'the answer is to another request',
      answers((r) => aControlResponse({ ...r, request_id: 'r-2' })),
      /answers the request r-2, not r-1/,
    ],
    [
      'the line is too long, and has no end',
      (_, socket) => {
        socket.write('x'.repeat(RESPONSE_BYTES_MAX + 1));
      },
      /more than 1048576 bytes/,
    ],
  ])('where %s', async (_case, answering, message) => {
    const answer = await ask(answering);

    expect(answer).toEqual({
      ok: false,
      error: { kind: 'unknown', message: expect.stringMatching(message) },
    });
  });

  it('where the runner says nothing in time', async () => {
    const deadline = new AbortController();
    const answer = await ask(() => deadline.abort(), REQUEST, { ...NEVER, answer: () => deadline.signal });

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'unknown', message: /no whole answer in time/ },
    });
  });

  it('where the time is up before the request is on its way', async () => {
    const answer = await ask(() => {}, REQUEST, { ...NEVER, answer: () => AbortSignal.abort() });

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unknown' } });
  });
});

describe('nothing was done', () => {
  let folder = '';
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each<readonly [string, (path: string) => void, RegExp]>([
    ['there is no socket', () => {}, /no such socket; is the service of the runner running/],
    ['a file stands in its place', (path) => writeFileSync(path, ''), /nobody listens there|is no socket/],
  ])('where %s', async (_case, prepare, message) => {
    folder = mkdtempSync(join(tmpdir(), 'pink-'));
    const path = join(folder, 'control.sock');
    prepare(path);
    const answer = await socketControl(path, NEVER).ask(REQUEST);

    expect(answer).toEqual({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringMatching(message) },
    });
  });

  it.runIf(process.getuid?.() !== 0)('where this user may not use the socket', async () => {
    server = await controlServer(() => {});
    chmodSync(server.path, 0);
    const answer = await socketControl(server.path, NEVER).ask(REQUEST);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable', message: /in the group/ } });
  });

  it('where the path is longer than a socket may have', async () => {
    const answer = await socketControl(`/run/${'p'.repeat(110)}.sock`, NEVER).ask(REQUEST);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: /name a shorter one/ },
    });
  });

  it('where the connection is not taken in time', async () => {
    const answer = await ask(() => {}, REQUEST, { ...NEVER, connect: () => AbortSignal.abort() });

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable', message: /in time/ } });
    expect(server?.requests).toEqual([]);
  });

  it('where the request is none, and then nobody is connected to', async () => {
    const answer = await ask(() => {}, { ...REQUEST, reason: null });

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable', message: /freeze needs one/ } });
    expect(server?.requests).toEqual([]);
  });
});

describe('whatever the runner answers', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(`${text}\n`)),
  );

  it('is the answer or unknown, never an error of the program and never an answer that it did not give', async () => {
    let bytes: Uint8Array = new Uint8Array();
    server = await controlServer((_, socket) => void socket.end(bytes));
    const control = socketControl(server.path, NEVER);
    await fc.assert(
      fc.asyncProperty(junk, async (answer) => {
        bytes = answer;

        expect(await control.ask(REQUEST)).toMatchObject({ ok: false, error: { kind: 'unknown' } });
      }),
      { numRuns: 60 },
    );
  });

  it('is read the same in whatever pieces it comes', async () => {
    const whole = Buffer.from(`${JSON.stringify(aControlResponse(REQUEST, { message: 'añ→𝄞' }))}\n`);
    let cuts: readonly number[] = [];
    server = await controlServer((_, socket) => {
      const edges = [0, ...cuts, whole.length];
      for (const [index, from] of edges.slice(0, -1).entries())
        socket.write(whole.subarray(from, edges[index + 1]));
      socket.end();
    });
    const control = socketControl(server.path, NEVER);
    const places = fc.uniqueArray(fc.integer({ min: 1, max: whole.length - 1 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(places, async (at) => {
        cuts = at.toSorted((a, b) => a - b);

        expect(await control.ask(REQUEST)).toMatchObject({ ok: true, value: { message: 'añ→𝄞' } });
      }),
      { numRuns: 40 },
    );
  });
});
