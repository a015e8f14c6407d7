// The stage of the demo: what is pushed is published by the app, people answer, and the clone and the mailbox follow.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../../../src/adapters/git/git-command.ts';
import { nodeDisk } from '../../../src/adapters/state/node-disk.ts';
import type { PushDone } from '../../../src/demo/stage/demo-stage.ts';
import { openStage } from '../../../src/demo/stage/stage.ts';
import { sha256Hex } from '../../../src/domain/canonical.ts';
import { memoryLog } from '../../app/deliveries.ts';
import { KILL_LIST, type StageWorld, stageWorld } from './stage-world.ts';

/** What was seen on the way of a story that is played to its end. */
interface Played extends StageWorld {
  readonly quiet: PushDone;
  readonly broken: PushDone;
  readonly pullsBefore: ReturnType<StageWorld['stage']['pulls']>;
  readonly answers: readonly string[];
  readonly merge: string;
}

/** Holds, breaks, is asked about, approved and merged, and the state goes on. */
async function played(): Promise<Played> {
  const world = await stageWorld();
  const { stage } = world;
  await world.live(130);
  const quiet = await stage.push();
  await world.live(150);
  nodeDisk(stage.stateDir).append('runs/2021-07.jsonl', `${performance.now()}\n`);
  const broken = await stage.push();
  const pullsBefore = stage.pulls();
  const answers = await stage.say(2, '/warden explain macro');
  await stage.approve(2);
  const merge = await stage.merge(2);
  await world.live(151);
  await stage.push();
  return { ...world, quiet, broken, pullsBefore, answers, merge };
}

