// The app as GitHub knows it: its registration, and deliveries that are found and asked for again.

import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { ProbotOctokit } from 'probot';
import { describe, expect, it } from 'vitest';
import { octokitGitHubApp } from '../../../src/adapters/github/github-app.ts';
import { octokitGitHub } from '../../../src/adapters/github/octokit-github.ts';
import { withRetries } from '../../../src/adapters/github/retry.ts';
import { timingOf } from './connected.ts';
import { REPO, startHub } from './local/hub.ts';

async function started() {
  const hub = await startHub();
  const { id: appId, privateKey } = hub.github.app;
  const baseUrl = hub.github.apiUrl;
  const octokit = new Octokit({ authStrategy: createAppAuth, auth: { appId, privateKey }, baseUrl });
  return { hub, app: octokitGitHubApp(octokit, timingOf(hub).log) };
}

describe('the app', () => {
  it('tells how it is registered', async () => {
    const { hub, app } = await started();
    const registration = await app.registration();

    expect(registration).toMatchObject({ id: hub.github.app.id, slug: 'warden' });
    expect(registration.permissions).toMatchObject({ checks: 'write', contents: 'write' });
    expect(registration.events).toContain('issue_comment');
  });

  it('finds deliveries since an instant over all pages, and asks for one again', async () => {
    const { hub, app } = await started();
    const number = hub.github.world.openPullAs('ada', {
      repo: REPO,
      branch: 'x',
      files: { 'x.md': 'x' },
      title: 'X',
      body: '',
    });
    await hub.github.deliveries.idle();
    hub.clock.advance(60_000);
    const sinceMs = hub.clock.nowMs();
    for (let n = 0; n < 120; n += 1) hub.github.world.commentAs('ada', REPO, number, `number ${n}`);
    await hub.github.deliveries.idle();
    const found = await app.deliveries(sinceMs);

    expect(found).toHaveLength(120);
    expect(new Set(found.map(({ guid }) => guid)).size).toBe(120);
    expect(found[0]).toMatchObject({
      event: 'issue_comment',
      action: 'created',
      isRedelivery: false,
      statusCode: 0,
    });
    expect(found[0]?.deliveredAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

    await app.redeliver(found[7]?.id ?? '');
    await hub.github.deliveries.idle();
    const again = await app.deliveries(sinceMs);
    expect(again[0]).toMatchObject({ guid: found[7]?.guid, isRedelivery: true });
    expect(await app.deliveries(sinceMs + 1)).toEqual([]);
  });
});

describe('more deliveries than are looked at', () => {
  it('are told of, by the instant of the oldest that was seen', async () => {
    const warnings: string[] = [];
    const log = { info() {}, warn: (message: string) => void warnings.push(message), error() {} };
    const one = {
      ...{ id: 1, guid: 'g', delivered_at: '2026-11-21T10:00:00Z', redelivery: false, duration: 1 },
      ...{ status: 'OK', status_code: 200, event: 'push', action: null },
    };
    const link = '<https://api.github.com/app/hook/deliveries?cursor=v1_1>; rel="next"';
    const answer = async () => Response.json([one], { headers: { link } });
    const app = octokitGitHubApp(new Octokit({ request: { fetch: answer } }), log);

    expect(await app.deliveries(0)).toHaveLength(100);
    expect(warnings).toEqual([
      expect.stringMatching(/^GitHub has more than 100 deliveries .* those before 2026-11-21T10:00:00.000Z /),
    ]);
  });
});

describe('the octokit of Probot', () => {
  it('fits the same port, with the same patience', async () => {
    const hub = await startHub();
    type Options = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;
    const off = { enabled: false } as const;
    const Patient = ProbotOctokit.defaults((options: Options) => ({ ...options, throttle: off, retry: off }));
    const octokit = new Patient({
      auth: { token: hub.github.world.installationToken(REPO) },
      baseUrl: hub.github.apiUrl,
    });
    withRetries(octokit, timingOf(hub));
    const github = octokitGitHub({ octokit, fullName: REPO, ownLogins: ['warden[bot]'] });
    const issue = await github.createIssue({ title: 'I', body: '', labels: [] });

    expect(await github.head('main')).toMatch(/^[0-9a-f]{40}$/);
    expect(issue.author).toBe('warden[bot]');
  });
});
