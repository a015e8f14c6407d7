// What an account at BingX is opened with: the settings of pink.yaml, addresses and keys of the environment, and the guard before real money.

import { err, ok, type Result } from '../../../domain/result.ts';
import type { PositionMode } from '../../../domain/venue.ts';
import {
  BINGX_URLS,
  restUrlProblem,
  streamUrlBeside,
  streamUrlProblem,
  type VenueSettings,
} from '../../../domain/venue-settings.ts';
import { type ApiCredentials, Secret } from './secret.ts';

export type BingxEnvironment = 'demo' | 'live';

export interface BingxSetup {
  readonly environment: BingxEnvironment;
  /** Origins, the first preferred. */
  readonly restUrls: readonly string[];
  readonly streamUrl: string;
  readonly credentials: ApiCredentials;
  readonly symbols: readonly string[];
  readonly positionMode: PositionMode;
  readonly account: 'exclusive' | 'shared';
  readonly marginAsset: string;
}

/** The variables of a process. */
type Env = Readonly<Record<string, string | undefined>>;

const REST_URL = 'BINGX_REST_URL';
const STREAM_URL = 'BINGX_STREAM_URL';
const API_KEY = 'BINGX_API_KEY';
const API_SECRET = 'BINGX_API_SECRET';
const LIVE = 'PINK_LIVE';

/** Returns what to open, or why nothing is opened, with the next step. A key is never part of a refusal. */
export function bingxSetupFrom(
  settings: VenueSettings,
  environment: BingxEnvironment,
  env: Env,
): Result<BingxSetup, string> {
  if (environment === 'live' && env[LIVE] !== '1')
    return err(
      `real money needs two keys: venue.environment: live in pink.yaml, which is there, and the variable ${LIVE}=1, which is not; ` +
        'without both, set venue.environment to paper, which is the default, or to demo',
    );
  const urls = urlsFrom(settings, environment, env);
  if (!urls.ok) return urls;
  const credentials = credentialsFrom(env);
  if (!credentials.ok) return credentials;
  const { symbols, position_mode, account, margin_asset } = settings;
  return ok({
    environment,
    ...urls.value,
    credentials: credentials.value,
    symbols,
    positionMode: position_mode,
    account,
    marginAsset: margin_asset ?? (environment === 'demo' ? 'VST' : 'USDT'),
  });
}

function urlsFrom(
  settings: VenueSettings,
  environment: BingxEnvironment,
  env: Env,
): Result<Pick<BingxSetup, 'restUrls' | 'streamUrl'>, string> {
  const given = listed(env[REST_URL]);
  const restUrls = given ?? settings.rest_urls ?? BINGX_URLS[environment].restUrls;
  if (restUrls.length > 2) return err(`${REST_URL} names ${restUrls.length} hosts; expected one or two`);
  for (const url of restUrls) {
    const problem = restUrlProblem(environment, url);
    if (problem !== null) return err(`${REST_URL}: ${problem}`);
  }
  const streams = listed(env[STREAM_URL]);
  if (streams !== null && streams.length > 1)
    return err(`${STREAM_URL} names ${streams.length} addresses; expected one`);
  const streamUrl =
    streams?.[0] ??
    (given === null ? settings.stream_url : undefined) ??
    streamUrlBeside(environment, restUrls[0] ?? '');
  const problem = streamUrlProblem(environment, streamUrl);
  if (problem !== null) return err(`${STREAM_URL}: ${problem}`);
  return ok({ restUrls: restUrls.map((url) => new URL(url).origin), streamUrl });
}

/** The parts of a list with commas, or `null` where the variable says nothing. */
function listed(text: string | undefined): readonly string[] | null {
  const parts = (text ?? '').split(',').map((part) => part.trim());
  const said = parts.filter((part) => part !== '');
  return said.length === 0 ? null : said;
}

function credentialsFrom(env: Env): Result<ApiCredentials, string> {
  const apiKey = env[API_KEY]?.trim() ?? '';
  const apiSecret = env[API_SECRET]?.trim() ?? '';
  const missing = [...(apiKey === '' ? [API_KEY] : []), ...(apiSecret === '' ? [API_SECRET] : [])];
  if (missing.length > 0)
    return err(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set; make a key at BingX that may trade perpetual ` +
        'futures and may not withdraw, and put both parts of it into the environment',
    );
  // A header takes no other characters, and the refusal of Node would show them.
  for (const [name, value] of [
    [API_KEY, apiKey],
    [API_SECRET, apiSecret],
  ] as const)
    if (!/^[\x21-\x7e]+$/.test(value))
      return err(`${name} holds characters that no key of BingX has; copy it once more, without spaces`);
  return ok({ apiKey: new Secret(apiKey), apiSecret: new Secret(apiSecret) });
}

/**
 * Returns why variables that are set have no meaning for a paper venue, or `null`: whoever points at a venue must not be told of another
 * one.
 */
export function strayVariables(env: Env): string | null {
  const set = [REST_URL, STREAM_URL].filter((name) => listed(env[name]) !== null);
  if (set.length === 0) return null;
  return (
    `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set, but venue.environment is paper, which asks nobody; ` +
    'set it to demo in pink.yaml, or unset the variable'
  );
}
