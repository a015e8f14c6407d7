// What the status page remembers of a run, with bounded memory: series for the charts, and the newest of what happened.

import { moneyText } from '../../domain/money.ts';
import type { Effect } from '../../kernel/effect.ts';
import type { KernelEvent, MarkEvent } from '../../kernel/event.ts';
import type { KernelState } from '../../kernel/state.ts';
import { eventWords } from '../explain/event-words.ts';
import { openProfitOfAll } from '../open-profit.ts';
import type { AppliedRecord, Observer } from '../record.ts';
import { moneyNumber, stepsNumber } from './decimal-texts.ts';
import { FillWatch } from './fill-watch.ts';
import type { KeptHistory } from './history-json.ts';
import type {
  ChartsView,
  ClosedTradeLook,
  CommandLook,
  EquityPoint,
  FillLook,
  NoticeLook,
  PricePoint,
  RecentLook,
  RecordLook,
  RouterLook,
} from './runner-view.ts';
import { Thinned } from './thinned.ts';

const POINTS_MAX = 4_000;
const FILLS_MAX = 2_000;
const ROUTER_MAX = 200;
const CLOSED_MAX = 200;
const RECORDS_MAX = 100;
const NOTICES_MAX = 100;

/** Of what a record is said to be. */
const WORDS_MAX = 240;

/** Of what is kept, what each message to a page carries. */
const SHOWN_MAX = 40;

/** What a page has been sent already. */
export interface ChartsCursor {
  readonly atMs: number;
  readonly fillNumber: number;
}

export class StatusHistory {
  private readonly equity = new Thinned<EquityPoint>(POINTS_MAX);
  private readonly prices = new Map<string, Thinned<PricePoint>>();
  private readonly fills: FillLook[] = [];
  private readonly router: RouterLook[] = [];
  private readonly notices: NoticeLook[] = [];
  private readonly closed: ClosedTradeLook[] = [];
  private readonly records: (RecordLook & { readonly foldKey: string | null })[] = [];
  private readonly watch = new FillWatch();
  private lastCommand: CommandLook | null = null;
  private taken = 0;

  /** @param kept what a history before this one knew; it goes on from there. */
  constructor(kept: KeptHistory | null = null) {
    if (kept === null) return;
    this.equity.restore(kept.equity.points, kept.equity.gapMs);
    for (const [symbol, { points, gapMs }] of Object.entries(kept.prices))
      this.pricesOf(symbol).restore(points, gapMs);
    this.fills.push(...kept.fills);
    this.router.push(...kept.router);
    this.notices.push(...kept.notices);
    this.closed.push(...kept.closed);
    this.records.push(...kept.records.map((record) => ({ ...record, foldKey: null })));
    this.lastCommand = kept.lastCommand;
  }

  /** How many records were seen; while it stands still, nothing here changes. */
  get version(): number {
    return this.taken;
  }

  /** Tells the history where the kernel stands before its first record, so that old fills are not taken for new ones. */
  begin(state: KernelState): void {
    this.watch.begin(state);
  }

  readonly observe: Observer = (record, state) => {
    this.taken += 1;
    this.noteRecord(record, state);
    this.noteEquity(state);
    if (record.event.kind === 'MARK' && record.outcome.isAccepted) this.notePrice(record.event, state);
    for (const fill of this.watch.fillsOf(record.event, state))
      keep(this.fills, { number: (this.fills.at(-1)?.number ?? 0) + 1, ...fill }, FILLS_MAX);
    for (const effect of record.effects) this.noteEffect(effect, state.nowMs);
  };

  /** What happened, the newest first. */
  recent(): RecentLook {
    return {
      records: newest(this.records).map(({ foldKey: _, ...record }) => record),
      router: newest(this.router),
      notices: newest(this.notices),
      closed: newest(this.closed),
      lastCommand: this.lastCommand,
    };
  }

  /** Everything that is drawn. */
  charts(): ChartsView {
    return this.chartsSince({ atMs: 0, fillNumber: 0 });
  }

  /** What is drawn and was not there at `cursor`; of its very instant, what was there as well. */
  chartsSince({ atMs, fillNumber }: ChartsCursor): ChartsView {
    return {
      equity: this.equity.since(atMs),
      prices: Object.fromEntries([...this.prices].map(([symbol, series]) => [symbol, series.since(atMs)])),
      fills: this.fills.filter(({ number }) => number > fillNumber),
    };
  }

  cursor(): ChartsCursor {
    const instants = [this.equity, ...this.prices.values()].map((series) => series.all().at(-1)?.[0] ?? 0);
    return { atMs: Math.max(...instants), fillNumber: this.fills.at(-1)?.number ?? 0 };
  }

