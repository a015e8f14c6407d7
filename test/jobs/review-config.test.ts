// The review of a configuration: what the check says in every case, what the comment shows, and what is not written twice.

import { describe, expect, it } from 'vitest';
import { GitHubError } from '../../src/domain/github.ts';
import { markerKind } from '../../src/domain/marker.ts';
import { reviewConfig } from '../../src/jobs/review-config.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { mermaidFences, parseMermaid } from '../mermaid.ts';
import {
  AGENTS,
  FILES,
  KILL_LIST,
  reviewing,
  STATE_COMMIT,
  stateOf,
  supervisedDisk,
  WARDEN,
} from './review-world.ts';
import { ENABLED, quietPorts } from './supervise-world.ts';

const disk = supervisedDisk();
const LOOSE = KILL_LIST.replace('max_cvar_sigma: 4.0', 'max_cvar_sigma: 9.0');
const WITHIN = KILL_LIST.replace('max_cvar_sigma: 5.0', 'max_cvar_sigma: 5.5');
const DISABLED =
  'macro: { status: DISABLED, max_cvar_sigma: 4.0, reason: tail, evidence: none, since: "2021-08-01T00:00:00.000Z", episode: macro/9 }\n';
const STOPPED_ARB = {
  status: 'DISABLED',
  reason: 'tail',
  evidence: 'none',
  since: '2021-08-01T00:00:00.000Z',
  episode: 'arb/1',
} as const;
const STOPPED = { ...FILES, 'config/kill-list.yaml': DISABLED };

