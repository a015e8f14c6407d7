// What happened in the demo, as it happened: by what was seen on GitHub, in the mailbox and at PINK, never by what was planned.

import { PROPOSAL_ACTIONS, type ProposalAction, titleStart } from '../domain/proposal.ts';
import type { DemoPull } from './stage/demo-stage.ts';

/** A proposal from its opening on. Instants are of simulated time. */
export interface SeenProposal {
  readonly number: number;
  readonly title: string;
  readonly action: ProposalAction;
  readonly subject: string;
  readonly openedMs: number;
  state: DemoPull['state'];
  /** Texts by which Warden answered the person, each to one comment. */
  readonly answers: string[];
  /** What its check said when it was asked for again; `null`: nobody asked. */
  revalidated: string | null;
  merged: { readonly atMs: number; readonly commit: string } | null;
}

/** Mutable; owned by one run. */
export interface Chronicle {
  /** By number. */
  readonly proposals: Map<number, SeenProposal>;
  pushes: number;
  /** Requests to GitHub of the app and the jobs together, and how many of them wrote. */
  requests: number;
  writes: number;
}

export function newChronicle(): Chronicle {
  return { proposals: new Map(), pushes: 0, requests: 0, writes: 0 };
}

/** Takes in the pull requests that there are at an instant. Those of people are none of Warden's proposals. */
export function notePulls(chronicle: Chronicle, pulls: readonly DemoPull[], nowMs: number): void {
  for (const { number, title, state } of pulls) {
    const seen = chronicle.proposals.get(number);
    if (seen !== undefined) {
      seen.state = state;
      continue;
    }
    const action = PROPOSAL_ACTIONS.find((each) => title.startsWith(titleStart(each)));
    if (action === undefined) continue;
    const subject = title.slice(titleStart(action).length);
    chronicle.proposals.set(number, {
      ...{ number, title, action, subject, openedMs: nowMs, state },
      ...{ answers: [], revalidated: null, merged: null },
    });
  }
}

/** Returns the first proposal of a kind, or `undefined`. */
export function proposalOf(chronicle: Chronicle, action: ProposalAction): SeenProposal | undefined {
  return [...chronicle.proposals.values()].find((each) => each.action === action);
}
