// What the private stream says, frame by frame: reports of orders, balances, leverage; and what cannot be read is named and left alone.

import type { ClientOrderId, SymbolName, VenueOrderId } from '../../../domain/ids.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import { type Money, NO_MONEY, negated } from '../../../domain/money.ts';
import { err, ok } from '../../../domain/result.ts';
import { type EpochMs, type Lots, NO_LOTS, PPM_ONE } from '../../../domain/steps.ts';
import type { BalanceReport, OrderReport, TradeCause } from '../../../domain/venue.ts';
import { type JsonTextObject, readJsonText } from '../json-text.ts';
import { clientOrderIdFrom, orderSideFrom, orderStatusFrom } from './codec-orders.ts';
import {
  costAt,
  fieldIn,
  type Instruments,
  idIn,
  instantIn,
  instrumentIn,
  isObject,
  isOfMargin,
  lotsIn,
  moneyIn,
  objectIn,
  plainDecimal,
  type Read,
  textIn,
} from './fields.ts';
import { type OrderTrack, OrderTracks } from './order-tracks.ts';

/** What a frame says, as far as it concerns this account and its instruments. */
export type FrameNews =
  | { readonly kind: 'order'; readonly report: OrderReport }
  | { readonly kind: 'balance'; readonly report: BalanceReport }
  | { readonly kind: 'leverage'; readonly symbol: SymbolName; readonly long: number; readonly short: number }
  | { readonly kind: 'malformed'; readonly what: string; readonly problem: string };

const NO_NEWS: readonly FrameNews[] = [];
const SNAPSHOT_START = '{"e":"SNAPSHOT"';

/** Reads frames in the order of their arrival. Nothing of a frame that cannot be read is kept. */
export class FrameReader {
  /** Frames of which nothing was needed, by the name of their event. */
  readonly ignored = new Map<string, number>();
  private readonly instruments: Instruments;
  private readonly marginAsset: string;
  private readonly tracks = new OrderTracks();

  constructor(instruments: Instruments, marginAsset: string) {
    this.instruments = instruments;
    this.marginAsset = marginAsset;
  }

  /** Returns the news of one frame. Never throws, whatever the text is. */
  read(text: string, nowMs: EpochMs): readonly FrameNews[] {
    // An idle demo account is sent hundreds of these a second.
    if (text.startsWith(SNAPSHOT_START)) return this.ignore('SNAPSHOT');
    const json = readJsonText(text);
    if (!json.ok) return malformed('a frame', 'it is no JSON');
    const frame = json.value;
    if (!isObject(frame)) return malformed('a frame', 'expected an object');
    const event = textIn(frame, 'e');
    switch (event) {
      case 'ORDER_TRADE_UPDATE':
      case 'TRADE_UPDATE':
        return this.newsOr(event, this.orderNews(frame, nowMs));
      case 'ACCOUNT_UPDATE':
        return this.newsOr(event, this.balanceNews(frame, nowMs));
      case 'ACCOUNT_CONFIG_UPDATE':
        return this.newsOr(event, this.leverageNews(frame));
      default:
        return this.ignore(event ?? 'an answer');
    }
  }

  /** Frames were missed: of an order that had not traded, the next fill is not known to be the first. */
  gap(): void {
    this.tracks.forgetUntraded();
  }

  private newsOr(event: string, read: Read<readonly FrameNews[]>): readonly FrameNews[] {
    if (!read.ok) return malformed(event, read.error);
    return read.value.length === 0 ? this.ignore(event) : read.value;
  }

  private ignore(event: string): readonly FrameNews[] {
    const name = event.slice(0, 40);
    // Names come from outside: a few are enough.
    if (this.ignored.has(name) || this.ignored.size < 50)
      this.ignored.set(name, (this.ignored.get(name) ?? 0) + 1);
    return NO_NEWS;
  }