describe('the check on a pull request', () => {
  it('reports on one that touches no configuration, with both names, since a required check must', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'README.md': '# Alpha, better\n' });

    expect(world.check(number)).toMatchObject({
      status: 'completed',
      conclusion: 'neutral',
      title: 'No configuration is touched',
    });
    expect(world.check(number, 'warden/proposal')).toMatchObject({
      conclusion: 'neutral',
      title: 'Not a proposal of Warden',
    });
    expect(world.comments(number)).toEqual([]);
  });

  it('marks every problem with its line and column, and a suggestion', async () => {
    const world = reviewing(disk);
    const number = await world.propose({
      'config/kill-list.yaml': 'macro:\n  max_cvar_sgma: 4\narb: { max_cvar_sigma: -1 }\n',
      'config/agents.yaml': 'a: { strategy_class: macro, stage: alive }\n',
    });

    expect(world.check(number)).toMatchObject({ conclusion: 'failure', title: '3 problems' });
    expect(world.annotations(number)).toMatchObject([
      { path: 'config/agents.yaml', startLine: 1, level: 'failure' },
      {
        path: 'config/kill-list.yaml',
        startLine: 2,
        startColumn: 3,
        message: expect.stringContaining('did you mean "max_cvar_sigma"'),
      },
      { path: 'config/kill-list.yaml', startLine: 3, startColumn: 8 },
    ]);
    expect(world.comments(number)).toEqual([]);
  });

  it.each([
    ['a fault of YAML', 'macro: [\n', 'cannot be read as YAML'],
    ['an empty file', '# nothing\n', 'is empty'],
    ['a rule between fields', 'macro: { status: ENABLED, reason: "x" }\n', 'belongs to a DISABLED class'],
    ['a key that is no name', '"__proto__": {}\n', '__proto__'],
  ])('refuses %s', async (_, text, words) => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': text });

    expect(world.check(number).conclusion).toBe('failure');
    expect(world.annotations(number)[0]?.message).toContain(words);
    expect(world.annotations(number)[0]?.startLine).toBeGreaterThan(0);
  });

  it('finds more than fifty problems', async () => {
    const world = reviewing(disk);
    const lines = Array.from({ length: 120 }, (_, index) => `class-${index}: { max_cvar_sgma: 4 }`);
    const number = await world.propose({ 'config/kill-list.yaml': `${lines.join('\n')}\n` });

    expect(world.check(number).title).toBe('120 problems');
    expect(world.annotations(number)).toHaveLength(120);
    expect(new Set(world.annotations(number).map(({ startLine }) => startLine)).size).toBe(120);
  });

  it('completes within its limits whatever is in the file', async () => {
    const world = reviewing(disk);
    const lines = Array.from(
      { length: 5000 },
      (_, index) => `"${index} @everyone |<b>": { ${'x'.repeat(20)}: 4 }`,
    );
    const number = await world.propose({ 'config/kill-list.yaml': `${lines.join('\n')}\n` });

    const check = world.check(number);
    expect(check).toMatchObject({ status: 'completed', conclusion: 'failure' });
    expect(check.annotations.length).toBeLessThanOrEqual(500);
    expect(check.summary).toContain('4500 more problems');
    expect(check.summary).not.toMatch(/@everyone(?![^`]*`)/);
  });

  it('refuses to lose the kill list or the rules, and not the registry', async () => {
    const world = reviewing(disk);
    const gone = await world.propose({ 'config/kill-list.yaml': null });
    const noAgents = await world.propose({ 'config/agents.yaml': null });

    expect(world.check(gone)).toMatchObject({ conclusion: 'failure', annotations: [] });
    expect(world.check(gone).summary).toContain('config/kill-list.yaml`: is not there');
    expect(world.check(noAgents).conclusion).toBe('action_required');
    expect(world.check(noAgents).summary).toContain('is removed');
  });

  it('notes files that nobody reads, with the name that was meant', async () => {
    const world = reviewing(disk);
    const number = await world.propose({
      'config/kill_list.yaml': KILL_LIST,
      'config/pink.yaml': 'a: 1\n',
      'config/README.md': 'words\n',
    });

    expect(world.check(number).conclusion).toBe('success');
    expect(world.annotations(number)).toMatchObject([
      {
        path: 'config/kill_list.yaml',
        level: 'notice',
        message: expect.stringContaining('did you mean config/kill-list.yaml'),
      },
      {
        path: 'config/pink.yaml',
        level: 'notice',
        message: expect.stringContaining('does not know this file'),
      },
    ]);
  });

  it('warns of names that do not meet', async () => {
    const world = reviewing(disk);
    const number = await world.propose({
      'config/kill-list.yaml': KILL_LIST.replace('arb:', 'arbb:'),
      'config/agents.yaml': AGENTS.replace('class: event', 'class: evnt'),
    });

    expect(world.annotations(number).filter(({ level }) => level === 'warning')).toMatchObject([
      { path: 'config/agents.yaml', startLine: 2, message: expect.stringContaining('no class "arb"') },
      { path: 'config/agents.yaml', startLine: 3, message: expect.stringContaining('did you mean "event"') },
      { path: 'config/agents.yaml', startLine: 3, message: expect.stringContaining('event → evnt') },
      { path: 'config/kill-list.yaml', startLine: 2, message: expect.stringContaining('did you mean "arb"') },
      { path: 'config/kill-list.yaml', startLine: 3, message: expect.stringContaining('looser by 25 %') },
    ]);
  });

  it('reads a fork as data', async () => {
    const world = reviewing(disk);
    const { git } = world.github.world;
    const parent = git.resolve('main') ?? '';
    const tree = { ...git.tree(parent), 'config/kill-list.yaml': 'macro: { max: 1 }\n' };
    const sha = git.write({ tree, parents: [parent], author: 'mallory', message: 'Mine' });
    git.forkBranches.set('mallory/alpha:main', sha);
    const number = world.github.world.open({ branch: 'main', author: 'mallory', fork: 'mallory/alpha' });
    await world.review(number);

    expect(world.check(number)).toMatchObject({ headSha: sha, conclusion: 'failure', title: 'One problem' });
    const reads = world.github.world.calls.filter(({ operation }) => operation === 'file');
    expect(reads.map(({ args }) => args)).toContainEqual(['config/kill-list.yaml', sha]);
  });

  it('has nothing to say of a pull request that is closed or gone', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': WITHIN });
    world.github.world.close(number, 'ada');
    const before = world.github.world.writes().length;

    expect(await world.review(number)).toEqual({ outcome: 'gone' });
    expect(await world.review(999)).toEqual({ outcome: 'gone' });
    expect(world.github.world.writes()).toHaveLength(before);
  });
});

