// Webhooks arrive signed and recorded, in order or disturbed from a seed, and what did not arrive can be sent again.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Webhooks } from '@octokit/webhooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDeliveries, type Deliveries } from '../../../../src/adapters/github/local/deliveries.ts';
import { type ChaosRules, createChaos } from '../../../../src/adapters/github/local/delivery-chaos.ts';
import { validateExchange } from '../openapi/validator.ts';

const SECRET = 'It is a secret to everybody';
const CLOCK = { nowMs: () => Date.UTC(2026, 10, 21, 10) };
const TARGET = 'http://127.0.0.1:1/webhooks';

interface Arrival {
  readonly headers: Headers;
  readonly body: string;
  readonly n: number;
}

/** A receiver that keeps what arrives, and answers 200 unless the test says otherwise. */
function receiver(answer: (arrival: Arrival) => Response | Promise<Response> = () => new Response('ok')) {
  const arrivals: Arrival[] = [];
  const post: typeof fetch = async (_url, init) => {
    const body = String(init?.body);
    const arrival = { headers: new Headers(init?.headers), body, n: JSON.parse(body).n };
    arrivals.push(arrival);
    return answer(arrival);
  };
  const deliveries = createDeliveries({ secret: SECRET, clock: CLOCK, appId: 7, fetch: post });
  deliveries.setTarget(TARGET);
  return { arrivals, deliveries };
}

function emit(deliveries: Deliveries, count: number): void {
  for (let n = 1; n <= count; n += 1) {
    const payload = { action: 'created', n, installation: { id: 3 }, repository: { id: 5 } };
    deliveries.emit({ name: 'issue_comment', payload });
  }
}

function numbers(arrivals: readonly Arrival[]): readonly number[] {
  return arrivals.map(({ n }) => n);
}

