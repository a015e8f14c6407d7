// What publishing on GitHub starts from in tests: a repository with its configuration, a state, and proposals as they were opened.

import { stringify } from 'yaml';
import { markerLine } from '../../src/domain/marker.ts';
import {
  branchOf,
  type ProposalKey,
  type ProposalMarker,
  type ProposalPull,
} from '../../src/domain/proposal.ts';
import { type Settings, settingsFrom } from '../../src/domain/settings.ts';
import { msFromIso } from '../../src/domain/time.ts';
import type { PublishContext } from '../../src/jobs/publish-context.ts';
import { AT, aMetaReport, SHA } from '../domain/record-builders.ts';
import { type MemoryGitHub, memoryGitHub } from '../fakes/memory-github.ts';
import { MAIN } from '../fakes/memory-world.ts';
import { quietPorts, worldSettings } from './supervise-world.ts';

export const NOW_MS = msFromIso(AT);
export const quietLog = quietPorts.log;

/** The settings of the world name no source of prices, since rows are made; a file must. */
const PRICES = { source: 'ccxt', exchanges: ['okx'], timeframe: '1h' } as const;

/** The settings as they are read back from their files. */
export function asFiled({ warden, agents, kill_list }: Settings): Settings {
  const prices = { ...warden.prices, spot: { ...PRICES, exchanges: [...PRICES.exchanges] } };
  return settingsFrom({ warden: { ...warden, prices }, agents, kill_list });
}

/** Texts of the three files of the configuration. */
export function configFiles(settings: Settings): Record<string, string> {
  return {
    'config/warden.yaml': stringify(asFiled(settings).warden),
    'config/agents.yaml': stringify(settings.agents),
    'config/kill-list.yaml': stringify(settings.kill_list),
  };
}

/** A repository whose default branch holds `settings`, with a writer `ada` and a reader `bob`. */
export function aRepository(settings: Settings = worldSettings()): MemoryGitHub {
  const github = memoryGitHub({ files: configFiles(settings), nowMs: NOW_MS });
  github.world.roles.set('ada', 'write');
  github.world.roles.set('bob', 'read');
  return github;
}

export function aContext(github: MemoryGitHub, over: Partial<PublishContext> = {}): PublishContext {
  return {
    nowMs: github.world.nowMs,
    stateCommit: 'd'.repeat(40),
    codeVersion: '1.0.0',
    repository: {
      fullName: 'acme/alpha',
      defaultBranch: MAIN,
      isPrivate: false,
      url: 'https://github.com/acme/alpha',
    },
    baseSha: github.world.git.resolve(MAIN) ?? '',
    settings: worldSettings(),
    problems: [],
    verdicts: [],
    openVerdicts: [],
    report: aMetaReport(),
    promotion: {},
    alerts: [],
    acks: [],
    summary: null,
    proposals: [],
    ...over,
  };
}

/** Opens a pull request as Warden does, with `files` on its branch, and returns its number. */
export async function propose(
  github: MemoryGitHub,
  key: ProposalKey,
  files: Readonly<Record<string, string>> = { 'config/kill-list.yaml': 'macro: {}\n' },
): Promise<number> {
  const branch = branchOf(key);
  github.world.push(branch, files, github.ownLogins[0] ?? null);
  const body = `${markerLine('proposal', markerOf(key))}\n\nProposed.`;
  const draft = { title: `[AUTO] ${key.subject}`, body, branch, baseBranch: MAIN };
  return (await github.createPull(draft)).pull.number;
}

function markerOf({ action, subject, episode }: ProposalKey): ProposalMarker {
  return {
    ...{ v: 1, action, subject, episode, verdict_id: SHA, requested_by: null },
    ...{ evidence_sha256: SHA, as_of: AT, state_commit: null },
  };
}

/** What is known of a proposal that nobody has said anything about. */
export async function observed(
  github: MemoryGitHub,
  number: number,
  key: ProposalKey,
  over: Partial<ProposalPull> = {},
): Promise<ProposalPull> {
  const pull = await github.pull(number);
  if (pull === null) throw new Error(`there is no pull request ${number}`);
  const none = { otherAuthors: [], decisions: [], closing: null, closedBy: null, closingWords: null };
  return { key, marker: markerOf(key), pull, ...none, ...over };
}

/** Bodies of the comments by Warden on an issue or pull request, oldest first. */
export function ownBodies(github: MemoryGitHub, number: number): string[] {
  return [...github.world.comments.values()]
    .filter((each) => each.number === number && github.ownLogins.includes(each.comment.author))
    .map(({ comment }) => comment.body);
}
