// The whole story, once: a class breaks, a pull request asks to stop it, people talk, merge, the kernel answers, and it comes back.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { KILL_LIST_FILE } from '../../src/domain/proposal.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import { observeStrictly } from '../adapters/github/openapi/validator.ts';
import { runInMemory } from '../cli/memory-host.ts';
import { expectGolden, KILL_LIST, REPO, type StoryWorld, storyWorld } from './story-world.ts';

let story: StoryWorld;
beforeAll(async () => {
  story = await storyWorld({ observe: observeStrictly() });
  await story.serve();
});
afterAll(async () => await story.close());

/** Titles of pull requests by number, open ones with a star. */
function pulls(): string[] {
  return [...story.github.world.repository(REPO).issues.values()]
    .filter((issue) => issue.pull !== null)
    .map(({ number, title, state }) => `#${number} ${title}${state === 'open' ? ' *' : ''}`);
}

/** What the newest check of a name on a pull request says. */
function check(number: number, name: string): string {
  const { headSha } = story.github.world.pull(REPO, number).pull;
  const runs = [...story.github.world.repository(REPO).checkRuns.values()];
  const run = runs.findLast((each) => each.headSha === headSha && each.name === name);
  return `${run?.conclusion}: ${run?.title}`;
}

async function golden(text: string, name: string): Promise<void> {
  await expectGolden(text, name, story.github);
}

/** All comments on an issue, each under its author. */
function talk(number: number): string {
  return story
    .comments(number)
    .map(({ author, body }) => `> ${author}\n\n${body}`)
    .join('\n\n---\n\n');
}

async function say(login: string, number: number, words: string): Promise<string> {
  const before = story.comments(number).length;
  story.github.world.commentAs(login, REPO, number, words);
  await story.settled();
  return story
    .comments(number)
    .slice(before + 1)
    .map(({ body }) => body)
    .join('\n\n---\n\n');
}

describe('a class that breaks', () => {
  it('is told on the dashboard alone while it holds', async () => {
    story.supervise(130);
    story.acknowledge('arb', story.github.world.branchSha(REPO, 'main') ?? '', 'entries_allowed');
    await story.pushState('state: supervise 2021-07-11');

    expect(pulls()).toEqual([]);
    await golden(story.body(1), 'dashboard-quiet');
  });

  it('gets a pull request that changes its entry of the kill list and nothing else', async () => {
    const verdicts = story.supervise(150);
    await story.pushState('state: supervise 2021-07-31');

    expect(verdicts.map(({ kind, subject, episode }) => `${kind} ${subject} ${episode}`)).toEqual([
      'DISABLE macro macro/1',
    ]);
    expect(pulls()).toEqual(['#2 [AUTO] Disable strategy: macro *']);
    const text = story.github.world.fileText(REPO, 'warden/disable/macro/1', KILL_LIST_FILE) ?? '';
    await golden(`\`\`\`yaml\n${text}\`\`\``, 'kill-list-disabled');
    expect(check(2, 'warden/proposal')).toMatch(/^success: /);
    expect(check(2, 'warden/config')).toMatch(/^success: /);
    const { labels, pull } = story.github.world.pull(REPO, 2);
    expect([...labels].sort()).toEqual(['warden', 'warden/disable']);
    expect(pull.requestedReviewers).toEqual(['bob']);
    await golden(story.body(2), 'disable-opened');
  });

  it('is published by the job as well, which finds it done and writes nothing but receipts', async () => {
    const { github, stateDir } = story;
    const before = github.counts.writes;

    const run = await runInMemory(COMMANDS, ['publish', '--state', stateDir, '--json'], {
      cwd: stateDir,
      env: {
        GITHUB_REPOSITORY: REPO,
        GITHUB_API_URL: github.apiUrl,
        WARDEN_APP_ID: String(github.app.id),
        WARDEN_APP_PRIVATE_KEY: github.app.privateKey,
      },
      nowMs: story.clock.nowMs(),
    });

    expect(run.stderr).not.toContain('error');
    expect(run.exitCode).toBe(0);
    expect(github.counts.writes).toBe(before);
    expect(story.disk.read('supervisor/sent.jsonl')?.toString()).toContain('already_done');
  });

  it('has its pull request updated by new evidence, and its agents are proposed for shadow', async () => {
    const before = story.body(2);
    story.supervise(154);
    await story.pushState('state: supervise 2021-08-04');

    expect(pulls()).toEqual([
      '#2 [AUTO] Disable strategy: macro *',
      '#3 [AUTO] Demote agent: break-a *',
      '#4 [AUTO] Demote agent: break-b *',
    ]);
    expect(story.body(2)).not.toBe(before);
    await golden(story.body(2), 'disable-updated');
    await golden(story.body(3), 'demote-opened');
    await golden(talk(2), 'disable-divergence');
  });
});

