// The person in the demo: asks about a proposal, has it checked again two days later, and merges it where that still says so.

import { isAboutClass } from '../domain/proposal.ts';
import { DAY_MS } from '../domain/time.ts';
import type { Chronicle, SeenProposal } from './chronicle.ts';
import type { DemoStage } from './stage/demo-stage.ts';

/** Nobody merges what would stop a class within the hour. */
const SLEPT_OVER_MS = 2 * DAY_MS;
export const PROPOSAL_CHECK = 'warden/proposal';

/**
 * Does what a person would, going by what is open. Returns the merge commit where something was merged.
 *
 * Proposals to re-enable a class stay open: whoever looks at the demo finds one to decide about.
 */
export async function actAsPerson(
  stage: DemoStage,
  chronicle: Chronicle,
  nowMs: number,
): Promise<string | null> {
  for (const proposal of chronicle.proposals.values()) {
    if (proposal.state !== 'open') continue;
    if (proposal.answers.length === 0) await ask(stage, proposal);
    else if (proposal.action === 'disable' && nowMs - proposal.openedMs >= SLEPT_OVER_MS) {
      const commit = await checkAndMerge(stage, proposal, nowMs);
      if (commit !== null) return commit;
    }
  }
  return null;
}

async function ask(stage: DemoStage, proposal: SeenProposal): Promise<void> {
  const { number, action, subject } = proposal;
  const words = isAboutClass(action)
    ? `/warden explain ${subject}`
    : `/warden keep it is judged with its class`;
  proposal.answers.push(...(await stage.say(number, words)));
}

async function checkAndMerge(
  stage: DemoStage,
  proposal: SeenProposal,
  nowMs: number,
): Promise<string | null> {
  const { number } = proposal;
  proposal.answers.push(...(await stage.say(number, '/warden rerun')));
  const check = stage.checks(number).find(({ name }) => name === PROPOSAL_CHECK);
  proposal.revalidated = check === undefined ? null : `${check.conclusion}: ${check.title}`;
  if (check?.conclusion !== 'success') return null;
  await stage.approve(number);
  const commit = await stage.merge(number);
  proposal.merged = { atMs: nowMs, commit };
  proposal.state = 'merged';
  return commit;
}
