// The demo's folder: made and emptied by the demo, and nobody else's folder is ever touched.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { candleFilePrices } from '../../src/adapters/prices/candle-files.ts';
import { claimFolder, type DemoFolder, emptyFolder, writeCandles } from '../../src/demo/folder.ts';
import { makeMarket } from '../../src/demo/market.ts';

let top: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'warden-demo-folder-'));
});

afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

function claimed(dir: string): DemoFolder {
  const folder = claimFolder(dir);
  if (!folder.ok) throw new Error(folder.error);
  return folder.value;
}

describe('claimFolder', () => {
  it('makes a folder that does not exist, marks it, and knows it again', () => {
    const dir = join(top, 'new', 'demo');

    const folder = claimed(dir);
    const again = claimFolder(dir);

    expect(readdirSync(dir)).toEqual(['made-by-warden-demo.json']);
    expect(folder.pagesDir).toBe(join(dir, 'pages'));
    expect(folder.candleDir).toBe(join(dir, 'candles'));
    expect(again.ok).toBe(true);
  });

  it('takes an empty folder', () => {
    expect(claimFolder(top).ok).toBe(true);
  });

  it('leaves a folder alone that holds what it did not make, and says how to go on', () => {
    mkdirSync(join(top, 'state'));
    writeFileSync(join(top, 'state', 'precious.jsonl'), 'rows');

    const folder = claimFolder(top);

    expect(folder).toEqual({
      ok: false,
      error: expect.stringContaining('was not made by the demo (it holds state'),
    });
    expect(folder).toEqual({ ok: false, error: expect.stringContaining('--keep') });
    expect(readdirSync(top)).toEqual(['state']);
    expect(readFileSync(join(top, 'state', 'precious.jsonl'), 'utf8')).toBe('rows');
  });

  it('refuses a path where a file stands', () => {
    const file = join(top, 'file');
    writeFileSync(file, 'text');

    expect(claimFolder(file)).toEqual({ ok: false, error: expect.stringContaining('is not a folder') });
    expect(readFileSync(file, 'utf8')).toBe('text');
  });
});

describe('emptyFolder', () => {
  it('removes everything that a run makes, and keeps whatever else lies there', () => {
    const folder = claimed(top);
    const made = ['repository', 'github', 'mail', 'app', 'candles', 'pink', 'pages'];
    for (const name of made) folder.disk.replace(`${name}/old.txt`, 'old');
    folder.disk.replace('notes.txt', 'mine');

    emptyFolder(folder);

    expect(readdirSync(top)).toEqual(['made-by-warden-demo.json', 'notes.txt']);
  });
});

describe('writeCandles', () => {
  it('writes files from which the very bars of the market are read back', async () => {
    const market = makeMarket(3, 4);
    const folder = claimed(top);

    writeCandles(folder, market);

    expect(readdirSync(folder.candleDir)).toContain('BTCUSDT-perp-1h-demo.csv');
    const prices = candleFilePrices(folder.candleDir);
    for (const { series } of market.instruments) {
      const { symbol, market: kind } = series;
      const read = await prices.bars({ symbol, market: kind, fromMs: 0, toMs: market.endMs });
      expect(read).toMatchObject({ ok: true, value: { symbol, market: kind, barMs: series.barMs } });
      expect(read.ok ? read.value.closeAtMs : null).toEqual(series.closeAtMs);
      expect(read.ok ? read.value.close : null).toEqual(series.close);
    }
  });

  it('writes bars whose high and low enclose open and close', () => {
    const folder = claimed(top);

    writeCandles(folder, makeMarket(3, 4));

    const lines = readFileSync(join(folder.candleDir, 'DOGEUSDT-perp-1h-demo.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines[0]).toBe('ts_ms,open,high,low,close,volume');
    for (const line of lines.slice(1)) {
      const [, open = 0, high = 0, low = 0, close = 0] = line.split(',').map(Number);
      expect(low <= Math.min(open, close) && high >= Math.max(open, close)).toBe(true);
    }
  });
});
