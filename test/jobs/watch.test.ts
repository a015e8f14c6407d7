// The watchdog as a job: its one issue over its whole life, schedules that are kept on, and what it does where it may not ask.

import { describe, expect, it } from 'vitest';
import { GitHubError } from '../../src/domain/github.ts';
import { settingsFrom } from '../../src/domain/settings.ts';
import { DAY_MS, HOUR_MS, isoFromMs, MINUTE_MS } from '../../src/domain/time.ts';
import { watch } from '../../src/jobs/watch.ts';
import type { Log } from '../../src/ports.ts';
import { WATCHDOG_TITLE, watchdogWellText } from '../../src/supervision/watchdog-issue.ts';
import { aSummary } from '../domain/record-builders.ts';
import { memoryActions } from '../fakes/memory-actions.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { memoryGitHub } from '../fakes/memory-github.ts';
import { ticksUntil, timetable } from '../supervision/watchdog-builders.ts';
import { ownBodies } from './publish-world.ts';
import { worldSettings } from './supervise-world.ts';

const RECONCILE = '.github/workflows/reconcile.yml';
const TRAIN = '.github/workflows/train.yml';
const KERNEL = '.github/workflows/kernel.yml';
const START_MS = Date.UTC(2026, 10, 28, 10, 50);

const FILES = {
  [RECONCILE]: "on:\n  schedule:\n    - cron: '13,43 * * * *'\njobs: {}\n",
  [TRAIN]: "on:\n  schedule:\n    - cron: '27 2 * * *'\njobs: {}\n",
  [KERNEL]: 'on: workflow_dispatch\njobs:\n  now:\n    runs-on: [self-hosted, pink]\n',
  '.github/CODEOWNERS': '/.github/ @ada\n/config/ @bob\n',
};

interface WorldOptions {
  readonly isPrivate?: boolean;
  readonly files?: Readonly<Record<string, string>>;
}

/** A repository in which everything runs, until a test changes that. */
function world({ isPrivate = false, files = FILES }: WorldOptions = {}) {
  const github = memoryGitHub({ files, nowMs: START_MS, isPrivate });
  const state = { nowMs: START_MS };
  const actions = memoryActions(() => state.nowMs);
  for (const path of [RECONCILE, TRAIN, KERNEL]) actions.add(path, START_MS - 100 * DAY_MS);
  actions.committedAt.set('', isoFromMs(START_MS - DAY_MS));
  const said: string[] = [];
  const log: Log = { info: (words) => said.push(words), warn: (words) => said.push(words), error: () => {} };
  const disk = memoryDisk();
  const shipped = worldSettings();
  const secrets: Record<string, string> = {};
  /** Lets time pass; every schedule keeps its time but those that are named. */
  const pass = (ms: number, ...stopped: readonly string[]): void => {
    const from = state.nowMs;
    state.nowMs += ms;
    for (const [path, cron] of [
      [RECONCILE, '13,43 * * * *'],
      [TRAIN, '27 2 * * *'],
    ] as const) {
      if (stopped.includes(path)) continue;
      const ticks = ticksUntil(timetable(cron), state.nowMs, 60).filter((tick) => tick > from);
      for (const tick of ticks) actions.ran(path, tick);
    }
  };
  const look = async ({ keptOnMs = null, ...over }: { disk?: null; keptOnMs?: number | null } = {}) => {
    github.world.nowMs = state.nowMs;
    const warden = { ...shipped.warden, watchdog: { ...shipped.warden.watchdog, secrets } };
    const settings = settingsFrom({ ...shipped, warden });
    const ports = { github, actions, disk, log, ...over };
    return await watch(ports, { nowMs: state.nowMs, settings, keptOnMs });
  };
  const issues = () => [...github.world.issues.values()].map(({ state: is, body }) => [is, body] as const);
  pass(0);
  for (const path of [RECONCILE, TRAIN]) actions.ran(path, START_MS - HOUR_MS / 2);
  return { github, actions, disk, secrets, said, state, pass, look, issues };
}

