// The files of the status page: its own, which the build puts beside this one, and those of the library that draws.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { err, ok, type Result } from '../../domain/result.ts';

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Path of a request → file. Nothing else is ever served, so that no path can lead anywhere. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Where the build puts the page: beside this file, or in dist/ where the sources themselves run. */
const FOLDERS = ['./page/', '../../../dist/runner/status/page/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** The built page, or where it would be beside this file. */
export const BUILT_PAGE = FOLDERS.find((folder) => existsSync(join(folder, 'main.js'))) ?? FOLDERS[0] ?? '';

/**
 * Reads all files of the page into memory.
 *
 * @param folder of the built page.
 * @returns the files, or which one is missing and what to do, in one sentence.
 */
export function loadPageFiles(folder: string): Result<PageFiles, string> {
  try {
    const uplot = dirname(createRequire(import.meta.url).resolve('uplot'));
    const files = new Map<string, PageFile>();
    for (const name of readdirSync(folder)) {
      const type = TYPES[extname(name)];
      if (type !== undefined) files.set(`/page/${name}`, { type, bytes: readFileSync(join(folder, name)) });
    }
    files.set('/', { type: 'text/html; charset=utf-8', bytes: readFileSync(join(folder, 'index.html')) });
    files.set('/uplot.js', {
      type: 'text/javascript; charset=utf-8',
      bytes: readFileSync(join(uplot, 'uPlot.iife.min.js')),
    });
    files.set('/uplot.css', {
      type: 'text/css; charset=utf-8',
      bytes: readFileSync(join(uplot, 'uPlot.min.css')),
    });
    if (files.has('/page/main.js')) return ok(files);
    return err(`${join(folder, 'main.js')} is missing; run \`npm run build\``);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return err(`the files of the status page cannot be read: ${error.message}; run \`npm run build\``);
  }
}
