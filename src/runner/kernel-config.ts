// From the settings of a person to the configuration of a kernel: units become exact, and nothing is guessed.

import type { Instrument } from '../domain/instrument.ts';
import { type Money, money } from '../domain/money.ts';
import type { Pink } from '../domain/pink-settings.ts';
import { type Ppm, ppm } from '../domain/steps.ts';
import { checkedDurationMs } from '../domain/time.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../kernel/config.ts';

/** Returns the configuration of the kernel that trades `instruments`; what the settings do not name has the kernel's own default. */
export function kernelConfigFrom(pink: Pink, instruments: readonly Instrument[]): KernelConfig {
  const { venue, limits, execution } = pink;
  return {
    ...KERNEL_DEFAULTS,
    instance: venue.instance,
    instruments,
    positionMode: venue.position_mode,
    account: venue.account,
    maxSlots: execution.max_slots,
    limits: {
      ...KERNEL_DEFAULTS.limits,
      maxNotional: moneyOf(limits.max_order_usdt),
      maxPositionNotional: moneyOf(limits.max_position_usdt),
      maxLeverage: limits.max_leverage,
      maxDailyLoss: moneyOf(limits.max_daily_loss_usdt),
      maxEntriesPerMinute: limits.max_entries_per_minute,
      priceBandPpm: ppmOfBps(limits.price_band_bps),
      staleMarkMs: checkedDurationMs(limits.stale_mark),
      staleIntentMs: checkedDurationMs(limits.stale_intent),
    },
    router: {
      ...KERNEL_DEFAULTS.router,
      style: execution.style,
      entryTtlMs: checkedDurationMs(execution.entry_ttl),
      exitTtlMs: checkedDurationMs(execution.exit_ttl),
      entryMiss: execution.entry_miss,
      entryRetries: execution.entry_retries,
      retryExhaust: execution.retry_exhaust,
      offsetTicks: execution.offset_ticks,
      maxChasePpm: ppmOfBps(execution.max_chase_bps),
    },
  };
}

/** A limit to the cent, rounded down: at most 1e9, so that its cents are a safe integer. */
function moneyOf(amount: number): Money {
  return money(BigInt(Math.floor(amount * 100)) * 1_000_000n);
}

function ppmOfBps(bps: number): Ppm {
  return ppm(Math.floor(bps * 100));
}
