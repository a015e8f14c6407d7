// What a backtest came to, in the figures that people compare.

import { type Money, minus, moneyText, NO_MONEY, plus } from '../domain/money.ts';
import type { EpochMs } from '../domain/steps.ts';
import type { OutcomeCode } from '../kernel/outcome.ts';
import type { KernelState } from '../kernel/state.ts';
import type { Observer } from './record.ts';

export interface BacktestFigures {
  readonly trades: number;
  /** Trades that gained after fees and funding. */
  readonly gained: number;
  readonly walletAtStart: Money;
  readonly wallet: Money;
  readonly realized: Money;
  readonly fees: Money;
  readonly funding: Money;
  /** The deepest fall of the wallet from its highest so far, trade by trade. */
  readonly drawdown: Money;
  readonly entries: number;
  /** Entries that the kernel did not let in, by its code. */
  readonly denied: ReadonlyMap<OutcomeCode, number>;
  readonly fromMs: EpochMs | null;
  readonly toMs: EpochMs | null;
}

/** Gathers the figures of a run while it goes. */
export class BacktestTally {
  private trades = 0;
  private gained = 0;
  private realized = NO_MONEY;
  private fees = NO_MONEY;
  private funding = NO_MONEY;
  private highest = NO_MONEY;
  private sum = NO_MONEY;
  private drawdown = NO_MONEY;
  private entries = 0;
  private readonly denied = new Map<OutcomeCode, number>();
  private fromMs: EpochMs | null = null;
  private toMs: EpochMs | null = null;

  readonly observe: Observer = ({ event, outcome, effects }) => {
    this.fromMs ??= event.atMs;
    this.toMs = event.atMs;
    if (event.kind === 'INTENT' && event.action === 'ENTER') {
      if (outcome.isAccepted) this.entries += 1;
      else this.denied.set(outcome.code, (this.denied.get(outcome.code) ?? 0) + 1);
    }
    for (const effect of effects)
      if (effect.kind === 'PUBLISH' && effect.publication.topic === 'trade_closed')
        this.closed(effect.publication);
  };

  private closed({ realized, fees, funding }: { realized: Money; fees: Money; funding: Money }): void {
    this.trades += 1;
    this.realized = plus(this.realized, realized);
    this.fees = plus(this.fees, fees);
    this.funding = plus(this.funding, funding);
    const gain = plus(minus(realized, fees), funding);
    if (gain > NO_MONEY) this.gained += 1;
    this.sum = plus(this.sum, gain);
    if (this.sum > this.highest) this.highest = this.sum;
    const fall = minus(this.highest, this.sum);
    if (fall > this.drawdown) this.drawdown = fall;
  }

  /** @param state the kernel as it ended */
  figures({ ledger }: KernelState): BacktestFigures {
    const { trades, gained, realized, fees, funding, drawdown, entries, denied, fromMs, toMs } = this;
    const walletAtStart =
      ledger.balances.seed < NO_MONEY ? (-ledger.balances.seed as Money) : ledger.balances.seed;
    return {
      trades,
      gained,
      walletAtStart,
      wallet: ledger.wallet,
      realized,
      fees,
      funding,
      drawdown,
      entries,
      denied,
      fromMs,
      toMs,
    };
  }
}

/** The figures for programs: amounts as decimal texts. */
export function figuresJson(figures: BacktestFigures): Readonly<Record<string, unknown>> {
  const { walletAtStart, wallet, realized, fees, funding, drawdown } = figures;
  return {
    trades: figures.trades,
    trades_gained: figures.gained,
    entries: figures.entries,
    denied: Object.fromEntries(figures.denied),
    wallet_at_start_usdt: moneyText(walletAtStart),
    wallet_usdt: moneyText(wallet),
    pnl_usdt: moneyText(minus(wallet, walletAtStart)),
    realized_usdt: moneyText(realized),
    fees_usdt: moneyText(fees),
    funding_usdt: moneyText(funding),
    max_drawdown_usdt: moneyText(drawdown),
  };
}
