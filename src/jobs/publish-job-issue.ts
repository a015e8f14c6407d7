// Keeps one issue open for each job that fails, and none for a job that is well.

import { GitHubError } from '../domain/github.ts';
import type { GitHub } from '../ports.ts';
import {
  type FailedRun,
  failingJobBody,
  jobIssueTitle,
  jobMarkerAfter,
  jobMarkerIn,
  saysJobIsWell,
  wellJobBody,
} from '../supervision/job-issue.ts';
import { closeKeptIssues, type FoundIssue, type KeptIssue, keepIssueOpen } from './kept-issue.ts';
import type { EffectDone, PartPublished } from './publish-context.ts';
import { ownComments } from './sticky-comment.ts';

interface JobIssueFacts extends FailedRun {
  readonly outcome: 'failed' | 'well';
  /** Put on the issue when it is opened; nothing depends on them later. */
  readonly labels: readonly string[];
}

/**
 * Opens, edits or closes the issue about a job. One that a person closed is opened again only where the cause is another one, or the
 * job was well in between. The same run told twice changes nothing the second time.
 *
 * @returns what was done; where GitHub cannot be asked or says no, what is owed. The end of a job never fails over its issue.
 */
export async function publishJobIssue(github: GitHub, facts: JobIssueFacts): Promise<PartPublished> {
  const { job } = facts;
  const kept: KeptIssue = {
    kind: 'job',
    isMeant: (body) => jobMarkerIn(body, job) !== null,
    title: jobIssueTitle(job),
    labels: facts.labels,
    about: `the job ${job}`,
    key: ['job', job],
  };
  try {
    const done =
      facts.outcome === 'failed'
        ? await keepIssueOpen(github, kept, (found) => bodyAfter(facts, found))
        : await tellWell(github, kept, facts);
    return { done, failed: [] };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return { done: [], failed: [{ what: `the issue about ${kept.about}`, error: error.message }] };
  }
}

function bodyAfter(run: FailedRun, found: FoundIssue | null): string | null {
  const before = found === null ? null : jobMarkerIn(found.body, run.job);
  const after = jobMarkerAfter(run, before);
  if (after === before) return null;
  const isRead = found?.isClosedByPerson === true && before?.state === 'failing';
  return isRead && before.cause_sha256 === after.cause_sha256 ? null : failingJobBody(run, after);
}

/**
 * What is older than the newest failure that is told proves nothing. An issue that says so already was opened again by a person, and
 * is theirs.
 */
async function tellWell(
  github: GitHub,
  kept: KeptIssue,
  { job, at, runUrl }: JobIssueFacts,
): Promise<EffectDone[]> {
  return await closeKeptIssues(github, kept, async ({ number, body, state }) => {
    const marker = jobMarkerIn(body, job);
    if (marker === null || marker.state === 'well' || at < marker.last_at) return null;
    const text = wellJobBody(marker, at, runUrl);
    if (state === 'closed') return { comment: null, body: text };
    const said = ownComments(await github.comments(number), 'job', github.ownLogins);
    const isSaid = said.some((comment) => saysJobIsWell(comment.body, marker));
    return { comment: isSaid ? null : text, body: text };
  });
}