describe('a loosening', () => {
  it('within the limit of the base succeeds, and is said in words', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': WITHIN });

    expect(world.check(number)).toMatchObject({
      conclusion: 'success',
      title: 'Valid; loosens by at most 20 %',
    });
    expect(world.check(number).summary).toContain('| `arb`: max_cvar_sigma | `5` | `5.5` | looser by 10 % |');
  });

  it('beyond it needs approvals of people who may write, on the newest commit', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': LOOSE });
    const { reviews, pulls } = world.github.world;
    const approve = async (...logins: string[]) => {
      const commit = pulls.get(number)?.headSha ?? null;
      const given = logins.map((author) => ({
        author,
        state: 'APPROVED' as const,
        commit,
        submittedAt: '2021-08-01T00:00:00.000Z',
      }));
      reviews.set(number, [...(reviews.get(number) ?? []), ...given]);
      await world.review(number);
    };

    expect(world.check(number)).toMatchObject({
      conclusion: 'action_required',
      title: 'Needs 2 approvals, has 0',
    });
    await approve('bob', 'eve', 'ada');
    expect(world.check(number)).toMatchObject({
      conclusion: 'action_required',
      title: 'Needs 2 approvals, has 1',
    });
    expect(world.check(number).summary).toContain('`eve` is not counted: may not write');
    expect(world.check(number).summary).toContain('`ada` is not counted: opened the pull request');
    await approve('cem');
    expect(world.check(number)).toMatchObject({
      conclusion: 'success',
      title: 'Loosens a limit, with 2 approvals',
    });

    world.github.world.push(pulls.get(number)?.branch ?? '', { 'README.md': 'more\n' });
    await world.review(number);
    expect(world.check(number)).toMatchObject({
      conclusion: 'action_required',
      title: 'Needs 2 approvals, has 0',
    });
  });

  it('cannot change its own rules', async () => {
    const world = reviewing(disk);
    const rules = WARDEN.replace('loosening_limit: 0.2', 'loosening_limit: 9').replace(
      'approvals: 2',
      'approvals: 1',
    );
    const number = await world.propose({ 'config/kill-list.yaml': LOOSE, 'config/warden.yaml': rules });

    expect(world.check(number)).toMatchObject({
      conclusion: 'action_required',
      title: 'Needs 2 approvals, has 0',
    });
  });

  it('is what merging changes, not what the base changed since', async () => {
    const world = reviewing(disk);
    const { world: github } = world.github;
    github.push('mine', {
      'config/kill-list.yaml': KILL_LIST.replace(
        'event: { max_cvar_sigma: 4.0 }',
        'event: { max_cvar_sigma: 3.0 }',
      ),
    });
    github.push('main', {
      'config/kill-list.yaml': KILL_LIST.replace(
        'macro: { status: ENABLED, max_cvar_sigma: 4.0 }',
        'macro: { status: ENABLED, max_cvar_sigma: 2.0 }',
      ),
    });
    const number = github.open({ branch: 'mine', author: 'ada' });
    await world.review(number);

    expect(world.check(number)).toMatchObject({ conclusion: 'success', title: 'Valid; loosens no limit' });
    expect(world.check(number).summary).toContain(
      '| `event`: max_cvar_sigma | `4` | `3` | tighter by 25 % |',
    );
    expect(world.check(number).summary).not.toContain('`macro`');
  });

  it('is not hidden by merging an old commit of the base last', async () => {
    const world = reviewing(disk, { ...FILES, 'config/kill-list.yaml': LOOSE });
    const { world: github } = world.github;
    const old = github.git.resolve('main') ?? '';
    const tight = github.push('main', { 'config/kill-list.yaml': KILL_LIST });
    const tree = { ...github.git.tree(tight), 'config/kill-list.yaml': `# as it was\n${LOOSE}` };
    const own = github.git.write({ tree, parents: [tight], author: 'ada', message: 'Mine' });
    const merge = github.git.write({ tree, parents: [own, old], author: 'ada', message: 'Merge' });
    github.git.branches.set('mine', merge);
    const number = github.open({ branch: 'mine', author: 'ada' });
    await world.review(number);

    expect(world.check(number)).toMatchObject({
      conclusion: 'action_required',
      title: 'Needs 2 approvals, has 0',
    });
  });

  it('is not approved by who pushed it to the pull request of another', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': WITHIN });
    const { pulls, git, reviews } = world.github.world;
    const pull = pulls.get(number);
    world.github.world.push(pull?.branch ?? '', { 'config/kill-list.yaml': LOOSE }, 'bob');
    const head = git.resolve(pull?.branch ?? '') ?? '';
    const approve = (author: string) =>
      ({ author, state: 'APPROVED', commit: head, submittedAt: null }) as const;
    reviews.set(number, [approve('bob'), approve('cem')]);
    await world.review(number);

    expect(world.check(number)).toMatchObject({ title: 'Needs 2 approvals, has 1' });
    expect(world.check(number).summary).toContain('`bob` is not counted: made a commit of it.');
  });

  it('is letting a class in by hand that has not recovered', async () => {
    const world = reviewing(disk, STOPPED);
    const number = await world.propose({
      'config/kill-list.yaml': 'macro: { status: ENABLED, max_cvar_sigma: 4.0 }\n',
    });

    expect(world.check(number)).toMatchObject({ conclusion: 'action_required' });
    expect(world.check(number).summary).toContain('a person lets it in by hand');
  });

  it('is moving an agent out of a class that is stopped', async () => {
    const world = reviewing(disk, STOPPED);
    const number = await world.propose({
      'config/agents.yaml': AGENTS.replace('class: macro', 'class: arb'),
    });

    expect(world.check(number).conclusion).toBe('action_required');
    expect(world.check(number).summary).toContain('as one of another class it may enter again');
  });

  it('is losing the stop of a class together with the file that said it', async () => {
    const stopping = supervisedDisk({ kill_list: { ...ENABLED, arb: STOPPED_ARB } });
    const { 'config/kill-list.yaml': _, ...lost } = FILES;
    const world = reviewing(stopping, lost);
    const number = await world.propose({ 'config/kill-list.yaml': KILL_LIST });

    expect(world.check(number).conclusion).toBe('action_required');
    expect(world.check(number).summary).toContain('is missing on the base; this is compared');
    expect(world.check(number).summary).toContain('`arb`: status');
  });

  it('is moving capital by hand: to an agent whose gates do not pass, or more of it', async () => {
    const world = reviewing(disk);
    const live = await world.propose({
      'config/agents.yaml': AGENTS.replace('{ strategy_class: arb }', '{ strategy_class: arb, stage: live }'),
    });
    const more = await world.propose({
      'config/agents.yaml': AGENTS.replace(
        'event, stage: live, base_weight: 0.2',
        'event, stage: live, base_weight: 0.25',
      ),
    });
    const less = await world.propose({
      'config/agents.yaml': AGENTS.replace(
        'event, stage: live, base_weight: 0.2',
        'event, stage: live, base_weight: 0.1',
      ),
    });

    expect(world.check(live).conclusion).toBe('action_required');
    expect(world.check(more).conclusion).toBe('action_required');
    expect(world.check(less).conclusion).toBe('success');
  });

  it('of a base that is broken is compared with the last good one, else with nothing', async () => {
    const broken = { ...FILES, 'config/kill-list.yaml': 'macro: [\n' };
    const known = reviewing(disk, broken);
    const unknown = reviewing(null, broken);
    const [a, b] = [
      await known.propose({ 'config/kill-list.yaml': KILL_LIST }),
      await unknown.propose({ 'config/kill-list.yaml': KILL_LIST }),
    ];

    expect(known.check(a).summary).toContain('compared with the last good one');
    expect(known.check(a).conclusion).toBe('success');
    expect(unknown.check(b).summary).toContain('it is not known what this changes');
    expect(unknown.check(b).conclusion).toBe('action_required');
  });

  it('is nothing where the files are new', async () => {
    const world = reviewing(null, { 'README.md': 'Alpha\n' });
    const { 'README.md': _, ...config } = FILES;
    const number = await world.propose(config);

    expect(world.check(number)).toMatchObject({ conclusion: 'success' });
  });
});

