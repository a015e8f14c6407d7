// Events in words for a person: what a list allows, and how much a venue showed.

import { describe, expect, it } from 'vitest';
import type { KernelEvent } from '../../../src/kernel/event.ts';
import { eventWords } from '../../../src/runner/explain/event-words.ts';
import { KernelDriver } from '../../kernel/build.ts';

function wordsOf(event: object): string {
  return eventWords({ atMs: 0, ...event } as unknown as KernelEvent, new KernelDriver().state);
}

describe('lists', () => {
  const permission = (strategyClass: string, isEnabled: boolean, sizePpm: number) => ({
    strategyClass,
    isEnabled,
    sizePpm,
  });

  it('are the classes that may enter, how large, and those that may not', () => {
    const permissions = [
      permission('arb', false, 1_000_000),
      permission('event', true, 125_000),
      permission('macro', true, 1_000_000),
      permission('trend', true, 0),
    ];
    expect(wordsOf({ kind: 'PERMISSIONS', version: 'v1', permissions })).toBe(
      'lists came into force: event at 12.5 %, macro may enter, arb, trend may not',
    );
    expect(wordsOf({ kind: 'PERMISSIONS', version: 'v1', permissions: [] })).toBe(
      'lists came into force: nobody may enter',
    );
  });

  it('that nobody can read are said to be so', () => {
    expect(wordsOf({ kind: 'PERMISSIONS', version: '', permissions: null })).toBe(
      'there is no kill list that can be read',
    );
  });
});

describe('a picture of the venue', () => {
  it.each([
    [0, 'the venue showed the positions: none'],
    [1, 'the venue showed the positions: 1 row'],
    [3, 'the venue showed the positions: 3 rows'],
  ])('with %i rows says how many', (count, words) => {
    const result = { kind: 'KNOWN', rows: Array.from({ length: count }, () => ({})) };
    expect(wordsOf({ kind: 'POSITIONS', requestId: 1, askedAtMs: 0, result })).toBe(words);
  });
});
