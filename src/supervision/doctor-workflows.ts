// What `warden doctor` says of what workflows need beside their files: to be on, secrets, settings and environments.

import { WORKFLOW_LOGIN } from '../domain/github.ts';
import type { DoctorLine, GitHubFacts, LocalFacts, Seen, WantedParts } from './doctor-facts.ts';
import { fine, missing, type Said, unasked, unseen, warning } from './doctor-line.ts';
import {
  APP_SECRETS,
  EQUITY_SECRETS,
  MAIL_SECRETS,
  SHIPPED_WORKFLOWS,
  workflowFile,
} from './shipped-workflows.ts';

export const KERNEL_WORKFLOW = '.github/workflows/kernel.yml';

/** Returns one line per thing that was checked. */
export function workflowLines(
  gitHub: GitHubFacts,
  { wanted }: LocalFacts,
  hasKernel: boolean,
): readonly DoctorLine[] {
  const lines = [
    enabledLine(gitHub),
    appSecretsLine(gitHub),
    openPullsLine(gitHub, wanted),
    mailSecretsLine(gitHub, wanted),
    equitySecretsLine(gitHub, wanted),
    approvalLine(gitHub, hasKernel),
    pagesLine(gitHub),
  ];
  return lines.map((line) => ({ group: 'workflows', ...line }));
}

function enabledLine({ workflows }: GitHubFacts): Said {
  const about = 'workflows on';
  if (!workflows.ok) return unasked(about, workflows.error);
  const states = new Map(workflows.value.map(({ path, state }) => [path, state]));
  const off = SHIPPED_WORKFLOWS.filter(({ path }) => states.get(path) !== 'active');
  const needed = off.filter(({ isNeeded }) => isNeeded);
  if (needed.length === 0) {
    const optional = off.map(({ path }) => workflowFile(path)).join(', ');
    return fine(about, `every needed workflow is on${optional === '' ? '' : `; off: ${optional}`}`);
  }
  const found = needed.map(
    ({ path, without }) => `${workflowFile(path)} is ${stateText(states.get(path))}: ${without}`,
  );
  return missing(about, found.join('; '), turnOnText(needed, states));
}

function turnOnText(
  needed: readonly { readonly path: string }[],
  states: ReadonlyMap<string, unknown>,
): string {
  const off = needed.filter(({ path }) => states.has(path)).map(({ path }) => workflowFile(path));
  const absent = needed.filter(({ path }) => !states.has(path)).map(({ path }) => path);
  return [
    ...off.map((file) => `gh workflow enable ${file}`),
    ...(off.length > 0 ? [`or Actions, ${off.join(', ')}, Enable workflow`] : []),
    ...(absent.length > 0 ? [`push ${absent.join(', ')} to the default branch`] : []),
  ].join('; ');
}

function stateText(
  state: 'active' | 'disabled_manually' | 'disabled_inactivity' | 'other' | undefined,
): string {
  if (state === undefined) return 'not there';
  if (state === 'disabled_manually') return 'off by hand';
  return state === 'disabled_inactivity' ? 'off by GitHub, for want of activity' : 'off';
}

/** Returns whether both secrets of the app are set; `false` where they cannot be seen. */
export function hasApp(secrets: Seen<readonly string[]>): boolean {
  const names = secrets.ok && secrets.value !== 'unknown' ? secrets.value : [];
  return APP_SECRETS.every((name) => names.includes(name));
}

interface SecretsOf {
  readonly about: string;
  readonly names: readonly string[];
  /** What is off without them, and how to have it. */
  readonly off: string;
  readonly nextStep: string;
}

/** All of them, or none: with some of them jobs fail. */
function secretsLine(secrets: GitHubFacts['secrets'], { about, names, off, nextStep }: SecretsOf): Said {
  if (!secrets.ok) return unasked(about, secrets.error);
  if (secrets.value === 'unknown') return unseen(about, 'secrets: read');
  const set = secrets.value;
  const lacking = names.filter((name) => !set.includes(name));
  if (lacking.length === 0) return fine(about, `${names.join(', ')} are set`);
  if (lacking.length === names.length) return warning(about, off, nextStep);
  const evidence = `${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} not set, although the rest is`;
  return missing(about, evidence, settingOf(lacking));
}

function settingOf(names: readonly string[]): string {
  const commands = names.map((name) => `gh secret set ${name}`).join('; ');
  return `${commands}; or Settings, Secrets and variables, Actions`;
}

