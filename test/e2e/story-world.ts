// A whole Warden around a local GitHub: a repository with people, a state that is supervised day by day and pushed, and the app.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dump } from 'js-yaml';
import { expect } from 'vitest';
import { type LocalGitHub, startLocalGitHub } from '../../src/adapters/github/local/local-github.ts';
import type { Exchange } from '../../src/adapters/github/local/server.ts';
import { createVirtualClock, type VirtualClock } from '../../src/adapters/github/local/virtual-clock.ts';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { appJobs } from '../../src/app/app-jobs.ts';
import { type AppServer, serveApp } from '../../src/app/serve.ts';
import { ackId, type KernelAck } from '../../src/domain/kernel-records.ts';
import { AGENTS_FILE, KILL_LIST_FILE, WARDEN_FILE } from '../../src/domain/proposal.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { DAY_MS, isoFromMs } from '../../src/domain/time.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { type ConfigTexts, settingsOfTexts } from '../../src/jobs/config-at.ts';
import type { Disk } from '../../src/ports.ts';
import { memoryLog, SECRET } from '../app/deliveries.ts';
import { insertAll, look, REGISTRY, settledMs, worldConfig, worldRows } from '../jobs/supervise-world.ts';
import { dropFolder } from '../one-folder.ts';

const execFileLater = promisify(execFile);

export const REPO = 'acme/alpha';
const STATE_BRANCH = 'warden-state';

/** A configuration names a source of prices; here the rows are there already. */
const SPOT = { source: 'ccxt' as const, exchanges: ['kraken'], timeframe: '1h' as const };

/** Written by a person, with comments that every edit must keep. */
export const KILL_LIST = `# Which strategies may enter. Changed by pull request only.

macro: # two agents, one idea
  status: ENABLED
  max_cvar_sigma: 4.0 # agreed in January

arb:
  status: ENABLED
  max_cvar_sigma: 5.0
`;

export interface StoryWorld {
  readonly github: LocalGitHub;
  readonly clock: VirtualClock;
  readonly stateDir: string;
  readonly disk: Disk;
  readonly log: ReturnType<typeof memoryLog>;
  /** The newest app that was started. */
  app(): AppServer;
  serve(): Promise<AppServer>;
  /** Judges everything settled by `day` under the configuration on main, as the job does. Returns the new verdicts. */
  supervise(day: number): readonly Verdict[];
  /** Commits the state and pushes it over HTTP as the workflow; returns the commit. Waits for the app. */
  pushState(message: string): Promise<string>;
  /** What PINK's runner writes once it applied the kill list of a commit; pushed with the next state. */
  acknowledge(strategyClass: string, killListCommit: string, applied: KernelAck['applied']): void;
  /** Waits until no webhook is on its way and none is being handled. */
  settled(): Promise<void>;
  settings(): Settings;
  body(number: number): string;
  comments(number: number): readonly { readonly author: string; readonly body: string }[];
  close(): Promise<void>;
}

export interface StoryOptions {
  readonly observe?: (exchange: Exchange) => void;
  /** First and last day with rows; default: those around the break and the recovery of `macro`. */
  readonly days?: readonly [from: number, to: number];
}

/** Opens the world: ada and bob may write, eve may read, bob owns the configuration. */
export async function storyWorld({ observe, days = [90, 215] }: StoryOptions = {}): Promise<StoryWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'warden-story-'));
  const clock = createVirtualClock(settledMs(days[0]));
  const log = memoryLog();
  const github = await startLocalGitHub({
    dir: join(dir, 'git'),
    clock,
    webhookSecret: SECRET,
    tokenLifeMs: 366 * DAY_MS,
    ...(observe === undefined ? {} : { observe }),
  });
  peopleAndFiles(github);
  const stateDir = join(dir, 'state');
  const disk = nodeDisk(stateDir, { durable: false });
  insertAll(disk, worldRows(...days));
  const apps: AppServer[] = [];
  const app = (): AppServer => {
    const newest = apps.at(-1);
    if (newest === undefined) throw new Error('no app was started');
    return newest;
  };
  const settings = (): Settings => settingsOnMain(github);
  const settled = async (): Promise<void> => await quiet(github, apps);
  return {
    ...{ github, clock, stateDir, disk, log, app, settings, settled },
    async serve() {
      const started = await serveApp({
        settings: {
          appId: github.app.id,
          privateKey: github.app.privateKey,
          webhookSecret: SECRET,
          host: '127.0.0.1',
          port: 0,
          dir: join(dir, `app-${apps.length}`),
          apiUrl: github.apiUrl,
          serverUrl: github.gitUrl(REPO).replace(`/${REPO}.git`, ''),
        },
        disk: nodeDisk(join(dir, `app-${apps.length}`), { durable: false }),
        ...{ clock, log },
        sleep: async () => {},
        random: () => 0,
        codeVersion: '1.0.0',
        jobsFor: (ports) => appJobs(ports, { clock, codeVersion: '1.0.0' }),
      });
      if (!started.ok) throw new Error(started.error.join('\n'));
      apps.push(started.value);
      github.deliveries.setTarget(`${started.value.url}/api/github/webhooks`);
      return started.value;
    },
    supervise(day) {
      moveTo(clock, settledMs(day));
      return look(disk, clock.nowMs(), { settings: settings() }).newVerdicts;
    },
    async pushState(message) {
      const commit = await pushed(github, stateDir, message, clock);
      await settled();
      return commit;
    },
    acknowledge: (strategyClass, killListCommit, applied) =>
      acknowledge(disk, settings(), { strategyClass, killListCommit, applied, nowMs: clock.nowMs() }),
    body: (number) => github.world.issue(REPO, number).body ?? '',
    comments: (number) =>
      [...github.world.repository(REPO).comments.values()]
        .filter((comment) => comment.issueNumber === number)
        .map(({ login, body }) => ({ author: login, body })),
    async close() {
      for (const each of apps) await each.stop();
      await github.close();
      dropFolder(dir);
    },
  };
}

