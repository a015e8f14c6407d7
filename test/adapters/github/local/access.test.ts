// Who may do what at the local GitHub: the App and its tokens, GITHUB_TOKEN, people, and strangers.

import { createSign, generateKeyPairSync } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { GITHUB_LIMITS } from '../../../../src/adapters/github/local/rate-limits.ts';
import { AT, type Hub, REPO, refusal, START_MS, startHub } from './hub.ts';

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A JSON Web Token with these claims; by default one that is good now. */
function jwt({ github }: Hub, claims: object = {}, key = github.app.privateKey): string {
  const nowS = Math.floor(START_MS / 1000);
  const head = base64url({ alg: 'RS256', typ: 'JWT' });
  const body = base64url({ iss: github.app.id, iat: nowS - 30, exp: nowS + 570, ...claims });
  const signature = createSign('RSA-SHA256').update(`${head}.${body}`).sign(key, 'base64url');
  return `${head}.${body}.${signature}`;
}

describe('the App', () => {
  it('is recognised by what it signs, and finds its installations', async () => {
    const hub = await startHub();
    const app = new Octokit({
      authStrategy: createAppAuth,
      auth: { appId: hub.github.app.id, privateKey: hub.github.app.privateKey },
      baseUrl: hub.github.apiUrl,
    });
    const itself = await app.rest.apps.getAuthenticated();
    const installations = await app.rest.apps.listInstallations();
    const installation = await app.rest.apps.getRepoInstallation(AT);
    const again = await app.rest.apps.getInstallation({ installation_id: installation.data.id });

    expect(itself.data).toMatchObject({
      slug: 'warden',
      permissions: { checks: 'write', metadata: 'read' },
      events: expect.arrayContaining(['pull_request', 'check_run']),
    });
    expect(installations.data.map(({ id }) => id)).toEqual([installation.data.id]);
    expect(again.data.account).toMatchObject({ login: 'acme' });
    expect((await app.rest.apps.getWebhookConfigForApp()).data.content_type).toBe('json');
  });

  it('works through octokit as an installation', async () => {
    const hub = await startHub();
    const app = hub.as(jwt(hub));
    const { id } = (await app.rest.apps.getRepoInstallation(AT)).data;
    const installed = new Octokit({
      authStrategy: createAppAuth,
      auth: { appId: hub.github.app.id, privateKey: hub.github.app.privateKey, installationId: id },
      baseUrl: hub.github.apiUrl,
    });

    expect((await installed.rest.issues.create({ ...AT, title: 't' })).data.user?.login).toBe('warden[bot]');
    expect((await installed.rest.apps.listReposAccessibleToInstallation()).data).toMatchObject({
      total_count: 1,
      repositories: [{ full_name: REPO }],
    });
  });

  it.each([
    ['that is over', { iat: START_MS / 1000 - 900, exp: START_MS / 1000 - 400 }],
    ['that is not yet good', { iat: START_MS / 1000 + 400, exp: START_MS / 1000 + 900 }],
    ['that is good too long', { exp: START_MS / 1000 + 3600 }],
    ['without an end', { exp: undefined }],
  ])('is refused with a token %s', async (_case, claims) => {
    const hub = await startHub();

    expect(await refusal(hub.as(jwt(hub, claims)).rest.apps.getAuthenticated())).toMatchObject({
      status: 401,
    });
  });

  it('is refused with the key or the number of another', async () => {
    const hub = await startHub();
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const ask = (token: string) => refusal(hub.as(token).rest.apps.getAuthenticated());

    expect((await ask(jwt(hub, {}, privateKey))).status).toBe(401);
    expect((await ask(jwt(hub, { iss: 1 }))).status).toBe(404);
  });

  it('has no account, and its token is not for repositories', async () => {
    const hub = await startHub();

    expect(await refusal(hub.app.rest.users.getAuthenticated())).toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    });
    expect((await refusal(hub.as(jwt(hub)).rest.repos.get(AT))).status).toBe(401);
    expect((await refusal(hub.app.rest.apps.getAuthenticated())).status).toBe(401);
    expect((await hub.person('ada').rest.users.getAuthenticated()).data.login).toBe('ada');
  });

  it('redelivers what did not arrive, under the same name', async () => {
    const hub = await startHub();
    hub.github.world.commitAs('ada', REPO, 'main', { 'a.txt': 'a' }, 'Push');
    await hub.github.deliveries.idle();
    const app = hub.as(jwt(hub));
    const first = await app.rest.apps.listWebhookDeliveries({ per_page: 2 });
    const cursor = /cursor=([^&>]+)/.exec(first.headers.link ?? '')?.[1] ?? '';
    const second = await app.rest.apps.listWebhookDeliveries({ per_page: 2, cursor });
    const lost = first.data[0];
    await app.rest.apps.redeliverWebhookDelivery({ delivery_id: Number(lost?.id) });
    await hub.github.deliveries.idle();
    const newest = (await app.rest.apps.listWebhookDeliveries({ per_page: 1 })).data[0];
    const whole = await app.rest.apps.getWebhookDelivery({ delivery_id: Number(newest?.id) });

    expect(first.data.map(({ event }) => event)).toEqual(['check_suite', 'push']);
    expect(second.data.map(({ event }) => event)).toEqual(['installation']);
    expect(newest).toMatchObject({ guid: lost?.guid, redelivery: true, status_code: 0 });
    expect(whole.data.request.payload).toMatchObject({ action: 'requested' });
  });
});

