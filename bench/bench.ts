// `npm run bench`: what a run costs in time and memory, from a cold start to a million rows, and what an installation weighs.
// Prints tables and, with `--json FILE`, the same figures as JSON. `--quick` takes sizes a tenth as large, `--install-only` only weighs.

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { appendEvents } from '../src/adapters/state/event-log.ts';
import { parseJsonLine, readLines } from '../src/adapters/state/jsonl.ts';
import { nodeDisk } from '../src/adapters/state/node-disk.ts';
import { rowDays } from '../src/adapters/state/row-store.ts';
import { tableText } from '../src/adapters/terminal/table.ts';
import type { AlphaEvent } from '../src/domain/event.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../src/domain/time.ts';
import { type InstallSize, measureInstall } from './install-size.ts';
import { type Measured, measureCommand, medianOf } from './measure.ts';
import { syntheticEvents, writeCandles } from './synthetic.ts';

interface Figure {
  readonly what: string;
  readonly wall_ms: number;
  readonly peak_mib: number | null;
  readonly note: string;
}

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'install-only': { type: 'boolean', default: false },
  },
});
const scale = values.quick ? 10 : 1;
const root = mkdtempSync(join(tmpdir(), 'warden-bench-'));
const candles = join(root, 'candles');
const startMs = Date.UTC(2024, 0, 1);
const lookbackMs = 110 * DAY_MS;
const EVENTS_PER_DAY = 913;
const figures: Figure[] = [];

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function record(what: string, measured: Measured, note: string): void {
  figures.push({ what, wall_ms: measured.wallMs, peak_mib: measured.peakMiB, note });
  say(`  ${what}: ${measured.wallMs.toFixed(0)} ms, ${measured.peakMiB.toFixed(0)} MiB ${note}`);
}

function store(state: string, events: readonly AlphaEvent[]): void {
  for (let from = 0; from < events.length; from += 50_000) {
    appendEvents(nodeDisk(state), 'bench', events.slice(from, from + 50_000));
  }
}

function reconcileArgs(state: string, nowMs: number): string[] {
  return ['reconcile', '--state', state, '--prices', candles, '--now', isoFromMs(nowMs)];
}

/** A history of `rows` rows at a fixed rate of signals, reconciled up to its end. Returns where it ends. */
function makeHistory(state: string, rows: number): number {
  const events = Math.ceil(rows / 3);
  const endMs = startMs + Math.ceil((events / EVENTS_PER_DAY) * DAY_MS);
  store(state, [...syntheticEvents(events, startMs, endMs, 1)]);
  say(`  history of ${rows} rows …`);
  measureCommand(reconcileArgs(state, endMs));
  return endMs;
}

function benchBulk(): void {
  const state = join(root, 'bulk');
  const endMs = startMs + 300 * DAY_MS;
  store(state, [...syntheticEvents(100_000 / scale, startMs, endMs, 2)]);
  const bulk = measureCommand(reconcileArgs(state, endMs + 8 * DAY_MS));
  record(`reconcile ${100_000 / scale} events x 3 horizons`, bulk, `${rowsOf(bulk)} rows`);
  const again = measureCommand(reconcileArgs(state, endMs + 8 * DAY_MS));
  record('the same again, nothing to do', again, `${rowsOf(again)} rows`);
}

function benchIncrement(rows: number): void {
  const state = join(root, `history-${rows}`);
  const endMs = makeHistory(state, rows);
  const events = [...syntheticEvents(100, endMs, endMs + (100 / EVENTS_PER_DAY) * DAY_MS, 3)];
  const runs: Measured[] = [];
  for (let run = 1; run <= 3; run += 1) {
    const shiftMs = run * (100 / EVENTS_PER_DAY) * DAY_MS;
    store(
      state,
      events.map((event, index) => ({
        ...event,
        event_id: `new-${run}-${index}`,
        ts: isoFromMs(Date.parse(event.ts) + shiftMs - 100),
      })),
    );
    runs.push(measureCommand(reconcileArgs(state, endMs + shiftMs)));
  }
  const median = medianOf(runs);
  record(`100 new events on ${rows} rows`, median, `${rowsOf(median)} rows written`);
}

function rowsOf(measured: Measured): number {
  const due = measured.json['due'];
  return typeof due === 'object' && due !== null && 'reconciled' in due ? Number(due.reconciled) : 0;
}

/** The history of a million rows has a third of them at each horizon: training all three reads and uses every row. */
function benchTrain(maxRows: number, horizonsHours: readonly number[]): void {
  const state = join(root, `history-${1_000_000 / scale}`);
  const config = join(root, `config-${maxRows}`);
  const end = rowDays(nodeDisk(state)).at(-1) ?? isoFromMs(startMs).slice(0, 10);
  writeConfig(config, maxRows, horizonsHours);
  const now = `${end}T23:59:59Z`;
  const trained = measureCommand(['train', '--state', state, '--config', config, '--now', now]);
  const rows = trainedRowsOf(trained);
  record(`train on ${rows} rows, ${horizonsHours.length} horizons`, trained, 'folds and lambda included');
}