describe('the what-if', () => {
  it('shows in the check and in one comment what the limits would have done, as table and chart', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': LOOSE });
    const [comment = ''] = world.comments(number);

    expect(markerKind(comment)).toBe('what-if');
    expect(comment).toContain('`macro`: never stopped instead of stopped once');
    expect(world.check(number).text).toContain('| `macro` | base | 1 | 0 | 12.0 |');
    const charts = mermaidFences(comment);
    expect(charts).toHaveLength(1);
    for (const chart of charts) expect((await parseMermaid(chart)).diagramType).toBe('xychart');
    await expect(comment).toMatchFileSnapshot('../golden/what-if-comment.md');
    await expect(world.check(number).summary.replaceAll(/`[0-9a-f]{7}`/g, '`0000000`')).toMatchFileSnapshot(
      '../golden/config-review-loosening.md',
    );
  });

  it('edits its comment, and says so once the limits are as on the base again', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': LOOSE });
    const branch = world.github.world.pulls.get(number)?.branch ?? '';

    world.github.world.push(branch, { 'config/kill-list.yaml': 'macro: [\n' });
    await world.review(number);
    expect(world.comments(number)[0]).toContain('`macro`: never stopped');
    world.github.world.push(branch, { 'config/kill-list.yaml': `# only a comment\n${KILL_LIST}` });
    await world.review(number);
    expect(world.comments(number)).toHaveLength(1);
    expect(world.comments(number)[0]).toContain('as on the base again');
  });

  it('replays each side by its own rules', async () => {
    const world = reviewing(disk);
    const number = await world.propose({
      'config/warden.yaml': WARDEN.replace(
        'min_n_eff: 60 # effective rows below',
        'min_n_eff: 200 # effective rows below',
      ),
    });

    expect(world.check(number).text).toContain(
      '`macro`: stopped once under both (10.0 days instead of 12.0); the result is worse by 2,213.1 bps net. (31 looks)',
    );
  });

  it('says what the recorded past cannot show', async () => {
    const world = reviewing(disk);
    const number = await world.propose({
      'config/warden.yaml': WARDEN.replace('window: 180d', 'window: 170d'),
    });

    expect(world.check(number).text).toContain('`cvar.window` changes what is measured');
  });

  it('says that nothing is recorded yet, and that there is no state', async () => {
    const empty = reviewing(memoryDisk());
    const none = reviewing(null);
    const [a, b] = [
      await empty.propose({ 'config/kill-list.yaml': WITHIN }),
      await none.propose({ 'config/kill-list.yaml': WITHIN }),
    ];

    expect(empty.comments(a)[0]).toContain('nothing to replay');
    expect(none.check(b).summary).toContain('There is no state yet');
    expect(none.check(b).conclusion).toBe('success');
  });

  it('reviews all the same where the state is damaged', async () => {
    const damaged = memoryDisk({ 'supervisor/cells/2021-03.jsonl': 'no json\n' });
    const world = reviewing(damaged);
    const number = await world.propose({ 'config/kill-list.yaml': WITHIN });

    expect(world.check(number).conclusion).toBe('success');
    expect(world.check(number).text).toContain('cannot be read, so nothing is replayed');
  });

  it('is not written where only a status changes', async () => {
    const world = reviewing(disk);
    const number = await world.propose({
      'config/kill-list.yaml': KILL_LIST.replace(
        'macro: { status: ENABLED, max_cvar_sigma: 4.0 }\n',
        DISABLED,
      ),
    });

    expect(world.check(number)).toMatchObject({ conclusion: 'success', text: '' });
    expect(world.check(number).summary).toContain('The kernel refuses every entry of this class');
    expect(world.comments(number)).toEqual([]);
  });
});

