// What a runner says at its start that nobody should find out entry by entry.

import { describe, expect, it } from 'vitest';
import { busyPolicy, wholeRunner } from './whole-runner.ts';

describe('the class of a policy', () => {
  it('is told of where the kill list does not name it, with the classes that there are', async () => {
    const policy = { ...busyPolicy({ everyMs: 0, heldMs: 5_000 }), strategyClass: 'Macro' };

    const { said } = await wholeRunner({ policy });

    expect(said.filter((line) => line.includes('does not name'))).toEqual([
      'warn the kill list does not name Macro, the class of the policy: every entry of it is refused; name the class there, or give the policy one of arb, event, macro',
    ]);
  });

  it('is not told of where the kill list names it', async () => {
    const { said } = await wholeRunner();

    expect(said.filter((line) => line.includes('does not name'))).toEqual([]);
  });
});
