// The account in the venue's answers: positions, balance, account book, leverage and position mode, with everything that is not said left unsaid.

import type { Instrument } from '../../../domain/instrument.ts';
import { type Money, NO_MONEY } from '../../../domain/money.ts';
import { err, ok } from '../../../domain/result.ts';
import { type EpochMs, LOTS_MAX, type Lots, type SignedLots, signedLots } from '../../../domain/steps.ts';
import type {
  BalanceReport,
  IncomeKind,
  IncomeRow,
  PositionMode,
  VenuePosition,
} from '../../../domain/venue.ts';
import type { JsonText, JsonTextObject } from '../json-text.ts';
import {
  costAt,
  fieldIn,
  flagIn,
  type Instruments,
  instantIn,
  instrumentIn,
  isObject,
  isOfMargin,
  moneyIn,
  objectIn,
  type Read,
  stepsIn,
  textIn,
} from './fields.ts';
import type { SymbolLeverage } from './leverage.ts';

/** Positions that are known here, and the symbols of others. */
export interface Positions {
  readonly rows: readonly VenuePosition[];
  readonly foreignSymbols: readonly string[];
}

/**
 * Reads the list of positions. Several rows of one side of a symbol are one position.
 *
 * @param nowMs the venue's present, for rows that do not say when they changed.
 */
export function positionsFrom(data: JsonText, instruments: Instruments, nowMs: EpochMs): Read<Positions> {
  const list = Array.isArray(data) ? data : isObject(data) ? fieldIn(data, 'positions') : undefined;
  if (!Array.isArray(list)) return err('the positions: expected a list');
  const sums = new Map<string, VenuePosition>();
  const foreignSymbols = new Set<string>();
  for (const value of list) {
    const row = objectIn(value, 'a position');
    if (!row.ok) return row;
    const instrument = instrumentIn(row.value, instruments, 'symbol', 's');
    if (!instrument.ok) return instrument;
    if (instrument.value === null) {
      foreignSymbols.add(textIn(row.value, 'symbol', 's') ?? '');
      continue;
    }
    const position = positionFrom(row.value, instrument.value, nowMs);
    if (!position.ok) return err(`${instrument.value.symbol}: ${position.error}`);
    if (position.value === null) continue;
    const key = `${position.value.symbol}/${position.value.position > 0}`;
    sums.set(key, joined(sums.get(key), position.value));
  }
  return ok({ rows: [...sums.values()], foreignSymbols: [...foreignSymbols] });
}

/** Returns `null` for a row of nothing. */
function positionFrom(
  row: JsonTextObject,
  instrument: Instrument,
  nowMs: EpochMs,
): Read<VenuePosition | null> {
  const names = ['positionAmt', 'positionQty', 'positionSize', 'quantity', 'pa', 'qty'];
  const steps = stepsIn(row, instrument.lot, ...names);
  if (!steps.ok) return steps;
  if (steps.value === null) return err(`${names[0]}: expected a quantity`);
  if (steps.value === 0) return ok(null);
  const side = (textIn(row, 'positionSide', 'side', 'ps') ?? 'BOTH').toUpperCase();
  if (side !== 'LONG' && side !== 'SHORT' && side !== 'BOTH')
    return err(`positionSide: expected LONG, SHORT or BOTH, not "${side.slice(0, 40)}"`);
  if (side === 'LONG' && steps.value < 0) return err('positionAmt: a long position is below zero');
  const size = Math.abs(steps.value);
  if (size > LOTS_MAX) return err(`${names[0]}: ${size} lots are no position`);
  const isShort = side === 'SHORT' || (side === 'BOTH' && steps.value < 0);
  const entry = textIn(row, 'avgPrice', 'entryPrice', 'avgEntryPrice', 'ep', 'ap', 'price');
  if (entry === null) return err('avgPrice: expected the average entry');
  const entryQuote = costAt(entry, instrument.lot, size as Lots);
  if (!entryQuote.ok) return err(`avgPrice: ${entryQuote.error}`);
  if (entryQuote.value === 0n) return err(`avgPrice: "${entry}" is no price`);
  const updatedAt = instantIn(row, 'updateTime', 'createTime');
  if (!updatedAt.ok) return updatedAt;
  return ok({
    symbol: instrument.symbol,
    position: signedLots(isShort ? -size : size),
    entryQuote: entryQuote.value,
    venueAtMs: updatedAt.value ?? nowMs,
  });
}

function joined(before: VenuePosition | undefined, next: VenuePosition): VenuePosition {
  if (before === undefined) return next;
  return {
    symbol: next.symbol,
    position: (before.position + next.position) as SignedLots,
    entryQuote: (before.entryQuote + next.entryQuote) as Money,
    venueAtMs: Math.max(before.venueAtMs, next.venueAtMs) as EpochMs,
  };
}