function appSecretsLine({ secrets }: GitHubFacts): Said {
  return secretsLine(secrets, {
    about: 'secrets of the app',
    names: APP_SECRETS,
    off: `none: jobs write as ${WORKFLOW_LOGIN}, on whose pull requests other workflows wait for a person`,
    nextStep: 'register the app (docs/deploy.md), or leave it so',
  });
}

function mailSecretsLine({ secrets }: GitHubFacts, wanted: WantedParts | null): Said {
  const about = 'secrets of mail';
  if (wanted?.mail === false) return fine(about, 'mail is off by notify.mail in config/warden.yaml');
  return secretsLine(secrets, {
    about,
    names: MAIL_SECRETS,
    off: 'none: alerts are shown on GitHub, and nobody gets mail',
    nextStep: `${settingOf(MAIL_SECRETS)} (docs/mail.md)`,
  });
}

function equitySecretsLine({ secrets }: GitHubFacts, wanted: WantedParts | null): Said {
  const about = 'secrets of equities';
  if (wanted?.equities === false) return fine(about, 'config/warden.yaml has no prices.equity');
  return secretsLine(secrets, {
    about,
    names: EQUITY_SECRETS,
    off: 'none: signals on equities have no prices, and wait',
    nextStep: `${settingOf(EQUITY_SECRETS)}; or remove prices.equity from config/warden.yaml`,
  });
}

function openPullsLine(
  { mayActionsOpenPulls: may, identity, secrets }: GitHubFacts,
  wanted: WantedParts | null,
): Said {
  const about = 'pull requests by jobs';
  if (wanted?.pullRequests === false)
    return fine(about, 'are off by github.pull_requests in config/warden.yaml');
  const isApp = identity.ok && identity.value.app !== null;
  if (isApp || hasApp(secrets)) return fine(about, 'the app opens them');
  if (!may.ok) return unasked(about, may.error);
  if (may.value === 'unknown') return unseen(about, 'administration: read');
  if (may.value) return fine(about, `${WORKFLOW_LOGIN} may open them`);
  return missing(
    about,
    `${WORKFLOW_LOGIN} may open none`,
    'Settings, Actions, General, tick "Allow GitHub Actions to create and approve pull requests"; or use the app',
  );
}

const KERNEL_ENVIRONMENT = 'pink';
const PAGES_ENVIRONMENT = 'github-pages';

/** GitHub makes an environment that a job names and nobody made, and lets everybody through. */
function approvalLine({ environments, workflows, repository }: GitHubFacts, hasKernel: boolean): Said {
  const about = `environment ${KERNEL_ENVIRONMENT}`;
  if (workflows.ok && !workflows.value.some(({ path }) => path === KERNEL_WORKFLOW))
    return fine(about, 'there is no kernel workflow');
  if (!environments.ok) return unasked(about, environments.error);
  if (environments.value === 'unknown') return unseen(about, 'actions: read');
  const found = environments.value.find(({ name }) => name === KERNEL_ENVIRONMENT);
  if (found?.needsApproval === true)
    return fine(
      about,
      'somebody approves flatten, unfreeze, resolve and halt; docs/kernel-control.md says whom that does not stop',
    );
  const what = found === undefined ? 'there is none' : 'nobody approves there';
  const evidence = `${what}: flatten, unfreeze, resolve and halt run at once`;
  const place = `Settings, Environments, ${found === undefined ? 'New environment ' : ''}${KERNEL_ENVIRONMENT}, Required reviewers`;
  // Most plans cannot have it in a private repository, so there it is nothing that must be mended.
  if (repository.ok && repository.value.isPrivate)
    return warning(
      about,
      evidence,
      `${place}, which a private repository has with GitHub Enterprise only; else see docs/kernel-control.md`,
    );
  return hasKernel
    ? missing(about, evidence, place)
    : warning(about, evidence, `${place}; before a kernel is connected`);
}

function pagesLine({ environments }: GitHubFacts): Said {
  const about = `environment ${PAGES_ENVIRONMENT}`;
  if (!environments.ok) return unasked(about, environments.error);
  if (environments.value === 'unknown') return unseen(about, 'actions: read');
  return environments.value.some(({ name }) => name === PAGES_ENVIRONMENT)
    ? fine(about, 'is there')
    : fine(about, 'there is none, which only the site of the report needs');
}
