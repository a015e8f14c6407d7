// Every operation and every webhook of the description is used once, so that none of them is only believed to fit.

import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { AT, type Hub, REPO, startHub } from '../local/hub.ts';
import { OPERATION_NAMES, observeStrictly, operationName, WEBHOOK_NAMES, webhookName } from './validator.ts';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function asApp({ github }: Hub): Promise<void> {
  const { id: appId, privateKey } = github.app;
  const auth = { appId, privateKey };
  const { rest } = new Octokit({ baseUrl: github.apiUrl, authStrategy: createAppAuth, auth, log: SILENT });
  await rest.apps.getAuthenticated();
  const { data: installations } = await rest.apps.listInstallations();
  const { data: installation } = await rest.apps.getRepoInstallation(AT);
  expect(installations.map(({ id }) => id)).toEqual([installation.id]);
  await rest.apps.getInstallation({ installation_id: installation.id });
  await rest.apps.createInstallationAccessToken({
    installation_id: installation.id,
    repositories: ['desk'],
    permissions: { contents: 'read' },
  });
  await rest.apps.getWebhookConfigForApp();
  const { data: deliveries } = await rest.apps.listWebhookDeliveries({ per_page: 1 });
  const delivery_id = Number(deliveries[0]?.id ?? expect.fail('nothing was delivered'));
  await rest.apps.getWebhookDelivery({ delivery_id });
  await rest.apps.redeliverWebhookDelivery({ delivery_id });
}

async function readRepository({ app, person }: Hub): Promise<void> {
  await app.rest.apps.listReposAccessibleToInstallation();
  await app.rest.rateLimit.get();
  await person('ada').rest.users.getAuthenticated();
  await app.rest.repos.get(AT);
  await app.rest.repos.getBranch({ ...AT, branch: 'main' });
  await app.rest.repos.listCommits({ ...AT, path: 'README.md' });
  await app.rest.repos.getCommit({ ...AT, ref: 'main' });
  await app.rest.repos.getContent({ ...AT, path: '' });
  await app.rest.repos.getContent({ ...AT, path: 'config' });
  await app.rest.repos.getContent({ ...AT, path: 'README.md' });
  await app.rest.repos.getCollaboratorPermissionLevel({ ...AT, username: 'ada' });
  await app.rest.users.getByUsername({ username: 'ada' });
  await app.rest.actions.createWorkflowDispatch({ ...AT, workflow_id: 'train.yml', ref: 'main' });
  await app.rest.repos.createDispatchEvent({ ...AT, event_type: 'train', client_payload: { dry_run: true } });
}

async function readSetup({ person, github }: Hub): Promise<void> {
  const { setup } = github.world.repository(REPO);
  const reviews = { approvals: 1, codeOwners: true };
  setup.secrets.add('SMTP_URL');
  setup.rules.push({ branch: 'main', type: 'update' });
  setup.protection.set('main', { reviews, checks: ['warden/config'], isLocked: false });
  setup.environments.set('pink', ['ada']);
  const { actions, repos } = person('acme').rest;
  await actions.listRepoSecrets(AT);
  await actions.listRepoOrganizationSecrets(AT);
  await actions.getGithubActionsDefaultWorkflowPermissionsRepository(AT);
  await repos.getBranchRules({ ...AT, branch: 'main' });
  await repos.getBranchProtection({ ...AT, branch: 'main' });
  await repos.getAllEnvironments(AT);
}

async function writeGit({ app }: Hub): Promise<void> {
  const { git, repos } = app.rest;
  const { data: ref } = await git.getRef({ ...AT, ref: 'heads/main' });
  const { data: commit } = await git.getCommit({ ...AT, commit_sha: ref.object.sha });
  const { data: blob } = await git.createBlob({ ...AT, content: 'text', encoding: 'utf-8' });
  await git.getBlob({ ...AT, file_sha: blob.sha });
  const { data: tree } = await git.createTree({
    ...AT,
    base_tree: commit.tree.sha,
    tree: [{ path: 'a.txt', mode: '100644', type: 'blob', sha: blob.sha }],
  });
  await git.getTree({ ...AT, tree_sha: tree.sha, recursive: '1' });
  const parents = [ref.object.sha];
  const { data: next } = await git.createCommit({ ...AT, message: 'Add', tree: tree.sha, parents });
  await git.createRef({ ...AT, ref: 'refs/heads/topic', sha: ref.object.sha });
  await git.updateRef({ ...AT, ref: 'heads/topic', sha: next.sha });
  await git.listMatchingRefs({ ...AT, ref: 'heads/to' });
  await repos.compareCommitsWithBasehead({ ...AT, basehead: 'main...topic' });
  const file = { ...AT, path: 'b.txt', branch: 'topic', message: 'Write' };
  const { data: written } = await repos.createOrUpdateFileContents({ ...file, content: 'eA==' });
  await repos.deleteFile({ ...file, sha: written.content?.sha ?? expect.fail('no file was written') });
  await git.createRef({ ...AT, ref: 'refs/heads/short-lived', sha: ref.object.sha });
  await git.deleteRef({ ...AT, ref: 'heads/short-lived' });
}

