// What an entry needs, for each kind of scan: the velocity divergence beyond which a signal is one.

/** By the name that config/pink.yaml sets. A SHORT needs `vel_div` below minus the threshold, a LONG above it. */
export const ENTRY_THRESHOLDS = {
  /** For scans of the original platform, whose velocities are in its own units: a vel_div below -0.02. */
  champion: 0.02,
  /**
   * For candles of a minute, whose velocities are in sigmas of a bar. Fitted to 45,031 minutes of the BTC-USDT perpetual in January 2022:
   * 1.93 % of the 44,281 bars that are warm qualify for a SHORT (in 180 stretches), 1.67 % for a LONG.
   */
  'candles-1m': 0.28,
} as const;
