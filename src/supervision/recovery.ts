// Whether a disabled class has recovered in the cell that breached, and if not, what is missing, in sentences for a person.

import type { CellThreshold } from '../domain/cvar.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import type { CellMeasurements } from './cell.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/**
 * Returns the conditions of recovery that a cell does not meet, as short sentences; empty means that it has recovered. At
 * `asOfMs`, the cool-down since `sinceMs` (when the class was disabled) is over; the newest `cvar.reenable.min_fresh_n_eff`
 * effective rows all began since then; and their CVaR is below `max_limit_ratio` of every configured limit. What is unknown
 * is not met, a missing limit included: nothing says then what recovered would be.
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
  const wanted = rules.cvar.reenable.min_fresh_n_eff;
  if (recent.from === null || recent.n_eff < wanted) {
    return [`There are ${shown(recent.n_eff)} effective rows; ${shown(wanted)} are needed.`];
  }
  if (msFromIso(recent.from) >= sinceMs) return [];
  return [
    `The newest ${shown(recent.n_eff)} effective rows begin at ${recent.from}, ` +
      `before the class was disabled at ${isoFromMs(sinceMs)}.`,
  ];
}

function unmetLimits(
  recent: CellMeasurements['recent'],
  threshold: CellThreshold | null,
  rules: SupervisorRules,
): readonly string[] {
  const limits = [
    { limit: threshold?.max_cvar_error_bps ?? null, figure: recent.cvar95_error_bps, unit: 'bps' },
    { limit: threshold?.max_cvar_sigma ?? null, figure: recent.cvar95_sigma, unit: 'sigma' },
  ];
  const share = rules.cvar.reenable.max_limit_ratio;
  const unmet = limits.flatMap(({ limit, figure, unit }) => {
    if (limit === null) return [];
    if (figure === null) return [`The CVaR of the newest rows in ${unit} is unknown.`];
    if (figure < share * limit) return [];
    return [
      `The CVaR of the newest rows is ${shown(figure)} ${unit}, not below ${shown(share * limit)} ` +
        `(${share} of the limit ${limit}).`,
    ];
  });
  return limits.every(({ limit }) => limit === null) ? ['No limit is configured to recover to.'] : unmet;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
