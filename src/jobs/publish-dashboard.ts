// Keeps the one dashboard issue: made once, pinned once, edited where it says something else, and never made anew once a person closed it.

import { newestRuns } from '../adapters/state/run-log.ts';
import { GITHUB_LIMITS, GitHubError, type Issue } from '../domain/github.ts';
import { markerKind, markerLine } from '../domain/marker.ts';
import { isoFromMs } from '../domain/time.ts';
import type { GitHub } from '../ports.ts';
import { boxComment } from '../supervision/box-text.ts';
import { DASHBOARD_TITLE, dashboardBody } from '../supervision/dashboard.ts';
import { tickedBoxes } from '../supervision/dashboard-boxes.ts';
import { boxAnswers } from './box-answers.ts';
import { effectDone } from './effect-done.ts';
import type { EffectDone, PartPublished, PublishContext, PublishPorts } from './publish-context.ts';
import { keepComment, sameText } from './sticky-comment.ts';

/** Part of the first text only: where it is still there, the run that made the issue ended before it was pinned. */
const NOT_PINNED = '\n\n<!-- not pinned yet -->';

/**
 * Brings the dashboard up to date, and acts on its ticked boxes. Where the issues cannot be listed nothing is made, since there
 * may be one.
 */
export async function publishDashboard(ports: PublishPorts, context: PublishContext): Promise<PartPublished> {
  const { github: config } = context.settings.warden;
  if (!config.dashboard) return { done: [], failed: [] };
  try {
    return { done: await keepDashboard(ports, context), failed: [] };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return { done: [], failed: [{ what: 'dashboard', error: error.message }] };
  }
}

async function keepDashboard(ports: PublishPorts, context: PublishContext): Promise<EffectDone[]> {
  const { github, disk } = ports;
  const { repository, settings } = context;
  const known = (await github.ownIssues()).filter(isDashboard);
  // Runs of publish are left out: each edit of the dashboard would be a run that calls for the next edit.
  const lastRuns = newestRuns(disk)
    .filter(({ job }) => job !== 'publish')
    .map(({ job, started_at }) => ({ job, startedAt: started_at }));
  const body = dashboardBody({ ...context, pulls: context.proposals, lastRuns });
  const [issue, ...twins] = known.filter(({ state }) => state === 'open');
  if (issue === undefined) {
    // A person who closes the dashboard does without it.
    if (known.length > 0) return [];
    const { labels } = settings.warden.github;
    const first = `${body.slice(0, GITHUB_LIMITS.bodyChars - NOT_PINNED.length)}${NOT_PINNED}`;
    const made = await github.createIssue({ title: DASHBOARD_TITLE, body: first, labels });
    await github.pinIssue(made.number);
    await github.updateIssue(made.number, { body });
    return [effectOf(made, body, `made the dashboard #${made.number} of ${repository.fullName}`)];
  }
  const effects = await closeTwins(github, issue, twins, context.nowMs);
  if (issue.body.includes(NOT_PINNED)) await github.pinIssue(issue.number);
  const answers = await actOnTicks(ports, context, issue);
  if (issue.title !== DASHBOARD_TITLE || !sameText(issue.body, body)) {
    await github.updateIssue(issue.number, { title: DASHBOARD_TITLE, body });
    effects.push(effectOf(issue, body, `edited the dashboard #${issue.number}`));
  }
  if (answers !== null) await github.createComment(issue.number, answers);
  return effects;
}

/** A person may have removed the marker from the text, which is no reason for a second dashboard. */
function isDashboard({ title, body }: Issue): boolean {
  return markerKind(body) === 'dashboard' || title === DASHBOARD_TITLE;
}

async function closeTwins(
  github: GitHub,
  issue: Issue,
  twins: readonly Issue[],
  nowMs: number,
): Promise<EffectDone[]> {
  const effects: EffectDone[] = [];
  for (const twin of twins) {
    const marker = markerLine('closing', { v: 1, reason: 'superseded', at: isoFromMs(nowMs) });
    const words = `${marker}\n\nClosed: the dashboard is #${issue.number}. Two runs at once had made one each.`;
    await keepComment(github, twin.number, 'closing', words);
    await github.updateIssue(twin.number, { state: 'closed' });
    effects.push(effectOf(twin, words, `closed #${twin.number}, since the dashboard is #${issue.number}`));
  }
  return effects;
}

/** Only who may write can edit an issue of a bot, so a tick counts; who made it is not known here. */
async function actOnTicks(
  ports: PublishPorts,
  context: PublishContext,
  issue: Issue,
): Promise<string | null> {
  const boxes = tickedBoxes(issue.body);
  if (boxes.length === 0) return null;
  const ground = { ...context, state: { commit: context.stateCommit, disk: ports.disk } };
  return boxComment(await boxAnswers(ports, ground, boxes, { issue, by: null }, context), null);
}

function effectOf(issue: Issue, body: string, text: string): EffectDone {
  return effectDone({ effect: 'issue', key: ['dashboard', issue.number], on: issue, body, text });
}
