// The page of every key of config/: nothing of the schemas is missing, every example is accepted, and no text breaks its table.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configurationPage } from '../../scripts/configuration.ts';
import { parseAgents, parseKillList, parseWardenConfig } from '../../src/adapters/config/config-files.ts';
import { Pink, pinkProblems } from '../../src/domain/pink-settings.ts';
import { SCHEMAS } from '../../src/domain/schema-index.ts';
import { validate } from '../../src/domain/validate.ts';

const shipped = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../config/${file}`, import.meta.url)), 'utf8');
const page = configurationPage(SCHEMAS, shipped);

/** The part of the page about one file. */
function partOf(file: string): string {
  const [, part = ''] = page.split(`\n## ${file}\n`);
  return part.split('\n## ')[0] ?? '';
}

function examplesOf(file: string): readonly Record<string, unknown>[] {
  return [...partOf(file).matchAll(/```yaml\n([^`]+)```/g)].map(([, yaml = '']) => parse(yaml));
}

/** Every key that the schema of a file names, however deep. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, patternProperties = {} } = schema as Record<string, Record<string, unknown>>;
  const below = [...Object.values(properties), ...Object.values(patternProperties)];
  return [...Object.keys(properties), ...below.flatMap(keysOf)];
}

/** One file of one section with one key whose description is `description`. */
function pageAbout(description: string | undefined): string {
  const key = { type: 'string', ...(description === undefined ? {} : { description }) };
  return configurationPage({ warden: { type: 'object', properties: { key } } }, () => 'key: x\n');
}

describe('docs/configuration.md', () => {
  it.each(['warden.yaml', 'kill-list.yaml', 'agents.yaml', 'pink.yaml'])('has every key of %s', (file) => {
    const rows = [...partOf(file).matchAll(/^\| `([^`]+)` \|/gm)].map(([, key = '']) => key);
    const named = new Set(rows.flatMap((key) => key.split('.')));
    const keys = keysOf(SCHEMAS[file.replace('.yaml', '')]);

    expect(keys.length).toBeGreaterThan(3);
    const sections = [...partOf(file).matchAll(/^### (.+)$/gm)].map(([, section = '']) => section);
    expect(keys.filter((key) => !named.has(key) && !sections.includes(key))).toEqual([]);
  });

  it('shows what ships, without its comments', () => {
    const sections = Object.assign({}, ...examplesOf('warden.yaml'));

    expect(sections).toEqual(parse(shipped('warden.yaml')));
  });

  it('gives only examples that Warden accepts', () => {
    const warden = JSON.stringify(Object.assign({}, ...examplesOf('warden.yaml')));
    const results = [
      parseWardenConfig(warden, 'warden.yaml'),
      ...examplesOf('kill-list.yaml').map((yaml) => parseKillList(JSON.stringify(yaml), 'kill-list.yaml')),
      ...examplesOf('agents.yaml').map((yaml) => parseAgents(JSON.stringify(yaml), 'agents.yaml')),
      ...examplesOf('pink.yaml').map((yaml) => {
        const pink = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'] }, ...yaml });
        return pink.ok ? { ok: pinkProblems(pink.value).length === 0 } : pink;
      }),
    ];

    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results.length).toBeGreaterThan(15);
  });

  it('says when a key has to be given', () => {
    expect(page).toContain(
      '| `horizons_hours` | list of 1 or more: whole number from 1 to 8784 | must be given |',
    );
    expect(page).toContain('| `<name>.episode` | text | must be given where status is `DISABLED` |');
    expect(page).toContain('| `settle_lag` | duration | `2m` | wait after an exit before its bar is read |');
  });

  it('lets no description break its table or become an element', () => {
    expect(pageAbout('a | b <i>')).toContain('| may be left out | a \\| b \\<i> |');
  });

  it('refuses a key that nobody described, by its name', () => {
    expect(() => pageAbout(undefined)).toThrow('src/domain gives key of config/ no description');
  });
});
