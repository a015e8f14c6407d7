// What a proposal is called in sentences: what it asks for, and what is so as long as nobody follows it.

import { isAboutClass, type ProposalAction, type ProposalKey } from '../domain/proposal.ts';
import { mdName } from './markdown.ts';

/** Returns `strategy class` or `agent`. */
export function subjectKind(action: ProposalAction): string {
  return isAboutClass(action) ? 'strategy class' : 'agent';
}

const WISHES: Readonly<Record<ProposalAction, (name: string) => string>> = {
  disable: (name) => `stop new entries of ${name}`,
  enable: (name) => `let entries of ${name} in again`,
  promote: (name) => `let ${name} trade live`,
  demote: (name) => `move ${name} back to shadow`,
};

/** Returns what a proposal asks for, `stop new entries of <code>macro</code>`, as Markdown. */
export function wishOf({ action, subject }: ProposalKey): string {
  return WISHES[action](mdName(subject));
}

const REMAINS: Readonly<Record<ProposalAction, (name: string) => string>> = {
  disable: (name) => `${name} goes on opening positions`,
  enable: (name) => `${name} stays stopped`,
  promote: (name) => `${name} stays in shadow`,
  demote: (name) => `${name} stays live`,
};

/** Returns what is so as long as nobody follows a proposal, as Markdown. */
export function remainsOf({ action, subject }: ProposalKey): string {
  return REMAINS[action](mdName(subject));
}
