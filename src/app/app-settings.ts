// What the app server is told by its environment, checked as a whole before anything listens: a server with a weak secret is worse than none.

import { resolve } from 'node:path';
import { appKeyFrom } from '../adapters/github/app-key.ts';
import { err, ok, type Result } from '../domain/result.ts';

export interface AppSettings {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
  /** Folder of the queue, the log of handled deliveries and the copies of the state branch. */
  readonly dir: string;
  /** Base of the REST API, without a slash at the end. */
  readonly apiUrl: string;
  /** Where repositories are cloned from: `<serverUrl>/<owner>/<name>.git`. */
  readonly serverUrl: string;
}

/** GitHub recommends a random secret; 16 characters are the least that nobody guesses. */
const SECRET_CHARS_MIN = 16;

/** What documentation and frameworks use; Probot falls back on the first one and then takes anybody's deliveries. */
const PUBLIC_SECRETS = ['development', 'secret', 'changeme', 'webhook', 'password', 'warden'];

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of the server.
 *
 * @returns the settings, or every problem as a sentence that names the variable and the next step, and never its value.
 */
export function appSettingsFrom(env: Env, cwd: string): Result<AppSettings, readonly string[]> {
  const appId = Number(env['WARDEN_APP_ID'] ?? '');
  const port = Number(env['PORT'] ?? '3000');
  const privateKey = keyOf(env['WARDEN_APP_PRIVATE_KEY'] ?? '');
  const webhookSecret = env['WEBHOOK_SECRET'] ?? '';
  const [apiUrl, serverUrl] = [
    addressOf(env['GITHUB_API_URL'], 'https://api.github.com'),
    addressOf(env['GITHUB_SERVER_URL'], 'https://github.com'),
  ];
  const problems = [
    ...(Number.isSafeInteger(appId) && appId > 0 ? [] : [appIdProblem(env)]),
    ...(privateKey.ok ? [] : [privateKey.error]),
    ...secretProblems(webhookSecret),
    ...(isPort(port, env['PORT']) ? [] : ['PORT is no port; expected a whole number from 0 to 65535']),
    ...(apiUrl === null ? [addressProblem('GITHUB_API_URL', 'https://api.github.com')] : []),
    ...(serverUrl === null ? [addressProblem('GITHUB_SERVER_URL', 'https://github.com')] : []),
  ];
  if (problems.length > 0 || !privateKey.ok || apiUrl === null || serverUrl === null) return err(problems);
  const dir = resolve(cwd, env['WARDEN_APP_DIR'] ?? 'warden-app');
  const host = env['HOST'] ?? '127.0.0.1';
  return ok({ appId, privateKey: privateKey.value, webhookSecret, host, port, dir, apiUrl, serverUrl });
}

function appIdProblem(env: Env): string {
  const given = env['WARDEN_APP_ID'];
  if (given === undefined || given === '')
    return 'WARDEN_APP_ID is not set; expected the number that the settings of the app show as App ID';
  return 'WARDEN_APP_ID is no number; expected the App ID, not the Client ID (Iv23…) and not the name';
}

function keyOf(text: string): Result<string, string> {
  const name = 'WARDEN_APP_PRIVATE_KEY';
  return text.trim() === ''
    ? err(`${name} is not set; generate a private key in the settings of the app and set its content`)
    : appKeyFrom(name, text);
}

function secretProblems(secret: string): readonly string[] {
  const next =
    'make one with `openssl rand -hex 32`, set it here and as the webhook secret in the settings of the app';
  if (secret === '') return [`WEBHOOK_SECRET is not set, so anybody could send deliveries; ${next}`];
  if (PUBLIC_SECRETS.includes(secret.toLowerCase()) || new Set(secret).size === 1)
    return [`WEBHOOK_SECRET is a value that everybody knows or guesses; ${next}`];
  if (secret.length < SECRET_CHARS_MIN)
    return [`WEBHOOK_SECRET has ${secret.length} characters, expected at least ${SECRET_CHARS_MIN}; ${next}`];
  return [];
}

function isPort(port: number, given: string | undefined): boolean {
  return given !== '' && Number.isSafeInteger(port) && port >= 0 && port <= 65_535;
}

function addressOf(given: string | undefined, usual: string): string | null {
  const address = URL.canParse(given ?? usual) ? new URL(given ?? usual) : null;
  if (address === null || !['http:', 'https:'].includes(address.protocol)) return null;
  return address.href.replace(/\/+$/, '');
}

function addressProblem(name: string, usual: string): string {
  return `${name} is no address; expected one such as ${usual}, or leave it unset`;
}
