// What the page knows: the newest view, and the charts as they grew.

import type {
  ChartsView,
  EquityPoint,
  FillLook,
  LiveMessage,
  PricePoint,
  RunnerView,
} from '../runner-view.ts';

const POINTS_MAX = 8_000;
const FILLS_MAX = 2_000;

export interface Store {
  view: RunnerView;
  equity: EquityPoint[];
  readonly prices: Map<string, PricePoint[]>;
  fills: FillLook[];
}

/** Returns what is known after a message; a full one begins anew. */
export function take(before: Store | null, { kind, view, charts }: LiveMessage): Store {
  const store: Store =
    before === null || kind === 'full' ? { view, equity: [], prices: new Map(), fills: [] } : before;
  store.view = view;
  addCharts(store, charts);
  return store;
}

function addCharts(store: Store, { equity, prices, fills }: ChartsView): void {
  store.equity = added(store.equity, equity);
  for (const [symbol, points] of Object.entries(prices))
    store.prices.set(symbol, added(store.prices.get(symbol) ?? [], points));
  const lastFill = store.fills.at(-1)?.number ?? 0;
  store.fills.push(...fills.filter(({ number }) => number > lastFill));
  if (store.fills.length > FILLS_MAX) store.fills = store.fills.slice(-FILLS_MAX);
}

/** What is there already comes again at times; and a page that is open for weeks keeps every second point of what is old. */
function added<Point extends readonly [number, ...unknown[]]>(
  known: Point[],
  more: readonly Point[],
): Point[] {
  const lastMs = known.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
  known.push(...more.filter(([atMs]) => atMs > lastMs));
  return known.length <= POINTS_MAX ? known : known.filter((_, at) => at % 2 === (known.length - 1) % 2);
}
