// What is said as a runner begins, enough to know what it will do, and as it ends: nobody looks for the exit of what it holds until it runs again.

import { describe, expect, it } from 'vitest';
import { heldTexts, startedText, stoppedText } from '../../src/cli/kernel-run-text.ts';
import { holding } from '../kernel/build.ts';
import { wholeRunner } from '../runner/whole-runner.ts';

describe('the begin of a run', () => {
  it.each([
    [{}, /^orders +taker$/m],
    [
      { style: 'maker' },
      /^orders +maker, post-only; entries for 58 s, then skip; exits for 8 s, then market$/m,
    ],
    [
      { style: 'maker', entry_miss: 'retry', entry_retries: 3, entry_ttl: '90s', retry_exhaust: 'market' },
      /entries for 1 min 30 s, then 3 more quotes, then market;/,
    ],
  ])('with the execution %j says how its orders go out', async (execution, expected) => {
    const { runner } = await wholeRunner({ pink: { execution } });
    const text = startedText(runner);

    expect(text).toMatch(expected);
    expect(text).toMatch(/^policy +busy@1#44136fa3$/m);
    expect(text).toContain(`warden kernel ctl status --socket ${runner.socketPath}`);
  });
});

describe('the end of a run', () => {
  it('is a sentence where nothing is held and nothing is left', () => {
    expect(stoppedText('SIGINT', [], [])).toBe('the runner has stopped (SIGINT)');
  });

  it('names what is held until it runs again, and what it wanted done and was not', () => {
    const held = heldTexts(holding(50).state);

    expect(stoppedText('SIGTERM', ['the cancel of an order is not proven'], held)).toBe(
      'the runner has stopped (SIGTERM), and holds LONG 0.05 BTC-USDT until it runs again, and left:\n  the cancel of an order is not proven',
    );
  });
});
