// Writes the report as a site of static files: what GitHub Pages shows, or anybody's browser from a folder.

import { nodeDisk } from '../adapters/state/node-disk.ts';
import { REPORT_PATH } from '../adapters/state/supervisor-files.ts';
import type { Disk } from '../ports.ts';
import { DATA_PATH, type ReportFacts } from './page-frame.ts';
import { readContent } from './read-content.ts';
import { siteAssets } from './site-assets.ts';
import { sitePages } from './site-pages.ts';

export interface WrittenReport {
  /** Below the folder, sorted. */
  readonly files: readonly string[];
  /** How far the evidence reaches; `null`: there is no report yet, or no evidence. */
  readonly generatedAt: string | null;
}

/** What the site writes below its folder, beside the files of the folder itself. */
const FOLDERS = ['agents', 'classes', 'data'];
/** Lists every file of the folders that this version wrote, so that the next one can take away what is no more. */
const OURS = /\.(html|csv|json)$/;

/**
 * Writes the site into `outDir`, which is created where it is not there; other files in it stay, but not pages of classes and agents
 * that are no more. The same state and facts give the same bytes.
 *
 * @throws CorruptStateError where the state is not what Warden writes, before anything is written.
 */
export function writeReport(disk: Disk, outDir: string, facts: ReportFacts): WrittenReport {
  const site = reportSite(disk, facts);
  // What a browser shows can be made again.
  const out = nodeDisk(outDir, { durable: false });
  const written = new Set<string>();
  for (const [path, text] of site.files) {
    out.replace(path, text);
    written.add(path);
  }
  for (const folder of FOLDERS)
    for (const name of out.list(folder).filter((each) => OURS.test(each)))
      if (!written.has(`${folder}/${name}`)) out.remove(`${folder}/${name}`);
  return { files: [...written].sort(), generatedAt: site.generatedAt };
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
