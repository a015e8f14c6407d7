// The issue about a job that fails: one per job, edited by failures, closed by success, and never against a person who has read it.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { InvariantError } from '../../src/domain/assert.ts';
import { GITHUB_LIMITS, GitHubError, type Issue } from '../../src/domain/github.ts';
import { markerLine } from '../../src/domain/marker.ts';
import { isoFromMs } from '../../src/domain/time.ts';
import { publishJobIssue } from '../../src/jobs/publish-job-issue.ts';
import { UNKNOWN } from '../../src/supervision/report-numbers.ts';
import { type MemoryGitHub, memoryGitHub } from '../fakes/memory-github.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { HOSTILE_NAMES } from '../supervision/report-world.ts';

type Facts = Parameters<typeof publishJobIssue>[1];

/** The instant of the `n`-th run. */
function at(n: number): string {
  return isoFromMs(Date.UTC(2026, 10, 21, 10) + n * 1_800_000);
}

function failed(n: number, over: Partial<Facts> = {}): Facts {
  return {
    ...{ job: 'reconcile', outcome: 'failed', exitCode: EXIT.noPrices, at: at(n), labels: ['warden'] },
    message: `ccxt: no answer after 3 tries, at ${at(n)}`,
    runUrl: `https://github.com/acme/alpha/actions/runs/${100 + n}`,
    ...over,
  };
}

function well(n: number, over: Partial<Facts> = {}): Facts {
  return failed(n, { outcome: 'well', exitCode: EXIT.done, message: '', ...over });
}

async function tell(github: MemoryGitHub, ...runs: readonly Facts[]): Promise<void> {
  for (const run of runs) expect((await publishJobIssue(github, run)).failed).toEqual([]);
}

function issues({ world }: MemoryGitHub): Issue[] {
  return [...world.issues.values()];
}

function commentsOf({ world }: MemoryGitHub): string[] {
  return [...world.comments.values()].map(({ comment }) => comment.body);
}

function writes({ world }: MemoryGitHub): string[] {
  return world.writes().map(({ operation }) => operation);
}

function closeByHand({ world }: MemoryGitHub, number = 1): void {
  Object.assign(world.issues.get(number) ?? {}, { state: 'closed', closedBy: 'ada' });
}

describe('the issue about a job', () => {
  it('is opened by the first failure and says what to do', async () => {
    const github = memoryGitHub();
    const published = await publishJobIssue(github, failed(0));

    expect(issues(github)).toMatchObject([
      { title: 'Action required: the job reconcile fails', state: 'open', labels: ['warden'] },
    ]);
    expect(published.done).toMatchObject([
      { effect: 'issue', key: '["job","reconcile",1]', text: 'opened an issue about the job reconcile: #1' },
    ]);
    await expect(issues(github)[0]?.body).toMatchFileSnapshot('../golden/jobs/issue-failing.md');
  });

  it('counts failures and shows the newest by edits, since when the job fails', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0), failed(1), failed(2, { exitCode: EXIT.notPushed, message: 'refused' }));

    expect(writes(github)).toEqual(['createIssue', 'updateIssue', 'updateIssue']);
    const body = issues(github)[0]?.body ?? '';
    expect(body).toContain('| failing since | 2026-11-21 10:00 UTC |');
    expect(body).toContain('| runs that failed since then | 3 |');
    expect(body).toContain('actions/runs/102');
    expect(body).toContain('refused');
    expect(body).not.toContain('ccxt');
  });

  it('is not touched by a run that is told twice, or late', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0), failed(3), failed(3), failed(1), well(2));

    expect(writes(github)).toEqual(['createIssue', 'updateIssue']);
    expect(issues(github)).toMatchObject([{ state: 'open' }]);
  });

  it('is closed with a comment when the job is well, and not touched by it any more', async () => {
    const github = memoryGitHub();
    await tell(github, well(0), failed(1), failed(2), well(3), well(4));

    expect(issues(github)).toMatchObject([{ state: 'closed', closedBy: 'warden[bot]' }]);
    expect(commentsOf(github)).toHaveLength(1);
    await expect(commentsOf(github)[0]).toMatchFileSnapshot('../golden/jobs/issue-well.md');
    expect(issues(github)[0]?.body).toBe(commentsOf(github)[0]);
    expect(writes(github).slice(2)).toEqual(['createComment', 'updateIssue']);
  });

  it('is closed by a run that is as new as the newest failure, and by none that is older', async () => {
    const github = memoryGitHub();
    await tell(github, failed(1), well(0));
    expect(issues(github)).toMatchObject([{ state: 'open' }]);
    await tell(github, well(1));
    expect(issues(github)).toMatchObject([{ state: 'closed' }]);
  });

  it('is opened again by the next failure, which counts from one', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0), failed(1), well(2), failed(3));

    expect(issues(github)).toMatchObject([{ number: 1, state: 'open' }]);
    expect(issues(github)[0]?.body).toContain('| runs that failed since then | 1 |');
    expect(issues(github)[0]?.body).toContain('| failing since | 2026-11-21 11:30 UTC |');
  });

  it('stays closed where a person closed it and the cause is the same, whatever numbers its message holds', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0));
    closeByHand(github);
    await tell(github, failed(1), failed(2));
    expect(issues(github)).toMatchObject([{ state: 'closed' }]);

    await tell(github, failed(3, { message: 'no key was given' }));
    expect(issues(github)).toMatchObject([{ state: 'open' }]);
  });

  it('is opened again for another exit code of the same words', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0));
    closeByHand(github);
    await tell(github, failed(1, { exitCode: EXIT.defect }));

    expect(issues(github)).toMatchObject([{ state: 'open' }]);
  });

  it('is opened again for the same cause where the job was well in between, without a word to who closed it', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0));
    closeByHand(github);
    await tell(github, well(1), well(2));
    expect(writes(github)).toEqual(['createIssue', 'updateIssue']);
    expect(issues(github)).toMatchObject([{ state: 'closed', closedBy: 'ada' }]);

    await tell(github, failed(3));
    expect(issues(github)).toMatchObject([{ state: 'open' }]);
  });

  it('is left to a person who opens it again although the job is well', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0), well(1));
    Object.assign(github.world.issues.get(1) ?? {}, { state: 'open', closedBy: null });
    await tell(github, well(2));
    expect(issues(github)).toMatchObject([{ state: 'open' }]);

    await tell(github, failed(3), well(4));
    expect(issues(github)).toMatchObject([{ state: 'closed' }]);
    expect(commentsOf(github)).toHaveLength(2);
  });

  it('is one for each job', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0), failed(1, { job: 'train' }), well(2, { job: 'train' }));

    expect(issues(github)).toMatchObject([{ state: 'open' }, { state: 'closed' }]);
  });

  it('is one where two runs fail at once, after the next one', async () => {
    const github = memoryGitHub();
    await Promise.all([publishJobIssue(github, failed(0)), publishJobIssue(github, failed(1))]);
    await tell(github, failed(2));
    expect(issues(github)).toMatchObject([{ state: 'open' }, { state: 'closed' }]);

    closeByHand(github);
    await tell(github, failed(3));
    expect(issues(github)).toMatchObject([{ state: 'closed' }, { state: 'closed' }]);
  });

  it('is closed as two where success is what comes after two that failed at once', async () => {
    const github = memoryGitHub();
    await Promise.all([publishJobIssue(github, failed(0)), publishJobIssue(github, failed(1))]);
    await tell(github, well(2));

    expect(issues(github)).toMatchObject([{ state: 'closed' }, { state: 'closed' }]);
  });

  it('is not believed of what others wrote', async () => {
    const github = memoryGitHub();
    const marker = { v: 1, job: 'reconcile', state: 'failing', since: at(0), last_at: at(0), failures: 1 };
    const body = markerLine('job', { ...marker, cause_sha256: 'a'.repeat(64) });
    github.world.issues.set(50, {
      ...{ number: 50, url: 'u', title: 't', body, author: 'mallory', state: 'open' },
      ...{ closedBy: null, labels: [] },
    });
    await tell(github, well(1));

    expect(github.world.writes()).toEqual([]);
  });
});

