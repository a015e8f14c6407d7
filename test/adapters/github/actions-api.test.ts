// The port of GitHub Actions against the local GitHub: pages, attempts, instants, what is refused, and when a token ends.

import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { octokitActions } from '../../../src/adapters/github/actions-api.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { type Hub, REPO, START_MS, startHub } from './local/hub.ts';

const RECONCILE = '.github/workflows/reconcile.yml';
const KERNEL = '.github/workflows/kernel.yml';

async function world() {
  const hub = await startHub();
  hub.github.world.commitAs(
    'ada',
    REPO,
    'main',
    { [RECONCILE]: 'on: push\n', [KERNEL]: 'on: push\n' },
    'Add workflows',
  );
  const actions = actionsOf(hub, hub.app);
  const [kernel, reconcile] = [...(await actions.workflows())].sort((a, b) => (a.path < b.path ? -1 : 1));
  if (kernel === undefined || reconcile === undefined) throw new Error('there are two workflows');
  return { ...hub, actions, kernel, reconcile };
}

function actionsOf(_hub: Pick<Hub, 'github'>, octokit: Octokit, isPersonal = false) {
  return octokitActions({ octokit, fullName: REPO, isPersonal });
}

describe('the workflows', () => {
  it('come with their state, and with when that changed', async () => {
    const { actions, github, clock } = await world();
    clock.advance(30 * MINUTE_MS);
    github.world.setWorkflowState(REPO, RECONCILE, 'disabled_manually');
    github.world.setWorkflowState(REPO, KERNEL, 'disabled_fork');

    const found = await actions.workflows();

    expect(found.map(({ path, state, changedAt }) => [path, state, changedAt]).sort()).toEqual([
      [KERNEL, 'other', '2026-11-21T10:30:00.000Z'],
      [RECONCILE, 'disabled_manually', '2026-11-21T10:30:00.000Z'],
    ]);
  });

  it('are turned on', async () => {
    const { actions, github, reconcile } = await world();
    github.world.setWorkflowState(REPO, RECONCILE, 'disabled_inactivity');

    await actions.enableWorkflow(reconcile.id);

    expect((await actions.workflows()).map(({ state }) => state)).toEqual(['active', 'active']);
  });

  it('name the permission where the token has none', async () => {
    const hub = await world();
    const plain = actionsOf(hub, hub.as(hub.github.world.actionsToken(REPO, { actions: 'read' })));

    await expect(plain.enableWorkflow(hub.reconcile.id)).rejects.toThrow('the permission actions: write');
    const blind = actionsOf(hub, hub.as(hub.github.world.actionsToken(REPO, { contents: 'read' })));
    await expect(blind.workflows()).rejects.toThrow('the permission actions: read');
    const dumb = actionsOf(hub, hub.as(hub.github.world.actionsToken(REPO, { actions: 'read' })));
    await expect(dumb.lastCommitAt(null)).rejects.toThrow('the permission contents: read');
  });
});

describe('the runs by schedule', () => {
  it('are all of them since an instant, over however many pages, and no others', async () => {
    const { actions, github, reconcile } = await world();
    for (let at = 0; at < 80; at += 1)
      github.world.addWorkflowRun(REPO, { path: RECONCILE, createdMs: START_MS - at * 30 * MINUTE_MS });
    github.world.addWorkflowRun(REPO, { path: RECONCILE, event: 'workflow_dispatch' });
    github.world.addWorkflowRun(REPO, { path: KERNEL });

    const found = await actions.scheduledRuns(reconcile.id, START_MS - DAY_MS);

    expect(found).toHaveLength(49);
    expect(found[0]?.createdAt).toBe('2026-11-21T10:00:00.000Z');
    expect(found.at(-1)?.createdAt).toBe('2026-11-20T10:00:00.000Z');
    const asked = github.requests.filter(({ path }) => path.endsWith('/runs'));
    expect(asked).toHaveLength(2);
  });

  it('began when their first attempt did, whoever started them again', async () => {
    const { actions, github, reconcile } = await world();
    const { addWorkflowRun } = github.world;
    const again = addWorkflowRun(REPO, { path: RECONCILE, startedMs: START_MS + 5 * HOUR_MS });
    again.attempt = 2;
    addWorkflowRun(REPO, {
      ...{ path: RECONCILE, status: 'in_progress' as const },
      ...{ createdMs: START_MS + 1000, startedMs: START_MS + 9000 },
    });
    addWorkflowRun(REPO, { path: RECONCILE, status: 'pending', createdMs: START_MS + 2000 });

    const found = await actions.scheduledRuns(reconcile.id, START_MS);

    expect(found.map(({ startedAt, status, conclusion }) => [startedAt, status, conclusion])).toEqual([
      ['2026-11-21T10:00:02.000Z', 'waiting', null],
      ['2026-11-21T10:00:09.000Z', 'running', null],
      ['2026-11-21T10:00:00.000Z', 'completed', 'success'],
    ]);
    expect(found[0]?.url).toMatch(/^https:\/\/github\.com\/acme\/desk\/actions\/runs\/\d+$/);
  });
});

describe('the runs that wait for a runner', () => {
  it('are those that are queued, whatever started them', async () => {
    const { actions, github, kernel } = await world();
    const event = 'workflow_dispatch';
    const queued = github.world.addWorkflowRun(REPO, { path: KERNEL, event, status: 'queued' });
    github.world.addWorkflowRun(REPO, { path: KERNEL, event, status: 'waiting' });
    github.world.addWorkflowRun(REPO, { path: KERNEL, event });

    expect((await actions.queuedRuns(kernel.id)).map(({ id }) => id)).toEqual([queued.id]);
  });
});

describe('the newest commit', () => {
  it('is that of the default branch, or of one file there', async () => {
    const { actions, github, clock } = await world();
    clock.advance(20 * MINUTE_MS);
    github.world.commitAs('ada', REPO, 'main', { 'README.md': 'x\n' }, 'Later');
    clock.advance(20 * MINUTE_MS);
    github.world.createBranchAs('ada', REPO, 'topic');
    github.world.commitAs('ada', REPO, 'topic', { [RECONCILE]: 'on: pull_request\n' }, 'Elsewhere');

    expect(await actions.lastCommitAt(null)).toBe('2026-11-21T10:20:00.000Z');
    expect(await actions.lastCommitAt(RECONCILE)).toBe('2026-11-21T10:00:00.000Z');
    expect(await actions.lastCommitAt('none.yml')).toBeNull();
  });
});

describe('the end of the token', () => {
  /** An octokit whose answers say when the token ends. */
  function endingAt(header: string | undefined): Octokit {
    const fetch = async () =>
      Response.json(
        { full_name: REPO },
        { headers: header === undefined ? {} : { 'github-authentication-token-expiration': header } },
      );
    return new Octokit({ auth: 'x', request: { fetch } });
  }

  it.each([
    ['2026-12-31 18:46:02 UTC', '2026-12-31T18:46:02.000Z'],
    ['2026-12-31 18:46:02 -0800', '2027-01-01T02:46:02.000Z'],
    [undefined, null],
    ['some day', null],
  ])('is read from %s', async (header, end) => {
    const octokit = endingAt(header);

    expect(await octokitActions({ octokit, fullName: REPO, isPersonal: true }).tokenEndsAt()).toBe(end);
  });

  it('is none of a token that is made anew by itself', async () => {
    const octokit = endingAt('2026-12-31 18:46:02 UTC');

    expect(await octokitActions({ octokit, fullName: REPO, isPersonal: false }).tokenEndsAt()).toBeNull();
  });
});
