// Check runs at the local GitHub: batches of annotations, limits, and completion although answers are lost.

import { describe, expect, it } from 'vitest';
import { annotationBatches } from '../../../src/adapters/github/checks.ts';
import { answerLost, serverError } from '../../../src/adapters/github/local/faults.ts';
import type { CheckAnnotation, CheckOutput } from '../../../src/domain/github.ts';
import { connected } from './connected.ts';
import { AT, startHub } from './local/hub.ts';

const NAME = 'warden/config';

function annotations(count: number): CheckAnnotation[] {
  return Array.from({ length: count }, (_, index) => ({
    path: 'config/warden.yaml',
    startLine: 1,
    endLine: 1,
    startColumn: 2,
    endColumn: 3,
    level: 'failure',
    title: `number ${index}`,
    message: 'is wrong',
  }));
}

function outputOf(given: Partial<CheckOutput>): CheckOutput {
  return { title: 'Refused', summary: 'S', text: '', annotations: [], ...given };
}

async function started() {
  const hub = await startHub();
  const { github } = connected(hub);
  const headSha = (await github.head('main')) ?? '';
  const check = await github.startCheck({ name: NAME, headSha, externalId: 'state 1' });
  const shown = async () =>
    (await hub.app.paginate('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', {
      ...AT,
      check_run_id: check.id,
    })) as { title: string; message: string; start_column: number | null }[];
  return { hub, github, headSha, check, shown };
}

