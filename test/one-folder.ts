// One folder for everything that tests write, which goes when all of them are over: on some disks a new file takes long where others were just removed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The variable that says so to the workers. */
const FOLDER = 'WARDEN_TESTS_FOLDER';

let folder: string | null = null;

/** Called for each project before it begins its workers, which have its environment. */
export function setup(): void {
  if (process.env[FOLDER] !== undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'warden-'));
  Object.assign(process.env, { TMPDIR: folder, [FOLDER]: folder });
}

export function teardown(): void {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
}

/** Removes a folder of many files in the end, or at once where none of this is done, as in a benchmark. */
export function dropFolder(dropped: string): void {
  if (process.env[FOLDER] === undefined) rmSync(dropped, { recursive: true, force: true });
}
