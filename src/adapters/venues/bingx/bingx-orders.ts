// What the venue's answers to an order, a cancel and a query mean. A refusal is only what surely was not done; the rest is not known.

import type { Instrument } from '../../../domain/instrument.ts';
import type {
  CancelResult,
  OrderName,
  OrderReport,
  OrderRequest,
  QueryResult,
  RejectCode,
  Rejected,
  SubmitResult,
  Unknown,
  UnknownCause,
} from '../../../domain/venue.ts';
import type { JsonText } from '../json-text.ts';
import { orderFrom, orderRowIn, placeAnswerFrom } from './codec-orders.ts';
import { isOrderUnknown, isOutcomeOpen, rejectCodeOf } from './codes.ts';
import { fieldIn, isObject } from './fields.ts';
import type { RestReply } from './rest-call.ts';

export type FailedReply = Exclude<RestReply, { kind: 'data' }>;

/** Codes of HTTP itself by which somebody on the way gave up waiting for the venue. */
const GAVE_UP: ReadonlySet<number> = new Set([408, 499]);

export function submitResultOf(order: OrderRequest, instrument: Instrument, reply: RestReply): SubmitResult {
  if (reply.kind !== 'data') return refusedOrUnknown(reply);
  const answer = placeAnswerFrom(reply.data, instrument);
  if (!answer.ok) return unknown('UNREADABLE');
  const { venueOrderId, clientOrderId, symbol, side, orderedLots, report } = answer.value;
  const isOther =
    (symbol !== null && symbol !== order.symbol) ||
    (side !== null && side !== order.side) ||
    (clientOrderId !== null && clientOrderId !== order.clientOrderId);
  // An answer about another order says nothing of this one.
  if (isOther) return unknown('UNREADABLE');
  // The venue cuts quantities without a word: whoever asks for the order learns what it became.
  const isAsOrdered = orderedLots === null || orderedLots === order.quantity;
  return { kind: 'ACK', venueOrderId, report: isAsOrdered ? report : null };
}

export function cancelResultOf(order: OrderName, instrument: Instrument, reply: RestReply): CancelResult {
  if (reply.kind !== 'data') {
    const result = refusedOrUnknown(reply);
    // Two cancels within a second: the one before may be under way.
    const isRepeated = result.kind === 'REJECT' && result.code === 'CLIENT_ID_REUSED';
    return isRepeated ? unknown('SERVER') : result;
  }
  const row = orderRowIn(reply.data);
  if (row === null) return { kind: 'ACK', report: null };
  const report = orderFrom(row, new Map([[instrument.symbol, instrument]]));
  if (!report.ok || report.value === null) return { kind: 'ACK', report: null };
  return isOf(report.value, order) ? { kind: 'ACK', report: report.value } : unknown('UNREADABLE');
}

export function queryResultOf(order: OrderName, instrument: Instrument, reply: RestReply): QueryResult {
  if (reply.kind === 'error')
    return isOrderUnknown(reply.code, reply.text) ? { kind: 'NOT_FOUND' } : unknown('SERVER');
  if (reply.kind !== 'data') return unknownOf(reply);
  const row = orderRowIn(reply.data);
  if (row === null) return saysNothing(reply.data) ? { kind: 'NOT_FOUND' } : unknown('UNREADABLE');
  const report = orderFrom(row, new Map([[instrument.symbol, instrument]]));
  if (!report.ok || report.value === null || !isOf(report.value, order)) return unknown('UNREADABLE');
  return { kind: 'FOUND', report: report.value };
}

/** Whether an answer without an order is an empty one, and not something else. */
function saysNothing(data: JsonText): boolean {
  if (data === null) return true;
  if (!isObject(data)) return false;
  const order = fieldIn(data, 'order');
  if (order !== undefined) return order === null || isObject(order);
  return Object.keys(data).length === 0 || fieldIn(data, 'code') !== undefined;
}

/** Whether a report is of the order that was asked about; a name that it does not say does not count. */
function isOf({ venueOrderId, clientOrderId, symbol }: OrderReport, order: OrderName): boolean {
  if (symbol !== order.symbol) return false;
  if (order.venueOrderId !== null) return venueOrderId === order.venueOrderId;
  return clientOrderId === null || clientOrderId === order.clientOrderId;
}

/** A refusal by the venue, or by ourselves before anything left; what leaves open whether it was done is not known. */
function refusedOrUnknown(reply: FailedReply): Rejected | Unknown {
  switch (reply.kind) {
    case 'error':
      if (isOutcomeOpen(reply.code, reply.text) || GAVE_UP.has(reply.code)) return unknown('SERVER');
      return rejected(rejectCodeOf(reply.code, reply.text), `${reply.code} ${reply.text}`.trim());
    case 'not_sent':
      return notSent(reply);
    case 'unknown':
      return unknown(reply.cause);
  }
}

function notSent({ cause, text }: Extract<RestReply, { kind: 'not_sent' }>): Rejected {
  const codes = { no_turn: 'RATE_LIMITED', no_connection: 'BUSY', unsignable: 'OTHER' } as const;
  return rejected(codes[cause], text);
}

/** What a refusal of the leverage may be called on behalf of the order: none of these says anything of an order or its id. */
const LEVERAGE_CODES: ReadonlySet<RejectCode> = new Set<RejectCode>([
  'MARGIN',
  'FUNDING_WINDOW',
  'RATE_LIMITED',
  'CLOCK_SKEW',
  'RISK_CONTROL',
  'SYMBOL_CLOSED',
  'MODE',
]);

/** What came of an order whose leverage could not be set: it surely did not leave. */
export function unsentFor(reply: FailedReply): Rejected {
  const text = `the order was not sent, since its leverage was not set: ${reply.text}`;
  switch (reply.kind) {
    case 'error': {
      const code = rejectCodeOf(reply.code, reply.text);
      const told =
        `the order was not sent, since its leverage was refused: ${reply.code} ${reply.text}`.trim();
      if (isOutcomeOpen(reply.code, reply.text)) return rejected('BUSY', told);
      return rejected(LEVERAGE_CODES.has(code) ? code : 'OTHER', told);
    }
    case 'not_sent':
      return { ...notSent(reply), text };
    case 'unknown':
      return rejected('BUSY', text);
  }
}

/** Why a question has no answer. */
export function unknownOf(reply: FailedReply): Unknown {
  if (reply.kind === 'unknown') return unknown(reply.cause);
  return unknown(reply.kind === 'not_sent' ? 'NOT_SENT' : 'SERVER');
}

export function unknown(cause: UnknownCause): Unknown {
  return { kind: 'UNKNOWN', cause };
}

export function rejected(code: RejectCode, text: string): Rejected {
  return { kind: 'REJECT', code, text };
}
