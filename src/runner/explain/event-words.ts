// One event of the kernel, and each effect of it, in words for a person: amounts in the units of the market, ids whole, payloads left out.

import { fieldOf } from '../../domain/field-of.ts';
import type { SymbolName } from '../../domain/ids.ts';
import { stepsText } from '../../domain/instrument.ts';
import { moneyText } from '../../domain/money.ts';
import type { OrderReport, OrderRequest } from '../../domain/venue.ts';
import type { Effect, PublishEffect } from '../../kernel/effect.ts';
import type { IntentEvent, KernelEvent, Permission } from '../../kernel/event.ts';
import type { KernelState } from '../../kernel/state.ts';

/** Returns lots as the market counts them, `0.05`; of a symbol that is not known, as lots. */
export function quantityText(state: KernelState, symbol: SymbolName, quantity: number): string {
  const lot = state.instruments.get(symbol)?.lot;
  return lot === undefined ? `${quantity} lots` : stepsText(lot, quantity);
}

/** Returns ticks as a price. */
export function priceText(state: KernelState, symbol: SymbolName, ticks: number): string {
  const tick = state.instruments.get(symbol)?.tick;
  return tick === undefined ? `${ticks} ticks` : stepsText(tick, ticks);
}

/** Returns what happened, in one line. */
export function eventWords(event: KernelEvent, state: KernelState): string {
  switch (event.kind) {
    case 'START':
      return `the kernel began as ${event.runId}; what was under way is in doubt`;
    case 'MARK':
      return `a price of ${event.symbol}: ${priceText(state, event.symbol, event.mark)}`;
    case 'WAKE':
      return 'time has passed';
    case 'INTENT':
      return intentWords(event);
    case 'DECISION':
      return `${event.policy} decided ${event.action}${event.symbol === '' ? '' : ` of ${event.symbol}`}: ${event.reason}`;
    case 'COMMAND':
      return `${event.who} told it ${event.command}${event.slot === null ? '' : ` of slot ${event.slot}`}: ${event.why}`;
    case 'PERMISSIONS':
      return event.permissions === null
        ? 'there is no kill list that can be read'
        : `lists came into force: ${permissionWords(event.permissions)}`;
    case 'MALFORMED':
      return `${event.what} could not be read: ${event.problem}`;
    case 'STREAM':
      return `the venue's stream is ${event.isUp ? 'up' : 'down'}`;
    case 'ACCOUNT':
      return `the account is in the mode ${event.positionMode}`;
    case 'INSTRUMENT':
      return `the venue changed the steps, limits or rates of ${event.instrument.symbol}`;
    case 'JOURNAL':
      return event.isFull ? 'the disk of the journal is full' : 'the disk of the journal has room again';
    default:
      return venueWords(event, state);
  }
}

function permissionWords(permissions: readonly Permission[]): string {
  const named = (mayEnter: boolean): string =>
    permissions
      .filter(({ isEnabled, sizePpm }) => (isEnabled && sizePpm > 0) === mayEnter)
      .map(({ strategyClass, sizePpm }) =>
        mayEnter && sizePpm !== WHOLE_PPM
          ? `${strategyClass} at ${(sizePpm * 100) / WHOLE_PPM} %`
          : strategyClass,
      )
      .join(', ');
  const [may, not] = [named(true), named(false)];
  return `${may === '' ? 'nobody' : may} may enter${not === '' ? '' : `, ${not} may not`}`;
}

const WHOLE_PPM = 1_000_000;

type VenueEvent = Extract<
  KernelEvent,
  {
    readonly kind:
      | 'SUBMIT_RESULT'
      | 'CANCEL_RESULT'
      | 'QUERY_RESULT'
      | 'REPORT'
      | 'OPEN_ORDERS'
      | 'POSITIONS'
      | 'FILLS'
      | 'INCOME'
      | 'BALANCE';
  }
>;

function venueWords(event: VenueEvent, state: KernelState): string {
  switch (event.kind) {
    case 'SUBMIT_RESULT':
      return `the venue answered the order ${event.clientOrderId}: ${resultWords(event.result, state)}`;
    case 'CANCEL_RESULT':
      return `the venue answered the cancel of ${event.clientOrderId}: ${resultWords(event.result, state)}`;
    case 'QUERY_RESULT':
      return `the venue was asked for ${event.clientOrderId}: ${resultWords(event.result, state)}`;
    case 'REPORT':
      return `the venue reported ${reportWords(event.report, state)}`;
    default:
      return event.result.kind === 'UNKNOWN'
        ? `${PICTURES[event.kind]} could not be had: ${event.result.cause}`
        : `the venue showed ${PICTURES[event.kind]}: ${rowWords(event.result.rows.length)}`;
  }
}

function rowWords(count: number): string {
  if (count === 0) return 'none';
  return count === 1 ? '1 row' : `${count} rows`;
}

