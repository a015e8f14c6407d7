// What happens at the venue without the kernel: prices, volume, funding, transfers, other traders, and hands that reach in.

import {
  autoDeleverage,
  closeByHand,
  expireOrder,
  forceFill,
  liquidate,
  setQuote,
  settleFunding,
  submitOrder,
  tradeAt,
  transfer,
  truthOf,
} from '../../src/adapters/venues/exchange/model/exchange.ts';
import { advanceTo, type Exchange, type Quote } from '../../src/adapters/venues/exchange/model/state.ts';
import type { ClientOrderId, SymbolName } from '../../src/domain/ids.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import { money } from '../../src/domain/money.ts';
import { type EpochMs, type Lots, lots, type PriceTicks, ppm, priceTicks } from '../../src/domain/steps.ts';
import type { CancelEffect } from '../../src/kernel/effect.ts';
import type { FaultPlan } from './faults.ts';
import type { Host } from './host.ts';
import type { Stream } from './random.ts';
import type { Schedule } from './schedule.ts';
import { OWN_ACCOUNT, type Settings } from './settings.ts';

interface MarketPorts {
  readonly schedule: Schedule;
  readonly faults: FaultPlan;
  readonly draw: Stream;
  readonly others: Stream;
  readonly exchange: Exchange;
  readonly settings: Settings;
  readonly host: () => Host;
  readonly moved: () => void;
}

export class Market {
  private readonly ports: MarketPorts;
  private readonly prices: Map<SymbolName, number>;
  private feedStoppedUntilMs = 0;
  private foreignOrders = 0;

  constructor(ports: MarketPorts) {
    this.ports = ports;
    this.prices = new Map(ports.settings.firstPrices);
  }

  /** New prices for everything, some volume, and what else happens. */
  tick(): void {
    const { faults, schedule, settings, moved } = this.ports;
    if (faults.fires('feed_stops'))
      this.feedStoppedUntilMs = schedule.nowMs + faults.between('feed_stops', 5_000, 60_000);
    for (const [at, instrument] of settings.kernel.instruments.entries()) {
      const quote = this.quote(instrument);
      setQuote(this.ports.exchange, instrument.symbol, quote, schedule.nowMs);
      this.volume(instrument.symbol, quote);
      schedule.in(at * 7, () => this.reachIn(instrument));
      moved();
      this.tell(instrument.symbol, quote);
    }
    moved();
  }

  private tell(symbol: SymbolName, { bid, ask, mark }: Quote): void {
    const { schedule, host, draw } = this.ports;
    const { faults } = this.ports;
    const lateMs = faults.fires('price_late') ? faults.between('price_late', 2_000, 9_000) : 0;
    const delayMs = draw.between(5, 80) + lateMs;
    if (schedule.nowMs < this.feedStoppedUntilMs) return;
    const { generation } = host();
    const quotedAtMs = schedule.nowMs as EpochMs;
    const odd = faults.fires('odd_price')
      ? faults.pick('odd_price', [Number.NaN, 0, -5, 1.5, Number.MAX_VALUE])
      : null;
    const told = odd === null ? mark : (odd as PriceTicks);
    schedule.in(delayMs, () =>
      host().deliver(
        (atMs) => ({ kind: 'MARK', atMs, symbol, bid, ask, mark: told, quotedAtMs }),
        generation,
      ),
    );
  }

  private quote({ symbol }: Instrument): Quote {
    const { draw, faults, settings } = this.ports;
    const first = settings.firstPrices.get(symbol) ?? 1_000;
    const before = this.prices.get(symbol) ?? first;
    const flash = faults.fires('flash_move') ? faults.pick('flash_move', [-0.25, 0.25]) : 0;
    const gap = faults.fires('gap') ? (faults.between('gap', -20, 20) / 1_000) * before : 0;
    // Around a flash it comes back, so that prices stay prices.
    const pull = (first - before) * 0.02;
    const moved = before * (1 + flash) + gap + pull + (draw.fraction() - 0.5) * before * 0.0008;
    const middle = Math.max(first * 0.3, Math.min(first * 3, moved));
    this.prices.set(symbol, middle);
    const bid = Math.max(2, Math.floor(middle));
    const spread = draw.between(1, 3);
    return {
      bid: priceTicks(bid),
      ask: priceTicks(bid + spread),
      mark: priceTicks(Math.max(1, bid + draw.between(-2, 3))),
      bidLots: lots(draw.between(0, 3_000)),
      askLots: lots(draw.between(0, 3_000)),
    };
  }

