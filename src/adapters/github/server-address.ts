// Addresses of GitHub's servers in the environment: tokens travel there, so what is wrong with one is refused.

import { err, ok, type Result } from '../../domain/result.ts';
import { type Env, givenVariable } from './given-variable.ts';

const API_URL = 'https://api.github.com';
const SERVER_URL = 'https://github.com';

/** Returns the base of the REST API without a slash at the end, or what is wrong with `GITHUB_API_URL`. */
export function gitHubApiUrl(env: Env): Result<string, string> {
  return serverAddress('GITHUB_API_URL', givenVariable(env, 'GITHUB_API_URL') ?? API_URL, API_URL);
}

/** Returns where repositories are cloned from, without a slash at the end, or what is wrong with `GITHUB_SERVER_URL`. */
export function gitHubServerUrl(env: Env): Result<string, string> {
  return serverAddress(
    'GITHUB_SERVER_URL',
    givenVariable(env, 'GITHUB_SERVER_URL') ?? SERVER_URL,
    SERVER_URL,
  );
}

/**
 * Returns the address that `text`, the value of the variable `name`, gives, without a slash at its end. Without TLS only this very
 * machine is taken.
 *
 * @returns the error is a sentence with the next step.
 */
function serverAddress(name: string, text: string, usual: string): Result<string, string> {
  const expected = `expected one such as ${usual}, or leave it unset`;
  const address = URL.canParse(text) ? new URL(text) : null;
  if (address === null || !['http:', 'https:'].includes(address.protocol))
    return err(`${name} is no address of a server; ${expected}`);
  if (address.username !== '' || address.password !== '' || address.search !== '' || address.hash !== '')
    return err(`${name} has a login or a query in it, which no address of GitHub has; ${expected}`);
  if (address.protocol === 'http:' && !isThisMachine(address.hostname))
    return err(`${name} is not encrypted, and tokens would be read on the way; ${expected}`);
  return ok(address.href.replace(/\/+$/, ''));
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
