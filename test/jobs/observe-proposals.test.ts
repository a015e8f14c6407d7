// Proposals as they are found at GitHub: by what only Warden can have written, whatever others write beside it.

import { describe, expect, it } from 'vitest';
import { GitHubError } from '../../src/domain/github.ts';
import { markerLine } from '../../src/domain/marker.ts';
import { branchOf, type DecisionMarker, type ProposalKey } from '../../src/domain/proposal.ts';
import { findProposals, observed, othersOf } from '../../src/jobs/observe-proposals.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import { aRepository, propose } from './publish-world.ts';

const KEY: ProposalKey = { action: 'disable', subject: 'macro', episode: 'macro/3' };
const OWN = 'warden[bot]';
const AT = '2026-11-21T10:00:00.000Z';

const DECISION: DecisionMarker = {
  ...{ v: 1, ...KEY, decision: 'keep', by: 'ada', reason: 'we know why', at: AT, until: null },
};

async function found(github: MemoryGitHub) {
  const [proposal] = await findProposals(github, [KEY]);
  if (proposal === undefined) throw new Error('there is no proposal');
  return await observed(github, proposal);
}

function unmarked(github: MemoryGitHub, number: number): void {
  Object.assign(github.world.pulls.get(number) ?? {}, { body: 'Nothing to see here.' });
}

describe('a pull request from the branch of a proposal', () => {
  it('is found without its marker where Warden opened it, with evidence that equals none', async () => {
    const github = aRepository();
    const number = await propose(github, KEY);
    unmarked(github, number);

    expect(await findProposals(github, [KEY])).toMatchObject([
      { key: KEY, marker: { verdict_id: null, evidence_sha256: '0'.repeat(64) }, pull: { number } },
    ]);
    expect(await findProposals(github)).toEqual([]);
  });

  it('is none where a person opened it', async () => {
    const github = aRepository();
    const number = await propose(github, KEY);
    unmarked(github, number);
    Object.assign(github.world.pulls.get(number) ?? {}, { author: 'ada' });

    expect(await findProposals(github, [KEY])).toEqual([]);
  });

  it('is none where the branch is that of a fork', async () => {
    const github = aRepository();
    github.world.git.forkBranches.set(`mallory/alpha:${branchOf(KEY)}`, github.world.push('x', { a: 'a' }));
    github.world.open({ branch: branchOf(KEY), author: OWN, fork: 'mallory/alpha' });

    expect(await findProposals(github, [KEY])).toEqual([]);
  });
});

describe('what is known of a proposal', () => {
  it('is a decision that Warden recorded for its action, its subject and its episode, and no other', async () => {
    const github = aRepository();
    const number = await propose(github, KEY);
    const record = (over: Partial<DecisionMarker>) =>
      `${markerLine('decision', { ...DECISION, ...over })}\nKept.`;
    for (const over of [{ action: 'enable' }, { subject: 'pairs' }, { episode: 'macro/2' }] as const)
      github.world.comment(number, OWN, record(over));
    github.world.comment(number, 'mallory', record({}));
    expect((await found(github)).decisions).toEqual([]);

    github.world.comment(number, OWN, record({}));
    expect((await found(github)).decisions).toEqual([DECISION]);
  });

  it('is the newest reason for which Warden closed it, which nobody else can give', async () => {
    const github = aRepository();
    const number = await propose(github, KEY);
    const why = (reason: string) => markerLine('closing', { v: 1, reason, at: AT });
    github.world.comment(number, OWN, why('withdrawn'));
    github.world.comment(number, OWN, why('superseded'));
    github.world.comment(number, 'mallory', why('done'));

    expect((await found(github)).closing).toEqual({ v: 1, reason: 'superseded', at: AT });
  });

  it('is who closed it, with their last words, and no words where that was Warden', async () => {
    const github = aRepository();
    const number = await propose(github, KEY);
    github.world.comment(number, 'ada', 'hedged');
    github.world.comment(number, 'bob', 'why?');
    github.world.comment(number, OWN, 'words of Warden');
    github.world.close(number, 'ada');
    expect(await found(github)).toMatchObject({ closedBy: 'ada', closingWords: 'hedged' });

    github.world.reopen(number, 'ada');
    github.world.close(number, OWN);
    expect(await found(github)).toMatchObject({ closedBy: OWN, closingWords: null });
  });

  it('is whose work its branch holds, also of an account that nobody knows, and of none where it is gone', async () => {
    const github = aRepository();
    await propose(github, KEY);
    expect((await found(github)).otherAuthors).toEqual([]);
    github.world.push(branchOf(KEY), { 'a.txt': 'a' }, 'ada');
    github.world.push(branchOf(KEY), { 'a.txt': 'b' }, null);
    expect((await found(github)).otherAuthors).toEqual(['ada', null]);

    const gone = new GitHubError('missing', 404, 'there is no such commit');
    github.world.fault = ({ operation }) => (operation === 'commitsBetween' ? gone : null);
    expect((await found(github)).otherAuthors).toEqual([]);
  });

  it.each(['refused', 'unavailable'] as const)(
    'is not known where GitHub does not say what the branch holds: %s',
    async (kind) => {
      const github = aRepository();
      await propose(github, KEY);
      const fault = new GitHubError(kind, null, 'no answer');
      github.world.fault = ({ operation }) => (operation === 'commitsBetween' ? fault : null);

      await expect(found(github)).rejects.toThrow('no answer');
    },
  );
});

describe('a commit', () => {
  it.each([
    [OWN, OWN, []],
    [OWN, 'web-flow', []],
    [OWN, 'ada', ['ada']],
    [OWN, null, [null]],
    ['ada', 'web-flow', ['ada']],
    ['ada', OWN, ['ada']],
    [null, OWN, [null]],
    [null, 'web-flow', [null]],
  ])('by %s and committed by %s is the work of others: %o', (author, committer, others) => {
    expect(othersOf({ author, committer }, [OWN])).toEqual(others);
  });
});
