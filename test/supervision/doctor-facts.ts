// Facts for the doctor's tests: a machine and a repository with which everything is well, and what a test changes of them.

import type { BranchRules, Workflow } from '../../src/domain/github.ts';
import { ok } from '../../src/domain/result.ts';
import type { DoctorFacts, GitHubFacts, LocalFacts } from '../../src/supervision/doctor-facts.ts';
import { SHIPPED_WORKFLOWS } from '../../src/supervision/shipped-workflows.ts';

/** 2026-11-21T10:00:00Z. */
export const NOW_MS = Date.UTC(2026, 10, 21, 10);

export const OPEN_RULES: BranchRules = {
  needsPullRequest: false,
  approvals: 0,
  needsCodeOwners: false,
  requiredChecks: [],
  refusesPushes: [],
  isWhole: true,
};

export const GOOD_RULES: BranchRules = {
  ...OPEN_RULES,
  needsPullRequest: true,
  approvals: 1,
  needsCodeOwners: true,
  requiredChecks: ['warden/config', 'warden/proposal'],
};

export function workflow(path: string, state: Workflow['state'] = 'active'): Workflow {
  return { id: path.length, path, state, changedAt: '2026-11-01T00:00:00.000Z' };
}

const LOCAL: LocalFacts = {
  nodeVersion: 'v22.12.0',
  git: ok('2.47.1'),
  build: 'built',
  config: ['warden.yaml', 'agents.yaml', 'kill-list.yaml'].map((name) => ({
    file: `config/${name}`,
    problems: [],
  })),
  wanted: { stateBranch: 'warden-state', mail: true, equities: true, pullRequests: true },
  exchanges: { known: ['okx'], unknown: [] },
  mail: ok(null),
  codeowners: { file: '.github/CODEOWNERS', text: '/config/ @ada\n' },
  workflows: SHIPPED_WORKFLOWS.map(({ path, crons }) => ({ path, crons: ok(crons) })),
  stateFolder: { dir: 'state/data', kind: 'plain', branch: null },
};

const GITHUB: GitHubFacts = {
  refused: null,
  identity: ok({
    login: 'warden[bot]',
    role: null,
    app: { granted: ['checks: write', 'contents: write'], problems: [] },
  }),
  repository: ok({
    fullName: 'acme/desk',
    defaultBranch: 'main',
    isPrivate: true,
    url: 'https://github.com/acme/desk',
  }),
  probes: [],
  defaultRules: ok(GOOD_RULES),
  stateHead: ok('d'.repeat(40)),
  stateRules: ok(OPEN_RULES),
  workflows: ok(SHIPPED_WORKFLOWS.map(({ path }) => workflow(path))),
  secrets: ok([
    'APCA_API_KEY_ID',
    'APCA_API_SECRET_KEY',
    'MAIL_FROM',
    'META_EMAIL_TO',
    'SMTP_URL',
    'WARDEN_APP_ID',
    'WARDEN_APP_PRIVATE_KEY',
  ]),
  mayActionsOpenPulls: ok(false),
  environments: ok([{ name: 'pink', needsApproval: true }]),
};

interface Changes {
  readonly local?: Partial<LocalFacts>;
  readonly gitHub?: Partial<GitHubFacts>;
  readonly kernel?: DoctorFacts['kernel'];
}

/** Returns facts with which everything is well but for the changes. */
export function facts({ local, gitHub, kernel }: Changes = {}): DoctorFacts {
  return {
    nowMs: NOW_MS,
    local: { ...LOCAL, ...local },
    gitHub: { ...GITHUB, ...gitHub },
    kernel: kernel ?? ok({ summary: null, lastAck: null }),
  };
}
