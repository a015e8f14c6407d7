// The GitHub port against the local GitHub: every call, what absence looks like, and what a refusal says.

import { describe, expect, it } from 'vitest';
import { droppedConnection } from '../../../src/adapters/github/local/faults.ts';
import { octokitGitHub } from '../../../src/adapters/github/octokit-github.ts';
import { GitHubError } from '../../../src/domain/github.ts';
import { BOT, connected } from './connected.ts';
import { REPO, startHub } from './local/hub.ts';

const BRANCH = 'warden/disable/macro/1';
const FILE = 'config/warden.yaml';

async function started() {
  const hub = await startHub();
  const { github } = connected(hub);
  const base = (await github.head('main')) ?? '';
  return { hub, github, base };
}

/** A branch of Warden with one commit, and its pull request. */
async function proposed() {
  const world = await started();
  const { github, base } = world;
  await github.createBranch(BRANCH, base);
  const draft = { branch: BRANCH, expectedHead: base, mergedBase: null, message: 'Disable macro' };
  await github.commit({ ...draft, files: { [FILE]: 'a: 2\n' } });
  const made = await github.createPull({ title: 'T', body: 'B', branch: BRANCH, baseBranch: 'main' });
  return { ...world, pull: made.pull };
}

async function errorOf(run: Promise<unknown>): Promise<GitHubError> {
  const error = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GitHubError) return error;
  throw new Error(`expected a GitHubError, got ${String(error)}`);
}

describe('the repository', () => {
  it('tells its facts, and where a branch stands', async () => {
    const { github, base } = await started();

    expect(await github.repository()).toEqual({
      fullName: REPO,
      defaultBranch: 'main',
      isPrivate: false,
      url: expect.stringContaining(REPO),
    });
    expect(base).toMatch(/^[0-9a-f]{40}$/);
    expect(await github.head('nowhere')).toBeNull();
  });

  it('gives the text of a file of any size at a branch or commit, and null for what is no file', async () => {
    const { hub, github, base } = await started();
    const large = `${'a line of text\n'.repeat(80_000)}ende ü\n`;
    hub.github.world.commitAs(
      'ada',
      REPO,
      'main',
      { 'large.txt': large, 'empty.txt': '', [FILE]: 'a: 9\n' },
      'Add',
    );

    expect(await github.file('large.txt', 'main')).toBe(large);
    expect(await github.file('empty.txt', 'main')).toBe('');
    expect(await github.file(FILE, 'main')).toBe('a: 9\n');
    expect(await github.file(FILE, base)).toBe('a: 1\nb: 2\n');
    expect(await github.file('missing.txt', 'main')).toBeNull();
    expect(await github.file('src/deep', 'main')).toBeNull();
  });

  it('refuses a file that is no text, by name', async () => {
    const { hub, github } = await started();
    const { data } = await hub.app.rest.git.createBlob({
      owner: 'acme',
      repo: 'desk',
      content: Buffer.from([0xff, 0xfe, 0x00]).toString('base64'),
      encoding: 'base64',
    });
    const base = (await github.head('main')) ?? '';
    const at = { owner: 'acme', repo: 'desk' };
    const entry = { path: 'b.bin', mode: '100644', type: 'blob', sha: data.sha } as const;
    const tree = await hub.app.rest.git.createTree({ ...at, base_tree: base, tree: [entry] });
    const commit = await hub.app.rest.git.createCommit({
      ...at,
      message: 'x',
      tree: tree.data.sha,
      parents: [base],
    });

    const error = await errorOf(github.file('b.bin', commit.data.sha));
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('b.bin at') });
  });

  it('knows the role of a person, and none of a stranger', async () => {
    const { hub, github } = await started();
    hub.github.world.setPermission(REPO, 'mia', 'maintain');

    expect(await github.role('ada')).toBe('write');
    expect(await github.role('mia')).toBe('maintain');
    expect(await github.role('rita')).toBe('triage');
    expect(await github.role('nobody-at-all')).toBe('none');
  });
});

