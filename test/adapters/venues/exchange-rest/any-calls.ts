// Calls on an account drawn at random: orders of every kind, and whatever else moves them, for properties of what is said afterwards.

import fc from 'fast-check';
import { settleFunding, tradeAt } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { lots, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import { ACCOUNT, BTC, market, type Served } from './served.ts';

export const NAME = { symbol: BTC.symbol };

const TYPES = [
  'MARKET',
  'MARKET',
  'MARKET',
  'LIMIT',
  'LIMIT',
  'LIMIT',
  'LIMIT',
  'STOP_MARKET',
  'STOP',
  'TAKE_PROFIT_MARKET',
  'TAKE_PROFIT',
  'TRIGGER_MARKET',
  'TRIGGER_LIMIT',
] as const;

const KINDS = [
  ['order', 20],
  ['quote', 6],
  ['trade', 6],
  ['cancel', 2],
  ['replace', 2],
  ['leverage', 2],
  ['funding', 1],
  ['close', 1],
  ['cancelAll', 1],
  ['mode', 1],
  ['deadman', 1],
] as const;

/** One call with numbers that each kind reads in its own way. */
export const anyStep = fc.record({
  kind: fc.oneof(...KINDS.map(([kind, weight]) => ({ arbitrary: fc.constant(kind), weight }))),
  type: fc.constantFrom(...TYPES),
  isBuy: fc.boolean(),
  closes: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  inForce: fc.constantFrom('GTC', 'GTC', 'IOC', 'FOK', 'PostOnly'),
  away: fc.integer({ min: -30, max: 30 }),
  size: fc.integer({ min: 1, max: 250 }),
  waitMs: fc.constantFrom(0, 1, 100, 2_000),
});

export type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

function orderParams(venue: Served, step: Step): Record<string, string> {
  const mode = venue.world.model.accounts.get(ACCOUNT)?.positionMode;
  const quote = venue.world.model.markets.get(BTC.symbol)?.quote;
  const price = String(((quote?.bid ?? 1_000_000) + step.away * 10) / 10);
  const side = step.isBuy ? 'BUY' : 'SELL';
  const isLong = step.isBuy !== step.closes;
  const params = market({
    type: step.type,
    side,
    quantity: String(step.size / 10_000),
    timeInForce: step.type === 'LIMIT' ? step.inForce : 'GTC',
    positionSide: mode === 'hedge' ? (isLong ? 'LONG' : 'SHORT') : 'BOTH',
    stopPrice: price,
    price,
  });
  if (mode === 'one_way' && step.closes) params['reduceOnly'] = 'true';
  return params;
}

/** Calls are answered or refused; which of both is for other tests. */
export function run(venue: Served, step: Step): void {
  const { world } = venue;
  const quote = world.model.markets.get(BTC.symbol)?.quote;
  const bid = (quote?.bid ?? 1_000_000) + step.away * 20;
  const open = venue.rows('GET /v2/trade/openOrders', 'orders', {});
  const orderId = String(open[step.size % Math.max(1, open.length)]?.['orderId'] ?? '1');
  switch (step.kind) {
    case 'order':
      venue.answer('POST /v2/trade/order', orderParams(venue, step));
      break;
    case 'cancel':
      venue.answer('DELETE /v2/trade/order', { ...NAME, orderId });
      break;
    case 'replace':
      venue.answer('POST /v1/trade/cancelReplace', {
        ...orderParams(venue, step),
        cancelOrderId: orderId,
        cancelReplaceMode: step.closes ? 'ALLOW_FAILURE' : 'STOP_ON_FAILURE',
      });
      break;
    case 'quote':
      venue.quote(bid, bid + 10, step.size);
      break;
    case 'trade':
      tradeAt(world.model, BTC.symbol, priceTicks(bid), lots(step.size), world.model.nowMs);
      break;
    case 'close':
      venue.answer('POST /v2/trade/closeAllPositions');
      break;
    case 'cancelAll':
      venue.answer('DELETE /v2/trade/allOpenOrders', NAME);
      break;
    case 'leverage':
      venue.answer('POST /v2/trade/leverage', {
        ...NAME,
        leverage: String(1 + (step.size % 125)),
        side: step.closes ? 'BOTH' : step.isBuy ? 'LONG' : 'SHORT',
      });
      break;
    case 'mode':
      venue.answer('POST /v1/positionSide/dual', { dualSidePosition: String(step.closes) });
      break;
    case 'funding':
      settleFunding(world.model, BTC.symbol, ppm(step.away), world.model.nowMs);
      break;
    case 'deadman':
      venue.answer('POST /v2/trade/cancelAllAfter', { type: 'ACTIVATE', timeOut: '10' });
      break;
  }
  venue.wait(step.waitMs);
}
