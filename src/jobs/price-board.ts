// Fetches the prices of one run: one request per instrument and time range, a few at a time, each answer kept once.

import type { AlphaEvent } from '../domain/event.ts';
import { DAY_MS, HOUR_MS, msFromIso } from '../domain/time.ts';
import type { PriceRequest, Prices, Progress } from '../ports.ts';
import { type Backlog, type DuePair, instrumentKey } from '../supervision/backlog.ts';
import { prepareInstrument } from '../supervision/instrument.ts';
import { labelLifeMaxMs, lookbackMs, type ReconcileRules } from '../supervision/rules.ts';
import type { Priced } from '../supervision/settle.ts';

/** Prices by {@link instrumentKey}. */
export type PriceBoard = ReadonlyMap<string, Priced>;

const REQUESTS_AT_ONCE = 4;

/** Returns what prices there are for every instrument of `due`. A source that fails leaves its instruments unavailable. */
export async function fetchPrices(
  prices: Prices,
  due: readonly DuePair[],
  backlog: Backlog,
  rules: ReconcileRules,
  nowMs: number,
  progress: Progress,
): Promise<PriceBoard> {
  const requests = [...requestsFrom(due, rules, nowMs)];
  const peers = scoredByInstrument(backlog, new Set(requests.map(([key]) => key)), nowMs);
  const board = new Map<string, Priced>();
  progress.start('prices', requests.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let entry = requests[next++]; entry !== undefined; entry = requests[next++]) {
      const [key, request] = entry;
      board.set(key, await pricedFrom(prices, request, peers.get(key) ?? [], rules));
      progress.advance(1);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
  progress.done();
  return board;
}

/** One range of one instrument, and how its due events spell it. */
interface InstrumentRequest extends Omit<PriceRequest, 'symbol'> {
  readonly spellings: ReadonlySet<string>;
}

/**
 * An agent that writes `BRK-B` must not cost another one that writes `BRK.B` its rows: a symbol is unknown only where
 * the source knows no spelling of it.
 */
async function barsOf(
  prices: Prices,
  { spellings, ...range }: InstrumentRequest,
): ReturnType<Prices['bars']> {
  const [first = '', ...others] = [...spellings].sort();
  let answer = await prices.bars({ ...range, symbol: first });
  for (const symbol of others) {
    if (answer.ok || answer.error.kind !== 'unknown_symbol') break;
    answer = await prices.bars({ ...range, symbol });
  }
  return answer;
}

async function pricedFrom(
  prices: Prices,
  request: InstrumentRequest,
  peers: readonly AlphaEvent[],
  rules: ReconcileRules,
): Promise<Priced> {
  const answer = await barsOf(prices, request);
  if (answer.ok) {
    const instrument = prepareInstrument(answer.value, peers, rules.latencyMs, rules.minReturns);
    return { kind: 'bars', instrument };
  }
  const { kind, message } = answer.error;
  const isKnown = kind === 'unknown_symbol' || kind === 'no_source';
  return { kind: isKnown ? kind : 'unavailable', message };
}

/**
 * One range per instrument: from the volatility window of its first entry to its last exit. A price that is missing at
 * the end is given up only after bars from behind the gap were seen, so the range reaches that far, or to now.
 */
function requestsFrom(
  due: readonly DuePair[],
  rules: ReconcileRules,
  nowMs: number,
): Map<string, InstrumentRequest> {
  const requests = new Map<string, InstrumentRequest & { readonly spellings: Set<string> }>();
  for (const { open, horizonHours } of due) {
    const { symbol, market, ts } = open.event;
    const signalMs = msFromIso(ts);
    const key = instrumentKey(open.event);
    const known = requests.get(key);
    const lifeMs =
      market === 'equity' ? labelLifeMaxMs(rules, market) : horizonHours * HOUR_MS + rules.latencyMs;
    requests.set(key, {
      spellings: (known?.spellings ?? new Set<string>()).add(symbol),
      market,
      fundingFromMs: Math.min(known?.fundingFromMs ?? Number.POSITIVE_INFINITY, signalMs),
      fromMs: Math.min(known?.fromMs ?? Number.POSITIVE_INFINITY, signalMs - lookbackMs(rules)),
      toMs: Math.min(nowMs, Math.max(known?.toMs ?? 0, signalMs + lifeMs + rules.giveUpAfterMs + DAY_MS)),
    });
  }
  return requests;
}

/** A label that starts after now overlaps with none that has ended: signals of the future are left out. */
function scoredByInstrument(
  backlog: Backlog,
  wanted: ReadonlySet<string>,
  nowMs: number,
): Map<string, AlphaEvent[]> {
  const byInstrument = new Map<string, AlphaEvent[]>();
  for (const { event } of backlog.events.values()) {
    if (event.direction === 'FLAT' || msFromIso(event.ts) > nowMs) continue;
    const key = instrumentKey(event);
    if (!wanted.has(key)) continue;
    const list = byInstrument.get(key);
    if (list === undefined) byInstrument.set(key, [event]);
    else list.push(event);
  }
  return byInstrument;
}