describe('a commit', () => {
  it('changes, adds and removes files on top of the branch alone', async () => {
    const { github, base } = await started();
    await github.createBranch(BRANCH, base);
    const files = { [FILE]: 'a: 2\n', 'new.md': 'ü\n', 'README.md': null, 'never-there.md': null };
    const made = await github.commit({
      branch: BRANCH,
      expectedHead: base,
      mergedBase: null,
      files,
      message: 'M',
    });

    expect(made).toEqual({ kind: 'committed', sha: await github.head(BRANCH) });
    expect(await github.file('new.md', BRANCH)).toBe('ü\n');
    expect(await github.file('README.md', BRANCH)).toBeNull();
    expect(await github.file('src/deep/er/file.txt', BRANCH)).toBe('x\n');
    expect(await github.commitsBetween('main', BRANCH)).toMatchObject([
      { message: 'M', author: BOT, committer: BOT, parents: [base] },
    ]);
  });

  it('writes nothing where the files are so already', async () => {
    const { hub, github, base } = await started();
    await github.createBranch(BRANCH, base);
    const writes = hub.github.counts.writes;
    const files = { [FILE]: 'a: 1\nb: 2\n', 'never-there.md': null };
    const made = await github.commit({
      branch: BRANCH,
      expectedHead: base,
      mergedBase: null,
      files,
      message: 'M',
    });

    expect(made).toEqual({ kind: 'committed', sha: base });
    expect(hub.github.counts.writes).toBe(writes);
  });

  it('also merges the base, whose files it is put on', async () => {
    const { hub, github, base } = await started();
    await github.createBranch(BRANCH, base);
    hub.github.world.commitAs('ada', REPO, 'main', { 'README.md': '# New\n' }, 'Rewrite');
    const newBase = (await github.head('main')) ?? '';
    const draft = { branch: BRANCH, expectedHead: base, mergedBase: newBase, message: 'Merge' };
    await github.commit({ ...draft, files: { [FILE]: 'a: 2\n' } });

    expect(await github.file('README.md', BRANCH)).toBe('# New\n');
    expect(await github.commitsBetween('main', BRANCH)).toMatchObject([{ parents: [base, newBase] }]);
  });

  it('merges the base also where that holds the files already', async () => {
    const { hub, github, base } = await started();
    await github.createBranch(BRANCH, base);
    hub.github.world.commitAs('ada', REPO, 'main', { [FILE]: 'a: 2\n' }, 'Rewrite');
    const newBase = (await github.head('main')) ?? '';
    const draft = { branch: BRANCH, expectedHead: base, mergedBase: newBase, message: 'Merge' };
    await github.commit({ ...draft, files: { [FILE]: 'a: 2\n' } });

    expect(await github.commitsBetween('main', BRANCH)).toMatchObject([{ parents: [base, newBase] }]);
  });

  it('is not made where the branch stands elsewhere', async () => {
    const { hub, github, base } = await started();
    await github.createBranch(BRANCH, base);
    hub.github.world.commitAs('ada', REPO, BRANCH, { 'a.md': 'a' }, 'By a person');
    const writes = hub.github.counts.writes;
    const draft = {
      branch: BRANCH,
      expectedHead: base,
      mergedBase: null,
      files: { 'b.md': 'b' },
      message: 'M',
    };

    expect(await github.commit(draft)).toEqual({ kind: 'moved' });
    expect(hub.github.counts.writes).toBe(writes);
  });

  it('never overwrites what was pushed while it was made', async () => {
    const { hub, github, base } = await started();
    await github.createBranch(BRANCH, base);
    let pushed = false;
    hub.app.hook.before('request', (options) => {
      if (options.method !== 'PATCH' || pushed) return;
      pushed = true;
      hub.github.world.commitAs('ada', REPO, BRANCH, { 'a.md': 'a' }, 'By a person');
    });
    const files = { 'b.md': 'b' };
    const made = await github.commit({
      branch: BRANCH,
      expectedHead: base,
      mergedBase: null,
      files,
      message: 'M',
    });

    expect(made).toEqual({ kind: 'moved' });
    expect(await github.file('a.md', BRANCH)).toBe('a');
    expect(await github.file('b.md', BRANCH)).toBeNull();
  });

  it('has moved where the branch was deleted while it was made', async () => {
    const { hub, github, base } = await started();
    await github.createBranch(BRANCH, base);
    const ada = hub.person('ada');
    hub.app.hook.before('request', async (options) => {
      if (options.method !== 'PATCH') return;
      await ada.rest.git.deleteRef({ owner: 'acme', repo: 'desk', ref: `heads/${BRANCH}` });
    });
    const draft = { branch: BRANCH, expectedHead: base, mergedBase: null, message: 'M' };

    expect(await github.commit({ ...draft, files: { 'b.md': 'b' } })).toEqual({ kind: 'moved' });
    expect(await github.head(BRANCH)).toBeNull();
  });

  it('tells any other refusal from a branch that moved', async () => {
    const { github, base } = await started();
    await github.createBranch(BRANCH, base);
    const draft = { branch: BRANCH, expectedHead: base, message: 'M', files: { 'b.md': 'b' } };

    const error = await errorOf(github.commit({ ...draft, mergedBase: '0'.repeat(40) }));
    expect(error.status).toBe(404);
  });
});

