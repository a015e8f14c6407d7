// `warden run` against a GitHub in memory: what reaches the state branch, what is published of it, and how a run ends.

import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { type JobsWorld, jobsWorld, REPO, START_MS, STATE_BRANCH, signalsOf } from '../e2e/jobs-world.ts';
import { runInMemory } from './memory-host.ts';

const execFileLater = promisify(execFile);

let world: JobsWorld;
let cwd = '';
beforeEach(async () => {
  world = await jobsWorld();
  world.clock.advance(13 * HOUR_MS);
  cwd = join(world.dir, 'checkout');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'signals.jsonl'), signalsOf(START_MS));
  return async () => await world.close();
});

interface Parts {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Two hex digits that tell one run from another at the same instant. */
  readonly digits?: string;
}

/** As in a job whose checkout stays. */
async function warden(argv: readonly string[], { env = {}, folder = cwd, digits = 'ab' }: Parts = {}) {
  return await runInMemory(COMMANDS, [...argv, '--config', world.config], {
    cwd: folder,
    env: { ...world.environment(), ...env },
    nowMs: world.clock.nowMs(),
    randomHex: (bytes) => digits.repeat(bytes),
  });
}

async function ingested(): Promise<void> {
  const run = await warden(['run', 'ingest', 'signals.jsonl']);
  expect(run.exitCode, run.stderr).toBe(0);
}

const reconcile = (...argv: string[]) => ['run', 'reconcile', '--prices', world.candles, ...argv];

async function subjects(): Promise<string[]> {
  return (await world.history()).map(({ subject }) => subject);
}

async function file(path: string): Promise<string> {
  return (await world.state())?.get(path) ?? '';
}

function branchSha(): string | null {
  return world.github.world.branchSha(REPO, STATE_BRANCH);
}

/** Names and ends of the steps, in their order. */
function stepsOf(run: { readonly json: () => unknown }): readonly (readonly [string, number | null])[] {
  const { steps } = run.json() as { steps: { step: string; exit_code: number | null }[] };
  return steps.map(({ step, exit_code }) => [step, exit_code]);
}

/** What a run says in JSON of one of its steps. */
function stepNamed(run: { readonly json: () => unknown }, name: string): Record<string, unknown> {
  const { steps } = run.json() as { steps: { step: string }[] };
  return { ...steps.find(({ step }) => step === name) };
}

