// What follows a change at the local GitHub: webhooks to a real App, workflow runs, and faults in between.

import { createServer, type Server } from 'node:http';
import { createNodeMiddleware, Probot } from 'probot';
import { afterEach, describe, expect, it } from 'vitest';
import { answerLost, secondaryLimit, serverError } from '../../../../src/adapters/github/local/faults.ts';
import { AT, type Hub, REPO, refusal, startHub } from './hub.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
});

/** Serves an App that answers comments, and sends the webhooks of the hub to it. */
async function serveApp({ github }: Hub): Promise<void> {
  const probot = new Probot({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    secret: github.app.webhookSecret,
    baseUrl: github.apiUrl,
    logLevel: 'fatal',
  });
  const middleware = await createNodeMiddleware(
    (app) => {
      app.on('issue_comment.created', async (context) => {
        if (context.isBot) return;
        await context.octokit.rest.issues.createComment(context.issue({ body: 'seen' }));
      });
    },
    { probot },
  );
  const server = createServer((request, response) => {
    void middleware(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  github.deliveries.setTarget(`http://127.0.0.1:${port}/api/github/webhooks`);
}

function commentsOf({ github }: Hub): string[] {
  return [...github.world.repository(REPO).comments.values()].map(({ login, body }) => `${login}: ${body}`);
}

describe('a webhook', () => {
  it('reaches an App made with Probot, which answers through the API', async () => {
    const hub = await startHub();
    await serveApp(hub);
    const { number } = (await hub.app.rest.issues.create({ ...AT, title: 't' })).data;
    hub.github.world.commentAs('ada', REPO, number, '/explain');
    await hub.github.deliveries.idle();
    const statuses = hub.github.deliveries.log.map(({ event, status_code }) => `${event} ${status_code}`);

    expect(commentsOf(hub)).toEqual(['ada: /explain', 'warden[bot]: seen']);
    expect(statuses.filter((each) => each.startsWith('issue_comment'))).toEqual([
      'issue_comment 200',
      'issue_comment 200',
    ]);
  });

  it('names its repository, its sender and the installation', async () => {
    const hub = await startHub();
    hub.github.world.commitAs('ada', REPO, 'main', { 'a.txt': 'a' }, 'Add a');
    await hub.github.deliveries.idle();
    const push = hub.github.deliveries.log.find(({ event }) => event === 'push');

    expect(push?.request.payload).toMatchObject({
      ref: 'refs/heads/main',
      forced: false,
      commits: [{ message: 'Add a', added: ['a.txt'], modified: [], removed: [] }],
      head_commit: { author: { username: 'ada' } },
      pusher: { name: 'ada' },
      sender: { login: 'ada' },
      repository: { full_name: REPO },
      installation: { id: expect.any(Number) },
    });
  });
});

describe('workflow runs', () => {
  const news = { files: { 'a.txt': 'a' }, title: 'X', body: '', repo: REPO } as const;
  const runsOf = ({ github }: Hub) =>
    github.world.workflowRuns.map(({ event, action, status }) =>
      [event, action, status].filter((part) => part !== null).join(' '),
    );

  it('are started by people and Apps', async () => {
    const hub = await startHub();
    hub.github.world.openPullAs('ada', { ...news, branch: 'x' });
    await hub.app.rest.issues.createComment({ ...AT, issue_number: 1, body: 'b' });

    expect(runsOf(hub)).toEqual([
      'create queued',
      'push queued',
      'check_suite requested queued',
      'push queued',
      'check_suite requested queued',
      'pull_request opened queued',
      'issue_comment created queued',
    ]);
  });

  it('of pull requests that GITHUB_TOKEN opens wait for approval, and nothing else it does starts any', async () => {
    const hub = await startHub();
    hub.github.world.createBranchAs('ada', REPO, 'x');
    hub.github.world.commitAs('ada', REPO, 'x', { 'a.txt': 'a' }, 'Add');
    const before = runsOf(hub).length;
    const permissions = {
      contents: 'write',
      pull_requests: 'write',
      issues: 'write',
      actions: 'write',
    } as const;
    const workflow = hub.as(hub.github.world.actionsToken(REPO, permissions));
    await workflow.rest.pulls.create({ ...AT, head: 'x', base: 'main', title: 'X' });
    await workflow.rest.issues.addLabels({ ...AT, issue_number: 1, labels: ['auto'] });
    await workflow.rest.issues.createComment({ ...AT, issue_number: 1, body: 'b' });
    await workflow.rest.pulls.update({ ...AT, pull_number: 1, state: 'closed' });
    await workflow.rest.repos.createDispatchEvent({ ...AT, event_type: 'look' });
    await workflow.rest.actions.createWorkflowDispatch({
      ...AT,
      workflow_id: 'supervise.yml',
      ref: 'main',
      inputs: { dry_run: 'true' },
    });

    expect(runsOf(hub).slice(before)).toEqual([
      'pull_request opened action_required',
      'repository_dispatch look queued',
      'workflow_dispatch queued',
    ]);
    expect(hub.github.world.dispatches).toMatchObject([
      { kind: 'repository', name: 'look', actor: 'github-actions[bot]' },
      { kind: 'workflow', name: 'supervise.yml', ref: 'main', inputs: { dry_run: 'true' } },
    ]);
  });

  it('are not started by a push that says so', async () => {
    const hub = await startHub();
    hub.github.world.commitAs('ada', REPO, 'main', { 'a.txt': 'a' }, 'Keep state [skip ci]');

    expect(runsOf(hub)).toEqual(['check_suite requested queued']);
  });

  it('are dispatched within the limits of what they carry', async () => {
    const hub = await startHub();
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
    const event = (client_payload: Record<string, string>) =>
      hub.app.rest.repos.createDispatchEvent({ ...AT, event_type: 'look', client_payload });
    const workflow = (inputs: Record<string, string>, ref = 'main') =>
      hub.app.rest.actions.createWorkflowDispatch({ ...AT, workflow_id: 'a.yml', ref, inputs });

    expect((await event(keys(10))).status).toBe(204);
    expect((await refusal(event(keys(11)))).status).toBe(422);
    expect((await refusal(event({ k: 'x'.repeat(65_536) }))).status).toBe(422);
    expect((await refusal(workflow(keys(26)))).status).toBe(422);
    expect((await refusal(workflow({}, 'none'))).message).toContain('No ref found for: none');
  });
});

describe('a fault', () => {
  const comment = (hub: Hub) => hub.app.rest.issues.createComment({ ...AT, issue_number: 1, body: 'b' });

  it('stops a request before it changes anything, unless only its answer is lost', async () => {
    const hub = await startHub();
    await hub.app.rest.issues.create({ ...AT, title: 't' });
    hub.github.faults.plan({ method: 'POST', path: /comments$/, fault: secondaryLimit(60) });
    expect(await refusal(comment(hub))).toMatchObject({ status: 403 });
    expect(commentsOf(hub)).toEqual([]);

    hub.github.faults.plan({ method: 'POST', path: /comments$/, fault: answerLost(502) });
    expect(await refusal(comment(hub))).toMatchObject({ status: 502 });
    expect(commentsOf(hub)).toEqual(['warden[bot]: b']);

    hub.github.faults.plan({ method: 'POST', path: /comments$/, fault: answerLost() });
    await expect(comment(hub)).rejects.toThrow();
    expect(commentsOf(hub)).toHaveLength(2);
    expect(hub.github.requests.map(({ status }) => status)).toEqual([201, 403, 502, 0]);
  });

  it('strikes a planned request, and no other', async () => {
    const hub = await startHub();
    await hub.app.rest.issues.create({ ...AT, title: 't' });
    hub.github.faults.plan({ path: /issues\/1$/, after: 1, fault: serverError(503) });
    const read = () => hub.app.rest.issues.get({ ...AT, issue_number: 1 });

    expect((await read()).status).toBe(200);
    expect((await refusal(read())).status).toBe(503);
    expect((await read()).status).toBe(200);
  });
});

describe('the counts', () => {
  it('tell reads from what could have changed something', async () => {
    const hub = await startHub();
    await hub.app.rest.repos.get(AT);
    await hub.app.graphql(
      'query { repository(owner: "acme", name: "desk") { pinnedIssues(first: 3) { totalCount } } }',
    );
    expect(hub.github.counts).toEqual({ reads: 2, writes: 0 });

    await refusal(hub.person('eve').rest.issues.update({ ...AT, issue_number: 1, title: 't' }));
    expect(hub.github.counts).toEqual({ reads: 2, writes: 1 });
    expect(hub.github.requests.at(-1)).toEqual({
      method: 'PATCH',
      path: `/repos/${REPO}/issues/1`,
      actor: 'eve',
      status: 404,
    });
  });
});
