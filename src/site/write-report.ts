// Writes the report as a site of static files: what GitHub Pages shows, or anybody's browser from a folder.

import { nodeDisk } from '../adapters/state/node-disk.ts';
import { REPORT_PATH } from '../adapters/state/supervisor-files.ts';
import type { Disk } from '../ports.ts';
import { DAYS_CSV_HEAD } from './day-series.ts';
import { DATA_PATH, PAGE_MARK, type ReportFacts } from './page-frame.ts';
import { readContent } from './read-content.ts';
import { siteAssets } from './site-assets.ts';
import { sitePages } from './site-pages.ts';

export interface WrittenReport {
  /** Below the folder, sorted. */
  readonly files: readonly string[];
  /** How far the evidence reaches; `null`: there is no report yet, or no evidence. */
  readonly generatedAt: string | null;
}

/** Where the pages of classes and agents are. */
const FOLDERS = ['agents', 'classes'];

/**
 * Writes the site into `outDir`, which is created where it is not there; other files in it stay, but not pages of classes and agents
 * that are no more. The same state and facts give the same bytes.
 *
 * @throws CorruptStateError where the state is not what Warden writes, before anything is written.
 */
export function writeReport(disk: Disk, outDir: string, facts: ReportFacts): WrittenReport {
  const site = reportSite(disk, facts);
  const out = nodeDisk(outDir);
  const written = new Set<string>();
  for (const [path, text] of site.files) {
    out.replace(path, text);
    written.add(path);
  }
  const there = FOLDERS.flatMap((folder) => out.list(folder).map((name) => `${folder}/${name}`));
  for (const path of there) if (!written.has(path) && isOurs(out, path)) out.remove(path);
  // It would be shown beside a page that does not know it.
  if (!written.has(DATA_PATH) && out.size(DATA_PATH) !== null) out.remove(DATA_PATH);
  return { files: [...written].sort(), generatedAt: site.generatedAt };
}

/** A folder of a repository may have files of people in folders of these names. */
function isOurs(out: Disk, path: string): boolean {
  if (path.endsWith('.html')) return out.read(path)?.includes(PAGE_MARK) === true;
  return path.endsWith('.csv') && out.read(path)?.toString('utf8').startsWith(`${DAYS_CSV_HEAD}\n`) === true;
}

/** Returns path and text of every file of the site, one after the other, and how far the evidence reaches. */
export function reportSite(
  disk: Disk,
  facts: ReportFacts,
): { readonly files: Iterable<readonly [path: string, text: string]>; readonly generatedAt: string | null } {
  const assets = siteAssets();
  const content = readContent(disk, facts);
  function* files(): Generator<readonly [path: string, text: string]> {
    yield* assets;
    yield* sitePages(content);
    const data = content.report === null ? null : disk.read(REPORT_PATH);
    if (data !== null) yield [DATA_PATH, data.toString('utf8')];
  }
  return { files: files(), generatedAt: content.report?.generated_at ?? null };
}
