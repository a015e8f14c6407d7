// When divergence gets a new comment.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIVERGENCE_SEVERITIES } from '../../src/supervision/divergence-facts.ts';
import { nextWord, type SaidBefore } from '../../src/supervision/escalations.ts';

const NONE: SaidBefore = { kept: null, escalations: [], today: 0 };

function kept(told: (typeof DIVERGENCE_SEVERITIES)[number], over: Partial<SaidBefore> = {}): SaidBefore {
  return { kept: { told, editedMs: 1000 }, escalations: [], today: 0, ...over };
}

describe('the next word about divergence', () => {
  it('is nothing where there is nothing to say', () => {
    expect(nextWord('none', NONE, 2)).toEqual({ kind: 'nothing' });
  });

  it('is a first comment, which is news by itself', () => {
    expect(nextWord('high', NONE, 2)).toEqual({ kind: 'keep', told: 'high' });
    expect(nextWord('warning', NONE, 2)).toEqual({ kind: 'keep', told: 'warning' });
    expect(nextWord('high', NONE, 0)).toEqual({ kind: 'nothing' });
  });

  it('is a new comment where an alert is beyond what people were told of', () => {
    expect(nextWord('high', kept('medium'), 2)).toEqual({ kind: 'escalate', told: 'high' });
    expect(nextWord('medium', kept('warning'), 2)).toEqual({ kind: 'escalate', told: 'medium' });
    expect(nextWord('medium', kept('none'), 2)).toEqual({ kind: 'escalate', told: 'medium' });
  });

  it.each([
    ['the severity is the same', 'high', 'high'],
    ['it became better', 'warning', 'high'],
    ['it is over', 'none', 'high'],
    ['it is only an early warning', 'warning', 'none'],
  ] as const)('is an edit where %s', (_case, severity, told) => {
    expect(nextWord(severity, kept(told), 2)).toEqual({ kind: 'keep', told: severity });
  });

  it('is held back where there were enough on this day, and is not forgotten', () => {
    const held = nextWord('high', kept('medium', { today: 2 }), 2);

    expect(held).toEqual({ kind: 'keep', told: 'medium' });
    expect(nextWord('high', kept('medium'), 2).kind).toBe('escalate');
  });

  it('is not said twice where a run died between the new comment and the edit', () => {
    const before = kept('medium', { escalations: [{ severity: 'high', createdMs: 1500 }] });

    expect(nextWord('high', before, 2)).toEqual({ kind: 'keep', told: 'high' });
    const atOnce = kept('medium', { escalations: [{ severity: 'high', createdMs: 1000 }] });
    expect(nextWord('high', atOnce, 2)).toEqual({ kind: 'keep', told: 'high' });
    const older = kept('medium', { escalations: [{ severity: 'high', createdMs: 500 }] });
    expect(nextWord('high', older, 2).kind).toBe('escalate');
  });

  it('is a new comment at most so often a day, and always ends with what is so, whatever happens', () => {
    const days = fc.array(fc.array(fc.constantFrom(...DIVERGENCE_SEVERITIES), { maxLength: 12 }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 3 }), (course, perDay) => {
        let before: SaidBefore = NONE;
        for (const day of course) {
          before = { ...before, today: 0 };
          for (const severity of day) {
            const next = nextWord(severity, before, perDay);
            if (next.kind === 'nothing') continue;
            const isNew = next.kind === 'escalate' || before.kept === null;
            before = {
              ...before,
              kept: { told: next.told, editedMs: 0 },
              today: before.today + (isNew ? 1 : 0),
            };

            expect(before.today).toBeLessThanOrEqual(perDay);
          }
        }
      }),
    );
  });
});
