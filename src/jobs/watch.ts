// Looks whether everything runs that should, keeps one issue about what does not, and keeps schedules from being turned off.

import { GitHubError, type Issue } from '../domain/github.ts';
import { markerFacts, markerKind } from '../domain/marker.ts';
import { WARDEN_FILE } from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import { checkedDurationMs, isoFromMs } from '../domain/time.ts';
import type { Disk, GitHub, GitHubActions, Log } from '../ports.ts';
import { type WatchedSchedule, watchdogFindings, watchedSchedules } from '../supervision/watchdog.ts';
import type { WatchdogFinding, WorkflowFacts } from '../supervision/watchdog-facts.ts';
import {
  isNewsOf,
  keyOfFinding,
  WATCHDOG_TITLE,
  WatchdogMarker,
  WatchdogNewsMarker,
  watchdogBody,
  watchdogNews,
  watchdogWellBody,
  watchdogWellText,
} from '../supervision/watchdog-issue.ts';
import { keepSchedulesOn } from './keep-schedules-on.ts';
import { closeKeptIssues, type KeptIssue, keepIssueOpen } from './kept-issue.ts';
import { peopleToTell } from './people-to-tell.ts';
import type { EffectDone, EffectFailed } from './publish-context.ts';
import { ownComments, sameText } from './sticky-comment.ts';
import { watchGround } from './watch-facts.ts';

export interface WatchPorts {
  readonly github: GitHub;
  readonly actions: GitHubActions;
  /** The state, which is only read; `null`: there is none yet. */
  readonly disk: Pick<Disk, 'read'> | null;
  readonly log: Log;
}

interface WatchOptions {
  readonly nowMs: number;
  readonly settings: Settings;
  /** When schedules were last kept on, epoch ms; default: not remembered. */
  readonly keptOnMs?: number | null;
}

export interface Watched {
  /** Gravest first. */
  readonly findings: readonly WatchdogFinding[];
  /** When every schedule was due and began, by path. */
  readonly schedules: readonly WatchedSchedule[];
  /** What GitHub did not tell, one sentence each: neither well nor wrong. */
  readonly unknown: readonly string[];
  /** Paths of workflows whose schedule was kept from being turned off. */
  readonly keptOn: readonly string[];
  readonly effects: readonly EffectDone[];
  /** What GitHub refused; the next look tries again. */
  readonly failed: readonly EffectFailed[];
}

/** Watches once. */
export async function watch(ports: WatchPorts, options: WatchOptions): Promise<Watched> {
  const { github, log } = ports;
  const { nowMs, settings, keptOnMs = null } = options;
  const { watchdog } = settings.warden;
  try {
    const repository = await github.repository();
    const ground = await watchGround(ports, { nowMs, repository, rules: watchdog });
    const { scheduled } = ground;
    const keeping = await keepSchedulesOn(ports, { nowMs, repository, scheduled, keptOnMs });
    const unknown = [...new Set([...ground.unknown, ...keeping.unknown])];
    for (const one of unknown) log.warn(`the watchdog: ${one}`);
    const facts = { ...ground.facts, workflows: ground.facts.workflows.map(asKept(keeping.kept, nowMs)) };
    const rules = {
      latePeriods: watchdog.late_periods,
      warnBeforeMs: checkedDurationMs(watchdog.warn_before),
    };
    const findings = watchdogFindings(facts, rules);
    const schedules = watchedSchedules(facts);
    const told = await tell(github, { findings, schedules, unknown }, options, repository.defaultBranch);
    return { findings, schedules, unknown, keptOn: keeping.kept, ...told };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const failed = [{ what: 'look at the repository', error: error.message }];
    return { findings: [], schedules: [], unknown: [error.message], keptOn: [], effects: [], failed };
  }
}

/** What was turned on a moment ago owes nothing yet. */
function asKept(kept: readonly string[], nowMs: number) {
  return (workflow: WorkflowFacts): WorkflowFacts =>
    workflow.state === 'disabled_inactivity' && kept.includes(workflow.path)
      ? { ...workflow, state: 'active', changedAt: isoFromMs(nowMs) }
      : workflow;
}

