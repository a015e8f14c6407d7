// What the doctor makes of facts: each thing alone, what could not be asked, and which missing thing comes first.

import { describe, expect, it } from 'vitest';
import { err, ok } from '../../src/domain/result.ts';
import { diagnose } from '../../src/supervision/doctor.ts';
import type { DoctorFacts, DoctorLine, LocalFacts } from '../../src/supervision/doctor-facts.ts';
import { anAck, aSummary } from '../domain/record-builders.ts';
import { facts, GOOD_RULES, OPEN_RULES, workflow } from './doctor-facts.ts';

/** The lines that are not as they are where everything is well. */
function remarks(changed: DoctorFacts): readonly DoctorLine[] {
  const well = new Set(diagnose(facts()).lines.map((line) => JSON.stringify(line)));
  return diagnose(changed).lines.filter((line) => !well.has(JSON.stringify(line)));
}

/** The one line that changed, as `status about`. */
function only(changed: DoctorFacts): string {
  const lines = remarks(changed).map(({ status, about }) => `${status} ${about}`);
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

function local(change: Partial<LocalFacts>): DoctorFacts {
  return facts({ local: change });
}

const PUBLIC = { fullName: 'a/b', defaultBranch: 'main', isPrivate: false, url: 'https://github.com/a/b' };

function approval(changed: DoctorFacts): DoctorLine | undefined {
  return remarks(changed).find(({ about }) => about === 'environment pink');
}

function gitHub(change: Partial<DoctorFacts['gitHub']>): DoctorFacts {
  return facts({ gitHub: change });
}

describe('the doctor', () => {
  it('finds nothing missing where everything is well, and asks for nothing', () => {
    const { lines, counts, first } = diagnose(facts());

    expect(counts).toEqual({ ok: lines.length, missing: 0, warning: 0, unknown: 0 });
    expect(first).toBeNull();
    expect(lines.filter(({ nextStep }) => nextStep !== null)).toEqual([]);
  });

  it('names first what is mended first: the machine before the repository, that before its state', () => {
    const broken = facts({
      local: { build: 'absent' },
      gitHub: { defaultRules: ok(OPEN_RULES), stateHead: ok(null) },
    });

    expect(diagnose(broken).counts.missing).toBe(3);
    expect(diagnose(broken).first?.about).toBe('dist');
  });

  it.each([
    ['2.25.1', 'missing'],
    ['2.34.8', 'missing'],
    ['2.35.0', 'ok'],
    ['2.39.5 (Apple Git-154)', 'ok'],
    ['3.0.0', 'ok'],
  ])('says of git %s that it is %s', (version, status) => {
    const { lines } = diagnose(facts({ local: { git: ok(version) } }));

    expect(lines.find(({ about }) => about === 'git')?.status).toBe(status);
  });

  it('gives each missing thing and each warning a next step', () => {
    const nothing = err('GitHub did not answer');
    const bare = facts({
      local: {
        nodeVersion: 'v18.0.0',
        git: err('git cannot be run'),
        build: 'stale',
        codeowners: null,
        workflows: [],
        mail: err('SMTP_URL is not set'),
        stateFolder: { dir: 'state/data', kind: 'foreign', branch: 'main' },
      },
      gitHub: { defaultRules: ok(OPEN_RULES), workflows: ok([]), secrets: ok([]), environments: ok([]) },
      kernel: nothing,
    });
    const without = diagnose(bare).lines.filter(
      ({ status, nextStep }) => (status === 'missing' || status === 'warning') && nextStep === null,
    );

    expect(without).toEqual([]);
    expect(diagnose(bare).counts.missing).toBeGreaterThan(8);
  });
});

describe('on this machine', () => {
  it('a configuration is shown with its first problems, and how many more there are', () => {
    const problems = ['a', 'b', 'c', 'd', 'e'].map((key) => `config/warden.yaml:1:1 ${key}`);
    const [line] = remarks(local({ config: [{ file: 'config/warden.yaml', problems }] }));

    expect(line).toMatchObject({ status: 'missing', about: 'config/warden.yaml' });
    expect(line?.evidence).toMatch(/1:1 c; and 2 more$/);
  });

  it('an exchange that ccxt does not know is missing, and nobody guesses of a broken configuration', () => {
    const unknown = ['"okz" is no exchange id of ccxt; did you mean "okx"?'];

    expect(only(local({ exchanges: { known: [], unknown } }))).toBe('missing exchanges');
    expect(remarks(local({ wanted: null, exchanges: { known: [], unknown: [] } }))[0]).toMatchObject({
      status: 'unknown',
      about: 'exchanges',
    });
  });

  it.each([
    ['an owner of everything', '* @ada\n', null],
    ['one by one', '/config/*.yaml @ada\n', null],
    ['taken back for the kill list', '/config/ @ada\n/config/kill-list.yaml\n', 'config/kill-list.yaml'],
    ['of something else', '/src/ @ada\n', 'config/warden.yaml, config/agents.yaml, config/kill-list.yaml'],
  ])('CODEOWNERS with %s', (_what, text, unowned) => {
    const found = remarks(local({ codeowners: { file: 'CODEOWNERS', text } }));

    expect(found.map(({ evidence }) => evidence)).toEqual(
      unowned === null ? [] : [`CODEOWNERS gives ${unowned} no owner`],
    );
  });

  it('a needed workflow that is gone is missing, another one only told, and a changed schedule is drift', () => {
    const { workflows } = facts().local;
    const changed = workflows.flatMap((file) => {
      if (/train|pages/.test(file.path)) return [];
      return file.path.endsWith('reconcile.yml') ? [{ ...file, crons: ok(['5 * * * *']) }] : [file];
    });
    const found = remarks(local({ workflows: changed }));

    expect(found.map(({ status, about }) => `${status} ${about}`)).toEqual([
      'warning .github/workflows/pages.yml',
      'warning .github/workflows/reconcile.yml',
      'missing .github/workflows/train.yml',
    ]);
    expect(found[1]?.evidence).toBe('its schedule is 5 * * * *, shipped is 13,43 * * * *');
  });

  it('a state folder may be plain, ours, or not there yet, and nobody else’s', () => {
    const of = (kind: LocalFacts['stateFolder']['kind'], branch: string | null) =>
      remarks(local({ stateFolder: { dir: 'state/data', kind, branch } })).map(({ status }) => status);

    expect(of('absent', null)).toEqual(['ok']);
    expect(of('clone', 'warden-state')).toEqual(['ok']);
    expect(of('foreign', 'main')).toEqual(['missing']);
  });
});

describe('at the repository', () => {
  it('a public one with the kernel workflow is warned of, without it not', () => {
    expect(only(gitHub({ repository: ok(PUBLIC) }))).toBe('warning repository');
    const workflows = facts().local.workflows.filter(({ path }) => !path.endsWith('kernel.yml'));
    const without = facts({ local: { workflows }, gitHub: { repository: ok(PUBLIC) } });

    expect(remarks(without).find(({ about }) => about === 'repository')?.status).toBe('ok');
  });

  it('a key that GitHub refuses is missing, and what it would have shown is unknown', () => {
    const why = err('GitHub refused WARDEN_APP_PRIVATE_KEY');
    const found = remarks(gitHub({ refused: why.error, identity: why, repository: why, defaultRules: why }));

    expect(found.map(({ status }) => status)).toEqual(['unknown', 'missing', 'unknown', 'unknown']);
  });

  it('permissions that the app lacks are named', () => {
    const problems = ['the app "warden" needs the permission checks: write and has none'];
    const app = { granted: [], problems };
    const [line] = remarks(gitHub({ identity: ok({ login: 'warden[bot]', role: null, app }) }));

    expect(line).toMatchObject({ status: 'missing', about: 'permissions', evidence: problems[0] });
  });

  it.each([
    ['github-actions[bot]', null, 'missing'],
    ['ada', 'admin', 'unknown'],
  ] as const)('what a token of %s (role %s) may not read is %s', (login, role, status) => {
    const changed = gitHub({
      identity: ok({ login, role, app: null }),
      probes: [
        { permission: 'checks', outcome: 'may' },
        { permission: 'issues', outcome: 'may_not' },
      ],
    });
    const line = remarks(changed).find(({ about }) => about === 'permissions');

    expect(line).toMatchObject({ status, evidence: 'the token may not read issues' });
  });

  it('says of a person as whom jobs write', () => {
    const identity = ok({ login: 'ada', role: 'admin' as const, app: null });
    const evidence = (secrets: DoctorFacts['gitHub']['secrets']) =>
      remarks(gitHub({ identity, secrets })).find(({ about }) => about === 'identity')?.evidence;

    expect(evidence(ok(['WARDEN_APP_ID', 'WARDEN_APP_PRIVATE_KEY']))).toMatch(/jobs write as the app$/);
    expect(evidence(ok([]))).toMatch(/jobs write as github-actions\[bot\]$/);
    expect(evidence(ok('unknown'))).toBe('asked as ada, whose role is admin');
  });

  it('a default branch that asks for less is missing, with each thing it does not ask for', () => {
    const rules = { ...GOOD_RULES, needsCodeOwners: false, requiredChecks: ['warden/config'] };
    const [line] = remarks(gitHub({ defaultRules: ok(rules) }));

    expect(line).toMatchObject({
      status: 'missing',
      evidence: 'main does not ask for review from code owners, the check warden/proposal',
    });
  });

  it('rules that the token sees only in part are enough where they are, and else unknown', () => {
    expect(diagnose(gitHub({ defaultRules: ok({ ...GOOD_RULES, isWhole: false }) })).counts.unknown).toBe(0);
    expect(only(gitHub({ defaultRules: ok({ ...OPEN_RULES, isWhole: false }) }))).toBe(
      'unknown branch protection',
    );
  });
});

describe('for its workflows', () => {
  it('a needed one that is off is missing, with how it is turned on; another one is only named', () => {
    const on = facts().gitHub.workflows;
    const changed = (on.ok ? on.value : []).map((each) =>
      /train|pages/.test(each.path) ? workflow(each.path, 'disabled_inactivity') : each,
    );
    const [line] = remarks(gitHub({ workflows: ok(changed) }));
    const optional = changed.map(({ path, state }) =>
      workflow(path, path.endsWith('train.yml') ? 'active' : state),
    );

    expect(line).toMatchObject({ status: 'missing', about: 'workflows on' });
    expect(line?.evidence).toContain('train.yml is off by GitHub, for want of activity: no model is trained');
    expect(line?.nextStep).toMatch(/^gh workflow enable train\.yml/);
    expect(remarks(gitHub({ workflows: ok(optional) }))[0]?.evidence).toMatch(/; off: pages\.yml$/);
  });

  it('GitHub may not know a workflow that is not on the default branch, and each that is needed is named', () => {
    const train = workflow('.github/workflows/train.yml', 'disabled_manually');
    const [line] = remarks(gitHub({ workflows: ok([train]) }));

    expect(line?.nextStep).toBe(
      'gh workflow enable train.yml; or Actions, train.yml, Enable workflow; ' +
        'push .github/workflows/ingest.yml, .github/workflows/reconcile.yml, .github/workflows/supervise.yml to the default branch',
    );
  });

  it.each([
    [
      'no secret at all',
      [],
      [
        'warning secrets of the app',
        'missing pull requests by jobs',
        'warning secrets of mail',
        'warning secrets of equities',
      ],
    ],
    [
      'half of the mail',
      ['WARDEN_APP_ID', 'WARDEN_APP_PRIVATE_KEY', 'APCA_API_KEY_ID', 'APCA_API_SECRET_KEY', 'SMTP_URL'],
      ['missing secrets of mail'],
    ],
  ])('%s', (_what, names, expected) => {
    const found = remarks(
      gitHub({
        secrets: ok(names),
        identity: ok({ login: 'github-actions[bot]', role: null, app: null }),
      }),
    );

    expect(
      found.map(({ status, about }) => `${status} ${about}`).filter((each) => /secrets|jobs/.test(each)),
    ).toEqual(expected);
  });

  it('what the configuration does not want needs no secrets', () => {
    const wanted = { stateBranch: 'warden-state', mail: false, equities: false, pullRequests: false };

    expect(diagnose(facts({ local: { wanted }, gitHub: { secrets: ok([]) } })).counts).toMatchObject({
      missing: 0,
      warning: 1,
    });
  });

  it('what the token may not see is unknown, with the permission that would show it', () => {
    const hidden = gitHub({
      identity: ok({ login: 'github-actions[bot]', role: null, app: null }),
      secrets: ok('unknown'),
      mayActionsOpenPulls: ok('unknown'),
      environments: ok('unknown'),
    });
    const unknown = remarks(hidden).filter(({ status }) => status === 'unknown');

    expect(diagnose(hidden).counts.missing).toBe(0);
    expect(unknown.map(({ about, evidence }) => `${about}: ${evidence.split('takes ')[1]}`)).toEqual([
      'secrets of the app: secrets: read',
      'pull requests by jobs: administration: read',
      'secrets of mail: secrets: read',
      'secrets of equities: secrets: read',
      'environment pink: actions: read',
      'environment github-pages: actions: read',
    ]);
  });

  it('the approval of the kernel is missing once there is a kernel, and before that a warning', () => {
    const kernel = ok({ summary: aSummary({ next_due_at: '2026-11-21T10:05:00.000Z' }), lastAck: null });
    const nobody = { repository: ok(PUBLIC), environments: ok([{ name: 'pink', needsApproval: false }]) };

    expect(approval(facts({ gitHub: nobody }))?.status).toBe('warning');
    expect(approval(facts({ gitHub: nobody, kernel }))?.status).toBe('missing');
  });

  it('the approval of the kernel is a warning where a private repository may not be able to have it', () => {
    const kernel = ok({ summary: aSummary({ next_due_at: '2026-11-21T10:05:00.000Z' }), lastAck: null });
    const line = approval(facts({ gitHub: { environments: ok([]) }, kernel }));

    expect(line?.status).toBe('warning');
    expect(line?.nextStep).toContain('with GitHub Enterprise only');
  });
});

describe('of the state', () => {
  it('a branch that is not there yet is made by the first run', () => {
    const [line] = remarks(gitHub({ stateHead: ok(null) }));

    expect(line?.status).toBe('missing');
    expect(line?.nextStep).toContain('gh workflow run reconcile.yml -f dry_run=false');
    const before = gitHub({ stateHead: ok(null), stateRules: ok({ ...OPEN_RULES, isWhole: false }) });
    expect(diagnose(before).counts).toMatchObject({ missing: 1, unknown: 0 });
  });

  it('a protected branch is missing, since jobs push to it', () => {
    const rules = { ...OPEN_RULES, needsPullRequest: true, refusesPushes: ['required_signatures'] };
    const [line] = remarks(gitHub({ stateRules: ok(rules) }));

    expect(line).toMatchObject({
      status: 'missing',
      evidence: 'warden-state is protected by pull_request, required_signatures',
    });
  });

  it('a kernel that is due is silent, whatever it said last', () => {
    const summary = aSummary({ next_due_at: '2026-11-21T09:59:59.999Z' });
    const [line] = remarks(facts({ kernel: ok({ summary, lastAck: null }) }));

    expect(line).toMatchObject({ status: 'missing', about: 'kernel' });
    expect(line?.evidence).toMatch(/is silent since .*; it has acknowledged nothing yet$/);
  });

  it('a kernel that stopped is warned of with its reason, and one that trades is well', () => {
    const due = { next_due_at: '2026-11-21T10:00:00.000Z' };
    const halted = aSummary({ ...due, trading_state: 'halted', trading_state_reason: 'residual' });
    const active = aSummary({ ...due, trading_state: 'active', trading_state_reason: null });
    const lastAck = anAck();

    expect(remarks(facts({ kernel: ok({ summary: halted, lastAck }) }))[0]).toMatchObject({
      status: 'warning',
      evidence: expect.stringMatching(/is halted since .*: residual; it last acknowledged /),
    });
    expect(remarks(facts({ kernel: ok({ summary: active, lastAck }) }))[0]?.status).toBe('ok');
  });
});

describe('what is said of a repository', () => {
  it.each([
    ['SMTP_URL is not set, although the rest is', ['MAIL_FROM', 'META_EMAIL_TO']],
    ['SMTP_URL, META_EMAIL_TO are not set, although the rest is', ['MAIL_FROM']],
  ])('names the secrets that are missing beside others: %s', (evidence, set) => {
    expect(diagnose(gitHub({ secrets: ok(set) })).lines.map((line) => line.evidence)).toContain(evidence);
  });

  it('leaves open whether an older protection holds up pushes to a branch that is there', () => {
    const seen = gitHub({ stateRules: ok({ ...OPEN_RULES, isWhole: false }) });

    expect(only(seen)).toMatch(/^unknown /);
    expect(remarks(seen)[0]?.evidence).toContain('whether an older protection does');
  });

  it('repeats why it is not known whether jobs may open pull requests', () => {
    const identity = ok({ login: 'github-actions[bot]', role: null, app: null });
    const asked = gitHub({ identity, secrets: ok([]), mayActionsOpenPulls: err('GitHub did not answer') });

    expect(remarks(asked)).toContainEqual(
      expect.objectContaining({
        about: 'pull requests by jobs',
        status: 'unknown',
        evidence: 'GitHub did not answer',
      }),
    );
  });

  it('asks for no approval of a kernel that no workflow steers', () => {
    const seen = gitHub({
      workflows: ok([workflow('.github/workflows/reconcile.yml')]),
      environments: err('GitHub did not answer'),
    });

    expect(diagnose(seen).lines).toContainEqual(
      expect.objectContaining({ about: 'environment pink', evidence: 'there is no kernel workflow' }),
    );
  });
});