describe('the first run', () => {
  it('begins the branch with one commit', async () => {
    const run = await warden(['run', 'ingest', 'signals.jsonl']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toMatch(
      /^push {4}\d\.\d s {5}0 {2}[0-9a-f]{12} state: ingest 2026-11-21 \(\+4 events\)$/m,
    );
    expect(await world.history()).toEqual([{ subject: 'state: ingest 2026-11-21 (+4 events)', parents: 0 }]);
    expect(await file('README.md')).not.toBe('');
  });
});

describe('a reconcile', () => {
  it('pushes rows and judgements as one commit, and then what was published as receipts', async () => {
    await ingested();

    const run = await warden(reconcile('--json'));

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepsOf(run)).toEqual([
      ['reconcile', 0],
      ['supervise', 0],
      ['push', 0],
      ['publish', 0],
      ['receipts', 0],
    ]);
    expect(await subjects()).toEqual([
      'state: publish 2026-11-21 (+1 receipt)',
      'state: reconcile 2026-11-21 (+8 rows)',
      'state: ingest 2026-11-21 (+4 events)',
    ]);
    expect(run.json()).toMatchObject({
      job: 'reconcile',
      branch: STATE_BRANCH,
      pushed: true,
      commit: branchSha(),
    });
  });

  it('publishes under the commit that was pushed, and commits nothing where there is nothing new', async () => {
    await ingested();
    const { commit: pushed } = stepNamed(await warden(reconcile('--json')), 'push');
    const before = branchSha();

    const again = await warden(reconcile('--json'));

    expect(JSON.parse(await file('supervisor/sent.jsonl'))).toMatchObject({
      ...{ effect: 'issue', outcome: 'done', state_commit: pushed },
    });
    expect(stepNamed(again, 'push')).toMatchObject({ did: 'nothing new', pushed: false, commit: before });
    expect(branchSha()).toBe(before);
  });

  it('is restricted by the inputs of its workflow', async () => {
    await ingested();

    const run = await warden(reconcile('--json'), {
      env: { WARDEN_INPUTS: '{"horizons":"1","since":"","dry_run":false}' },
    });

    expect(run.exitCode, run.stderr).toBe(0);
    expect(await subjects()).toContain('state: reconcile 2026-11-21 (+4 rows)');
  });

  it('refuses a horizon that the configuration does not have, and publishes what there is', async () => {
    await ingested();

    const run = await warden(reconcile('--horizons', '7', '--json'));

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(
      '--horizons names 7, which horizons_hours of warden.yaml does not; choose from 1, 4, 24',
    );
    expect(stepsOf(run)[0]).toEqual(['reconcile', 3]);
  });

  it('notes which line of the schedule started it, and when it should have begun', async () => {
    await ingested();
    world.clock.advance(20 * 60_000);

    await warden(reconcile(), { env: { WARDEN_SCHEDULE: '13,43 * * * *' } });

    const runs = (await file('runs/2026-11.jsonl'))
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
          await warden(['run', 'ingest', 'signals.jsonl'], { folder, digits: `0${place}` }),
      ),
    );

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const events = (await file('alpha/events/ingest/2026-11.jsonl')).trim().split('\n');
    expect(new Set(events).size).toBe(12);
    const subject = 'state: ingest 2026-11-21 (+4 events)';
    expect(await world.history()).toEqual([1, 1, 0].map((parents) => ({ subject, parents })));
    expect((await file('runs/2026-11.jsonl')).match(/"job":"ingest"/g)).toHaveLength(3);
  });

  it('are refused in one folder', async () => {
    const owner = { pid: 1, host: 'elsewhere', since: '2026-11-21T12:00:00.000Z' };
    nodeDisk(join(cwd, 'state/data')).replace('.locks/run.lock', `${JSON.stringify(owner)}\n`);

    const run = await warden(['run', 'ingest', 'signals.jsonl']);

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('the lock "run" is held by process 1 on host elsewhere');
    expect(branchSha()).toBeNull();
  });
});

