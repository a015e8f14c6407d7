// Connects an account at BingX: the one place where its client, its listen key and its stream are put together.

import type { Random } from '../../../domain/random.ts';
import type { Result } from '../../../domain/result.ts';
import type { Timers } from '../../../ports.ts';
import type { BingxSetup } from './bingx-setup.ts';
import { type BingxVenue, openBingxVenue } from './bingx-venue.ts';
import { fieldIn, isObject, textIn } from './fields.ts';
import { listenKeyCall } from './requests.ts';
import type { RestClient } from './rest-call.ts';
import { restClient } from './rest-client.ts';
import type { ListenKeyCalls } from './stream-text.ts';
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
  const openStream = (listener: Parameters<typeof openUserStream>[0]['listener']) =>
    openUserStream({ url: setup.streamUrl, listenKeys: listenKeysOf(rest), timers, random, listener });
  return openBingxVenue({ setup, rest, openStream, timers });
}

function listenKeysOf(rest: RestClient): ListenKeyCalls {
  return {
    async create() {
      const reply = await rest.call(listenKeyCall('POST', null));
      if (reply.kind !== 'data') return { problem: `there is no listen key: ${reply.text}` };
      const { data } = reply;
      const inner = isObject(data) ? (fieldIn(data, 'data') ?? data) : null;
      const listenKey = isObject(inner) ? textIn(inner, 'listenKey') : null;
      return listenKey === null
        ? { problem: 'there is no listen key: the answer cannot be read' }
        : { listenKey };
    },
    async extend(listenKey) {
      const reply = await rest.call(listenKeyCall('PUT', listenKey));
      if (reply.kind === 'data') return 'extended';
      const isGone = reply.kind === 'error' && reply.code === 404;
      return isGone ? 'gone' : { problem: `the listen key was not extended: ${reply.text}` };
    },
    async remove(listenKey) {
      await rest.call(listenKeyCall('DELETE', listenKey));
    },
  };
}
