// The two charts: equity with K and E, and the price of a symbol with our fills and the entry of what is held.

import type { FillLook, RunnerView } from '../runner-view.ts';
import { byId, el, fill } from './dom.ts';
import { figure, instantText, MONEY, placesOf } from './format.ts';
import { spanChoice } from './spans.ts';
import type { Store } from './store.ts';
import { type Columns, color, TimeChart } from './time-chart.ts';

/** Shows what is known now. */
export type ShowCharts = (store: Store) => void;

/** Makes both charts. */
export function makeCharts(): ShowCharts {
  const showEquity = equityChart();
  const showPrice = priceChart();
  return (store) => {
    showEquity(store);
    showPrice(store);
  };
}

/** A key of the readout: the colour of its line, its name and its figure. */
function keyed(name: string, colorName: string, value: string): HTMLElement {
  return el('span', { class: 'key', 'data-line': colorName }, `${name} `, el('b', {}, value));
}

function sliced<Point extends readonly [number, ...unknown[]]>(
  points: readonly Point[],
  fromMs: number,
): readonly Point[] {
  let from = points.findIndex(([atMs]) => atMs >= fromMs);
  if (from < 0) from = points.length;
  return points.slice(Math.max(0, from - 1));
}

function equityChart(): ShowCharts {
  const readout = byId('equity-readout');
  const mount = byId('equity-chart');
  let known: Store | null = null;
  let columns: Columns = [[], [], [], []];
  const say = (index: number | null): void => {
    if (known === null) return;
    const at = index ?? columns[0].length - 1;
    const [atMs, k, e, equity] = columns.map((column) => column[at]);
    const nowMs = known.view.nowMs;
    fill(readout, [atMs, k, e, equity], () =>
      atMs === undefined || atMs === null
        ? ['Nothing is known yet: K begins with the first wallet of the venue.']
        : [
            keyed('Equity', 'equity', figure(equity, MONEY)),
            keyed('K', 'k', figure(k, MONEY)),
            keyed('E', 'e', figure(e, MONEY)),
            el('span', { class: 'when' }, `${instantText(atMs, nowMs)} UTC`),
          ],
    );
  };
  const chart = new TimeChart({
    mount,
    lines: [
      { label: 'K', color: '--line-k', isStepped: true },
      { label: 'E', color: '--line-e', dash: [4, 4], isStepped: true },
      { label: 'Equity', color: '--line-equity', width: 2 },
    ],
    hover: say,
  });
  const show = (): void => {
    if (known === null) return;
    const { view, equity } = known;
    const points = sliced(equity, view.nowMs - spanMs());
    const { k, e, equity: now } = view.ledger;
    const number = (text: string | null): number | null => (text === null ? null : Number(text));
    const last = points.at(-1)?.[0] ?? 0;
    const rows =
      k === null || view.nowMs <= last
        ? points
        : [...points, [view.nowMs, Number(k), number(e), number(now)] as const];
    columns = [
      rows.map(([ms]) => ms),
      rows.map((row) => row[1]),
      rows.map((row) => row[2]),
      rows.map((row) => row[3]),
    ];
    chart.show(columns);
    mount.setAttribute('aria-label', equityWords(columns));
    say(null);
  };
  const spanMs = spanChoice(byId('equity-spans'), show);
  return (store) => {
    known = store;
    show();
  };
}

/** For who does not see the chart. */
function equityWords([instants, , , equity = []]: Columns): string {
  const values = equity.filter((value): value is number => value !== null);
  if (values.length === 0) return 'Equity over time: nothing is known yet.';
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  return `Equity over time, ${instants.length} points: lowest ${figure(lowest, MONEY)}, highest ${figure(highest, MONEY)}, now ${figure(values.at(-1), MONEY)}.`;
}