describe('a review that is asked for again', () => {
  it('writes nothing', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': LOOSE });
    const before = world.github.world.writes().length;

    expect(await world.review(number)).toMatchObject({
      outcome: 'reviewed',
      check: 'unchanged',
      comment: 'unchanged',
    });
    await reviewConfig(
      { github: world.github, state: stateOf(disk, 'd'.repeat(40)), log: quietPorts.log },
      number,
      { nowMs: 0, codeVersion: '2.0.0' },
    );
    expect(world.github.world.writes()).toHaveLength(before);
    expect(world.check(number).summary).toContain(STATE_COMMIT.slice(0, 7));
  });

  it('completes a run that was left in progress or asked for anew', async () => {
    const world = reviewing(disk);
    const number = await world.propose({ 'config/kill-list.yaml': LOOSE });
    const check = world.github.world.checks.get(world.check(number).id);
    Object.assign(check ?? {}, { status: 'queued', conclusion: null });
    await world.review(number);

    expect(world.check(number)).toMatchObject({
      id: check?.id,
      status: 'completed',
      conclusion: 'action_required',
    });
  });

  it('says on the commit that it did not finish, tells the caller, and finishes with the next attempt', async () => {
    const world = reviewing(disk);
    const { world: github } = world.github;
    github.fault = ({ operation, args }) =>
      operation === 'file' && args[0] === 'config/agents.yaml' ? 'before' : null;
    await expect(world.propose({ 'config/kill-list.yaml': WITHIN })).rejects.toThrow(GitHubError);
    expect(world.check(1)).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      title: 'The check did not finish',
    });

    github.fault = () => null;
    await world.review(1);
    expect(world.check(1)).toMatchObject({ conclusion: 'success' });
    expect(github.checks.size).toBe(2);
  });

  it('ends in the same state whichever call fails or loses its answer', async () => {
    const undisturbed = reviewing(disk);
    const number = await undisturbed.propose({ 'config/kill-list.yaml': LOOSE });
    const calls = undisturbed.github.world.calls.length;
    const picture = (world: ReturnType<typeof reviewing>) => {
      const { conclusion, title, summary, text, annotations } = world.check(number);
      return { conclusion, title, summary, text, annotations, comments: world.comments(number) };
    };
    const expected = picture(undisturbed);
    for (let index = 0; index < calls; index += 1) {
      for (const fault of ['before', 'after'] as const) {
        const world = reviewing(disk);
        world.github.world.fault = (call) => (call.index === index ? fault : null);
        const failed = await world.propose({ 'config/kill-list.yaml': LOOSE }).then(
          () => false,
          () => true,
        );
        world.github.world.fault = () => null;
        await world.review(number);
        expect(failed || index >= calls).toBe(true);
        expect({ index, fault, ...picture(world) }).toEqual({ index, fault, ...expected });
      }
    }
  });
});
