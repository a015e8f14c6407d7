// Patience with GitHub: what is repeated, what is not, how long it waits, and what it says about it.

import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { withConditionalReads } from '../../../src/adapters/github/conditional.ts';
import {
  answerLost,
  conflict,
  droppedConnection,
  type Fault,
  notYetVisible,
  secondaryLimit,
  serverError,
  slowAnswer,
  tooManyRequests,
} from '../../../src/adapters/github/local/faults.ts';
import { GITHUB_LIMITS } from '../../../src/adapters/github/local/rate-limits.ts';
import { createVirtualClock } from '../../../src/adapters/github/local/virtual-clock.ts';
import { octokitGitHub } from '../../../src/adapters/github/octokit-github.ts';
import { withRetries } from '../../../src/adapters/github/retry.ts';
import { creationSpacing, oneAfterTheOther, waitsOf } from '../../../src/adapters/github/waits.ts';
import { connected, timingOf } from './connected.ts';
import { REPO, startHub } from './local/hub.ts';

const BRANCH = 'warden/disable/macro/1';

async function started() {
  const hub = await startHub();
  const { github, waits, warnings, sleptMs } = connected(hub);
  const base = (await github.head('main')) ?? '';
  const issue = await github.createIssue({ title: 'I', body: '', labels: [] });
  const fail = (method: string, fault: Fault, times = 1, path = /./) =>
    hub.github.faults.plan({ method, path, times, fault });
  return { hub, github, waits, warnings, sleptMs, base, issue, fail };
}

describe('a read', () => {
  it.each([
    ['a secondary limit', secondaryLimit(7), [7_000]],
    ['429', tooManyRequests(3), [3_000]],
    ['a limit that does not say how long', secondaryLimit(), [60_000]],
    ['500', serverError(500), [1_000]],
    ['502', serverError(502), [1_000]],
    ['503', serverError(503), [1_000]],
    ['a lost connection', droppedConnection(), [1_000]],
  ])('is repeated after %s', async (_case, fault, waited) => {
    const { github, base, fail, waits, sleptMs } = await started();
    fail('GET', fault);

    expect(await github.head('main')).toBe(base);
    expect(sleptMs).toEqual(waited);
    expect(waits).toEqual({ retries: 1, waitedMs: waited[0] });
  });

  it('waits twice as long each time, three times at most, and says so', async () => {
    const { github, fail, sleptMs, warnings } = await started();
    fail('GET', serverError(), 4);

    await expect(github.head('main')).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
    expect(sleptMs).toEqual([1_000, 2_000, 4_000]);
    expect(warnings).toEqual(
      ['1.0', '2.0', '4.0'].map(
        (s) => `GET /repos/{owner}/{repo}/git/ref/{ref} is sent again in ${s} s: GitHub answered 502`,
      ),
    );
  });

  it('of what is missing is not repeated', async () => {
    const { github, sleptMs } = await started();

    expect(await github.head('nowhere')).toBeNull();
    expect(sleptMs).toEqual([]);
  });

  it('is given up at once where GitHub asks for longer than five minutes', async () => {
    const { github, fail, sleptMs, warnings } = await started();
    fail('GET', secondaryLimit(301));

    await expect(github.head('main')).rejects.toMatchObject({ kind: 'unavailable', status: 403 });
    expect(sleptMs).toEqual([]);
    expect(warnings[0]).toContain(
      'is given up: GitHub limits requests (403), and 301.0 s are too long to wait',
    );
  });

  it('waits until the primary limit starts anew', async () => {
    const primaryPerHour = { ...GITHUB_LIMITS.primaryPerHour, user: 3 };
    const hub = await startHub({
      rateRules: { ...GITHUB_LIMITS, primaryPerHour, contentPerMinute: null, contentPerHour: null },
    });
    const { github, sleptMs } = connected(hub, hub.person('ada'));
    for (let n = 0; n < 3; n += 1) await github.head('main');
    hub.clock.advance(57 * 60_000);

    expect(await github.head('main')).not.toBeNull();
    expect(sleptMs).toEqual([3 * 60_000]);
  });

  it('whose answer takes too long is asked again', async () => {
    const hub = await startHub();
    const slow = slowAnswer();
    hub.github.faults.plan({ method: 'GET', fault: slow.fault });
    const { github, warnings } = connected(hub, hub.app, 100);

    expect(await github.head('main')).not.toBeNull();
    expect(warnings[0]).toContain('there was no answer');
    slow.release();
  });

  it('costs no more than a quarter of an hour in an hour', async () => {
    const { github, fail, waits } = await started();
    fail('GET', secondaryLimit(280), 20);
    for (let n = 0; n < 6; n += 1) await github.head('main').catch(() => null);

    expect(waits).toEqual({ retries: 3, waitedMs: 3 * 280_000 });
  });
});

