// What `warden exchange` says as it begins, while it runs, and to programs.

import type { LocalExchange } from '../adapters/venues/exchange/local-exchange.ts';
import type { ApiKey } from '../adapters/venues/exchange/world.ts';

interface Shown {
  readonly exchange: LocalExchange;
  readonly feedText: string;
  /** A key that was given is not shown again. */
  readonly key: ApiKey & { readonly isGiven: boolean };
  readonly asset: string;
}

export function startedText({ exchange, feedText, key, asset }: Shown): string {
  const { url, streamUrl, world } = exchange;
  const symbols = [...world.model.markets.keys()].join(', ');
  const { positionMode } = world.model.config;
  const secret = key.isGiven ? 'that of EXCHANGE_API_SECRET' : key.secret;
  return [
    'The exchange is open. It plays BingX perpetuals, with money that does not exist.',
    '',
    `  REST      ${url}`,
    `  stream    ${streamUrl}`,
    `  API key   ${key.apiKey}`,
    `  secret    ${secret}`,
    `  symbols   ${symbols}`,
    `  account   margin in ${asset}, ${positionMode === 'hedge' ? 'hedge' : 'one-way'} mode`,
    `  prices    ${feedText}`,
    '',
    'To use it:',
    `  Warden    BINGX_REST_URL=${url} BINGX_STREAM_URL=${streamUrl} with the key in BINGX_API_KEY and BINGX_API_SECRET`,
    `  ccxt      urls: { api: { swap: '${url}/openApi', ws: { linear: '${streamUrl}' } } }`,
    `  switches  curl -H 'X-BX-APIKEY: ${key.apiKey}' ${url}/control`,
    '',
    'Ctrl-C ends it.',
  ].join('\n');
}

export function startedJson({ exchange, feedText, key, asset }: Shown): Readonly<Record<string, unknown>> {
  const { url, streamUrl, world } = exchange;
  return {
    rest_url: url,
    stream_url: streamUrl,
    api_key: key.apiKey,
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
