// Who sends a request: JSON Web Tokens of the App, installation tokens, GITHUB_TOKEN and tokens of people.

import { createHash, createVerify } from 'node:crypto';
import { ApiError, unprocessable } from './api-error.ts';
import type { AccessLevel, Actor, Installation, Permissions } from './entities.ts';
import { installationActor, newId, type State } from './state.ts';

/** Clocks of client and server may differ so much. */
const SKEW_S = 60;
const JWT_LIFE_MAX_S = 600;

function badCredentials(): ApiError {
  return new ApiError(401, 'Bad credentials');
}

/**
 * Returns who sends a request with this `Authorization` header, `Bearer …`, `token …`, or `Basic …` with the token as its
 * password as git sends it. Throws 401 where nobody does: this GitHub answers nothing to strangers.
 */
export function actorOf(state: State, publicKey: string, authorization: string | undefined): Actor {
  const token = tokenOf(authorization);
  if (token === null) throw new ApiError(401, 'Requires authentication');
  if (token.split('.').length === 3) return appActor(state, publicKey, token);
  const actor = state.tokens.get(token);
  const isExpired = actor !== undefined && actor.expiresMs !== null && state.clock.nowMs() >= actor.expiresMs;
  if (actor === undefined || isExpired) throw badCredentials();
  return actor;
}

function tokenOf(authorization: string | undefined): string | null {
  const parts = /^(bearer|token|basic) +(\S+)$/i.exec(authorization ?? '');
  const [, scheme, value] = parts ?? [];
  if (scheme === undefined || value === undefined) return null;
  if (scheme.toLowerCase() !== 'basic') return value;
  const text = Buffer.from(value, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

/**
 * A JWT is signed by the clock of the machine the client runs on, and the virtual clock may stand elsewhere. So its times count
 * by the wall clock or by the virtual clock: it is fresh if it is fresh by one of them.
 */
function appActor(state: State, publicKey: string, token: string): Actor {
  const [head = '', body = '', signature = ''] = token.split('.');
  const claims = jsonOf(body);
  const verifier = createVerify('RSA-SHA256').update(`${head}.${body}`);
  const isSigned =
    jsonOf(head)['alg'] === 'RS256' && verifier.verify(publicKey, Buffer.from(signature, 'base64url'));
  if (!isSigned) throw new ApiError(401, 'A JSON web token could not be decoded');
  const { iss, iat, exp } = claims;
  if (String(iss) !== String(state.app.id)) throw new ApiError(404, 'Integration not found');
  if (typeof iat !== 'number' || typeof exp !== 'number')
    throw new ApiError(401, "'Expiration time' claim ('exp') must be a numeric value");
  if (exp - iat > JWT_LIFE_MAX_S + SKEW_S)
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
  const isFresh = [Date.now(), state.clock.nowMs()].some((nowMs) => {
    const nowS = nowMs / 1000;
    return iat - SKEW_S <= nowS && nowS <= exp + SKEW_S;
  });
  if (!isFresh) throw new ApiError(401, "'Expiration time' claim ('exp') must be in the future");
  return {
    login: `${state.app.slug}[bot]`,
    kind: 'app',
    app: state.app,
    permissions: {},
    repositories: new Set(),
    expiresMs: null,
    installationId: null,
  };
}

function jsonOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // What is not JSON is no claim, and the caller refuses a token without claims.
    return {};
  }
}

/** Registers a token for an actor and returns it. Tokens are made from a counter, so that a run repeats itself. */
export function issueToken(state: State, prefix: 'ghs' | 'ghp', actor: Actor): string {
  const secret = createHash('sha256')
    .update(`token ${newId(state)}`)
    .digest('hex')
    .slice(0, 36);
  const token = `${prefix}_${secret}`;
  state.tokens.set(token, actor);
  return token;
}

interface InstallationToken {
  readonly token: string;
  readonly expiresMs: number;
  readonly permissions: Permissions;
  readonly repositories: ReadonlySet<string>;
}

/** Issues a token of an installation; 422 where it would exceed what the installation has. */
export function issueInstallationToken(
  state: State,
  installation: Installation,
  narrowed: {
    readonly permissions: Permissions | null;
    readonly isWanted: ((fullName: string) => boolean) | null;
  },
): InstallationToken {
  const granted = state.app.permissions;
  for (const [name, level] of Object.entries(narrowed.permissions ?? {})) {
    if (!includesLevel(granted[name], level))
      throw unprocessable('The permissions requested are not granted to this installation.');
  }
  const all = [...installation.repositories];
  const repositories = new Set(narrowed.isWanted === null ? all : all.filter(narrowed.isWanted));
  const permissions: Permissions = { ...(narrowed.permissions ?? granted), metadata: 'read' };
  const expiresMs = state.clock.nowMs() + state.tokenLifeMs;
  // A token that was not narrowed reaches repositories that are added later too.
  const reach = narrowed.isWanted === null ? installation.repositories : repositories;
  const actor = installationActor(state, installation, { permissions, repositories: reach, expiresMs });
  return { token: issueToken(state, 'ghs', actor), expiresMs, permissions, repositories };
}

/** Returns whether what is granted covers what is needed. */
export function includesLevel(granted: AccessLevel | undefined, needed: AccessLevel): boolean {
  return granted === 'write' || granted === needed;
}
