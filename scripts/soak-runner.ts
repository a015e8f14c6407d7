// `npm run soak:runner -- --hours 24 --rate 100`: a day of a busy runner by a virtual clock, and what its memory is hour by hour.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeJournalDisk } from '../src/adapters/journal/node-journal-disk.ts';
import { segmentsOf } from '../src/adapters/journal/segment.ts';
import { silentProgress } from '../src/adapters/terminal/progress.ts';
import { tableText } from '../src/adapters/terminal/table.ts';
import { paperMarket } from '../src/adapters/venues/exchange/paper/paper-market.ts';
import { openVenue } from '../src/adapters/venues/open-venue.ts';
import { virtualTimers } from '../src/adapters/virtual-timers.ts';
import { symbolKey } from '../src/domain/market.ts';
import { Pink } from '../src/domain/pink-settings.ts';
import { randomFrom } from '../src/domain/random.ts';
import type { FeedNotice, Scan } from '../src/domain/scan.ts';
import type { EpochMs } from '../src/domain/steps.ts';
import { HOUR_MS, isoFromMs } from '../src/domain/time.ts';
import { validate } from '../src/domain/validate.ts';
import type { Feed, JournalDisk, Timers } from '../src/ports.ts';
import { runBacktest } from '../src/runner/backtest.ts';
import { controlMemory } from '../src/runner/control/control-memory.ts';
import { loadPolicy } from '../src/runner/load-policy.ts';
import { createMetrics } from '../src/runner/metrics.ts';
import { StatusHistory } from '../src/runner/status/history.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    rate: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    'warm-up': { type: 'string', default: '2' },
  },
});
const [hours, rate, seed, warmUp] = [values.hours, values.rate, values.seed, values['warm-up']].map(
  Number,
) as [number, number, number, number];
const START_MS = 1_780_272_000_000;
const GROWTH_MIB_MAX = 20;
const SYMBOLS = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT', 'XRP-USDT', 'DOGE-USDT'];
const FIRST_PRICES = [65_000, 3_200, 150, 0.6, 0.12];
const SCAN_EVERY_MS = 10_000;

const collect = globalThis.gc;
if (collect === undefined) throw new Error('run it with node --expose-gc, as npm run soak:runner does');
const folder = mkdtempSync(join(tmpdir(), 'warden-soak-'));
const timers = virtualTimers(START_MS);
const endMs = START_MS + hours * HOUR_MS;
const checked = validate(Pink, {
  version: 1,
  venue: { symbols: SYMBOLS },
  feed: { kind: 'scans', scans: { path: '-' } },
  policy: { module: 'busy-policy.mjs' },
  limits: { max_entries_per_minute: 600, max_daily_loss_usdt: 1_000_000 },
  execution: { max_slots: 4 },
});
if (!checked.ok) throw new Error(JSON.stringify(checked.error));
const pink = checked.value;
const policy = await loadPolicy(pink, join(import.meta.dirname, '../test/runner/kill'));
if (!policy.ok) throw new Error(policy.error);
const opened = await openVenue({
  settings: pink.venue,
  env: {},
  timers,
  random: randomFrom(seed, 'venue'),
  paperFile: null,
});
if (!opened.ok || opened.value.kind !== 'paper') throw new Error('the venue is paper');
const market = paperMarket({ model: opened.value.model, venue: opened.value.venue, timers });
const [history, metrics, memory] = [new StatusHistory(), createMetrics(), controlMemory()];
const journal = nodeJournalDisk(folder);
const rows: [number, number, number, number, number][] = [];
const begunMs = Date.now();
let records = 0;
let hour = 0;

const result = await runBacktest({
  pink,
  policy: policy.value,
  timers,
  venue: opened.value,
  moveMarket: (quote) => void market.quote(quote),
  feed: busyFeed(timers),
  endMs,
  journal: unsynced(journal),
  log: { info: () => undefined, warn: () => undefined, error: (text) => console.error(text) },
  progress: silentProgress,
  observers: [
    history.observe,
    metrics.observe,
    memory.observe,
    ({ seq, event }) => {
      records = seq;
      if (event.atMs - START_MS >= (hour + 1) * HOUR_MS) noteHour();
    },
  ],
  atEnd: 'flatten',
});
if (!result.ok) throw new Error(result.error);
const { state, left } = result.value;
journal.close();
rmSync(folder, { recursive: true, force: true });

