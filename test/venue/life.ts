// What a life on the paper account and one at the local exchange have in common: the kernel, its one trade, and what is known at the end.

import type { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import type { StrategyClass } from '../../src/domain/ids.ts';
import { absolute, type Money, minus } from '../../src/domain/money.ts';
import { type PriceTicks, ppm } from '../../src/domain/steps.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import { CONTRACT_INSTRUMENT } from '../contracts/venue.ts';
import type { KernelHost } from './kernel-host.ts';

export interface LifeOptions {
  /** The process dies at this moment, counted from the first; `null`: it lives. */
  readonly diesAt: number | null;
  readonly style: 'taker' | 'maker';
}

export interface LifeEnd {
  /** Client order ids that left, of all processes. */
  readonly sentIds: readonly string[];
  /** Lots that entries filled. */
  readonly enteredLots: number;
  readonly largestPosition: number;
  readonly openPositions: number;
  readonly openOrders: number;
  readonly residual: Money;
}

export const LIFE_START_MS = 1_780_000_000_000;
export const LIFE_SYMBOL = CONTRACT_INSTRUMENT.symbol;
const CLASS = 'champion' as StrategyClass;

export function lifeConfig(style: LifeOptions['style']): KernelConfig {
  const { limits, router } = KERNEL_DEFAULTS;
  return {
    ...KERNEL_DEFAULTS,
    instance: 'life',
    instruments: [CONTRACT_INSTRUMENT],
    limits: { ...limits, hotWindowMs: 500 },
    router: { ...router, style, entryTtlMs: 3_000, exitTtlMs: 2_000, entryMiss: 'market' },
  };
}

export function permit(host: KernelHost): void {
  const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: ppm(1_000_000) }];
  host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: 'v1', permissions }));
}

/** Tells the kernel a price with a spread of one tick. */
export function tellPrice(host: KernelHost, bid: number): void {
  const [low, high] = [bid as PriceTicks, (bid + 1) as PriceTicks];
  host.take((atMs) => ({
    kind: 'MARK',
    atMs,
    symbol: LIFE_SYMBOL,
    bid: low,
    ask: high,
    mark: low,
    quotedAtMs: atMs,
  }));
}

export function intend(host: KernelHost, action: 'ENTER' | 'EXIT', id: string): void {
  host.take((atMs) =>
    intentFrom(
      {
        intent_id: id,
        action,
        slot_id: 0,
        asset: LIFE_SYMBOL,
        side: 'LONG',
        strategy_class: CLASS,
        timestamp: atMs,
        reference_price: 50_000,
        target_size: action === 'ENTER' ? 0.01 : null,
        leverage: 2,
        exit_leg_ratios: [],
        is_urgent: false,
        reason: 'life',
      },
      atMs,
    ),
  );
}

/** Whether a kernel is up that holds no trade. */
export function isIdle({ kernel }: KernelHost): boolean {
  return kernel?.state.slots.every((slot) => slot.trade === null || slot.trade.isClosed) ?? false;
}

/** @param truth of the account, as the venue has it */
export function endOf(host: KernelHost, truth: ReturnType<typeof truthOf>): LifeEnd {
  const ledger = host.kernel?.state.ledger;
  if (ledger === undefined) throw new Error('no kernel is left');
  let [held, largest, entered] = [0, 0, 0];
  for (const { report } of truth.orders) {
    const isEntry = report.side === 'BUY';
    held += isEntry ? report.filledLots : -report.filledLots;
    largest = Math.max(largest, Math.abs(held));
    if (isEntry) entered += report.filledLots;
  }
  return {
    sentIds: host.sent.map(({ clientOrderId }) => clientOrderId),
    enteredLots: entered,
    largestPosition: largest,
    openPositions: truth.positions.length,
    openOrders: truth.openOrders.length,
    residual: absolute(minus(minus(truth.wallet, ledger.wallet), ledger.explained)),
  };
}
