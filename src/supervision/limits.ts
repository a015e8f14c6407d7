// Which limits apply to a cell: the nearest that were configured, key by key, and the default of a class that has none.

import type { CellThreshold } from '../domain/cvar.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { CvarLimits, KillList } from '../domain/kill-list.ts';

const NONE: CvarLimits = {};

/**
 * Returns the limits of a class in a regime. Each of the two (bps, sigma) is that of the regime, else that of the class.
 * Where neither gives any, or the kill list does not know the class, the limit is `defaultMaxSigma`, in sigma. `source` says
 * where the nearest of the limits stands: `regime` as soon as the regime gives one, even where the other is inherited.
 */
export function limitsOf(
  killList: KillList,
  strategyClass: string,
  regime: string,
  defaultMaxSigma: number,
): CellThreshold {
  const entry = entryOf(killList, strategyClass);
  const ofClass = entry ?? NONE;
  const ofRegime = entryOf(entry?.by_regime ?? {}, regime) ?? NONE;
  const maxBps = ofRegime.max_cvar_error_bps ?? ofClass.max_cvar_error_bps ?? null;
  const maxSigma = ofRegime.max_cvar_sigma ?? ofClass.max_cvar_sigma ?? null;
  if (maxBps === null && maxSigma === null) {
    return { max_cvar_error_bps: null, max_cvar_sigma: defaultMaxSigma, source: 'default' };
  }
  return {
    max_cvar_error_bps: maxBps,
    max_cvar_sigma: maxSigma,
    source: hasLimit(ofRegime) ? 'regime' : 'class',
  };
}

function hasLimit(limits: CvarLimits): boolean {
  return limits.max_cvar_error_bps !== undefined || limits.max_cvar_sigma !== undefined;
}
