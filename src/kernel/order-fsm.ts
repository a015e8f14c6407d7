// The life of an order as one table: every status meets every input, and the answer is a status, `known` or `illegal`.

import type { OrderStatus } from './state.ts';

/**
 * SEND, CANCEL, DROP are ours. ACK, REJECT, NO_ANSWER answer a submit; CANCEL_ACK, CANCEL_REFUSED (final or unknown there), CANCEL_DENIED
 * (not now), CANCEL_NO_ANSWER a cancel. OPEN, FILL, FILLED, CANCELED, EXPIRED, REFUSED are reports. ABSENT: long enough not found.
 * RESTART: the kernel begins again.
 */
export const ORDER_INPUTS = [
  'SEND',
  'DROP',
  'ACK',
  'REJECT',
  'NO_ANSWER',
  'OPEN',
  'FILL',
  'FILLED',
  'CANCELED',
  'EXPIRED',
  'REFUSED',
  'CANCEL',
  'CANCEL_ACK',
  'CANCEL_REFUSED',
  'CANCEL_DENIED',
  'CANCEL_NO_ANSWER',
  'ABSENT',
  'RESTART',
] as const;
export type OrderInput = (typeof ORDER_INPUTS)[number];

/** `known`: nothing new. `illegal`: cannot be, so it changes nothing and is counted. */
type OrderTurn = OrderStatus | 'known' | 'illegal';

const FINAL: Readonly<Record<OrderInput, 'known' | 'illegal'>> = {
  SEND: 'illegal',
  DROP: 'illegal',
  ACK: 'known',
  REJECT: 'known',
  NO_ANSWER: 'known',
  OPEN: 'known',
  FILL: 'known',
  FILLED: 'known',
  CANCELED: 'known',
  EXPIRED: 'known',
  REFUSED: 'known',
  CANCEL: 'illegal',
  CANCEL_ACK: 'known',
  CANCEL_REFUSED: 'known',
  CANCEL_DENIED: 'known',
  CANCEL_NO_ANSWER: 'known',
  ABSENT: 'illegal',
  RESTART: 'known',
};

/** What a venue says of an order ends doubt of every kind. */
const REPORTED = {
  FILL: 'PARTIAL',
  FILLED: 'FILLED',
  CANCELED: 'CANCELED',
  EXPIRED: 'EXPIRED',
  REFUSED: 'REJECTED',
} as const;

const NO_CANCEL = {
  CANCEL_ACK: 'illegal',
  CANCEL_REFUSED: 'illegal',
  CANCEL_DENIED: 'illegal',
  CANCEL_NO_ANSWER: 'illegal',
} as const;

/** Answers to a cancel that was overtaken by a report. */
const LATE_CANCEL = {
  CANCEL_ACK: 'known',
  CANCEL_REFUSED: 'CANCEL_IN_DOUBT',
  CANCEL_DENIED: 'known',
  CANCEL_NO_ANSWER: 'known',
} as const;

const AT_VENUE = {
  SEND: 'illegal',
  DROP: 'illegal',
  ACK: 'known',
  REJECT: 'illegal',
  NO_ANSWER: 'known',
  OPEN: 'known',
  ...REPORTED,
  CANCEL: 'CANCEL_SENT',
  ...LATE_CANCEL,
  ABSENT: 'illegal',
  RESTART: 'IN_DOUBT',
} as const;

const TABLE: Readonly<Record<OrderStatus, Readonly<Record<OrderInput, OrderTurn>>>> = {
  INTENDED: {
    SEND: 'SENT',
    DROP: 'CANCELED',
    ACK: 'illegal',
    REJECT: 'illegal',
    NO_ANSWER: 'illegal',
    OPEN: 'WORKING',
    ...REPORTED,
    CANCEL: 'illegal',
    ...NO_CANCEL,
    ABSENT: 'illegal',
    RESTART: 'CANCELED',
  },
  SENT: {
    SEND: 'illegal',
    DROP: 'illegal',
    ACK: 'WORKING',
    REJECT: 'REJECTED',
    NO_ANSWER: 'IN_DOUBT',
    OPEN: 'WORKING',
    ...REPORTED,
    CANCEL: 'CANCEL_SENT',
    ...NO_CANCEL,
    ABSENT: 'illegal',
    RESTART: 'IN_DOUBT',
  },
  WORKING: AT_VENUE,
  PARTIAL: { ...AT_VENUE, FILL: 'known' },
  IN_DOUBT: {
    SEND: 'illegal',
    DROP: 'illegal',
    ACK: 'WORKING',
    REJECT: 'REJECTED',
    NO_ANSWER: 'known',
    OPEN: 'WORKING',
    ...REPORTED,
    CANCEL: 'CANCEL_SENT',
    ...LATE_CANCEL,
    ABSENT: 'REJECTED',
    RESTART: 'known',
  },
  CANCEL_SENT: {
    SEND: 'illegal',
    DROP: 'illegal',
    ACK: 'known',
    REJECT: 'REJECTED',
    NO_ANSWER: 'known',
    OPEN: 'known',
    ...REPORTED,
    FILL: 'known',
    CANCEL: 'illegal',
    CANCEL_ACK: 'known',
    CANCEL_REFUSED: 'CANCEL_IN_DOUBT',
    CANCEL_DENIED: 'WORKING',
    CANCEL_NO_ANSWER: 'CANCEL_IN_DOUBT',
    ABSENT: 'illegal',
    RESTART: 'CANCEL_IN_DOUBT',
  },
  CANCEL_IN_DOUBT: {
    SEND: 'illegal',
    DROP: 'illegal',
    ACK: 'known',
    REJECT: 'REJECTED',
    NO_ANSWER: 'known',
    OPEN: 'WORKING',
    ...REPORTED,
    FILL: 'known',
    CANCEL: 'illegal',
    CANCEL_ACK: 'CANCEL_SENT',
    CANCEL_REFUSED: 'known',
    CANCEL_DENIED: 'WORKING',
    CANCEL_NO_ANSWER: 'known',
    ABSENT: 'CANCELED',
    RESTART: 'known',
  },
  FILLED: FINAL,
  CANCELED: FINAL,
  EXPIRED: FINAL,
  REJECTED: FINAL,
};

/** Whether nothing can make the order trade any more, as far as is known: a fill that comes all the same still counts. */
export function isFinal(status: OrderStatus): boolean {
  return status === 'FILLED' || status === 'CANCELED' || status === 'EXPIRED' || status === 'REJECTED';
}

/** Whether the venue holds the order, and nothing of ours is under way about it. */
export function isAtRest(status: OrderStatus): boolean {
  return status === 'WORKING' || status === 'PARTIAL';
}

/** Whether the venue may hold an order of which nobody knows how it stands. */
export function isInDoubt(status: OrderStatus): boolean {
  return status === 'IN_DOUBT' || status === 'CANCEL_IN_DOUBT';
}

/** Total over status × input. An order that works and has fills is PARTIAL. */
export function nextOrderStatus(status: OrderStatus, input: OrderInput, hasFills: boolean): OrderTurn {
  const turn = TABLE[status][input];
  if (turn !== 'WORKING' || !hasFills) return turn;
  return status === 'PARTIAL' ? 'known' : 'PARTIAL';
}