let one: Played;
let other: Played;
beforeAll(async () => {
  // One after the other: who signs in as an app asks once for all who ask for the same installation at the same moment.
  one = await played();
  other = await played();
}, 120_000);
afterAll(async () => {
  for (const { stage, dir } of [one, other].filter((each) => each !== undefined)) {
    await stage.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

async function gitIn(dir: string, ...args: string[]): Promise<string> {
  const done = await git(args, { cwd: dir, config: 'own' });
  if (!done.ok) throw new Error(done.error.message);
  return done.value;
}

describe('a state that is pushed', () => {
  it('is told on the dashboard alone while every class holds', () => {
    expect(one.quiet.failed).toEqual([]);
    expect(one.stage.issuesShown()).toEqual([
      {
        ...{ number: 1, title: 'Warden dashboard', author: 'warden[bot]', state: 'open', comments: [] },
        createdAt: '2021-07-11T00:00:00.000Z',
        body: expect.stringContaining('`macro`'),
      },
    ]);
    expect(one.quiet.writes).toBeGreaterThan(0);
    expect(one.quiet.requests).toBeGreaterThan(one.quiet.writes);
  });

  it('becomes a pull request where a class broke, made by the app that heard of the push', () => {
    expect(one.broken.failed).toEqual([]);
    expect(one.pullsBefore).toEqual([
      {
        number: 2,
        title: '[AUTO] Disable strategy: macro',
        branch: 'warden/disable/macro/1',
        state: 'open',
        labels: ['warden', 'warden/disable'],
      },
    ]);
    expect(one.stage.body(2)).toContain(`state_commit":"${one.broken.commit}"`);
    expect(one.stage.checks(2).map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
      'warden/config success',
      'warden/proposal success',
    ]);
    const receipts = one.stage.disk.read('supervisor/sent.jsonl')?.toString() ?? '';
    expect(receipts).toContain('"outcome":"already_done"');
    expect(one.log.lines.filter((line) => !line.startsWith('info'))).toEqual([]);
  });

  it('has a commit for every day and one for the receipts, by the account of the app, at the instants of the story', async () => {
    const log = await gitIn(one.stage.stateDir, 'log', '--format=%s|%an|%aI', 'warden-state');

    expect(log.split('\n')).toEqual([
      'state: supervise day 151|warden[bot]|2021-08-01T00:00:00+00:00',
      expect.stringMatching(
        /^state: publish 2021-07-31 \(\+\d+ receipts\)\|warden\[bot\]\|2021-07-31T00:00:00\+00:00$/,
      ),
      'state: supervise day 150|warden[bot]|2021-07-31T00:00:00+00:00',
      'state: supervise day 130|warden[bot]|2021-07-11T00:00:00+00:00',
    ]);
  });

  it('leaves out how long the runs took, and caches', async () => {
    const files = (await gitIn(one.stage.stateDir, 'ls-tree', '-r', '--name-only', 'HEAD')).split('\n');

    expect(files).toContain('supervisor/verdicts.jsonl');
    expect(files).toContain('.gitignore');
    expect(files.filter((file) => /^(runs|\.cache|\.locks)\//.test(file))).toEqual([]);
    expect(await gitIn(one.stage.stateDir, 'status', '--porcelain')).toBe('');
  });
});

describe('people on the stage', () => {
  it('are answered by the app', () => {
    expect(one.answers).toHaveLength(1);
    expect(one.answers[0]).toContain('`/warden explain macro`, asked by `you`');
    expect(one.stage.comments(2).map(({ author }) => author)).toEqual([
      'warden[bot]',
      'you',
      'warden[bot]',
      'warden[bot]',
    ]);
  });

  it('merge into main, which the clone follows', async () => {
    expect(await gitIn(one.stage.checkoutDir, 'rev-parse', 'main', 'origin/main')).toBe(
      `${one.merge}\n${one.merge}`,
    );
    expect(one.stage.settings().kill_list['macro']).toMatchObject({ status: 'DISABLED', episode: 'macro/1' });
    const killList = readFileSync(join(one.stage.configDir, 'kill-list.yaml'), 'utf8');
    expect(killList).toContain('# agreed in January');
    expect(await gitIn(one.stage.checkoutDir, 'status', '--porcelain')).toBe('');
    expect(one.stage.pulls()[0]).toMatchObject({ number: 2, state: 'merged' });
  });

  it('can still pull and push once the demo is over, without a network', async () => {
    expect(await gitIn(one.stage.checkoutDir, 'ls-remote', '--heads', 'origin')).toContain(
      'refs/heads/warden-state',
    );
  });
});

describe('a pull request as a page shows it', () => {
  it('has its change as a diff, its talk in the order in which it came, and who merged it', () => {
    const shown = one.stage.pullShown(2);

    expect(shown).toMatchObject({
      ...{ author: 'warden[bot]', baseBranch: 'main', state: 'merged', mergedBy: 'you' },
      createdAt: '2021-07-31T00:00:00.000Z',
      mergedAt: '2021-07-31T00:00:00.000Z',
    });
    expect(shown.timeline.map(({ kind, author }) => `${kind} ${author}`)).toEqual([
      'commit warden[bot]',
      'comment warden[bot]',
      'comment you',
      'comment warden[bot]',
      'review mira',
      'merged you',
      'comment warden[bot]',
    ]);
    const [file] = shown.files;
    expect(file?.path).toBe('config/kill-list.yaml');
    expect(file?.diff).toMatch(
      /^--- a\/config\/kill-list.yaml\n\+\+\+ b\/config\/kill-list.yaml\n@@ -1,5 \+1,9 @@\n/,
    );
    expect(file?.diff).toContain('\n-  status: ENABLED\n+  status: DISABLED\n');
    expect(shown.labels[0]).toEqual({ name: 'warden', color: expect.stringMatching(/^[0-9a-f]{6}$/) });
    expect(shown.checks.map(({ title }) => title)).not.toContain('');
  });
});

describe('the mailbox on the stage', () => {
  it('gets the mails of the job with their charts, and keeps them as they came', () => {
    expect(one.stage.mails().map(({ subject, hasChart }) => `${subject} ${hasChart}`)).toEqual([
      expect.stringMatching(/^DIVERGENCE ALERT: break-a .* true$/),
      'STRATEGY DISABLE PROPOSED: macro true',
    ]);
    expect(one.stage.mails()[1]).toMatchObject({
      atMs: Date.parse('2021-07-31T00:00:00Z'),
      to: ['you@strategies.invalid', 'mira@strategies.invalid'],
      text: expect.stringContaining('What to do next'),
    });
    expect(readdirSync(join(one.dir, 'mail'))).toEqual(['0001.eml', '0002.eml']);
    const source = readFileSync(join(one.dir, 'mail', '0002.eml'), 'utf8');
    expect(source).toContain('Subject: STRATEGY DISABLE PROPOSED: macro');
  });
});

describe('two demos alike', () => {
  it('have the same commits on main and on the branch of the state', async () => {
    const heads = ['rev-parse', 'main', 'warden-state'];

    expect(await gitIn(one.stage.checkoutDir, ...heads)).toBe(await gitIn(other.stage.checkoutDir, ...heads));
  });

  it('say the same everywhere, and name no address of this machine', () => {
    const said = ({ stage, broken, quiet, answers }: Played) => ({
      ...{
        dashboard: stage.body(1),
        talk: stage.comments(1),
        pull: stage.pullShown(2),
        quiet,
        broken,
        answers,
      },
      mails: stage.mails().map(({ subject, text, pngs }) => ({ subject, text, pngs: pngs.map(sha256Hex) })),
    });

    expect(said(one)).toEqual(said(other));
    expect(JSON.stringify(said(one))).not.toMatch(/127\.0\.0\.1|localhost/);
  });
});

describe('a machine without git', () => {
  it('is told so, and nothing is made', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'warden-stage-none-'));
    const path = process.env['PATH'];
    process.env['PATH'] = dir;
    const files = { 'config/kill-list.yaml': KILL_LIST };
    const opened = await openStage({
      dir,
      files,
      startMs: 0,
      log: memoryLog(),
      codeVersion: '1.0.0',
    }).finally(() => {
      process.env['PATH'] = path;
    });

    expect(opened).toEqual({
      ok: false,
      error: 'git cannot be run: install it; install git 2.38 or newer and run the demo again',
    });
    expect(existsSync(join(dir, 'repository')) || existsSync(join(dir, 'github'))).toBe(false);
    rmSync(dir, { recursive: true });
  });
});

it('leaves nothing open that would keep the process from ending, where it cannot be set', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'warden-stage-'));
  /** What is closed is gone two turns later. */
  const listening = async (): Promise<number> => {
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
  };
  const before = await listening();
  const files = { 'config/warden.yaml': 'version: 9' };
  const opening = openStage({ dir, files, startMs: 0, log: memoryLog(), codeVersion: '1.0.0' });

  await expect(opening).rejects.toThrow('the configuration on main is broken');
  expect(await listening()).toBe(before);
  rmSync(dir, { recursive: true, force: true });
});
