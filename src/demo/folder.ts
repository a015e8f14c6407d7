// The folder the demo writes to. It is emptied before a run, so the demo touches it only where its own mark stands in it.

import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { nodeDisk } from '../adapters/state/node-disk.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import type { Disk } from '../ports.ts';
import { candleFileName, candleText } from './candles.ts';
import type { DemoMarket } from './market.ts';

export interface DemoFolder {
  readonly dir: string;
  readonly stateDir: string;
  readonly candleDir: string;
  readonly configDir: string;
  /** Repositories and pages of the local GitHub. */
  readonly githubDir: string;
  /** The files of the whole folder. */
  readonly disk: Disk;
}

const MARK = 'made-by-warden-demo.json';
const STATE = 'state';
const CANDLES = 'candles';
const CONFIG = 'config';
const GITHUB = 'github';

/** Says whose folder it is; written first, so that a demo that was killed can be repeated. */
const MARK_TEXT = `${JSON.stringify({ v: 1, note: 'warden demo removes state, candles, config and github beside this file when it runs' })}\n`;

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
    stateDir: join(dir, STATE),
    candleDir: join(dir, CANDLES),
    configDir: join(dir, CONFIG),
    githubDir: join(dir, GITHUB),
    disk,
  });
}

/** Removes what an earlier demo left. Whatever else a person keeps beside it stays. */
export function emptyFolder(folder: DemoFolder): void {
  rmSync(folder.stateDir, { recursive: true, force: true });
  rmSync(folder.candleDir, { recursive: true, force: true });
  rmSync(folder.configDir, { recursive: true, force: true });
  rmSync(folder.githubDir, { recursive: true, force: true });
}

/** Writes the bars of `market` as candle files, the form in which every command takes prices from a folder. */
export function writeCandles(folder: DemoFolder, market: DemoMarket): void {
  for (const { series } of market.instruments) {
    folder.disk.replace(`${CANDLES}/${candleFileName(series)}`, candleText(series));
  }
}

/** Writes `settings` as the three files a person edits, so that every command can be given the rules of the demo. */
export function writeConfig(folder: DemoFolder, settings: Settings): void {
  const files = { warden: settings.warden, agents: settings.agents, 'kill-list': settings.kill_list };
  for (const [name, content] of Object.entries(files)) {
    folder.disk.replace(`${CONFIG}/${name}.yaml`, dump(content, { noRefs: true }));
  }
}