describe('a dry run', () => {
  it('shows the commits and the requests, and writes nothing anywhere', async () => {
    await ingested();
    const before = branchSha();
    rmSync(join(cwd, 'state'), { recursive: true });
    const { writes } = world.github.counts;

    const run = await warden(reconcile('--json'), { env: { WARDEN_INPUTS: '{"dry_run":true}' } });

    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain('would push "state: reconcile 2026-11-21 (+8 rows)"');
    expect(run.stderr).toMatch(/new {6}alpha\/reconciled\/2026-11\/2026-11-21\.jsonl, [\d,]+ bytes/);
    expect(run.stderr).toMatch(/changed {2}runs\/2026-11\.jsonl, \d+ bytes to [\d,]+ bytes/);
    expect(run.stderr).toContain('POST /repos/acme/alpha/issues "Warden dashboard"');
    expect(run.json()).toMatchObject({ dry_run: true, pushed: false, commit: before });
    expect([branchSha(), world.github.counts.writes]).toEqual([before, writes]);
    expect(readdirSync(cwd)).toEqual(['signals.jsonl']);
  });

  it('begins no branch', async () => {
    const run = await warden(['run', 'ingest', 'signals.jsonl', '--dry-run']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('would push "state: ingest 2026-11-21 (+4 events)": 2 files');
    expect(branchSha()).toBeNull();
  });
});

describe('a run that cannot push', () => {
  it('names the permission that its token lacks, and publishes nothing', async () => {
    await ingested();
    const before = branchSha();
    const token = world.environment({ contents: 'read', issues: 'write' })['GITHUB_TOKEN'] ?? '';

    const run = await warden(reconcile('--json'), { env: { GITHUB_TOKEN: token } });

    expect(run.exitCode).toBe(9);
    expect(run.stderr).toContain('contents: write');
    expect(stepsOf(run).slice(-2)).toEqual([
      ['push', 9],
      ['publish', null],
    ]);
    expect(branchSha()).toBe(before);
    const issues = world.github.world.snapshot(REPO).issues.map(({ title }) => title);
    expect(issues).toEqual(['Action required: the job reconcile fails']);
  });

  it('refuses the default branch, where people review what they wrote', async () => {
    const run = await warden(['run', 'ingest', 'signals.jsonl', '--branch', 'main']);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('main is the default branch');
  });
});

describe('a run whose end was lost', () => {
  it('is finished by the next one: what was pushed and not published is published then', async () => {
    await ingested();
    const token = world.environment({ contents: 'write' })['GITHUB_TOKEN'] ?? '';

    const died = await warden(reconcile('--json'), { env: { GITHUB_TOKEN: token } });
    const next = await warden(reconcile('--json'));

    expect([died.exitCode, next.exitCode], next.stderr).toEqual([7, 0]);
    expect(died.json()).toMatchObject({ pushed: true });
    expect(await subjects()).toEqual([
      'state: publish 2026-11-21 (+1 receipt)',
      'state: reconcile 2026-11-21 (+8 rows)',
      'state: ingest 2026-11-21 (+4 events)',
    ]);
  });

  it('publishes once, however often the push of its receipts is tried', async () => {
    await ingested();
    const lost = {
      response: { status: 502, headers: {}, body: {} },
      afterApplying: false,
      wait: null,
    } as const;
    world.github.faults.plan({ method: 'POST', path: /git-receive-pack$/, after: 1, times: 2, fault: lost });

    const run = await warden(reconcile('--json'));

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepNamed(run, 'receipts')).toMatchObject({ pushed: true, tries: 3 });
    expect((await file('supervisor/sent.jsonl')).trim().split('\n')).toHaveLength(1);
    expect(await file('runs/2026-11.jsonl')).toMatch(/"job":"publish"/);
    expect(world.github.world.snapshot(REPO).issues).toHaveLength(1);
  });
});

