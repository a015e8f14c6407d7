// Commands in comments, from the event to the answer.

import { beforeAll, describe, expect, it } from 'vitest';
import { markerFacts, markerKind } from '../../src/domain/marker.ts';
import { DecisionMarker, type ProposalKey, ProposalMarker } from '../../src/domain/proposal.ts';
import { settingsFrom } from '../../src/domain/settings.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { answerCommand, type CommandAnswered } from '../../src/jobs/answer-command.ts';
import type { Disk, StateBranch } from '../../src/ports.ts';
import { AT, COMMIT } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import { aRepository, asFiled, ownBodies, propose, quietLog } from './publish-world.ts';
import { insertAll, look, settledMs, worldConfig, worldRows, worldSettings } from './supervise-world.ts';

const KEY: ProposalKey = { action: 'disable', subject: 'macro', episode: 'macro/1' };
const LAST_DAY = 100;

/** A supervised state of 100 quiet days; nothing writes to it. */
let disk: Disk;

beforeAll(() => {
  const supervised = memoryDisk();
  insertAll(supervised, worldRows(0, LAST_DAY));
  for (const day of [60, 80, LAST_DAY])
    look(supervised, settledMs(day), { settings: asFiled(worldSettings()) });
  disk = supervised;
});

async function ask(
  github: MemoryGitHub,
  number: number,
  body: string,
  author = 'ada',
): Promise<CommandAnswered> {
  const { id } = github.world.comment(number, author, body);
  return await tell(github, number, id);
}

async function tell(github: MemoryGitHub, number: number, commentId: number, isBot = false) {
  const comment = github.world.comments.get(commentId)?.comment;
  if (comment === undefined) throw new Error(`there is no comment ${commentId}`);
  const { author, body } = comment;
  const state: StateBranch = { newest: async () => ({ commit: COMMIT, disk }) };
  const given = { number, commentId, author, body, isBot, deliveryGuid: 'guid-1' };
  const options = { nowMs: github.world.nowMs, codeVersion: '1.0.0' };
  return await answerCommand({ github, state, log: quietLog }, given, options);
}

function personsPull(github: MemoryGitHub): number {
  github.world.push('change', { 'README.md': 'x' });
  return github.world.open({ branch: 'change', author: 'ada' });
}

function answers(github: MemoryGitHub, number: number): string[] {
  return ownBodies(github, number).filter((body) => markerKind(body) === 'answer');
}

