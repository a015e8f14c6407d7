// Which deliveries the app never got, told from GitHub's own record of its attempts: GitHub does not try again unless it is asked.

import type { DeliveryAttempt } from '../domain/github.ts';
import { groupedBy } from '../supervision/grouped-by.ts';

interface MissedDeliveries {
  /** One attempt of each delivery to be made again, the oldest delivery first. */
  readonly redeliver: readonly DeliveryAttempt[];
  /** How many more there are to ask for, another time. */
  readonly left: number;
  /** GUIDs of deliveries that failed so often that nobody asks for them any more. */
  readonly givenUp: readonly string[];
}

/** A delivery that failed this often fails for a reason that another attempt does not mend. */
const ATTEMPTS_MAX = 5;
/** Per sweep: GitHub counts each as a request, and the app has to handle them too. */
const REDELIVERIES_MAX = 100;

/**
 * Returns what to ask GitHub for again.
 *
 * @param attempts of all deliveries that may be missed, in any order
 * @param isKnown whether the app has a delivery, handled or not, by its GUID
 * @param isHandled whether anything is done about events of a name
 */
export function missedDeliveries(
  attempts: readonly DeliveryAttempt[],
  isKnown: (guid: string) => boolean,
  isHandled: (event: string) => boolean,
): MissedDeliveries {
  const byGuid = groupedBy(attempts, ({ guid }) => guid.toLowerCase());
  const missed = [...byGuid].flatMap(([guid, tried]) => {
    const isTaken = tried.some(({ statusCode }) => statusCode >= 200 && statusCode < 300);
    const inOrder = tried.toSorted(byTime);
    const [first, newest] = [inOrder[0], inOrder.at(-1)];
    if (first === undefined || newest === undefined) return [];
    if (isTaken || isKnown(guid) || !isHandled(newest.event)) return [];
    return [{ guid, newest, first, attempts: tried.length }];
  });
  const wanted = missed
    .filter((one) => one.attempts < ATTEMPTS_MAX)
    .toSorted((a, b) => byTime(a.first, b.first));
  return {
    redeliver: wanted.slice(0, REDELIVERIES_MAX).map(({ newest }) => newest),
    left: Math.max(0, wanted.length - REDELIVERIES_MAX),
    givenUp: missed.filter((one) => one.attempts >= ATTEMPTS_MAX).map(({ guid }) => guid),
  };
}

/** Ids of deliveries grow with time, and those of one instant differ in them only. */
function byTime(a: DeliveryAttempt, b: DeliveryAttempt): number {
  if (a.deliveredAt !== b.deliveredAt) return a.deliveredAt < b.deliveredAt ? -1 : 1;
  if (a.id.length !== b.id.length) return a.id.length - b.id.length;
  return a.id < b.id ? -1 : 1;
}
