// Fewer gains than claimed: the newest signals of a stream against the probability of a gain that goes with them.

import { binomialLowerTail } from './binomial.ts';
import { at } from './columns.ts';
import { type RecentSignals, sumOfNewest } from './recent-signals.ts';
import { wilsonLower } from './wilson.ts';

/** How often the stream used to gain: the signals that have left its window. Plain JSON. */
export interface HitRecord {
  n: number;
  hits: number;
  /** Whether enough of it was learnt while nothing was wrong; then losses of an alert are not added. */
  isKnown: boolean;
}

/** Some signals, how many of them gained, and the probability of a gain they are held against. */
export interface HitSample {
  readonly n: number;
  readonly hits: number;
  readonly probability: number;
}

/**
 * Returns the `n` newest signals, at least one, against the mean probability that was claimed for them, lowered to how
 * often the stream used to gain once `minRecord` signals tell (the lower Wilson bound at one sigma, since a short record is
 * itself uncertain): a strategy that gains rarely and then much has not broken.
 */
export function hitSample(recent: RecentSignals, n: number, record: HitRecord, minRecord: number): HitSample {
  const claimed = sumOfNewest(recent, recent.claimedHit, n) / n;
  const usual = record.n < minRecord ? 1 : wilsonLower(record.hits / record.n, record.n, 1);
  return { n, hits: sumOfNewest(recent, recent.hit, n), probability: Math.min(claimed, usual) };
}

/** Returns whether a sample gained at least as often as it should, in which case its p-value is at least one half. */
export function gainsEnough(sample: HitSample): boolean {
  return sample.hits >= sample.n * sample.probability;
}

/** Returns the probability of so few gains. */
export function hitPValue(sample: HitSample): number {
  return binomialLowerTail(sample.hits, sample.n, sample.probability);
}

/** Adds the oldest signal of a window of `n` to the record, before it leaves. */
export function recordLeaving(record: HitRecord, recent: RecentSignals, n: number): void {
  record.hits += at(recent.hit, (recent.n - n) % recent.capacity);
  record.n += 1;
}
