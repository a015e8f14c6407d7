// docs/pictures holds what documents show and nothing else, in few bytes, and every photograph is one that the script takes.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = 'docs/pictures';
const BYTES_MAX = 150_000;

const pictures = readdirSync(join(ROOT, FOLDER)).sort();

/** Every picture that a document shows, by its name. */
function shown(): readonly string[] {
  const documents = [
    ...['README.md', 'CONTRIBUTING.md'],
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const found = documents.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/!\[[^\]]+\]\((?:docs\/)?pictures\/([^)]+)\)/g)].map(
      ([, name = '']) => name,
    ),
  );
  return [...new Set(found)].sort();
}

describe('the pictures', () => {
  it('are those that documents show with words for whoever cannot see them, and no others', () => {
    expect(pictures).toEqual(shown());
  });

  it('are quick to load', () => {
    const large = pictures.filter((name) => statSync(join(ROOT, FOLDER, name)).size > BYTES_MAX);

    expect(large).toEqual([]);
  });

  it('are taken by the script, but for drawings', () => {
    const parts = readdirSync(join(ROOT, 'scripts/pictures')).map((name) =>
      readFileSync(join(ROOT, 'scripts/pictures', name), 'utf8'),
    );
    const taken = parts.flatMap((text) =>
      [...text.matchAll(/'([a-z-]+\.png)'/g)].map(([, name = '']) => name),
    );

    expect(pictures.filter((name) => !name.endsWith('.svg'))).toEqual([...new Set(taken)].sort());
  });
});
