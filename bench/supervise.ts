// `npm run bench:supervise`: what supervising a million rows costs, from nothing and from its checkpoint, and
// what writing the report as a site costs.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeDisk } from '../src/adapters/state/node-disk.ts';
import { insertRows, readDay, rowDays } from '../src/adapters/state/row-store.ts';
import { tableText } from '../src/adapters/terminal/table.ts';
import { DAY_MS, dayOf, isoFromMs, msFromIso } from '../src/domain/time.ts';
import { measureCommand } from './measure.ts';
import { writeRows } from './synthetic-rows.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const root = mkdtempSync(join(tmpdir(), 'warden-bench-supervise-'));
const state = join(root, 'state');
const rows = values.quick ? 100_000 : 1_000_000;
const figures: (string | number | null)[][] = [];

function measure(what: string, nowMs: number, ...more: string[]): void {
  const done = measureCommand(['supervise', '--state', state, '--now', isoFromMs(nowMs), ...more]);
  const read = Number(done.json['rows_read']);
  figures.push([what, Math.round(done.wallMs), Math.round(done.peakMiB), read]);
  process.stderr.write(`  ${what}: ${done.wallMs.toFixed(0)} ms, ${done.peakMiB.toFixed(0)} MiB\n`);
}

/** The site reads every row again, once. */
function measureSite(): void {
  const site = join(root, 'site');
  const done = measureCommand(['report', '--state', state, '--out', site]);
  figures.push(['the report as a site', Math.round(done.wallMs), Math.round(done.peakMiB), rows]);
  const files = done.json['files'];
  const pages = (Array.isArray(files) ? files.map(String) : []).filter((path) => path.endsWith('.html'));
  const bytes = pages.map((path) => statSync(join(site, path)).size);
  const [all, largest] = [bytes.reduce((sum, each) => sum + each, 0), Math.max(...bytes)];
  process.stderr.write(
    `  the report as a site: ${done.wallMs.toFixed(0)} ms, ${done.peakMiB.toFixed(0)} MiB; ${pages.length} pages, ` +
      `${(all / 1024 ** 2).toFixed(1)} MiB, the largest ${(largest / 1024).toFixed(0)} KiB\n`,
  );
}

/** Copies the newest row half an hour on, as the next reconcile would add one. */
function addOneRow(nowMs: number): number {
  const disk = nodeDisk(state);
  const row = readDay(disk, rowDays(disk).at(-1) ?? '').at(-1);
  if (row === undefined) throw new Error('the history has no rows');
  const exitMs = msFromIso(row.exit_at) + 1_800_000;
  const next = { ...row, event_id: 'one-more', exit_at: isoFromMs(exitMs) };
  insertRows(disk, dayOf(exitMs), [next]);
  return Math.max(nowMs, exitMs);
}

try {
  process.stderr.write(`history of ${rows} rows in ${state} …\n`);
  const world = { rows, agents: 200, classes: 20, days: 365, startMs: Date.UTC(2025, 0, 1), seed: 11 };
  const endMs = writeRows(state, world);
  measure('full rebuild', endMs, '--no-checkpoint');
  measure('first run, writes its checkpoint', endMs);
  measure('again, nothing new', endMs);
  const laterMs = addOneRow(endMs);
  measure('one row more', laterMs + DAY_MS);
  measureSite();
  console.log(tableText({ head: ['what', 'ms', 'peak MiB', 'rows read'], rows: figures }));
} finally {
  rmSync(root, { recursive: true, force: true });
}
