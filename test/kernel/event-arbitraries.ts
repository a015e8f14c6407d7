// Any event that a kernel can be told, as fast-check makes it up: plain fields, at the edges of their ranges too.

import fc from 'fast-check';
import { type OrderReport, REJECT_CODES } from '../../src/domain/venue.ts';
import type { KernelEvent, KernelEventKind } from '../../src/kernel/event.ts';

const whole = fc.maxSafeInteger();
const natural = fc.maxSafeNat();
const amount = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
/** Whatever JavaScript calls a text, lone surrogates and control characters too. */
const words = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\', '\ud800', '\u2028', '\n'),
);
const real = fc.double({ noNaN: true, noDefaultInfinity: true });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const report = fc.record({
  symbol: words,
  venueOrderId: words,
  clientOrderId: orNull(words),
  side: fc.constantFrom('BUY', 'SELL'),
  status: fc.constantFrom('NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED', 'REJECTED'),
  orderedLots: natural,
  filledLots: natural,
  filledQuote: orNull(amount),
  isQuoteExact: fc.boolean(),
  fee: orNull(amount),
  feeAsset: orNull(words),
  isMaker: orNull(fc.boolean()),
  cause: fc.constantFrom('order', 'liquidation', 'adl'),
  venueRealized: orNull(amount),
  venueAtMs: natural,
}) as unknown as fc.Arbitrary<OrderReport>;

const unknown = fc.record({
  kind: fc.constant('UNKNOWN'),
  cause: fc.constantFrom('TIMEOUT', 'CONNECTION', 'SERVER', 'UNREADABLE', 'NOT_SENT'),
});
const reject = fc.record({
  kind: fc.constant('REJECT'),
  code: fc.constantFrom(...REJECT_CODES),
  text: words,
});
const known = <T>(row: fc.Arbitrary<T>) =>
  fc.oneof(unknown, fc.record({ kind: fc.constant('KNOWN'), rows: fc.array(row, { maxLength: 4 }) }));

const step = fc.record({ units: natural, decimals: fc.nat(12) });
const instrument = fc.record({
  symbol: words,
  tick: step,
  lot: step,
  minLots: natural,
  minNotional: amount,
  makerFeePpm: whole,
  takerFeePpm: whole,
  maxLeverage: natural,
});
const picture = { requestId: natural, askedAtMs: natural };

/** For each kind, its fields beside `kind` and `atMs`. */
const FIELDS: { readonly [Kind in KernelEventKind]: Readonly<Record<string, fc.Arbitrary<unknown>>> } = {
  START: { runId: words },
  MARK: { symbol: words, bid: natural, ask: natural, mark: natural, quotedAtMs: natural },
  WAKE: {},
  INTENT: {
    intentId: words,
    action: fc.constantFrom('ENTER', 'EXIT', 'CANCEL', 'MARK_PRICE'),
    slot: whole,
    tradeId: orNull(words),
    symbol: words,
    side: fc.constantFrom('LONG', 'SHORT'),
    strategyClass: words,
    decidedAtMs: orNull(natural),
    referencePrice: orNull(real),
    size: orNull(real),
    leverage: orNull(real),
    exitLegRatios: fc.array(orNull(real), { maxLength: 4 }),
    isUrgent: fc.boolean(),
    reason: words,
  },
  COMMAND: {
    requestId: words,
    command: fc.constantFrom('RUN', 'ENTRY_FROZEN', 'REDUCE_ONLY', 'FLATTENING', 'HALTED', 'RESOLVE'),
    slot: orNull(natural),
    who: words,
    why: words,
  },
  PERMISSIONS: {
    version: words,
    permissions: orNull(
      fc.array(fc.record({ strategyClass: words, isEnabled: fc.boolean(), sizePpm: natural }), {
        maxLength: 3,
      }),
    ),
  },
  SUBMIT_RESULT: {
    clientOrderId: words,
    result: fc.oneof(
      fc.record({ kind: fc.constant('ACK'), venueOrderId: words, report: orNull(report) }),
      reject,
      unknown,
    ),
  },
  CANCEL_RESULT: {
    clientOrderId: words,
    result: fc.oneof(fc.record({ kind: fc.constant('ACK'), report: orNull(report) }), reject, unknown),
  },
  QUERY_RESULT: {
    clientOrderId: words,
    askedAtMs: natural,
    result: fc.oneof(
      fc.record({ kind: fc.constant('FOUND'), report }),
      fc.constant({ kind: 'NOT_FOUND' }),
      unknown,
    ),
  },
  REPORT: { report },
  OPEN_ORDERS: { ...picture, result: known(report) },
  POSITIONS: {
    ...picture,
    result: known(fc.record({ symbol: words, position: whole, entryQuote: amount, venueAtMs: natural })),
  },
  FILLS: { ...picture, result: known(report) },
  INCOME: {
    ...picture,
    result: known(
      fc.record({
        transactionId: words,
        kind: fc.constantFrom('FUNDING', 'TRANSFER', 'REALIZED', 'FEE', 'OTHER'),
        symbol: orNull(words),
        amount,
        venueAtMs: natural,
      }),
    ),
  },
  BALANCE: {
    requestId: orNull(natural),
    result: known(
      fc.record({
        wallet: orNull(amount),
        availableMargin: orNull(amount),
        usedMargin: orNull(amount),
        venueAtMs: natural,
      }),
    ),
  },
  STREAM: { isUp: fc.boolean() },
  ACCOUNT: { positionMode: fc.constantFrom('one_way', 'hedge') },
  INSTRUMENT: { instrument },
  JOURNAL: { isFull: fc.boolean() },
  DECISION: { decisionId: words, policy: words, action: words, symbol: words, reason: words, facts: words },
  MALFORMED: { what: words, problem: words },
};

export const EVENT_KINDS = Object.keys(FIELDS) as readonly KernelEventKind[];

/** Events of one kind. */
export function eventOf(kind: KernelEventKind): fc.Arbitrary<KernelEvent> {
  const fields = { kind: fc.constant(kind), atMs: natural, ...FIELDS[kind] };
  return fc.record(fields) as unknown as fc.Arbitrary<KernelEvent>;
}
