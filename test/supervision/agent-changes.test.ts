// What a change of the registry changes: classes, stages and shares, and who escapes a stop by it.

import { describe, expect, it } from 'vitest';
import type { Agent, AgentRegistry } from '../../src/domain/config.ts';
import { mergedJson } from '../../src/domain/json-merge.ts';
import type { KillList } from '../../src/domain/kill-list.ts';
import { agentChanges } from '../../src/supervision/agent-changes.ts';

const AGENT: Agent = { strategy_class: 'macro', stage: 'shadow', base_weight: 0.2 };
const STOPPED: KillList = {
  macro: {
    status: 'DISABLED',
    reason: 'r',
    evidence: 'e',
    since: '2026-03-01T00:00:00.000Z',
    episode: 'macro/1',
  },
};

function changes(
  before: Partial<Agent> | null,
  after: Partial<Agent> | null,
  eligible: boolean | null = null,
  judged: string | null = null,
) {
  const registry = (over: Partial<Agent> | null): AgentRegistry =>
    over === null ? {} : { trend: { ...AGENT, ...over } };
  return agentChanges(
    registry(before),
    registry(after),
    { base: STOPPED, head: STOPPED },
    { isEligible: () => eligible, judgedClass: () => judged },
  );
}

describe('agentChanges', () => {
  it('finds nothing where nothing differs', () => {
    expect(changes({}, {})).toEqual([]);
  });

  it('sees an agent leave a class that is stopped', () => {
    expect(changes({}, { strategy_class: 'arb' })).toMatchObject([
      {
        subject: 'trend',
        what: 'strategy_class',
        before: 'macro',
        after: 'arb',
        effect: 'looser',
        share: null,
      },
    ]);
    expect(changes({ strategy_class: 'arb' }, {})).toMatchObject([{ effect: 'tighter' }]);
    expect(changes({}, null).find(({ what }) => what === 'strategy_class')).toMatchObject({
      effect: 'looser',
    });
  });

  it('sees an agent leave a stopped class by being registered for the first time', () => {
    const registered = changes(null, { strategy_class: 'arb' }, null, 'macro');
    expect(registered.find(({ what }) => what === 'strategy_class')).toMatchObject({
      effect: 'looser',
      share: null,
      meaning: expect.stringContaining('`macro`, is stopped'),
    });
    const same = changes(null, { strategy_class: 'arb' }, null, 'arb');
    expect(same.find(({ what }) => what === 'strategy_class')).toMatchObject({ effect: 'none' });
  });

  it('does not know what it does to move an agent between classes that both may enter', () => {
    expect(changes({ strategy_class: 'arb' }, { strategy_class: 'event' })).toMatchObject([
      { effect: 'unclear', share: null },
    ]);
    const gone = changes({ strategy_class: 'arb' }, null);
    expect(gone.find(({ what }) => what === 'strategy_class')).toMatchObject({ effect: 'unclear' });
  });

  it.each([
    [true, 'it passes the gates', 'none'],
    [false, 'it does not pass the gates', 'looser'],
    [null, 'is not known', 'looser'],
  ] as const)('says of an agent that goes live whether it passes (%s)', (eligible, words, effect) => {
    const [change] = changes({}, { stage: 'live' }, eligible);
    expect(change).toMatchObject({ what: 'stage', before: 'shadow', after: 'live', effect, share: null });
    expect(change?.meaning).toContain(words);
    expect(changes({ stage: 'live' }, {})).toMatchObject([{ effect: 'tighter' }]);
  });

  it('calls more capital of a live agent looser, by its share, and of a shadow nothing yet', () => {
    const live = { stage: 'live' } as const;
    const [raised] = changes(live, { ...live, base_weight: 0.25 });
    expect(raised).toMatchObject({ what: 'base_weight', effect: 'looser' });
    expect(raised?.share).toBeCloseTo(0.25, 9);
    expect(changes(live, { ...live, base_weight: 0.1 })).toMatchObject([{ effect: 'tighter' }]);
    const [fromZero] = changes({ ...live, base_weight: 0 }, { ...live, base_weight: 0.01 });
    expect(fromZero).toMatchObject({ effect: 'looser', share: null });
    expect(changes({}, { base_weight: 0.9 })).toMatchObject([{ effect: 'none' }]);
  });

  it('says shares and paths', () => {
    expect(changes({}, { base_weight: 0.4, paths: ['a/**', 'b'] })).toMatchObject([
      { what: 'base_weight', meaning: expect.stringContaining('40 % instead of 20 %') },
      { what: 'paths', before: null, after: 'a/**, b' },
    ]);
  });
});

describe('mergedJson', () => {
  const base = { a: { x: 1, y: 2 }, b: 3 };

  it('puts the changes of both sides together', () => {
    expect(mergedJson(base, { a: { x: 9, y: 2 }, b: 3 }, { a: { x: 1, y: 8 }, b: 3, c: 4 })).toEqual({
      a: { x: 9, y: 8 },
      b: 3,
      c: 4,
    });
  });

  it('removes what either removed, and lets theirs decide where both changed a value', () => {
    expect(mergedJson(base, { a: base.a }, base)).toEqual({ a: base.a });
    expect(mergedJson(base, base, { b: 3 })).toEqual({ b: 3 });
    expect(mergedJson(base, { ...base, b: 5 }, { ...base, b: 6 })).toEqual({ ...base, b: 6 });
    expect(mergedJson({ b: [1] }, { b: [1, 2] }, { b: [1, 3] })).toEqual({ b: [1, 3] });
  });
});
