// What the README says of exit codes: every code, in the words of the help.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { exitCodesHelp } from '../../src/cli/exit-codes.ts';

it('lists in the README every exit code with the words of the help', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, words]) => `${code}  ${words}`);
  const lines = exitCodesHelp()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());

  expect(rows.map((row) => row.replaceAll('`', ''))).toEqual(lines);
});
