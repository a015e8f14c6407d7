// Ids of orders: computed, in the venue's alphabet, each used once, and known as ours without a journal.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientOrderId, isOwnClientOrderId, type OrderIdentity, type RunId } from '../../src/domain/ids.ts';

const SEED = { seed: 20261128, numRuns: 300 };

const identity: OrderIdentity = {
  runId: 'run-1' as RunId,
  slot: 0,
  tradeSeq: 1,
  role: 'entry',
  attempt: 1,
};

const anyIdentity: fc.Arbitrary<OrderIdentity> = fc.record({
  runId: fc.stringMatching(/^[a-z0-9-]{1,20}$/).map((text) => text as RunId),
  slot: fc.nat(1_000),
  tradeSeq: fc.nat(1_000_000),
  role: fc.constantFrom('entry', 'exit'),
  attempt: fc.nat(1_000),
});

describe('the id of an order', () => {
  it('is the same for the same decision, always', () => {
    expect(clientOrderId('pink', identity)).toBe('icjrx7fxdsdrv6atf5uiqxfa7wmhgplh');
    expect(clientOrderId('pink', { ...identity })).toBe(clientOrderId('pink', identity));
  });

  it('has at most forty characters that every venue takes', () => {
    fc.assert(
      fc.property(anyIdentity, (one) => {
        expect(clientOrderId('pink', one)).toMatch(/^[a-z2-7]{32}$/);
      }),
      SEED,
    );
  });

  it.each([
    ['run', { runId: 'run-2' as RunId }],
    ['slot', { slot: 1 }],
    ['trade', { tradeSeq: 2 }],
    ['role', { role: 'exit' as const }],
    ['attempt', { attempt: 2 }],
  ])('is another for another %s', (_, over) => {
    expect(clientOrderId('pink', { ...identity, ...over })).not.toBe(clientOrderId('pink', identity));
  });

  it('does not repeat over ten thousand orders of one run', () => {
    const ids = new Set<string>();
    for (let attempt = 0; attempt < 10_000; attempt += 1)
      ids.add(clientOrderId('pink', { ...identity, attempt }));
    expect(ids.size).toBe(10_000);
  });
});

describe('the mark of an instance', () => {
  it('is found again in every id that it made, and by no other instance', () => {
    fc.assert(
      fc.property(anyIdentity, (one) => {
        const id = clientOrderId('pink', one);
        expect(isOwnClientOrderId('pink', id)).toBe(true);
        expect(isOwnClientOrderId('blue', id)).toBe(false);
      }),
      SEED,
    );
  });

  it.each(['', 'manual-1', 'a'.repeat(32), 'a'.repeat(31), 'a'.repeat(40)])('is not in "%s"', (id) => {
    expect(isOwnClientOrderId('pink', id)).toBe(false);
  });

  it('is lost when one character changes', () => {
    const id = clientOrderId('pink', identity);
    for (let at = 0; at < id.length; at += 1) {
      const other = id[at] === 'a' ? 'b' : 'a';
      expect(isOwnClientOrderId('pink', id.slice(0, at) + other + id.slice(at + 1))).toBe(false);
    }
  });
});
