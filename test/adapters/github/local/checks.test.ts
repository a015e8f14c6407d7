// Check runs of the local GitHub: who may write them, what they hold, and how they are asked for again.

import { describe, expect, it } from 'vitest';
import { AT, type Hub, REPO, refusal, startHub } from './hub.ts';

function head({ github }: Hub): string {
  return github.world.branchSha(REPO, 'main') ?? '';
}

function annotations(count: number, change: object = {}) {
  return Array.from({ length: count }, (_, index) => ({
    path: 'config/warden.yaml',
    start_line: index + 1,
    end_line: index + 1,
    annotation_level: 'failure' as const,
    message: `line ${index + 1}`,
    ...change,
  }));
}

async function started(hub: Hub, name = 'config'): Promise<number> {
  const run = await hub.app.rest.checks.create({
    ...AT,
    name,
    head_sha: head(hub),
    status: 'in_progress',
  });
  return Number(run.data.id);
}

describe('a check run', () => {
  it('is started and completed, and each is told once', async () => {
    const hub = await startHub();
    const check_run_id = await started(hub);
    hub.clock.advance(5000);
    const done = await hub.app.rest.checks.update({ ...AT, check_run_id, conclusion: 'failure' });
    await hub.github.deliveries.idle();

    expect(done.data).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      started_at: '2026-11-21T10:00:00Z',
      completed_at: '2026-11-21T10:00:05Z',
      app: { slug: 'warden' },
    });
    expect(
      hub.github.deliveries.log.filter(({ event }) => event === 'check_run').map(({ action }) => action),
    ).toEqual(['created', 'completed']);
  });

  it('gathers annotations over requests of at most fifty', async () => {
    const hub = await startHub();
    const check_run_id = await started(hub);
    const output = (count: number) => ({ title: 't', summary: 's', annotations: annotations(count) });
    await hub.app.rest.checks.update({ ...AT, check_run_id, output: output(50) });
    await hub.app.rest.checks.update({ ...AT, check_run_id, output: output(20) });
    const all = await hub.app.paginate(hub.app.rest.checks.listAnnotations, { ...AT, check_run_id });
    const run = await hub.app.rest.checks.get({ ...AT, check_run_id });

    expect(all).toHaveLength(70);
    expect(run.data.output).toMatchObject({ title: 't', summary: 's', annotations_count: 70 });
    expect(
      await refusal(hub.app.rest.checks.update({ ...AT, check_run_id, output: output(51) })),
    ).toMatchObject({ status: 422, message: expect.stringContaining('No more than 50') });
  });

  it.each([
    ['columns on different lines', { end_line: 3, start_column: 1, end_column: 2 }],
    ['a long title', { title: 'x'.repeat(256) }],
    ['a long message', { message: 'é'.repeat(40_000) }],
    ['lines that end before they start', { start_line: 3, end_line: 2 }],
    ['an unknown level', { annotation_level: 'error' }],
    ['a path from the root', { path: '/config/warden.yaml' }],
  ])('refuses an annotation with %s', async (_case, change) => {
    const hub = await startHub();
    const check_run_id = await started(hub);
    const output = { title: 't', summary: 's', annotations: annotations(1, change) };

    expect(await refusal(hub.app.rest.checks.update({ ...AT, check_run_id, output }))).toMatchObject({
      status: 422,
    });
  });

  it('keeps 65,535 bytes of summary and refuses one more', async () => {
    const hub = await startHub();
    const check_run_id = await started(hub);
    const write = (length: number, start = '') =>
      hub.app.rest.checks.update({
        ...AT,
        check_run_id,
        output: { title: 't', summary: start + 'x'.repeat(length) },
      });

    expect((await write(65_535)).status).toBe(200);
    expect((await refusal(write(65_536))).message).toContain(
      'Only 65535 characters are allowed; 65536 were supplied.',
    );
    expect((await write(65_532, '→')).status).toBe(200);
    expect((await refusal(write(65_533, '→'))).message).toContain('a maximum bytesize of 65535');
  });

  it('has at most three actions, and a conclusion once it is completed', async () => {
    const hub = await startHub();
    const check_run_id = await started(hub);
    const actions = ['a', 'b', 'c', 'd'].map((label) => ({ label, description: label, identifier: label }));
    const update = (change: object) =>
      refusal(hub.app.rest.checks.update({ ...AT, check_run_id, ...change }));

    expect((await update({ actions })).status).toBe(422);
    expect((await update({ status: 'completed' })).status).toBe(422);
    expect((await update({ conclusion: 'stale' })).status).toBe(422);
  });

  it('needs a commit that exists', async () => {
    const hub = await startHub();

    expect(
      await refusal(hub.app.rest.checks.create({ ...AT, name: 'n', head_sha: '0123456789'.repeat(4) })),
    ).toMatchObject({ status: 422, message: expect.stringContaining('No commit found for SHA') });
  });

  it('is written by Apps alone, and changed by its own', async () => {
    const hub = await startHub();
    const workflow = hub.as(hub.github.world.actionsToken(REPO, { checks: 'write' }));
    const create = { ...AT, name: 'n', head_sha: head(hub) };
    const check_run_id = await started(hub);

    expect((await refusal(hub.person('acme').rest.checks.create(create))).status).toBe(403);
    expect((await workflow.rest.checks.create(create)).data.app?.slug).toBe('github-actions');
    expect(
      await refusal(workflow.rest.checks.update({ ...AT, check_run_id, conclusion: 'success' })),
    ).toMatchObject({ status: 403, message: expect.stringContaining('Invalid app_id') });
  });

  it('is found by commit and branch, the newest of a name first', async () => {
    const hub = await startHub();
    const [old, fresh, other] = [await started(hub), await started(hub), await started(hub, 'premise')];
    const list = async (query: object) =>
      (await hub.app.rest.checks.listForRef({ ...AT, ref: 'main', ...query })).data.check_runs.map(
        ({ id }) => id,
      );

    expect(await list({})).toEqual([other, fresh]);
    expect(await list({ filter: 'all', check_name: 'config' })).toEqual([fresh, old]);
    expect(await list({ app_id: 1 })).toEqual([]);
    const suites = await hub.app.rest.checks.listSuitesForRef({ ...AT, ref: 'main' });
    expect(suites.data).toMatchObject({ total_count: 1, check_suites: [{ latest_check_runs_count: 3 }] });
  });

  it('is asked for again, alone or with its suite', async () => {
    const hub = await startHub();
    const check_run_id = await started(hub);
    await hub.person('ada').rest.checks.rerequestRun({ ...AT, check_run_id });
    hub.github.world.rerequestCheckAs('ada', REPO, check_run_id);
    hub.github.world.rerequestSuiteAs('ada', REPO, head(hub));
    await hub.github.deliveries.idle();

    expect(
      hub.github.deliveries.log
        .filter(({ action }) => action === 'rerequested')
        .map(({ event, request }) => [event, request.payload['sender']]),
    ).toMatchObject([
      ['check_run', { login: 'ada' }],
      ['check_run', { login: 'ada' }],
      ['check_suite', { login: 'ada' }],
    ]);
  });
});