describe('while everything runs', () => {
  it('nothing is written, and every schedule is listed', async () => {
    const { github, look, pass, said } = world();
    pass(3 * DAY_MS);

    const watched = await look();

    expect(watched).toMatchObject({ findings: [], unknown: [], keptOn: [], effects: [], failed: [] });
    expect(watched.schedules.map(({ path }) => path)).toEqual([RECONCILE, TRAIN]);
    expect(watched.schedules[0]?.lateness).toEqual({ medianMs: 0, worstMs: 0 });
    expect(github.world.writes()).toEqual([]);
    expect(said).toEqual([]);
  });

  it('workflows of other branches are not looked at', async () => {
    const { actions, look } = world();
    actions.add('.github/workflows/elsewhere.yml', 0, 'disabled_manually');

    expect((await look()).findings).toEqual([]);
  });
});

describe('the issue', () => {
  it('is opened once, names the owners of the workflow, and closes by itself with a comment', async () => {
    const { github, look, pass, issues } = world();
    pass(2 * HOUR_MS, RECONCILE);

    const first = await look();
    expect(first.effects.map(({ text }) => text)).toEqual(['opened an issue about what should run: #1']);
    expect(await github.issue(1)).toMatchObject({ title: WATCHDOG_TITLE, state: 'open', labels: ['warden'] });
    expect(issues()[0]?.[1]).toContain(`@ada **One thing that should run does not`);
    const written = github.world.writes().length;
    pass(5 * MINUTE_MS, RECONCILE);
    expect((await look()).effects).toEqual([]);
    expect(github.world.writes()).toHaveLength(written);

    pass(HOUR_MS);
    const last = await look();
    expect(last.findings).toEqual([]);
    expect(last.effects.map(({ text }) => text)).toEqual(['closed the issue about what should run: #1']);
    expect(await github.issue(1)).toMatchObject({ state: 'closed', closedBy: 'warden[bot]' });
    expect(ownBodies(github, 1)).toEqual([watchdogWellText()]);
    const calls = github.world.calls.length;
    expect((await look()).effects).toEqual([]);
    expect(github.world.calls.slice(calls).map(({ operation }) => operation)).not.toContain('comments');
    expect(ownBodies(github, 1)).toHaveLength(1);
  });

  it('tells people of what is new by a comment, and of nothing twice', async () => {
    const { github, look, pass, secrets } = world();
    pass(2 * HOUR_MS, RECONCILE);
    await look();
    secrets['SMTP_URL'] = '2026-12-01';

    const second = await look();
    await look();

    expect(second.effects.map(({ text }) => text)).toEqual(['updated the issue about what should run: #1']);
    expect(ownBodies(github, 1)).toHaveLength(1);
    expect(ownBodies(github, 1)[0]).toContain('- SMTP\\_URL ends on 2026-12-01');
    expect(ownBodies(github, 1)[0]).toContain('@ada @bob **New:**');
  });

  it('tells each piece of news, also where others were told before', async () => {
    const { github, look, pass, secrets } = world();
    pass(2 * HOUR_MS, RECONCILE);
    await look();
    for (const name of ['SMTP_URL', 'MAIL_URL']) {
      secrets[name] = '2026-12-01';
      await look();
    }

    const news = ownBodies(github, 1);
    expect(news.map((body) => ['SMTP', 'MAIL'].filter((name) => body.includes(name)))).toEqual([
      ['SMTP'],
      ['MAIL'],
    ]);
  });

  it('closes with its own words, whoever else said the same before', async () => {
    const { github, look, pass } = world();
    pass(2 * HOUR_MS, RECONCILE);
    await look();
    github.world.comment(1, 'mallory', watchdogWellText());
    pass(HOUR_MS);
    await look();

    expect(ownBodies(github, 1)).toEqual([watchdogWellText()]);
    expect(await github.issue(1)).toMatchObject({ state: 'closed' });
  });

  it('is not taken for another one of its own that is open', async () => {
    const { github, look, pass, secrets } = world();
    const other = await github.createIssue({ title: 'Dashboard', body: 'All of it', labels: [] });
    pass(2 * HOUR_MS, RECONCILE);
    await look();
    secrets['SMTP_URL'] = '2026-12-01';
    await look();

    expect(ownBodies(github, other.number)).toEqual([]);
    expect(ownBodies(github, other.number + 1)).toHaveLength(1);
    expect(await github.issue(other.number)).toMatchObject({ state: 'open', body: 'All of it' });
  });

  it('says everything once, wherever a run dies between two writes', async () => {
    for (let dies = 1; dies <= 4; dies += 1) {
      const { github, look, pass, secrets } = world();
      pass(2 * HOUR_MS, RECONCILE);
      await look();
      secrets['SMTP_URL'] = '2026-12-01';
      let write = 0;
      github.world.fault = ({ isWrite }) => {
        write += isWrite ? 1 : 0;
        return isWrite && write === dies ? 'after' : null;
      };
      await look();
      await look();
      pass(HOUR_MS);
      delete secrets['SMTP_URL'];
      await look();
      await look();

      const news = ownBodies(github, 1).filter((body) => body.includes('**New:**'));
      const ends = ownBodies(github, 1).filter((body) => body === watchdogWellText());
      expect([news.length, ends.length, (await github.issue(1))?.state]).toEqual([1, 1, 'closed']);
    }
  });

  it('stays closed where a person closed it, until something else is found or all was well in between', async () => {
    const { github, look, pass, secrets } = world();
    pass(2 * HOUR_MS, RECONCILE);
    await look();
    await github.updateIssue(1, { state: 'closed' });
    const issue = github.world.issues.get(1);
    if (issue === undefined) throw new Error('the issue is there');
    issue.closedBy = 'ada';

    expect((await look()).effects).toEqual([]);
    secrets['SMTP_URL'] = '2026-12-01';
    expect((await look()).effects.map(({ text }) => text)).toEqual([
      'opened the issue about what should run again: #1',
    ]);

    await github.updateIssue(1, { state: 'closed' });
    issue.closedBy = 'ada';
    delete secrets['SMTP_URL'];
    pass(HOUR_MS);
    expect((await look()).effects).toEqual([]);
    pass(2 * HOUR_MS, RECONCILE);
    expect((await look()).effects.map(({ text }) => text)).toEqual([
      'opened the issue about what should run again: #1',
    ]);
  });

  it('is one, whoever else looks at the same time', async () => {
    const { github, look, pass } = world();
    pass(2 * HOUR_MS, RECONCILE);

    await Promise.all([look(), look()]);
    await look();

    const open = [...github.world.issues.values()].filter(({ state: is }) => is === 'open');
    expect(open.map(({ number }) => number)).toEqual([1]);
  });

  it('is owed where GitHub refuses it, and the findings are told all the same', async () => {
    const { github, look, pass } = world();
    pass(2 * HOUR_MS, RECONCILE);
    github.world.fault = ({ operation }) =>
      operation === 'createIssue' ? new GitHubError('forbidden', 403, 'issues are off') : null;

    const watched = await look();

    expect(watched.findings).toHaveLength(1);
    expect(watched.failed).toEqual([{ what: 'the issue about what should run', error: 'issues are off' }]);
  });
});

