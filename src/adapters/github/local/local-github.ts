// A GitHub on this machine: REST, webhooks and git over real bare repositories, for the demo and for tests.

import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { assert } from '../../../domain/assert.ts';
import { HOUR_MS } from '../../../domain/time.ts';
import { ApiError } from './api-error.ts';
import { actorOf } from './auth.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import type { Actor, App, Permissions } from './entities.ts';
import { createFaults, type Faults } from './faults.ts';
import { gitHttpHandler } from './git-http.ts';
import { afterPush } from './model/branches.ts';
import { guardedRefs } from './model/protection.ts';
import { createRateLimits, GITHUB_LIMITS, type RateRules } from './rate-limits.ts';
import { cloneUrl } from './render/repositories.ts';
import { checkAccess, type Route, reading, writing } from './request.ts';
import { createRouter } from './router.ts';
import { ACTION_ROUTES } from './routes/actions.ts';
import { APP_ROUTES } from './routes/app.ts';
import { CHECK_ROUTES } from './routes/checks.ts';
import { CONTENTS_ROUTES } from './routes/contents.ts';
import { DISPATCH_ROUTES } from './routes/dispatches.ts';
import { GIT_DATA_ROUTES } from './routes/git-data.ts';
import { GRAPHQL_ROUTES } from './routes/graphql.ts';
import { ISSUE_ROUTES } from './routes/issues.ts';
import { PULL_ROUTES } from './routes/pulls.ts';
import { rateLimitRoute } from './routes/rate-limit.ts';
import { REPOSITORY_ROUTES } from './routes/repositories.ts';
import { SETUP_ROUTES } from './routes/setup.ts';
import { type Counts, type Exchange, type RequestRecord, type ServerParts, serve } from './server.ts';
import {
  emptyState,
  installationActor,
  installationOn,
  personActor,
  repositoryOf,
  type State,
} from './state.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { actionsActor, createWorld, type World } from './world.ts';

export interface LocalGitHubOptions {
  /** A folder for the bare repositories. */
  readonly dir: string;
  /** All times but those of JSON Web Tokens come from it. */
  readonly clock: VirtualClock;
  /** Default: `warden`, whose login is `warden[bot]`. */
  readonly appSlug?: string;
  /** What the App was granted. Default: everything Warden needs. */
  readonly appPermissions?: Permissions;
  /** What the App is told of. Default: everything Warden needs. */
  readonly appEvents?: readonly string[];
  readonly webhookSecret: string;
  /**
   * How long a token of an installation lasts. Default: an hour, as at GitHub. A client renews its token by its own clock, so it needs
   * longer ones where the virtual clock runs ahead.
   */
  readonly tokenLifeMs?: number;
  /** Default: the hourly limits alone. Bursts make no sense by a clock that stands still. */
  readonly rateRules?: RateRules;
  /** Is shown each exchange. What it throws is answered as 500 and kept in `failures`. */
  readonly observe?: (exchange: Exchange) => void;
}

