// Probot as the frame of the app: it signs in as the app, checks signatures, and calls the handlers that are registered with it.

import type { EmitterWebhookEvent } from '@octokit/webhooks';
import { Probot, ProbotOctokit } from 'probot';
import { ask } from '../adapters/github/answers.ts';
import { withConditionalReads } from '../adapters/github/conditional.ts';
import { octokitGitHubApp } from '../adapters/github/github-app.ts';
import { PER_PAGE } from '../adapters/github/pages.ts';
import { type RetryOptions, withRetries } from '../adapters/github/retry.ts';
import { tokenIn } from '../adapters/github/token-in.ts';
import type { GitHubApp } from '../ports.ts';
import type { AppSettings } from './app-settings.ts';
import type { Delivery } from './delivery.ts';
import { NEEDED_EVENTS } from './manifest.ts';

/** Where the app is installed. */
export interface InstalledRepository {
  readonly installationId: number;
  /** `owner/name`. */
  readonly fullName: string;
}

/** The app on one account. What it was granted there may lag behind what it asks for, until somebody accepts the change. */
export interface Installation {
  readonly id: number;
  /** Where its settings are. */
  readonly url: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface FrameEvent {
  readonly guid: string;
  readonly name: string;
  readonly payload: unknown;
}

export interface ProbotFrame {
  readonly app: GitHubApp;
  /** Whether a signature is that of a body under the secret of the settings. */
  verify(body: string, signature: string): Promise<boolean>;
  /** Hands a delivery to the registered handler; throws an AggregateError of what the handler threw. */
  receive(delivery: Delivery): Promise<void>;
  /** Those that are not suspended. */
  installations(): Promise<readonly Installation[]>;
  /** Every repository of the given ones. */
  repositories(installations: readonly Installation[]): Promise<readonly InstalledRepository[]>;
  /** The client of an installation, patient and authenticated; its token is renewed by itself. */
  octokit(installationId: number): Promise<ProbotOctokit>;
  /** A token of an installation, for git. It lasts an hour at most. */
  token(installationId: number): Promise<string>;
}

type FrameSettings = Pick<AppSettings, 'appId' | 'privateKey' | 'webhookSecret' | 'apiUrl'>;
type OctokitOptions = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;

/**
 * Probot's own throttling waits on real timers and gives up on a secondary limit at once, so `withRetries` takes its place.
 * The function form is needed: Probot writes its settings over an object.
 */
const PlainOctokit = ProbotOctokit.defaults((options: OctokitOptions) => ({
  ...options,
  throttle: { enabled: false },
  retry: { enabled: false },
}));

/** Returns the frame; `handle` is called for every event that the manifest names. */
export async function probotFrame(
  settings: FrameSettings,
  patience: RetryOptions,
  handle: (event: FrameEvent) => Promise<void>,
): Promise<ProbotFrame> {
  const probot = new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecret,
    baseUrl: settings.apiUrl,
    Octokit: PlainOctokit,
    // What fails is thrown to the worker, which tells it once; Probot would write it to standard output as well.
    logLevel: 'fatal',
  });
  await probot.ready();
  for (const { name } of NEEDED_EVENTS)
    probot.on(name, async ({ id, name: event, payload }) => await handle({ guid: id, name: event, payload }));
  const asApp = await probot.auth();
  makePatient(asApp, patience);
  const clients = new Map<number, ProbotOctokit>();
  const octokit = async (installationId: number): Promise<ProbotOctokit> => {
    const known = clients.get(installationId);
    if (known !== undefined) return known;
    const client = await probot.auth(installationId);
    makePatient(client, patience);
    clients.set(installationId, client);
    return client;
  };
  return {
    app: octokitGitHubApp(asApp, patience.log),
    verify: async (body, signature) => await probot.webhooks.verify(body, signature),
    receive: async (delivery) => await probot.receive(eventOf(delivery)),
    installations: async () => await activeInstallations(asApp),
    repositories: async (installations) => await installedRepositories(installations, octokit),
    octokit,
    token: async (installationId) => tokenIn(await asApp.auth({ type: 'installation', installationId })),
  };
}

function makePatient(client: ProbotOctokit, patience: RetryOptions): void {
  withConditionalReads(client);
  withRetries(client, patience);
}

/** The types list every event of GitHub; which of them this one is, and whether its payload fits, is told at the edge. */
function eventOf({ guid, event, body }: Delivery): EmitterWebhookEvent {
  return { id: guid, name: event, payload: JSON.parse(body) } as EmitterWebhookEvent;
}

async function activeInstallations(asApp: ProbotOctokit): Promise<readonly Installation[]> {
  const { listInstallations } = asApp.rest.apps;
  const all = await ask(async () => ({
    data: await asApp.paginate(listInstallations, { per_page: PER_PAGE }),
  }));
  return all
    .filter(({ suspended_at: suspendedAt }) => suspendedAt === null || suspendedAt === undefined)
    .map(({ id, html_url: url, permissions, events }) => ({
      id,
      url,
      permissions: { ...permissions },
      events,
    }));
}

async function installedRepositories(
  installations: readonly Installation[],
  octokit: (installationId: number) => Promise<ProbotOctokit>,
): Promise<readonly InstalledRepository[]> {
  const found: InstalledRepository[] = [];
  for (const { id: installationId } of installations) {
    const client = await octokit(installationId);
    const repositories = await client.paginate(client.rest.apps.listReposAccessibleToInstallation, {
      per_page: PER_PAGE,
    });
    // What is archived is read-only, so nothing runs there and nothing could be told.
    for (const { full_name: fullName, archived } of repositories)
      if (!archived) found.push({ installationId, fullName });
  }
  return found;
}
