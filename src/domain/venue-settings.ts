// The section `venue` of config/pink.yaml: where orders go, and as whom.

import Type, { type Static } from 'typebox';
import { oneOfByDefault } from './fields.ts';
import type { Problem } from './problem.ts';
import { closed } from './supervisor-fields.ts';

const url = Type.String({ minLength: 1, maxLength: 200, description: 'an address without a query' });

/** The venue lists fills of one symbol at a time, twice a second: more would take longer than the kernel waits for the answer. */
const SYMBOLS_MAX = 12;

export const VenueSettings = Type.Object(
  {
    environment: oneOfByDefault(
      ['paper', 'demo', 'live'],
      'paper',
      'paper: in this process; demo: play money of BingX; live: real money',
    ),
    symbols: Type.Array(
      Type.String({
        pattern: '^[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$',
        description: 'as BingX spells it, e.g. BTC-USDT',
      }),
      { minItems: 1, maxItems: SYMBOLS_MAX, uniqueItems: true, description: 'e.g. [BTC-USDT, ETH-USDT]' },
    ),
    position_mode: oneOfByDefault(
      ['one_way', 'hedge'],
      'one_way',
      'one net position of a symbol, or a long and a short one',
    ),
    account: oneOfByDefault(['exclusive', 'shared'], 'exclusive', 'whether nobody else trades this account'),
    margin_asset: Type.Optional(
      Type.String({
        pattern: '^[A-Z0-9]{1,20}$',
        description: 'what the balance is counted in; default: USDT, on the demo VST',
      }),
    ),
    rest_urls: Type.Optional(
      Type.Array(url, {
        minItems: 1,
        maxItems: 2,
        uniqueItems: true,
        description:
          'the host that is asked, and the one to ask while its network fails; default: those of BingX',
      }),
    ),
    stream_url: Type.Optional(
      Type.String({
        ...url,
        description:
          'of the private stream, with its path; default: that of BingX, on this machine /swap-market of rest_urls',
      }),
    ),
    instance: Type.String({
      pattern: '^[a-z0-9-]{1,32}$',
      default: 'pink',
      description:
        'lower-case letters, digits and hyphens; names this kernel among those of one account; never changed while orders of it are open',
    }),
    cancel_all_after_seconds: Type.Unsafe<number | null>({
      anyOf: [{ type: 'integer', minimum: 10, maximum: 120 }, { type: 'null' }],
      default: null,
      description:
        'the venue cancels every order of the account after so long without a word: null, or 10 to 120',
    }),
  },
  closed,
);
export type VenueSettings = Static<typeof VenueSettings>;

/** Where a venue of BingX is reached: the preferred host and the one for when its network fails, and the private stream. */
interface VenueUrls {
  readonly restUrls: readonly string[];
  readonly streamUrl: string;
}

/** As BingX publishes them. One key works on both, and only the demo's play money is harmless. */
export const BINGX_URLS: Readonly<Record<'demo' | 'live', VenueUrls>> = {
  demo: {
    restUrls: ['https://open-api-vst.bingx.com', 'https://open-api-vst.bingx.pro'],
    streamUrl: 'wss://vst-open-api-ws.bingx.com/swap-market',
  },
  live: {
    restUrls: ['https://open-api.bingx.com', 'https://open-api.bingx.pro'],
    streamUrl: 'wss://open-api-swap.bingx.com/swap-market',
  },
};

/** This machine, as the host name of a URL. */
export const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const BINGX_HOST = /(^|\.)bingx\.(com|pro|io)$/;

/** Returns what is wrong between the fields of a section that fits its schema. */
export function venueProblems(venue: VenueSettings): readonly Problem[] {
  const { environment, rest_urls = [], stream_url, account, cancel_all_after_seconds } = venue;
  const problems: Problem[] = [];
  const add = (path: string, message: string | null): void => {
    if (message !== null) problems.push({ path: `venue.${path}`, message });
  };
  if (environment === 'paper') {
    const asksNobody = 'is for demo and live, and paper asks nobody; remove it, or set venue.environment';
    if (rest_urls.length > 0) add('rest_urls', asksNobody);
    if (stream_url !== undefined) add('stream_url', asksNobody);
  } else {
    for (const [at, rest] of rest_urls.entries()) add(`rest_urls.${at}`, restUrlProblem(environment, rest));
    if (stream_url !== undefined) add('stream_url', streamUrlProblem(environment, stream_url));
  }
  if (account === 'shared' && cancel_all_after_seconds !== null)
    add(
      'cancel_all_after_seconds',
      'would cancel the orders of others on a shared account; set it to null, or venue.account to exclusive',
    );
  return problems;
}

/**
 * Returns the private stream of whoever is asked at `restUrl`: the venue's own, or on this machine that on the same port, which is where
 * the local exchange serves it.
 */
export function streamUrlBeside(environment: 'demo' | 'live', restUrl: string): string {
  const { protocol, hostname, host } = new URL(restUrl);
  if (!LOOPBACK.test(hostname)) return BINGX_URLS[environment].streamUrl;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/swap-market`;
}

/** Returns what is wrong with an origin that is asked, or `null`. */
export function restUrlProblem(environment: 'demo' | 'live', text: string): string | null {
  const parsed = parsedUrl(text);
  if (parsed !== null && parsed.pathname !== '/')
    return `${shownUrl(parsed)} has a path; expected an origin, e.g. ${BINGX_URLS[environment].restUrls[0]}`;
  return urlProblem(environment, parsed, ['https:', 'http:'], BINGX_URLS[environment].restUrls[0] ?? '');
}

/** Returns what is wrong with the address of a private stream, or `null`. */
export function streamUrlProblem(environment: 'demo' | 'live', text: string): string | null {
  return urlProblem(environment, parsedUrl(text), ['wss:', 'ws:'], BINGX_URLS[environment].streamUrl);
}

function parsedUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function urlProblem(
  environment: 'demo' | 'live',
  parsed: URL | null,
  [safe, plain]: readonly [safe: string, plain: string],
  example: string,
): string | null {
  if (parsed === null) return `is no address; expected e.g. ${example}`;
  const { protocol, hostname } = parsed;
  if (parsed.username !== '' || parsed.password !== '')
    return 'holds a login; the keys of the account belong into the environment';
  if (parsed.search !== '' || parsed.hash !== '')
    return `${shownUrl(parsed)} has a query; expected e.g. ${example}`;
  if (protocol === plain && !LOOPBACK.test(hostname))
    return `${shownUrl(parsed)} is not encrypted; expected ${safe}// for every host but this machine`;
  if (protocol !== safe && protocol !== plain)
    return `${shownUrl(parsed)} is of another kind; expected e.g. ${example}`;
  if (!BINGX_HOST.test(hostname)) return null;
  const isDemoHost = hostname.includes('vst');
  if (environment === 'demo' && !isDemoHost)
    return `${hostname} is where real money trades, and venue.environment is demo; expected e.g. ${example}`;
  if (environment === 'live' && isDemoHost)
    return `${hostname} is the demo, and venue.environment is live; expected e.g. ${example}`;
  return null;
}

/** Without login and query: what somebody wrote there may be a secret. */
function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