  /** What another history can go on from. */
  kept(): KeptHistory {
    const keptOf = <Point extends readonly [number, ...unknown[]]>(series: Thinned<Point>) => ({
      gapMs: series.minGapMs,
      points: [...series.all()],
    });
    return {
      v: 1,
      equity: keptOf(this.equity),
      prices: Object.fromEntries([...this.prices].map(([symbol, series]) => [symbol, keptOf(series)])),
      fills: [...this.fills],
      router: [...this.router],
      notices: [...this.notices],
      closed: [...this.closed],
      records: this.records.map(({ foldKey: _, ...record }) => record),
      lastCommand: this.lastCommand,
    };
  }

  private pricesOf(symbol: string): Thinned<PricePoint> {
    const known = this.prices.get(symbol);
    if (known !== undefined) return known;
    const series = new Thinned<PricePoint>(POINTS_MAX);
    this.prices.set(symbol, series);
    return series;
  }

  /** K is drawn from its first wallet on; before that there is nothing to draw. */
  private noteEquity(state: KernelState): void {
    const { ledger, nowMs } = state;
    if (ledger.seededAtMs === null || !this.equity.takes(nowMs)) return;
    const k = moneyNumber(ledger.wallet);
    const open = openProfitOfAll(state);
    const e = ledger.venueWallet === null ? null : moneyNumber(ledger.venueWallet);
    this.equity.push([nowMs, k, e, open === null ? null : k + moneyNumber(open)]);
  }

  private notePrice({ symbol, mark }: MarkEvent, { instruments, nowMs }: KernelState): void {
    const tick = instruments.get(symbol)?.tick;
    if (tick !== undefined) this.pricesOf(symbol).push([nowMs, stepsNumber(tick, mark)]);
  }

  private noteRecord({ seq, event, outcome }: AppliedRecord, state: KernelState): void {
    const foldKey = foldKeyOf(event, outcome.code);
    const words = clipped(eventWords(event, state));
    const count = (foldKey === null ? 0 : this.takeFolded(foldKey)) + 1;
    const { code, isAccepted } = outcome;
    const said = outcome.details === '' || isAccepted ? words : `${words} (${outcome.details.slice(0, 120)})`;
    keep(
      this.records,
      { seq, atMs: state.nowMs, kind: event.kind, words: said, code, isAccepted, count, foldKey },
      RECORDS_MAX,
    );
    if (event.kind !== 'COMMAND') return;
    const { command, who, why } = event;
    this.lastCommand = { atMs: state.nowMs, command, who, why, isAccepted };
  }

  /** Prices and time would push everything else out: among those that came last, equal ones are one. */
  private takeFolded(foldKey: string): number {
    for (let at = this.records.length - 1; at >= 0; at -= 1) {
      const record = this.records[at];
      if (record === undefined || record.foldKey === null) return 0;
      if (record.foldKey !== foldKey) continue;
      this.records.splice(at, 1);
      return record.count;
    }
    return 0;
  }

  private noteEffect(effect: Effect, atMs: number): void {
    if (effect.kind === 'NOTIFY') {
      const { severity, code, text } = effect;
      keep(this.notices, { atMs, severity, code, text }, NOTICES_MAX);
    }
    if (effect.kind !== 'PUBLISH') return;
    const { publication } = effect;
    if (publication.topic === 'router') {
      const { event, slot, clientOrderId, reason } = publication;
      keep(this.router, { atMs, event, slot, clientOrderId, reason }, ROUTER_MAX);
    }
    if (publication.topic === 'trade_closed') {
      const { tradeId, reason } = publication;
      const [realized, fees] = [moneyText(publication.realized), moneyText(publication.fees)];
      const funding = moneyText(publication.funding);
      keep(this.closed, { atMs, tradeId, realized, fees, funding, reason }, CLOSED_MAX);
    }
  }
}

function clipped(words: string): string {
  return words.length <= WORDS_MAX ? words : `${words.slice(0, WORDS_MAX - 1)}…`;
}

function foldKeyOf(event: KernelEvent, code: string): string | null {
  if (event.kind === 'MARK' || event.kind === 'WAKE') return `${event.kind} ${code}`;
  if (event.kind === 'DECISION' && event.action.startsWith('HOLD')) return `${event.kind} ${event.action}`;
  return null;
}

function keep<Item>(items: Item[], item: Item, max: number): void {
  items.push(item);
  if (items.length > max) items.shift();
}

function newest<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(-SHOWN_MAX).reverse();
}
