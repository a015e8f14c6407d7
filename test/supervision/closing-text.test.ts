// The words with which a proposal ends without a merge: why, on whose word, what it means, and nothing of others as markup.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GITHUB_LIMITS } from '../../src/domain/github.ts';
import { markerFacts, markerKind } from '../../src/domain/marker.ts';
import { CLOSING_REASONS, ClosingMarker, type DecisionMarker } from '../../src/domain/proposal.ts';
import {
  type BranchEditedFacts,
  branchEditedText,
  type ClosingFacts,
  closingText,
  vetoText,
} from '../../src/supervision/closing-text.ts';
import { AT, aDisableVerdict } from '../domain/record-builders.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { aWanted, REPOSITORY } from './github-world.ts';
import { HOSTILE_NAMES } from './report-world.ts';

const KEY = aWanted('disable').key;
const OWN = { address: REPOSITORY.url };
const WORDS = '</details><img src=x> @all #1 --> <!-- warden:closing {"v":1} --> [x](http://evil) ```\n# H';

function decision(over: Partial<DecisionMarker> = {}): DecisionMarker {
  return {
    v: 1,
    ...KEY,
    decision: 'keep',
    by: 'octocat',
    reason: 'the exchange was down',
    at: AT,
    until: null,
    ...over,
  };
}

function facts(over: Partial<ClosingFacts> = {}): ClosingFacts {
  return { key: KEY, at: AT, verdict: null, decision: null, successor: null, ...over };
}

function edited(over: Partial<BranchEditedFacts> = {}): BranchEditedFacts {
  return { key: KEY, authors: ['octocat'], wanted: 'update', diff: '-  a\n+  b', verdict: null, ...over };
}

describe('the comment with which Warden closes a proposal', () => {
  it.each(CLOSING_REASONS)('says in its marker that the reason is %s', (reason) => {
    expect(markerFacts(closingText(reason, facts()), 'closing', ClosingMarker)).toEqual({
      v: 1,
      reason,
      at: AT,
    });
  });

  it('gives the figures of what ended it, and not of what began it', () => {
    const { evidence } = aDisableVerdict({ kind: 'REENABLE' });
    const withdrawn = aDisableVerdict({ kind: 'REENABLE', evidence: { ...evidence, reason: 'withdrawn' } });

    expect(closingText('withdrawn', facts({ verdict: withdrawn }))).toContain(
      'the proposal to DISABLE is withdrawn (macro/1,',
    );
    expect(closingText('withdrawn', facts({ verdict: aDisableVerdict() }))).not.toContain('DISABLE proposed');
  });

  it('links to the proposal that takes its place', () => {
    const successor = { number: 50, url: `${REPOSITORY.url}/pull/50` };

    expect(closingText('superseded', facts({ successor }))).toContain(
      `own: [#50](${REPOSITORY.url}/pull/50). Decide there.`,
    );
    expect(closingText('superseded', facts())).toContain('a pull request of its own. Decide there.');
  });

  it('names who decided, why, and until when, without calling for anybody', () => {
    const kept = closingText('kept', facts({ decision: decision() }));
    const until = '2026-11-28T10:00:00.000Z';
    const snoozed = closingText('snoozed', facts({ decision: decision({ decision: 'snooze', until }) }));

    expect(kept).toContain(
      '`octocat` decided not to stop new entries of `macro`. Reason given: the exchange was down',
    );
    expect(kept).toContain('`macro` goes on opening positions');
    expect(snoozed).toContain('**Closed: snoozed until 2026-11-28 10:00 UTC.**');
    expect(closingText('kept', facts())).toContain('A person decided not to');
  });
});

describe('the comment on a branch that a person edited', () => {
  it('says whose work is left alone and what would have been changed', () => {
    const body = branchEditedText(edited({ authors: ['octocat', null, 'octocat'] }));

    expect(markerKind(body)).toBe('branch-edited');
    expect(body).toContain('It holds commits by an unknown account, `octocat`, and');
    expect(body).toContain('Otherwise it would bring it up to the newest evidence.');
    expect(body).toContain('```diff\n-  a\n+  b\n```');
    expect(branchEditedText(edited({ wanted: 'withdrawn', diff: null }))).toContain(
      'close it, because it is no longer called for.',
    );
  });

  it('holds a diff of others in its block, however it looks and however long it is', () => {
    const body = branchEditedText(edited({ diff: '```\n<b>\n````\n@all\r\n\u202e'.repeat(20_000) }));

    expect(body.length).toBeLessThanOrEqual(GITHUB_LIMITS.bodyChars);
    expect(body).toContain('`````diff\n');
    expect(body).toContain('_The diff is longer than GitHub takes and ends here._');
    expect(foreignParts(body, OWN)).toEqual([]);
  });
});

describe('the remark on a proposal that a person closed', () => {
  it('records who and why, and what it means', () => {
    const body = vetoText({ key: KEY, closedBy: 'octocat', words: 'known outage', closedAt: AT });

    expect(markerKind(body)).toBe('veto');
    expect(body).toContain(
      '**Vetoed** by `octocat` at 2026-11-21 10:00 UTC: closed without merging. Recorded as the reason: known outage',
    );
    expect(body).toContain(
      'Until episode `macro/3` is over Warden does not ask again to stop new entries of `macro`',
    );
  });

  it('asks for a reason where none was given', () => {
    const body = vetoText({ key: KEY, closedBy: null, words: ' ', closedAt: null });

    expect(body).toContain(
      '**Vetoed** by an account that is gone: closed without merging. No reason was given',
    );
  });
});

describe('words of others at the end of a proposal', () => {
  it('are shown and do nothing', () => {
    for (const subject of [...HOSTILE_NAMES, WORDS.slice(0, 128)]) {
      const key = { ...KEY, subject, episode: `${subject}/1` };
      const hostile = facts({
        key,
        decision: decision({ by: subject, reason: WORDS }),
        verdict: aDisableVerdict({ subject }),
      });
      const texts = [
        ...CLOSING_REASONS.map((reason) => closingText(reason, hostile)),
        branchEditedText(edited({ key, authors: [subject], diff: WORDS })),
        vetoText({ key, closedBy: subject, words: WORDS, closedAt: AT }),
      ];

      for (const text of texts) expect(foreignParts(text, OWN)).toEqual([]);
    }
  });

  it('do nothing, whatever they are', () => {
    const unit = fc.constantFrom(
      ...'<>@#1a|`*_[]()!:/.$\\\n\r-+=~w&;"',
      'https://',
      'GH-',
      '-->',
      '<!--',
      '\u202e',
      '```',
    );
    const text = fc.array(unit, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (subject, reason) => {
        const key = { ...KEY, subject: `x${subject}`, episode: `x${subject}/1` };
        const veto = vetoText({ key, closedBy: 'octocat', words: reason, closedAt: AT });

        expect(foreignParts(veto, OWN)).toEqual([]);
        expect(foreignParts(branchEditedText(edited({ key, diff: reason })), OWN)).toEqual([]);
      }),
    );
  });

  it('of a hundred thousand characters stay within what GitHub takes', () => {
    const words = '@*<'.repeat(34_000);

    expect(vetoText({ key: KEY, closedBy: 'octocat', words, closedAt: AT }).length).toBeLessThanOrEqual(
      GITHUB_LIMITS.bodyChars,
    );
    expect(closingText('kept', facts({ decision: decision({ reason: words }) })).length).toBeLessThanOrEqual(
      GITHUB_LIMITS.bodyChars,
    );
  });
});