describe('a token of an installation', () => {
  it('ends after an hour of the clock', async () => {
    const hub = await startHub();
    hub.clock.advance(3_599_000);
    expect((await hub.app.rest.repos.get(AT)).status).toBe(200);
    hub.clock.advance(1000);

    expect(await refusal(hub.app.rest.repos.get(AT))).toMatchObject({
      status: 401,
      message: expect.stringContaining('Bad credentials'),
    });
  });

  it('can be narrowed to permissions and repositories, and not widened', async () => {
    const hub = await startHub();
    hub.github.world.createRepository({ fullName: 'acme/other', files: { a: 'a' } });
    const app = hub.as(jwt(hub));
    const installation_id = (await app.rest.apps.getRepoInstallation(AT)).data.id;
    const make = (narrowed: object) =>
      app.rest.apps.createInstallationAccessToken({ installation_id, ...narrowed });
    const made = await make({ permissions: { issues: 'write', metadata: 'read' }, repositories: ['desk'] });
    const narrow = hub.as(made.data.token);

    expect(made.data).toMatchObject({
      expires_at: '2026-11-21T11:00:00Z',
      permissions: { issues: 'write' },
      repositories: [{ full_name: REPO }],
    });
    expect((await narrow.rest.issues.create({ ...AT, title: 't' })).status).toBe(201);
    expect(await refusal(narrow.rest.repos.getContent({ ...AT, path: 'README.md' }))).toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    });
    expect(
      (await refusal(narrow.rest.issues.create({ owner: 'acme', repo: 'other', title: 't' }))).status,
    ).toBe(403);
    expect((await refusal(make({ permissions: { administration: 'write' } }))).status).toBe(422);
    expect((await refusal(make({ repositories: ['none'] }))).status).toBe(422);
  });

  it('does not write workflows without the permission for them', async () => {
    const hub = await startHub();
    const path = '.github/workflows/a.yml';
    const put = { ...AT, path, message: 'm', content: '' };

    expect((await refusal(hub.app.rest.repos.createOrUpdateFileContents(put))).status).toBe(403);
    expect((await hub.person('ada').rest.repos.createOrUpdateFileContents(put)).status).toBe(201);
  });

  it('does only what the App was granted', async () => {
    const hub = await startHub({ appPermissions: { metadata: 'read', issues: 'read' }, appEvents: [] });

    expect((await hub.app.rest.issues.listForRepo(AT)).status).toBe(200);
    expect((await refusal(hub.app.rest.issues.create({ ...AT, title: 't' }))).status).toBe(403);
    expect((await refusal(hub.app.rest.pulls.list(AT))).status).toBe(403);
    hub.github.world.commitAs('ada', REPO, 'main', { 'a.txt': 'a' }, 'Push');
    await hub.github.deliveries.idle();
    expect(hub.github.deliveries.log.map(({ event }) => event)).toEqual(['installation']);
  });
});

