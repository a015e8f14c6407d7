// What is made of the schemas: what is written passes its own check, and what is stale, missing or left over is named.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OF_THE_REPOSITORY, type Places, staleFiles, writeFiles } from '../../scripts/generated-files.ts';
import { SCHEMAS } from '../../src/domain/schema-index.ts';

let places: Places;
beforeAll(() => {
  const dir = mkdtempSync(join(tmpdir(), 'warden-schemas-'));
  places = { schemasDir: join(dir, 'schemas'), pagePath: join(dir, 'configuration.md') };
});
afterAll(() => {
  rmSync(join(places.schemasDir, '..'), { recursive: true, force: true });
});

const count = Object.keys(SCHEMAS).length;

describe('the files that are made of the schemas', () => {
  it('are all written, and nothing more when it is done again', () => {
    expect(staleFiles(places)).toHaveLength(count + 1);

    const first = writeFiles(places);
    const again = writeFiles(places);

    expect(first).toBe(
      `schemas: ${count} written, 0 removed, ${count} in all; docs/configuration.md: written`,
    );
    expect(again).toBe(`schemas: 0 written, 0 removed, ${count} in all; docs/configuration.md: as it was`);
    expect(staleFiles(places)).toEqual([]);
    expect(readFileSync(places.pagePath, 'utf8')).toBe(readFileSync(OF_THE_REPOSITORY.pagePath, 'utf8'));
  });

  it('are named where they are not what they should be, and not touched by that', () => {
    const { schemasDir, pagePath } = places;
    writeFiles(places);
    writeFileSync(join(schemasDir, 'verdict.schema.json'), '{}');
    rmSync(join(schemasDir, 'kill-list.schema.json'));
    writeFileSync(join(schemasDir, 'gone.schema.json'), '{}');
    writeFileSync(join(schemasDir, 'README.md'), 'of a person');
    writeFileSync(pagePath, '# Configuration');

    expect(staleFiles(places)).toEqual([
      'schemas/kill-list.schema.json is missing, although it is in src/domain',
      'schemas/verdict.schema.json differs from src/domain',
      'schemas/gone.schema.json has no schema in src/domain/schema-index.ts',
      'docs/configuration.md differs from src/domain and config/',
    ]);
    expect(readFileSync(pagePath, 'utf8')).toBe('# Configuration');
    expect(readdirSync(schemasDir)).toContain('gone.schema.json');
  });

  it('are repaired, and other files stay', () => {
    writeFileSync(join(places.schemasDir, 'gone.schema.json'), '{}');
    writeFileSync(join(places.schemasDir, 'README.md'), 'of a person');

    writeFiles(places);

    expect(staleFiles(places)).toEqual([]);
    const files = readdirSync(places.schemasDir);
    expect([files.includes('gone.schema.json'), files.includes('README.md')]).toEqual([false, true]);
  });

  it('are those of this repository', () => {
    expect(staleFiles(OF_THE_REPOSITORY)).toEqual([]);
  });
});