  private volume(symbol: SymbolName, { bid, ask }: Quote): void {
    const { draw, exchange, schedule } = this.ports;
    if (!draw.chance(0.6)) return;
    const price = draw.chance(0.5) ? bid : ask;
    tradeAt(exchange, symbol, price, lots(draw.between(1, 4_000)), schedule.nowMs);
  }

  private reachIn(instrument: Instrument): void {
    const { exchange, faults, schedule, moved } = this.ports;
    const { nowMs } = schedule;
    const { symbol } = instrument;
    advanceTo(exchange, nowMs);
    if (faults.fires('funding'))
      settleFunding(exchange, symbol, ppm(faults.between('funding', -300, 300)), nowMs);
    if (faults.fires('transfer')) {
      const amount = money(BigInt(faults.between('transfer', -500, 500)) * 1_000_000n);
      if (amount !== 0n) transfer(exchange, OWN_ACCOUNT, amount, nowMs);
    }
    if (faults.fires('adl'))
      autoDeleverage(exchange, OWN_ACCOUNT, symbol, lots(faults.between('adl', 1, 500)), nowMs);
    if (faults.fires('liquidation')) liquidate(exchange, OWN_ACCOUNT, symbol, nowMs);
    if (faults.fires('closed_by_hand')) closeByHand(exchange, OWN_ACCOUNT, symbol, nowMs);
    if (faults.fires('opened_by_hand')) this.foreignOrder(instrument, 'opened_by_hand');
    if (faults.fires('foreign_trader')) this.foreignOrder(instrument, 'foreign_trader');
    this.reachOrders(symbol);
    moved();
  }

  private reachOrders(symbol: SymbolName): void {
    const { exchange, faults, schedule } = this.ports;
    for (const { venueOrderId, symbol: of } of truthOf(exchange, OWN_ACCOUNT).openOrders) {
      if (of !== symbol) continue;
      if (faults.fires('partial_of_one_lot'))
        forceFill(exchange, OWN_ACCOUNT, venueOrderId, lots(1), schedule.nowMs);
      if (faults.fires('order_expired')) expireOrder(exchange, OWN_ACCOUNT, venueOrderId, schedule.nowMs);
    }
    if (!faults.fires('overfill')) return;
    const last = truthOf(exchange, OWN_ACCOUNT).orders.at(-1)?.report;
    if (last === undefined || last.symbol !== symbol || last.clientOrderId?.startsWith('foreign')) return;
    const extra = lots(faults.between('overfill', 1, 5)) as Lots;
    forceFill(exchange, OWN_ACCOUNT, last.venueOrderId, extra, schedule.nowMs, { beyondOrder: true });
  }

  /** A fill that overtakes a cancel on its way. */
  beforeCancel({ clientOrderId, venueOrderId }: CancelEffect): void {
    const { exchange, faults, schedule } = this.ports;
    if (!faults.fires('fill_during_cancel')) return;
    const order = truthOf(exchange, OWN_ACCOUNT).openOrders.find(
      (one) => one.venueOrderId === venueOrderId || one.clientOrderId === clientOrderId,
    );
    if (order === undefined) return;
    const left = order.orderedLots - order.filledLots;
    const filled = faults.between('fill_during_cancel', 1, Math.max(1, left));
    forceFill(exchange, OWN_ACCOUNT, order.venueOrderId, lots(filled), schedule.nowMs);
  }

  private foreignOrder({ symbol }: Instrument, fault: 'opened_by_hand' | 'foreign_trader'): void {
    const { exchange, faults, others, schedule } = this.ports;
    this.foreignOrders += 1;
    const price = Math.round(this.prices.get(symbol) ?? 1_000);
    const isMarket = fault === 'opened_by_hand' || others.chance(0.6);
    const isBuy = faults.between(fault, 0, 1) === 0;
    submitOrder(
      exchange,
      OWN_ACCOUNT,
      {
        clientOrderId: `foreign${this.foreignOrders}` as ClientOrderId,
        symbol,
        side: isBuy ? 'BUY' : 'SELL',
        type: isMarket ? 'MARKET' : 'LIMIT',
        quantity: lots(faults.between(fault, 1, 60)),
        limit: isMarket ? null : ((isBuy ? price - 1 : price + 4) as PriceTicks),
        postOnly: false,
        reduceOnly: false,
        leverage: 2,
      },
      schedule.nowMs,
      schedule.nowMs,
    );
  }
}
