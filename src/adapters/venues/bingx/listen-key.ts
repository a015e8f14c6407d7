// The three calls that keep a listen key, over the venue's REST interface. No key is part of any sentence.

import { fieldIn, isObject, textIn } from './fields.ts';
import { listenKeyCall } from './requests.ts';
import type { RestClient, RestReply } from './rest-call.ts';
import type { ListenKeyCalls } from './stream-text.ts';

export function listenKeyCalls(rest: RestClient): ListenKeyCalls {
  return {
    async create() {
      const reply = await rest.call(listenKeyCall('POST', null));
      if (reply.kind !== 'data') return { problem: `there is no listen key: ${reply.text}` };
      const { data } = reply;
      // With an envelope, and without one.
      const inner = isObject(data) ? (fieldIn(data, 'data') ?? data) : null;
      const listenKey = isObject(inner) ? textIn(inner, 'listenKey') : null;
      return listenKey === null
        ? { problem: 'there is no listen key: the answer cannot be read' }
        : { listenKey };
    },
    async extend(listenKey) {
      const reply = await rest.call(listenKeyCall('PUT', listenKey));
      if (reply.kind === 'data') return 'extended';
      return isGone(reply) ? 'gone' : { problem: `the listen key was not extended: ${reply.text}` };
    },
    async remove(listenKey) {
      await rest.call(listenKeyCall('DELETE', listenKey));
    },
  };
}

/** An unknown key is answered by HTTP 404, or by a code whose text says so. */
function isGone(reply: Exclude<RestReply, { kind: 'data' }>): boolean {
  if (reply.kind !== 'error') return false;
  return (
    reply.code === 404 ||
    /listen\s?key.*(not|invalid|expire)|(invalid|expired).*listen\s?key/i.test(reply.text)
  );
}