  private orderNews(frame: JsonTextObject, nowMs: EpochMs): Read<readonly FrameNews[]> {
    const order = objectIn(fieldIn(frame, 'o'), 'o');
    if (!order.ok) return order;
    const row = order.value;
    const instrument = instrumentIn(row, this.instruments, 's');
    if (!instrument.ok) return instrument;
    if (instrument.value === null) return ok(NO_NEWS);
    const facts = factsOf(row, instrument.value);
    if (!facts.ok) return facts;
    const atMs = firstInstant(row, frame, nowMs);
    if (!atMs.ok) return atMs;
    const filled = this.filledBy(facts.value, row, instrument.value);
    if (!filled.ok) return filled;
    const { venueOrderId, side, status, orderedLots, clientOrderId } = facts.value;
    const { filledLots, filledQuote, isQuoteExact, fee } = filled.value;
    const asset = textIn(row, 'N');
    const report: OrderReport = {
      symbol: instrument.value.symbol,
      venueOrderId,
      clientOrderId,
      side,
      status,
      orderedLots,
      filledLots,
      filledQuote,
      isQuoteExact,
      fee,
      feeAsset: isOfMargin(asset, this.marginAsset) || fee === NO_MONEY ? null : asset,
      isMaker: null,
      cause: causeOf(row),
      // Whether `rp` is of the fill or of the order is not known.
      venueRealized: null,
      venueAtMs: atMs.value,
    };
    return ok([{ kind: 'order', report }]);
  }

  /** What the filled lots cost, and what they paid: from single fills where none was missed, from the average otherwise. */
  private filledBy(
    { venueOrderId, filledLots, lastLots }: OrderFacts,
    row: JsonTextObject,
    { lot, makerFeePpm, takerFeePpm }: Instrument,
  ): Read<Pick<OrderReport, 'filledLots' | 'filledQuote' | 'isQuoteExact' | 'fee'>> {
    if (filledLots === 0) {
      this.tracks.begin(venueOrderId);
      return ok({ filledLots, filledQuote: NO_MONEY, isQuoteExact: true, fee: NO_MONEY });
    }
    const paid = moneyIn(row, 'n');
    if (!paid.ok) return paid;
    const average = positiveText(row, 'ap');
    const averageCost = average === null ? ok(null) : costAt(average, lot, filledLots);
    if (!averageCost.ok) return err(`ap: ${averageCost.error}`);
    const lastPrice = positiveText(row, 'L');
    const lastCost = lastPrice === null || lastLots === null ? ok(null) : costAt(lastPrice, lot, lastLots);
    if (!lastCost.ok) return err(`L: ${lastCost.error}`);
    const fee = paid.value === null ? null : negated(paid.value);
    const band = [makerFeePpm, takerFeePpm].map((rate) => rate / PPM_ONE).sort((a, b) => a - b) as [
      number,
      number,
    ];
    const track = isFill(row, lastLots)
      ? this.tracks.take(venueOrderId, { filledLots, lastLots, lastQuote: lastCost.value, fee }, band)
      : this.tracks.of(venueOrderId);
    return ok(factsFrom(track, filledLots, averageCost.value));
  }

  private balanceNews(frame: JsonTextObject, nowMs: EpochMs): Read<readonly FrameNews[]> {
    const account = objectIn(fieldIn(frame, 'a'), 'a');
    if (!account.ok) return account;
    const rows = fieldIn(account.value, 'B') ?? [];
    if (!Array.isArray(rows)) return err('a.B: expected a list');
    const named = rows.filter(isObject);
    const row =
      named.find((one) => textIn(one, 'a') === this.marginAsset) ??
      named.find((one) => isOfMargin(textIn(one, 'a'), this.marginAsset));
    if (row === undefined) return ok(NO_NEWS);
    const wallet = moneyIn(row, 'wb');
    const available = moneyIn(row, 'cw');
    if (!wallet.ok) return wallet;
    if (!available.ok) return available;
    const atMs = firstInstant(frame, frame, nowMs);
    if (!atMs.ok) return atMs;
    // Frames about margin alone say 0 where they mean nothing.
    if (wallet.value === null || wallet.value === NO_MONEY) return ok(NO_NEWS);
    const isUsedSaid = available.value !== null && available.value <= wallet.value;
    const used = isUsedSaid ? ((wallet.value - available.value) as Money) : null;
    const report = {
      wallet: wallet.value,
      availableMargin: available.value,
      usedMargin: used,
      venueAtMs: atMs.value,
    };
    return ok([{ kind: 'balance', report }]);
  }

