// What `warden doctor` says of this machine and of the checkout on it.

import { CODEOWNERS_FILES, ownersOf } from './codeowners.ts';
import type { DoctorLine, LocalFacts } from './doctor-facts.ts';
import { fine, missing, type Said, unasked, warning } from './doctor-line.ts';
import { SHIPPED_WORKFLOWS } from './shipped-workflows.ts';

/** Returns one line per thing that was checked, in the order in which they are mended. */
export function machineLines(local: LocalFacts): readonly DoctorLine[] {
  const lines = [
    nodeLine(local),
    gitLine(local),
    buildLine(local),
    ...local.config.map(configLine),
    exchangesLine(local),
    mailLine(local),
    codeownersLine(local),
    ...workflowFileLines(local),
    stateFolderLine(local),
  ];
  return lines.map((line) => ({ group: 'this machine', ...line }));
}

/** What package.json asks for: 20.19 or a later 20, or 22.12 or later. */
function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

function nodeLine({ nodeVersion }: LocalFacts): Said {
  return isSupportedNode(nodeVersion)
    ? fine('Node', nodeVersion)
    : missing('Node', nodeVersion, 'install Node 22.12 or later, or 20.19 or a later 20');
}

/** From 2.35 on a clone can be told in one command to hold some folders only, as `run` does. */
function isSupportedGit(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 35);
}

function gitLine({ git }: LocalFacts): Said {
  if (!git.ok) return missing('git', git.error, 'install git and put it on the path');
  return isSupportedGit(git.value)
    ? fine('git', git.value)
    : missing('git', git.value, 'install git 2.35 or later, which runs need');
}

function buildLine({ build }: LocalFacts): Said {
  if (build === 'absent') return missing('dist', 'there is no dist/cli.js', 'npm ci');
  return build === 'stale' ? warning('dist', 'is older than src', 'npm run build') : fine('dist', 'is built');
}

const PROBLEMS_SHOWN_MAX = 3;

function configLine({ file, problems }: LocalFacts['config'][number]): Said {
  if (problems.length === 0) return fine(file, 'is valid');
  const more = problems.length - PROBLEMS_SHOWN_MAX;
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).join('; ');
  const nextStep = `mend ${file}; what each key means stands beside it in the file that Warden ships`;
  return missing(file, more > 0 ? `${shown}; and ${more} more` : shown, nextStep);
}

function exchangesLine({ exchanges: { known, unknown }, wanted }: LocalFacts): Said {
  const about = 'exchanges';
  if (wanted === null) return unasked(about, 'the configuration is broken');
  if (unknown.length > 0) {
    const nextStep = 'mend prices.spot.exchanges and prices.perp.exchanges in config/warden.yaml';
    return missing(about, unknown.join('; '), nextStep);
  }
  return fine(about, known.length === 0 ? 'none is configured' : `ccxt knows ${known.join(', ')}`);
}

/** Nobody sees the values of secrets, so their form is checked only where they are in the environment. */
function mailLine({ mail }: LocalFacts): Said {
  const about = 'mail settings';
  if (!mail.ok)
    return missing(
      about,
      mail.error,
      'mend the variable here, and the secret of the same name (docs/mail.md)',
    );
  if (mail.value === null) return fine(about, 'none in this environment; workflows take them from secrets');
  const { to } = mail.value;
  return fine(about, `complete in this environment, for ${to} ${to === 1 ? 'address' : 'addresses'}`);
}

const OWNED_FILES = ['config/warden.yaml', 'config/agents.yaml', 'config/kill-list.yaml'] as const;

function codeownersLine({ codeowners }: LocalFacts): Said {
  const about = 'CODEOWNERS';
  const nextStep = 'add the line "/config/ @you" to .github/CODEOWNERS, with the login of whoever decides';
  if (codeowners === null) return missing(about, `there is none of ${CODEOWNERS_FILES.join(', ')}`, nextStep);
  const { file, text } = codeowners;
  const unowned = OWNED_FILES.filter((path) => ownersOf(text, path).length === 0);
  if (unowned.length > 0) return missing(about, `${file} gives ${unowned.join(', ')} no owner`, nextStep);
  const owners = new Set(OWNED_FILES.flatMap((path) => ownersOf(text, path)));
  return fine(about, `config/ belongs to ${[...owners].map((owner) => `@${owner}`).join(', ')}`);
}

/** One line where all is as shipped, else one per workflow that is not. */
function workflowFileLines({ workflows }: LocalFacts): readonly Said[] {
  const lines = SHIPPED_WORKFLOWS.flatMap(({ path, crons, isNeeded, without }): Said[] => {
    const file = workflows.find((each) => each.path === path);
    if (file === undefined) {
      const evidence = `there is no such file: ${without}`;
      const nextStep = `git remote update template; git checkout template/main -- ${path} (docs/setup.md)`;
      return [
        isNeeded ? missing(path, evidence, nextStep) : warning(path, evidence, `leave it so, or ${nextStep}`),
      ];
    }
    if (!file.crons.ok) return [missing(path, file.crons.error, `mend ${path}`)];
    const [found, shipped] = [schedule(file.crons.value), schedule(crons)];
    if (found === shipped) return [];
    const evidence = `its schedule is ${found}, shipped is ${shipped}`;
    return [warning(path, evidence, 'leave it so where that is wanted: the watchdog goes by the file')];
  });
  if (lines.length > 0) return lines;
  return [fine('workflow files', `${SHIPPED_WORKFLOWS.length} of them, with the schedules that are shipped`)];
}

function schedule(crons: readonly string[]): string {
  return crons.length === 0 ? 'none' : [...crons].sort().join(' and ');
}

function stateFolderLine({ stateFolder: { dir, kind, branch }, wanted }: LocalFacts): Said {
  const about = 'state folder';
  const of = wanted === null ? 'the state branch' : wanted.stateBranch;
  switch (kind) {
    case 'absent':
      return fine(about, `${dir} is made by the first run`);
    case 'plain':
      return fine(about, `${dir} is a folder of your own, which no run replaces or pushes`);
    case 'clone':
      return fine(about, `${dir} is a clone of ${of}`);
    case 'foreign':
      return missing(
        about,
        `${dir} is a checkout of ${branch ?? 'no branch'}, not of ${of}`,
        'name another folder with --state, or move this one away',
      );
  }
}
