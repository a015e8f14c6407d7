// Nothing that opens an account is ever told: not in a reply, not where the client is printed, whatever the venue says.

import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpOutcome } from '../../../../src/adapters/venues/bingx/http-exchange.ts';
import type { RestCall, RestReply } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import { replyFrom } from '../../../../src/adapters/venues/bingx/rest-reply.ts';
import { Secret } from '../../../../src/adapters/venues/bingx/secret.ts';
import {
  API_KEY,
  API_SECRET,
  type Asked,
  DEAD_URL,
  endVenues,
  ORDER,
  QUESTION,
  restUser,
  restVenue,
} from './rest-venue.ts';

afterEach(endVenues);

const LISTEN_KEY = 'ab12'.repeat(16);
const CREDENTIALS = { apiKey: new Secret(API_KEY), apiSecret: new Secret(API_SECRET) };
const KEEP: RestCall = {
  ...QUESTION,
  method: 'PUT',
  path: '/openApi/user/auth/userDataStream',
  params: { listenKey: LISTEN_KEY },
  group: 'listen_key',
  repeat: 'never',
};

/** Every way in which the venue repeats what it was sent. */
function echo({ query, params, headers }: Asked): string {
  return `mismatch of ${query} by ${headers['x-bx-apikey']}: ${params.get('signature')} (${params.get('listenKey')})`;
}

const WAYS: readonly (readonly [string, (asked: Asked) => void])[] = [
  ['refuses it', (asked) => asked.answer({ code: 100001, msg: echo(asked) })],
  ['refuses it with HTTP 400', (asked) => asked.answer({ code: 100001, msg: echo(asked) }, 400)],
  ['fails', (asked) => asked.answer(echo(asked), 500)],
  ['forbids it', (asked) => asked.answer(echo(asked), 403)],
  ['answers what cannot be read', (asked) => asked.answer(`{"code":${echo(asked)}`)],
  ['answers with a code that is none', (asked) => asked.answer({ code: echo(asked) })],
  ['leads elsewhere', (asked) => asked.answer('', 302, { location: `http://elsewhere/?${asked.query}` })],
  ['breaks off', (asked) => asked.breakOff()],
  ['hangs up', (asked) => asked.hangUp()],
];

describe('a reply', () => {
  it.each(WAYS)('tells no secret where the venue %s', async (_way, act) => {
    const venue = await restVenue();
    venue.serve(act);
    const { client } = restUser([venue.url]);
    const replies = [await client.call({ ...ORDER, repeat: 'never' }), await client.call(KEEP)];
    const signatures = venue.asked.map(({ params }) => params.get('signature') ?? '');
    expect(signatures.every((signature) => signature.length === 64)).toBe(true);
    const told = inspect(replies, { depth: 9 });
    for (const secret of [API_KEY, API_SECRET, LISTEN_KEY, ...signatures]) expect(told).not.toContain(secret);
    expect(replies.every(({ kind }) => kind !== 'data')).toBe(true);
  });

  it('tells no secret where nobody listens', async () => {
    const { client } = restUser([DEAD_URL]);
    const told = inspect([await client.call(ORDER), await client.call(KEEP)], { depth: 9 });
    for (const word of [API_KEY, API_SECRET, LISTEN_KEY, 'signature', '?']) expect(told).not.toContain(word);
  });

  it('tells no part of a secret where long words of the venue are cut', () => {
    for (let before = 230; before < 300; before += 1) {
      const body = JSON.stringify({
        code: 1,
        msg: `${'. '.repeat(before).slice(0, before)}${API_KEY}${LISTEN_KEY}`,
      });
      const told = JSON.stringify(replyFrom(ORDER, { kind: 'answer', status: 200, body }, CREDENTIALS));
      expect(told).not.toMatch(/KEY|ab1/);
    }
  });

  it("keeps the venue's words otherwise", () => {
    const msg = 'order 2086368129182601216 of client id 0123456789abcdefghij0123456789abcdefghij: not exist';
    const body = JSON.stringify({ code: 109421, msg });
    expect(replyFrom(ORDER, { kind: 'answer', status: 200, body }, CREDENTIALS)).toEqual({
      kind: 'error',
      code: 109421,
      text: msg,
    });
  });
});

describe('a client that is printed', () => {
  it('shows no secret, also while a request is under way', async () => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    const reply = client.call(KEEP);
    const asked = await venue.next();
    const shown = inspect(client, { depth: 12 });
    for (const secret of [API_KEY, API_SECRET, LISTEN_KEY, asked.params.get('signature') ?? ''])
      expect(shown).not.toContain(secret);
    asked.answer('');
    await reply;
  });
});

describe('any answer at all', () => {
  const body = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.json({ maxDepth: 3 }),
    fc
      .record(
        { code: fc.jsonValue({ maxDepth: 1 }), msg: fc.jsonValue({ maxDepth: 1 }), data: fc.jsonValue() },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
    fc.constantFrom(
      '',
      '{"__proto__":{"code":0}}',
      '{"code":0,"code":5}',
      '['.repeat(100_000),
      '{"code":1e3}',
    ),
  );
  const answered = fc.record({
    kind: fc.constant('answer' as const),
    status: fc.oneof(fc.constant(200), fc.constantFrom(0, 204, 302, 400, 403, 404, 418, 429, 500, 504)),
    body,
  });

  it('becomes a reply, and success only where it says so', () => {
    fc.assert(
      fc.property(answered, fc.constantFrom(ORDER, QUESTION, KEEP), (outcome: HttpOutcome, call) => {
        if (outcome.kind === 'not_left') return;
        const reply: RestReply = replyFrom(call, outcome, CREDENTIALS);
        if (reply.kind === 'error') expect(Number.isSafeInteger(reply.code) && reply.code !== 0).toBe(true);
        if (reply.kind !== 'data' || outcome.kind !== 'answer') return;
        expect(outcome.status >= 200 && outcome.status < 300).toBe(true);
        const isEmpty = outcome.body.trim() === '';
        if (isEmpty) expect(call.group).toBe('listen_key');
        else
          expect([undefined, 0, '0', '-0']).toContain((JSON.parse(outcome.body) as { code?: unknown }).code);
      }),
      { seed: 20261128, numRuns: 600 },
    );
  });
});
