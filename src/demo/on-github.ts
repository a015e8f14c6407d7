// What the demo's state looks like on GitHub: pushed to the one that Warden brings along, proposed there, merged, and told again.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { dump } from 'js-yaml';
import { git } from '../adapters/git/git-command.ts';
import { type LocalGitHub, startLocalGitHub } from '../adapters/github/local/local-github.ts';
import { createVirtualClock } from '../adapters/github/local/virtual-clock.ts';
import { octokitGitHub } from '../adapters/github/octokit-github.ts';
import { withRetries } from '../adapters/github/retry.ts';
import { assert } from '../domain/assert.ts';
import { GitHubError, WORKFLOW_LOGIN } from '../domain/github.ts';
import { AGENTS_FILE, KILL_LIST_FILE, titleStart, WARDEN_FILE } from '../domain/proposal.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import { dayOf } from '../domain/time.ts';
import { publishToGitHub } from '../jobs/publish-github.ts';
import type { Disk, GitHub, Log } from '../ports.ts';
import type { DemoFolder } from './folder.ts';
import { writePages } from './github-pages.ts';

/** Of the class that breaks: the live one of the made-up agents. */
const BREAKER = 'trend-ema';

export interface DemoPull {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  /** After all of it. */
  readonly state: 'open' | 'closed' | 'merged';
}

export interface OnGitHub {
  readonly repository: string;
  /** Of the state, on its branch. */
  readonly state_commit: string;
  readonly pulls: readonly DemoPull[];
  /** Requests to the API that the first publish made, and how many of them wrote. */
  readonly requests: number;
  readonly writes: number;
  /** Requests that wrote when the same state was published again. */
  readonly writes_again: number;
  /** Requests that wrote when it was published once more, after a person had merged. */
  readonly writes_after_merge: number;
  /** What is called for and deliberately not proposed, after all of it. */
  readonly waiting: readonly string[];
  /** What could not be published, at any time. */
  readonly failed: readonly string[];
}

interface OnGitHubOptions {
  readonly settings: Settings;
  readonly codeVersion: string;
  readonly nowMs: number;
}

const DEMO_REPOSITORY = 'you/strategies';
const PERSON = 'you';
const RUNS = 'runs';
const STATE_MEMBERS_LEFT_OUT = ['.cache', '.locks', RUNS];

interface Scene {
  readonly folder: DemoFolder;
  readonly disk: Disk;
  readonly log: Log;
  readonly github: LocalGitHub;
  readonly port: GitHub;
  readonly options: OnGitHubOptions;
}

/**
 * Shows the state of the demo on a local GitHub, and writes its pages beside it. Equal states give equal pages. `runs/`, which tells
 * how long things took, is not pushed.
 *
 * @returns why it was left out: without git there is no repository.
 */
export async function showOnGitHub(
  folder: DemoFolder,
  { disk, log }: { readonly disk: Disk; readonly log: Log },
  options: OnGitHubOptions,
): Promise<Result<OnGitHub, string>> {
  const version = await git(['--version'], { cwd: folder.dir, config: 'own' });
  if (!version.ok) return err(version.error.message);
  const clock = createVirtualClock(options.nowMs);
  const github = await startLocalGitHub({
    dir: folder.githubDir,
    clock,
    webhookSecret: 'the demo sends its webhooks to nobody',
  });
  try {
    const { world } = github;
    world.addUser(PERSON);
    world.createRepository({ fullName: DEMO_REPOSITORY, files: filesOf(options.settings) });
    const octokit = new Octokit({ auth: world.installationToken(DEMO_REPOSITORY), baseUrl: github.apiUrl });
    const sleep = async (ms: number): Promise<void> => clock.advance(ms);
    withRetries(octokit, { sleep, nowMs: () => clock.nowMs(), random: () => 0, log });
    const port = octokitGitHub({
      octokit,
      fullName: DEMO_REPOSITORY,
      ownLogins: [`${github.app.slug}[bot]`],
    });
    return await play({ folder, disk, log, github, port, options });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return err(error.message);
  } finally {
    await github.close();
  }
}

