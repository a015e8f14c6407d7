// What came of one event: whether it was taken, under which code, and why not; every code is counted.

/** In the order of the status page: what was done, what was known already, what was refused, what could not be. */
export const OUTCOME_CODES = [
  'APPLIED',
  'SUPPRESSED',
  'DUPLICATE_EVENT',
  'STALE_REPORT',
  'LATE_FILL',
  'PARKED',
  'FOREIGN',
  'ILLEGAL_TRANSITION',
  'UNKNOWN_ORDER',
  'CONTRADICTORY_REPORT',
  'MALFORMED_EVENT',
  'UNKNOWN_INSTRUMENT',
  'UNKNOWN_PICTURE',
  'STALE_PICTURE',
  'INVALID_INTENT',
  'NOT_FINITE',
  'STALE_INTENT',
  'UNKNOWN_SLOT',
  'SLOT_BUSY',
  'UNRESOLVED_SLOT',
  'NO_OPEN_POSITION',
  'NO_ACTIVE_ORDER',
  'HALTED',
  'REDUCE_ONLY',
  'ENTRY_FROZEN',
  'STALE_STATE_RECONCILING',
  'STRATEGY_DISABLED',
  'STRATEGY_UNKNOWN',
  'HOT_WINDOW',
  'IN_DOUBT',
  'VENUE_NOT_FLAT',
  'MODE_MISMATCH',
  'STALE_MARK',
  'PRICE_BAND',
  'MIN_QUANTITY',
  'MIN_NOTIONAL',
  'MAX_NOTIONAL',
  'MAX_POSITION',
  'MAX_LEVERAGE',
  'MARGIN',
  'DAILY_LOSS',
  'RATE',
] as const;
export type OutcomeCode = (typeof OUTCOME_CODES)[number];

/** Things that happened beside the outcome; each is counted, and none stops the kernel. */
export const DIAGNOSTIC_CODES = [
  'CLOCK_WENT_BACK',
  'ORDER_REJECTED',
  'EXIT_ORDER_REJECTED',
  'CANCEL_REJECTED',
  'RATE_LIMITED',
  'OVERFILL',
  'UNPRICED_FILL',
  'QUOTE_CONFLICT',
  'FEE_CONFLICT',
  'FOREIGN_FEE_ASSET',
  'FEE_CALIBRATION_SKIPPED',
  'PARKED_EVICTED',
  'TERMINAL_EVICTED',
  'POSITION_MISMATCH',
  'FORGOTTEN_ORDER',
  'REJECT_CIRCUIT_OPEN',
  'EXIT_OVERDUE',
  'NEVER_PLACED',
] as const;
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

export interface Outcome {
  /** Whether the event changed, or confirmed, what the kernel believes or does. */
  readonly isAccepted: boolean;
  readonly code: OutcomeCode;
  /** For a person: `key=value`, or a sentence; empty where there is nothing to say. */
  readonly details: string;
}
