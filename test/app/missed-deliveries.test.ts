// Which deliveries are asked for again, told from a record of attempts.

import { describe, expect, it } from 'vitest';
import { missedDeliveries } from '../../src/app/missed-deliveries.ts';
import { redeliverMissed } from '../../src/app/sweep.ts';
import type { DeliveryAttempt } from '../../src/domain/github.ts';
import { GitHubError } from '../../src/domain/github.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { memoryLog } from './deliveries.ts';

let ids = 100;
function attempt(guid: string, atMinute: number, statusCode: number, event = 'push'): DeliveryAttempt {
  ids += 1;
  const deliveredAt = isoFromMs(Date.UTC(2026, 10, 21) + atMinute * 60_000);
  return { id: String(ids), guid, deliveredAt, event, action: null, statusCode, isRedelivery: false };
}

function missed(attempts: readonly DeliveryAttempt[], known: readonly string[] = []) {
  const found = missedDeliveries(
    attempts,
    (guid) => known.includes(guid),
    (event) => event !== 'star',
  );
  return {
    guids: found.redeliver.map(({ guid }) => guid),
    ids: found.redeliver.map(({ id }) => id),
    ...found,
  };
}

describe('the deliveries that are asked for again', () => {
  it('are those without a successful attempt, oldest first, whatever order GitHub lists them in', () => {
    const attempts = [
      attempt('late', 9, 502),
      attempt('fine', 8, 202),
      attempt('never arrived', 1, 0),
      attempt('mended', 2, 500),
      attempt('mended', 7, 202),
    ];

    expect(missed(attempts).guids).toEqual(['never arrived', 'late']);
    expect(missed(attempts.toReversed()).guids).toEqual(['never arrived', 'late']);
  });

  it('are not those that the app has, nor events about which nothing is done', () => {
    const attempts = [attempt('here', 1, 504), attempt('HERE TOO', 1, 504), attempt('star', 2, 500, 'star')];

    expect(missed(attempts, ['here', 'here too']).guids).toEqual([]);
  });

  it('are asked for once each, by their newest attempt', () => {
    const attempts = [attempt('a', 1, 500), attempt('a', 5, 500), attempt('a', 3, 500)];

    expect(missed(attempts).ids).toEqual([attempts[1]?.id]);
    const atOnce = [
      { ...attempt('b', 1, 500), id: '100' },
      { ...attempt('b', 1, 500), id: '99' },
    ];
    expect(missed(atOnce).ids).toEqual(['100']);
  });

  it('are ordered by their first attempt, however often the older one was tried since', () => {
    expect(missed([attempt('b', 5, 500), attempt('a', 9, 500), attempt('a', 1, 500)]).guids).toEqual([
      'a',
      'b',
    ]);
  });

  it('are also those that were redirected, since nobody took them', () => {
    expect(missed([attempt('a', 1, 302), attempt('b', 2, 299)]).guids).toEqual(['a']);
  });

  it('are given up after five attempts', () => {
    const four = [1, 2, 3, 4].map((minute) => attempt('a', minute, 500));

    expect(missed(four)).toMatchObject({ guids: ['a'], givenUp: [] });
    expect(missed([...four, attempt('a', 5, 500)])).toMatchObject({ guids: [], givenUp: ['a'] });
  });

  it('are a hundred at most, the oldest', () => {
    const many = Array.from({ length: 250 }, (_, at) => attempt(`guid ${at}`, at, 0));

    expect(missed(many)).toMatchObject({
      guids: many.slice(0, 100).map(({ guid }) => guid),
      left: 150,
    });
  });
});

describe('asking for them', () => {
  const NOW_MS = Date.UTC(2026, 10, 23);

  function ask(
    count: number,
    lastMs: number | null,
    redeliver: (id: string) => Promise<void> = async () => {},
  ) {
    let sinceMs = Number.NaN;
    const app = {
      async deliveries(since: number) {
        sinceMs = since;
        return Array.from({ length: count }, (_, at) => attempt(`guid ${at}`, at, 0));
      },
      redeliver,
    };
    const ports = { app, clock: { nowMs: () => NOW_MS }, log: memoryLog() };
    return redeliverMissed({ ...ports, isKnown: () => false, isHandled: () => true }, lastMs).then(
      (done) => ({
        ...done,
        backMs: NOW_MS - sinceMs,
      }),
    );
  }

  it('looks back to the last time that nothing was left, and an hour more', async () => {
    expect(await ask(0, NOW_MS - DAY_MS)).toEqual({ asked: 0, isComplete: true, backMs: DAY_MS + HOUR_MS });
  });

  it.each([
    ['the first time', null],
    ['after more than that', NOW_MS - 9 * DAY_MS],
    ['after a clock that ran ahead', NOW_MS + 1],
  ])('looks back three days %s', async (_what, lastMs) => {
    expect((await ask(0, lastMs)).backMs).toBe(3 * DAY_MS);
  });

  it('is not complete while more than a hundred are missed, or GitHub is away', async () => {
    const away = async () => await Promise.reject(new GitHubError('unavailable', 502, 'away'));
    const refused = async () => await Promise.reject(new GitHubError('refused', 422, 'too old'));

    expect(await ask(101, null)).toMatchObject({ asked: 100, isComplete: false });
    expect(await ask(2, null, away)).toMatchObject({ asked: 0, isComplete: false });
    expect(await ask(2, null, refused)).toMatchObject({ asked: 0, isComplete: true });
  });
});