describe('a schedule that was changed a moment ago', () => {
  it('owes nothing yet', async () => {
    const { actions, look, pass, state } = world();
    pass(2 * HOUR_MS, RECONCILE);
    actions.committedAt.set(RECONCILE, isoFromMs(state.nowMs - 90 * MINUTE_MS));

    expect((await look()).findings).toEqual([]);
    pass(MINUTE_MS, RECONCILE);
    expect((await look()).findings.map(({ kind }) => kind)).toEqual(['missed']);
  });
});

describe('what else should run', () => {
  it('is the runner of the kernel, and the kernel itself', async () => {
    const { actions, disk, look, state } = world();
    const waiting = { status: 'waiting', conclusion: null, isScheduled: false } as const;
    actions.ran(KERNEL, state.nowMs - HOUR_MS, waiting);
    const summary = aSummary({ next_due_at: isoFromMs(state.nowMs - 1) });
    disk.replace('kernel/summary.json', `${JSON.stringify(summary)}\n`);

    expect((await look()).findings.map(({ kind }) => kind)).toEqual(['kernel_silent', 'queued']);
    expect((await look({ disk: null })).findings.map(({ kind }) => kind)).toEqual(['queued']);
  });

  it('is a workflow that GitHub cannot read', async () => {
    const { github, look } = world();
    github.world.push('main', { [TRAIN]: 'on: [\n', [RECONCILE]: "on:\n  schedule: [{ cron: '@daily' }]\n" });

    const { findings } = await look();

    expect(findings.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['broken', RECONCILE],
      ['broken', TRAIN],
    ]);
    expect(findings[0]?.evidence).toContain('"@daily" is no cron line of GitHub');
  });
});

