// `warden run` against a GitHub in memory: what reaches the state branch, what is published of it, and how a run ends.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { REPO, START_MS, STATE_BRANCH, signalsOf } from '../e2e/jobs-world.ts';
import { stepVariable } from '../fakes/step-variable.ts';
import { type RunWorld, runWorld, stepNamed, stepsOf } from './run-world.ts';

const namePage = stepVariable('GITHUB_STEP_SUMMARY');

let world: RunWorld;
beforeEach(async () => {
  world = await runWorld();
  return async () => await world.close();
});

describe('the first run', () => {
  it('begins the branch with one commit', async () => {
    const run = await world.warden(['run', 'ingest', 'signals.jsonl']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toMatch(
      /^push {4}\d\.\d s {5}0 {2}[0-9a-f]{12} state: ingest 2026-11-21 \(\+4 events\)$/m,
    );
    expect(await world.history()).toEqual([{ subject: 'state: ingest 2026-11-21 (+4 events)', parents: 0 }]);
    expect(await world.file('README.md')).not.toBe('');
  });
});

describe('a reconcile', () => {
  it('pushes rows and judgements as one commit, and then what was published as receipts', async () => {
    await world.ingested();

    const run = await world.warden(world.reconcile('--json'));

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepsOf(run)).toEqual([
      ['reconcile', 0],
      ['supervise', 0],
      ['push', 0],
      ['publish', 0],
      ['receipts', 0],
    ]);
    expect(await world.subjects()).toEqual([
      'state: publish 2026-11-21 (+1 receipt)',
      'state: reconcile 2026-11-21 (+8 rows)',
      'state: ingest 2026-11-21 (+4 events)',
    ]);
    expect(run.json()).toMatchObject({
      job: 'reconcile',
      branch: STATE_BRANCH,
      pushed: true,
      commit: world.branchSha(),
    });
  });

  it('publishes under the commit that was pushed, and commits nothing where there is nothing new', async () => {
    await world.ingested();
    const { commit: pushed } = stepNamed(await world.warden(world.reconcile('--json')), 'push');
    const before = world.branchSha();

    const again = await world.warden(world.reconcile('--json'));

    expect(JSON.parse(await world.file('supervisor/sent.jsonl'))).toMatchObject({
      ...{ effect: 'issue', outcome: 'done', state_commit: pushed },
    });
    expect(stepNamed(again, 'push')).toMatchObject({ did: 'nothing new', pushed: false, commit: before });
    expect(world.branchSha()).toBe(before);
  });

  it('is restricted by the inputs of its workflow', async () => {
    await world.ingested();

    const run = await world.warden(world.reconcile('--json'), {
      env: { WARDEN_INPUTS: '{"horizons":"1","since":"","dry_run":false}' },
    });

    expect(run.exitCode, run.stderr).toBe(0);
    expect(await world.subjects()).toContain('state: reconcile 2026-11-21 (+4 rows)');
  });

  it('refuses a horizon that the configuration does not have, and publishes what there is', async () => {
    await world.ingested();

    const run = await world.warden(world.reconcile('--horizons', '7', '--json'));

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(
      '--horizons names 7, which horizons_hours of warden.yaml does not; choose from 1, 4, 24',
    );
    expect(stepsOf(run)[0]).toEqual(['reconcile', 3]);
  });

  it('notes which line of the schedule started it, and when it should have begun', async () => {
    await world.ingested();
    world.clock.advance(20 * 60_000);

    await world.warden(world.reconcile(), { env: { WARDEN_SCHEDULE: '13,43 * * * *' } });

    const runs = (await world.file('runs/2026-11.jsonl'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(runs.at(-1)).toMatchObject({
      job: 'publish',
      schedule: { cron: '13,43 * * * *', expected_at: '2026-11-21T13:13:00.000Z' },
    });
    expect(runs[0]).not.toHaveProperty('schedule');
  });
});

describe('two runs at the same time', () => {
  it('lose nothing: whoever is rejected computes again on what the other pushed', async () => {
    const folders = [1, 2, 3].map((place) => join(world.dir, `machine-${place}`));
    for (const [place, folder] of folders.entries()) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'signals.jsonl'), signalsOf(START_MS + place * HOUR_MS));
    }

    const runs = await Promise.all(
      folders.map(
        async (folder, place) =>
          await world.warden(['run', 'ingest', 'signals.jsonl'], { folder, digits: `0${place}` }),
      ),
    );

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const events = (await world.file('alpha/events/ingest/2026-11.jsonl')).trim().split('\n');
    expect(new Set(events).size).toBe(12);
    const subject = 'state: ingest 2026-11-21 (+4 events)';
    expect(await world.history()).toEqual([1, 1, 0].map((parents) => ({ subject, parents })));
    expect((await world.file('runs/2026-11.jsonl')).match(/"job":"ingest"/g)).toHaveLength(3);
  });

  it('are refused in one folder', async () => {
    const owner = { pid: 1, host: 'elsewhere', since: '2026-11-21T12:00:00.000Z' };
    nodeDisk(join(world.cwd, 'state/data')).replace('.locks/run.lock', `${JSON.stringify(owner)}\n`);

    const run = await world.warden(['run', 'ingest', 'signals.jsonl']);

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('the lock "run" is held by process 1 on host elsewhere');
    expect(world.branchSha()).toBeNull();
  });
});

