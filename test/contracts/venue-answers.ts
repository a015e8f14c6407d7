// What can be true of a venue's answers, whatever its state: every question of the port is asked, and nothing may contradict itself.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientOrderId } from '../../src/domain/ids.ts';
import { lots, type PriceTicks, ppm } from '../../src/domain/steps.ts';
import {
  type BalanceReport,
  type CancelResult,
  type IncomeRow,
  type Known,
  type OrderName,
  type OrderReport,
  type OrderRequest,
  type QueryResult,
  REJECT_CODES,
  type Rejected,
  type SubmitResult,
  type VenueNotice,
  type VenuePosition,
  type VenueQuote,
} from '../../src/domain/venue.ts';
import type { Venue } from '../../src/ports.ts';
import {
  CONTRACT_START_MS,
  CONTRACT_SYMBOL,
  type ContractOptions,
  orderOf,
  type VenueWorld,
} from './venue.ts';

/** What the answers are judged by. */
export interface AnswersFrame {
  readonly venue: Pick<Venue, 'instruments' | 'account'>;
  /** No answer is from after it. */
  readonly nowMs: number;
  /** The code that a refusal by the venue names; `null` for a venue that has none. */
  readonly venueCode: RegExp | null;
}

/** A venue in some state, and what is asked of it. */
export interface AnswersWorld {
  readonly venue: Venue;
  /** Everything it has said by itself. */
  readonly notices: readonly VenueNotice[];
  readonly sinceMs: number;
  readonly venueCode: RegExp | null;
  nowMs(): number;
  /** Asked about, and then canceled. */
  readonly names: readonly OrderName[];
  /** Orders that are taken, refused, or left in doubt. */
  readonly requests: readonly OrderRequest[];
  close(): Promise<void>;
}

type Answer = SubmitResult | CancelResult | QueryResult | Known<unknown>;
type Finding = readonly string[];

/** Collects what is wrong: each check says what should be so. */
function failing(...checks: readonly (readonly [isSo: boolean, what: string])[]): Finding {
  return checks.flatMap(([isSo, what]) => (isSo ? [] : [what]));
}

/** Every figure is whole and exact, and every word says something. */
function inexact(value: unknown, path = ''): Finding {
  if (typeof value === 'number') return failing([Number.isSafeInteger(value), `${path} is ${value}`]);
  if (typeof value === 'string') return failing([value !== '', `${path} is an empty text`]);
  if (value === undefined) return [`${path} is undefined`];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => inexact(inner, `${path}.${name}`));
}

const DAY_MS = 86_400_000;
const EARLIEST_MS = Date.UTC(2018, 0);

function isInstant(ms: number, { nowMs }: AnswersFrame): boolean {
  return ms >= EARLIEST_MS && ms <= nowMs + DAY_MS;
}

function isTraded(symbol: string, { venue }: AnswersFrame): boolean {
  return venue.instruments.some((one) => one.symbol === symbol);
}

const ID = /^[1-9]\d{0,18}$/;
/** A venue takes no more than a few thousandths. */
const FEE_DIVISOR = 100n;

