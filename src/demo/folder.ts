// The folder the demo writes to. It is emptied before a run, so the demo touches it only where its own mark stands in it.

import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeDisk } from '../adapters/state/node-disk.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Disk } from '../ports.ts';
import { candleFileName, candleText } from './candles.ts';
import type { DemoMarket } from './market.ts';

export interface DemoFolder {
  readonly dir: string;
  readonly candleDir: string;
  /** What PINK's runner keeps for itself. */
  readonly pinkDir: string;
  /** The pages for a browser. */
  readonly pagesDir: string;
  /** The files of the whole folder. */
  readonly disk: Disk;
}

const MARK = 'made-by-warden-demo.json';
const CANDLES = 'candles';
const PINK = 'pink';
const PAGES = 'pages';
/** Everything that a run makes anew; some of it by those who are given the folder. */
const MADE = ['repository', 'github', 'mail', 'app', CANDLES, PINK, PAGES];

/** Says whose folder it is; written first, so that a demo that was killed can be repeated. */
const MARK_TEXT = `${JSON.stringify({ v: 1, note: `warden demo removes ${MADE.join(', ')} beside this file when it runs` })}\n`;

/**
 * Returns the demo's folder at `dir`, marked and made where there is none or an empty one.
 *
 * @returns the sentence that says why `dir` is left alone: it holds what the demo did not make.
 */
export function claimFolder(dir: string): Result<DemoFolder, string> {
  const stat = lstatSync(dir, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isDirectory()) {
    return err(`${dir} is not a folder; name another one with --keep`);
  }
  const names = stat === undefined ? [] : readdirSync(dir);
  if (names.length > 0 && !names.includes(MARK)) {
    return err(
      `${dir} was not made by the demo (it holds ${names.slice(0, 3).join(', ')} and no ${MARK}); ` +
        'nothing was touched, name an empty or a new folder with --keep',
    );
  }
  const disk = nodeDisk(dir);
  if (!names.includes(MARK)) disk.replace(MARK, MARK_TEXT);
  return ok({
    dir,
    candleDir: join(dir, CANDLES),
    pinkDir: join(dir, PINK),
    pagesDir: join(dir, PAGES),
    disk,
  });
}

/** Removes what an earlier demo left. Whatever else a person keeps beside it stays. */
export function emptyFolder({ dir }: DemoFolder): void {
  for (const name of MADE) rmSync(join(dir, name), { recursive: true, force: true });
}

/** Writes the bars of `market` as candle files, the form in which every command takes prices from a folder. */
export function writeCandles(folder: DemoFolder, market: DemoMarket): void {
  for (const { series } of market.instruments) {
    folder.disk.replace(`${CANDLES}/${candleFileName(series)}`, candleText(series));
  }
}
