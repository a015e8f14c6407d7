// What a venue says of an account, in tables for a terminal and as an object for programs. What is not known is said to be so.

import { type Cell, tableText } from '../adapters/terminal/table.ts';
import type { OpenedVenue } from '../adapters/venues/open-venue.ts';
import { type Instrument, stepsText } from '../domain/instrument.ts';
import { moneyText } from '../domain/money.ts';
import type { BalanceReport, Known, OrderReport, UnknownCause, VenuePosition } from '../domain/venue.ts';
import type { VenueSettings } from '../domain/venue-settings.ts';

interface VenuePicture {
  readonly opened: OpenedVenue;
  readonly settings: VenueSettings;
  readonly balance: Known<BalanceReport>;
  readonly openOrders: Known<OrderReport>;
  readonly positions: Known<VenuePosition>;
  /** Whether every question was answered. */
  readonly isComplete: boolean;
}

/** Asks for what the account holds: orders before positions, so that a fill in between shows twice rather than not at all. */
export async function pictureOf(opened: OpenedVenue, settings: VenueSettings): Promise<VenuePicture> {
  const { venue } = opened;
  const balance = await venue.balance('housekeeping');
  const openOrders = await venue.openOrders('housekeeping');
  const positions = await venue.positions('housekeeping');
  const isComplete = [balance, openOrders, positions].every(({ kind }) => kind === 'KNOWN');
  return { opened, settings, balance, openOrders, positions, isComplete };
}

export function venueText(picture: VenuePicture): string {
  const { opened, openOrders, positions } = picture;
  const { instruments } = opened.venue;
  const parts = [
    tableText({ rows: factRows(picture) }),
    `Instruments\n${tableText({ head: ['symbol', 'tick', 'lot', 'min size', 'min value', 'maker %', 'taker %', 'leverage', 'max'], rows: instruments.map((one) => instrumentRow(opened, one)) })}`,
    listText(
      'Open orders',
      openOrders,
      ['symbol', 'side', 'status', 'quantity', 'filled', 'order id', 'client id'],
      (order) => orderRow(instruments, order),
    ),
    listText('Positions', positions, ['symbol', 'position', 'entry value'], (position) =>
      positionRow(instruments, position),
    ),
  ];
  return parts.join('\n\n');
}

function factRows({ opened, settings, balance }: VenuePicture): readonly (readonly Cell[])[] {
  const { venue } = opened;
  const { positionMode, marginAsset } = venue.account;
  const money = balance.kind === 'KNOWN' ? balance.rows[0] : undefined;
  const amount = (value: BalanceReport['wallet'] | undefined): Cell =>
    value === undefined || value === null ? null : `${moneyText(value)} ${marginAsset}`;
  return [
    ['environment', settings.environment],
    ...(opened.kind === 'bingx'
      ? [
          ['hosts', opened.setup.restUrls.join(', ')],
          ['stream', opened.setup.streamUrl],
          ['clock', `the venue's is ${offsetText(opened.venue.health().clockOffsetMs)}`],
        ]
      : [['hosts', 'none: an exchange in this process, which this command has just made']]),
    ['account', `${settings.account}, ${positionMode} mode, margin in ${marginAsset}`],
    ['wallet', amount(money?.wallet)],
    ['available margin', amount(money?.availableMargin)],
    ['used margin', amount(money?.usedMargin)],
  ];
}

function offsetText(ms: number): string {
  return ms === 0 ? 'as ours' : `${Math.abs(ms)} ms ${ms > 0 ? 'ahead' : 'behind'}`;
}

function instrumentRow(opened: OpenedVenue, instrument: Instrument): readonly Cell[] {
  const { symbol, tick, lot, minLots, minNotional, makerFeePpm, takerFeePpm, maxLeverage } = instrument;
  return [
    symbol,
    stepsText(tick, 1),
    stepsText(lot, 1),
    stepsText(lot, minLots),
    moneyText(minNotional),
    percentText(makerFeePpm),
    percentText(takerFeePpm),
    leverageText(opened, symbol),
    maxLeverage,
  ];
}

function percentText(ratePpm: number): string {
  return (ratePpm / 10_000).toFixed(4).replace(/0{1,2}$/, '');
}

