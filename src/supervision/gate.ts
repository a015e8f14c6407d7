// The skill gate: a model is used only where its forecasts beat the forecast zero out of sample, by more than luck explains.

import type { Model } from '../domain/model.ts';
import { at } from './columns.ts';
import { significant } from './digits.ts';
import { studentUpperTail } from './student.ts';
import { effectiveForecasts, type Forecasts } from './walk-forward.ts';

type SkillGate = NonNullable<Model['gate']>;

/**
 * Tests one-sidedly whether the mean of `d = e0^2 - e1^2` is positive, with `e0` the error of the forecast zero and `e1`
 * of the model, in target units: `t = mean / (sd / sqrt(n_eff))` with `n_eff - 1` degrees of freedom, where overlapping
 * labels count by their uniqueness. Returns `null` where there is nothing to test: at most one effective row, or no spread.
 */
export function skillGate(forecasts: Forecasts, alpha: number): SkillGate | null {
  const n = forecasts.target.length;
  const nEff = effectiveForecasts(forecasts, 0, n);
  if (n < 2 || nEff <= 1) return null;
  const gains = forecasts.target.map(
    (target, index) => target ** 2 - (target - at(forecasts.prediction, index)) ** 2,
  );
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / n;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  if (deviation === 0) return null;
  const t = mean / (deviation / Math.sqrt(nEff));
  return {
    mean_gain: significant(mean),
    t: significant(t),
    n_eff: significant(nEff),
    p_value: significant(studentUpperTail(t, nEff - 1)),
    alpha,
  };
}

/** Returns whether the model may be used, and why, with the numbers that decided. */
export function skillVerdict(gate: SkillGate | null): { readonly used: boolean; readonly reason: string } {
  if (gate === null) {
    return { used: false, reason: 'the gain over zero cannot be tested: its sample has no spread' };
  }
  const used = gate.p_value < gate.alpha;
  const shown = (value: number): string => String(Number(value.toPrecision(3)));
  const numbers =
    `mean gain ${shown(gate.mean_gain)}, t ${shown(gate.t)}, n_eff ${shown(gate.n_eff)}, ` +
    `p ${shown(gate.p_value)} ${used ? '<' : '>='} ${gate.alpha}`;
  const finding = used ? 'beats zero out of sample' : 'does not beat zero out of sample';
  return { used, reason: `${finding}: ${numbers}` };
}
