// What a terminal watches of a running kernel beside its summary: reasons, orders, parts, sinks and the last events, plain and bounded.

import Type, { type Static } from 'typebox';
import { count, instant, name, oneOf, orNull } from './fields.ts';
import { closed, decimal } from './supervisor-fields.ts';

/** More rows than these are left out of an answer, the oldest first. */
export const MONITOR_ROWS_MAX = 50;
export const MONITOR_EVENTS_MAX = 12;

const words = { pattern: '^[^\\u0000-\\u001f\\u007f]*$', maxLength: 500 } as const;

const Part = {
  name,
  state: oneOf(['up', 'stale', 'down', 'off']),
  why: Type.String(words),
  last_at: orNull(instant),
};

const Order = Type.Object(
  {
    client_order_id: Type.String({ ...words, minLength: 1 }),
    trade_id: Type.String({ ...words, minLength: 1 }),
    instrument: Type.String({ ...words, minLength: 1 }),
    role: oneOf(['entry', 'exit']),
    side: oneOf(['BUY', 'SELL']),
    type: oneOf(['MARKET', 'LIMIT']),
    quantity: decimal,
    filled: decimal,
    limit: orNull(decimal),
    status: Type.String({ ...words, minLength: 1, description: 'of the kernel, as IN_DOUBT' }),
  },
  closed,
);

/** Given with the answer to status. */
export const KernelMonitor = Type.Object(
  {
    environment: oneOf(['paper', 'demo', 'live']),
    policy: Type.String({ ...words, description: 'name@version#digest' }),
    is_stopping: Type.Boolean(),
    halted: orNull(Type.String({ ...words, description: 'why the kernel takes nothing any more' })),
    command: Type.String({ ...words, minLength: 1, description: 'what a person last told it, as run' }),
    reasons: Type.Array(Type.Object({ name, since: instant, text: Type.String(words) }, closed), {
      maxItems: MONITOR_ROWS_MAX,
      description: 'why the kernel itself refuses entries',
    }),
    orders: Type.Array(Order, { maxItems: MONITOR_ROWS_MAX, description: 'that are not final' }),
    orders_left_out: count,
    parts: Type.Array(Type.Object(Part, closed), {
      maxItems: MONITOR_ROWS_MAX,
      description:
        "the feed, the venue's stream, the remote of git; the lists where the newest are not in force",
    }),
    sinks: Type.Array(
      Type.Object(
        {
          ...Part,
          lag: Type.Integer({ minimum: 0, description: 'records of the journal that it has not taken' }),
          failures: count,
        },
        closed,
      ),
      { maxItems: MONITOR_ROWS_MAX },
    ),
    last_decision: orNull(
      Type.String({ ...words, description: "the policy's last word; null before the first" }),
    ),
    last_events: Type.Array(
      Type.Object({ record: Type.Integer({ minimum: 0 }), at: instant, text: Type.String(words) }, closed),
      { maxItems: MONITOR_EVENTS_MAX, description: 'the newest last; prices are left out' },
    ),
  },
  { ...closed, title: 'Kernel monitor' },
);
export type KernelMonitor = Static<typeof KernelMonitor>;
