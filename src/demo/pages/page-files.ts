// The files that the pages of the demo load: their style, and what draws charts, where the library for that is installed.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CHART_SCRIPT } from './chart-script.ts';
import { CHART_LIBRARY_FILE, CHART_SCRIPT_FILE, STYLE_FILE } from './page-frame.ts';
import { PAGE_STYLE } from './page-style.ts';

/** Name → content, to be written beside the pages. */
export type PageFiles = ReadonlyMap<string, string>;

/**
 * Returns the files to put beside the pages. Charts need a library that only a clone has, since it is for tests; without it pages show the
 * sources of their charts.
 */
export function pageFiles(libraryPath: string | null = chartLibraryPath()): PageFiles {
  const files = new Map([[STYLE_FILE, PAGE_STYLE]]);
  if (libraryPath === null) return files;
  files.set(CHART_LIBRARY_FILE, readFileSync(libraryPath, 'utf8'));
  files.set(CHART_SCRIPT_FILE, CHART_SCRIPT);
  return files;
}

/** Says whether pages beside these files can have their charts drawn. */
export function canDrawCharts(files: PageFiles): boolean {
  return files.has(CHART_LIBRARY_FILE);
}

/** Where the library is, or `null` where it is not installed. */
function chartLibraryPath(): string | null {
  const { resolve } = createRequire(import.meta.url);
  try {
    const path = resolve(`mermaid/dist/${CHART_LIBRARY_FILE}`);
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}
