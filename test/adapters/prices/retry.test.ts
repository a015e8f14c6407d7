// Retries: bounded, longer each time, and as long as a server asks.

import { describe, expect, it } from 'vitest';
import { type Attempt, withRetries } from '../../../src/adapters/prices/retry.ts';
import { recordedRetries } from './loopback.ts';

const passing = (askedWaitMs: number | null = null): Attempt<number, string> => ({
  kind: 'transient',
  error: 'busy',
  askedWaitMs,
});

describe('withRetries', () => {
  it('returns the value of the try that succeeds and doubles the wait before each', async () => {
    const policy = recordedRetries(4);

    const result = await withRetries<number, string>(policy, async (tryNumber) =>
      tryNumber < 3 ? passing() : { kind: 'value', value: tryNumber },
    );

    expect(result).toEqual({ ok: true, value: 3 });
    expect(policy.waitedMs).toEqual([500, 1000, 2000]);
  });

  it('waits at least half of the step where the jitter is smallest', async () => {
    const policy = { ...recordedRetries(2), random: () => 0 };

    await withRetries<number, string>(policy, async () => passing());

    expect(policy.waitedMs).toEqual([250]);
  });

  it('gives up after the last try with its failure and does not wait again', async () => {
    const policy = recordedRetries(2);

    const result = await withRetries<number, string>(policy, async () => passing());

    expect(result).toEqual({ ok: false, error: 'busy' });
    expect(policy.waitedMs).toHaveLength(1);
  });

  it('does not retry a final failure', async () => {
    const policy = recordedRetries();

    const result = await withRetries<number, string>(policy, async () => ({ kind: 'final', error: 'no' }));

    expect(result).toEqual({ ok: false, error: 'no' });
    expect(policy.waitedMs).toEqual([]);
  });

  it('waits exactly as long as the server asked', async () => {
    const policy = recordedRetries(2);

    await withRetries<number, string>(policy, async () => passing(7000));

    expect(policy.waitedMs).toEqual([7000]);
  });

  it('gives up at once where the server asks for more than the longest wait', async () => {
    const policy = recordedRetries(5);

    const result = await withRetries<number, string>(policy, async () => passing(60_001));

    expect(result.ok).toBe(false);
    expect(policy.waitedMs).toEqual([]);
  });
});
