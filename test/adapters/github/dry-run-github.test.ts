// The dry run: it writes nothing, shows exactly the requests that a real run sends, and sees what it would have made.

import { describe, expect, it } from 'vitest';
import { dryRunGitHub } from '../../../src/adapters/github/dry-run-github.ts';
import type { GitHub } from '../../../src/ports.ts';
import { BOT, connected } from './connected.ts';
import { REPO, startHub } from './local/hub.ts';

const BRANCH = 'warden/disable/macro/1';
const FILE = 'config/warden.yaml';

/** Every write of the port once, each resting on what came before. */
async function story(
  github: GitHub,
  old: { pull: number; comment: number; branchHead: string },
): Promise<unknown> {
  const base = (await github.head('main')) ?? '';
  await github.createBranch(BRANCH, base);
  const draft = { branch: BRANCH, expectedHead: base, mergedBase: null, message: 'Disable macro' };
  await github.commit({ ...draft, files: { [FILE]: 'a: 2\n', 'gone.md': null } });
  const onto = { branch: 'old', expectedHead: old.branchHead, mergedBase: base, message: 'Merge main' };
  await github.commit({ ...onto, files: { [FILE]: 'a: 3\n' } });
  const body = '<!-- warden:proposal {} -->\n# Disable\n\nWhy: `|` and ü\n';
  const { pull } = await github.createPull({ title: 'T', body, branch: BRANCH, baseBranch: 'main' });
  await github.addLabels(pull.number, ['warden', 'warden/disable']);
  await github.removeLabel(pull.number, 'warden/disable');
  await github.requestReviewers(pull.number, ['ada']);
  const comment = await github.createComment(pull.number, 'Hello');
  await github.updateComment(comment.id, 'Hello again');
  await github.react(comment.id, 'eyes');
  await github.updateComment(old.comment, 'Edited');
  await github.deleteComment(old.comment);
  await github.updatePull(pull.number, { title: 'T2', body: 'B2' });
  await github.updatePull(old.pull, { state: 'closed' });
  const issue = await github.createIssue({ title: 'Dashboard', body: 'D', labels: ['warden'] });
  await github.updateIssue(issue.number, { body: 'D2' });
  await github.pinIssue(issue.number);
  const check = await github.startCheck({ name: 'warden/config', headSha: base, externalId: 'e' });
  const annotations = Array.from({ length: 60 }, () => ({
    path: FILE,
    startLine: 1,
    endLine: 1,
    level: 'warning' as const,
    title: 't',
    message: 'm',
  }));
  await github.completeCheck(check.id, 'neutral', { title: 'C', summary: 'S', text: '', annotations });
  const {
    createdAt: _createdAt,
    url: _url,
    number: _number,
    headSha: _sha,
    ...shown
  } = {
    ...(await github.pull(pull.number)),
  };
  return {
    pull: shown,
    file: await github.file(FILE, BRANCH),
    gone: await github.file('gone.md', BRANCH),
    merged: await github.file(FILE, 'old'),
    messages: (await github.commitsBetween('main', BRANCH)).map(({ message, author }) => [message, author]),
    open: (await github.pulls({ state: 'open' })).map(({ title }) => title),
    ofBranch: (await github.pulls({ state: 'open', branch: BRANCH })).map(({ title }) => title),
    all: (await github.pulls({ state: 'all' })).map(({ title, state }) => [title, state]),
    comments: (await github.comments(pull.number)).map(({ author, body: text }) => [author, text]),
    old: (await github.comments(old.pull)).length,
    issues: (await github.ownIssues()).map(({ title, body: text }) => [title, text]),
    issue: (await github.issue(pull.number))?.title,
    files: (await github.changedFiles(pull.number)).map(({ path }) => path).sort(),
    checks: (await github.checkRuns(base, 'warden/config')).map(({ conclusion, summary }) => [
      conclusion,
      summary,
    ]),
    again: (await github.createPull({ title: 'T3', body: '', branch: BRANCH, baseBranch: 'main' })).kind,
    branch: await github.createBranch(BRANCH, base),
    moved: (await github.commit({ ...draft, files: { x: 'x' } })).kind,
  };
}

async function started() {
  const hub = await startHub();
  hub.github.world.commitAs('ada', REPO, 'main', { 'gone.md': 'here' }, 'Add');
  const pull = hub.github.world.openPullAs('ada', {
    repo: REPO,
    branch: 'old',
    files: { 'o.md': 'o' },
    title: 'Old',
    body: '',
  });
  hub.github.world.commitAs('ada', REPO, 'main', { 'new.md': 'n' }, 'Move on');
  const { github } = connected(hub);
  const comment = (await github.createComment(pull, 'Of before')).id;
  return { hub, github, old: { pull, comment, branchHead: (await github.head('old')) ?? '' } };
}

/** Method and path, with every number of something alike. */
function shapeOf(method: string, path: string): string {
  return `${method} ${path.replaceAll('%2F', '/').replaceAll(/\/(<new \d+>|\d+)(?=\/|$)/g, '/N')}`;
}

