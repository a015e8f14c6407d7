// Proposals at GitHub: one pull request per episode whatever dies or races, and people's branches and decisions are theirs.

import { describe, expect, it } from 'vitest';
import { markerFacts, markerKind, markerLine } from '../../src/domain/marker.ts';
import {
  askedBranchOf,
  branchOf,
  ClosingMarker,
  type DecisionMarker,
  type ProposalKey,
} from '../../src/domain/proposal.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { DAY_MS, isoFromMs } from '../../src/domain/time.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { findProposals, observed } from '../../src/jobs/observe-proposals.ts';
import type { PublishContext } from '../../src/jobs/publish-context.ts';
import { publishProposals } from '../../src/jobs/publish-proposals.ts';
import { aCell, aDisableVerdict, aMetaReport } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import { MAIN } from '../fakes/memory-world.ts';
import { aContext, aRepository, configFiles, NOW_MS, ownBodies, quietLog } from './publish-world.ts';
import { worldConfig, worldSettings } from './supervise-world.ts';

const KEY: ProposalKey = { action: 'disable', subject: 'macro', episode: 'macro/1' };
const BRANCH = branchOf(KEY);
const FILE = 'config/kill-list.yaml';

/** `expected`: found again by their branch alone. */
async function observeProposals(github: MemoryGitHub, expected: readonly ProposalKey[] = []) {
  const found = await findProposals(github, expected);
  return await Promise.all(found.map(async (each) => await observed(github, each)));
}

async function publish(github: MemoryGitHub, open: readonly Verdict[], over: Partial<PublishContext> = {}) {
  const ports = { github, disk: memoryDisk(), log: quietLog };
  const proposals = await observeProposals(github);
  const context = aContext(github, {
    ...{ nowMs: NOW_MS, verdicts: open, openVerdicts: open, proposals },
    ...over,
  });
  return await publishProposals(ports, context);
}

/** Opens the pull request that ada asked for while no verdict called for it. */
async function request(github: MemoryGitHub): Promise<number> {
  const branch = askedBranchOf(KEY);
  github.world.push(branch, {}, github.ownLogins[0] ?? null);
  const marker = markerLine('proposal', {
    ...{ v: 1, ...KEY, verdict_id: null, requested_by: 'ada', evidence_sha256: '1'.repeat(64) },
    ...{ as_of: isoFromMs(NOW_MS), state_commit: null },
  });
  const draft = { title: '[AUTO] Disable strategy: macro', body: `${marker}\n\nAsked for.`, branch };
  return (await github.createPull({ ...draft, baseBranch: MAIN })).pull.number;
}

function only(github: MemoryGitHub) {
  const pulls = [...github.world.pulls.values()];
  expect(pulls).toHaveLength(1);
  const [pull] = pulls;
  if (pull === undefined) throw new Error('there is no pull request');
  return pull;
}

/** What a person sees in the end: no hashes, no instants of calls. */
function shown({ world }: MemoryGitHub) {
  return {
    branches: [...world.git.branches.keys()].sort().map((branch) => [branch, world.fileOn(branch, FILE)]),
    pulls: [...world.pulls.values()].map(({ number, title, body, state, labels }) => ({
      ...{ number, title, body, state, labels },
    })),
    comments: [...world.comments.values()].map(({ number, comment }) => [number, comment.body]),
    asked: [...world.asked],
  };
}

const DISABLE = aDisableVerdict();
const GROWN = aDisableVerdict({
  verdict_id: 'f'.repeat(64),
  evidence: { ...DISABLE.evidence, reason: 'grown', cell: aCell({ cvar95_sigma: 9.9 }) },
});
const ASKING = worldSettings({
  warden: worldConfig((config) => ({ ...config, github: { ...config.github, reviewers: ['ada', 'eve'] } })),
});

function decision(over: Partial<DecisionMarker> = {}): string {
  const marker = {
    v: 1 as const,
    ...KEY,
    decision: 'keep',
    by: 'ada',
    reason: 'hedged',
    at: isoFromMs(NOW_MS),
    until: null,
  };
  return markerLine('decision', { ...marker, ...over });
}