describe('a broken configuration', () => {
  const broken = (): void =>
    writeFileSync(join(world.config, 'warden.yaml'), 'version: 1\nhorizon_hours: [1]\n');

  it('leaves the last good one in force, and the state is judged and published under it', async () => {
    await ingested();
    await warden(reconcile());
    broken();

    const run = await warden(reconcile('--json'));

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

  it('begins no branch, whose name it may have wrong', async () => {
    broken();

    const run = await warden(reconcile('--json'));

    expect(run.exitCode).toBe(3);
    expect(stepsOf(run)).toEqual([
      ['reconcile', 3],
      ['supervise', 3],
      ['publish', null],
    ]);
    expect(branchSha()).toBeNull();
  });
});

describe('the signals of an event', () => {
  async function dispatched(payload: unknown, ...argv: string[]) {
    const path = join(world.dir, 'event.json');
    writeFileSync(path, JSON.stringify({ action: 'alpha-signal', client_payload: payload }));
    const env = { GITHUB_EVENT_NAME: 'repository_dispatch', GITHUB_EVENT_PATH: path };
    return await warden(['run', 'ingest', ...argv], { env });
  }
  const events = signalsOf(START_MS)
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

  it('are stored, several or one', async () => {
    expect((await dispatched({ events: events.slice(1) }, '--producer', 'desk')).exitCode).toBe(0);
    expect((await dispatched({ event: events[0] })).exitCode).toBe(0);

    expect(await subjects()).toEqual([
      'state: ingest 2026-11-21 (+1 event)',
      'state: ingest 2026-11-21 (+3 events)',
    ]);
    expect((await file('alpha/events/desk/2026-11.jsonl')).trim().split('\n')).toHaveLength(3);
  });

  it('are stored where they are good, and the others say where they are wrong', async () => {
    const run = await dispatched({ events: [...events, { agent: 'momo' }, 'no object'] });

    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('client_payload.jsonl:5');
    expect(await subjects()).toEqual(['state: ingest 2026-11-21 (+4 events, 2 rejects)']);
  });

  it.each([[{}], [{ events: 5 }], [null], ['text']])(
    'are asked for where the payload is %j',
    async (payload) => {
      const run = await dispatched(payload);

      expect(run.exitCode).toBe(3);
      expect(run.stderr).toContain('the event holds no signal; expected a file, or a workflow');
      expect(branchSha()).toBeNull();
    },
  );

  it('are not looked for without an event', async () => {
    const run = await warden(['run', 'ingest']);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('no file was named');
  });
});

describe('the issue about a job', () => {
  it('is opened by a run that nobody watches, and closed by the next good one', async () => {
    writeFileSync(join(cwd, 'bad.jsonl'), 'no json\n');
    const bad = ['run', 'ingest', 'bad.jsonl'];

    await warden(bad, { env: { GITHUB_EVENT_NAME: 'workflow_dispatch' } });
    const byHand = world.github.world.snapshot(REPO).issues;
    await warden(bad, { env: { GITHUB_EVENT_NAME: 'schedule' } });
    const failing = world.github.world.snapshot(REPO).issues;
    await ingested();
    const well = world.github.world.snapshot(REPO).issues;

    expect(byHand).toEqual([]);
    expect(failing).toMatchObject([{ title: 'Action required: the job ingest fails', state: 'open' }]);
    expect(well).toMatchObject([{ state: 'closed' }]);
  });
});

describe('the other jobs', () => {
  it('train, and pack months by a commit of its own', async () => {
    await ingested();
    await warden(reconcile());

    const run = await warden(['run', 'train', '--window', '30d', '--json']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepsOf(run).map(([step]) => step)).toEqual(['train', 'push', 'compact', 'push packs']);
    expect((await subjects())[0]).toBe('state: train 2026-11-21');
  });

  it('supervise, publish and watch', async () => {
    await ingested();
    await warden(reconcile());

    const run = await warden(['run', 'supervise', '--json']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepsOf(run).map(([step]) => step)).toEqual(['supervise', 'push', 'publish', 'receipts', 'watch']);
  });

  it('write the report, and push nothing', async () => {
    await ingested();
    await warden(reconcile());
    const before = branchSha();

    const run = await warden(['run', 'report', '--out', 'site']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(readFileSync(join(cwd, 'site/index.html'), 'utf8')).toContain(before?.slice(0, 7));
    expect(branchSha()).toBe(before);
  });
});

describe('the page and the outputs of a run', () => {
  it('say what it did', async () => {
    await ingested();
    const [page, outputs] = [join(world.dir, 'page.md'), join(world.dir, 'outputs')];
    writeFileSync(page, '');
    writeFileSync(outputs, '');
    const env = { GITHUB_STEP_SUMMARY: page, GITHUB_OUTPUT: outputs };
    // The toolkit of GitHub Actions reads the environment of the process itself.
    Object.assign(process.env, env);
    onTestFinished(() => {
      for (const name of Object.keys(env)) delete process.env[name];
    });

    await warden(reconcile(), { env });

    const text = readFileSync(page, 'utf8');
    const order = ['## Run of `reconcile`', '## Reconcile', '## Publish', '## State branch', '# Meta report'];
    const places = order.map((title) => text.indexOf(`${title}`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(readFileSync(outputs, 'utf8')).toMatch(/^rows<<(.*)\n8\n\1$/m);
    expect(readFileSync(outputs, 'utf8')).toMatch(/^exit_code<<(.*)\n0\n\1$/m);
  });
});

describe('a state that is damaged', () => {
  it('is neither committed on nor published, and the file is named', async () => {
    await ingested();
    await warden(reconcile());
    const path = 'alpha/reconciled/2026-11/2026-11-21.jsonl';
    world.github.world.commitAs('ada', REPO, STATE_BRANCH, { [path]: 'no row\n' }, 'Damage');
    const before = branchSha();

    const run = await warden(reconcile(), { env: { GITHUB_EVENT_NAME: 'schedule' } });

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(`${path}:1`);
    expect(branchSha()).toBe(before);
    const issues = world.github.world.snapshot(REPO).issues.map(({ title }) => title);
    expect(issues).toContain('Action required: the job reconcile fails');
  });
});

describe('a state that is not at GitHub', () => {
  const git = async (...args: readonly string[]) => (await execFileLater('git', args)).stdout;

  async function withoutGitHub(...argv: string[]) {
    const all = ['run', 'ingest', 'signals.jsonl', ...argv, '--config', world.config];
    return await runInMemory(COMMANDS, all, { cwd, nowMs: world.clock.nowMs() });
  }

  it('is pushed to the remote that is named, as nobody in particular', async () => {
    const bare = join(world.dir, 'plain.git');
    await git('init', '--bare', '--quiet', bare);

    const run = await withoutGitHub('--remote', '../plain.git', '--branch', 'states');

    expect(run.exitCode, run.stderr).toBe(0);
    expect(await git('-C', bare, 'log', '--format=%an %s', 'states')).toBe(
      'warden state: ingest 2026-11-21 (+4 events)\n',
    );
  });

  it('is that of origin where a job runs inside a clone, whose own branches stay as they are', async () => {
    const bare = join(world.dir, 'origin.git');
    await git('init', '--bare', '--quiet', bare);
    await git('init', '--quiet', cwd);
    await git('-C', cwd, 'remote', 'add', 'origin', bare);

    const run = await withoutGitHub();

    expect(run.exitCode, run.stderr).toBe(0);
    expect(await git('-C', bare, 'branch', '--format=%(refname:short)')).toBe(`${STATE_BRANCH}\n`);
    expect(await git('-C', cwd, 'branch', '--all')).toBe('');
  });

  it('is asked for where no remote is known', async () => {
    const run = await withoutGitHub();

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('name the repository that holds the state with --remote');
  });

  it('is not looked for at an address with a password, which is not repeated', async () => {
    const run = await withoutGitHub('--remote', 'https://ada:hunter22@example.org/desk.git');

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('the address of --remote has a password in it');
    expect(run.stderr + run.stdout).not.toContain('hunter22');
  });

  it('is asked for without the token of GitHub', async () => {
    const logins: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      logins.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const run = await warden([
      'run',
      'ingest',
      'signals.jsonl',
      '--remote',
      `http://127.0.0.1:${port}/desk.git`,
    ]);

    expect(run.exitCode).toBe(9);
    expect(logins.length).toBeGreaterThan(0);
    expect(new Set(logins)).toEqual(new Set([undefined]));
  });
});

describe('a push whose answer was lost', () => {
  const loseAnswer = (): void => {
    const fault = {
      response: { status: 502, headers: {}, body: {} },
      afterApplying: true,
      wait: null,
    } as const;
    world.github.faults.plan({ method: 'POST', path: /git-receive-pack$/, fault });
  };

  it('is known by its commit, and counted once', async () => {
    loseAnswer();

    const run = await warden(['run', 'ingest', 'signals.jsonl', '--json']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepNamed(run, 'push')).toMatchObject({ pushed: true, tries: 2, commit: branchSha() });
    expect(await subjects()).toEqual(['state: ingest 2026-11-21 (+4 events)']);
    expect((await file('runs/2026-11.jsonl')).trim().split('\n')).toHaveLength(1);
  });

  it('counts the rows of a reconcile that the remote took', async () => {
    await ingested();
    loseAnswer();

    const run = await warden(reconcile('--json'));

    expect(stepNamed(run, 'reconcile')).toMatchObject({ did: '+8 rows, 4 open pairs' });
    expect(stepNamed(run, 'push')).toMatchObject({
      message: 'state: reconcile 2026-11-21 (+8 rows)',
      tries: 2,
    });
    expect((await subjects())[1]).toBe('state: reconcile 2026-11-21 (+8 rows)');
  });
});