/** Returns what cannot be true of a report. */
export function unsoundReport(report: OrderReport, frame: AnswersFrame): Finding {
  const { symbol, venueOrderId, clientOrderId, status, orderedLots, filledLots } = report;
  const { filledQuote, isQuoteExact, fee, feeAsset, venueAtMs } = report;
  const asset = frame.venue.account.marginAsset;
  const isNothing = filledLots === 0;
  const most = (filledQuote ?? 0n) / FEE_DIVISOR;
  return [
    ...inexact(report, 'report'),
    ...failing(
      [isTraded(symbol, frame), `${symbol} is not traded here`],
      [ID.test(venueOrderId), `${venueOrderId} is no id`],
      [
        clientOrderId === null || clientOrderId === clientOrderId.toLowerCase(),
        `${clientOrderId} is not lower-case`,
      ],
      [orderedLots > 0 && filledLots >= 0, `${filledLots} lots of ${orderedLots}`],
      [filledLots <= orderedLots, `${filledLots} lots of ${orderedLots}`],
      [status !== 'NEW' || isNothing, `NEW with ${filledLots} lots`],
      [status !== 'FILLED' || filledLots === orderedLots, `FILLED with ${filledLots} of ${orderedLots} lots`],
      [
        status !== 'PARTIALLY_FILLED' || (!isNothing && filledLots < orderedLots),
        `PARTIALLY_FILLED with ${filledLots}`,
      ],
      [status !== 'REJECTED' || isNothing, `REJECTED with ${filledLots} lots`],
      [
        filledQuote === null || (filledQuote === 0n) === isNothing,
        `${filledLots} lots at a cost of ${filledQuote}`,
      ],
      [filledQuote === null || filledQuote >= 0n, `a cost of ${filledQuote}`],
      [filledQuote !== null || !isQuoteExact, 'a cost that is not known, and exact'],
      [feeAsset !== asset, `a fee in ${feeAsset}, as if that were another asset`],
      [
        fee === null || feeAsset !== null || filledQuote === null || (fee <= most && -fee <= most),
        `a fee of ${fee} on ${filledQuote}`,
      ],
      [isInstant(venueAtMs, frame), `the instant ${venueAtMs}`],
    ),
  ];
}

function unsoundRefusal({ code, text }: Rejected, { venueCode }: AnswersFrame): Finding {
  return failing(
    [(REJECT_CODES as readonly string[]).includes(code), `the code ${code}`],
    [text.trim() !== '', 'a refusal without words'],
    [venueCode === null || venueCode.test(text), `no code of the venue in "${text}"`],
  );
}

const CAUSES = ['TIMEOUT', 'CONNECTION', 'SERVER', 'UNREADABLE', 'NOT_SENT'];

/** Returns what cannot be true of an answer about one order. */
export function unsoundResult(
  result: SubmitResult | CancelResult | QueryResult,
  order: OrderName | OrderRequest,
  frame: AnswersFrame,
): Finding {
  switch (result.kind) {
    case 'UNKNOWN':
      return failing([CAUSES.includes(result.cause), `the cause ${result.cause}`]);
    case 'REJECT':
      return unsoundRefusal(result, frame);
    case 'NOT_FOUND':
      return [];
    case 'ACK':
    case 'FOUND': {
      const { report } = result;
      const id = 'venueOrderId' in result ? result.venueOrderId : null;
      const asked = 'venueOrderId' in order ? order.venueOrderId : null;
      return [
        ...failing([id === null || ID.test(id), `${id} is no id`]),
        ...(report === null ? [] : unsoundReport(report, frame)),
        ...failing(
          [report === null || report.symbol === order.symbol, `of ${report?.symbol}`],
          [id === null || report === null || report.venueOrderId === id, `${id} with the report of another`],
          [asked === null || report === null || report.venueOrderId === asked, `not of ${asked}`],
        ),
      ];
    }
  }
}

/** Returns what cannot be true of a position, beside others of the same list. */
function unsoundPosition(row: VenuePosition, others: readonly VenuePosition[], frame: AnswersFrame): Finding {
  const isHedge = frame.venue.account.positionMode === 'hedge';
  const twins = others.filter(
    (one) => one.symbol === row.symbol && (!isHedge || one.position > 0 === row.position > 0),
  );
  return failing(
    [isTraded(row.symbol, frame), `${row.symbol} is not traded here`],
    [row.position !== 0, 'a position of nothing'],
    [row.entryQuote > 0n, `${row.position} lots for ${row.entryQuote}`],
    [twins.length === 1, `${twins.length} positions of ${row.symbol} on one side`],
    [isInstant(row.venueAtMs, frame), `the instant ${row.venueAtMs}`],
  );
}

function unsoundBalance({ usedMargin, venueAtMs }: BalanceReport, frame: AnswersFrame): Finding {
  return failing(
    [usedMargin === null || usedMargin >= 0n, `a used margin of ${usedMargin}`],
    [isInstant(venueAtMs, frame), `the instant ${venueAtMs}`],
  );
}