function peopleAndFiles({ world }: LocalGitHub): void {
  for (const login of ['ada', 'bob', 'eve', 'mallory']) world.addUser(login);
  const yaml = (value: unknown): string => dump(value, { noRefs: true });
  world.createRepository({
    fullName: REPO,
    files: {
      [WARDEN_FILE]: yaml(worldConfig((config) => ({ ...config, prices: { ...config.prices, spot: SPOT } }))),
      [AGENTS_FILE]: yaml(REGISTRY),
      [KILL_LIST_FILE]: KILL_LIST,
      '.github/CODEOWNERS': '* @ada\n/config/ @bob\n',
      'README.md': '# Alpha\n',
    },
  });
  world.setPermission(REPO, 'ada', 'admin');
  world.setPermission(REPO, 'bob', 'write');
  world.setPermission(REPO, 'eve', 'read');
}

function settingsOnMain({ world }: LocalGitHub): Settings {
  const text = (path: string): string | null => world.fileText(REPO, 'main', path);
  const texts: ConfigTexts = {
    warden: text(WARDEN_FILE),
    agents: text(AGENTS_FILE),
    killList: text(KILL_LIST_FILE),
  };
  const read = settingsOfTexts(texts);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

/** What is handled may set off webhooks, which are handled in turn. */
async function quiet(github: LocalGitHub, apps: readonly AppServer[]): Promise<void> {
  for (let rounds = 0; rounds < 2; rounds += 1) {
    const before = github.deliveries.log.length;
    await github.deliveries.idle();
    for (const app of apps) await app.idle();
    if (github.deliveries.log.length !== before) rounds = -1;
  }
}

function moveTo(clock: VirtualClock, ms: number): void {
  if (ms > clock.nowMs()) clock.advance(ms - clock.nowMs());
}

/** In a process of its own that is not waited for in line: the server it pushes to is in this one. */
async function pushed(
  github: LocalGitHub,
  stateDir: string,
  message: string,
  clock: VirtualClock,
): Promise<string> {
  const at = isoFromMs(clock.nowMs());
  const [name, email] = ['github-actions[bot]', 'actions@example.org'];
  const env = {
    ...{ PATH: process.env['PATH'], HOME: stateDir, GIT_CONFIG_NOSYSTEM: '1' },
    ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: at },
    ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: at },
  };
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await execFileLater('git', ['-C', stateDir, ...args], { env, timeout: 60_000 });
    return stdout.trim();
  };
  if (!existsSync(join(stateDir, '.git'))) await git('init', '-q', '-b', STATE_BRANCH);
  await git('add', '-A', '--', '.', ':!.cache', ':!.locks');
  await git('commit', '-q', '--allow-empty', '-m', message);
  const token = github.world.actionsToken(REPO, { contents: 'write' });
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const header = `http.extraHeader=Authorization: Basic ${basic}`;
  await git('-c', header, 'push', '-q', github.gitUrl(REPO), STATE_BRANCH);
  return await git('rev-parse', 'HEAD');
}

interface Applied {
  readonly strategyClass: string;
  readonly killListCommit: string;
  readonly applied: KernelAck['applied'];
  readonly nowMs: number;
}

function acknowledge(
  disk: Disk,
  settings: Settings,
  { strategyClass, killListCommit, applied, nowMs }: Applied,
): void {
  const entry = settings.kill_list[strategyClass];
  const facts = {
    runner_id: 'pink-1',
    strategy_class: strategyClass,
    episode: entry?.status === 'DISABLED' ? entry.episode : null,
    applied,
    kill_list_sha256: 'c'.repeat(64),
    kill_list_commit: killListCommit,
  } as const;
  const ack: KernelAck = {
    v: 1,
    ack_id: ackId(facts),
    ts: isoFromMs(nowMs),
    ...facts,
    open_orders_canceled: 2,
    open_positions_left: [{ instrument: 'BTC-USDT', side: 'LONG', quantity: '0.25' }],
    trading_state: 'active',
    sequence: 42,
  };
  disk.append('kernel/acks.jsonl', `${JSON.stringify(ack)}\n`);
}

/** Commits and digests differ by nothing but the run of git, and addresses by the port. */
export async function expectGolden(text: string, name: string, github: LocalGitHub): Promise<void> {
  const stable = `${text.replaceAll(github.apiUrl, 'http://github.test').trimEnd()}\n`;
  await expect(stable).toMatchFileSnapshot(join(import.meta.dirname, '../golden/story', `${name}.md`));
}
