// How near a cell is to its CVaR limit: one ratio, whichever of the two limits is nearer.

import type { CvarCell } from '../domain/cvar.ts';
import { numberText } from './number-text.ts';

/** CVaR over its limit: at 1 the limit is reached. */
interface LimitRatio {
  readonly unit: 'sigma' | 'bps';
  readonly value: number;
  /** Bounds of the 90 % interval over the same limit; `null` where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** `5.1 of 4 sigma`. */
  readonly words: string;
}

/** Returns the larger ratio of a cell, or `null` where no limit is set or its CVaR is unknown. */
export function limitRatio(cell: CvarCell): LimitRatio | null {
  const { threshold } = cell;
  const inSigma = ratioOf('sigma', cell.cvar95_sigma, cell.ci90_sigma, threshold?.max_cvar_sigma ?? null);
  const inBps = ratioOf('bps', cell.cvar95_error_bps, cell.ci90, threshold?.max_cvar_error_bps ?? null);
  if (inSigma === null || inBps === null) return inSigma ?? inBps;
  return inBps.value > inSigma.value ? inBps : inSigma;
}

function ratioOf(
  unit: LimitRatio['unit'],
  cvar: number | null,
  bounds: CvarCell['ci90'],
  limit: number | null,
): LimitRatio | null {
  if (cvar === null || limit === null) return null;
  const [low, high] = bounds === null ? [null, null] : [bounds[0] / limit, bounds[1] / limit];
  return {
    unit,
    value: cvar / limit,
    low,
    high,
    words: `${numberText(cvar)} of ${numberText(limit)} ${unit}`,
  };
}