const head = ['hour', 'records', 'heap MiB', 'RSS MiB', 'records/s'];
console.log(tableText({ head, rows }));
const warm = rows[warmUp - 1] ?? rows[0];
const last = rows.at(-1);
const growthMib = warm === undefined || last === undefined ? Number.NaN : last[2] - warm[2];
console.log(
  `${hours} h at ${rate} quotes/s, seed ${seed}: ${records} records, ${state.tradesClosed} trades closed, K ${state.ledger.band}, ` +
    `left ${left.length}, heap growth after ${warmUp} h ${growthMib.toFixed(1)} MiB (at most ${GROWTH_MIB_MAX}), until ${isoFromMs(timers.nowMs())}`,
);
process.exitCode = growthMib <= GROWTH_MIB_MAX && left.length === 0 && state.ledger.band === 'OK' ? 0 : 1;

function noteHour(): void {
  hour += 1;
  collect?.();
  const { heapUsed, rss } = process.memoryUsage();
  const seconds = (Date.now() - begunMs) / 1_000;
  rows.push([hour, records, mib(heapUsed), mib(rss), Math.round(records / seconds)]);
  console.error(`hour ${hour}: ${records} records, heap ${mib(heapUsed)} MiB, ${Math.round(seconds)} s`);
  // What is long sealed is not needed again here, and a day of it would fill the disk.
  for (const { name } of segmentsOf(journal).slice(0, -3)) journal.remove(name);
}

function mib(bytes: number): number {
  return Math.round((bytes / 1_048_576) * 10) / 10;
}

/** Quotes at the rate, symbol after symbol, and a scan of all every ten seconds. */
function busyFeed(clock: Timers): Feed {
  const random = randomFrom(seed, 'soak');
  const prices = [...FIRST_PRICES];
  return {
    follow(listen: (notice: FeedNotice) => void) {
      let [quotes, scans] = [0, 0];
      listen({ kind: 'state', isUp: true, why: 'soak' });
      const tick = (): void => {
        const nowMs = clock.nowMs() as EpochMs;
        if (nowMs >= endMs) {
          listen({ kind: 'ended' });
          return;
        }
        const at = quotes % SYMBOLS.length;
        quotes += 1;
        const price = (prices[at] ?? 0) * (1 + 0.00005 * random.normal());
        prices[at] = price;
        const key = symbolKey(SYMBOLS[at] ?? '');
        const quote = { key, bid: price * 0.99995, ask: price * 1.00005, mark: price, quotedAtMs: nowMs };
        listen({ kind: 'quote', quote });
        if (nowMs - START_MS >= scans * SCAN_EVERY_MS) {
          scans += 1;
          listen({ kind: 'scan', scan: scanOf(scans, nowMs, prices) });
        }
        clock.after(1_000 / rate, tick);
      };
      clock.after(0, tick);
      return async () => undefined;
    },
  };
}

function scanOf(scanNumber: number, nowMs: EpochMs, prices: readonly number[]): Scan {
  return {
    scanNumber,
    scannedAtMs: nowMs,
    receivedAtMs: nowMs,
    prices: Object.fromEntries(SYMBOLS.map((symbol, at) => [symbolKey(symbol), prices[at] ?? 0])),
    anchor: 'BTCUSDT',
    velDiv: -0.05,
    w50Velocity: null,
    w750Velocity: null,
    isVolOk: true,
    posture: 'APEX',
    acbBoost: null,
    exf: null,
    esof: null,
    problems: [],
  };
}

/** A soak is of memory: power may fail. */
function unsynced(disk: JournalDisk): JournalDisk {
  return { ...disk, sync: () => undefined, syncFolder: () => undefined };
}
