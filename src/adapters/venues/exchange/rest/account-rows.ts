// Balances and positions as the venue writes them, with the arithmetic that its own answers were checked for.

import { averagePriceOf, type Instrument, quoteOf, stepsText } from '../../../../domain/instrument.ts';
import { divideHalfEven, MONEY_SCALE, type Money, moneyText, NO_MONEY } from '../../../../domain/money.ts';
import type { Lots, PriceTicks } from '../../../../domain/steps.ts';
import type { BalanceReport, PositionMode } from '../../../../domain/venue.ts';
import type { WireObject } from '../../json-text.ts';
import type { LegRow } from '../model/state.ts';
import type { WireSwitches } from '../wire-switches.ts';
import { moneyFixed, stepsFixed } from './decimals.ts';

const DECIMALS = 4;

/** What an open position is worth at the mark. */
interface Worth {
  readonly value: Money;
  readonly unrealized: Money;
  readonly initialMargin: Money;
}

export function worthOf(instrument: Instrument, leg: LegRow, mark: PriceTicks): Worth {
  const value = quoteOf(instrument, Math.abs(leg.lots) as Lots, mark);
  return {
    value,
    unrealized: (leg.lots > 0 ? value - leg.entryQuote : leg.entryQuote - value) as Money,
    initialMargin: divideHalfEven(leg.entryQuote, BigInt(leg.leverage)) as Money,
  };
}

/** What of a balance is for positions, and what for orders. */
export interface BalanceShown {
  readonly report: BalanceReport;
  readonly unrealized: Money;
  readonly realized: Money;
  /** Margin of positions; the rest of what is used is that of orders. */
  readonly positionMargin: Money;
}

export function balanceRow(wire: WireSwitches, userId: string, shown: BalanceShown): WireObject {
  const { report, unrealized, realized, positionMargin } = shown;
  const wallet = report.wallet ?? NO_MONEY;
  const used = report.usedMargin ?? NO_MONEY;
  const frozen = used > positionMargin ? used - positionMargin : 0n;
  return {
    userId,
    asset: wire.marginAsset,
    balance: fixed(wallet),
    equity: fixed((wallet + unrealized) as Money),
    unrealizedProfit: fixed(unrealized),
    [wire.otherBalanceSpelling ? 'realizedProfit' : 'realisedProfit']: fixed(realized),
    availableMargin: fixed((report.availableMargin ?? NO_MONEY) as Money),
    usedMargin: fixed((used - frozen) as Money),
    [wire.otherBalanceSpelling ? 'frozenMargin' : 'freezedMargin']: fixed(frozen as Money),
    shortUid: userId,
  };
}

/** The venue lists an asset that an account never had like this. */
export function emptyBalanceRow(asset: string): WireObject {
  return {
    userId: '',
    asset,
    balance: '',
    equity: '',
    unrealizedProfit: '',
    realisedProfit: '0',
    availableMargin: '',
    usedMargin: '',
    freezedMargin: '',
    shortUid: '',
  };
}

/** What a position's row needs beside the position. */
interface PositionShown {
  readonly instrument: Instrument;
  readonly leg: LegRow;
  readonly mark: PriceTicks;
  /** What of it no resting order is closing already. */
  readonly freeLots: Lots;
  readonly isIsolated: boolean;
  readonly liquidationPrice: PriceTicks | null;
  /** Maintenance margin of the position over the equity of the account. */
  readonly riskPpm: number;
}

/** The row of a position. `positionAmt` is above zero for a short too, and in one-way mode the side is LONG or SHORT all the same. */
export function positionRow(wire: WireSwitches, mode: PositionMode, shown: PositionShown): WireObject {
  const { instrument, leg, mark } = shown;
  const { value, unrealized, initialMargin } = worthOf(instrument, leg, mark);
  const { lot, tick } = instrument;
  const lots = Math.abs(leg.lots) as Lots;
  return {
    positionId: leg.positionId,
    symbol: leg.symbol,
    currency: wire.marginAsset,
    positionAmt: stepsFixed(lot, lots),
    availableAmt: stepsFixed(lot, shown.freeLots),
    positionSide: leg.lots > 0 ? 'LONG' : 'SHORT',
    isolated: shown.isIsolated,
    avgPrice: averageText(instrument, lots, leg.entryQuote),
    initialMargin: fixed(initialMargin),
    margin: fixed((initialMargin + unrealized) as Money),
    leverage: leg.leverage,
    unrealizedProfit: fixed(unrealized),
    realisedProfit: fixed(leg.realized),
    liquidationPrice: shown.liquidationPrice === null ? 0 : Number(stepsText(tick, shown.liquidationPrice)),
    pnlRatio: ratioText(unrealized, initialMargin),
    maxMarginReduction: '0.0000',
    riskRate: (shown.riskPpm / 1_000_000).toFixed(DECIMALS),
    markPrice: stepsFixed(tick, mark),
    positionValue: fixed(value),
    onlyOnePosition: mode === 'one_way',
    createTime: leg.openedAtMs,
    updateTime: leg.changedAtMs,
  };
}

/** The average entry price with as many decimals as it takes, eight at most, and at least those of the tick. */
function averageText(instrument: Instrument, lots: Lots, entryQuote: Money): string {
  const [whole = '', fraction = ''] = moneyText(averagePriceOf(instrument, entryQuote, lots)).split('.');
  const padded = fraction.padEnd(instrument.tick.decimals, '0');
  return padded === '' ? whole : `${whole}.${padded}`;
}

function ratioText(part: Money, whole: Money): string {
  if (whole === 0n) return fixed(NO_MONEY);
  return fixed(divideHalfEven(part * MONEY_SCALE, whole) as Money);
}

function fixed(amount: Money): string {
  return moneyFixed(amount, DECIMALS);
}