type Told = Pick<Watched, 'effects' | 'failed'>;
type Seen = Pick<Watched, 'findings' | 'schedules' | 'unknown'>;

async function tell(github: GitHub, seen: Seen, { settings }: WatchOptions, branch: string): Promise<Told> {
  const kept: KeptIssue = {
    ...{ kind: 'watchdog', title: WATCHDOG_TITLE, labels: settings.warden.github.labels },
    ...{ about: 'what should run', key: ['watchdog'] },
  };
  try {
    // Not to know is not to be well: what was found before is left standing.
    if (seen.findings.length === 0)
      return { effects: seen.unknown.length > 0 ? [] : await tellWell(github, kept), failed: [] };
    const people = await peopleFor(github, seen.findings, { settings, branch });
    return { effects: await tellFindings(github, kept, { ...seen, people }), failed: [] };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return { effects: [], failed: [{ what: 'the issue about what should run', error: error.message }] };
  }
}

/** One that a person closed is told silently that all is well, so that it opens again when the same happens another time. */
async function tellWell(github: GitHub, kept: KeptIssue): Promise<readonly EffectDone[]> {
  return await closeKeptIssues(github, kept, async ({ number, body, state }) => {
    if (state === 'closed')
      return toldIn(body).length > 0 ? { comment: null, body: watchdogWellBody() } : null;
    const last = (await github.comments(number)).at(-1);
    const isSaid =
      last !== undefined && github.ownLogins.includes(last.author) && sameText(last.body, watchdogWellText());
    return { comment: isSaid ? null : watchdogWellText(), body: watchdogWellBody() };
  });
}

/** The comment that names people goes first: an edit tells nobody, and what the issue tells of is no news any more. */
async function tellFindings(
  github: GitHub,
  kept: KeptIssue,
  facts: Seen & { readonly people: readonly string[] },
): Promise<readonly EffectDone[]> {
  const open = (await ownIssues(github)).find(({ state }) => state === 'open');
  if (open !== undefined) await tellNews(github, open, facts);
  return await keepIssueOpen(github, kept, (found) =>
    found?.isClosedByPerson === true && freshIn(found.body, facts.findings).length === 0
      ? null
      : watchdogBody(facts),
  );
}

async function tellNews(
  github: GitHub,
  { number, body }: Issue,
  { findings, people }: Pick<Seen, 'findings'> & { readonly people: readonly string[] },
): Promise<void> {
  const fresh = freshIn(body, findings);
  if (fresh.length === 0) return;
  const said = ownComments(await github.comments(number), 'escalation', github.ownLogins);
  const isSaid = said.some((comment) => {
    const news = markerFacts(comment.body, 'escalation', WatchdogNewsMarker);
    return news !== null && isNewsOf(news, fresh);
  });
  if (!isSaid) await github.createComment(number, watchdogNews(fresh, people));
}

async function ownIssues(github: GitHub): Promise<readonly Issue[]> {
  return (await github.ownIssues()).filter(({ body }) => markerKind(body) === 'watchdog');
}

function toldIn(body: string): readonly string[] {
  return markerFacts(body, 'watchdog', WatchdogMarker)?.findings ?? [];
}

function freshIn(body: string, findings: readonly WatchdogFinding[]): readonly WatchdogFinding[] {
  const told = toldIn(body);
  return findings.filter((finding) => !told.includes(keyOfFinding(finding)));
}

/** Owners of the workflows that are meant, and of the configuration where it is about something else. */
async function peopleFor(
  github: GitHub,
  findings: readonly WatchdogFinding[],
  { settings, branch }: { readonly settings: Settings; readonly branch: string },
): Promise<readonly string[]> {
  const paths = findings.map(({ subject }) => (subject.startsWith('.github/') ? subject : WARDEN_FILE));
  return await peopleToTell(github, { settings, baseSha: branch }, [...new Set(paths)]);
}
