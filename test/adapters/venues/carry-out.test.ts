// The host's side of a venue: each effect becomes its request, and each answer the event that the kernel waits for.

import { describe, expect, it } from 'vitest';
import { carryOut, isForVenue, noticeEvent } from '../../../src/adapters/venues/carry-out.ts';
import type { ClientOrderId, SymbolName, VenueOrderId } from '../../../src/domain/ids.ts';
import type { EpochMs } from '../../../src/domain/steps.ts';
import type { Unknown, VenueNotice } from '../../../src/domain/venue.ts';
import { encodeEvent } from '../../../src/kernel/codec.ts';
import type { Effect, PicturePart } from '../../../src/kernel/effect.ts';
import type { Venue } from '../../../src/ports.ts';
import { orderOf } from '../../contracts/venue.ts';

const ASKED_MS = 1_780_000_000_000;
const UNKNOWN: Unknown = { kind: 'UNKNOWN', cause: 'TIMEOUT' };
const NAME = {
  clientOrderId: 'ours' as ClientOrderId,
  venueOrderId: '12' as VenueOrderId,
  symbol: 'BTC-USDT' as SymbolName,
};

/** A venue that knows nothing, 70 ms later, and remembers what it was asked. */
function venueOf() {
  const asked: unknown[][] = [];
  let nowMs = ASKED_MS;
  const answer =
    (what: string) =>
    async (...args: unknown[]): Promise<Unknown> => {
      asked.push([what, ...args]);
      nowMs += 70;
      return UNKNOWN;
    };
  const venue: Partial<Venue> = {
    submit: answer('submit'),
    cancel: answer('cancel'),
    query: answer('query'),
    openOrders: answer('openOrders'),
    positions: answer('positions'),
    ordersTradedSince: answer('ordersTradedSince'),
    income: answer('income'),
    balance: answer('balance'),
  };
  return { venue: venue as Venue, asked, clock: { nowMs: () => nowMs } };
}

const fetchOf = (part: PicturePart, sinceMs: number | null): Effect => ({
  kind: 'FETCH',
  priority: 'housekeeping',
  part,
  requestId: 7,
  sinceMs: sinceMs as EpochMs | null,
});

describe('an effect', () => {
  const order = orderOf();
  const cases: readonly (readonly [Effect, readonly unknown[], object])[] = [
    [
      { kind: 'SUBMIT', priority: 'entry', order },
      ['submit', order, 'entry'],
      { kind: 'SUBMIT_RESULT', clientOrderId: order.clientOrderId },
    ],
    [
      { kind: 'CANCEL', priority: 'cancel', ...NAME },
      ['cancel', NAME, 'cancel'],
      { kind: 'CANCEL_RESULT', clientOrderId: 'ours' },
    ],
    [
      { kind: 'QUERY', priority: 'doubt', ...NAME },
      ['query', NAME, 'doubt'],
      { kind: 'QUERY_RESULT', clientOrderId: 'ours', askedAtMs: ASKED_MS },
    ],
    [
      fetchOf('OPEN_ORDERS', null),
      ['openOrders', 'housekeeping'],
      { kind: 'OPEN_ORDERS', requestId: 7, askedAtMs: ASKED_MS },
    ],
    [
      fetchOf('POSITIONS', null),
      ['positions', 'housekeeping'],
      { kind: 'POSITIONS', requestId: 7, askedAtMs: ASKED_MS },
    ],
    [
      fetchOf('FILLS', 5),
      ['ordersTradedSince', 5, 'housekeeping'],
      { kind: 'FILLS', requestId: 7, askedAtMs: ASKED_MS },
    ],
    [
      fetchOf('INCOME', 5),
      ['income', 5, 'housekeeping'],
      { kind: 'INCOME', requestId: 7, askedAtMs: ASKED_MS },
    ],
    [fetchOf('BALANCE', null), ['balance', 'housekeeping'], { kind: 'BALANCE', requestId: 7 }],
  ];

  it.each(
    cases.map((one) => [`${one[0].kind} ${'part' in one[0] ? one[0].part : ''}`.trim(), ...one] as const),
  )(
    '%s asks the venue, and is answered by an event that the journal can hold',
    async (_name, effect, request, fields) => {
      const { venue, asked, clock } = venueOf();
      if (!isForVenue(effect)) throw new Error('not for a venue');

      const event = await carryOut(effect, venue, clock);

      expect(asked).toEqual([request]);
      expect(event).toEqual({ ...fields, atMs: ASKED_MS + 70, result: UNKNOWN });
      expect(encodeEvent(event).ok).toBe(true);
    },
  );

  it.each(['exit', 'entry'] as const)('keeps the priority of an order that is an %s', async (priority) => {
    const { venue, asked, clock } = venueOf();
    await carryOut({ kind: 'SUBMIT', priority, order }, venue, clock);
    expect(asked).toEqual([['submit', order, priority]]);
  });

  it('that is not for the venue is the host’s own', () => {
    expect(isForVenue({ kind: 'WAKE_AT', atMs: ASKED_MS as EpochMs })).toBe(false);
    expect(isForVenue({ kind: 'NOTIFY', severity: 'info', code: 'X', text: 'x' })).toBe(false);
    expect(
      isForVenue({ kind: 'PUBLISH', publication: { topic: 'kernel_state', state: 'RUN', reasons: [] } }),
    ).toBe(false);
  });

  it('that asks for trades of all time is a defect', async () => {
    const { venue, clock } = venueOf();
    const effect = fetchOf('FILLS', null);
    if (!isForVenue(effect)) throw new Error('not for a venue');

    await expect(carryOut(effect, venue, clock)).rejects.toThrow('FILLS is asked for without a beginning');
  });
});

describe('a notice', () => {
  const atMs = ASKED_MS as EpochMs;
  const report = {
    symbol: NAME.symbol,
    venueOrderId: NAME.venueOrderId,
    clientOrderId: null,
    side: 'BUY',
    status: 'NEW',
    orderedLots: 1,
    filledLots: 0,
    filledQuote: 0n,
    isQuoteExact: true,
    fee: null,
    feeAsset: null,
    isMaker: null,
    cause: 'order',
    venueRealized: null,
    venueAtMs: atMs,
  };
  const balance = { wallet: null, availableMargin: 1n, usedMargin: 0n, venueAtMs: atMs };
  const cases = [
    [
      { kind: 'order', report },
      { kind: 'REPORT', atMs, report },
    ],
    [
      { kind: 'balance', report: balance },
      { kind: 'BALANCE', atMs, requestId: null, result: { kind: 'KNOWN', rows: [balance] } },
    ],
    [
      { kind: 'stream', isUp: false, why: 'silence' },
      { kind: 'STREAM', atMs, isUp: false },
    ],
    [
      { kind: 'malformed', what: 'a frame', problem: 'no JSON' },
      { kind: 'MALFORMED', atMs, what: 'a frame', problem: 'no JSON' },
    ],
  ] as unknown as readonly (readonly [VenueNotice, ReturnType<typeof noticeEvent>])[];

  it.each(cases)('$kind becomes an event that the journal can hold', (notice, expected) => {
    const event = noticeEvent(notice, atMs);

    expect(event).toEqual(expected);
    expect(event !== null && encodeEvent(event).ok).toBe(true);
  });

  it('of leverage is for a person, since it moves no money of the ledger', () => {
    const drift = { kind: 'leverage_drift', symbol: NAME.symbol, expected: 3, long: 5, short: 5 } as const;

    expect(noticeEvent(drift, atMs)).toBeNull();
  });
});
