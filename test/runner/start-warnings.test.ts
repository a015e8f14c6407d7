// What a runner says at its start that nobody should find out entry by entry.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { busyPolicy, runnerFolder, wholeRunner } from './whole-runner.ts';

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

describe('the journal', () => {
  it('is said to go on where there is one, and nothing is said of a new one', async () => {
    const folder = runnerFolder();
    const one = await wholeRunner({ folder });
    await one.passed(10_000);
    await one.stopped();

    const two = await wholeRunner({ folder, run: 'run-2', startMs: one.timers.nowMs() });

    expect(one.said.filter((line) => line.includes('the journal goes on'))).toEqual([]);
    expect(two.said.filter((line) => line.includes('the journal goes on'))).toHaveLength(1);
  });

  it('that cannot be written is a refusal with its folder, and no defect', async () => {
    const folder = runnerFolder();
    writeFileSync(join(folder, 'data/journal'), '');

    await expect(wholeRunner({ folder })).rejects.toThrow(
      /data\/journal cannot be written: .*; make room there/,
    );
  });
});
