// The files that every site has beside its pages: style and script, which the build makes, and the library that draws.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the build puts them: beside this file, or in dist/ where the sources themselves run. */
const FOLDERS = ['./page/', '../../dist/site/page/'];

/**
 * Returns path and text of each.
 *
 * @throws Error where the page was not built.
 */
export function siteAssets(): ReadonlyMap<string, string> {
  const folder = FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) =>
    existsSync(join(path, 'charts.js')),
  );
  if (folder === undefined) throw new Error('the script of the report is missing; run `npm run build`');
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot'));
  const text = (path: string): string => readFileSync(path, 'utf8');
  return new Map([
    ['style.css', text(join(folder, 'style.css'))],
    ['charts.js', text(join(folder, 'charts.js'))],
    ['uplot.css', text(join(uplot, 'uPlot.min.css'))],
    ['uplot.js', text(join(uplot, 'uPlot.iife.min.js'))],
  ]);
}
