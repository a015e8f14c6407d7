// Workflows of the local GitHub: the files of the default branch, their runs, and who may turn them on.

import { describe, expect, it } from 'vitest';
import { AT, REPO, refusal, START_MS, startHub } from './hub.ts';

const RECONCILE = '.github/workflows/reconcile.yml';
const TRAIN = '.github/workflows/train.yaml';

async function hubWithWorkflows() {
  const hub = await startHub();
  const files = { [RECONCILE]: 'on: push\n', [TRAIN]: 'on: push\n', '.github/workflows/README.md': 'x\n' };
  hub.github.world.commitAs('ada', REPO, 'main', files, 'Add workflows');
  return hub;
}

describe('the workflows', () => {
  it('are the files of the default branch, known since their first commit', async () => {
    const { app, github } = await hubWithWorkflows();
    github.world.createBranchAs('ada', REPO, 'topic');
    github.world.commitAs('ada', REPO, 'topic', { '.github/workflows/other.yml': 'on: push\n' }, 'Elsewhere');

    const { data } = await app.rest.actions.listRepoWorkflows(AT);

    expect(data.workflows.map(({ path, state, created_at }) => [path, state, created_at])).toEqual([
      [RECONCILE, 'active', '2026-11-21T10:00:00Z'],
      [TRAIN, 'active', '2026-11-21T10:00:00Z'],
    ]);
  });

  it('are off until whoever may write turns them on', async () => {
    const { app, person, github, clock } = await hubWithWorkflows();
    github.world.setWorkflowState(REPO, RECONCILE, 'disabled_inactivity');
    clock.advance(60_000);
    const at = { ...AT, workflow_id: 'reconcile.yml' };

    expect((await refusal(person('eve').rest.actions.enableWorkflow(at))).status).toBe(403);
    await app.rest.actions.enableWorkflow(at);

    const { data } = await app.rest.actions.listRepoWorkflows(AT);
    expect(data.workflows.map(({ state, updated_at }) => [state, updated_at])).toEqual([
      ['active', '2026-11-21T10:01:00Z'],
      ['active', '2026-11-21T10:00:00Z'],
    ]);
  });

  it('are shown to no token without the permission', async () => {
    const { as, github } = await hubWithWorkflows();
    const plain = as(github.world.actionsToken(REPO, { contents: 'read' }));

    expect((await refusal(plain.rest.actions.listRepoWorkflows(AT))).status).toBe(403);
  });
});

describe('the runs of a workflow', () => {
  it('are listed by event and by state, newest first, and by its file or its number', async () => {
    const { app, github } = await hubWithWorkflows();
    const { addWorkflowRun } = github.world;
    const first = addWorkflowRun(REPO, { path: RECONCILE, createdMs: START_MS, conclusion: 'failure' });
    const second = addWorkflowRun(REPO, { path: RECONCILE, createdMs: START_MS + 1000, status: 'queued' });
    const byHand = addWorkflowRun(REPO, { path: RECONCILE, event: 'workflow_dispatch' });
    addWorkflowRun(REPO, { path: TRAIN });
    const list = async (
      filter: { event?: string; status?: 'queued' | 'failure' },
      workflow: string | number,
    ) =>
      (
        await app.rest.actions.listWorkflowRuns({ ...AT, ...filter, workflow_id: workflow })
      ).data.workflow_runs.map(({ id }) => id);

    expect(await list({}, 'reconcile.yml')).toEqual([second.id, byHand.id, first.id]);
    expect(await list({ event: 'schedule' }, first.workflowId)).toEqual([second.id, first.id]);
    expect(await list({ status: 'queued' }, first.workflowId)).toEqual([second.id]);
    expect(await list({ status: 'failure' }, first.workflowId)).toEqual([first.id]);
    expect((await refusal(list({}, 'none.yml'))).status).toBe(404);
  });
});
