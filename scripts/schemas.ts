// Writes schemas/ and docs/configuration.md from the schemas of src/domain. With --check it writes nothing and fails on what is stale,
// missing or left over.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SCHEMAS, schemaFiles } from '../src/domain/schema-index.ts';
import { configurationPage } from './configuration.ts';

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, dir: { type: 'string' }, page: { type: 'string' } },
});
const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const dir = values.dir ?? at('schemas');
const pagePath = values.page ?? at('docs/configuration.md');
const page = configurationPage(SCHEMAS, (file) => readFileSync(at(`config/${file}`), 'utf8'));

const wanted = schemaFiles();
const present = new Map<string, string>();
if (existsSync(dir)) {
  for (const file of readdirSync(dir)) {
    if (file.endsWith('.schema.json')) present.set(file, readFileSync(join(dir, file), 'utf8'));
  }
}
const stale = [...wanted].filter(([file, text]) => present.get(file) !== text).map(([file]) => file);
const isPageStale = !existsSync(pagePath) || readFileSync(pagePath, 'utf8') !== page;
const leftOver = [...present.keys()].filter((file) => !wanted.has(file));

if (values.check) {
  for (const file of stale) {
    console.error(
      `schemas/${file} ${present.has(file) ? 'differs from' : 'is missing, although it is in'} src/domain`,
    );
  }
  for (const file of leftOver) console.error(`schemas/${file} has no schema in src/domain/schema-index.ts`);
  if (isPageStale) console.error('docs/configuration.md differs from src/domain and config/');
  if (isPageStale || stale.length + leftOver.length > 0) {
    console.error('Run `npm run schemas` and commit schemas/ and docs/configuration.md.');
    process.exitCode = 1;
  }
} else {
  mkdirSync(dir, { recursive: true });
  for (const file of stale) writeFileSync(join(dir, file), wanted.get(file) ?? '');
  for (const file of leftOver) rmSync(join(dir, file));
  if (isPageStale) writeFileSync(pagePath, page);
  console.log(`schemas: ${stale.length} written, ${leftOver.length} removed, ${wanted.size} in all`);
}
