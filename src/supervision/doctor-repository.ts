// What `warden doctor` says of a repository at GitHub: which it is, who writes there, and what protects it.

import { type BranchRules, WORKFLOW_LOGIN } from '../domain/github.ts';
import type { DoctorLine, GitHubFacts, LocalFacts } from './doctor-facts.ts';
import { AS_ADMIN, fine, missing, type Said, unasked, unseen, warning } from './doctor-line.ts';
import { hasApp, KERNEL_WORKFLOW } from './doctor-workflows.ts';

/** Returns one line per thing that was checked. */
export function repositoryLines(gitHub: GitHubFacts, local: LocalFacts): readonly DoctorLine[] {
  const lines = [
    repositoryLine(gitHub, local),
    identityLine(gitHub),
    permissionsLine(gitHub),
    protectionLine(gitHub),
  ];
  return lines.map((line) => ({ group: 'repository', ...line }));
}

function repositoryLine({ repository }: GitHubFacts, { workflows }: LocalFacts): Said {
  const about = 'repository';
  if (!repository.ok) return unasked(about, repository.error);
  const { fullName, isPrivate, defaultBranch } = repository.value;
  const what = `${fullName}, ${isPrivate ? 'private' : 'public'}, default branch ${defaultBranch}`;
  if (isPrivate || !workflows.some(({ path }) => path === KERNEL_WORKFLOW)) return fine(about, what);
  return warning(
    about,
    `${what}; a pull request of a stranger may run on a runner of your own`,
    `make it private in Settings, General, or delete ${KERNEL_WORKFLOW} and connect no runner`,
  );
}

function identityLine({ identity, secrets, refused }: GitHubFacts): Said {
  const about = 'identity';
  if (refused !== null) return missing(about, refused, 'mend what it names, then ask again');
  if (!identity.ok) return unasked(about, identity.error);
  const { login, role, app } = identity.value;
  if (app !== null) return fine(about, `Warden writes as ${login}, the app`);
  if (role === null) return fine(about, `Warden writes as ${login}, by a token`);
  const isKnown = secrets.ok && secrets.value !== 'unknown';
  const writer = isKnown ? `; jobs write as ${hasApp(secrets) ? 'the app' : WORKFLOW_LOGIN}` : '';
  return fine(about, `asked as ${login}, whose role is ${role}${writer}`);
}

/** GitHub says of the app what it was granted; of a token it only shows by reading. Nothing is written to find out. */
function permissionsLine({ identity, probes }: GitHubFacts): Said {
  const about = 'permissions';
  if (!identity.ok) return unasked(about, identity.error);
  const { app, role } = identity.value;
  if (app?.problems.length === 0) return fine(about, `the app has all it needs: ${app.granted.join(', ')}`);
  if (app !== null) {
    const nextStep =
      'grant it on the page of the app, then accept it where the app is installed (docs/deploy.md)';
    return missing(about, app.problems.join('; '), nextStep);
  }
  const namesOf = (wanted: GitHubFacts['probes'][number]['outcome']): string =>
    probes.flatMap(({ outcome, permission }) => (outcome === wanted ? [permission] : [])).join(', ');
  const [lacking, open] = [namesOf('may_not'), namesOf('unknown')];
  if (lacking !== '') {
    const evidence = `the token may not read ${lacking}`;
    // A person's token says nothing about what jobs may.
    return role === null
      ? missing(about, evidence, 'name them below permissions of the job, or give them to the token')
      : unasked(about, evidence, 'give them to the token');
  }
  if (open !== '') return unasked(about, `GitHub did not answer about ${open}`);
  return fine(about, `the token reads ${namesOf('may')}; whether it may write shows when it does`);
}

const REQUIRED_CHECKS = ['warden/config', 'warden/proposal'] as const;

function protectionLine({ defaultRules, repository }: GitHubFacts): Said {
  const about = 'branch protection';
  if (!defaultRules.ok) return unasked(about, defaultRules.error);
  if (defaultRules.value === 'unknown') return unseen(about, 'metadata: read');
  const branch = repository.ok ? repository.value.defaultBranch : 'the default branch';
  const lacking = lackingProtection(defaultRules.value);
  if (lacking.length === 0)
    return fine(about, `${branch} takes pull requests only, with approval, code owners and both checks`);
  const evidence = `${branch} does not ask for ${lacking.join(', ')}`;
  if (!defaultRules.value.isWhole) {
    const why = `${evidence} by its rulesets; whether an older protection does takes administration: read`;
    return unasked(about, why, AS_ADMIN);
  }
  return missing(
    about,
    evidence,
    `Settings, Rules, New branch ruleset for ${branch} (docs/deploy.md); in a private repository that takes GitHub Pro or Team`,
  );
}

function lackingProtection(rules: BranchRules): readonly string[] {
  const checks = REQUIRED_CHECKS.filter((name) => !rules.requiredChecks.includes(name));
  return [
    ...(rules.needsPullRequest && rules.approvals > 0 ? [] : ['a pull request with an approval']),
    ...(rules.needsCodeOwners ? [] : ['review from code owners']),
    ...checks.map((name) => `the check ${name}`),
  ];
}
