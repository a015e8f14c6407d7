// docs/setup.md is true: what it names is what the workflows read, and what the doctor expects is what is shipped.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWardenConfig } from '../src/adapters/config/config-files.ts';
import { readWorkflowFile } from '../src/jobs/workflow-file.ts';
import { diagnose } from '../src/supervision/doctor.ts';
import {
  APP_SECRETS,
  EQUITY_SECRETS,
  MAIL_SECRETS,
  SHIPPED_WORKFLOWS,
} from '../src/supervision/shipped-workflows.ts';
import { facts } from './supervision/doctor-facts.ts';

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

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): readonly string[] {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('docs/setup.md', () => {
  it('names every secret that a workflow reads, and no other', () => {
    expect(namedBelow('### Secrets')).toEqual(readBy('secrets'));
  });

  it('names every variable that a workflow reads, and no other', () => {
    expect(namedBelow('### Variables')).toEqual(readBy('vars'));
  });

  it('says the numbers of the configuration that is shipped', () => {
    const loaded = loadWardenConfig(join(ROOT, 'config'));
    if (!loaded.ok) throw new Error('the configuration that is shipped is valid');
    const { model, divergence, cvar, prices } = loaded.value.config;
    const said = [
      `has ${model.min_rows} (\`model.min_rows\`)`,
      `after ${divergence.min_signals} signals of an agent`,
      `with ${cvar.min_n_eff} effective rows out of ${cvar.min_blocks} spans`,
      `(${prices.settle_lag.replace('m', ' minutes')})`,
      `up to ${prices.give_up_after.replace('d', ' days')}`,
      `judged at ${cvar.horizon_hours} h`,
    ];

    expect(said.filter((words) => !page.replaceAll('\n', ' ').includes(words))).toEqual([]);
  });

  it('says when the schedules that are shipped start the jobs', () => {
    const words = 'reconcile at minute 13 and 43, train at 02:27, supervise at 03:51, all UTC';
    const cronOf = (job: string) =>
      SHIPPED_WORKFLOWS.find(({ path }) => path.endsWith(`/${job}.yml`))?.crons.join();

    expect(page).toContain(words);
    expect([cronOf('reconcile'), cronOf('train'), cronOf('supervise')]).toEqual([
      '13,43 * * * *',
      '27 2 * * *',
      '51 3 * * *',
    ]);
  });

  it('leads to pages and places that are there', () => {
    const links = [...page.matchAll(/\]\((?!http|pictures\/)([^)#]+)(?:#([^)]+))?\)/g)];
    const broken = links.filter(([, file = '', place]) => {
      if (!existsSync(join(ROOT, 'docs', file))) return true;
      const text = readFileSync(join(ROOT, 'docs', file), 'utf8');
      return place !== undefined && !anchorsOf(text).includes(place);
    });

    expect(links.length).toBeGreaterThan(8);
    expect(broken.map(([link]) => link)).toEqual([]);
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

const NODES = [
  ['v20.18.9', false],
  ['v20.19.0', true],
  ['v21.9.0', false],
  ['v22.11.9', false],
  ['v22.12.0', true],
  ['v24.0.0', true],
] as const;

describe('the doctor', () => {
  it('expects the workflows that are shipped, with their schedules', () => {
    const shipped = [...texts].map(([name, text]) => {
      const read = readWorkflowFile(text);
      const crons = read.ok ? read.value.schedule.map(({ cron }) => cron) : read.error;
      return [`.github/workflows/${name}`, crons];
    });

    expect(SHIPPED_WORKFLOWS.map(({ path, crons }) => [path, crons])).toEqual(shipped);
  });

  it('asks for the Node that package.json asks for', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

    expect(manifest).toMatchObject({ engines: { node: '>=20.19 <21 || >=22.12' } });
    for (const [version, isEnough] of NODES) {
      const { lines } = diagnose(facts({ local: { nodeVersion: version } }));
      expect(lines.find(({ about }) => about === 'Node')?.status, version).toBe(isEnough ? 'ok' : 'missing');
    }
  });

  it('asks for the secrets that the workflows read', () => {
    expect([...APP_SECRETS, ...MAIL_SECRETS, ...EQUITY_SECRETS].sort()).toEqual(readBy('secrets'));
  });
});
