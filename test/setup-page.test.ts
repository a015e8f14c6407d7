// docs/setup.md is true: what it names is what the workflows read, and what the doctor expects is what is shipped.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../src/jobs/workflow-file.ts';
import {
  APP_SECRETS,
  EQUITY_SECRETS,
  MAIL_SECRETS,
  SHIPPED_WORKFLOWS,
} from '../src/supervision/shipped-workflows.ts';

const ROOT = join(import.meta.dirname, '..');
const WORKFLOWS = join(ROOT, '.github/workflows');

/** Name → text, but for the checks of Warden itself. */
const texts = new Map(
  readdirSync(WORKFLOWS)
    .filter((name) => name !== 'check.yml')
    .sort()
    .map((name) => [name, readFileSync(join(WORKFLOWS, name), 'utf8')]),
);
const page = readFileSync(join(ROOT, 'docs/setup.md'), 'utf8');

/** Every name that a workflow reads of `context`, as `secrets.SMTP_URL`. */
function readBy(context: 'secrets' | 'vars'): readonly string[] {
  const found = [...texts.values()].flatMap((text) => [
    ...text.matchAll(new RegExp(`\\b${context}\\.([A-Za-z0-9_]+)`, 'g')),
  ]);
  return [...new Set(found.map(([, name]) => name ?? ''))].sort();
}

/** Names in the first column of the table below a heading. */
function namedBelow(heading: string): readonly string[] {
  const after = page.split(`\n${heading}\n`)[1] ?? '';
  const rows = after.slice(0, after.search(/\n#+ /)).split('\n');
  return rows.flatMap((row) => /^\| `([A-Z0-9_]+)` \|/.exec(row)?.[1] ?? []).sort();
}

describe('docs/setup.md', () => {
  it('names every secret that a workflow reads, and no other', () => {
    expect(namedBelow('### Secrets')).toEqual(readBy('secrets'));
  });

  it('names every variable that a workflow reads, and no other', () => {
    expect(namedBelow('### Variables')).toEqual(readBy('vars'));
  });

  it('shows only pictures that are there, each with words for those who do not see it', () => {
    const pictures = [...page.matchAll(/!\[([^\]]*)\]\((pictures\/[^)]+)\)/g)];

    expect(pictures.length).toBeGreaterThan(2);
    for (const [, words = '', file = ''] of pictures) {
      expect(words.length, file).toBeGreaterThan(20);
      expect(readFileSync(join(ROOT, 'docs', file)).length, file).toBeLessThanOrEqual(60 * 1024);
    }
  });
});

describe('the doctor', () => {
  it('expects the workflows that are shipped, with their schedules', () => {
    const shipped = [...texts].map(([name, text]) => {
      const read = readWorkflowFile(text);
      const crons = read.ok ? read.value.schedule.map(({ cron }) => cron) : read.error;
      return [`.github/workflows/${name}`, crons];
    });

    expect(SHIPPED_WORKFLOWS.map(({ path, crons }) => [path, crons])).toEqual(shipped);
  });

  it('asks for the secrets that the workflows read', () => {
    expect([...APP_SECRETS, ...MAIL_SECRETS, ...EQUITY_SECRETS].sort()).toEqual(readBy('secrets'));
  });
});
