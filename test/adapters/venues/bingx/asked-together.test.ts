// A few questions beside each other: how many, in which order they are answered, and what a failure leaves unasked.

import { describe, expect, it } from 'vitest';
import { askedTogether } from '../../../../src/adapters/venues/bingx/asked-together.ts';
import { err, ok, type Result } from '../../../../src/domain/result.ts';

type Settle = (answer: Result<string, string>) => void;

interface Asked {
  readonly answer: Promise<Result<readonly string[], string>>;
  /** Of those that were asked, by item. */
  readonly open: Map<number, Settle>;
}

function asked(items: readonly number[]): Asked {
  const open = new Map<number, Settle>();
  const answer = askedTogether(
    items,
    (item) => new Promise<Result<string, string>>((settle) => open.set(item, settle)),
  );
  return { answer, open };
}

async function settle({ open }: Asked, item: number, answer: Result<string, string>): Promise<void> {
  open.get(item)?.(answer);
  await new Promise((resolve) => setImmediate(resolve));
}

describe('questions beside each other', () => {
  it('are four at a time, and the next is asked when one is answered', async () => {
    const one = asked([1, 2, 3, 4, 5, 6]);
    expect([...one.open.keys()]).toEqual([1, 2, 3, 4]);

    await settle(one, 3, ok('c'));

    expect([...one.open.keys()]).toEqual([1, 2, 3, 4, 5]);
  });

  it('give their answers in the order of the items, whichever came first', async () => {
    const one = asked([1, 2, 3]);
    await settle(one, 3, ok('c'));
    await settle(one, 1, ok('a'));
    await settle(one, 2, ok('b'));

    expect(await one.answer).toEqual(ok(['a', 'b', 'c']));
  });

  it('end with the first failure, after which nothing more is asked', async () => {
    const one = asked([1, 2, 3, 4, 5, 6]);
    await settle(one, 2, err('no turn'));
    await settle(one, 1, ok('a'));
    await settle(one, 3, err('another'));
    await settle(one, 4, ok('d'));

    expect(await one.answer).toEqual(err('no turn'));
    expect([...one.open.keys()]).toEqual([1, 2, 3, 4]);
  });

  it('of nothing are answered at once', async () => {
    expect(await asked([]).answer).toEqual(ok([]));
  });
});