function trainedRowsOf(measured: Measured): number {
  const horizons = measured.json['horizons'];
  if (!Array.isArray(horizons)) throw new Error('train reported no horizons');
  return horizons.reduce((sum: number, horizon: { pointer: { n: number } }) => sum + horizon.pointer.n, 0);
}

function writeConfig(dir: string, maxRows: number, horizonsHours: readonly number[]): void {
  nodeDisk(dir).replace(
    'warden.yaml',
    `version: 1
horizons_hours: [${horizonsHours.join(', ')}]
prices: { spot: { source: ccxt, exchanges: [binance], timeframe: 1h } }
costs: { spot: { fee_bps: 10, slip_bps: 2 }, perp: { fee_bps: 5, slip_bps: 2 }, equity: { fee_bps: 0, slip_bps: 2 } }
model: { ridge: null, max_rows: ${maxRows} }
cvar: { horizon_hours: ${horizonsHours.at(-1)} }
`,
  );
}

function benchRead(): void {
  const disk = nodeDisk(join(root, `history-${1_000_000 / scale}`));
  let bytes = 0;
  let lines = 0;
  const started = performance.now();
  for (const day of rowDays(disk)) {
    const end = readLines(
      disk,
      `alpha/reconciled/${day.slice(0, 7)}/${day}.jsonl`,
      { bytes: 0, lines: 0 },
      (line) => {
        if (line.kind === 'text' && parseJsonLine(line.text).ok) lines += 1;
      },
    );
    bytes += end.bytes;
  }
  const wallMs = performance.now() - started;
  const rate = bytes / 1e6 / (wallMs / 1000);
  figures.push({
    what: 'read JSONL rows, parsed',
    wall_ms: wallMs,
    peak_mib: null,
    note: `${lines} lines, ${rate.toFixed(0)} MB/s`,
  });
  say(`  read ${lines} lines: ${rate.toFixed(0)} MB/s`);
}

function benchColdStarts(): void {
  const state = join(root, 'empty');
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ['reconcile', reconcileArgs(state, startMs)],
    ['train', ['train', '--state', state]],
    ['emit', ['emit', '--state', state]],
    [
      'replay',
      [
        'replay',
        '--state',
        state,
        '--prices',
        candles,
        '--from',
        isoFromMs(startMs),
        '--to',
        isoFromMs(startMs),
      ],
    ],
  ];
  for (const [name, args] of commands) {
    measureCommand(args);
    record(
      `cold start of ${name}, nothing to do`,
      medianOf([1, 2, 3, 4, 5].map(() => measureCommand(args))),
      'median of 5',
    );
  }
}

/** `null` where npm cannot install here, which is said: an installation that was not weighed does not weigh nothing. */
function benchInstall(): InstallSize | null {
  try {
    const size = measureInstall();
    say(`  an installation: ${size.packages} packages, ${size.mib} MiB`);
    return size;
  } catch (error) {
    say(`  an installation: not weighed, ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function installText(size: InstallSize): string {
  const counts = `${size.packages} packages (${size.direct} direct, ${size.transitive} transitive)`;
  const rows = size.largest.map(({ name, mib }) => [name, mib.toFixed(1)]);
  return tableText({
    head: ['npm ci --omit=dev', 'MiB'],
    rows: [[counts, size.mib.toFixed(1)], ...rows],
  });
}

function printFigures(install: InstallSize | null): void {
  const rows = figures.map((figure) => [
    figure.what,
    Math.round(figure.wall_ms),
    figure.peak_mib === null ? null : Math.round(figure.peak_mib),
    figure.note,
  ]);
  if (rows.length > 0) console.log(tableText({ head: ['what', 'ms', 'peak MiB', 'note'], rows }));
  if (install !== null) console.log(installText(install));
  const machine = {
    node: process.version,
    cpus: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    memory_gib: Math.round(totalmem() / 1024 ** 3),
  };
  console.log(`\n${JSON.stringify(machine)}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine, figures, install }, null, 2)}\n`);
}

function benchRuns(): void {
  writeCandles(candles, startMs - lookbackMs, Math.ceil((lookbackMs + 400 * DAY_MS) / HOUR_MS), 7);
  say(`  candles: ${statSync(join(candles, 'BTCUSDT-spot-1h-bench.csv')).size} bytes a coin`);
  benchColdStarts();
  benchBulk();
  for (const rows of [10_000, 100_000, 1_000_000]) benchIncrement(rows / scale);
  benchTrain(12_000 / scale, [4]);
  benchTrain(1_000_000 / scale, [1, 4, 24]);
  benchRead();
}

try {
  say(`benchmark in ${root}`);
  const install = benchInstall();
  if (!values['install-only']) benchRuns();
  printFigures(install);
} finally {
  rmSync(root, { recursive: true, force: true });
}
