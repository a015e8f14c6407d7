// What the app server is told by its environment, checked as a whole before anything listens: a server with a weak secret is worse than none.

import { resolve } from 'node:path';
import { appKeyFrom } from '../adapters/github/app-key.ts';
import { type Env, givenVariable } from '../adapters/github/given-variable.ts';
import { gitHubApiUrl, gitHubServerUrl } from '../adapters/github/server-address.ts';
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
/** A random secret of 16 hex digits has fewer different ones about once in 30,000 times, and one of 64 digits never. */
const DIFFERENT_CHARS_MIN = 6;

/** What documentation and frameworks use; Probot falls back on the first one and then takes anybody's deliveries. */
const PUBLIC_WORDS = /development|secret|changeme|webhook|password|warden|github|[\s._-]/gi;

/**
 * Reads the settings of the server. A variable that is empty counts as not set.
 *
 * @returns the settings, or every problem as a sentence that names the variable and the next step, and never a secret value.
 */
export function appSettingsFrom(env: Env, cwd: string): Result<AppSettings, readonly string[]> {
  const appId = appIdFrom(givenVariable(env, 'WARDEN_APP_ID'));
  const privateKey = keyFrom(givenVariable(env, 'WARDEN_APP_PRIVATE_KEY'));
  const webhookSecret = env['WEBHOOK_SECRET'] ?? '';
  const port = portFrom(givenVariable(env, 'PORT') ?? '3000');
  const apiUrl = gitHubApiUrl(env);
  const serverUrl = gitHubServerUrl(env);
  const problems = [
    ...[appId, privateKey].flatMap(errorsOf),
    ...secretProblems(webhookSecret),
    ...[port, apiUrl, serverUrl].flatMap(errorsOf),
  ];
  if (!appId.ok || !privateKey.ok || !port.ok || !apiUrl.ok || !serverUrl.ok || problems.length > 0)
    return err(problems);
  return ok({
    appId: appId.value,
    privateKey: privateKey.value,
    webhookSecret,
    host: givenVariable(env, 'HOST') ?? '127.0.0.1',
    port: port.value,
    dir: resolve(cwd, givenVariable(env, 'WARDEN_APP_DIR') ?? 'warden-app'),
    apiUrl: apiUrl.value,
    serverUrl: serverUrl.value,
  });
}

function errorsOf(result: Result<unknown, string>): readonly string[] {
  return result.ok ? [] : [result.error];
}

function appIdFrom(text: string | null): Result<number, string> {
  if (text === null)
    return err('WARDEN_APP_ID is not set; expected the number that the settings of the app show as App ID');
  return /^[1-9]\d{0,14}$/.test(text)
    ? ok(Number(text))
    : err('WARDEN_APP_ID is no number; expected the App ID, not the Client ID (Iv23…) and not the name');
}

function keyFrom(text: string | null): Result<string, string> {
  const name = 'WARDEN_APP_PRIVATE_KEY';
  return text === null
    ? err(`${name} is not set; generate a private key in the settings of the app and set its content`)
    : appKeyFrom(name, text);
}

function secretProblems(secret: string): readonly string[] {
  const next =
    'make one with `openssl rand -hex 32`, set it here and as the webhook secret in the settings of the app';
  if (secret.trim() === '') return [`WEBHOOK_SECRET is not set, so anybody could send deliveries; ${next}`];
  if (secret.trim() !== secret)
    return [
      'WEBHOOK_SECRET begins or ends with white space, which GitHub does not sign with; set it without',
    ];
  const unguessed = secret.replaceAll(PUBLIC_WORDS, '');
  if (unguessed === '' || new Set(unguessed).size === 1)
    return [`WEBHOOK_SECRET is a value that everybody knows or guesses; ${next}`];
  if (secret.length < SECRET_CHARS_MIN)
    return [`WEBHOOK_SECRET has ${secret.length} characters, expected at least ${SECRET_CHARS_MIN}; ${next}`];
  if (new Set(secret).size < DIFFERENT_CHARS_MIN || unguessed.length < SECRET_CHARS_MIN / 2)
    return [`WEBHOOK_SECRET is not random; ${next}`];
  return [];
}

function portFrom(text: string): Result<number, string> {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535
    ? ok(Number(text))
    : err(`PORT is no port but "${text.slice(0, 20)}"; expected a whole number from 0 to 65535`);
}
