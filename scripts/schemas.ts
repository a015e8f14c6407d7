// `npm run schemas`: writes schemas/ and docs/configuration.md from the schemas of src/domain. With --check it writes nothing and fails
// on what is stale, missing or left over.

import { parseArgs } from 'node:util';
import { OF_THE_REPOSITORY, staleFiles, writeFiles } from './generated-files.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

if (values.check) {
  const stale = staleFiles(OF_THE_REPOSITORY);
  for (const sentence of stale) console.error(sentence);
  if (stale.length > 0) {
    console.error('Run `npm run schemas` and commit schemas/ and docs/configuration.md.');
    process.exitCode = 1;
  }
} else {
  console.log(writeFiles(OF_THE_REPOSITORY));
}