describe('a branch and its pull request', () => {
  it('are found where they exist, whoever was faster', async () => {
    const { github, base, pull } = await proposed();
    const again = await github.createPull({ title: 'T2', body: 'B2', branch: BRANCH, baseBranch: 'main' });

    expect(await github.createBranch(BRANCH, base)).toBe('exists');
    expect(again).toEqual({ kind: 'exists', pull });
    expect(pull).toMatchObject({
      title: 'T',
      body: 'B',
      author: BOT,
      state: 'open',
      mergedAt: null,
      mergeCommit: null,
      branch: BRANCH,
      headRepository: REPO,
      baseBranch: 'main',
    });
  });

  it('are refused by name where a branch above or below is in the way', async () => {
    const { hub, github, base } = await started();
    await github.createBranch('warden', base);
    const above = await errorOf(github.createBranch(BRANCH, base));
    await hub.app.rest.git.deleteRef({ owner: 'acme', repo: 'desk', ref: 'heads/warden' });
    await github.createBranch(`${BRANCH}/old`, base);
    const below = await errorOf(github.createBranch(BRANCH, base));

    expect(above).toMatchObject({ kind: 'refused', status: 422 });
    expect(above.message).toContain('while there is the branch warden: ');
    expect(below.message).toContain(`while there is the branch ${BRANCH}/old: `);
    expect(below.message).toContain(`rename or remove ${BRANCH}/old`);
    expect((await errorOf(github.createBranch('free', '0'.repeat(40)))).message).toContain('POST /repos');
  });

  it('are refused where there is nothing to merge', async () => {
    const { github, base } = await started();
    await github.createBranch(BRANCH, base);

    const error = await errorOf(
      github.createPull({ title: 'T', body: 'B', branch: BRANCH, baseBranch: 'main' }),
    );
    expect(error).toMatchObject({ kind: 'refused', status: 422 });
    expect(error.message).toMatch(/^POST \/repos\/acme\/desk\/pulls answered 422: .*No commits between/);
  });

  it('are changed, closed and opened again; the merged one says when and as what', async () => {
    const { hub, github, pull } = await proposed();
    await github.updatePull(pull.number, { title: 'New', body: 'Text', state: 'closed' });
    expect(await github.pull(pull.number)).toMatchObject({ title: 'New', body: 'Text', state: 'closed' });
    expect(await github.issue(pull.number)).toMatchObject({ closedBy: BOT });

    await github.updatePull(pull.number, { state: 'open' });
    hub.github.world.mergeAs('ada', REPO, pull.number);
    expect(await github.pull(pull.number)).toMatchObject({
      state: 'closed',
      mergedAt: '2026-11-21T10:00:00.000Z',
      mergeCommit: await github.head('main'),
    });
    expect(await github.pull(4711)).toBeNull();
  });

  it('are listed by branch, and not mixed up with those of forks', async () => {
    const { hub, github, pull } = await proposed();
    hub.github.world.openPullAs('eve', {
      repo: REPO,
      branch: BRANCH,
      files: { 'x.md': 'x' },
      title: 'Spoof',
      body: '',
      fork: true,
    });

    expect(await github.pulls({ state: 'open', branch: BRANCH })).toEqual([pull]);
    expect((await github.pulls({ state: 'all' })).map(({ title }) => title)).toEqual(['Spoof', 'T']);
    await github.updatePull(pull.number, { state: 'closed' });
    expect(await github.pulls({ state: 'open', branch: BRANCH })).toEqual([]);
    expect(await github.pulls({ state: 'all', branch: BRANCH })).toMatchObject([{ number: pull.number }]);
  });

  it('are found where the filter of GitHub fails', async () => {
    const { hub, github, pull } = await proposed();
    hub.app.hook.wrap('request', async (request, options) => {
      const answer = await request(options);
      return options['head'] === `acme:${BRANCH}` && options.method === 'GET'
        ? { ...answer, data: [] }
        : answer;
    });

    expect(await github.pulls({ state: 'open', branch: BRANCH })).toEqual([pull]);
    const again = await github.createPull({ title: 'T2', body: 'B2', branch: BRANCH, baseBranch: 'main' });
    expect(again.kind).toBe('exists');
  });

  it('are found where the repository is named in another case', async () => {
    const { hub, pull } = await proposed();
    const shouted = octokitGitHub({ octokit: hub.app, fullName: 'Acme/Desk', ownLogins: [BOT] });

    expect(await shouted.pulls({ state: 'open', branch: BRANCH })).toEqual([pull]);
    const again = { title: 'T2', body: 'B2', branch: BRANCH, baseBranch: 'main' };
    expect(await shouted.createPull(again)).toMatchObject({ kind: 'exists', pull: { number: pull.number } });
  });

  it('are looked through once only where the filter works', async () => {
    const { hub, github } = await proposed();
    await github.pulls({ state: 'open', branch: 'warden/disable/x/1' });
    const before = hub.github.requests.length;
    await github.pulls({ state: 'open', branch: 'warden/disable/y/1' });

    expect(hub.github.requests.length - before).toBe(1);
  });

  it('have labels, changed files, reviews and reviewers', async () => {
    const { hub, github, pull } = await proposed();
    hub.github.world.reviewAs('ada', REPO, pull.number, 'APPROVED');
    await github.addLabels(pull.number, ['warden', 'warden/disable']);
    await github.addLabels(pull.number, []);
    await github.removeLabel(pull.number, 'warden/disable');
    await github.removeLabel(pull.number, 'never-there');

    expect(await github.pull(pull.number)).toMatchObject({ labels: ['warden'] });
    expect(await github.changedFiles(pull.number)).toEqual([
      { path: FILE, status: 'modified', previousPath: null },
    ]);
    expect(await github.reviews(pull.number)).toEqual([
      { author: 'ada', state: 'APPROVED', commit: pull.headSha, submittedAt: '2026-11-21T10:00:00.000Z' },
    ]);
    expect(await github.requestReviewers(pull.number, ['ada', 'nobody-at-all', 'rita'])).toEqual([
      'nobody-at-all',
    ]);
    expect(await github.requestReviewers(pull.number, [])).toEqual([]);
  });

  it('are reviewed by people although GitHub does not show the app their team, and no time is lost', async () => {
    const hub = await startHub();
    const { github, sleptMs } = connected(hub);
    const base = (await github.head('main')) ?? '';
    await github.createBranch(BRANCH, base);
    const draft = { branch: BRANCH, expectedHead: base, mergedBase: null, message: 'M' };
    await github.commit({ ...draft, files: { [FILE]: 'a: 2\n' } });
    const { pull } = await github.createPull({ title: 'T', body: '', branch: BRANCH, baseBranch: 'main' });

    expect(await github.requestReviewers(pull.number, ['ada', 'acme/desk'])).toEqual(['acme/desk']);
    expect(sleptMs).toEqual([]);
    const { data } = await hub.app.rest.pulls.listRequestedReviewers({
      owner: 'acme',
      repo: 'desk',
      pull_number: pull.number,
    });
    expect(data.users.map(({ login }) => login)).toEqual(['ada']);
  });
});

