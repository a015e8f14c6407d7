// Requests are counted by caller, hour and burst, with nothing but the virtual clock deciding when they fit again.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRateLimits,
  GITHUB_LIMITS,
  POINTS_PER_MINUTE,
  type RateCaller,
} from '../../../../src/adapters/github/local/rate-limits.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../src/domain/time.ts';

const APP: RateCaller = { key: 'installation 1', kind: 'installation' };
const ACTIONS: RateCaller = { key: 'acme/desk', kind: 'actions' };
const START_MS = Date.UTC(2026, 10, 21, 10);

function clockAt(nowMs: number) {
  return {
    nowMs: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
}

const READ = { caller: APP, method: 'GET', path: '/repos/acme/desk' };
const COMMENT = { caller: APP, method: 'POST', path: '/repos/acme/desk/issues/1/comments' };
const PATCH = { caller: APP, method: 'PATCH', path: '/repos/acme/desk/issues/1' };

describe('the limit of an hour', () => {
  it.each([
    ['5,000 for an installation', APP, 5000],
    ['1,000 for the token of a workflow', ACTIONS, 1000],
  ])('is %s', (_what, caller, limit) => {
    const limits = createRateLimits(clockAt(START_MS));
    for (let n = 1; n <= limit; n += 1) expect(limits.take({ ...READ, caller }).refusal).toBeNull();

    const { refusal, headers } = limits.take({ ...READ, caller });
    expect(refusal?.status).toBe(403);
    expect(refusal?.body['message']).toMatch(/^API rate limit exceeded for /);
    expect(headers).toMatchObject({ 'x-ratelimit-limit': String(limit), 'x-ratelimit-remaining': '0' });
  });

  it('begins anew at the time that its headers name', () => {
    const clock = clockAt(START_MS);
    const rules = { ...GITHUB_LIMITS, primaryPerHour: { installation: 1, actions: 1, user: 1 } };
    const limits = createRateLimits(clock, rules);
    limits.take(READ);
    const { headers, refusal } = limits.take(READ);
    expect(refusal).not.toBeNull();

    clock.advance(Number(headers['x-ratelimit-reset']) * 1000 - clock.nowMs());
    expect(limits.take(READ).refusal).toBeNull();
  });

  it('counts each caller alone, and nothing for a look at what is left', () => {
    const limits = createRateLimits(clockAt(START_MS));
    limits.take(READ);
    limits.status(APP);

    expect(limits.status(APP)).toEqual({
      limit: 5000,
      used: 1,
      remaining: 4999,
      reset: (START_MS + HOUR_MS) / 1000,
    });
    expect(limits.status(ACTIONS).used).toBe(0);
  });
});

describe('the limit of a burst', () => {
  it('lets 80 comments a minute through, and tells how long the next has to wait', () => {
    const clock = clockAt(START_MS);
    const limits = createRateLimits(clock);
    limits.take(COMMENT);
    clock.advance(10_000);
    for (let n = 2; n <= 80; n += 1) expect(limits.take(COMMENT).refusal).toBeNull();

    const { refusal } = limits.take(COMMENT);
    expect(refusal?.headers['retry-after']).toBe('50');
    expect(refusal?.body['message']).toMatch(/secondary rate limit/);
    clock.advance(50_000);
    expect(limits.take(COMMENT).refusal).toBeNull();
    expect(limits.take(COMMENT).refusal).not.toBeNull();
  });

  it('lets 500 comments an hour through', () => {
    const clock = clockAt(START_MS);
    const limits = createRateLimits(clock);
    for (let n = 0; n < 500; n += 1) {
      if (n % 80 === 79) clock.advance(MINUTE_MS);
      expect(limits.take(COMMENT).refusal).toBeNull();
    }
    clock.advance(MINUTE_MS);

    expect(limits.take(COMMENT).refusal?.headers['retry-after']).toBe(String(3600 - 7 * 60));
  });

  it('counts neither reads nor quiet writes as comments', () => {
    const limits = createRateLimits(clockAt(START_MS));
    for (let n = 0; n < 200; n += 1) {
      expect(limits.take(READ).refusal).toBeNull();
      expect(limits.take(PATCH).refusal).toBeNull();
    }
  });

  it('takes one point for a read and five for a write where points are counted', () => {
    const limits = createRateLimits(clockAt(START_MS), {
      ...GITHUB_LIMITS,
      pointsPerMinute: POINTS_PER_MINUTE,
    });
    for (let n = 0; n < 179; n += 1) limits.take(PATCH);
    for (let n = 0; n < 5; n += 1) expect(limits.take(READ).refusal).toBeNull();

    expect(limits.take(READ).refusal?.status).toBe(403);
  });

  it('always fits after the wait that it asks for, and never before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(40_000), { minLength: 1, maxLength: 40 }),
        (contentPerMinute, gaps) => {
          const clock = clockAt(START_MS);
          const limits = createRateLimits(clock, { ...GITHUB_LIMITS, contentPerMinute });
          for (const gap of gaps) {
            clock.advance(gap);
            const { refusal } = limits.take(COMMENT);
            if (refusal === null) continue;
            const waitMs = Number(refusal.headers['retry-after']) * 1000;
            clock.advance(waitMs - 1000);
            if (waitMs > 1000) expect(limits.take(COMMENT).refusal).not.toBeNull();
            clock.advance(1000);
            expect(limits.take(COMMENT).refusal).toBeNull();
          }
        },
      ),
    );
  });
});
