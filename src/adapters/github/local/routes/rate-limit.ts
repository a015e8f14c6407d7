// What is left of the limit of requests, which asking for does not use up.

import type { Actor } from '../entities.ts';
import type { RateCaller, RateLimits } from '../rate-limits.ts';
import { answer, type Route } from '../request.ts';

/** Returns with whom the requests of an actor are counted together. */
export function rateCallerOf(actor: Actor): RateCaller {
  if (actor.kind === 'actions')
    return { key: `actions:${[...(actor.repositories ?? [])].join()}`, kind: 'actions' };
  if (actor.kind === 'installation')
    return { key: `installation:${actor.installationId}`, kind: 'installation' };
  return { key: `user:${actor.login}`, kind: 'user' };
}

/** Returns the route that tells the limits. */
export function rateLimitRoute(limits: RateLimits): Route {
  return {
    method: 'GET',
    path: '/rate_limit',
    handle: ({ actor }) => {
      const core = limits.status(rateCallerOf(actor));
      const untouched = (limit: number) => ({ limit, used: 0, remaining: limit, reset: core.reset });
      const resources = { core, search: untouched(30), graphql: untouched(5000) };
      return answer({ resources, rate: core });
    },
  };
}
