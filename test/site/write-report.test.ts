// The site that is written from a state: its files, that the same state gives the same bytes, and what it refuses to leave out.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveSettings } from '../../src/adapters/state/settings-store.ts';
import { daysCsv } from '../../src/site/day-series.ts';
import { reportSite, writeReport } from '../../src/site/write-report.ts';
import { aMetaReport } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { worldSettings } from '../jobs/supervise-world.ts';
import { aSupervisedDisk } from '../jobs/supervised-state.ts';

const FACTS = { stateCommit: null, repositoryUrl: null };

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'warden-site-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The state after a run under settings that it holds. */
function aJudgedDisk() {
  const settings = worldSettings();
  const disk = aSupervisedDisk();
  saveSettings(disk, settings);
  disk.replace(
    'supervisor/meta_report.json',
    JSON.stringify(aMetaReport({ config_hash: settings.config_hash })),
  );
  return disk;
}

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

function page(disk: ReturnType<typeof memoryDisk>): string {
  return new Map(reportSite(disk, FACTS).files).get('index.html') ?? '';
}

describe('writeReport', () => {
  it('writes a page, its style and its data, and leaves the state as it is', () => {
    const disk = aSupervisedDisk();
    const before = disk.dump();
    const out = join(dir, 'made', 'site');
    const written = writeReport(disk, out, FACTS);

    expect(written.files).toEqual([
      'agents/trend-ema.html',
      'charts.js',
      'classes/macro.html',
      'data/meta_report.json',
      'index.html',
      'pink.html',
      'quality.html',
      'style.css',
      'uplot.css',
      'uplot.js',
    ]);
    expect(Object.keys(filesOf(out)).sort()).toEqual(written.files);
    expect(filesOf(out)['data/meta_report.json']).toBe(before['supervisor/meta_report.json']);
    expect(disk.dump()).toEqual(before);
  });

  it('writes the same bytes for the same state, over what was there', () => {
    writeReport(aSupervisedDisk(), dir, FACTS);
    const first = filesOf(dir);
    writeFileSync(join(dir, 'index.html'), 'something else');
    writeReport(aSupervisedDisk(), dir, FACTS);

    expect(filesOf(dir)).toEqual(first);
  });

  it('leaves other files, and takes away what an earlier report wrote of what is no more', () => {
    writeReport(aSupervisedDisk(), dir, FACTS);
    writeFileSync(join(dir, 'CNAME'), 'report.example.org');
    const written = writeReport(memoryDisk(), dir, FACTS);
    const shared = [
      'charts.js',
      'index.html',
      'pink.html',
      'quality.html',
      'style.css',
      'uplot.css',
      'uplot.js',
    ];

    expect(written).toEqual({ files: shared, generatedAt: null });
    expect(Object.keys(filesOf(dir)).sort()).toEqual(['CNAME', ...shared]);
  });

  it('takes away no file of people, whatever its folder and its name', () => {
    const theirs = ['agents/notes.html', 'classes/list.csv', 'data/prices.json', 'data/prices.csv'];
    for (const path of theirs) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), 'theirs');
    }
    writeReport(aSupervisedDisk(), dir, FACTS);
    writeReport(memoryDisk(), dir, FACTS);

    expect(Object.keys(filesOf(dir))).toEqual(expect.arrayContaining(theirs));
  });

  it('takes away the days of a class that is no more', () => {
    mkdirSync(join(dir, 'classes'));
    writeFileSync(join(dir, 'classes', 'gone.csv'), daysCsv([]));
    writeReport(memoryDisk(), dir, FACTS);

    expect(Object.keys(filesOf(dir))).not.toContain('classes/gone.csv');
  });

  it('shows the proposals that wait for a person', () => {
    expect(page(aJudgedDisk())).toContain('waits for a person');
  });

  it('says that proposals are not known where the settings are not', () => {
    expect(page(aSupervisedDisk())).toContain('Whether proposals wait for a person is not known');
    expect(page(aJudgedDisk())).not.toContain('Whether proposals wait');
  });

  it.each([
    ['the report', 'supervisor/meta_report.json'],
    ['the verdicts', 'supervisor/verdicts.jsonl'],
    ['the gates', 'supervisor/promotion.json'],
    ['the receipts', 'supervisor/sent.jsonl'],
    ['the cells', 'supervisor/cells/2026-11.jsonl'],
    ['the rows', 'alpha/reconciled/2026-11/2026-11-20.jsonl'],
    ['the rejects', 'alpha/rejects/ingest/2026-11.jsonl'],
    ['the acknowledgements', 'kernel/acks.jsonl'],
    ['the heartbeat', 'kernel/summary.json'],
  ])('refuses a state in which %s cannot be read, and writes nothing', (_case, path) => {
    const disk = memoryDisk({ ...aJudgedDisk().dump(), [path]: '{"v":9}\n' });

    expect(() => writeReport(disk, dir, FACTS)).toThrow(path);
    expect(filesOf(dir)).toEqual({});
  });
});
