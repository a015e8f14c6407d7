// Whether a kernel has applied what was merged.

import { describe, expect, it } from 'vitest';
import { HOUR_MS, isoFromMs, MINUTE_MS, msFromIso } from '../../src/domain/time.ts';
import { acknowledgementOf, type MergedDecision } from '../../src/supervision/acknowledged.ts';
import { AT, anAck, COMMIT } from '../domain/record-builders.ts';

const MERGED_MS = msFromIso(AT);
const RULES = { hasKernel: true, withinMs: 15 * MINUTE_MS, nowMs: MERGED_MS + MINUTE_MS };
const OTHER = 'c'.repeat(40);

function merged(
  action: 'disable' | 'enable' = 'disable',
  over: Partial<MergedDecision> = {},
): MergedDecision {
  const key = { action, subject: 'macro', episode: 'macro/3' } as const;
  return { key, mergedAtMs: MERGED_MS, mergeCommit: COMMIT, earlierCommits: [], isInForce: true, ...over };
}

function applied(over: Parameters<typeof anAck>[0]) {
  return anAck({
    ts: isoFromMs(MERGED_MS + 5000),
    strategy_class: 'macro',
    episode: 'macro/3',
    applied: 'entries_blocked',
    kill_list_commit: OTHER,
    ...over,
  });
}

const EARLIER = isoFromMs(MERGED_MS - HOUR_MS);

describe('a merged decision', () => {
  it.each([
    ['names the merge commit', 'disable', { kill_list_commit: COMMIT }],
    [
      'names the merge commit, by a clock that is behind',
      'disable',
      { kill_list_commit: COMMIT, ts: EARLIER },
    ],
    ['is of a later list in which it stands the same', 'disable', {}],
    ['names no commit', 'disable', { kill_list_commit: null }],
    ['is of the instant of the merge', 'disable', { ts: AT }],
    ['lets the class in again', 'enable', { applied: 'entries_allowed', episode: null }],
  ] as const)('is acknowledged by a record that %s', (_case, action, over) => {
    const ack = applied(over);

    expect(acknowledgementOf(merged(action), [ack], RULES)).toEqual({ kind: 'acknowledged', ack });
  });

  it.each([
    ['is of another class', 'disable', { strategy_class: 'pairs' }],
    ['says the opposite', 'disable', { applied: 'entries_allowed' }],
    ['is of another episode', 'disable', { episode: 'macro/2' }],
    ['is from before the merge', 'disable', { ts: EARLIER }],
    [
      'let the class in before the merge',
      'enable',
      { applied: 'entries_allowed', episode: null, ts: EARLIER },
    ],
    ['still blocks it', 'enable', {}],
  ] as const)('is not acknowledged by a record that %s', (_case, action, over) => {
    expect(acknowledgementOf(merged(action), [applied(over)], RULES).kind).toBe('waiting');
  });

  it('is not acknowledged by a kernel that is behind and applies an earlier merge after it', () => {
    const behind = applied({ applied: 'entries_allowed', episode: null });
    const decision = merged('enable', { earlierCommits: [OTHER] });
    expect(acknowledgementOf(decision, [behind], RULES).kind).toBe('waiting');
    const own = applied({ applied: 'entries_allowed', episode: null, kill_list_commit: COMMIT });
    expect(acknowledgementOf(decision, [behind, own], RULES)).toEqual({ kind: 'acknowledged', ack: own });
  });

  it('whose commit is not known is not acknowledged by an older record that names none', () => {
    const older = applied({ kill_list_commit: null, ts: EARLIER });

    expect(acknowledgementOf(merged('disable', { mergeCommit: null }), [older], RULES).kind).toBe('waiting');
  });

  it('is acknowledged by the first of several records', () => {
    const [first, second] = [applied({ runner_id: 'pink-1' }), applied({ runner_id: 'pink-2' })];

    expect(acknowledgementOf(merged(), [first, second], RULES)).toEqual({ kind: 'acknowledged', ack: first });
  });

  it('waits until the deadline, and is overdue from then on', () => {
    const untilMs = MERGED_MS + RULES.withinMs;

    expect(acknowledgementOf(merged(), [], { ...RULES, nowMs: untilMs - 1 })).toEqual({
      kind: 'waiting',
      untilMs,
    });
    expect(acknowledgementOf(merged(), [], { ...RULES, nowMs: untilMs })).toEqual({
      kind: 'overdue',
      sinceMs: untilMs,
    });
  });

  it('is acknowledged however late', () => {
    const late = applied({ ts: isoFromMs(MERGED_MS + 48 * HOUR_MS) });

    expect(acknowledgementOf(merged(), [late], { ...RULES, nowMs: MERGED_MS + 50 * HOUR_MS }).kind).toBe(
      'acknowledged',
    );
  });

  it('that was taken back before a kernel applied it is waited for no longer', () => {
    const nowMs = MERGED_MS + HOUR_MS;

    expect(acknowledgementOf(merged('disable', { isInForce: false }), [], { ...RULES, nowMs })).toEqual({
      kind: 'overtaken',
    });
    expect(
      acknowledgementOf(merged('disable', { isInForce: false }), [applied({})], { ...RULES, nowMs }).kind,
    ).toBe('acknowledged');
  });

  it('is not waited for where no kernel has ever reported', () => {
    expect(acknowledgementOf(merged(), [], { ...RULES, hasKernel: false })).toEqual({ kind: 'no-kernel' });
  });
});
