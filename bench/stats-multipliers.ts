// What the confidence multiplier of an agent is after 80 signals whose errors are larger or smaller than its model claims.

import { confidenceOf, foldConfidence, newConfidence } from '../src/supervision/confidence.ts';
import type { CaseResult, Section, StatsOptions } from './stats-case.ts';
import { TAILS, type Tails, uniformFrom } from './stats-noise.ts';
import { shippedRules } from './stats-stream.ts';

const SIGNALS = 80;
const SIGMA_BPS = 100;
const RATIOS = [0.5, 0.8, 1, 1.25, 1.5, 2, 3] as const;

function multiplierCase(tails: Tails) {
  return {
    name: `confidence multiplier, ${tails.name}`,
    run({ seed, runs }: StatsOptions): CaseResult {
      const { confidence } = shippedRules();
      const rows = RATIOS.map((ratio) => {
        const draw = tails.from(uniformFrom(seed, `multiplier/${tails.name}`));
        let [sum, squares] = [0, 0];
        for (let run = 0; run < runs; run += 1) {
          const state = newConfidence();
          for (let index = 0; index < SIGNALS; index += 1) {
            const errorBps = ratio * SIGMA_BPS * draw();
            const claimedAbsBps = tails.meanAbs * SIGMA_BPS;
            foldConfidence(
              state,
              { errorBps, claimedAbsBps, realizedBps: errorBps, uniqueness: 1 },
              confidence,
            );
          }
          const { multiplier } = confidenceOf(state, confidence);
          sum += multiplier;
          squares += multiplier ** 2;
        }
        const mean = sum / runs;
        const deviation = Math.sqrt(Math.max(0, squares / runs - mean ** 2));
        return [tails.name, ratio, Math.round(mean * 1000) / 1000, Math.round(deviation * 1000) / 1000];
      });
      return { rows, targets: [] };
    },
  };
}

export const MULTIPLIERS: Section = {
  title: `Confidence multiplier after ${SIGNALS} signals, by live over claimed mean error`,
  head: ['noise', 'live / claimed', 'mean', 'sd'],
  cases: TAILS.map(multiplierCase),
};
