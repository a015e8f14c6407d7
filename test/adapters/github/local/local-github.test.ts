// The local GitHub from outside: clients, tokens, paging, caching, counting, and that nothing unknown is answered.

import { describe, expect, it } from 'vitest';
import { AT, REPO, refusal, startHub } from './hub.ts';

describe('the local GitHub', () => {
  it('lets an App commit, open a pull request, comment it, check it and merge it', async () => {
    const { app, github } = await startHub();
    const main = await app.rest.git.getRef({ ...AT, ref: 'heads/main' });
    await app.rest.git.createRef({ ...AT, ref: 'refs/heads/auto/stop', sha: main.data.object.sha });
    const file = await app.rest.repos.createOrUpdateFileContents({
      ...AT,
      path: 'config/kill.yaml',
      message: 'Stop a strategy',
      branch: 'auto/stop',
      content: Buffer.from('stop: [x]\n').toString('base64'),
    });
    const pull = await app.rest.pulls.create({
      ...AT,
      head: 'auto/stop',
      base: 'main',
      title: 'Stop x',
      body: 'why',
    });
    const number = pull.data.number;
    await app.rest.issues.createComment({ ...AT, issue_number: number, body: 'evidence' });
    await app.rest.issues.addLabels({ ...AT, issue_number: number, labels: ['auto'] });
    await app.rest.checks.create({
      ...AT,
      name: 'premise',
      head_sha: pull.data.head.sha,
      conclusion: 'success',
    });
    const files = await app.rest.pulls.listFiles({ ...AT, pull_number: number });
    const merged = await app.rest.pulls.merge({ ...AT, pull_number: number });

    expect(file.data.commit.sha).toBe(pull.data.head.sha);
    expect(files.data).toMatchObject([
      { filename: 'config/kill.yaml', status: 'added', additions: 1, patch: '@@ -0,0 +1 @@\n+stop: [x]' },
    ]);
    expect(merged.data.merged).toBe(true);
    expect(github.world.fileText(REPO, 'main', 'config/kill.yaml')).toBe('stop: [x]\n');
    expect(github.world.pull(REPO, number)).toMatchObject({ state: 'closed', labels: ['auto'] });
    expect(github.counts).toMatchObject({ writes: 7 });
    await github.deliveries.idle();
    expect(github.deliveries.log.map(({ event, action }) => [event, action])).toEqual([
      ['installation', 'created'],
      ['create', null],
      ['push', null],
      ['check_suite', 'requested'],
      ['push', null],
      ['check_suite', 'requested'],
      ['pull_request', 'opened'],
      ['issue_comment', 'created'],
      ['pull_request', 'labeled'],
      ['check_run', 'created'],
      ['check_run', 'completed'],
      ['pull_request', 'closed'],
      ['push', null],
      ['check_suite', 'requested'],
    ]);
  });

  it('answers 404 to what it does not know', async () => {
    const { app } = await startHub();

    expect(await refusal(app.request('GET /repos/{owner}/{repo}/stargazers', AT))).toMatchObject({
      status: 404,
    });
  });
});