describe('a proposal', () => {
  it('is a pull request that edits the kill list, with labels and reviewers', async () => {
    const github = aRepository(ASKING);
    const published = await publish(github, [DISABLE], { settings: ASKING });
    const pull = only(github);

    expect(published.failed).toEqual([]);
    expect(published.done).toMatchObject([
      { effect: 'open_pull_request', outcome: 'done', target: pull.url },
    ]);
    expect(pull).toMatchObject({ title: '[AUTO] Disable strategy: macro', branch: BRANCH, baseBranch: MAIN });
    expect(pull.labels).toEqual(['warden', 'warden/disable']);
    expect(github.world.asked.get(pull.number)).toEqual(['ada']);
    expect(github.world.fileOn(BRANCH, FILE)).toContain('status: DISABLED');
    expect(github.world.fileOn(MAIN, FILE)).not.toContain('status: DISABLED');
  });

  it.each([
    ['bob', /take bob as reviewers; they need access to the repository$/],
    ['acme/desk', /take acme\/desk as reviewers; .* the permission members: read of the organisation$/],
  ])('tells what it takes where GitHub does not ask %s', async (reviewer, said) => {
    const github = { ...aRepository(ASKING), requestReviewers: async () => [reviewer] };
    const warnings: string[] = [];
    const log = { ...quietLog, warn: (message: string) => void warnings.push(message) };
    const open = { verdicts: [DISABLE], openVerdicts: [DISABLE], settings: ASKING };
    await publishProposals({ github, disk: memoryDisk(), log }, aContext(github, open));

    expect(warnings).toEqual([expect.stringMatching(said)]);
  });

  it('writes nothing when it is published again', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const writes = github.world.writes().length;
    const again = await publish(github, [DISABLE], { stateCommit: 'e'.repeat(40), nowMs: NOW_MS + DAY_MS });

    expect(github.world.writes()).toHaveLength(writes);
    expect(again.done).toMatchObject([{ effect: 'open_pull_request', outcome: 'already_done' }]);
  });

  it('follows newer evidence on the same branch', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const published = await publish(github, [GROWN], { verdicts: [DISABLE, GROWN] });

    expect(published.done).toMatchObject([
      { effect: 'update_pull_request', outcome: 'done' },
      { effect: 'comment', text: 'told people on #1 that macro/1 has become worse' },
    ]);
    expect(only(github).body).toContain('f'.repeat(64));
    expect(github.world.fileOn(BRANCH, FILE)).toContain('f'.repeat(64));
  });

  it('tells people by name, once, that what waits for them has become worse', async () => {
    const github = aRepository(ASKING);
    const grown = { verdicts: [DISABLE, GROWN], settings: ASKING };
    await publish(github, [DISABLE], { settings: ASKING });
    await publish(github, [GROWN], grown);
    await publish(github, [GROWN], {
      ...grown,
      report: aMetaReport({ generated_at: isoFromMs(NOW_MS + DAY_MS) }),
    });

    const [said, ...more] = ownBodies(github, only(github).number);
    expect(more).toEqual([]);
    expect(said).toContain('@ada @eve **It has become worse, and this has been waiting since');
    expect(said).toContain('9.90 sigma');
    expect(said).toContain('Until this is merged `macro` goes on opening positions.');
  });

  it('takes over what the default branch says by now, without a force-push', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const before = github.world.git.branches.get(BRANCH) ?? '';
    const changed: Settings = worldSettings({
      kill_list: { macro: { status: 'ENABLED', max_cvar_sigma: 3.5 } },
    });
    github.world.push(MAIN, configFiles(changed), 'ada');
    await publish(github, [DISABLE], { settings: changed });

    expect(github.world.fileOn(BRANCH, FILE)).toMatch(/3\.5/);
    const commits = await github.commitsBetween(before, BRANCH);
    expect(commits.at(-1)?.parents).toEqual([before, github.world.git.branches.get(MAIN)]);
    expect(await github.changedFiles(only(github).number)).toMatchObject([{ path: FILE }]);
  });

  it('is closed with the reason where it is not called for any more, and opened again where it is', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const closed = await publish(github, [], { verdicts: [DISABLE] });
    const { number } = only(github);
    const [said] = ownBodies(github, number);

    expect(closed.done).toMatchObject([{ effect: 'close_pull_request', outcome: 'done' }]);
    expect(only(github).state).toBe('closed');
    expect(markerFacts(said ?? '', 'closing', ClosingMarker)?.reason).toBe('withdrawn');
    expect((await publish(github, [], { verdicts: [DISABLE] })).done).toEqual([]);

    github.world.git.branches.delete(BRANCH);
    const again = await publish(github, [GROWN], { verdicts: [DISABLE, GROWN] });
    expect(again.failed).toEqual([]);
    expect(only(github)).toMatchObject({ number, state: 'open' });
    expect(github.world.fileOn(BRANCH, FILE)).toContain('f'.repeat(64));
    expect((await publish(github, [GROWN], { verdicts: [DISABLE, GROWN] })).done).toMatchObject([
      { outcome: 'already_done' },
    ]);
  });

  it('gives way to that of a newer episode, and says where it is', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const next = aDisableVerdict({ episode: 'macro/2', verdict_id: '2'.repeat(64) });
    await publish(github, [next], { verdicts: [DISABLE, next] });
    const [first, second] = [...github.world.pulls.values()];

    expect([first?.state, second?.state]).toEqual(['closed', 'open']);
    expect(ownBodies(github, first?.number ?? 0).at(-1)).toContain(`[#${second?.number}]`);
  });

  it('waits where more are wanted than may be opened in a run', async () => {
    const settings = worldSettings({
      warden: worldConfig((config) => ({ ...config, github: { ...config.github, new_pulls_per_run: 1 } })),
    });
    const arb = aDisableVerdict({ subject: 'arb', episode: 'arb/1', verdict_id: '2'.repeat(64) });
    const github = aRepository(settings);
    const published = await publish(github, [DISABLE, arb], { settings });

    expect(github.world.pulls.size).toBe(1);
    expect(published.waiting).toHaveLength(1);
    await publish(github, [DISABLE, arb], { settings });
    expect(github.world.pulls.size).toBe(2);
  });

  it('is known again where a person removed its marker, and gets its text back', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const { number, body } = only(github);
    Object.assign(github.world.pulls.get(number) ?? {}, { body: 'my words' });
    expect(await observeProposals(github)).toEqual([]);
    const proposals = await observeProposals(github, [KEY]);
    await publish(github, [DISABLE], { proposals });

    expect(only(github)).toMatchObject({ number, body });
  });

  it('is not made where the configuration is broken or turns pull requests off', async () => {
    const github = aRepository();
    const off = worldSettings({
      warden: worldConfig((config) => ({ ...config, github: { ...config.github, pull_requests: false } })),
    });
    await publish(github, [DISABLE], { problems: ['config/warden.yaml:1:1 x'] });
    await publish(github, [DISABLE], { settings: off });

    expect(github.world.writes()).toEqual([]);
  });

  it('says why where the file cannot be edited, and holds up nothing else', async () => {
    const github = aRepository();
    github.world.push(MAIN, { [FILE]: 'macro: &m {}\narb: {}\n' }, 'ada');
    const published = await publish(github, [DISABLE]);

    expect(published.failed).toMatchObject([{ what: 'open [AUTO] Disable strategy: macro (macro/1)' }]);
    expect(published.failed[0]?.error).toContain('anchors');
    expect(github.world.writes()).toEqual([]);
  });
});

