// Looks at this machine and at the checkout on it, for `warden doctor`. It asks no network and writes nothing.

import { join } from 'node:path';
import { buildIn, firstFileIn, workflowsIn } from '../adapters/config/checkout-look.ts';
import {
  configProblemText,
  loadAgents,
  loadKillList,
  loadWardenConfig,
} from '../adapters/config/config-files.ts';
import type { ConfigProblem } from '../adapters/config/yaml-file.ts';
import { git } from '../adapters/git/git-command.ts';
import { stateFolderAt } from '../adapters/git/state-folder.ts';
import { mailSettingsFrom } from '../adapters/mail/mail-settings.ts';
import { pathBelow } from '../adapters/path-below.ts';
import { unknownExchange } from '../adapters/prices/ccxt-exchange.ts';
import type { WardenConfig } from '../domain/config.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { CODEOWNERS_FILES } from '../supervision/codeowners.ts';
import type { LocalFacts, WantedParts } from '../supervision/doctor-facts.ts';
import { readWorkflowFile } from './workflow-file.ts';

interface MachineOptions {
  /** The checkout of the repository. */
  readonly root: string;
  /** Where Warden itself is installed. */
  readonly packageRoot: string;
  readonly configDir: string;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `v20.20.2`. */
  readonly nodeVersion: string;
}

/** The facts, and the configuration where it is valid. */
interface ExaminedMachine {
  readonly local: LocalFacts;
  readonly config: WardenConfig | null;
}

/** Returns what was found. What is broken is a fact too. */
export async function examineMachine(options: MachineOptions): Promise<ExaminedMachine> {
  const { root, packageRoot, configDir, stateDir, env, nodeVersion } = options;
  const warden = loadWardenConfig(configDir);
  const config = warden.ok ? warden.value.config : null;
  const mail = mailSettingsFrom(env);
  const files: readonly (readonly [name: string, Result<unknown, readonly ConfigProblem[]>])[] = [
    ['warden.yaml', warden],
    ['agents.yaml', loadAgents(configDir)],
    ['kill-list.yaml', loadKillList(configDir)],
  ];
  const folder = await stateFolderAt(stateDir, config?.state.branch ?? '');
  const local: LocalFacts = {
    nodeVersion,
    git: await gitVersion(root),
    build: buildIn(packageRoot),
    config: files.map(([name, read]) => {
      const file = shownFrom(root, join(configDir, name));
      return {
        file,
        problems: read.ok ? [] : read.error.map((problem) => configProblemText({ ...problem, file })),
      };
    }),
    wanted: config === null ? null : wantedParts(config),
    exchanges: exchangesOf(config),
    mail: mail.ok ? ok(mail.value === null ? null : { to: mail.value.to.length }) : mail,
    codeowners: firstFileIn(root, CODEOWNERS_FILES),
    workflows: workflowsIn(root).map(({ path, text }) => ({ path, crons: cronsOf(text) })),
    stateFolder: { ...folder, dir: shownFrom(root, stateDir) },
  };
  return { local, config };
}

/** As a person in `root` would type it. */
function shownFrom(root: string, path: string): string {
  const below = pathBelow(root, path);
  return below === null || below === '' ? path : below;
}

async function gitVersion(cwd: string): Promise<Result<string, string>> {
  const said = await git(['--version'], { cwd, config: 'own' });
  return said.ok ? ok(said.value.replace(/^git version /, '')) : err(said.error.message);
}

function cronsOf(text: string): Result<readonly string[], string> {
  const read = readWorkflowFile(text);
  if (!read.ok) return read;
  return ok(
    read.value.schedule.map(({ cron, timezone }) => (timezone === 'UTC' ? cron : `${cron} (${timezone})`)),
  );
}

function wantedParts({ state, notify, prices, github }: WardenConfig): WantedParts {
  return {
    stateBranch: state.branch,
    mail: notify.mail,
    equities: prices.equity !== undefined,
    pullRequests: github.pull_requests,
  };
}

function exchangesOf(config: WardenConfig | null): LocalFacts['exchanges'] {
  const { spot, perp } = config?.prices ?? {};
  const ids = [...new Set([...(spot?.exchanges ?? []), ...(perp?.exchanges ?? [])])];
  return {
    known: ids.filter((id) => unknownExchange(id) === null),
    unknown: ids.flatMap((id) => unknownExchange(id) ?? []),
  };
}