const PICTURES = {
  OPEN_ORDERS: 'the open orders',
  POSITIONS: 'the positions',
  FILLS: 'the orders that traded',
  INCOME: 'the lines of the account book',
  BALANCE: 'the balance',
} as const;

function intentWords(event: IntentEvent): string {
  const { action, symbol, side, size, referencePrice, strategyClass, leverage, slot } = event;
  const what =
    action === 'ENTER'
      ? `${side} ${size ?? 'no size'} ${symbol} at ${referencePrice ?? 'no price'}, conviction ${leverage ?? 'none'}, class ${strategyClass}, slot ${slot}`
      : `slot ${slot}${event.tradeId === null ? '' : `, trade ${event.tradeId}`}${size === null ? '' : `, ${size}`}${event.isUrgent ? ', urgent' : ''}`;
  return `the intent ${event.intentId}: ${action} ${what}${event.reason === '' ? '' : `: ${event.reason}`}`;
}

type Result = Extract<
  KernelEvent,
  { readonly kind: 'SUBMIT_RESULT' | 'CANCEL_RESULT' | 'QUERY_RESULT' }
>['result'];

function resultWords(result: Result, state: KernelState): string {
  switch (result.kind) {
    case 'ACK': {
      const id = fieldOf(result, 'venueOrderId');
      const taken = typeof id === 'string' ? `taken as ${id}` : 'taken';
      return result.report === null ? taken : `${taken}, ${reportWords(result.report, state)}`;
    }
    case 'REJECT':
      return `rejected, ${result.code}${result.text === '' ? '' : `: ${result.text}`}`;
    case 'FOUND':
      return reportWords(result.report, state);
    case 'NOT_FOUND':
      return 'not found';
    case 'UNKNOWN':
      return `not known, ${result.cause}`;
  }
}

function reportWords(report: OrderReport, state: KernelState): string {
  const { symbol, side, venueOrderId, status, filledLots, orderedLots, filledQuote, fee } = report;
  const filled = `${quantityText(state, symbol, filledLots)} of ${quantityText(state, symbol, orderedLots)}`;
  const cost = filledQuote === null || filledLots === 0 ? '' : ` for ${moneyText(filledQuote)}`;
  const paid = fee === null || filledLots === 0 ? '' : `, fee ${moneyText(fee)}`;
  const cause = report.cause === 'order' ? '' : `, ${report.cause}`;
  return `${venueOrderId} ${status}: ${side} ${filled} ${symbol}${cost}${paid}${cause}`;
}

function orderWords(order: OrderRequest, state: KernelState): string {
  const { symbol, side, type, limit, quantity } = order;
  const price = limit === null ? '' : ` at ${priceText(state, symbol, limit)}`;
  const flags = [...(order.postOnly ? ['post-only'] : []), ...(order.reduceOnly ? ['reduce-only'] : [])];
  return [
    `${type} ${side} ${quantityText(state, symbol, quantity)} ${symbol}${price}`,
    ...flags,
    `leverage ${order.leverage}`,
  ].join(', ');
}

/** Returns what the kernel wants done, in one line; `null` for what says nothing to a person, as when to wake it. */
export function effectWords(effect: Effect, state: KernelState): string | null {
  switch (effect.kind) {
    case 'SUBMIT':
      return `sends the order ${effect.order.clientOrderId}: ${orderWords(effect.order, state)}`;
    case 'CANCEL':
      return `cancels the order ${effect.clientOrderId}`;
    case 'QUERY':
      return `asks the venue for the order ${effect.clientOrderId}`;
    case 'NOTIFY':
      return `tells a person (${effect.severity}, ${effect.code}): ${effect.text}`;
    case 'PUBLISH':
      return publicationWords(effect.publication);
    case 'FETCH':
      return `asks the venue for ${PICTURES[effect.part]}`;
    case 'WAKE_AT':
      return null;
  }
}

function publicationWords(publication: PublishEffect['publication']): string {
  switch (publication.topic) {
    case 'posting':
      return `books ${moneyText(publication.posting.amount)} from ${publication.posting.account}`;
    case 'trade_closed': {
      const { tradeId, realized, fees, funding, reason } = publication;
      return `closes the trade ${tradeId}: realized ${moneyText(realized)}, fees ${moneyText(fees)}, funding ${moneyText(funding)}${reason === '' ? '' : `: ${reason}`}`;
    }
    case 'router':
      return `the router: ${publication.event}${publication.reason === '' ? '' : `, ${publication.reason}`}`;
    case 'kernel_state':
      return `is ${publication.state}${publication.reasons.length === 0 ? '' : ` for ${publication.reasons.join(', ')}`}`;
    case 'strategy_disabled':
      return `lets ${publication.strategyClass} enter no more; entries canceled: ${publication.ordersCanceled}`;
  }
}
