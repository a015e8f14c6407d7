// What the status page remembers, kept over a restart: best effort, since nothing but a picture is lost with it.

import Type, { type Static } from 'typebox';
import { orNull } from '../../domain/fields.ts';
import { problemText } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { validate } from '../../domain/validate.ts';
import type { EquityPoint, PricePoint } from './runner-view.ts';

const instant = Type.Integer({ minimum: 0 });
const text = Type.String({ maxLength: 4_096 });
const decimal = Type.String({ pattern: '^-?\\d{1,40}(\\.\\d{1,40})?$' });
const series = <S extends Parameters<typeof Type.Array>[0]>(point: S) =>
  Type.Object({ gapMs: Type.Integer({ minimum: 1 }), points: Type.Array(point) });

/** Draft 2020-12 says `prefixItems` where the draft that TypeBox writes tuples in said `items`. */
const tuple = <Point>(...items: readonly object[]) =>
  Type.Unsafe<Point>({ type: 'array', prefixItems: items, items: false, minItems: items.length });
const real = Type.Number();

const KeptHistory = Type.Object({
  v: Type.Literal(1),
  equity: series(tuple<EquityPoint>(instant, real, orNull(real), orNull(real))),
  prices: Type.Record(Type.String(), series(tuple<PricePoint>(instant, real))),
  fills: Type.Array(
    Type.Object({
      number: Type.Integer({ minimum: 1 }),
      atMs: instant,
      symbol: text,
      side: Type.Union([Type.Literal('BUY'), Type.Literal('SELL')]),
      role: text,
      size: text,
      price: real,
      clientOrderId: text,
    }),
  ),
  router: Type.Array(
    Type.Object({
      atMs: instant,
      event: text,
      slot: Type.Integer(),
      clientOrderId: orNull(text),
      reason: text,
    }),
  ),
  notices: Type.Array(
    Type.Object({
      atMs: instant,
      severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')]),
      code: text,
      text,
    }),
  ),
  closed: Type.Array(
    Type.Object({
      atMs: instant,
      tradeId: text,
      realized: decimal,
      fees: decimal,
      funding: decimal,
      reason: text,
    }),
  ),
  records: Type.Array(
    Type.Object({
      seq: Type.Integer({ minimum: 0 }),
      atMs: instant,
      kind: text,
      words: text,
      code: text,
      isAccepted: Type.Boolean(),
      count: Type.Integer({ minimum: 1 }),
    }),
  ),
  lastCommand: orNull(
    Type.Object({ atMs: instant, command: text, who: text, why: text, isAccepted: Type.Boolean() }),
  ),
});

/** The whole memory of a status page, oldest first everywhere. */
export type KeptHistory = Static<typeof KeptHistory>;

/** Returns a kept history as one line of JSON. */
export function historyJson(kept: KeptHistory): string {
  return `${JSON.stringify(kept)}\n`;
}

/** Reads what {@link historyJson} wrote, or says in one sentence why it is none. */
export function historyFromJson(json: string): Result<KeptHistory, string> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return err(`it is no JSON: ${error.message}`);
  }
  const read = validate(KeptHistory, value);
  if (!read.ok) return err(read.error.slice(0, 3).map(problemText).join('; '));
  const all = [read.value.equity, ...Object.values(read.value.prices)];
  return all.every(({ points }) => isGrowing(points))
    ? ok(read.value)
    : err('its points are not in the order of their instants');
}

function isGrowing(points: readonly (readonly [number, ...unknown[]])[]): boolean {
  return points.every(([atMs], at) => at === 0 || atMs > (points[at - 1]?.[0] ?? 0));
}
