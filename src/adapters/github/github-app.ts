// The GitHubApp port: how the app is registered, and what GitHub tried to deliver to it.

import type { AppRegistration, DeliveryAttempt } from '../../domain/github.ts';
import { isoFromMs, msFromIso } from '../../domain/time.ts';
import type { GitHubApp, Log } from '../../ports.ts';
import { ask, type OctokitLike } from './answers.ts';
import { linkOf, PER_PAGE } from './pages.ts';

/** GitHub keeps deliveries for three days; more of them than these are not looked at in one go. */
const PAGES_MAX = 100;

/**
 * Returns the port over an octokit that is authenticated as the app itself, not as one of its installations.
 *
 * @param log is warned where there are more deliveries than are looked at.
 */
export function octokitGitHubApp(octokit: OctokitLike, log: Log): GitHubApp {
  return {
    async registration() {
      return registrationFrom(await ask(() => octokit.request('GET /app')));
    },
    async deliveries(sinceMs) {
      return await deliveriesSince(octokit, sinceMs, log);
    },
    async redeliver(id) {
      // As text, for a number would lose its last digits. The types know only numbers.
      const route = `POST /app/hook/deliveries/${encodeURIComponent(id)}/attempts`;
      await ask(() => octokit.request(route));
    },
  };
}

type RegistrationJson = Awaited<ReturnType<typeof registrationOf>>;

async function registrationOf(octokit: OctokitLike) {
  return (await octokit.request('GET /app')).data;
}

/** Returns the registration that GitHub answers the app itself. */
export function registrationFrom(json: RegistrationJson): AppRegistration {
  const { id, slug = '', permissions, events } = json ?? { id: 0, permissions: {}, events: [] };
  const granted = Object.entries(permissions).flatMap(([name, level]) =>
    level === undefined ? [] : [[name, level] as const],
  );
  return { id: Number(id), slug, permissions: Object.fromEntries(granted), events: [...events] };
}

/** Newest first, so the walk ends at the first page that reaches back far enough. */
async function deliveriesSince(
  octokit: OctokitLike,
  sinceMs: number,
  log: Log,
): Promise<readonly DeliveryAttempt[]> {
  const found: DeliveryAttempt[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer: DeliveryPage = await deliveryPage(octokit, cursor);
    const recent = answer.deliveries.filter(({ deliveredAt }) => msFromIso(deliveredAt) >= sinceMs);
    found.push(...recent);
    cursor = answer.next;
    if (cursor === null || recent.length < answer.deliveries.length) return found;
  }
  const oldest = found.at(-1)?.deliveredAt ?? 'now';
  log.warn(
    `GitHub has more than ${found.length} deliveries since ${isoFromMs(sinceMs)}; those before ${oldest} are not looked at, and what they told is found by the sweep of each repository`,
  );
  return found;
}

interface DeliveryPage {
  readonly deliveries: readonly DeliveryAttempt[];
  readonly next: string | null;
}

async function deliveryPage(octokit: OctokitLike, cursor: string | null): Promise<DeliveryPage> {
  return await ask(async () => {
    const from = cursor === null ? {} : { cursor };
    const { data, headers } = await octokit.request('GET /app/hook/deliveries', {
      per_page: PER_PAGE,
      ...from,
    });
    const deliveries = data.map((json) => ({
      id: String(json.id),
      guid: json.guid,
      deliveredAt: isoFromMs(msFromIso(json.delivered_at)),
      event: json.event,
      action: json.action,
      statusCode: Number(json.status_code),
      isRedelivery: json.redelivery,
    }));
    return { data: { deliveries, next: linkOf(headers.link, 'next')?.searchParams.get('cursor') ?? null } };
  });
}
