// What a kernel is told once: limits, times and policies. Whoever changes one starts a new run.

import type { Instrument } from '../domain/instrument.ts';
import type { Money } from '../domain/money.ts';
import { money } from '../domain/money.ts';
import type { Ppm } from '../domain/steps.ts';
import { ppm } from '../domain/steps.ts';
import type { PositionMode } from '../domain/venue.ts';

export interface Limits {
  /** One order at most, at its mark. */
  readonly maxNotional: Money;
  /** All slots together, at their marks. */
  readonly maxPositionNotional: Money;
  /** As the venue knows it: whole. */
  readonly maxLeverage: number;
  /** Realized and open loss of a UTC day at which entries end; positive. */
  readonly maxDailyLoss: Money;
  readonly maxEntriesPerMinute: number;
  /** How far a reference price may be from the mark. */
  readonly priceBandPpm: Ppm;
  readonly staleMarkMs: number;
  readonly staleIntentMs: number;
  /** No entry this soon after a fill of ours: the venue's views lag. */
  readonly hotWindowMs: number;
  /** How old a picture of the venue's positions may be to prove that a symbol is flat. */
  readonly proofMaxAgeMs: number;
}

type MissPolicy = 'skip' | 'retry' | 'market';

interface RouterConfig {
  readonly style: 'taker' | 'maker';
  readonly entryTtlMs: number;
  readonly exitTtlMs: number;
  readonly entryMiss: MissPolicy;
  readonly entryRetries: number;
  /** What follows the last retry. */
  readonly retryExhaust: 'skip' | 'market';
  /** Ticks away from the best price of our own side. */
  readonly offsetTicks: number;
  /** How far a retry may follow the price from the first reference. */
  readonly maxChasePpm: Ppm;
  readonly exitReprices: number;
  /** Waiting for proof of an order's end before a reduce-only market order goes out beside it. */
  readonly exitDoubtMs: number;
  /** From the request to flat; after it the slot is in front of a person, and the kernel goes on trying. */
  readonly exitDeadlineMs: number;
  /** A request that is rejected this often in the same way is tried once a minute. */
  readonly identicalRejects: number;
}

interface DoubtConfig {
  /** No answer to a submit or cancel for so long: nobody knows. */
  readonly answerMs: number;
  readonly queryMs: number;
  readonly restingQueryMs: number;
  /** A venue that does not find an order proves that it never was only after this long, and this often. */
  readonly absenceMs: number;
  readonly absenceCount: number;
}

interface ResyncConfig {
  readonly everyMs: number;
  readonly retryMs: number;
  /** The venue's views lag by at most this: evidence that is to contradict our book has to be this much younger than our last act. */
  readonly lagMs: number;
  /** FILLS and INCOME are asked for from this long before what is known: longer than any clock is ahead. */
  readonly overlapMs: number;
}

interface LedgerConfig {
  readonly okBelow: Money;
  /** ERROR from this or from `errorSharePpm` of the wallet, whichever is more. */
  readonly errorFrom: Money;
  readonly errorSharePpm: Ppm;
  /** A WARN that lasts longer is an ERROR. */
  readonly warnDeadlineMs: number;
  /** A fee that is further off the published rate does not calibrate. */
  readonly calibrationGuardPpm: Ppm;
}

interface Bounds {
  readonly parkedFrames: number;
  readonly parkedMs: number;
  readonly terminalOrders: number;
  readonly rememberedIds: number;
  readonly orphanSlots: number;
}

export interface KernelConfig {
  /** Names this kernel among those of one account; part of every order's id. */
  readonly instance: string;
  readonly maxSlots: number;
  readonly positionMode: PositionMode;
  /** exclusive: nobody else trades this account. shared: others may, on the same symbols too. */
  readonly account: 'exclusive' | 'shared';
  readonly instruments: readonly Instrument[];
  readonly limits: Limits;
  readonly router: RouterConfig;
  readonly doubt: DoubtConfig;
  readonly resync: ResyncConfig;
  readonly ledger: LedgerConfig;
  readonly bounds: Bounds;
}

const usdt = (amount: number): Money => money(BigInt(amount) * 100_000_000n);

/** What a kernel does unless it is told otherwise. Limits of money have no default that fits everybody: these are small. */
export const KERNEL_DEFAULTS: Omit<KernelConfig, 'instance' | 'instruments'> = {
  maxSlots: 1,
  positionMode: 'one_way',
  account: 'exclusive',
  limits: {
    maxNotional: usdt(10_000),
    maxPositionNotional: usdt(20_000),
    maxLeverage: 3,
    maxDailyLoss: usdt(500),
    maxEntriesPerMinute: 6,
    priceBandPpm: ppm(50_000),
    staleMarkMs: 10_000,
    staleIntentMs: 30_000,
    hotWindowMs: 5_000,
    proofMaxAgeMs: 10_000,
  },
  router: {
    style: 'taker',
    entryTtlMs: 58_000,
    exitTtlMs: 8_000,
    entryMiss: 'skip',
    entryRetries: 2,
    retryExhaust: 'skip',
    offsetTicks: 0,
    maxChasePpm: ppm(1_000),
    exitReprices: 1,
    exitDoubtMs: 5_000,
    exitDeadlineMs: 120_000,
    identicalRejects: 3,
  },
  doubt: {
    answerMs: 10_000,
    queryMs: 2_000,
    restingQueryMs: 30_000,
    absenceMs: 75_000,
    absenceCount: 3,
  },
  resync: { everyMs: 300_000, retryMs: 2_000, lagMs: 35_000, overlapMs: 600_000 },
  ledger: {
    okBelow: money(1_000_000n),
    errorFrom: usdt(20),
    errorSharePpm: ppm(1_000),
    warnDeadlineMs: 120_000,
    calibrationGuardPpm: ppm(150_000),
  },
  bounds: {
    parkedFrames: 1_000,
    parkedMs: 10_000,
    terminalOrders: 1_000,
    rememberedIds: 4_096,
    orphanSlots: 32,
  },
};
