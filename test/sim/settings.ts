// What a simulated world is like: instruments, limits, policies of the router and quirks of the venue, all drawn from its seed.

import { HONEST } from '../../src/adapters/venues/exchange/model/quirks.ts';
import { EXCHANGE_DEFAULTS, type ExchangeConfig } from '../../src/adapters/venues/exchange/model/state.ts';
import type { StrategyClass, SymbolName } from '../../src/domain/ids.ts';
import { type Instrument, stepOf } from '../../src/domain/instrument.ts';
import { type Money, money } from '../../src/domain/money.ts';
import { type EpochMs, lots, type Ppm, ppm } from '../../src/domain/steps.ts';
import type { PositionMode } from '../../src/domain/venue.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import type { FaultPlan } from './faults.ts';
import { type Stream, streamOf } from './random.ts';

export const BEGIN_MS = 1_780_000_000_000 as EpochMs;
export const OWN_ACCOUNT = 'own';
export const CLASSES = ['champion', 'challenger'] as unknown as readonly [StrategyClass, StrategyClass];

export interface Settings {
  readonly kernel: KernelConfig;
  readonly exchange: ExchangeConfig;
  readonly wallet: Money;
  /** In ticks, by symbol. */
  readonly firstPrices: ReadonlyMap<SymbolName, number>;
  readonly markEveryMs: number;
  readonly actEveryMs: number;
  /** How long things may go wrong. */
  readonly faultyMs: number;
}

interface Listed {
  readonly symbol: string;
  readonly tick: string;
  readonly lot: string;
  readonly price: number;
}

const LISTED: readonly Listed[] = [
  { symbol: 'BTC-USDT', tick: '0.1', lot: '0.0001', price: 300_000 },
  { symbol: 'ETH-USDT', tick: '0.05', lot: '0.01', price: 40_000 },
  { symbol: 'XRP-USDT', tick: '0.0001', lot: '1', price: 6_000 },
];

export function settingsOf(seed: number, faults: FaultPlan): Settings {
  const draw = streamOf(seed, 'settings');
  const listed = LISTED.slice(0, draw.between(1, LISTED.length));
  const makerFeePpm = ppm(faults.isTrait('rebate') ? -100 : 200);
  const isFree = faults.isTrait('no_fee');
  const instruments = listed.map((one) => instrumentOf(one, isFree ? ppm(0) : makerFeePpm, isFree));
  const positionMode: PositionMode = draw.chance(0.25) ? 'hedge' : 'one_way';
  return {
    kernel: kernelOf(draw, instruments, positionMode),
    exchange: exchangeOf(faults, instruments, positionMode),
    wallet: money(
      BigInt(draw.between(draw.chance(0.2) ? 100 : 2_000, draw.chance(0.25) ? 2_500 : 30_000)) * 100_000_000n,
    ),
    firstPrices: new Map(listed.map(({ symbol, price }) => [symbol as SymbolName, price])),
    markEveryMs: draw.between(2_000, 6_000),
    actEveryMs: draw.between(4_000, 15_000),
    faultyMs: draw.between(300_000, 540_000),
  };
}

function instrumentOf({ symbol, tick, lot }: Listed, makerFeePpm: Ppm, isFree: boolean): Instrument {
  return {
    symbol: symbol as SymbolName,
    tick: stepOf(tick),
    lot: stepOf(lot),
    minLots: lots(1),
    minNotional: money(200_000_000n),
    makerFeePpm,
    takerFeePpm: ppm(isFree ? 0 : 500),
    maxLeverage: 50,
  };
}

function kernelOf(
  draw: Stream,
  instruments: readonly Instrument[],
  positionMode: PositionMode,
): KernelConfig {
  const { limits, router } = KERNEL_DEFAULTS;
  const maxSlots = draw.chance(0.03) ? 16 : draw.between(1, 4);
  const isTight = draw.chance(0.3);
  return {
    ...KERNEL_DEFAULTS,
    instance: 'sim',
    instruments,
    maxSlots,
    positionMode,
    account: draw.chance(0.25) ? 'shared' : 'exclusive',
    limits: {
      ...limits,
      maxPositionNotional: money(BigInt(draw.between(800, 20_000)) * 100_000_000n),
      maxEntriesPerMinute: isTight ? draw.between(1, 2) : draw.between(2, 20),
      priceBandPpm: ppm(isTight ? draw.between(200, 3_000) : 50_000),
      hotWindowMs: draw.between(500, 5_000),
      maxDailyLoss: money(BigInt(draw.between(1, draw.chance(0.4) ? 5 : 2_000)) * 100_000_000n),
    },
    router: {
      ...router,
      style: draw.chance(0.6) ? 'maker' : 'taker',
      entryTtlMs: draw.between(3_000, 58_000),
      exitTtlMs: draw.between(2_000, 10_000),
      entryMiss: draw.pick(['skip', 'retry', 'market']),
      entryRetries: draw.between(0, 3),
      retryExhaust: draw.pick(['skip', 'market']),
      offsetTicks: draw.between(0, 2),
      maxChasePpm: ppm(draw.chance(0.4) ? draw.between(20, 300) : 1_000),
      exitReprices: draw.between(0, 2),
    },
  };
}

function exchangeOf(
  faults: FaultPlan,
  instruments: readonly Instrument[],
  positionMode: PositionMode,
): ExchangeConfig {
  return {
    ...EXCHANGE_DEFAULTS,
    instruments,
    positionMode,
    fundingWindowMs: faults.isTrait('funding_window') ? 5_000 : 0,
    quirks: {
      ...HONEST,
      emptyClientIdOnStream: faults.isTrait('empty_client_id'),
      roundedAverage: faults.isTrait('rounded_average'),
      roundedAverageOnQueries: faults.isTrait('rounded_queries'),
      feeMissingOnStream: faults.isTrait('fee_missing'),
      postOnlyCancelsInsteadOfReject: faults.isTrait('post_only_canceled'),
      reduceOnlyRejectsOversize: faults.isTrait('oversize_rejected'),
      canceledZeroFirst: faults.isTrait('canceled_zero_first'),
      marginOnlyBalanceFrames: faults.isTrait('margin_only_frames'),
      feeAssetOther: faults.isTrait('fee_asset_other'),
    },
  };
}