describe('a person', () => {
  it('vetoes a proposal by closing it: it stays closed, and who and why are known', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const { number } = only(github);
    github.world.comment(number, 'ada', 'hedged elsewhere');
    github.world.close(number, 'ada');
    const vetoed = await publish(github, [GROWN], { verdicts: [DISABLE, GROWN] });
    const writes = github.world.writes().length;
    await publish(github, [GROWN], { verdicts: [DISABLE, GROWN] });

    expect(vetoed.done).toMatchObject([{ outcome: 'vetoed', verdictId: 'f'.repeat(64) }]);
    expect(vetoed.done[0]?.text).toContain('ada');
    expect(ownBodies(github, number).at(-1)).toContain('hedged elsewhere');
    expect(only(github).state).toBe('closed');
    expect(github.world.writes()).toHaveLength(writes);
  });

  it('keeps things as they are by a decision that Warden recorded, and by no other comment', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const { number } = only(github);
    github.world.comment(number, 'mallory', decision());
    await publish(github, [DISABLE]);
    expect(only(github).state).toBe('open');

    github.world.comment(number, 'warden[bot]', decision());
    const kept = await publish(github, [DISABLE]);
    expect(kept.done).toMatchObject([{ effect: 'close_pull_request', outcome: 'vetoed' }]);
    expect(only(github).state).toBe('closed');
    expect((await publish(github, [DISABLE])).done).toMatchObject([{ outcome: 'vetoed' }]);
  });

  it('snoozes a proposal until an instant', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const until = isoFromMs(NOW_MS + DAY_MS);
    github.world.comment(only(github).number, 'warden[bot]', decision({ decision: 'snooze', until }));
    await publish(github, [DISABLE]);
    const asleep = await publish(github, [DISABLE]);
    expect([only(github).state, asleep.waiting.length]).toEqual(['closed', 1]);

    await publish(github, [DISABLE], { nowMs: NOW_MS + DAY_MS });
    expect(only(github).state).toBe('open');
  });

  it('who edits the branch is told what would change, once, and nothing of it is touched', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const { number, body } = only(github);
    const mine = 'macro:\n  status: ENABLED\n  max_cvar_sigma: 9\narb: {}\n';
    github.world.push(BRANCH, { [FILE]: mine }, 'ada');
    const told = await publish(github, [GROWN], { verdicts: [DISABLE, GROWN] });
    await publish(github, [GROWN], { verdicts: [DISABLE, GROWN] });
    await publish(github, [], { verdicts: [DISABLE, GROWN] });

    expect(told.done).toMatchObject([{ effect: 'comment' }, { effect: 'comment' }]);
    expect(ownBodies(github, number).map(markerKind)).toEqual(['escalation', 'branch-edited']);
    expect(only(github)).toMatchObject({ state: 'open', body });
    expect(github.world.fileOn(BRANCH, FILE)).toBe(mine);
  });

  it('who wrote to the branch before there was a pull request is not overruled', async () => {
    const github = aRepository();
    github.world.push(BRANCH, { 'notes.md': 'mine' }, 'ada');
    const published = await publish(github, [DISABLE]);

    expect(published.failed[0]?.error).toContain('commits by others');
    expect(github.world.pulls.size).toBe(0);
  });

  it('who wrote to the branch of an earlier request is not in the way of a verdict', async () => {
    const github = aRepository();
    const asked = await request(github);
    github.world.push(askedBranchOf(KEY), { 'notes.md': 'mine' }, 'ada');
    github.world.close(asked, 'ada');
    const published = await publish(github, [DISABLE]);

    expect(published.failed).toEqual([]);
    const [opened, ...others] = await github.pulls({ state: 'open' });
    expect(others).toEqual([]);
    expect(opened).toMatchObject({ branch: BRANCH, author: github.ownLogins[0] });
    expect(github.world.fileOn(BRANCH, 'notes.md')).toBeNull();
    expect(github.world.fileOn(askedBranchOf(KEY), 'notes.md')).toBe('mine');
  });

  it('who asked for it finds the verdict on the same pull request, on its own branch', async () => {
    const github = aRepository();
    const asked = await request(github);
    await publish(github, [DISABLE]);

    expect(only(github)).toMatchObject({ number: asked, state: 'open', branch: askedBranchOf(KEY) });
    expect(only(github).body).toContain(`"verdict_id":"${DISABLE.verdict_id}"`);
    expect(github.world.fileOn(askedBranchOf(KEY), FILE)).toContain('status: DISABLED');
    expect(github.world.git.branches.has(BRANCH)).toBe(false);
  });

  it('cannot pass a pull request off as one of Warden', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const real = only(github);
    github.world.push('warden/disable/arb/1', { 'a.txt': 'x' }, 'mallory');
    github.world.open({ branch: 'warden/disable/arb/1', author: 'mallory', body: real.body });
    github.world.git.forkBranches.set(`mallory/alpha:${BRANCH}`, real.headSha);
    github.world.open({ branch: BRANCH, author: 'mallory', body: real.body, fork: 'mallory/alpha' });

    expect((await observeProposals(github)).map(({ pull }) => pull.number)).toEqual([real.number]);
  });
});

