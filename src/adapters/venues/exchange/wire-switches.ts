// How the wire of the local exchange is spelled. Quirks of what is said are in the model; these are quirks of how.

/** Each was seen at the venue, at some time or in some place. */
export interface WireSwitches {
  /** Asset of balances and fees: the demo of the venue counts in `VST`. */
  readonly marginAsset: string;
  /** Codes of before October 2025. */
  readonly legacyCodes: boolean;
  /** `filledTm` shows the local time of UTC+8 as if it were UTC. */
  readonly filledTmLies: boolean;
  /** `CANCELED` instead of `CANCELLED` over REST. */
  readonly singleLRest: boolean;
  /** The stream leaves out `l` and `L`, the last fill. */
  readonly withoutLastFill: boolean;
  /** `n` on the stream is the fee of the last fill instead of that of the whole order. */
  readonly feePerFill: boolean;
  /** The event is called `TRADE_UPDATE`. */
  readonly tradeUpdateName: boolean;
  /** The answer to a new order is that of 2024: no `orderID`, `status`, `avgPrice`, `executedQty`. */
  readonly oldPlaceAnswer: boolean;
  /** Trades of triggered orders do not come over the stream. */
  readonly silentTriggers: boolean;
  /** An account frame after a trade has no balances. */
  readonly accountFramesWithoutBalances: boolean;
  /** The state of the account is pushed again and again as SNAPSHOT. */
  readonly snapshots: boolean;
  /** An empty object from a client is answered with 80014. */
  readonly refusesEmptyObject: boolean;
  /** `realizedProfit` and `frozenMargin` in balances. */
  readonly otherBalanceSpelling: boolean;
  /** The listen key comes inside the envelope. */
  readonly wrappedListenKey: boolean;
}

/** What the venue is believed to do today; with the money of a live account. */
export const PRESENT_WIRE: WireSwitches = {
  marginAsset: 'USDT',
  legacyCodes: false,
  filledTmLies: true,
  singleLRest: false,
  withoutLastFill: false,
  feePerFill: false,
  tradeUpdateName: false,
  oldPlaceAnswer: false,
  silentTriggers: false,
  accountFramesWithoutBalances: false,
  snapshots: false,
  refusesEmptyObject: true,
  otherBalanceSpelling: false,
  wrappedListenKey: false,
};
