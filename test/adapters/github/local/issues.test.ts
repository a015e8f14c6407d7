// Issues, comments, labels, reactions and pins of the local GitHub.

import { describe, expect, it } from 'vitest';
import { AT, type Hub, REPO, refusal, startHub } from './hub.ts';

async function issue({ app }: Hub, title = 'Dashboard', labels: string[] = []): Promise<number> {
  return (await app.rest.issues.create({ ...AT, title, body: 'state', labels })).data.number;
}

describe('an issue', () => {
  it('is written by the bot of the App, and shares its numbers with pull requests', async () => {
    const hub = await startHub();
    const first = await hub.app.rest.issues.create({ ...AT, title: 'Dashboard', labels: ['warden'] });
    const pull = hub.github.world.openPullAs('ada', {
      repo: REPO,
      branch: 'x',
      files: { 'a.txt': 'a' },
      title: 'X',
      body: '',
    });

    expect(first.data).toMatchObject({
      number: 1,
      user: { login: 'warden[bot]', type: 'Bot' },
      performed_via_github_app: { slug: 'warden' },
      labels: [{ name: 'warden' }],
      created_at: '2026-11-21T10:00:00Z',
    });
    expect(pull).toBe(2);
  });

  it('is closed and opened again, with who did it and why', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub);
    const closed = await hub.person('ada').rest.issues.update({
      ...AT,
      issue_number,
      state: 'closed',
      state_reason: 'not_planned',
    });
    const opened = await hub.app.rest.issues.update({ ...AT, issue_number, state: 'open' });

    expect(closed.data).toMatchObject({ closed_by: { login: 'ada' }, state_reason: 'not_planned' });
    expect(opened.data).toMatchObject({ closed_by: null, closed_at: null, state_reason: 'reopened' });
  });

  it('is listed by state, label and author, pull requests included', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    const first = await issue(hub, 'One', ['warden', 'open']);
    const second = await issue(hub, 'Two', ['warden']);
    world.openPullAs('ada', { repo: REPO, branch: 'x', files: { 'a.txt': 'a' }, title: 'X', body: '' });
    world.closeAs('ada', REPO, second);
    const list = async (query: Parameters<typeof hub.app.rest.issues.listForRepo>[0] | object) =>
      (await hub.app.rest.issues.listForRepo({ ...AT, ...query })).data.map(({ title }) => title);

    expect(await list({})).toEqual(['X', 'One']);
    expect(await list({ state: 'all', labels: 'warden' })).toEqual(['Two', 'One']);
    expect(await list({ labels: 'warden,OPEN' })).toEqual(['One']);
    expect(await list({ creator: 'ada' })).toEqual(['X']);
    expect(first).toBe(1);
  });

  it('is listed in pages that link to each other', async () => {
    const hub = await startHub();
    for (let n = 1; n <= 5; n += 1) await issue(hub, `Issue ${n}`);
    const page = await hub.app.rest.issues.listForRepo({ ...AT, per_page: 2, page: 2 });
    const all = await hub.app.paginate(hub.app.rest.issues.listForRepo, { ...AT, per_page: 2 });

    expect(page.data.map(({ number }) => number)).toEqual([3, 2]);
    expect(page.headers.link).toMatch(/page=1>; rel="prev".*page=3>; rel="next".*rel="last".*rel="first"/);
    expect(all.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
  });

  it('is unchanged for whoever asks with its tag', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub);
    const first = await hub.app.rest.issues.get({ ...AT, issue_number });
    const again = () =>
      refusal(
        hub.app.rest.issues.get({ ...AT, issue_number, headers: { 'if-none-match': first.headers.etag } }),
      );

    expect((await again()).status).toBe(304);
    await hub.app.rest.issues.update({ ...AT, issue_number, title: 'Other' });
    await expect(again()).rejects.toThrow('expected a refusal');
  });

  it('needs a title, and keeps to the length of a body', async () => {
    const hub = await startHub();
    const create = (title: string, body: string) =>
      refusal(hub.app.rest.issues.create({ ...AT, title, body }));

    expect((await create('', 'b')).status).toBe(422);
    expect((await create('t', 'x'.repeat(65_537))).message).toContain('Body is too long');
  });

  it('is changed by its author, and by others only from triage on', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub);
    const edit = (login: string) =>
      hub.person(login).rest.issues.update({ ...AT, issue_number, title: `by ${login}` });

    expect((await edit('rita')).status).toBe(200);
    expect(await refusal(edit('eve'))).toMatchObject({ status: 403 });
  });
});

