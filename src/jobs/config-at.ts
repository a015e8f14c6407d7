// The configuration as it is in the repository at one commit, read as data: nothing of a pull request is ever executed.

import { parseAgents, parseKillList, parseWardenConfig } from '../adapters/config/config-files.ts';
import type { ConfigProblem } from '../adapters/config/yaml-file.ts';
import { AGENTS_FILE, KILL_LIST_FILE, WARDEN_FILE } from '../domain/proposal.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { type Settings, settingsFrom } from '../domain/settings.ts';
import type { GitHub } from '../ports.ts';

/** Texts of the three files; `null` where the commit has no such file. */
export interface ConfigTexts {
  readonly warden: string | null;
  readonly agents: string | null;
  readonly killList: string | null;
}

/** Reads the texts at `ref`. */
export async function configTextsAt(github: Pick<GitHub, 'file'>, ref: string): Promise<ConfigTexts> {
  const [warden, agents, killList] = await Promise.all(
    [WARDEN_FILE, AGENTS_FILE, KILL_LIST_FILE].map(async (path) => await github.file(path, ref)),
  );
  return { warden: warden ?? null, agents: agents ?? null, killList: killList ?? null };
}

/**
 * Checks the texts as a whole. A missing agents.yaml is an empty registry; the two others must be there.
 *
 * @returns the settings, or every problem of every file.
 */
export function settingsOfTexts(texts: ConfigTexts): Result<Settings, readonly ConfigProblem[]> {
  const warden = texts.warden === null ? missing(WARDEN_FILE) : parseWardenConfig(texts.warden, WARDEN_FILE);
  const agents = texts.agents === null ? ok({}) : parseAgents(texts.agents, AGENTS_FILE);
  const killList =
    texts.killList === null ? missing(KILL_LIST_FILE) : parseKillList(texts.killList, KILL_LIST_FILE);
  if (warden.ok && agents.ok && killList.ok) {
    return ok(
      settingsFrom({
        warden: warden.value.config,
        agents: agents.value,
        kill_list: killList.value.killList,
      }),
    );
  }
  return err([warden, agents, killList].flatMap((read) => (read.ok ? [] : read.error)));
}

function missing(file: string): Result<never, readonly ConfigProblem[]> {
  const message = 'there is no such file; expected one, as it ships with Warden';
  return err([{ file, place: null, path: '', message }]);
}