describe('a run that dies', () => {
  const stories = {
    'while it opens': async (github: MemoryGitHub) => {
      await publish(github, [DISABLE], { settings: ASKING });
    },
    'while it updates': async (github: MemoryGitHub) => {
      await publish(github, [GROWN], { verdicts: [DISABLE, GROWN], settings: ASKING });
    },
    'while it closes': async (github: MemoryGitHub) => {
      await publish(github, [], { verdicts: [DISABLE], settings: ASKING });
    },
    'while it opens again': async (github: MemoryGitHub) => {
      await publish(github, [GROWN], { verdicts: [DISABLE, GROWN], settings: ASKING });
    },
  };
  const before: Record<keyof typeof stories, readonly (keyof typeof stories)[]> = {
    'while it opens': [],
    'while it updates': ['while it opens'],
    'while it closes': ['while it opens'],
    'while it opens again': ['while it opens', 'while it closes'],
  };
  const cases = (['before', 'after'] as const).flatMap((moment) =>
    (Object.keys(stories) as (keyof typeof stories)[]).map((story) => [story, moment] as const),
  );

  async function prepared(story: keyof typeof stories): Promise<MemoryGitHub> {
    const github = aRepository(ASKING);
    for (const each of before[story]) await stories[each](github);
    return github;
  }

  it.each(cases)('%s, at any write and %s it took effect, is finished by the next', async (story, moment) => {
    const calm = await prepared(story);
    const first = calm.world.writes().length;
    await stories[story](calm);
    const writes = calm.world.writes().length - first;
    expect(writes).toBeGreaterThan(1);
    for (let dying = 0; dying < writes; dying += 1) {
      const github = await prepared(story);
      let seen = 0;
      github.world.fault = ({ isWrite }) => {
        if (!isWrite) return null;
        seen += 1;
        return seen > dying ? (seen === dying + 1 ? moment : 'before') : null;
      };
      await stories[story](github);
      github.world.fault = () => null;
      await stories[story](github);

      expect(shown(github)).toEqual(shown(calm));
    }
  });

  it('leaves one pull request where two runs open it at once', async () => {
    const github = aRepository();
    const seen = await observeProposals(github);
    await publish(github, [DISABLE], { proposals: seen });
    const second = await publish(github, [DISABLE], { proposals: seen, report: aMetaReport() });

    expect(second.failed).toEqual([]);
    expect(github.world.pulls.size).toBe(1);
  });
});
