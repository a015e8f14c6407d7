// Proposals: what a pull request of Warden asks a person to merge, and what people decided about one without merging it.

import Type, { type Static } from 'typebox';
import { sha256Hex } from './canonical.ts';
import { instant, name, oneOf, orNull, REASON_CHARS_MAX, sha256, version } from './fields.ts';
import type { PullRequest } from './github.ts';
import { closed, commit, episode } from './supervisor-fields.ts';
import type { VerdictKind } from './verdict.ts';

export const PROPOSAL_ACTIONS = ['disable', 'enable', 'promote', 'demote'] as const;
export type ProposalAction = (typeof PROPOSAL_ACTIONS)[number];

/** What makes a proposal the same one, whoever asks and however often. */
export interface ProposalKey {
  readonly action: ProposalAction;
  /** A strategy class, or an agent where the action is promote or demote. */
  readonly subject: string;
  readonly episode: string;
}

const ACTIONS: Readonly<Record<VerdictKind, ProposalAction>> = {
  DISABLE: 'disable',
  REENABLE: 'enable',
  PROMOTE: 'promote',
  DEMOTE: 'demote',
};

const TITLES: Readonly<Record<ProposalAction, string>> = {
  disable: 'Disable strategy',
  enable: 'Re-enable strategy',
  promote: 'Promote agent',
  demote: 'Demote agent',
};

/** Where the configuration is in a repository that Warden supervises. */
export const CONFIG_FOLDER = 'config';
export const KILL_LIST_FILE = `${CONFIG_FOLDER}/kill-list.yaml`;
export const AGENTS_FILE = `${CONFIG_FOLDER}/agents.yaml`;
export const WARDEN_FILE = `${CONFIG_FOLDER}/warden.yaml`;

/** Returns whether an action is about a strategy class, and so about the kill list; the others are about an agent. */
export function isAboutClass(action: ProposalAction): action is 'disable' | 'enable' {
  return action === 'disable' || action === 'enable';
}

/** The action that follows a verdict. */
export function actionOf(kind: VerdictKind): ProposalAction {
  return ACTIONS[kind];
}

/** `[AUTO] Disable strategy: macro`, without the name: names need escaping and cutting first. */
export function titleStart(action: ProposalAction): string {
  return `[AUTO] ${TITLES[action]}: `;
}

/** Every branch of a proposal starts so. */
export const BRANCH_PREFIX = 'warden/';

/**
 * Returns the branch of a proposal, `warden/disable/macro/3`. A name that is not plain gets a digest, so that two names never
 * share a branch and every name is one.
 */
export function branchOf({ action, subject, episode: of }: ProposalKey): string {
  const number = of.slice(of.lastIndexOf('/') + 1);
  // A plain name must not look like one with a digest.
  const isPlain = /^[a-z0-9][a-z0-9-]{0,39}$/.test(subject) && !/-[0-9a-f]{8}$/.test(subject);
  const slug = subject
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const part = isPlain ? subject : `${slug === '' ? 'x' : slug}-${sha256Hex(subject).slice(0, 8)}`;
  return `${BRANCH_PREFIX}${action}/${part}/${number}`;
}

/**
 * Returns the branch of what a person asked for while no verdict called for it, `warden/disable/macro/asked-3`. Verdicts count their
 * episodes without such requests, so an episode may get the number of one; its branch is another, and is never found taken.
 */
export function askedBranchOf(key: ProposalKey): string {
  const branch = branchOf(key);
  const start = branch.lastIndexOf('/') + 1;
  return `${branch.slice(0, start)}asked-${branch.slice(start)}`;
}

/** Returns whether a branch is one from which a proposal may come. */
export function isBranchOf(branch: string, key: ProposalKey): boolean {
  return branch === branchOf(key) || branch === askedBranchOf(key);
}

/** The facts of the marker in the body of a proposal's pull request. */
export const ProposalMarker = Type.Object(
  {
    v: version,
    action: oneOf(PROPOSAL_ACTIONS),
    subject: name,
    episode,
    verdict_id: orNull(
      Type.String({ ...sha256, description: 'null only where a person asked for it without a verdict' }),
    ),
    requested_by: orNull(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'login of the person who asked for it; null: it follows a verdict',
      }),
    ),
    evidence_sha256: Type.String({
      ...sha256,
      description:
        'of everything the body says but when and from which commit: equal evidence is not written again',
    }),
    as_of: Type.String({ ...instant, description: 'newest row that the figures rest on' }),
    state_commit: orNull(commit),
  },
  closed,
);
export type ProposalMarker = Static<typeof ProposalMarker>;

/** keep: nothing is proposed again for this episode. snooze: nothing until then. */
export const DecisionMarker = Type.Object(
  {
    v: version,
    action: oneOf(PROPOSAL_ACTIONS),
    subject: name,
    episode,
    decision: oneOf(['keep', 'snooze']),
    by: Type.String({ minLength: 1, maxLength: 100, description: 'login' }),
    reason: Type.String({ maxLength: REASON_CHARS_MAX }),
    at: instant,
    until: orNull(Type.String({ ...instant, description: 'end of a snooze' })),
  },
  closed,
);
export type DecisionMarker = Static<typeof DecisionMarker>;

/** Why Warden closed one of its pull requests itself. */
export const CLOSING_REASONS = ['withdrawn', 'done', 'superseded', 'kept', 'snoozed'] as const;
export type ClosingReason = (typeof CLOSING_REASONS)[number];

/** The facts of the comment with which Warden closes a pull request of its own. */
export const ClosingMarker = Type.Object({ v: version, reason: oneOf(CLOSING_REASONS), at: instant }, closed);
export type ClosingMarker = Static<typeof ClosingMarker>;

/** A pull request of Warden with what its comments and its branch say. */
export interface ProposalPull {
  readonly key: ProposalKey;
  readonly marker: ProposalMarker;
  readonly pull: PullRequest;
  /** Logins, `null` for accounts that are gone, of commits on the branch that are not Warden's; empty for none. */
  readonly otherAuthors: readonly (string | null)[];
  /** Oldest first. */
  readonly decisions: readonly DecisionMarker[];
  /** How Warden closed it last; `null` where it did not. */
  readonly closing: ClosingMarker | null;
  /** Who closed it, where it is closed and not merged. */
  readonly closedBy: string | null;
  /** Last words of whoever closed it, up to {@link REASON_CHARS_MAX} characters, or `null`. */
  readonly closingWords: string | null;
}
