// What a command is answered from: the newest state, and the configuration of the default branch or the last good one.

import { configProblemText } from '../adapters/config/config-files.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import { loadMetaReport } from '../adapters/state/supervisor-files.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import type { RepositoryFacts } from '../domain/github.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Disk, GitHub, Log, StateBranch } from '../ports.ts';
import { isClassVerdict } from '../supervision/episodes.ts';
import { configTextsAt, settingsOfTexts } from './config-at.ts';

export interface CommandPorts {
  readonly github: GitHub;
  readonly state: StateBranch;
  readonly log: Log;
}

export interface CommandOptions {
  readonly nowMs: number;
  readonly codeVersion: string;
}

export interface CommandGround {
  readonly repository: RepositoryFacts;
  /** Newest commit of the default branch. */
  readonly baseSha: string;
  readonly settings: Settings;
  /** Empty where `settings` are those of the default branch; else what is wrong there. */
  readonly problems: readonly string[];
  /** `null`: there is no state branch yet. */
  readonly state: { readonly commit: string | null; readonly disk: Disk } | null;
  /** Oldest first. */
  readonly verdicts: readonly Verdict[];
  /** `null` where there is none, or where it is damaged. */
  readonly report: MetaReport | null;
}

/**
 * Reads what commands need, once for all commands of a comment.
 *
 * @returns why nothing can be answered, as a sentence with the next step.
 * @throws CorruptStateError where the verdicts cannot be read.
 */
export async function commandGround({ github, state }: CommandPorts): Promise<Result<CommandGround, string>> {
  const repository = await github.repository();
  const baseSha = await github.head(repository.defaultBranch);
  if (baseSha === null)
    return err(`the default branch ${repository.defaultBranch} has no commit; push the configuration there`);
  const newest = await state.newest();
  const read = newest === null ? null : loadMetaReport(newest.disk);
  const report = read?.ok === true ? read.value : null;
  const ofBase = settingsOfTexts(await configTextsAt(github, baseSha));
  const lastGood =
    ofBase.ok || newest === null || report === null ? null : readSettings(newest.disk, report.config_hash);
  const settings = ofBase.ok ? ofBase.value : lastGood;
  const problems = ofBase.ok ? [] : ofBase.error.map(configProblemText);
  if (settings === null)
    return err(`the configuration on the default branch is wrong, repair it first: ${problems.join('; ')}`);
  const verdicts = newest === null ? [] : readVerdicts(newest.disk);
  return ok({ repository, baseSha, settings, problems, state: newest, verdicts, report });
}

/** Returns every strategy class that anything knows, sorted. */
export function knownClasses({ settings, report, verdicts }: CommandGround): string[] {
  return [
    ...new Set([
      ...Object.keys(settings.kill_list),
      ...Object.values(settings.agents).map((agent) => agent.strategy_class),
      ...Object.keys(report?.strategies ?? {}),
      ...verdicts.filter(isClassVerdict).map(({ subject }) => subject),
    ]),
  ].sort();
}
