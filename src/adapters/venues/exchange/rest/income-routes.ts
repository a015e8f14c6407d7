// The account book of the local exchange: profit, fees, funding and transfers, line by line.

import { DAY_MS } from '../../../../domain/time.ts';
import type { IncomeKind, IncomeRow } from '../../../../domain/venue.ts';
import type { WireObject } from '../../json-text.ts';
import { type AccountRoute, type ApiAnswer, type ApiCall, data } from '../api.ts';
import { income } from '../model/exchange.ts';
import type { ApiKey, ExchangeWorld } from '../world.ts';
import { anyMarketIn, invalid, momentOf, SPAN_MAX_MS, wholeIn } from './call-params.ts';
import { moneyFixed } from './decimals.ts';
import { signed } from './order-routes.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
const KEPT_MS = 90 * DAY_MS;

const TYPES: Readonly<Record<IncomeKind, { readonly type: string; readonly info: string }>> = {
  FUNDING: { type: 'FUNDING_FEE', info: 'Funding Fee' },
  TRANSFER: { type: 'TRANSFER', info: 'Transfer' },
  REALIZED: { type: 'REALIZED_PNL', info: 'Realized PnL' },
  FEE: { type: 'TRADING_FEE', info: 'Trading Fee' },
  OTHER: { type: 'SYSTEM_DEDUCTION', info: 'System Deduction' },
};

/** What the venue knows beside; nothing here is ever of these. */
const OTHER_TYPES = ['INSURANCE_CLEAR', 'TRIAL_FUND', 'ADL', 'GTD_PRICE'];

export const INCOME_ROUTES: readonly AccountRoute[] = [signed('GET', '/v2/user/income', incomeOf)];

/** The oldest lines of the time asked about, ascending; seven days where nothing is said, and never older than three months. */
function incomeOf(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const { model } = world;
  const market = anyMarketIn(world, params);
  if (!market.ok) return market.error;
  const limit = wholeIn(params, 'limit', 1, LIMIT_MAX, LIMIT_DEFAULT);
  if (!limit.ok) return limit.error;
  const from = wholeIn(params, 'startTime', 0, Number.MAX_SAFE_INTEGER, null);
  const to = wholeIn(params, 'endTime', 0, Number.MAX_SAFE_INTEGER, model.nowMs);
  if (!from.ok) return from.error;
  if (!to.ok) return to.error;
  const type = params.get('incomeType') ?? null;
  const known = [...Object.values(TYPES).map((one) => one.type), ...OTHER_TYPES];
  if (type !== null && !known.includes(type)) return invalid(`incomeType is one of ${known.join(', ')}`);
  const fromMs = Math.max(from.value ?? to.value - SPAN_MAX_MS, model.nowMs - KEPT_MS);
  if (to.value < (from.value ?? fromMs)) return invalid('the time asked about ends before it begins');
  const symbol = market.value?.instrument.symbol ?? null;
  const rows = income(model, accountId, fromMs, momentOf(world, 'lag_fills')).filter(
    (row) =>
      row.venueAtMs <= to.value &&
      (symbol === null || row.symbol === symbol) &&
      (type === null || TYPES[row.kind].type === type),
  );
  return data(rows.slice(0, limit.value).map((row) => incomeRow(row, world.wire.marginAsset)));
}

function incomeRow({ kind, symbol, amount, venueAtMs, transactionId }: IncomeRow, asset: string): WireObject {
  return {
    symbol: symbol ?? '',
    incomeType: TYPES[kind].type,
    income: moneyFixed(amount, 8),
    asset,
    info: TYPES[kind].info,
    time: venueAtMs,
    tranId: transactionId,
    tradeId: '',
  };
}
