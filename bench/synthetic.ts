// Synthetic input of any size for the benchmarks: hourly candles of twelve coins and signals of twenty agents, seeded.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { AlphaEvent } from '../src/domain/event.ts';
import { HOUR_MS, isoFromMs } from '../src/domain/time.ts';

const SYMBOLS = ['BTC', 'ETH', 'SOL', 'DOGE', 'XRP', 'ADA', 'LTC', 'LINK', 'AVAX', 'ATOM', 'TRX', 'UNI'];
const AGENT_COUNT = 20;

/** Writes one candle file per coin, `hours` bars from `fromMs` on. */
export function writeCandles(dir: string, fromMs: number, hours: number, seed: number): void {
  mkdirSync(dir, { recursive: true });
  const random = randomFrom(seed);
  for (const symbol of SYMBOLS) {
    let price = 100;
    const lines = ['ts_ms,open,high,low,close,volume'];
    for (let hour = 0; hour < hours; hour += 1) {
      const open = price;
      price = Math.max(0.01, price * Math.exp(0.02 * (random() + random() + random() - 1.5)));
      const [o, c] = [open.toFixed(4), price.toFixed(4)];
      lines.push(`${fromMs + hour * HOUR_MS},${o},${open > price ? o : c},${open > price ? c : o},${c},1000`);
    }
    writeFileSync(join(dir, `${symbol}USDT-spot-1h-bench.csv`), `${lines.join('\n')}\n`);
  }
}

/** Yields `count` signals spread evenly over `[fromMs, toMs)`; the same arguments give the same signals. */
export function* syntheticEvents(
  count: number,
  fromMs: number,
  toMs: number,
  seed: number,
): Generator<AlphaEvent> {
  const random = randomFrom(seed);
  const pick = (size: number): number => Math.floor(random() * size);
  for (let index = 0; index < count; index += 1) {
    const atMs = Math.floor(fromMs + ((toMs - fromMs) * index) / count);
    const agent = pick(AGENT_COUNT);
    const score = Math.round((random() * 2 - 1) * 1e4) / 1e4;
    yield {
      v: 1,
      event_id: `bench-${seed}-${index}`,
      ts: isoFromMs(atMs),
      agent: `agent-${agent}`,
      run_id: `agent-${agent}-${isoFromMs(atMs).slice(0, 13)}`,
      symbol: `${SYMBOLS[pick(SYMBOLS.length)] ?? 'BTC'}/USDT`,
      market: 'spot',
      direction: score > 0 ? 'LONG' : 'SHORT',
      score_final: score,
      confidence: Math.round(random() * 1e4) / 1e4,
      regime: pick(2) === 0 ? 'TREND' : 'RANGE',
      strategy_class: ['macro', 'arb', 'event'][agent % 3] ?? 'macro',
    };
  }
}

function randomFrom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}
