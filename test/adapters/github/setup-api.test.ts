// What is read of a repository's set-up, by whom, and that nothing hidden is taken for missing.

import { describe, expect, it } from 'vitest';
import { type Fault, serverError } from '../../../src/adapters/github/local/faults.ts';
import { octokitSetup } from '../../../src/adapters/github/setup-api.ts';
import { type Hub, REPO, startHub } from './local/hub.ts';

const NOT_IN_PLAN: Fault = {
  response: {
    status: 403,
    headers: { 'content-type': 'application/json' },
    body: {
      message: 'Upgrade to GitHub Pro or make this repository public to enable this feature.',
      documentation_url: 'https://docs.github.com/rest',
      status: '403',
    },
  },
  afterApplying: false,
  wait: null,
};

function asAdmin(hub: Hub) {
  hub.github.world.setPermission(REPO, 'grace', 'admin');
  return octokitSetup({ octokit: hub.person('grace'), fullName: REPO });
}

function asWorkflow(hub: Hub) {
  const token = hub.github.world.actionsToken(REPO, { actions: 'write', contents: 'write', issues: 'write' });
  return octokitSetup({ octokit: hub.as(token), fullName: REPO });
}

describe('the set-up of a repository, to an admin', () => {
  it('is bare where nobody has chosen anything', async () => {
    const setup = asAdmin(await startHub());

    expect(await setup.secretNames()).toEqual([]);
    expect(await setup.environments()).toEqual([]);
    expect(await setup.mayActionsOpenPulls()).toBe(false);
    expect(await setup.branchRules('main')).toEqual({
      needsPullRequest: false,
      approvals: 0,
      needsCodeOwners: false,
      requiredChecks: [],
      refusesPushes: [],
      isWhole: true,
    });
  });

  it('names every secret, on however many pages, with those the organisation lends', async () => {
    const hub = await startHub();
    const { setup } = hub.github.world.repository(REPO);
    for (let at = 0; at < 130; at += 1) setup.secrets.add(`S${String(at).padStart(3, '0')}`);
    setup.lentSecrets.add('SMTP_URL').add('S000');
    const names = await asAdmin(hub).secretNames();

    expect(names).toHaveLength(131);
    expect(names).toContain('SMTP_URL');
  });

  it('joins rulesets and protection in the older way to what both together ask', async () => {
    const hub = await startHub();
    const { setup } = hub.github.world.repository(REPO);
    const parameters = {
      required_approving_review_count: 1,
      require_code_owner_review: true,
      dismiss_stale_reviews_on_push: true,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
    };
    setup.rules.push(
      { branch: 'main', type: 'pull_request', parameters },
      { branch: 'main', type: 'non_fast_forward' },
      { branch: 'main', type: 'required_signatures' },
      { branch: 'other', type: 'update' },
    );
    const reviews = { approvals: 2, codeOwners: false };
    setup.protection.set('main', { reviews, checks: ['warden/config'], isLocked: false });

    expect(await asAdmin(hub).branchRules('main')).toEqual({
      needsPullRequest: true,
      approvals: 2,
      needsCodeOwners: true,
      requiredChecks: ['warden/config'],
      refusesPushes: ['required_signatures', 'required_status_checks'],
      isWhole: true,
    });
  });

  it('takes the checks that a ruleset requires', async () => {
    const hub = await startHub();
    hub.github.world.repository(REPO).setup.rules.push({
      branch: 'main',
      type: 'required_status_checks',
      parameters: {
        required_status_checks: [{ context: 'warden/proposal' }],
        strict_required_status_checks_policy: false,
      },
    });

    expect(await asAdmin(hub).branchRules('main')).toMatchObject({
      needsPullRequest: false,
      requiredChecks: ['warden/proposal'],
      refusesPushes: ['required_status_checks'],
    });
  });

  it('has rules for a branch before there is one, which need not be all of them', async () => {
    const hub = await startHub();
    hub.github.world.repository(REPO).setup.rules.push({ branch: 'warden-state', type: 'creation' });

    expect(await asAdmin(hub).branchRules('warden-state')).toMatchObject({
      refusesPushes: ['creation'],
      isWhole: false,
    });
  });

  it('tells environments that wait for somebody from those that do not', async () => {
    const hub = await startHub();
    const { setup } = hub.github.world.repository(REPO);
    setup.environments.set('pink', ['ada']).set('github-pages', []);
    setup.mayActionsOpenPulls = true;

    expect(await asAdmin(hub).environments()).toEqual([
      { name: 'pink', needsApproval: true },
      { name: 'github-pages', needsApproval: false },
    ]);
    expect(await asAdmin(hub).mayActionsOpenPulls()).toBe(true);
  });

  it('has no rules where the plan of a private repository knows none', async () => {
    const hub = await startHub();
    hub.github.faults.plan({ path: /\/rules\//, fault: NOT_IN_PLAN });

    expect(await asAdmin(hub).branchRules('main')).toMatchObject({ needsPullRequest: false, isWhole: true });
  });
});

describe('the set-up of a repository, to the token of a workflow', () => {
  it('is unknown where admins only may look', async () => {
    const setup = asWorkflow(await startHub());

    expect(await setup.secretNames()).toBe('unknown');
    expect(await setup.mayActionsOpenPulls()).toBe('unknown');
    expect(await setup.environments()).toEqual([]);
  });

  it('has rulesets, and says that an older protection may ask for more', async () => {
    const hub = await startHub();
    const { setup } = hub.github.world.repository(REPO);
    setup.rules.push({ branch: 'main', type: 'update' });
    setup.protection.set('main', { reviews: null, checks: [], isLocked: true });

    expect(await asWorkflow(hub).branchRules('main')).toMatchObject({
      refusesPushes: ['update'],
      isWhole: false,
    });
  });

  it('is whole where the branch is not protected in the older way', async () => {
    expect(await asWorkflow(await startHub()).branchRules('main')).toMatchObject({ isWhole: true });
  });
});

it('a GitHub that has a fault is no repository without a set-up', async () => {
  const hub = await startHub();
  hub.github.faults.plan({ path: /secrets/, fault: serverError() });

  await expect(asAdmin(hub).secretNames()).rejects.toMatchObject({ kind: 'unavailable' });
});
