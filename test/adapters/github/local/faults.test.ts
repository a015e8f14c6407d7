// A planned fault meets the requests it names, as often as it says, and looks as it does on GitHub.

import { describe, expect, it } from 'vitest';
import {
  answerLost,
  conflict,
  createFaults,
  droppedConnection,
  type Fault,
  type FaultRequest,
  notYetVisible,
  secondaryLimit,
  serverError,
  slowAnswer,
  tooManyRequests,
} from '../../../../src/adapters/github/local/faults.ts';
import { validateExchange } from '../openapi/validator.ts';

const PULLS: FaultRequest = { method: 'POST', path: '/repos/acme/desk/pulls', actor: 'warden[bot]' };

function answerOf(fault: Fault) {
  const { response } = fault;
  return response === null || response === 'drop' ? expect.fail('the fault has no answer') : response;
}

describe('a planned fault', () => {
  it('meets the next request and then no more', () => {
    const faults = createFaults();
    faults.plan({ fault: serverError() });

    expect(faults.next(PULLS)).toEqual(serverError());
    expect(faults.next(PULLS)).toBeNull();
  });

  it('lets some requests pass first, and then meets as many as it says', () => {
    const faults = createFaults();
    faults.plan({ after: 1, times: 2, fault: serverError() });

    const met = Array.from({ length: 5 }, () => faults.next(PULLS) !== null);
    expect(met).toEqual([false, true, true, false, false]);
  });

  it.each([
    ['method', { method: 'GET' }],
    ['path', { path: /\/issues$/ }],
    ['actor', { actor: 'ada' }],
  ])('leaves requests of another %s alone, and does not count them', (_what, rule) => {
    const faults = createFaults();
    faults.plan({ ...rule, fault: serverError() });

    expect(faults.next(PULLS)).toBeNull();
    expect(faults.next({ method: 'GET', path: '/repos/acme/desk/issues', actor: 'ada' })).not.toBeNull();
  });

  it('gives way to one that was planned before it, and follows it', () => {
    const faults = createFaults();
    faults.plan({ fault: serverError(502) });
    faults.plan({ fault: conflict() });

    expect([faults.next(PULLS), faults.next(PULLS), faults.next(PULLS)]).toEqual([
      serverError(502),
      conflict(),
      null,
    ]);
  });

  it('is kept with the request it met, and forgotten when cleared', () => {
    const faults = createFaults();
    const rule = { times: 2, fault: serverError() };
    faults.plan(rule);
    faults.next(PULLS);
    faults.clear();

    expect(faults.next(PULLS)).toBeNull();
    expect(faults.hits).toEqual([{ rule, request: PULLS }]);
  });

  it('works with a pattern that keeps its place', () => {
    const faults = createFaults();
    faults.plan({ path: /pulls/g, times: 2, fault: serverError() });

    expect([faults.next(PULLS), faults.next(PULLS)]).not.toContain(null);
  });
});

describe('the answer of a fault', () => {
  it.each([
    ['secondary limit', secondaryLimit(60), 403],
    ['too many requests', tooManyRequests(60), 429],
    ['server error', serverError(500), 500],
    ['bad gateway', serverError(502), 502],
    ['maintenance', serverError(503), 503],
    ['eventual consistency', notYetVisible(), 422],
    ['conflict', conflict(), 409],
  ])('for %s has the status and the shape of GitHub', (_what, fault, status) => {
    const { headers, ...response } = answerOf(fault);
    const { method, path } = PULLS;

    expect(response.status).toBe(status);
    expect(headers['content-type']).toMatch(/^application\/json/);
    const exchange = { method, path, query: {}, requestBody: {}, status, responseBody: response.body };
    expect(validateExchange(exchange)).toEqual([]);
  });

  it('for a burst names the secondary limit, and the seconds to wait where it knows them', () => {
    expect(answerOf(secondaryLimit(60)).headers['retry-after']).toBe('60');
    expect(answerOf(secondaryLimit()).headers).not.toHaveProperty('retry-after');
    expect(answerOf(secondaryLimit()).body['message']).toMatch(/^You have exceeded a secondary rate limit/);
  });

  it('says whether the request took effect', () => {
    expect(droppedConnection()).toEqual({ response: 'drop', afterApplying: false, wait: null });
    expect(answerLost()).toEqual({ response: 'drop', afterApplying: true, wait: null });
    expect(answerLost(502).afterApplying).toBe(true);
    expect(answerOf(answerLost(502)).status).toBe(502);
  });

  it('that is slow comes when the test lets it', async () => {
    const slow = slowAnswer();
    const order: string[] = [];
    const waiting = slow.fault.wait?.then(() => order.push('answered'));
    await Promise.resolve();
    order.push('released');
    slow.release();
    await waiting;

    expect(order).toEqual(['released', 'answered']);
    expect(slow.fault.response).toBeNull();
  });
});
