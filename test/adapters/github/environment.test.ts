// Who Warden is at GitHub by its environment: the app, a workflow, a person, nobody, and every half of it.

import { describe, expect, it } from 'vitest';
import { appKeyFrom } from '../../../src/adapters/github/app-key.ts';
import { gitHubFromEnv } from '../../../src/adapters/github/environment.ts';
import { serverError } from '../../../src/adapters/github/local/faults.ts';
import { appEnv, connect, timingOf } from './connected.ts';
import { REPO, startHub } from './local/hub.ts';

describe('the environment', () => {
  it('names nobody: there is no GitHub, and that is no fault', async () => {
    const hub = await startHub();

    expect(await connect(hub, { GITHUB_REPOSITORY: REPO })).toBeNull();
    expect(await connect(hub, { GITHUB_TOKEN: '  ', WARDEN_APP_ID: '' })).toBeNull();
  });

  it('names the app, which writes as its bot', async () => {
    const hub = await startHub();
    const github = await connect(hub, appEnv(hub), ['github-actions[bot]', 'warden[bot]']);
    if (github === null || typeof github === 'string') throw new Error(`expected a port, got ${github}`);
    const issue = await github.createIssue({ title: 'I', body: '', labels: [] });

    expect(github.login).toBe('warden[bot]');
    expect(github.ownLogins).toEqual(['warden[bot]', 'github-actions[bot]']);
    expect(issue.author).toBe('warden[bot]');
    expect(github.waits).toEqual({ retries: 0, waitedMs: 0 });
    expect(github.grants).toMatchObject({
      registration: { slug: 'warden', permissions: { contents: 'write' } },
      installation: { permissions: { contents: 'write' } },
    });
    expect(await github.setup.branchRules('main')).toMatchObject({ needsPullRequest: false });
  });

  it('names the app, whose token is asked for again where GitHub is unwell', async () => {
    const hub = await startHub();
    hub.github.faults.plan({ path: /access_tokens$/, times: 2, fault: serverError(502) });
    const github = await connect(hub, appEnv(hub));
    if (github === null || typeof github === 'string') throw new Error(`expected a port, got ${github}`);
    await Promise.all(['a', 'b'].map((title) => github.createIssue({ title, body: '', labels: [] })));

    expect(github.waits).toEqual({ retries: 2, waitedMs: 3_000 });
  });

  it('names the app, whose token is not to be had: each request is given up once', async () => {
    const hub = await startHub();
    hub.github.faults.plan({ path: /access_tokens$/, times: 100, fault: serverError(502) });
    const github = await connect(hub, appEnv(hub));
    if (github === null || typeof github === 'string') throw new Error(`expected a port, got ${github}`);

    await expect(github.head('main')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(hub.github.faults.hits).toHaveLength(4);
  });

  it('may hold the key on one line', async () => {
    const hub = await startHub();
    const oneLine = hub.github.app.privateKey.trim().replaceAll('\n', '\\n');
    const github = await connect(hub, { ...appEnv(hub), WARDEN_APP_PRIVATE_KEY: oneLine });

    expect(github).toMatchObject({ login: 'warden[bot]' });
  });

  it('names a workflow or a person by the token', async () => {
    const hub = await startHub();
    const env = { GITHUB_REPOSITORY: REPO, GITHUB_API_URL: `${hub.github.apiUrl}/` };
    const actions = hub.github.world.actionsToken(REPO, { contents: 'write', issues: 'write' });
    const person = hub.github.world.userToken('ada');
    const app = hub.github.world.installationToken(REPO);

    expect(await connect(hub, { ...env, GITHUB_TOKEN: actions })).toMatchObject({
      login: 'github-actions[bot]',
    });
    expect(await connect(hub, { ...env, GITHUB_TOKEN: person })).toMatchObject({ login: 'ada' });
    expect(await connect(hub, { ...env, GITHUB_TOKEN: app, WARDEN_APP_SLUG: 'warden' })).toMatchObject({
      login: 'warden[bot]',
    });
  });

  it('commits by an address that GitHub knows is of the account', async () => {
    const hub = await startHub();
    const env = { GITHUB_REPOSITORY: REPO, GITHUB_API_URL: hub.github.apiUrl };
    const { world } = hub.github;
    const actions = world.actionsToken(REPO, { contents: 'write' });
    const authors: unknown[] = [];
    for (const given of [
      appEnv(hub),
      { ...env, GITHUB_TOKEN: actions },
      { ...env, GITHUB_TOKEN: world.userToken('ada') },
    ]) {
      const github = await connect(hub, given);
      if (github === null || typeof github === 'string') throw new Error(`expected a port, got ${github}`);
      authors.push(await github.author());
    }
    const { data: bot } = await hub.app.rest.users.getByUsername({ username: 'warden[bot]' });
    const { data: ada } = await hub.app.rest.users.getByUsername({ username: 'ada' });

    expect(authors).toEqual([
      { name: 'warden[bot]', email: `${bot.id}+warden[bot]@users.noreply.github.com` },
      { name: 'github-actions[bot]', email: '41898282+github-actions[bot]@users.noreply.github.com' },
      { name: 'ada', email: `${ada.id}+ada@users.noreply.github.com` },
    ]);
  });

  it('commits without the number of the account where GitHub does not tell it', async () => {
    const hub = await startHub();
    hub.github.faults.plan({ path: /\/users\//, times: 100, fault: serverError(502) });
    const github = await connect(hub, appEnv(hub));
    if (github === null || typeof github === 'string') throw new Error(`expected a port, got ${github}`);

    expect(await github.author()).toEqual({
      name: 'warden[bot]',
      email: 'warden[bot]@users.noreply.github.com',
    });
  });

  it.each([
    ['no repository', { GITHUB_REPOSITORY: '' }, 'GITHUB_REPOSITORY does not say owner/name'],
    ['a repository without an owner', { GITHUB_REPOSITORY: 'desk' }, 'does not say owner/name'],
    ['a repository that is another folder', { GITHUB_REPOSITORY: '../..' }, 'does not say owner/name'],
    ['an address that is none', { GITHUB_API_URL: 'api' }, 'GITHUB_API_URL is no address of a server'],
    ['an address that anybody could listen to', { GITHUB_API_URL: 'http://ghe.example' }, 'is not encrypted'],
    ['an address with a login in it', { GITHUB_API_URL: 'https://a:b@ghe.example' }, 'has a login'],
    ['an id that is no number', { WARDEN_APP_ID: 'warden' }, 'WARDEN_APP_ID is no number'],
    ['an id without a key', { WARDEN_APP_PRIVATE_KEY: '' }, 'without WARDEN_APP_PRIVATE_KEY'],
    ['a key without an id', { WARDEN_APP_ID: '' }, 'without WARDEN_APP_ID'],
    ['a key that is none', { WARDEN_APP_PRIVATE_KEY: 'c2VjcmV0' }, 'does not begin as a private key does'],
    [
      'another app than the key is of',
      { WARDEN_APP_ID: '1' },
      'GitHub refused WARDEN_APP_PRIVATE_KEY: it is no key of the app',
    ],
    [
      'a repository without the app',
      { GITHUB_REPOSITORY: 'acme/other' },
      'the app warden is not installed on acme/other',
    ],
  ])('with %s is refused in one sentence', async (_case, change, sentence) => {
    const hub = await startHub();
    const said = await connect(hub, { ...appEnv(hub), ...change });

    expect(said).toContain(sentence);
    expect(said).not.toContain('c2VjcmV0');
    expect(said).not.toContain('\n');
  });

  it('with a token that is none is refused without showing it', async () => {
    const hub = await startHub();
    const env = { GITHUB_REPOSITORY: REPO, GITHUB_API_URL: hub.github.apiUrl, GITHUB_TOKEN: 'ghp_nobodys' };
    const said = await connect(hub, env);

    expect(said).toContain('GET /user answered 401');
    expect(said).not.toContain('ghp_nobodys');
  });
});

describe('a GitHub that does not answer', () => {
  it('is told from an environment that is wrong', async () => {
    const hub = await startHub();
    const env = { GITHUB_REPOSITORY: REPO, GITHUB_API_URL: hub.github.apiUrl, GITHUB_TOKEN: 'ghp_nobodys' };
    const options = { ...timingOf(hub), ownLogins: [] };
    const wrong = await gitHubFromEnv(env, options);
    hub.github.faults.plan({ path: /^\/(user|app)$/, times: 100, fault: serverError(502) });

    expect(wrong).toMatchObject({ ok: false, error: { kind: 'wrong' } });
    for (const each of [env, appEnv(hub)])
      expect(await gitHubFromEnv(each, options)).toMatchObject({
        ok: false,
        error: { kind: 'unavailable', message: expect.stringContaining('could not be asked who this is') },
      });
  });
});

describe('a private key', () => {
  it('that was cut off is refused without showing any of it', async () => {
    const hub = await startHub();
    const cut = hub.github.app.privateKey.slice(0, 400);
    const read = appKeyFrom('KEY', cut);

    expect(read).toMatchObject({ ok: false });
    expect(JSON.stringify(read)).toContain('KEY is no complete private key');
    expect(JSON.stringify(read)).not.toContain(cut.slice(100, 120));
  });

  it('keeps its lines, whatever their ends', async () => {
    const hub = await startHub();
    const { privateKey } = hub.github.app;

    expect(appKeyFrom('KEY', privateKey.replaceAll('\n', '\r\n'))).toEqual({ ok: true, value: privateKey });
  });
});