export interface LocalGitHub {
  /** The base address of the REST API, without a slash at its end. */
  readonly apiUrl: string;
  readonly gitUrl: (fullName: string) => string;
  readonly app: {
    readonly id: number;
    readonly slug: string;
    /** PEM. */
    readonly privateKey: string;
    readonly webhookSecret: string;
  };
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly faults: Faults;
  /** Requests and pushes that were received. */
  readonly counts: Readonly<Counts>;
  readonly requests: readonly RequestRecord[];
  /** What was thrown by a defect, or by `observe`. Tests expect none. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

const APP_ID = 900_001;
const ACTIONS_APP_ID = 15_368;

const APP_PERMISSIONS: Permissions = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
};

const APP_EVENTS: readonly string[] = [
  'check_run',
  'check_suite',
  'create',
  'delete',
  'issue_comment',
  'issues',
  'pull_request',
  'pull_request_review',
  'push',
  'repository_dispatch',
];

const BURSTS_ALLOWED: RateRules = { ...GITHUB_LIMITS, contentPerMinute: null, contentPerHour: null };

/** Starts a GitHub without repositories on a free port of the loopback interface. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  const { publicKey, privateKey } = keyPair();
  const { clock, webhookSecret } = options;
  const deliveries = createDeliveries({ secret: webhookSecret, clock, appId: APP_ID });
  const app = appFrom(options);
  const { dir, tokenLifeMs = HOUR_MS } = options;
  const state = emptyState({ clock, dir, app, tokenLifeMs, actionsApp: ACTIONS_APP, deliveries });
  const limits = createRateLimits(clock, options.rateRules ?? BURSTS_ALLOWED);
  const parts: ServerParts = {
    state,
    publicKey,
    find: createRouter([...ROUTES, rateLimitRoute(limits)]),
    faults: createFaults(),
    limits,
    counts: { reads: 0, writes: 0 },
    requests: [],
    failures: [],
    observe: options.observe ?? (() => undefined),
  };
  const server = serverOf(parts);
  state.apiUrl = await listen(server);
  return {
    apiUrl: state.apiUrl,
    gitUrl: (fullName) => cloneUrl(state, fullName),
    app: { id: app.id, slug: app.slug, privateKey, webhookSecret },
    world: createWorld(state),
    deliveries,
    faults: parts.faults,
    counts: parts.counts,
    requests: parts.requests,
    failures: parts.failures,
    close: () => closed(server),
  };
}

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Making keys takes long, so every App of one process has the same. */
let keys: KeyPair | null = null;

function keyPair(): KeyPair {
  keys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return keys;
}

const ROUTES: readonly Route[] = [
  ...APP_ROUTES,
  ...REPOSITORY_ROUTES,
  ...CONTENTS_ROUTES,
  ...GIT_DATA_ROUTES,
  ...PULL_ROUTES,
  ...ISSUE_ROUTES,
  ...CHECK_ROUTES,
  ...ACTION_ROUTES,
  ...DISPATCH_ROUTES,
  ...SETUP_ROUTES,
  ...GRAPHQL_ROUTES,
];

const ACTIONS_APP: App = {
  id: ACTIONS_APP_ID,
  slug: 'github-actions',
  name: 'GitHub Actions',
  permissions: { actions: 'write', checks: 'write', contents: 'write', metadata: 'read' },
  events: [],
};

function appFrom({ appSlug = 'warden', appPermissions, appEvents }: LocalGitHubOptions): App {
  return {
    id: APP_ID,
    slug: appSlug,
    name: appSlug,
    permissions: appPermissions ?? APP_PERMISSIONS,
    events: appEvents ?? APP_EVENTS,
  };
}

function serverOf(parts: ServerParts): Server {
  const git = gitHandler(parts);
  return createServer((request, response) => {
    const handle = async (): Promise<void> => {
      if (!(await git(request, response))) await serve(parts, request, response);
    };
    handle().catch((error: unknown) => {
      parts.failures.push(error);
      request.socket.destroy();
    });
  });
}

function gitHandler(parts: ServerParts): ReturnType<typeof gitHttpHandler> {
  const { state } = parts;
  return gitHttpHandler({
    repositoryDir: (fullName) => state.repositories.get(fullName.toLowerCase())?.git.dir ?? null,
    guarded: (fullName) => guardedRefs(repositoryOf(state, fullName)),
    fault: (asked) => parts.faults.next(asked),
    authorize: (fullName, header, isPush) => {
      try {
        const actor = actorOf(state, parts.publicKey, header);
        const needs = isPush ? writing(['contents'], 'write') : reading('contents');
        checkAccess(repositoryOf(state, fullName), actor, needs);
        return { login: actor.login };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { status: error.status === 401 ? 401 : error.status === 404 ? 404 : 403 };
      }
    },
    pushed: (fullName, login, before, after) => {
      parts.counts.writes += 1;
      const repository = repositoryOf(state, fullName);
      const actor = pusher(state, fullName, login);
      for (const ref of new Set([...before.keys(), ...after.keys()]))
        afterPush(state, repository, actor, ref, before.get(ref) ?? null, after.get(ref) ?? null);
    },
  });
}

/** git names its sender by login alone. */
function pusher(state: State, fullName: string, login: string): Actor {
  if (login === `${state.actionsApp.slug}[bot]`) return actionsActor(state);
  const installation = installationOn(state, repositoryOf(state, fullName));
  const isApp = login === `${state.app.slug}[bot]` && installation !== null;
  if (!isApp) return personActor(state, login);
  return installationActor(state, installation, { permissions: {}, repositories: null, expiresMs: null });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  assert(typeof address === 'object' && address !== null, 'the server has an address once it listens');
  return `http://127.0.0.1:${address.port}`;
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
