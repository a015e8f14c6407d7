// What a proposal changes: the one file, as it is on the default branch, with the one edit.

import { stagedAgent } from '../adapters/config/agents-edit.ts';
import { disabledClass, enabledClass } from '../adapters/config/kill-list-edit.ts';
import { registeredAgent } from '../domain/config.ts';
import { entryOf } from '../domain/entry-of.ts';
import { REASON_CHARS_MAX } from '../domain/fields.ts';
import { AGENTS_FILE, isAboutClass, KILL_LIST_FILE, type ProposalAction } from '../domain/proposal.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import { cut } from '../supervision/outside-text.ts';
import type { WantedProposal } from '../supervision/proposal-body.ts';
import { verdictSentence } from '../supervision/report-attention.ts';
import type { ConfigTexts } from './config-at.ts';

export interface ProposedFile {
  readonly path: string;
  readonly text: string;
}

/** Returns the file that proposals of an action edit. */
export function fileOf(action: ProposalAction): string {
  return isAboutClass(action) ? KILL_LIST_FILE : AGENTS_FILE;
}

/** Returns the file as a proposal asks for it, or why it cannot be edited, as a sentence with the next step. */
export function proposedFile(
  wanted: WantedProposal,
  texts: Pick<ConfigTexts, 'agents' | 'killList'>,
  context: { readonly settings: Settings; readonly report: MetaReport | null },
): Result<ProposedFile, string> {
  const path = fileOf(wanted.key.action);
  const edited = editedText(wanted, texts, context);
  return edited.ok ? ok({ path, text: edited.value }) : err(`${path}: ${edited.error}`);
}

function editedText(
  { key: { action, subject, episode }, verdict }: WantedProposal,
  { agents, killList }: Pick<ConfigTexts, 'agents' | 'killList'>,
  { settings, report }: { readonly settings: Settings; readonly report: MetaReport | null },
): Result<string, string> {
  if (!isAboutClass(action)) {
    const strategyClass = classOf(subject, settings, report);
    return stagedAgent(agents, subject, action === 'promote' ? 'live' : 'shadow', { strategyClass });
  }
  if (killList === null) return err('there is no such file on the default branch; add it again');
  if (action === 'enable') return enabledClass(killList, subject);
  const reason = cut(verdictSentence(verdict), REASON_CHARS_MAX);
  return disabledClass(killList, subject, {
    reason,
    evidence: `verdict ${verdict.verdict_id}`,
    since: verdict.ts,
    episode,
  });
}

/** Of an agent that is not registered: the class its signals name. */
function classOf(agent: string, { agents }: Settings, report: MetaReport | null): string {
  const reported = report === null ? undefined : entryOf(report.agents, agent);
  return registeredAgent(agents, agent)?.strategy_class ?? reported?.strategy_class ?? 'unknown';
}
