// The settings of the champion in the figures that it computes with, read once.

import type { PolicySettings } from '../domain/policy-settings.ts';
import { checkedDurationMs, HOUR_MS } from '../domain/time.ts';
import { ENTRY_THRESHOLDS } from './calibration.ts';
import type { ExitSettings } from './exits.ts';
import type { PickerSettings } from './picker.ts';
import type { TradeSide } from './policy.ts';
import type { SizerSettings } from './sizer.ts';

/** Where nobody says what a bar is. */
const BAR_DEFAULT = '1m';
/** A series of prices begins anew after a hole of so many bars, but not before an hour. */
const GAP_BARS = 10;

const SIDES = { short: 'SHORT', long: 'LONG', both: 'both' } as const;

export interface ChampionRules {
  readonly side: TradeSide | 'both';
  /** Size of the velocity divergence beyond which a signal is one. */
  readonly threshold: number;
  /** Of a scan, which allow entries. */
  readonly postures: readonly string[];
  readonly scanMaxAgeMs: number;
  /** A price history that is older at its newest end begins anew. */
  readonly gapMs: number;
  readonly confirmation: PolicySettings['confirmation'];
  readonly picker: PickerSettings;
  readonly sizer: SizerSettings & { readonly capital_fraction: number };
  readonly exits: ExitSettings;
  readonly exitLegs: readonly number[];
}

/** Returns the rules that settings stand for. Settings that fit their schema always do. */
export function championRules(settings: PolicySettings): ChampionRules {
  const barMs = checkedDurationMs(settings.bar ?? BAR_DEFAULT);
  return {
    side: SIDES[settings.side],
    threshold: ENTRY_THRESHOLDS[settings.calibration],
    postures: settings.postures,
    scanMaxAgeMs: checkedDurationMs(settings.scan_max_age),
    gapMs: Math.max(GAP_BARS * barMs, HOUR_MS),
    confirmation: settings.confirmation,
    picker: settings.picker,
    sizer: settings.sizer,
    exits: {
      maxHoldMs: settings.max_hold_bars * barMs,
      takeProfitBps: settings.take_profit_bps,
      stopLossBps: settings.stop_loss_bps,
      legs: settings.exit_legs.length,
    },
    exitLegs: settings.exit_legs,
  };
}
