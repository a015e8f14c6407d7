// Every table of docs/formulas.md, as text.

import { tableText } from '../src/adapters/terminal/table.ts';
import { coinFlips, directions, repeatedRuns, scales, shorts, skillOfNoise } from './formulas-rows.ts';
import { cutoffs, promotions, ratchet, saturation, tails } from './formulas-verdicts.ts';

const SECTIONS = [
  shorts,
  coinFlips,
  directions,
  repeatedRuns,
  scales,
  skillOfNoise,
  tails,
  cutoffs,
  ratchet,
  saturation,
  promotions,
];

/** Returns each table under a line that says what is in it. Depends on nothing but the code: all chance is seeded. */
export function formulaTables(): readonly string[] {
  return SECTIONS.map((section) => {
    const { title, head, rows } = section();
    return `${title}\n${tableText({ head, rows })}`;
  });
}