function leverageText(opened: OpenedVenue, symbol: string): Cell {
  if (opened.kind === 'paper') return null;
  const known = opened.venue.leverage().find((one) => one.symbol === symbol);
  if (known === undefined) return null;
  return known.long === known.short ? String(known.long) : `${known.long} long, ${known.short} short`;
}

function listText<Row>(
  title: string,
  known: Known<Row>,
  head: readonly string[],
  rowOf: (row: Row) => readonly Cell[],
): string {
  if (known.kind === 'UNKNOWN') return `${title}: not known (${CAUSES[known.cause]})`;
  if (known.rows.length === 0) return `${title}: none`;
  return `${title}\n${tableText({ head, rows: known.rows.map(rowOf) })}`;
}

const CAUSES: Readonly<Record<UnknownCause, string>> = {
  TIMEOUT: 'no answer in time',
  CONNECTION: 'the connection was lost',
  SERVER: 'the venue refused or failed',
  UNREADABLE: 'the answer cannot be read',
  NOT_SENT: 'it was not sent',
};

function orderRow(instruments: readonly Instrument[], order: OrderReport): readonly Cell[] {
  const { symbol, side, status, orderedLots, filledLots, venueOrderId, clientOrderId } = order;
  const lotsText = (lots: number): string => quantityText(instruments, symbol, lots);
  return [symbol, side, status, lotsText(orderedLots), lotsText(filledLots), venueOrderId, clientOrderId];
}

function positionRow(instruments: readonly Instrument[], row: VenuePosition): readonly Cell[] {
  return [row.symbol, quantityText(instruments, row.symbol, row.position), moneyText(row.entryQuote)];
}

function quantityText(instruments: readonly Instrument[], symbol: string, lots: number): string {
  const instrument = instruments.find((one) => one.symbol === symbol);
  return instrument === undefined ? `${lots} lots` : stepsText(instrument.lot, lots);
}

export function venueJson(picture: VenuePicture): Readonly<Record<string, unknown>> {
  const { opened, settings, balance, openOrders, positions } = picture;
  const { instruments, account } = opened.venue;
  const money = balance.kind === 'KNOWN' ? (balance.rows[0] ?? null) : null;
  const amount = (value: BalanceReport['wallet'] | undefined): string | null =>
    value === undefined || value === null ? null : moneyText(value);
  return {
    environment: settings.environment,
    rest_urls: opened.kind === 'bingx' ? opened.setup.restUrls : [],
    stream_url: opened.kind === 'bingx' ? opened.setup.streamUrl : null,
    clock_offset_ms: opened.kind === 'bingx' ? opened.venue.health().clockOffsetMs : null,
    account: settings.account,
    position_mode: account.positionMode,
    margin_asset: account.marginAsset,
    wallet: amount(money?.wallet),
    available_margin: amount(money?.availableMargin),
    used_margin: amount(money?.usedMargin),
    instruments: instruments.map((one) => ({
      symbol: one.symbol,
      tick: stepsText(one.tick, 1),
      lot: stepsText(one.lot, 1),
      min_quantity: stepsText(one.lot, one.minLots),
      min_notional: moneyText(one.minNotional),
      maker_fee_ppm: one.makerFeePpm,
      taker_fee_ppm: one.takerFeePpm,
      leverage: leverageJson(opened, one.symbol),
      max_leverage: one.maxLeverage,
    })),
    open_orders: listJson(openOrders, (order) => ({
      symbol: order.symbol,
      side: order.side,
      status: order.status,
      quantity: quantityText(instruments, order.symbol, order.orderedLots),
      filled: quantityText(instruments, order.symbol, order.filledLots),
      venue_order_id: order.venueOrderId,
      client_order_id: order.clientOrderId,
    })),
    positions: listJson(positions, (row) => ({
      symbol: row.symbol,
      position: quantityText(instruments, row.symbol, row.position),
      entry_value: moneyText(row.entryQuote),
    })),
  };
}

function leverageJson(opened: OpenedVenue, symbol: string): { long: number; short: number } | null {
  if (opened.kind === 'paper') return null;
  const known = opened.venue.leverage().find((one) => one.symbol === symbol);
  return known === undefined ? null : { long: known.long, short: known.short };
}

/** `null` is not known; an empty list is known to be empty. */
function listJson<Row>(known: Known<Row>, rowOf: (row: Row) => unknown): readonly unknown[] | null {
  return known.kind === 'KNOWN' ? known.rows.map(rowOf) : null;
}
