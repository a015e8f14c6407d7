// Closing positions with one call: all of them, those of one symbol, or one by its id, each by a MARKET order that only reduces.

import { err, ok } from '../../../../domain/result.ts';
import type { Lots } from '../../../../domain/steps.ts';
import type { Wire } from '../../json-text.ts';
import { type AccountRoute, type ApiAnswer, type ApiCall, apiError, data } from '../api.ts';
import { submitOrder } from '../model/exchange.ts';
import { legRows } from '../model/positions.ts';
import { type Account, accountOf, type LegRow, type ModelOrder } from '../model/state.ts';
import { type ApiKey, type ExchangeWorld, presentOf } from '../world.ts';
import { anyMarketIn, type Read, refusalOf, requiredIn } from './call-params.ts';
import { stepsFixed } from './decimals.ts';
import { signed } from './order-routes.ts';
import { positionSideOf } from './order-words.ts';

export const CLOSE_ROUTES: readonly AccountRoute[] = [
  signed('POST', '/v2/trade/closeAllPositions', closeAll),
  signed('POST', '/v1/trade/closePosition', closeOne),
];

/** Says which positions an order went out for; that order may be refused or find nobody, as any other. */
function closeAll(world: ExchangeWorld, { params, signedAtMs }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const market = anyMarketIn(world, params);
  if (!market.ok) return market.error;
  const symbol = market.value?.instrument.symbol ?? null;
  const success: Wire[] = [];
  const failed: Wire[] = [];
  for (const leg of legRows(account)) {
    if (symbol !== null && leg.symbol !== symbol) continue;
    const closed = close(world, account, leg, signedAtMs);
    if (closed.ok) success.push(BigInt(leg.positionId));
    else if (closed.error.kind === 'error')
      failed.push({
        positionId: BigInt(leg.positionId),
        errorCode: closed.error.code,
        errorMessage: closed.error.text,
      });
  }
  return data({ success, failed: failed.length === 0 ? null : failed });
}

function closeOne(world: ExchangeWorld, { params, signedAtMs }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const positionId = requiredIn(params, 'positionId');
  if (!positionId.ok) return positionId.error;
  const leg = legRows(account).find((one) => one.positionId === positionId.value);
  if (leg === undefined) return apiError(109420, 'position does not exist');
  const closed = close(world, account, leg, signedAtMs);
  if (!closed.ok) return closed.error;
  const order = closed.value;
  return data({
    orderId: BigInt(order.venueOrderId),
    positionId: leg.positionId,
    symbol: leg.symbol,
    side: order.side === 'BUY' ? 'Bid' : 'Ask',
    type: 'Market',
    positionSide: positionSideOf(account.positionMode, order),
    origQty: stepsFixed(order.instrument.lot, order.quantity),
  });
}

function close(world: ExchangeWorld, account: Account, leg: LegRow, signedAtMs: number): Read<ModelOrder> {
  const result = submitOrder(
    world.model,
    account.id,
    {
      clientOrderId: null,
      symbol: leg.symbol,
      side: leg.lots > 0 ? 'SELL' : 'BUY',
      type: 'MARKET',
      quantity: Math.abs(leg.lots) as Lots,
      limit: null,
      postOnly: false,
      reduceOnly: true,
      leverage: leg.leverage,
    },
    signedAtMs,
    presentOf(world),
  );
  if (result.kind === 'REJECT') return err(refusalOf(result));
  const order = result.kind === 'ACK' ? account.byVenueId.get(result.venueOrderId) : undefined;
  return order === undefined ? err(apiError(109500, 'the order got lost')) : ok(order);
}
