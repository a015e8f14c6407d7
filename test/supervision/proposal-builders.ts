// Pull requests of Warden for tests: an open one that stops macro in its third episode, unless told otherwise.

import type { PullRequest } from '../../src/domain/github.ts';
import { branchOf, type ProposalKey, type ProposalPull } from '../../src/domain/proposal.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { actionLabel } from '../../src/supervision/plan.ts';
import { worldSettings } from '../jobs/supervise-world.ts';

export const OWN = 'warden[bot]';
export const KEY: ProposalKey = { action: 'disable', subject: 'macro', episode: 'macro/3' };
export const EVIDENCE = 'e'.repeat(64);

export interface PullParts {
  readonly key?: ProposalKey;
  readonly number?: number;
  readonly pull?: Partial<PullRequest>;
  readonly marker?: Partial<ProposalPull['marker']>;
  readonly over?: Partial<Omit<ProposalPull, 'key' | 'marker' | 'pull'>>;
}

export function aPull({
  key = KEY,
  number = 7,
  pull = {},
  marker = {},
  over = {},
}: PullParts = {}): ProposalPull {
  return {
    key,
    marker: {
      v: 1,
      ...key,
      verdict_id: 'd'.repeat(64),
      requested_by: null,
      evidence_sha256: EVIDENCE,
      as_of: '2021-03-01T00:00:00.000Z',
      state_commit: null,
      ...marker,
    },
    pull: {
      number,
      url: `https://github.com/acme/alpha/pull/${number}`,
      title: 'Disable strategy',
      body: '',
      author: OWN,
      state: 'open',
      mergedAt: null,
      mergeCommit: null,
      createdAt: '2021-03-01T00:00:00.000Z',
      closedAt: null,
      branch: branchOf(key),
      headSha: 'a'.repeat(40),
      headRepository: 'acme/alpha',
      baseBranch: 'main',
      labels: ['warden', actionLabel(key.action)],
      ...pull,
    },
    otherAuthors: [],
    decisions: [],
    closing: null,
    closedBy: null,
    closingWords: null,
    ...over,
  };
}

/** Settings in which these classes are disabled for an episode of their own and these agents are live. */
export function settingsWith(disabled: readonly string[] = [], live: readonly string[] = []): Settings {
  const facts = { reason: 'r', evidence: 'e', since: '2021-01-01T00:00:00.000Z' };
  return worldSettings({
    kill_list: Object.fromEntries(
      disabled.map((name) => [name, { status: 'DISABLED', ...facts, episode: `${name}/1` }]),
    ),
    agents: Object.fromEntries(
      live.map((name) => [name, { strategy_class: 'macro', stage: 'live', base_weight: 0.1 }]),
    ),
  });
}