describe('a write', () => {
  it.each([
    ['a secondary limit', secondaryLimit(7)],
    ['429', tooManyRequests(7)],
  ])('was refused by %s, and is sent again whatever it is', async (_case, fault) => {
    const { github, fail, issue } = await started();
    fail('POST', fault);
    await github.createComment(issue.number, 'once');

    expect(await github.comments(issue.number)).toHaveLength(1);
  });

  it.each([
    ['a lost answer', answerLost('drop')],
    ['502 after it took effect', answerLost(502)],
  ])('that makes something new is not repeated after %s', async (_case, fault) => {
    const { github, fail, issue, sleptMs } = await started();
    fail('POST', fault);

    await expect(github.createComment(issue.number, 'once')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(sleptMs).toEqual([]);
    expect(await github.comments(issue.number)).toHaveLength(1);
  });

  it('that sets something is repeated', async () => {
    const { github, fail, issue } = await started();
    fail('PATCH', answerLost());
    await github.updateIssue(issue.number, { title: 'New' });
    fail('POST', answerLost(), 1, /labels$/);
    await github.addLabels(issue.number, ['warden']);

    expect(await github.issue(issue.number)).toMatchObject({ title: 'New', labels: ['warden'] });
  });

  it('that moves a branch is known to have taken effect although its answer was lost', async () => {
    const hub = await startHub();
    let isOnTop = false;
    hub.app.hook.error('request', (error, options) => {
      if (options.method === 'PATCH' && !isOnTop) {
        isOnTop = true;
        hub.github.world.commitAs('ada', REPO, BRANCH, { 'b.md': 'b' }, 'On top');
      }
      throw error;
    });
    const { github } = connected(hub);
    const base = (await github.head('main')) ?? '';
    await github.createBranch(BRANCH, base);
    hub.github.faults.plan({ method: 'PATCH', fault: answerLost() });
    const draft = {
      branch: BRANCH,
      expectedHead: base,
      mergedBase: null,
      message: 'M',
      files: { 'a.md': 'a' },
    };
    const made = await github.commit(draft);

    expect(made.kind).toBe('committed');
    expect(await github.commitsBetween(base, BRANCH)).toMatchObject([
      { message: 'M' },
      { message: 'On top' },
    ]);
  });

  it('waits where GitHub does not know yet what it was just told', async () => {
    const { github, fail, base, sleptMs } = await started();
    await github.createBranch(BRANCH, base);
    await github.commit({
      branch: BRANCH,
      expectedHead: base,
      mergedBase: null,
      message: 'M',
      files: { a: 'a' },
    });
    fail('POST', notYetVisible(), 2, /pulls$/);
    const made = await github.createPull({ title: 'T', body: '', branch: BRANCH, baseBranch: 'main' });

    expect(made.kind).toBe('created');
    expect(sleptMs).toEqual([1_000, 2_000]);
  });

  it('that was refused for good is not repeated', async () => {
    const { github, fail, issue, sleptMs } = await started();
    fail('POST', conflict());

    await expect(github.createComment(issue.number, 'x')).rejects.toMatchObject({
      kind: 'refused',
      status: 409,
    });
    expect(sleptMs).toEqual([]);
  });

  it('waits for the one before it, even one that waits itself', async () => {
    const { hub, github, fail, issue } = await started();
    fail('POST', secondaryLimit(5));
    await Promise.all(['a', 'b', 'c'].map((body) => github.createComment(issue.number, body)));

    expect((await github.comments(issue.number)).map(({ body }) => body)).toEqual(['a', 'b', 'c']);
    const posts = hub.github.requests.filter(({ path }) => path.endsWith('/comments'));
    expect(posts.filter(({ method }) => method === 'POST')).toHaveLength(4);
  });
});

describe('more than sixty creations a minute', () => {
  it('are spread, and the wait is counted', async () => {
    const timing = timingOf({ clock: createVirtualClock(0) });
    const waits = waitsOf(timing);
    const space = creationSpacing(waits);
    for (let n = 0; n < 130; n += 1) await space();

    expect(timing.sleptMs).toEqual([60_000, 60_000]);
    expect(waits.counts).toEqual({ retries: 0, waitedMs: 120_000 });
  });

  it('reach no limit', async () => {
    const hub = await startHub({ rateRules: GITHUB_LIMITS });
    const { github, sleptMs } = connected(hub);
    const { number } = await github.createIssue({ title: 'I', body: '', labels: [] });
    for (let n = 0; n < 85; n += 1) await github.createComment(number, `number ${n}`);

    expect(sleptMs).toEqual([60_000]);
    expect(hub.github.requests.filter(({ status }) => status === 403)).toEqual([]);
  });
});

describe('tasks one after the other', () => {
  it('go on after one that failed', async () => {
    const inTurn = oneAfterTheOther();
    const failed = inTurn(async () => await Promise.reject(new Error('first')));
    const next = inTurn(async () => 'second');

    await expect(failed).rejects.toThrow('first');
    expect(await next).toBe('second');
  });
});

describe('an answer that breaks off', () => {
  /** A client whose first `count` answers break off. */
  function broken(count: number) {
    let sent = 0;
    const answer = async (): Promise<Response> => {
      sent += 1;
      const headers = { 'content-type': 'application/json; charset=utf-8', etag: '"e"' };
      if (sent > count) return new Response('{"object":{"sha":"whole"}}', { headers });
      const body = new ReadableStream({
        start: (stream) => stream.enqueue(new TextEncoder().encode('{"object":{"sh')),
        pull: (stream) => stream.error(new Error('reset')),
      });
      return new Response(body, { headers });
    };
    const octokit = new Octokit({ request: { fetch: answer } });
    return { octokit, sent: () => sent };
  }

  it.each([
    ['conditional', true],
    ['plain', false],
  ])('to a %s read is asked for again, and never taken for the answer', async (_case, isConditional) => {
    const { octokit, sent } = broken(1);
    if (isConditional) withConditionalReads(octokit);
    withRetries(octokit, timingOf({ clock: createVirtualClock(0) }));
    const github = octokitGitHub({ octokit, fullName: REPO, ownLogins: [] });

    expect(await github.head('main')).toBe('whole');
    expect(sent()).toBe(2);
  });

  it('to a creation is not asked for again, and says that nothing is known', async () => {
    const { octokit, sent } = broken(1);
    withRetries(octokit, timingOf({ clock: createVirtualClock(0) }));
    const github = octokitGitHub({ octokit, fullName: REPO, ownLogins: [] });

    await expect(github.createComment(1, 'Hello')).rejects.toMatchObject({
      kind: 'unavailable',
      status: null,
      message: expect.stringContaining('the answer broke off'),
    });
    expect(sent()).toBe(1);
  });
});

describe('a conditional read', () => {
  it('of a page that was full and the last sees what comes on the next', async () => {
    const hub = await startHub();
    withConditionalReads(hub.app);
    const { github } = connected(hub);
    const { number } = await github.createIssue({ title: 'I', body: '', labels: [] });
    for (let n = 0; n < 100; n += 1) hub.github.world.commentAs('ada', REPO, number, `number ${n}`);
    const full = await github.comments(number);
    hub.github.world.commentAs('ada', REPO, number, 'on the next page');

    expect(full).toHaveLength(100);
    expect((await github.comments(number)).at(-1)?.body).toBe('on the next page');
  });

  it('asks only whether something changed, and sees at once that it did', async () => {
    const hub = await startHub();
    const refused: number[] = [];
    hub.app.hook.error('request', (error) => {
      if ('status' in error) refused.push(error.status);
      throw error;
    });
    withConditionalReads(hub.app);
    const { github } = connected(hub);
    const before = await github.file('README.md', 'main');
    const again = await github.file('README.md', 'main');
    const unchanged = [...refused];
    hub.github.world.commitAs('ada', REPO, 'main', { 'README.md': '# New\n' }, 'Rewrite');

    expect(unchanged).toEqual([304]);
    expect(again).toBe(before);
    expect(await github.file('README.md', 'main')).toBe('# New\n');
  });
});
