// The ports of one repository as the app reaches it: GitHub as the installation there, its state branch, and the jobs over both.

import { join } from 'node:path';
import { gitStateBranch } from '../adapters/git/state-branch.ts';
import { octokitActions } from '../adapters/github/actions-api.ts';
import { octokitGitHub } from '../adapters/github/octokit-github.ts';
import { onceLog } from '../adapters/terminal/once-log.ts';
import type { Log, StateBranch } from '../ports.ts';
import type { JobPorts, Watching } from './app-jobs.ts';
import type { AppSettings } from './app-settings.ts';
import type { AppJobs, AppPorts } from './handle-event.ts';
import type { InstalledRepository, ProbotFrame } from './probot-frame.ts';
import { repositorySettings } from './repository-settings.ts';

/** What the app does on one repository, over what it is given of it. */
export type JobsFor = (ports: JobPorts) => AppJobs;

interface RepositoryPortsOptions {
  readonly frame: Pick<ProbotFrame, 'octokit' | 'token'>;
  readonly settings: Pick<AppSettings, 'serverUrl' | 'dir'>;
  /** `warden[bot]`. */
  readonly ownLogin: string;
  readonly log: Log;
  readonly jobsFor: JobsFor;
}

export type PortsFor = (installed: InstalledRepository) => Promise<AppPorts>;

/** Returns a function that makes the ports anew for every event, since the configuration they rest on may have changed. */
export function repositoryPorts(options: RepositoryPortsOptions): PortsFor {
  const { frame, ownLogin, log, jobsFor } = options;
  const states = new Map<string, StateBranch>();
  const watched = new Map<string, Watching>();
  return async ({ installationId, fullName }) => {
    const octokit = await frame.octokit(installationId);
    const settings = await repositorySettings(octokitGitHub({ octokit, fullName, ownLogins: [ownLogin] }));
    const ownLogins = [...new Set([ownLogin, ...settings.ownLogins])];
    const github = octokitGitHub({ octokit, fullName, ownLogins });
    const key = `${installationId} ${fullName} ${settings.stateBranch}`;
    const state = states.get(key) ?? stateOf(options, { installationId, fullName }, settings.stateBranch);
    states.set(key, state);
    const actions = octokitActions({ octokit, fullName, isPersonal: false });
    const watching = watched.get(fullName) ?? { log: onceLog(log, ['warn']), keptOnMs: null };
    watched.set(fullName, watching);
    return { github, settings, jobs: jobsFor({ github, actions, state, log, watching }) };
  };
}

function stateOf(
  { frame, settings }: RepositoryPortsOptions,
  { installationId, fullName }: InstalledRepository,
  branch: string,
): StateBranch {
  return gitStateBranch({
    url: `${settings.serverUrl}/${fullName}.git`,
    branch,
    dir: join(settings.dir, 'state', ...fullName.split('/')),
    token: async () => await frame.token(installationId),
  });
}