describe('people', () => {
  it('do what their role allows', async () => {
    const hub = await startHub();
    const label = (login: string) =>
      hub.person(login).rest.issues.addLabels({ ...AT, issue_number: 1, labels: ['a'] });
    await hub.app.rest.issues.create({ ...AT, title: 't' });
    const put = (login: string) =>
      hub.person(login).rest.repos.createOrUpdateFileContents({
        ...AT,
        path: `${login}.txt`,
        message: 'm',
        content: '',
      });

    expect((await put('ada')).status).toBe(201);
    expect(await refusal(put('rita'))).toMatchObject({
      status: 403,
      message: expect.stringContaining('Must have push access'),
    });
    expect((await label('rita')).status).toBe(200);
    expect((await refusal(label('eve'))).status).toBe(403);
  });

  it('do not know of private repositories they cannot read', async () => {
    const hub = await startHub();
    hub.github.world.createRepository({ fullName: 'acme/secret', private: true, files: { a: 'a' } });
    const at = { owner: 'acme', repo: 'secret' };

    expect((await refusal(hub.person('eve').rest.repos.get(at))).status).toBe(404);
    hub.github.world.setPermission('acme/secret', 'eve', 'read');
    expect((await hub.person('eve').rest.repos.get(at)).data).toMatchObject({
      private: true,
      permissions: { pull: true, push: false },
    });
  });

  it.each([
    ['acme', 'admin', 'admin'],
    ['ada', 'write', 'write'],
    ['rita', 'read', 'triage'],
    ['eve', 'read', 'read'],
  ])('%s have the permission %s, and the role %s', async (username, permission, role_name) => {
    const hub = await startHub();
    const { data } = await hub.app.rest.repos.getCollaboratorPermissionLevel({ ...AT, username });

    expect(data).toMatchObject({ permission, role_name, user: { login: username } });
  });

  it('without a token, or with a wrong one, get nothing', async () => {
    const hub = await startHub();

    expect((await refusal(hub.as('ghp_wrong').rest.repos.get(AT))).status).toBe(401);
    const stranger = await fetch(`${hub.github.apiUrl}/repos/${REPO}`);
    expect(stranger.status).toBe(401);
    expect(await stranger.json()).toMatchObject({ message: 'Requires authentication' });
  });
});

describe('the limit of requests', () => {
  it('is told with each answer, and asking for it costs nothing', async () => {
    const hub = await startHub();
    const first = await hub.app.rest.repos.get(AT);
    const limits = await hub.app.rest.rateLimit.get();

    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999' });
    expect(limits.data.rate).toMatchObject({ limit: 5000, used: 1, remaining: 4999 });
  });

  it('is not used up by an answer that nothing has changed', async () => {
    const hub = await startHub();
    const first = await hub.app.rest.repos.get(AT);
    const headers = { 'if-none-match': first.headers.etag };
    const again = hub.app.request('GET /repos/{owner}/{repo}', { ...AT, headers });

    await expect(again).rejects.toMatchObject({
      status: 304,
      response: { headers: { 'x-ratelimit-remaining': '4999' } },
    });
    expect((await hub.app.rest.rateLimit.get()).data.rate).toMatchObject({ used: 1 });
    expect(hub.github.requests.map(({ status }) => status)).toEqual([200, 304, 200]);
  });

  it('holds back bursts where it is told to, until the clock has moved on', async () => {
    const hub = await startHub({ rateRules: { ...GITHUB_LIMITS, contentPerMinute: 2 } });
    const create = () => hub.app.rest.issues.create({ ...AT, title: 't' });
    await create();
    await create();

    expect(await refusal(create())).toMatchObject({
      status: 403,
      message: expect.stringContaining('secondary rate limit'),
    });
    hub.clock.advance(60_000);
    expect((await create()).data.number).toBe(3);
  });
});