describe('a dry run', () => {
  it('shows the commits and the requests, and writes nothing anywhere', async () => {
    await world.ingested();
    const before = world.branchSha();
    rmSync(join(world.cwd, 'state'), { recursive: true });
    const { writes } = world.github.counts;

    const run = await world.warden(world.reconcile('--json'), { env: { WARDEN_INPUTS: '{"dry_run":true}' } });

    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain('would push "state: reconcile 2026-11-21 (+8 rows)"');
    expect(run.stderr).toMatch(/new {6}alpha\/reconciled\/2026-11\/2026-11-21\.jsonl, [\d,]+ bytes/);
    expect(run.stderr).toMatch(/changed {2}runs\/2026-11\.jsonl, \d+ bytes to [\d,]+ bytes/);
    expect(run.stderr).toContain('POST /repos/acme/alpha/issues "Warden dashboard"');
    expect(run.json()).toMatchObject({ dry_run: true, pushed: false, commit: before });
    expect([world.branchSha(), world.github.counts.writes]).toEqual([before, writes]);
    expect(readdirSync(world.cwd)).toEqual(['signals.jsonl']);
  });

  it('begins no branch', async () => {
    const run = await world.warden(['run', 'ingest', 'signals.jsonl', '--dry-run']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('would push "state: ingest 2026-11-21 (+4 events)": 2 files');
    expect(world.branchSha()).toBeNull();
  });

  it('shows also before the first signal what would be published', async () => {
    const run = await world.warden(['run', 'supervise', '--dry-run', '--json']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepsOf(run)).toContainEqual(['publish', 0]);
    expect(world.branchSha()).toBeNull();
  });
});

describe('a broken configuration', () => {
  const broken = (): void =>
    writeFileSync(join(world.config, 'warden.yaml'), 'version: 1\nhorizon_hours: [1]\n');

  it('leaves the last good one in force, and the state is judged and published under it', async () => {
    await world.ingested();
    await world.warden(world.reconcile());
    broken();

    const run = await world.warden(world.reconcile('--json'));

    expect(run.exitCode).toBe(3);
    expect(stepsOf(run)).toEqual([
      ['reconcile', 3],
      ['supervise', 3],
      ['push', 0],
      ['publish', 3],
      ['receipts', 0],
    ]);
    expect(run.stderr).toContain('the last good one');
  });

  it('begins no branch for signals whose name it may have wrong', async () => {
    writeFileSync(join(world.config, 'warden.yaml'), 'state: { branch: desk\n');

    const run = await world.warden(['run', 'ingest', 'signals.jsonl']);

    expect(run.exitCode).toBe(9);
    expect(run.stderr).toContain('warden.yaml, which may name another one, cannot be read');
    expect(world.branchSha()).toBeNull();
  });

  it('begins no branch where nothing was done', async () => {
    broken();

    const run = await world.warden(world.reconcile('--json'));

    expect(run.exitCode).toBe(3);
    expect(stepsOf(run)).toEqual([
      ['reconcile', 3],
      ['supervise', 3],
      ['publish', null],
    ]);
    expect(world.branchSha()).toBeNull();
  });
});

describe('a state that is damaged', () => {
  it('is neither committed on nor published, and the file is named', async () => {
    await world.ingested();
    await world.warden(world.reconcile());
    const path = 'alpha/reconciled/2026-11/2026-11-21.jsonl';
    world.github.world.commitAs('ada', REPO, STATE_BRANCH, { [path]: 'no row\n' }, 'Damage');
    const before = world.branchSha();

    const run = await world.warden(world.reconcile(), { env: { GITHUB_EVENT_NAME: 'schedule' } });

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(`${path}:1`);
    expect(world.branchSha()).toBe(before);
    const issues = world.github.world.snapshot(REPO).issues.map(({ title }) => title);
    expect(issues).toContain('Action required: the job reconcile fails');
  });
});

describe('the other jobs', () => {
  it('train, and pack months by a commit of its own', async () => {
    await world.ingested();
    await world.warden(world.reconcile());

    const run = await world.warden(['run', 'train', '--window', '30d', '--json']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepsOf(run).map(([step]) => step)).toEqual(['train', 'push', 'compact', 'push packs']);
    expect(stepNamed(run, 'train')).toMatchObject({ did: 'models in use: 0 of 3' });
    expect(run.json()).toMatchObject({ pushed: true, commit: world.branchSha() });
    expect((await world.subjects())[0]).toBe('state: train 2026-11-21');
  });

  it('pack months that are long over, and show first and afterwards which files that changes', async () => {
    await world.ingested();
    await world.warden(world.reconcile());
    const page = join(world.dir, 'page.md');
    writeFileSync(page, '');
    namePage(page);
    const train = ['run', 'train', '--now', '2027-06-01T00:00:00Z', '--json'];
    const index = 'packs/2026-11-signals.json';

    const shown = await world.warden([...train, '--dry-run']);
    expect(await world.file(index)).toBe('');
    const run = await world.warden(train, { env: { GITHUB_STEP_SUMMARY: page } });

    expect([shown.exitCode, run.exitCode], run.stderr).toEqual([0, 0]);
    const { files } = stepNamed(shown, 'push packs') as { files: readonly { path: string }[] };
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([index, 'alpha/events/ingest/2026-11.jsonl']),
    );
    expect(stepNamed(run, 'push packs')).toMatchObject({ pushed: true });
    expect(await world.file(index)).not.toBe('');
    expect(await world.file('alpha/events/ingest/2026-11.jsonl')).toBe('');
    expect(readFileSync(page, 'utf8')).toContain(index);
  });

  it('supervise, publish and watch', async () => {
    await world.ingested();
    await world.warden(world.reconcile());

    const run = await world.warden(['run', 'supervise', '--json']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepsOf(run).map(([step]) => step)).toEqual(['supervise', 'push', 'publish', 'receipts', 'watch']);
  });

  it('watch, and name what does not run once', async () => {
    const path = '.github/workflows/train.yml';
    const workflow = "on:\n  schedule:\n    - cron: '27 2 * * *'\njobs: {}\n";
    world.github.world.commitAs('ada', REPO, 'main', { [path]: workflow }, 'Train every night');
    world.github.world.setWorkflowState(REPO, path, 'disabled_manually');

    const run = await world.warden(['run', 'supervise']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain(`  the schedule of ${path} was turned off by a person\n`);
    expect(run.stdout.split(path)).toHaveLength(2);
  });

  it('write the report, and push nothing', async () => {
    await world.ingested();
    await world.warden(world.reconcile());
    const before = world.branchSha();

    const run = await world.warden(['run', 'report', '--out', 'site']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(readFileSync(join(world.cwd, 'site/index.html'), 'utf8')).toContain(before?.slice(0, 7));
    expect(world.branchSha()).toBe(before);
  });
});

describe('the page and the outputs of a run', () => {
  it('say what it did', async () => {
    await world.ingested();
    const [page, outputs] = [join(world.dir, 'page.md'), join(world.dir, 'outputs')];
    writeFileSync(page, '');
    writeFileSync(outputs, '');
    const env = { GITHUB_STEP_SUMMARY: page, GITHUB_OUTPUT: outputs };
    // The toolkit of GitHub Actions reads the environment of the process itself.
    Object.assign(process.env, env);
    onTestFinished(() => {
      for (const name of Object.keys(env)) delete process.env[name];
    });

    await world.warden(world.reconcile(), { env });

    const text = readFileSync(page, 'utf8');
    const order = ['## Run of `reconcile`', '## Reconcile', '## Publish', '## State branch', '# Meta report'];
    const places = order.map((title) => text.indexOf(`${title}`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(readFileSync(outputs, 'utf8')).toMatch(/^rows<<(.*)\n8\n\1$/m);
    expect(readFileSync(outputs, 'utf8')).toMatch(/^exit_code<<(.*)\n0\n\1$/m);
  });
});
