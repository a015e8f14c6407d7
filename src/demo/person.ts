// The person in the demo: asks about a proposal, has it checked again two days later, and merges it where that still says so.

import { isAboutClass } from '../domain/proposal.ts';
import { DAY_MS } from '../domain/time.ts';
import type { Chronicle, SeenProposal } from './chronicle.ts';
import type { DemoStage } from './stage/demo-stage.ts';

/** Nobody merges what would stop a class within the hour. */
const SLEPT_OVER_MS = 2 * DAY_MS;
const PROPOSAL_CHECK = 'warden/proposal';

/**
 * Does what a person does before a merge, going by what is open. Returns the proposal that is to be merged now, or `null`.
 *
 * Proposals to re-enable a class stay open: whoever looks at the demo finds one to decide about.
 */
export async function actAsPerson(stage: DemoStage, chronicle: Chronicle): Promise<SeenProposal | null> {
  for (const proposal of chronicle.proposals.values()) {
    if (proposal.state !== 'open') continue;
    if (proposal.answers.length === 0) await ask(stage, proposal);
    else if (proposal.action === 'disable' && stage.nowMs() - proposal.openedMs >= SLEPT_OVER_MS) {
      if (await isStillCalledFor(stage, proposal)) return proposal;
    }
  }
  return null;
}

/** Returns whether there is a proposal that the person has not finished with. */
export function isToAct(chronicle: Chronicle): boolean {
  return [...chronicle.proposals.values()].some(
    ({ state, action, answers }) => state === 'open' && (action === 'disable' || answers.length === 0),
  );
}

async function ask(stage: DemoStage, proposal: SeenProposal): Promise<void> {
  const { number, action, subject } = proposal;
  const words = isAboutClass(action)
    ? `/warden explain ${subject}`
    : '/warden keep it is judged with its class';
  proposal.answers.push(...(await stage.say(number, words)));
}

async function isStillCalledFor(stage: DemoStage, proposal: SeenProposal): Promise<boolean> {
  const { number } = proposal;
  proposal.answers.push(...(await stage.say(number, '/warden rerun')));
  const check = stage.checks(number).find(({ name }) => name === PROPOSAL_CHECK);
  proposal.revalidated = check === undefined ? null : `${check.conclusion}: ${check.title}`;
  return check?.conclusion === 'success';
}

/** Approves and merges. */
export async function mergeAsPerson(stage: DemoStage, proposal: SeenProposal): Promise<void> {
  await stage.approve(proposal.number);
  const commit = await stage.merge(proposal.number);
  proposal.merged = { atMs: stage.nowMs(), commit };
  proposal.state = 'merged';
}
