// The settings a supervisor run works under: the three configuration files, or the last good ones where one of them is broken.

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ConfigProblem } from '../adapters/config/yaml-file.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { type Settings, settingsFrom } from '../domain/settings.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Refusal, refusal } from './outcome.ts';

export interface LoadedSettings {
  readonly settings: Settings;
  /** A sentence with what is wrong with the files, where these are the last good settings; else `null`. */
  readonly lastGood: string | null;
}

/** Reads warden.yaml, agents.yaml and kill-list.yaml; every problem of all three is listed with file, line and column. */
export async function loadSettings(
  context: CommandContext,
): Promise<Result<Settings, readonly ConfigProblem[]>> {
  const { agentsNotice, loadAgents, loadKillList, loadWardenConfig } = await import(
    '../adapters/config/config-files.ts'
  );
  const warden = loadWardenConfig(context.configDir);
  const agents = loadAgents(context.configDir);
  const killList = loadKillList(context.configDir);
  if (!warden.ok || !agents.ok || !killList.ok)
    return err([warden, agents, killList].flatMap((file) => (file.ok ? [] : file.error)));
  const notice = agentsNotice(context.configDir);
  if (notice !== null) context.log.warn(notice);
  return ok(
    settingsFrom({
      warden: warden.value.config,
      agents: agents.value,
      kill_list: killList.value.killList,
    }),
  );
}

/** Returns the refusal of a run whose files are broken. */
export async function refusedFiles(problems: readonly ConfigProblem[]): Promise<Refusal> {
  const { configProblemText } = await import('../adapters/config/config-files.ts');
  return refusal(EXIT.usage, `the configuration was refused\n${problems.map(configProblemText).join('\n')}`);
}

/**
 * Returns the settings in force: those of the files, else the ones the newest meta report was made under. A broken file must
 * not end supervision; without an earlier run there is nothing to go by, and the run is refused.
 */
export async function settingsInForce(context: CommandContext): Promise<Result<LoadedSettings, Refusal>> {
  const { configProblemText } = await import('../adapters/config/config-files.ts');
  const loaded = refusingLostAgents(context, await loadSettings(context), await storedSettings(context));
  if (loaded.ok) return ok({ settings: loaded.value, lastGood: null });
  const problems = loaded.error.map(configProblemText).join('\n');
  const stored = await storedSettings(context);
  if (stored === null) {
    return err(
      refusal(EXIT.usage, `the configuration was refused, and no earlier one is known\n${problems}`),
    );
  }
  context.log.error(
    `the configuration was refused; the last good one (config_hash ${stored.config_hash}) stays in force until it is mended\n${problems}`,
  );
  // Stored by a version that knew fewer keys, they have gained defaults, and so another hash.
  return ok({
    settings: settingsFrom(stored),
    lastGood: lastGoodSentence(loaded.error.map((problem) => configProblemText(fileNameOnly(problem)))),
  });
}

/** The settings of the newest meta report, or `null` before the first. */
async function storedSettings(context: CommandContext): Promise<Settings | null> {
  const { loadMetaReport } = await import('../adapters/state/supervisor-files.ts');
  const { readSettings } = await import('../adapters/state/settings-store.ts');
  const earlier = loadMetaReport(context.disk);
  const hash = earlier.ok ? earlier.value?.config_hash : undefined;
  return hash === undefined ? null : readSettings(context.disk, hash);
}

/** Without agents.yaml there is no agent. Where there were some, the file is lost: every one would lose its stage and weight. */
function refusingLostAgents(
  context: CommandContext,
  loaded: Result<Settings, readonly ConfigProblem[]>,
  stored: Settings | null,
): Result<Settings, readonly ConfigProblem[]> {
  const file = join(context.configDir, 'agents.yaml');
  const known = Object.keys(stored?.agents ?? {}).length;
  if (!loaded.ok || known === 0 || existsSync(file)) return loaded;
  const message = `is missing, and ${known} agents were known before; restore it, or write {} to say that there is none`;
  return err([{ file, place: null, path: '', message }]);
}

/** One line, for it stands in the meta report; without the folder, which is another one on every machine. */
function lastGoodSentence(problems: readonly string[]): string {
  return `The configuration was refused, and the last good one stays in force until it is mended: ${problems.join('; ')}`;
}

function fileNameOnly(problem: ConfigProblem): ConfigProblem {
  return { ...problem, file: basename(problem.file) };
}