async function reviewPull({ app, person, github }: Hub): Promise<void> {
  const { pulls, issues } = app.rest;
  const head = { ...AT, title: 'Add', head: 'topic', base: 'main', body: 'why' };
  const { data: pull } = await pulls.create(head);
  const at = { ...AT, pull_number: pull.number };
  await pulls.list({
    ...AT,
    state: 'all',
    head: 'acme:topic',
    base: 'main',
    sort: 'updated',
    direction: 'desc',
  });
  await pulls.get(at);
  await pulls.update({ ...at, title: 'Add a file' });
  await pulls.update({ ...at, state: 'closed' });
  await pulls.update({ ...at, state: 'open' });
  await pulls.listFiles(at);
  await pulls.listCommits(at);
  await pulls.requestReviewers({ ...at, reviewers: ['ada'] });
  await pulls.listRequestedReviewers(at);
  await pulls.removeRequestedReviewers({ ...at, reviewers: ['ada'] });
  await person('ada').rest.pulls.createReview({ ...at, event: 'APPROVE', body: 'good' });
  await pulls.listReviews(at);
  await issues.addLabels({ ...AT, issue_number: pull.number, labels: ['auto'] });
  await issues.removeLabel({ ...AT, issue_number: pull.number, name: 'auto' });
  github.world.commitAs('ada', REPO, 'topic', { 'c.txt': 'c\n' }, 'Add more');
  await pulls.merge({ ...at, merge_method: 'squash' });
  await pulls.checkIfMerged(at);
}

async function talk({ app }: Hub): Promise<void> {
  const { issues, reactions } = app.rest;
  const { data: issue } = await issues.create({ ...AT, title: 'Title', body: 'Body', labels: ['warden'] });
  const at = { ...AT, issue_number: issue.number };
  await issues.listForRepo({ ...AT, state: 'all', labels: 'warden' });
  await issues.get(at);
  await issues.update({ ...at, body: 'Another body' });
  await issues.update({ ...at, state: 'closed', state_reason: 'completed' });
  await issues.update({ ...at, state: 'open' });
  const { data: comment } = await issues.createComment({ ...at, body: 'Comment' });
  await issues.listComments(at);
  await issues.getComment({ ...AT, comment_id: comment.id });
  await issues.updateComment({ ...AT, comment_id: comment.id, body: 'Edited' });
  await issues.createLabel({ ...AT, name: 'open', color: 'ffffff' });
  await issues.getLabel({ ...AT, name: 'open' });
  await issues.listLabelsForRepo(AT);
  await issues.addLabels({ ...at, labels: ['auto'] });
  await issues.setLabels({ ...at, labels: ['warden', 'auto'] });
  await issues.listLabelsOnIssue(at);
  await issues.removeLabel({ ...at, name: 'auto' });
  const { data: onIssue } = await reactions.createForIssue({ ...at, content: '+1' });
  await reactions.listForIssue(at);
  await reactions.deleteForIssue({ ...at, reaction_id: onIssue.id });
  const on = { ...AT, comment_id: comment.id };
  const { data: onComment } = await reactions.createForIssueComment({ ...on, content: 'eyes' });
  await reactions.listForIssueComment(on);
  await reactions.deleteForIssueComment({ ...on, reaction_id: onComment.id });
  await issues.deleteComment(on);
}

async function check({ app, github }: Hub): Promise<void> {
  const { checks, git } = app.rest;
  const { data: ref } = await git.getRef({ ...AT, ref: 'heads/main' });
  const output = { title: 'Title', summary: 'Summary' };
  const annotations = [
    {
      path: 'README.md',
      start_line: 1,
      end_line: 1,
      start_column: 1,
      end_column: 2,
      annotation_level: 'warning' as const,
      message: 'Message',
    },
  ];
  const { data: run } = await checks.create({
    ...AT,
    name: 'warden',
    head_sha: ref.object.sha,
    status: 'in_progress',
    external_id: 'x',
  });
  const at = { ...AT, check_run_id: run.id };
  await checks.update({ ...at, conclusion: 'neutral', output: { ...output, annotations } });
  await checks.get(at);
  await checks.listAnnotations(at);
  await checks.listForRef({ ...AT, ref: 'main', check_name: 'warden', filter: 'latest' });
  await checks.listSuitesForRef({ ...AT, ref: 'main' });
  await checks.rerequestRun(at);
  github.world.rerequestSuiteAs('ada', REPO, ref.object.sha);
}

async function act({ app, github }: Hub): Promise<void> {
  const { actions } = app.rest;
  const path = '.github/workflows/train.yml';
  github.world.commitAs('ada', REPO, 'main', { [path]: 'on: push\n' }, 'Add a workflow');
  github.world.addWorkflowRun(REPO, { path });
  await actions.listRepoWorkflows(AT);
  await actions.listWorkflowRuns({ ...AT, workflow_id: 'train.yml', event: 'schedule', per_page: 1 });
  await actions.enableWorkflow({ ...AT, workflow_id: 'train.yml' });
}

/** The tour compiles every schema there is. */
const TOUR_MS = 60_000;

describe('a tour through the local GitHub', () => {
  it(
    'uses every operation and every webhook',
    async () => {
      const used = new Set<string>();
      const strictly = observeStrictly();
      const hub = await startHub({
        observe: (exchange) => {
          strictly(exchange);
          if (exchange.status < 400) used.add(operationName(exchange.method, exchange.path) ?? exchange.path);
        },
      });
      await hub.github.deliveries.idle();
      await asApp(hub);
      await readRepository(hub);
      await readSetup(hub);
      await writeGit(hub);
      await reviewPull(hub);
      await talk(hub);
      await check(hub);
      await act(hub);
      await hub.github.deliveries.idle();

      expect(OPERATION_NAMES.filter((name) => !used.has(name))).toEqual([]);
      const heard = new Set(hub.github.deliveries.log.map(({ event, action }) => webhookName(event, action)));
      expect(WEBHOOK_NAMES.filter((name) => !heard.has(name))).toEqual([]);
    },
    TOUR_MS,
  );
});
