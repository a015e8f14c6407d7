// What the kernel's runner tells the rest of the world: that it applied a decision, and how it is. Both are read across processes.

import Type, { type Static } from 'typebox';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { count, instant, name, oneOf, orNull, sha256, version } from './fields.ts';
import { byName, closed, commit, decimal, episode } from './supervisor-fields.ts';

/** active: everything passes. reducing (frozen): entries are refused, exits pass. halted: a person has to act. */
export const TRADING_STATES = ['active', 'reducing', 'halted'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

export const PERMISSIONS = ['entries_allowed', 'entries_blocked'] as const;
export type Permission = (typeof PERMISSIONS)[number];

const side = oneOf(['LONG', 'SHORT']);
const runnerId = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,64}$',
  description: 'name of the runner, e.g. pink-1',
});

const OpenPosition = Type.Object(
  { instrument: Type.String({ minLength: 1, maxLength: 64 }), side, quantity: decimal },
  closed,
);

/** One line of `kernel/acks.jsonl`: the runner has applied what a merged change of the kill list says about one class. */
export const KernelAck = Type.Object(
  {
    v: version,
    ack_id: sha256,
    ts: Type.String({ ...instant, description: 'when it took effect in the kernel' }),
    runner_id: runnerId,
    strategy_class: name,
    episode: orNull(episode),
    applied: oneOf(PERMISSIONS),
    kill_list_sha256: sha256,
    kill_list_commit: orNull(commit),
    open_orders_canceled: Type.Integer({
      minimum: 0,
      description: 'resting entries of the class that were canceled',
    }),
    open_positions_left: Type.Array(OpenPosition, {
      description: 'positions of the class that are left to their exits',
    }),
    trading_state: oneOf(TRADING_STATES),
    sequence: Type.Integer({ minimum: 0, description: 'place of the change in the journal of the kernel' }),
  },
  { ...closed, title: 'Kernel acknowledgement' },
);
export type KernelAck = Static<typeof KernelAck>;

/** Returns the id of an acknowledgement: a runner that restarts and applies the same list again adds no second one. */
export function ackId(
  facts: Pick<
    KernelAck,
    'runner_id' | 'strategy_class' | 'episode' | 'applied' | 'kill_list_sha256' | 'kill_list_commit'
  >,
): string {
  const { runner_id, strategy_class, episode: of, applied, kill_list_sha256, kill_list_commit } = facts;
  return sha256Hex(
    canonicalJson({ runner_id, strategy_class, episode: of, applied, kill_list_sha256, kill_list_commit }),
  );
}

const AppliedFile = Type.Object(
  { sha256, commit: orNull(commit), applied_at: instant },
  { ...closed, description: 'the version of a file that is in force' },
);

const StrategyPermission = Type.Object(
  {
    permission: oneOf(PERMISSIONS),
    reason: orNull(
      Type.String({ maxLength: 500, description: 'why entries are blocked; null where they are allowed' }),
    ),
    episode: orNull(episode),
    size_factor: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'min(1, weight / base) of the allocation',
    }),
    open_orders: count,
    open_positions: count,
  },
  closed,
);

const Position = Type.Object(
  {
    instrument: Type.String({ minLength: 1, maxLength: 64 }),
    strategy_class: orNull(
      Type.String({
        ...name,
        description: 'null: an orphan, a position at the venue that nobody here explains',
      }),
    ),
    side,
    quantity: decimal,
    average_price: decimal,
    mark_price: orNull(decimal),
    unrealized_pnl: orNull(decimal),
  },
  closed,
);

/** K, the kernel's own ledger, against E, what the exchange says. `residual` is E - K without what is explained. */
const LedgerCheck = Type.Object(
  {
    asset: Type.String({ pattern: '^[A-Z0-9]{1,16}$', description: 'unit of the amounts, e.g. USDT' }),
    kernel_balance: decimal,
    exchange_balance: orNull(decimal),
    residual: orNull(decimal),
    band: oneOf(['ok', 'warn', 'error', 'unknown'], 'unknown: the exchange has not answered'),
    since: instant,
  },
  closed,
);

const StreamHealth = Type.Object(
  {
    state: oneOf(['up', 'stale', 'down']),
    last_at: orNull(instant),
    age_ms: orNull(Type.Integer({ minimum: 0, description: 'since the last frame; null: none was seen' })),
  },
  closed,
);

/** `kernel/summary.json`: heartbeat and state. It counts only until `next_due_at`; afterwards nothing in it may be believed. */
export const KernelSummary = Type.Object(
  {
    v: version,
    ts: instant,
    next_due_at: Type.String({
      ...instant,
      description: 'a summary later than this means the runner is down',
    }),
    runner_id: runnerId,
    version: Type.String({ minLength: 1, description: 'version of the runner' }),
    trading_state: oneOf(TRADING_STATES),
    trading_state_reason: orNull(
      Type.String({ maxLength: 500, description: 'null only where it is active' }),
    ),
    trading_state_since: instant,
    kill_list: orNull(AppliedFile),
    allocation: orNull(AppliedFile),
    strategies: byName(StrategyPermission, 'by strategy class'),
    positions: orNull(
      Type.Array(Position, { description: 'null: not known, which is not the same as none' }),
    ),
    orders_in_doubt: Type.Integer({
      minimum: 0,
      description: 'sent, and the venue has not said what became of them',
    }),
    ledger: LedgerCheck,
    streams: byName(StreamHealth, 'by feed or stream, e.g. feed, account'),
    sequence: Type.Integer({ minimum: 0, description: 'last record of the journal' }),
  },
  { ...closed, title: 'Kernel summary' },
);
export type KernelSummary = Static<typeof KernelSummary>;