function unsoundQuote({ symbol, bid, ask, mark, venueAtMs }: VenueQuote, frame: AnswersFrame): Finding {
  return failing(
    [isTraded(symbol, frame), `${symbol} is not traded here`],
    [bid > 0 && bid <= ask && mark > 0, `a bid of ${bid}, an ask of ${ask}, a mark of ${mark}`],
    [isInstant(venueAtMs, frame), `the instant ${venueAtMs}`],
  );
}

/** How a list of each question is judged; a question is named as in the port. */
const LISTS = {
  openOrders: (rows: readonly OrderReport[], frame: AnswersFrame): Finding =>
    rows.flatMap((row) => unsoundReport(row, frame)),
  ordersTradedSince: (rows: readonly OrderReport[], frame: AnswersFrame): Finding => [
    ...rows.flatMap((row) => unsoundReport(row, frame)),
    ...failing(
      [rows.every(({ filledLots }) => filledLots > 0), 'an order that traded nothing'],
      [new Set(rows.map(({ venueOrderId }) => venueOrderId)).size === rows.length, 'an order twice'],
    ),
  ],
  positions: (rows: readonly VenuePosition[], frame: AnswersFrame): Finding =>
    rows.flatMap((row) => unsoundPosition(row, rows, frame)),
  income: (rows: readonly IncomeRow[], frame: AnswersFrame): Finding => [
    ...rows.flatMap(({ venueAtMs }) => failing([isInstant(venueAtMs, frame), `the instant ${venueAtMs}`])),
    ...failing([
      new Set(rows.map(({ transactionId }) => transactionId)).size === rows.length,
      'a line of the account book twice',
    ]),
  ],
  balance: (rows: readonly BalanceReport[], frame: AnswersFrame): Finding => [
    ...failing([rows.length === 1, `${rows.length} balances`]),
    ...rows.flatMap((row) => unsoundBalance(row, frame)),
  ],
  quote: (rows: readonly VenueQuote[], frame: AnswersFrame): Finding => [
    ...failing([rows.length === 1, `${rows.length} quotes`]),
    ...rows.flatMap((row) => unsoundQuote(row, frame)),
  ],
} as const;

export type ListQuestion = keyof typeof LISTS;

/** Returns what cannot be true of a list. */
export function unsoundList(question: ListQuestion, known: Known<unknown>, frame: AnswersFrame): Finding {
  if (known.kind === 'UNKNOWN') return failing([CAUSES.includes(known.cause), `the cause ${known.cause}`]);
  const judge = LISTS[question] as (rows: readonly unknown[], frame: AnswersFrame) => Finding;
  return [...inexact(known.rows, question), ...judge(known.rows, frame)];
}

/** Returns what cannot be true of what a venue says by itself. */
export function unsoundNotice(notice: VenueNotice, frame: AnswersFrame): Finding {
  switch (notice.kind) {
    case 'order':
      return unsoundReport(notice.report, frame);
    case 'balance':
      return [...inexact(notice.report, 'balance'), ...unsoundBalance(notice.report, frame)];
    default:
      return inexact(notice, notice.kind);
  }
}

/** Asks one of the questions that are answered with a list. */
export function askedList(
  venue: Venue,
  question: ListQuestion,
  { sinceMs, symbol }: { readonly sinceMs: number; readonly symbol: string },
): Promise<Known<unknown>> {
  type Since = Parameters<Venue['income']>[0];
  switch (question) {
    case 'income':
    case 'ordersTradedSince':
      return venue[question](sinceMs as Since, 'housekeeping');
    case 'quote':
      return venue.quote(symbol, 'housekeeping');
    default:
      return venue[question]('housekeeping');
  }
}

