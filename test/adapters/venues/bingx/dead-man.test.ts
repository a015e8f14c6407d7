// The dead man's switch: armed three times in its time, loud where that fails, and called off last of all.

import { describe, expect, it } from 'vitest';
import { keepCancelAllAfter } from '../../../../src/adapters/venues/bingx/dead-man.ts';
import { virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { err, ok, type Result } from '../../../../src/domain/result.ts';

async function settle(): Promise<void> {
  await new Promise(setImmediate);
}

function world() {
  const timers = virtualTimers(1_780_000_000_000);
  const calls: (number | null)[] = [];
  const said: string[] = [];
  const log = {
    info: (text: string) => said.push(`info: ${text}`),
    warn: (text: string) => said.push(`warn: ${text}`),
    error: (text: string) => said.push(`error: ${text}`),
  };
  let answer: () => Promise<Result<void, string>> = async () => ok(undefined);
  const venue = {
    cancelAllAfter(seconds: number | null) {
      calls.push(seconds);
      return answer();
    },
  };
  return {
    timers,
    calls,
    said,
    end: keepCancelAllAfter(venue, 30, timers, log),
    answerWith(next: typeof answer) {
      answer = next;
    },
    async pass(ms: number) {
      timers.advance(ms);
      await settle();
    },
  };
}

describe("the dead man's switch", () => {
  it('is armed at once, and again in every third of its time', async () => {
    const { calls, pass } = world();
    await settle();

    expect(calls).toEqual([30]);
    await pass(9_999);
    expect(calls).toEqual([30]);
    await pass(1);
    expect(calls).toEqual([30, 30]);
    await pass(10_000);
    expect(calls).toEqual([30, 30, 30]);
  });

  it('says loudly that it was not armed, how often, and that it is again', async () => {
    const { said, pass, answerWith } = world();
    await settle();
    answerWith(async () => err('no turn'));
    await pass(10_000);
    await pass(10_000);
    answerWith(async () => ok(undefined));
    await pass(10_000);

    expect(said).toHaveLength(3);
    expect(said[0]).toMatch(/^error: .*30 s was not armed, for the 1\. time in a row: no turn/);
    expect(said[1]).toMatch(/^error: .*for the 2\. time/);
    expect(said[2]).toMatch(/^info: .*armed again$/);
  });

  it('is called off at the end, and not armed after that', async () => {
    const { calls, end, pass } = world();
    await settle();
    await end();
    await end();
    await pass(60_000);

    expect(calls).toEqual([30, null]);
  });

  it('is called off behind a call that is under way, which would arm it again', async () => {
    const { calls, end, answerWith, pass } = world();
    await settle();
    let arrived: (result: Result<void, string>) => void = () => undefined;
    answerWith(() => new Promise((resolve) => (arrived = resolve)));
    await pass(10_000);
    const ended = end();
    await settle();
    expect(calls).toEqual([30, 30]);

    answerWith(async () => ok(undefined));
    arrived(ok(undefined));
    await ended;
    await pass(60_000);

    expect(calls).toEqual([30, 30, null]);
  });

  it('says what follows where it could not be called off', async () => {
    const { said, end, answerWith } = world();
    await settle();
    answerWith(async () => err('no connection'));
    await end();

    expect(said).toEqual([expect.stringContaining('was not called off: no connection; within 30 s')]);
  });
});
