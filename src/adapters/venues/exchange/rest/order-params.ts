// A new order as the venue reads it from a call: which parameters each type needs, and what each mode of positions allows.

import type { ClientOrderId } from '../../../../domain/ids.ts';
import { type Instrument, quoteOf, stepsText } from '../../../../domain/instrument.ts';
import { MONEY_SCALE, moneyFrom } from '../../../../domain/money.ts';
import { err, ok } from '../../../../domain/result.ts';
import { LOTS_MAX, type Lots, NO_LOTS, type PriceTicks } from '../../../../domain/steps.ts';
import type { OrderSide, OrderType } from '../../../../domain/venue.ts';
import { leverageOf } from '../model/account-settings.ts';
import type { Account, Market, NewOrderRequest, Quote, Trigger } from '../model/state.ts';
import type { ExchangeWorld } from '../world.ts';
import {
  clientIdIn,
  invalid,
  marketIn,
  type Params,
  type Read,
  requiredIn,
  truncatedSteps,
  wordIn,
} from './call-params.ts';

/** What each type becomes in the model. `EITHER` fires in the direction that its stop price lies in. */
const TYPES: ReadonlyMap<
  string,
  { readonly type: OrderType; readonly fires: Trigger['kind'] | 'EITHER' | null }
> = new Map([
  ['LIMIT', { type: 'LIMIT', fires: null }],
  ['MARKET', { type: 'MARKET', fires: null }],
  ['STOP', { type: 'LIMIT', fires: 'STOP' }],
  ['STOP_MARKET', { type: 'MARKET', fires: 'STOP' }],
  ['TAKE_PROFIT', { type: 'LIMIT', fires: 'TAKE_PROFIT' }],
  ['TAKE_PROFIT_MARKET', { type: 'MARKET', fires: 'TAKE_PROFIT' }],
  ['TRIGGER_LIMIT', { type: 'LIMIT', fires: 'EITHER' }],
  ['TRIGGER_MARKET', { type: 'MARKET', fires: 'EITHER' }],
]);

/** Parameters of what this exchange does not offer. They are refused, since an order without its stop is another order. */
const NOT_OFFERED = ['stopLoss', 'takeProfit', 'priceRate', 'activationPrice', 'positionId'] as const;

/**
 * Reads a new order. Quantities and prices lose the decimals that are finer than the steps, silently, as at the venue. A MARKET order's
 * `price` means nothing. What the account and the market have to say about the order is left to the model.
 */
export function newOrderIn(world: ExchangeWorld, account: Account, params: Params): Read<NewOrderRequest> {
  const market = marketIn(world, params);
  if (!market.ok) return market;
  const offered = offeredIn(params);
  if (!offered.ok) return offered;
  const side = wordIn(params, 'side', ['BUY', 'SELL'], null);
  if (!side.ok) return side;
  if (side.value === null) return err(invalid('side is required'));
  const { type, fires } = offered.value;
  const reduceOnly = reduceOnlyIn(account, side.value, params);
  if (!reduceOnly.ok) return reduceOnly;
  const clientOrderId = conditionalIdIn(params, fires !== null);
  if (!clientOrderId.ok) return clientOrderId;
  const { instrument } = market.value;
  const limit = type === 'LIMIT' ? priceIn(instrument, params, 'price') : ok(null);
  if (!limit.ok) return limit;
  const trigger = fires === null ? ok(null) : triggerIn(market.value, side.value, fires, params);
  if (!trigger.ok) return trigger;
  const inForce = timeInForceIn(params, type, fires !== null);
  if (!inForce.ok) return inForce;
  const closesPosition = params.get('closePosition') === 'true';
  const quantity = closesPosition ? ok(NO_LOTS) : quantityIn(market.value, side.value, type, params);
  if (!quantity.ok) return quantity;
  const leverage = leverageOf(account, instrument.symbol);
  const isLong = (side.value === 'BUY') !== reduceOnly.value;
  return ok({
    clientOrderId: clientOrderId.value,
    symbol: instrument.symbol,
    side: side.value,
    type,
    quantity: quantity.value,
    limit: limit.value,
    postOnly: inForce.value === 'PostOnly',
    reduceOnly: reduceOnly.value || closesPosition,
    leverage: isLong ? leverage.long : leverage.short,
    timeInForce: inForce.value === 'PostOnly' ? 'GTC' : inForce.value,
    trigger: trigger.value,
    closesPosition,
  });
}

function offeredIn(
  params: Params,
): Read<{ readonly type: OrderType; readonly fires: Trigger['kind'] | 'EITHER' | null }> {
  const name = requiredIn(params, 'type');
  if (!name.ok) return name;
  const found = TYPES.get(name.value);
  if (found === undefined)
    return err(
      invalid(`type ${name.value.slice(0, 40)} is not offered here; ${[...TYPES.keys()].join(', ')} are`),
    );
  for (const one of NOT_OFFERED) if (params.has(one)) return err(invalid(`${one} is not offered here`));
  const guaranteed = wordIn(params, 'stopGuaranteed', ['false'], 'false');
  if (!guaranteed.ok) return err(invalid('guaranteed stops are not offered here'));
  const closes = wordIn(params, 'closePosition', ['true', 'false'], 'false');
  if (!closes.ok) return closes;
  if (
    closes.value === 'true' &&
    (found.type !== 'MARKET' || found.fires === null || found.fires === 'EITHER')
  )
    return err(invalid('closePosition goes with STOP_MARKET and TAKE_PROFIT_MARKET only'));
  return ok(found);
}

