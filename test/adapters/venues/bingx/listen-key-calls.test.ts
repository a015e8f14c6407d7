// The calls that keep a listen key: both spellings of its answer, a key that is gone told from a venue that is away, and no key in words.

import { describe, expect, it } from 'vitest';
import { listenKeyCalls } from '../../../../src/adapters/venues/bingx/listen-key.ts';
import { at, LOST, refused, said, scriptedRest } from './scripted-rest.ts';

const PATH = '/openApi/user/auth/userDataStream';
const KEY = 'f3'.repeat(32);

function callsWith(method: string, reply: Parameters<typeof at>[1]) {
  const rest = scriptedRest(at(`${method} ${PATH}`, reply));
  return { rest, keys: listenKeyCalls(rest) };
}

describe('a listen key', () => {
  it.each([
    ['bare', { listenKey: KEY }],
    ['in an envelope', { data: { listenKey: KEY } }],
  ])('comes %s', async (_how, data) => {
    expect(await callsWith('POST', said(data)).keys.create()).toEqual({ listenKey: KEY });
  });

  it.each([
    [said({}), 'the answer cannot be read'],
    [said({ listenKey: '' }), 'the answer cannot be read'],
    [said(null), 'the answer cannot be read'],
    [refused(100413, 'Incorrect apiKey'), 'Incorrect apiKey'],
    [LOST, LOST.kind === 'unknown' ? LOST.text : ''],
  ])('does not come, and the sentence says why', async (reply, why) => {
    expect(await callsWith('POST', reply).keys.create()).toEqual({
      problem: `there is no listen key: ${why}`,
    });
  });

  it('is extended by whatever the venue does not refuse', async () => {
    const { keys, rest } = callsWith('PUT', { kind: 'data', data: null });

    expect(await keys.extend(KEY)).toBe('extended');
    expect(rest.calls).toMatchObject([{ method: 'PUT', params: { listenKey: KEY } }]);
  });

  it.each([
    refused(404, 'PUT /openApi/user/auth/userDataStream: HTTP 404'),
    refused(100400, 'listenKey not exist'),
    refused(100400, 'The listen key has expired'),
    refused(109400, 'invalid listenKey'),
  ])('is gone where the venue does not know it: %j', async (reply) => {
    expect(await callsWith('PUT', reply).keys.extend(KEY)).toBe('gone');
  });

  it.each([refused(100410, 'rate limited'), refused(100500, 'busy'), LOST])(
    'is not gone where the venue is away or busy: %j',
    async (reply) => {
      const outcome = await callsWith('PUT', reply).keys.extend(KEY);

      expect(outcome).toMatchObject({ problem: expect.stringContaining('was not extended') });
      expect(JSON.stringify(outcome)).not.toContain(KEY);
    },
  );

  it('is given back once, whatever is answered', async () => {
    const { keys, rest } = callsWith('DELETE', LOST);
    await keys.remove(KEY);

    expect(rest.calls).toMatchObject([{ method: 'DELETE', params: { listenKey: KEY }, repeat: 'never' }]);
  });
});