describe('a comment', () => {
  it('is made, edited and deleted, and each is told', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub);
    const { id } = (await hub.app.rest.issues.createComment({ ...AT, issue_number, body: 'one' })).data;
    hub.clock.advance(60_000);
    const edited = await hub.app.rest.issues.updateComment({ ...AT, comment_id: id, body: 'two' });
    await hub.app.rest.issues.deleteComment({ ...AT, comment_id: id });
    await hub.github.deliveries.idle();
    const told = hub.github.deliveries.log.filter(({ event }) => event === 'issue_comment');

    expect(edited.data).toMatchObject({
      body: 'two',
      created_at: '2026-11-21T10:00:00Z',
      updated_at: '2026-11-21T10:01:00Z',
    });
    expect(told.map(({ action }) => action)).toEqual(['created', 'edited', 'deleted']);
    expect(told[1]?.request.payload).toMatchObject({ changes: { body: { from: 'one' } } });
    expect(await refusal(hub.app.rest.issues.getComment({ ...AT, comment_id: id }))).toMatchObject({
      status: 404,
    });
  });

  it('has text of at most 65,536 characters', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub);
    const comment = (body: string) => hub.app.rest.issues.createComment({ ...AT, issue_number, body });

    expect((await comment('😀'.repeat(65_536))).status).toBe(201);
    expect((await refusal(comment('x'.repeat(65_537)))).message).toContain(
      'Body is too long (maximum is 65536 characters)',
    );
    expect((await refusal(comment('  '))).status).toBe(422);
  });

  it('is listed oldest first, and since an instant', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub);
    hub.github.world.commentAs('eve', REPO, issue_number, 'first');
    hub.clock.advance(1_800_000);
    hub.github.world.commentAs('ada', REPO, issue_number, 'second');
    const list = async (since?: string) =>
      (
        await hub.app.rest.issues.listComments({
          ...AT,
          issue_number,
          ...(since === undefined ? {} : { since }),
        })
      ).data.map(({ body }) => body);

    expect(await list()).toEqual(['first', 'second']);
    expect(await list('2026-11-21T10:15:00Z')).toEqual(['second']);
  });

  it('of somebody else is not edited by a reader', async () => {
    const hub = await startHub();
    const comment_id = hub.github.world.commentAs('ada', REPO, await issue(hub), 'mine');

    expect(
      await refusal(hub.person('eve').rest.issues.updateComment({ ...AT, comment_id, body: 'no' })),
    ).toMatchObject({ status: 403 });
  });
});

describe('labels', () => {
  it('are made once, in any case, with a short name', async () => {
    const hub = await startHub();
    const make = (name: string) => hub.app.rest.issues.createLabel({ ...AT, name, color: 'd73a4a' });
    await make('Warden');

    expect((await refusal(make('warden'))).message).toContain('already_exists');
    expect((await make('x'.repeat(50))).status).toBe(201);
    expect((await refusal(make('x'.repeat(51)))).status).toBe(422);
    expect((await hub.app.rest.issues.getLabel({ ...AT, name: 'WARDEN' })).data.color).toBe('d73a4a');
    expect((await refusal(hub.app.rest.issues.getLabel({ ...AT, name: 'none' }))).status).toBe(404);
  });

  it('are put on, replaced and taken off, and each change is told', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub, 'Dashboard', ['a']);
    const names = (labels: readonly { name: string }[]) => labels.map(({ name }) => name);
    const added = await hub.app.rest.issues.addLabels({ ...AT, issue_number, labels: ['b c', 'a'] });
    const set = await hub.app.rest.issues.setLabels({ ...AT, issue_number, labels: ['b c', 'd'] });
    const left = await hub.app.rest.issues.removeLabel({ ...AT, issue_number, name: 'b c' });
    await hub.github.deliveries.idle();

    expect([added, set, left].map(({ data }) => names(data))).toEqual([['a', 'b c'], ['b c', 'd'], ['d']]);
    expect(
      hub.github.deliveries.log.filter(({ event }) => event === 'issues').map(({ action }) => action),
    ).toEqual(['opened', 'labeled', 'unlabeled', 'labeled', 'unlabeled']);
    expect(await refusal(hub.app.rest.issues.removeLabel({ ...AT, issue_number, name: 'a' }))).toMatchObject({
      status: 404,
    });
  });
});

