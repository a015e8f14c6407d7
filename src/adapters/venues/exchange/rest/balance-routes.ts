// What an account has: its balance, its positions, what its trades cost, and the margin that it has to keep.

import { MONEY_DECIMALS, type Money, NO_MONEY } from '../../../../domain/money.ts';
import { type Lots, PPM_ONE } from '../../../../domain/steps.ts';
import type { Wire, WireObject } from '../../json-text.ts';
import { type AccountRoute, type ApiAnswer, type ApiCall, apiError, data } from '../api.ts';
import { balance, legRowsAsOf, liquidationPriceOf, maintenanceOf, transfer } from '../model/exchange.ts';
import { type Account, accountOf, isFinal, type LegRow, remainingLots } from '../model/state.ts';
import { type ApiKey, type ExchangeWorld, presentOf } from '../world.ts';
import { type BalanceShown, balanceRow, emptyBalanceRow, positionRow, worthOf } from './account-rows.ts';
import { anyMarketIn, marketIn, momentOf } from './call-params.ts';
import { moneyFixed } from './decimals.ts';
import { signed } from './order-routes.ts';

const FIRST_USER_ID = 100_000_001;
/** What a demo account gets each time that it asks. */
const DEMO_TOP_UP = 2_000_000_000_000n as Money;

export const BALANCE_ROUTES: readonly AccountRoute[] = [
  signed('GET', '/v3/user/balance', (world, _, caller) =>
    data([ownBalance(world, caller), emptyBalanceRow('USDC')]),
  ),
  signed('GET', '/v2/user/balance', (world, _, caller) => data({ balance: ownBalance(world, caller) })),
  signed('GET', '/v2/user/positions', listPositions),
  signed('GET', '/v2/user/commissionRate', showCommission),
  signed('GET', '/v1/maintMarginRatio', listTiers),
  signed('POST', '/v1/trade/getVst', topUp),
  signed('POST', '/v2/trade/getVst', topUp),
];

function ownBalance(world: ExchangeWorld, { accountId }: ApiKey): WireObject {
  const { model, wire } = world;
  const account = accountOf(model, accountId);
  return balanceRow(wire, userIdOf(world, accountId), balanceAt(world, account, viewOf(world, account)));
}

function userIdOf({ model }: ExchangeWorld, accountId: string): string {
  return String(FIRST_USER_ID + [...model.accounts.keys()].indexOf(accountId));
}

/** The moment that balances and positions show, which is not before the account was there. */
function viewOf(world: ExchangeWorld, { balanceViews }: Account): number {
  const openedAtMs = balanceViews[0]?.atMs ?? world.model.nowMs;
  return Math.max(momentOf(world, 'lag_positions'), Math.min(openedAtMs, world.model.nowMs));
}

/** A balance as it stood at a moment, with its positions at the present marks. */
function balanceAt({ model }: ExchangeWorld, account: Account, atMs: number): BalanceShown {
  let [unrealized, realized, positionMargin] = [0n, 0n, 0n];
  for (const leg of legRowsAsOf(model, account.id, atMs)) {
    realized += leg.realized;
    const market = model.markets.get(leg.symbol);
    const mark = market?.quote?.mark ?? null;
    if (market === undefined || mark === null) continue;
    const worth = worthOf(market.instrument, leg, mark);
    unrealized += worth.unrealized;
    positionMargin += worth.initialMargin;
  }
  return {
    report: balance(model, account.id, atMs),
    unrealized: unrealized as Money,
    realized: realized as Money,
    positionMargin: positionMargin as Money,
  };
}

function listPositions(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const asked = anyMarketIn(world, params);
  if (!asked.ok) return asked.error;
  const atMs = viewOf(world, account);
  const { report, unrealized } = balanceAt(world, account, atMs);
  const equity = ((report.wallet ?? NO_MONEY) + unrealized) as Money;
  const rows: Wire[] = [];
  for (const leg of legRowsAsOf(world.model, accountId, atMs)) {
    const market = world.model.markets.get(leg.symbol);
    if (market === undefined || market.quote === null) continue;
    if (asked.value !== null && asked.value !== market) continue;
    const { instrument } = market;
    const { mark } = market.quote;
    rows.push(
      positionRow(world.wire, account.positionMode, {
        instrument,
        leg,
        mark,
        freeLots: freeLotsOf(account, leg),
        isIsolated: false,
        liquidationPrice: liquidationPriceOf(world.model, account, leg),
        riskPpm: riskOf(maintenanceOf(world.model, worthOf(instrument, leg, mark).value), equity),
      }),
    );
  }
  return data(rows);
}

/** The lots of a position that no resting order closes already. */
function freeLotsOf({ recent }: Account, leg: LegRow): Lots {
  let closing = 0;
  for (const order of recent) {
    const closes = order.reduceOnly && (order.side === 'SELL') === leg.lots > 0;
    if (closes && !isFinal(order) && order.instrument.symbol === leg.symbol) closing += remainingLots(order);
  }
  return Math.max(0, Math.abs(leg.lots) - closing) as Lots;
}

function riskOf(maintenance: Money, equity: Money): number {
  if (maintenance <= 0n) return 0;
  return equity <= 0n ? PPM_ONE : Number((maintenance * BigInt(PPM_ONE)) / equity);
}

/** Rates as numbers; those of the first instrument where none is named. */
function showCommission(world: ExchangeWorld, { params }: ApiCall): ApiAnswer {
  const asked = anyMarketIn(world, params);
  if (!asked.ok) return asked.error;
  const market = asked.value ?? [...world.model.markets.values()][0];
  if (market === undefined) return apiError(109415, 'nothing is traded here');
  const { takerFeePpm, makerFeePpm } = market.instrument;
  return data({
    commission: {
      takerCommissionRate: takerFeePpm / PPM_ONE,
      makerCommissionRate: makerFeePpm / PPM_ONE,
    },
  });
}

/** The steps of the margin that a position has to keep: its worth times the ratio, less the amount. Empty where nobody is liquidated. */
function listTiers(world: ExchangeWorld, { params }: ApiCall): ApiAnswer {
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const { symbol } = market.value.instrument;
  const tiers = world.model.config.maintenance ?? [];
  return data(
    tiers.map((tier, index) => ({
      tier: `Tier ${index + 1}`,
      symbol,
      minPositionVal: moneyFixed(tiers[index - 1]?.belowValue ?? NO_MONEY, 0),
      maxPositionVal: moneyFixed(tier.belowValue, 0),
      maintMarginRatio: (tier.ratePpm / PPM_ONE).toFixed(6),
      maintAmount: moneyFixed(tier.amount, 6),
    })),
  );
}

/** Only where money is the demo's own. */
function topUp(world: ExchangeWorld, _: ApiCall, { accountId }: ApiKey): ApiAnswer {
  if (world.wire.marginAsset !== 'VST') return apiError(100400, 'this api is not exist');
  const nowMs = presentOf(world);
  transfer(world.model, accountId, DEMO_TOP_UP, nowMs);
  return data({ amount: Number(moneyFixed(DEMO_TOP_UP, MONEY_DECIMALS)) }, { timestamp: nowMs });
}
