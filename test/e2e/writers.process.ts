// Many at once: nothing that anybody wrote is lost, and nothing that is owed once is done twice.

import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { afterEach, describe, expect, it } from 'vitest';
import { octokitGitHub } from '../../src/adapters/github/octokit-github.ts';
import { withRetries } from '../../src/adapters/github/retry.ts';
import { KILL_LIST_FILE } from '../../src/domain/proposal.ts';
import { publishToGitHub } from '../../src/jobs/publish-github.ts';
import type { GitHub } from '../../src/ports.ts';
import { dropFolder } from '../one-folder.ts';
import { REPO, type StoryWorld, storyWorld } from './story-world.ts';

const execFileLater = promisify(execFile);
const WRITERS = Array.from({ length: 12 }, (_, index) => `writer-${index}`);
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let story: StoryWorld | null = null;
afterEach(async () => {
  await story?.close();
  story = null;
});

async function begin(): Promise<StoryWorld> {
  story = await storyWorld({ days: [90, 152] });
  return story;
}

/** A process of its own: another client with another token of the app. */
function client({ github, clock }: StoryWorld): GitHub {
  const auth = github.world.installationToken(REPO);
  const octokit = new Octokit({ auth, baseUrl: github.apiUrl, log: silent });
  const sleep = async (ms: number): Promise<void> => clock.advance(ms);
  withRetries(octokit, { sleep, nowMs: () => clock.nowMs(), random: () => 0, log: silent });
  return octokitGitHub({ octokit, fullName: REPO, ownLogins: ['warden[bot]'] });
}

/** Adds a line to a file of a branch, anew on what is there by now until nobody was faster. Returns how often it had to. */
async function addLine(github: GitHub, branch: string, path: string, line: string): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const head = await github.head(branch);
    if (head === null) throw new Error(`${branch} is gone`);
    const text = (await github.file(path, head)) ?? '';
    const files = { [path]: `${text}${line}\n` };
    const done = await github.commit({ branch, expectedHead: head, mergedBase: null, files, message: line });
    if (done.kind === 'committed') return tries;
  }
}

describe('twelve writers at once', () => {
  it('add to one file over the API without losing a line', async () => {
    const world = await begin();
    world.github.world.createBranchAs('ada', REPO, 'log');

    const tries = await Promise.all(
      WRITERS.map(async (writer) => await addLine(client(world), 'log', 'log.txt', writer)),
    );

    const lines = (world.github.world.fileText(REPO, 'log', 'log.txt') ?? '').trimEnd().split('\n');
    expect([...lines].sort()).toEqual([...WRITERS].sort());
    expect(Math.max(...tries)).toBeGreaterThan(1);
  });

  it('push to one branch over HTTP without losing a line', async () => {
    const world = await begin();
    world.github.world.createBranchAs('ada', REPO, 'log');
    const dir = mkdtempSync(join(tmpdir(), 'warden-writers-'));
    const git = async (cwd: string, ...args: string[]): Promise<void> => {
      const name = 'writer';
      const env = {
        ...{ PATH: process.env['PATH'], HOME: dir, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' },
        ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: `${name}@example.org` },
        ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: `${name}@example.org` },
      };
      await execFileLater('git', ['-C', cwd, ...args], { env, timeout: 60_000 });
    };
    const token = world.github.world.actionsToken(REPO, { contents: 'write' });
    const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
    const withToken = ['-c', `http.extraHeader=Authorization: Basic ${basic}`];
    const write = async (writer: string): Promise<number> => {
      await git(dir, ...withToken, 'clone', '-q', '-b', 'log', world.github.gitUrl(REPO), writer);
      const clone = join(dir, writer);
      for (let tries = 1; ; tries += 1) {
        appendFileSync(join(clone, 'log.txt'), `${writer}\n`);
        await git(clone, 'add', 'log.txt');
        await git(clone, 'commit', '-q', '-m', writer);
        try {
          await git(clone, ...withToken, 'push', '-q', 'origin', 'log');
          return tries;
        } catch (error) {
          if (!/rejected|cannot lock ref|failed to update ref|reference already exists/.test(String(error)))
            throw error;
          await git(clone, ...withToken, 'fetch', '-q', 'origin', 'log');
          await git(clone, 'reset', '-q', '--hard', 'FETCH_HEAD');
        }
      }
    };

    const tries = await Promise.all(WRITERS.map(write));

    const lines = (world.github.world.fileText(REPO, 'log', 'log.txt') ?? '').trimEnd().split('\n');
    expect([...lines].sort()).toEqual([...WRITERS].sort());
    expect(Math.max(...tries)).toBeGreaterThan(1);
    dropFolder(dir);
  });

  it('publish one state and open one pull request, one dashboard and one comment of each kind', async () => {
    const world = await begin();
    world.supervise(150);
    const stateCommit = await world.pushState('state: supervise');
    const options = { nowMs: world.clock.nowMs(), stateCommit, codeVersion: '1.0.0' };
    const publish = async (): Promise<void> => {
      await publishToGitHub({ github: client(world), disk: world.disk, log: silent }, options);
    };

    await Promise.all(WRITERS.map(publish));
    await publish();
    await publish();
    const writes = world.github.counts.writes;
    await publish();

    expect(world.github.counts.writes).toBe(writes);
    const issues = [...world.github.world.repository(REPO).issues.values()];
    const open = issues.filter(({ state }) => state === 'open').map(({ title }) => title);
    expect([...open].sort()).toEqual(['Warden dashboard', '[AUTO] Disable strategy: macro']);
    const text = world.github.world.fileText(REPO, 'warden/disable/macro/1', KILL_LIST_FILE) ?? '';
    expect(text.match(/status: DISABLED/g)).toHaveLength(1);
    const pull = issues.find(({ title }) => title.startsWith('[AUTO]'));
    const kinds = world.comments(pull?.number ?? 0).map(({ body }) => /warden:([a-z-]+)/.exec(body)?.[1]);
    expect(kinds).toEqual([...new Set(kinds)]);
    expect(world.github.failures).toEqual([]);
  });
});