function priceChart(): ShowCharts {
  const readout = byId('price-readout');
  const mount = byId('price-chart');
  const pick = byId('symbol') as HTMLSelectElement;
  let known: Store | null = null;
  let columns: Columns = [[], []];
  let fills: readonly FillLook[] = [];
  const symbolOf = (store: Store): string =>
    pick.value !== '' ? pick.value : ([...store.prices.keys()][0] ?? store.view.marks[0]?.symbol ?? '');
  const say = (index: number | null): void => {
    if (known === null) return;
    const at = index ?? columns[0].length - 1;
    const [atMs, price] = columns.map((column) => column[at]);
    const { nowMs } = known.view;
    const symbol = symbolOf(known);
    const places = placesOf(known.view.marks.find((mark) => mark.symbol === symbol)?.mark ?? null);
    fill(readout, [symbol, atMs, price, fills.length], () =>
      atMs === undefined || atMs === null
        ? ['There is no price yet.']
        : [
            keyed(symbol, 'price', figure(price, { places, placesMax: 8 })),
            keyed('Buys', 'buy', countOf(fills, 'BUY')),
            keyed('Sells', 'sell', countOf(fills, 'SELL')),
            el('span', { class: 'when' }, `${instantText(atMs, nowMs)} UTC`),
          ],
    );
  };
  const chart = new TimeChart({
    mount,
    lines: [{ label: 'Mark', color: '--line-price', fill: '--line-price-fill' }],
    over: (plot) => {
      if (known === null) return;
      drawEntry(plot, known.view, symbolOf(known));
      for (const one of fills) drawFill(plot, one);
    },
    hover: say,
  });
  const show = (): void => {
    if (known === null) return;
    const { view, prices } = known;
    offerSymbols(pick, [...prices.keys()]);
    const symbol = symbolOf(known);
    const fromMs = view.nowMs - spanMs();
    const points = sliced(prices.get(symbol) ?? [], fromMs);
    const mark = view.marks.find((one) => one.symbol === symbol);
    const last = points.at(-1)?.[0] ?? 0;
    const rows =
      mark === undefined || mark.atMs <= last ? points : [...points, [mark.atMs, Number(mark.mark)] as const];
    const firstMs = rows[0]?.[0] ?? 0;
    fills = known.fills.filter((one) => one.symbol === symbol && one.atMs >= Math.max(fromMs, firstMs));
    columns = [rows.map(([ms]) => ms), rows.map((row) => row[1])];
    chart.show(columns);
    mount.setAttribute(
      'aria-label',
      `Price of ${symbol} over time, ${rows.length} points, with ${fills.length} fills.`,
    );
    say(null);
  };
  const spanMs = spanChoice(byId('price-spans'), show);
  pick.addEventListener('change', show);
  return (store) => {
    known = store;
    show();
  };
}

function countOf(fills: readonly FillLook[], wanted: FillLook['side']): string {
  return String(fills.filter(({ side }) => side === wanted).length);
}

function offerSymbols(pick: HTMLSelectElement, symbols: readonly string[]): void {
  byId('symbol-pick').hidden = symbols.length < 2;
  if (pick.options.length === symbols.length) return;
  const before = pick.value;
  pick.replaceChildren(...symbols.map((symbol) => el('option', {}, symbol)));
  if (symbols.includes(before)) pick.value = before;
}

/** A triangle below the price of a buy, above that of a sale: its shape says which, and its colour says it again. */
function drawFill(plot: uPlot, { atMs, price, side }: FillLook): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(atMs / 1_000, 'x', true);
  const y = plot.valToPos(price, 'y', true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const size = 6 * devicePixelRatio;
  const way = side === 'BUY' ? 1 : -1;
  ctx.save();
  ctx.beginPath();
  ctx.moveTo(x, y + way * 2);
  ctx.lineTo(x - size, y + way * size * 1.9);
  ctx.lineTo(x + size, y + way * size * 1.9);
  ctx.closePath();
  ctx.fillStyle = color(side === 'BUY' ? '--line-buy' : '--line-sell');
  ctx.strokeStyle = color('--card');
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.fill();
  ctx.stroke();
  ctx.restore();
}

/** A dashed line at the entry of what is held of the symbol. */
function drawEntry(plot: uPlot, view: RunnerView, symbol: string): void {
  const { ctx, bbox } = plot;
  for (const { trade } of view.slots) {
    if (trade === null || trade.symbol !== symbol || trade.entryPrice === null) continue;
    const y = plot.valToPos(Number(trade.entryPrice), 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.save();
    ctx.beginPath();
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.strokeStyle = color('--soft');
    ctx.lineWidth = devicePixelRatio;
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillStyle = color('--soft');
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.fillText('entry', bbox.left + 4 * devicePixelRatio, y - 4 * devicePixelRatio);
    ctx.restore();
  }
}
