// A paper account as canonical JSON, made quickly: what cannot change any more is put into words once.

import { assert } from '../../../../domain/assert.ts';
import { canonicalJson, sha256Hex } from '../../../../domain/canonical.ts';
import type { IncomeRow, OrderReport } from '../../../../domain/venue.ts';
import type { Account, Exchange, Leg, ModelOrder } from '../model/state.ts';
import { accountOf, isFinal } from '../model/state.ts';
import {
  ACCOUNT_RECORD_VERSION,
  type AccountRecord,
  type IncomeRecord,
  type LegRecord,
  type OrderRecord,
} from './account-record.ts';

/** Returns what puts an account as it is into the text of an `AccountRecord`, with a line end. */
export function accountWriter(ex: Exchange, accountId: string, marginAsset: string): () => string {
  // A report is never changed: with another state an order has another one.
  const ended = new WeakMap<OrderReport, string>();
  const booked = new WeakMap<IncomeRow, string>();
  const orderText = (order: ModelOrder): string => {
    if (!isFinal(order)) return canonicalJson(orderRecord(order));
    return remembered(ended, order.report, () => canonicalJson(orderRecord(order)));
  };
  const incomeText = (row: IncomeRow): string =>
    remembered(booked, row, () => canonicalJson(incomeRecord(row)));
  return () => {
    const account = accountOf(ex, accountId);
    const lists = {
      orders: `[${account.orders.map(orderText).join(',')}]`,
      income: `[${account.incomeRows.map(incomeText).join(',')}]`,
    };
    return textOf(headOf(ex, account, marginAsset), lists);
  };
}

type Lists = 'orders' | 'income';
type Head = Omit<AccountRecord, Lists | 'content_sha256'>;

/** Keys of an object in canonical JSON are sorted by code unit. */
function textOf(head: Head, lists: Readonly<Record<Lists, string>>): string {
  const texts: Record<string, string> = { ...lists };
  for (const [key, value] of Object.entries(head)) texts[key] = canonicalJson(value);
  const sha256 = sha256Hex(objectText(texts));
  return `${objectText({ ...texts, content_sha256: canonicalJson(sha256) })}\n`;
}

function objectText(texts: Readonly<Record<string, string>>): string {
  const keys = Object.keys(texts).sort();
  return `{${keys.map((key) => `${canonicalJson(key)}:${texts[key]}`).join(',')}}`;
}

function remembered<K extends object>(texts: WeakMap<K, string>, key: K, make: () => string): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  const made = make();
  texts.set(key, made);
  return made;
}

function headOf(ex: Exchange, account: Account, marginAsset: string): Head {
  return {
    kind: 'paper-account',
    version: ACCOUNT_RECORD_VERSION,
    now_ms: ex.nowMs,
    id_counter: ex.idCounter,
    margin_asset: marginAsset,
    position_mode: account.positionMode,
    seed: account.seed.toString(),
    wallet: account.wallet.toString(),
    instruments: ex.config.instruments.map(({ symbol, tick, lot }) => ({ symbol, tick, lot })),
    leverages: [...account.leverages].map(([symbol, { long, short }]) => ({ symbol, long, short })),
    holdings: [...account.holdings].map(([symbol, { net, long, short }]) => ({
      symbol,
      net: legRecord(net),
      long: legRecord(long),
      short: legRecord(short),
    })),
    resting: [...ex.markets.values()].flatMap(({ resting }) =>
      resting.filter(({ accountId }) => accountId === account.id).map(({ venueOrderId }) => venueOrderId),
    ),
  };
}

function legRecord(leg: Leg): LegRecord {
  return {
    lots: leg.lots,
    entry_quote: leg.entryQuote.toString(),
    leverage: leg.leverage,
    realized: leg.realized.toString(),
    position_id: leg.positionId,
    opened_at_ms: leg.openedAtMs,
    changed_at_ms: leg.changedAtMs,
  };
}

function orderRecord(order: ModelOrder): OrderRecord {
  const isPlain = order.trigger === null && !order.closesPosition && order.timeInForce === 'GTC';
  assert(
    isPlain,
    () => `order ${order.venueOrderId} is none that the port Venue makes, and cannot be written`,
  );
  return {
    venue_order_id: order.venueOrderId,
    client_order_id: order.clientOrderId,
    symbol: order.instrument.symbol,
    side: order.side,
    type: order.type,
    quantity: order.quantity,
    nominal: order.nominal,
    reduce_only: order.reduceOnly,
    post_only: order.postOnly,
    leverage: order.leverage,
    cause: order.cause,
    created_at_ms: order.createdAtMs,
    status: order.status,
    queue_ahead: order.queueAhead,
    ended_at_ms: order.endedAtMs,
    reported_at_ms: order.report.venueAtMs,
    trades: order.trades.map((trade) => ({
      price: trade.price,
      lots: trade.lots,
      quote: trade.quote.toString(),
      fee: trade.fee.toString(),
      realized: trade.realized.toString(),
      is_maker: trade.isMaker,
      at_ms: trade.atMs,
    })),
  };
}

function incomeRecord(row: IncomeRow): IncomeRecord {
  return {
    transaction_id: row.transactionId,
    kind: row.kind,
    symbol: row.symbol,
    amount: row.amount.toString(),
    at_ms: row.venueAtMs,
  };
}
