// The rows that sinks take from the journal: one fact each, under a key that makes a row that comes twice the same row.

import Type, { type Static } from 'typebox';
import { count, day, instant, name, oneOf, orNull } from './fields.ts';
import { closed, decimal } from './supervisor-fields.ts';

/** The key of every row: the record it comes from, and its place among the rows of that record. */
const key = {
  instance: Type.String({
    ...name,
    description: 'of the kernel; the journal of one instance is one sequence',
  }),
  run: Type.String({ ...name, description: 'the start of the kernel in which the record was written' }),
  seq: Type.Integer({ minimum: 1, description: 'number of the record in the journal' }),
  part: Type.Integer({ minimum: 0, description: 'place among the rows of one record' }),
  at: Type.String({ ...instant, description: "the kernel's instant of the record" }),
};

/** What somebody else wrote is cut here, so that no row is of any length. */
export const WORDS_MAX = 2_000;

const words = Type.String({ maxLength: WORDS_MAX });
const trade = orNull(Type.String({ maxLength: 200, description: 'trade of the kernel' }));

/** The phases of a step, as stored rows have always named them. */
const STEP_PHASES = ['decision', 'execution', 'entry_suppressed', 'recovery', 'account_reconcile'] as const;

/** One step of the policy or of the kernel's life: what was decided, from what, and what the kernel said to it. */
export const StepRow = Type.Object(
  {
    table: Type.Literal('steps'),
    ...key,
    phase: oneOf(STEP_PHASES),
    decision_id: words,
    policy: Type.String({
      maxLength: 200,
      description: 'name@version#digest; empty where no policy decided',
    }),
    action: words,
    symbol: words,
    reason: words,
    outcome: Type.String({
      maxLength: 64,
      description: "code of the kernel's answer; empty for a decision alone",
    }),
    details: words,
    slot: orNull(count),
    trade_id: trade,
    stage: Type.String({ maxLength: 64, description: 'of the slot, after it' }),
    kernel_state: words,
    wallet: orNull(decimal),
    exchange_wallet: orNull(decimal),
    facts: Type.String({ description: 'what it was decided from, as JSON' }),
  },
  { ...closed, title: 'Step' },
);

/** One growth of the filled quantity of one of our orders, or of what is known of its cost: both sum to those of the order. */
const FillRow = Type.Object(
  {
    table: Type.Literal('fills'),
    ...key,
    client_order_id: words,
    venue_order_id: orNull(words),
    trade_id: trade,
    strategy_class: orNull(name),
    symbol: words,
    side: oneOf(['BUY', 'SELL']),
    role: oneOf(['entry', 'exit']),
    quantity: Type.String({ ...decimal, description: 'filled since the row before; 0: only its price came' }),
    filled: Type.String({ ...decimal, description: 'of the order in all' }),
    quote: Type.String({ ...decimal, description: 'what became known of its cost since the row before' }),
    price: orNull(
      Type.String({
        ...decimal,
        description: 'average of this growth to 1e-8; null where a part has no price yet',
      }),
    ),
    is_maker: orNull(Type.Boolean()),
    is_late: Type.Boolean({ description: 'after the order was final' }),
    venue_at: orNull(instant),
  },
  { ...closed, title: 'Fill' },
);

/** A posting of the ledger: a predicted fee, the settled one in its place, profit, funding, a transfer. */
const PostingRow = Type.Object(
  {
    table: Type.Literal('postings'),
    ...key,
    posting_id: words,
    account: words,
    amount: Type.String({ ...decimal, description: 'out of the account into the wallet' }),
    trade_id: trade,
    provenance: oneOf(
      ['ESTIMATED', 'SETTLED', 'BOOKED'],
      'ESTIMATED: a fee by the published rate; SETTLED: by the venue; BOOKED: everything else',
    ),
  },
  { ...closed, title: 'Posting' },
);

/** A trade that is over. */
const TradeRow = Type.Object(
  {
    table: Type.Literal('trades'),
    ...key,
    trade_id: words,
    slot: count,
    realized: decimal,
    fees: decimal,
    funding: decimal,
    reason: words,
  },
  { ...closed, title: 'Trade' },
);

/** One act of the router: a quote that rests, a miss, the market order that follows it. */
const RouterRow = Type.Object(
  {
    table: Type.Literal('router'),
    ...key,
    event: words,
    slot: count,
    trade_id: trade,
    client_order_id: orNull(words),
    reason: words,
  },
  { ...closed, title: 'Act of the router' },
);

/** A start of the kernel, or an edge of what it may do. */
const RecoveryRow = Type.Object(
  {
    table: Type.Literal('recovery'),
    ...key,
    event: oneOf(['START', 'KERNEL_STATE', 'COMMAND', 'PERMISSIONS', 'STREAM', 'JOURNAL', 'MALFORMED']),
    kernel_state: words,
    details: words,
  },
  { ...closed, title: 'Recovery' },
);

/** A UTC day that is over, or the one that runs, at the close of a trade: the newest row of a day counts. */
const DailyPnlRow = Type.Object(
  {
    table: Type.Literal('daily_pnl'),
    ...key,
    day,
    wallet_at_start: decimal,
    wallet: decimal,
    pnl: decimal,
    trades_closed: Type.Integer({ minimum: 0, description: 'since the journal began' }),
  },
  { ...closed, title: 'Daily profit and loss' },
);

export const SinkRow = Type.Union(
  [StepRow, FillRow, PostingRow, TradeRow, RouterRow, RecoveryRow, DailyPnlRow],
  { title: 'Row of a sink' },
);
export type SinkRow = Static<typeof SinkRow>;
export type SinkTable = SinkRow['table'];
