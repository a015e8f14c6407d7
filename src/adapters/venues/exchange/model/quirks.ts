// What real exchanges of this kind do that their documentation does not say, each as a switch.

/** Every switch is a behaviour that was seen in the wild and that a client has to bear. All off is an honest venue. */
export interface Quirks {
  /** Order frames carry no client id. */
  readonly emptyClientIdOnStream: boolean;
  /** Order frames and answers to a submit or cancel carry the average price, rounded to the tick, instead of what was paid. */
  readonly roundedAverage: boolean;
  /** The same of queries and lists of open orders. Only the fills stay exact. */
  readonly roundedAverageOnQueries: boolean;
  /** Order frames and answers to a submit or cancel carry no fee. */
  readonly feeMissingOnStream: boolean;
  /** A post-only order that would take is accepted and canceled at once; otherwise it is rejected. */
  readonly postOnlyCancelsInsteadOfReject: boolean;
  /** A reduce-only order of more than the position is rejected; otherwise it is cut to the position. */
  readonly reduceOnlyRejectsOversize: boolean;
  /** An order that is canceled after fills is first reported as canceled with nothing filled; only later reads are right. */
  readonly canceledZeroFirst: boolean;
  /** Balance frames carry margins without the wallet. */
  readonly marginOnlyBalanceFrames: boolean;
  /** Fees are taken in an asset of the venue's own, and leave the wallet alone. */
  readonly feeAssetOther: boolean;
}

export const HONEST: Quirks = {
  emptyClientIdOnStream: false,
  roundedAverage: false,
  roundedAverageOnQueries: false,
  feeMissingOnStream: false,
  postOnlyCancelsInsteadOfReject: false,
  reduceOnlyRejectsOversize: false,
  canceledZeroFirst: false,
  marginOnlyBalanceFrames: false,
  feeAssetOther: false,
};