describe('what GitHub does not tell', () => {
  it('is said with the permission, is no finding, and closes nothing', async () => {
    const { actions, github, look, pass, said } = world();
    pass(2 * HOUR_MS, RECONCILE);
    await look();
    actions.refused.add('workflows');

    const watched = await look();

    expect(watched).toMatchObject({ findings: [], schedules: [], effects: [], failed: [] });
    expect(watched.unknown).toEqual([
      'which workflows there are is not known: GET /repos/acme/alpha/actions answered 403: Resource not accessible by integration; give the app or the token the permission actions: read',
    ]);
    expect(said).toEqual([`the watchdog: ${watched.unknown[0]}`]);
    expect((await github.issue(1))?.state).toBe('open');
  });

  it('leaves what is known as it is', async () => {
    const { actions, look, secrets } = world();
    actions.refused.add('workflows').add('tokenEndsAt');
    secrets['SMTP_URL'] = '2026-12-01';

    const { findings, unknown } = await look();

    expect(findings.map(({ subject }) => subject)).toEqual(['SMTP_URL']);
    expect(unknown).toHaveLength(2);
  });

  it('may be what the kernel wrote', async () => {
    const { disk, look } = world();
    disk.replace('kernel/summary.json', '{');

    expect((await look()).unknown[0]).toMatch(
      /^whether the kernel is up is not known: kernel\/summary\.json /,
    );
  });

  it('may be everything', async () => {
    const { github, look } = world();
    github.world.fault = () => new GitHubError('unavailable', 502, 'GitHub has a fault');

    expect(await look()).toMatchObject({ findings: [], unknown: ['GitHub has a fault'] });
  });
});

describe('schedules', () => {
  it('are kept on once a week where nothing happened for 45 days', async () => {
    const { actions, look, pass, said } = world();
    pass(44 * DAY_MS);
    expect((await look()).keptOn).toEqual([]);
    pass(HOUR_MS);

    expect((await look()).keptOn).toEqual([RECONCILE, TRAIN]);
    pass(7 * DAY_MS - HOUR_MS);
    expect((await look()).keptOn).toEqual([]);
    pass(HOUR_MS);
    expect((await look()).keptOn).toEqual([RECONCILE, TRAIN]);
    expect(actions.enabled).toEqual([RECONCILE, TRAIN, RECONCILE, TRAIN]);
    expect(said[0]).toContain(
      `kept on, so that GitHub does not turn them off for want of activity: ${RECONCILE}`,
    );
  });

  it('are kept on once a day at most, where GitHub does not tell that they were', async () => {
    const { look, pass, state } = world();
    pass(50 * DAY_MS);

    expect((await look({ keptOnMs: state.nowMs - DAY_MS + 1 })).keptOn).toEqual([]);
    expect((await look({ keptOnMs: state.nowMs - DAY_MS })).keptOn).toEqual([RECONCILE, TRAIN]);
  });

  it('are left to themselves where it is not known when anything happened last', async () => {
    const { actions, look, pass } = world();
    pass(50 * DAY_MS);
    actions.committedAt.delete('');

    expect(await look()).toMatchObject({ keptOn: [], unknown: [] });
  });

  it('are left to themselves in a private repository, where GitHub turns none off', async () => {
    const { look, pass } = world({ isPrivate: true });
    pass(50 * DAY_MS);

    expect((await look()).keptOn).toEqual([]);
  });

  it('are turned on where GitHub turned them off, and owe nothing from before', async () => {
    const { actions, look, pass, state } = world();
    pass(DAY_MS, TRAIN);
    actions.add(TRAIN, state.nowMs - 9 * DAY_MS, 'disabled_inactivity');

    expect(await look()).toMatchObject({ keptOn: [TRAIN], findings: [], effects: [] });
    expect(actions.listed.get(TRAIN)?.state).toBe('active');
  });

  it('stay off where a person turned them off, which is told', async () => {
    const { actions, look, pass } = world();
    pass(50 * DAY_MS);
    actions.add(TRAIN, START_MS, 'disabled_manually');

    const { keptOn, findings } = await look();

    expect(keptOn).toEqual([RECONCILE]);
    expect(findings.map(({ kind, subject }) => [kind, subject])).toEqual([['disabled', TRAIN]]);
  });

  it('are told as off where the token may not turn them on', async () => {
    const { actions, look } = world();
    actions.add(TRAIN, START_MS - DAY_MS, 'disabled_inactivity');
    actions.refused.add('enableWorkflow');

    const { keptOn, findings, unknown } = await look();

    expect(keptOn).toEqual([]);
    expect(findings.map(({ kind }) => kind)).toEqual(['disabled']);
    expect(unknown[0]).toContain('the permission actions: write');
  });
});
