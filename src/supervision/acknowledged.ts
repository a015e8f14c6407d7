// Whether the kernel has applied a merged decision about a class: merging is the control action, so it is not done before that.

import type { KernelAck, Permission } from '../domain/kernel-records.ts';
import type { ProposalKey } from '../domain/proposal.ts';
import { msFromIso } from '../domain/time.ts';

/** A merged pull request that stops a class or lets it in again. */
export interface MergedDecision {
  readonly key: ProposalKey & { readonly action: 'disable' | 'enable' };
  readonly mergedAtMs: number;
  readonly mergeCommit: string | null;
  /** Those of decisions about the class that were merged before this one. */
  readonly earlierCommits: readonly string[];
  /** Whether the default branch still says what was merged. */
  readonly isInForce: boolean;
}

export type Acknowledgement =
  | { readonly kind: 'acknowledged'; readonly ack: KernelAck }
  | { readonly kind: 'waiting'; readonly untilMs: number }
  | { readonly kind: 'overdue'; readonly sinceMs: number }
  /** A later change took it back before any kernel had applied it. */
  | { readonly kind: 'overtaken' }
  /** No kernel has ever reported to this state branch, so none is waited for. */
  | { readonly kind: 'no-kernel' };

/**
 * Returns how far a merged decision has come.
 *
 * An acknowledgement counts where it says of the class what was merged, and names the merge commit, or took effect after the
 * merge: then it is of a later kill list in which the class stands the same, unless it names an earlier merge, which a kernel that
 * is behind may apply after this one. Of a class that is disabled it must name the
 * episode too, since it may have been disabled for another one.
 *
 * @param acks oldest first
 * @param hasKernel whether a kernel has reported anything, ever
 */
export function acknowledgementOf(
  merged: MergedDecision,
  acks: readonly KernelAck[],
  rules: { readonly hasKernel: boolean; readonly withinMs: number; readonly nowMs: number },
): Acknowledgement {
  const ofClass = acks.filter(({ strategy_class }) => strategy_class === merged.key.subject);
  const ack = ofClass.find((each) => saysSo(merged, each));
  if (ack !== undefined) return { kind: 'acknowledged', ack };
  if (!rules.hasKernel) return { kind: 'no-kernel' };
  if (!merged.isInForce) return { kind: 'overtaken' };
  const untilMs = merged.mergedAtMs + rules.withinMs;
  return rules.nowMs < untilMs ? { kind: 'waiting', untilMs } : { kind: 'overdue', sinceMs: untilMs };
}

const APPLIED: Readonly<Record<MergedDecision['key']['action'], Permission>> = {
  disable: 'entries_blocked',
  enable: 'entries_allowed',
};

function saysSo(merged: MergedDecision, ack: KernelAck): boolean {
  const { key, mergedAtMs, mergeCommit, earlierCommits } = merged;
  if (ack.applied !== APPLIED[key.action]) return false;
  if (key.action === 'disable' && ack.episode !== key.episode) return false;
  const commit = ack.kill_list_commit;
  if (commit !== null && commit === mergeCommit) return true;
  const isOfEarlier = commit !== null && earlierCommits.includes(commit);
  return !isOfEarlier && msFromIso(ack.ts) >= mergedAtMs;
}
