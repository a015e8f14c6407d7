// Proposals: one key, one branch, one title.

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayWrite, ROLES } from '../../src/domain/github.ts';
import {
  actionOf,
  askedBranchOf,
  branchOf,
  isBranchOf,
  PROPOSAL_ACTIONS,
  titleStart,
} from '../../src/domain/proposal.ts';

const seen = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 });

describe('the branch of a proposal', () => {
  it('reads as what it is about', () => {
    expect(branchOf({ action: 'disable', subject: 'macro', episode: 'macro/3' })).toBe(
      'warden/disable/macro/3',
    );
  });

  it('of what a person asked for is another one, which no verdict has', () => {
    const key = { action: 'disable', subject: 'macro', episode: 'macro/3' } as const;
    expect(askedBranchOf(key)).toBe('warden/disable/macro/asked-3');
    expect([branchOf(key), askedBranchOf(key)].map((branch) => isBranchOf(branch, key))).toEqual([
      true,
      true,
    ]);
    expect(isBranchOf('warden/disable/macro/4', key)).toBe(false);
    expect(isBranchOf('warden/disable/macro/asked-4', key)).toBe(false);
  });

  it.each([
    ['spaces and capitals', 'Mean Rev', /^warden\/enable\/mean-rev-[0-9a-f]{8}\/1$/],
    ['slashes', 'a/b', /^warden\/enable\/a-b-[0-9a-f]{8}\/1$/],
    ['no letter at all', '🙂', /^warden\/enable\/x-[0-9a-f]{8}\/1$/],
    ['what git forbids', '..lock~^:?*[', /^warden\/enable\/lock-[0-9a-f]{8}\/1$/],
    ['a digest at its end', 'macro-0123abcd', /^warden\/enable\/macro-0123abcd-[0-9a-f]{8}\/1$/],
    ['dashes around', '-macro-', /^warden\/enable\/macro-[0-9a-f]{8}\/1$/],
  ])('of a name with %s is plain and carries a digest', (_case, subject, expected) => {
    expect(branchOf({ action: 'enable', subject, episode: `${subject}/1` })).toMatch(expected);
  });

  it('is a name that git takes, for any name', () => {
    const branches = fc
      .sample(seen, { numRuns: 30, seed: 7 })
      .map((subject) => branchOf({ action: 'promote', subject, episode: `${subject}/12` }));

    for (const branch of new Set(branches)) {
      expect(() => execFileSync('git', ['check-ref-format', '--branch', branch])).not.toThrow();
    }
  });

  it('differs where action, subject or episode differ', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({
            action: fc.constantFrom(...PROPOSAL_ACTIONS),
            subject: seen,
            number: fc.integer({ min: 1, max: 99 }),
          }),
          {
            selector: ({ action, subject, number }) => JSON.stringify([action, subject, number]),
            maxLength: 20,
          },
        ),
        (keys) => {
          const branches = keys.map(({ action, subject, number }) =>
            branchOf({ action, subject, episode: `${subject}/${number}` }),
          );

          expect(new Set(branches).size).toBe(keys.length);
        },
      ),
    );
  });
});

describe('the title of a proposal', () => {
  it.each([
    ['DISABLE', '[AUTO] Disable strategy: '],
    ['REENABLE', '[AUTO] Re-enable strategy: '],
    ['PROMOTE', '[AUTO] Promote agent: '],
    ['DEMOTE', '[AUTO] Demote agent: '],
  ] as const)('of a %s begins with %j', (kind, start) => {
    expect(titleStart(actionOf(kind))).toBe(start);
  });
});

describe('a role', () => {
  it('may steer Warden from write on', () => {
    expect(ROLES.filter(mayWrite)).toEqual(['write', 'maintain', 'admin']);
  });
});