  private leverageNews(frame: JsonTextObject): Read<readonly FrameNews[]> {
    const config = fieldIn(frame, 'ac');
    const rows = Array.isArray(config) ? config : [config];
    const news: FrameNews[] = [];
    for (const row of rows) {
      if (!isObject(row)) return err('ac: expected an object');
      const instrument = instrumentIn(row, this.instruments, 's');
      if (!instrument.ok) return err(`ac.${instrument.error}`);
      if (instrument.value === null) continue;
      const [long, short] = [Number(textIn(row, 'l') ?? Number.NaN), Number(textIn(row, 'S') ?? Number.NaN)];
      if (![long, short].every((one) => Number.isInteger(one) && one >= 1 && one <= 1_000))
        return err('ac.l, ac.S: expected whole leverages');
      news.push({ kind: 'leverage', symbol: instrument.value.symbol, long, short });
    }
    return ok(news);
  }
}

function malformed(what: string, problem: string): readonly FrameNews[] {
  return [{ kind: 'malformed', what, problem }];
}

interface OrderFacts {
  readonly venueOrderId: VenueOrderId;
  readonly clientOrderId: ClientOrderId | null;
  readonly side: OrderReport['side'];
  readonly status: OrderReport['status'];
  readonly orderedLots: Lots;
  readonly filledLots: Lots;
  /** Of the fill that the frame tells of. */
  readonly lastLots: Lots | null;
}

function factsOf(row: JsonTextObject, { lot }: Instrument): Read<OrderFacts> {
  const id = idIn(row, 'i');
  if (!id.ok) return id;
  if (id.value === null) return err('i: expected the id of an order');
  const side = orderSideFrom(textIn(row, 'S'));
  if (!side.ok) return side;
  const [ordered, filled, last] = [lotsIn(row, lot, 'q'), lotsIn(row, lot, 'z'), lotsIn(row, lot, 'l')];
  if (!ordered.ok) return ordered;
  if (!filled.ok) return filled;
  if (!last.ok) return last;
  const filledLots = filled.value ?? (textIn(row, 'X') === 'NEW' ? NO_LOTS : null);
  if (filledLots === null) return err('z: expected what is filled in all');
  const status = orderStatusFrom(textIn(row, 'X'), filledLots);
  if (!status.ok) return status;
  return ok({
    venueOrderId: id.value as VenueOrderId,
    clientOrderId: clientOrderIdFrom(textIn(row, 'c')),
    side: side.value,
    status: status.value,
    orderedLots: ordered.value ?? filledLots,
    filledLots,
    lastLots: last.value === 0 ? null : last.value,
  });
}

/** Whether a frame tells of a fill, and not of the end of an order that had some. */
function isFill(row: JsonTextObject, lastLots: Lots | null): boolean {
  const execution = textIn(row, 'x');
  return execution === 'TRADE' || execution === 'CALCULATED' || (execution === null && lastLots !== null);
}

function causeOf(row: JsonTextObject): TradeCause {
  if (textIn(row, 'o') === 'LIQUIDATION') return 'liquidation';
  return textIn(row, 'x') === 'CALCULATED' ? 'adl' : 'order';
}

function factsFrom(
  track: OrderTrack | null,
  filledLots: Lots,
  averageCost: Money | null,
): Pick<OrderReport, 'filledLots' | 'filledQuote' | 'isQuoteExact' | 'fee'> {
  const isOfThis = track !== null && track.filledLots === filledLots;
  const exact = isOfThis ? track.quote : null;
  return {
    filledLots,
    filledQuote: exact ?? averageCost,
    isQuoteExact: exact !== null,
    fee: isOfThis ? track.fee : null,
  };
}

/** Returns a price text, `null` where there is none or where it is 0, which is written as `0E-8` too. */
function positiveText(row: JsonTextObject, name: string): string | null {
  const text = textIn(row, name);
  return text === null || /^-?0+(\.0*)?$/.test(plainDecimal(text) ?? text) ? null : text;
}

/** When the venue says it was: of the trade, of the event, or when it came. */
function firstInstant(row: JsonTextObject, frame: JsonTextObject, nowMs: EpochMs): Read<EpochMs> {
  for (const read of [instantIn(row, 'T'), instantIn(frame, 'T'), instantIn(frame, 'E')]) {
    if (!read.ok) return read;
    if (read.value !== null) return ok(read.value);
  }
  return ok(nowMs);
}
