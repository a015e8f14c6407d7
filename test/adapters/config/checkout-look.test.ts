// What is read of a checkout: the file of owners that counts, the workflows, and whether what was built is current.

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildIn, firstFileIn, workflowsIn } from '../../../src/adapters/config/checkout-look.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'warden-checkout-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** `atS`: when it was changed last, epoch seconds. */
function write(path: string, text: string, atS = 1000): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, atS, atS);
}

describe('a checkout', () => {
  it('has the first of several files that is there', () => {
    write('docs/OWNERS', 'late');
    expect(firstFileIn(root, ['OWNERS', 'docs/OWNERS'])).toEqual({ file: 'docs/OWNERS', text: 'late' });
    write('OWNERS', 'early');
    expect(firstFileIn(root, ['OWNERS', 'docs/OWNERS'])?.text).toBe('early');
    expect(firstFileIn(root, ['NONE'])).toBeNull();
  });

  it('has workflows in both spellings, by name, and none where there is no folder', () => {
    expect(workflowsIn(root)).toEqual([]);
    write('.github/workflows/b.yaml', 'on: push');
    write('.github/workflows/a.yml', 'on: push');
    write('.github/workflows/README.md', '# No workflow');

    expect(workflowsIn(root).map(({ path }) => path)).toEqual([
      '.github/workflows/a.yml',
      '.github/workflows/b.yaml',
    ]);
  });

  it('is built where nothing in src is newer than what was built of it', () => {
    write('src/deep/a.ts', '', 1000);
    expect(buildIn(root)).toBe('absent');
    write('dist/cli.js', '', 1000);
    expect(buildIn(root)).toBe('built');
    write('src/deep/b.ts', '', 1001);
    expect(buildIn(root)).toBe('stale');
  });

  it('of an installed package, without sources, is built', () => {
    write('dist/cli.js', '');
    expect(buildIn(root)).toBe('built');
  });
});