/** The three rules of position modes. In hedge mode the side that is named says whether an order closes; none named is the long one. */
function reduceOnlyIn(account: Account, side: OrderSide, params: Params): Read<boolean> {
  const positionSide = wordIn(params, 'positionSide', ['BOTH', 'LONG', 'SHORT'], null);
  const flag = wordIn(params, 'reduceOnly', ['true', 'false'], null);
  if (!positionSide.ok) return positionSide;
  if (!flag.ok) return flag;
  if (account.positionMode === 'one_way') {
    if (positionSide.value === 'LONG' || positionSide.value === 'SHORT')
      return err(refusedMode("In the One-way mode, the 'PositionSide' field can only be set to BOTH."));
    return ok(flag.value === 'true');
  }
  if (positionSide.value === 'BOTH')
    return err(refusedMode("In the Hedge mode, the 'PositionSide' field can only be set to LONG or SHORT."));
  if (flag.value !== null)
    return err(refusedMode("In the Hedge mode, the 'ReduceOnly' field can not be filled."));
  return ok((side === 'BUY') === (positionSide.value === 'SHORT'));
}

function refusedMode(text: string): ReturnType<typeof invalid> {
  return { kind: 'error', code: 109400, text };
}

function conditionalIdIn(params: Params, isConditional: boolean): Read<ClientOrderId | null> {
  const clientOrderId = clientIdIn(params);
  if (!clientOrderId.ok || clientOrderId.value === null || !isConditional) return clientOrderId;
  return err(invalid('only LIMIT and MARKET orders have a clientOrderId'));
}

/** Returns a price in whole ticks, above zero. */
function priceIn({ tick }: Instrument, params: Params, name: string): Read<PriceTicks> {
  const text = requiredIn(params, name);
  if (!text.ok) return text;
  const ticks = truncatedSteps(tick, text.value);
  return ticks !== null && ticks > 0
    ? ok(ticks as PriceTicks)
    : err(invalid(`${name} is a decimal of at least ${stepsText(tick, 1)}`));
}

function triggerIn(
  market: Market,
  side: OrderSide,
  fires: Trigger['kind'] | 'EITHER',
  params: Params,
): Read<Trigger> {
  const price = priceIn(market.instrument, params, 'stopPrice');
  if (!price.ok) return price;
  const working = wordIn(params, 'workingType', ['MARK_PRICE', 'CONTRACT_PRICE'], 'MARK_PRICE');
  if (!working.ok) return working;
  const by = working.value === 'MARK_PRICE' ? 'MARK' : 'LAST';
  const kind = fires === 'EITHER' ? kindTowards(market, side, price.value, by) : fires;
  return ok({ kind, price: price.value, by });
}

/** The kind that waits for the price to come to where it is wanted, from where it is. */
function kindTowards(
  market: Market,
  side: OrderSide,
  wanted: PriceTicks,
  by: Trigger['by'],
): Trigger['kind'] {
  const mark = market.quote?.mark ?? wanted;
  const present = by === 'LAST' ? (market.lastPrice ?? mark) : mark;
  return (side === 'BUY') === wanted >= present ? 'STOP' : 'TAKE_PROFIT';
}

function timeInForceIn(
  params: Params,
  type: OrderType,
  isConditional: boolean,
): Read<'GTC' | 'IOC' | 'FOK' | 'PostOnly'> {
  const inForce = wordIn(params, 'timeInForce', ['GTC', 'IOC', 'FOK', 'PostOnly'], 'GTC');
  if (!inForce.ok) return inForce;
  if (inForce.value === 'PostOnly' && (type === 'MARKET' || isConditional))
    return err(invalid('PostOnly goes with LIMIT orders only'));
  return type === 'MARKET' ? ok('GTC') : inForce;
}

function quantityIn(
  { instrument, quote }: Market,
  side: OrderSide,
  type: OrderType,
  params: Params,
): Read<Lots> {
  const text = params.get('quantity');
  if (text === undefined && type === 'MARKET' && params.has('quoteOrderQty'))
    return lotsWorth(instrument, quote, side, params.get('quoteOrderQty') ?? '');
  if (text === undefined) return err(invalid('quantity is required'));
  const lots = truncatedSteps(instrument.lot, text);
  return lots !== null && lots <= LOTS_MAX
    ? ok(lots as Lots)
    : err(invalid('quantity is a decimal above zero that can be counted'));
}

/** As many lots as an amount of quote buys at the best price. */
function lotsWorth(instrument: Instrument, quote: Quote | null, side: OrderSide, text: string): Read<Lots> {
  const amount = moneyFrom(text);
  if (!amount.ok || amount.value < 0n || amount.value > MONEY_SCALE * 1_000_000_000_000n)
    return err(invalid('quoteOrderQty is a decimal above zero'));
  if (quote === null) return ok(NO_LOTS);
  const each = quoteOf(instrument, 1 as Lots, side === 'BUY' ? quote.ask : quote.bid);
  const lots = each <= 0n ? 0 : Number(amount.value / each);
  return lots <= LOTS_MAX ? ok(lots as Lots) : err(invalid('quoteOrderQty is too large to be counted'));
}
