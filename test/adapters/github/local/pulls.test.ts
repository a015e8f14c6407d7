// Pull requests of the local GitHub: what they show, when they are refused, and how they end.

import { describe, expect, it } from 'vitest';
import { AT, type Hub, REPO, refusal, startHub } from './hub.ts';

const BRANCH = 'auto/stop-x';

/** A branch with one changed file, and the pull request of it. */
function opened({ github }: Hub, branch = BRANCH): number {
  return github.world.openPullAs('ada', {
    repo: REPO,
    branch,
    files: { 'config/warden.yaml': 'a: 1\nb: 3\n' },
    title: 'Change b',
    body: 'because',
  });
}

async function pullOf({ app }: Hub, pull_number: number) {
  return (await app.rest.pulls.get({ ...AT, pull_number })).data;
}

describe('a pull request', () => {
  it('shows its branch, its numbers and its real difference', async () => {
    const hub = await startHub();
    const number = opened(hub);
    const pull = await pullOf(hub, number);
    const files = await hub.app.rest.pulls.listFiles({ ...AT, pull_number: number });
    const commits = await hub.app.rest.pulls.listCommits({ ...AT, pull_number: number });

    expect(pull).toMatchObject({
      state: 'open',
      user: { login: 'ada' },
      head: { label: `acme:${BRANCH}`, ref: BRANCH },
      base: { ref: 'main' },
      mergeable: true,
      commits: 1,
      additions: 1,
      deletions: 1,
      changed_files: 1,
    });
    expect(files.data).toMatchObject([
      { filename: 'config/warden.yaml', status: 'modified', patch: '@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3' },
    ]);
    expect(commits.data.map(({ sha }) => sha)).toEqual([pull.head.sha]);
  });

  it('exists once per branch and base, whoever is first', async () => {
    const hub = await startHub();
    hub.github.world.createBranchAs('ada', REPO, BRANCH);
    hub.github.world.commitAs('ada', REPO, BRANCH, { 'a.txt': 'a' }, 'Add');
    const open = () => hub.app.rest.pulls.create({ ...AT, head: BRANCH, base: 'main', title: 'Stop' });
    const outcomes = await Promise.allSettled([open(), open()]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await refusal(open())).toMatchObject({
      status: 422,
      message: expect.stringContaining(`A pull request already exists for acme:${BRANCH}.`),
    });
  });

  it('is refused without commits, without its branches and without a title', async () => {
    const hub = await startHub();
    hub.github.world.createBranchAs('ada', REPO, 'same');
    const open = (change: Record<string, string>) =>
      refusal(hub.app.rest.pulls.create({ ...AT, head: 'same', base: 'main', title: 't', ...change }));

    expect((await open({})).message).toContain('No commits between main and same');
    expect((await open({ head: 'none' })).message).toContain('"field":"head"');
    expect((await open({ base: 'none' })).message).toContain('"field":"base"');
    expect((await open({ title: ' ' })).status).toBe(422);
  });

  it('is found by the branch of its owner, and not by another', async () => {
    const hub = await startHub();
    const number = opened(hub);
    opened(hub, 'auto/other');
    const list = async (head: string, state: 'open' | 'closed' | 'all' = 'open') =>
      (await hub.app.rest.pulls.list({ ...AT, head, state })).data.map((each) => each.number);
    hub.github.world.closeAs('ada', REPO, number);

    expect(await list(`acme:${BRANCH}`)).toEqual([]);
    expect(await list(`acme:${BRANCH}`, 'all')).toEqual([number]);
    expect(await list(`eve:${BRANCH}`, 'all')).toEqual([]);
    expect(await list(BRANCH, 'all')).toHaveLength(2);
  });

  it('keeps a body of 65,536 characters and refuses one more', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    const write = (body: string) => hub.app.rest.pulls.update({ ...AT, pull_number, body });

    expect((await write('é'.repeat(65_536))).status).toBe(200);
    expect(await refusal(write('x'.repeat(65_537)))).toMatchObject({
      status: 422,
      message: expect.stringContaining('Body is too long (maximum is 65536 characters)'),
    });
  });

  it('follows its branch, and tells before and after', async () => {
    const hub = await startHub();
    const number = opened(hub);
    const before = (await pullOf(hub, number)).head.sha;
    const after = hub.github.world.commitAs('ada', REPO, BRANCH, { 'a.txt': 'a' }, 'More');
    await hub.github.deliveries.idle();
    const told = hub.github.deliveries.log.filter(({ action }) => action === 'synchronize');

    expect((await pullOf(hub, number)).head.sha).toBe(after);
    expect(told.map(({ request }) => request.payload)).toMatchObject([{ number, before, after }]);
  });

  it('says when it conflicts, and cannot be merged then', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    hub.github.world.commitAs('ada', REPO, 'main', { 'config/warden.yaml': 'a: 1\nb: 4\n' }, 'Meanwhile');

    expect(await pullOf(hub, pull_number)).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    expect(await refusal(hub.app.rest.pulls.merge({ ...AT, pull_number }))).toMatchObject({ status: 405 });
  });

  it('is closed when its branch is deleted, and can come back only while the branch does', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    const { sha } = (await pullOf(hub, pull_number)).head;
    await hub.app.rest.git.deleteRef({ ...AT, ref: `heads/${BRANCH}` });
    const reopen = () => hub.app.rest.pulls.update({ ...AT, pull_number, state: 'open' });

    expect((await pullOf(hub, pull_number)).state).toBe('closed');
    expect((await refusal(reopen())).message).toContain('branch has been deleted');
    await hub.app.rest.git.createRef({ ...AT, ref: `refs/heads/${BRANCH}`, sha });
    expect((await reopen()).data.state).toBe('open');
  });

  it('cannot be reopened after its branch was rewritten', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    await hub.app.rest.pulls.update({ ...AT, pull_number, state: 'closed' });
    const main = hub.github.world.branchSha(REPO, 'main') ?? '';
    await hub.app.rest.git.updateRef({ ...AT, ref: `heads/${BRANCH}`, sha: main, force: true });
    hub.github.world.commitAs('ada', REPO, BRANCH, { 'a.txt': 'a' }, 'Anew');

    expect(await refusal(hub.app.rest.pulls.update({ ...AT, pull_number, state: 'open' }))).toMatchObject({
      status: 422,
      message: expect.stringContaining('force-pushed or recreated'),
    });
  });

  it('may come from a fork, and be changed only by who owns it or writes here', async () => {
    const hub = await startHub();
    const pull_number = hub.github.world.openPullAs('eve', {
      repo: REPO,
      branch: 'idea',
      files: { 'a.txt': 'a\n' },
      title: 'Idea',
      body: '',
      fork: true,
    });
    const edit = (login: string) =>
      hub.person(login).rest.pulls.update({ ...AT, pull_number, title: `by ${login}` });

    expect(await pullOf(hub, pull_number)).toMatchObject({
      head: { label: 'eve:idea', repo: { full_name: 'eve/desk', fork: true } },
      author_association: 'NONE',
      maintainer_can_modify: true,
    });
    expect((await edit('eve')).status).toBe(200);
    expect((await edit('ada')).status).toBe(200);
    hub.github.world.addUser('mallory');
    expect(await refusal(edit('mallory'))).toMatchObject({ status: 403 });
    expect(hub.github.world.branchSha(REPO, 'idea')).toBeNull();
  });
});

