// What GitHub does with pull requests, from their opening to their merge.

import { expect } from 'vitest';
import {
  at,
  branchWith,
  commitOn,
  fileAt,
  pullFrom,
  refusalOf,
  type Story,
  story,
  tipOf,
} from './github-story.ts';

export const PULL_STORIES: readonly Story[] = [
  story('opens a pull request and finds it by its branch', async (github) => {
    const number = await pullFrom(github, 'opened');
    const head = `${github.owner}:opened`;
    const { data: found } = await github.app.rest.pulls.list({ ...at(github), head, state: 'open' });
    const { data: pull } = await github.app.rest.pulls.get({ ...at(github), pull_number: number });

    expect(found.map((one) => one.number)).toEqual([number]);
    expect(pull).toMatchObject({
      state: 'open',
      merged: false,
      draft: false,
      title: 'Propose opened',
      body: 'because',
      head: { ref: 'opened', sha: await tipOf(github, 'opened') },
      base: { ref: 'main' },
      user: { type: 'Bot' },
    });
  }),
  story('shows the true difference of a pull request', async (github) => {
    const number = await pullFrom(github, 'files', 'one\ntwo\n');
    const { data } = await github.app.rest.pulls.listFiles({ ...at(github), pull_number: number });

    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      filename: 'files.txt',
      status: 'added',
      additions: 2,
      deletions: 0,
      patch: '@@ -0,0 +1,2 @@\n+one\n+two',
    });
  }),
  story('lists the commits of a pull request, oldest first', async (github) => {
    const number = await pullFrom(github, 'commits');
    const first = await tipOf(github, 'commits');
    const second = await commitOn(github, first, 'more.txt', 'x');
    await github.app.rest.git.updateRef({ ...at(github), ref: 'heads/commits', sha: second });

    const { data } = await github.app.rest.pulls.listCommits({ ...at(github), pull_number: number });
    expect(data.map(({ sha }) => sha)).toEqual([first, second]);
    const { data: pull } = await github.app.rest.pulls.get({ ...at(github), pull_number: number });
    expect(pull.head.sha).toBe(second);
  }),
  story('refuses a second pull request for the same branches', async (github) => {
    await pullFrom(github, 'twice');
    const again = github.app.rest.pulls.create({
      ...at(github),
      title: 'Again',
      head: 'twice',
      base: 'main',
    });

    expect(await refusalOf(again)).toMatchObject({
      status: 422,
      text: expect.stringContaining(`A pull request already exists for ${github.owner}:twice`),
    });
  }),
  story('refuses a pull request without commits', async (github) => {
    const sha = await tipOf(github, 'main');
    await github.app.rest.git.createRef({ ...at(github), ref: 'refs/heads/equal', sha });
    const head = { ...at(github), title: 'Nothing', head: 'equal', base: 'main' };

    expect((await refusalOf(github.app.rest.pulls.create(head))).status).toBe(422);
  }),
  story('refuses a pull request from a branch that does not exist', async (github) => {
    const head = { ...at(github), title: 'Nothing', head: 'no-such-branch', base: 'main' };

    expect((await refusalOf(github.app.rest.pulls.create(head))).status).toBe(422);
  }),
  story('rewrites the title and the body of a pull request', async (github) => {
    const number = await pullFrom(github, 'rewritten');
    const change = { title: 'Another title', body: 'another reason' };
    await github.app.rest.pulls.update({ ...at(github), pull_number: number, ...change });

    const { data } = await github.app.rest.pulls.get({ ...at(github), pull_number: number });
    expect(data).toMatchObject(change);
  }),
  story('closes a pull request and opens it again', async (github) => {
    const number = await pullFrom(github, 'closed');
    const { pulls } = github.app.rest;
    const { data: closed } = await pulls.update({ ...at(github), pull_number: number, state: 'closed' });
    expect(closed).toMatchObject({ state: 'closed', merged: false });
    expect(closed.closed_at).not.toBeNull();

    const { data: open } = await pulls.update({ ...at(github), pull_number: number, state: 'open' });
    expect(open).toMatchObject({ state: 'open', closed_at: null });
  }),
  story('closes the pull request of a deleted branch, and does not open it again', async (github) => {
    const number = await pullFrom(github, 'gone');
    await github.app.rest.git.deleteRef({ ...at(github), ref: 'heads/gone' });
    const { data } = await github.app.rest.pulls.get({ ...at(github), pull_number: number });
    expect(data.state).toBe('closed');

    const again = github.app.rest.pulls.update({ ...at(github), pull_number: number, state: 'open' });
    expect((await refusalOf(again)).status).toBe(422);
  }),
  story('merges a pull request into its base', async (github) => {
    const number = await pullFrom(github, 'merged');
    const { pulls } = github.app.rest;
    const { data: merge } = await pulls.merge({ ...at(github), pull_number: number, merge_method: 'squash' });
    expect(merge.merged).toBe(true);
    expect(await tipOf(github, 'main')).toBe(merge.sha);

    const { data } = await pulls.get({ ...at(github), pull_number: number });
    expect(data).toMatchObject({ state: 'closed', merged: true, merge_commit_sha: merge.sha });
    expect((await fileAt(github, 'main', 'merged.txt')).text).toBe('merged\n');
  }),
  story('says whether a pull request is merged', async (github) => {
    const number = await pullFrom(github, 'asked');
    const { pulls } = github.app.rest;
    const ask = () => pulls.checkIfMerged({ ...at(github), pull_number: number });
    expect((await refusalOf(ask())).status).toBe(404);

    await pulls.merge({ ...at(github), pull_number: number, merge_method: 'merge' });
    expect((await ask()).status).toBe(204);
  }),
  story('refuses to merge what is merged', async (github) => {
    const number = await pullFrom(github, 'again');
    const merge = () =>
      github.app.rest.pulls.merge({ ...at(github), pull_number: number, merge_method: 'merge' });
    await merge();

    expect((await refusalOf(merge())).status).toBe(405);
  }),
  story('refuses to merge another head than the caller saw', async (github) => {
    const number = await pullFrom(github, 'unseen');
    const seen = await tipOf(github, 'unseen');
    const next = await commitOn(github, seen, 'unseen.txt', 'changed');
    await github.app.rest.git.updateRef({ ...at(github), ref: 'heads/unseen', sha: next });

    const merge = github.app.rest.pulls.merge({ ...at(github), pull_number: number, sha: seen });
    expect((await refusalOf(merge)).status).toBe(409);
  }),
  story('refuses to merge what conflicts', async (github) => {
    const one = await pullFrom(github, 'side-one');
    await branchWith(github, 'side-two', 'side-one.txt', 'other\n');
    const { pulls } = github.app.rest;
    const head = { ...at(github), title: 'Other side', head: 'side-two', base: 'main' };
    const { data: two } = await pulls.create(head);
    const merge = (pull_number: number) => pulls.merge({ ...at(github), pull_number, merge_method: 'merge' });
    await merge(one);

    expect((await refusalOf(merge(two.number))).status).toBe(405);
  }),
];
