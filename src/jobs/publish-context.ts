// What publishing rests on, read once: the state as it was decided, and the configuration as it is on the default branch.

import type { DivergenceAlert } from '../domain/divergence.ts';
import type { RepositoryFacts } from '../domain/github.ts';
import type { KernelAck, KernelSummary } from '../domain/kernel-records.ts';
import type { ProposalPull } from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport, Promotion } from '../domain/supervisor.ts';
import type { Effect, Receipt, Verdict } from '../domain/verdict.ts';
import type { Disk, GitHub, Log } from '../ports.ts';

export interface PublishPorts {
  readonly github: GitHub;
  readonly disk: Disk;
  readonly log: Log;
}

export interface PublishContext {
  readonly nowMs: number;
  /** Commit of the state that is published, where it is known. */
  readonly stateCommit: string | null;
  readonly codeVersion: string;
  readonly repository: RepositoryFacts;
  /** Newest commit of the default branch; what it holds is what counts. */
  readonly baseSha: string;
  /** Those of the default branch, or the last good ones where its files are broken. */
  readonly settings: Settings;
  /** What is wrong with the files on the default branch, one line each; then nothing that depends on them is done. */
  readonly problems: readonly string[];
  /** Oldest first. */
  readonly verdicts: readonly Verdict[];
  /** Those that `settings` do not follow and that are still called for. */
  readonly openVerdicts: readonly Verdict[];
  readonly report: MetaReport | null;
  readonly promotion: Promotion;
  readonly alerts: readonly DivergenceAlert[];
  /** Oldest first; `null` where they cannot be read, which is not the same as none. */
  readonly acks: readonly KernelAck[] | null;
  /** `null`: unknown. */
  readonly summary: KernelSummary | null;
  /** Every pull request of Warden that proposes something, open and closed, as it was before anything is published. */
  readonly proposals: readonly ProposalPull[];
}

/** Something that was made true on GitHub, or was found true already. */
export interface EffectDone {
  readonly effect: Effect;
  /** What makes the effect happen once: a JSON array. */
  readonly key: string;
  readonly verdictId: string | null;
  readonly bodySha256: string;
  readonly outcome: Receipt['outcome'];
  /** Address of the pull request, comment or issue. */
  readonly target: string;
  /** What was done and why, one sentence for people. */
  readonly text: string;
  /** Of what was found done: the commit of the state that it cites. The app may have done it from the same one as this run. */
  readonly cites?: string | null;
}

/** Something that is still owed, and what GitHub said. */
export interface EffectFailed {
  readonly what: string;
  readonly error: string;
}

/** What came of one part of publishing: one thing that fails holds up no other. */
export interface PartPublished {
  readonly done: readonly EffectDone[];
  readonly failed: readonly EffectFailed[];
}
