// Candle folders for tests: written to a temporary place, removed after the test.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export const HEADER = 'ts_ms,open,high,low,close,volume';

/** Writes `files` (name → content; `.gz` is compressed) and returns the folder. */
export function candleFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'warden-candles-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(content) : content);
  }
  return folder;
}

/** One line: open, high and low are the close unless an open is given. */
export function line(openAtMs: number, close: number, open = close): string {
  return [openAtMs, open, Math.max(open, close), Math.min(open, close), close, 1].join(',');
}

/** A file with one bar an hour. */
export function hourly(startMs: number, closes: readonly number[]): string {
  return [HEADER, ...closes.map((close, i) => line(startMs + i * 3_600_000, close)), ''].join('\n');
}
