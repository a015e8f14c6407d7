// The regime a strategy class is in: what most of its newest events say.

/** How many of the newest events of a class are asked. */
export const CURRENT_REGIME_EVENTS = 20;

/**
 * Returns the regime that most of the newest {@link CURRENT_REGIME_EVENTS} of `events` name, or `null` without events. The
 * newest stands last. Among regimes that are named equally often it is the one named last.
 */
export function currentRegime(events: readonly { readonly regime: string }[]): string | null {
  const counts = new Map<string, number>();
  let current: string | null = null;
  let most = 0;
  for (const { regime } of events.slice(-CURRENT_REGIME_EVENTS).reverse()) {
    counts.set(regime, (counts.get(regime) ?? 0) + 1);
  }
  // The map keeps the order of first insertion, newest first, so a tie stays with the newest.
  for (const [regime, count] of counts) {
    if (count > most) [current, most] = [regime, count];
  }
  return current;
}
