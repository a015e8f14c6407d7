// What is made of the schemas of src/domain, schemas/ and docs/configuration.md, and whether what is on the disk is that.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCHEMAS, schemaFiles } from '../src/domain/schema-index.ts';
import { configurationPage } from './configuration.ts';

/** Where the files are. */
export interface Places {
  readonly schemasDir: string;
  readonly pagePath: string;
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Those of the repository. */
export const OF_THE_REPOSITORY: Places = { schemasDir: at('schemas'), pagePath: at('docs/configuration.md') };

interface Differences {
  readonly wanted: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  readonly leftOver: readonly string[];
  readonly page: string;
  readonly isPageStale: boolean;
}

function differences({ schemasDir, pagePath }: Places): Differences {
  const wanted = schemaFiles();
  const present = existsSync(schemasDir)
    ? readdirSync(schemasDir).filter((file) => file.endsWith('.schema.json'))
    : [];
  const page = configurationPage(SCHEMAS, (file) => readFileSync(at(`config/${file}`), 'utf8'));
  return {
    wanted,
    missing: [...wanted.keys()].filter((file) => !present.includes(file)),
    changed: present.filter((file) => {
      const text = wanted.get(file);
      return text !== undefined && readFileSync(join(schemasDir, file), 'utf8') !== text;
    }),
    leftOver: present.filter((file) => !wanted.has(file)),
    page,
    isPageStale: !existsSync(pagePath) || readFileSync(pagePath, 'utf8') !== page,
  };
}

/** Returns what is stale, missing or left over, a sentence each, and writes nothing. */
export function staleFiles(places: Places): readonly string[] {
  const { missing, changed, leftOver, isPageStale } = differences(places);
  return [
    ...missing.map((file) => `schemas/${file} is missing, although it is in src/domain`),
    ...changed.map((file) => `schemas/${file} differs from src/domain`),
    ...leftOver.map((file) => `schemas/${file} has no schema in src/domain/schema-index.ts`),
    ...(isPageStale ? ['docs/configuration.md differs from src/domain and config/'] : []),
  ];
}

/** Writes what {@link staleFiles} would name, and returns what that was, in words. */
export function writeFiles(places: Places): string {
  const { wanted, missing, changed, leftOver, page, isPageStale } = differences(places);
  const stale = [...missing, ...changed];
  mkdirSync(places.schemasDir, { recursive: true });
  for (const file of stale) writeFileSync(join(places.schemasDir, file), wanted.get(file) ?? '');
  for (const file of leftOver) rmSync(join(places.schemasDir, file));
  if (isPageStale) writeFileSync(places.pagePath, page);
  const ofPage = isPageStale ? 'written' : 'as it was';
  return `schemas: ${stale.length} written, ${leftOver.length} removed, ${wanted.size} in all; docs/configuration.md: ${ofPage}`;
}
