// The configuration files a person edits: reads each from a folder, or from a text that came from elsewhere, and refuses what is wrong.

import { AgentRegistry, WardenConfig } from '../../domain/config.ts';
import { KillList } from '../../domain/kill-list.ts';
import { Pink, pinkProblems } from '../../domain/pink-settings.ts';
import { problemText } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { agentProblems, killListProblems, wardenProblems } from './config-rules.ts';
import {
  type ConfigKind,
  type ConfigProblem,
  missingFile,
  parseConfig,
  readConfig,
  shownFile,
} from './yaml-file.ts';

const WARDEN: ConfigKind<typeof WardenConfig> = {
  fileName: 'warden.yaml',
  schema: WardenConfig,
  holds: 'the configuration of Warden, as `version: 1` and `horizons_hours: [1, 4, 24]`',
  nextStep:
    'name the folder that holds it with --config, or copy the warden.yaml that ships with Warden there',
  check: wardenProblems,
};

const AGENTS: ConfigKind<typeof AgentRegistry> = {
  fileName: 'agents.yaml',
  schema: AgentRegistry,
  holds: 'one key per agent, as `trend-ema: { strategy_class: macro }`; `{}` says that there is none',
  nextStep: 'add it to give agents a strategy class',
  check: agentProblems,
};

const KILL_LIST: ConfigKind<typeof KillList> = {
  fileName: 'kill-list.yaml',
  schema: KillList,
  holds: 'one key per strategy class, as `macro: { max_cvar_sigma: 4.0 }`; `{}` says that there is none',
  nextStep:
    'name the folder that holds it with --config, or copy the kill-list.yaml that ships with Warden there',
  check: killListProblems,
};

const PINK: ConfigKind<typeof Pink> = {
  fileName: 'pink.yaml',
  schema: Pink,
  holds: 'how PINK trades, as `version: 1` and `venue: { symbols: [BTC-USDT] }`',
  nextStep: 'name the folder that holds it with --config, or copy the pink.yaml that ships with Warden there',
  check: pinkProblems,
};

/**
 * A configuration and its hash: the SHA-256 of its canonical JSON with the defaults filled in, so that comments and layout
 * do not change it and a changed default does.
 */
export interface LoadedWardenConfig {
  readonly config: WardenConfig;
  readonly sha256: string;
}

/** The kill list and its hash, made as that of {@link LoadedWardenConfig}: what the kernel acknowledges. */
export interface LoadedKillList {
  readonly killList: KillList;
  readonly sha256: string;
}

/** Reads `warden.yaml` in `configDir`. A file that is missing or wrong is every problem found, never a default. */
export function loadWardenConfig(configDir: string): Result<LoadedWardenConfig, readonly ConfigProblem[]> {
  const text = readConfig(configDir, WARDEN.fileName);
  if (!text.ok) return text;
  if (text.value === null) return err(missingFile(configDir, WARDEN));
  return parseWardenConfig(text.value, shownFile(configDir, WARDEN.fileName));
}

/** Checks the text of a `warden.yaml` that did not come from a folder. `file` is how the problems name it; see {@link parseConfig}. */
export function parseWardenConfig(
  text: string,
  file: string,
  problemsMax?: number,
): Result<LoadedWardenConfig, readonly ConfigProblem[]> {
  const checked = parseConfig(WARDEN, text, file, problemsMax);
  return checked.ok ? ok({ config: checked.value.value, sha256: checked.value.sha256 }) : checked;
}

/**
 * Reads `agents.yaml` in `configDir`. Without the file the registry is empty; {@link agentsNotice} tells a person so.
 */
export function loadAgents(configDir: string): Result<AgentRegistry, readonly ConfigProblem[]> {
  const text = readConfig(configDir, AGENTS.fileName);
  if (!text.ok) return text;
  if (text.value === null) return ok({});
  return parseAgents(text.value, shownFile(configDir, AGENTS.fileName));
}

/** Checks the text of an `agents.yaml` that did not come from a folder. `file` is how the problems name it; see {@link parseConfig}. */
export function parseAgents(
  text: string,
  file: string,
  problemsMax?: number,
): Result<AgentRegistry, readonly ConfigProblem[]> {
  const checked = parseConfig(AGENTS, text, file, problemsMax);
  return checked.ok ? ok(checked.value.value) : checked;
}

/** Returns what to tell a person whose `configDir` has no `agents.yaml`, or `null` where it has one. */
export function agentsNotice(configDir: string): string | null {
  const text = readConfig(configDir, AGENTS.fileName);
  if (!text.ok || text.value !== null) return null;
  const file = shownFile(configDir, AGENTS.fileName);
  return `${file}: there is no such file, so every agent keeps the strategy class its events name; ${AGENTS.nextStep}`;
}

/** Reads `kill-list.yaml` in `configDir`. A missing file is a problem: who may trade is never guessed. */
export function loadKillList(configDir: string): Result<LoadedKillList, readonly ConfigProblem[]> {
  const text = readConfig(configDir, KILL_LIST.fileName);
  if (!text.ok) return text;
  if (text.value === null) return err(missingFile(configDir, KILL_LIST));
  return parseKillList(text.value, shownFile(configDir, KILL_LIST.fileName));
}

/** Checks the text of a `kill-list.yaml` that did not come from a folder. `file` is how the problems name it; see {@link parseConfig}. */
export function parseKillList(
  text: string,
  file: string,
  problemsMax?: number,
): Result<LoadedKillList, readonly ConfigProblem[]> {
  const checked = parseConfig(KILL_LIST, text, file, problemsMax);
  return checked.ok ? ok({ killList: checked.value.value, sha256: checked.value.sha256 }) : checked;
}

/** Reads `pink.yaml` in `configDir`. A missing file is a problem: where orders go is never guessed. */
export function loadPink(configDir: string): Result<Pink, readonly ConfigProblem[]> {
  const text = readConfig(configDir, PINK.fileName);
  if (!text.ok) return text;
  if (text.value === null) return err(missingFile(configDir, PINK));
  const checked = parseConfig(PINK, text.value, shownFile(configDir, PINK.fileName));
  return checked.ok ? ok(checked.value.value) : checked;
}

/** Returns `config/warden.yaml:12:3 prices.spot.timeframe: "2h" is not allowed; …`. */
export function configProblemText(problem: ConfigProblem): string {
  const { file, place } = problem;
  const where = place === null ? `${file}:` : `${file}:${place.line}:${place.column}`;
  return `${where} ${problemText(problem)}`;
}
