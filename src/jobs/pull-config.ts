// The configuration as a pull request has it, as its base has it, and as merging would leave it; read as data.

import { parseAgents, parseKillList, parseWardenConfig } from '../adapters/config/config-files.ts';
import type { ConfigProblem } from '../adapters/config/yaml-file.ts';
import type { AgentRegistry, WardenConfig } from '../domain/config.ts';
import type { ChangedFile, PullRequest } from '../domain/github.ts';
import { mergedJson } from '../domain/json-merge.ts';
import type { KillList } from '../domain/kill-list.ts';
import { AGENTS_FILE, CONFIG_FOLDER, KILL_LIST_FILE, WARDEN_FILE } from '../domain/proposal.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { GitHub } from '../ports.ts';

/** GitHub lists no more changed files than this, and says nothing of the rest. */
const LISTED_MAX = 3000;

/** More merges of the base than anybody makes into one branch; every one is a request. */
const PARENTS_MAX = 20;

/** A file in three states; `null`: there is none. */
export interface FileStates {
  /** On the newest commit of the base. */
  readonly base: string | null;
  /** Where the branch of the pull request left the base. */
  readonly ancestor: string | null;
  readonly head: string | null;
}

export interface PullConfig {
  /** What the pull request touches in the configuration folder, whether Warden reads it or not. */
  readonly files: readonly ChangedFile[];
  /** What else it touches: paths, those that a renamed file had before as well. */
  readonly otherPaths: readonly string[];
  readonly warden: FileStates;
  readonly agents: FileStates;
  readonly killList: FileStates;
}

type Reading = Pick<GitHub, 'file' | 'changedFiles' | 'commitsBetween'>;

/** Returns whether a file is part of a pull request: where it is not, merging leaves that of the base. */
export function isTouched({ ancestor, head }: FileStates): boolean {
  return ancestor !== head;
}

/**
 * Reads the configuration of a pull request; `null` where it touches none. The head of a fork is read, as text, from this
 * repository, which has the commits of its pull requests: the fork may be gone, or closed to the token.
 *
 * @param baseSha newest commit of the base
 */
export async function touchedConfig(
  github: Reading,
  pull: PullRequest,
  baseSha: string,
): Promise<PullConfig | null> {
  const listed = await listedFiles(github, pull);
  if (listed.files.length === 0 && listed.isComplete) return null;
  const config = await statesOf(github, pull, baseSha, listed);
  const isAny = config.files.length > 0 || [config.warden, config.agents, config.killList].some(isTouched);
  return isAny ? config : null;
}

/** The same whether it touches the configuration or not. */
export async function pullConfig(github: Reading, pull: PullRequest, baseSha: string): Promise<PullConfig> {
  return await statesOf(github, pull, baseSha, await listedFiles(github, pull));
}

interface Listed extends Pick<PullConfig, 'files' | 'otherPaths'> {
  readonly isComplete: boolean;
}

async function listedFiles(github: Reading, { number }: PullRequest): Promise<Listed> {
  const changed = await github.changedFiles(number);
  const files = changed.filter(
    ({ path, previousPath }) => isInFolder(path) || isInFolder(previousPath ?? ''),
  );
  const paths = changed.flatMap(({ path, previousPath }) =>
    previousPath === null ? [path] : [path, previousPath],
  );
  const otherPaths = paths.filter((path) => !isInFolder(path));
  return { files, otherPaths, isComplete: changed.length < LISTED_MAX };
}

async function statesOf(
  github: Reading,
  pull: PullRequest,
  baseSha: string,
  { files, otherPaths, isComplete }: Listed,
): Promise<PullConfig> {
  const isAny = files.length > 0 || !isComplete;
  const ancestorSha = isAny ? await forkPoint(github, baseSha, pull.headSha) : baseSha;
  const states = async (path: string): Promise<FileStates> => {
    const base = await github.file(path, baseSha);
    const isListed = files.some((file) => file.path === path || file.previousPath === path);
    if (isComplete && !isListed) return { base, ancestor: base, head: base };
    const [ancestor, head] = await Promise.all([
      ancestorSha === baseSha ? base : github.file(path, ancestorSha),
      github.file(path, pull.headSha),
    ]);
    return { base, ancestor, head };
  };
  const [warden, agents, killList] = await Promise.all([
    states(WARDEN_FILE),
    states(AGENTS_FILE),
    states(KILL_LIST_FILE),
  ]);
  return { files, otherPaths, warden, agents, killList };
}

function isInFolder(path: string): boolean {
  return path.startsWith(`${CONFIG_FOLDER}/`);
}

/**
 * The newest commit of the base that the branch is built on, as merging takes it: of the parents of its commits that are none of
 * them, the one that holds all others. Where none does, it is the newest commit of the base: then everything that differs from the
 * base counts as changed, which may say too much and never too little. The last parent alone will not do: who merges an old commit
 * of the base last would make an old file look untouched.
 */
async function forkPoint(github: Reading, baseSha: string, headSha: string): Promise<string> {
  const commits = await github.commitsBetween(baseSha, headSha);
  const own = new Set(commits.map(({ sha }) => sha));
  const outside = [...new Set(commits.flatMap(({ parents }) => parents.filter((sha) => !own.has(sha))))];
  const [first, ...others] = outside.reverse();
  if (first === undefined || outside.length > PARENTS_MAX) return baseSha;
  let newest = first;
  for (const other of others) {
    if (await holds(github, newest, other)) continue;
    if (!(await holds(github, other, newest))) return baseSha;
    newest = other;
  }
  return newest;
}

async function holds(github: Reading, sha: string, ancestor: string): Promise<boolean> {
  return (await github.commitsBetween(sha, ancestor)).length === 0;
}

/** One file as the base has it and as merging would leave it, each checked. */
export interface MergedFile<T> {
  readonly base: Result<T, readonly ConfigProblem[]>;
  readonly merged: Result<T, readonly ConfigProblem[]>;
}

export interface MergedConfig {
  readonly warden: MergedFile<WardenConfig>;
  readonly agents: MergedFile<AgentRegistry>;
  readonly killList: MergedFile<KillList>;
}

/** Checks every file. `problemsMax`: of each file; the rest is counted. */
export function mergedConfig(config: PullConfig, problemsMax: number): MergedConfig {
  return {
    warden: mergedFile(config.warden, (text) => {
      if (text === null) return err([missing(WARDEN_FILE)]);
      const read = parseWardenConfig(text, WARDEN_FILE, problemsMax);
      return read.ok ? ok(read.value.config) : read;
    }),
    agents: mergedFile(config.agents, (text) =>
      text === null ? ok({}) : parseAgents(text, AGENTS_FILE, problemsMax),
    ),
    killList: mergedFile(config.killList, (text) => {
      if (text === null) return err([missing(KILL_LIST_FILE)]);
      const read = parseKillList(text, KILL_LIST_FILE, problemsMax);
      return read.ok ? ok(read.value.killList) : read;
    }),
  };
}

function mergedFile<T>(
  states: FileStates,
  read: (text: string | null) => Result<T, readonly ConfigProblem[]>,
): MergedFile<T> {
  const base = read(states.base);
  if (!isTouched(states)) return { base, merged: base };
  const head = read(states.head);
  const ancestor = states.ancestor === states.base ? base : read(states.ancestor);
  if (!head.ok || !base.ok || !ancestor.ok) return { base, merged: head };
  return { base, merged: ok(mergedJson(ancestor.value, base.value, head.value) as T) };
}

function missing(file: string): ConfigProblem {
  const message = 'is not there; Warden needs it, as it ships with Warden';
  return { file, place: null, path: '', message };
}