describe('a webhook', () => {
  it('carries the headers of GitHub and a signature that the library of GitHub accepts', async () => {
    const { arrivals, deliveries } = receiver();
    emit(deliveries, 1);
    await deliveries.idle();

    const { headers, body } = arrivals[0] ?? expect.fail('nothing arrived');
    expect(headers.get('x-github-event')).toBe('issue_comment');
    expect(headers.get('x-github-delivery')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(headers.get('x-github-hook-installation-target-id')).toBe('7');
    expect(headers.get('x-github-hook-installation-target-type')).toBe('integration');
    expect(headers.get('user-agent')).toMatch(/^GitHub-Hookshot\//);
    expect(
      await new Webhooks({ secret: SECRET }).verify(body, headers.get('x-hub-signature-256') ?? ''),
    ).toBe(true);
    expect(
      await new Webhooks({ secret: 'another' }).verify(body, headers.get('x-hub-signature-256') ?? ''),
    ).toBe(false);
  });

  it('is posted after the call that caused it, in the order of the events', async () => {
    const { arrivals, deliveries } = receiver();
    emit(deliveries, 5);
    expect(arrivals).toEqual([]);
    await deliveries.idle();

    expect(numbers(arrivals)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is recorded in the shape of GitHub, with what was sent and answered', async () => {
    const { deliveries } = receiver(
      () => new Response('no', { status: 500, statusText: 'Internal Server Error' }),
    );
    emit(deliveries, 1);
    await deliveries.idle();

    const record = deliveries.log[0] ?? expect.fail('nothing was recorded');
    expect(record).toMatchObject({
      delivered_at: '2026-11-21T10:00:00.000Z',
      redelivery: false,
      status: 'Internal Server Error',
      status_code: 500,
      event: 'issue_comment',
      action: 'created',
      installation_id: 3,
      repository_id: 5,
      response: { payload: 'no' },
    });
    const exchange = { method: 'GET', query: {}, requestBody: null, status: 200 };
    const path = `/app/hook/deliveries/${record.id}`;
    expect(validateExchange({ ...exchange, path, responseBody: record })).toEqual([]);
    expect(
      validateExchange({ ...exchange, path: '/app/hook/deliveries', responseBody: deliveries.log }),
    ).toEqual([]);
  });

  it('never shows its secret in the record', async () => {
    const { deliveries } = receiver();
    emit(deliveries, 1);
    await deliveries.idle();

    expect(JSON.stringify(deliveries.log)).not.toContain(SECRET);
  });

  it('that nobody receives is recorded with status code 0', async () => {
    const { deliveries } = receiver();
    deliveries.setTarget(null);
    emit(deliveries, 1);
    await deliveries.idle();

    expect(deliveries.log[0]).toMatchObject({ status: 'failed to connect to host', status_code: 0 });
  });

  it('that is answered too late, or whose receiver is gone, is recorded and does not stop the next', async () => {
    const server = createServer(() => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const deliveries = createDeliveries({ secret: SECRET, clock: CLOCK, appId: 7, timeoutMs: 20 });
    deliveries.setTarget(`http://127.0.0.1:${port}/`);
    emit(deliveries, 1);
    await deliveries.idle();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    emit(deliveries, 1);
    await deliveries.idle();

    expect(deliveries.log.map(({ status, status_code }) => [status, status_code])).toEqual([
      ['timed out', 0],
      ['failed to connect to host', 0],
    ]);
  });

  it('that its receiver answers with another event lets idle wait for that too', async () => {
    const { arrivals, deliveries } = receiver((arrival) => {
      if (arrival.n === 1) deliveries.emit({ name: 'issue_comment', payload: { n: 2 } });
      return new Response('ok');
    });
    emit(deliveries, 1);
    await deliveries.idle();

    expect(numbers(arrivals)).toEqual([1, 2]);
  });
});

describe('a redelivery', () => {
  it('keeps the GUID and the body, and has an id of its own', async () => {
    const { arrivals, deliveries } = receiver();
    emit(deliveries, 1);
    await deliveries.idle();
    const [first] = deliveries.log;
    const queued = deliveries.redeliver(first?.id ?? 0);
    expect(queued).toMatchObject({ status: 'queued', guid: first?.guid, redelivery: true });
    await deliveries.idle();

    const second = deliveries.log[1];
    expect(second).toMatchObject({ id: queued?.id, guid: first?.guid, redelivery: true, status: 'OK' });
    expect(second?.id).not.toBe(first?.id);
    expect(arrivals[1]?.body).toBe(arrivals[0]?.body);
    expect(arrivals[1]?.headers.get('x-github-delivery')).toBe(first?.guid);
  });

  it('of an attempt that never was is refused', () => {
    expect(receiver().deliveries.redeliver(1)).toBeNull();
  });
});

describe('held deliveries', () => {
  it('wait for their release, while idle does not wait for them', async () => {
    const { arrivals, deliveries } = receiver();
    deliveries.mode = { kind: 'held' };
    emit(deliveries, 2);
    await deliveries.idle();
    expect(arrivals).toEqual([]);

    deliveries.release();
    deliveries.emit({ name: 'issue_comment', payload: { n: 9 } });
    await deliveries.idle();
    expect(numbers(arrivals)).toEqual([1, 2]);

    deliveries.mode = { kind: 'inOrder' };
    await deliveries.idle();
    expect(numbers(arrivals)).toEqual([1, 2, 9]);
  });
});

describe('chaos', () => {
  const RULES: ChaosRules = { seed: 11, dropRatio: 0.1, duplicate: true, shuffle: true };

  it('drops some events, repeats the others and mixes their order, and a sweep brings the rest', async () => {
    const { arrivals, deliveries } = receiver();
    deliveries.mode = { kind: 'held' };
    emit(deliveries, 40);
    deliveries.mode = { kind: 'chaos', ...RULES };
    await deliveries.idle();

    const lost = deliveries.log.filter((one) => one.status_code === 0);
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.every((one) => one.status === 'timed out')).toBe(true);
    expect(arrivals).toHaveLength((40 - lost.length) * 2);
    expect(numbers(arrivals)).not.toEqual([...numbers(arrivals)].sort((a, b) => a - b));

    for (const one of lost) deliveries.redeliver(one.id);
    await deliveries.idle();
    expect(new Set(numbers(arrivals)).size).toBe(40);
    expect(new Set(arrivals.map(({ headers }) => headers.get('x-github-delivery'))).size).toBe(40);
  });

  it('repeats itself for the same seed, whatever the rules', () => {
    const anyRules = fc.record({
      seed: fc.integer(),
      dropRatio: fc.double({ min: 0, max: 1, noNaN: true }),
      duplicate: fc.boolean(),
      shuffle: fc.boolean(),
    });
    fc.assert(
      fc.property(anyRules, fc.array(fc.nat(30), { maxLength: 4 }), (rules, sizes) => {
        const [one, two] = [createChaos(rules), createChaos(rules)];
        for (const size of sizes) {
          const attempts = one(size);
          expect(two(size)).toEqual(attempts);
          const times = (at: number) => attempts.filter((attempt) => attempt.at === at);
          for (let at = 0; at < size; at += 1) {
            const isDropped = times(at).some((attempt) => attempt.isDropped);
            expect(times(at)).toHaveLength(rules.duplicate && !isDropped ? 2 : 1);
          }
          if (!rules.shuffle)
            expect(attempts.map(({ at }) => at)).toEqual(attempts.map(({ at }) => at).sort((a, b) => a - b));
        }
      }),
    );
  });
});
