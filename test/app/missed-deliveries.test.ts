// Which deliveries are asked for again, told from a record of attempts.

import { describe, expect, it } from 'vitest';
import { missedDeliveries } from '../../src/app/missed-deliveries.ts';
import type { DeliveryAttempt } from '../../src/domain/github.ts';
import { isoFromMs } from '../../src/domain/time.ts';

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
  });

  it('are given up after five attempts', () => {
    const four = [1, 2, 3, 4].map((minute) => attempt('a', minute, 500));

    expect(missed(four)).toMatchObject({ guids: ['a'], givenUp: [] });
    expect(missed([...four, attempt('a', 5, 500)])).toMatchObject({ guids: [], givenUp: ['a'] });
  });

  it('are a hundred at most, the oldest', () => {
    const many = Array.from({ length: 250 }, (_, at) => attempt(`guid ${at}`, at, 0));

    expect(missed(many).guids).toEqual(many.slice(0, 100).map(({ guid }) => guid));
  });
});