describe('a check', () => {
  it('is started, completed, and found again with what it said', async () => {
    const { github, headSha, check } = await started();
    expect(check).toMatchObject({
      name: NAME,
      status: 'in_progress',
      conclusion: null,
      externalId: 'state 1',
    });
    await github.completeCheck(check.id, 'neutral', outputOf({ title: 'T', summary: 'All well' }));

    expect(await github.checkRuns(headSha, NAME)).toEqual([
      {
        id: check.id,
        name: NAME,
        status: 'completed',
        conclusion: 'neutral',
        externalId: 'state 1',
        title: 'T',
        summary: 'All well',
      },
    ]);
    expect(await github.checkRuns(headSha, 'another')).toEqual([]);
  });

  it('is started anew in its own run, so that runs do not pile up', async () => {
    const { github, headSha, check } = await started();
    await github.completeCheck(check.id, 'failure', outputOf({}));
    const draft = { name: NAME, headSha, externalId: 'state 2', runId: check.id };

    expect(await github.startCheck(draft)).toMatchObject({
      id: check.id,
      status: 'in_progress',
      conclusion: null,
    });
    await github.completeCheck(check.id, 'success', outputOf({ title: 'T' }));
    expect(await github.checkRuns(headSha, NAME)).toMatchObject([
      { id: check.id, conclusion: 'success', externalId: 'state 2', title: 'T' },
    ]);
  });

  it('is not mixed up with one of the same name by another app', async () => {
    const { hub, github, headSha, check } = await started();
    const actions = hub.as(hub.github.world.actionsToken('acme/desk', { checks: 'write', contents: 'read' }));
    await actions.rest.checks.create({ ...AT, name: NAME, head_sha: headSha });

    expect((await github.checkRuns(headSha, NAME)).map(({ id }) => id)).toEqual([check.id]);
  });

  it('gets any number of annotations, fifty at a time', async () => {
    const { hub, github, check, shown } = await started();
    await github.completeCheck(check.id, 'failure', outputOf({ annotations: annotations(120) }));

    expect((await shown()).map(({ title }) => title)).toEqual(annotations(120).map(({ title }) => title));
    expect(hub.github.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(3);
    expect(annotationBatches([])).toEqual([[]]);
    expect(annotationBatches(annotations(100)).map((batch) => batch.length)).toEqual([50, 50]);
  });

  it('cuts what is too long, and gives columns only within one line', async () => {
    const { github, check, shown } = await started();
    const [one] = annotations(1);
    const long = { title: 'é😀'.repeat(200), message: 'é😀'.repeat(20_000) };
    const several =
      one === undefined
        ? []
        : [
            { ...one, endLine: 2 },
            { ...one, ...long },
          ];
    await github.completeCheck(check.id, 'failure', outputOf({ annotations: several }));
    const [first, second] = await shown();

    expect(first?.start_column).toBeNull();
    expect(second?.start_column).toBe(2);
    expect(second?.title.length).toBeLessThanOrEqual(255);
    expect(encodeURI(second?.title ?? '')).toContain('%F0%9F%98%80');
    expect(Buffer.byteLength(second?.message ?? '')).toBeLessThanOrEqual(65_536);
    expect(second?.message).toMatch(/^(é😀)+é?…$/u);
  });

  it('is refused as a defect where its summary was not made to fit', async () => {
    const { github, check } = await started();
    const refused = async (summary: string) =>
      await expect(github.completeCheck(check.id, 'failure', outputOf({ summary }))).rejects.toThrow(
        '65535 fit',
      );

    await refused('x'.repeat(65_536));
    await refused('→'.repeat(21_846));
  });

  it('is started anew and completed after a wait where GitHub is unwell and nothing can be doubled', async () => {
    const hub = await startHub();
    const { github, sleptMs } = connected(hub);
    const headSha = (await github.head('main')) ?? '';
    const draft = { name: NAME, headSha, externalId: 'state 1' };
    const { id } = await github.startCheck(draft);
    for (const after of [0, 1])
      hub.github.faults.plan({ method: 'PATCH', path: /check-runs/, after, fault: answerLost(502) });
    await github.startCheck({ ...draft, runId: id });
    await github.completeCheck(id, 'success', outputOf({}));

    expect(sleptMs).toEqual([1_000, 1_000]);
    expect(await github.checkRuns(headSha, NAME)).toMatchObject([{ id, status: 'completed' }]);
  });

  it('is in progress until the last annotation is sent, so that half of it is not taken for the whole', async () => {
    const { hub, github, check, shown, headSha } = await started();
    hub.github.faults.plan({
      method: 'PATCH',
      path: /check-runs/,
      after: 2,
      times: 3,
      fault: serverError(502),
    });
    const completing = github.completeCheck(check.id, 'failure', outputOf({ annotations: annotations(120) }));

    await expect(completing).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await shown()).toHaveLength(100);
    expect(await github.checkRuns(headSha, NAME)).toMatchObject([
      { status: 'in_progress', conclusion: null },
    ]);

    await github.startCheck({ name: NAME, headSha, externalId: 'state 1', runId: check.id });
    await github.completeCheck(check.id, 'failure', outputOf({ annotations: annotations(120) }));
    expect((await shown()).map(({ title }) => title)).toEqual(annotations(120).map(({ title }) => title));
    expect(await github.checkRuns(headSha, NAME)).toMatchObject([{ status: 'completed' }]);
  });

  it('keeps annotations that are alike as often as they are meant', async () => {
    const { hub, github, check, shown } = await started();
    const alike = [...annotations(1), ...annotations(1), ...annotations(1)];
    hub.github.faults.plan({ method: 'PATCH', path: /check-runs/, fault: answerLost('drop') });
    await github.completeCheck(check.id, 'failure', outputOf({ annotations: alike }));

    expect(await shown()).toHaveLength(3);
  });

  it('gets what was lost although the run had annotations of an earlier result', async () => {
    const { hub, github, headSha, check, shown } = await started();
    const earlier = annotations(120).map((one) => ({ ...one, message: 'was wrong' }));
    await github.completeCheck(check.id, 'failure', outputOf({ annotations: earlier }));
    await github.startCheck({ name: NAME, headSha, externalId: 'state 2', runId: check.id });
    hub.github.faults.plan({ method: 'PATCH', path: /check-runs/, after: 1, fault: serverError(502) });
    await github.completeCheck(check.id, 'failure', outputOf({ annotations: annotations(120) }));

    expect((await shown()).filter(({ message }) => message === 'is wrong')).toHaveLength(120);
  });

  it.each([
    ['was lost after it took effect', answerLost('drop')],
    ['was 502 after it took effect', answerLost(502)],
    ['was 502 before it took effect', serverError(502)],
  ])('is completed with each annotation once although an answer %s', async (_case, fault) => {
    const { hub, github, check, shown, headSha } = await started();
    hub.github.faults.plan({ method: 'PATCH', path: /check-runs/, after: 1, fault });
    await github.completeCheck(check.id, 'failure', outputOf({ annotations: annotations(120) }));

    expect(await shown()).toHaveLength(120);
    expect(await github.checkRuns(headSha, NAME)).toMatchObject([{ status: 'completed' }]);
  });
});