describe('reactions', () => {
  it('are made once by everybody, and taken back by whoever made them', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub);
    const comment_id = hub.github.world.commentAs('ada', REPO, issue_number, '/explain');
    const react = () => hub.app.rest.reactions.createForIssueComment({ ...AT, comment_id, content: 'eyes' });
    const first = await react();
    const again = await react();
    const comment = await hub.app.rest.issues.getComment({ ...AT, comment_id });

    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.data.id).toBe(first.data.id);
    expect(comment.data.reactions).toMatchObject({ total_count: 1, eyes: 1, heart: 0 });
    const drop = { ...AT, comment_id, reaction_id: first.data.id };
    expect((await refusal(hub.person('eve').rest.reactions.deleteForIssueComment(drop))).status).toBe(403);
    await hub.app.rest.reactions.deleteForIssueComment(drop);
    expect((await hub.app.rest.reactions.listForIssueComment({ ...AT, comment_id })).data).toEqual([]);
  });

  it('go on issues too', async () => {
    const hub = await startHub();
    const issue_number = await issue(hub);
    const made = await hub.app.rest.reactions.createForIssue({ ...AT, issue_number, content: '+1' });

    expect((await hub.app.rest.reactions.listForIssue({ ...AT, issue_number })).data).toHaveLength(1);
    await hub.app.rest.reactions.deleteForIssue({ ...AT, issue_number, reaction_id: made.data.id });
    expect(
      await refusal(
        hub.app.request('POST /repos/{owner}/{repo}/issues/{issue_number}/reactions', {
          ...AT,
          issue_number,
          content: 'tada' as '+1',
        }),
      ),
    ).toMatchObject({ status: 422 });
  });
});

describe('pins', () => {
  const PIN = 'mutation($id: ID!) { pinIssue(input: { issueId: $id }) { issue { number } } }';
  const UNPIN = 'mutation($id: ID!) { unpinIssue(input: { issueId: $id }) { issue { number } } }';
  const PINNED =
    'query($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { pinnedIssues(first: 3) { nodes { issue { number } } } } }';

  it('hold at most three issues', async () => {
    const hub = await startHub();
    const ids: string[] = [];
    for (const title of ['a', 'b', 'c', 'd'])
      ids.push((await hub.app.rest.issues.create({ ...AT, title })).data.node_id);
    for (const id of ids.slice(0, 3)) await hub.app.graphql(PIN, { id });

    await expect(hub.app.graphql(PIN, { id: ids[3] })).rejects.toThrow('Maximum of 3 pinned issues');
    await hub.app.graphql(UNPIN, { id: ids[0] });
    await hub.app.graphql(PIN, { id: ids[3] });
    expect(await hub.app.graphql(PINNED, AT)).toMatchObject({
      repository: { pinnedIssues: { nodes: [2, 3, 4].map((number) => ({ issue: { number } })) } },
    });
  });

  it('take the right to write', async () => {
    const hub = await startHub();
    const { node_id } = (await hub.app.rest.issues.create({ ...AT, title: 'a' })).data;

    await expect(hub.person('eve').graphql(PIN, { id: node_id })).rejects.toThrow('push access');
  });
});