describe('a merge', () => {
  it('makes a commit of two parents, closes the pull request and tells both', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    const { sha } = (await hub.person('ada').rest.pulls.merge({ ...AT, pull_number })).data;
    const commit = (await hub.app.rest.git.getCommit({ ...AT, commit_sha: sha })).data;

    expect(commit.parents).toHaveLength(2);
    expect(commit.message).toBe(`Merge pull request #${pull_number} from acme/${BRANCH}\n\nChange b`);
    expect(await pullOf(hub, pull_number)).toMatchObject({
      state: 'closed',
      merged: true,
      merged_by: { login: 'ada' },
      merge_commit_sha: sha,
      commits: 1,
      changed_files: 1,
    });
    expect((await hub.app.rest.pulls.checkIfMerged({ ...AT, pull_number })).status).toBe(204);
    expect(await refusal(hub.app.rest.pulls.merge({ ...AT, pull_number }))).toMatchObject({ status: 405 });
    expect(await refusal(hub.app.rest.pulls.update({ ...AT, pull_number, state: 'open' }))).toMatchObject({
      status: 422,
    });
  });

  it('squashes to one commit', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    const merged = await hub.app.rest.pulls.merge({ ...AT, pull_number, merge_method: 'squash' });
    const commit = (await hub.app.rest.git.getCommit({ ...AT, commit_sha: merged.data.sha })).data;

    expect(commit.parents).toHaveLength(1);
    expect(commit.message).toBe(`Change b (#${pull_number})`);
  });

  it('is refused where the head moved since the caller looked', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    const { sha } = (await pullOf(hub, pull_number)).head;
    hub.github.world.commitAs('ada', REPO, BRANCH, { 'a.txt': 'a' }, 'More');

    expect(await refusal(hub.app.rest.pulls.merge({ ...AT, pull_number, sha }))).toMatchObject({
      status: 409,
      message: expect.stringContaining('Head branch was modified'),
    });
    expect(await refusal(hub.app.rest.pulls.checkIfMerged({ ...AT, pull_number }))).toMatchObject({
      status: 404,
    });
  });

  it('is seen too where the commits reached the base another way', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    const { sha } = (await pullOf(hub, pull_number)).head;
    await hub.app.rest.git.updateRef({ ...AT, ref: 'heads/main', sha });

    expect(await pullOf(hub, pull_number)).toMatchObject({ merged: true, merge_commit_sha: sha });
  });

  it('keeps what both sides changed', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    hub.github.world.commitAs('ada', REPO, 'main', { 'README.md': '# Other\n' }, 'Meanwhile');
    await hub.app.rest.pulls.merge({ ...AT, pull_number });

    expect(hub.github.world.fileText(REPO, 'main', 'README.md')).toBe('# Other\n');
    expect(hub.github.world.fileText(REPO, 'main', 'config/warden.yaml')).toBe('a: 1\nb: 3\n');
  });
});