describe('a run that dies while it tells of a job', () => {
  const story = [failed(0), failed(1), well(2), failed(3), well(4)];

  async function end(fault: (index: number) => 'before' | 'after' | null): Promise<MemoryGitHub> {
    const github = memoryGitHub();
    let index = 0;
    github.world.fault = ({ isWrite }) => {
      if (!isWrite) return null;
      index += 1;
      return fault(index - 1);
    };
    for (const run of story) {
      const first = await publishJobIssue(github, run);
      if (first.failed.length > 0) await tell(github, run);
    }
    return github;
  }

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'at write %i is healed by the same run told again, before or after it',
    async (at) => {
      const undisturbed = await end(() => null);
      expect(undisturbed.world.writes()).toHaveLength(7);
      for (const when of ['before', 'after'] as const) {
        const github = await end((index) => (index === at ? when : null));

        expect(issues(github)).toEqual(issues(undisturbed));
        expect(commentsOf(github)).toEqual(commentsOf(undisturbed));
      }
    },
  );

  it('owes the issue where GitHub says no, and does not fail', async () => {
    const github = memoryGitHub();
    github.world.fault = () => new GitHubError('forbidden', 403, 'the token may not write issues');

    expect(await publishJobIssue(github, failed(0))).toEqual({
      done: [],
      failed: [{ what: 'the issue about the job reconcile', error: 'the token may not write issues' }],
    });
  });
});

describe('a defect while a job is told of', () => {
  it('is not taken for an answer of GitHub', async () => {
    const defect = new InvariantError('no');
    const github = {
      ...memoryGitHub(),
      ownIssues: async () => {
        throw defect;
      },
    };

    await expect(publishJobIssue(github, failed(0))).rejects.toBe(defect);
  });
});

describe('the text about a job', () => {
  it('says what is not known of a run', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0, { message: ' ', runUrl: null }), well(1, { job: 'other' }));

    const body = issues(github)[0]?.body ?? '';
    expect(body).toContain('| newest of them | 2026-11-21 10:00 UTC |');
    expect(body).toContain(`The newest message:\n\n${UNKNOWN}\n`);
    await tell(github, well(1, { runUrl: null }));
    expect(commentsOf(github)[0]).toContain('went through at 2026-11-21 10:30 UTC, after one run had failed');
  });

  it('holds no more than GitHub takes, however long the message is', async () => {
    const github = memoryGitHub();
    await tell(github, failed(0, { message: `${'long '.repeat(500)}\n`.repeat(5000) }));

    const body = issues(github)[0]?.body ?? '';
    expect(body.length).toBeLessThan(GITHUB_LIMITS.bodyChars);
    expect(body).toContain('… and 4,940 more lines, see the log of the run');
  });

  it.each(HOSTILE_NAMES)('shows %j as words', async (name) => {
    const github = memoryGitHub();
    await tell(
      github,
      failed(0, { message: `${name}\n::error::${name}`, job: name }),
      well(1, { job: name }),
    );

    for (const text of [...commentsOf(github), ...issues(github).map(({ body }) => body)])
      expect(foreignParts(text, { address: 'https://github.com/acme/alpha/' })).toEqual([]);
    expect(issues(github)).toMatchObject([{ state: 'closed' }]);
  });
});
