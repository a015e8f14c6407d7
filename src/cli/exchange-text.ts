// What `warden exchange` says as it begins, while it runs, and to programs.

import { FAULT_NAMES } from '../adapters/venues/exchange/faults.ts';
import type { LocalExchange } from '../adapters/venues/exchange/local-exchange.ts';
import type { ApiKey } from '../adapters/venues/exchange/world.ts';

interface Shown {
  readonly exchange: LocalExchange;
  readonly feedText: string;
  /** A key that was given is not shown again. */
  readonly key: ApiKey & { readonly isGiven: boolean };
  readonly asset: string;
}

/** Says where it listens, and what to type so that Warden, ccxt and curl use it: word for word, in a shell. */
export function startedText({ exchange, feedText, key, asset }: Shown): string {
  const { url, streamUrl, world } = exchange;
  const symbols = [...world.model.markets.keys()].join(', ');
  const { positionMode } = world.model.config;
  const [apiKey, secret] = key.isGiven
    ? (['"$EXCHANGE_API_KEY"', '"$EXCHANGE_API_SECRET"'] as const)
    : ([key.apiKey, key.secret] as const);
  const facts: readonly (readonly [string, string])[] = [
    ['REST', url],
    ['stream', streamUrl],
    ['API key', key.isGiven ? 'that of EXCHANGE_API_KEY' : key.apiKey],
    ['secret', key.isGiven ? 'that of EXCHANGE_API_SECRET' : key.secret],
    ['symbols', symbols],
    ['account', `margin in ${asset}, ${positionMode === 'hedge' ? 'hedge' : 'one-way'} mode`],
    ['prices', feedText],
    ...faultFacts(exchange),
  ];
  return [
    'The exchange is open. It plays BingX perpetuals, with money that does not exist.',
    '',
    ...facts.map(([name, value]) => `  ${name.padEnd(10)}${value}`),
    '',
    'Warden trades here with these lines in the section venue of pink.yaml:',
    '  environment: demo',
    `  symbols: [${symbols}]`,
    `  position_mode: ${positionMode}`,
    `  margin_asset: ${asset}`,
    'and these variables:',
    `  export BINGX_REST_URL=${url}`,
    `  export BINGX_API_KEY=${apiKey}`,
    `  export BINGX_API_SECRET=${secret}`,
    '',
    'ccxt, with its two keys; for streams await exchange.loadHttpProxyAgent() first:',
    "  new ccxt.pro.bingx({ apiKey, secret, sandbox: true, options: { defaultType: 'swap' },",
    `    urls: { test: { swap: '${url}/openApi', user: '${url}/openApi',`,
    `      ws: { linear: '${streamUrl}' } } } })`,
    '',
    'Faults and other switches:',
    `  curl -H X-BX-APIKEY:${apiKey} ${url}/control`,
    `  curl -H X-BX-APIKEY:${apiKey} -X PUT -d '{"busy":0.1}' ${url}/control/faults`,
    '',
    'Ctrl-C ends it.',
  ].join('\n');
}

function faultFacts({ world }: LocalExchange): readonly (readonly [string, string])[] {
  const on = FAULT_NAMES.filter((name) => world.faults.rate(name) > 0);
  const faults = on.map((name) => `${name} ${world.faults.rate(name)}`).join(', ');
  return [
    ...(world.latencyMs > 0 ? [['latency', `${world.latencyMs} ms`] as const] : []),
    ...(faults === '' ? [] : [['faults', faults] as const]),
  ];
}

export function startedJson({ exchange, feedText, key, asset }: Shown): Readonly<Record<string, unknown>> {
  const { url, streamUrl, world } = exchange;
  return {
    rest_url: url,
    stream_url: streamUrl,
    api_key: key.isGiven ? null : key.apiKey,
    api_secret: key.isGiven ? null : key.secret,
    symbols: [...world.model.markets.keys()],
    margin_asset: asset,
    position_mode: world.model.config.positionMode,
    prices: feedText,
  };
}

export function trafficText(exchange: LocalExchange): string {
  const { requestsTaken, framesSent, privateStreams } = exchange.traffic();
  return `${requestsTaken} requests, ${framesSent} private frames, ${privateStreams} private streams open`;
}