/** Declares what holds of the answers of the venue that `open` returns: what is known of it can be true. */
export function answersContract(name: string, open: () => Promise<AnswersWorld>): void {
  describe(`${name} answers nothing that cannot be true`, () => {
    let world: AnswersWorld;
    const frameOf = (): AnswersFrame => {
      const { venue, venueCode } = world;
      return { venue, venueCode, nowMs: world.nowMs() };
    };
    beforeEach(async () => {
      world = await open();
    });
    afterEach(async () => {
      await world.close();
    });

    it.each(Object.keys(LISTS) as ListQuestion[])('asked for %s', async (question) => {
      for (const { symbol } of world.venue.instruments) {
        const known = await askedList(world.venue, question, { sinceMs: world.sinceMs, symbol });
        expect(known).toMatchObject({ kind: 'KNOWN' });
        expect(unsoundList(question, known, frameOf())).toEqual([]);
      }
    });

    it('asked about orders, by our name and by its own', async () => {
      const kinds = new Set<Answer['kind']>();
      for (const order of world.names) {
        const found = await world.venue.query(order, 'doubt');
        kinds.add(found.kind);
        expect(unsoundResult(found, order, frameOf())).toEqual([]);
        if (found.kind !== 'FOUND') continue;
        const byTheirs = { ...order, venueOrderId: found.report.venueOrderId };
        expect(await world.venue.query(byTheirs, 'doubt')).toEqual(found);
      }
      expect(kinds).toContain('FOUND');
    });

    it('asked to cancel orders', async () => {
      for (const order of world.names) {
        const canceled = await world.venue.cancel(order, 'cancel');
        expect(unsoundResult(canceled, order, frameOf())).toEqual([]);
      }
    });

    it('sent orders', async () => {
      const kinds = new Set<Answer['kind']>();
      for (const order of world.requests) {
        const result = await world.venue.submit(order, 'entry');
        kinds.add(result.kind);
        expect(unsoundResult(result, order, frameOf())).toEqual([]);
      }
      expect(kinds).toContain('ACK');
    });

    it('telling of it without being asked', async () => {
      for (const order of world.requests) await world.venue.submit(order, 'entry');
      for (const notice of world.notices) expect(unsoundNotice(notice, frameOf())).toEqual([]);
    });
  });
}

/** A venue of the contract suite after a few trades: filled, partly filled, canceled and open orders, positions, and funding that was paid. */
export function afterTrades(
  start: (options: ContractOptions) => Promise<VenueWorld>,
  options: ContractOptions,
  venueCode: RegExp | null,
): () => Promise<AnswersWorld> {
  return async () => {
    const world = await start(options);
    const { venue } = world;
    const below = (price: number, quantity: number): OrderRequest =>
      orderOf({ type: 'LIMIT', limit: price as PriceTicks, quantity: lots(quantity) });
    const filled = orderOf();
    const cut = below(499_000, 100);
    const resting = below(480_000, 50);
    const withdrawn = below(490_000, 20);
    const closing = orderOf({ side: 'SELL', quantity: lots(30), reduceOnly: true });
    const placed = [filled, cut, resting, withdrawn, closing];
    if (options.positionMode === 'hedge') placed.push(orderOf({ side: 'SELL', quantity: lots(7) }));
    for (const order of placed) expect(await venue.submit(order, 'entry')).toMatchObject({ kind: 'ACK' });
    world.setQuote({ bid: 499_000, ask: 499_005, lots: 0 });
    world.tradeAt(498_999, 40);
    world.fund(ppm(100));
    const nameOf = ({ clientOrderId }: Pick<OrderRequest, 'clientOrderId'>): OrderName => ({
      symbol: CONTRACT_SYMBOL,
      clientOrderId,
      venueOrderId: null,
    });
    await venue.cancel(nameOf(withdrawn), 'cancel');
    world.setQuote({ bid: 500_000, ask: 500_005 });
    await world.advance(2_000);
    const open = await venue.openOrders('housekeeping');
    expect(open.kind === 'KNOWN' && open.rows.map(({ filledLots }) => filledLots).sort()).toEqual([0, 40]);
    return {
      venue,
      notices: world.notices,
      sinceMs: CONTRACT_START_MS - 1_000,
      venueCode,
      nowMs: () => CONTRACT_START_MS + 60_000,
      names: [...placed, { clientOrderId: 'neverordered' as ClientOrderId }].map(nameOf),
      requests: [
        orderOf({ side: 'SELL' }),
        filled,
        orderOf({ quantity: lots(400_000) }),
        orderOf({ type: 'LIMIT', limit: 100_000 as PriceTicks }),
        below(470_000, 100),
        orderOf({ type: 'LIMIT', limit: 500_100 as PriceTicks, postOnly: true }),
      ],
      close: () => world.close(),
    };
  };
}
