// What `warden doctor` says of the state branch, and of the kernel that writes to it.

import type { BranchRules } from '../domain/github.ts';
import type { KernelAck, KernelSummary } from '../domain/kernel-records.ts';
import { msFromIso } from '../domain/time.ts';
import type { Asked, DoctorFacts, DoctorLine, KernelFacts } from './doctor-facts.ts';
import { AS_ADMIN, fine, missing, type Said, unasked, unseen, warning } from './doctor-line.ts';

/** Returns one line per thing that was checked. */
export function stateLines({ gitHub, kernel, local, nowMs }: DoctorFacts): readonly DoctorLine[] {
  const branch = local.wanted?.stateBranch ?? 'the state branch';
  const lines = [branchLine(gitHub.stateHead, branch), openLine(gitHub, branch), kernelLine(kernel, nowMs)];
  return lines.map((line) => ({ group: 'state', ...line }));
}

function branchLine(head: Asked<string | null>, branch: string): Said {
  const about = 'state branch';
  if (!head.ok) return unasked(about, head.error);
  if (head.value !== null) return fine(about, `${branch} is at ${head.value.slice(0, 7)}`);
  return missing(
    about,
    `there is no ${branch} yet`,
    'gh workflow run reconcile.yml -f dry_run=false; or Actions, reconcile, Run workflow without the tick at dry_run',
  );
}

/** Jobs push to it. GitHub does not say here who may bypass a rule. */
function openLine({ stateRules: rules, stateHead }: DoctorFacts['gitHub'], branch: string): Said {
  const about = 'pushes to it';
  if (!rules.ok) return unasked(about, rules.error);
  if (rules.value === 'unknown') return unseen(about, 'metadata: read');
  const barriers = barriersOf(rules.value);
  if (barriers.length > 0) {
    return missing(
      about,
      `${branch} is protected by ${barriers.join(', ')}`,
      `Settings, Rules: leave ${branch} out, or let the account that pushes bypass them`,
    );
  }
  if (rules.value.isWhole) return fine(about, `no rule holds up pushes to ${branch}`);
  // Protection in the older way is looked at by its branch, and nobody sees it before there is one.
  if (stateHead.ok && stateHead.value === null)
    return fine(about, `no ruleset will hold up pushes to ${branch}`);
  const why = `no ruleset holds up pushes to ${branch}; whether an older protection does takes administration: read`;
  return unasked(about, why, AS_ADMIN);
}

function barriersOf({ needsPullRequest, refusesPushes }: BranchRules): readonly string[] {
  return [...(needsPullRequest ? ['pull_request'] : []), ...refusesPushes];
}

function kernelLine(kernel: Asked<KernelFacts>, nowMs: number): Said {
  const about = 'kernel';
  if (!kernel.ok) return unasked(about, kernel.error);
  const { summary, lastAck } = kernel.value;
  if (summary === null) return fine(about, 'none is connected, and none is needed');
  const ack = ackText(lastAck);
  if (msFromIso(summary.next_due_at) < nowMs) {
    return missing(
      about,
      `${summary.runner_id} was due at ${summary.next_due_at} and is silent since ${summary.ts}; ${ack}`,
      `look at the runner ${summary.runner_id}; what it holds is not known`,
    );
  }
  if (summary.trading_state === 'active') return fine(about, `${summary.runner_id} is active; ${ack}`);
  return warning(
    about,
    `${stoppedText(summary)}; ${ack}`,
    'read the reason; unfreeze it with the workflow kernel',
  );
}

function stoppedText({
  runner_id,
  trading_state,
  trading_state_since,
  trading_state_reason,
}: KernelSummary): string {
  const reason = trading_state_reason === null ? '' : `: ${trading_state_reason}`;
  return `${runner_id} is ${trading_state} since ${trading_state_since}${reason}`;
}

function ackText(ack: KernelAck | null): string {
  if (ack === null) return 'it has acknowledged nothing yet';
  return `it last acknowledged ${ack.strategy_class} (${ack.applied}) at ${ack.ts}`;
}
