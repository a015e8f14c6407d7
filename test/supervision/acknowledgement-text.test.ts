// What a merged proposal says about the kernel: waiting, applied, late, or nobody there, and never more than is known.

import { describe, expect, it } from 'vitest';
import { GITHUB_LIMITS } from '../../src/domain/github.ts';
import { markerFacts, markerKind } from '../../src/domain/marker.ts';
import {
  AcknowledgementMarker,
  acknowledgedText,
  type MergedFacts,
  overdueEscalation,
  overdueText,
  overtakenText,
  pendingText,
  unwatchedText,
} from '../../src/supervision/acknowledgement-text.ts';
import { anAck, COMMIT, SHA } from '../domain/record-builders.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { REPOSITORY } from './github-world.ts';
import { HOSTILE_NAMES } from './report-world.ts';

function merged(over: Partial<MergedFacts> = {}): MergedFacts {
  return {
    key: { action: 'disable', subject: 'macro', episode: 'macro/3' },
    mergedAt: '2026-11-21T10:00:00.000Z',
    mergeCommit: COMMIT,
    deadline: '2026-11-21T10:15:00.000Z',
    ...over,
  };
}

const ENABLED = merged({ key: { action: 'enable', subject: 'macro', episode: 'macro/3' } });
const APPLIED = anAck({ ts: '2026-11-21T10:01:42.000Z' });

function stateOf(body: string): string | undefined {
  return markerFacts(body, 'acknowledgement', AcknowledgementMarker)?.state;
}

describe('a merge that is not acknowledged yet', () => {
  it('says until when it is waited for, and not that it is in force', () => {
    const body = pendingText(merged());

    expect(stateOf(body)).toBe('waiting');
    expect(body).toContain(
      '**Merged, not in force yet as far as anybody knows.** Merged at 2026-11-21 10:00 UTC as `bbbbbbb`.',
    );
    expect(body).toContain(
      'until 2026-11-21 10:15 UTC for the kernel to say that entries of `macro` are refused',
    );
    expect(pendingText(merged({ mergeCommit: null }))).toContain('10:00 UTC. Warden waits');
    expect(pendingText(ENABLED)).toContain('entries of `macro` are let in');
  });
});

describe('a merge that the kernel acknowledged', () => {
  it('says who applied it when, how long it took, what was canceled and what is left', () => {
    const body = acknowledgedText(merged(), APPLIED);

    expect(markerFacts(body, 'acknowledgement', AcknowledgementMarker)).toEqual({
      v: 1,
      state: 'acknowledged',
      ack_id: SHA,
    });
    expect(body).toContain(
      '**Applied by kernel `pink-1` at 2026-11-21 10:01:42 UTC: entries of `macro` are refused.**\n',
    );
    expect(body).toContain('| after the merge | 1 min 42 s |');
    expect(body).toContain('| open entry orders canceled | 2 |');
    expect(body).toContain('| open positions, left to their exits | LONG 0.0150 `BTC-USDT` |');
    expect(body).toContain(`| kill list, commit | \`${COMMIT}\` |`);
  });

  it.each([
    ['2026-11-21T10:00:09.400Z', '9 s'],
    ['2026-11-21T12:05:00.000Z', '2 h 5 min'],
    ['2026-11-21T09:59:59.000Z', 'before it, by the clock of the runner'],
  ])('at %s took %s', (ts, words) => {
    expect(acknowledgedText(merged(), anAck({ ts }))).toContain(`| after the merge | ${words} |`);
  });

  it('says that it was late', () => {
    expect(acknowledgedText(merged(), anAck({ ts: '2026-11-21T10:15:00.001Z' }))).toContain(
      'after its deadline',
    );
    expect(acknowledgedText(merged(), anAck({ ts: '2026-11-21T10:15:00.000Z' }))).not.toContain(
      'after its deadline',
    );
  });

  it('says where the kernel as a whole does not trade', () => {
    expect(acknowledgedText(merged(), anAck({ trading_state: 'reducing' }))).toContain(
      'The kernel as a whole is **reducing**: it refuses entries of every class.',
    );
    expect(acknowledgedText(ENABLED, anAck({ trading_state: 'halted', applied: 'entries_allowed' }))).toMatch(
      /entries of `macro` are let in\.\*\*[\s\S]*until a person has acted/,
    );
  });

  it('stays short with thousands of positions, and says where none is', () => {
    const position = { instrument: 'x'.repeat(64), side: 'LONG', quantity: '1' } as const;
    const body = acknowledgedText(
      merged(),
      anAck({ open_positions_left: Array.from({ length: 5000 }, () => position) }),
    );

    expect(body.length).toBeLessThan(GITHUB_LIMITS.bodyChars);
    expect(body).toContain('<br>and 4,980 more');
    expect(acknowledgedText(merged(), anAck({ open_positions_left: [] }))).toContain(
      'left to their exits | none |',
    );
  });
});

describe('a merge whose deadline is over', () => {
  it('says that nothing is known, what to do, and names nobody in the comment that is kept', () => {
    const body = overdueText(merged());

    expect(stateOf(body)).toBe('overdue');
    expect(body).toContain('whether that is so **is not known**');
    expect(body).toContain('3. **Until it answers, count on entries going on.** Freeze the kernel by hand');
    expect(body).not.toContain('@');
  });

  it('names people once, in a comment of its own', () => {
    const body = overdueEscalation(merged(), ['octocat', 'acme/risk', 'not a login']);

    expect(markerKind(body)).toBe('escalation');
    expect(body).toContain('\n@octocat @acme/risk **The kernel has not acknowledged this merge.**');
    expect(foreignParts(body, { address: REPOSITORY.url, mentions: ['@octocat', '@acme/risk'] })).toEqual([]);
  });

  it('does not raise an alarm of entries going on where a class was let in', () => {
    expect(overdueText(ENABLED)).toContain('the class stays stopped until the kernel has read the merge');
    expect(overdueText(ENABLED)).not.toContain('Freeze');
  });
});

describe('a merge that nobody listens to', () => {
  it('says that nothing was waited for', () => {
    expect(stateOf(unwatchedText(merged()))).toBe('unwatched');
    expect(unwatchedText(merged())).toContain(
      'No kernel reports to this state branch, so nothing was waited for',
    );
  });
});

describe('names of others in what a merge says', () => {
  it('are shown and do nothing', () => {
    for (const subject of HOSTILE_NAMES) {
      const facts = merged({ key: { action: 'disable', subject, episode: `${subject}/1` } });
      const ack = anAck({
        open_positions_left: [{ instrument: subject.slice(0, 64), side: 'SHORT', quantity: '1' }],
      });
      const texts = [
        pendingText(facts),
        acknowledgedText(facts, ack),
        overdueText(facts),
        overdueEscalation(facts, []),
        unwatchedText(facts),
        overtakenText(facts),
      ];

      for (const text of texts) expect(foreignParts(text, { address: REPOSITORY.url })).toEqual([]);
    }
  });
});
