// Who Warden is at GitHub, as the environment says: the app, else the token of the workflow or of a person.

import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import {
  type AppRegistration,
  GitHubError,
  REPOSITORY_NAME_PATTERN,
  WORKFLOW_LOGIN,
} from '../../domain/github.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { GitHub, GitHubActions, GitHubSetup, Log } from '../../ports.ts';
import { octokitActions } from './actions-api.ts';
import { ask, askOrNull } from './answers.ts';
import { appKeyFrom } from './app-key.ts';
import { type CommitAuthor, commitAuthorOf } from './commit-author.ts';
import { withConditionalReads } from './conditional.ts';
import { registrationFrom } from './github-app.ts';
import { type Env, givenVariable } from './given-variable.ts';
import { octokitGitHub } from './octokit-github.ts';
import { ownerAndName } from './repository-ref.ts';
import { type RetryCounts, type RetryOptions, withRetries } from './retry.ts';
import { gitHubApiUrl } from './server-address.ts';
import { octokitSetup } from './setup-api.ts';
import { tokenIn } from './token-in.ts';

export interface EnvironmentOptions extends RetryOptions {
  /** Further accounts under which Warden wrote: `github.own_logins`. */
  readonly ownLogins: readonly string[];
}

/** What the app asks for, and what of it was accepted where it is installed. */
interface AppGrants {
  readonly registration: AppRegistration;
  readonly installation: {
    readonly id: number;
    /** Where its settings are. */
    readonly url: string;
    readonly permissions: Readonly<Record<string, string>>;
    readonly events: readonly string[];
  };
}

/** The port, and what its patience cost so far. */
export interface ConnectedGitHub extends GitHub {
  /** Under which Warden writes: `warden[bot]`. */
  readonly login: string;
  readonly waits: RetryCounts;
  /** Workflows of the same repository, and their runs. */
  readonly actions: GitHubActions;
  readonly setup: GitHubSetup;
  /** `null`: this is a token, of which GitHub does not say what it may. */
  readonly grants: AppGrants | null;
  /** The token of this identity, for git; that of an app lasts an hour at most. */
  token(): Promise<string>;
  /** As whom it commits. */
  author(): Promise<CommitAuthor>;
}

/** Why there is no connection. `wrong`: somebody has to mend the environment; `unavailable`: GitHub did not answer, and may soon. */
export interface NotConnected {
  readonly kind: 'wrong' | 'unavailable';
  /** One sentence with the next step. */
  readonly message: string;
}

/**
 * Connects to the repository of the environment: `GITHUB_REPOSITORY` as `WARDEN_APP_ID` with `WARDEN_APP_PRIVATE_KEY`, else with
 * `GITHUB_TOKEN`; at `GITHUB_API_URL`.
 *
 * @returns the port, `null` where the environment names nobody, or why there is no connection.
 */
export async function gitHubFromEnv(
  env: Env,
  options: EnvironmentOptions,
): Promise<Result<ConnectedGitHub | null, NotConnected>> {
  try {
    const named = await namedBy(env, options);
    return named.ok ? named : err({ kind: 'wrong', message: named.error });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const kind = error.kind === 'unavailable' ? 'unavailable' : 'wrong';
    return err({ kind, message: `GitHub could not be asked who this is: ${error.message}` });
  }
}

async function namedBy(
  env: Env,
  options: EnvironmentOptions,
): Promise<Result<ConnectedGitHub | null, string>> {
  const [appId, key, token] = [
    givenVariable(env, 'WARDEN_APP_ID'),
    givenVariable(env, 'WARDEN_APP_PRIVATE_KEY'),
    givenVariable(env, 'GITHUB_TOKEN'),
  ];
  if (appId === null && key === null && token === null) return ok(null);
  const fullName = givenVariable(env, 'GITHUB_REPOSITORY');
  if (fullName === null || !new RegExp(REPOSITORY_NAME_PATTERN).test(fullName))
    return err(
      'there is a token for GitHub, but GITHUB_REPOSITORY does not say owner/name; set it to the repository',
    );
  const baseUrl = gitHubApiUrl(env);
  if (!baseUrl.ok) return baseUrl;
  const place = { fullName, baseUrl: baseUrl.value, log: options.log };
  if (appId === null && key === null)
    return ok(await asToken(token ?? '', givenVariable(env, 'WARDEN_APP_SLUG'), place, options));
  if (appId === null)
    return err('WARDEN_APP_PRIVATE_KEY is set without WARDEN_APP_ID; set the id of the app too');
  if (key === null)
    return err('WARDEN_APP_ID is set without WARDEN_APP_PRIVATE_KEY; set the private key of the app too');
  return await asApp(appId, key, place, options);
}

interface Place {
  readonly fullName: string;
  readonly baseUrl: string;
  readonly log: Log;
}

