// One list of permissions and events: the code, app.yml and the page for whoever deploys the app must not differ.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NEEDED_EVENTS, NEEDED_PERMISSIONS, WEBHOOK_PATH } from '../../src/app/manifest.ts';

const ROOT = join(import.meta.dirname, '../..');
const yaml = readFileSync(join(ROOT, 'app.yml'), 'utf8');
const page = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8');

/** Rows of the table below a heading, without its head. */
function rowsBelow(heading: string): string[] {
  const after = page.split(`\n${heading}\n`)[1] ?? '';
  const lines = after.slice(0, after.search(/\n#+ /)).split('\n');
  return lines.filter((line) => line.startsWith('| `'));
}

describe('app.yml', () => {
  const manifest = parse(yaml);

  it('asks for exactly the permissions and events that the code needs', () => {
    const permissions = Object.fromEntries(NEEDED_PERMISSIONS.map(({ name, level }) => [name, level]));
    expect(manifest.default_permissions).toEqual(permissions);
    expect(manifest.default_events).toEqual(NEEDED_EVENTS.map(({ name }) => name));
  });

  it('gives each its reason', () => {
    for (const { name, level, reason } of NEEDED_PERMISSIONS)
      expect(yaml).toContain(`  ${name}: ${level} # ${reason}\n`);
    for (const { name, reason } of NEEDED_EVENTS) expect(yaml).toContain(`  - ${name} # ${reason}\n`);
  });

  it('sends webhooks where the server takes them', () => {
    expect(new URL(manifest.hook_attributes.url).pathname).toBe(WEBHOOK_PATH);
    expect(manifest.public).toBe(false);
  });
});

describe('docs/deploy.md', () => {
  it('lists exactly the permissions, each with its level and reason', () => {
    expect(rowsBelow('### Permissions')).toEqual(
      NEEDED_PERMISSIONS.map(({ name, level, reason }) => `| \`${name}\` | ${level} | ${reason} |`),
    );
  });

  it('lists exactly the events, each with its reason', () => {
    expect(rowsBelow('### Events')).toEqual(
      NEEDED_EVENTS.map(({ name, reason }) => `| \`${name}\` | ${reason} |`),
    );
  });
});