describe('comments and issues', () => {
  it('are written, changed and deleted, and lists are whole', async () => {
    const { hub, github, pull } = await proposed();
    const first = await github.createComment(pull.number, 'number 0');
    for (let n = 1; n < 104; n += 1) hub.github.world.commentAs('ada', REPO, pull.number, `number ${n}`);
    await github.updateComment(first.id, 'changed');
    const second = (await github.comments(pull.number))[1];
    await github.deleteComment(second?.id ?? 0);
    await github.deleteComment(second?.id ?? 0);
    await github.react(first.id, 'rocket');
    const comments = await github.comments(pull.number);

    expect(comments).toHaveLength(103);
    expect(comments[0]).toMatchObject({ author: BOT, body: 'changed' });
    expect(comments.at(-1)?.body).toBe('number 103');
  });

  it('of its own are found whatever their labels, not those of others nor pull requests', async () => {
    const { hub, github, pull } = await proposed();
    await github.addLabels(pull.number, ['warden']);
    const issue = await github.createIssue({ title: 'Dashboard', body: 'B', labels: ['warden'] });
    await hub
      .person('ada')
      .rest.issues.create({ owner: 'acme', repo: 'desk', title: 'Spoof', labels: ['warden'] });
    await github.updateIssue(issue.number, { body: 'B2', state: 'closed' });

    const bare = await github.createIssue({ title: 'Bare', body: '', labels: [] });

    expect(await github.ownIssues()).toEqual([
      { ...issue, body: 'B2', state: 'closed', closedBy: BOT },
      bare,
    ]);
    const both = { octokit: hub.app, fullName: REPO, ownLogins: [BOT, 'ada'] };
    expect((await octokitGitHub(both).ownIssues()).map(({ title }) => title)).toEqual([
      'Dashboard',
      'Spoof',
      'Bare',
    ]);
    expect(await github.issue(4711)).toBeNull();
  });

  it('of its own are found where the filter of GitHub finds none, or refuses an account that is gone', async () => {
    const { hub, github } = await started();
    const issue = await github.createIssue({ title: 'Dashboard', body: 'B', labels: [] });
    await hub.person('ada').rest.issues.create({ owner: 'acme', repo: 'desk', title: 'Spoof' });
    const refusing = octokitGitHub({ octokit: hub.app, fullName: REPO, ownLogins: ['gone[bot]', BOT] });
    hub.app.hook.wrap('request', async (request, options) => {
      if (options['creator'] === 'gone[bot]') return await request({ ...options, state: 'nonsense' });
      return options['creator'] === BOT
        ? { ...(await request(options)), data: [], headers: {} }
        : await request(options);
    });

    expect(await github.ownIssues()).toEqual([issue]);
    expect(await refusing.ownIssues()).toEqual([issue]);
  });

  it('are pinned as long as GitHub lets three be pinned', async () => {
    const { github } = await started();
    const pinned: boolean[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { number } = await github.createIssue({ title: `I${n}`, body: '', labels: [] });
      pinned.push(await github.pinIssue(number));
    }

    expect(pinned).toEqual([true, true, true, false]);
  });

  it('are never sent too long: that is a defect of what made them', async () => {
    const { github, pull } = await proposed();

    await expect(github.createComment(pull.number, 'x'.repeat(65_537))).rejects.toThrow('at most 65536 fit');
    await expect(github.updatePull(pull.number, { title: 'x'.repeat(257) })).rejects.toThrow(
      'at most 256 fit',
    );
  });
});

