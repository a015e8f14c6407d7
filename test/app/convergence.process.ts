// The app with its real jobs: whatever happens to the webhooks, the repository ends as if each had come once and in order.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RepositoryPicture } from '../../src/adapters/github/local/snapshot.ts';
import { appJobs } from '../../src/app/app-jobs.ts';
import type { JobsFor } from '../../src/app/repository-ports.ts';
import type { AppServer } from '../../src/app/serve.ts';
import { aSupervisedDisk } from '../jobs/supervised-state.ts';
import { type AppWorld, appWorld, CONFIG, REPO, START_MS } from './app-world.ts';

const KILL_LIST = CONFIG['config/kill-list.yaml'];
const LOOSER = KILL_LIST.replace('max_cvar_sigma: 4.0', 'max_cvar_sigma: 6.0');
const clock = { nowMs: () => START_MS };
const realJobs: JobsFor = (ports) => appJobs(ports, { clock, codeVersion: '1.0.0' });

let open: AppWorld | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function begin(): Promise<AppWorld> {
  open = await appWorld({ jobsFor: realJobs });
  return open;
}

/** A breach and an alert are pushed, a limit is loosened and approved, a fork has a mistake, people give commands. */
function story({ github: { world } }: AppWorld): void {
  world.createBranchAs('ada', REPO, 'warden-state');
  world.commitAs('ada', REPO, 'warden-state', aSupervisedDisk().dump(), 'State');
  const looser = {
    repo: REPO,
    branch: 'looser',
    title: 'Looser',
    body: '',
    files: { 'config/kill-list.yaml': LOOSER },
  };
  const first = world.openPullAs('ada', looser);
  world.commentAs('ada', REPO, first, '/warden explain macro');
  world.commentAs('eve', REPO, first, '/warden disable macro I do not like it');
  const typo = KILL_LIST.replace('\n  status: ENABLED', '\n  status: ENABELD');
  const wrong = {
    ...looser,
    branch: 'typo',
    title: 'Typo',
    files: { 'config/kill-list.yaml': typo },
    fork: true,
  };
  const second = world.openPullAs('eve', wrong);
  const docs = { ...looser, branch: 'docs', title: 'Docs', files: { 'README.md': 'Hello\n' } };
  const third = world.openPullAs('bob', docs);
  world.reviewAs('bob', REPO, first, 'APPROVED');
  world.commentAs('bob', REPO, second, '/warden help');
  world.commitAs('bob', REPO, 'docs', { 'notes.md': 'more\n' }, 'More');
  world.closeAs('bob', REPO, third);
}

/** Without hidden markers: which delivery an answer is for may differ. */
async function endOf(world: AppWorld, app: AppServer): Promise<RepositoryPicture> {
  await world.settled(app);
  const text = JSON.stringify(world.github.world.snapshot(REPO));
  return JSON.parse(text.replaceAll(/<!-- warden:.*? -->/g, ''));
}

interface Calm {
  readonly picture: RepositoryPicture;
  /** Of a sweep that finds everything done. */
  readonly writes: number;
  readonly reads: number;
}
let calm: Calm | null = null;

/** How it ends where every webhook comes once and in order. */
async function calmEnd(): Promise<Calm> {
  if (calm !== null) return calm;
  const world = await appWorld({ jobsFor: realJobs });
  const app = await world.serve();
  story(world);
  const picture = await endOf(world, app);
  await app.sweep();
  const { writes, reads } = world.github.counts;
  await app.sweep();
  const { counts } = world.github;
  calm = { picture, writes: counts.writes - writes, reads: counts.reads - reads };
  expect(world.log.lines.filter((line) => !line.startsWith('info'))).toEqual([]);
  expect(world.github.failures).toEqual([]);
  await world.close();
  return calm;
}

