// The proposals that open verdicts call for, each with the verdicts of its episode.

import { actionOf } from '../domain/proposal.ts';
import type { Verdict } from '../domain/verdict.ts';
import { isClassVerdict, verdictsOnAgent, verdictsOnClass } from './episodes.ts';
import type { WantedProposal } from './proposal-body.ts';

/** Returns one proposal per open verdict, in their order. `verdicts` are those of the log, oldest first. */
export function wantedProposals(
  verdicts: readonly Verdict[],
  open: readonly Verdict[],
): readonly WantedProposal[] {
  return open.map((verdict) => {
    const { kind, subject, episode } = verdict;
    const all: readonly Verdict[] = isClassVerdict(verdict)
      ? verdictsOnClass(verdicts, subject)
      : verdictsOnAgent(verdicts, subject);
    const history = all.filter((each) => each.episode === episode);
    return { key: { action: actionOf(kind), subject, episode }, verdict, history };
  });
}
