// One look of the kill rule: how often it fires where the true CVaR is at the limit, and where it is beyond.

import { cvarOf } from '../src/supervision/cvar.ts';
import type { JudgedRow } from '../src/supervision/judged-row.ts';
import { type CaseResult, percentOf, type Section, type StatsOptions } from './stats-case.ts';
import { NORMAL, RARE_LOSSES, T4, TAILS, type Tails, uniformFrom } from './stats-noise.ts';
import { isBeyond, killedAt, overlappingRows, rowsOf, rulesAt } from './stats-tails.ts';

/** True CVaR over the limit. */
const RATIOS = [2, 1.5, 1.25, 1] as const;
const TARGET_PERCENT = 5;

interface LookCase {
  readonly what: string;
  readonly tails: Tails;
  readonly nEff: number;
  readonly horizonHours: number;
  readonly draws: number;
  /** Part of the streams that are simulated. */
  readonly share: number;
  readonly isTarget: boolean;
  rows(draw: () => number): JudgedRow[];
  /** The CVaR of a single label, in sigma. */
  cvar95(seed: number): number;
}

function independent(tails: Tails, nEff: number, isTarget = true): LookCase {
  return {
    what: 'independent',
    tails,
    nEff,
    horizonHours: 1,
    draws: 500,
    share: 1,
    isTarget,
    rows: (draw) => rowsOf(nEff, 1, 0, draw),
    cvar95: () => tails.cvar95,
  };
}

const OVERLAP_HOURS = 24;

function overlapping(tails: Tails, nEff: number): LookCase {
  return {
    what: `${OVERLAP_HOURS} h labels every hour`,
    tails,
    nEff,
    horizonHours: OVERLAP_HOURS,
    draws: 300,
    share: nEff > 60 ? 0.5 : 1,
    isTarget: true,
    rows: (draw) => overlappingRows(nEff * OVERLAP_HOURS, OVERLAP_HOURS, draw),
    cvar95(seed) {
      if (tails === NORMAL) return NORMAL.cvar95;
      const draw = tails.from(uniformFrom(seed, 'cvar/overlapping'));
      return sampledCvar(() => meanOfMany(draw, OVERLAP_HOURS));
    },
  };
}

function correlated(
  tails: Tails,
  nEff: number,
  symbols: number,
  correlation: number,
  isTarget: boolean,
): LookCase {
  const days = Math.ceil(nEff / symbols);
  const [own, shared] = [Math.sqrt(1 - correlation), Math.sqrt(correlation)];
  return {
    what: `${symbols} symbols a day, ${days} days, correlated ${correlation}`,
    tails,
    nEff,
    horizonHours: 1,
    draws: 500,
    share: 1,
    isTarget,
    rows: (draw) => rowsOf(nEff, symbols, correlation, draw),
    cvar95(seed) {
      if (tails === NORMAL) return NORMAL.cvar95;
      const draw = tails.from(uniformFrom(seed, 'cvar/mixed'));
      return sampledCvar(() => own * draw() + shared * draw());
    },
  };
}

/** Labels from which a CVaR is taken that no formula gives: its standard error is below 0.5 %. */
const SAMPLE = 200_000;

function sampledCvar(label: () => number): number {
  const cvar = cvarOf(Float64Array.from({ length: SAMPLE }, () => -label()));
  if (cvar === null) throw new Error('a sample has labels');
  return cvar;
}

/** Returns the sum of so many numbers over its root. */
function meanOfMany(draw: () => number, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += draw();
  return sum / Math.sqrt(count);
}

function lookCase(look: LookCase) {
  const { what, tails, nEff } = look;
  return {
    name: `kill rule, ${tails.name}, ${what}, n_eff ${nEff}`,
    run({ seed, runs }: StatsOptions): CaseResult {
      const rules = rulesAt(look.horizonHours, look.draws);
      const streams = Math.ceil(runs * look.share);
      const draw = tails.from(uniformFrom(seed, `look/${tails.name}/${what}/${nEff}`));
      const limits = RATIOS.map((ratio) => look.cvar95(seed) / ratio);
      const killed = RATIOS.map(() => 0);
      let beyond = 0;
      for (let index = 0; index < streams; index += 1) {
        const rows = look.rows(draw);
        if (isBeyond(rows, limits.at(-1) ?? 0, rules)) beyond += 1;
        const at = killedAt(rows, limits, rules);
        for (const [place, limit] of limits.entries()) {
          if (at.includes(limit)) killed[place] = (killed[place] ?? 0) + 1;
        }
      }
      const shares = killed.map((count) => percentOf(count, streams));
      const target = {
        what: `kill rule at the limit, ${tails.name}, ${what}, n_eff ${nEff}`,
        percent: shares.at(-1) ?? 100,
        side: 'at most' as const,
        bound: TARGET_PERCENT,
        runs,
      };
      return {
        rows: [[tails.name, what, nEff, percentOf(beyond, streams), ...shares.reverse()]],
        targets: look.isTarget ? [target] : [],
      };
    },
  };
}

export const LOOKS: Section = {
  title:
    'Kill rule, one look: P(KILL) in % by the true CVaR over the limit; beside it the rule `point` at the limit',
  head: ['noise', 'rows', 'n_eff', 'point, at limit', 'at limit', '1.25 x', '1.5 x', '2 x'],
  cases: [
    ...[NORMAL, T4].flatMap((tails) => [60, 100].map((nEff) => overlapping(tails, nEff))),
    ...TAILS.flatMap((tails) => [60, 100, 250].map((nEff) => independent(tails, nEff))),
    independent(RARE_LOSSES, 100, false),
    correlated(NORMAL, 100, 5, 0.6, true),
    correlated(NORMAL, 250, 5, 0.6, true),
    correlated(T4, 100, 5, 0.6, true),
    correlated(T4, 250, 5, 0.6, true),
    correlated(T4, 200, 10, 0.9, false),
  ].map(lookCase),
};
