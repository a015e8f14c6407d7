// What every measured round trip has in common: a kernel whose limits are out of the way, intents in and out, and a venue whose orders are timed.

import type { StrategyClass, SymbolName } from '../src/domain/ids.ts';
import type { Instrument } from '../src/domain/instrument.ts';
import { money } from '../src/domain/money.ts';
import { type EpochMs, ppm } from '../src/domain/steps.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../src/kernel/config.ts';
import type { KernelEvent } from '../src/kernel/event.ts';
import { intentFrom } from '../src/kernel/intents.ts';
import type { Slot } from '../src/kernel/state.ts';
import type { Venue } from '../src/ports.ts';

export const SYMBOL = 'BTC-USDT' as SymbolName;
const CLASS = 'champion' as StrategyClass;
/** Fees are a loss: thousands of orders would end at any limit that fits a person. */
const NO_END = money(1_000_000n * 100_000_000n);
/** So many prices without an order in between mean that something refuses every intent. */
export const IDLE_MAX = 2_000;

export function benchConfig(instruments: readonly Instrument[]): KernelConfig {
  const { limits, router } = KERNEL_DEFAULTS;
  return {
    ...KERNEL_DEFAULTS,
    instance: 'bench',
    instruments,
    limits: { ...limits, hotWindowMs: 0, maxEntriesPerMinute: 100_000, maxDailyLoss: NO_END },
    router: { ...router, style: 'taker' },
  };
}

/** Lets entries in. */
export function permitted(atMs: EpochMs): KernelEvent {
  const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: ppm(1_000_000) }];
  return { kind: 'PERMISSIONS', atMs, version: 'v1', permissions };
}

/** What a slot can be asked for now; `null`: an order of it is under way. */
export function nextAction(slot: Slot | undefined): 'ENTER' | 'EXIT' | null {
  if (slot === undefined || slot.trade === null || slot.trade.isClosed) return 'ENTER';
  return slot.status === 'OPEN' ? 'EXIT' : null;
}

/** The `n`th intent of a bench. */
export function intended(
  action: 'ENTER' | 'EXIT',
  n: number,
  referencePrice: number,
  atMs: EpochMs,
): KernelEvent {
  const raw = {
    intent_id: `bench-${n}`,
    action,
    slot_id: 0,
    asset: SYMBOL,
    side: n % 3 === 0 ? 'SHORT' : 'LONG',
    strategy_class: CLASS,
    timestamp: atMs,
    reference_price: referencePrice,
    target_size: action === 'ENTER' ? 0.01 : null,
    leverage: 2,
    exit_leg_ratios: [],
    is_urgent: true,
    reason: 'bench',
  };
  return intentFrom(raw, atMs);
}

/** The same venue, whose orders go through `submit`. */
export function submittingBy(venue: Venue, submit: Venue['submit']): Venue {
  return {
    instruments: venue.instruments,
    account: venue.account,
    submit,
    cancel: venue.cancel.bind(venue),
    query: venue.query.bind(venue),
    openOrders: venue.openOrders.bind(venue),
    positions: venue.positions.bind(venue),
    ordersTradedSince: venue.ordersTradedSince.bind(venue),
    income: venue.income.bind(venue),
    balance: venue.balance.bind(venue),
    quote: venue.quote.bind(venue),
    follow: venue.follow.bind(venue),
    cancelAllAfter: venue.cancelAllAfter.bind(venue),
    close: venue.close.bind(venue),
  };
}
