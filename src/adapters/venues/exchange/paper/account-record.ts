// What is written of a paper account, so that another process goes on with it: its facts; sums and views are made from them again.

import Type, { type Static } from 'typebox';
import { oneOf, orNull } from '../../../../domain/fields.ts';
import type { Money } from '../../../../domain/money.ts';
import { closed } from '../../../../domain/supervisor-fields.ts';

const whole = Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const atMs = Type.Integer({ minimum: 0, maximum: 8.64e15, description: 'epoch milliseconds' });
const units = Type.String({ pattern: '^-?\\d{1,40}$', description: 'whole 1e-8 of the margin asset' });
const id = Type.String({ pattern: '^\\d{1,24}$' });
const symbol = Type.String({ minLength: 1, maxLength: 64 });
const step = Type.Object({ units: count, decimals: count }, closed);

const LegRecord = Type.Object(
  {
    lots: whole,
    entry_quote: units,
    leverage: count,
    realized: units,
    /** Empty before the first. */
    position_id: Type.String({ pattern: '^\\d{0,24}$' }),
    opened_at_ms: atMs,
    changed_at_ms: atMs,
  },
  closed,
);
export type LegRecord = Static<typeof LegRecord>;

const HoldingRecord = Type.Object({ symbol, net: LegRecord, long: LegRecord, short: LegRecord }, closed);

const TradeRecord = Type.Object(
  {
    price: count,
    lots: count,
    quote: units,
    fee: units,
    realized: units,
    is_maker: Type.Boolean(),
    at_ms: atMs,
  },
  closed,
);

/** An order of a client of the port `Venue`, or of the venue itself: neither waits for a price. */
export const OrderRecord = Type.Object(
  {
    venue_order_id: id,
    client_order_id: orNull(Type.String({ minLength: 1, maxLength: 64 })),
    symbol,
    side: oneOf(['BUY', 'SELL']),
    type: oneOf(['MARKET', 'LIMIT']),
    quantity: count,
    nominal: count,
    reduce_only: Type.Boolean(),
    post_only: Type.Boolean(),
    leverage: count,
    cause: oneOf(['order', 'liquidation', 'adl']),
    created_at_ms: atMs,
    status: oneOf(['NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED', 'REJECTED']),
    queue_ahead: count,
    ended_at_ms: orNull(atMs),
    reported_at_ms: atMs,
    trades: Type.Array(TradeRecord),
  },
  closed,
);
export type OrderRecord = Static<typeof OrderRecord>;

export const IncomeRecord = Type.Object(
  {
    transaction_id: id,
    kind: oneOf(['FUNDING', 'TRANSFER', 'REALIZED', 'FEE', 'OTHER']),
    symbol: orNull(symbol),
    amount: units,
    at_ms: atMs,
  },
  closed,
);
export type IncomeRecord = Static<typeof IncomeRecord>;

/** The version that this program writes, and the only one that it reads. */
export const ACCOUNT_RECORD_VERSION = 1;

export const AccountRecord = Type.Object(
  {
    kind: Type.Literal('paper-account'),
    version: Type.Literal(ACCOUNT_RECORD_VERSION),
    content_sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** Of the exchange at the save. */
    now_ms: atMs,
    id_counter: count,
    margin_asset: Type.String({ minLength: 1, maxLength: 20 }),
    position_mode: oneOf(['one_way', 'hedge']),
    seed: units,
    wallet: units,
    /** What lots and ticks of a symbol are. */
    instruments: Type.Array(Type.Object({ symbol, tick: step, lot: step }, closed)),
    leverages: Type.Array(Type.Object({ symbol, long: count, short: count }, closed)),
    /** By the first trade of the symbol. */
    holdings: Type.Array(HoldingRecord),
    /** By acceptance; the oldest that have ended may be left out. */
    orders: Type.Array(OrderRecord),
    /** Venue ids of the orders that rest, in the order of their places in the book. */
    resting: Type.Array(id),
    income: Type.Array(IncomeRecord),
  },
  closed,
);
export type AccountRecord = Static<typeof AccountRecord>;

export function moneyOf(text: string): Money {
  return BigInt(text) as Money;
}
