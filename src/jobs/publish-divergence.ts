// One comment about divergence on every open pull request that it concerns, and a new one that names people only when it gets worse.

import type { DivergenceAlert } from '../domain/divergence.ts';
import { GitHubError, type IssueComment, type PullRequest } from '../domain/github.ts';
import { markerFacts, markerLine } from '../domain/marker.ts';
import { dayOf, msFromIso } from '../domain/time.ts';
import type { GitHub } from '../ports.ts';
import { alertsConcerning, changedEntries, type PullSubjects } from '../supervision/concerned-pulls.ts';
import {
  type DivergenceFacts,
  DivergenceMarker,
  divergenceComment,
  escalationComment,
} from '../supervision/divergence-comment.ts';
import { nextWord, type SaidBefore } from '../supervision/escalations.ts';
import { effectDone } from './effect-done.ts';
import { peopleToTell } from './people-to-tell.ts';
import { fileOf } from './proposal-file.ts';
import type {
  EffectDone,
  EffectFailed,
  PartPublished,
  PublishContext,
  PublishPorts,
} from './publish-context.ts';
import { type MergedFile, mergedConfig, touchedConfig } from './pull-config.ts';
import { keepComment, ownComments } from './sticky-comment.ts';

/**
 * Brings the comment about divergence on every open pull request up to date. One that concerns nothing that is open, and has no
 * comment, gets none.
 */
export async function publishDivergence(
  { github }: PublishPorts,
  context: PublishContext,
): Promise<PartPublished> {
  const done: EffectDone[] = [];
  const failed: EffectFailed[] = [];
  for (const pull of [...(await github.pulls({ state: 'open' }))].reverse()) {
    try {
      done.push(...(await divergenceOn(github, context, pull)));
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      failed.push({ what: `divergence on #${pull.number}`, error: error.message });
    }
  }
  return { done, failed };
}

async function divergenceOn(
  github: GitHub,
  context: PublishContext,
  pull: PullRequest,
): Promise<EffectDone[]> {
  const { settings, report, nowMs } = context;
  const { files, alerts } = await concerning(github, context, pull);
  const before = saidBefore(await github.comments(pull.number), github.ownLogins, nowMs);
  const { url: repositoryUrl } = context.repository;
  const facts: DivergenceFacts = { alerts, report, warden: settings.warden, repositoryUrl };
  const { body, severity } = divergenceComment(facts);
  const next = nextWord(severity, before, settings.warden.github.comments_per_day);
  if (next.kind === 'nothing') return [];
  const effects: EffectDone[] = [];
  if (next.kind === 'escalate') {
    const people = await peopleToTell(github, context, files);
    const text = escalationComment(facts, people);
    await github.createComment(pull.number, text);
    effects.push(effectOf(pull, text, `told people on #${pull.number} that divergence became worse`));
  }
  const wanted = withTold(body, { v: 1, severity: next.told });
  const written = await keepComment(github, pull.number, 'divergence', wanted);
  if (written !== 'unchanged')
    effects.push(effectOf(pull, wanted, `${written} the comment about divergence on #${pull.number}`));
  return effects;
}

function effectOf(pull: PullRequest, body: string, text: string): EffectDone {
  return effectDone({ effect: 'comment', key: ['divergence', pull.number], on: pull, body, text });
}

/** The marker says what people were told of, which is less than what is so where a new comment was held back. */
function withTold(body: string, told: DivergenceMarker): string {
  const end = body.indexOf('\n');
  return `${markerLine('divergence', told)}${body.slice(end)}`;
}

interface Concerning {
  /** Whose owners are told. */
  readonly files: readonly string[];
  readonly alerts: readonly DivergenceAlert[];
}

async function concerning(github: GitHub, context: PublishContext, pull: PullRequest): Promise<Concerning> {
  const { alerts, settings, report, proposals } = context;
  const proposal = proposals.find((each) => each.pull.number === pull.number)?.key ?? null;
  if (alerts.length === 0) return { files: [], alerts: [] };
  const subjects = proposal === null ? await subjectsOf(github, context, pull) : { ...NO_EDITS, proposal };
  return {
    files: proposal === null ? subjects.files.map(({ path }) => path) : [fileOf(proposal.action)],
    alerts: alertsConcerning(subjects, alerts, settings, report),
  };
}

const NO_EDITS = { proposal: null, files: [], classes: [], agents: [] } as const;

/** What a person's pull request edits: the files it touches, and the entries that merging it would change. */
async function subjectsOf(
  github: GitHub,
  { baseSha, repository }: PublishContext,
  pull: PullRequest,
): Promise<PullSubjects> {
  const files = await github.changedFiles(pull.number);
  const isOnDefault = pull.baseBranch === repository.defaultBranch;
  const config = isOnDefault ? await touchedConfig(github, pull, baseSha) : null;
  if (config === null) return { ...NO_EDITS, files };
  const { killList, agents } = mergedConfig(config, 1);
  return {
    proposal: null,
    files,
    classes: namesChanged(killList),
    agents: namesChanged(agents),
  };
}

/** A file that is wrong edits nothing that could be named: its own check says what is wrong. */
function namesChanged<T extends Readonly<Record<string, unknown>>>({
  base,
  merged,
}: MergedFile<T>): string[] {
  return base.ok && merged.ok ? changedEntries(base.value, merged.value) : [];
}

function saidBefore(
  comments: readonly IssueComment[],
  ownLogins: readonly string[],
  nowMs: number,
): SaidBefore {
  const [kept] = ownComments(comments, 'divergence', ownLogins);
  const told = kept === undefined ? null : markerFacts(kept.body, 'divergence', DivergenceMarker);
  const escalations = ownComments(comments, 'escalation', ownLogins).flatMap(({ body, createdAt }) => {
    const facts = markerFacts(body, 'escalation', DivergenceMarker);
    return facts === null ? [] : [{ severity: facts.severity, createdMs: msFromIso(createdAt) }];
  });
  const created = [
    ...(kept === undefined ? [] : [msFromIso(kept.createdAt)]),
    ...escalations.map(({ createdMs }) => createdMs),
  ];
  return {
    kept: kept === undefined ? null : { told: told?.severity ?? 'none', editedMs: msFromIso(kept.updatedAt) },
    escalations,
    today: created.filter((createdMs) => dayOf(createdMs) === dayOf(nowMs)).length,
  };
}