async function asApp(
  appId: string,
  keyText: string,
  place: Place,
  options: EnvironmentOptions,
): Promise<Result<ConnectedGitHub, string>> {
  if (!/^\d+$/.test(appId))
    return err('WARDEN_APP_ID is no number; it is the "App ID" on the settings page of the app');
  const privateKey = appKeyFrom('WARDEN_APP_PRIVATE_KEY', keyText);
  if (!privateKey.ok) return privateKey;
  const app = { appId: Number(appId), privateKey: privateKey.value };
  const asked = patient(octokitOf(place, { authStrategy: createAppAuth, auth: app }), options);
  const registration = await registrationOf(asked.octokit);
  if (registration === 'refused') {
    return err(
      'GitHub refused WARDEN_APP_PRIVATE_KEY: it is no key of the app WARDEN_APP_ID, or the clock of this machine is wrong; make a new key on the settings page of the app',
    );
  }
  const slug = registration?.slug;
  if (slug === undefined) return err('GitHub does not name the app of WARDEN_APP_ID; check the id');
  const installation = await askOrNull(() =>
    asked.octokit.request('GET /repos/{owner}/{repo}/installation', ownerAndName(place.fullName)),
  );
  if (installation === null) {
    return err(
      `the app ${slug} is not installed on ${place.fullName}; install it there (${registration?.html_url ?? 'the page of the app'}), or check GITHUB_REPOSITORY`,
    );
  }
  const auth = { ...app, installationId: Number(installation.id) };
  const patience = patient(octokitOf(place, { authStrategy: createAppAuth, auth }), options);
  const { html_url: url, permissions, events } = installation;
  const grants = {
    registration: registrationFrom(registration),
    installation: { id: auth.installationId, url, permissions: { ...permissions }, events },
  };
  return ok(connected(patience, { login: `${slug}[bot]`, grants }, place, options));
}

/** A key of another app, or one that was deleted, is refused with 401. An app that is gone is not found. */
async function registrationOf(octokit: Octokit) {
  try {
    return await ask(() => octokit.request('GET /app'));
  } catch (error) {
    if (error instanceof GitHubError && (error.status === 401 || error.status === 404)) return 'refused';
    throw error;
  }
}

/** A token of a person has a login. That of a workflow or of an app is told `/user` is not for it. */
async function asToken(
  token: string,
  appSlug: string | null,
  place: Place,
  options: EnvironmentOptions,
): Promise<ConnectedGitHub> {
  const patience = patient(octokitOf(place, { auth: token }), options);
  const login = await loginOfToken(patience.octokit);
  const appLogin = appSlug === null ? WORKFLOW_LOGIN : `${appSlug}[bot]`;
  return connected(patience, { login: login ?? appLogin, grants: null }, place, options);
}

async function loginOfToken(octokit: Octokit): Promise<string | null> {
  try {
    return (await ask(() => octokit.request('GET /user'))).login;
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'forbidden' && error.status === 403) return null;
    throw error;
  }
}

interface Patience {
  readonly octokit: Octokit;
  readonly waits: RetryCounts;
}

function connected(
  { octokit, waits }: Patience,
  identity: Pick<ConnectedGitHub, 'login' | 'grants'>,
  { fullName }: Place,
  options: EnvironmentOptions,
): ConnectedGitHub {
  const ownLogins = [...new Set([identity.login, ...options.ownLogins])];
  // Both ways to sign in end in a token; a plain one takes no notice of what is asked for.
  const token = async (): Promise<string> => tokenIn(await octokit.auth({ type: 'installation' }));
  const isPersonal = !identity.login.endsWith('[bot]');
  const actions = octokitActions({ octokit, fullName, isPersonal });
  const setup = octokitSetup({ octokit, fullName });
  const author = async (): Promise<CommitAuthor> =>
    commitAuthorOf(identity.login, await accountId(octokit, identity.login));
  const github = octokitGitHub({ octokit, fullName, ownLogins });
  return { ...github, ...identity, waits, actions, setup, token, author };
}

/** Returns the number of an account, or `null` where it is not to be had: a commit does not wait for its link. */
async function accountId(octokit: Octokit, login: string): Promise<number | null> {
  if (login === WORKFLOW_LOGIN) return null;
  try {
    return Number((await ask(() => octokit.request('GET /users/{username}', { username: login }))).id);
  } catch (error) {
    if (error instanceof GitHubError) return null;
    throw error;
  }
}

function patient(octokit: Octokit, options: RetryOptions): Patience {
  withConditionalReads(octokit);
  return { octokit, waits: withRetries(octokit, options) };
}

type SignIn = Pick<NonNullable<ConstructorParameters<typeof Octokit>[0]>, 'auth' | 'authStrategy'>;

function octokitOf({ baseUrl, log }: Place, signIn: SignIn): Octokit {
  const quiet = (): void => {};
  const warn = (message: string): void => log.warn(message);
  return new Octokit({
    ...signIn,
    baseUrl,
    userAgent: 'warden',
    // Errors are thrown, and told where they are handled.
    log: { debug: quiet, info: quiet, warn, error: quiet },
  });
}