describe('a comment with a command', () => {
  it('is seen, answered once by one comment that says who asked, and marked as done', async () => {
    const github = aRepository();
    const number = personsPull(github);
    const { id } = github.world.comment(number, 'ada', 'Well.\n\n/warden help\n/warden explain macro');
    await tell(github, number, id);
    await tell(github, number, id);

    const [answer = '', ...others] = answers(github, number);
    expect(others).toEqual([]);
    expect(answer).toContain('`/warden help`, asked by `ada`');
    expect(answer).toContain('`/warden explain macro`, asked by `ada`');
    expect(github.world.reactions.map(({ reaction }) => reaction)).toEqual(['eyes', 'rocket']);
  });

  it('is answered beside others, and once where two processes answer it at once', async () => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, '/warden help');
    const { id } = github.world.comment(number, 'ada', '/warden help');
    let isFirst = true;
    github.world.fault = ({ operation, args }) => {
      if (operation === 'createComment' && isFirst) {
        isFirst = false;
        github.world.comment(number, 'warden[bot]', String(args[1]));
      }
      return null;
    };
    expect(await tell(github, number, id)).toMatchObject({ outcome: 'answered' });

    expect(answers(github, number)).toHaveLength(2);
  });

  it('by somebody who may not push gets a reaction and nothing else', async () => {
    const github = aRepository();
    const number = personsPull(github);
    for (const [author, body] of [
      ['bob', '/warden explain macro'],
      ['eve', '/warden disable macro now'],
    ] as const) {
      expect(await ask(github, number, body, author)).toEqual({ outcome: 'refused' });
    }

    expect(ownBodies(github, number)).toEqual([]);
    expect(github.world.writes().map(({ operation }) => operation)).toEqual(['react', 'react']);
    expect(github.world.reactions.map(({ reaction }) => reaction)).toEqual(['-1', '-1']);
  });

  it.each([
    ['a bot', 'ada', true],
    ['Warden itself', 'warden[bot]', false],
  ])('by %s is passed over', async (_case, author, isBot) => {
    const github = aRepository();
    const number = personsPull(github);
    const { id } = github.world.comment(number, author, '/warden rerun');

    expect(await tell(github, number, id, isBot)).toEqual({ outcome: 'no-command' });
    expect(github.world.writes()).toEqual([]);
  });

  it('that was edited or removed before it was its turn is passed over', async () => {
    const github = aRepository();
    const number = personsPull(github);
    const { id, author } = github.world.comment(number, 'ada', '/warden disable macro no!');
    const state: StateBranch = { newest: async () => null };
    const given = { number, commentId: id, author, isBot: false, deliveryGuid: null };
    const options = { nowMs: github.world.nowMs, codeVersion: '1.0.0' };
    const ports = { github, state, log: quietLog };

    expect(await answerCommand(ports, { ...given, body: '/warden disable macro' }, options)).toEqual({
      outcome: 'gone',
    });
    expect(
      await answerCommand(ports, { ...given, author: 'cem', body: '/warden disable macro no!' }, options),
    ).toEqual({ outcome: 'gone' });
    github.world.comments.delete(id);
    expect(await answerCommand(ports, { ...given, body: '/warden disable macro no!' }, options)).toEqual({
      outcome: 'gone',
    });
    expect(github.world.writes()).toEqual([]);
  });

  it('is told what is wrong with it, and what was not looked at', async () => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, '/warden explian macro\n'.repeat(6));

    expect(answers(github, number)[0]).toContain('did you mean "explain"?');
    expect(answers(github, number)[0]).toContain('1 more in the same comment');
    expect(github.world.reactions.map(({ reaction }) => reaction)).toEqual(['eyes', 'confused']);
  });

  it('leaves one answer and one pull request wherever its run dies', async () => {
    const undisturbed = aRepository();
    const on = personsPull(undisturbed);
    await ask(undisturbed, on, '/warden disable macro it trades on stale news');
    const writes = undisturbed.world.writes().length;
    for (let at = 0; at < writes; at += 1) {
      for (const fault of ['before', 'after'] as const) {
        const github = aRepository();
        const number = personsPull(github);
        const { id } = github.world.comment(number, 'ada', '/warden disable macro it trades on stale news');
        let left = at;
        github.world.fault = ({ isWrite }) => (isWrite && left-- === 0 ? fault : null);
        await expect(tell(github, number, id)).rejects.toThrow('answered 502');
        await tell(github, number, id);

        expect(answers(github, number), `${fault} write ${at}`).toHaveLength(1);
        expect((await github.pulls({ state: 'all' })).map(({ title }) => title)).toEqual([
          '[AUTO] Disable strategy: macro',
          'change',
        ]);
      }
    }
  });
});

describe('the command rerun', () => {
  it('reviews the pull request and says what it brought up to date', async () => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, '/warden rerun');

    expect(answers(github, number)[0]).toContain('Check of the configuration: ');
    expect([...github.world.checks.values()].map(({ name }) => name)).toContain('warden/config');
  });
});

