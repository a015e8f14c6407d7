// Who is liquidated: an account whose equity is less than what its positions have to have behind them.

import { signedQuoteOf } from '../../../../domain/instrument.ts';
import { type Money, money, NO_MONEY, shareOf } from '../../../../domain/money.ts';
import { PPM_ONE, type PriceTicks, ppm, type SignedLots } from '../../../../domain/steps.ts';
import { unrealizedOf } from './positions.ts';
import type { Account, Exchange, Leg, LegRow, MaintenanceTier, Market } from './state.ts';
import { liquidatePositions } from './world.ts';

const usdt = (amount: number): Money => money(BigInt(amount) * 100_000_000n);

/** Two tiers as the venue has them for BTC-USDT, and one that goes on from there without an end. */
export const MAINTENANCE_TIERS: readonly MaintenanceTier[] = [
  { belowValue: usdt(150_000), ratePpm: ppm(3_800), amount: NO_MONEY },
  { belowValue: usdt(900_000), ratePpm: ppm(4_000), amount: usdt(30) },
  { belowValue: usdt(1_000_000_000_000), ratePpm: ppm(10_000), amount: usdt(5_430) },
];

function tierOf(tiers: readonly MaintenanceTier[], value: Money): MaintenanceTier | undefined {
  return tiers.find(({ belowValue }) => value < belowValue) ?? tiers.at(-1);
}

function worthOf({ instrument, quote }: Market, { lots }: Pick<Leg, 'lots'>): Money {
  return quote === null ? NO_MONEY : signedQuoteOf(instrument, Math.abs(lots) as SignedLots, quote.mark);
}

/** Returns what has to be behind a position that is worth `value`. */
export function maintenanceAt(tiers: readonly MaintenanceTier[], value: Money): Money {
  const tier = tierOf(tiers, value);
  return tier === undefined ? NO_MONEY : ((shareOf(value, tier.ratePpm) - tier.amount) as Money);
}

/** What has to be behind all positions of an account, at the marks. */
function neededBy(ex: Exchange, account: Account, tiers: readonly MaintenanceTier[]): Money {
  let sum = 0n;
  for (const { instrument, net, long, short } of account.holdings.values()) {
    const market = ex.markets.get(instrument.symbol);
    for (const leg of [net, long, short]) {
      if (leg.lots !== 0 && market !== undefined) sum += maintenanceAt(tiers, worthOf(market, leg));
    }
  }
  return sum as Money;
}

/** Liquidates every account that is short of it. */
export function liquidateThoseShort(ex: Exchange): void {
  const { maintenance } = ex.config;
  if (maintenance === null) return;
  for (const account of ex.accounts.values()) {
    const needed = neededBy(ex, account, maintenance);
    if (needed <= 0n || account.wallet + unrealizedOf(ex, account) >= needed) continue;
    for (const symbol of account.holdings.keys()) {
      const market = ex.markets.get(symbol);
      if (market !== undefined && market.quote !== null) liquidatePositions(ex, account, market);
    }
  }
}

/**
 * Returns the mark at which an account would be liquidated if only this symbol moved, or `null` where no price does that: the price p with
 * wallet + other profit + Σ lots × (p − entry) = other maintenance + Σ (|lots| × p × rate − amount), over the legs of the symbol and at
 * the tiers of today.
 */
export function liquidationPrice(ex: Exchange, account: Account, row: LegRow): PriceTicks | null {
  const market = ex.markets.get(row.symbol);
  const { maintenance } = ex.config;
  if (maintenance === null || market?.quote == null || row.lots === 0) return null;
  const { mark } = market.quote;
  // Equity less maintenance is a line over the mark: so much now, and so much more with every tick.
  const free = Number(account.wallet + unrealizedOf(ex, account) - neededBy(ex, account, maintenance));
  let perTick = 0;
  for (const { lots } of legsIn(market, account)) {
    const value = worthOf(market, { lots });
    const rate = (tierOf(maintenance, value)?.ratePpm ?? 0) / PPM_ONE;
    perTick += (Number(value) / mark) * (Math.sign(lots) - rate);
  }
  const price = Math.round(mark - free / perTick);
  return Number.isSafeInteger(price) && price > 0 ? (price as PriceTicks) : null;
}

function legsIn({ instrument }: Market, account: Account): readonly Leg[] {
  const holding = account.holdings.get(instrument.symbol);
  return holding === undefined ? [] : [holding.net, holding.long, holding.short];
}
