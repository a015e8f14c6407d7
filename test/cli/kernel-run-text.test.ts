// What is said as a runner ends: nobody looks for the exit of what it holds until it runs again.

import { describe, expect, it } from 'vitest';
import { heldTexts, stoppedText } from '../../src/cli/kernel-run-text.ts';
import { holding } from '../kernel/build.ts';

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
