// Writes schemas/ from the schemas of src/domain. With --check it writes nothing and fails on what is stale, missing or left over.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { schemaFiles } from '../src/domain/schema-index.ts';

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, dir: { type: 'string' } },
});
const dir = values.dir ?? fileURLToPath(new URL('../schemas', import.meta.url));

const wanted = schemaFiles();
const present = new Map<string, string>();
if (existsSync(dir)) {
  for (const file of readdirSync(dir)) {
    if (file.endsWith('.schema.json')) present.set(file, readFileSync(join(dir, file), 'utf8'));
  }
}
const stale = [...wanted].filter(([file, text]) => present.get(file) !== text).map(([file]) => file);
const leftOver = [...present.keys()].filter((file) => !wanted.has(file));

if (values.check) {
  for (const file of stale) {
    console.error(
      `schemas/${file} ${present.has(file) ? 'differs from' : 'is missing, although it is in'} src/domain`,
    );
  }
  for (const file of leftOver) console.error(`schemas/${file} has no schema in src/domain/schema-index.ts`);
  if (stale.length + leftOver.length > 0) {
    console.error('Run `npm run schemas` and commit schemas/.');
    process.exitCode = 1;
  }
} else {
  mkdirSync(dir, { recursive: true });
  for (const file of stale) writeFileSync(join(dir, file), wanted.get(file) ?? '');
  for (const file of leftOver) rmSync(join(dir, file));
  console.log(`schemas: ${stale.length} written, ${leftOver.length} removed, ${wanted.size} in all`);
}