describe('a review', () => {
  it('is asked of collaborators only', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    const ask = (...reviewers: string[]) =>
      hub.app.rest.pulls.requestReviewers({ ...AT, pull_number, reviewers });
    const asked = await ask('rita');

    expect(asked.data.requested_reviewers).toMatchObject([{ login: 'rita' }]);
    expect(await refusal(ask('eve'))).toMatchObject({
      status: 422,
      message: expect.stringContaining('not a collaborator'),
    });
    expect(await refusal(ask('ada'))).toMatchObject({
      status: 422,
      message: expect.stringContaining('author'),
    });
    await hub.app.rest.pulls.removeRequestedReviewers({ ...AT, pull_number, reviewers: ['rita'] });
    const left = await hub.app.rest.pulls.listRequestedReviewers({ ...AT, pull_number });
    expect(left.data.users).toEqual([]);
  });

  it('ends the request for it, and nobody approves their own', async () => {
    const hub = await startHub();
    const pull_number = opened(hub);
    await hub.app.rest.pulls.requestReviewers({ ...AT, pull_number, reviewers: ['rita'] });
    await hub.person('rita').rest.pulls.createReview({ ...AT, pull_number, event: 'APPROVE' });
    const reviews = await hub.app.rest.pulls.listReviews({ ...AT, pull_number });

    expect(reviews.data).toMatchObject([{ user: { login: 'rita' }, state: 'APPROVED' }]);
    expect((await pullOf(hub, pull_number)).requested_reviewers).toEqual([]);
    expect(
      await refusal(hub.person('ada').rest.pulls.createReview({ ...AT, pull_number, event: 'APPROVE' })),
    ).toMatchObject({ status: 422 });
    expect(
      await refusal(
        hub.person('rita').rest.pulls.createReview({ ...AT, pull_number, event: 'REQUEST_CHANGES' }),
      ),
    ).toMatchObject({ status: 422 });
  });
});
