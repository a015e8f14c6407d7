// What GitHub does with issues, comments, labels, checks and webhooks.

import { Webhooks } from '@octokit/webhooks';
import { expect } from 'vitest';
import {
  at,
  branchWith,
  issueCalled,
  pullFrom,
  refusalOf,
  type Story,
  story,
  tipOf,
} from './github-story.ts';

function annotation(line: number) {
  const message = 'is no number';
  return { path: 'a.yaml', start_line: line, end_line: line, annotation_level: 'failure', message } as const;
}

export const TALK_STORIES: readonly Story[] = [
  story('keeps comments, changes and deletes them', async (github) => {
    const { issues } = github.app.rest;
    const issue_number = await issueCalled(github, 'Comments');
    const { data: made } = await issues.createComment({ ...at(github), issue_number, body: 'first' });
    await issues.createComment({ ...at(github), issue_number, body: 'second' });
    await issues.updateComment({ ...at(github), comment_id: made.id, body: 'changed' });

    const { data: both } = await issues.listComments({ ...at(github), issue_number });
    expect(both.map(({ body }) => body)).toEqual(['changed', 'second']);
    expect(made.user?.type).toBe('Bot');
    await issues.deleteComment({ ...at(github), comment_id: made.id });
    expect((await issues.listComments({ ...at(github), issue_number })).data).toHaveLength(1);
  }),
  story('lists comments page by page', async (github) => {
    const { issues } = github.app.rest;
    const issue_number = await issueCalled(github, 'Pages');
    for (let n = 1; n <= 5; n += 1)
      await issues.createComment({ ...at(github), issue_number, body: String(n) });

    const page = await issues.listComments({ ...at(github), issue_number, per_page: 2, page: 2 });
    expect(page.data.map(({ body }) => body)).toEqual(['3', '4']);
    expect(page.headers.link).toMatch(/page=3[^>]*>; rel="next"/);
    const all = await github.app.paginate(issues.listComments, { ...at(github), issue_number, per_page: 2 });
    expect(all.map(({ body }) => body)).toEqual(['1', '2', '3', '4', '5']);
  }),
  story('closes an issue with a reason and says who did it', async (github) => {
    const issue_number = await issueCalled(github, 'Closed');
    const { issues } = github.user.rest;
    await issues.update({ ...at(github), issue_number, state: 'closed', state_reason: 'not_planned' });

    const { data: me } = await github.user.rest.users.getAuthenticated();
    const { data } = await github.app.rest.issues.get({ ...at(github), issue_number });
    expect(data).toMatchObject({
      state: 'closed',
      state_reason: 'not_planned',
      closed_by: { login: me.login },
    });
  }),
  story('lists pull requests among the issues', async (github) => {
    const number = await pullFrom(github, 'listed');
    const { data } = await github.app.rest.issues.listForRepo({ ...at(github), per_page: 100 });

    expect(data.find((issue) => issue.number === number)?.pull_request).toBeDefined();
  }),
  story('adds, replaces and removes labels', async (github) => {
    const { issues } = github.app.rest;
    const issue_number = await issueCalled(github, 'Labels');
    await issues.createLabel({ ...at(github), name: 'warden: open', color: 'd93f0b' });
    await issues.addLabels({ ...at(github), issue_number, labels: ['warden: open'] });
    await issues.addLabels({ ...at(github), issue_number, labels: ['made on the way'] });

    const names = async () =>
      (await issues.listLabelsOnIssue({ ...at(github), issue_number })).data.map(({ name }) => name).sort();
    expect(await names()).toEqual(['made on the way', 'warden: open']);
    await issues.removeLabel({ ...at(github), issue_number, name: 'warden: open' });
    expect(await names()).toEqual(['made on the way']);
    await issues.setLabels({ ...at(github), issue_number, labels: ['warden: open'] });
    expect(await names()).toEqual(['warden: open']);
  }),
  story('refuses a label that exists, and says so in a word for programs', async (github) => {
    const { issues } = github.app.rest;
    const label = { ...at(github), name: 'twice', color: 'ffffff' };
    await issues.createLabel(label);

    expect(await refusalOf(issues.createLabel(label))).toMatchObject({
      status: 422,
      text: expect.stringContaining('already_exists'),
    });
  }),
  story('takes the same reaction once', async (github) => {
    const { reactions, issues } = github.app.rest;
    const issue_number = await issueCalled(github, 'Reactions');
    const { data: comment } = await issues.createComment({ ...at(github), issue_number, body: '/explain' });
    const react = () =>
      reactions.createForIssueComment({ ...at(github), comment_id: comment.id, content: 'eyes' });
    const [first, second] = [await react(), await react()];

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.data.id).toBe(first.data.id);
  }),
  story('runs a check from its start to its end', async (github) => {
    const { checks } = github.app.rest;
    const head_sha = await branchWith(github, 'checked', 'checked.txt', 'x');
    const { data: run } = await checks.create({
      ...at(github),
      name: 'warden',
      head_sha,
      status: 'in_progress',
    });
    expect(run).toMatchObject({ status: 'in_progress', conclusion: null });
    await checks.update({
      ...at(github),
      check_run_id: run.id,
      status: 'completed',
      conclusion: 'failure',
      output: { title: '1 problem', summary: 'See below' },
    });

    const { data } = await checks.listForRef({ ...at(github), ref: 'checked' });
    expect(data.check_runs).toHaveLength(1);
    expect(data.check_runs[0]).toMatchObject({
      id: run.id,
      status: 'completed',
      conclusion: 'failure',
      output: { title: '1 problem' },
    });
  }),
  story('adds the annotations of an update to those that are there', async (github) => {
    const { checks } = github.app.rest;
    const head_sha = await branchWith(github, 'annotated', 'a.yaml', 'a: b\n');
    const output = { title: 't', summary: 's' };
    const { data: run } = await checks.create({
      ...at(github),
      name: 'annotated',
      head_sha,
      output: { ...output, annotations: [annotation(1)] },
    });
    await checks.update({
      ...at(github),
      check_run_id: run.id,
      output: { ...output, annotations: [annotation(2)] },
    });

    const { data } = await checks.listAnnotations({ ...at(github), check_run_id: run.id });
    expect(data.map((one) => one.start_line)).toEqual([1, 2]);
  }),
  story('refuses a check with more than 50 annotations', async (github) => {
    const head_sha = await tipOf(github, 'main');
    const make = (count: number) => {
      const annotations = Array.from({ length: count }, (_, line) => annotation(line + 1));
      const output = { title: 't', summary: 's', annotations };
      return github.app.rest.checks.create({ ...at(github), name: 'many', head_sha, output });
    };

    expect((await make(50)).status).toBe(201);
    expect((await refusalOf(make(51))).status).toBe(422);
  }),
  story('refuses a check with more than 3 buttons', async (github) => {
    const head_sha = await tipOf(github, 'main');
    const make = (count: number) => {
      const actions = Array.from({ length: count }, () => ({
        label: 'l',
        description: 'd',
        identifier: 'i',
      }));
      return github.app.rest.checks.create({ ...at(github), name: 'buttons', head_sha, actions });
    };

    expect((await make(3)).status).toBe(201);
    expect((await refusalOf(make(4))).status).toBe(422);
  }),
  story('refuses a summary of a check that is too long', async (github) => {
    const { checks } = github.app.rest;
    const head_sha = await tipOf(github, 'main');
    const make = (length: number) =>
      checks.create({
        ...at(github),
        name: 'long',
        head_sha,
        output: { title: 't', summary: 'x'.repeat(length) },
      });

    expect((await make(65_535)).status).toBe(201);
    expect((await refusalOf(make(65_536))).status).toBe(422);
  }),
  story('lets Apps alone make checks', async (github) => {
    const head_sha = await tipOf(github, 'main');
    const make = github.user.rest.checks.create({ ...at(github), name: 'mine', head_sha });

    expect((await refusalOf(make)).status).toBe(403);
  }),
  story('refuses a comment that is too long', async (github) => {
    const { issues } = github.app.rest;
    const issue_number = await issueCalled(github, 'Long');
    const write = (length: number) =>
      issues.createComment({ ...at(github), issue_number, body: 'x'.repeat(length) });

    expect((await write(65_536)).status).toBe(201);
    expect(await refusalOf(write(65_537))).toMatchObject({
      status: 422,
      text: expect.stringContaining('Body is too long (maximum is 65536 characters)'),
    });
  }),
  story('tells what a person may do', async (github) => {
    const { data: me } = await github.user.rest.users.getAuthenticated();
    const { repos } = github.app.rest;
    const { data } = await repos.getCollaboratorPermissionLevel({ ...at(github), username: me.login });

    expect(['admin', 'write']).toContain(data.permission);
  }),
  story('does not tell an App who it is as a user', async (github) => {
    expect((await refusalOf(github.app.rest.users.getAuthenticated())).status).toBe(403);
  }),
  story('answers 304 to who has the current state', async (github) => {
    const issue_number = await issueCalled(github, 'Etag');
    const read = (headers: Readonly<Record<string, string>>) =>
      github.app.rest.issues.get({ ...at(github), issue_number, headers });
    const etag = (await read({})).headers.etag ?? expect.fail('no etag');

    expect((await refusalOf(read({ 'if-none-match': etag }))).status).toBe(304);
    await github.app.rest.issues.update({ ...at(github), issue_number, title: 'Changed' });
    expect((await read({ 'if-none-match': etag })).data.title).toBe('Changed');
  }),
  story('tells the App what happened, signed', async (github) => {
    const issue_number = await issueCalled(github, 'Webhooks');
    await github.user.rest.issues.createComment({
      ...at(github),
      issue_number,
      body: 'a comment to hear of',
    });

    const received = await github.webhooks();
    const heard = received.find(({ body }) => body.includes('a comment to hear of'));
    const { headers, body } = heard ?? expect.fail(`the comment is not among ${received.length} webhooks`);
    expect(headers['x-github-event']).toBe('issue_comment');
    expect(headers['x-github-delivery']).toBeTruthy();
    const hooks = new Webhooks({ secret: github.webhookSecret });
    expect(await hooks.verify(body, headers['x-hub-signature-256'] ?? '')).toBe(true);
    expect(JSON.parse(body)).toMatchObject({
      action: 'created',
      issue: { number: issue_number },
      repository: { full_name: `${github.owner}/${github.repo}` },
      sender: { type: 'User' },
      installation: { id: expect.any(Number) },
    });
  }),
  story('gives every webhook a GUID', async (github) => {
    await issueCalled(github, 'GUID');
    const received = await github.webhooks();
    const ids = received.map(({ headers }) => headers['x-github-delivery'] ?? '');

    expect(ids.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  }),
];