function filesOf({ warden, agents, kill_list }: Settings): Readonly<Record<string, string>> {
  const yaml = (value: unknown): string => dump(value, { noRefs: true });
  return {
    [WARDEN_FILE]: yaml(warden),
    [AGENTS_FILE]: yaml(agents),
    [KILL_LIST_FILE]: yaml(kill_list),
    '.github/CODEOWNERS': `* @${PERSON}\n`,
  };
}

async function play(scene: Scene): Promise<Result<OnGitHub, string>> {
  const { github } = scene;
  const pushed = await pushState(scene);
  if (!pushed.ok) return pushed;
  const baseSha = github.world.branchSha(DEMO_REPOSITORY, 'main');
  assert(baseSha !== null, 'the repository was made with files');
  const first = await publish(scene, pushed.value);
  const again = await publish(scene, pushed.value);
  const open = await scene.port.pulls({ state: 'open' });
  const merged = open.find(({ title }) => title === `${titleStart('demote')}${BREAKER}`);
  if (merged !== undefined) github.world.mergeAs(PERSON, DEMO_REPOSITORY, merged.number);
  const last = await publish(scene, pushed.value);
  await writePages(scene.folder.disk, scene.port, baseSha);
  const pulls = await scene.port.pulls({ state: 'all' });
  return ok({
    repository: DEMO_REPOSITORY,
    state_commit: pushed.value,
    pulls: [...pulls]
      .sort((a, b) => a.number - b.number)
      .map(({ number, title, branch, state, mergedAt }) => ({
        ...{ number, title, branch },
        state: mergedAt === null ? state : 'merged',
      })),
    requests: first.requests,
    writes: first.writes,
    writes_again: again.writes,
    writes_after_merge: last.writes,
    waiting: last.waiting,
    failed: [...first.failed, ...again.failed, ...last.failed],
  });
}

interface Published {
  readonly requests: number;
  readonly writes: number;
  readonly waiting: readonly string[];
  readonly failed: readonly string[];
}

async function publish(scene: Scene, stateCommit: string): Promise<Published> {
  const { github, port, log, options } = scene;
  const before = { ...github.counts };
  const { failed, problems, waiting } = await publishToGitHub(
    { github: port, disk: asPushed(scene.disk), log },
    { nowMs: options.nowMs, codeVersion: options.codeVersion, stateCommit },
  );
  const writes = github.counts.writes - before.writes;
  return {
    requests: github.counts.reads - before.reads + writes,
    writes,
    waiting,
    failed: [...failed.map(({ what, error }) => `${what}: ${error}`), ...problems],
  };
}

/** GitHub is told what was pushed: without the runs, whose times are those of this machine. */
function asPushed(disk: Disk): Disk {
  return { ...disk, list: (folder) => (folder === RUNS ? [] : disk.list(folder)) };
}

/** As a workflow does: one commit on a branch of its own, pushed over HTTP. Returns the commit. */
async function pushState({ folder, github, options }: Scene): Promise<Result<string, string>> {
  const gitDir = join(folder.githubDir, 'state.git');
  const branch = options.settings.warden.state.branch;
  const url = github.gitUrl(DEMO_REPOSITORY);
  const login = { url, token: github.world.actionsToken(DEMO_REPOSITORY, { contents: 'write' }) };
  const author = { name: WORKFLOW_LOGIN, email: 'actions@warden.invalid', atMs: options.nowMs };
  // No deltas: the threads that look for them share the work as time allows, leave other bytes each time, and take seconds.
  const run = async (...args: string[]) =>
    await git(['-c', 'pack.window=0', '--git-dir', gitDir, '--work-tree', folder.stateDir, ...args], {
      ...{ cwd: folder.stateDir, config: 'own', login, author },
    });
  const paths = ['.', ...STATE_MEMBERS_LEFT_OUT.map((name) => `:!${name}`)];
  const steps: readonly (readonly string[])[] = [
    ['init', '--quiet', `--initial-branch=${branch}`],
    ['add', '--all', '--', ...paths],
    ['commit', '--quiet', '--allow-empty', '--message', `state: supervise ${dayOf(options.nowMs)}`],
    ['push', '--quiet', url, branch],
  ];
  for (const step of steps) {
    const done = await run(...step);
    if (!done.ok) return err(`git ${step[0]} failed: ${done.error.message}`);
  }
  const head = await run('rev-parse', 'HEAD');
  rmSync(gitDir, { recursive: true, force: true });
  return head.ok ? head : err(head.error.message);
}
