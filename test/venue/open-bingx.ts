// The BingX client with its own sockets, pointed at a local exchange of this process.

import type { BingxVenue } from '../../src/adapters/venues/bingx/bingx-venue.ts';
import { connectBingx } from '../../src/adapters/venues/bingx/connect-bingx.ts';
import { Secret } from '../../src/adapters/venues/bingx/secret.ts';
import type { LocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import type { ApiKey } from '../../src/adapters/venues/exchange/world.ts';
import { randomFrom } from '../../src/domain/random.ts';
import type { Timers } from '../../src/ports.ts';

interface Opening {
  readonly exchange: LocalExchange;
  readonly key: ApiKey;
  readonly timers: Timers;
  readonly seed: number;
}

/** The limits of the venue are for its own machines: an exchange of one's own takes a thousand times as much. */
const LIMIT_MULTIPLIER = 1_000;

/** Rejects with `venue: …` where the exchange does not let it in. */
export async function openBingxAt({ exchange, key, timers, seed }: Opening): Promise<BingxVenue> {
  const { model, wire } = exchange.world;
  const opened = await connectBingx({
    setup: {
      environment: 'demo',
      restUrls: [exchange.url],
      streamUrl: exchange.streamUrl,
      credentials: { apiKey: new Secret(key.apiKey), apiSecret: new Secret(key.secret) },
      symbols: [...model.markets.keys()],
      positionMode: model.accounts.get(key.accountId)?.positionMode ?? 'one_way',
      account: 'exclusive',
      marginAsset: wire.marginAsset,
    },
    timers,
    random: randomFrom(seed, 'client'),
    limitMultiplier: LIMIT_MULTIPLIER,
  });
  if (!opened.ok) throw new Error(`venue: ${opened.error}`);
  return opened.value;
}
