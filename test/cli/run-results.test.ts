// What is left of a run where people look, where something is wrong: the page and the issue say what, and what to do.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { REPO } from '../e2e/jobs-world.ts';
import { stepVariable } from '../fakes/step-variable.ts';
import { type RunWorld, runWorld, stepNamed, stepsOf } from './run-world.ts';

let world: RunWorld;
beforeEach(async () => {
  world = await runWorld();
  return async () => await world.close();
});

const namePage = stepVariable('GITHUB_STEP_SUMMARY');

/** Runs as a job of GitHub Actions by its schedule, and returns its page too. */
async function onSchedule(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const page = join(world.dir, 'page.md');
  writeFileSync(page, '');
  namePage(page);
  const run = await world.warden(argv, {
    env: {
      GITHUB_STEP_SUMMARY: page,
      GITHUB_EVENT_NAME: 'schedule',
      WARDEN_SCHEDULE: '13,43 * * * *',
      ...env,
    },
  });
  return { ...run, page: readFileSync(page, 'utf8') };
}

const issueTexts = (): readonly string[] =>
  world.github.world
    .snapshot(REPO)
    .issues.filter(({ title }) => title.startsWith('Action required'))
    .map(({ body }) => body ?? '');

const headings = (page: string): readonly string[] => page.match(/^#{1,2} .*$/gm) ?? [];

describe('a kill list that is broken', () => {
  it('is named with its line on the page and in the issue, by the same words again where nothing else changed', async () => {
    await world.ingested();
    await world.warden(world.reconcile());
    writeFileSync(join(world.config, 'kill-list.yaml'), 'trend:\n  status: MAYBE\n');

    const { exitCode, page } = await onSchedule(world.reconcile());
    const [first = ''] = issueTexts();
    await onSchedule(world.reconcile(), { GITHUB_RUN_ID: '2' });
    const [second = ''] = issueTexts();

    expect(exitCode).toBe(3);
    for (const text of [page, first])
      expect(text).toContain('kill-list.yaml:2:3 trend.status: "MAYBE" is not allowed');
    expect(page).toContain('under the last good configuration, nothing new decided');
    expect(page).toContain('a file below `config` by a pull request');
    expect(causeIn(second)).toBe(causeIn(first));
  });
});

function causeIn(body: string): string | undefined {
  return /"cause_sha256":"([0-9a-f]+)"/.exec(body)?.[1];
}

describe('a run that GitHub refuses to know', () => {
  it('says so on its page, with the time at which it should have begun', async () => {
    const { exitCode, page } = await onSchedule(world.reconcile(), { GITHUB_TOKEN: 'ghs_wrong' });

    expect(exitCode).toBe(3);
    expect(page).toContain('**A person has to act:**');
    expect(page).toContain('Bad credentials; check that the token is whole and has not expired');
    expect(page).toContain('by `13,43 * * * *`');
  });
});

describe('an event without signals', () => {
  it('is told on the page and in the issue', async () => {
    const path = join(world.dir, 'event.json');
    writeFileSync(path, JSON.stringify({ client_payload: { signals: [] } }));
    const event = { GITHUB_EVENT_NAME: 'repository_dispatch', GITHUB_EVENT_PATH: path };

    const { exitCode, page } = await onSchedule(['run', 'ingest'], event);

    expect(exitCode).toBe(3);
    for (const text of [page, issueTexts()[0]]) expect(text).toContain('the event holds no signal');
  });
});

describe('the page of an ingest', () => {
  it('names its file, and the issue the kinds of lines that were set aside', async () => {
    writeFileSync(join(world.cwd, 'bad.jsonl'), 'no json\n{}\n');

    const { page } = await onSchedule(['run', 'ingest', 'bad.jsonl']);

    expect(page).toContain('2 lines read from `bad.jsonl`, 0 stored');
    expect(issueTexts()[0]).toContain('ingest: 2 set aside: invalid_event, malformed_json');
  });
});

describe('a training whose configuration is refused', () => {
  it('packs nothing, and says once what is wrong', async () => {
    await world.ingested();
    writeFileSync(join(world.config, 'warden.yaml'), 'version: 1\nhorizon_hours: [1]\n');

    const run = await onSchedule(['run', 'train', '--json']);

    expect(stepsOf(run)).toEqual([
      ['train', 3],
      ['push', 0],
    ]);
    const table = /^\| `train` \|.*$/m.exec(run.page)?.[0];
    expect(table).toMatch(/the configuration was refused \|$/);
  });
});

describe('a workflow that is off', () => {
  it('calls for a person on the page of the supervise that finds it, with the next step', async () => {
    await world.ingested();
    const path = '.github/workflows/train.yml';
    const text = "on: { schedule: [{ cron: '27 2 * * *' }] }\njobs: {}\n";
    world.github.world.commitAs('ada', REPO, 'main', { [path]: text }, 'Train');
    world.github.world.setWorkflowState(REPO, path, 'disabled_manually');

    const run = await onSchedule(['run', 'supervise', '--json']);

    expect(run.page).toContain('**A person has to act:** 1 thing that should run does not');
    expect(run.page).toContain('turn it on under Actions, train.yml, Enable workflow');
    expect(stepNamed(run, 'watch')).toMatchObject({
      findings: [{ kind: 'disabled', next_step: expect.stringContaining('turn it on under Actions') }],
      schedules: [{ path, next_at: expect.any(String) }],
    });
  });
});

describe('a run before the first signal', () => {
  it('warns of nothing: its state was taken from the branch, and no other folder could be meant', async () => {
    const run = await onSchedule(world.reconcile());

    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).not.toContain('warning');
  });
});

describe('a run with nothing new', () => {
  it('says once that nothing changed', async () => {
    await world.ingested();
    await world.warden(world.reconcile());
    await world.warden(world.reconcile());

    const { page } = await onSchedule(world.reconcile());

    expect(headings(page).filter((heading) => heading === '## State branch')).toHaveLength(1);
  });
});

describe('an ingest on a machine of a person', () => {
  it('leaves all of the state there, where people go on to look at it', async () => {
    await world.ingested();
    await world.warden(world.reconcile());

    await world.warden(['run', 'ingest', 'signals.jsonl']);
    const verified = await world.warden(['verify', '--json']);

    expect(verified.stderr).not.toContain('held more rows');
    expect(verified.exitCode, verified.stdout).toBe(0);
  });

  it('takes only what it needs on a machine of GitHub', async () => {
    await world.ingested();
    await world.warden(world.reconcile());
    rmSync(join(world.cwd, 'state'), { recursive: true });

    await world.warden(['run', 'ingest', 'signals.jsonl'], { env: { GITHUB_ACTIONS: 'true' } });
    const report = await world.warden(['report', '--out', 'site', '--json']);

    expect(report.json()).toMatchObject({ generated_at: null });
  });
});