describe('people', () => {
  it('ask for an explanation and get one, once', async () => {
    await golden(await say('bob', 2, '/warden explain macro'), 'answer-explain');
    await golden(await say('bob', 2, '/warden simulate macro max_cvar_sigma=9'), 'answer-simulate');
  });

  it('who may not write get no answer and change nothing', async () => {
    expect(await say('eve', 2, '/warden keep it is my favourite')).toBe('');
    expect(pulls()).toContain('#2 [AUTO] Disable strategy: macro *');
  });

  it('put a proposal off, and decline another', async () => {
    await golden(await say('bob', 3, '/warden snooze 7d its data feed is being repaired'), 'answer-snooze');
    await golden(await say('ada', 4, '/warden keep it hedges break-a'), 'answer-keep');

    expect(pulls()).toEqual([
      '#2 [AUTO] Disable strategy: macro *',
      '#3 [AUTO] Demote agent: break-a',
      '#4 [AUTO] Demote agent: break-b',
    ]);
  });

  it('edit a limit by hand and see what it would have done, with a second approval where it is loosened', async () => {
    const loosened = KILL_LIST.replace('max_cvar_sigma: 5.0', 'max_cvar_sigma: 9.0');
    const number = story.github.world.openPullAs('ada', {
      repo: REPO,
      branch: 'looser-arb',
      files: { [KILL_LIST_FILE]: loosened },
      title: 'Loosen arb',
      body: '',
    });
    await story.settled();

    expect(number).toBe(5);
    expect(check(5, 'warden/config')).toMatch(/^(failure|action_required): /);
    expect(check(5, 'warden/proposal')).toMatch(/^(success|neutral): /);
    await golden(talk(5), 'loosened-what-if');
    story.github.world.addUser('carol');
    story.github.world.setPermission(REPO, 'carol', 'write');
    for (const login of ['bob', 'carol']) story.github.world.reviewAs(login, REPO, 5, 'APPROVED');
    await story.settled();
    expect(check(5, 'warden/config')).toMatch(/^success: /);
    story.github.world.mergeAs('ada', REPO, 5);
    await story.settled();
    expect(check(2, 'warden/proposal')).toMatch(/^success: /);
  });
});

describe('the merge', () => {
  it('waits for the kernel, and says what it applied', async () => {
    const merge = story.github.world.mergeAs('ada', REPO, 2);
    await story.settled();
    const waiting = story.comments(2).findLast(({ body }) => body.includes('warden:acknowledgement'));
    await golden(waiting?.body ?? '', 'merged-waiting');

    story.clock.advance(5 * MINUTE_MS);
    story.acknowledge('macro', merge, 'entries_blocked');
    await story.pushState('state: kernel acknowledgement');

    const said = story.comments(2).findLast(({ body }) => body.includes('warden:acknowledgement'));
    await golden(said?.body ?? '', 'merged-acknowledged');
    expect(story.settings().kill_list['macro']?.status).toBe('DISABLED');
    expect(story.settings().kill_list['arb']?.max_cvar_sigma).toBe(9);
  });

  it('is not the end of a snooze, which ends visibly', async () => {
    story.supervise(162);
    await story.pushState('state: supervise 2021-08-12');

    expect(pulls()).toContain('#3 [AUTO] Demote agent: break-a *');
    expect(pulls()).toContain('#4 [AUTO] Demote agent: break-b');
    await golden(talk(3), 'demote-after-snooze');
  });
});

describe('a class that recovers', () => {
  it('gets a pull request that gives its entry back as it was', async () => {
    let said: string[] = [];
    for (let day = 186; day < 214 && said.length === 0; day += 4) {
      const verdicts = story.supervise(day);
      said = verdicts.filter(({ subject }) => subject === 'macro').map(({ kind }) => kind);
      await story.pushState(`state: supervise day ${day}`);
    }

    expect(said).toEqual(['REENABLE']);
    const number = Math.max(...story.github.world.repository(REPO).issues.keys());
    expect(pulls().at(-1)).toBe(`#${number} [AUTO] Re-enable strategy: macro *`);
    await golden(story.body(number), 'enable-opened');
    const merge = story.github.world.mergeAs('bob', REPO, number);
    await story.settled();
    story.acknowledge('macro', merge, 'entries_allowed');
    await story.pushState('state: kernel acknowledgement');

    await golden(talk(number), 'enable-acknowledged');
    const restored = KILL_LIST.replace('max_cvar_sigma: 5.0', 'max_cvar_sigma: 9.0');
    expect(story.github.world.fileText(REPO, 'main', KILL_LIST_FILE)).toBe(restored);
  });

  it('leaves a dashboard that tells it all, and nothing that GitHub would not have done', async () => {
    await golden(story.body(1), 'dashboard-after');
    await golden(talk(1), 'dashboard-talk');
    await golden(`${pulls().join('\n')}`, 'pulls-after');
    expect(story.github.failures).toEqual([]);
    expect(story.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});
