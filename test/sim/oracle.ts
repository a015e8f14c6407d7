// A second opinion of what an account earned: a list of single fills, added up again from the first each time, in fractions that never round.

/** One trade of an order as it truly was; `fee` in 1e-8 of the quote currency, paid above zero. */
export interface TrueFill {
  readonly orderId: string;
  readonly side: 'BUY' | 'SELL';
  readonly lots: number;
  /** In ticks. */
  readonly price: number;
  readonly fee: bigint;
}

/** `top / bottom`, with `bottom` above zero. */
export interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

const ZERO: Fraction = { top: 0n, bottom: 1n };
const UNITS_OF_ONE = 100_000_000n;

/** Fills of one trade, from flat to flat. Amounts are fractions of 1e-8 of the quote currency. */
export class NaiveTrade {
  readonly fills: TrueFill[] = [];
  private readonly worth: Fraction;

  /** @param worth what one lot costs at a price of one tick */
  constructor(worth: Fraction) {
    this.worth = worth;
  }

  position(): number {
    return this.lotsOf('BUY') - this.lotsOf('SELL');
  }

  filledLots(orderId: string): number {
    return this.fills.filter((fill) => fill.orderId === orderId).reduce((sum, { lots }) => sum + lots, 0);
  }

  /** What a lot of the open side cost on average, over every fill of that side; `null` when flat. */
  averageEntry(): Fraction | null {
    const position = this.position();
    if (position === 0) return null;
    return this.averageOf(position > 0 ? 'BUY' : 'SELL');
  }

  /** What the open part cost at its average entry: above zero for both sides. */
  openQuote(): Fraction {
    const average = this.averageEntry();
    return average === null ? ZERO : times(average, BigInt(Math.abs(this.position())));
  }

  /** Flat, it is what was received less what was spent. Before, every lot that was bought and sold earns the average of each side. */
  realized(): Fraction {
    const cash = this.fills.reduce((sum, fill) => {
      const quote = times(this.worth, BigInt(fill.price) * BigInt(fill.lots));
      return fill.side === 'SELL' ? plus(sum, quote) : plus(sum, times(quote, -1n));
    }, ZERO);
    if (this.position() === 0) return cash;
    const [sold, bought] = this.closedQuotes();
    return plus(sold, times(bought, -1n));
  }

  /** {@link realized} as a ledger of whole units holds it: what the matched lots of each side cost is rounded half to even. */
  realizedUnits(): bigint {
    const [sold, bought] = this.closedQuotes();
    return halfEven(sold) - halfEven(bought);
  }

  fees(): bigint {
    return this.fills.reduce((sum, { fee }) => sum + fee, 0n);
  }

  private closedQuotes(): readonly [sold: Fraction, bought: Fraction] {
    const closed = BigInt(Math.min(this.lotsOf('BUY'), this.lotsOf('SELL')));
    if (closed === 0n) return [ZERO, ZERO];
    return [times(this.averageOf('SELL'), closed), times(this.averageOf('BUY'), closed)];
  }

  private lotsOf(side: TrueFill['side']): number {
    return this.fills.filter((fill) => fill.side === side).reduce((sum, { lots }) => sum + lots, 0);
  }

  /** The mean of the prices of single lots. */
  private averageOf(side: TrueFill['side']): Fraction {
    const ofSide = this.fills.filter((fill) => fill.side === side);
    const prices = ofSide.reduce((sum, { price, lots }) => sum + BigInt(price) * BigInt(lots), 0n);
    const { top, bottom } = this.worth;
    return { top: top * prices, bottom: bottom * BigInt(this.lotsOf(side)) };
  }
}

/** A wallet, the trades that moved it, and what moved it beside them. */
export class NaiveAccount {
  private readonly trades = new Map<string, NaiveTrade>();
  private readonly seed: bigint;
  private readonly others: bigint[] = [];

  constructor(seed: bigint) {
    this.seed = seed;
  }

  /**
   * The trade of an id, which is begun where it is new.
   *
   * @param steps decimal texts, such as `0.1`
   */
  trade(tradeId: string, steps: { readonly tick: string; readonly lot: string }): NaiveTrade {
    const known = this.trades.get(tradeId);
    if (known !== undefined) return known;
    const trade = new NaiveTrade(product(fractionOf(steps.tick), fractionOf(steps.lot), UNITS_OF_ONE));
    this.trades.set(tradeId, trade);
    return trade;
  }

  /** Funding or a transfer: received above zero. */
  receive(amount: bigint): void {
    this.others.push(amount);
  }

  realized(): bigint {
    return [...this.trades.values()].reduce((sum, trade) => sum + trade.realizedUnits(), 0n);
  }

  fees(): bigint {
    return [...this.trades.values()].reduce((sum, trade) => sum + trade.fees(), 0n);
  }

  /** What the wallet is, once every fee is settled. */
  wallet(): bigint {
    const received = this.others.reduce((sum, amount) => sum + amount, 0n);
    return this.seed + this.realized() - this.fees() + received;
  }
}

/** Reads a decimal text as it stands. */
export function fractionOf(text: string): Fraction {
  const [whole = '', decimals = ''] = text.split('.');
  return { top: BigInt(whole + decimals), bottom: 10n ** BigInt(decimals.length) };
}

/** The nearest whole number; of two that are as near, the even one. */
export function halfEven({ top, bottom }: Fraction): bigint {
  const floor = top >= 0n ? top / bottom : -((-top + bottom - 1n) / bottom);
  const above = top - floor * bottom;
  if (above * 2n === bottom) return floor % 2n === 0n ? floor : floor + 1n;
  return above * 2n > bottom ? floor + 1n : floor;
}

function plus(a: Fraction, b: Fraction): Fraction {
  if (a.bottom === b.bottom) return { top: a.top + b.top, bottom: a.bottom };
  return { top: a.top * b.bottom + b.top * a.bottom, bottom: a.bottom * b.bottom };
}

function times(a: Fraction, factor: bigint): Fraction {
  return { top: a.top * factor, bottom: a.bottom };
}

function product(a: Fraction, b: Fraction, factor: bigint): Fraction {
  return { top: a.top * b.top * factor, bottom: a.bottom * b.bottom };
}