describe('a refusal', () => {
  it('names the permission that is missing, and never the token', async () => {
    const hub = await startHub({ appPermissions: { contents: 'read', metadata: 'read' } });
    const token = hub.github.world.installationToken(REPO);
    const { github } = connected(hub, hub.as(token));
    const base = (await github.head('main')) ?? '';

    const error = await errorOf(github.createBranch(BRANCH, base));
    expect(error).toMatchObject({ kind: 'forbidden', status: 403 });
    expect(error.message).toBe(
      'POST /repos/acme/desk/git/refs answered 403: Resource not accessible by integration; ' +
        'give the app or the token the permission contents: write',
    );
    expect(JSON.stringify(error) + String(error.stack) + JSON.stringify(error.cause)).not.toContain(token);
  });

  it('of a token that is none says what to check', async () => {
    const hub = await startHub();
    const { github } = connected(hub, hub.as('a-token-of-nobody'));

    const error = await errorOf(github.repository());
    expect(error).toMatchObject({
      kind: 'forbidden',
      status: 401,
      message: expect.stringContaining('has not expired'),
    });
    expect(error.message).not.toContain('a-token-of-nobody');
  });

  it('that never came is unavailable, with no status', async () => {
    const hub = await startHub();
    hub.github.faults.plan({ times: 4, fault: droppedConnection() });
    const { github } = connected(hub);

    expect(await errorOf(github.head('main'))).toMatchObject({ kind: 'unavailable', status: null });
  });
});
