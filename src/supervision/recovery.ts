// Whether a disabled class has recovered in the cell that breached, and if not, what is missing, in sentences for a person.

import type { CellThreshold } from '../domain/cvar.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import type { CellMeasurements } from './cell.ts';
import { Z_90 } from './cvar.ts';
import type { LossUnit } from './loss.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/**
 * Returns the conditions of recovery that a cell does not meet, as short sentences; empty means that it has recovered. At
 * `asOfMs`, the cool-down since `sinceMs` (when the class was disabled) is over; the newest rows (`recent`) make
 * `cvar.reenable.min_fresh_n_eff` effective ones out of `cvar.min_blocks` spans of one horizon, and all began since then; and their
 * CVaR is below `max_limit_ratio` of every configured limit, and with {@link Z_90} of its standard errors still below the
 * limit. What is unknown is not met, a missing limit included: nothing says then what recovered would be.
 */
export function unmetRecovery(
  measurements: CellMeasurements,
  threshold: CellThreshold | null,
  rules: SupervisorRules,
  sinceMs: number,
  asOfMs: number,
): readonly string[] {
  return [
    ...unmetCoolDown(rules, sinceMs, asOfMs),
    ...unmetFreshness(measurements.recent, rules, sinceMs),
    ...unmetLimits(measurements.recent, threshold, rules),
  ];
}

function unmetCoolDown(rules: SupervisorRules, sinceMs: number, asOfMs: number): readonly string[] {
  const endMs = sinceMs + rules.coolDownMs;
  if (asOfMs >= endMs) return [];
  return [`The cool-down of ${rules.cvar.reenable.cool_down} ends at ${isoFromMs(endMs)}.`];
}

function unmetFreshness(
  recent: CellMeasurements['recent'],
  rules: SupervisorRules,
  sinceMs: number,
): readonly string[] {
  const { horizon_hours: horizon, min_blocks: minSpans } = rules.cvar;
  const { min_fresh_n_eff: minNEff } = rules.cvar.reenable;
  const unmet: string[] = [];
  if (recent.n_eff < minNEff)
    unmet.push(`There are ${shown(recent.n_eff)} effective rows; ${shown(minNEff)} are needed.`);
  if (recent.n_blocks < minSpans)
    unmet.push(`They come from ${recent.n_blocks} spans of ${horizon} h; ${minSpans} are needed.`);
  if (recent.from !== null && msFromIso(recent.from) < sinceMs) {
    unmet.push(
      `The newest ${shown(recent.n_eff)} effective rows begin at ${recent.from}, ` +
        `before the class was disabled at ${isoFromMs(sinceMs)}.`,
    );
  }
  return unmet;
}

/** A limit that is configured, and what the newest rows say about it. */
interface RecentFigure {
  readonly unit: LossUnit;
  readonly limit: number;
  readonly cvar: number | null;
  readonly standardError: number | null;
}

function unmetLimits(
  recent: CellMeasurements['recent'],
  threshold: CellThreshold | null,
  rules: SupervisorRules,
): readonly string[] {
  const figures = recentFigures(recent, threshold);
  if (figures.length === 0) return ['No limit is configured to recover to.'];
  return figures.flatMap((figure) => unmetLimit(figure, rules.cvar.reenable.max_limit_ratio) ?? []);
}

function unmetLimit({ unit, limit, cvar, standardError }: RecentFigure, share: number): string | null {
  if (cvar === null) return `The CVaR of the newest rows in ${unit} is unknown.`;
  if (cvar >= share * limit)
    return (
      `The CVaR of the newest rows is ${shown(cvar)} ${unit}, not below ${shown(share * limit)} ` +
      `(${share} of the limit ${limit}).`
    );
  if (standardError === null)
    return `The standard error of the CVaR of the newest rows in ${unit} is unknown.`;
  const upper = cvar + Z_90 * standardError;
  if (upper < limit) return null;
  return (
    `The CVaR of the newest rows is ${shown(cvar)} ${unit}, but may be ${shown(upper)} ` +
    `(${Z_90} standard errors above), not below the limit ${limit}.`
  );
}

/**
 * Whether the newest rows are beyond a limit in one of `units`: the breach is not over, or is there again. What is unknown of
 * them, a missing limit included, is not a recovery.
 */
export function isBeyondRecently(
  recent: CellMeasurements['recent'],
  threshold: CellThreshold | null,
  units: readonly LossUnit[],
): boolean {
  const figures = recentFigures(recent, threshold);
  return units.some((unit) => {
    const figure = figures.find((each) => each.unit === unit);
    return figure === undefined || figure.cvar === null || figure.cvar > figure.limit;
  });
}

function recentFigures(
  recent: CellMeasurements['recent'],
  threshold: CellThreshold | null,
): readonly RecentFigure[] {
  const figures = [
    {
      unit: 'bps' as const,
      limit: threshold?.max_cvar_error_bps ?? null,
      cvar: recent.cvar95_error_bps,
      standardError: recent.se_cvar95_error_bps,
    },
    {
      unit: 'sigma' as const,
      limit: threshold?.max_cvar_sigma ?? null,
      cvar: recent.cvar95_sigma,
      standardError: recent.se_cvar95_sigma,
    },
  ];
  return figures.flatMap(({ limit, ...figure }) => (limit === null ? [] : [{ ...figure, limit }]));
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