describe('a dry run', () => {
  it('writes nothing, and shows the requests that a real run sends', async () => {
    const { hub, github, old } = await started();
    const before = { writes: hub.github.counts.writes, picture: hub.github.world.snapshot(REPO) };
    const printed: string[] = [];
    const dry = await story(
      dryRunGitHub(github, (line) => printed.push(line)),
      old,
    );

    expect(hub.github.counts.writes).toBe(before.writes);
    expect(hub.github.world.snapshot(REPO)).toEqual(before.picture);

    const from = hub.github.requests.length;
    const real = await story(github, old);
    const sent = hub.github.requests
      .slice(from)
      .filter(({ method, status }) => method !== 'GET' && status < 400)
      .map(({ method, path }) => shapeOf(method, path));
    const shown = printed.map((line) => {
      const [, method = '', path = ''] = /^(\S+) ((?:<new \d+>|\S)+)/.exec(line) ?? [];
      return shapeOf(method, path);
    });

    expect(shown).toEqual(sent);
    expect(dry).toEqual(real);
  });

  it('shows what each request is about on one line', async () => {
    const { github, old } = await started();
    const printed: string[] = [];
    await story(
      dryRunGitHub(github, (line) => printed.push(line)),
      old,
    );
    const plain = printed.map((line) =>
      line.replaceAll(/\b[0-9a-f]{7}\b/g, 'abcdef0').replaceAll(/comments\/\d+/g, 'comments/N'),
    );

    expect(plain.join('\n')).toMatchInlineSnapshot(`
      "POST /repos/acme/desk/git/refs refs/heads/warden/disable/macro/1 at abcdef0
      POST /repos/acme/desk/git/trees on abcdef0: config/warden.yaml of 5 characters, gone.md removed
      POST /repos/acme/desk/git/commits after abcdef0: "Disable macro"
      PATCH /repos/acme/desk/git/refs/heads/warden/disable/macro/1 to abcdef0, not forced
      POST /repos/acme/desk/git/trees on abcdef0: config/warden.yaml of 5 characters
      POST /repos/acme/desk/git/commits after abcdef0 and abcdef0: "Merge main"
      PATCH /repos/acme/desk/git/refs/heads/old to abcdef0, not forced
      POST /repos/acme/desk/pulls warden/disable/macro/1 into main: "T", a text of 54 characters: "# Disable / Why: \`|\` and ü"
      POST /repos/acme/desk/issues/<new 3>/labels warden, warden/disable
      DELETE /repos/acme/desk/issues/<new 3>/labels/warden%2Fdisable
      POST /repos/acme/desk/pulls/<new 3>/requested_reviewers ada
      POST /repos/acme/desk/issues/<new 3>/comments a text of 5 characters: "Hello"
      PATCH /repos/acme/desk/issues/comments/<new 4> a text of 11 characters: "Hello again"
      POST /repos/acme/desk/issues/comments/<new 4>/reactions eyes
      PATCH /repos/acme/desk/issues/comments/N a text of 6 characters: "Edited"
      DELETE /repos/acme/desk/issues/comments/N
      PATCH /repos/acme/desk/pulls/<new 3> title "T2", a text of 2 characters: "B2"
      PATCH /repos/acme/desk/pulls/1 state closed
      POST /repos/acme/desk/issues "Dashboard" (warden), a text of 1 character: "D"
      PATCH /repos/acme/desk/issues/<new 5> a text of 2 characters: "D2"
      POST /graphql pinIssue <new 5>
      POST /repos/acme/desk/check-runs "warden/config" on abcdef0
      PATCH /repos/acme/desk/check-runs/<new 6> in progress: "C", a text of 1 character: "S", 50 annotations
      PATCH /repos/acme/desk/check-runs/<new 6> neutral: "C", a text of 1 character: "S", 10 annotations"
    `);
  });

  it('starts a check anew in its own run, as a real run does', async () => {
    const { github } = await started();
    const headSha = (await github.head('main')) ?? '';
    const draft = { name: 'warden/config', headSha, externalId: 'one' };
    const { id } = await github.startCheck(draft);
    const printed: string[] = [];
    const dry = dryRunGitHub(github, (line) => printed.push(line));
    const again = await dry.startCheck({ ...draft, externalId: 'two', runId: id });
    await dry.completeCheck(again.id, 'success', { title: 'C', summary: 'S', text: '', annotations: [] });

    expect(printed.map((line) => line.split(' ')[1])).toEqual([
      `/repos/acme/desk/check-runs/${id}`,
      `/repos/acme/desk/check-runs/${id}`,
    ]);
    expect(await dry.checkRuns(headSha, 'warden/config')).toMatchObject([{ id, conclusion: 'success' }]);
  });

  it('names the port itself as author of what it makes', async () => {
    const { github } = await started();
    const dry = dryRunGitHub(github, () => {});

    expect(await dry.createIssue({ title: 'I', body: '', labels: [] })).toMatchObject({ author: BOT });
    expect(await dry.role('ada')).toBe('write');
  });
});