describe('the app with its real jobs', () => {
  it('shows the proposal, the reviews, the answers and the dashboard, and refuses who may not', async () => {
    const { pulls, issues, checks } = (await calmEnd()).picture;
    const byTitle = new Map(pulls.map((pull) => [pull.title, pull]));
    const own = (title: string): string[] =>
      (byTitle.get(title)?.comments ?? [])
        .filter(({ author }) => author === 'warden[bot]')
        .map(({ body }) => body);

    expect([...byTitle.keys()].sort()).toEqual(['Docs', 'Looser', 'Typo', '[AUTO] Disable strategy: macro']);
    expect(issues.map(({ title, state }) => [title, state])).toEqual([['Warden dashboard', 'open']]);
    // What-if, divergence and one answer; nothing for who may only read.
    expect(own('Looser')).toHaveLength(3);
    expect(own('Looser').join()).not.toContain('I do not like it');
    expect(own('Typo').join()).toContain('/warden explain');
    const config = checks.filter(({ name }) => name === 'warden/config').map(({ conclusion }) => conclusion);
    expect(config.sort()).toEqual(['action_required', 'failure', 'success']);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'warden/proposal', conclusion: 'success' }),
    );
  });

  it('writes nothing where everything is done, and asks for less than a hundred things', async () => {
    const { writes, reads } = await calmEnd();

    expect(writes).toBe(0);
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(100);
  });

  it.each([1, 2])(
    'ends the same where every webhook comes twice, shuffled, and a tenth never, after a sweep (seed %i)',
    async (seed) => {
      const { picture: expected } = await calmEnd();
      const world = await begin();
      world.github.deliveries.mode = { kind: 'chaos', seed, dropRatio: 0.1, duplicate: true, shuffle: true };
      const app = await world.serve();
      story(world);
      await world.settled(app);
      await app.sweep();

      expect(await endOf(world, app)).toEqual(expected);
      expect(app.health()).toMatchObject({ status: 'ok' });
    },
  );

  it('ends the same where nothing came and only the sweep looked', async () => {
    const { picture: expected } = await calmEnd();
    const world = await begin();
    world.github.deliveries.mode = { kind: 'held' };
    const app = await world.serve();
    story(world);
    await app.sweep();
    await app.sweep();

    expect(await endOf(world, app)).toEqual(expected);
  });

  it('leaves one of everything where two servers get every webhook at once', async () => {
    const world = await begin();
    const [one, two] = [await world.serve(), await world.serve({ settings: { dir: `${world.dir}/other` } })];
    const both = await relayTo([one.url, two.url]);
    world.github.deliveries.setTarget(both.url);
    story(world);
    await Promise.all([world.settled(one), world.settled(two)]);
    await Promise.all([one.sweep(), two.sweep()]);
    for (const app of [one, two]) {
      await world.settled(app);
      await app.sweep();
    }
    await both.close();

    const { pulls, issues } = world.github.world.snapshot(REPO);
    expect(pulls.filter(({ title }) => title.startsWith('[AUTO]'))).toHaveLength(1);
    expect(issues.filter(({ state }) => state === 'open')).toHaveLength(1);
    for (const { comments } of pulls) {
      const kinds = comments.flatMap(({ body }) => kindOf(body));
      expect([...new Set(kinds)]).toEqual(kinds);
    }
  });
});

/** Of a comment of which there may be one on each pull request here. */
function kindOf(body: string): string[] {
  const kind = /^<!-- warden:(what-if|divergence|answer) /.exec(body)?.[1];
  return kind === undefined ? [] : [kind];
}

/** A webhook address that hands everything on to several servers at once. */
async function relayTo(urls: readonly string[]) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.entries(request.headers).filter(([name]) => /^(x-|content-type)/.test(name));
      const init = {
        method: 'POST',
        body: Buffer.concat(chunks),
        headers: headers.map(([k, v]) => [k, String(v)]),
      };
      const sent = urls.map(async (url) => await fetch(url + (request.url ?? ''), init as RequestInit));
      void Promise.all(sent).then((answers) => response.writeHead(answers[0]?.status ?? 502).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/github/webhooks`,
    close: async () => await new Promise((resolve) => server.close(resolve)),
  };
}
