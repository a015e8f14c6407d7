// How long alerts live: whether they outlast a break, and whether they end once the stream is repaired.

import { type CaseResult, percentOf, quantileOf, type Section, type StatsOptions } from './stats-case.ts';
import { TAILS, type Tails, uniformFrom } from './stats-noise.ts';
import {
  alertOf,
  type Change,
  HEALTHY,
  run,
  shippedRules,
  simulatedStream,
  trueClaim,
} from './stats-stream.ts';

const HEALTHY_SIGNALS = 100;
/** A stream that is not alerted on within so many signals after the break has no life of an alert. */
const FOUND_WITHIN = 400;
const PERSISTS_SIGNALS = 300;
/** Signals from the alert to the repair: somebody needs time to make it. */
const REPAIR_AFTER = 40;
const REPAIRED_SIGNALS = 160;

const CHANGES: readonly Change[] = [
  { name: '-0.5 sigma', scale: 1, shift: -0.5 },
  { name: '-1 sigma', scale: 1, shift: -1 },
  { name: 'x1.5', scale: 1.5, shift: 0 },
  { name: 'x2', scale: 2, shift: 0 },
];

/** A quarter of the streams in each row. */
function lifeCase(tails: Tails, change: Change) {
  return {
    name: `life of an alert, ${tails.name}, ${change.name}`,
    run({ seed, runs }: StatsOptions): CaseResult {
      const streams = Math.ceil(runs / 4);
      const draw = tails.from(uniformFrom(seed, `life/${tails.name}/${change.name}`));
      const lasting = Array.from({ length: streams }, () => firstEnd(tails, change, draw, 'broken'));
      const repaired = Array.from({ length: streams }, () => firstEnd(tails, change, draw, 'repaired'));
      const known = lasting.filter((end) => end !== null);
      const mended = repaired.filter((end) => end !== null);
      const ended = (ends: readonly number[], within: number) =>
        percentOf(ends.filter((end) => end <= within).length, ends.length);
      const row = [
        tails.name,
        change.name,
        known.length,
        ended(known, PERSISTS_SIGNALS),
        ended(mended, 80),
        ended(mended, REPAIRED_SIGNALS),
        quantileOf(mended, 0.5),
      ];
      return { rows: [row], targets: [] };
    },
  };
}

/**
 * Returns after how many signals no trigger is in ALERT any more, counted from the alert of a stream that stays broken or
 * from the repair, `Infinity` where some stays, `null` where there was no alert to end.
 */
function firstEnd(
  tails: Tails,
  change: Change,
  draw: () => number,
  then: 'broken' | 'repaired',
): number | null {
  const stream = simulatedStream(trueClaim(tails), shippedRules());
  run(stream, draw, HEALTHY_SIGNALS);
  if (alertOf(stream) !== null) return null;
  let n = 0;
  while (n < FOUND_WITHIN && alertOf(stream) === null) {
    run(stream, draw, 1, change);
    n += 1;
  }
  if (alertOf(stream) === null) return null;
  if (then === 'repaired') {
    run(stream, draw, REPAIR_AFTER, change);
    if (alertOf(stream) === null) return null;
  }
  const signals = then === 'broken' ? PERSISTS_SIGNALS : REPAIRED_SIGNALS;
  for (let after = 1; after <= signals; after += 1) {
    run(stream, draw, 1, then === 'broken' ? change : HEALTHY);
    if (alertOf(stream) === null) return after;
  }
  return Number.POSITIVE_INFINITY;
}

export const LIVES: Section = {
  title: `Life of alerts: no trigger in ALERT at some time within ${PERSISTS_SIGNALS} signals though the break lasts; and after a repair, %`,
  head: [
    'noise',
    'break',
    'alerts',
    'ended, still broken',
    'ended by 80',
    `ended by ${REPAIRED_SIGNALS}`,
    'median',
  ],
  cases: TAILS.flatMap((tails) => CHANGES.map((change) => lifeCase(tails, change))),
};
