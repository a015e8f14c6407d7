// What the private stream says, in the venue's words: orders, balances with positions, and how the account is set up.

import { type Instrument, type Step, signedQuoteOf, stepsText } from '../../../../domain/instrument.ts';
import { divideHalfEven, MONEY_DECIMALS, type Money, NO_MONEY } from '../../../../domain/money.ts';
import type { SignedLots } from '../../../../domain/steps.ts';
import type { OrderReport } from '../../../../domain/venue.ts';
import type { WireObject } from '../../json-text.ts';
import { leverageOf } from '../model/account-settings.ts';
import type { Account, Frame, LegRow, ModelOrder } from '../model/state.ts';
import { moneyFixed } from '../rest/decimals.ts';
import { positionSideOf, tradeIdOf, wireTypeOf } from '../rest/order-words.ts';
import type { ExchangeWorld } from '../world.ts';

type OrderFrame = Extract<Frame, { readonly kind: 'order' }>;
type BalanceFrame = Extract<Frame, { readonly kind: 'balance' }>;

/** Returns what the stream says of a frame, or `null` where a switch keeps it silent. */
export function eventOf(world: ExchangeWorld, account: Account, frame: Frame): WireObject | null {
  if (frame.kind === 'balance') return accountEvent(world, frame);
  const isTriggered = frame.order.trigger !== null && frame.trade !== null;
  return isTriggered && world.wire.silentTriggers ? null : orderEvent(world, account, frame);
}

function orderEvent(
  { wire, timers }: ExchangeWorld,
  account: Account,
  { report, order, trade, atMs }: OrderFrame,
): WireObject {
  const { instrument } = order;
  const { tick, lot } = instrument;
  const fee = wire.feePerFill && trade !== null && report.fee !== null ? trade.fee : report.fee;
  const last =
    trade === null || wire.withoutLastFill ? {} : { l: eight(lot, trade.lots), L: eight(tick, trade.price) };
  return {
    e: wire.tradeUpdateName ? 'TRADE_UPDATE' : 'ORDER_TRADE_UPDATE',
    E: Math.max(atMs, timers.nowMs()),
    T: atMs,
    o: {
      s: instrument.symbol,
      c: report.clientOrderId ?? '',
      i: BigInt(report.venueOrderId),
      S: report.side,
      o: order.cause === 'liquidation' ? 'LIQUIDATION' : wireTypeOf(order),
      q: eight(lot, report.orderedLots),
      p: eight(tick, order.nominal),
      sp: order.trigger === null ? '0.00000000' : eight(tick, order.trigger.price),
      ap: averageText(instrument, report),
      x: executionWord(order, trade !== null, report),
      X: report.status,
      N: report.feeAsset ?? wire.marginAsset,
      n: fee === null ? undefined : moneyFixed(-fee as Money, MONEY_DECIMALS),
      T: atMs,
      wt: order.trigger?.by === 'LAST' ? 'CONTRACT_PRICE' : 'MARK_PRICE',
      ps: positionSideOf(account.positionMode, order),
      rp: moneyFixed(report.venueRealized ?? NO_MONEY, MONEY_DECIMALS),
      z: eight(lot, report.filledLots),
      ...last,
      sg: 'false',
      ti: 0,
      ro: order.reduceOnly,
      td: trade === null ? 0 : tradeIdOf(order, order.trades.indexOf(trade)),
      tv: trade === null ? '0' : moneyFixed(trade.quote, 1),
    },
  };
}

function executionWord(order: ModelOrder, isTrade: boolean, { status }: OrderReport): string {
  if (!isTrade) return status;
  return order.cause === 'order' ? 'TRADE' : 'CALCULATED';
}

/** What a lot cost on average, with eight decimals. */
function averageText({ lot }: Instrument, { filledLots, filledQuote }: OrderReport): string {
  if (filledLots === 0 || filledQuote === null) return '0.00000000';
  const scale = 10n ** BigInt(lot.decimals);
  const average = divideHalfEven(filledQuote * scale, BigInt(filledLots) * BigInt(lot.units));
  return moneyFixed(average as Money, MONEY_DECIMALS);
}

function accountEvent(world: ExchangeWorld, frame: BalanceFrame): WireObject {
  const { wire, timers } = world;
  const { report, cause, change, legs, atMs } = frame;
  const isTrade = cause === 'ORDER';
  const balance = {
    a: wire.marginAsset,
    wb: moneyFixed(report.wallet ?? NO_MONEY, MONEY_DECIMALS),
    cw: moneyFixed(report.availableMargin ?? NO_MONEY, MONEY_DECIMALS),
    bc: isTrade ? '0' : moneyFixed(change, MONEY_DECIMALS),
  };
  const hasBalance = !(isTrade && (wire.accountFramesWithoutBalances || report.wallet === null));
  return {
    e: 'ACCOUNT_UPDATE',
    E: Math.max(atMs, timers.nowMs()),
    T: atMs,
    a: {
      m: cause,
      B: hasBalance ? [balance] : undefined,
      P: isTrade ? legs.map((leg) => positionRow(world, leg)) : undefined,
    },
  };
}

function positionRow({ model }: ExchangeWorld, leg: LegRow): WireObject {
  const market = model.markets.get(leg.symbol);
  if (market === undefined) return { s: leg.symbol };
  const { instrument, quote } = market;
  const mark = quote?.mark ?? null;
  const worth =
    mark === null ? leg.entryQuote : signedQuoteOf(instrument, Math.abs(leg.lots) as SignedLots, mark);
  const unrealized = (leg.lots < 0 ? leg.entryQuote - worth : worth - leg.entryQuote) as Money;
  const margin = divideHalfEven(leg.entryQuote, BigInt(leg.leverage));
  const isNet = leg.side === 'net';
  return {
    s: leg.symbol,
    pa: eight(instrument.lot, isNet ? leg.lots : Math.abs(leg.lots)),
    ep: entryText(instrument, leg),
    up: moneyFixed(unrealized, MONEY_DECIMALS),
    mt: 'cross',
    iw: moneyFixed((margin + unrealized) as Money, MONEY_DECIMALS),
    ps: isNet ? 'BOTH' : leg.side === 'long' ? 'LONG' : 'SHORT',
    cr: moneyFixed(leg.realized, MONEY_DECIMALS),
  };
}

function entryText({ lot }: Instrument, { lots, entryQuote }: LegRow): string {
  if (lots === 0) return '0.00000000';
  const scale = 10n ** BigInt(lot.decimals);
  const units = BigInt(Math.abs(lots)) * BigInt(lot.units);
  return moneyFixed(divideHalfEven(entryQuote * scale, units) as Money, MONEY_DECIMALS);
}

/** How every symbol of an account is set up; the venue says so again and again. */
export function configEvents({ model, timers }: ExchangeWorld, account: Account): readonly WireObject[] {
  return [...model.markets.keys()].map((symbol) => {
    const { long, short } = leverageOf(account, symbol);
    return {
      e: 'ACCOUNT_CONFIG_UPDATE',
      E: timers.nowMs(),
      ac: { s: symbol, l: long, S: short, mt: 'cross' },
    };
  });
}

function eight(step: Step, steps: number): string {
  const [whole = '0', fraction = ''] = stepsText(step, steps).split('.');
  return `${whole}.${fraction.padEnd(MONEY_DECIMALS, '0')}`;
}
