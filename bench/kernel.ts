// `npm run bench:kernel`: what the kernel does in a second, how long one event takes, what it keeps, and how it comes back.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cell, tableText } from '../src/adapters/terminal/table.ts';
import { compileInto, runPart } from './kernel/compiled.ts';
import type { RecordedDay } from './kernel/recorded-day.ts';
import type { ScenarioShape } from './kernel/scenario.ts';
import type { Spread, Tail } from './kernel/spread.ts';

const PARTS = ['contest', 'pure', 'journaled', 'scaling', 'latency', 'recovery', 'memory'];

const HELP = `usage: npm run bench:kernel -- [options]

  --quick      takes a tenth of the events
  --only LIST  only these parts: ${PARTS.join(', ')}
  --disk DIR   where journals are written, the folder for temporary files by default
  --json FILE  writes the figures as JSON too
  --keep FILE  keeps the recorded day
  --help       prints this

Ends with 0 whatever the figures are, and with 3 where an option makes no sense.`;

function fail(text: string): never {
  console.error(`${text}\n\n${HELP}`);
  process.exit(3);
}

function valuesOf() {
  try {
    return parseArgs({
      options: {
        json: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        disk: { type: 'string', default: tmpdir() },
        keep: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const values = valuesOf();
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const scale = values.quick ? 10 : 1;
const RUNS = 7;
const only = values.only === '' ? [] : values.only.split(',');
for (const part of only)
  if (!PARTS.includes(part)) fail(`--only ${part}: expected some of ${PARTS.join(', ')}`);
const folder = mkdtempSync(join(tmpdir(), 'warden-bench-kernel-'));

const BUSY: ScenarioShape = {
  busySlots: 10,
  restingSlots: 0,
  symbols: 30,
  terminalOrders: 1_000,
  everyMs: 10,
  seed: 20_261_128,
};
const ONE_LIVE: ScenarioShape = { ...BUSY, busySlots: 1, terminalOrders: 10 };
const MANY_LIVE: ScenarioShape = { ...BUSY, busySlots: 1, restingSlots: 499 };

interface Figure {
  readonly part: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** How far the runs are apart, or what the figure was taken of. */
  readonly note: string;
  readonly goal: string;
}

const figures: Figure[] = [];

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function wants(part: string): boolean {
  return only.length === 0 || only.includes(part);
}

function record(part: string, what: string, value: number, unit: string, note: string, goal = ''): void {
  figures.push({ part, what, value, unit, note, goal });
  say(`  ${what}: ${rounded(value)} ${unit} ${note}`);
}

function recordSpread(part: string, what: string, spread: Spread, unit: string, goal = ''): void {
  const { median, min, max, runs } = spread;
  record(part, what, median, unit, `${rounded(min)} to ${rounded(max)} in ${runs} runs`, goal);
}

function recordTail(part: string, what: string, tail: Tail, goal: string): void {
  const note = `p99 ${rounded(tail.p99)}, p99.9 ${rounded(tail.p999)}, worst ${rounded(tail.max)} of ${tail.samples}`;
  record(part, `${what}, p50`, tail.p50, 'µs', note, goal);
}

function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

function recorded(name: string, shape: ScenarioShape, count: number): { path: string; day: RecordedDay } {
  const path = join(folder, `${name}.jsonl`);
  const day = runPart(folder, { part: 'record', path, shape, count });
  say(`  ${name}: ${day.events} events, ${Math.round(day.bytes / 1e6)} MB, ${day.tradesClosed} trades`);
  const isRight = day.kernelLots === day.trueLots && day.walletDifference === '0';
  if (!isRight) say(`  ${name}: THE KERNEL COUNTS WRONG: ${JSON.stringify(day)}`);
  return { path, day };
}

function benchCorrectness({ path, day }: ReturnType<typeof recorded>): void {
  record('contest', 'lots filled at the venue', day.trueLots, 'lots', `${day.tradesClosed} trades`);
  record(
    'contest',
    'kernel: lots counted',
    day.kernelLots,
    'lots',
    `wallet off by ${day.walletDifference} of 1e-8`,
    'the truth',
  );
  for (const { name, lots, messages, perSecond } of runPart(folder, {
    part: 'contest',
    path,
    day,
  })) {
    record('contest', `${name}: lots counted`, lots, 'lots', `off by ${lots - day.trueLots}`);
    record('contest', `${name}: speed`, perSecond, '/s', `${messages} messages`);
  }
}

function benchScaling(): void {
  const count = 200_000 / scale;
  const one = recorded('one live order', ONE_LIVE, count);
  const many = recorded('500 live orders', MANY_LIVE, count);
  // Until every resting quote is out the kernel has fewer live orders than it is measured with.
  const from = Math.min(10_000, count / 4);
  const few = runPart(folder, { part: 'pure', ...one, runs: RUNS, from });
  const lots = runPart(folder, { part: 'pure', ...many, runs: RUNS, from });
  recordSpread('scaling', 'events, one live order', few.wall, '/s');
  recordSpread('scaling', 'events, 500 live orders and 1,000 final ones', lots.wall, '/s');
  const slower = few.cpu.median / lots.cpu.median;
  record('scaling', 'slower with 500 live orders', slower, '×', 'of medians, in processor time', '≤ 1.3');
  const [fewNs, lotsNs] = [one, many].map((of) => runPart(folder, { part: 'kinds', ...of, from }));
  for (const kind of ['MARK', 'REPORT', 'SUBMIT_RESULT', 'INTENT', 'POSITIONS']) {
    const [ns, ofMany] = [fewNs?.[kind] ?? 0, lotsNs?.[kind] ?? 0];
    record(
      'scaling',
      `${kind}, one live order`,
      ns,
      'ns',
      `median; ${rounded(ofMany)} with 500, ${rounded(ofMany / ns)} ×`,
    );
  }
}

function benchLatency({ path, day }: ReturnType<typeof recorded>): void {
  const warmUp = Math.floor(day.events / 4);
  const frames = runPart(folder, {
    part: 'frames',
    path,
    day,
    perSecond: 50_000,
    isGzip: false,
    warmUp,
  });
  recordTail('latency', 'frame to applied, 50,000 events/s', frames, 'p50 ≤ 5, p99 ≤ 50');
  const gzip = runPart(folder, { part: 'frames', path, day, perSecond: 10_000, isGzip: true, warmUp });
  recordTail('latency', 'gzip frame to applied, 10,000 events/s', gzip, 'p99 ≤ 250');
  const sent = runPart(folder, { part: 'intent', path, day, runs: 2_000 / scale, under: values.disk });
  recordTail('latency', 'intent to durable to bytes', sent, 'p50 ≤ 400');
}

function benchRecovery(): void {
  const million = recorded('a million records', BUSY, 1_000_000 / scale);
  const found = runPart(folder, { part: 'recovery', ...million, runs: 3, under: values.disk });
  const size = `${found.records} records, ${Math.round(found.bytes / 1e6)} MB`;
  recordSpread(
    'recovery',
    `recovery, snapshot and a tail of ${found.tail}`,
    found.recoveryMs,
    'ms',
    '≤ 3,000',
  );
  recordSpread(
    'recovery',
    `replay of ${size}, every hash compared`,
    found.replayPerSecond,
    '/s',
    '≥ 500,000',
  );
}

function benchMemory(): void {
  const day = runPart(folder, { part: 'day', shape: BUSY, hours: Math.max(3, 24 / scale) });
  const [first, last] = [day.heapMiB[0] ?? 0, day.heapMiB.at(-1) ?? 0];
  const note = `${day.events} events in ${day.virtualHours} h: ${rounded(first)} to ${rounded(last)} MiB live, at most ${rounded(day.maxRssMiB)} resident`;
  record('memory', 'live heap, growth after the second hour', day.growthMiB, 'MiB', note, '≤ 20');
  const perMark = runPart(folder, { part: 'marks', shape: BUSY, marks: 2_000_000 / scale });
  record('memory', 'allocated by a price', perMark, 'bytes', 'sampled', '0');
}

function machine() {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return {
    node: process.version,
    cpus: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    memory_gib: Math.round(totalmem() / 1024 ** 3),
    load_1min: rounded(loadavg()[0] ?? 0),
    commit: `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', 'src') === '' ? '' : ' with changes'}`,
  };
}

function printFigures(began: ReturnType<typeof machine>): void {
  const head = ['what', 'figure', 'unit', 'spread or basis', 'goal'];
  const rows: Cell[][] = figures.map(({ what, value, unit, note, goal }) => [
    what,
    rounded(value),
    unit,
    note,
    goal,
  ]);
  console.log(tableText({ head, rows }));
  console.log(`\n${JSON.stringify(began)}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine: began, figures }, null, 2)}\n`);
}

try {
  const began = machine();
  say(`benchmark in ${folder}, load ${began.load_1min}`);
  compileInto(folder);
  const usual = recorded('ten busy slots', BUSY, 500_000 / scale);
  if (values.keep !== undefined) copyFileSync(usual.path, values.keep);
  if (wants('contest')) benchCorrectness(usual);
  if (wants('pure')) {
    const { wall, cpu } = runPart(folder, { part: 'pure', ...usual, runs: RUNS, from: 0 });
    recordSpread('pure', 'events in memory, invariants on', wall, '/s', '≥ 1,000,000');
    recordSpread('pure', 'the same by processor time, collector included', cpu, '/s');
    const share = runPart(folder, { part: 'invariants', ...usual });
    record('pure', 'time that invariants take', share * 100, '%', 'by a sampling profile');
  }
  if (wants('journaled')) {
    const rate = runPart(folder, { part: 'journaled', ...usual, runs: RUNS, under: values.disk });
    recordSpread('journaled', 'events journaled, groups of 1,024', rate.wall, '/s', '≥ 400,000');
    recordSpread('journaled', 'the same by processor time', rate.cpu, '/s');
  }
  if (wants('scaling')) benchScaling();
  if (wants('latency')) benchLatency(usual);
  if (wants('recovery')) benchRecovery();
  if (wants('memory')) benchMemory();
  printFigures(began);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
