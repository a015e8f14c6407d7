// Tells the stories about GitHub to a second GitHub of other authors: where both agree, no story is a mistake of ours.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { createEmulator } from 'emulate';
import { expect } from 'vitest';
import { describeGitHub } from '../../contracts/github-scenarios.ts';
import type { ReceivedWebhook, ScenarioGitHub } from '../../contracts/github-story.ts';

const SECRET = 'a secret of thirty-two letters here';
const APP_ID = 12_345;
const INSTALLATION_ID = 100;
const USER_TOKEN = 'token-of-ada';
const PERMISSIONS = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  metadata: 'read',
  actions: 'write',
};

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : expect.fail('no free port');
}

async function webhookReceiver() {
  const received: ReceivedWebhook[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ headers, body: Buffer.concat(chunks).toString('utf8') });
      response.end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { received, server, url: `http://127.0.0.1:${port}/webhooks` };
}

async function start(): Promise<ScenarioGitHub> {
  const receiver = await webhookReceiver();
  const emulator = await createEmulator({
    service: 'github',
    port: await freePort(),
    seed: {
      tokens: { [USER_TOKEN]: { login: 'ada', scopes: ['repo', 'user'] } },
      github: {
        users: [{ login: 'ada' }],
        repos: [{ owner: 'ada', name: 'desk', auto_init: true }],
        apps: [
          {
            app_id: APP_ID,
            slug: 'warden',
            name: 'Warden',
            permissions: PERMISSIONS,
            events: ['push', 'pull_request', 'issues', 'issue_comment', 'check_run'],
            webhook_url: receiver.url,
            webhook_secret: SECRET,
            installations: [
              { installation_id: INSTALLATION_ID, account: 'ada', repository_selection: 'all' },
            ],
          },
        ],
      },
    },
  });
  const baseUrl = emulator.url;
  const privateKey = emulator.generatedSecrets[0]?.value ?? expect.fail('the emulator made no key');
  const auth = { appId: APP_ID, privateKey, installationId: INSTALLATION_ID };
  return {
    app: new Octokit({ baseUrl, authStrategy: createAppAuth, auth, log: SILENT }),
    user: new Octokit({ baseUrl, auth: USER_TOKEN, log: SILENT }),
    owner: 'ada',
    repo: 'desk',
    webhookSecret: SECRET,
    async webhooks() {
      await expect.poll(() => receiver.received.length, { timeout: 5000 }).toBeGreaterThan(0);
      return receiver.received;
    },
    async close() {
      await emulator.close();
      await new Promise((resolve) => receiver.server.close(resolve));
    },
  };
}

/** What the emulator leaves out or does otherwise, as it was found by running the stories. */
const GAPS = {
  'shows the true difference of a pull request': 'it computes no differences',
  'lists the commits of a pull request, oldest first': 'it lists the newest first',
  'refuses a second pull request for the same branches': 'it opens another',
  'refuses a pull request without commits': 'it opens one without a change',
  'refuses a pull request from a branch that does not exist': 'it opens one from nowhere',
  'refuses to merge what is merged': 'it refuses with 422',
  'closes the pull request of a deleted branch, and does not open it again': 'it leaves it open',
  'says whether a pull request is merged': 'it has no such operation',
  'refuses to merge another head than the caller saw': 'it merges what the caller did not see',
  'refuses to merge what conflicts': 'it overwrites one side',
  'lists pull requests among the issues': 'it keeps them apart',
  'refuses a label that exists, and says so in a word for programs': 'it gives no code',
  'takes the same reaction once': 'it has no reactions',
  'adds the annotations of an update to those that are there': 'it lists no annotations of check runs',
  'refuses a check with more than 50 annotations': 'it has no limit',
  'refuses a check with more than 3 buttons': 'it has no limit',
  'refuses a summary of a check that is too long': 'it has no limit',
  'lets Apps alone make checks': 'it lets people make them too',
  'refuses a comment that is too long': 'it has no limit',
  'does not tell an App who it is as a user': 'it answers with the bot',
  'answers 304 to who has the current state': 'it sends no ETag',
  'gives every webhook a GUID': 'its ids are times in milliseconds',
};

describeGitHub('the emulator of Vercel', start, GAPS);
