// The local GitHub does what the stories say, and says nothing that GitHub's own description does not allow.

import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { startLocalGitHub } from '../../../../src/adapters/github/local/local-github.ts';
import { createVirtualClock } from '../../../../src/adapters/github/local/virtual-clock.ts';
import { describeGitHub } from '../../../contracts/github-scenarios.ts';
import type { ReceivedWebhook, ScenarioGitHub } from '../../../contracts/github-story.ts';
import { dropFolder } from '../../../one-folder.ts';
import { type ObservedExchange, validateExchange, validateWebhook } from '../openapi/validator.ts';

const SECRET = 'a secret of thirty-two letters here';
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What the stories made the local GitHub say, for the checks after them. */
const exchanges: ObservedExchange[] = [];
const webhooks: ReceivedWebhook[] = [];
const failures: unknown[] = [];

async function start(): Promise<ScenarioGitHub> {
  const dir = mkdtempSync(join(tmpdir(), 'local-github-'));
  const clock = createVirtualClock(Date.UTC(2026, 10, 21, 10));
  const github = await startLocalGitHub({
    dir,
    clock,
    webhookSecret: SECRET,
    observe: (exchange) => exchanges.push(exchange),
  });
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      webhooks.push({ headers, body: Buffer.concat(chunks).toString('utf8') });
      response.end('ok');
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  github.deliveries.setTarget(`http://127.0.0.1:${port}/webhooks`);

  github.world.createRepository({ fullName: 'acme/desk', files: { 'README.md': '# Desk\n' } });
  github.world.addUser('ada');
  github.world.setPermission('acme/desk', 'ada', 'write');
  const { id: appId, privateKey } = github.app;
  const baseUrl = github.apiUrl;
  const asApp = new Octokit({
    baseUrl,
    authStrategy: createAppAuth,
    auth: { appId, privateKey },
    log: SILENT,
  });
  const { data: installation } = await asApp.rest.apps.getRepoInstallation({ owner: 'acme', repo: 'desk' });
  const auth = { appId, privateKey, installationId: installation.id };
  return {
    app: new Octokit({ baseUrl, authStrategy: createAppAuth, auth, log: SILENT }),
    user: new Octokit({ baseUrl, auth: github.world.userToken('ada'), log: SILENT }),
    owner: 'acme',
    repo: 'desk',
    webhookSecret: SECRET,
    async webhooks() {
      await github.deliveries.idle();
      return webhooks;
    },
    async close() {
      await github.deliveries.idle();
      failures.push(...github.failures);
      await github.close();
      await new Promise((resolve) => receiver.close(resolve));
      dropFolder(dir);
    },
  };
}

describeGitHub('the local GitHub', start);

describe('what the local GitHub said in these stories', () => {
  it('is what the description of GitHub allows', () => {
    expect(exchanges.length).toBeGreaterThan(150);
    expect([...new Set(exchanges.flatMap(validateExchange).map(withoutNumbers))]).toEqual([]);
  });

  it('reached the App in webhooks that the description of GitHub allows', () => {
    const events = new Set(webhooks.map(({ headers }) => headers['x-github-event']));
    expect([...events].sort()).toEqual(
      expect.arrayContaining(['check_run', 'issue_comment', 'issues', 'pull_request', 'push']),
    );
    const found = webhooks.flatMap(({ headers, body }) =>
      validateWebhook(headers['x-github-event'] ?? '', JSON.parse(body)),
    );
    expect([...new Set(found.map(withoutNumbers))]).toEqual([]);
  });

  it('came without a defect', () => {
    expect(failures).toEqual([]);
  });
});

/** The same finding of many requests is shown once. */
function withoutNumbers(finding: string): string {
  return finding.replaceAll(/\b([0-9a-f]{40}|\d+)\b/g, 'N');
}
