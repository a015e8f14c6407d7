// The script that writes schemas/ and docs/configuration.md: what it writes passes its own check, and what is stale is named.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../src/domain/schema-index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'warden-schemas-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

function run(...args: readonly string[]): { readonly code: number | null; readonly stderr: string } {
  const script = [
    '--import',
    'tsx',
    'scripts/schemas.ts',
    '--dir',
    dir,
    '--page',
    join(dir, 'page.md'),
    ...args,
  ];
  const { status, stderr } = spawnSync(process.execPath, script, { cwd: ROOT, encoding: 'utf8' });
  return { code: status, stderr };
}

describe('scripts/schemas.ts', () => {
  it('writes every schema, and nothing more when it runs again', () => {
    const first = run();
    const again = run('--check');

    expect([first.code, again.code]).toEqual([0, 0]);
    expect(readdirSync(dir)).toHaveLength(Object.keys(SCHEMAS).length + 1);
    expect(readFileSync(join(dir, 'page.md'), 'utf8')).toBe(
      readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8'),
    );
  });

  it('fails a check by name, says what to do, and writes nothing', () => {
    writeFileSync(join(dir, 'verdict.schema.json'), '{}');
    rmSync(join(dir, 'kill-list.schema.json'));
    writeFileSync(join(dir, 'gone.schema.json'), '{}');
    writeFileSync(join(dir, 'page.md'), '# Configuration');

    const { code, stderr } = run('--check');

    expect(code).toBe(1);
    expect(stderr).toContain('schemas/verdict.schema.json differs from src/domain');
    expect(stderr).toContain('schemas/kill-list.schema.json is missing');
    expect(stderr).toContain('schemas/gone.schema.json has no schema');
    expect(stderr).toContain('docs/configuration.md differs from src/domain and config/');
    expect(stderr).toContain('Run `npm run schemas`');
    expect(readdirSync(dir)).toContain('gone.schema.json');
  });

  it('repairs what the check complains about', () => {
    const codes = [run().code, run('--check').code];

    expect(codes).toEqual([0, 0]);
    expect(readdirSync(dir)).not.toContain('gone.schema.json');
  });
});