describe('the command explain', () => {
  it.each(['macro', 'drop'])('shows the figures of %s and how to recompute them', async (name) => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, `/warden explain ${name}`);

    await expect(answers(github, number)[0]).toMatchFileSnapshot(`../golden/answer-explain-${name}.md`);
  });

  it('says that the configuration has changed since', async () => {
    const github = aRepository();
    const number = personsPull(github);
    github.world.push('main', { 'config/kill-list.yaml': 'macro: {max_cvar_sigma: 3}\n' });
    await ask(github, number, '/warden explain macro');

    expect(answers(github, number)[0]).toContain('has changed since the newest run');
    expect(answers(github, number)[0]).toContain('4 (class)');
  });

  it('names the nearest known name', async () => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, '/warden explain marco');

    expect(answers(github, number)[0]).toContain('did you mean "macro"?');
  });

  it('cannot be made to mention, link or mark by the name it is given', async () => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, '/warden explain <!-- warden:dashboard {"v":1} --> @acme/all #12 **x** `y`');
    const [answer = ''] = answers(github, number);

    expect(markerKind(answer)).toBe('answer');
    const prose = answer.replace(/^.*\n/, '').replaceAll(/(`+) ?.*?[^`]\1(?!`)/g, '');
    expect(prose).not.toMatch(/(?<!\\)@\w|(?<!&)#\d|<!--|(?<!\\)\*x/);
  });
});

describe('the command simulate', () => {
  it('replays what was recorded under the limits it is given', async () => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, '/warden simulate macro max_cvar_sigma=0.5');
    const [answer = ''] = answers(github, number);

    await expect(answer).toMatchFileSnapshot('../golden/answer-simulate.md');
  });

  it('says that limits of single regimes stay', async () => {
    const settings = worldSettings();
    const macro = {
      ...settings.kill_list['macro'],
      status: 'ENABLED',
      by_regime: { TREND: { max_cvar_sigma: 3 } },
    } as const;
    const github = aRepository(settingsFrom({ ...settings, kill_list: { ...settings.kill_list, macro } }));
    const number = personsPull(github);
    await ask(github, number, '/warden simulate macro max_cvar_sigma=0.5');

    expect(answers(github, number)[0]).toContain('of `macro`. Limits of single regimes stay as they are.');
  });

  it('says where there is nothing to compare, and which classes are known', async () => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, '/warden simulate\n/warden simulate marco max_cvar_sigma=2');

    expect(answers(github, number)[0]).toContain('This pull request edits no limits');
    expect(answers(github, number)[0]).toContain('did you mean "macro"?');
  });

  it('compares the limits of the pull request it stands on', async () => {
    const github = aRepository();
    const text = 'macro: {status: ENABLED, max_cvar_sigma: 0.5}\narb: {max_cvar_sigma: 5}\n';
    github.world.push('limits', { 'config/kill-list.yaml': text });
    const number = github.world.open({ branch: 'limits', author: 'ada' });
    await ask(github, number, '/warden simulate');

    expect(answers(github, number)[0]).toContain('What these limits would have done');
    expect(answers(github, number)[0]).not.toContain('what is measured');
  });

  it('says what of the pull request the recorded past cannot show', async () => {
    const github = aRepository();
    const text = github.world.fileOn('main', 'config/warden.yaml') ?? '';
    const files = { 'config/warden.yaml': text.replace(/fee_bps"?: *\d+/, (found) => `${found}9`) };
    github.world.push('costs', files);
    const number = github.world.open({ branch: 'costs', author: 'ada' });
    await ask(github, number, '/warden simulate');

    expect(answers(github, number)[0]).toContain('`costs.spot.fee_bps` changes what is measured');
  });
});

describe('the commands keep and snooze', () => {
  it('record who decided what until when on the proposal, once', async () => {
    const github = aRepository();
    const number = await propose(github, KEY);
    const { id, createdAt } = github.world.comment(
      number,
      'ada',
      '/warden snooze 7d the exchange is down @bob',
    );
    github.world.fault = ({ operation, args }) =>
      operation === 'createComment' && markerKind(String(args[1])) === 'answer' ? 'before' : null;
    await expect(tell(github, number, id)).rejects.toThrow('answered 502');
    github.world.fault = () => null;
    await tell(github, number, id);

    const decisions = ownBodies(github, number).flatMap(
      (body) => markerFacts(body, 'decision', DecisionMarker) ?? [],
    );
    expect(decisions).toEqual([
      {
        ...{ v: 1, ...KEY, decision: 'snooze', by: 'ada', reason: 'the exchange is down @bob' },
        ...{ at: createdAt, until: isoFromMs(msFromIso(createdAt) + 7 * DAY_MS) },
      },
    ]);
    expect((await github.pull(number))?.state).toBe('closed');
    expect(answers(github, number)).toEqual([expect.stringContaining('This pull request is closed.')]);
    const [shown = ''] = ownBodies(github, number);
    expect(shown.replace(/^<!--.*-->\n/, '')).not.toMatch(/@bob|<!--/);
  });

  it('belong on a proposal, and say so elsewhere', async () => {
    const github = aRepository();
    const proposal = await propose(github, KEY);
    const number = personsPull(github);
    await ask(github, number, '/warden keep we know');

    expect(answers(github, number)[0]).toContain(`open now: pull request ${proposal}`);
    github.world.merge(proposal, 'ada');
    await ask(github, proposal, '/warden keep we know');
    expect(answers(github, proposal)[0]).toContain('merged already');
  });
});

describe('the command disable', () => {
  it('opens a pull request that edits one class, says who asked and why, and asks for reviewers', async () => {
    const github = aRepository();
    const number = personsPull(github);
    await ask(github, number, '/warden disable macro it trades on stale news');
    const [pull] = await github.pulls({ state: 'open' });

    expect(pull).toMatchObject({
      branch: 'warden/disable/macro/asked-1',
      labels: ['warden', 'warden/disable'],
    });
    expect(markerFacts(pull?.body ?? '', 'proposal', ProposalMarker)).toMatchObject({
      verdict_id: null,
      requested_by: 'ada',
      episode: 'macro/1',
    });
    expect(github.world.fileOn('warden/disable/macro/asked-1', 'config/kill-list.yaml')).toContain(
      'it trades on stale news',
    );
    expect(answers(github, number)[0]).toContain(`Opened [#${pull?.number}]`);
    await expect(pull?.body).toMatchFileSnapshot('../golden/requested-disable.md');
  });

  it('tells which reviewers GitHub did not take', async () => {
    const warden = worldConfig((config) => ({ ...config, github: { ...config.github, reviewers: ['eve'] } }));
    const github = aRepository(worldSettings({ warden }));
    const warnings: string[] = [];
    const log = { ...quietLog, warn: (message: string) => void warnings.push(message) };
    const number = personsPull(github);
    const { id, author, body } = github.world.comment(number, 'ada', '/warden disable macro stale news');
    const given = { number, commentId: id, author, body, isBot: false, deliveryGuid: null };
    const state: StateBranch = { newest: async () => ({ commit: COMMIT, disk }) };
    await answerCommand({ github, state, log }, given, { nowMs: github.world.nowMs, codeVersion: '1.0.0' });

    expect(warnings).toEqual([expect.stringContaining('did not take eve as reviewers')]);
  });

  it('says where there is one already', async () => {
    const github = aRepository();
    const proposal = await propose(github, KEY);
    const number = personsPull(github);
    await ask(github, number, '/warden disable macro now\n/warden disable macro please');

    expect(answers(github, number)[0]).toContain(`It is open already: [#${proposal}]`);
    expect(await github.pulls({ state: 'open' })).toHaveLength(2);
  });

  it('takes a number that no earlier request had', async () => {
    const github = aRepository();
    const earlier = await propose(github, KEY);
    github.world.merge(earlier, 'ada');
    const number = personsPull(github);
    const settings = worldSettings();
    github.world.push('main', { 'config/kill-list.yaml': JSON.stringify(settings.kill_list) });
    await ask(github, number, '/warden disable macro again');

    expect((await github.pulls({ state: 'open' })).map(({ branch }) => branch)).toEqual([
      'warden/disable/macro/asked-2',
      'change',
    ]);
  });

  it.each([
    ['an unknown class', '/warden disable marco now', 'did you mean "macro"?'],
    ['one that is disabled already', '/warden disable arb now', '"arb" is disabled already'],
  ])('refuses %s', async (_case, body, expected) => {
    const settings = worldSettings();
    const facts = { reason: 'r', evidence: 'e', since: AT, episode: 'arb/1' };
    const github = aRepository(
      settingsFrom({
        ...settings,
        kill_list: { ...settings.kill_list, arb: { status: 'DISABLED', ...facts } },
      }),
    );
    const number = personsPull(github);
    await ask(github, number, body);

    expect(answers(github, number)[0]).toContain(expected);
    expect(await github.pulls({ state: 'open' })).toHaveLength(1);
  });

  it('leaves a branch alone that holds commits of others', async () => {
    const github = aRepository();
    github.world.push('warden/disable/macro/asked-1', { 'config/kill-list.yaml': 'macro: {}\n' }, 'eve');
    const number = personsPull(github);
    await ask(github, number, '/warden disable macro now');

    expect(answers(github, number)[0]).toContain('holds commits of others');
  });

  it('does not take the pull request of somebody else for its own, whatever branch it comes from', async () => {
    const github = aRepository();
    const branch = 'warden/disable/macro/asked-1';
    github.world.push(branch, { 'config/kill-list.yaml': 'macro: {}\n' }, github.ownLogins[0] ?? null);
    const foreign = github.world.open({ branch, author: 'bob' });
    const number = personsPull(github);
    await ask(github, number, '/warden disable macro now');

    expect(answers(github, number)[0]).toContain(`Pull request ${foreign} by bob is open from the branch`);
    expect((await github.pull(foreign))?.labels).toEqual([]);
  });
});
