// Whether two records tell of one alert: a row that comes late moves the instant at which an alert began by some labels.

import type { DivergenceAlert } from '../domain/divergence.ts';
import type { DivergenceConfig } from '../domain/supervisor-config.ts';
import { HOUR_MS, msFromIso } from '../domain/time.ts';

/** What tells one alert from another. */
export type AlertPlace = Pick<DivergenceAlert, 'agent' | 'horizon_hours' | 'trigger' | 'since'>;

/** How many signals, whose labels do not overlap, lie between two alerts of one stream. */
export type AlertSpacing = Pick<DivergenceConfig, 'min_signals' | 'resolve_after_signals'>;

/**
 * Whether two records are of the same alert. Before a second one can begin, the first must end, which takes
 * `resolve_after_signals`, and the trigger must see `min_signals` anew; labels that do not overlap take a horizon each. So two
 * instants that lie less than half of that apart are one alert, seen before and after late rows. Instants that are both
 * unknown (`null`) are one alert, too.
 */
export function isSameAlert(a: AlertPlace, b: AlertPlace, spacing: AlertSpacing): boolean {
  if (a.agent !== b.agent || a.horizon_hours !== b.horizon_hours || a.trigger !== b.trigger) return false;
  if (a.since === null || b.since === null) return a.since === b.since;
  const labels = spacing.resolve_after_signals + spacing.min_signals;
  const toleranceMs = (labels / 2) * a.horizon_hours * HOUR_MS;
  return Math.abs(msFromIso(a.since) - msFromIso(b.since)) < toleranceMs;
}
