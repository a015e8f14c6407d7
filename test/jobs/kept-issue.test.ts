// An issue that is kept: one of its kind, whoever opened another one at the same moment, and never against a person who closed it.

import { describe, expect, it } from 'vitest';
import type { Issue } from '../../src/domain/github.ts';
import { markerLine } from '../../src/domain/marker.ts';
import {
  closeKeptIssues,
  type FoundIssue,
  type KeptIssue,
  keepIssueOpen,
} from '../../src/jobs/kept-issue.ts';
import { type MemoryGitHub, memoryGitHub } from '../fakes/memory-github.ts';

const KEPT: KeptIssue = {
  ...{ kind: 'watchdog', title: 'Look', labels: ['warden'], about: 'the clock', key: ['clock'] },
};
const BODY = `${markerLine('watchdog', { v: 1 })}\n\nIt stands still.`;

function issues({ world }: MemoryGitHub): Issue[] {
  return [...world.issues.values()];
}

function writes({ world }: MemoryGitHub): string[] {
  return world.writes().map(({ operation }) => operation);
}

async function foundBy(github: MemoryGitHub): Promise<FoundIssue | null> {
  let seen: FoundIssue | null = null;
  await keepIssueOpen(github, KEPT, (found) => {
    seen = found;
    return null;
  });
  return seen;
}

describe('an issue that is kept', () => {
  it('is opened once, edited where its text is another one, and left alone otherwise', async () => {
    const github = memoryGitHub();
    const first = await keepIssueOpen(github, KEPT, () => BODY);
    const same = await keepIssueOpen(github, KEPT, () => `${BODY}\n`);
    const other = await keepIssueOpen(github, KEPT, () => `${BODY} Still.`);

    expect(writes(github)).toEqual(['createIssue', 'updateIssue']);
    expect([first, same, other].map(([effect]) => effect?.text)).toEqual([
      'opened an issue about the clock: #1',
      undefined,
      'updated the issue about the clock: #1',
    ]);
    expect(first[0]).toMatchObject({ effect: 'issue', key: '["clock",1]' });
  });

  it('is the oldest where two writers opened one at once, and the other is no longer taken for it', async () => {
    const github = memoryGitHub();
    await Promise.all([keepIssueOpen(github, KEPT, () => BODY), keepIssueOpen(github, KEPT, () => BODY)]);
    expect(issues(github)).toMatchObject([{ state: 'open' }, { state: 'open' }]);

    await keepIssueOpen(github, KEPT, () => BODY);
    expect(issues(github)).toMatchObject([
      { number: 1, state: 'open', body: BODY },
      { number: 2, state: 'closed', body: 'This is told in #1.' },
    ]);

    Object.assign(github.world.issues.get(1) ?? {}, { state: 'closed', closedBy: 'ada' });
    expect(await foundBy(github)).toEqual({ body: BODY, isOpen: false, isClosedByPerson: true });
  });

  it('is opened again under its number, and knows whether a person had closed it', async () => {
    const github = memoryGitHub();
    expect(await foundBy(github)).toBeNull();
    await keepIssueOpen(github, KEPT, () => BODY);
    await closeKeptIssues(github, KEPT, async () => ({ comment: 'It runs.', body: `${BODY} It ran.` }));
    expect(await foundBy(github)).toMatchObject({ body: `${BODY} It ran.`, isClosedByPerson: false });

    const [again] = await keepIssueOpen(github, KEPT, () => BODY);
    expect(again?.text).toBe('opened the issue about the clock again: #1');
    expect(issues(github)).toMatchObject([{ number: 1, state: 'open', body: BODY }]);
  });

  it('closes with its ending once, and says nothing where that was said already', async () => {
    const github = memoryGitHub();
    await keepIssueOpen(github, KEPT, () => BODY);
    const closed = await closeKeptIssues(github, KEPT, async () => ({ comment: null }));
    const nothing = await closeKeptIssues(github, KEPT, async () => ({ comment: 'It runs.' }));

    expect(writes(github)).toEqual(['createIssue', 'updateIssue']);
    expect([closed[0]?.text, nothing]).toEqual(['closed the issue about the clock: #1', []]);
  });

  it('is opened with its title and its labels, and closes with a comment and another text', async () => {
    const github = memoryGitHub();
    await keepIssueOpen(github, KEPT, () => BODY);
    expect(issues(github)).toMatchObject([{ title: 'Look', labels: ['warden'] }]);
    await closeKeptIssues(github, KEPT, async () => ({ comment: 'It runs.', body: `${BODY} It ran.` }));

    expect(writes(github)).toEqual(['createIssue', 'createComment', 'updateIssue']);
    expect(issues(github)).toMatchObject([{ state: 'closed', body: `${BODY} It ran.` }]);
  });

  it('stays closed where a person closed it, and says from then on what it is told to', async () => {
    const github = memoryGitHub();
    await keepIssueOpen(github, KEPT, () => BODY);
    Object.assign(github.world.issues.get(1) ?? {}, { state: 'closed', closedBy: 'ada' });
    const ending = { comment: 'It runs.', body: `${BODY} It ran.` };

    expect(await closeKeptIssues(github, KEPT, async () => ending)).toEqual([]);
    expect(await closeKeptIssues(github, KEPT, async () => ending)).toEqual([]);
    expect(writes(github)).toEqual(['createIssue', 'updateIssue']);
    expect(issues(github)).toMatchObject([{ state: 'closed', body: `${BODY} It ran.` }]);
  });

  it('is left as it is where it is to end in nothing', async () => {
    const github = memoryGitHub();
    await keepIssueOpen(github, KEPT, () => BODY);
    expect(await foundBy(github)).toEqual({ body: BODY, isOpen: true, isClosedByPerson: false });

    expect(await closeKeptIssues(github, KEPT, async () => null)).toEqual([]);
    expect(writes(github)).toEqual(['createIssue']);
  });

  it('is the newest one that is opened again where all are closed', async () => {
    const github = memoryGitHub();
    await Promise.all([keepIssueOpen(github, KEPT, () => BODY), keepIssueOpen(github, KEPT, () => BODY)]);
    await closeKeptIssues(github, KEPT, async () => ({ comment: null }));
    await keepIssueOpen(github, KEPT, () => BODY);

    expect(issues(github)).toMatchObject([{ state: 'closed' }, { number: 2, state: 'open' }]);
  });

  it('is told from others of its kind, and from what others wrote', async () => {
    const github = memoryGitHub();
    await keepIssueOpen(github, KEPT, () => BODY);
    await keepIssueOpen(
      github,
      { ...KEPT, isMeant: (body) => body.includes('night') },
      () => `${BODY} At night.`,
    );
    expect(issues(github)).toMatchObject([{ body: BODY }, { body: `${BODY} At night.` }]);

    github.world.issues.delete(2);
    Object.assign(github.world.issues.get(1) ?? {}, { author: 'mallory' });
    expect(await foundBy(github)).toBeNull();
  });
});
