// How an account is set up: leverage, margin type and position mode, read and changed.

import { type AccountRoute, type ApiAnswer, type ApiCall, apiError, data } from '../api.ts';
import { leverageOf } from '../model/account-settings.ts';
import { setLeverage, setPositionMode } from '../model/exchange.ts';
import { accountOf } from '../model/state.ts';
import { type ApiKey, type ExchangeWorld, presentOf } from '../world.ts';
import { invalid, marketIn, refusalOf, wholeIn, wordIn } from './call-params.ts';
import { signed } from './order-routes.ts';

export const SETTING_ROUTES: readonly AccountRoute[] = [
  signed('GET', '/v2/trade/leverage', showLeverage),
  signed('POST', '/v2/trade/leverage', changeLeverage),
  signed('GET', '/v2/trade/marginType', showMarginType),
  signed('POST', '/v2/trade/marginType', changeMarginType),
  signed('GET', '/v1/positionSide/dual', showMode),
  signed('POST', '/v1/positionSide/dual', changeMode),
  signed('POST', '/v2/trade/positionMargin', () =>
    apiError(109400, 'margin is moved to and from isolated positions only, which are not offered here'),
  ),
];

function showLeverage(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const { symbol, maxLeverage } = market.value.instrument;
  const { long, short } = leverageOf(accountOf(world.model, accountId), symbol);
  return data({
    longLeverage: long,
    shortLeverage: short,
    maxLongLeverage: maxLeverage,
    maxShortLeverage: maxLeverage,
    availableLongVol: '',
    availableShortVol: '',
    availableLongVal: '',
    availableShortVal: '',
    maxPositionLongVal: '',
    maxPositionShortVal: '',
  });
}

/** One-way mode has one leverage for BOTH sides, hedge mode one for each. */
function changeLeverage(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const side = wordIn(params, 'side', ['LONG', 'SHORT', 'BOTH'], null);
  if (!side.ok) return side.error;
  if (side.value === null) return invalid('side is required');
  const leverage = wholeIn(params, 'leverage', 1, 1_000, null);
  if (!leverage.ok) return leverage.error;
  if (leverage.value === null) return invalid('leverage is required');
  const isOneWay = accountOf(world.model, accountId).positionMode === 'one_way';
  if (isOneWay !== (side.value === 'BOTH'))
    return apiError(
      109400,
      isOneWay
        ? "In the One-way mode, the 'Side' field can only be set to BOTH."
        : "In the Hedge mode, the 'Side' field can only be set to LONG or SHORT.",
    );
  const { symbol } = market.value.instrument;
  const refused = setLeverage(world.model, accountId, symbol, side.value, leverage.value, presentOf(world));
  return refused === null ? data({ leverage: leverage.value, symbol }) : refusalOf(refused);
}

/** Only margin of the whole account is modelled. */
function showMarginType(world: ExchangeWorld, { params }: ApiCall): ApiAnswer {
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const { symbol } = market.value.instrument;
  return data({ marginType: 'CROSSED', symbol });
}

/** Answers without data, as the venue does. */
function changeMarginType(world: ExchangeWorld, { params }: ApiCall): ApiAnswer {
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const type = wordIn(params, 'marginType', ['CROSSED', 'ISOLATED', 'SEPARATE_ISOLATED'], null);
  if (!type.ok) return type.error;
  if (type.value === null) return invalid('marginType is required');
  if (type.value !== 'CROSSED') return invalid(`marginType ${type.value} is not offered here; CROSSED is`);
  return { kind: 'bare', body: { code: 0, msg: '' } };
}

function showMode(world: ExchangeWorld, _: ApiCall, { accountId }: ApiKey): ApiAnswer {
  return modeAnswer(accountOf(world.model, accountId).positionMode === 'hedge');
}

function changeMode(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const dual = wordIn(params, 'dualSidePosition', ['true', 'false'], null);
  if (!dual.ok) return dual.error;
  if (dual.value === null) return invalid('dualSidePosition is required');
  const mode = dual.value === 'true' ? 'hedge' : 'one_way';
  const refused = setPositionMode(world.model, accountId, mode, presentOf(world));
  return refused === null ? modeAnswer(mode === 'hedge') : refusalOf(refused);
}

/** A text where one would expect a truth value. */
function modeAnswer(isHedge: boolean): ApiAnswer {
  return data({ dualSidePosition: String(isHedge) });
}