/** Reads the balance of one asset. Where there is no such row, the sentence names the assets that there are. */
export function balanceFrom(data: JsonText, asset: string, nowMs: EpochMs): Read<BalanceReport> {
  const inner = isObject(data) ? fieldIn(data, 'balance') : data;
  const list = Array.isArray(inner) ? inner : isObject(inner) ? [inner] : null;
  if (list === null) return err('the balance: expected a list');
  const assets: string[] = [];
  let found: JsonTextObject | null = null;
  for (const value of list) {
    const row = objectIn(value, 'a balance');
    if (!row.ok) return row;
    const name = textIn(row.value, 'asset') ?? '';
    if (assets.includes(name)) return err(`the balance: ${name.slice(0, 20)} comes twice`);
    assets.push(name);
    if (name === asset) found = row.value;
  }
  if (found === null)
    return err(
      `the account has no balance in ${asset}${assets.length === 0 ? '' : `, but in ${assets.join(', ').slice(0, 100)}`}`,
    );
  const wallet = moneyIn(found, 'balance');
  const available = moneyIn(found, 'availableMargin');
  const used = moneyIn(found, 'usedMargin');
  const frozen = moneyIn(found, 'freezedMargin', 'frozenMargin');
  for (const amount of [wallet, available, used, frozen]) if (!amount.ok) return amount;
  return ok({
    wallet: amountIn(wallet),
    availableMargin: amountIn(available),
    usedMargin: usedMarginOf(amountIn(used), amountIn(frozen)),
    venueAtMs: nowMs,
  });
}

/** What orders hold is not free either. Less than nothing is no margin, and says nothing. */
function usedMarginOf(used: Money | null, frozen: Money | null): Money | null {
  if (used === null) return null;
  const sum = used + (frozen ?? NO_MONEY);
  return sum < 0n ? null : (sum as Money);
}

function amountIn(read: Read<Money | null>): Money | null {
  return read.ok ? read.value : null;
}

const INCOME_KINDS: Readonly<Record<string, IncomeKind>> = {
  FUNDING_FEE: 'FUNDING',
  TRANSFER: 'TRANSFER',
  REALIZED_PNL: 'REALIZED',
  TRADING_FEE: 'FEE',
};

/** Lines of the account book and how many rows they were read from. */
export interface IncomePage {
  readonly lines: readonly IncomeRow[];
  readonly rows: number;
}

/** Reads a part of the account book. Lines in other assets than that of the margin are left out: they move none of its money. */
export function incomeFrom(data: JsonText, asset: string): Read<IncomePage> {
  // The venue writes `null` for a list without rows.
  const list = data === null ? [] : data;
  if (!Array.isArray(list)) return err('the income: expected a list');
  const lines: IncomeRow[] = [];
  for (const value of list) {
    const line = incomeLine(value, asset);
    if (!line.ok) return line;
    if (line.value !== null) lines.push(line.value);
  }
  return ok({ lines, rows: list.length });
}

function incomeLine(value: JsonText, asset: string): Read<IncomeRow | null> {
  const object = objectIn(value, 'a line of income');
  if (!object.ok) return object;
  const row = object.value;
  if (!isOfMargin(textIn(row, 'asset') ?? asset, asset)) return ok(null);
  const type = textIn(row, 'incomeType');
  const amount = moneyIn(row, 'income');
  const at = instantIn(row, 'time');
  if (type === null) return err('incomeType: expected a word');
  if (!amount.ok) return amount;
  if (amount.value === null) return err('income: expected an amount');
  if (!at.ok) return at;
  if (at.value === null) return err('time: expected epoch milliseconds');
  const symbol = textIn(row, 'symbol');
  const id = textIn(row, 'tranId', 'tradeId');
  return ok({
    // One event may be two lines, of profit and of fee. Without an id a line is known by everything that it says.
    transactionId: `${type}/${id ?? `${symbol ?? ''}/${at.value}/${amount.value}`}`,
    kind: Object.hasOwn(INCOME_KINDS, type) ? (INCOME_KINDS[type] ?? 'OTHER') : 'OTHER',
    symbol: symbol as IncomeRow['symbol'],
    amount: amount.value,
    venueAtMs: at.value,
  });
}

export function leverageFrom(data: JsonText, symbol: string): Read<SymbolLeverage> {
  const row = objectIn(data, 'the leverage');
  if (!row.ok) return row;
  const long = wholeIn(row.value, 'longLeverage');
  const short = wholeIn(row.value, 'shortLeverage');
  if (!long.ok) return long;
  if (!short.ok) return short;
  return ok({ symbol, long: long.value, short: short.value });
}

function wholeIn(row: JsonTextObject, name: string): Read<number> {
  const text = textIn(row, name) ?? '';
  return /^[1-9]\d{0,3}$/.test(text)
    ? ok(Number(text))
    : err(`${name}: expected a whole number, not "${text.slice(0, 40)}"`);
}

/** The highest leverage that the answer to a question for the leverage names, for both sides; `null` where it names none. */
export function maxLeverageIn(data: JsonText): number | null {
  if (!isObject(data)) return null;
  const sides = ['maxLongLeverage', 'maxShortLeverage'].map((name) => wholeIn(data, name));
  const known = sides.flatMap((side) => (side.ok ? [side.value] : []));
  return known.length === 0 ? null : Math.min(...known);
}

export function positionModeFrom(data: JsonText): Read<PositionMode> {
  const isHedge = isObject(data) ? flagIn(data, 'dualSidePosition') : null;
  if (isHedge === null) return err('dualSidePosition: expected true or false');
  return ok(isHedge ? 'hedge' : 'one_way');
}
