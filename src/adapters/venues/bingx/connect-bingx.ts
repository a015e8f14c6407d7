// Connects an account at BingX: the one place where its client, its listen key and its stream are put together.

import type { Random } from '../../../domain/random.ts';
import type { Result } from '../../../domain/result.ts';
import type { Timers } from '../../../ports.ts';
import type { BingxSetup } from './bingx-setup.ts';
import { type BingxVenue, openBingxVenue } from './bingx-venue.ts';
import { listenKeyCalls } from './listen-key.ts';
import { restClient } from './rest-client.ts';
import type { StreamListener } from './stream-text.ts';
import { openUserStream } from './user-stream.ts';

interface BingxConnection {
  readonly setup: BingxSetup;
  readonly timers: Timers;
  /** For the spread of waits. */
  readonly random: Random;
  /** How many times the published limits; above 1 only for an exchange of one's own. */
  readonly limitMultiplier?: number;
}

/** Returns the venue, checked and ready, or a sentence with the next step. */
export function connectBingx(connection: BingxConnection): Promise<Result<BingxVenue, string>> {
  const { setup, timers, random, limitMultiplier } = connection;
  const rest = restClient({
    urls: setup.restUrls,
    credentials: setup.credentials,
    timers,
    random,
    ...(limitMultiplier === undefined ? {} : { limitMultiplier }),
  });
  const openStream = (listener: StreamListener) =>
    openUserStream({ url: setup.streamUrl, listenKeys: listenKeyCalls(rest), timers, random, listener });
  return openBingxVenue({ setup, rest, openStream, timers });
}
